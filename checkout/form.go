package checkout

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// This file ties an order to the form that placed it.

// Shown is the version of the lines that a form shows: their products, quantities and
// prices. The form carries it, so that nothing is ordered that the buyer has not seen.
func Shown(lines []OrderLine) string {
	sum := sha256.New()
	for _, line := range lines {
		fmt.Fprintf(sum, "%q %q %d %d %s\n", line.SKU, line.Name, line.Quantity, line.Unit.Minor, line.Unit.Currency)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// CorrectedFormKey is the key of the order that a form places when it is corrected and
// its first order is closed. The same corrections are the same order.
func CorrectedFormKey(formKey string, buyer Buyer) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", buyer))
	return formKey + "." + hex.EncodeToString(sum[:12])
}

// FormKey is the key of the order that a request of the merchant's system places: the same
// request under the same key is the same order.
func (k Key) FormKey(request []byte) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q\n", k.Operator, k.Idempotency)
	sum.Write(request)
	return FormKey("request", hex.EncodeToString(sum.Sum(nil)))
}
