package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/handlers"
	"antom-checkout/views"
)

// emailsCalled are the emails written so far whose file names contain a part.
func (s *shop) emailsCalled(part string) []views.EmailPreview {
	s.t.Helper()
	list, err := s.emails.Emails()
	must(s.t, err)
	var found []views.EmailPreview
	for _, m := range list {
		if strings.Contains(m.Name, part) {
			whole, err := s.emails.Email(m.Name)
			must(s.t, err)
			found = append(found, whole)
		}
	}
	return found
}

// email is the one email of its kind; both of its parts contain every text.
func (s *shop) email(kind string, texts ...string) views.EmailPreview {
	s.t.Helper()
	found := s.emailsCalled(kind)
	if len(found) != 1 {
		s.t.Fatalf("%d emails are called %s", len(found), kind)
	}
	for _, text := range texts {
		if !strings.Contains(found[0].Text, text) || !strings.Contains(found[0].HTML, text) {
			s.t.Fatalf("the email lacks %q:\n%s\n\n%s", text, found[0].Text, found[0].HTML)
		}
	}
	return found[0]
}

// pays makes an order and pays it by wallet.
func (b *buyer) pays() (path string) {
	b.t.Helper()
	path = b.orders()
	must(b.t, b.shop.control.Pay(b.starts(path, "GCASH").PaymentRequestID))
	b.shop.quiet()
	return path
}

var orderLink = regexp.MustCompile(`http://[^\s"<]+(/orders/[0-9a-f-]{36}/[\w-]{43})`)

// link is the path that an email's link opens.
func link(t *testing.T, m views.EmailPreview) string {
	t.Helper()
	found := orderLink.FindStringSubmatch(m.Text)
	if found == nil || !strings.Contains(m.HTML, found[0]) {
		t.Fatalf("the email has no link: %s", m.Text)
	}
	return found[1]
}

func TestAPaidOrderHasOneReceiptWhateverIsDoubled(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.Duplicate})
	shop.newBuyer().pays()
	for range 3 {
		shop.sweeps()
	}
	m := shop.email("-receipt-", "Payment received. Thank you!", "Enamel mug", "SGD\u00a048.00", "Ann Lee", "Singapore", "GCash")
	if m.To != "<ann@example.com>" || !strings.HasPrefix(m.Subject, "Receipt · Order ") || !strings.HasSuffix(m.Subject, " · Plain Goods") {
		t.Errorf("to %s: %s", m.To, m.Subject)
	}
	shop.expectCount(1, "outbox", "topic", "mail.receipt")
	shop.expectCount(1, "outbox", "topic", "order.paid")
	shop.expectCount(2, "outbox", "state", "sent")
}

func TestAnUnpaidOrderHasNoReceipt(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Decline(buyer.starts(path, "GCASH").PaymentRequestID, "USER_BALANCE_NOT_ENOUGH"))
	shop.quiet()
	shop.sweeps()
	if found := shop.emailsCalled(""); len(found) != 0 {
		t.Errorf("was written: %+v", found)
	}
}

// unmarked is a mailer that dies after sending and before the outbox knows.
type unmarked struct {
	mu   sync.Mutex
	sent []checkout.Email
	die  context.CancelFunc
}

func (m *unmarked) Mail(_ context.Context, l checkout.Email) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, l)
	if m.die != nil {
		m.die()
		return context.Canceled
	}
	return nil
}

func TestAnEmailSentAgainAfterACrashHasTheSameID(t *testing.T) {
	mailer := &unmarked{}
	shop := newShop(t, func(s *settings) { s.mailer = mailer })
	shop.newBuyer().pays()
	dying, die := context.WithCancel(t.Context())
	mailer.die = die
	shop.service.SweepOnce(dying)
	shop.expectCount(1, "outbox", "state", "pending")
	mailer.die = nil
	shop.sweeps()
	shop.sweeps()
	if len(mailer.sent) != 2 || mailer.sent[0].ID != mailer.sent[1].ID || mailer.sent[0].ID == "" {
		t.Fatalf("sent %d emails", len(mailer.sent))
	}
}

