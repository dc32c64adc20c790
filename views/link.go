package views

import "antom-checkout/checkout"

// LinkView is the page of a payment link: what it sells, and the form that makes an order.
type LinkView struct {
	Frame      Frame
	Name       string
	Lines      []Line
	Total      Amount // of the lines; of one set of them, where the buyer chooses how many
	Adjustable bool
	Range      AmountRange // what the buyer may choose, where there are no lines
	Reference  string
	FormID     string
	Values     map[string]string // by form name
	Errors     map[string]string // message keys by form name
	Error      string            // a message key about the whole, or ""
	OpenURL    string            // the order that this browser has placed here and not paid, or ""
	PostURL    string
}

// AmountRange is what a buyer may choose to pay.
type AmountRange struct{ Min, Max Amount }

// LinkClosedView says why a payment link makes no order.
type LinkClosedView struct {
	Frame    Frame
	Status   checkout.LinkStatus
	OrderURL string // the order that this browser has placed here, or ""
}

// amountRangeID is of the text that says what may be chosen, and describes the field for it.
const amountRangeID = "amount-range"

// linkInput is the field of a link's form called name.
func linkInput(v LinkView, name, label, kind, mode, autocomplete string) input {
	return input{name: name, label: label, problem: v.Errors[name], value: v.Values[name], kind: kind, mode: mode, autocomplete: autocomplete, optional: name == "name"}
}

// linkFields are the names of a link's form from top to bottom, with their labels.
var linkFields = []struct{ name, label string }{
	{"reference", "link.reference"}, {"amount", "link.amount"}, {"quantity", "product.quantity"}, {"email", "form.email"}, {"name", "form.name"},
}

// linkProblems lists what is wrong with a link's form. The reference has no field.
func linkProblems(v LinkView) []problem {
	var list []problem
	for _, f := range linkFields {
		message := v.Errors[f.name]
		switch {
		case message == "":
		case f.name == "reference":
			list = append(list, problem{label: f.label, message: message})
		default:
			list = append(list, fieldProblem(f.name, f.label, message))
		}
	}
	if len(list) == 0 && v.Error != "" {
		list = []problem{{message: v.Error}}
	}
	return list
}

// linkKey is the message key of a part of the page that says why a link is closed.
func linkKey(v LinkClosedView, part string) string { return "link." + string(v.Status) + part }

func linkIcon(v LinkClosedView) string {
	switch v.Status {
	case checkout.LinkUsedUp:
		return "good"
	case checkout.LinkExpired:
		return "wait"
	}
	return "flat"
}

// LinkCode is the address of a link as a QR code in a picture of its own.
func LinkCode(address string) string {
	d := draw(Code{Kind: "QRCODE", Text: address})
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="` + d.box + `" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h999v999H0z"/><path d="` + d.path + `"/></svg>`
}
