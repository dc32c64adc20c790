package payments

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// logged is what is written at a level.
func logged(level slog.Level, write func(*paymentLog)) string {
	var text bytes.Buffer
	s := &paymentLog{slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: level}))}
	write(s)
	return text.String()
}

func TestATransitionIsAWarningWhereThePersonWhoSellsHasToAct(t *testing.T) {
	for _, row := range []struct {
		t    checkout.Transition
		want string
	}{
		{checkout.Transition{Subject: "payment", To: "created"}, `level=INFO msg="payment started"`},
		{checkout.Transition{Subject: "payment", From: "created", To: "processing"}, `level=INFO msg=payment `},
		{checkout.Transition{Subject: "payment", From: "processing", To: "failed"}, `level=INFO msg="payment failed"`},
		{checkout.Transition{Subject: "order", From: "open", To: "paid"}, `level=INFO msg=order `},
		{checkout.Transition{Subject: "order", From: "paid", To: "review"}, `level=WARN msg="order under review"`},
		{checkout.Transition{Subject: "capture", From: "pending", To: "failed"}, `level=WARN msg=capture `},
		{checkout.Transition{Subject: "refund", From: "pending", To: "failed"}, `level=WARN msg=refund `},
		{checkout.Transition{Subject: "refund", From: "pending", To: "success"}, `level=INFO msg=refund `},
		{checkout.Transition{Subject: "cancel", From: "pending", To: "failed"}, `level=INFO msg=cancel `}, // a refund follows, or a review
	} {
		row.t.PaymentRequestID, row.t.RequestID = "p1", "r1"
		o := checkout.Order{ID: "o1", Payments: []checkout.Payment{{RequestID: "p1", Operations: []checkout.Operation{
			{Kind: checkout.Capture, RequestID: "r1"}, {Kind: checkout.Refund, RequestID: "r1"}, {Kind: checkout.Cancel, RequestID: "r1"},
		}}}}
		got := logged(slog.LevelInfo, func(s *paymentLog) {
			s.logTransitions(t.Context(), o, []checkout.Transition{row.t}, checkout.Cause{Kind: checkout.BySweeper})
		})
		if !strings.Contains(got, row.want) || !strings.Contains(got, "order=o1 payment=p1 ") || !strings.Contains(got, `to=`+row.t.To+" cause=sweeper\n") {
			t.Errorf("%+v is told as %q, want %q", row.t, got, row.want)
		}
	}
}

func TestANotificationThatIsNotAppliedIsAWarning(t *testing.T) {
	for _, row := range []struct {
		row   checkout.Notification
		order string
		want  string
	}{
		{checkout.Notification{ID: "p1.sum", Type: "PAYMENT_RESULT", PaymentRequestID: "p1", Applied: true}, "o1",
			"level=INFO msg=notification order=o1 payment=p1 type=PAYMENT_RESULT code=SUCCESS cause=notification:p1.sum applied=true\n"},
		{checkout.Notification{ID: "p1.sum", Type: "PAYMENT_RESULT", PaymentRequestID: "p1"}, "o1",
			"level=WARN msg=notification order=o1 payment=p1 type=PAYMENT_RESULT code=SUCCESS cause=notification:p1.sum applied=false\n"},
		{checkout.Notification{ID: "p9.sum", Type: "PAYMENT_RESULT"}, "",
			"level=WARN msg=notification type=PAYMENT_RESULT code=SUCCESS cause=notification:p9.sum applied=false\n"},
	} {
		got := logged(slog.LevelInfo, func(s *paymentLog) { s.logNotification(t.Context(), row.order, row.row, "SUCCESS") })
		if !strings.HasSuffix(got, row.want) {
			t.Errorf("%+v is told as %q, want %q", row.row, got, row.want)
		}
	}
}

// Notifications come by the thousand: a level that is off costs nothing.
func TestALevelThatIsOffCostsNothing(t *testing.T) {
	o := checkout.Order{ID: "o1", Number: "N", Payments: []checkout.Payment{{RequestID: "p1", Method: "CARD"}}}
	changes := []checkout.Transition{{Subject: "payment", PaymentRequestID: "p1", From: "processing", To: "paid"}, {Subject: "order", PaymentRequestID: "p1", From: "processing", To: "paid"}}
	row := checkout.Notification{ID: "p1.sum", Type: "PAYMENT_RESULT", PaymentRequestID: "p1", Applied: true}
	cause := checkout.Cause{Kind: checkout.ByNotification, ID: row.ID}
	for level, free := range map[slog.Level]bool{slog.LevelWarn: true, slog.LevelInfo: false} {
		ctx := context.Background()
		var allocations float64
		logged(level, func(s *paymentLog) {
			allocations = testing.AllocsPerRun(100, func() {
				s.logTransitions(ctx, o, changes, cause)
				s.logNotification(ctx, o.ID, row, "SUCCESS")
			})
		})
		if (allocations == 0) != free {
			t.Errorf("at level %v, three lines cost %v allocations", level, allocations)
		}
	}
}

func TestAnErrorIsToldUnlessTheProgramStops(t *testing.T) {
	tell := func(ctx context.Context, err error) string {
		return logged(slog.LevelInfo, func(s *paymentLog) { s.logFailure(ctx, "expire order", err, aboutOrder("o1")) })
	}
	stopped, stop := context.WithTimeout(t.Context(), time.Minute)
	stop()
	if got := tell(t.Context(), checkout.ErrStale); !strings.Contains(got, `level=ERROR msg="expire order" order=o1 error=`) {
		t.Errorf("an error is told as %q", got)
	}
	if got := tell(stopped, checkout.ErrStale) + tell(t.Context(), nil); got != "" {
		t.Errorf("told %q", got)
	}
}
