package checkout

import "slices"

// CardFacts is what Antom knows of a card by the first digits of its number, before it is
// paid with. Any part may be empty: then it is not known.
type CardFacts struct {
	Brands  []string // Antom's codes, the first one first; a co-badged card has more than one
	Country string   // of the bank that issued it, ISO 3166 alpha-2
}

// CardPrefixLength is how many digits of a number Antom is told to know its facts: those
// of the bank. The others stay here until the buyer pays.
const CardPrefixLength = 8

// CardPrefix is a text as the first digits of a card's number, or "" if it is other than
// those: more digits are a number, which belongs into a start only.
func CardPrefix(text string) string {
	digits := withoutGaps(text)
	if len(digits) != CardPrefixLength || !onlyDigits([]byte(digits)) {
		return ""
	}
	return digits
}

// economicArea is the European Economic Area by Antom's country codes.
var economicArea = set("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK ES")

// BuyerChooses reports whether the buyer has to be able to choose among the brands of a
// card: the law of the European Economic Area says so (EU 2015/751, article 8). Elsewhere
// Antom chooses what its bank approves more often. Where the bank's country is not known,
// the law may hold.
func (f CardFacts) BuyerChooses() bool { return f.Country == "" || economicArea[f.Country] }

// Choosable is the brands of a co-badged card that an order may be paid with, or nil where
// there is nothing to choose. accepted is what Antom takes of the merchant's cards, or nil
// where that is not known. A brand that Antom has refused for this order is left out. So
// are the codes of Korean issuers in KRW, which are chosen before there is a card.
func (f CardFacts) Choosable(o Order, accepted []string) []string {
	var brands []string
	for _, code := range f.Brands {
		taken := len(accepted) == 0 || slices.Contains(accepted, code)
		issuer := o.Total.Currency == korea && IsIssuer(code)
		if taken && !issuer && !slices.Contains(refusedBrands(o), code) && !slices.Contains(brands, code) {
			brands = append(brands, code)
		}
	}
	if len(brands) < 2 {
		return nil
	}
	return brands
}

// MayChoose is the brands that a start with an entered card may name. Where Antom's answer
// about the card did not come this time, it decides about a brand of the world by itself.
func (f CardFacts) MayChoose(o Order, accepted []string, chosen string) []string {
	if len(f.Brands) == 0 && slices.Contains(networks, chosen) {
		return []string{chosen}
	}
	return f.Choosable(o, accepted)
}

// CardRegion is Antom's paymentMethodRegion of a card that its own country processes, and
// that asks for more than others do; "" is a card of the whole world.
type CardRegion string

// The regions. Cards of the last three ask for the buyer's email address alone.
const (
	RegionKorea  CardRegion = "KR"
	RegionBrazil CardRegion = "BR"
	RegionChile  CardRegion = "CL"
	RegionMexico CardRegion = "MX"
	RegionPeru   CardRegion = "PE"
)

// Region is that of a card for an order of a currency. Korea's cards are local in KRW only.
func (f CardFacts) Region(currency Currency) CardRegion {
	switch region := CardRegion(f.Country); region {
	case RegionKorea:
		if currency == korea {
			return region
		}
	case RegionBrazil, RegionChile, RegionMexico, RegionPeru:
		return region
	}
	return ""
}

// MayBeLocal is the region whose cards an order of a currency is likely paid with, and
// that ask the buyer for something: what the form shows before a card is known.
func MayBeLocal(currency Currency) CardRegion {
	switch currency {
	case korea:
		return RegionKorea
	case "BRL":
		return RegionBrazil
	}
	return ""
}

// Asks are the names of the fields of an entered card that depend on its region.
func (r CardRegion) Asks() []string {
	switch r {
	case RegionKorea:
		return []string{FieldCardIdentity, FieldCardPassword}
	case RegionBrazil:
		return []string{FieldCardCVC, FieldCardCPF}
	}
	return []string{FieldCardCVC}
}
