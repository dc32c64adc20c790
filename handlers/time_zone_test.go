package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/views"
)

// At any moment one of the two zones has another day than UTC, and both have another
// day than each other: pages and emails tell the day of the shop.
func TestDatesAreThoseOfTheShop(t *testing.T) {
	days := map[string]bool{}
	for _, name := range []string{"Etc/GMT-14", "Etc/GMT+12"} {
		zone, err := time.LoadLocation(name)
		must(t, err)
		shop := newShop(t, func(s *settings) { s.timeStands, s.timeZone = true, name })
		buyer := shop.newBuyer()
		path := buyer.pays()
		shop.sweeps()
		now := shop.cfg.Now()
		day := views.Day(views.WithTimeZone(t.Context(), zone), now)
		days[day] = true
		buyer.get(path+"/return").sees(http.StatusOK, day)
		m := shop.email("-receipt-", day)
		if !strings.Contains(m.At, now.In(zone).Format("Mon, 02 Jan 2006 15:04:05 -0700")) {
			t.Errorf("the email is dated %s, want the time in %s", m.At, name)
		}
		code := buyer.orders()
		buyer.post(code+"/payments", "method=PAYNOW")
		buyer.get(code+"/code").sees(http.StatusOK, map[string]string{"Etc/GMT-14": "UTC+14", "Etc/GMT+12": "UTC-12"}[name])
	}
	if len(days) != 2 {
		t.Errorf("both zones have the same day: %v", days)
	}
}
