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

// TestTheWholeTable holds what every word makes of a payment in every state to a
// table that people read: testdata/decisions.md. A line of it that a payments
// person objects to is a bug, and so is a change of it that nobody meant. Beside
// the table, every single decision is held to the laws.
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
	for _, name := range wordNames() {
		var ways []string            // in which the word comes, one for each different section
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
	expectTable(t, table.String())
}

const tableHead = `# What every event makes of a payment

Made by "go test ./checkout -run TheWholeTable -write-table"; read every changed line before you commit it.

The order is over SGD 42.00, Antom captures cards by itself, and late money is accepted. An event about a payment comes by
notification, by the response to a call, or by inquiry; that a payment is abandoned or superseded the shop says itself. A
state that is not listed stays as it is; "·" stays too. Unless it contradicts, what is reported of a capture, refund or
cancel is kept with the payment.
`

// decisions is the section of a word that comes in one way: by outcome, the states
// that end in it.
func decisions(t *testing.T, states []tableState, name string, way CauseKind) string {
	t.Helper()
	var outcomes []string
	ends := map[string][]tableState{}
	for _, state := range states {
		w := wordCalled(name, way, state.order.Payment("a").Method)
		after, effects := Apply(state.order, w, Rules{Now: noon, Schedule: Schedule{time.Minute}})
		if broken := lawBroken(state.order, w, after, effects); broken != "" {
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

// tableState is a situation in which a word about payment "a" is heard.
type tableState struct {
	method, name string
	order        Order
}

// allStates are all situations of a payment, by wallet and by card, and all of its
// order that differ from what the payment alone says.
func allStates() (all []tableState) {
	for _, method := range []string{"GCASH", "CARD"} {
		add := func(name string, o Order, change func(o *Order, p *Payment)) {
			p := &o.Payments[0]
			if method == "CARD" && (p.Status == PaymentPaid || p.Status == PaymentRefunded) {
				p.Operations = append(p.Operations, Operation{Kind: Capture, RequestID: "taken", Amount: sgd(4200), Status: OperationSuccess})
			}
			change(&o, p)
			if p.needsPolling(Rules{}) {
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
		add("partly refunded", orderWith(method, PaymentPaid), func(_ *Order, p *Payment) { refunded(p, 1000) })
		add("refunded", orderWith(method, PaymentRefunded), func(_ *Order, p *Payment) { p.Active = true; refunded(p, 4200) })
		add("failed", orderWith(method, PaymentFailed), asIs)
		add("cancelled", orderWith(method, PaymentCancelled), asIs)

		add("being cancelled", orderWith(method, PaymentProcessing), func(_ *Order, p *Payment) {
			p.Operations = append(p.Operations, Operation{Kind: Cancel, RequestID: "ending", Amount: sgd(4200), Status: OperationProcessing, Key: ownKey, CreatedAt: noon, SubmittedAt: noon})
		})
		add("given up", orderWith(method, PaymentProcessing), func(_ *Order, p *Payment) { p.Active = false })
		add("given up, another paid", orderWith(method, PaymentProcessing, PaymentPaid), func(o *Order, _ *Payment) { o.EverPaid = true })
		add("given up, order expired", orderWith(method, PaymentProcessing), func(o *Order, p *Payment) { p.Active, o.Closed = false, OrderExpired })
		add("given up, order expired, goods gone", orderWith(method, PaymentProcessing), func(o *Order, p *Payment) {
			p.Active, o.Closed, o.Fulfillable = false, OrderExpired, false
		})
		add("cancelled, order expired", orderWith(method, PaymentCancelled), func(o *Order, _ *Payment) { o.Closed = OrderExpired })
		add("cancelled, order cancelled", orderWith(method, PaymentCancelled), func(o *Order, _ *Payment) { o.Closed = OrderCancelled })
		add("in doubt", orderWith(method, PaymentProcessing), func(o *Order, p *Payment) { o.Review, o.ReviewPayment = "another amount", "a" })
	}
	return all
}

// What can be said about a payment, by the names of the table.
var (
	saidWords      = []Outcome{OutcomeUnknown, OutcomeAccepted, OutcomePending, OutcomeSucceeded, OutcomeFailed, OutcomeCancelled, OutcomeAbandoned, OutcomeSuperseded}
	operationWords = map[string]OperationEvent{
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
		"succeeded, another amount":   func(w *Event) { w.Amount = sgd(4300) },
		"succeeded, another currency": func(w *Event) { w.Amount.Currency = "USD" },
		"succeeded, another Antom id": func(w *Event) { w.ForeignID = true },
		"succeeded, another method":   func(w *Event) { w.Method = "PAYNOW" },
	}
)

func wordNames() (names []string) {
	for _, says := range saidWords {
		names = append(names, string(says))
	}
	names = append(names, slices.Sorted(maps.Keys(operationWords))...)
	return append(names, slices.Sorted(maps.Keys(contradictions))...)
}

// waysOf are the ways in which a word may come.
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

func wordCalled(name string, way CauseKind, method string) Event {
	w := Event{Cause: Cause{way, "x"}, RequestID: "a"}
	if op, about := operationWords[name]; about {
		op.RequestID = "op"
		w.Operations = []OperationEvent{op}
		return w
	}
	w.Outcome, w.Amount, w.Method = Outcome(name), sgd(4200), method
	if contradict, known := contradictions[name]; known {
		w.Outcome = OutcomeSucceeded
		contradict(&w)
	}
	return w
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
		then = append(then, "given back")
	} else if !p.NextPoll.IsZero() && !p.NextPoll.After(noon) {
		then = append(then, "Antom is asked")
	}
	if !was.Active && p.Active {
		then = append(then, "the order stands on it")
	}
	return payment + " | " + order + " | " + strings.Join(then, ", ")
}

// lawBroken holds one decision to the laws of the design.
func lawBroken(before Order, w Event, after Order, effects []Effect) string {
	was, p := before.Payment("a"), after.Payment("a")
	equalSuccess := w.Outcome == OutcomeSucceeded && w.Amount == was.Amount
	for _, op := range w.Operations {
		equalSuccess = equalSuccess || op.Kind == Capture && op.Status == OperationSuccess && op.Amount == was.Amount
	}
	got := !was.Status.HoldsFunds() && p.Status.HoldsFunds()
	live := 0
	for _, other := range after.Payments {
		if other.Active {
			live++
		}
	}
	switch {
	case before.Status != after.Status && !before.Status.CanTransitionTo(after.Status):
		return fmt.Sprintf("the order went from %s to %s", before.Status, after.Status)
	case was.Status != p.Status && !reachable(was.Status, p.Status):
		return fmt.Sprintf("the payment went from %s to %s", was.Status, p.Status)
	case got && !equalSuccess:
		return "there is money nobody spoke of"
	case got && w.Cause.Kind != ByNotification && w.Cause.Kind != ByInquiry && w.Cause.Kind != ByResponse:
		return "there is money Antom did not speak of"
	case p.Status == PaymentFailed && was.Status != PaymentFailed && w.Outcome != OutcomeFailed:
		return "it failed without a word of failure"
	case was.Status.HoldsFunds() && p.Status == PaymentFailed:
		return "a late failure took the money away"
	case w.Outcome == OutcomeUnknown && was.Status != PaymentCreated && p.Status != was.Status:
		return "no answer said something"
	case contradiction(*was, w) != "" && (after.Status != OrderReview || p.Status != was.Status):
		return "a contradiction was believed, or not raised"
	case p.Refunded().Minor > p.Amount.Minor:
		return "more was refunded than paid"
	case live > 1:
		return "the order stands on two payments"
	case p.Status.HoldsFunds() && !p.Active && !p.Duplicate && after.Review == "":
		return "money is there that is neither kept nor given back"
	case (p.Status.InProgress() || p.Duplicate && p.Status.HoldsFunds()) && p.NextPoll.IsZero() && !after.Review.needsPerson():
		return "nobody will look at it again"
	case slices.Contains(effects, EffectPaid) != (after.EverPaid && !before.EverPaid):
		return "the world is told wrongly of the payment"
	}
	return ""
}
