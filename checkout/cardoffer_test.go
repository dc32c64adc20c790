package checkout

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func plans(parts ...int) []InstallmentPlan {
	var list []InstallmentPlan
	for _, n := range parts {
		list = append(list, InstallmentPlan{Parts: n})
	}
	return list
}

func partsOf(offer CardOffer) []int {
	var parts []int
	for _, plan := range offer.Plans {
		parts = append(parts, plan.Parts)
	}
	return parts
}

func orderOf(minor int64, currency Currency, payments ...Payment) Order {
	return Order{Total: Money{Minor: minor, Currency: currency}, Payments: payments}
}

func TestKoreanIssuersAreOfferedForKRWAlone(t *testing.T) {
	listed := CardOffer{Brands: []string{"SAMSUNG", "VISA", "NEW_BANK", "SAMSUNG", "MASTERCARD", "samsung", `"><b>`, ""}}
	refused := Payment{ResultCode: "SELECTED_CARD_BRAND_NOT_AVAILABLE", Status: PaymentFailed, Choice: CardChoice{Brand: "SAMSUNG"}}
	other := Payment{ResultCode: "CARD_NOT_SUPPORTED", Status: PaymentFailed, Choice: CardChoice{Brand: "SAMSUNG"}}
	going := Payment{Active: true, Status: PaymentProcessing, Choice: CardChoice{Brand: "LOTTE", Installments: 5}}
	for name, row := range map[string]struct {
		order  Order
		manual bool
		want   []string
	}{
		"won":                              {orderOf(30000, "KRW"), false, []string{"SAMSUNG", "NEW_BANK"}},
		"won that the merchant captures":   {orderOf(30000, "KRW"), true, nil},
		"dollars":                          {orderOf(3000, "USD"), false, nil},
		"after a refusal of the brand":     {orderOf(30000, "KRW", refused), false, []string{"NEW_BANK"}},
		"after another refusal":            {orderOf(30000, "KRW", other), false, []string{"SAMSUNG", "NEW_BANK"}},
		"with an attempt of another brand": {orderOf(30000, "KRW", going), false, []string{"SAMSUNG", "NEW_BANK", "LOTTE"}},
	} {
		if got := OfferFor(row.order, listed, row.manual).Brands; !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestPlansAreOfferedWhereTheyFitTheTotal(t *testing.T) {
	listed := CardOffer{Plans: append(plans(12, 6, 1, 0, -3, 37),
		InstallmentPlan{Parts: 3, Limit: Limit{Min: 100_00, Max: 500_00}},
		InstallmentPlan{Parts: 36, Limit: Limit{Min: 500_00}},
		InstallmentPlan{Parts: 6, Rate: "9"},
		InstallmentPlan{Parts: 9, Disabled: true})}
	going := Payment{Active: true, Status: PaymentProcessing, Choice: CardChoice{Installments: 24}}
	over := Payment{Active: true, Status: PaymentPaid, Choice: CardChoice{Installments: 24}}
	for name, row := range map[string]struct {
		order  Order
		manual bool
		want   []int
	}{
		"below the limit":       {orderOf(99_99, "BRL"), false, []int{6, 12}},
		"at the lower limit":    {orderOf(100_00, "BRL"), false, []int{3, 6, 12}},
		"at the upper limit":    {orderOf(500_00, "BRL"), true, []int{3, 6, 12, 36}},
		"above it":              {orderOf(500_01, "BRL"), false, []int{6, 12, 36}},
		"dollars":               {orderOf(99_99, "USD"), false, []int{6, 12}},
		"dollars by hand":       {orderOf(99_99, "USD"), true, nil},
		"with an attempt":       {orderOf(99_99, "BRL", going), false, []int{6, 12, 24}},
		"after a paid attempt":  {orderOf(99_99, "BRL", over), false, []int{6, 12}},
		"an attempt in dollars": {orderOf(99_99, "USD", going), true, []int{24}},
	} {
		if got := partsOf(OfferFor(row.order, listed, row.manual)); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}

// Consult answers about one amount, and its answer serves orders of other amounts.
func TestAPlanThatIsTooDearForOneOrderStaysForAnother(t *testing.T) {
	asked := Money{Minor: 50_00, Currency: "BRL"}
	tooDear := InstallmentPlan{Parts: 3, Disabled: true, Limit: Limit{Min: 100_00}}.EnabledFor(asked)
	off := InstallmentPlan{Parts: 4, Disabled: true, Limit: Limit{Min: 10_00}}.EnabledFor(asked)
	if tooDear.Fits(asked) || !tooDear.Fits(Money{Minor: 100_00, Currency: "BRL"}) {
		t.Error("a plan is bound to the amount that consult was called with")
	}
	if off.Fits(Money{Minor: 100_00, Currency: "BRL"}) {
		t.Error("a plan that Antom does not offer is offered")
	}
}

func TestAChoiceThatIsNotOfferedIsRefusedAtItsField(t *testing.T) {
	offer := CardOffer{Brands: []string{"SAMSUNG", "LOTTE"}, Plans: []InstallmentPlan{{Parts: 3}, {Parts: 6, Brands: []string{"LOTTE", "VISA"}}}}
	brand, parts := map[string]string{"card_brand": "error.card_brand"}, map[string]string{"installments": "error.installments"}
	both := map[string]string{"card_brand": "error.card_brand", "installments": "error.installments"}
	none := map[string]string{}
	for _, row := range []struct {
		offer  CardOffer
		choice CardChoice
		want   map[string]string
	}{
		{offer, CardChoice{}, none},
		{offer, CardChoice{Brand: "SAMSUNG", Installments: 3}, none},
		{offer, CardChoice{Brand: "LOTTE", Installments: 6}, none},
		{offer, CardChoice{Installments: 6}, none}, // the card is not known yet
		{offer, CardChoice{Brand: "SAMSUNG", Installments: 6}, parts},
		{offer, CardChoice{Brand: "WOORI"}, brand},
		{offer, CardChoice{Brand: "samsung"}, brand},
		{offer, CardChoice{Installments: 2}, parts},
		{offer, CardChoice{Installments: 1}, parts},
		{offer, CardChoice{Installments: -1}, parts},
		{CardOffer{}, CardChoice{Brand: "SAMSUNG", Installments: 3}, both},
		{CardOffer{}, CardChoice{Saved: "C-1", Save: true}, none},
	} {
		if diff := cmp.Diff(row.want, row.offer.Refuses(row.choice)); diff != "" {
			t.Errorf("%+v: %s", row.choice, diff)
		}
	}
}

func TestTheLastPartTakesTheRemainder(t *testing.T) {
	for _, row := range []struct {
		total      Money
		parts      int
		each, last int64
	}{
		{Money{100_00, "BRL"}, 3, 33_33, 33_34},
		{Money{60_000, "KRW"}, 3, 20_000, 20_000},
		{Money{50_001, "KRW"}, 2, 25_000, 25_001},
		{Money{10_000, "KWD"}, 7, 1_428, 1_432},
		{Money{5, "JPY"}, 12, 0, 5},
	} {
		each, last := row.total.Split(row.parts)
		if each.Minor != row.each || last.Minor != row.last || each.Times(row.parts-1).Plus(last) != row.total {
			t.Errorf("%v in %d: %v and %v", row.total, row.parts, each, last)
		}
	}
}

func TestThePartsOfAPayment(t *testing.T) {
	for _, row := range []struct{ reported, chosen, want int }{{0, 0, 0}, {0, 3, 3}, {6, 3, 6}, {1, 3, 0}, {1, 0, 0}} {
		p := Payment{Card: Card{Installments: row.reported}, Choice: CardChoice{Installments: row.chosen}}
		if got := PartsOf(p); got != row.want {
			t.Errorf("reported %d, chosen %d: %d, want %d", row.reported, row.chosen, got, row.want)
		}
	}
}

func TestIssuersHaveNames(t *testing.T) {
	if KoreanName("SAMSUNG") != "삼성카드" || KoreanName("NEW_BANK") != "" {
		t.Errorf("SAMSUNG is %q, an unknown brand %q", KoreanName("SAMSUNG"), KoreanName("NEW_BANK"))
	}
	for code := range koreanNames {
		if !IsIssuer(code) {
			t.Errorf("%s is no issuer", code)
		}
	}
}
