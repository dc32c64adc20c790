package handlers

import (
	"slices"
	"sync"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// countryLists holds the countries by language, each list built on first use.
var countryLists sync.Map // language.Tag → []views.Option

// countries lists the world as the page's language names and sorts it.
func countries(c echo.Context) []views.Option {
	tag := views.Language(c.Request().Context())
	if list, cached := countryLists.Load(tag); cached {
		return list.([]views.Option)
	}
	list := namedCountries(tag)
	countryLists.Store(tag, list)
	return list
}

func namedCountries(tag language.Tag) []views.Option {
	names := display.Regions(tag)
	var list []views.Option
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if !checkout.IsCountry(code) {
				continue
			}
			if name := names.Name(language.MustParseRegion(code)); name != "" {
				list = append(list, views.Option{Value: code, Text: name})
			}
		}
	}
	order := collate.New(tag)
	slices.SortFunc(list, func(a, b views.Option) int { return order.CompareString(a.Text, b.Text) })
	return list
}
