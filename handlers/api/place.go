package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

// placement is an order as a program places it.
type placement struct {
	Lines     []lineInput       `json:"lines" minItems:"1" maxItems:"50" nullable:"false"`
	Currency  string            `json:"currency,omitempty" minLength:"3" maxLength:"3" doc:"ISO 4217; the shop's if it is left out" example:"SGD"`
	Reference string            `json:"reference,omitempty" maxLength:"128" doc:"Your own number of the order: unique among orders that have not expired or been cancelled"`
	Buyer     *buyerInput       `json:"buyer,omitempty" doc:"As far as you know it; the checkout page asks for the rest that is needed"`
	Methods   []string          `json:"methods,omitempty" maxItems:"100" nullable:"false" doc:"Codes of the methods it may be paid with, for instance CARD; all that are offered if it is left out"`
	Capture   string            `json:"capture,omitempty" enum:"automatic,manual" doc:"Who captures a card payment: Antom or you. As the shop's setting says if it is left out"`
	Success   string            `json:"success_url,omitempty" maxLength:"2048" doc:"Where the buyer goes after paying, with ?order=ID, which proves nothing: https, or http on loopback in test mode"`
	Cancel    string            `json:"cancel_url,omitempty" maxLength:"2048" doc:"Where the buyer goes who leaves without paying"`
	ExpiresIn *int              `json:"expires_in,omitempty" minimum:"60" maximum:"2592000" doc:"Seconds for which it may be paid; as the shop's setting says if it is left out"`
	Locale    string            `json:"locale,omitempty" maxLength:"35" doc:"Language of the checkout page and of emails (BCP 47); the browser's if it is left out" example:"de"`
	Metadata  map[string]string `json:"metadata,omitempty" maxProperties:"50" nullable:"false" doc:"Your own names (40 characters) and values (500 characters); no buyer sees them"`
}

// lineInput is a line of the catalogue or one of the program's own.
type lineInput struct {
	SKU        string `json:"sku,omitempty" minLength:"1" maxLength:"64" doc:"An article of the catalogue, at its name and price; then neither name nor unit_amount is given"`
	Name       string `json:"name,omitempty" minLength:"1" maxLength:"256" doc:"What is sold, if it is not in the catalogue"`
	Quantity   int    `json:"quantity" minimum:"1" maximum:"99"`
	UnitAmount int64  `json:"unit_amount,omitempty" minimum:"1" maximum:"1000000000000" doc:"Price of one piece in minor units of the currency"`
	ImageURL   string `json:"image_url,omitempty" maxLength:"2048" doc:"A picture, by https: PNG, JPEG, GIF or WebP of at most 1 MiB. The shop fetches it and shows it from its own origin"`
}

// buyerInput is what a program knows of the buyer.
type buyerInput struct {
	Email   string        `json:"email,omitempty" maxLength:"254"`
	Name    string        `json:"name,omitempty" maxLength:"128"`
	Phone   string        `json:"phone,omitempty" maxLength:"32"`
	Address *addressInput `json:"address,omitempty"`
}

// addressInput is where goods go.
type addressInput struct {
	Country    string `json:"country,omitempty" maxLength:"2" doc:"ISO 3166 alpha-2" example:"SG"`
	Region     string `json:"region,omitempty" maxLength:"64"`
	City       string `json:"city,omitempty" maxLength:"64"`
	Line1      string `json:"line1,omitempty" maxLength:"128"`
	Line2      string `json:"line2,omitempty" maxLength:"128"`
	PostalCode string `json:"postal_code,omitempty" maxLength:"16"`
}

type placeInput struct{ Body placement }

// placedOutput is a new order as the answer.
type placedOutput struct {
	Location string `header:"Location"`
	Body     merchant.Order
}

// placing registers the operation that places an order.
func (a *API) placing() {
	huma.Register(a.huma, posting(huma.Operation{
		OperationID: "create-order", Path: "/orders", Summary: "Place an order", Tags: []string{"Orders"},
		Description:   "Lead the buyer to the order's checkout_url. A reference that another order has is answered with 409 and that order's id in order_id.",
		DefaultStatus: http.StatusCreated, Security: needs(checkout.ScopeWriteOrders),
	}, false), a.placeOrder)
}

func (a *API) placeOrder(ctx context.Context, in *placeInput) (*placedOutput, error) {
	key, req := keyOf(ctx), in.Body.request()
	var err error
	if req.FormKey, err = formKey(ctx, in.Body); err != nil {
		return nil, err
	}
	req.Operator = key.Operator()
	o, err := a.Merchant.PlaceOrder(ctx, req)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &placedOutput{a.PublicURL + basePath + "/orders/" + o.ID, a.Merchant.NewOrder(o)}, nil
}

// request is the placement in the service's form.
func (p placement) request() merchant.OrderRequest {
	req := merchant.OrderRequest{Currency: p.Currency, Language: p.Locale, Buyer: p.Buyer.buyer(), Terms: checkout.Terms{
		Source: checkout.SourceAPI, Reference: p.Reference, Capture: checkout.CaptureMode(p.Capture), Methods: p.Methods,
		SuccessURL: p.Success, CancelURL: p.Cancel, Metadata: p.Metadata,
	}}
	if p.ExpiresIn != nil {
		req.ExpiresIn = time.Duration(*p.ExpiresIn) * time.Second
	}
	for _, l := range p.Lines {
		req.Lines = append(req.Lines, merchant.LineRequest(l))
	}
	return req
}

// buyer is what is known of the buyer, cleaned as what is typed in a form is.
func (b *buyerInput) buyer() (buyer checkout.Buyer) {
	if b == nil {
		return buyer
	}
	address := addressInput{}
	if b.Address != nil {
		address = *b.Address
	}
	given := map[string]string{
		"email": b.Email, "name": b.Name, "phone": b.Phone, "country": address.Country, "region": address.Region, "city": address.City,
		"address1": address.Line1, "address2": address.Line2, "postal_code": address.PostalCode,
	}
	buyer.Set(func(name string) string { return given[name] })
	return buyer
}
