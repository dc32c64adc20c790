package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/views"
)

// retryAfter is how many seconds a client waits before its next request.
const retryAfter = 2

// actionAnswer is the published JSON of a start.
type actionAnswer struct {
	PaymentRequestID string     `json:"payment_request_id,omitempty"`
	Action           actionJSON `json:"action"`
}

type actionJSON struct {
	Type        checkout.ActionType `json:"type"`
	SDK         string              `json:"sdk,omitempty"`        // the class
	UI          SDKUI               `json:"ui,omitempty"`         // where it shows itself, unless in a popup
	Appearance  *looks              `json:"appearance,omitempty"` // of the Web SDK
	SessionData string              `json:"session_data,omitempty"`
	Environment string              `json:"environment,omitempty"`
	Locale      string              `json:"locale,omitempty"`
	URL         string              `json:"url,omitempty"`
	ApplinkURL  string              `json:"applink_url,omitempty"`
	SchemeURL   string              `json:"scheme_url,omitempty"`
	Method      string              `json:"method,omitempty"`
	Parameters  string              `json:"parameters,omitempty"`
	Codes       []checkout.Code     `json:"codes,omitempty"`
	ExpiresAt   string              `json:"expires_at,omitempty"`
	Message     string              `json:"message,omitempty"`
	RetryAfter  int                 `json:"retry_after,omitempty"`
}

func (s cashier) answerAction(c echo.Context, started payments.Started) error {
	a := started.Action
	answer := actionAnswer{
		PaymentRequestID: started.Payment.RequestID,
		Action: actionJSON{
			Type: a.Type, SessionData: a.SessionData, URL: a.URL, Method: a.Method,
			ApplinkURL: a.ApplinkURL, SchemeURL: a.SchemeURL, Parameters: a.Parameters, Codes: a.Codes,
		},
	}
	if !a.ExpiresAt.IsZero() {
		answer.Action.ExpiresAt = a.ExpiresAt.UTC().Format(time.RFC3339)
	}
	status := http.StatusOK
	switch a.Type {
	case checkout.ActionSDK:
		answer.Action.SDK, answer.Action.UI = s.cfg.SDK.class(started)
		answer.Action.Environment, answer.Action.Locale = s.cfg.SDK.Environment, sdkLocale(views.Language(c.Request().Context()))
		if started.Payment.Terminal != checkout.TerminalApp {
			answer.Action.Appearance = s.cfg.looks(answer.Action.UI)
		}
	case checkout.ActionDeclined:
		_, message := views.FailureKeys(started.Payment)
		answer.Action.Message = views.Text(c.Request().Context(), message)
	case checkout.ActionWait:
		status = http.StatusAccepted
		answer.Action.RetryAfter = retryAfter
	case checkout.ActionClosed:
		status = http.StatusGone
	}
	return c.JSON(status, answer)
}
