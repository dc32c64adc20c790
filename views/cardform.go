package views

import (
	"slices"

	"antom-checkout/checkout"
)

// cardInputs are the fields of the card page from top to bottom, each with its label and
// with what a browser may fill in. Those of a card have a name that no browser stores for
// another form.
var cardInputs = []input{
	{name: "card_number", label: "card.number", kind: "text", mode: "numeric", autocomplete: "cc-number"},
	{name: "card_expiry", label: "card.expiry", kind: "text", mode: "numeric", autocomplete: "cc-exp", hint: "card.expiry_hint"},
	{name: "card_cvc", label: "card.cvc", kind: "text", mode: "numeric", autocomplete: "cc-csc", hint: "card.cvc_hint"},
	{name: "card_identity", label: "card.identity", kind: "text", mode: "numeric", hint: "card.identity_hint"},
	{name: "card_password", label: "card.password", kind: "text", mode: "numeric"},
	{name: "card_cpf", label: "card.cpf", kind: "text", mode: "numeric", hint: "card.cpf_hint"},
	{name: "cardholder_first", label: "card.first", autocomplete: "cc-given-name"},
	{name: "cardholder_last", label: "card.last", autocomplete: "cc-family-name"},
	{name: "billing_country", label: "form.country", autocomplete: "billing country"},
	{name: "billing_address1", label: "form.address1", autocomplete: "billing address-line1"},
	{name: "billing_address2", label: "form.address2", autocomplete: "billing address-line2", optional: true},
	{name: "billing_postal_code", label: "form.postal_code", autocomplete: "billing postal-code"},
	{name: "billing_city", label: "form.city", autocomplete: "billing address-level2"},
	{name: "billing_region", label: "form.region", autocomplete: "billing address-level1", optional: true},
}

// cardInput is the field of the card page called name.
func cardInput(v CardView, name string) input {
	for _, in := range cardInputs {
		if in.name == name {
			in.value, in.problem = v.Values[name], v.Errors[name]
			in.optional = in.optional || v.mayStayEmpty(name)
			return in
		}
	}
	panic("views: no field named " + name)
}

// asks reports whether a field that depends on the card is shown.
func (v CardView) asks(name string) bool { return slices.Contains(v.Region.Asks(), name) }

// mayStayEmpty reports whether a field is shown that not every card asks for: what a local
// card asks for, while the card is not known, and the code of one that may have none.
func (v CardView) mayStayEmpty(name string) bool {
	switch name {
	case checkout.FieldCardCVC:
		return !v.asks(name)
	case checkout.FieldCardIdentity, checkout.FieldCardPassword, checkout.FieldCardCPF:
		return v.MayBeLocal
	}
	return false
}

// cardProblems lists what is wrong with a card.
func cardProblems(v CardView) []problem {
	var list []problem
	for _, in := range cardInputs {
		if message := v.Errors[in.name]; message != "" {
			list = append(list, fieldProblem(in.name, in.label, message))
		}
	}
	for _, name := range []string{"card_brand", "installments", "save_card"} { // their messages name them
		if message := v.Errors[name]; message != "" {
			list = append(list, problem{field: name, message: message})
		}
	}
	if len(list) == 0 && v.Error != "" {
		list = []problem{{message: v.Error}} // beside listed fields it would only repeat them
	}
	return list
}

// browserFacts are the hidden fields that the card script fills in, for 3-D Secure.
var browserFacts = []string{"screen_width", "screen_height", "color_depth", "time_zone_offset", "java"}
