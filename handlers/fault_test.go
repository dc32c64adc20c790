package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
)

// unavailable is what a buyer reads when the shop is at fault.
const unavailable = "The problem is on our side, and nothing was charged. Choose another way to pay, or try again later."

// Codes that no buyer can have caused; those that are not in Antom's documents too.
var shopFaults = strings.Fields(`
	INVALID_SIGNATURE KEY_NOT_FOUND ACCESS_DENIED UNKNOWN_CLIENT CLIENT_FORBIDDEN_ACCESS_API PARAM_ILLEGAL INVALID_API INVALID_CONTRACT
	INVALID_MERCHANT_STATUS MERCHANT_KYC_NOT_QUALIFIED NO_INTERFACE_DEF CURRENCY_NOT_SUPPORT SYSTEM_ERROR PROCESS_FAIL SOMETHING_NEW`)

func TestAFaultOfTheShopIsNoDecline(t *testing.T) {
	for _, integration := range []string{"sdk", "api"} {
		shop := newShop(t, func(s *settings) { s.withoutSDK = integration == "api" })
		on := map[string]string{"sdk": "createPaymentSession", "api": "pay"}[integration]
		for _, code := range shopFaults {
			t.Run(integration+" "+code, func(t *testing.T) {
				shop.t = t
				shop.control.ClearFaults()
				shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: on, Code: code})
				buyer := shop.newBuyer()
				path := buyer.orders()
				buyer.postJSON(path+"/payments", `{"method":"GCASH"}`).sees(http.StatusOK, `"type":"declined"`, unavailable).seesNot("was declined", "bank")
				for _, page := range []string{path, path + "/return"} {
					buyer.get(page).sees(http.StatusOK, unavailable, `data-status="open"`).seesNot("was declined", "bank declined")
				}
				buyer.get(path+"/status").sees(http.StatusOK, unavailable, `"status":"failed"`, `"result_code":"`+code+`"`)
				shop.control.ClearFaults()
				must(t, shop.control.Pay(buyer.starts(path, "ALIPAY_CN").PaymentRequestID)) // another way goes on
				shop.quiet()
				buyer.get(path+"/return").sees(http.StatusOK, `data-status="paid"`)
			})
		}
	}
}

// What the buyer or the bank has ended is told as before.
func TestADeclineIsNoFaultOfTheShop(t *testing.T) {
	shop := newShop(t)
	for code, want := range map[string]string{
		"DO_NOT_HONOR": "Your bank declined this card", "RISK_REJECT": "couldn’t be accepted", "USER_BALANCE_NOT_ENOUGH": "balance is too low",
		"ACCESS_DENIED": "Your bank declined this card", "PROCESS_FAIL": "was declined", // as a payment's result, after the buyer has acted
	} {
		buyer := shop.newBuyer()
		path := buyer.orders()
		must(t, shop.control.Decline(buyer.starts(path, "GCASH").PaymentRequestID, code))
		shop.quiet()
		buyer.get(path+"/return").sees(http.StatusOK, want).seesNot(unavailable)
	}
}

// A result that names a fault of the shop's says so too, by either way it may come.
func TestAFaultInAResultIsToldAsOne(t *testing.T) {
	for name, hears := range map[string]func(*shop, string){
		"by notification": func(*shop, string) {},
		"by inquiry":      func(s *shop, _ string) { s.fault(sandbox.Fault{Kind: sandbox.Lose}) },
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t)
			buyer := shop.newBuyer()
			path := buyer.orders()
			started := buyer.starts(path, "GCASH")
			hears(shop, path)
			must(t, shop.control.Decline(started.PaymentRequestID, "INVALID_MERCHANT_STATUS"))
			if name == "by notification" {
				shop.quiet()
			}
			buyer.get(path+"/return").sees(http.StatusOK, unavailable, `data-status="open"`)
		})
	}
}

// The sandbox takes sessions of an hour at most, and a minute more.
func TestAClockSomeMinutesAheadPaysAllTheSame(t *testing.T) {
	shop := newShop(t)
	shop.offset.Add(int64(4 * time.Minute))
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	buyer.get(path+"/return").sees(http.StatusOK, `data-status="paid"`)
	if n := strings.Count(shop.logged(), "the clock differs from Antom's"); n != 1 {
		t.Errorf("the clock is warned of %d times", n)
	}
}

func TestTheLogTellsOfARefusedShopOnceAMinute(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.timeStands = true })
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "createPaymentSession", Code: "INVALID_SIGNATURE"})
	buyer := shop.newBuyer()
	lines := func() int { return strings.Count(shop.logged(), `level=ERROR msg="Antom refuses the shop"`) }
	for range 3 {
		buyer.starts(buyer.orders(), "GCASH")
	}
	cure, _ := antom.Cure("INVALID_SIGNATURE")
	if log := shop.logged(); lines() != 1 || !strings.Contains(log, "code=INVALID_SIGNATURE") || !strings.Contains(log, cure) {
		t.Errorf("%d lines", lines())
	}
	shop.offset.Add(int64(time.Minute))
	buyer.starts(buyer.orders(), "GCASH")
	if lines() != 2 {
		t.Errorf("a minute later there are %d lines", lines())
	}
	buyer.get("/readyz").sees(http.StatusOK, "ready").seesNot("INVALID_SIGNATURE")
	if !strings.Contains(shop.logged(), `antom_refuses="createPaymentSession INVALID_SIGNATURE"`) {
		t.Error("the log of /readyz does not tell")
	}
	shop.control.ClearFaults()
	before := shop.logged()
	buyer.starts(buyer.orders(), "GCASH")
	buyer.get("/readyz").sees(http.StatusOK, "ready")
	if strings.Contains(strings.TrimPrefix(shop.logged(), before), "antom_refuses") {
		t.Error("the log of /readyz tells of what is over")
	}
}
