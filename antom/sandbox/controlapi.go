package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// controlAPI serves Control as JSON under /control/; README.md documents it.
type controlAPI struct {
	control     *Control
	credentials Credentials
	ctx         context.Context // ends requests that wait for a change
}

func (api *controlAPI) addRoutes(mux *http.ServeMux) {
	api.addReads(mux)
	api.addFaultRoutes(mux)
	api.addClockRoutes(mux)
	api.addBuyerRoutes(mux)
}

// addReads adds what a GET reads.
func (api *controlAPI) addReads(mux *http.ServeMux) {
	c := api.control
	get := func(path string, read func(r *http.Request) any) {
		mux.HandleFunc("GET /control/"+path, func(w http.ResponseWriter, r *http.Request) { answerJSON(w, http.StatusOK, read(r)) })
	}
	get("credentials", func(*http.Request) any { return api.credentials })
	get("ledger", func(*http.Request) any { return c.Ledger() })
	get("messages", func(r *http.Request) any { return messagesOf(c.Messages(), r.FormValue("payment_request_id")) })
	get("notices", func(*http.Request) any { return emptyNotNull(c.Notifications()) })
	get("faults", func(*http.Request) any { return emptyNotNull(c.Faults()) })
	get("clock", func(*http.Request) any { return clockAnswer{c.Now()} })
	get("changes", api.waitForChange)
	mux.HandleFunc("GET /control/reports", func(w http.ResponseWriter, r *http.Request) {
		generation, err := strconv.Atoi(cmp.Or(r.FormValue("generation"), "2"))
		files, problem := c.Reports(r.FormValue("day"), generation)
		if problem = errors.Join(err, problem); problem != nil {
			answerError(w, badRequest{problem})
			return
		}
		answerJSON(w, http.StatusOK, files)
	})
}

// addFaultRoutes adds what injects faults and ends them.
func (api *controlAPI) addFaultRoutes(mux *http.ServeMux) {
	c := api.control
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
	mux.HandleFunc("POST /control/seed", post(func(_ context.Context, _ *http.Request, body struct{ Seed uint64 }) (any, error) {
		c.Seed(body.Seed)
		return done, nil
	}))
}

// addClockRoutes adds what moves the clock, waits, and starts from nothing.
func (api *controlAPI) addClockRoutes(mux *http.ServeMux) {
	c := api.control
	mux.HandleFunc("POST /control/reset", post(func(context.Context, *http.Request, struct{}) (any, error) {
		return done, c.Reset()
	}))
	mux.HandleFunc("POST /control/clock", post(func(_ context.Context, _ *http.Request, body struct{ Advance Duration }) (any, error) {
		err := c.Advance(time.Duration(body.Advance))
		return clockAnswer{c.Now()}, err
	}))
	mux.HandleFunc("POST /control/idle", post(func(ctx context.Context, _ *http.Request, _ struct{}) (any, error) {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		return done, c.WaitIdle(ctx)
	}))
}

// addBuyerRoutes adds what acts as the buyer and as the buyer's bank.
func (api *controlAPI) addBuyerRoutes(mux *http.ServeMux) {
	c := api.control
	mux.HandleFunc("POST /control/payments/{id}/dispute", post(func(_ context.Context, r *http.Request, body DisputeAct) (any, error) {
		id, err := c.DisputeBy(r.PathValue("id"), body)
		return disputeAnswer{id}, err
	}))
	mux.HandleFunc("POST /control/disputes/{id}/judge", post(func(_ context.Context, r *http.Request, body judgement) (any, error) {
		return done, c.Judge(r.PathValue("id"), body.Verdict)
	}))
	mux.HandleFunc("POST /control/disputes/{id}/withdraw", post(func(_ context.Context, r *http.Request, _ struct{}) (any, error) {
		return done, c.Withdraw(r.PathValue("id"))
	}))
	mux.HandleFunc("POST /control/payments/{id}/{act}", post(api.actAsBuyer))
}

// buyerAct is the body of the requests that act as the buyer.
type buyerAct struct {
	Code   string `json:"code"`
	Method string `json:"method"`
}

func (api *controlAPI) actAsBuyer(_ context.Context, r *http.Request, body buyerAct) (any, error) {
	c, id := api.control, r.PathValue("id")
	acts := map[string]func() error{
		"submit":           func() error { return c.Submit(id, body.Method) },
		"pay":              func() error { return c.Pay(id) },
		"decline":          func() error { return c.Decline(id, body.Code) },
		"challenge":        func() error { return c.Challenge(id) },
		"cancel-challenge": func() error { return c.CancelChallenge(id) },
		"pend":             func() error { return c.Pend(id) },
		"leave":            func() error { return c.Leave(id) },
		"close":            func() error { return c.Close(id) },
		"revoke-card":      func() error { return c.RevokeCard(id, body.Code) },
		"pay-and-save":     func() error { return c.PayAndSave(id) },
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

// waitForChange answers when the count of changes is not the one that the request
// names, or after 20 seconds: this keeps the control page up to date.
func (api *controlAPI) waitForChange(r *http.Request) any {
	since, err := strconv.Atoi(r.FormValue("since"))
	if err != nil {
		since = -1
	}
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	for {
		count, changed := api.control.s.changes.state()
		if count != since {
			return map[string]int{"count": count}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return map[string]int{"count": count}
		case <-api.ctx.Done():
			return map[string]int{"count": count}
		}
	}
}

type (
	errorAnswer struct {
		Error string `json:"error"`
	}
	doneAnswer struct {
		Done bool `json:"done"`
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
	// badRequest is an error in the request itself.
	badRequest struct{ error }
)

var done = doneAnswer{true}

// post turns an act of the control API into a handler: it reads the body, if
// there is one, and answers with what the act returns.
func post[Body any](do func(context.Context, *http.Request, Body) (any, error)) http.HandlerFunc {
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
		panic(err) // every answer can be written as JSON
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a reader who left needs no error
}

func emptyNotNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
