package checkout

import (
	"testing"

	"antom-checkout/antom"
)

// A signed answer proves that Antom has said so, not that it was said about what we
// have asked: an answer that names another id is none.
func TestAnAnswerAboutSomethingElseIsNone(t *testing.T) {
	amount, err := antom.NewAmount("SGD", 4200)
	if err != nil {
		t.Fatal(err)
	}
	success := antom.Envelope{Result: antom.Result{Code: antom.CodeSuccess, Status: antom.StatusSuccess}}
	p := Payment{RequestID: "ours", Method: "GCASH", Amount: sgd(4200)}
	for named, believed := range map[string]bool{"ours": true, "": true, "another": false} {
		inquiry := &antom.InquiryPaymentResponse{
			Envelope: success, PaymentRequestID: named, PaymentStatus: antom.PaymentSuccess, PaymentAmount: amount,
		}
		if _, found := wordOfInquiry(p, inquiry, nil); found != believed {
			t.Errorf("an inquiry answered for %q is believed: %v", named, found)
		}
		pay := &antom.PayResponse{Envelope: success, PaymentRequestID: named, PaymentAmount: amount}
		if w := wordOfPay(p, pay, nil); (w.Says == SaidSucceeded) != believed {
			t.Errorf("pay answered for %q says %s", named, w.Says)
		}
		refund := Operation{Kind: Refund, RequestID: "ours", Amount: sgd(100)}
		if w := operationAnswer(refund, OperationWord{RequestID: named}, success.Result, nil); (w.Says == OperationSuccess) != believed {
			t.Errorf("a refund answered for %q says %s", named, w.Says)
		}
	}
}
