package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

// VerifyProof verifies the file of a proof with the public keys that the program has of
// Antom: the same rule as that of the command verify.
type VerifyProof func(file []byte) (checkout.ProofReport, error)

// proofPages verify what Antom has signed about an order, and write it into a file.
type proofPages struct{ *desk }

// routes lists them. The file holds what the pages keep sealed: the names of cards' holders,
// and tokens.
func (d proofPages) routes() []route {
	return []route{
		{http.MethodGet, pathOrders + "/:id/verify", operators.See, d.verify, "verifies all that Antom has signed about an order"},
		{http.MethodGet, pathOrders + "/:id/proof", operators.Money, d.download, "writes the proof of an order into a file"},
	}
}

func verifyURL(order string) string { return orderURL(order) + "/verify" }

// messageURL verifies one message.
func messageURL(order, id string) string {
	return verifyURL(order) + "?" + url.Values{"message": {id}}.Encode()
}

// proofURL is the address of the file, or "" if it is not for the signed-in person.
func (d *desk) proofURL(c echo.Context, order string) string {
	if !personOf(c).May(operators.Money) {
		return ""
	}
	return orderURL(order) + "/proof"
}

// download writes the file, as the command proof does.
func (d proofPages) download(c echo.Context) error {
	ctx := c.Request().Context()
	proof, err := d.Merchant.Proof(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	file, err := proof.File()
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodGet {
		if err := d.record(ctx, c, "proof", proof.Order.ID, ""); err != nil {
			return err
		}
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="proof-`+proof.Order.Number+`.json"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, file)
}

// verify says what a verification of the file finds: of all transitions, or of those behind
// which one message is.
func (d proofPages) verify(c echo.Context) error {
	proof, err := d.Merchant.Proof(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	file, err := proof.File()
	if err != nil {
		return err
	}
	report, err := d.VerifyProof(file)
	if err != nil {
		return err
	}
	v := view.Proof{
		Frame: d.frame(c, "orders"), Number: proof.Order.Number, OrderURL: orderURL(proof.Order.ID), ProofURL: d.proofURL(c, proof.Order.ID),
		Holds: report.OK, ClientIDs: strings.Join(report.ClientIDs, ", "), Problems: report.Problems, Unproven: report.Unproven,
	}
	for _, key := range report.Keys {
		v.Keys = append(v.Keys, view.ProofKey{Version: key.Version, SHA256: key.SHA256})
	}
	if id := c.QueryParam("message"); id != "" {
		if report, err = d.aboutMessage(c, &v, proof, report, id); err != nil {
			return err
		}
	}
	for _, t := range report.Transitions {
		v.Transitions = append(v.Transitions, d.provedTransition(c, t, v.OrderURL))
		if t.Result.Wrong() {
			v.Wrong++
		}
	}
	return web.Render(c, http.StatusOK, view.ProofPage(v))
}

// aboutMessage keeps of a report what is about one message.
func (d proofPages) aboutMessage(c echo.Context, v *view.Proof, p checkout.Proof, r checkout.ProofReport, id string) (checkout.ProofReport, error) {
	at := slices.IndexFunc(p.Messages, func(m checkout.ProofMessage) bool { return m.ID == id })
	if at < 0 {
		return r, echo.NewHTTPError(http.StatusNotFound)
	}
	r.Transitions = slices.DeleteFunc(r.Transitions, func(t checkout.ProvedTransition) bool { return t.Message != id })
	v.Message, v.VerifyURL, v.ProofURL = messageView(p.Order.ID, p.Messages[at]), verifyURL(p.Order.ID), ""
	v.Problems, v.Unproven = nil, nil // they are about the whole
	v.Holds = !slices.ContainsFunc(r.Transitions, func(t checkout.ProvedTransition) bool { return t.Result.Wrong() })
	return r, nil
}

// resultSeverities say how a result of a verification is shown; those that are missing are
// wrong.
var resultSeverities = map[checkout.ProofResult]string{checkout.ProofSigned: "good", checkout.ProofUnsigned: "plain", checkout.ProofUnbound: "plain"}

func (d proofPages) provedTransition(c echo.Context, t checkout.ProvedTransition, order string) view.ProvedTransition {
	severity, known := resultSeverities[t.Result]
	if !known {
		severity = "bad"
	}
	return view.ProvedTransition{
		URL: order + "#" + entryID(t.Seq), At: d.moment(c, t.At), Subject: t.Subject, RequestID: t.RequestID, From: status(t.From), To: status(t.To), CauseKind: causeKind(t.Cause),
		Result: view.Status{Key: "proof_" + string(t.Result), Severity: severity}, Note: t.Note, SignedAt: t.SignedAt, KeyVersion: t.KeyVersion,
	}
}

// entryID is the id of a transition's entry in the timeline.
func entryID(seq int64) string { return "t" + strconv.FormatInt(seq, 10) }

// causeKind is the kind of a cause as the ledger names it.
func causeKind(cause string) string {
	kind, _, _ := strings.Cut(cause, ":")
	return kind
}

// longestShown is how many bytes of a message a page shows. The file has all.
const longestShown = 16 << 10

// messageView is a message as a page shows it.
func messageView(order string, m checkout.ProofMessage) *view.SignedMessage {
	v := &view.SignedMessage{ID: m.ID, Missing: strings.ReplaceAll(m.Missing, " ", "_")}
	if m.Missing != "" {
		return v
	}
	v.VerifyURL = messageURL(order, m.ID)
	timeHeader := "Response-Time"
	if causeKind(m.ID) == string(checkout.ByNotification) {
		timeHeader = "Request-Time"
	}
	for _, header := range [][2]string{{m.Method, m.Path}, {"Client-Id", m.ClientID}, {timeHeader, m.Time}, {"Signature", m.Signature}} {
		v.Headers = append(v.Headers, view.Fact{Label: header[0], Lines: []string{header[1]}, Code: true})
	}
	if m.Private {
		v.Missing = "private"
		return v
	}
	v.Body = indented([]byte(m.Body))
	if len(v.Body) > longestShown {
		end := longestShown
		for !utf8.RuneStart(v.Body[end]) {
			end--
		}
		v.Body, v.Cut = v.Body[:end], true
	}
	return v
}
