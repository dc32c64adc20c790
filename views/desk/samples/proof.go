package samples

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"fmt"

	"antom-checkout/views/desk"
)

// proofs are what a verification finds, and an order with much to verify.
func proofs(ctx context.Context) []Page {
	holds := desk.Proof{
		Frame: Frame(ctx, "orders"), Number: "K4WTZ-8QHNM", OrderURL: "/dashboard/orders/1", ProofURL: "/", Holds: true, ClientIDs: "SANDBOX_5YEH0Q2D0UQ405700",
		Keys:        []desk.ProofKey{{Version: "1", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}},
		Transitions: []desk.ProvedTransition{proved("order", "", "open", "unsigned"), proved("payment", "processing", "paid", "signed"), proved("refund", "", "pending", "unbound")},
		Unproven:    make([]string, 6),
	}
	fails := holds
	fails.Holds, fails.Wrong = false, 2
	forged := proved("payment", "processing", "paid", "forged")
	forged.Note, forged.SignedAt = "signature is not valid", ""
	fails.Transitions = []desk.ProvedTransition{holds.Transitions[0], forged, proved("refund", "pending", "success", "missing")}
	fails.Problems = []string{"payment 01a22135-5349-7361-9c64-44506a273487 is not about the order's total"}
	one := holds
	one.Message, one.VerifyURL, one.ProofURL, one.Transitions, one.Unproven = message(1), "/", "", holds.Transitions[1:2], nil
	return []Page{
		{"desk-order-long", desk.OrderPage(longOrder(ctx))},
		{"desk-proof", desk.ProofPage(holds)},
		{"desk-proof-fails", desk.ProofPage(fails)},
		{"desk-proof-message", desk.ProofPage(one)},
	}
}

func proved(subject, from, to, result string) desk.ProvedTransition {
	severity := map[string]string{"signed": "good", "unsigned": "plain", "unbound": "plain"}[result]
	if severity == "" {
		severity = "bad"
	}
	t := desk.ProvedTransition{
		URL: "/dashboard/orders/1#t1", At: noon, Subject: subject, To: pill(to, ""), CauseKind: "notification", Result: pill("proof_"+result, severity),
		SignedAt: "2026-05-14T04:00:00.000Z", KeyVersion: "1",
	}
	if from != "" {
		t.From = pill(from, "wait")
	}
	if result == "unsigned" {
		t.CauseKind, t.SignedAt = "shopper", ""
	}
	return t
}

// message is a signed message. n makes it another one.
func message(n int) *desk.SignedMessage {
	hash := sha512.Sum512([]byte{byte(n)})
	signature := base64.StdEncoding.EncodeToString(append(append(append(hash[:], hash[:]...), hash[:]...), hash[:]...))
	header := func(name, value string) desk.Fact { return desk.Fact{Label: name, Lines: []string{value}, Code: true} }
	return &desk.SignedMessage{
		ID: fmt.Sprintf("notification:%x", hash[:16]), VerifyURL: "/",
		Headers: []desk.Fact{
			header("POST", "/antom/notify"), header("Client-Id", "SANDBOX_5YEH0Q2D0UQ405700"), header("Request-Time", "2026-05-14T12:00:00.123+08:00"),
			header("Signature", "algorithm=RSA256,keyVersion=1,signature="+signature),
		},
		Body: "{\n  \"notifyType\": \"PAYMENT_RESULT\",\n  \"paymentRequestId\": \"01a22135-5349-7361-9c64-44506a273487\",\n  \"result\": {\n    \"resultCode\": \"SUCCESS\",\n    \"resultMessage\": \"" + evil + "\"\n  }\n}",
	}
}

// longOrder was tried ten times, captured in two parts and refunded in two.
func longOrder(ctx context.Context) desk.Order {
	v := paidOrder(ctx)
	v.VerifyURL, v.ProofURL = "/", "/"
	v.Payments, v.Timeline = nil, nil
	add := func(subject, from, to, severity, cause string) *desk.TimelineEntry {
		n := len(v.Timeline)
		e := desk.TimelineEntry{ID: fmt.Sprintf("t%d", n+1), At: noon, Subject: subject, To: pill(to, severity), CauseKind: cause, Cause: fmt.Sprintf("%s:%d", cause, n)}
		if from != "" {
			e.From = pill(from, "wait")
		}
		e.Evidence = []desk.Fact{{Key: "cause", Lines: []string{e.Cause}, Code: true}, {Key: "payment_request_id", Lines: []string{fmt.Sprintf("01a22135-5349-7361-9c64-44506a27%04d", n)}, Code: true}}
		v.Timeline = append(v.Timeline, e)
		return &v.Timeline[n]
	}
	add("order", "", "open", "", "shopper")
	for n := range 9 {
		over := declined(ctx)
		over.Over, over.Method = true, desk.Text(ctx, "timeline.attempt", n+1, "Card")
		v.Payments = append(v.Payments, over)
		attempt := over.Method
		add("payment", "", "created", "", "shopper").About = attempt
		answered := add("payment", "created", "processing", "wait", "response")
		answered.About = attempt
		answered.Message = &desk.SignedMessage{ID: answered.Cause, Missing: "unanswered"}
		add("order", "open", "processing", "wait", "response").Above = answered.ID
		told := add("payment", "processing", "failed", "bad", "notification")
		told.Message, told.About, told.Why = message(n), attempt, desk.Text(ctx, "result.DO_NOT_HONOR")
		add("order", "processing", "open", "", "notification").Above = told.ID
	}
	v.Payments = append(v.Payments, captured())
	add("payment", "", "created", "", "shopper")
	private := add("payment", "processing", "authorized", "wait", "inquiry")
	private.Message = message(20)
	private.Message.Body, private.Message.Missing = "", "private"
	for n, subject := range []string{"capture", "refund", "refund"} {
		add(subject, "", "pending", "wait", "admin").About = "SGD 21.00"
		done := add(subject, "pending", "success", "good", "notification")
		done.About, done.Message = "SGD 21.00", message(30+n)
	}
	return v
}
