package e2e

import (
	"fmt"
	"net/url"
	"testing"
)

// leavesUnpaid leaves the wallet without paying and arrives at the return page. It
// marks the page; a reload would remove the mark.
func (b *buyer) leavesUnpaid() (payment string) {
	b.t.Helper()
	b.orders("MUG-01")
	b.chooses("GCASH")
	b.pays()
	b.arrives("/buyer/.+")
	payment = b.shop.sandbox.payment().PaymentRequestID
	b.presses("buyer-leave")
	b.arrives(returnPage)
	b.sees("processing")
	b.until("a mark", `window.sameLoad = true`)
	return payment
}

// The tests of handlers cover expiry and refunds, because they control the clock.
func TestAnOpenReturnPageShowsEveryOutcomeByItself(t *testing.T) {
	t.Parallel()
	ends := map[string]struct {
		happens func(s *shop, payment string)
		sees    func(b *buyer)
	}{
		"paid": {happens: func(s *shop, payment string) { s.sandbox.act(payment, "pay") }, sees: func(b *buyer) { b.sees("paid") }},
		"try again": {happens: func(s *shop, payment string) { s.sandbox.act(payment, "decline") }, sees: func(b *buyer) {
			b.seesHook("retry")
			b.sees("open")
		}},
		"cancelled": {happens: func(s *shop, _ string) { s.cancels() }, sees: func(b *buyer) { b.sees("cancelled") }},
		"review": {happens: func(s *shop, payment string) {
			s.sandbox.breaks(fault{Kind: "notice-wrong-amount", On: "PAYMENT_RESULT"})
			s.sandbox.breaks(fault{Kind: "unknown", On: "inquiryPayment"})
			s.sandbox.act(payment, "pay")
		}, sees: func(b *buyer) {
			b.sees("review")
			b.hasNo(hook("retry"))
		}},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t)
			buyer := shop.buyer(phone)
			payment := buyer.leavesUnpaid()
			end.happens(shop, payment)
			end.sees(buyer)
			buyer.until("the same page as before", `window.sameLoad`)
		})
	}
}

// cancels the only order, as an operator beside the server.
func (s *shop) cancels() {
	s.t.Helper()
	at, err := url.Parse(s.sandbox.url)
	must(s.t, err)
	s.runs("admin", "cancel", "--order", s.audit().lines("payment")[0].OrderID, "--key", "mind-changed", "-sandbox-addr", at.Host)
}

// Every page and the email are in the buyer's language, and the link in the email opens
// the order in another browser.
func TestFromTheCartToTheEmailInArabicAndThai(t *testing.T) {
	for language, want := range map[string]struct{ dir, receipt, paid string }{
		"ar": {"rtl", "إيصال", "شكرًا"},
		"th": {"ltr", "ใบเสร็จรับเงิน", "ขอบคุณ"},
	} {
		t.Run(language, func(t *testing.T) {
			onBoth(t, func(t *testing.T, on device) {
				shop := openShop(t, "CURRENCY=EUR")
				buyer := shop.buyer(on)
				buyer.speaks(language)
				buyer.opensShop()
				buyer.adds("MUG-01")
				buyer.ordersTo("DE")
				speaks := func(where string) {
					t.Helper()
					buyer.until(where+" in "+language, fmt.Sprintf(`document.documentElement.lang === %q && document.dir === %q`, language, want.dir))
				}
				speaks("the pay page")
				buyer.chooses("SOFORT")
				buyer.pays()
				buyer.arrives("/buyer/.+")
				buyer.presses("buyer-leave")
				buyer.arrives(returnPage)
				buyer.sees("processing")
				buyer.presses("mail-me")
				buyer.seesHook("mail-noted")
				for range 2 { // the buyer, and then the bank, which confirms it
					shop.sandbox.act(shop.sandbox.payment().PaymentRequestID, "pay")
				}
				buyer.sees("paid")
				speaks("the receipt")
				buyer.until("the address on the receipt", `document.querySelector("address")?.textContent.includes("wei@example.com")`)
				buyer.until("no page wider than the screen", `document.documentElement.scrollWidth <= innerWidth`)

				reader := shop.buyer(on)
				reader.await("the receipt in the preview", func() bool {
					reader.opens("/dev/mail")
					there, err := evaluate[bool](reader, "", fmt.Sprintf(`document.body.textContent.includes(%q)`, want.receipt))
					return err == nil && there
				})
				reader.clicks(`a[href^="/dev/mail/"]`)
				reader.arrives("/dev/mail/.+")
				reader.until("the text of the email", fmt.Sprintf(`document.querySelector("pre").textContent.includes(%q)`, want.paid))
				reader.photographs("mail-" + language + "-" + on.name)
				link, err := evaluate[string](reader, "", `document.querySelector("pre").textContent.match(/http:\S+\/orders\/\S+/)[0]`)
				must(t, err)
				reader.opens(link)
				reader.sees("paid")
				reader.until("the address", `document.querySelector("address")?.textContent.includes("wei@example.com")`)
				shop.paidOnce()
			})
		})
	}
}

func TestAnOrderIsFoundByNumberAndEmailAddress(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(phone)
	buyer.leavesUnpaid()
	number, err := evaluate[string](buyer, "", `document.querySelector("dd.code").textContent`)
	must(t, err)
	seeker := shop.buyer(phone)
	seeker.withoutJavaScript()
	seeker.opens("/")
	seeker.clicks(`.foot a[href="/orders"]`)
	seeker.arrives("/orders")
	seeker.photographs("lookup")
	seeker.fills("number", number)
	seeker.fills("email", "wei@example.com")
	seeker.clicks("main form button")
	seeker.until("the answer", `document.querySelector(".medal")?.offsetHeight`)
	seeker.photographs("lookup-sent")
	seeker.await("the link in the preview", func() bool {
		seeker.opens("/dev/mail")
		there, err := evaluate[bool](seeker, "", `document.body.textContent.includes("Here is the link to your order")`)
		return err == nil && there
	})
}
