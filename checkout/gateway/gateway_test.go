package gateway

import (
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// A signature proves that Antom has written an answer, and not that the answer is to
// this request: one that names another id does not count.
func TestAnAnswerAboutSomethingElseIsNone(t *testing.T) {
	amount, err := antom.NewAmount("SGD", 4200)
	if err != nil {
		t.Fatal(err)
	}
	success := antom.Envelope{Result: antom.Result{Code: antom.CodeSuccess, Status: antom.StatusSuccess}}
	p := checkout.Payment{RequestID: "ours", Method: "GCASH", Amount: checkout.Money{Minor: 4200, Currency: "SGD"}}
	for named, believed := range map[string]bool{"ours": true, "": true, "another": false} {
		inquiry := &antom.InquiryPaymentResponse{
			Envelope: success, PaymentRequestID: named, PaymentStatus: antom.PaymentSuccess, PaymentAmount: amount,
		}
		if _, found := eventFromInquiry(p, inquiry, nil); found != believed {
			t.Errorf("an inquiry answered for %q is believed: %v", named, found)
		}
		pay := &antom.PayResponse{Envelope: success, PaymentRequestID: named, PaymentAmount: amount}
		if e := eventFromPay(p, pay, nil); (e.Outcome == checkout.OutcomeSucceeded) != believed {
			t.Errorf("pay answered for %q says %s", named, e.Outcome)
		}
		refund := checkout.Operation{Kind: checkout.Refund, RequestID: "ours", Amount: checkout.Money{Minor: 100, Currency: "SGD"}}
		if e := operationEventFrom(refund, checkout.OperationEvent{RequestID: named}, success.Result, nil); (e.Status == checkout.OperationSuccess) != believed {
			t.Errorf("a refund answered for %q says %s", named, e.Status)
		}
	}
}

// An answer that does not name the shop's id, and names another Antom id than is known,
// may be about another payment.
func TestAnAnswerWithAnotherAntomIDHasToNameTheShopsID(t *testing.T) {
	amount, err := antom.NewAmount("SGD", 4200)
	if err != nil {
		t.Fatal(err)
	}
	p := checkout.Payment{RequestID: "ours", AntomID: "1", Method: "GCASH"}
	for _, row := range []struct {
		requestID, antomID string
		believed           bool
	}{{"ours", "2", true}, {"ours", "1", true}, {"", "1", true}, {"", "", true}, {"", "2", false}} {
		answer := &antom.InquiryPaymentResponse{
			Envelope:         antom.Envelope{Result: antom.Result{Code: antom.CodeSuccess, Status: antom.StatusSuccess}},
			PaymentRequestID: row.requestID, PaymentID: row.antomID, PaymentStatus: antom.PaymentSuccess, PaymentAmount: amount,
		}
		if _, found := eventFromInquiry(p, answer, nil); found != row.believed {
			t.Errorf("an answer for %q with the Antom id %q is believed: %v", row.requestID, row.antomID, found)
		}
	}
}

// Antom sends a notification until it is acknowledged, with the same body each
// time. That is one row; another message about the same payment is another row.
func TestTheSameMessageHasTheSameID(t *testing.T) {
	message := func(paidAt, at string) checkout.Notification {
		body := []byte(`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
			`"paymentRequestId":"p1","paymentId":"a1","paymentAmount":{"value":"4200","currency":"SGD"},"paymentTime":"` + paidAt + `"}`)
		n, err := antom.DecodeNotification(body)
		if err != nil {
			t.Fatal(err)
		}
		received, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		return Receive(n, body, received).Notification
	}
	first := message("2026-01-01T10:00:00+08:00", "2026-01-01T02:00:01Z")
	again := message("2026-01-01T10:00:00+08:00", "2026-01-01T02:02:01Z")
	other := message("2026-01-01T10:00:05+08:00", "2026-01-01T02:02:01Z")
	if first.ID != again.ID {
		t.Errorf("the same message is %q and then %q", first.ID, again.ID)
	}
	if first.ID == other.ID {
		t.Errorf("other words are %q as well", other.ID)
	}
	if !strings.HasPrefix(first.ID, "p1.") {
		t.Errorf("%q does not begin with the payment it is about", first.ID)
	}
}

func TestAPhoneNumberIsSentAsItIsDialled(t *testing.T) {
	for written, want := range map[string]string{
		"": "", "+65 6123 4567": "+6561234567", "(030) 12 34-56": "030123456", "+49 (0)30 1234567890": "+49301234567890",
		"0 (0)5 1": "0051", "٠١٢٣٤٥٦٧": "01234567", "+९१ ९८७६५ ४३२१०": "+919876543210", "030/12.34.56": "030123456",
		"𝟎𝟏𝟐𝟑𝟒𝟓": "012345", "𞥐𞥑𞥒𞥓𞥔": "01234",
	} {
		if got := dialled(written); got != want {
			t.Errorf("%q is dialled as %q, want %q", written, got, want)
		}
	}
}
