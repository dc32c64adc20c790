package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"antom-checkout/checkout"
)

const showHelp = `ORDER is the order's number as its buyer knows it (ABCDE-FGHIJ), or its id. Antom is
asked first how each payment stands. Where it does not answer, what was known
before is shown, and a line says so.

It shows no data about the buyer, other than what Antom reports about a card: for
the rest there is admin export.
`

// inquiryTime is how long the inquiries about one order may take together.
const inquiryTime = time.Minute

// show prints an order with its payments and all that has happened to them, beside a
// running server or without one.
func show(ctx context.Context, l *line) error {
	asJSON := l.flags.Bool("json", false, "one JSON object instead of text")
	s, err := l.load()
	if err != nil {
		return err
	}
	return l.beside(ctx, s, func(p *Program) error {
		o, err := p.findOrder(ctx, l.arguments[0])
		if err != nil {
			return err
		}
		return p.showOrder(ctx, l.stdout, o, *asJSON)
	})
}

func (p *Program) showOrder(ctx context.Context, stdout io.Writer, o checkout.Order, asJSON bool) error {
	soon, cancel := context.WithTimeout(ctx, inquiryTime)
	o, found, problem := p.Services.Payments.InquireAll(soon, o)
	cancel()
	history, err := p.Store.Timeline(ctx, o.ID)
	if err != nil {
		return err
	}
	saved, err := p.savedCards(ctx, o)
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(shownOrderOf(o, found, history, saved))
	} else {
		_, err = io.WriteString(stdout, showText(o, found, history, saved))
	}
	if problem != nil {
		problem = fmt.Errorf("what Antom has answered could not be stored: %w", problem)
	}
	return errors.Join(err, problem)
}

// shownOrder is what show prints of an order. Its JSON is published.
type shownOrder struct {
	Order       string         `json:"order"`
	Number      string         `json:"number"`
	Status      string         `json:"status"`
	Review      string         `json:"review,omitempty"`
	Total       moneyData      `json:"total"`
	CreatedAt   time.Time      `json:"created_at"`
	ExpiresAt   time.Time      `json:"expires_at"`
	ErasedAt    time.Time      `json:"erased_at,omitzero"`
	Payments    []shownPayment `json:"payments"`
	SavedCards  []shownCard    `json:"saved_cards"` // of its buyer
	Transitions []shownChange  `json:"transitions"`
}

// shownCard is a card that the order's buyer has saved.
type shownCard struct {
	ID         string `json:"id"`
	Brand      string `json:"brand"`
	LastFour   string `json:"last4"`
	Expiry     string `json:"expiry"`
	Chargeable bool   `json:"chargeable"` // without its buyer
	Reason     string `json:"reason,omitempty"`
}

// savedCards are those of the order's buyer, for admin charge.
func (p *Program) savedCards(ctx context.Context, o checkout.Order) ([]shownCard, error) {
	shown := []shownCard{}
	if o.BuyerReference == "" {
		return shown, nil
	}
	cards, err := p.Store.SavedCards(ctx, o.BuyerReference)
	for _, card := range cards {
		payments, problem := p.Store.CardsOfSaved(ctx, card.ID)
		err = errors.Join(err, problem)
		s := shownCard{ID: card.ID, Brand: card.Brand, LastFour: card.Last4, Expiry: card.Expiry, Chargeable: true}
		if refused := checkout.CheckCharge(card, payments); refused != nil {
			s.Chargeable, s.Reason = false, refused.Detail
		}
		shown = append(shown, s)
	}
	return shown, err
}

type shownPayment struct {
	RequestID      string                  `json:"payment_request_id"`
	AntomID        string                  `json:"antom_payment_id"`
	Method         string                  `json:"method"`
	Mode           string                  `json:"mode"`
	Status         string                  `json:"status"`
	Amount         moneyData               `json:"amount"`
	Refunded       moneyData               `json:"refunded"`
	Disputed       moneyData               `json:"disputed"` // taken by disputes that were lost
	ResultCode     string                  `json:"result_code,omitempty"`
	Active         bool                    `json:"active"`
	Duplicate      bool                    `json:"duplicate"`
	Inquiry        checkout.Finding        `json:"inquiry"` // what Antom has just answered
	CreatedAt      time.Time               `json:"created_at"`
	AuthEndsAt     time.Time               `json:"authorization_ends_at,omitzero"`
	Choice         checkout.CardChoice     `json:"choice,omitzero"`
	Card           checkout.Card           `json:"card,omitzero"`
	AVSMatch       checkout.AVSMatch       `json:"avs_match,omitempty"`
	Authentication checkout.Authentication `json:"authentication,omitempty"`
	NeverAgain     bool                    `json:"never_again,omitempty"` // the card may never be charged again without its holder
	Operations     []shownOperation        `json:"operations"`
	Disputes       []shownDispute          `json:"disputes"`
}

