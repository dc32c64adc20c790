package handlers_test

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// personal is what the shop learns of a buyer.
var personal = []string{"ann@example.com", "Ann Lee", "9123 4567", "91234567", "Raffles Place", "048616", "Netscape/4.0"}

// filesHold lists which of the texts stand in the files of the database and of the emails.
func (s *shop) filesHold(texts ...string) (found []string) {
	s.t.Helper()
	var all []byte
	for _, folder := range []string{filepath.Dir(s.database), string(s.emails)} {
		must(s.t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			all = append(all, content...)
			return err
		}))
	}
	for _, text := range texts {
		if bytes.Contains(all, []byte(text)) {
			found = append(found, text)
		}
	}
	return found
}

// remembers reports whether the body of a payment of an order holds a text.
func (s *shop) remembers(path, text string) bool {
	s.t.Helper()
	o, err := s.store.OrderByID(s.t.Context(), s.idOf(path))
	must(s.t, err)
	return slices.ContainsFunc(o.Payments, func(p checkout.Payment) bool { return bytes.Contains(p.Body, []byte(text)) })
}

func (s *shop) idOf(path string) string {
	s.t.Helper()
	o, err := s.service.Order(s.t.Context(), strings.TrimPrefix(path, "/checkout/"))
	must(s.t, err)
	return o.ID
}

// What is erased stands in no file, and what proves the sale stays as it was.
func TestErasedDataAreNowhereAndTheMoneyIsProvable(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.agent = "Netscape/4.0"
	path := buyer.orders()
	started := buyer.starts(path, "GCASH")
	if found := shop.filesHold(personal...); len(found) != len(personal)-2 || !shop.remembers(path, "Netscape/4.0") { // the body is sealed
		t.Fatalf("the shop holds only %q of a payment that has begun", found)
	}
	must(t, shop.control.Pay(started.PaymentRequestID))
	shop.quiet()
	shop.sweeps()
	id := shop.idOf(path)
	if _, err := shop.desk().Refund(t.Context(), id, 100, checkout.Key{Operator: checkout.CommandLine, Idempotency: "k"}); err != nil {
		t.Fatal(err)
	}
	shop.quiet()
	shop.sweeps()
	before := shop.audit()
	_, err := shop.service.Erase(t.Context(), id, checkout.Cause{Kind: checkout.ByAdmin})
	must(t, errors.Join(err, shop.service.ForgetOld(t.Context())))
	if left := shop.filesHold(personal...); len(left) > 0 || shop.remembers(path, "Netscape/4.0") {
		t.Errorf("the files still hold %q", left)
	}
	if after := shop.audit(); !reflect.DeepEqual(after, before) {
		t.Error("the audit has changed")
	}
	for _, page := range []string{path, path + "/return"} {
		buyer.get(page).sees(http.StatusOK, `data-status="partially_refunded"`).seesNot(personal...)
	}
	// The rest can be returned still, and no email is tried.
	if _, err := shop.desk().Refund(t.Context(), id, 0, checkout.Key{Operator: checkout.CommandLine, Idempotency: "l"}); err != nil {
		t.Fatal(err)
	}
	shop.quiet()
	shop.sweeps()
	shop.expectCount(1, "order", "status", "refunded")
	shop.expectCount(0, "outbox", "state", "pending")
	if left := shop.filesHold(personal...); len(left) > 0 {
		t.Errorf("after a refund the files hold %q", left)
	}
}

// The body of the call is forgotten with the payment's result, long before all else.
func TestTheBrowserIsForgottenWithThePaymentsResult(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.agent = "Netscape/4.0"
	path := buyer.orders()
	started := buyer.starts(path, "GCASH")
	if !shop.remembers(path, "Netscape/4.0") {
		t.Fatal("the shop does not remember the request")
	}
	must(t, shop.control.Decline(started.PaymentRequestID, "RISK_REJECT"))
	shop.quiet()
	buyer.get(path+"/return").sees(http.StatusOK, `data-status="open"`)
	if shop.remembers(path, "Netscape/4.0") {
		t.Error("the shop still remembers the request")
	}
}

// The clock erases the data of unpaid orders, and with a retention those of paid ones.
func TestTheClockErases(t *testing.T) {
	for retention, want := range map[time.Duration]string{0: "paid", 60 * 24 * time.Hour: ""} {
		shop := newShop(t, func(s *settings) { s.retention = retention })
		paid, unpaid := shop.newBuyer(), shop.newBuyer()
		paidPath, unpaidPath := paid.orders(), unpaid.orders()
		must(t, shop.control.Pay(paid.starts(paidPath, "GCASH").PaymentRequestID))
		shop.quiet()
		shop.passes(2 * time.Hour)
		shop.sweeps()
		shop.expectCount(1, "order", "status", "expired")
		erased := func(path string) bool {
			t.Helper()
			o, err := shop.store.OrderByID(t.Context(), shop.idOf(path))
			must(t, err)
			return o.Erased() && o.Buyer.Email == ""
		}
		shop.passes(29 * 24 * time.Hour)
		shop.sweeps()
		if erased(paidPath) || erased(unpaidPath) {
			t.Error("data are erased too early")
		}
		shop.passes(2 * 24 * time.Hour)
		shop.sweeps()
		if !erased(unpaidPath) || erased(paidPath) {
			t.Error("after a month the data of the unpaid order are to be erased, and no others")
		}
		unpaid.get(unpaidPath).sees(http.StatusOK, `data-status="expired"`).seesNot(`data-test="renew"`)
		unpaid.post(unpaidPath + "/renewal").sees(http.StatusConflict)
		shop.passes(60 * 24 * time.Hour)
		shop.sweeps()
		if erased(paidPath) != (want == "") {
			t.Errorf("with a retention of %v the data of the paid order are erased: %v", retention, erased(paidPath))
		}
	}
}

// The address of a checkout page is the right to pay, and is in no file.
func TestNoFileHoldsTheAddressOfACheckout(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	token := strings.TrimPrefix(path, "/checkout/")
	started := buyer.starts(path, "GCASH")
	expect := func(when string) {
		t.Helper()
		if len(shop.filesHold(token)) > 0 {
			t.Errorf("%s the files hold the token", when)
		}
	}
	expect("after a start")
	must(t, shop.control.Pay(started.PaymentRequestID))
	shop.quiet()
	shop.sweeps()
	expect("after the receipt")
	shop.passes(time.Minute)
	buyer.get(path).sees(http.StatusOK, `data-status="paid"`)
}
