package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/payments"
	"antom-checkout/db"
)

// person is whose data an operator means: those of one order, or of all orders that were
// placed with an address.
type person struct {
	order, email string
	asJSON       bool
}

// personalActions are what an operator may do about a buyer's data.
var personalActions = map[string]func(context.Context, *Program, []checkout.Order, *line, person) error{
	"export": exportData,
	"erase":  eraseData,
}

// personally finds a person's orders, beside a running server or without one, and does
// something about them.
func personally(ctx context.Context, l *line, s Settings, do func(context.Context, *Program, []checkout.Order, *line, person) error, who person) error {
	if (who.order == "") == (who.email == "") {
		return usageError{errors.New("admin: either --order or --email is needed")}
	}
	return l.beside(ctx, s, func(p *Program) error {
		orders, err := p.ordersOf(ctx, who)
		if err != nil {
			return err
		}
		return do(ctx, p, orders, l, who)
	})
}

func (p *Program) ordersOf(ctx context.Context, who person) ([]checkout.Order, error) {
	if who.order != "" {
		o, err := p.findOrder(ctx, who.order)
		return []checkout.Order{o}, err
	}
	orders, err := personalOf(p, p.Services.Payments).OrdersOf(ctx, who.email)
	if err == nil && len(orders) == 0 {
		err = fmt.Errorf("no order was placed with %q", who.email)
	}
	return orders, err
}

// eraseData erases the buyer's data of each order, or says why they are still needed.
func eraseData(ctx context.Context, p *Program, orders []checkout.Order, l *line, who person) error {
	var problems []error
	for _, o := range orders {
		after, err := personalOf(p, p.Services.Payments).Erase(ctx, o.ID)
		if err != nil {
			problems = append(problems, refusal(adminCommand{action: "erase", order: o}, err))
			continue
		}
		if who.asJSON {
			err = json.NewEncoder(l.stdout).Encode(map[string]any{"action": "erase", "order": after.ID, "erased_at": after.ErasedAt})
		} else {
			_, err = fmt.Fprintf(l.stdout, "The buyer's data of order %s are erased.\n", after.Number)
		}
		problems = append(problems, err)
	}
	return errors.Join(append(problems, p.Services.Payments.ForgetOld(ctx))...)
}

// orderData is what is stored about the buyer of an order.
type orderData struct {
	Order     string            `json:"order"`
	Number    string            `json:"number"`
	Status    string            `json:"status"`
	Total     moneyData         `json:"total"`
	CreatedAt time.Time         `json:"created_at"`
	ErasedAt  time.Time         `json:"erased_at,omitzero"`
	Language  string            `json:"language"`
	Buyer     map[string]string `json:"buyer"`
	Lines     []lineData        `json:"lines"`
	Payments  []paymentData     `json:"payments"`
	Emails    []checkout.Effect `json:"emails"` // that were sent, or are to be sent
}

type moneyData struct {
	Amount   int64             `json:"amount"` // minor units
	Currency checkout.Currency `json:"currency"`
}

type lineData struct {
	SKU      string    `json:"sku"`
	Name     string    `json:"name"`
	Quantity int       `json:"quantity"`
	Unit     moneyData `json:"unit_amount"`
}

type paymentData struct {
	RequestID string          `json:"payment_request_id"`
	AntomID   string          `json:"antom_payment_id"`
	Method    string          `json:"method"`
	Status    string          `json:"status"`
	Amount    moneyData       `json:"amount"`
	Refunded  moneyData       `json:"refunded"`
	Terminal  string          `json:"terminal"`
	Card      checkout.Card   `json:"card,omitzero"`
	CreatedAt time.Time       `json:"created_at"`
	Request   json.RawMessage `json:"request,omitempty"` // as it was sent to Antom, while the payment has no result; without what charges a card
}

// exportData prints what is stored about a person.
func exportData(ctx context.Context, p *Program, orders []checkout.Order, l *line, _ person) error {
	text, err := personalOf(p, p.Services.Payments).Export(ctx, orders)
	if err == nil {
		_, err = l.stdout.Write(text)
	}
	return err
}

// personalData is what is kept about buyers, for the command line and the dashboard.
type personalData struct {
	store     *db.Store
	payments  *payments.Service
	retention checkout.Retention
}

func personalOf(p *Program, service *payments.Service) personalData {
	return personalData{p.Store, service, p.Settings.Payments.Retention}
}

