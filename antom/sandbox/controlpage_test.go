package sandbox

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"antom-checkout/antom"
)

// TestControlPageInABrowser uses the page's forms as a person does, and sees the
// page update itself.
func TestControlPageInABrowser(t *testing.T) {
	b := newBrowser(t)
	s := newShop(t)
	s.pays("PR-1", "ALIPAY_CN", 4200)
	s.pays("PR-2", "GRABPAY_SG", 4200)
	must(t, chromedp.Do(b.ctx, chromedp.Navigate(s.url+"/")))

	b.runs(`document.querySelectorAll("details").forEach((d) => d.open = true);
		const form = document.getElementById("fault-form");
		for (const [name, value] of Object.entries({kind: "refuse", on: "refund", payment_request_id: "PR-1", times: "3", chance: "0.25",
			delay: "30s", code: "PROCESS_FAIL", apply: "true", status: "503", from: "2026-03-18T05:00", until: "2026-03-18T06:00:30"})) {
			form.elements[name].value = value;
		}
		form.requestSubmit();`)
	b.sees("refuse on refund for PR-1, code PROCESS_FAIL, HTTP 503, delay 30s, carried out first, probability 0.25, from 2026-03-18 05:00:00, until 2026-03-18 06:00:30 injected 0 of 3 times")
	want := Fault{
		ID: "fault-1", Kind: Refuse, On: "refund", Payment: "PR-1", Times: 3, Chance: 0.25, Delay: Duration(30 * time.Second), Code: "PROCESS_FAIL",
		Apply: true, Status: 503, From: time.Date(2026, 3, 18, 5, 0, 0, 0, time.UTC), Until: time.Date(2026, 3, 18, 6, 0, 30, 0, time.UTC),
	}
	if got := s.box.Control().Faults(); len(got) != 1 || got[0] != want {
		t.Errorf("the form made %+v", got)
	}

	b.runs(`const select = document.querySelector('[data-id="reason of PR-2"]'); select.value = "RISK_REJECT"; select.form.requestSubmit();`)
	b.sees("RISK_REJECT")
	if got := s.asks("PR-2"); got.PaymentResultCode != "RISK_REJECT" {
		t.Errorf("the payment is %s", got.PaymentResultCode)
	}
	b.runs(`document.querySelector('[data-post="/control/payments/PR-1/pay"]').click()`)
	b.sees("Dispute")
	b.runs(`document.querySelector('[data-post="/control/payments/PR-1/dispute"]').click()`)
	b.sees("For the shop")
	b.runs(`document.querySelector('[value="ACCEPT_BY_CUSTOMER"]').form.requestSubmit()`)
	b.sees("JUDGED")
	b.runs(`document.querySelector('[data-control="/control/seed"]').elements.seed.value = "7"; document.querySelector('[data-control="/control/seed"]').requestSubmit()`)
	b.sees("Done.")
	b.runs(`document.querySelector('[data-delete="/control/faults/fault-1"]').click()`)
	b.vanishes("Injected faults")

	// Without a click the page updates itself, and what was open stays open.
	b.runs(`document.querySelector('[data-id="history of PR-1"]').open = true`)
	s.pays("PR-3", "PAYNOW", 1999)
	b.sees("PR-3")
	b.sees("PROCESSING → SUCCESS")
}

// TestControlPageShowsTheMessages: signing strings, verdicts and the schedule of a
// notification that is not acknowledged.
func TestControlPageShowsTheMessages(t *testing.T) {
	s := newShop(t)
	s.deaf = 100
	s.pays("PR-1", "ALIPAY_CN", 4200)
	_, err := s.client.InquiryPayment(t.Context(), &antom.InquiryPaymentRequest{PaymentRequestID: "PR-9"})
	wantCode(t, err, antom.CodeOrderNotExist)
	must(t, s.box.Control().Pay("PR-1"))
	s.after(time.Second)
	page := s.gets(s.url + "/")
	for _, part := range []string{
		"POST /ams/sandbox/api/v1/payments/pay\nSANDBOX_5X00000000000000.", // what the merchant signed
		"signature right; carried out", "ORDER_NOT_EXIST: there is no such payment", "HTTP 500 is no acknowledgement",
		"2026-03-18 04:02:00", "and, unacknowledged, 6 more", "2026-03-18 04:12:00", // the schedule from 04:00:00.3 on
		"&#34;resultCode&#34;: &#34;PAYMENT_IN_PROCESS&#34;", "Signature: algorithm=RSA256",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not show %q", part)
		}
	}
	if one := s.gets(s.url + "/?payment=PR-9"); strings.Contains(one, "HTTP 500") || !strings.Contains(one, "ORDER_NOT_EXIST") {
		t.Error("the page of one payment shows another's messages, or not its own")
	}
}
