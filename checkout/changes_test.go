package checkout

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// The second and third part of testdata/decisions.md: how the shop, an operator and the
// clock change an order, and what is done next about an unfinished payment.

// change is one change of an order.
type change func(o Order, r Rules) (Order, []Effect, error)

// operator is the key of an operator's order.
var operator = Key{Operator: "ann", Idempotency: "k1"}

// changes are the functions of change.go, with the requests that tell them apart.
func changes() map[string]change {
	begin := func(want OperationRequest) change {
		return func(o Order, r Rules) (Order, []Effect, error) {
			want.RequestID = "new"
			after, _, err := BeginOperation(o, want, r)
			return after, nil, err
		}
	}
	return map[string]change{
		"a buyer starts an attempt": func(o Order, r Rules) (Order, []Effect, error) {
			after, err := AddPayment(o, Payment{RequestID: "z", Method: "GCASH", Status: PaymentCreated, Amount: sgd(4200)}, r)
			return after, nil, err
		},
		"a buyer starts an attempt after 50": func(o Order, r Rules) (Order, []Effect, error) {
			o = o.Clone()
			for len(o.Payments) < 50 {
				o.Payments = append(o.Payments, Payment{RequestID: fmt.Sprint("earlier", len(o.Payments)), Method: "GCASH", Status: PaymentFailed, Amount: sgd(4200)})
			}
			after, err := AddPayment(o, Payment{RequestID: "z", Method: "GCASH", Status: PaymentCreated, Amount: sgd(4200)}, r)
			return after, nil, err
		},
		"the order's time ends":      func(o Order, r Rules) (Order, []Effect, error) { return noError(CloseOrder(o, OrderExpired, r)) },
		"an operator closes":         func(o Order, r Rules) (Order, []Effect, error) { return noError(CloseOrder(o, OrderCancelled, r)) },
		"an operator accepts":        AcceptReview,
		"an operator captures":       begin(OperationRequest{Kind: Capture, Key: operator}),
		"an operator refunds 10.00":  begin(OperationRequest{Kind: Refund, Key: operator, Minor: 1000}),
		"an operator refunds it all": begin(OperationRequest{Kind: Refund, Key: operator}),
		"an operator cancels":        begin(OperationRequest{Kind: Cancel, Key: operator, Payment: "a"}),
		"the shop cancels":           begin(OperationRequest{Kind: Cancel, Payment: "a"}),
		"the shop refunds":           begin(OperationRequest{Kind: Refund, Payment: "a"}),
		"the buyer asks for an email": func(o Order, _ Rules) (Order, []Effect, error) {
			return RequestEmail(o), nil, nil
		},
		"the buyer corrects the form": func(o Order, _ Rules) (Order, []Effect, error) {
			corrected := o.Buyer
			corrected.Address1 = "2 Raffles Place"
			after, err := CorrectBuyer(o, corrected)
			if err == nil && after.Buyer != corrected {
				return o, nil, errors.New("nothing is corrected")
			}
			return after, nil, err
		},
		"an authorisation is watched": func(o Order, r Rules) (Order, []Effect, error) {
			return noError(WatchAuthorization(o, "a", FindingFound, r))
		},
		"72 hours of polls without a result": func(o Order, r Rules) (Order, []Effect, error) {
			o = o.Clone()
			if p := o.Payment("a"); !p.NextPoll.IsZero() {
				p.Polls = 1000
			}
			return noError(StopPolling(o, "a", 999, FindingUnknown, r))
		},
	}
}

func noError(o Order, effects []Effect) (Order, []Effect, error) { return o, effects, nil }

// changesTable is the section of every change, for automatic and for manual capture.
func changesTable(t *testing.T, states []tableState) string {
	t.Helper()
	all := changes()
	table := strings.Builder{}
	table.WriteString("\n# What shop, operator and clock do\n\nA change that is refused names the code of its error. Manual capture has a section of its own where it differs.\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, manual := range []bool{false, true} {
			r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
			section := changeSection(t, withCapture(states, manual), name, all[name], r)
			if manual && section == changeSection(t, states, name, all[name], r) {
				continue
			}
			if manual {
				name += ", manual capture"
			}
			fmt.Fprintf(&table, "\n## %s\n\n%s", name, section)
		}
	}
	return table.String()
}

