package checkout

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var writeTable = flag.Bool("write-table", false, "write testdata/decisions.md anew")

const tableFile = "testdata/decisions.md"

// TestTheWholeTable compares what every event makes of a payment in every state with a
// table that people read: testdata/decisions.md. A line that a payments person objects
// to is a bug, and so is a line that changed without intent. Every single decision also
// has to keep the laws of the design.
func TestTheWholeTable(t *testing.T) {
	states := allStates()
	orders, payments := map[OrderStatus]bool{}, map[PaymentStatus]bool{}
	for _, state := range states {
		orders[state.order.Status], payments[state.order.Payment("a").Status] = true, true
	}
	if len(orders) != len(orderAfter) || len(payments) != len(paymentAfter) {
		t.Errorf("the table is not whole: %v, %v", orders, payments)
	}
	table := strings.Builder{}
	table.WriteString(tableHead)
	for _, name := range eventNames() {
		var ways []string            // in which the event arrives, one for each different section
		sections := map[string]int{} // section → its place in ways
		for _, way := range waysOf(name) {
			section := decisions(t, states, name, way)
			if at, same := sections[section]; same {
				ways[at] += ", " + string(way)
				continue
			}
			sections[section] = len(ways)
			ways = append(ways, string(way))
		}
		for section, at := range sections {
			ways[at] = fmt.Sprintf("\n## %s (%s)\n\n%s", name, ways[at], section)
		}
		table.WriteString(strings.Join(ways, ""))
	}
	table.WriteString(changesTable(t, states))
	table.WriteString(nextTable(states))
	table.WriteString(threeDSTable())
	expectTable(t, table.String())
}

const tableHead = `# What every event makes of a payment

Made by "go test ./checkout -run TheWholeTable -write-table"; read every changed line before you commit it.

The order is over SGD 42.00, Antom captures cards by itself, and late money is accepted. An event about a payment arrives by
notification, by the response to a call, or by inquiry; the shop itself decides that a payment is abandoned or superseded.
A state that is not listed does not change, and "·" means no change. A capture, refund or cancel that an event reports is
stored with the payment, unless the event is a contradiction.
`

// decisions is the section of an event that arrives in one way: by outcome, the states
// that lead to it.
func decisions(t *testing.T, states []tableState, name string, way CauseKind) string {
	t.Helper()
	var outcomes []string
	ends := map[string][]tableState{}
	for _, state := range states {
		e := eventCalled(name, way, state.order.Payment("a").Method)
		after, effects := Apply(state.order, e, Rules{Now: noon, Schedule: Schedule{time.Minute}})
		if broken := lawBroken(state.order, e, after, effects); broken != "" {
			t.Errorf("%s %s, then %s by %s: %s", state.method, state.name, name, way, broken)
		}
		outcome := outcomeOf(state.order, after, effects)
		if ends[outcome] == nil {
			outcomes = append(outcomes, outcome)
		}
		ends[outcome] = append(ends[outcome], state)
	}
	section := "| payment | order | and then | states |\n|---|---|---|---|\n"
	for _, outcome := range outcomes {
		if outcome != "· | · | " {
			section += "| " + outcome + " | " + namesOf(ends[outcome]) + " |\n"
		}
	}
	if len(ends) == 1 && ends["· | · | "] != nil {
		return "Changes nothing.\n"
	}
	return section
}

// namesOf lists states; one of wallets or cards alone says so.
func namesOf(states []tableState) string {
	methods := map[string]string{}
	var names []string
	for _, s := range states {
		if methods[s.name] == "" {
			names = append(names, s.name)
		}
		methods[s.name] += s.method
	}
	for i, name := range names {
		if methods[name] != "walletcard" && name != string(PaymentAuthorized) {
			names[i] += " (" + methods[name] + ")"
		}
	}
	return strings.Join(names, "; ")
}

