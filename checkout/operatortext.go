package checkout

// OperatorText says in a sentence what a code means, for operators and for the people who write
// programs.
func OperatorText(code ErrorCode) string { return operatorTexts[code] }

// operatorTexts is what an operator and the merchant API read for every code without an exacter
// detail.
var operatorTexts = map[ErrorCode]string{
	CodeNotFound:          "there is no such order",
	CodeFormInvalid:       "the input is not valid",
	CodeMethodRequired:    "no payment method is named",
	CodeMethodUnknown:     "the payment method is not offered for this order",
	CodeAmountInvalid:     "the amount cannot be refunded",
	CodeQuantityInvalid:   "the quantity is not valid",
	CodeCartFull:          "the cart is full",
	CodeCartEmpty:         "the cart is empty",
	CodeCartChanged:       "the cart or its prices have changed",
	CodeSoldOut:           "the goods are sold out",
	CodeOrderUnderWay:     "a payment of the order is not finished",
	CodeOrderPaid:         "the order is paid",
	CodeOrderClosed:       "the order has expired or was cancelled",
	CodeRenewalIncomplete: "goods of the expired order are no longer sold",
	CodeOrderChanged:      "the order has changed meanwhile; do the same again",
	CodeForeignPayment:    "the Antom payment id belongs to another payment",
	CodeNotExpired:        "the order has not expired",
	CodeNothingToCapture:  "no authorised payment waits for a manual capture",
	CodeNothingToRefund:   "nothing is paid, or all was returned already",
	CodeNothingToCancel:   "the order's status does not allow a cancel",
	CodeKeyReused:         "this key was used for another action; take a new one",
	CodeNotUnderReview:    "the order is not under review",
	CodeReviewStands:      "the reason for the review remains",
	CodeReviewChanged:     "the review that was meant has ended",
	CodePaymentSuperseded: "this payment is the order's current one",
	CodeOverLimit:         "the refunds of the order would exceed what the person may return",
	CodeDisputed:          "the payment is in dispute",
	CodeDisputeClosed:     "the dispute takes no such answer any longer",
	CodeAntomRefused:      "Antom refuses",
	CodeTooManyAttempts:   "the order takes no further attempt to pay",
	CodeCardNotChargeable: "the saved card cannot be charged without its buyer",
	CodeDataNeeded:        "the buyer's data are still needed",
	CodeEndpointsFull:     "there are as many webhook endpoints as there may be; delete one",
	CodeEndpointOff:       "no endpoint that is switched on wants it; switch one on first",
	CodeLinkUsedUp:        "the payment link was paid as often as it may be",
	CodeLinkInUse:         "others are paying what is left of the payment link's uses; try again later",
	CodeLinkClosed:        "the payment link has expired or was switched off",
	CodeReferenceUsed:     "another order has this reference",
	CodeAntomUnanswered:   "Antom has not answered; do the same again",
	CodeBusy:              "too many requests wait; do the same again",
	CodeCardsRefused:      "too many cards were declined; cards are refused for ten minutes",
	CodeRequestKeyReused:  "the idempotency key was used for another request; take a new one",
	CodeRequestKeyInUse:   "the first request under this idempotency key has no answer yet; send it again later",
	CodeUnstored:          "the database cannot write: see to its disk, then do the same again",
}
