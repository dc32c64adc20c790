package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// statusView is an order's status as keys of the message catalogue.
func (s *server) statusView(o checkout.Order, sinceSeconds int) views.Status {
	v := views.Status{
		Status:      string(o.Status),
		Final:       o.Final(),
		SinceSecond: sinceSeconds,
	}
	key := "status." + v.Status
	if p := o.Current(); p != nil {
		v.Payment = string(p.Status)
		if o.Status == checkout.OrderProcessing {
			v.Takes = views.TakesKey(s.methods.Method(p.Method).Flow.Category())
		}
		switch {
		case o.Status == checkout.OrderOpen && p.Status == checkout.PaymentFailed:
			v.Failed = true
		case o.Status == checkout.OrderProcessing && (p.Status == checkout.PaymentUnknown || p.Status == checkout.PaymentCreated):
			v.Unknown = true
			key = "status.unknown"
		case o.Status == checkout.OrderProcessing && p.Status == checkout.PaymentPending:
			key = "status.pending"
		case o.Status == checkout.OrderProcessing:
			v.MayChange = true
			if category := s.methods.Method(p.Method).Flow.Category(); category == checkout.CategoryWallet || category == checkout.CategoryQR {
				v.Unpaid = true
				key = "status.unpaid"
			}
		}
	}
	v.Title, v.Message = key+".title", key+".message"
	if v.Failed {
		v.Title, v.Message = views.FailureKeys(*o.Current())
	}
	return v
}

// statusAnswer is the published JSON of an order's status.
type statusAnswer struct {
	Status      string       `json:"status"`
	Final       bool         `json:"final"`
	Message     string       `json:"message"`
	LastPayment *lastPayment `json:"last_payment,omitempty"`
}

type lastPayment struct {
	PaymentRequestID string `json:"payment_request_id"`
	Status           string `json:"status"`
	ResultCode       string `json:"result_code"`
}

func (s *server) statusJSON(c echo.Context, o checkout.Order) statusAnswer {
	v := s.statusView(o, 0)
	answer := statusAnswer{
		Status:  v.Status,
		Final:   v.Final,
		Message: views.Text(c.Request().Context(), v.Message),
	}
	if p := o.Current(); p != nil {
		answer.LastPayment = &lastPayment{PaymentRequestID: p.RequestID, Status: string(p.Status), ResultCode: p.ResultCode}
	}
	return answer
}

func (s cashier) showStatus(c echo.Context) error {
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.statusJSON(c, o))
}