type shownDispute struct {
	ID         string                `json:"id"`
	Type       string                `json:"type,omitempty"`
	State      checkout.DisputeState `json:"state"`
	Step       string                `json:"step"`
	Due        time.Time             `json:"due,omitzero"`
	Result     string                `json:"result,omitempty"`
	Amount     moneyData             `json:"amount,omitzero"`
	Source     string                `json:"source,omitempty"`
	ReasonCode string                `json:"reason_code,omitempty"`
	Reason     string                `json:"reason,omitempty"`
}

func shownDisputeOf(d checkout.Dispute) shownDispute {
	return shownDispute{
		ID: d.ID, Type: d.Type, State: d.State(), Step: d.Step, Due: d.Due, Result: d.Result, Amount: moneyDataOf(d.Amount),
		Source: d.Source, ReasonCode: d.ReasonCode, Reason: d.Reason,
	}
}

type shownOperation struct {
	Kind       string    `json:"kind"`
	RequestID  string    `json:"request_id"`
	Status     string    `json:"status"`
	Amount     moneyData `json:"amount"`
	ResultCode string    `json:"result_code,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
}

type shownChange struct {
	At               time.Time `json:"at"`
	Subject          string    `json:"subject"`
	PaymentRequestID string    `json:"payment_request_id,omitempty"`
	RequestID        string    `json:"request_id,omitempty"`
	From             string    `json:"from"`
	To               string    `json:"to"`
	Cause            string    `json:"cause"`
}

func shownOrderOf(o checkout.Order, found map[string]checkout.Finding, history []checkout.TimelineEntry, saved []shownCard) shownOrder {
	s := shownOrder{
		Order: o.ID, Number: o.Number, Status: string(o.Status), Review: string(o.Review), Total: moneyDataOf(o.Total),
		CreatedAt: o.CreatedAt, ExpiresAt: o.ExpiresAt, ErasedAt: o.ErasedAt, Payments: []shownPayment{}, SavedCards: saved, Transitions: []shownChange{},
	}
	for _, p := range o.Payments {
		s.Payments = append(s.Payments, shownPaymentOf(p, found[p.RequestID]))
	}
	for _, row := range history {
		s.Transitions = append(s.Transitions, shownChange{row.At, row.Subject, row.PaymentRequestID, row.RequestID, row.From, row.To, row.Cause})
	}
	return s
}

func shownPaymentOf(p checkout.Payment, found checkout.Finding) shownPayment {
	s := shownPayment{
		RequestID: p.RequestID, AntomID: p.AntomID, Method: p.Method, Mode: string(p.Mode), Status: string(p.Status),
		Amount: moneyDataOf(p.EffectiveAmount()), Refunded: moneyDataOf(p.Refunded()), Disputed: moneyDataOf(checkout.TakenByDisputes(p)), ResultCode: p.ResultCode,
		Active: p.Active, Duplicate: p.Duplicate, Inquiry: found, CreatedAt: p.CreatedAt, AuthEndsAt: p.AuthEndsAt,
		Choice: p.Choice, Card: p.Card, Authentication: p.Card.ThreeDS.Authentication(), NeverAgain: p.Card.NeverAgain(),
		Operations: []shownOperation{}, Disputes: []shownDispute{},
	}
	for _, d := range p.Disputes {
		s.Disputes = append(s.Disputes, shownDisputeOf(d))
	}
	if p.Card.AVS != "" {
		s.AVSMatch = checkout.MatchAVS(p.Card.AVS)
	}
	for _, op := range p.Operations {
		s.Operations = append(s.Operations, shownOperation{
			Kind: string(op.Kind), RequestID: op.RequestID, Status: string(op.Status), Amount: moneyDataOf(op.Amount),
			ResultCode: op.ResultCode, CreatedAt: op.CreatedAt,
		})
	}
	return s
}
