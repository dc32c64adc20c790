package checkout

import (
	"cmp"
	"slices"
	"strings"
)

// CardOffer is what a buyer may choose for a card beside the method itself.
type CardOffer struct {
	Brands   []string          // Antom's codes of card companies to go to directly; see OfferFor
	Accepted []string          // brands of which Antom takes cards; none: it does not say
	Plans    []InstallmentPlan // ways to have the bank collect in monthly parts
}

// InstallmentPlan splits a card payment: the buyer's bank collects it in monthly parts,
// and the merchant gets the whole amount as usual.
type InstallmentPlan struct {
	Parts    int
	Rate     string   // the interest in percent, as Antom writes it; "" where the bank decides it
	Limit    Limit    // of the whole amount, in the order's currency
	Brands   []string // whose cards can be split; an empty list means all
	Disabled bool     // Antom does not offer it now
}

const (
	leastParts = 2
	mostParts  = 36
	korea      = Currency("KRW")
)

// OfferFor is what an order may be paid with, of what Antom offers for cards.
//
// Brands are those of Korea's card companies, which take KRW alone and capture by
// themselves: under manual capture there are none, because a merchant who captures on
// shipping must not be paid before. The brands of the whole world are entered as cards
// and not chosen. A brand that Antom has refused for this order is left out.
//
// Plans are those whose limits the total meets. Antom captures split payments in USD by
// itself, so that manual capture excludes those, too.
//
// What the active attempt was begun with stays, so that the buyer may go on with it.
func OfferFor(o Order, offer CardOffer, manualCapture bool) CardOffer {
	fit := CardOffer{Accepted: offer.Accepted}
	if o.Total.Currency == korea && !manualCapture {
		fit.Brands = issuers(offer.Brands, refusedBrands(o))
	}
	if o.Total.Currency != "USD" || !manualCapture {
		fit.Plans = plansFor(o.Total, offer.Plans)
	}
	if p := o.Active(); p != nil && p.Status.InProgress() {
		fit.keep(p.Choice)
	}
	return fit
}

// issuers is the brands of a list that a buyer may choose, each once.
func issuers(listed, refused []string) []string {
	var brands []string
	for _, code := range listed {
		if IsIssuer(code) && !slices.Contains(refused, code) && !slices.Contains(brands, code) {
			brands = append(brands, code)
		}
	}
	return brands
}

// IsIssuer reports whether a code can be that of a Korean card company: Antom's code of
// a brand, and none of those that are in use in the whole world.
func IsIssuer(code string) bool {
	return code != "" && len(code) <= 32 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && !slices.Contains(networks, code)
}

// networks are the brands that banks of many countries issue.
var networks = strings.Fields("VISA MASTERCARD AMEX JCB DINERS DISCOVER CUP MAESTRO CARTES_BANCAIRES ELO HIPERCARD CARNET MIR TROY")

// codeBrandRefused is Antom's result code for a selectedCardBrand that it cannot take now.
const codeBrandRefused = "SELECTED_CARD_BRAND_NOT_AVAILABLE"

func refusedBrands(o Order) []string {
	var refused []string
	for _, p := range o.Payments {
		if p.ResultCode == codeBrandRefused && p.Choice.Brand != "" {
			refused = append(refused, p.Choice.Brand)
		}
	}
	return refused
}

// plansFor is the plans for an amount, the shortest first, each number of parts once.
func plansFor(total Money, listed []InstallmentPlan) []InstallmentPlan {
	var plans []InstallmentPlan
	for _, plan := range listed {
		if plan.Fits(total) && !slices.ContainsFunc(plans, plan.sameParts) {
			plans = append(plans, plan)
		}
	}
	slices.SortStableFunc(plans, func(a, b InstallmentPlan) int { return cmp.Compare(a.Parts, b.Parts) })
	return plans
}

// Fits reports whether an amount can be split by the plan.
func (plan InstallmentPlan) Fits(total Money) bool {
	return !plan.Disabled && plan.Parts >= leastParts && plan.Parts <= mostParts && plan.Limit.allows(total.Minor)
}

// EnabledFor is the plan as it holds for other amounts, where Antom has been asked about
// one: it is disabled only if that amount meets its limits, so that something else does
// disable it.
func (plan InstallmentPlan) EnabledFor(asked Money) InstallmentPlan {
	plan.Disabled = plan.Disabled && plan.Limit.allows(asked.Minor)
	return plan
}

func (l Limit) allows(minor int64) bool { return minor >= l.Min && (l.Max == 0 || minor <= l.Max) }

func (plan InstallmentPlan) sameParts(other InstallmentPlan) bool { return plan.Parts == other.Parts }

// takes reports whether cards of a brand can be split; "" is a card not known yet.
func (plan InstallmentPlan) takes(brand string) bool {
	return brand == "" || len(plan.Brands) == 0 || slices.Contains(plan.Brands, brand)
}

func (offer *CardOffer) keep(chosen CardChoice) {
	if chosen.Brand != "" && !slices.Contains(offer.Brands, chosen.Brand) {
		offer.Brands = append(offer.Brands, chosen.Brand)
	}
	plan := InstallmentPlan{Parts: chosen.Installments}
	if chosen.Installments != 0 && !slices.ContainsFunc(offer.Plans, plan.sameParts) {
		offer.Plans = append(offer.Plans, plan)
	}
}

// Refuses says which brand and plan of a buyer's choice are not offered: a message key
// by the field of the start. The offer of a method that is no card refuses both.
func (offer CardOffer) Refuses(chosen CardChoice) map[string]string {
	wrong := map[string]string{}
	if chosen.Brand != "" && !slices.Contains(offer.Brands, chosen.Brand) {
		wrong["card_brand"] = "error.card_brand"
	}
	offered := func(plan InstallmentPlan) bool { return plan.Parts == chosen.Installments && plan.takes(chosen.Brand) }
	if chosen.Installments != 0 && !slices.ContainsFunc(offer.Plans, offered) {
		wrong["installments"] = "error.installments"
	}
	return wrong
}

// Split is the parts of an amount: all are equal but the last, which takes the
// remainder.
func (m Money) Split(parts int) (each, last Money) {
	n := int64(parts)
	each = Money{Minor: m.Minor / n, Currency: m.Currency}
	last = Money{Minor: m.Minor - each.Minor*(n-1), Currency: m.Currency}
	return each, last
}

// PartsOf is the number of monthly parts that a card payment is collected in: what Antom
// reports, or what the buyer has chosen while it reports nothing. 0 is one payment.
func PartsOf(p Payment) int {
	parts := cmp.Or(p.Card.Installments, p.Choice.Installments)
	if parts < leastParts {
		return 0
	}
	return parts
}
