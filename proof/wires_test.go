package proof_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"antom-checkout/antom"
)

// wires join shop and Antom without a socket. They delay each message, so that other
// things happen meanwhile; and they see every message, so that two laws are checked at
// the very moment: an id is stored before it is sent to Antom, and a notification is
// stored before it is acknowledged.
type wires struct {
	w *world

	mu           sync.Mutex
	unreliable   bool
	crossing     bool           // a message may be held, and arrives also when its sender has stopped waiting
	carried      sync.WaitGroup // messages of a crossing story that are in flight
	inFlight     atomic.Int64   // how many those are
	waiting      []*overtaking  // messages that wait to be overtaken
	heldByHand   []*held
	over         chan struct{}   // closed at the end of the story
	acknowledged map[string]bool // sha256 of the bodies whose SUCCESS has reached Antom
	broken       []string        // the laws that a message has broken
	typedSent    []string        // the payments whose typed card was sent to Antom
	copying      bool
	copies       []notification
	known        *sql.DB // reads the running program's database
	knownPath    string
}

// notification is one of Antom's as it came, to be sent again.
type notification struct {
	request *http.Request
	body    []byte
}

func newWires(w *world) *wires {
	return &wires{w: w, acknowledged: map[string]bool{}, over: make(chan struct{})}
}

// lawBroken notes a broken law; the test fails with it at the end of the story.
func (ws *wires) lawBroken(what string) {
	ws.w.tell("LAW BROKEN: %s", what)
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.broken = append(ws.broken, what)
}

// dice is a source of chance that depends on the seed, the moment and the matter only,
// not on which goroutine comes first.
func (ws *wires) dice(matter string) *rand.Rand {
	h := fnv.New64a()
	io.WriteString(h, matter)
	return rand.New(rand.NewPCG(ws.w.seed^h.Sum64(), uint64(ws.w.now().Sub(ws.w.began))))
}

// takesTime waits as long as a message is on the wire: mostly moments, now and then
// longer than its sender waits.
func (ws *wires) takesTime(ctx context.Context, dice *rand.Rand) error {
	d := time.Duration(1+dice.IntN(400)) * time.Millisecond
	ws.mu.Lock()
	unreliable := ws.unreliable
	ws.mu.Unlock()
	if unreliable && dice.IntN(25) == 0 {
		d *= 60
	}
	d += time.Duration(dice.IntN(1_000_000)) // so that two messages do not arrive at the same instant
	select {
	case <-ws.w.after(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// message is one request on a wire, with the chance that decides about it.
type message struct {
	kind string // the endpoint, or the type of a notification
	body []byte
	dice *rand.Rand

	longest time.Duration // time on its way, where messages cross
}

// exchange carries a message to deliver, and the answer back. arrived is false when
// deliver was not called.
func (ws *wires) exchange(ctx context.Context, m message, deliver func(context.Context) (*http.Response, error)) (res *http.Response, arrived bool, err error) {
	if ws.crossing {
		return ws.cross(ctx, m, deliver)
	}
	ctx, cancel := ws.w.patient(ctx)
	defer cancel()
	if err := ws.takesTime(ctx, m.dice); err != nil {
		return nil, false, err
	}
	res, err = deliver(ctx)
	if err == nil {
		err = ws.takesTime(ctx, m.dice)
	}
	return res, true, err
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// toAntom is the wire of one program; it breaks when the program dies.
func (ws *wires) toAntom(p *program) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		go func() {
			select {
			case <-p.fuse.burnt:
				cancel()
			case <-ctx.Done():
			}
		}()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if err := p.fuse.step(); err != nil {
			return nil, err
		}
		endpoint := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		dice := ws.dice(endpoint)
		ws.expectIntent(p, endpoint, body)
		ws.expectOneSending(p, endpoint, body)
		res, arrived, err := ws.exchange(ctx, message{endpoint, body, dice, longestHold}, func(ctx context.Context) (*http.Response, error) {
			return serve(ctx, ws.w.box, r, body)
		})
		if !arrived {
			return nil, err
		}
		if dead := p.fuse.step(); dead != nil {
			return nil, dead
		}
		ws.w.tell("  %s %s → %s", endpoint, idsIn(body), outcome(res, err))
		if err != nil {
			return nil, err
		}
		return res, nil
	})
}

// serve has a handler answer a request, and gives up with its context.
func serve(ctx context.Context, to http.Handler, r *http.Request, body []byte) (*http.Response, error) {
	request := r.Clone(ctx)
	request.RequestURI, request.RemoteAddr = r.URL.RequestURI(), "198.51.100.1:443"
	request.Host = r.URL.Host
	request.Body = io.NopCloser(bytes.NewReader(body))
	done := make(chan error, 1)
	answer := httptest.NewRecorder()
	go func() {
		defer func() {
			if p := recover(); p == http.ErrAbortHandler {
				done <- io.ErrUnexpectedEOF
			} else if p != nil {
				panic(p)
			}
		}()
		to.ServeHTTP(answer, request)
		done <- nil
	}()
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
		return answer.Result(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// toShop carries Antom's notifications to a program, if it runs.
func (ws *wires) toShop() http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		defer ws.w.leaps.hold()()
		dice := ws.dice(kindOf(body))
		ws.keepCopy(r, body)
		res, arrived, err := ws.exchange(r.Context(), message{kindOf(body), body, dice, longestNotification}, func(ctx context.Context) (*http.Response, error) {
			return ws.notify(ctx, r, body, dice)
		})
		if !arrived {
			return nil, err
		}
		ws.w.tell("  notification %s → %s", idsIn(body), outcome(res, err))
		if err != nil {
			return nil, err
		}
		if acknowledges(res) {
			ws.mu.Lock()
			defer ws.mu.Unlock()
			ws.acknowledged[digest(body)] = true
		}
		return res, nil
	})
}

