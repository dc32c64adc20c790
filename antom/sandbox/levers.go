package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// controlRoutes are the levers as JSON; README.md documents them.
func (s *Sandbox) controlRoutes(mux *http.ServeMux) {
	c := s.Control()
	get := func(path string, read func(r *http.Request) any) {
		mux.HandleFunc("GET /control/"+path, func(w http.ResponseWriter, r *http.Request) { answerJSON(w, http.StatusOK, read(r)) })
	}
	get("credentials", func(*http.Request) any { return s.Credentials() })
	get("ledger", func(*http.Request) any { return c.Ledger() })
	get("messages", func(r *http.Request) any { return messagesOf(c.Messages(), r.FormValue("payment_request_id")) })
	get("notices", func(*http.Request) any { return emptyNotNull(c.Notices()) })
	get("faults", func(*http.Request) any { return emptyNotNull(c.Faults()) })
	get("clock", func(*http.Request) any { return clockAnswer{c.Now()} })
	get("changes", s.waitForChange)

	mux.HandleFunc("POST /control/reset", pull(func(context.Context, *http.Request, struct{}) (any, error) {
		return done, c.Reset()
	}))
	mux.HandleFunc("POST /control/clock", pull(func(_ context.Context, _ *http.Request, body struct{ Advance Duration }) (any, error) {
		err := c.Advance(time.Duration(body.Advance))
		return clockAnswer{c.Now()}, err
	}))
	mux.HandleFunc("POST /control/seed", pull(func(_ context.Context, _ *http.Request, body struct{ Seed uint64 }) (any, error) {
		c.Seed(body.Seed)
		return done, nil
	}))
	mux.HandleFunc("POST /control/idle", pull(func(ctx context.Context, _ *http.Request, _ struct{}) (any, error) {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		return done, c.WaitIdle(ctx)
	}))
	mux.HandleFunc("POST /control/faults", func(w http.ResponseWriter, r *http.Request) {
		var f Fault
		if err := readJSON(r, &f); err != nil {
			answerError(w, err)
			return
		}
		added, err := c.AddFault(f)
		if err != nil {
			answerError(w, badRequest{err})
			return
		}
		answerJSON(w, http.StatusCreated, added)
	})
	mux.HandleFunc("DELETE /control/faults", func(w http.ResponseWriter, _ *http.Request) {
		c.ClearFaults()
		answerJSON(w, http.StatusOK, done)
	})
	mux.HandleFunc("DELETE /control/faults/{id}", func(w http.ResponseWriter, r *http.Request) {
		if !c.RemoveFault(r.PathValue("id")) {
			answerJSON(w, http.StatusNotFound, errorAnswer{"no fault has this id"})
			return
		}
		answerJSON(w, http.StatusOK, done)
	})
	mux.HandleFunc("POST /control/payments/{id}/dispute", pull(func(_ context.Context, r *http.Request, body disputeAct) (any, error) {
		id, err := c.Dispute(r.PathValue("id"), body.Amount, body.ReasonCode)
		return disputeAnswer{id}, err
	}))
	mux.HandleFunc("POST /control/disputes/{id}/judge", pull(func(_ context.Context, r *http.Request, body judgement) (any, error) {
		return done, c.Judge(r.PathValue("id"), body.Verdict)
	}))
	mux.HandleFunc("POST /control/disputes/{id}/withdraw", pull(func(_ context.Context, r *http.Request, _ struct{}) (any, error) {
		return done, c.Withdraw(r.PathValue("id"))
	}))
	mux.HandleFunc("POST /control/payments/{id}/{act}", pull(s.pullBuyer))
}

// buyerAct is the body of the levers that act as the buyer.
type buyerAct struct {
	Code   string `json:"code"`
	Method string `json:"method"`
}

func (s *Sandbox) pullBuyer(_ context.Context, r *http.Request, body buyerAct) (any, error) {
	c, id := s.Control(), r.PathValue("id")
	acts := map[string]func() error{
		"submit":  func() error { return c.Submit(id, body.Method) },
		"pay":     func() error { return c.Pay(id) },
		"decline": func() error { return c.Decline(id, body.Code) },
		"pend":    func() error { return c.Pend(id) },
		"leave":   func() error { return c.Leave(id) },
		"close":   func() error { return c.Close(id) },
	}
	act, known := acts[r.PathValue("act")]
	if !known {
		return nil, badRequest{errors.New("no act is called " + strconv.Quote(r.PathValue("act")))}
	}
	if err := act(); err != nil {
		return nil, err
	}
	p, _ := c.Ledger().Payment(id)
	return p, nil
}

type (
	errorAnswer struct {
		Error string `json:"error"`
	}
	doneAnswer struct {
		Done bool `json:"done"`
	}
	disputeAct struct {
		Amount     int64  `json:"amount"`
		ReasonCode string `json:"reason_code"`
	}
	disputeAnswer struct {
		DisputeID string `json:"dispute_id"`
	}
	judgement struct {
		Verdict string `json:"verdict"`
	}
	clockAnswer struct {
		Now time.Time `json:"now"`
	}
	// badRequest is an error of the one who pulled the lever.
	badRequest struct{ error }
)

var done = doneAnswer{true}

// pull turns a lever into a handler: it reads the body, if there is one, and
// answers with what the lever says.
func pull[Body any](do func(context.Context, *http.Request, Body) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body Body
		if err := readJSON(r, &body); err != nil {
			answerError(w, err)
			return
		}
		answer, err := do(r.Context(), r, body)
		if err != nil {
			answerError(w, err)
			return
		}
		answerJSON(w, http.StatusOK, answer)
	}
}

func readJSON(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxRequest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return badRequest{err}
	}
	return nil
}

func answerError(w http.ResponseWriter, err error) {
	var bad badRequest
	status := http.StatusConflict
	switch {
	case errors.As(err, &bad):
		status = http.StatusBadRequest
	case errors.Is(err, ErrUnknownPayment), errors.Is(err, ErrUnknownDispute):
		status = http.StatusNotFound
	case errors.Is(err, context.DeadlineExceeded):
		status = http.StatusGatewayTimeout
	}
	answerJSON(w, status, errorAnswer{err.Error()})
}

func answerJSON(w http.ResponseWriter, status int, answer any) {
	text, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		panic(err) // answers are structs of ours
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(text, '\n')) // a reader who went away has no use for the error
}

func emptyNotNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func messagesOf(all []Message, payment string) []Message {
	found := []Message{}
	for _, m := range all {
		if payment == "" || m.PaymentRequestID == payment {
			found = append(found, m)
		}
	}
	return found
}

// waitForChange answers as soon as anything has moved since the count the
// asker names, or after 20 seconds: how the control room keeps up to date.
func (s *Sandbox) waitForChange(r *http.Request) any {
	since, err := strconv.Atoi(r.FormValue("since"))
	if err != nil {
		since = -1
	}
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	for {
		s.mu.Lock()
		count, changed := s.changeCount, s.changed
		s.mu.Unlock()
		if count != since {
			return map[string]int{"count": count}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return map[string]int{"count": count}
		case <-s.ctx.Done():
			return map[string]int{"count": count}
		}
	}
}
