package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	view "antom-checkout/views/desk"
)

// onceField carries the key under which a form is done once.
const onceField = "key"

// onceFields make a form one that is done once, however often it is posted.
func (d *desk) onceFields() []view.Hidden {
	return []view.Hidden{{Name: onceField, Value: rand.Text()}}
}

// made is what a form has made.
type made struct {
	ID     string `json:"id"`
	Secret string `json:"secret,omitempty"` // that is shown once
}

// once makes what a form asks for. The same form again answers the same, as a request of the
// API does under its idempotency key; a refused one may be corrected under the same key.
func (d *desk) once(c echo.Context, form url.Values, work func(context.Context) (made, error)) (result made, err error) {
	key := form.Get(onceField)
	if !merchant.IsIdempotencyKey(key) {
		return made{}, echo.NewHTTPError(http.StatusBadRequest)
	}
	sum := sha256.Sum256([]byte(c.Request().URL.Path + "?" + form.Encode()))
	request := checkout.APIRequest{APIKey: personOf(c).Operator(), Key: key, Hash: hex.EncodeToString(sum[:])}
	var refused error
	answer, _, err := d.Merchant.Once(c.Request().Context(), request, func(ctx context.Context) (checkout.APIAnswer, bool) {
		var m made
		if m, refused = work(ctx); refused != nil {
			return checkout.APIAnswer{}, false
		}
		var body []byte
		body, refused = json.Marshal(m)
		return checkout.APIAnswer{Status: http.StatusCreated, Body: body, About: m.ID}, refused == nil
	})
	if err == nil {
		err = refused
	}
	if err == nil {
		err = json.Unmarshal(answer.Body, &result)
	}
	return result, err
}

// form is the request's posted form.
func form(c echo.Context) (url.Values, error) {
	if err := c.Request().ParseForm(); err != nil {
		return nil, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	return c.Request().PostForm, nil
}

// wrongText is what is wrong with a field, or "". Services name fields by their JSON
// pointers or by their names.
func wrongText(c echo.Context, err error, field string) string {
	key := checkout.FieldsOf(err)[field]
	if key == "" {
		return ""
	}
	if !view.HasText(key) {
		key = "error.invalid"
	}
	return view.Text(c.Request().Context(), key)
}

// isRefusedForm reports whether the fields of a form were refused, so that it is shown again.
func isRefusedForm(err error) bool { return len(checkout.FieldsOf(err)) > 0 }
