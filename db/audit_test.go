package db

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

// contractKeys are the keys of each kind of line, in the published contract.
var contractKeys = map[string]string{
	"order":        "kind id token_sha256 status currency total created_at ever_paid",
	"payment":      "kind payment_request_id order_id method mode status amount currency antom_payment_id",
	"capture":      "kind request_id payment_request_id amount currency status",
	"refund":       "kind request_id payment_request_id amount currency status",
	"cancel":       "kind request_id payment_request_id amount currency status",
	"transition":   "kind seq order_id payment_request_id from to cause at",
	"notification": "kind id body_sha256 verified type payment_request_id received_at applied",
	"call":         "kind id op request_id payment_request_id result verified at",
	"outbox":       "kind id topic order_id state attempts",
}

// furtherKeys are keys beyond the contract. "subject" is of the contract
// for rows about attempts; order rows carry it too.
var furtherKeys = map[string]string{
	"transition": "subject request_id",
	"payment":    "card",
	"call":       "code",
}

// tellAStory fills a database with a bit of everything.
func tellAStory(t *testing.T, store *Store) {
	t.Helper()
	orderWithPayment(t, store, "order-a", newPayment("p1"))
	change(t, store, "order-a", checkout.Evidence{
		Cause: cause(checkout.ByResponse, "call-1"), Call: call("call-1", "createPaymentSession", "p1", "S"),
	}, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].Status = checkout.PaymentProcessing
		return nil
	})
	change(t, store, "order-a", checkout.Evidence{
		Cause: cause(checkout.ByNotification, "n1"), Notification: notification("n1", "p1", "paid", true),
	}, func(o *checkout.Order) []checkout.Effect {
		o.Status, o.EverPaid = checkout.OrderPaid, true
		p := &o.Payments[0]
		p.Status, p.AntomID, p.Card = checkout.PaymentPaid, "antom-1", fullCard
		for _, kind := range []checkout.OperationKind{checkout.Refund, checkout.Capture, checkout.Cancel} {
			p.Operations = append(p.Operations, checkout.Operation{
				Kind: kind, RequestID: string(kind) + "-1", Amount: sgd(4200), Status: checkout.OperationPending, CreatedAt: noon,
			})
		}
		return []checkout.Effect{checkout.EffectPaid}
	})
	if err := store.SaveNotification(t.Context(), checkout.Notification{
		ID: "n2", Type: "REFUND_RESULT", BodySHA256: "abc", Body: []byte("{}"), ReceivedAt: noon.Add(time.Millisecond),
	}); err != nil {
		t.Fatal(err)
	}
	yen := newOrder("order-b")
	yen.Total, yen.Lines = checkout.Money{Minor: 980, Currency: "JPY"}, nil
	placeOrder(t, store, yen)
	orderWithPayment(t, store, "order-c", newPayment("p2"))
}

func audit(t *testing.T, path string) string {
	t.Helper()
	var out bytes.Buffer
	if err := Audit(t.Context(), path, &out); err != nil {
		t.Fatalf("audit: %v", err)
	}
	return out.String()
}

func auditLines(t *testing.T, text string) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range strings.Lines(text) {
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		var decoded map[string]any
		if err := decoder.Decode(&decoded); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		lines = append(lines, decoded)
	}
	return lines
}

func TestTheAuditHasAllRowsAboutMoney(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	tellAStory(t, store)
	text := audit(t, path)
	expectGolden(t, "audit.jsonl", text)
	if again := audit(t, path); again != text {
		t.Errorf("the second audit differs\n%s", cmp.Diff(text, again))
	}
}

func TestTheAuditHasTheKeysOfTheContract(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	tellAStory(t, store)
	millis := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	seen := map[string]bool{}
	for _, line := range auditLines(t, audit(t, path)) {
		kind, _ := line["kind"].(string)
		seen[kind] = true
		required := strings.Fields(contractKeys[kind])
		allowed := append(required, strings.Fields(furtherKeys[kind])...)
		for _, key := range required {
			if _, there := line[key]; !there {
				t.Errorf("%s without %q: %v", kind, key, line)
			}
		}
		for key, value := range line {
			if !slices.Contains(allowed, key) {
				t.Errorf("%s with %q, which is not published: %v", kind, key, line)
			}
			if moment, isText := value.(string); (key == "at" || strings.HasSuffix(key, "_at")) && (!isText || !millis.MatchString(moment)) {
				t.Errorf("%s: %s is %v, want RFC 3339 in UTC with milliseconds", kind, key, value)
			}
			if number, isNumber := value.(json.Number); isNumber && strings.ContainsAny(number.String(), ".eE") {
				t.Errorf("%s: %s is %v, want an integer", kind, key, number)
			}
		}
	}
	for kind := range contractKeys {
		if !seen[kind] {
			t.Errorf("the story has no %s: these keys are unproven", kind)
		}
	}
}

func TestTheAuditHashesTheTokenAndNeverShowsIt(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	tellAStory(t, store)
	text := audit(t, path)
	sum := sha256.Sum256([]byte("token-order-a"))
	if got := auditLines(t, text)[0]["token_sha256"]; got != hex.EncodeToString(sum[:]) {
		t.Errorf("token_sha256 is %v, want the lower-case hex of the token's hash", got)
	}
	for _, private := range []string{"token-order", "form-order", "mei@example.com", "Mei Ling", "Raffles", "6123"} {
		if strings.Contains(text, private) {
			t.Errorf("the audit holds %q", private)
		}
	}
}

func TestTheAuditWorksBesideAWriterInTheMiddleOfAWrite(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	tellAStory(t, store)
	text := audit(t, path)
	written, let := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- write(store, func(tx *tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE orders SET status = 'refunded'`)
			close(written)
			<-let
			return err
		})
	}()
	<-written
	if during := audit(t, path); during != text {
		t.Errorf("the audit holds what is not committed\n%s", cmp.Diff(text, during))
	}
	close(let)
	if err := <-done; err != nil {
		t.Errorf("the write beside the audit: %v", err)
	}
	if audit(t, path) == text {
		t.Error("the audit lacks what was committed")
	}
}

func TestTheAuditWorksAfterAKill(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	tellAStory(t, store)
	if got, want := audit(t, copyAsAfterAKill(t, path)), audit(t, path); got != want {
		t.Errorf("(-want +got)\n%s", cmp.Diff(want, got))
	}
}

func TestTheAuditWorksAfterACleanEnd(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	tellAStory(t, store)
	want := audit(t, path)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if got := audit(t, path); got != want {
		t.Errorf("(-want +got)\n%s", cmp.Diff(want, got))
	}
}

func TestTheAuditOfAMissingFileMakesNone(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	folder := t.TempDir()
	var out bytes.Buffer
	if err := Audit(t.Context(), filepath.Join(folder, "shop.db"), &out); err == nil || out.Len() > 0 {
		t.Errorf("got %v and %q, want an error and no output", err, out.String())
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("the folder now holds %v (%v), want nothing", left, err)
	}
}

func TestTheAuditOfWhatIsNoDatabaseChangesNothing(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	for name, content := range map[string]string{"a text": "Dear reader, this is a text and no database.\n", "an empty file": ""} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "shop.db")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := Audit(t.Context(), path, &out); err == nil || out.Len() > 0 {
				t.Errorf("got %v and %q, want an error and no output", err, out.String())
			}
			if left, err := os.ReadFile(path); err != nil || string(left) != content {
				t.Errorf("the file now holds %d bytes (%v), want it left alone", len(left), err)
			}
		})
	}
}