func TestEveryRefundHasAnEmailWithItsAmount(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidBy("GCASH")
	for key, minor := range map[string]int64{"first": 1000, "second": 250} {
		_, err := shop.service.Refund(t.Context(), order, minor, by(key))
		must(t, err)
	}
	shop.quiet()
	shop.sweeps()
	found := shop.emailsCalled("-refund-")
	if len(found) != 2 {
		t.Fatalf("%d emails about two refunds", len(found))
	}
	texts := found[0].Text + found[1].Text
	for _, title := range []string{"SGD\u00a010.00 is on its way back to you", "SGD\u00a02.50 is on its way back to you"} {
		if strings.Count(texts, title) != 1 {
			t.Errorf("not named once: %s", title)
		}
	}
	buyer.get(path+"/return").sees(http.StatusOK, `data-test="refund"`, "SGD\u00a010.00", "SGD\u00a02.50", "Refunded on ")
	shop.email("-receipt-")
}

func TestARefundedSecondPaymentIsExplained(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_CANNOT_BE_CANCELLED"})
	buyer := shop.newBuyer()
	path := buyer.orders()
	first, second := buyer.starts(path, "GCASH"), buyer.starts(path, "ALIPAY_CN")
	must(t, shop.control.Pay(second.PaymentRequestID))
	shop.quiet()
	must(t, shop.control.Pay(first.PaymentRequestID))
	shop.quiet()
	for range 4 {
		shop.passes(11 * time.Second)
		shop.sweeps()
		shop.quiet()
	}
	shop.sweeps()
	shop.email("-refund-", "SGD\u00a048.00 is on its way back to you", "This order was paid twice")
}

func TestAnExpiredOrderHasOneEmailAndCanBeRenewed(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.starts(path, "GCASH")
	shop.passes(61 * time.Minute)
	for range 3 {
		shop.sweeps()
	}
	m := shop.email("-expired-", "This order has expired")
	shop.newBuyer().get(link(t, m)).sees(http.StatusOK, path+"/renewal", "Ann Lee")
}

func TestACancelledOrderHasItsEmail(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.starts(buyer.orders(), "GCASH")
	must(t, shop.service.Cancel(t.Context(), shop.audit()["order"][0]["id"].(string), by("c")))
	shop.sweeps()
	shop.email("-cancelled-", "This order was cancelled")
}

// Any address can be typed into an order form. Its owner is told nothing before an attempt
// to pay, and then little: as many emails as the allowance, and nothing that was typed.
func TestAnOrderFormSendsNoEmails(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	for range 5 {
		buyer.orders()
	}
	must(t, shop.service.Cancel(t.Context(), shop.audit()["order"][0]["id"].(string), by("c")))
	shop.passes(61 * time.Minute)
	shop.sweeps()
	if found := shop.emailsCalled(""); len(found) != 0 {
		t.Errorf("%d emails about orders without an attempt to pay", len(found))
	}
}

