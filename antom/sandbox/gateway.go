package sandbox

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"

	"antom-checkout/antom"
)

const maxRequest = 1 << 20

// operation carries out one API. The lock is held. The error is a *Refusal.
type operation func(s *Sandbox, body []byte) (any, *Refusal)

// operations are the gateway's APIs by their path.
var operations = map[string]operation{
	"payments/createPaymentSession": takes((*Sandbox).createPaymentSession),
	"payments/pay":                  takes((*Sandbox).pay),
	"payments/inquiryPayment":       takes((*Sandbox).inquiryPayment),
	"payments/cancel":               takes((*Sandbox).cancel),
	"payments/capture":              takes((*Sandbox).capture),
	"payments/refund":               takes((*Sandbox).refund),
	"payments/inquiryRefund":        takes((*Sandbox).inquiryRefund),
	"payments/consult":              takes((*Sandbox).consult),

	"vaults/createVaultingSession": takes((*Sandbox).createVaultingSession),
	"vaults/vaultPaymentMethod":    takes((*Sandbox).vaultPaymentMethod),
	"vaults/inquireVaulting":       takes((*Sandbox).inquireVaulting),
	"vaults/fetchNonce":            takes((*Sandbox).fetchNonce),
	"payments/fetchNonce":          takes((*Sandbox).fetchNonce), // Antom's SDKs know both addresses

	"payments/acceptDispute":           takes((*Sandbox).acceptDispute),
	"payments/supplyDefenseDocument":   takes((*Sandbox).supplyDefenseDocument),
	"payments/downloadDisputeEvidence": takes((*Sandbox).downloadDisputeEvidence),
}

// takes turns a method that wants a request into an operation that has bytes.
func takes[Request any](do func(*Sandbox, *Request) (any, *Refusal)) operation {
	return func(s *Sandbox, body []byte) (any, *Refusal) {
		request := new(Request)
		if err := json.Unmarshal(body, request); err != nil {
			return nil, refuse("PARAM_ILLEGAL", "%v", err)
		}
		return do(s, request)
	}
}

// call is one request to the gateway on its way to an answer.
type call struct {
	path    string // as signed
	name    string // the operation, e.g. "pay"
	do      operation
	body    []byte
	payment string // the paymentRequestId it speaks of, if it can be told
	log     Message
}

// serveGateway is the gateway's door: check, carry out, sign the answer, and
// spoil it where a fault says so.
func (s *Sandbox) serveGateway(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	c := &call{path: r.URL.EscapedPath(), body: body}
	refusal := s.checkCall(c, r)
	if err != nil {
		refusal = refuse("PARAM_ILLEGAL", "the body is larger than %d bytes or broke off", maxRequest)
	}

	s.mu.Lock()
	c.payment = s.paymentOf(body)
	fault, struck := s.strike(c.name, c.payment, callFaults...)
	var answer any
	verdict := ""
	switch {
	case struck && !fault.carriesOut():
		verdict = "not carried out"
		if fault.Kind == Refuse || fault.Kind == Unknown {
			answer, verdict = s.refused(fault.refusal())
		}
	case refusal != nil:
		answer, verdict = s.refused(refusal)
	default:
		answer, verdict = s.carryOut(c)
		if struck && fault.Kind == Unknown {
			answer, _ = s.refused(fault.refusal())
			verdict += "; carried out, answered U"
		}
	}
	at := s.now()
	s.mu.Unlock()

	reply := s.newReply(r, c, answer, at)
	if struck {
		reply.spoil(s, fault)
		verdict += "; fault: " + string(fault.Kind)
	}
	c.log = Message{
		At: at, Direction: "in", Operation: c.name, PaymentRequestID: c.payment,
		Method: r.Method, URL: r.URL.RequestURI(), Header: r.Header.Clone(), Body: string(body),
		SigningString: string(antom.SigningString(r.Method, c.path, r.Header.Get("Client-Id"), r.Header.Get("Request-Time"), body)),
		Verdict:       strings.TrimPrefix(verdict, "; "), Fault: fault.Kind,
		AnswerStatus: reply.status, AnswerHeader: reply.header, AnswerBody: string(reply.body), AnswerSigning: reply.signed,
		Took: Duration(time.Since(started)),
	}
	s.mu.Lock()
	s.messages.add(c.log)
	s.move()
	s.mu.Unlock()
	reply.send(s, w, r)
}

// carryOut runs the operation and says how it went. The lock is held.
func (s *Sandbox) carryOut(c *call) (any, string) {
	answer, refusal := c.do(s, c.body)
	if refusal != nil {
		return s.refused(refusal)
	}
	return answer, accepted + "; carried out"
}

// accepted begins the verdict on a call that the gateway let in and carried out.
const accepted = "signature right"

func (s *Sandbox) refused(r *Refusal) (any, string) {
	return antom.Envelope{Result: r.result()}, string(r.Code) + ": " + r.Reason
}

// gatewayPath is what a path of ours looks like, live or sandbox.
var gatewayPath = regexp.MustCompile(`^/ams/(?:sandbox/)?api/v1/([a-z]+/([A-Za-z]+))$`)

