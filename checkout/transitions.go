package checkout

// Transition is one change of status: a row of the ledger, and a line of the log.
type Transition struct {
	Subject          string // order, payment, capture, refund, cancel
	PaymentRequestID string // for an order, the payment that its status followed, or ""
	RequestID        string // of a capture, refund or cancel
	From, To         string // From is "" for what is new
}

// The subjects of transitions beside the kinds of operations.
const (
	SubjectOrder   = "order"
	SubjectPayment = "payment"
)

// Transitions compares two states of an order and lists every change of status,
// payments first, because the order's status follows from theirs.
func Transitions(before, after Order) []Transition {
	var changed []Transition
	payment := "" // the payment whose change the order's status followed
	add := func(t Transition) {
		if t.From != t.To {
			changed, payment = append(changed, t), t.PaymentRequestID
		}
	}
	for _, p := range after.Payments {
		was := before.Payment(p.RequestID)
		if was == nil {
			was = &Payment{}
		}
		for _, op := range p.Operations {
			opWas := was.Operation(op.Kind, op.RequestID)
			if opWas == nil {
				opWas = &Operation{}
			}
			add(Transition{Subject: string(op.Kind), PaymentRequestID: p.RequestID, RequestID: op.RequestID, From: string(opWas.Status), To: string(op.Status)})
		}
		add(Transition{Subject: SubjectPayment, PaymentRequestID: p.RequestID, From: string(was.Status), To: string(p.Status)})
	}
	add(Transition{Subject: SubjectOrder, PaymentRequestID: payment, From: string(before.Status), To: string(after.Status)})
	return changed
}
