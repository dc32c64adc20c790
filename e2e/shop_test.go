package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom/sandbox/sandboxtest"
	"antom-checkout/app"
	"antom-checkout/db/dbtest"
)

// patience is how long a condition may take before a test fails.
const patience = 30 * time.Second

// shop is one running antom-checkout with its embedded sandbox.
type shop struct {
	t       *testing.T
	url     string
	sandbox sandbox
	env     []string
	stop    context.CancelFunc
	ended   chan struct{}
	code    int // once it has ended
	log     *journal
}

// openShop starts a shop with an empty database. Settings are NAME=value.
func openShop(t *testing.T, settings ...string) *shop {
	t.Helper()
	s := &shop{t: t, log: &journal{}, ended: make(chan struct{})}
	folder := t.TempDir()
	dbtest.Make(t, filepath.Join(folder, "checkout.db"))
	sandboxtest.MakeKeyFile(t, filepath.Join(folder, "sandbox-keys.json"))
	s.env = append([]string{
		"ADDR=127.0.0.1:0", "SANDBOX_ADDR=127.0.0.1:0", "DATABASE_URL=" + folder + "/checkout.db", "SHOP_NAME=Plain Goods",
	}, settings...)
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	stdout, output := io.Pipe()
	go func() {
		defer close(s.ended)
		s.code = app.Run(ctx, []string{"serve"}, s.getenv, output, s.log)
		output.Close() //nolint:errcheck // never fails
	}()
	t.Cleanup(s.ends)
	addresses := make(chan [2]string, 1)
	go func() {
		addresses <- readAddresses(stdout)
		io.Copy(io.Discard, stdout) //nolint:errcheck // nothing reads the rest
	}()
	select {
	case found := <-addresses:
		s.url, s.sandbox = found[0], sandbox{t, found[1]}
	case <-time.After(patience):
	}
	if s.url == "" || s.sandbox.url == "" {
		t.Fatal("the shop did not print its address")
	}
	return s
}

// getenv is the shop's environment; of two settings the last one counts.
func (s *shop) getenv(name string) string {
	for _, setting := range slices.Backward(s.env) {
		if value, found := strings.CutPrefix(setting, name+"="); found {
			return value
		}
	}
	return ""
}

// runs runs a command beside the running shop and returns its output.
func (s *shop) runs(args ...string) []byte {
	s.t.Helper()
	var out, problems bytes.Buffer
	if code := app.Run(s.t.Context(), args, s.getenv, &out, &problems); code != 0 {
		s.t.Fatalf("%s ends with exit code %d: %s", args[0], code, &problems)
	}
	return out.Bytes()
}

var addressLine = regexp.MustCompile(`^The (shop|sandbox) is at +(http://\S+)`)

// readAddresses reads the addresses of shop and sandbox from the output.
func readAddresses(stdout io.Reader) (found [2]string) {
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		match := addressLine.FindStringSubmatch(lines.Text())
		switch {
		case match == nil:
		case match[1] == "shop":
			found[0] = match[2]
		default:
			found[1] = match[2]
			return found
		}
	}
	return found
}

// ends stops the shop as an operator would, and shows its log if the test failed.
func (s *shop) ends() {
	s.stops()
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "level=ERROR") {
			s.t.Errorf("the server logged an error: %s", line)
		}
	}
	if s.t.Failed() {
		s.t.Logf("the server's log:\n%s", s.log)
	}
}

// stops ends the shop and waits for it; a second time changes nothing.
func (s *shop) stops() {
	s.t.Helper()
	s.stop()
	select {
	case <-s.ended:
		if s.code != 0 {
			s.t.Errorf("the shop ends with exit code %d", s.code)
		}
	case <-time.After(patience):
		s.t.Error("the shop does not stop; its log shows where it hangs")
		pprof.Lookup("goroutine").WriteTo(s.log, 2) //nolint:errcheck // a journal takes all
	}
}

// journal is a log that is safe for concurrent reads and writes.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// auditLine holds the fields of an audit line that the tests read.
type auditLine struct {
	Kind             string `json:"kind"`
	Subject          string `json:"subject"`
	OrderID          string `json:"order_id"`
	PaymentRequestID string `json:"payment_request_id"`
	Status           string `json:"status"`
	Method           string `json:"method"`
	Mode             string `json:"mode"`
	Total            int64  `json:"total"`
	Amount           int64  `json:"amount"`
	EverPaid         bool   `json:"ever_paid"`
	To               string `json:"to"`
	Cause            string `json:"cause"`
	Applied          bool   `json:"applied"`
}

// audit is the output of the audit command.
type audit []auditLine

func (s *shop) audit() audit {
	s.t.Helper()
	out := s.runs("audit")
	var all audit
	for lines := json.NewDecoder(bytes.NewReader(out)); ; {
		var line auditLine
		if err := lines.Decode(&line); err == io.EOF {
			return all
		} else if err != nil {
			s.t.Fatalf("audit: %v in\n%s", err, out)
		}
		all = append(all, line)
	}
}

func (a audit) lines(kind string, more ...func(auditLine) bool) audit {
	return slices.DeleteFunc(slices.Clone(a), func(l auditLine) bool {
		return l.Kind != kind || slices.ContainsFunc(more, func(is func(auditLine) bool) bool { return !is(l) })
	})
}

func status(status string) func(auditLine) bool {
	return func(l auditLine) bool { return l.Status == status }
}

func transitionTo(subject, status string) func(auditLine) bool {
	return func(l auditLine) bool { return l.Subject == subject && l.To == status }
}

// paidOnce asserts that the audit and the ledger of the sandbox agree: there is one
// order, it was paid once because of a signed message, and one payment was captured.
func (s *shop) paidOnce() audit {
	s.t.Helper()
	books := s.audit()
	orders := books.lines("order")
	if len(orders) != 1 || orders[0].Status != "paid" || !orders[0].EverPaid {
		s.t.Fatalf("want one paid order, have %+v", orders)
	}
	total := orders[0].Total
	paid := books.lines("payment", status("paid"))
	if len(paid) != 1 || paid[0].Amount != total {
		s.t.Errorf("want one paid payment of %d, have %+v", total, books.lines("payment"))
	}
	transitions := books.lines("transition", transitionTo("", "paid"))
	if len(transitions) != 1 || !signed.MatchString(transitions[0].Cause) {
		s.t.Errorf("want the order to become paid once and by a signed message, have %+v", transitions)
	}
	if len(books.lines("outbox")) == 0 {
		s.t.Error("the outbox has no row of the paid order")
	}

	ledger := s.sandbox.ledger()
	var succeeded []ledgerLine
	for _, p := range ledger.Payments {
		if p.Status == "SUCCESS" {
			succeeded = append(succeeded, p)
		}
	}
	if len(succeeded) != 1 || succeeded[0].Amount != total || succeeded[0].PaymentRequestID != paid[0].PaymentRequestID {
		s.t.Errorf("want the sandbox to have one payment of %d for %+v, have %+v", total, paid, ledger.Payments)
	}
	captures := 0
	if paid[0].Method == "CARD" {
		captures = 1
	}
	if len(ledger.Captures) != captures {
		s.t.Errorf("want %d captures, the sandbox has %+v", captures, ledger.Captures)
	}
	for _, r := range ledger.Refunds { // a refund of the payment itself would be wrong
		if r.PaymentRequestID == paid[0].PaymentRequestID {
			s.t.Errorf("the payment was refunded: %+v", r)
		}
	}
	return books
}

// signed are the causes that Antom has signed.
var signed = regexp.MustCompile(`^(notification|inquiry|response):`)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
