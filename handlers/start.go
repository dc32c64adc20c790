package handlers

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// start is the buyer's choice as it was posted, by a page or by a native app.
type start struct {
	Method         string `json:"method"`
	SaveCard       flag   `json:"save_card"`
	Card           string `json:"card"`            // id of a saved card
	CardBrand      string `json:"card_brand"`      // a Korean issuer, or one brand of a co-badged card
	Installments   count  `json:"installments"`    // monthly parts
	RefusedSession string `json:"refused_session"` // a payment_request_id: Antom's SDK could not use its session
	Terminal       string `json:"terminal"`        // this and the following are an app's
	OS             string `json:"os"`
	ReturnURL      string `json:"return_url"`
	deviceFields
}

func (posted start) fromApp() bool {
	return posted.Terminal != "" || posted.OS != "" || posted.ReturnURL != ""
}

func (s cashier) startPayment(c echo.Context) error {
	posted, err := readStart(c)
	if err != nil {
		return err
	}
	form := startForm(c, posted)
	web.AnswerIn(c, form)
	want, err := s.attempt(c, posted, form)
	if err != nil {
		return err
	}
	started, err := s.payments.Start(c.Request().Context(), c.Param("token"), want)
	var refused *checkout.Error
	shown := errors.As(err, &refused) && (refused.Kind() == checkout.Invalid || refused.Code == checkout.CodeTooManyAttempts || refused.Code == checkout.CodeCardsRefused)
	if shown && form == web.Page {
		if refused.Wait > 0 {
			web.RetryAfter(c, refused.Wait)
		}
		return s.renderCheckout(c, web.StatusOf(refused.Kind()), started.Order, refused)
	}
	if err != nil {
		return err
	}
	if form == web.JSON {
		return s.answerAction(c, started)
	}
	return s.showAction(c, started, want.Method)
}

// readStart reads the choice from a form or from JSON.
func readStart(c echo.Context) (posted start, err error) {
	if strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEApplicationJSON) {
		if err := json.NewDecoder(c.Request().Body).Decode(&posted); err != nil {
			return start{}, web.Unreadable(err)
		}
		return posted, nil
	}
	form, err := c.FormParams()
	if err != nil {
		return start{}, web.Unreadable(err)
	}
	posted = start{
		Method: form.Get("method"), Card: form.Get("card"), CardBrand: form.Get("card_brand"),
		RefusedSession: form.Get("refused_session"), Terminal: form.Get("terminal"), OS: form.Get("os"), ReturnURL: form.Get("return_url"),
	}
	posted.Installments.read(form.Get("installments"))
	if err := posted.SaveCard.read(form.Get("save_card")); err != nil {
		return start{}, web.Unreadable(err)
	}
	return posted, nil
}

// startForm decides in what form a start is answered, errors included: a native
// app can do nothing with a page, whatever it accepts.
func startForm(c echo.Context, posted start) web.Form {
	if posted.fromApp() {
		return web.JSON
	}
	return web.FormOf(c)
}

// attempt is what the buyer wants to start. A client that reads JSON runs scripts, and
// can open a session of the SDK.
func (s cashier) attempt(c echo.Context, posted start, form web.Form) (checkout.Attempt, error) {
	want := checkout.Attempt{Method: posted.Method, Mode: checkout.ModeAPI, Device: deviceOf(c), RefusedSession: posted.RefusedSession}
	want.Buyer, want.Language = s.buyerReference(c), views.Language(c.Request().Context()).String()
	want.Choice.Brand, want.Choice.Installments = posted.CardBrand, int(posted.Installments) // refused beside any other method
	if posted.Method == checkout.MethodCard {
		want.Choice.Saved, want.Choice.Save = posted.Card, bool(posted.SaveCard)
	}
	want.Device.DeviceFacts = posted.facts(posted.fromApp())
	if posted.fromApp() {
		if wrong := posted.wrongFields(s.cfg.AppReturns); len(wrong) > 0 {
			return want, &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
		}
		want.Device.Terminal, want.Device.OS, want.ReturnURL = checkout.TerminalApp, checkout.OS(posted.OS), posted.ReturnURL
	}
	if want.Choice.Saved != "" {
		want.Choice.Save = false
		return want, nil // Antom is asked by its token, without the SDK
	}
	if form == web.JSON && s.cfg.SDK != nil && want.Choice.Brand == "" { // the SDK cannot lead to a card company
		want.Mode = checkout.ModeSDK
		want.Element = want.Method == "" && s.cfg.SDK.UI == Element && !posted.fromApp()
	}
	return want, nil
}

// wrongFields says what an app got wrong, by field.
func (posted start) wrongFields(allowed AppReturns) map[string]string {
	wrong := map[string]string{}
	check := func(field, value string, ok bool) {
		switch {
		case value == "":
			wrong[field] = "error.required"
		case !ok:
			wrong[field] = "error.invalid"
		}
	}
	check("terminal", posted.Terminal, posted.Terminal == string(checkout.TerminalApp))
	check("os", posted.OS, posted.OS == string(checkout.OSAndroid) || posted.OS == string(checkout.OSIOS))
	check("return_url", posted.ReturnURL, allowed.allows(posted.ReturnURL))
	return wrong
}

// flag is a checkbox of a form, or a boolean of JSON.
type flag bool

func (f *flag) read(text string) error {
	switch text {
	case "", "0", "false", "off":
		*f = false
	case "1", "true", "on":
		*f = true
	default:
		return errors.New("neither true nor false: " + text)
	}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler: true, "true" and 1 are the same.
func (f *flag) UnmarshalJSON(data []byte) error { return f.read(bare(data)) }

// count is a whole number of a form, or of JSON; none is 0. What is no such number is
// -1, which is never offered.
type count int

func (n *count) read(text string) {
	number, err := strconv.Atoi(cmp.Or(text, "0"))
	if err != nil {
		number = -1
	}
	*n = count(number)
}

// UnmarshalJSON implements json.Unmarshaler: 3 and "3" are the same.
func (n *count) UnmarshalJSON(data []byte) error {
	n.read(bare(data))
	return nil
}

// bare is a JSON scalar without its quotes; null is "".
func bare(data []byte) string {
	if string(data) == "null" {
		return ""
	}
	return strings.Trim(string(data), `"`)
}
