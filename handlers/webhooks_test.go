package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"antom-checkout/app"
	"antom-checkout/checkout"
)

// receiver is a system of the merchant's that takes events.
type receiver struct {
	*program
	url    string
	id     string // of its endpoint
	secret string
	mu     sync.Mutex
	got    []delivered
	answer func(http.ResponseWriter, delivered) // nil: 204
}

// delivered is one request that a receiver got.
type delivered struct {
	header http.Header
	body   []byte
	event  struct {
		ID, Type string
		Sequence int
		Data     struct {
			Status string
			Order  *struct {
				ID, Status string
				Buyer      *struct{ Email string }
				Total      struct{ Amount int64 }
			}
			RequestID string `json:"request_id"`
		}
	}
}

// newReceiver registers an endpoint. members are more of its JSON.
func (p *program) newReceiver(members ...string) *receiver {
	p.t.Helper()
	r := &receiver{program: p}
	server := httptest.NewServer(r)
	p.t.Cleanup(server.Close)
	r.url = server.URL + "/hook"
	reply := p.calls(http.MethodPost, "/webhook-endpoints", fmt.Sprintf(`{"url":%q%s}`, r.url, strings.Join(members, "")))
	made := into[struct{ ID, Secret string }](p.t, reply)
	if reply.status != http.StatusCreated || !strings.HasPrefix(made.Secret, "whsec_") {
		p.t.Fatalf("the endpoint is %d %s", reply.status, reply.body)
	}
	r.id, r.secret = made.ID, made.Secret
	return r
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	d := delivered{header: req.Header}
	d.body, _ = io.ReadAll(req.Body)
	if err := json.Unmarshal(d.body, &d.event); err != nil {
		r.t.Errorf("delivered was %s: %v", d.body, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, d)
	if r.answer != nil {
		r.answer(w, d)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// answers sets the status of what comes.
func (r *receiver) answers(status int) {
	r.answer = func(w http.ResponseWriter, _ delivered) { http.Error(w, "as told", status) }
}

// takes delivers what is due and returns the types of what arrived, as TYPE SEQUENCE.
func (r *receiver) takes() (types []string) {
	r.t.Helper()
	before := len(r.got)
	must(r.t, r.shop.program.Webhooks.DeliverOnce(r.t.Context()))
	for _, d := range r.got[before:] {
		types = append(types, fmt.Sprint(d.event.Type, " ", d.event.Sequence))
	}
	slices.Sort(types)
	return types
}

func (r *receiver) expectTakes(want ...string) {
	r.t.Helper()
	if got := r.takes(); !slices.Equal(got, want) {
		r.t.Errorf("arrived are %v, want %v", got, want)
	}
}

// verifies has the reference library verify the last delivery.
func (r *receiver) verifies(secret string) error {
	r.t.Helper()
	verifier, err := standardwebhooks.NewWebhook(secret)
	must(r.t, err)
	last := r.got[len(r.got)-1]
	return verifier.VerifyIgnoringTimestamp(last.body, last.header)
}

// deliveries are those of an event.
func (r *receiver) deliveries(event string) []delivery {
	r.t.Helper()
	return into[struct{ Data []delivery }](r.t, r.calls(http.MethodGet, "/events/"+event+"/deliveries", "")).Data
}

type delivery struct {
	EndpointID string `json:"endpoint_id"`
	State      string
	Tries      []struct {
		Status        int
		Error, Answer string
	}
}

// The shop's system is told of an order from its beginning to its refund.
func TestTheMerchantIsToldWhatHappensToAnOrder(t *testing.T) {
	s := newShop(t)
	r := s.newProgram().newReceiver()
	s.paidBy("GCASH")
	r.expectTakes("order.created 1", "order.paid 2")
	last := r.got[len(r.got)-1]
	must(t, r.verifies(r.secret))
	verifier, err := standardwebhooks.NewWebhook(r.secret)
	must(t, err)
	must(t, verifier.Verify(last.body, last.header)) // its time as well
	if last.header.Get("Webhook-Id") != last.event.ID || last.header.Get("Content-Type") != "application/json" {
		t.Errorf("the headers are %v", last.header)
	}
	if o := last.event.Data.Order; o == nil || o.Total.Amount == 0 || o.Buyer == nil || o.Buyer.Email == "" {
		t.Errorf("the event is %s", last.body)
	}
	r.expectTakes() // once
	listed := into[struct {
		Data []struct{ ID, Type, Status string }
	}](t, r.calls(http.MethodGet, "/events", "")).Data
	if len(listed) != 2 || listed[0].Type != "order.paid" || listed[1].Type != "order.created" || listed[1].Status != "open" {
		t.Errorf("the list is %+v", listed)
	}
	shown := r.calls(http.MethodGet, "/events/"+last.event.ID, "")
	if !bytes.Equal(bytes.TrimSpace(shown.body), last.body) {
		t.Errorf("the API shows %s, delivered was %s", shown.body, last.body)
	}
	if got := r.deliveries(last.event.ID); len(got) != 1 || got[0].State != "delivered" || len(got[0].Tries) != 1 || got[0].Tries[0].Status != 204 {
		t.Errorf("the deliveries are %+v", got)
	}
}

// A program lists the events of one type or order, part by part.
func TestEventsAreListedByTypeAndOrder(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	_, _, first := s.paidBy("GCASH")
	second := s.orderAt(s.newBuyer().orders()).ID
	s.paidBy("GCASH")
	type page struct {
		Data []struct {
			Type    string
			OrderID string `json:"order_id"`
		}
		Next *string
	}
	list := func(query string) (all []string) {
		t.Helper()
		for after := ""; ; {
			got := into[page](t, p.calls(http.MethodGet, "/events?limit=1&"+query+after, ""))
			for _, e := range got.Data {
				all = append(all, e.Type+map[string]string{first: " 1", second: " 2"}[e.OrderID])
			}
			if got.Next == nil {
				return all
			}
			after = "&after=" + *got.Next
		}
	}
	for query, want := range map[string][]string{
		"":                                   {"order.paid", "order.created", "order.created 2", "order.paid 1", "order.created 1"},
		"type=order.paid":                    {"order.paid", "order.paid 1"},
		"order=" + first:                     {"order.paid 1", "order.created 1"},
		"type=order.created&order=" + second: {"order.created 2"},
		"type=dispute.created":               nil,
		"order=none":                         nil,
	} {
		if got := list(query); !slices.Equal(got, want) {
			t.Errorf("%q lists %v, want %v", query, got, want)
		}
	}
	refused := p.expectProblem(p.calls(http.MethodGet, "/events?type=order.lost", ""), http.StatusUnprocessableEntity, "invalid")
	if len(refused.Errors) != 1 || refused.Errors[0].Pointer != "type" {
		t.Errorf("an unknown type is refused with %+v", refused)
	}
	for _, known := range checkout.EventTypes() { // the specification lists each
		if r := p.calls(http.MethodGet, "/events?type="+string(known), ""); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", known, r.status, r.body)
		}
	}
}

// What an endpoint does not take comes again, as the schedule says, byte for byte.
func TestAFailedDeliveryComesAgainTheSame(t *testing.T) {
	s := newShop(t, func(set *settings) { set.timeStands = true })
	r := s.newProgram().newReceiver(`,"types":["order.created"]`)
	r.answers(http.StatusInternalServerError)
	path := s.placesOrder()
	id := s.orderAt(path).ID
	for i, wait := range []time.Duration{0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute} {
		s.jumps(wait - time.Millisecond)
		if i > 0 {
			r.expectTakes()
		}
		s.jumps(time.Millisecond)
		r.expectTakes("order.created 1")
		must(t, r.verifies(r.secret))
		if i == 1 { // the order goes on meanwhile
			must(t, s.service.Cancel(t.Context(), id, by("k")))
		}
	}
	for _, d := range r.got {
		if !bytes.Equal(d.body, r.got[0].body) || d.header.Get("Webhook-Id") != r.got[0].event.ID {
			t.Errorf("a later try sends %s, the first sent %s", d.body, r.got[0].body)
		}
	}
	if r.got[0].header.Get("Webhook-Timestamp") == r.got[1].header.Get("Webhook-Timestamp") {
		t.Error("each try has the time of the first")
	}
	r.answer = nil
	s.jumps(2 * time.Hour)
	r.expectTakes("order.created 1")
	got := r.deliveries(r.got[0].event.ID)[0]
	if got.State != "delivered" || len(got.Tries) != 5 || got.Tries[0].Status != 500 || got.Tries[0].Answer != "as told\n" || got.Tries[4].Status != 204 {
		t.Errorf("the delivery is %+v", got)
	}
	s.jumps(31 * 24 * time.Hour)
	r.expectTakes()
	if got := r.deliveries(r.got[0].event.ID)[0]; len(got.Tries) != 0 {
		t.Errorf("after 30 days there is still %+v", got.Tries)
	}
}

// A delivery is dead after its last try, and an endpoint that has taken nothing for five
// days is off: the operator is told, once, and switches it on again.
func TestAnEndpointThatTakesNothingIsSwitchedOff(t *testing.T) {
	s := newShop(t, func(set *settings) { set.timeStands, set.operator = true, "op@shop.example" })
	r := s.newProgram().newReceiver(`,"types":["order.created"]`)
	r.answers(http.StatusServiceUnavailable)
	s.newBuyer().orders()
	for range 80 {
		r.takes()
		s.jumps(time.Hour)
	}
	if len(r.got) != 10 || r.deliveries(r.got[0].event.ID)[0].State != "dead" {
		t.Fatalf("%d tries, then %+v", len(r.got), r.deliveries(r.got[0].event.ID))
	}
	s.jumps(40 * time.Hour)
	s.newBuyer().orders()
	s.newBuyer().orders()
	if got := r.takes(); len(got) == 0 {
		t.Error("nothing is tried")
	}
	tries := len(r.got)
	s.jumps(time.Hour)
	r.expectTakes()
	endpoint := into[struct {
		Active    bool
		OffReason string `json:"off_reason"`
	}](t, r.calls(http.MethodGet, "/webhook-endpoints/"+r.id, ""))
	if endpoint.Active || endpoint.OffReason != "failing" {
		t.Errorf("the endpoint is %+v", endpoint)
	}
	for range 2 {
		r.expectTakes()
	}
	if told := s.emailsCalled("operator-endpoint-off"); len(told) != 1 {
		t.Errorf("the operator was told %d times", len(told))
	}
	r.expectProblem(r.calls(http.MethodPost, "/webhook-endpoints/"+r.id+"/test", ""), http.StatusConflict, "endpoint_off")

	r.answer = nil
	if reply := r.calls(http.MethodPatch, "/webhook-endpoints/"+r.id, `{"active":true}`); reply.status != http.StatusOK {
		t.Fatalf("%d %s", reply.status, reply.body)
	}
	r.expectTakes()
	reply := r.calls(http.MethodPost, "/webhook-endpoints/"+r.id+"/redeliver", `{"since":"2020-01-01T00:00:00Z"}`)
	if reply.status != http.StatusAccepted || into[struct{ Events int }](t, reply).Events != 3 {
		t.Errorf("delivered again: %d %s", reply.status, reply.body)
	}
	r.expectTakes("order.created 1", "order.created 1", "order.created 1")
	if len(r.got) != tries+3 {
		t.Error("more was delivered")
	}
}

// 410 says that nothing will be taken any longer.
func TestAnEndpointThatIsGoneIsSwitchedOff(t *testing.T) {
	s := newShop(t)
	r, other := s.newProgram().newReceiver(), s.newProgram().newReceiver()
	r.answers(http.StatusGone)
	s.newBuyer().orders()
	r.expectTakes("order.created 1")
	s.newBuyer().orders()
	r.expectTakes()
	if len(other.got) != 2 {
		t.Errorf("the other endpoint got %d events", len(other.got))
	}
}

// While a secret is rotated, who knows only the old one still believes what comes.
func TestASecretIsRotated(t *testing.T) {
	s := newShop(t, func(set *settings) { set.timeStands = true })
	r := s.newProgram().newReceiver()
	fresh := into[struct{ Secret string }](t, r.calls(http.MethodPost, "/webhook-endpoints/"+r.id+"/rotate-secret", "")).Secret
	if fresh == r.secret || strings.Contains(string(r.calls(http.MethodGet, "/webhook-endpoints/"+r.id, "").body), "whsec_") {
		t.Fatal("the secret is the old one, or is shown again")
	}
	expect := func(old bool) {
		t.Helper()
		if r.calls(http.MethodPost, "/webhook-endpoints/"+r.id+"/test", "").status != http.StatusAccepted {
			t.Fatal("no test")
		}
		r.expectTakes("endpoint.test 0")
		must(t, r.verifies(fresh))
		if (r.verifies(r.secret) == nil) != old {
			t.Errorf("the old secret verifies: %v, want %v", !old, old)
		}
	}
	expect(true)
	s.jumps(24*time.Hour - time.Second)
	expect(true)
	s.jumps(time.Second)
	expect(false)
}

// An event goes to the endpoints that want its type, and again to one when that is ordered.
func TestEndpointsGetWhatTheyWant(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	all, paid := p.newReceiver(), p.newReceiver(`,"types":["order.paid"],"description":"Stock"`)
	s.paidBy("GCASH")
	all.expectTakes("order.created 1", "order.paid 2")
	if len(paid.got) != 1 || paid.got[0].event.Type != "order.paid" {
		t.Errorf("%d events", len(paid.got))
	}
	created := all.got[slices.IndexFunc(all.got, func(d delivered) bool { return d.event.Type == "order.created" })].event.ID
	for body, want := range map[string]int{"": 1, `{}`: 1, fmt.Sprintf(`{"endpoint_id":%q}`, paid.id): 0} {
		if reply := p.calls(http.MethodPost, "/events/"+created+"/redeliver", body); reply.status != http.StatusAccepted {
			t.Errorf("%s: %d %s", body, reply.status, reply.body)
		}
		if got := all.takes(); len(got) != want {
			t.Errorf("%s delivers %v", body, got)
		}
	}
	if len(paid.got) != 2 || paid.got[1].event.Type != "order.created" {
		t.Error("the one that was named did not get it")
	}
	if reply := p.calls(http.MethodDelete, "/webhook-endpoints/"+all.id, ""); reply.status != http.StatusNoContent {
		t.Errorf("%d %s", reply.status, reply.body)
	}
	s.newBuyer().orders()
	all.expectTakes()
	p.expectProblem(p.calls(http.MethodGet, "/webhook-endpoints/"+all.id, ""), http.StatusNotFound, "not_found")
	p.expectProblem(p.calls(http.MethodPost, "/events/none/redeliver", ""), http.StatusNotFound, "not_found")
}

// Nothing leads to where only the shop's own machines may go.
func TestEndpointsAreElsewhere(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	for _, url := range []string{"http://shop.example/", "https://10.0.0.1/", "https://169.254.169.254/", "https://2130706433/", "https://me@shop.example/", "none"} {
		found := p.expectProblem(p.calls(http.MethodPost, "/webhook-endpoints", fmt.Sprintf(`{"url":%q}`, url)), http.StatusUnprocessableEntity, "form_invalid")
		if len(found.Errors) != 1 || found.Errors[0].Pointer != "/url" {
			t.Errorf("%s: %+v", url, found)
		}
	}
	p.expectProblem(p.calls(http.MethodPost, "/webhook-endpoints", `{"url":"https://shop.example","types":["order.lost"]}`), http.StatusUnprocessableEntity, "form_invalid")
	r := p.newReceiver()
	r.answer = func(w http.ResponseWriter, d delivered) {
		w.Header().Set("Location", r.url+"/elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
	s.newBuyer().orders()
	r.expectTakes("order.created 1") // once: the redirect is not followed
	if got := r.deliveries(r.got[0].event.ID)[0]; got.State != "pending" || got.Tries[0].Status != http.StatusTemporaryRedirect {
		t.Errorf("the delivery is %+v", got)
	}
	reader := s.newProgram(checkout.ScopeReadOrders)
	reader.expectProblem(reader.calls(http.MethodGet, "/webhook-endpoints", ""), http.StatusForbidden, "forbidden")
}

// With the buyer's data goes what was sent of them; what comes afterwards has none.
func TestErasedDataAreInNoEvent(t *testing.T) {
	s := newShop(t, func(set *settings) { set.timeStands = true })
	r := s.newProgram().newReceiver()
	r.answer = func(w http.ResponseWriter, d delivered) { _, _ = w.Write(d.body) } // an endpoint that echoes
	_, path, _ := s.paidBy("GCASH")
	r.expectTakes("order.created 1", "order.paid 2")
	o := s.orderAt(path)
	event := r.got[len(r.got)-1].event
	if event.Data.Order.Buyer.Email != o.Buyer.Email {
		t.Fatalf("the event is %s", r.got[len(r.got)-1].body)
	}
	_, err := s.service.Erase(t.Context(), o.ID, checkout.Cause{Kind: checkout.ByAdmin, ID: "k"})
	must(t, err)
	if reply := r.calls(http.MethodPost, "/events/"+event.ID+"/redeliver", ""); reply.status != http.StatusAccepted {
		t.Fatalf("%d %s", reply.status, reply.body)
	}
	for _, d := range r.deliveries(event.ID) {
		for _, try := range d.Tries {
			if strings.Contains(try.Answer, o.Buyer.Email) {
				t.Error("the answer that was kept still holds the address")
			}
		}
	}
	r.takes()
	last := r.got[len(r.got)-1]
	if last.event.ID != event.ID || bytes.Contains(last.body, []byte(o.Buyer.Email)) {
		t.Errorf("delivered is %s", last.body)
	}
}

// Endpoints that hang, that send an answer without an end, or that are down delay no other
// endpoint, no payment and no email: all that happens here happens before they answer.
func TestBadEndpointsDelayNothing(t *testing.T) {
	sent := make(chan string, 16)
	s := newShop(t, func(set *settings) { set.mailer = mailerTo(sent) })
	p := s.newProgram()
	answers, busy := make(chan struct{}), make(chan string, 64)
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"hangs": func(w http.ResponseWriter, _ *http.Request) { <-answers },
		"does not end": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "a beginning")
			_ = http.NewResponseController(w).Flush()
			<-answers
		},
		"is down": nil,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			busy <- name
			answer(w, r)
		}))
		if t.Cleanup(server.Close); answer == nil {
			server.Close()
		}
		if reply := p.calls(http.MethodPost, "/webhook-endpoints", fmt.Sprintf(`{"url":%q}`, server.URL)); reply.status != http.StatusCreated {
			t.Fatalf("%d %s", reply.status, reply.body)
		}
	}
	good, taken := p.newReceiver(), make(chan string, 16)
	good.answer = func(w http.ResponseWriter, d delivered) { taken <- d.event.Type }

	s.settings.Webhooks.Timeout = time.Hour // who waits for a bad endpoint waits longer than the test
	s.runs(s.builds())
	defer close(answers) // the servers end after the test, and wait for their requests
	s.newBuyer().orders()
	expectEach(t, busy, "hangs", "does not end") // in any order: both lanes are stuck from here on
	expectEach(t, taken, "order.created")
	_, path, _ := s.paidBy("GCASH")
	expectEach(t, taken, "order.created", "order.paid")
	expectEach(t, sent, string(checkout.EmailReceipt))
	if got := s.orderAt(path).Status; got != checkout.OrderPaid {
		t.Errorf("the order is %s", got)
	}
}

// mailerTo tells a channel which emails are sent.
type mailerTo chan<- string

// Mail implements checkout.Mailer.
func (m mailerTo) Mail(_ context.Context, e checkout.Email) error {
	m <- string(e.Kind)
	return nil
}

// runs has a program deliver events and send emails until the test ends, as a server does.
func (s *shop) runs(p *app.Program) {
	ctx, stop := context.WithCancel(s.t.Context())
	var running sync.WaitGroup
	running.Go(func() { p.Webhooks.Run(ctx) })
	running.Go(func() { p.Services.Payments.Sweep(ctx) })
	s.t.Cleanup(func() { stop(); running.Wait() })
}

// expectEach waits until each of these has come, in any order, as often as it is named.
func expectEach(t *testing.T, from <-chan string, want ...string) {
	t.Helper()
	for left := slices.Clone(want); len(left) > 0; {
		select {
		case got := <-from:
			if i := slices.Index(left, got); i >= 0 {
				left = slices.Delete(left, i, i+1)
			}
		case <-time.After(time.Minute):
			t.Fatalf("after a minute there is no %s", left)
		}
	}
}
