package handlers

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// deviceOf is what a request shows of the buyer's device.
func deviceOf(c echo.Context) checkout.Device {
	r := c.Request()
	d := checkout.Device{
		IP:        c.RealIP(),
		UserAgent: r.UserAgent(),
		Accept:    r.Header.Get(echo.HeaderAccept),
		Language:  sdkLocale(views.Language(r.Context())),
		Terminal:  checkout.TerminalWeb,
	}
	switch agent := d.UserAgent; {
	case strings.Contains(agent, "iPhone"), strings.Contains(agent, "iPad"):
		d.Terminal, d.OS = checkout.TerminalWap, checkout.OSIOS
	case strings.Contains(agent, "Android"):
		d.Terminal, d.OS = checkout.TerminalWap, checkout.OSAndroid
	}
	return d
}

// deviceFields are what the script of the pay page, or an app, says of the device. A form
// without scripts has none.
type deviceFields struct {
	ScreenWidth    loose `json:"screen_width"`
	ScreenHeight   loose `json:"screen_height"`
	ColorDepth     loose `json:"color_depth"`
	TimeZoneOffset loose `json:"time_zone_offset"`
	Java           loose `json:"java"`
	DeviceID       loose `json:"device_id"` // this and the following are an app's
	DeviceTokenID  loose `json:"device_token_id"`
	DeviceBrand    loose `json:"device_brand"`
	DeviceModel    loose `json:"device_model"`
	DeviceLanguage loose `json:"device_language"`
	OSVersion      loose `json:"os_version"`
}

// facts are the fields that can be true. A wrong one is left out and never refused: a
// buyer does not fail to pay because of their screen.
func (posted deviceFields) facts(app bool) checkout.DeviceFacts {
	f := checkout.DeviceFacts{
		ScreenWidth: posted.ScreenWidth.number(), ScreenHeight: posted.ScreenHeight.number(), ColorDepth: posted.ColorDepth.number(),
	}
	if offset, err := strconv.Atoi(string(posted.TimeZoneOffset)); err == nil {
		f.TimeZoneOffset = &offset
	}
	switch {
	case app:
		f.DeviceID, f.DeviceTokenID = string(posted.DeviceID), string(posted.DeviceTokenID)
		f.Brand, f.Model, f.OSVersion = string(posted.DeviceBrand), string(posted.DeviceModel), string(posted.OSVersion)
		f.DeviceLanguage = string(posted.DeviceLanguage)
	case f.ScreenWidth > 0: // the page's script told it
		java, scripts := posted.Java == "true", true // no browser that runs the page's script still runs Java, unless it says so
		f.Java, f.JavaScript = &java, &scripts
	}
	return f.Credible()
}

// loose is a scalar of JSON as text; of anything else it is empty. It has no wrong values.
type loose string

func (l loose) number() int {
	n, _ := strconv.Atoi(string(l)) // 0 is not known
	return n
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *loose) UnmarshalJSON(data []byte) error {
	var text string
	switch err := json.Unmarshal(data, &text); {
	case err == nil:
		*l = loose(text)
	case data[0] != '{' && data[0] != '[':
		*l = loose(bare(data))
	}
	return nil
}
