package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout/cardhunt"
	"antom-checkout/checkout/gateway"
	"antom-checkout/db"
)

// hunted are texts of a card that may be found nowhere, in all their spellings.
var hunted = cardhunt.Spellings("4054695723100768", "4054 6957 2310 0768", "4054-6957-2310-0768", "Zoë Quarterman", "Quarterman", "billing lane 77",
	"1988-04-12", "483-92-05716", "4839205716", "529.982.247-25", "52998224725")

// huntsCard looks for the card in everything that the program leaves behind.
func (s *shop) huntsCard(path, ending string) {
	s.t.Helper()
	places := map[string][]byte{"log": []byte(s.logged())}
	for _, folder := range []string{filepath.Dir(s.database), string(s.emails)} { // the database, its WAL, and the emails
		must(s.t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			places[path] = content
			return err
		}))
	}
	var audit bytes.Buffer
	must(s.t, db.Audit(s.t.Context(), s.database, &audit))
	places["audit"] = audit.Bytes()
	control, err := json.Marshal(map[string]any{"messages": s.control.Messages(), "ledger": s.control.Ledger(), "notifications": s.control.Notifications()})
	must(s.t, err)
	places["control room"] = control
	o := s.orderAt(path) // what the sealed columns hold
	places["order"], err = json.Marshal(o)
	must(s.t, err)
	for _, p := range o.Payments {
		places["order"] = append(places["order"], p.Body...)
	}
	for place, has := range map[string]string{s.database: "CREATE TABLE payments", s.database + "-wal": "ann@example.com", "order": "ann@example.com", "control room": "paymentRequestId", "log": "route="} {
		if !bytes.Contains(places[place], []byte(has)) {
			s.t.Fatalf("the hunt sees too little: no %q in the %s", has, place)
		}
	}
	for place, content := range places {
		for _, way := range cardhunt.Find(content, hunted) {
			if place == "control room" && !strings.Contains(way, "4054") {
				continue // the sandbox shows names and addresses of its practice
			}
			s.t.Errorf("%s: the card is in the %s (%s)", ending, place, way)
		}
	}
}

// strange is a client of Antom that ends calls of pay in its own way.
type strange struct {
	*antom.Client
	end func(*antom.PayRequest) (*antom.PayResponse, error)
}

func (s strange) Pay(ctx context.Context, r *antom.PayRequest) (*antom.PayResponse, error) {
	if s.end != nil {
		return s.end(r)
	}
	return s.Client.Pay(ctx, r)
}

// However a call ends, the card is nowhere afterwards.
func TestACardIsFoundNowhereAfterwards(t *testing.T) {
	typed := cardFields("cardholder_first=Zoë Quarterman", "billing_address1=billing lane 77")
	for ending, c := range map[string]struct {
		fault *sandbox.Fault
		end   func(*antom.PayRequest) (*antom.PayResponse, error)
	}{
		"approved":               {},
		"declined":               {fault: &sandbox.Fault{Kind: sandbox.Refuse, On: "pay", Code: "INVALID_CARD_NUMBER"}},
		"refused":                {fault: &sandbox.Fault{Kind: sandbox.Refuse, On: "pay", Code: "PARAM_ILLEGAL"}},
		"timeout":                {fault: &sandbox.Fault{Kind: sandbox.Timeout, On: "pay", Apply: true, Delay: sandbox.Duration(time.Second)}},
		"unknown":                {fault: &sandbox.Fault{Kind: sandbox.Unknown, On: "pay"}},
		"broken":                 {fault: &sandbox.Fault{Kind: sandbox.Truncate, On: "pay"}},
		"panic with the request": {end: func(r *antom.PayRequest) (*antom.PayResponse, error) { panic(r) }},
		"panic with the card's part": {end: func(r *antom.PayRequest) (*antom.PayResponse, error) {
			panic(fmt.Sprintf("no such method: %+v", *r.PaymentMethod))
		}},
		"error with the request": {end: func(r *antom.PayRequest) (*antom.PayResponse, error) {
			return &antom.PayResponse{}, fmt.Errorf("cannot send %v: %w", r, errors.New("broken pipe"))
		}},
	} {
		t.Run(ending, func(t *testing.T) {
			shop := newShop(t, typesCards, func(s *settings) {
				s.timeout = 200 * time.Millisecond
				s.client = func(client *antom.Client) gateway.Client { return strange{client, c.end} }
			})
			buyer := shop.newBuyer()
			path := buyer.orders()
			if c.fault != nil {
				shop.fault(*c.fault)
			}
			answers := buyer.post(path+"/payments", typed...).body + buyer.postJSON(path+"/payments", asJSON(typed)).body
			answers += buyer.get(path).body + buyer.get(path+"/return").body + buyer.get(path+"/status").body
			shop.quiet()
			shop.sweeps()
			for _, number := range []string{"4054", "0768\"", `value="987"`} { // a receipt may end with the last four digits, no field does
				if strings.Contains(answers, number) {
					t.Errorf("a page shows %q", number)
				}
			}
			shop.huntsCard(path, ending)
		})
	}
}

// What is refused before it is sent leaves nothing behind either.
func TestARefusedCardIsFoundNowhereAfterwards(t *testing.T) {
	for mode, change := range map[string]func(*settings){"server": typesCards, "antom": func(*settings) {}} {
		shop := newShop(t, change)
		buyer := shop.newBuyer()
		path := buyer.orders()
		buyer.starts(path, "GCASH") // so that there is something to find
		number := "4054 6957 2310 0768"
		for _, body := range [][]string{
			cardFields("card_cvc=1"), cardFields("cardholder_last="+number, "card_number="+number), cardFields("card_expiry=" + number),
			cardFields("method=" + number), cardFields("billing_address1=" + number), cardFields("method=GCASH"),
			{"method=CARD", "card=" + number}, {"method=CARD", "card_brand=" + number}, {"method=" + number}, {"method=CARD", "refused_session=" + number},
		} {
			seen := buyer.post(path+"/payments", body...).body + buyer.postJSON(path+"/payments", asJSON(body)).body
			if strings.Contains(seen, "4054") {
				t.Errorf("%s mode: the answer to %v shows the number", mode, body)
			}
		}
		for _, broken := range []string{`{"card_number":4054695723100768,"save_card":"4054695723100768"}`, `{"card_number":"4054695723100768"`, `[4054695723100768]`, `{"installments":4054695723100768}`} {
			if got := buyer.postJSON(path+"/payments", broken); strings.Contains(got.body, "4054") {
				t.Errorf("%s mode: %s is answered %d %s", mode, broken, got.status, got.body)
			}
		}
		if got := buyer.get(path + "/card?card_number=4054695723100768"); got.status == http.StatusInternalServerError || strings.Contains(got.body, "4054") {
			t.Errorf("%s mode: a card in an address is answered %d", mode, got.status)
		}
		shop.huntsCard(path, "refused in "+mode+" mode")
	}
}
