package views

import "slices"

// buyerTitle is the heading of the form, as a message key: an address is more than contact.
func buyerTitle(f BuyerForm) string {
	if slices.ContainsFunc(f.Fields, func(name string) bool { return name != "email" && name != "phone" && name != "name" }) {
		return "form.title"
	}
	return "form.contact"
}

// buyerInputs say how a field of the buyer is typed and filled in.
var buyerInputs = map[string]struct{ kind, mode, autocomplete string }{
	"email": {"email", "email", "email"}, "phone": {"tel", "tel", "tel"}, "name": {"", "", "name"}, "address1": {"", "", "address-line1"},
	"address2": {"", "", "address-line2"}, "postal_code": {"", "", "postal-code"}, "city": {"", "", "address-level2"}, "region": {"", "", "address-level1"},
}

// buyerInput is a field of the form that asks for what an order lacks.
func buyerInput(f OrderForm, name string) input {
	in := buyerInputs[name]
	return orderInput(f, name, in.kind, in.mode, in.autocomplete)
}

// BuyerFields are the fields of a form that asks for missing ones, from top to bottom:
// beside the street, what else an address may have.
func BuyerFields(missing []string, given map[string]string) (fields []string) {
	street := slices.Contains(missing, "address1")
	for _, name := range orderFields {
		with := street && given[name] == "" && (name == "address2" || name == "region" || name == "city")
		if with || slices.Contains(missing, name) {
			fields = append(fields, name)
		}
	}
	return fields
}