func TestARecipientHasAnAllowanceOfEmailsAboutUnpaidOrders(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.rateLimits = true })
	spellings := []string{"victim@example.com", "Victim@example.com", "vic.tim@example.com", "victim+1@example.com", "victim+2@example.com"}
	for i := range 13 {
		attacker := shop.newBuyer()
		attacker.starts(attacker.ordersAs("email="+spellings[i%len(spellings)], "name=WIN http://evil.example/"), "GCASH")
	}
	other := shop.newBuyer()
	other.starts(other.ordersAs("email=bob@example.com"), "GCASH")
	shop.passes(61 * time.Minute)
	for range 5 {
		shop.sweeps()
	}
	victims, others := 0, 0
	for _, m := range shop.emailsCalled("-expired-") {
		if strings.Contains(m.Text+m.HTML, "evil") {
			t.Fatalf("the email shows what was typed:\n%s", m.Text)
		}
		if strings.Contains(m.To, "bob@") {
			others++
		} else {
			victims++
		}
	}
	if victims != 10 || others != 1 {
		t.Errorf("%d emails to one recipient and %d to the other, want 10 and 1", victims, others)
	}
	shop.expectCount(3, "outbox", "state", "dead") // and the operator is not told
	for _, row := range shop.audit()["outbox"] {
		if topic := row["topic"].(string); strings.HasPrefix(topic, "operator.") {
			t.Errorf("the operator is told: %s", topic)
		}
	}

	// A receipt is not counted, and a link in what was typed is none.
	paying := shop.newBuyer()
	path := paying.ordersAs("email=victim@example.com", "name=Ann http://evil.example/", "address1=www.evil.example")
	must(t, shop.control.Pay(paying.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	shop.sweeps()
	if m := shop.email("-receipt-", "Ann http: / /evil. example/", "www. evil. example"); strings.Contains(m.Text+m.HTML, "evil.example") {
		t.Error("the receipt shows a link that was typed")
	}
}

func TestAllRecipientsHaveAnAllowanceOfEmailsAboutUnpaidOrders(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.rateLimits, s.emailsPerHour = true, 2 })
	for _, name := range []string{"a", "b", "c"} {
		buyer := shop.newBuyer()
		buyer.starts(buyer.ordersAs("email="+name+"@example.com"), "GCASH")
	}
	shop.passes(61 * time.Minute)
	shop.sweeps()
	shop.sweeps()
	if n := len(shop.emailsCalled("-expired-")); n != 2 {
		t.Fatalf("%d emails in an hour, want 2", n)
	}
	shop.expectCount(1, "outbox", "state", "pending")
	shop.passes(time.Hour)
	shop.sweeps()
	if n := len(shop.emailsCalled("-expired-")); n != 3 {
		t.Errorf("%d emails after the hour, want all", n)
	}
}

func TestARequestedEmailIsSentOnceWhenTheOutcomeIsKnown(t *testing.T) {
	for outcome, want := range map[string]string{"fails": "-failed-", "succeeds": "-receipt-"} {
		t.Run(outcome, func(t *testing.T) {
			shop := newShop(t, sells("EUR", 4_200))
			buyer, stranger := shop.newBuyer(), shop.newBuyer()
			path := buyer.ordersTo("DE", "ONE")
			started := buyer.starts(path, "SOFORT")
			buyer.get(path+"/return").sees(http.StatusOK, `data-test="mail-me"`, "Banks usually confirm within minutes")
			for range 2 { // however often
				stranger.post(path+"/mail", "email=thief@example.com").sees(http.StatusSeeOther)
			}
			stranger.get(path+"/return").sees(http.StatusOK, `data-test="mail-noted"`).seesNot(`data-test="mail-me"`, "ann@example.com")
			shop.sweeps()
			if n := len(shop.emailsCalled("")); n != 0 {
				t.Fatalf("%d emails before the outcome", n)
			}
			if outcome == "fails" {
				must(t, shop.control.Decline(started.PaymentRequestID, "USER_BALANCE_NOT_ENOUGH"))
			} else {
				must(t, shop.control.Pay(started.PaymentRequestID))
				must(t, shop.control.Pay(started.PaymentRequestID)) // the bank confirms it
			}
			shop.quiet()
			shop.sweeps()
			shop.sweeps()
			m := shop.email(want)
			if n := len(shop.emailsCalled("")); n != 1 || m.To != "<ann@example.com>" {
				t.Errorf("%d emails, the first to %s", n, m.To)
			}
			buyer.get(path + "/return").sees(http.StatusOK).seesNot(`data-test="mail-me"`)
			buyer.post(path + "/mail").sees(http.StatusSeeOther) // too late to change anything
		})
	}
}

func TestAFailureIsNotEmailedToABuyerWhoHasPaidMeanwhile(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "GCASH")
	buyer.post(path + "/mail").sees(http.StatusSeeOther)
	must(t, shop.control.Decline(first.PaymentRequestID, "USER_BALANCE_NOT_ENOUGH"))
	shop.quiet()
	must(t, shop.control.Pay(buyer.starts(path, "ALIPAY_CN").PaymentRequestID))
	shop.quiet()
	shop.sweeps()
	shop.email("-receipt-")
	if n := len(shop.emailsCalled("")); n != 1 {
		t.Errorf("%d emails", n)
	}
}

