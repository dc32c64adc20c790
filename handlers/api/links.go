package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

// newLink is a payment link as a program makes it.
type newLink struct {
	Name       string                `json:"name" minLength:"1" maxLength:"256" doc:"What is paid, as the buyer reads it"`
	Lines      []lineInput           `json:"lines,omitempty" minItems:"1" maxItems:"50" doc:"What it sells. Either lines or amount is given"`
	Amount     *merchant.AmountRange `json:"amount,omitempty" doc:"What the buyer may choose to pay, in minor units"`
	Currency   string                `json:"currency,omitempty" minLength:"3" maxLength:"3" doc:"ISO 4217; the shop's if it is left out" example:"SGD"`
	Adjustable bool                  `json:"adjustable_quantity,omitempty" doc:"The buyer chooses how many times the lines are ordered"`
	MaxUses    *int                  `json:"max_uses,omitempty" minimum:"1" maximum:"1000000000" doc:"How many orders may be paid; without a limit if it is left out"`
	ExpiresAt  *time.Time            `json:"expires_at,omitempty" doc:"From when it makes no order; never if it is left out"`
	Active     *bool                 `json:"active,omitempty" default:"true" doc:"Whether it makes orders"`
	Methods    []string              `json:"methods,omitempty" maxItems:"100" doc:"Codes of the methods its orders may be paid with; all that are offered if it is left out"`
	SuccessURL string                `json:"success_url,omitempty" maxLength:"2048" doc:"Where the buyer goes after paying, with ?order=ID: https, or http on loopback in test mode"`
	Metadata   map[string]string     `json:"metadata,omitempty" maxProperties:"50" doc:"Of its orders: your own names (40 characters) and values (500 characters)"`
}

// linkChange is what changes of a payment link. What it sells, and where it is, stay.
type linkChange struct {
	Name       *string              `json:"name,omitempty" minLength:"1" maxLength:"256"`
	Active     *bool                `json:"active,omitempty"`
	MaxUses    clearable[int]       `json:"max_uses,omitempty" minimum:"1" maximum:"1000000000" doc:"null: without a limit"`
	ExpiresAt  clearable[time.Time] `json:"expires_at,omitempty" doc:"null: never"`
	Methods    *[]string            `json:"methods,omitempty" maxItems:"100" doc:"Empty: all that are offered"`
	SuccessURL *string              `json:"success_url,omitempty" maxLength:"2048" doc:"Empty: the receipt"`
	Metadata   *map[string]string   `json:"metadata,omitempty" maxProperties:"50" doc:"Instead of all that it has"`
}

// clearable is a member that null clears.
type clearable[T any] struct {
	Given bool
	Value T
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *clearable[T]) UnmarshalJSON(data []byte) error {
	c.Given = true
	return json.Unmarshal(data, &c.Value) // null leaves it as it is
}

// Schema implements huma.SchemaProvider.
func (c clearable[T]) Schema(r huma.Registry) *huma.Schema {
	s := *huma.SchemaFromType(r, reflect.TypeFor[T]())
	s.Nullable = true
	return &s
}

// change sets a field to what was given.
func (c clearable[T]) change(field *T) {
	if c.Given {
		*field = c.Value
	}
}

// LinkInput names a payment link in the path.
type LinkInput struct {
	ID string `path:"id" maxLength:"64" doc:"The link's id"`
}

type newLinkInput struct{ Body newLink }

type linkChangeInput struct {
	LinkInput
	Body linkChange
}

type linkOutput struct{ Body merchant.Link }

type newLinkOutput struct {
	Location string `header:"Location"`
	Body     merchant.Link
}

// links registers the operations on payment links.
func (a *API) links() {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/payment-links" + path, Summary: summary, Tags: []string{"Payment links"},
			Security: needs(checkout.ScopeWriteLinks),
		}
	}
	create := op("create-payment-link", http.MethodPost, "", "Make a payment link")
	create.DefaultStatus = http.StatusCreated
	huma.Register(a.huma, posting(create, false), a.createLink)
	huma.Register(a.huma, op("list-payment-links", http.MethodGet, "", "Payment links, newest first"), a.listLinks)
	huma.Register(a.huma, op("get-payment-link", http.MethodGet, "/{id}", "A payment link"), a.getLink)
	huma.Register(a.huma, op("change-payment-link", http.MethodPatch, "/{id}", "Change a payment link: the orders that it has made stay as they are"), a.changeLink)
}

func (a *API) createLink(ctx context.Context, in *newLinkInput) (*newLinkOutput, error) {
	req := in.Body.request()
	var err error
	if req.FormKey, err = formKey(ctx, in.Body); err != nil {
		return nil, err
	}
	l, err := a.Merchant.CreateLink(ctx, req)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &newLinkOutput{a.PublicURL + basePath + "/payment-links/" + l.ID, a.Merchant.NewLink(l)}, nil
}

// request is the new link in the service's form.
func (n newLink) request() merchant.LinkRequest {
	req := merchant.LinkRequest{Currency: n.Currency, Adjustable: n.Adjustable, LinkTerms: merchant.LinkTerms{
		Name: n.Name, Active: n.Active == nil || *n.Active, Methods: n.Methods, SuccessURL: n.SuccessURL, Metadata: n.Metadata,
	}}
	if n.Amount != nil {
		req.Amount = &checkout.AmountRange{Min: n.Amount.Min, Max: n.Amount.Max, Suggested: n.Amount.Suggested}
	}
	for _, l := range n.Lines {
		req.Lines = append(req.Lines, merchant.LineRequest(l))
	}
	if n.MaxUses != nil {
		req.MaxUses = *n.MaxUses
	}
	if n.ExpiresAt != nil {
		req.ExpiresAt = *n.ExpiresAt
	}
	return req
}

func (a *API) listLinks(ctx context.Context, in *ListInput) (*listOutput[merchant.Link], error) {
	w, err := in.window(ctx)
	if err != nil {
		return nil, err
	}
	links, err := a.Merchant.Links(ctx, w)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return page(*in, links, func(l checkout.PaymentLink) string { return l.ID }, a.Merchant.NewLink), nil
}

func (a *API) getLink(ctx context.Context, in *LinkInput) (*linkOutput, error) {
	return a.showLink(ctx)(a.Merchant.Link(ctx, in.ID))
}

func (a *API) changeLink(ctx context.Context, in *linkChangeInput) (*linkOutput, error) {
	return a.showLink(ctx)(a.Merchant.ChangeLink(ctx, in.ID, in.Body.change))
}

// showLink answers with a link, or with why there is none.
func (a *API) showLink(ctx context.Context) func(checkout.PaymentLink, error) (*linkOutput, error) {
	return func(l checkout.PaymentLink, err error) (*linkOutput, error) {
		if err != nil {
			return nil, failed(ctx, err)
		}
		return &linkOutput{a.Merchant.NewLink(l)}, nil
	}
}

// change changes the terms of a link.
func (n linkChange) change(t *merchant.LinkTerms) {
	set(&t.Name, n.Name)
	set(&t.Active, n.Active)
	n.MaxUses.change(&t.MaxUses)
	n.ExpiresAt.change(&t.ExpiresAt)
	set(&t.Methods, n.Methods)
	set(&t.SuccessURL, n.SuccessURL)
	set(&t.Metadata, n.Metadata)
}

// set sets a field to what was given.
func set[T any](field *T, given *T) {
	if given != nil {
		*field = *given
	}
}
