package handlers_test

import (
	"testing"

	"antom-checkout/checkout"
)

// In one session a buyer may try again after a failure. Antom gives each try a
// paymentId of its own under one paymentRequestId, and the last success counts.

// firstTry is a notification about a try whose paymentId is not that of the sandbox.
func firstTry(id, status, code string) string {
	return `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"` + code + `","resultStatus":"` + status + `"},"paymentRequestId":"` + id +
		`","paymentId":"20260101194010890100111650000000001","paymentAmount":{"value":"4800","currency":"SGD"},"paymentMethodType":"GCASH"}`
}

func TestASecondTryOfTheSessionPaysTheOrder(t *testing.T) {
	for name, first := range map[string][2]string{"after a failure": {"F", "USER_BALANCE_NOT_ENOUGH"}, "after a success": {"S", "SUCCESS"}} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t)
			buyer := shop.newBuyer()
			path := buyer.orders()
			id := buyer.starts(path, "GCASH").PaymentRequestID
			shop.notify(firstTry(id, first[0], first[1]))
			must(t, shop.control.Pay(id))
			shop.quiet()
			shop.sweeps()
			buyer.expectStatus(path, "paid", "paid")
			shop.expectCount(1, "payment", "antom_payment_id", shop.control.Ledger().Payments[0].ID)
			operation, err := shop.desk().Refund(t.Context(), shop.orderID(), 0, by("back"))
			if err != nil || operation.Status != checkout.OperationSuccess {
				t.Errorf("the refund is %+v, %v", operation, err)
			}
			shop.holds(0)
			shop.notify(firstTry(id, first[0], first[1]))
			buyer.expectStatus(path, "refunded", "refunded")
		})
	}
}