// The issue's own list: Arabic and Thai from cart to mail.
func TestTheReceiptSpeaksTheBuyersLanguage(t *testing.T) {
	for lang, want := range map[string][]string{
		"ar": {`dir="rtl"`, "شكرًا", "الإجمالي", "Enamel mug", "سنغافورة"},
		"th": {`dir="ltr"`, "ขอบคุณ", "ยอดรวม", "สิงคโปร์"},
		"de": {`dir="ltr"`, "Zahlung eingegangen. Vielen Dank!", "48,00\u00a0SGD", "Singapur"},
	} {
		t.Run(lang, func(t *testing.T) {
			shop := newShop(t)
			buyer := shop.newBuyer()
			buyer.get("/?lang=" + lang).sees(http.StatusOK)
			path := buyer.pays()
			shop.sweeps()
			m := shop.email("-receipt-", want[1:]...)
			if !strings.Contains(m.HTML, want[0]) || !strings.Contains(m.HTML, `lang="`+lang+`"`) {
				t.Errorf("begins with %.200s", m.HTML)
			}
			buyer.get(path+"/return").sees(http.StatusOK, want[1:]...)
		})
	}
}

// A mailer that works on command.
type moody struct {
	mu    sync.Mutex
	down  error
	tries int
	sent  int
}

func (m *moody) Mail(context.Context, checkout.Email) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tries++
	if m.down == nil {
		m.sent++
	}
	return m.down
}

func TestAServerThatIsDownDelaysOnlyTheEmails(t *testing.T) {
	mailer := &moody{down: errors.New("connection refused")}
	shop := newShop(t, func(s *settings) { s.mailer = mailer })
	shop.newBuyer().pays()
	shop.sweeps()
	shop.sweeps() // not due again
	shop.expectCount(1, "outbox", "state", "pending")
	shop.expectCount(1, "outbox", "state", "sent") // order.paid
	if mailer.tries != 1 {
		t.Errorf("tried %d times at once", mailer.tries)
	}
	shop.passes(11 * time.Second)
	shop.sweeps()
	mailer.down = nil
	shop.passes(31 * time.Second)
	shop.sweeps()
	shop.sweeps()
	if mailer.sent != 1 || mailer.tries != 3 {
		t.Errorf("sent %d times in %d tries", mailer.sent, mailer.tries)
	}
	shop.expectCount(2, "outbox", "state", "sent")
}

func TestAnEmailThatIsNotAcceptedIsGivenUpAfterThreeDays(t *testing.T) {
	mailer := &moody{down: errors.New("connection refused")}
	shop := newShop(t, func(s *settings) { s.mailer, s.sweepSchedule = mailer, []time.Duration{time.Hour} })
	shop.newBuyer().pays()
	for range 80 {
		shop.sweeps()
		shop.passes(time.Hour)
	}
	shop.expectCount(1, "outbox", "state", "dead")
	shop.logMu.Lock()
	defer shop.logMu.Unlock()
	logged := shop.log.String()
	if strings.Count(logged, "connection refused") != 2 || strings.Contains(logged, "ann@") {
		t.Errorf("the log says when it begins and when it ends, and no address: %s", logged)
	}
	if mailer.tries != 74 {
		t.Errorf("given up after %d tries", mailer.tries)
	}
}

func TestAnUnknownAddressIsGivenUpAtOnce(t *testing.T) {
	mailer := &moody{down: checkout.ErrUndeliverable}
	shop := newShop(t, func(s *settings) { s.mailer = mailer })
	shop.newBuyer().pays()
	shop.sweeps()
	shop.expectCount(1, "outbox", "state", "dead")
}

