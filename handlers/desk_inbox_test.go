package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/views"
)

const inboxPath = "/dashboard/inbox"

// differs stores a difference about the payment of an order, as reading a report does.
func (s *shop) differs(order, payment string) checkout.Difference {
	s.t.Helper()
	file := checkout.ReportFile{ID: "0FILE", SHA256: "a", Name: "TRANSACTION_20260514.csv", Kind: checkout.ReportTransactions, ReadAt: s.program.Now()}
	must(s.t, s.store.AddReportFile(s.t.Context(), file))
	d := checkout.Difference{
		ID: "0DIFFERENCE", Subject: "row:transactions:" + payment, Class: checkout.RowAmount, FileID: file.ID, Line: 17, OrderID: order, PaymentRequestID: payment,
		Theirs: "PAYMENT SUCCESS 41.00 SGD", Ours: "48.00 SGD", OpenedAt: s.program.Now(),
	}
	row := checkout.ReportRow{
		Kind: checkout.ReportTransactions, Key: payment, FileID: file.ID, Line: 17, Type: "PAYMENT", Status: "SUCCESS", RequestID: payment,
		Amount: checkout.Money{Minor: 4100, Currency: "SGD"}, At: s.program.Now(), Class: checkout.RowAmount,
	}
	must(s.t, s.store.SaveReportRows(s.t.Context(), []checkout.ReportRow{row}))
	must(s.t, s.store.SaveDifferences(s.t.Context(), []checkout.Difference{d}))
	return d
}

// A difference of a report stands in the inbox with both sides, its file and its row, until it is
// resolved with a note.
func TestADifferenceIsResolvedInTheInbox(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	o, err := s.store.OrderByID(t.Context(), order)
	must(t, err)
	d := s.differs(order, o.Payments[0].RequestID)
	self := inboxPath + "/differences/" + d.ID

	s.newPerson(operators.Support).get(inboxPath).sees(http.StatusOK, `data-kind="difference" data-order="`+order+`"`, "<strong>Mark as settled</strong>", `data-test="show"`).
		seesNot(`data-test="resolve"`, `data-test="inquire"`)
	finance := s.newPerson(operators.Finance)
	finance.get(inboxPath).sees(http.StatusOK, `data-class="amount_differs"`, "The amount differs", "41.00 SGD", "48.00 SGD", "TRANSACTION_20260514.csv", ">17<", `action="`+self+`"`)
	finance.post(self + "/inquiry").goesTo(inboxPath + "?done=difference_stays") // the row says another amount, whatever Antom answers
	if !strings.Contains(s.asked("inquiryPayment"), o.Payments[0].RequestID) {
		t.Error("Antom was not asked about the payment")
	}
	finance.post(self, "note= ").sees(http.StatusUnprocessableEntity, `role="alert"`, "Write a note", `data-kind="difference"`)
	finance.post(self, "note=the bank's fee, taken at once").goesTo(inboxPath + "?done=difference_resolved")
	finance.get(inboxPath).sees(http.StatusOK, `data-test="empty"`)
	finance.post(self, "note=again").goesTo(inboxPath + "?done=difference_resolved")
	finance.post(self + "/inquiry").goesTo(inboxPath + "?done=difference_agrees")
	all, err := s.store.Differences(t.Context(), true, checkout.Window{Limit: 10})
	must(t, err)
	if len(all) != 1 || all[0].Note != "the bank's fee, taken at once" || !strings.HasPrefix(all[0].ResolvedBy, "person-") {
		t.Errorf("the differences are %+v", all)
	}
	s.newPerson(operators.Owner).get("/dashboard/log").sees(http.StatusOK, "Resolved a difference", "Asked Antom about a difference")
}

// Once the records agree with the row, asking Antom ends the difference.
func TestAnAnswerOfAntomEndsADifference(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	o, err := s.store.OrderByID(t.Context(), order)
	must(t, err)
	payment := o.Payments[0].RequestID
	d := s.differs(order, payment)
	row, err := s.store.ReportRow(t.Context(), checkout.ReportTransactions, payment)
	must(t, err)
	row.Amount = o.Total
	must(t, s.store.SaveReportRows(t.Context(), []checkout.ReportRow{row}))
	s.newPerson(operators.Finance).post(inboxPath + "/differences/" + d.ID + "/inquiry").goesTo(inboxPath + "?done=difference_agrees")
	s.newPerson(operators.Viewer).get(inboxPath).sees(http.StatusOK, `data-test="empty"`)
}

// An email that was given up is sent again from the inbox, and no other.
func TestAnEmailIsSentAgainFromTheInbox(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	effects, err := s.store.PendingEmails(t.Context(), s.program.Now(), 10)
	must(t, err)
	if len(effects) != 1 {
		t.Fatalf("the emails that are due are %+v", effects)
	}
	must(t, s.store.EffectGivenUp(t.Context(), effects[0].ID))
	support := s.newPerson(operators.Support)
	support.get(inboxPath).sees(http.StatusOK, `data-kind="dead_email"`, `name="email" value="mail.receipt"`, `data-test="resend"`)
	s.newPerson(operators.Viewer).get(inboxPath).sees(http.StatusOK, "<strong>Send again</strong>").seesNot(`data-test="resend"`)
	support.post(inboxPath + "/emails/" + order).sees(http.StatusBadRequest)
	for range 2 { // a second time nothing is left to send
		support.post(inboxPath+"/emails/"+order, "email=mail.receipt").goesTo(inboxPath + "?done=resent")
	}
	support.get(inboxPath).sees(http.StatusOK, `data-test="empty"`)
	s.sweeps()
	s.email("receipt")
	log := s.newPerson(operators.Owner).get("/dashboard/log").sees(http.StatusOK, "sent an email again about")
	if n := strings.Count(log.body, "sent an email again about"); n != 1 {
		t.Errorf("the log has %d entries about it", n)
	}
}

