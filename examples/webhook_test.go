package examples_test

import (
	"bytes"
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Every shop ships what a signed event says is paid, once, in whatever order the events
// come, and believes nothing else. It knows so after a restart.
func TestAShopBelievesSignedEventsOnly(t *testing.T) {
	for language := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			secret := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1, 2, 3}, 8))
			port, file := freePort(t), filepath.Join(t.TempDir(), "orders.json")
			s := opens(t, language, port, file, "http://127.0.0.1:9", "ak_test_none", secret)
			now := time.Now()
			paid := event{"e-3", "R-1", "paid", 3, now}
			other := []byte("another secret of 24 byte")
			for name, row := range map[string]struct {
				e         event
				signature string
			}{
				"by another secret": {paid, paid.signed(other)},
				"without one":       {paid, ""},
				"of another event":  {paid, event{"e-4", "R-1", "paid", 4, now}.signed(s.secret)},
				"of another scheme": {paid, strings.Replace(paid.signed(s.secret), "v1,", "v2,", 1)},
				"ten minutes old":   {event{"e-3", "R-1", "paid", 3, now.Add(-10 * time.Minute)}, event{"e-3", "R-1", "paid", 3, now.Add(-10 * time.Minute)}.signed(s.secret)},
			} {
				if got := s.gets(row.e, row.signature); got != 401 {
					t.Errorf("an event with a signature %s is answered %d", name, got)
				}
			}
			if o, found := s.knows("R-1"); found {
				t.Errorf("forged events have made %+v", o)
			}
			for _, e := range []event{{"e-1", "R-1", "open", 1, now}, paid, {"e-2", "R-1", "processing", 2, now}, paid, {"e-5", "R-1", "refunded", 5, now}} {
				if got := s.gets(e, "v1,"+base64.StdEncoding.EncodeToString(other)+" "+e.signed(s.secret)); got != 204 {
					t.Errorf("event %s is answered %d", e.id, got)
				}
			}
			if o, _ := s.knows("R-1"); o != (known{"refunded", 5, true}) || strings.Count(s.log.String(), "ship the order") != 1 {
				t.Errorf("the shop knows %+v and prints %s", o, s.log)
			}
			s.stop()
			if o, _ := opens(t, language, port, file, "http://127.0.0.1:9", "ak_test_none", secret).knows("R-1"); !o.Ship {
				t.Errorf("after a restart the shop knows %+v", o)
			}
		})
	}
}

// Where the checkout does not answer, a shop says so, and nothing is lost.
func TestAShopSaysThatTheCheckoutDoesNotAnswer(t *testing.T) {
	for language := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			s := opens(t, language, freePort(t), filepath.Join(t.TempDir(), "orders.json"), "http://127.0.0.1:9", "ak_test_none", "whsec_AAAA")
			form := "application/x-www-form-urlencoded"
			if status, _, text := s.sends("POST", s.url+"/buy", "sku=mug&reference=R-2&email=ann%40example.com", "Content-Type", form); status != 502 || !strings.Contains(text, "try again") {
				t.Errorf("the order is answered %d %s", status, text)
			}
			for body, want := range map[string]int{"sku=none&reference=R-2": 422, "sku=mug": 422, "sku=constructor&reference=R-2": 422} {
				if status, _, text := s.sends("POST", s.url+"/buy", body, "Content-Type", form); status != want {
					t.Errorf("%s is answered %d %s", body, status, text)
				}
			}
			for path, want := range map[string]int{"/": 200, "/thanks": 404, "/thanks?order=x": 404, "/orders/none": 404, "/nothing": 404} {
				if status, _, text := s.sends("GET", s.url+path, ""); status != want {
					t.Errorf("%s is answered %d %s", path, status, text)
				}
			}
		})
	}
}