func TestOnlyTheBuyerSeesWhatIsPersonal(t *testing.T) {
	shop := newShop(t)
	buyer, stranger := shop.newBuyer(), shop.newBuyer()
	path := buyer.orders()
	personal := []string{"ann@example.com", "Ann Lee", "Raffles", "9123"}
	goods := []string{"Enamel mug", "48.00"}
	number := shop.number()

	// A payer sees what is paid, and that the page is not the payer's own.
	stranger.get(path).sees(http.StatusOK, goods...).seesNot(personal...)
	stranger.get(path+"/return").sees(http.StatusOK, number).seesNot(append(personal, goods...)...)
	must(t, shop.control.Pay(stranger.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	for _, page := range []string{path, path + "/return"} {
		stranger.get(page).sees(http.StatusOK, number, `data-status="paid"`, "Find your order").seesNot(append(personal, goods...)...)
		buyer.get(page).sees(http.StatusOK, number, `data-status="paid"`, "Ann Lee", "1 Raffles Place", "ann@example.com", "Enamel mug", "48.00", "GCash")
	}
	buyer.get("/cart").sees(http.StatusOK) // a new cart does not make it a stranger's
	buyer.fills()
	buyer.get(path).sees(http.StatusOK, "Ann Lee")
	stranger.post(path + "/renewal").sees(http.StatusConflict)
}

func TestARenewedOrderIsStillTheBuyersOwn(t *testing.T) {
	shop := newShop(t)
	buyer, stranger := shop.newBuyer(), shop.newBuyer()
	path := buyer.orders()
	shop.passes(61 * time.Minute)
	shop.sweeps()
	anew := stranger.post(path + "/renewal").sees(http.StatusSeeOther).header.Get("Location")
	stranger.get(anew+"/return").sees(http.StatusOK).seesNot("Ann Lee", "Enamel mug")
	buyer.post(path + "/renewal").sees(http.StatusSeeOther)
	buyer.get(anew+"/return").sees(http.StatusOK, "Ann Lee", "Enamel mug")
}

// number is what the only order is called.
func (s *shop) number() string {
	s.t.Helper()
	found := regexp.MustCompile(`<dd class="code">([A-Z2-7]{5}-[A-Z2-7]{5})</dd>`).FindStringSubmatch(
		s.newBuyer().get("/checkout/" + s.token() + "/return").body)
	if found == nil {
		s.t.Fatal("the return page shows no number")
	}
	return found[1]
}

// token is that of the only order.
func (s *shop) token() string {
	s.t.Helper()
	o, err := s.order()
	must(s.t, err)
	return o.Token
}

func (s *shop) order() (checkout.Order, error) {
	link, err := url.Parse(s.service.OrderLink(checkout.Order{ID: s.audit()["order"][0]["id"].(string)}))
	if err != nil {
		return checkout.Order{}, err
	}
	parts := strings.Split(link.Path, "/")
	return s.service.OrderByLink(s.t.Context(), parts[2], parts[3])
}

func TestTheLinkInAnEmailOpensItsOrderAndNoOther(t *testing.T) {
	shop := newShop(t)
	shop.newBuyer().pays()
	shop.newBuyer().pays()
	shop.sweeps()
	receipts := shop.emailsCalled("-receipt-")
	first, second := link(t, receipts[0]), link(t, receipts[1])
	stranger := shop.newBuyer() // another browser, no cookie
	page := stranger.get(first).sees(http.StatusOK, "Ann Lee", "1 Raffles Place", "Enamel mug", `data-status="paid"`)
	if page.header.Get("Referrer-Policy") != "same-origin" || page.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", page.header)
	}
	cut := func(path string) (id, signature string) {
		parts := strings.Split(path, "/")
		return parts[2], parts[3]
	}
	firstID, signature := cut(first)
	secondID, _ := cut(second)
	flipped := "A" + signature[1:]
	if signature[0] == 'A' {
		flipped = "B" + signature[1:]
	}
	for name, path := range map[string]string{
		"another order's": "/orders/" + secondID + "/" + signature,
		"cut":             first[:len(first)-1],
		"longer":          first + "A",
		"changed":         "/orders/" + firstID + "/" + flipped,
		"none":            "/orders/" + firstID + "/",
		"of no order":     "/orders/01890000-0000-7000-8000-000000000000/" + signature,
	} {
		stranger.get(path).sees(http.StatusNotFound).seesNot("Ann Lee")
		_ = name
	}
	shop.logMu.Lock()
	defer shop.logMu.Unlock()
	if logged := shop.log.String(); strings.Contains(logged, signature) || strings.Contains(logged, firstID+"/") {
		t.Error("the log holds the link")
	}
}

// While SESSION_KEY changes, a receipt of before still opens its order, and no longer than
// the key before is named.
func TestALinkOfTheKeyBeforeOpensItsOrder(t *testing.T) {
	shop := newShop(t)
	shop.newBuyer().pays()
	shop.sweeps()
	old, key := link(t, shop.emailsCalled("-receipt-")[0]), shop.settings.SessionKey
	opens := func(changed *app.Program, path string) int {
		t.Helper()
		answer := httptest.NewRecorder()
		handlers.New(changed.PagesConfig(), changed.Services, changed.Client, changed.Store).
			ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, shop.url+path, nil))
		return answer.Code
	}
	changed := shop.restartedWith(func(s *app.Settings) { s.SessionKey, s.SessionKeyOld = app.NewSecret(strings.Repeat("n", 32)), key })
	made := strings.TrimPrefix(changed.Services.Payments.OrderLink(checkout.Order{ID: shop.orderID()}), shop.url)
	if made == old {
		t.Error("the link is signed with the key before")
	}
	for _, path := range []string{old, made} {
		if status := opens(changed, path); status != http.StatusOK {
			t.Errorf("while the key changes %s answers %d", path, status)
		}
	}
	for why, keys := range map[string][2]app.Secret{
		"no key before":         {app.NewSecret(strings.Repeat("n", 32)), {}},
		"another key before":    {app.NewSecret(strings.Repeat("n", 32)), app.NewSecret(strings.Repeat("m", 32))},
		"both keys are younger": {app.NewSecret(strings.Repeat("p", 32)), app.NewSecret(strings.Repeat("n", 32))},
	} {
		later := shop.restartedWith(func(s *app.Settings) { s.SessionKey, s.SessionKeyOld = keys[0], keys[1] })
		if status := opens(later, old); status != http.StatusNotFound {
			t.Errorf("%s: the old link answers %d", why, status)
		}
	}
}

