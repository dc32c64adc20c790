package handlers_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/operators"
)

// falsifies changes what the database holds, as a person could who has its file.
func (s *shop) falsifies(statement string, values ...any) {
	s.t.Helper()
	database, err := sql.Open("sqlite", "file:"+s.database+"?_pragma=busy_timeout(5000)")
	must(s.t, err)
	res, err := database.ExecContext(s.t.Context(), statement, values...)
	must(s.t, errors.Join(err, database.Close()))
	if n, _ := res.RowsAffected(); n != 1 {
		s.t.Fatalf("%s changes %d rows", statement, n)
	}
}

// A paid order is verified at the dashboard, as a whole and each message, and its file is what
// the command line verifies.
func TestTheDashboardVerifiesAnOrder(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	viewer, finance := s.newPerson(operators.Viewer), s.newPerson(operators.Finance)
	page := viewer.get("/dashboard/orders/"+order).sees(http.StatusOK, `data-test="verify"`, `data-test="verify-message"`, "Request-Time", "Response-Time", "Client-Id", "algorithm=RSA256").
		seesNot(`data-test="proof"`)
	if n := strings.Count(page.body, "algorithm=RSA256"); n != strings.Count(page.body, `data-test="verify-message"`) {
		t.Errorf("%d signatures are shown", n)
	}
	whole := viewer.get("/dashboard/orders/"+order+"/verify").sees(http.StatusOK, `data-test="verified"`, "The proof holds", "Version 1", "Version 2", "What no signature covers",
		`data-result="proof_signed"`, `data-result="proof_unsigned"`, s.box.Credentials().ClientID)
	whole.seesNot(`data-result="proof_forged"`, "does not hold")

	var links []string
	for _, found := range regexp.MustCompile(`href="([^"]+/verify\?message=[^"]+)"`).FindAllStringSubmatch(page.body, -1) {
		links = append(links, found[1])
	}
	if len(links) < 2 { // an answer and a notification
		t.Fatalf("only %q can be verified", links)
	}
	for _, link := range links {
		viewer.get(link).sees(http.StatusOK, "The message is as Antom signed it", "Verify the whole order", `data-test="public-key"`, `data-test="proof-message"`, "algorithm=RSA256")
	}
	viewer.get("/dashboard/orders/" + order + "/verify?message=notification:none").sees(http.StatusNotFound)
	viewer.get("/dashboard/orders/none/verify").sees(http.StatusNotFound)

	viewer.get("/dashboard/orders/" + order + "/proof").sees(http.StatusForbidden)
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, `data-test="proof"`)
	file := finance.get("/dashboard/orders/" + order + "/proof").sees(http.StatusOK)
	if file.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(file.header.Get("Content-Disposition"), `attachment; filename="proof-`) {
		t.Errorf("the file comes with %v", file.header)
	}
	report, err := gateway.VerifyProof([]byte(file.body), s.environ["ANTOM_PUBLIC_KEY"])
	must(t, err)
	if !report.OK || len(report.Keys) != 2 || strings.Count(whole.body, `data-test="proof-entry"`) != len(report.Transitions) {
		t.Errorf("the file is verified as %+v", report)
	}
	for _, key := range report.Keys {
		whole.sees(http.StatusOK, key.SHA256)
	}
	for _, text := range report.Unproven {
		whole.sees(http.StatusOK, strings.ReplaceAll(text, "'", "&#39;"))
	}
	s.newPerson(operators.Owner).get("/dashboard/log").sees(http.StatusOK, "downloaded the proof of", order)
}

