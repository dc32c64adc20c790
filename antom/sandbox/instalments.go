package sandbox

import (
	"slices"
	"strconv"

	"antom-checkout/antom"
)

// splitting is how the cards of a country can be paid in monthly parts. Antom's documents
// name the countries, and for some of them the brands, and the numbers of parts of Korea;
// what they leave open is filled in.
type splitting struct {
	Currency         string
	Parts            []int
	Free             int    // up to so many parts without interest
	Rate             string // of more parts; "" = the bank decides
	Minimum, Maximum int64  // of the whole amount
	Brands           []string
	AutomaticOnly    bool // not with manual capture
}

var splittings = []splitting{
	{Currency: "BRL", Parts: upTo(12), Free: 12, Minimum: 10_00, Maximum: 100_000_00, Brands: []string{"VISA", "MASTERCARD", "AMEX", "ELO", "HIPERCARD"}},
	{Currency: "MXN", Parts: []int{3, 6, 9, 12, 18}, Free: 6, Minimum: 300_00, Maximum: 500_000_00, Brands: []string{"VISA", "MASTERCARD", "AMEX", "CARNET"}},
	{Currency: "CLP", Parts: []int{3, 6, 12}, Minimum: 5_000, Maximum: 10_000_000, Brands: []string{"VISA", "MASTERCARD"}},
	{Currency: "PEN", Parts: []int{2, 3, 6, 12}, Rate: "2.5", Minimum: 50_00, Maximum: 20_000_00, Brands: []string{"VISA", "MASTERCARD"}},
	{Currency: "USD", Parts: []int{3, 6, 12}, Minimum: 50_00, Maximum: 10_000_00, Brands: []string{"VISA", "MASTERCARD", "DISCOVER"}, AutomaticOnly: true},
	{Currency: "JPY", Parts: []int{2, 3, 5, 6, 10, 12}, Minimum: 3_000, Maximum: 1_000_000, Brands: []string{"VISA", "MASTERCARD", "AMEX", "JCB"}},
	{Currency: "KRW", Parts: upTo(12), Free: 3, Minimum: 50_000, Maximum: 10_000_000, Brands: koreanIssuers},
}

// upTo are the numbers of parts from 2.
func upTo(most int) (parts []int) {
	for n := 2; n <= most; n++ {
		parts = append(parts, n)
	}
	return parts
}

func splittingIn(currency string) *splitting {
	i := slices.IndexFunc(splittings, func(s splitting) bool { return s.Currency == currency })
	if i < 0 {
		return nil
	}
	return &splittings[i]
}

func (s *splitting) rate(parts int) string {
	if parts <= s.Free {
		return "0"
	}
	return s.Rate
}

func (s *splitting) takes(amount int64) bool { return amount >= s.Minimum && amount <= s.Maximum }

// installment is what consult says about an amount, nil where nothing can be split.
func installment(money Money, manualCapture bool) *antom.Installment {
	s := splittingIn(money.Currency)
	if s == nil || s.AutomaticOnly && manualCapture {
		return nil
	}
	offer := &antom.Installment{}
	for _, brand := range s.Brands {
		offer.SupportCardBrands = append(offer.SupportCardBrands, antom.CardBrand{CardBrand: brand})
	}
	for _, parts := range s.Parts {
		offer.Plans = append(offer.Plans, antom.InstallmentPlan{
			InstallmentNum: strconv.Itoa(parts), Interval: antom.Monthly, InterestRate: s.rate(parts), Enabled: antom.Bool(s.takes(money.Amount)),
			MinInstallmentAmount: limitOf(s.Currency, s.Minimum), MaxInstallmentAmount: limitOf(s.Currency, s.Maximum),
		})
	}
	return offer
}

// checkPlan checks the instalments that a merchant asks for. One part is none.
func checkPlan(plan *antom.CreditPayPlan, terms Terms) *Refusal {
	if plan == nil {
		return nil
	}
	switch fee := plan.FeePercentage; {
	case terms.Method != "CARD" && terms.Method != "":
		return refuse("PARAM_ILLEGAL", "creditPayPlan is for CARD")
	case plan.Interval != "" && plan.Interval != antom.Monthly:
		return refuse("PARAM_ILLEGAL", "creditPayPlan.interval is %q, not MONTH", clip(plan.Interval, 64))
	case plan.CreditPayFeeType != "" && plan.CreditPayFeeType != "PERCENTAGE", fee < 0, fee > 100:
		return refuse("PARAM_ILLEGAL", "the fee of creditPayPlan is no percentage")
	case plan.InstallmentNum == 0 || plan.InstallmentNum == 1:
		return nil
	}
	return terms.checkParts(int(plan.InstallmentNum))
}

// checkParts checks a number of parts, which a merchant or a buyer has chosen.
func (t Terms) checkParts(parts int) *Refusal {
	s := splittingIn(t.Currency)
	switch {
	case s == nil || !slices.Contains(s.Parts, parts):
		return refuse("PARAM_ILLEGAL", "no plan has %d instalments in %s", parts, t.Currency)
	case !s.takes(t.Amount):
		return refuse("PARAM_ILLEGAL", "instalments in %s take %d to %d", t.Currency, s.Minimum, s.Maximum)
	case s.AutomaticOnly && t.ManualCapture:
		return refuse("PARAM_ILLEGAL", "instalments in %s take automatic capture only", t.Currency)
	}
	return nil
}

// partsOffered are the plans that Antom's own form offers, where the merchant leaves the
// question to it. Those that the merchant has listed exclude the others.
func (t Terms) partsOffered() (parts []int) {
	s := splittingIn(t.Currency)
	if s == nil || !t.CollectPlan || t.Installments > 1 {
		return nil
	}
	for _, n := range s.Parts {
		if t.checkParts(n) == nil && (len(t.PlansListed) == 0 || slices.Contains(t.PlansListed, n)) {
			parts = append(parts, n)
		}
	}
	return parts
}

// splits reports whether a card can be paid in the parts that are asked for.
func (t Terms) splits(brand string) bool {
	s := splittingIn(t.Currency)
	return t.Installments < 2 || s != nil && slices.Contains(s.Brands, brand)
}

// reportPlan returns the plan with the card, as Antom does.
func (p *Payment) reportPlan() {
	parts := p.Terms.Installments
	if p.Card == nil || parts < 2 {
		return
	}
	plan := &antom.CreditPayPlan{InstallmentNum: antom.Int(parts), Interval: antom.Monthly}
	if s := splittingIn(p.Currency); s != nil {
		plan.InterestRate = s.rate(parts)
	}
	p.Card.CreditPayPlan = plan
}
