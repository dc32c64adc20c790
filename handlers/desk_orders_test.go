package handlers_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout/operators"
)

var keyOfForm = regexp.MustCompile(`name="key" value="([^"]+)"`)

// confirms reads what an action will do and posts its form, with its key.
func (b *buyer) confirms(order, action string, pairs ...string) answer {
	b.t.Helper()
	path := "/dashboard/orders/" + order + "/" + action
	page := b.get(path).sees(http.StatusOK, `data-test="confirm"`)
	return b.post(path, append(pairs, "key="+keyOfForm.FindStringSubmatch(page.body)[1])...)
}

// A merchant finds an order, refunds a part of it, and the timeline shows it.
func TestSupportFindsAnOrderAndRefundsAPart(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	o, err := s.store.OrderByID(t.Context(), order)
	must(t, err)
	support := s.newPerson(operators.Support)
	for _, search := range []string{o.Number, strings.ToUpper(o.Buyer.Email), o.Payments[0].AntomID, o.Payments[0].RequestID, order} {
		support.get("/dashboard/orders?q="+url.QueryEscape(search)).sees(http.StatusOK, `data-test="order-row" data-order="`+order+`"`, "Paid")
	}
	support.get("/dashboard/orders?q=nothing").sees(http.StatusOK, "No order matches").seesNot(`data-test="order-row"`)
	support.get("/dashboard/orders/"+order).sees(http.StatusOK, `data-test="refund"`, `data-cause="notification:`, `data-test="message"`, "paymentRequestId").
		seesNot(`data-test="cancel"`, `data-test="capture"`)

	path := "/dashboard/orders/" + order + "/refund"
	key := keyOfForm.FindStringSubmatch(support.get(path).sees(http.StatusOK, "Up to SGD\u00a048.00").body)[1]
	for range 3 { // clicked again, and sent again after a reload
		support.post(path, "amount=2.50", "reason=one mug was chipped", "key="+key).sees(http.StatusSeeOther)
	}
	s.quiet()
	if got := s.asked("refund"); !strings.Contains(got, `"value":"250"`) || !strings.Contains(got, "one mug was chipped") {
		t.Errorf("Antom was asked %s", got)
	}
	s.holds(4550)
	support.get("/dashboard/orders/"+order).sees(http.StatusOK, "Partly refunded", "one mug was chipped", `/`+key+`"`, `data-cause="admin:person-`, "SGD\u00a02.50 refunded")
	s.expectCount(1, "refund", "status", "success")
	if log := s.newPerson(operators.Owner).get("/dashboard/log").sees(http.StatusOK, "A support", "SGD\u00a02.50", order); strings.Count(log.body, "SGD\u00a02.50") != 1 {
		t.Errorf("the operators' log does not hold the refund once:\n%s", log.body)
	}
}

// Support refunds up to a limit of an order, whatever parts it takes.
func TestSupportRefundsUpToItsLimit(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	support := s.newPerson(operators.Support)
	support.confirms(order, "refund", "amount=10.01").sees(http.StatusConflict, "Your role may not return so much")
	support.confirms(order, "refund", "amount=6").sees(http.StatusSeeOther)
	support.confirms(order, "refund", "amount=5").sees(http.StatusConflict, "Your role may not return so much", `value="5"`)
	support.confirms(order, "refund", "amount=4").sees(http.StatusSeeOther)
	for _, wrong := range []string{"amount=", "amount=x", "amount=-1", "amount=0", "amount=1.999"} {
		support.confirms(order, "refund", wrong).sees(http.StatusUnprocessableEntity, "Type the amount")
	}
	support.confirms(order, "refund", "amount=1", "reason=4111 1111 1111 1111").sees(http.StatusUnprocessableEntity, "without a card number")
	s.newPerson(operators.Finance).confirms(order, "refund", "amount=38.00").sees(http.StatusSeeOther)
	s.quiet()
	s.holds(0)
}

