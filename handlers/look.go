package handlers

import "antom-checkout/static"

// looks are how Antom's SDK is to look in the light theme and in the dark one: the page
// knows which of them the buyer sees. The names within are Antom's.
type looks struct {
	Light any `json:"light"`
	Dark  any `json:"dark"`
}

// cashierLook is the parameter appearance of AMSCashierPayment.
type cashierLook struct {
	ShowLoading      bool   `json:"showLoading"`
	ShowSubmitButton bool   `json:"showSubmitButton"`
	ThemeType        string `json:"themeType"`
	AccentColor      string `json:"accentColor"`
}

// elementLook is that of AMSElement. Antom documents no colour of it.
type elementLook struct {
	Theme  string        `json:"theme"`
	Layout elementLayout `json:"layout"`
}

type elementLayout struct {
	Type string `json:"type"`
}

// Antom's names of the themes.
const (
	lightTheme = "default"
	darkTheme  = "night"
)

// looks is how the SDK is to look for an attempt, in the merchant's colour. Only a card
// form inside the page leaves the button to the shop: a popup covers the shop's.
func (c Config) looks(ui SDKUI) *looks {
	if ui == Element {
		layout := elementLayout{Type: "Accordion"}
		return &looks{elementLook{lightTheme, layout}, elementLook{darkTheme, layout}}
	}
	accent := c.Accent
	if accent == nil {
		accent = static.DefaultAccent()
	}
	look := func(theme, colour string) cashierLook {
		return cashierLook{
			ShowLoading: !c.SDK.HideLoading, ShowSubmitButton: ui != Inline || !c.SDK.ShopSubmits,
			ThemeType: theme, AccentColor: colour,
		}
	}
	return &looks{look(lightTheme, accent.Light.Ground), look(darkTheme, accent.Dark.Ground)}
}
