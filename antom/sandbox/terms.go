package sandbox

import (
	"slices"

	"antom-checkout/antom"
)

// Terms is what the merchant asked for, in a session or by pay.
type Terms struct {
	Method string `json:"method,omitempty"` // empty = the buyer chooses among Methods
	Money
	Methods       []string       `json:"methods,omitempty"`
	MethodID      string         `json:"method_id,omitempty"` // a card token
	OrderID       string         `json:"reference_order_id"`
	Description   string         `json:"order_description"`
	RedirectURL   string         `json:"redirect_url"`
	NotifyURL     string         `json:"notify_url,omitempty"`
	Terminal      string         `json:"terminal,omitempty"`
	Scene         string         `json:"product_scene,omitempty"`
	Settlement    string         `json:"settlement_currency,omitempty"`
	ManualCapture bool           `json:"manual_capture,omitempty"`
	ThreeDS       bool           `json:"three_ds,omitempty"`     // the merchant requires 3-D Secure
	Upgrade       bool           `json:"upgrade,omitempty"`      // 3-D Secure instead of a soft decline
	IssuerBrand   string         `json:"issuer_brand,omitempty"` // Korean issuer authentication
	Installments  int            `json:"installments,omitempty"` // monthly parts; 0 or 1 = one payment
	CollectPlan   bool           `json:"collect_plan,omitempty"` // Antom's form asks for them
	PlansListed   []int          `json:"plans_listed,omitempty"` // the only ones it offers
	Billing       *antom.Address `json:"billing_address,omitempty"`
	Brand         string         `json:"selected_brand,omitempty"` // of a card with several
	MPI           *antom.MPIData `json:"mpi,omitempty"`            // 3-D Secure done elsewhere
	CardDigest    string         `json:"card_digest,omitempty"`    // tells a number from others
	Tokenize      bool           `json:"tokenize,omitempty"`       // keep the card and return a token
	SavedCards    []string       `json:"saved_cards,omitempty"`    // tokens offered to the buyer
	Metadata      string         `json:"metadata,omitempty"`       // returned as it came
	Look          string         `json:"look,omitempty"`           // the SDK's parameter appearance, when the page opened it
	AsksConsent   bool           `json:"asks_consent,omitempty"`   // the SDK's form asks the buyer whether to keep it
}

// termsOfSession is what a session's merchant asked for.
func termsOfSession(req *antom.PaymentSessionRequest) Terms {
	terms := Terms{
		Money: moneyOf(req.PaymentAmount), RedirectURL: req.PaymentRedirectURL, NotifyURL: req.PaymentNotifyURL,
		Scene: req.ProductScene, Metadata: req.Metadata,
	}
	terms.addOrder(req.Order, req.Env, req.SettlementStrategy)
	terms.addMethod(req.PaymentMethod, req.PaymentFactor)
	if req.PaymentMethod != nil {
		terms.addTokenizing(req.PaymentMethod.Metadata)
	}
	terms.addPlan(req.CreditPayPlan)
	terms.CollectPlan = isTrue(req.EnableInstallmentCollection)
	if req.AvailablePaymentMethod != nil {
		terms.addTokenizing(req.AvailablePaymentMethod.Metadata)
		types := slices.Clone(req.AvailablePaymentMethod.Types)
		slices.SortStableFunc(types, func(a, b antom.AvailableType) int { return int(a.Order) - int(b.Order) })
		for _, t := range types {
			terms.Methods = append(terms.Methods, t.Type)
		}
		if meta := req.AvailablePaymentMethod.Metadata; meta != nil {
			terms.addThreeDS(meta)
		}
	}
	for _, saved := range req.SavedPaymentMethods {
		terms.SavedCards = append(terms.SavedCards, saved.ID)
	}
	return terms
}

// addTokenizing notes whether a session's card is to be kept: always, or if the buyer agrees.
func (t *Terms) addTokenizing(meta *antom.Metadata) {
	if meta != nil {
		t.Tokenize = t.Tokenize || isTrue(meta.Tokenize)
		t.AsksConsent = t.AsksConsent || meta.TokenizeMode == antom.AskForConsent
	}
}

func (t *Terms) addOrder(order *antom.Order, env *antom.Env, settlement *antom.SettlementStrategy) {
	if order != nil {
		t.OrderID, t.Description = order.ReferenceOrderID, order.Description
		if env == nil {
			env = order.Env
		}
	}
	if env != nil {
		t.Terminal = string(env.TerminalType)
	}
	if settlement != nil {
		t.Settlement = settlement.SettlementCurrency
	}
}

func (t *Terms) addMethod(m *antom.PaymentMethod, factor *antom.PaymentFactor) {
	t.ManualCapture = asksManualCapture(factor)
	if m == nil {
		return
	}
	t.Method, t.MethodID = m.Type, m.ID
	issuer := isTrue(m.RequireIssuerAuthentication)
	if meta := m.Metadata; meta != nil {
		t.addThreeDS(meta)
		t.Tokenize = isTrue(meta.Tokenize)
		t.Billing, t.MPI = meta.BillingAddress, meta.MPIData
		issuer = issuer || isTrue(meta.RequireIssuerAuthentication)
		if issuer {
			t.IssuerBrand = meta.SelectedCardBrand
		}
	}
	if meta := m.Metadata; meta != nil && !issuer {
		t.Brand = meta.SelectedCardBrand
	}
	if issuer && t.IssuerBrand == "" {
		t.IssuerBrand = anyIssuer
	}
}

func (t *Terms) addPlan(plan *antom.CreditPayPlan) {
	if plan != nil {
		t.Installments, t.PlansListed = int(plan.InstallmentNum), plan.FilteredPeriods
	}
}

func asksManualCapture(factor *antom.PaymentFactor) bool {
	return factor != nil && factor.CaptureMode == antom.CaptureManual
}

func (t *Terms) addThreeDS(meta *antom.Metadata) {
	t.ThreeDS, t.Upgrade = isTrue(meta.Is3DSAuthentication), isTrue(meta.EnableAuthenticationUpgrade)
}

func isTrue(b *antom.Bool) bool { return b != nil && bool(*b) }

// same says whether a repeated request is consistent: Antom compares the amount,
// the method and the card.
func (t Terms) same(other Terms) bool {
	return t.Money == other.Money && t.Method == other.Method && t.MethodID == other.MethodID && t.CardDigest == other.CardDigest
}
