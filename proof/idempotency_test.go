package proof_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

var keyKills = flag.Int("keys", short(16, 2), "how often the program is killed in the middle of a request with an idempotency key")

// TestKilledInTheMiddleOfARequest kills the real program with SIGKILL while it places an order
// or refunds one under an idempotency key. After the restart the same request is answered as it
// was answered before, or its work is done now: once in either case.
func TestKilledInTheMiddleOfARequest(t *testing.T) {
	t.Parallel()
	fate := rand.New(rand.NewPCG(drawnSeed(t), 6))
	m := newMerchant(t, t.TempDir())
	m.starts()
	p := m.newCaller()
	usual := map[string]time.Duration{} // how long a request takes
	found := map[string]int{}           // how often a kill has left what
	for kill := range *keyKills {
		for _, r := range []*request{p.placing(fmt.Sprint("warm ", kill)), p.refunding(fmt.Sprint("warm ", kill))} {
			start := time.Now()
			p.expectAnswer(r)
			usual[r.kind] = time.Since(start)
		}
		r := p.placing(fmt.Sprint(kill))
		if kill%2 == 1 {
			r = p.refunding(fmt.Sprint(kill))
		}
		moment := time.Duration(fate.Int64N(1 + int64(usual[r.kind])*5/4))
		before := p.interrupted(r, moment)
		found[p.left(r)]++
		must(t, m.control.Advance(time.Minute))
		m.starts(fmt.Sprintf("CLOCK_OFFSET=%dm", kill+1)) // the claim of the dead process is over
		p.expectOnce(r, before)
		if t.Failed() {
			t.Fatalf("after kill %d, %v into a request that takes %v", kill, moment, usual[r.kind])
		}
	}
	t.Logf("%d kills in the middle of a request: %v", *keyKills, found)
	if found[leftClaimed] == 0 && *keyKills > 10 {
		t.Error("no kill has come between the claim of a key and its answer")
	}
}

// What a kill can leave of a request.
const (
	leftNothing  = "nothing"
	leftClaimed  = "a claim without an answer"
	leftAnswered = "an answer"
)

// caller is a program that has an API key.
type caller struct {
	*merchant
	key  string
	http *http.Client
}

// newCaller has the running program's command line make a key.
func (m *merchant) newCaller() *caller {
	m.t.Helper()
	var made struct{ Key string }
	m.runs(&made, "keys", "create", "--json", "--name", "shop", "--scopes", "orders:read,orders:write,refunds:write")
	return &caller{m, made.Key, &http.Client{Timeout: 20 * time.Second}}
}

// runs runs a command beside the server, and reads what it prints.
func (m *merchant) runs(into any, arguments ...string) {
	m.t.Helper()
	path, err := binary()
	must(m.t, err)
	command := exec.Command(path, arguments...)
	command.Env = append(os.Environ(), m.settings...)
	output, err := command.Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		m.t.Fatalf("%s: %s", strings.Join(arguments, " "), failed.Stderr)
	}
	must(m.t, err)
	if err := json.Unmarshal(output, into); err != nil {
		m.t.Fatalf("%s prints %s: %v", strings.Join(arguments, " "), output, err)
	}
}

// request is one POST under an idempotency key. done says what it has done so far.
type request struct {
	kind, path, body, key string
	done                  func() error
}

// answer is what the API has answered.
type answer struct {
	status   int
	body     []byte
	replayed bool
}

// asks sends a request.
func (p *caller) asks(method, path, body, key string) (answer, error) {
	req, err := http.NewRequest(method, p.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+p.key)
	if key != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := p.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, text, res.Header.Get("Idempotent-Replayed") == "true"}, err
}

// shownOrder is an order as the API shows it.
type shownOrder struct {
	ID, Status  string
	CheckoutURL string                 `json:"checkout_url"`
	Refunded    struct{ Amount int64 } `json:"refunded"`
	Payments    []struct {
		Refunds []struct{ Status string }
	}
}

// placing is a request that places an order.
func (p *caller) placing(name string) *request {
	email := strings.ReplaceAll(name, " ", "-") + "@example.com"
	body := fmt.Sprintf(`{"lines":[{"name":"Mug","quantity":1,"unit_amount":4200}],"buyer":{"email":%q,"address":{"country":"SG"}}}`, email)
	return &request{"place", "/orders", body, "place-" + strings.ReplaceAll(name, " ", "-"), func() error {
		var list struct{ Data []shownOrder }
		p.reads("/orders?email="+email, &list)
		if len(list.Data) != 1 {
			return fmt.Errorf("there are %d orders, want 1", len(list.Data))
		}
		return nil
	}}
}