// requestTime is epoch milliseconds, as the SDKs send, or ISO 8601, as Antom's
// documents also show.
var requestTime = regexp.MustCompile(`^(\d{13}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d))$`)

// checkCall says whether the gateway lets a request in, in the order in which a
// developer meets the obstacles.
func (s *Sandbox) checkCall(c *call, r *http.Request) *Refusal {
	found := gatewayPath.FindStringSubmatch(c.path)
	if found != nil {
		c.name, c.do = found[2], operations[found[1]]
	}
	switch {
	case c.do == nil:
		return refuse("NO_INTERFACE_DEF", "there is no API at %s", c.path)
	case r.Method != http.MethodPost:
		return refuse("METHOD_NOT_SUPPORTED", "APIs are called with POST, not %s", r.Method)
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return refuse("MEDIA_TYPE_NOT_ACCEPTABLE", "Content-Type is %q, not application/json; charset=UTF-8", r.Header.Get("Content-Type"))
	}
	for _, name := range []string{"Client-Id", "Request-Time", "Signature"} {
		if count := len(r.Header.Values(name)); count != 1 {
			return refuse("PARAM_ILLEGAL", "the request has %d %s headers instead of one", count, name)
		}
	}
	if id := r.Header.Get("Client-Id"); id != s.clientID {
		return refuse("UNKNOWN_CLIENT", "Client-Id is %q; this sandbox knows %q", clip(id, 64), s.clientID)
	}
	if !requestTime.MatchString(r.Header.Get("Request-Time")) {
		return refuse("PARAM_ILLEGAL", "Request-Time %q is neither epoch milliseconds nor ISO 8601 with an offset", clip(r.Header.Get("Request-Time"), 64))
	}
	if refusal := s.checkSignature(c, r); refusal != nil {
		return refusal
	}
	if !json.Valid(c.body) || !bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("{")) {
		return refuse("PARAM_ILLEGAL", "the body is not a JSON object")
	}
	return nil
}

func (s *Sandbox) checkSignature(c *call, r *http.Request) *Refusal {
	signature, err := antom.ParseSignature(r.Header.Get("Signature"))
	if err != nil {
		return refuse("INVALID_SIGNATURE", "%v", err)
	}
	if signature.KeyVersion != "1" {
		return refuse("KEY_NOT_FOUND", "keyVersion is %q; the only key has version 1", clip(signature.KeyVersion, 64))
	}
	id, at := r.Header.Get("Client-Id"), r.Header.Get("Request-Time")
	if signature.Verify(&s.keys.merchant.PublicKey, antom.SigningString(r.Method, c.path, id, at, c.body)) == nil {
		return nil
	}
	return refuse("INVALID_SIGNATURE", "%s", s.whyWrong(signature, r.Method, c.path, id, at, c.body))
}

// paymentOf tells which payment a request speaks of. The lock is held.
func (s *Sandbox) paymentOf(body []byte) string {
	var ids struct {
		PaymentRequestID  string `json:"paymentRequestId"`
		PaymentID         string `json:"paymentId"`
		RefundRequestID   string `json:"refundRequestId"`
		RefundID          string `json:"refundId"`
		VaultingRequestID string `json:"vaultingRequestId"`
	}
	if json.Unmarshal(body, &ids) != nil {
		return ""
	}
	if p := s.paymentIDs[ids.PaymentID]; p != nil {
		return p.RequestID
	}
	if r := s.findRefund(ids.RefundRequestID, ids.RefundID); r != nil {
		return r.PaymentRequestID
	}
	return clip(ids.PaymentRequestID+ids.VaultingRequestID, 64)
}

// reply is an answer of the gateway, right or spoilt.
type reply struct {
	status int
	header http.Header
	body   []byte
	signed string        // its signing string
	hang   time.Duration // wait so long first
	broken bool          // then break the connection, after body if there is one
}

func (s *Sandbox) newReply(r *http.Request, c *call, answer any, at time.Time) *reply {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err) // answers are structs of ours
	}
	a := &reply{status: http.StatusOK, header: http.Header{}, body: body}
	a.header.Set("Content-Type", "application/json;charset=UTF-8")
	a.header.Set("Client-Id", clip(r.Header.Get("Client-Id"), 64))
	a.header.Set("Response-Time", at.In(antomZone).Format(time.RFC3339))
	a.sign(s.keys.antom, r.Method, c.path)
	return a
}

// sign signs the answer over the request's method and path.
func (a *reply) sign(key *rsa.PrivateKey, method, path string) {
	text := antom.SigningString(method, path, a.header.Get("Client-Id"), a.header.Get("Response-Time"), a.body)
	signature, err := antom.Sign(key, text)
	if err != nil {
		panic(err) // a key that made signatures before makes this one
	}
	a.signed = string(text)
	a.header.Set("Signature", signature.String())
}

func (a *reply) send(s *Sandbox, w http.ResponseWriter, r *http.Request) {
	if a.hang > 0 {
		timer := time.NewTimer(a.hang)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
	}
	if a.broken && len(a.body) == 0 {
		panic(http.ErrAbortHandler)
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	if _, err := w.Write(a.body); err != nil && !errors.Is(err, http.ErrHandlerTimeout) {
		s.log.Debug("the caller did not wait for the answer", "error", err)
	}
	if a.broken {
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
}