func expectTable(t *testing.T, table string) {
	t.Helper()
	if *writeTable {
		if err := os.WriteFile(tableFile, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(text), "\n"), strings.Split(table, "\n")
	for i := range max(len(was), len(is)) {
		if i >= len(was) || i >= len(is) || was[i] != is[i] {
			t.Fatalf("%s is not what is decided, from line %d on; run with -write-table and read the difference", tableFile, i+1)
		}
	}
}

// tableState is a state of an order when an event about its payment "a" is applied.
type tableState struct {
	method, name string
	order        Order
}

// allStates are all states of a payment, by wallet and by card, and all states of its
// order that do not follow from the payment alone.
func allStates() (all []tableState) {
	for _, method := range []string{"GCASH", "CARD"} {
		add := func(name string, o Order, change func(o *Order, p *Payment)) {
			p := &o.Payments[0]
			if method == "CARD" && (p.Status == PaymentPaid || p.Status == PaymentRefunded) {
				p.Operations = append(p.Operations, Operation{Kind: Capture, RequestID: "taken", Amount: sgd(4200), Status: OperationSuccess})
			}
			change(&o, p)
			if p.needsPolling() {
				p.schedulePoll(noon.Add(5 * time.Minute))
			}
			o.Status = orderStatus(o)
			o.EverPaid = o.EverPaid || p.Active && (p.Status == PaymentPaid || p.Status == PaymentRefunded)
			all = append(all, tableState{map[string]string{"GCASH": "wallet", "CARD": "card"}[method], name, o})
		}
		refunded := func(p *Payment, minor int64) {
			p.Operations = append(p.Operations, Operation{Kind: Refund, RequestID: "earlier", Amount: sgd(minor), Status: OperationSuccess})
		}
		asIs := func(*Order, *Payment) {}

		add("created", orderWith(method, PaymentCreated), asIs)
		add("unknown", orderWith(method, PaymentUnknown), asIs)
		add("processing", orderWith(method, PaymentProcessing), asIs)
		add("pending", orderWith(method, PaymentPending), asIs)
		if method == "CARD" {
			add("authorized", orderWith(method, PaymentAuthorized), asIs)
		}
		add("paid", orderWith(method, PaymentPaid), asIs)
		add("partially refunded", orderWith(method, PaymentPaid), func(_ *Order, p *Payment) { refunded(p, 1000) })
		add("refunded", orderWith(method, PaymentRefunded), func(_ *Order, p *Payment) { p.Active = true; refunded(p, 4200) })
		add("paid, in dispute", orderWith(method, PaymentPaid), func(_ *Order, p *Payment) { p.Disputes = []Dispute{{ID: "d", Step: "DISPUTE_CREATED"}} })
		add("failed", orderWith(method, PaymentFailed), asIs)
		add("cancelled", orderWith(method, PaymentCancelled), asIs)

		add("being cancelled", orderWith(method, PaymentProcessing), func(_ *Order, p *Payment) {
			p.Operations = append(p.Operations, Operation{Kind: Cancel, RequestID: "ending", Amount: sgd(4200), Status: OperationProcessing, Key: ownKey, CreatedAt: noon, SubmittedAt: noon})
		})
		add("superseded", orderWith(method, PaymentProcessing), func(_ *Order, p *Payment) { p.Active = false })
		add("superseded, another paid", orderWith(method, PaymentProcessing, PaymentPaid), func(o *Order, _ *Payment) { o.EverPaid = true })
		add("superseded, order expired", orderWith(method, PaymentProcessing), func(o *Order, p *Payment) { p.Active, o.Closed = false, OrderExpired })
		add("superseded, order cancelled", orderWith(method, PaymentProcessing), func(o *Order, p *Payment) { p.Active, o.Closed = false, OrderCancelled })
		add("superseded, order expired, goods gone", orderWith(method, PaymentProcessing), func(o *Order, p *Payment) {
			p.Active, o.Closed, o.Fulfillable = false, OrderExpired, false
		})
		add("cancelled, order expired", orderWith(method, PaymentCancelled), func(o *Order, _ *Payment) { o.Closed = OrderExpired })
		add("cancelled, order cancelled", orderWith(method, PaymentCancelled), func(o *Order, _ *Payment) { o.Closed = OrderCancelled })
		add("under review", orderWith(method, PaymentProcessing), func(o *Order, p *Payment) { o.Review, o.ReviewPayment = "another amount", "a" })
	}
	return all
}

// The events of the table, by name.
var (
	outcomes        = []Outcome{OutcomeUnknown, OutcomeAccepted, OutcomePending, OutcomeSucceeded, OutcomeFailed, OutcomeCancelled, OutcomeAbandoned, OutcomeSuperseded}
	operationEvents = map[string]OperationEvent{
		"capture processing":       {Kind: Capture, Status: OperationProcessing, Amount: sgd(4200)},
		"capture success":          {Kind: Capture, Status: OperationSuccess, Amount: sgd(4200)},
		"capture failed":           {Kind: Capture, Status: OperationFailed, Amount: sgd(4200)},
		"capture of less success":  {Kind: Capture, Status: OperationSuccess, Amount: sgd(4100)},
		"refund processing":        {Kind: Refund, Status: OperationProcessing, Amount: sgd(1000)},
		"refund success":           {Kind: Refund, Status: OperationSuccess, Amount: sgd(1000)},
		"refund failed":            {Kind: Refund, Status: OperationFailed, Amount: sgd(1000)},
		"refund of all success":    {Kind: Refund, Status: OperationSuccess, Amount: sgd(4200)},
		"refund of more success":   {Kind: Refund, Status: OperationSuccess, Amount: sgd(4300)},
		"refund of unknown amount": {Kind: Refund, Status: OperationSuccess},
		"cancel processing":        {Kind: Cancel, Status: OperationProcessing, Amount: sgd(4200)},
		"cancel success":           {Kind: Cancel, Status: OperationSuccess, Amount: sgd(4200)},
		"cancel failed":            {Kind: Cancel, Status: OperationFailed, Amount: sgd(4200)},
	}
	contradictions = map[string]func(*Event){
		"succeeded, another amount":   func(e *Event) { e.Amount = sgd(4300) },
		"succeeded, another currency": func(e *Event) { e.Amount.Currency = "USD" },
		"succeeded, another Antom id": func(e *Event) { e.ForeignID = true },
		"succeeded, another method":   func(e *Event) { e.Method = "PAYNOW" },
	}
)

func eventNames() (names []string) {
	for _, outcome := range outcomes {
		names = append(names, string(outcome))
	}
	names = append(names, slices.Sorted(maps.Keys(operationEvents))...)
	return append(names, slices.Sorted(maps.Keys(contradictions))...)
}

// waysOf are the ways in which an event may arrive.
func waysOf(name string) []CauseKind {
	switch {
	case name == string(OutcomeAbandoned):
		return []CauseKind{ByShopper, BySweeper, ByAdmin}
	case name == string(OutcomeSuperseded):
		return []CauseKind{ByShopper}
	case name == string(OutcomeUnknown), strings.HasPrefix(name, "cancel "):
		return []CauseKind{ByResponse}
	case name == string(OutcomeCancelled):
		return []CauseKind{ByInquiry}
	}
	return []CauseKind{ByNotification, ByResponse, ByInquiry}
}

func eventCalled(name string, way CauseKind, method string) Event {
	e := Event{Cause: Cause{way, "x"}, RequestID: "a"}
	if op, about := operationEvents[name]; about {
		op.RequestID = "op"
		e.Operations = []OperationEvent{op}
		return e
	}
	e.Outcome, e.Amount, e.Method = Outcome(name), sgd(4200), method
	if contradict, known := contradictions[name]; known {
		e.Outcome = OutcomeSucceeded
		contradict(&e)
	}
	return e
}

// outcomeOf is a decision in the columns of the table.
func outcomeOf(before, after Order, effects []Effect) string {
	p, was := after.Payment("a"), before.Payment("a")
	payment, order := "·", "·"
	if p.Status != was.Status {
		payment = string(p.Status)
	}
	if after.Status != before.Status {
		order = string(after.Status)
		if after.Status == OrderReview {
			order += ": " + string(after.Review)
		}
	}
	var then []string
	for _, effect := range effects {
		then = append(then, string(effect))
	}
	if p.Duplicate && !was.Duplicate {
		then = append(then, "returned as a duplicate")
	} else if !p.NextPoll.IsZero() && !p.NextPoll.After(noon) {
		then = append(then, "is inquired")
	}
	if !was.Active && p.Active {
		then = append(then, "becomes the active attempt")
	}
	return payment + " | " + order + " | " + strings.Join(then, ", ")
}

// lawBroken holds one decision to the laws of the design.
func lawBroken(before Order, e Event, after Order, effects []Effect) string {
	was, p := before.Payment("a"), after.Payment("a")
	equalSuccess := e.Outcome == OutcomeSucceeded && e.Amount == was.Amount
	for _, op := range e.Operations {
		equalSuccess = equalSuccess || op.Kind == Capture && op.Status == OperationSuccess && op.Amount == was.Amount
	}
	got := !was.Status.HoldsFunds() && p.Status.HoldsFunds()
	active := 0
	for _, other := range after.Payments {
		if other.Active {
			active++
		}
	}
	switch {
	case before.Status != after.Status && !before.Status.CanTransitionTo(after.Status):
		return fmt.Sprintf("the order went from %s to %s", before.Status, after.Status)
	case was.Status != p.Status && !reachable(was.Status, p.Status):
		return fmt.Sprintf("the payment went from %s to %s", was.Status, p.Status)
	case got && !equalSuccess:
		return "the payment holds funds without a success of its amount"
	case got && e.Cause.Kind != ByNotification && e.Cause.Kind != ByInquiry && e.Cause.Kind != ByResponse:
		return "the payment holds funds without a message of Antom's"
	case p.Status == PaymentFailed && was.Status != PaymentFailed && e.Outcome != OutcomeFailed:
		return "it failed without an event of failure"
	case was.Status.HoldsFunds() && p.Status == PaymentFailed:
		return "a late failure took the funds away"
	case e.Outcome == OutcomeUnknown && was.Status != PaymentCreated && p.Status != was.Status:
		return "a call without an answer changed the status"
	case contradiction(*was, e) != "" && (after.Status != OrderReview || p.Status != was.Status):
		return "a contradiction was applied, or not raised"
	case p.Refunded().Minor > p.Amount.Minor:
		return "more was refunded than paid"
	case active > 1:
		return "two payments are active"
	case p.Status.HoldsFunds() && !p.Active && !p.Duplicate && after.Review == "":
		return "the payment holds funds that are neither used nor returned"
	case (p.Status.InProgress() || p.Duplicate && p.Status.HoldsFunds()) && p.NextPoll.IsZero() && !after.Review.needsPerson():
		return "it is never polled again"
	case slices.Contains(effects, EffectPaid) != (after.EverPaid && !before.EverPaid):
		return "order.paid was announced wrongly"
	}
	return ""
}