// withCapture are the states with payments that the merchant captures, or Antom.
func withCapture(states []tableState, manual bool) []tableState {
	states = slices.Clone(states)
	for i := range states {
		states[i].order = states[i].order.Clone()
		for j := range states[i].order.Payments {
			states[i].order.Payments[j].ManualCapture = manual
		}
	}
	return states
}

func changeSection(t *testing.T, states []tableState, name string, change change, r Rules) string {
	t.Helper()
	return sectionOf(states, func(state tableState) string {
		after, effects, err := change(state.order, r)
		var refused *Error
		switch {
		case errors.As(err, &refused):
			if after.Version != state.order.Version || len(effects) > 0 {
				t.Errorf("%s of %s is refused and has effects", name, state.name)
			}
			return "· | · | refused: " + string(refused.Code)
		case err != nil:
			t.Errorf("%s of %s: %v", name, state.name, err)
		}
		if before := state.order.Status; before != after.Status && !before.CanTransitionTo(after.Status) {
			t.Errorf("%s of %s: the order went from %s to %s", name, state.name, before, after.Status)
		}
		outcome := outcomeOf(state.order, after, effects)
		if p := after.Payment("a"); len(p.Operations) > len(state.order.Payment("a").Operations) {
			op := p.Operations[len(p.Operations)-1]
			outcome += fmt.Sprintf("%s of %d is to be sent", op.Kind, op.Amount.Minor)
		}
		if len(after.Payments) > len(state.order.Payments) {
			outcome += "the attempt is to be sent"
		}
		return outcome
	})
}

// sectionOf groups the states by what happens in each.
func sectionOf(states []tableState, happens func(tableState) string) string {
	var outcomes []string
	ends := map[string][]tableState{}
	for _, state := range states {
		outcome := happens(state)
		if ends[outcome] == nil {
			outcomes = append(outcomes, outcome)
		}
		ends[outcome] = append(ends[outcome], state)
	}
	if len(ends) == 1 && ends["· | · | "] != nil {
		return "Changes nothing.\n"
	}
	section := "| payment | order | and then | states |\n|---|---|---|---|\n"
	for _, outcome := range outcomes {
		if outcome != "· | · | " {
			section += "| " + outcome + " | " + namesOf(ends[outcome]) + " |\n"
		}
	}
	return section
}

// nextTable says what the sweeper does next about a payment that it has inquired.
func nextTable(states []tableState) string {
	table := strings.Builder{}
	table.WriteString("\n# What is done next\n\nThe sweeper has inquired a payment; a section is named by what it found. Its session is still open unless the section says\notherwise. A state that is not listed waits for the next poll.\n")
	for _, manual := range []bool{false, true} {
		for _, found := range []Finding{FindingUnknown, FindingNotFound, FindingPending, FindingFound} {
			for _, over := range []bool{false, true} {
				r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
				steps := map[Step][]tableState{}
				for _, state := range withCapture(states, manual) {
					o := state.order.Clone()
					o.Payment("a").ExpiresAt = noon.Add(time.Hour)
					if over {
						o.Payment("a").ExpiresAt = noon
					}
					step := NextForPayment(o, "a", found, r)
					steps[step] = append(steps[step], state)
				}
				delete(steps, StepNone)
				title := string(found)
				if over {
					title += ", its session has ended"
				}
				if manual {
					title += ", manual capture"
				}
				fmt.Fprintf(&table, "\n## %s\n\n", title)
				if len(steps) == 0 {
					table.WriteString("Waits.\n")
					continue
				}
				table.WriteString("| next | states |\n|---|---|\n")
				for _, step := range slices.Sorted(maps.Keys(steps)) {
					fmt.Fprintf(&table, "| %s | %s |\n", step, namesOf(steps[step]))
				}
			}
		}
	}
	return table.String()
}