func TestALookupAnswersEveryQuestionTheSame(t *testing.T) {
	shop := newShop(t)
	shop.newBuyer().orders()
	number := shop.number()
	var answers []string
	for _, question := range [][2]string{
		{number, "bob@example.com"}, {"AAAAA-BBBBB", "ann@example.com"}, {"AAAAA-BBBBB", "bob@example.com"},
		{" " + strings.ToLower(strings.ReplaceAll(number, "-", " ")), "ANN@example.com "},
	} {
		if n := len(shop.emailsCalled("-link-")); n != 0 {
			t.Fatalf("%d emails for wrong questions", n)
		}
		got := shop.newBuyer().post("/orders/lookup", "number="+question[0], "email="+question[1]).sees(http.StatusSeeOther)
		answers = append(answers, got.header.Get("Location")+got.body)
		shop.sweeps()
	}
	for _, answer := range answers {
		if answer != answers[0] {
			t.Errorf("another answer: %s", answer)
		}
	}
	shop.newBuyer().get(answers[0]).sees(http.StatusOK, "If an order matches")
	m := shop.email("-link-", "Here is the link to your order")
	if strings.Contains(m.Text+m.HTML, "Ann Lee") {
		t.Error("the email contains more than the link")
	}
	shop.newBuyer().get(link(t, m)).sees(http.StatusOK, "Ann Lee")

	// Asked again, one email an hour.
	shop.newBuyer().post("/orders/lookup", "number="+number, "email=ann@example.com").sees(http.StatusSeeOther)
	shop.sweeps()
	shop.email("-link-")
	shop.passes(time.Hour)
	shop.newBuyer().post("/orders/lookup", "number="+number, "email=ann@example.com").sees(http.StatusSeeOther)
	shop.sweeps()
	if n := len(shop.emailsCalled("-link-")); n != 2 {
		t.Errorf("%d emails after an hour", n)
	}
}

func TestALookUpSaysAtTheFieldWhatCannotBe(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.get("/orders").sees(http.StatusOK, `action="/orders/lookup"`)
	buyer.post("/orders/lookup", "number=12", "email=ann@").sees(http.StatusUnprocessableEntity,
		`value="12"`, `value="ann@"`, `id="number-problem"`, `id="email-problem"`, "2 problems", "Check the order number")
	buyer.post("/orders/lookup").sees(http.StatusUnprocessableEntity, "Enter the order number.", "Enter your email address.")
	buyer.get("/").sees(http.StatusOK, `href="/orders"`)
}

