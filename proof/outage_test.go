package proof_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"antom-checkout/checkout"
	merchants "antom-checkout/checkout/merchant"
	"antom-checkout/checkout/shop"
)

var backlog = flag.Int("backlog", short(1000, 100), "how many events wait for an endpoint during its outage")

// While an endpoint is out and everything waits for it, payments are begun and notifications
// are recorded as ever. When it is back, all that has waited is delivered, once.
func TestAnOutageOfAnEndpointHurtsNothing(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, "GCASH", "SUCCESS")
	out := newOutage(*backlog / 2)
	server := httptest.NewServer(out)
	t.Cleanup(server.Close)
	defer out.goesOn() // the server waits for its requests
	_, err := r.services.Merchant.CreateEndpoint(t.Context(), merchants.EndpointForm{URL: &server.URL})
	must(t, err)
	r.placesMany(*backlog)
	ctx, stop := context.WithCancel(t.Context())
	var delivering sync.WaitGroup
	delivering.Go(func() { r.webhooks.Run(ctx) })
	defer delivering.Wait()
	defer stop()

	// Half of the tries have failed; from then on the endpoint hangs.
	select {
	case <-out.hangs:
	case <-time.After(3 * time.Minute):
		t.Fatal("the endpoint was not tried")
	}
	for range 3 {
		if order, payment := r.record([]string{eventSuccess}); order != checkout.OrderPaid || payment != checkout.PaymentPaid {
			t.Errorf("during the outage an order is %s, its payment %s", order, payment)
		}
	}
	out.goesOn()
	want := *backlog + 3*2 // each of the three is created and paid
	await(t, "every event was tried", func() error { return r.expectDeliveries(want, `attempts > 0`) })
	must(t, r.expectDeliveries(want, `state = 'pending'`))

	out.ends()
	r.passes(10 * time.Minute) // the next try of each is due
	await(t, "every event is delivered", func() error { return r.expectDeliveries(want, `state = 'delivered'`) })
	t.Logf("%d events have waited, and were delivered", want)
	if taken, most := out.taken(); taken != want || most != 1 {
		t.Errorf("%d events were taken, one of them %d times; want %d, once each", taken, most, want)
	}
}

// placesMany has buyers place orders, each of which is an event.
func (r *recorder) placesMany(orders int) {
	r.t.Helper()
	var buyers sync.WaitGroup
	for buyer := range 16 {
		buyers.Go(func() {
			for i := buyer; i < orders; i += 16 {
				_, err := r.services.Shop.PlaceOrder(r.t.Context(), shop.OrderRequest{
					FormKey: fmt.Sprint("outage ", i), Buyer: ann, Language: "en", Cart: []checkout.CartLine{{SKU: "MUG", Quantity: 1}},
				})
				if err != nil {
					r.t.Errorf("order %d: %v", i, err)
				}
			}
		})
	}
	buyers.Wait()
}

// expectDeliveries counts those for which a condition holds.
func (r *recorder) expectDeliveries(want int, condition string) error {
	reads := openBeside(r.database)
	defer reads.Close()
	var got int
	must(r.t, reads.QueryRow(`SELECT count(*) FROM deliveries WHERE `+condition).Scan(&got))
	if got != want {
		return fmt.Errorf("for %d deliveries %s, want %d", got, condition, want)
	}
	return nil
}

// outage is an endpoint that refuses so many tries, then hangs until it goes on refusing, and
// takes everything once the outage has ended.
type outage struct {
	hangs chan struct{} // closed when it begins to hang
	going chan struct{} // closed when it goes on

	mu      sync.Mutex
	refuses int
	over    bool
	took    map[string]int
	once    sync.Once
}

func newOutage(refuses int) *outage {
	return &outage{hangs: make(chan struct{}), going: make(chan struct{}), refuses: refuses, took: map[string]int{}}
}

// ServeHTTP implements http.Handler.
func (o *outage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	if o.refuses--; o.refuses == -1 {
		close(o.hangs)
	}
	waits := o.refuses < 0
	o.mu.Unlock()
	if waits {
		<-o.going
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.over {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	o.took[r.Header.Get("Webhook-Id")]++
	w.WriteHeader(http.StatusNoContent)
}

func (o *outage) goesOn() { o.once.Do(func() { close(o.going) }) }

func (o *outage) ends() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
}

// taken counts the events that were taken, and how often the one was that came most often.
func (o *outage) taken() (events, most int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, times := range o.took {
		most = max(most, times)
	}
	return len(o.took), most
}