// A viewer sees everything and moves nothing.
func TestAViewerOrdersNothing(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	viewer := s.newPerson(operators.Viewer)
	viewer.get("/dashboard/orders/"+order).sees(http.StatusOK).seesNot(`data-test="refund"`, `data-test="cancel"`)
	for _, action := range []string{"capture", "refund", "cancel", "accept"} {
		viewer.get("/dashboard/orders/" + order + "/" + action).sees(http.StatusForbidden)
		viewer.post("/dashboard/orders/"+order+"/"+action, "key=AAAAAAAAAAAAAAAAAAAAAAAAAA", "amount=1").sees(http.StatusForbidden)
	}
	support := s.newPerson(operators.Support)
	for _, action := range []string{"capture", "cancel", "accept"} {
		support.post("/dashboard/orders/"+order+"/"+action, "key=AAAAAAAAAAAAAAAAAAAAAAAAAA").sees(http.StatusForbidden)
	}
	s.holds(4800)
}

// An authorised card waits in the inbox until it is captured.
func TestACaptureIsDueInTheInbox(t *testing.T) {
	s := newShop(t, func(s *settings) { s.manualCapture = true })
	_, _, order := s.paidBy("CARD")
	finance := s.newPerson(operators.Finance)
	finance.get("/dashboard/inbox").sees(http.StatusOK, `data-kind="capture_due" data-order="`+order+`"`, "6 days left", `data-test="capture"`)
	finance.get("/dashboard/orders?waiting=true").sees(http.StatusOK, `data-order="`+order+`"`, "Waits for you")
	s.newPerson(operators.Support).get("/dashboard/inbox").sees(http.StatusOK, "<strong>Capture</strong>").seesNot(`data-test="capture"`)
	finance.get("/dashboard/orders/"+order+"/capture").sees(http.StatusOK, "SGD\u00a048.00 are taken", "Possible until")
	finance.confirms(order, "capture").sees(http.StatusSeeOther)
	s.quiet()
	finance.get("/dashboard/inbox").sees(http.StatusOK, `data-test="empty"`)
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, "Paid").seesNot(`data-test="capture"`)
}

// What Antom refuses is said in words, with what to do.
func TestARefusalOfAntomIsSaidInWords(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	s.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "refund", Code: "MERCHANT_BALANCE_NOT_ENOUGH"})
	finance := s.newPerson(operators.Finance)
	page := finance.confirms(order, "refund", "amount=1").sees(http.StatusConflict, "Your balance at Antom is too low", "MERCHANT_BALANCE_NOT_ENOUGH", `value="1"`)
	s.control.ClearFaults()
	again := keyOfForm.FindStringSubmatch(page.body)[1] // a new key: the first one is used up
	finance.post("/dashboard/orders/"+order+"/refund", "amount=1", "key="+again).sees(http.StatusSeeOther)
	s.quiet()
	s.holds(4700)
}

// A second payment of another amount is decided in the inbox.
func TestAnotherAmountIsDecidedInTheInbox(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidOther("GCASH")
	finance := s.newPerson(operators.Finance)
	finance.get("/dashboard/inbox").sees(http.StatusOK, `data-kind="wrong_amount"`, "another amount", `data-test="accept"`, `data-test="refund"`)
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, "Needs a decision", "another amount")
	finance.get("/dashboard/orders/"+order+"/accept").sees(http.StatusOK, "What Antom holds counts")
	finance.confirms(order, "accept").sees(http.StatusSeeOther)
	finance.get("/dashboard/inbox").sees(http.StatusOK, `data-test="empty"`)
}

// An unpaid order is cancelled, once.
func TestAnUnpaidOrderIsCancelledAtTheDashboard(t *testing.T) {
	s := newShop(t)
	b := s.newBuyer()
	path := b.orders()
	finance := s.newPerson(operators.Owner)
	order := s.orderID()
	finance.get("/dashboard/orders/"+order+"/cancel").sees(http.StatusOK, "takes no payment any longer")
	finance.confirms(order, "cancel").sees(http.StatusSeeOther)
	b.get(path).sees(http.StatusOK, `data-status="cancelled"`)
	if next := finance.get("/dashboard/orders/" + order + "/cancel"); next.status != http.StatusSeeOther {
		t.Errorf("a cancelled order can be cancelled: %d", next.status)
	}
}