// refunding is a request that refunds a part of a paid order.
func (p *caller) refunding(name string) *request {
	key := "refund-" + strings.ReplaceAll(name, " ", "-")
	var o shownOrder
	must(p.t, json.Unmarshal(p.expectAnswer(p.placing("for "+name)).body, &o))
	path := "/orders/" + o.ID
	requestID := p.pays(strings.TrimPrefix(o.CheckoutURL, p.url))
	await(p.t, "the order is paid", func() error { return p.expectStatusOf(path, "paid") })
	return &request{"refund", path + "/refunds", `{"amount":100}`, key, func() error {
		var refunds int
		ledger := p.control.Ledger()
		payment, _ := ledger.Payment(requestID)
		for _, r := range ledger.Refunds {
			if r.PaymentID == payment.ID {
				refunds++
			}
		}
		var shown shownOrder
		p.reads(path, &shown)
		if refunds != 1 || shown.Refunded.Amount != 100 {
			return fmt.Errorf("Antom has %d refunds, want 1; %d is refunded, want 100", refunds, shown.Refunded.Amount)
		}
		return nil
	}}
}

// pays pays for an order and returns the payment's request id.
func (p *caller) pays(path string) string {
	b := walker{p.t.Context(), p.url, p.http}
	text, _, err := b.do("POST", path+"/payments", "application/json", `{"method":"GCASH"}`)
	must(p.t, err)
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	must(p.t, json.Unmarshal([]byte(text), &started))
	must(p.t, p.control.Pay(started.PaymentRequestID))
	return started.PaymentRequestID
}

func (p *caller) reads(path string, into any) {
	p.t.Helper()
	got, err := p.asks(http.MethodGet, path, "", "")
	must(p.t, err)
	if got.status != http.StatusOK {
		p.t.Fatalf("GET %s: %d %s", path, got.status, got.body)
	}
	must(p.t, json.Unmarshal(got.body, into))
}

func (p *caller) expectStatusOf(path, want string) error {
	var o shownOrder
	if p.reads(path, &o); o.Status != want {
		return fmt.Errorf("it is %s", o.Status)
	}
	return nil
}

// expectAnswer sends a request that has to succeed.
func (p *caller) expectAnswer(r *request) answer {
	p.t.Helper()
	got, err := p.asks(http.MethodPost, r.path, r.body, r.key)
	must(p.t, err)
	if got.status != http.StatusOK && got.status != http.StatusCreated {
		p.t.Fatalf("%s under %s: %d %s", r.path, r.key, got.status, got.body)
	}
	return got
}

// interrupted sends a request and kills the program a moment later. answered is nil when the
// kill came first.
func (p *caller) interrupted(r *request, moment time.Duration) (answered *answer) {
	sent := make(chan *answer)
	go func() {
		got, err := p.asks(http.MethodPost, r.path, r.body, r.key)
		if err != nil {
			sent <- nil // the program died first
			return
		}
		sent <- &got
	}()
	time.Sleep(moment) // a drawn moment: this waits for no condition
	p.dies()
	return <-sent
}

// left is what a dead program has stored of a request.
func (p *caller) left(r *request) string {
	p.t.Helper()
	reads, err := sql.Open("sqlite", "file:"+p.database+"?mode=ro")
	must(p.t, err)
	defer reads.Close()
	var status int
	err = reads.QueryRow(`SELECT status FROM idempotency WHERE key = $1`, r.key).Scan(&status)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return leftNothing
	case err == nil && status == 0:
		return leftClaimed
	}
	must(p.t, err)
	return leftAnswered
}

// expectOnce sends a request again, twice, and checks that its work was done once. before is
// what the program has answered before it died.
func (p *caller) expectOnce(r *request, before *answer) {
	p.t.Helper()
	first := p.expectAnswer(r)
	if before != nil && (!first.replayed || !same(*before, first)) {
		p.t.Errorf("answered was %d %s, and after the restart %d %s (replayed: %v)", before.status, before.body, first.status, first.body, first.replayed)
	}
	second := p.expectAnswer(r)
	if !second.replayed || !same(first, second) {
		p.t.Errorf("the same request is answered %d %s, and then %d %s (replayed: %v)", first.status, first.body, second.status, second.body, second.replayed)
	}
	await(p.t, "the work is done once", r.done)
}

func same(a, b answer) bool { return a.status == b.status && bytes.Equal(a.body, b.body) }
