package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// Submit sends the stored request of a payment: createPaymentSession or pay. A first
// call and a repeat are the same request. submittedBefore says that Antom may have
// received it already.
func (g *Gateway) Submit(ctx context.Context, p checkout.Payment, submittedBefore bool) (checkout.Event, *checkout.Call, error) {
	ctx = about(ctx, p.RequestID)
	if p.Mode == checkout.ModeSDK {
		var request antom.PaymentSessionRequest
		if err := json.Unmarshal(p.Body, &request); err != nil {
			return checkout.Event{}, nil, fmt.Errorf("stored request of %s: %w", p.RequestID, err)
		}
		res, err := g.client.CreatePaymentSession(ctx, &request)
		event := eventFromSession(p, res, ofAllSubmissions(err, submittedBefore))
		return caused(event, g.newCall("createPaymentSession", p.RequestID, p.RequestID, res.Envelope, err))
	}
	var request antom.PayRequest
	if err := json.Unmarshal(p.Body, &request); err != nil {
		return checkout.Event{}, nil, fmt.Errorf("stored request of %s: %w", p.RequestID, err)
	}
	return g.pay(ctx, p, &request, submittedBefore)
}

func (g *Gateway) pay(ctx context.Context, p checkout.Payment, request *antom.PayRequest, submittedBefore bool) (checkout.Event, *checkout.Call, error) {
	res, err := g.client.Pay(ctx, request)
	event := eventFromPay(p, res, ofAllSubmissions(err, submittedBefore))
	return caused(event, g.newCall("pay", p.RequestID, p.RequestID, res.Envelope, err))
}

func caused(e checkout.Event, call *checkout.Call) (checkout.Event, *checkout.Call, error) {
	e.Cause = checkout.Cause{Kind: checkout.ByResponse, ID: call.ID}
	return e, call, nil
}

func eventFromSession(p checkout.Payment, res *antom.PaymentSessionResponse, err error) checkout.Event {
	e := checkout.Event{RequestID: p.RequestID}
	e.Outcome, e.Code = outcomeFrom(err, checkout.OutcomeAccepted)
	e.ShopFault = startFault(e.Outcome, err)
	switch {
	case err == nil && res.Data == "":
		e.Outcome = checkout.OutcomeUnknown // a session without its data cannot be opened
	case err == nil:
		e.ExpiresAt = res.ExpiryTime.Time
		e.Action = checkout.Action{
			Type: checkout.ActionSDK, SessionData: res.Data, Element: p.Method == "", ExpiresAt: res.ExpiryTime.Time,
		}
	}
	return e
}

// startFault reports whether a start has failed because of the shop, and not the buyer.
func startFault(outcome checkout.Outcome, err error) bool {
	var failure *antom.Error
	return outcome == checkout.OutcomeFailed && errors.As(err, &failure) && failure.StartFault()
}

func eventFromPay(p checkout.Payment, res *antom.PayResponse, err error) checkout.Event {
	if !answers(p.RequestID, res.PaymentRequestID) {
		return checkout.Event{RequestID: p.RequestID, Outcome: checkout.OutcomeUnknown}
	}
	e := paymentAnswered(res, err)
	e.RequestID = p.RequestID
	if e.Outcome == checkout.OutcomeAccepted {
		e.Action = actionOf(p, res)
	}
	return e
}

// paymentAnswered is what an answer to pay reports, about whichever payment.
func paymentAnswered(res *antom.PayResponse, err error) checkout.Event {
	e := checkout.Event{AntomID: res.PaymentID, Amount: money(res.PaymentAmount), AuthEndsAt: res.AuthExpiryTime.Time, Card: cardOf("", res.PaymentResultInfo), CardToken: tokenIn(res.PaymentResultInfo)}
	e.Outcome, e.Code = outcomeFrom(err, checkout.OutcomeSucceeded)
	e.ShopFault = startFault(e.Outcome, err)
	if err == nil && res.Result.InProcess() {
		e.Outcome = checkout.OutcomeAccepted
	}
	return e
}

// actionOf is the buyer's next action. A code goes before an address: where Antom gives
// both, the buyer is to scan, and the address explains how or opens the wallet's app.
// In an app the wallet's own addresses go first, and the web address is the fallback.
func actionOf(p checkout.Payment, res *antom.PayResponse) checkout.Action {
	a := checkout.Action{ExpiresAt: p.ExpiresAt}
	if p.Terminal == checkout.TerminalApp {
		a.ApplinkURL, a.SchemeURL = only(isWebAddress, res.ApplinkURL), only(isAppAddress, res.SchemeURL)
	}
	switch form := res.RedirectActionForm; {
	case res.OrderCodeForm != nil && len(codesOf(res.OrderCodeForm)) > 0:
		a.Type, a.Codes, a.URL = checkout.ActionCode, codesOf(res.OrderCodeForm), only(isWebAddress, res.NormalURL)
		if t := res.OrderCodeForm.ExpireTime.Time; !t.IsZero() {
			a.ExpiresAt = t
		}
	case form != nil && form.Method == "POST" && isWebAddress(form.RedirectURL):
		a.Type, a.URL, a.Method, a.Parameters = checkout.ActionRedirect, form.RedirectURL, "POST", form.Parameters
	case isWebAddress(res.NormalURL):
		a.Type, a.URL, a.Method = checkout.ActionRedirect, res.NormalURL, "GET"
	case form != nil && isWebAddress(form.RedirectURL):
		a.Type, a.URL, a.Method = checkout.ActionRedirect, form.RedirectURL, "GET"
	case a.ApplinkURL != "" || a.SchemeURL != "":
		a.Type, a.URL, a.Method = checkout.ActionRedirect, cmp.Or(a.ApplinkURL, a.SchemeURL), "GET"
	default:
		a.Type = checkout.ActionNone
	}
	return a
}

func only(fit func(string) bool, address string) string {
	if !fit(address) {
		return ""
	}
	return address
}

// isAppAddress reports whether a phone may be asked to open an address: another
// app's, and nothing that would run in the app that opens it.
func isAppAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme != "" && !slices.Contains([]string{"javascript", "data", "file", "content", "http"}, u.Scheme)
}

// isWebAddress reports whether a buyer may be sent to an address: to the web, and to
// nothing that would run in the shop's own pages.
func isWebAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

func codesOf(form *antom.OrderCodeForm) []checkout.Code {
	var codes []checkout.Code
	seen := map[string]bool{}
	for _, detail := range form.CodeDetails {
		if strings.HasSuffix(detail.DisplayType, "IMAGE") && isWebAddress(detail.CodeValue) {
			continue // the address of a picture of the code; the page draws its own
		}
		if key := detail.CodeValueType + detail.CodeValue; !seen[key] && detail.CodeValue != "" {
			seen[key] = true
			codes = append(codes, checkout.Code{Type: detail.CodeValueType, Value: detail.CodeValue})
		}
	}
	return codes
}
