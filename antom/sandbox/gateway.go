package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"

	"antom-checkout/antom"
)

const maxRequest = 1 << 20

// gateway is Antom's server: it checks each call, has it carried out, signs the
// answer, and changes it where an injected fault asks for that.
type gateway struct {
	url          string
	clientID     string
	keys         Keys
	strangerKeys func() Keys
	log          *slog.Logger
	ctx          context.Context // ends answers that hang
	endpoints    map[string]endpoint
	ledger       *ledger
	scheduler    *scheduler
	faults       *faults
	messages     *messages
	changes      *changes
}

// call is one request to the gateway on its way to an answer.
type call struct {
	path    string // as signed: without the slash that a base URL's end may add
	name    string // of the endpoint, e.g. "pay"
	do      endpoint
	body    []byte
	refusal *Refusal // why the gateway does not let it in, nil if it does
	payment string   // the paymentRequestId it names, if it can be told
}

// serve answers one call.
func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	c := &call{path: singleSlashes(r.URL.EscapedPath()), body: body}
	c.refusal = g.checkCall(c, r)
	if err != nil {
		c.refusal = refuse("PARAM_ILLEGAL", "the body is larger than %d bytes or broke off", maxRequest)
	}
	result := g.decide(c)
	reply := g.newReply(r, c, result)
	if result.injected {
		reply.inject(result.fault, g.keys, g.strangerKeys)
		result.verdict += "; fault: " + string(result.fault.Kind)
	}
	g.messages.add(Message{
		At: result.at, Direction: "in", Operation: c.name, PaymentRequestID: c.payment,
		Method: r.Method, URL: r.URL.RequestURI(), Header: r.Header.Clone(), Body: string(body),
		SigningString: string(antom.SigningString(r.Method, c.path, r.Header.Get("Client-Id"), r.Header.Get("Request-Time"), body)),
		Verdict:       strings.TrimPrefix(result.verdict, "; "), Fault: result.fault.Kind,
		AnswerStatus: reply.status, AnswerHeader: reply.header, AnswerBody: string(reply.body), AnswerSigning: reply.signed,
		Took: Duration(time.Since(started)),
	})
	g.changes.add()
	reply.send(g, w, r)
}

// decision is what became of a call.
type decision struct {
	answer   any
	verdict  string // for the control page
	fault    Fault
	injected bool // fault was injected
	at       time.Time
}

// decide carries the call out, unless it is refused or an injected fault says
// otherwise. The change is committed before the ledger is free for a notification
// about it.
func (g *gateway) decide(c *call) decision {
	g.ledger.mu.Lock()
	defer g.ledger.mu.Unlock()
	defer g.ledger.commit()
	c.payment = g.paymentOf(c.body)
	var d decision
	d.fault, d.injected = g.faults.inject(c.name, c.payment, callFaults...)
	switch {
	case d.injected && !d.fault.carriesOut():
		d.verdict = "not carried out"
		if d.fault.Kind == Refuse || d.fault.Kind == Unknown {
			d.answer, d.verdict = refused(d.fault.refusal())
		}
	case c.refusal != nil:
		d.answer, d.verdict = refused(c.refusal)
	default:
		d.answer, d.verdict = carryOut(c)
		if d.injected && d.fault.Kind == Unknown {
			d.answer, _ = refused(d.fault.refusal())
			d.verdict += "; carried out, answered U"
		}
	}
	d.at = g.scheduler.now()
	return d
}

// carryOut runs the endpoint and says how it went.
func carryOut(c *call) (any, string) {
	answer, refusal := c.do(c.body)
	if refusal != nil {
		return refused(refusal)
	}
	return answer, accepted + "; carried out"
}

// accepted begins the verdict on a call that the gateway let in and carried out.
const accepted = "signature right"

func refused(r *Refusal) (any, string) {
	return antom.Envelope{Result: r.result()}, string(r.Code) + ": " + r.Reason
}

// gatewayPath is the form of an endpoint's path, live or sandbox.
var gatewayPath = regexp.MustCompile(`^/ams/(?:sandbox/)?api/v1/([a-z]+/([A-Za-z]+))$`)

var manySlashes = regexp.MustCompile(`//+`)

// singleSlashes is a path as an SDK signs it whose base URL ends with a slash.
func singleSlashes(path string) string { return manySlashes.ReplaceAllString(path, "/") }

// requestTime is epoch milliseconds, as the SDKs send (an older one: nanoseconds), or
// ISO 8601, as Antom's documents also show.
var requestTime = regexp.MustCompile(`^(\d{13}|\d{19}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d))$`)

// checkCall says whether the gateway lets a request in, in the order in which a
// developer meets the obstacles.
func (g *gateway) checkCall(c *call, r *http.Request) *Refusal {
	found := gatewayPath.FindStringSubmatch(c.path)
	if found != nil {
		c.name, c.do = found[2], g.endpoints[found[1]]
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
	if id := r.Header.Get("Client-Id"); id != g.clientID {
		return refuse("UNKNOWN_CLIENT", "Client-Id is %q; this sandbox knows %q", clip(id, 64), g.clientID)
	}
	if !requestTime.MatchString(r.Header.Get("Request-Time")) {
		return refuse("PARAM_ILLEGAL", "Request-Time %q is neither epoch milliseconds nor ISO 8601 with an offset", clip(r.Header.Get("Request-Time"), 64))
	}
	if refusal := g.checkSignature(c, r); refusal != nil {
		return refusal
	}
	if !json.Valid(c.body) || !bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("{")) {
		return refuse("PARAM_ILLEGAL", "the body is not a JSON object")
	}
	return nil
}

func (g *gateway) checkSignature(c *call, r *http.Request) *Refusal {
	signature, err := antom.ParseSignature(r.Header.Get("Signature"))
	if err != nil {
		return refuse("INVALID_SIGNATURE", "%v", err)
	}
	if signature.KeyVersion != "1" {
		return refuse("KEY_NOT_FOUND", "keyVersion is %q; the only key has version 1", clip(signature.KeyVersion, 64))
	}
	id, at := r.Header.Get("Client-Id"), r.Header.Get("Request-Time")
	if signature.Verify(&g.keys.merchant.PublicKey, antom.SigningString(r.Method, c.path, id, at, c.body)) == nil {
		return nil
	}
	return refuse("INVALID_SIGNATURE", "%s", g.whyWrong(signature, r.Method, c.path, id, at, c.body))
}

// paymentOf is the payment that a request names. The ledger's lock is held.
func (g *gateway) paymentOf(body []byte) string {
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
	if p := g.ledger.paymentIDs[ids.PaymentID]; p != nil {
		return p.RequestID
	}
	if r := g.ledger.findRefund(ids.RefundRequestID, ids.RefundID); r != nil {
		return r.PaymentRequestID
	}
	return clip(ids.PaymentRequestID+ids.VaultingRequestID, 64)
}