// What is done next about an operation without a final result.
func TestWhatComesNextAboutAnOperation(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	sent := func(kind OperationKind, status OperationStatus, key string, ago time.Duration) Operation {
		return Operation{Kind: kind, RequestID: "op", Status: status, Key: key, SubmittedAt: noon.Add(-ago)}
	}
	for name, c := range map[string]struct {
		payment PaymentStatus
		op      Operation
		found   Finding
		want    Step
	}{
		"Antom's own capture":                          {PaymentAuthorized, sent(Capture, OperationProcessing, "", 0), FindingFound, StepNone},
		"a capture without an answer":                  {PaymentAuthorized, sent(Capture, OperationProcessing, "ann:1", 0), FindingFound, StepSubmit},
		"a refund that was never sent":                 {PaymentPaid, sent(Refund, OperationPending, "ann:1", 0), FindingFound, StepSubmit},
		"a refund without an answer":                   {PaymentPaid, sent(Refund, OperationProcessing, "ann:1", 0), FindingFound, StepInquireRefund},
		"a cancel without an answer":                   {PaymentProcessing, sent(Cancel, OperationProcessing, ownKey, time.Hour), FindingPending, StepSubmit},
		"a cancel, and Antom does not answer":          {PaymentProcessing, sent(Cancel, OperationProcessing, ownKey, time.Hour), FindingUnknown, StepSubmit},
		"a cancel that the buyer may have overtaken":   {PaymentProcessing, sent(Cancel, OperationProcessing, ownKey, cancelDelay-1), FindingFound, StepNone},
		"a cancel that the buyer has overtaken":        {PaymentProcessing, sent(Cancel, OperationProcessing, ownKey, cancelDelay), FindingFound, StepConcludeCancel},
		"an operator's cancel that the buyer overtook": {PaymentProcessing, sent(Cancel, OperationProcessing, "ann:1", time.Hour), FindingFound, StepSubmit},
		"a cancel of a duplicate, which has been paid": {PaymentPaid, sent(Cancel, OperationProcessing, ownKey, time.Hour), FindingFound, StepSubmit},
	} {
		o := orderWith("GCASH", c.payment)
		if got := NextForOperation(o, "a", c.op, c.found, r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for misses, want := range map[int]Step{0: StepCountMiss, 1: StepCountMiss, 2: StepSubmit} {
		if got := NextForMissedRefund(Operation{Misses: misses}); got != want {
			t.Errorf("a refund that Antom did not know %d times before: %s, want %s", misses, got, want)
		}
	}
}

// A body that lacks what may not be stored would be another request with the same id.
// What Antom still does not know when a call must have ended has never reached it.
func TestAnIncompleteBodyIsInquiredNeverRepeated(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	redirect := Action{Type: ActionRedirect, URL: "https://bank.example"}
	for name, c := range map[string]struct {
		incomplete bool
		age        time.Duration
		action     Action
		want       Step
	}{
		"a whole body":                    {false, time.Hour, Action{}, StepSubmit},
		"a card that was just sent":       {true, 0, Action{}, StepNone},
		"a call that may be under way":    {true, callTime - 1, Action{}, StepNone},
		"a card that Antom never got":     {true, callTime, Action{}, StepAbandon},
		"a buyer who is at the bank's":    {true, time.Hour, redirect, StepNone},
		"a body that can be read, at one": {false, time.Hour, redirect, StepNone},
	} {
		o := orderWith("CARD", PaymentUnknown)
		p := o.Payment("a")
		p.Incomplete, p.ExpiresAt, p.CreatedAt, p.Action = c.incomplete, noon.Add(time.Hour), noon.Add(-c.age), c.action
		if got := NextForPayment(o, "a", FindingNotFound, r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// How the active attempt ends, so that another may begin or the order may close.
func TestHowAnAttemptEnds(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	refused := Operation{Kind: Cancel, RequestID: "x", Status: OperationFailed, CreatedAt: noon.Add(-time.Minute)}
	for name, c := range map[string]struct {
		status     PaymentStatus
		operations []Operation
		found      Finding
		by         CauseKind
		want       Step
	}{
		"Antom does not answer":         {PaymentProcessing, nil, FindingUnknown, ByShopper, StepNone},
		"never placed":                  {PaymentUnknown, nil, FindingNotFound, ByShopper, StepAbandon},
		"not paid yet":                  {PaymentProcessing, nil, FindingPending, ByShopper, StepCancel},
		"a cancel was refused lately":   {PaymentProcessing, []Operation{refused}, FindingPending, ByShopper, StepSupersede},
		"an operator cancels once more": {PaymentProcessing, []Operation{refused}, FindingPending, ByAdmin, StepCancel},
		"paid":                          {PaymentPaid, nil, FindingFound, ByShopper, StepNone},
		"failed":                        {PaymentFailed, nil, FindingFound, ByShopper, StepNone},
	} {
		o := orderWith("GCASH", c.status)
		p := o.Payment("a")
		p.Operations, p.Active = c.operations, c.status != PaymentFailed
		if got := NextToEnd(o, "a", c.found, c.by, r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
