package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"antom-checkout/antom"
)

// wrapper signs notifications as Antom does, and forges them where an injected
// fault asks for it. It has no state.
type wrapper struct {
	clientID     string
	keys         Keys
	strangerKeys func() Keys
	faults       *faults
}

// deliveries wraps a notification for sending at this time: usually once, not at
// all if it is lost.
func (w *wrapper) deliveries(n Notification, at time.Time) []delivery {
	if _, injected := w.faults.inject(n.Type, n.PaymentRequestID, Lose); injected {
		return nil
	}
	list := []delivery{}
	if _, injected := w.faults.inject(n.Type, n.PaymentRequestID, Forge); injected {
		forged := w.wrap(n.URL, at, pretendSuccess(n.Body), w.strangerKeys(), Forge)
		forged.extra = true
		list = append(list, forged)
	}
	right := w.usual(n, at)
	list = append(list, right)
	if _, injected := w.faults.inject(n.Type, n.PaymentRequestID, Duplicate); injected {
		again := right
		again.fault, again.extra = Duplicate, true
		list = append(list, again)
	}
	return list
}

// usual is the delivery whose answer counts, with what an injected fault makes
// of its content or signature.
func (w *wrapper) usual(n Notification, at time.Time) delivery {
	fault, injected := w.faults.inject(n.Type, n.PaymentRequestID,
		UnsignedNotification, WrongAmountNotification, WrongCurrencyNotification, Garble, EmptyCard)
	if !injected {
		return w.wrap(n.URL, at, n.Body, w.keys, "")
	}
	switch fault.Kind {
	case UnsignedNotification:
		d := w.wrap(n.URL, at, n.Body, w.keys, fault.Kind)
		d.header.Del("Signature")
		return d
	case Garble:
		return w.wrap(n.URL, at, []byte("{\"notifyType\":\"PAYMENT_RESULT\",\"result\":"), w.keys, fault.Kind)
	case EmptyCard:
		return w.wrap(n.URL, at, withoutCard(n.Body), w.keys, fault.Kind)
	default:
		return w.wrap(n.URL, at, otherMoney(n.Body, fault.Kind == WrongCurrencyNotification), w.keys, fault.Kind)
	}
}

// wrap makes the signed request of a body.
func (w *wrapper) wrap(to string, at time.Time, body []byte, keys Keys, fault FaultKind) delivery {
	path := "/"
	if u, err := url.Parse(to); err == nil && u.RequestURI() != "" {
		path = u.RequestURI()
	}
	clock := at.In(antomZone).Format(time.RFC3339)
	text := antom.SigningString(http.MethodPost, path, w.clientID, clock, body)
	signature, err := antom.Sign(keys.antom, text)
	if err != nil {
		panic(err) // a key that made signatures before makes this one
	}
	return delivery{body: body, signed: string(text), fault: fault, header: http.Header{
		"Content-Type": {"application/json; charset=UTF-8"},
		"Client-Id":    {w.clientID},
		"Request-Time": {clock},
		"Signature":    {signature.String()},
	}}
}

// pretendSuccess makes a body say that all went well.
func pretendSuccess(body []byte) []byte {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	fields["result"] = resultOf(antom.CodeSuccess, antom.StatusSuccess)
	forged, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return forged
}