// notify delivers a notification to one of the programs that there are when it arrives.
func (ws *wires) notify(ctx context.Context, r *http.Request, body []byte, dice *rand.Rand) (*http.Response, error) {
	p := ws.w.drawn(dice)
	if !p.fuse.holds() {
		return nil, errors.New("connection refused")
	}
	if ws.chance(dice, 10) {
		ws.forge(ctx, p, r, body)
	}
	res, err := serve(ctx, p.pages, r, body)
	if !p.fuse.holds() || ws.chance(dice, 15) {
		return nil, errors.New("the connection broke before the answer")
	}
	if err == nil {
		ws.expectStored(p, res, body)
	}
	return res, err
}

// keepCopies keeps a copy of each notification from now on.
func (ws *wires) keepCopies() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.copying = true
}

func (ws *wires) keepCopy(r *http.Request, body []byte) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.copying {
		ws.copies = append(ws.copies, notification{r.Clone(context.Background()), body})
	}
}

func (ws *wires) firstCopy() notification {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.copies[0]
}

// chance is true once in n times while the wires are unreliable, and otherwise false.
func (ws *wires) chance(dice *rand.Rand, n int) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.unreliable && dice.IntN(n) == 0
}

// forge has a stranger send a success; the program must refuse it.
func (ws *wires) forge(ctx context.Context, p *program, r *http.Request, body []byte) {
	forged := bytes.ReplaceAll(body, []byte(`"resultStatus":"F"`), []byte(`"resultStatus":"S"`))
	_, stranger := testKeys()
	request := r.Clone(ctx)
	signature, err := antom.Sign(stranger, antom.SigningString("POST", r.URL.RequestURI(), r.Header.Get("Client-Id"), r.Header.Get("Request-Time"), forged))
	if err != nil {
		panic(err) // a key that made signatures before makes this one
	}
	request.Header.Set("Signature", signature.String())
	res, err := serve(ctx, p.pages, request, forged)
	if err == nil && res.StatusCode != http.StatusUnauthorized && p.fuse.holds() {
		ws.lawBroken("a forged notification was answered with " + res.Status)
	}
}

// expectIntent checks that the ids of a request are stored before Antom receives them:
// otherwise a crash in the next moment would lose them.
func (ws *wires) expectIntent(p *program, endpoint string, body []byte) {
	var ids struct{ PaymentRequestID, CaptureRequestID, RefundRequestID string }
	if json.Unmarshal(body, &ids) != nil {
		ws.lawBroken(endpoint + " is sent without ids")
		return
	}
	for _, id := range []string{ids.PaymentRequestID, ids.CaptureRequestID, ids.RefundRequestID} {
		if id != "" && !ws.isStored(p, `SELECT (SELECT count(*) FROM payments WHERE request_id = $1) + (SELECT count(*) FROM operations WHERE request_id = $1)`, id) {
			ws.lawBroken(endpoint + " " + id + " is sent before it is stored")
		}
	}
}

// expectStored checks that an acknowledged notification is stored.
func (ws *wires) expectStored(p *program, res *http.Response, body []byte) {
	if acknowledges(res) && !ws.isStored(p, `SELECT count(*) FROM notifications WHERE body_sha256 = $1`, digest(body)) {
		ws.lawBroken("acknowledged before it is stored: " + string(body))
	}
}

func (ws *wires) isStored(p *program, query, id string) bool { return ws.count(p, query, id) > 0 }

// count reads a number from the database of a program, beside it.
func (ws *wires) count(p *program, query string, args ...any) int {
	n, err := ws.read(p, query, args...)
	if err != nil {
		ws.w.tell("reading beside the program: %v", err)
	}
	return n
}

func (ws *wires) read(p *program, query string, args ...any) (n int, err error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.knownPath != p.path {
		ws.close()
		ws.known, ws.knownPath = openBeside(p.path), p.path
	}
	err = ws.known.QueryRow(query, args...).Scan(&n)
	return n, err
}

// close closes the reader's connections.
func (ws *wires) close() {
	if ws.known != nil {
		_ = ws.known.Close() // it has only read
	}
	ws.known, ws.knownPath = nil, ""
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// acknowledges reads an answer as Antom does, and leaves it readable.
func acknowledges(res *http.Response) bool {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return false
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	var answer antom.Envelope
	return res.StatusCode == http.StatusOK && json.Unmarshal(body, &answer) == nil &&
		answer.Result.Code == antom.CodeSuccess && answer.Result.Status == antom.StatusSuccess
}

// kindOf is the type of a notification. Its ids cannot be a source of chance, because
// they differ in every run.
func kindOf(body []byte) string {
	var n struct{ NotifyType string }
	_ = json.Unmarshal(body, &n) // a garbled one has no type
	return n.NotifyType
}

// idsIn is the name of a message in the story: its type and ids.
func idsIn(body []byte) string {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return "(not JSON)"
	}
	var found []string
	for _, name := range []string{"notifyType", "paymentRequestId", "captureRequestId", "refundRequestId", "paymentId"} {
		if text, ok := fields[name].(string); ok {
			found = append(found, text)
		}
	}
	return strings.Join(found, " ")
}

// outcome is an answer in a few words.
func outcome(res *http.Response, err error) string {
	if err != nil {
		return err.Error()
	}
	body, _ := io.ReadAll(res.Body) // from memory
	res.Body = io.NopCloser(bytes.NewReader(body))
	var answer struct {
		Result        antom.Result `json:"result"`
		PaymentStatus string       `json:"paymentStatus"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Result.Status == "" {
		return res.Status
	}
	parts := []string{string(answer.Result.Status), string(answer.Result.Code), answer.PaymentStatus, answer.Result.Message}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}