// OrdersOf implements desk.Personal.
func (d personalData) OrdersOf(ctx context.Context, email string) (orders []checkout.Order, err error) {
	ids, err := d.store.OrdersOf(ctx, email)
	for _, id := range ids {
		o, loadErr := d.store.OrderByID(ctx, id)
		orders, err = append(orders, o), errors.Join(err, loadErr)
	}
	return orders, err
}

// Erase implements desk.Personal.
func (d personalData) Erase(ctx context.Context, orderID string) (checkout.Order, error) {
	return d.payments.Erase(ctx, orderID, checkout.Cause{Kind: checkout.ByAdmin})
}

// ForgetOld implements desk.Personal.
func (d personalData) ForgetOld(ctx context.Context) error { return d.payments.ForgetOld(ctx) }

// Retention implements desk.Personal.
func (d personalData) Retention() time.Duration { return time.Duration(d.retention) }

// Export implements desk.Personal.
func (d personalData) Export(ctx context.Context, orders []checkout.Order) ([]byte, error) {
	all := []orderData{}
	for _, o := range orders {
		told, err := d.store.EffectsOf(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		data, err := dataOf(o, told)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	cards, err := d.savedCardsOf(ctx, orders)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(map[string]any{"orders": all, "saved_cards": cards}, "", "  ")
	return append(text, '\n'), err
}

// savedCardData is a card that a buyer has saved, without its token.
type savedCardData struct {
	ID        string           `json:"card"`
	Brand     string           `json:"brand"`
	Last4     string           `json:"last4"`
	Expiry    string           `json:"expiry"`
	Consent   checkout.Consent `json:"consent"`
	AgreedBy  string           `json:"agreed_by"` // the payment with which they agreed
	AgreedAt  time.Time        `json:"agreed_at"`
	Refused   string           `json:"refused,omitempty"`
	SavedAt   time.Time        `json:"saved_at"`
	UsedAt    time.Time        `json:"used_at"`
	RemovedAt time.Time        `json:"removed_at,omitzero"`
}

// savedCardsOf lists the saved cards of the buyers of orders, each once.
func (d personalData) savedCardsOf(ctx context.Context, orders []checkout.Order) ([]savedCardData, error) {
	all, seen := []savedCardData{}, map[string]bool{"": true}
	for _, o := range orders {
		if seen[o.BuyerReference] {
			continue
		}
		seen[o.BuyerReference] = true
		cards, err := d.store.SavedCards(ctx, o.BuyerReference)
		if err != nil {
			return nil, err
		}
		for _, c := range cards {
			all = append(all, savedCardData{c.ID, c.Brand, c.Last4, c.Expiry, c.Consent, c.AgreedBy, c.AgreedAt, c.Refused, c.SavedAt, c.UsedAt, c.RemovedAt})
		}
	}
	return all, nil
}

func dataOf(o checkout.Order, told []checkout.Effect) (e orderData, err error) {
	e = orderData{
		Order: o.ID, Number: o.Number, Status: string(o.Status), Total: moneyDataOf(o.Total), CreatedAt: o.CreatedAt, ErasedAt: o.ErasedAt,
		Language: o.Language, Buyer: o.Buyer.Values(), Lines: []lineData{}, Payments: []paymentData{}, Emails: []checkout.Effect{},
	}
	for _, line := range o.Lines {
		e.Lines = append(e.Lines, lineData{line.SKU, line.Name, line.Quantity, moneyDataOf(line.Unit)})
	}
	for _, p := range o.Payments {
		data := paymentData{
			RequestID: p.RequestID, AntomID: p.AntomID, Method: p.Method, Status: string(p.Status), Amount: moneyDataOf(p.EffectiveAmount()),
			Refunded: moneyDataOf(p.Refunded()), Terminal: string(p.Terminal), CreatedAt: p.CreatedAt,
			Card: p.Card,
		}
		if p.Repeatable() {
			if data.Request, err = gateway.WithoutCredentials(p.Body); err != nil {
				return e, fmt.Errorf("stored request of %s: %w", p.RequestID, err)
			}
		}
		e.Payments = append(e.Payments, data)
	}
	for _, effect := range told {
		if effect.IsEmail() {
			e.Emails = append(e.Emails, effect)
		}
	}
	return e, nil
}

func moneyDataOf(m checkout.Money) moneyData { return moneyData{m.Minor, m.Currency} }
