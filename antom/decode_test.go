package antom

import "testing"

// Antom sends "" for what it does not know, also where there is a flag or a number otherwise.
// That hides nothing else that it reports of the card, and no half of an amount is read.
func TestWhatCannotBeReadHidesNothingBesideIt(t *testing.T) {
	body := `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},` +
		`"paymentRequestId":"PR-1","paymentAmount":{"currency":"SGD","value":"4200"},"actualPaymentAmount":{"currency":"SGD","value":"4.2"},` +
		`"paymentResultInfo":{"cardToken":"ALIPAYx+/==","cardBrand":"VISA","refundOnAuthorizationAvailable":"","cardBin":405469,` +
		`"creditPayPlan":{"installmentNum":"","interval":"MONTH"},"threeDSResult":{"eci":"05","challenged":""}}}`
	n, err := DecodeNotification([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	result := n.(*PaymentResult)
	info := result.PaymentResultInfo
	if info == nil || info.CardToken != "ALIPAYx+/==" || info.CardBrand != "VISA" || info.RefundAvailable != nil || info.CardBIN != "" {
		t.Fatalf("the card is %+v", info)
	}
	if info.ThreeDSResult == nil || info.ThreeDSResult.ECI != "05" || info.ThreeDSResult.Challenged != nil {
		t.Errorf("3-D Secure is %+v", info.ThreeDSResult)
	}
	if info.CreditPayPlan == nil || info.CreditPayPlan.Interval != "MONTH" || info.CreditPayPlan.InstallmentNum != 0 {
		t.Errorf("the plan is %+v", info.CreditPayPlan)
	}
	if !result.ActualPaymentAmount.IsZero() || result.PaymentAmount != sgd(t, 4200) {
		t.Errorf("the amounts are %v and %v", result.PaymentAmount, result.ActualPaymentAmount)
	}
}
