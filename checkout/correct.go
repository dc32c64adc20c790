package checkout

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// This file ties an order to the form that placed it: what the form showed, and what a
// buyer who comes back to it may still correct.

// Shown is the version of the lines that a form shows: their products, quantities and
// prices. The form carries it, so that nothing is ordered that the buyer has not seen.
func Shown(lines []OrderLine) string {
	sum := sha256.New()
	for _, line := range lines {
		fmt.Fprintf(sum, "%q %q %d %d %s\n", line.SKU, line.Name, line.Quantity, line.Unit.Minor, line.Unit.Currency)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// CorrectBuyer takes over what the buyer has corrected in the form of an unpaid order:
// name, contact and address. Lines and prices stay. The same form again changes
// nothing, whatever has become of the order. Errors: CodeOrderPaid; CodeOrderUnderWay
// while an attempt may still succeed, whose request names the old address; CodeOrderClosed.
func CorrectBuyer(o Order, buyer Buyer) (Order, error) {
	active := o.Active()
	switch {
	case o.Buyer == buyer:
		return o, nil
	case o.hasFunds(), o.Status == OrderPaid, o.Status == OrderRefunded, o.Status == OrderPartiallyRefunded:
		return o, NewError(CodeOrderPaid, "the order is "+string(o.Status))
	case o.Status == OrderExpired, o.Status == OrderCancelled:
		return o, NewError(CodeOrderClosed, "the order is "+string(o.Status))
	case o.Status != OrderOpen, active != nil, o.Doubtful() != nil:
		return o, NewError(CodeOrderUnderWay, "a payment of the order is not finished")
	}
	o = o.Clone()
	o.Buyer = buyer
	return o, nil
}

// CorrectedFormKey is the key of the order that a form places when it is corrected and
// its first order is closed. The same corrections are the same order.
func CorrectedFormKey(formKey string, buyer Buyer) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", buyer))
	return formKey + "." + hex.EncodeToString(sum[:12])
}