// Events that an endpoint did not take are delivered again, one by one or all; what it has taken
// is not.
func TestDeadEventsAreDeliveredAgainFromTheInbox(t *testing.T) {
	s := newShop(t, func(set *settings) { set.timeStands = true })
	r := s.newProgram().newReceiver()
	s.newBuyer().orders()
	if got := r.takes(); len(got) != 1 {
		t.Fatalf("taken was %v", got)
	}
	r.answers(http.StatusInternalServerError)
	s.newBuyer().orders()
	s.newBuyer().orders()
	for range 80 {
		r.takes()
		s.jumps(time.Hour)
	}
	owner := s.newPerson(operators.Owner)
	page := owner.get(inboxPath).sees(http.StatusOK, `data-kind="dead_delivery"`, "Events: 2", `data-test="redeliver"`, `data-test="redeliver-one"`)
	s.newPerson(operators.Finance).get(inboxPath).sees(http.StatusOK, "<strong>Deliver again</strong>").seesNot(`data-test="redeliver"`, `data-test="redeliver-one"`)

	owner.post("/dashboard/webhooks/" + r.id + "/off").sees(http.StatusSeeOther)
	owner.post(inboxPath+"/endpoints/"+r.id).sees(http.StatusConflict, "The endpoint is switched off", `data-kind="dead_delivery"`)
	owner.post("/dashboard/webhooks/" + r.id + "/on").sees(http.StatusSeeOther)
	r.answer = nil
	one := regexp.MustCompile(`name="event" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	owner.post(inboxPath+"/endpoints/"+r.id, "event="+one).goesTo(inboxPath + "?done=redelivered")
	if got := r.takes(); len(got) != 1 || r.got[len(r.got)-1].event.ID != one {
		t.Errorf("delivered again was %v", got)
	}
	owner.get(inboxPath).sees(http.StatusOK, "Events: 1")
	owner.post(inboxPath + "/endpoints/" + r.id).goesTo(inboxPath + "?done=redelivered")
	if got := r.takes(); len(got) != 1 {
		t.Errorf("delivered again was %v", got)
	}
	owner.get(inboxPath).sees(http.StatusOK, `data-test="empty"`)
}

// Who can act is told by email of a capture that is due, in the language of their account, once
// or not at all, as the account says. The email names nothing of the buyer.
func TestPeopleAreToldOfWhatWaits(t *testing.T) {
	s := newShop(t, func(set *settings) { set.manualCapture, set.timeStands = true, true })
	finance := s.newPerson(operators.Finance)
	s.hires(operators.Support) // may not capture
	s.newPerson(operators.Owner).post("/dashboard/account/emails", "when=none", "language=en").goesTo("/dashboard/account?done=emails_chosen")
	finance.post("/dashboard/account/emails", "when=hourly", "language=en").sees(http.StatusUnprocessableEntity)
	finance.post("/dashboard/account/emails", "when=at_once", "language=tlh").sees(http.StatusBadRequest)
	_, _, order := s.paidBy("CARD")
	o, err := s.store.OrderByID(t.Context(), order)
	must(t, err)
	round := func() (all []views.EmailPreview) {
		t.Helper()
		must(t, s.program.Inbox.Round(t.Context()))
		return s.emailsCalled("inbox-")
	}
	for range 2 {
		if n := len(round()); n != 1 {
			t.Fatalf("%d emails about the inbox", n)
		}
	}
	email := round()[0]
	for _, text := range []string{"Waits for you", o.Number, "48.00", "Capture it, or the bank releases the money", "days left", s.url + "/dashboard/inbox", s.url + "/dashboard/account"} {
		if !strings.Contains(email.Subject+email.Text, text) {
			t.Errorf("it lacks %q:\n%s\n\n%s", text, email.Subject, email.Text)
		}
	}
	if !strings.Contains(email.To, "finance@example.com") || strings.Contains(email.Text, "Raffles") || strings.Contains(email.Text, "ann@") {
		t.Errorf("it goes to %s:\n%s", email.To, email.Text)
	}

	finance.get("/dashboard/account").sees(http.StatusOK, `data-test="emails"`, `<option value="at_once" selected`)
	finance.post("/dashboard/account/emails", "when=daily", "language=zh-Hans").goesTo("/dashboard/account?done=emails_chosen")
	for range 24 {
		s.jumps(time.Hour)
		round()
	}
	digests := s.emailsCalled("inbox-digest")
	if len(digests) == 0 || !strings.Contains(digests[0].Text, "银行卡已授权") {
		t.Errorf("the digests are %+v", digests)
	}
	if fresh := s.emailsCalled("inbox-new"); len(fresh) != 1 {
		t.Errorf("%d emails at once", len(fresh))
	}
}
