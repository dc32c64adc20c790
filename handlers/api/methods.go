package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// PaymentMethod is a way to pay.
type PaymentMethod struct {
	Method       string   `json:"method" doc:"Antom's code"`
	Name         string   `json:"name" doc:"In English"`
	Category     string   `json:"category" enum:"card,wallet,bank,qr,voucher,paylater"`
	Brands       []string `json:"brands" doc:"Of cards: the card companies that the buyer may choose"`
	Installments []int    `json:"installments" doc:"Of cards: the numbers of monthly parts that the bank may collect"`
}

// PaymentMethods is what an order would be offered.
type PaymentMethods struct {
	Data []PaymentMethod `json:"data" doc:"In the order in which the checkout page shows them"`
}

type paymentMethodsInput struct {
	Currency string `query:"currency" required:"true" minLength:"3" maxLength:"3" doc:"ISO 4217" example:"SGD"`
	Amount   int64  `query:"amount" required:"true" minimum:"1" maximum:"9007199254740991" doc:"Minor units"`
	Country  string `query:"country" minLength:"2" maxLength:"2" doc:"The buyer's, ISO 3166 alpha-2: methods in use there come first" example:"SG"`
}

type paymentMethodsOutput struct{ Body PaymentMethods }

// paymentMethods registers the operation that lists them.
func (a *API) paymentMethods() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "list-payment-methods", Method: http.MethodGet, Path: "/payment-methods", Summary: "What a buyer would be offered to pay an amount", Tags: []string{"Payment methods"},
		Security: needs(checkout.ScopeReadOrders),
	}, a.listPaymentMethods)
}

// orderTime is for how long a buyer who starts now has to pay.
const orderTime = 24 * time.Hour

func (a *API) listPaymentMethods(ctx context.Context, in *paymentMethodsInput) (*paymentMethodsOutput, error) {
	p := web.NewProblem(http.StatusUnprocessableEntity, "", "")
	currency, err := checkout.ParseCurrency(in.Currency)
	if err != nil {
		p.Errors = append(p.Errors, web.FieldProblem{Pointer: "currency", Code: web.CodeInvalid, Detail: err.Error()})
	}
	if in.Country != "" && !checkout.IsCountry(in.Country) {
		p.Errors = append(p.Errors, web.FieldProblem{Pointer: "country", Code: web.CodeInvalid, Detail: "not a country of ISO 3166"})
	}
	if len(p.Errors) > 0 {
		return nil, failed(ctx, p)
	}
	order := checkout.Order{
		Total: checkout.Money{Minor: in.Amount, Currency: currency}, Buyer: checkout.Buyer{Country: in.Country},
		Status: checkout.OrderOpen, ExpiresAt: a.Now().Add(orderTime),
	}
	out := &paymentMethodsOutput{PaymentMethods{Data: []PaymentMethod{}}}
	for _, m := range a.Methods.List(ctx, order, checkout.Device{Terminal: checkout.TerminalWeb}) {
		method := PaymentMethod{Method: m.Code, Name: m.Name, Category: string(m.Flow.Category()), Brands: append([]string{}, m.Brands...), Installments: []int{}}
		for _, plan := range m.Plans {
			method.Installments = append(method.Installments, plan.Parts)
		}
		out.Body.Data = append(out.Body.Data, method)
	}
	return out, nil
}
