package checkout

import "slices"

// needsAddress are the methods that Antom takes with an address only.
var needsAddress = set("PAGALEVE")

// NeedsAddress reports whether Antom takes a method only with the buyer's address.
func NeedsAddress(method string) bool { return needsAddress[method] }

// required are the fields of a buyer, by form name, that an order of the merchant's system
// needs: an email address for the receipt, and the whole address where goods of the
// catalogue are delivered or every method that the order names wants it.
func (t Terms) required(b Buyer, lines []OrderLine) []string {
	delivered := slices.ContainsFunc(lines, func(l OrderLine) bool { return l.SKU != "" })
	wanted := len(t.Methods) > 0 && !slices.ContainsFunc(t.Methods, func(code string) bool { return !NeedsAddress(code) })
	if delivered || wanted {
		return b.Required()
	}
	return []string{"email"}
}

// Missing lists the fields of the buyer, by form name, that the order still needs before it
// can be paid. An order of the shop's own form has them all.
func Missing(o Order) (fields []string) {
	if o.Source == SourceShop {
		return nil
	}
	values := o.Buyer.Values()
	for _, name := range o.Terms.required(o.Buyer, o.Lines) {
		if values[name] == "" {
			fields = append(fields, name)
		}
	}
	return fields
}

// CheckComplete reports the fields of the buyer that the order still needs, as
// CodeFormInvalid.
func CheckComplete(o Order) error {
	wrong := map[string]string{}
	for _, name := range Missing(o) {
		wrong[name] = "error.required"
	}
	if len(wrong) == 0 {
		return nil
	}
	return &Error{Code: CodeFormInvalid, Fields: wrong}
}

// CompleteBuyer takes over what the buyer has typed in the fields that the order lacks; what
// the merchant's system has set stays. The browser, by its reference, becomes the order's
// buyer. An order that lacks nothing stays as it is. Errors: CodeFormInvalid, and those of
// CorrectBuyer.
func CompleteBuyer(o Order, typed Buyer, browser string) (Order, error) {
	if len(Missing(o)) == 0 {
		return o, nil
	}
	completed := o.Buyer
	typedFields := typed.fields()
	for i, field := range completed.fields() {
		if *field.value == "" {
			*field.value = *typedFields[i].value
		}
	}
	if err := completed.CheckWith(o.Terms.required(completed, o.Lines)); err != nil {
		return o, err
	}
	corrected, err := CorrectBuyer(o, completed)
	if err != nil {
		return o, err
	}
	return BindBuyer(corrected, browser), nil
}
