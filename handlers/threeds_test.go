package handlers_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/handlers"
)

// cardWay is a way to pay by card.
type cardWay struct {
	set    func(*settings)
	starts func(b *buyer, path string) // the buyer starts to pay
}

func cardWays() map[string]cardWay {
	byScript := func(method string) func(*buyer, string) {
		return func(b *buyer, path string) {
			b.t.Helper()
			b.expectAction(b.starts(path, method), http.StatusOK, "sdk")
		}
	}
	return map[string]cardWay{
		"popup":   {showsIn(handlers.Popup), byScript("CARD")},
		"inline":  {showsIn(handlers.Inline), byScript("CARD")},
		"element": {showsIn(handlers.Element), byScript("")},
		"hosted, without JavaScript": {func(*settings) {}, func(b *buyer, path string) {
			b.t.Helper()
			b.post(path+"/payments", "method=CARD").sees(http.StatusOK, `data-test="continue"`)
		}},
		"app": {withApps, func(b *buyer, path string) {
			b.t.Helper()
			b.expectAction(b.startsInApp(path, "CARD", "ANDROID", "myshop://pay"), http.StatusOK, "sdk")
		}},
	}
}

// startsByCard starts to pay and returns the attempt's id.
func (way cardWay) startsByCard(b *buyer, path string) string {
	b.t.Helper()
	way.starts(b, path)
	return b.status(path).LastPayment.PaymentRequestID
}

// flags are what the requests to start a payment have asked about 3-D Secure, in order.
func (s *shop) flags() (all []string) {
	s.t.Helper()
	for _, m := range s.control.Messages() {
		if m.Direction != "in" || m.Operation != "pay" && m.Operation != "createPaymentSession" {
			continue
		}
		var request struct {
			Method    antom.PaymentMethod          `json:"paymentMethod"`
			Available antom.AvailablePaymentMethod `json:"availablePaymentMethod"`
		}
		must(s.t, json.Unmarshal([]byte(m.Body), &request))
		meta := antom.Metadata{}
		for _, place := range []*antom.Metadata{request.Method.Metadata, request.Available.Metadata} {
			if place != nil {
				meta = *place
			}
		}
		switch {
		case meta.Is3DSAuthentication != nil && meta.EnableAuthenticationUpgrade == nil:
			all = append(all, "required")
		case meta.EnableAuthenticationUpgrade != nil && meta.Is3DSAuthentication == nil:
			all = append(all, "upgrade")
		default:
			all = append(all, "none")
		}
	}
	return all
}

func (s *shop) expectFlags(want ...string) {
	s.t.Helper()
	got := s.flags()
	if len(got) != len(want) {
		s.t.Fatalf("the requests ask %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			s.t.Fatalf("the requests ask %v, want %v", got, want)
		}
	}
}

// inEveryWay tells a story of a buyer who pays by card, in every way to pay.
func inEveryWay(t *testing.T, story func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string), change ...func(*settings)) {
	t.Helper()
	for name, way := range cardWays() {
		t.Run(name, func(t *testing.T) {
			shop := sellsOne(t, append(change, way.set)...)
			buyer := shop.newBuyer()
			story(t, shop, way, buyer, buyer.ordersOne("MUG-01"))
		})
	}
}

func TestAChallengeThatIsPassedPays(t *testing.T) {
	inEveryWay(t, func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string) {
		id := way.startsByCard(buyer, path)
		must(t, shop.control.Challenge(id))
		buyer.expectStatus(path, "processing", "processing")
		must(t, shop.control.Pay(id))
		shop.quiet()
		buyer.get(path+"/return").sees(http.StatusOK, `data-status="paid"`)
		shop.expectCount(1, "capture", "status", "success")
		shop.expectFlags("upgrade")
		shop.expectThreeDS(id, checkout.ThreeDS{ECI: "05", Challenged: "true", Offered: "true"})
	})
}

