package gateway

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// Request is the body of the call that starts a payment, as it is stored before it
// is sent. slowEnd is when a voucher's number closes, which is paid at a counter
// or by a transfer; zero for every other method.
func (g *Gateway) Request(o checkout.Order, p checkout.Payment, want checkout.Attempt, slowEnd time.Time) ([]byte, error) {
	var request any
	if p.Mode == checkout.ModeSDK {
		request = g.sessionRequest(o, p, want, slowEnd)
	} else {
		request = g.payRequest(o, p, want)
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return body, nil
}

// sessionRequest asks for a session for the Web SDK: for one method, or for the
// Payment Element, in which the buyer chooses among the methods that are offered.
func (g *Gateway) sessionRequest(o checkout.Order, p checkout.Payment, want checkout.Attempt, slowEnd time.Time) *antom.PaymentSessionRequest {
	request := &antom.PaymentSessionRequest{
		ProductCode:              antom.ProductCheckout,
		PaymentRequestID:         p.RequestID,
		Order:                    g.describe(antomOrder(o), p, want.Device),
		PaymentAmount:            antomAmount(p.Amount),
		PaymentFactor:            paymentFactor(p.Method, p.ManualCapture),
		SettlementStrategy:       g.settlement(),
		PaymentRedirectURL:       g.returnURL(o, p),
		PaymentNotifyURL:         g.notifyURL(),
		PaymentSessionExpiryTime: antom.NewTime(p.ExpiresAt),
		PaymentExpiryTime:        antom.NewTime(slowEnd),
		Env:                      antomEnv(want.Device),
		CreditPayPlan:            creditPayPlan(p.Choice),
	}
	if !want.Element {
		request.PaymentMethod = withSavedCard(g.antomMethod(o, p), p, want)
		return request
	}
	request.ProductScene = antom.SceneElement
	if want.Installments {
		request.EnableInstallmentCollection = antom.True
	}
	request.AvailablePaymentMethod = &antom.AvailablePaymentMethod{}
	for i, code := range want.Offered {
		available := antom.AvailableType{Type: code, Order: antom.Int(i + 1)}
		request.AvailablePaymentMethod.Types = append(request.AvailablePaymentMethod.Types, available)
		if code == checkout.MethodCard {
			request.PaymentFactor = paymentFactor(code, p.ManualCapture)
			request.AvailablePaymentMethod.Metadata = savingCard(g.cardMetadata(p), p)
		}
	}
	return request
}

// payRequest asks for an address or a code without an SDK.
func (g *Gateway) payRequest(o checkout.Order, p checkout.Payment, want checkout.Attempt) *antom.PayRequest {
	return &antom.PayRequest{
		ProductCode:        antom.ProductCheckout,
		PaymentRequestID:   p.RequestID,
		Order:              g.describe(antomOrder(o), p, want.Device),
		PaymentAmount:      antomAmount(p.Amount),
		PaymentMethod:      forEnteredCard(withSavedCard(g.antomMethod(o, p), p, want), o, want),
		PaymentFactor:      paymentFactor(p.Method, p.ManualCapture),
		SettlementStrategy: g.settlement(),
		PaymentRedirectURL: g.returnURL(o, p),
		PaymentNotifyURL:   g.notifyURL(),
		PaymentExpiryTime:  antom.NewTime(p.ExpiresAt),
		Env:                antomEnv(want.Device),
		CreditPayPlan:      creditPayPlan(p.Choice),
	}
}

// returnURL is where Antom sends the buyer after paying: into the app in which the
// payment began, or to the order's return page. A visit there proves no payment.
func (g *Gateway) returnURL(o checkout.Order, p checkout.Payment) string {
	return cmp.Or(p.ReturnURL, g.cfg.PublicURL+"/checkout/"+o.Token+"/return")
}

func (g *Gateway) notifyURL() string { return g.cfg.PublicURL + NotificationPath }

// paymentFactor says that a card is authorised first, and who captures it.
func paymentFactor(method string, manualCapture bool) *antom.PaymentFactor {
	if method != checkout.MethodCard {
		return nil
	}
	factor := &antom.PaymentFactor{IsAuthorization: antom.True}
	if manualCapture {
		factor.CaptureMode = antom.CaptureManual
	}
	return factor
}

func (g *Gateway) settlement() *antom.SettlementStrategy {
	return &antom.SettlementStrategy{SettlementCurrency: string(g.cfg.SettlementCurrency)}
}

// antomMethod names a method, with the data about the buyer that it requires.
func (g *Gateway) antomMethod(o checkout.Order, p checkout.Payment) *antom.PaymentMethod {
	m := &antom.PaymentMethod{Type: p.Method}
	switch p.Method {
	case "P24":
		m.Metadata = &antom.Metadata{PayerEmail: checkout.DeliverableEmail(o.Buyer.Email)}
	case checkout.MethodCard:
		m.Metadata = g.cardMetadata(p)
		if p.Choice.ByKoreanIssuer(p.Amount.Currency) {
			chooseIssuer(m, p.Choice.Brand)
		}
	}
	return m
}

func antomOrder(o checkout.Order) *antom.Order {
	b := o.Buyer
	name, phone, email := antomName(b.Name, b.Country), dialled(b.Phone), checkout.DeliverableEmail(b.Email)
	order := &antom.Order{
		ReferenceOrderID: o.ID,
		Description:      "Order " + o.Number,
		Amount:           antomAmount(o.Total),
		Buyer: &antom.Buyer{
			ReferenceBuyerID: cmp.Or(o.BuyerReference, o.ID),
			Name:             name,
			PhoneNo:          phone,
			Email:            email,
		},
		Shipping: &antom.Shipping{
			Name:        name,
			PhoneNo:     phone,
			ShipToEmail: email,
			Address: &antom.Address{
				Region:   b.Country,
				State:    b.Region,
				City:     b.City,
				Address1: b.Address1,
				Address2: b.Address2,
				ZipCode:  b.PostalCode,
			},
		},
	}
	for _, line := range o.Lines {
		order.Goods = append(order.Goods, antom.Goods{
			ReferenceGoodsID: line.SKU,
			Name:             line.Name,
			UnitAmount:       antomAmount(line.Unit),
			Quantity:         strconv.Itoa(line.Quantity),
		})
	}
	order.MakeSafe() // characters that Antom refuses must not fail a payment
	return order
}

// dialled is a phone number as it is dialled, however it was written: digits, and
// a plus before the country's. The zero in "+49 (0)30" is dialled at home only, and an
// extension only once the call is answered.
func dialled(phone string) string {
	phone = checkout.WithoutExtension(phone)
	abroad := strings.HasPrefix(phone, "+")
	if abroad {
		phone = strings.Replace(phone, "(0)", "", 1)
	}
	digits := strings.Map(checkout.ASCIIDigit, phone)
	if abroad {
		return "+" + digits
	}
	return digits
}
