package db

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

var signedAnswer = checkout.Signed{
	Signing: checkout.Signing{Path: "/ams", ClientID: "client", Time: "noon", Signature: "signature"}, Body: []byte(`{"result":{}}`),
}

// What Antom has signed comes back as it came, also where an operator has decided over it,
// and stands in the file for no other reader.
func TestAProofHoldsWhatWasSigned(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	orderWithPayment(t, store, "order", newPayment("p1"))
	answer := func(id string) *checkout.Call {
		c := call(id, "inquiryPayment", "p1", "S")
		c.Signed = signedAnswer
		return c
	}
	moves := func(to checkout.PaymentStatus) func(*checkout.Order) []checkout.Effect {
		return func(o *checkout.Order) []checkout.Effect {
			o.Payments[0].Status = to
			return nil
		}
	}
	change(t, store, "order", checkout.Evidence{Cause: cause(checkout.ByResponse, "a"), Call: call("a", "pay", "p1", "none")}, moves(checkout.PaymentUnknown))
	change(t, store, "order", checkout.Evidence{Cause: cause(checkout.ByInquiry, "b"), Call: answer("b")}, moves(checkout.PaymentPending))
	n := checkout.Notification{ID: "n", Type: "PAYMENT_RESULT", Body: []byte(`{"cardToken":"tok-77"}`), Signing: signedAnswer.Signing, ReceivedAt: noon, Applied: true}
	change(t, store, "order", checkout.Evidence{Cause: cause(checkout.ByNotification, "n"), Notification: &n}, moves(checkout.PaymentAuthorized))
	old := checkout.Notification{ID: "old", Type: "PAYMENT_RESULT", Body: []byte(`{}`), ReceivedAt: noon, Applied: true}
	change(t, store, "order", checkout.Evidence{Cause: cause(checkout.ByNotification, "old"), Notification: &old}, moves(checkout.PaymentFailed))
	change(t, store, "order", checkout.Evidence{Cause: cause(checkout.ByAdmin, "key"), Call: answer("d")}, moves(checkout.PaymentPaid))

	transitions, messages, err := store.ProofRows(t.Context(), "order")
	if err != nil {
		t.Fatal(err)
	}
	var followed []string
	for _, row := range transitions {
		if row.Subject == checkout.SubjectPayment && row.From != "" {
			followed = append(followed, row.To+" "+row.Cause+" "+row.Message)
		}
	}
	if diff := cmp.Diff([]string{
		"unknown response:a response:a", "pending inquiry:b inquiry:b", "authorized notification:n notification:n",
		"failed notification:old notification:old", "paid admin:key inquiry:d",
	}, followed); diff != "" {
		t.Error(diff)
	}
	answered := checkout.ProofMessage{Method: "POST", Path: "/ams", ClientID: "client", Time: "noon", Signature: "signature", Body: `{"result":{}}`}
	b, notified, d := answered, answered, answered
	notified.Private = true
	b.ID, notified.ID, notified.Body, d.ID = "inquiry:b", "notification:n", `{"cardToken":"tok-77"}`, "inquiry:d"
	want := []checkout.ProofMessage{
		{ID: "response:a", Missing: checkout.MissingUnanswered}, b, notified, {ID: "notification:old", Missing: checkout.MissingUnkept}, d,
	}
	for i := range messages {
		messages[i].ReceivedAt = want[0].ReceivedAt
	}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Error(diff)
	}
	if found := inFiles(t, []string{`{"result":{}}`, "tok-77"}, path, path+"-wal"); len(found) > 0 {
		t.Errorf("in clear stands %v", found)
	}
	other, _ := openStoreAt(t, copyAsAfterAKill(t, path))
	if err := other.UseKey(make([]byte, 32)); err != nil {
		t.Fatal(err)
	}
	if _, messages, err := other.ProofRows(t.Context(), "order"); err != nil || messages[1].Missing != checkout.MissingSealed {
		t.Errorf("with another key it is %+v, %v", messages, err)
	}
}