// expectThreeDS compares what is kept of a payment's 3-D Secure.
func (s *shop) expectThreeDS(id string, want checkout.ThreeDS) {
	s.t.Helper()
	o, err := s.store.OrderByID(s.t.Context(), s.orderID())
	must(s.t, err)
	got := o.Payment(id).Card.ThreeDS
	got.Version, got.DSTransactionID = "", ""
	if got != want {
		s.t.Errorf("the 3-D Secure of %s is %+v, want %+v", id, got, want)
	}
}

// The bank demands 3-D Secure of a card: Antom adds it, and the buyer sees one payment.
func TestASoftDeclineIsUpgradedWithinThePayment(t *testing.T) {
	inEveryWay(t, func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string) {
		shop.fault(sandbox.Fault{Kind: sandbox.SoftDecline})
		id := way.startsByCard(buyer, path)
		must(t, shop.control.Pay(id))
		shop.quiet()
		buyer.expectStatus(path, "paid", "paid")
		shop.expectFlags("upgrade")
		shop.expectThreeDS(id, checkout.ThreeDS{ECI: "05", Challenged: "true", Offered: "true"})
	})
}

// Where Antom is to add nothing the bank declines; the page says that the bank wants a
// confirmation, and the retry leads to one.
func TestASoftDeclineIsRetriedWithThreeDS(t *testing.T) {
	inEveryWay(t, func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string) {
		shop.fault(sandbox.Fault{Kind: sandbox.SoftDecline})
		first := way.startsByCard(buyer, path)
		must(t, shop.control.Pay(first))
		shop.quiet()
		buyer.expectStatus(path, "open", "failed")
		buyer.get(path+"/return").sees(http.StatusOK, `data-test="retry"`, "Try again and confirm when it asks.")
		buyer.get(path).sees(http.StatusOK, `data-test="retry"`, "Try again and confirm when it asks.")

		second := way.startsByCard(buyer, path)
		if second == first {
			t.Fatal("the retry has the id of the attempt that was declined")
		}
		must(t, shop.control.Pay(second))
		shop.quiet()
		buyer.expectStatus(path, "paid", "paid")
		shop.expectFlags("none", "required")
		shop.expectThreeDS(second, checkout.ThreeDS{ECI: "05", Challenged: "true", Offered: "true"})
		shop.expectCount(1, "payment", "status", "paid")
	}, func(s *settings) { s.threeDS = checkout.ThreeDSOff })
}

func TestARefusedChallengeIsRetriedWithThreeDS(t *testing.T) {
	for name, refuses := range map[string]func(*sandbox.Control, string) error{
		"refused":               func(c *sandbox.Control, id string) error { return c.Decline(id, "") },
		"cancelled at the bank": (*sandbox.Control).CancelChallenge,
	} {
		t.Run(name, func(t *testing.T) {
			inEveryWay(t, func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string) {
				first := way.startsByCard(buyer, path)
				must(t, shop.control.Challenge(first))
				must(t, refuses(shop.control, first))
				shop.quiet()
				buyer.expectStatus(path, "open", "failed")
				buyer.get(path+"/return").sees(http.StatusOK, `data-test="retry"`, "We couldn’t verify it’s you.")
				buyer.get(path).sees(http.StatusOK, `data-test="retry"`, "We couldn’t verify it’s you.")

				second := way.startsByCard(buyer, path)
				must(t, shop.control.Pay(second))
				shop.quiet()
				buyer.expectStatus(path, "paid", "paid")
				shop.expectFlags("upgrade", "required")
			})
		})
	}
}

// A buyer who closes the bank's window is asked, and never told that it has failed. The
// bank still waits for them.
func TestALeftChallengeIsAskedAboutAndGoesOn(t *testing.T) {
	inEveryWay(t, func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string) {
		id := way.startsByCard(buyer, path)
		must(t, shop.control.Challenge(id))
		must(t, shop.control.Leave(id))
		shop.passes(3 * time.Second)
		buyer.expectStatus(path, "processing", "processing")
		buyer.get(path).sees(http.StatusOK, `data-test="finished"`, "data-due", "Did you finish paying?").seesNot("didn’t go through", `data-test="retry"`)
		buyer.get(path+"/return").sees(http.StatusOK, `data-status="processing"`).seesNot("didn’t go through", `data-test="retry"`)
		must(t, shop.control.Pay(id)) // in the bank's app, perhaps
		shop.quiet()
		buyer.expectStatus(path, "paid", "paid")
	})
}