// One byte of a stored message is another one: the page names the change that has no proof.
func TestAFalsifiedMessageIsFoundAtTheDashboard(t *testing.T) {
	for name, test := range map[string]struct {
		statement, of, result string
	}{
		"a byte of a notification's body": {`UPDATE notifications SET body = CAST(replace(CAST(body AS TEXT), '"value":"4800"', '"value":"4801"') AS BLOB) WHERE id = $1`, "notification", "forged"},
		"a byte that means nothing":       {`UPDATE notifications SET body = CAST(CAST(body AS TEXT) || ' ' AS BLOB) WHERE id = $1`, "notification", "forged"},
		"a byte of its signature":         {`UPDATE notifications SET signature = substr(signature, 1, length(signature) - 8) || 'AAAA' || substr(signature, -4) WHERE id = $1`, "notification", "forged"},
		"the time that Antom signed":      {`UPDATE notifications SET signed_time = '2026-05-14T12:00:00+08:00' WHERE id = $1`, "notification", "forged"},
		"a sealed answer lacks a byte":    {`UPDATE calls SET body = substr(body, 1, length(body) - 1) WHERE id = $1`, "inquiry", "missing"},
		"the Client-Id of an answer":      {`UPDATE calls SET client_id = 'EVE' WHERE id = $1`, "inquiry", "forged"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			b := s.newBuyer()
			path := b.orders()
			if test.of == "inquiry" {
				s.fault(sandbox.Fault{Kind: sandbox.Lose, On: "PAYMENT_RESULT"})
			}
			must(t, s.control.Pay(b.starts(path, "GCASH").PaymentRequestID))
			s.quiet()
			if test.of == "inquiry" {
				s.passes(time.Minute)
				b.get(path + "/return")
			}
			order, viewer := s.orderID(), s.newPerson(operators.Viewer)
			viewer.get("/dashboard/orders/"+order+"/verify").sees(http.StatusOK, "The proof holds")
			var moved checkout.ProofTransition
			transitions, _, err := s.store.ProofRows(t.Context(), order)
			must(t, err)
			for _, row := range transitions {
				if row.Subject == checkout.SubjectPayment && row.To == string(checkout.PaymentPaid) {
					moved = row
				}
			}
			kind, id, _ := strings.Cut(moved.Cause, ":")
			if kind != test.of {
				t.Fatalf("the payment was moved by %s", moved.Cause)
			}
			s.falsifies(test.statement, id)

			page := viewer.get("/dashboard/orders/"+order+"/verify").sees(http.StatusOK, "The proof does not hold").seesNot("The proof holds")
			entry := regexp.MustCompile(fmt.Sprintf(`(?s)data-result="proof_%s">\s*<p>\s*<a class="link" href="/dashboard/orders/%s#t%d">Payment</a>`, test.result, order, moved.Seq))
			if !entry.MatchString(page.body) {
				t.Errorf("the page does not say that transition %d is %s:\n%s", moved.Seq, test.result, page.body)
			}
			one := viewer.get("/dashboard/orders/"+order+"/verify?message="+url.QueryEscape(moved.Message)).sees(http.StatusOK, "The proof does not hold", "It has no proof")
			if !entry.MatchString(one.body) {
				t.Errorf("the page of the message does not say it:\n%s", one.body)
			}
		})
	}
}

// What Antom writes is text, in messages as they came and in what is said about them. A message
// that names a card's holder is not shown, and can be verified.
func TestMessagesOfAntomAreShownAsText(t *testing.T) {
	const evil = `</code></pre><script>alert(1)</script>`
	s := newShop(t)
	viewer := s.newPerson(operators.Viewer)
	declined := func(more string) answer {
		t.Helper()
		b := s.newBuyer()
		id := b.starts(b.orders(), "CARD").PaymentRequestID
		res := s.notify(fmt.Sprintf(`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"DO_NOT_HONOR","resultStatus":"F","resultMessage":%q},"paymentRequestId":%q,`+
			`"paymentId":%q,"paymentAmount":{"currency":"SGD","value":"4800"}%s}`, evil, id, "antom-"+id, more))
		if res.StatusCode != http.StatusOK {
			t.Fatalf("the notification is answered with %s", res.Status)
		}
		return viewer.get("/dashboard/orders/"+s.orderID()).sees(http.StatusOK, `data-cause="notification:`).seesNot("<script>alert", "Secret Holder")
	}
	declined("").sees(http.StatusOK, "&lt;script&gt;alert(1)&lt;/script&gt;")
	page := declined(`,"paymentResultInfo":{"cardholderName":{"fullName":"Secret Holder"}}`).sees(http.StatusOK, `data-why="private"`, "kept sealed")
	verify := regexp.MustCompile(`href="([^"]+/verify\?message=notification[^"]+)"`).FindStringSubmatch(page.body)
	if verify == nil {
		t.Fatal("a message that is not shown cannot be verified")
	}
	viewer.get(verify[1]).sees(http.StatusOK, "The message is as Antom signed it", `data-why="private"`).seesNot("Secret Holder", "<script>alert")
}

// With several attempts the timeline says which one a change is about, and why it has failed;
// attempts that are over are folded.
func TestTheTimelineTellsAttemptsApart(t *testing.T) {
	s := newShop(t)
	b := s.newBuyer()
	path := b.orders()
	must(t, s.control.Decline(b.starts(path, "CARD").PaymentRequestID, "DO_NOT_HONOR"))
	s.quiet()
	must(t, s.control.Pay(b.starts(path, "GCASH").PaymentRequestID))
	s.quiet()
	page := s.newPerson(operators.Viewer).get("/dashboard/orders/" + s.orderID()).sees(http.StatusOK)
	for name, pattern := range map[string]string{
		"the attempt that failed, and why": `(?s)<strong>Payment</strong> <span>Credit or debit card, attempt 1</span>.{0,400}Failed.{0,400}· [A-Z]`,
		"the attempt that was paid":        `(?s)<strong>Payment</strong> <span>GCash, attempt 2</span>.{0,400}Paid`,
		"a folded attempt":                 `(?s)class="panel over" data-test="payment".{0,200}<details>.{0,200}Credit or debit card, attempt 1`,
	} {
		if !regexp.MustCompile(pattern).MatchString(page.body) {
			t.Errorf("the page lacks %s:\n%s", name, page.body)
		}
	}
	if strings.Count(page.body, `class="panel over"`) != 1 {
		t.Error("other attempts are folded, too")
	}
}
