package checkout

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// The published contract names the statuses; other programs rely on the words.
const (
	contractOrder     = "open processing authorized paid cancelled expired review partially_refunded refunded"
	contractPayment   = "created processing pending authorized paid failed cancelled refunded unknown"
	contractOperation = "pending processing success failed"
)

// checkTable compares a table of transitions with the contract's words.
func checkTable[S ~string](t *testing.T, after map[S][]S, canTransitionTo func(from, to S) bool, contract string) {
	t.Helper()
	var words []string
	for status, followers := range after {
		words = append(words, string(status))
		if slices.Contains(followers, status) {
			t.Errorf("%s may follow itself: a transition that is none", status)
		}
		for _, follower := range followers {
			if _, known := after[follower]; !known {
				t.Errorf("%s may be followed by %q, which has no row of its own", status, follower)
			}
		}
		sorted := slices.Sorted(slices.Values(followers))
		if len(slices.Compact(sorted)) != len(followers) {
			t.Errorf("%s lists a follower twice: %v", status, followers)
		}
		for other := range after {
			if got, want := canTransitionTo(status, other), slices.Contains(followers, other); got != want {
				t.Errorf("%s.CanTransitionTo(%s) = %v, want %v", status, other, got, want)
			}
		}
	}
	slices.Sort(words)
	if want := slices.Sorted(strings.FieldsSeq(contract)); !slices.Equal(words, want) {
		t.Errorf("the table knows\n%v, the contract\n%v", words, want)
	}
}

func TestTheTablesHaveTheStatusesOfTheContract(t *testing.T) {
	t.Run("order", func(t *testing.T) { checkTable(t, orderAfter, OrderStatus.CanTransitionTo, contractOrder) })
	t.Run("payment", func(t *testing.T) { checkTable(t, paymentAfter, PaymentStatus.CanTransitionTo, contractPayment) })
	t.Run("operation", func(t *testing.T) { checkTable(t, operationAfter, OperationStatus.CanTransitionTo, contractOperation) })
}

// from is every status that may be reached from one.
func from[S ~string](after map[S][]S, start S) map[S]bool {
	reached := map[S]bool{start: true}
	for queue := []S{start}; len(queue) > 0; queue = queue[1:] {
		for _, next := range after[queue[0]] {
			if !reached[next] {
				reached[next] = true
				queue = append(queue, next)
			}
		}
	}
	return reached
}

func TestEveryStatusCanBeReached(t *testing.T) {
	if reached := from(orderAfter, OrderOpen); len(reached) != len(orderAfter) {
		t.Errorf("from open an order reaches only %v", slices.Sorted(maps.Keys(reached)))
	}
	if reached := from(paymentAfter, PaymentCreated); len(reached) != len(paymentAfter) {
		t.Errorf("from created a payment reaches only %v", slices.Sorted(maps.Keys(reached)))
	}
	if reached := from(operationAfter, OperationPending); len(reached) != len(operationAfter) {
		t.Errorf("from pending an operation reaches only %v", slices.Sorted(maps.Keys(reached)))
	}
}

func TestTheLawsStandInTheTables(t *testing.T) {
	for status := range orderAfter {
		if status != OrderReview && !status.CanTransitionTo(OrderReview) {
			t.Errorf("a contradiction about an order that is %s cannot be raised", status)
		}
		if status.CanTransitionTo(OrderExpired) && (status == OrderPaid || status == OrderRefunded || status == OrderPartiallyRefunded) {
			t.Errorf("an order that is %s holds or held funds and must not expire", status)
		}
	}
	for status := range paymentAfter {
		if status != PaymentCreated && status.CanTransitionTo(PaymentCreated) || status.CanTransitionTo(PaymentUnknown) && status != PaymentCreated {
			t.Errorf("a payment that is %s forgets what Antom has said", status)
		}
		if status.InProgress() && !status.CanTransitionTo(PaymentPaid) {
			t.Errorf("a payment that is %s can never be paid", status)
		}
		if status.HoldsFunds() && (status.InProgress() || status.CanTransitionTo(PaymentFailed)) {
			t.Errorf("a payment that is %s holds funds, yet is in progress or may fail", status)
		}
	}
	if len(operationAfter[OperationSuccess]) > 0 {
		t.Errorf("an operation that succeeded may still move to %v", operationAfter[OperationSuccess])
	}
	if !slices.Equal(operationAfter[OperationFailed], []OperationStatus{OperationSuccess}) {
		t.Errorf("an operation that failed may move to %v", operationAfter[OperationFailed])
	}
}

func TestABuyerWaitsOnlyForWhatMayStillChange(t *testing.T) {
	for _, row := range []struct {
		status             OrderStatus
		final, finalManual bool
		payable            bool
	}{
		{status: OrderOpen, payable: true},
		{status: OrderProcessing, payable: true},
		{status: OrderReview},
		{status: OrderAuthorized, finalManual: true},
		{status: OrderPaid, final: true, finalManual: true},
		{status: OrderCancelled, final: true, finalManual: true},
		{status: OrderExpired, final: true, finalManual: true},
		{status: OrderRefunded, final: true, finalManual: true},
		{status: OrderPartiallyRefunded, final: true, finalManual: true},
	} {
		o := Order{Status: row.status, Payments: []Payment{{Active: true}}}
		manual := Order{Status: row.status, Payments: []Payment{{Active: true, ManualCapture: true}}}
		if o.Final() != row.final || manual.Final() != row.finalManual || o.Payable() != row.payable {
			t.Errorf("%s: final %v, with manual capture %v, payable %v; want %v, %v, %v", row.status,
				o.Final(), manual.Final(), o.Payable(), row.final, row.finalManual, row.payable)
		}
	}
}