// A buyer who comes back from a wallet without having paid goes on there, or chooses another
// way. In the first seconds the page does not say that they have not paid: it may be about to
// hear of it.
func TestAWalletLeftUnpaidGoesOnOrIsReplaced(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	started := buyer.starts(path, "GCASH")
	must(t, shop.control.Leave(started.PaymentRequestID))
	back := buyer.get(path+"/return").sees(http.StatusOK, `<span class="fresh">Your payment is being processed`, `<span class="calm" hidden>You haven’t paid yet`)
	shop.passes(6 * time.Second)
	since := regexp.MustCompile(`return\?since=\d+`).FindString(back.body)
	buyer.get(path+"/"+since).sees(http.StatusOK, "You haven’t paid yet", `data-test="continue-paying"`, "Continue to GCash", "Choose another way to pay").
		seesNot(`data-test="mail-me"`, "being processed")
	buyer.get(path).sees(http.StatusOK, `data-test="finished"`, "data-due", "Continue to GCash", "Choose another way to pay")

	buyer.post(path+"/payments", "method=GCASH").sees(http.StatusOK, `data-test="continue"`)
	order := shop.orderAt(path)
	must(t, shop.control.Pay(order.Active().RequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
}

// A buyer who left the bank's page may start again: the same attempt goes on, or ends for
// another one. One of them pays.
func TestALeftChallengeIsStartedAgain(t *testing.T) {
	inEveryWay(t, func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string) {
		must(t, shop.control.Challenge(way.startsByCard(buyer, path)))
		shop.passes(3 * time.Second)
		buyer.get(path).sees(http.StatusOK)
		again := way.startsByCard(buyer, path)
		must(t, shop.control.Pay(again))
		shop.quiet()
		buyer.expectStatus(path, "paid", "paid")
		shop.expectCount(1, "payment", "status", "paid")
		shop.expectCount(0, "payment", "status", "failed")
	})
}

// A challenge that is left for a day ends with its order, and the goods are free.
func TestAChallengeLeftForADayCloses(t *testing.T) {
	inEveryWay(t, func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string) {
		must(t, shop.control.Challenge(way.startsByCard(buyer, path)))
		another := shop.newBuyer()
		shop.passes(30 * time.Minute)
		shop.sweeps()
		buyer.expectStatus(path, "processing", "processing")
		for range 24 {
			shop.passes(time.Hour)
			shop.sweeps()
		}
		shop.quiet()
		st := buyer.status(path)
		if st.Status != "expired" || !st.Final {
			t.Fatalf("after a day the order is %+v", st)
		}
		other := another.ordersOne("MUG-01")
		must(t, shop.control.Pay(another.starts(other, "GCASH").PaymentRequestID))
		shop.quiet()
		another.expectStatus(other, "paid", "paid") // the one mug was free again
	})
}

// A merchant may want 3-D Secure of every card. No wallet is asked for it.
func TestThreeDSOfEveryCard(t *testing.T) {
	inEveryWay(t, func(t *testing.T, shop *shop, way cardWay, buyer *buyer, path string) {
		id := way.startsByCard(buyer, path)
		must(t, shop.control.Pay(id))
		shop.quiet()
		buyer.expectStatus(path, "paid", "paid")
		shop.expectFlags("required")
		shop.expectThreeDS(id, checkout.ThreeDS{ECI: "05", Challenged: "true", Offered: "true"})
	}, func(s *settings) { s.threeDS = checkout.ThreeDSAlways })
	shop := newShop(t, func(s *settings) { s.threeDS = checkout.ThreeDSAlways })
	buyer := shop.newBuyer()
	buyer.starts(buyer.orders(), "GCASH")
	shop.expectFlags("none")
}