func TestLookupsAreLimitedByClientAndByNumber(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.rateLimits = true })
	buyer := shop.newBuyer()
	refused := 0
	for range 6 {
		if buyer.post("/orders/lookup", "number=AAAAA-AAAAA", "email=ann@example.com").status == http.StatusTooManyRequests {
			refused++
		}
		shop.sweeps()
	}
	if refused != 1 {
		t.Errorf("%d of 6 questions about one number are refused, want the last", refused)
	}
	for i := range 30 {
		number := "BBBBB-AAA" + string(rune('A'+i/26)) + string(rune('A'+i%26))
		if got := buyer.post("/orders/lookup", "number="+number, "email=ann@example.com"); got.status == http.StatusTooManyRequests {
			if i < 10 || got.header.Get("Retry-After") == "" {
				t.Errorf("refused after %d", i)
			}
			return
		}
		shop.sweeps()
	}
	t.Error("one client may look any number of orders up")
}

func TestNoOneKeepsABuyerFromLookingAnOrderUp(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.rateLimits, s.trustedProxy = true, "127.0.0.0/8" })
	shop.newBuyer().from("192.0.2.2").orders()
	number := shop.number()
	stranger := shop.newBuyer().from("192.0.2.1")
	refused := false
	for range 10 {
		got := stranger.post("/orders/lookup", "number="+number, "email=stranger@example.com")
		refused = refused || got.status == http.StatusTooManyRequests
	}
	if !refused {
		t.Error("a client may look one order up any number of times")
	}
	shop.newBuyer().from("192.0.2.2").post("/orders/lookup", "number="+number, "email=ann@example.com").sees(http.StatusSeeOther)
	shop.sweeps()
	shop.email("-link-")
}

// hanging is a mail server that takes connections and says nothing.
type hanging struct{ held chan struct{} }

func (m hanging) Mail(ctx context.Context, _ checkout.Email) error {
	select {
	case m.held <- struct{}{}:
	default:
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestAMailServerThatHangsLeavesLookUpsAnswered(t *testing.T) {
	mailer := hanging{make(chan struct{}, 1)}
	shop := newShop(t, func(s *settings) { s.mailer = mailer })
	shop.newBuyer().pays()
	sweeping, stop := context.WithCancel(t.Context())
	var sweeps sync.WaitGroup
	sweeps.Go(func() { shop.service.Sweep(sweeping) })
	defer sweeps.Wait()
	defer stop()
	<-mailer.held
	number, buyer := shop.number(), shop.newBuyer()
	for range 300 { // three times as many as wait
		deadline := time.Now().Add(20 * time.Second)
		for buyer.post("/orders/lookup", "number="+number, "email=bob@example.com").status != http.StatusSeeOther {
			if time.Now().After(deadline) {
				t.Fatal("the look-up is refused")
			}
		}
	}
}

func TestOnlyDevelopersPreviewTheEmails(t *testing.T) {
	shop := newShop(t)
	shop.newBuyer().pays()
	shop.sweeps()
	m := shop.email("-receipt-")
	reader := shop.newBuyer()
	reader.get("/dev/mail").sees(http.StatusOK, m.Name, "Receipt")
	page := reader.get("/dev/mail/"+m.Name).sees(http.StatusOK, "sandbox", "Payment received. Thank you!")
	if policy := page.header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
	shown := reader.get("/dev/mail/"+m.Name+"/html").sees(http.StatusOK, "Enamel mug")
	if policy := shown.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox; default-src 'none'") {
		t.Error(policy)
	}
	for _, name := range []string{"nothing.eml", "..%2fcheckout.db", "%2e%2e", "x.eml.new"} {
		reader.get("/dev/mail/" + name).sees(http.StatusNotFound)
	}
	shop.newBuyer().from("203.0.113.9").get("/dev/mail").sees(http.StatusNotFound)
	public := newShop(t, func(s *settings) { s.publicURL = "https://shop.example" })
	public.newBuyer().get("/dev/mail").sees(http.StatusNotFound)
	merchant := newShop(t, func(s *settings) { s.realMoney = true })
	merchant.newBuyer().get("/dev/mail").sees(http.StatusNotFound)
	merchant.newBuyer().get("/dev/mail/" + m.Name).sees(http.StatusNotFound)
}