// What buyers and Antom write is text on every page.
func TestTheDashboardEscapesWhatOthersWrite(t *testing.T) {
	s := newShop(t)
	const evil = `"><script>alert(1)</script>`
	b := s.newBuyer()
	path := b.ordersAs("name="+evil, "city=<b>x", "address1='onload=1")
	id := b.starts(path, "GCASH").PaymentRequestID
	must(t, s.control.Pay(id))
	s.quiet()
	finance := s.newPerson(operators.Finance)
	for _, page := range []string{"/dashboard/orders", "/dashboard/orders/" + s.orderID(), "/dashboard/orders?q=" + url.QueryEscape(evil) + "&currency=" + url.QueryEscape(evil),
		"/dashboard/orders/" + s.orderID() + "/refund", "/dashboard/orders?done=" + url.QueryEscape(evil)} {
		finance.get(page).sees(http.StatusOK).seesNot("<script>alert", "<b>x")
	}
}

// A file holds what the filter shows, and no cell is a formula.
func TestOrdersAreExportedAsTheFilterShows(t *testing.T) {
	s := newShop(t)
	b := s.newBuyer()
	path := b.ordersAs("name==HYPERLINK(1)")
	must(t, s.control.Pay(b.starts(path, "GCASH").PaymentRequestID))
	s.quiet()
	order := s.orderID()
	s.newBuyer().orders()
	finance := s.newPerson(operators.Finance)
	finance.confirms(order, "refund", "amount=0.05", "reason=-1+2 broken").sees(http.StatusSeeOther)
	s.quiet()
	read := func(path string) [][]string {
		t.Helper()
		file := finance.get(path).sees(http.StatusOK)
		if !strings.Contains(file.header.Get("Content-Disposition"), "attachment") || !strings.Contains(file.body, "\r\n") {
			t.Errorf("%s is %v", path, file.header)
		}
		rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
		must(t, err)
		return rows
	}
	rows := read("/dashboard/orders/export/orders?status=partially_refunded")
	if len(rows) != 2 || rows[1][0] != order || rows[1][5] != "48.00" || rows[1][6] != "0.05" || rows[1][10] != "'=HYPERLINK(1)" {
		t.Errorf("orders: %q", rows)
	}
	if all := read("/dashboard/orders/export/orders"); len(all) != 3 {
		t.Errorf("all orders: %q", all)
	}
	if rows := read("/dashboard/orders/export/refunds"); len(rows) != 2 || rows[1][6] != "0.05" || rows[1][8] != "'-1+2 broken" {
		t.Errorf("refunds: %q", rows)
	}
	if rows := read("/dashboard/orders/export/payments"); len(rows) != 2 || rows[1][8] != "48.00" || rows[1][4] != "GCASH" {
		t.Errorf("payments: %q", rows)
	}
}

// Filters are read as people type them; what cannot be read is said and filters nothing.
func TestTheListIsFiltered(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	finance := s.newPerson(operators.Finance)
	today := time.Now().UTC().Format(time.DateOnly)
	for query, found := range map[string]bool{
		"status=paid": true, "status=open": false, "method=GCASH": true, "method=CARD": false, "currency=sgd": true, "currency=EUR": false,
		"amount_from=48": true, "amount_from=48.01": false, "amount_to=48.00": true, "amount_to=47": false, "from=" + today + "&to=" + today: true,
		"to=2020-01-01": false, "waiting=true": false, "amount_from=x": true, "from=x": true,
	} {
		page := finance.get("/dashboard/orders?" + query).sees(http.StatusOK)
		if got := strings.Contains(page.body, `data-order="`+order+`"`); got != found {
			t.Errorf("%s lists the order: %v", query, got)
		}
		if wrong := strings.HasSuffix(query, "=x"); wrong != strings.Contains(page.body, "cannot be read") {
			t.Errorf("%s: it is said that it cannot be read: %v", query, !wrong)
		}
	}
}
