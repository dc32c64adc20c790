package views

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"antom-checkout/checkout"
)

// CardOffer is what the buyer may choose for a card beside the method: two lists of
// which each begins with the usual way. The zero CardOffer shows nothing.
type CardOffer struct {
	Companies   Choice // of Korea
	Instalments Choice
	Total       string // what the instalments add up to
	Brands      string // names of the brands whose cards can be split, or ""
}

// NewBrands is the brands of a co-badged card. The first one is preselected unless the buyer
// has chosen; the law allows that, as long as the choice is the buyer's.
func NewBrands(codes []string, chosen, wrong string) Choice {
	brands := Choice{Value: chosen, Wrong: wrong}
	for _, code := range codes {
		brands.Options = append(brands.Options, Option{Value: code, Text: checkout.BrandName(code)})
	}
	if len(codes) > 0 && !slices.Contains(codes, chosen) {
		brands.Value = codes[0]
	}
	return brands
}

// Choice is a list to choose one of. A list without options is not shown.
type Choice struct {
	Options []Option
	Value   string // the option that is chosen; "" is the usual way
	Wrong   string // a message key, or ""
}

// mostBrands is how many names of brands are listed: more of them help no buyer.
const mostBrands = 6

// NewCardOffer is the offer for an order of a total. chosen is preselected.
func NewCardOffer(ctx context.Context, total checkout.Money, offer checkout.CardOffer, chosen checkout.CardChoice) CardOffer {
	v := CardOffer{
		Companies:   Choice{Value: chosen.Brand},
		Instalments: Choice{Value: strconv.Itoa(chosen.Installments)},
		Total:       NewAmount(ctx, total).Text,
	}
	for _, code := range offer.Brands {
		v.Companies.Options = append(v.Companies.Options, Option{Value: code, Text: companyName(ctx, code)})
	}
	for _, plan := range offer.Plans {
		v.Instalments.Options = append(v.Instalments.Options, Option{
			Value: strconv.Itoa(plan.Parts), Text: parts(ctx, total, plan.Parts) + " · " + interest(ctx, plan.Rate),
		})
	}
	v.Brands = sharedBrands(offer.Plans)
	return v
}

// companyName is a card company's name in Korean for readers of Korean, and in both
// languages for others.
func companyName(ctx context.Context, code string) string {
	name, korean := checkout.BrandName(code), checkout.KoreanName(code)
	if Language(ctx) == language.Korean || korean == "" {
		return cmp.Or(korean, name)
	}
	return name + " · " + korean
}

// parts says how an amount is split: "3 × SGD 33.33, the last SGD 33.34".
func parts(ctx context.Context, total checkout.Money, n int) string {
	each, last := total.Split(n)
	if each == last {
		return Text(ctx, "order.quantity", n, NewAmount(ctx, each).Text)
	}
	return Text(ctx, "plan.last", n, NewAmount(ctx, each).Text, NewAmount(ctx, last).Text)
}

// interest says what a plan costs the buyer. A rate that is no number is not known.
func interest(ctx context.Context, rate string) string {
	number, err := strconv.ParseFloat(rate, 64)
	switch {
	case err != nil || number < 0 || number > 1000:
		return Text(ctx, "plan.bank")
	case number == 0:
		return Text(ctx, "plan.free")
	}
	return Text(ctx, "plan.rate", checkout.FormatNumber(Language(ctx), number))
}

// sharedBrands names the brands of all plans, where they are the same few for each.
func sharedBrands(plans []checkout.InstallmentPlan) string {
	if len(plans) == 0 || len(plans[0].Brands) > mostBrands {
		return ""
	}
	var names []string
	for _, code := range plans[0].Brands {
		names = append(names, checkout.BrandName(code))
	}
	for _, plan := range plans {
		if !slices.Equal(plan.Brands, plans[0].Brands) {
			return ""
		}
	}
	return strings.Join(names, ", ")
}

// choiceProblems lists what is wrong with a choice that was posted.
func choiceProblems(v CheckoutView) []problem {
	var list []problem
	for _, name := range []string{"card_brand", "installments"} {
		if message := v.Wrong[name]; message != "" {
			list = append(list, problem{field: shownField(v, name), message: message})
		}
	}
	if len(list) == 0 {
		list = []problem{{field: "methods", message: v.Error}}
	}
	return list
}

// KeepChoice has the page show what was posted, as far as it is offered.
func (v CheckoutView) KeepChoice(method string, chosen checkout.CardChoice) {
	kept := slices.IndexFunc(v.Methods, func(m Method) bool { return m.Code == method })
	if kept < 0 {
		return
	}
	if v.Saving != nil {
		v.Saving.Ticked = chosen.Save
	}
	for i := range v.Methods {
		v.Methods[i].Checked = i == kept
		offer := &v.Methods[i].Offer
		offer.Companies.Value, offer.Instalments.Value = chosen.Brand, strconv.Itoa(chosen.Installments)
	}
}

// MarkWrong has the lists say what is wrong with the choice that was posted.
func (v CheckoutView) MarkWrong() {
	for i := range v.Methods {
		offer := &v.Methods[i].Offer
		offer.Companies.Wrong, offer.Instalments.Wrong = v.Wrong["card_brand"], v.Wrong["installments"]
	}
}

// shownField is the field, or the list of methods where the page does not show it.
func shownField(v CheckoutView, name string) string {
	for _, m := range v.Methods {
		if name == "card_brand" && len(m.Offer.Companies.Options) > 0 || name == "installments" && len(m.Offer.Instalments.Options) > 0 {
			return name
		}
	}
	return "methods"
}

// describedBy is the id of the text below a list: what is wrong goes before the hint.
func (c Choice) describedBy(name string) string {
	if c.Wrong != "" {
		return name + "-problem"
	}
	return name + "-hint"
}
