package sandbox

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestNotificationIsSentAgainUntilAcknowledged(t *testing.T) {
	s := newShop(t)
	s.deaf = 100
	s.pays("PR-1", "ALIPAY_CN", 4200)
	must(t, s.box.Control().Pay("PR-1"))
	sent := func() int { return len(s.box.Control().Notifications()[0].Sendings) }
	s.after(300 * time.Millisecond)
	for i, wait := range schedule[1:] {
		if got := sent(); got != i+1 {
			t.Fatalf("before waiting %s it was sent %d times", wait, got)
		}
		s.after(wait - time.Second)
		if got := sent(); got != i+1 {
			t.Fatalf("a second before its time it was sent %d times", got)
		}
		s.after(time.Second)
	}
	s.after(48 * time.Hour)
	if n := s.box.Control().Notifications()[0]; len(n.Sendings) != 8 || n.State != NotificationGivenUp {
		t.Errorf("sent %d times, %s", len(n.Sendings), n.State)
	}
}

func TestClockThatJumpsCatchesUpWithTheSchedule(t *testing.T) {
	s := newShop(t)
	s.deaf = 3
	s.pays("PR-1", "ALIPAY_CN", 4200)
	must(t, s.box.Control().Pay("PR-1"))
	s.after(24 * time.Hour)
	if n := s.box.Control().Notifications()[0]; len(n.Sendings) != 4 || n.State != NotificationAcknowledged {
		t.Errorf("sent %d times, %s", len(n.Sendings), n.State)
	}
}

// byHand carries requests to a handler without a network.
type byHand struct{ to http.Handler }

func (b byHand) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	b.to.ServeHTTP(answer, r)
	return answer.Result(), nil
}

func TestNotificationsUseTheTransport(t *testing.T) {
	var shop *shop
	shop = newShop(t, func(cfg *Config) {
		cfg.Transport = byHand{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { shop.take(w, r) })}
	})
	shop.hooks.Close() // the network has no listener from here on
	shop.pays("hand-1", "GCASH", 4200)
	if err := shop.box.Control().Pay("hand-1"); err != nil {
		t.Fatal(err)
	}
	shop.after(time.Second)
	if received := shop.kinds(); received != "PAYMENT_RESULT S" {
		t.Errorf("received %q", received)
	}
}
