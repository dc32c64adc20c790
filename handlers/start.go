package handlers

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
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
	CardBrand      string `json:"card_brand"`      // a Korean card company
	Installments   count  `json:"installments"`    // monthly parts
	RefusedSession string `json:"refused_session"` // a payment_request_id: Antom's SDK could not use its session
	Terminal       string `json:"terminal"`        // this and the following are an app's
	OS             string `json:"os"`
	ReturnURL      string `json:"return_url"`
	deviceFields

	entered    checkout.EnteredCard // in the server-to-server mode
	about      checkout.CardFacts   // what Antom knows of it
	cardFields []string             // those of them that were posted
	mpi        *checkout.MPI        // nil: none was posted
}

func (posted start) fromApp() bool {
	return posted.Terminal != "" || posted.OS != "" || posted.ReturnURL != ""
}

func (s cashier) startPayment(c echo.Context) error {
	posted, err := readStart(c)
	if err != nil {
		return err
	}
	defer posted.entered.Wipe()
	form := startForm(c, posted)
	web.AnswerIn(c, form)
	if err := s.takeMPI(c, &posted); err != nil {
		return err
	}
	if s.typesCard(posted) {
		return cardPage{s}.startWithCard(c, posted, form)
	}
	want, err := s.attempt(c, posted, form)
	if err != nil {
		return err
	}
	started, err := s.payments.Start(c.Request().Context(), c.Param("token"), want)
	if err != nil {
		return s.refuseStart(c, form, started.Order, posted, err)
	}
	if form == web.JSON {
		return s.answerAction(c, started)
	}
	return s.showAction(c, started, want.Method)
}

// readStart reads the choice from a form or from JSON.
func readStart(c echo.Context) (posted start, err error) {
	if strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEApplicationJSON) {
		return readStartJSON(c)
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
	if listsOf := form.Get("lists_of"); listsOf != "" && listsOf != posted.Method {
		posted.CardBrand, posted.Installments = "", 0 // left chosen on the page, below another method
	}
	if err := posted.SaveCard.read(form.Get("save_card")); err != nil {
		return start{}, web.Unreadable(err)
	}
	posted.deviceFields.read(form.Get)
	posted.enter(c.Request().PostForm.Get) // a card in an address would be in the logs of proxies
	return posted, nil
}

func readStartJSON(c echo.Context) (posted start, err error) {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return start{}, web.Unreadable(err)
	}
	defer clear(body) // it may hold a card
	texts := map[string]json.RawMessage{}
	if err := errors.Join(json.Unmarshal(body, &posted), json.Unmarshal(body, &texts)); err != nil {
		return start{}, web.Unreadable(errors.New("the JSON of the start cannot be read")) // the decoder's error would quote it
	}
	posted.enter(func(name string) string { return scalar(texts[name]) })
	return posted, posted.readMPI(texts[checkout.FieldMPI])
}

// scalar is a text, a number or a truth value of JSON as a text; everything else is "".
func scalar(data json.RawMessage) string {
	var text string
	if json.Unmarshal(data, &text) == nil {
		return text
	}
	switch value := string(data); {
	case value == "null", strings.ContainsAny(value, "[{"):
		return ""
	default:
		return value
	}
}

// enter reads the card that was typed, if there is one.
func (posted *start) enter(get func(name string) string) {
	posted.entered = checkout.EnterCard(get)
	for _, name := range checkout.CardFields() {
		if get(name) != "" {
			posted.cardFields = append(posted.cardFields, name)
		}
	}
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
	want.Choice = posted.choice()
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
