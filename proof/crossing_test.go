package proof_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/app"
	"antom-checkout/checkout"
)

// byHand tells a story in which the test holds messages by hand. Nothing goes wrong
// but what the test does, the sweeper does not run, and late money revives an order.
func byHand(t *testing.T, story func(t *testing.T, s *simulation)) {
	t.Helper()
	testKeys()
	folder := tempFolder(t)
	synctest.Test(t, func(t *testing.T) {
		s := newStory(t, 1, folder, func(c *app.Settings) { c.Payments.ManualCapture, c.Payments.RefundLate = false, false })
		s.world.wires.crossing = true
		defer s.world.end()
		defer s.world.wires.close()
		defer func() {
			if t.Failed() {
				t.Log("the story:\n" + strings.Join(s.world.story, "\n"))
			}
		}()
		story(t, s)
	})
}

// ending is one reason for which the program cancels an attempt.
type ending struct {
	name   string
	begins func(s *simulation, o checkout.Order) (string, error) // its answer to the caller
	answer string                                                // the right one
	leaves checkout.OrderStatus                                  // the right one once the cancel is confirmed
}

const another = "ALIPAY_CN" // the method that the buyer chooses instead

var endings = []ending{
	{"another method is chosen", func(s *simulation, o checkout.Order) (string, error) {
		started, err := s.world.program().service.Start(s.t.Context(), o.Token, checkout.Attempt{Method: another, Mode: checkout.ModeAPI, Device: browser})
		return string(started.Action.Type), err
	}, "redirect", checkout.OrderProcessing},
	{"an operator cancels", func(s *simulation, o checkout.Order) (string, error) {
		return "done", s.world.program().desk.Cancel(s.t.Context(), o.ID, checkout.Key{Operator: "op", Idempotency: "cancel"})
	}, "done", checkout.OrderCancelled},
	{"the order's time ends", func(s *simulation, o checkout.Order) (string, error) {
		s.world.program().desk.SweepOnce(s.t.Context()) // another process, so that no inquiry is shared with the pages of this one
		return "done", nil
	}, "done", checkout.OrderExpired},
}

// crossed is an order whose first attempt is being cancelled: the cancel is on its
// way to Antom, which has not applied it yet.
type crossed struct {
	*simulation
	ending
	order    checkout.Order
	first    string // the attempt's request id
	cancel   *held
	again    *held       // a second cancel, sent by a page that ends the order too; nil when none is held
	answered chan string // the answer to the caller of begins
}

func (s *simulation) crossing(t *testing.T, e ending) *crossed {
	t.Helper()
	o, started := s.ordersAndStarts("GCASH", checkout.ModeAPI)
	c := &crossed{simulation: s, ending: e, order: o, first: started.Payment.RequestID, answered: make(chan string, 1)}
	if e.leaves == checkout.OrderExpired {
		// Antom closes an attempt with its order, unless the buyer has done their part.
		must(t, s.world.control.Pend(c.first))
		time.Sleep(time.Until(o.ExpiresAt) + time.Second)
	}
	c.cancel = s.world.wires.hold(t, asRequest, "cancel", c.first)
	s.acting.Go(func() {
		answer, err := e.begins(s, o)
		if err != nil {
			answer = err.Error()
		}
		c.answered <- answer
	})
	c.cancel.comes()
	return c
}

// refreshesPage has the page of the order inquire about the attempt.
func (c *crossed) refreshesPage() (done chan struct{}) {
	done = make(chan struct{})
	c.acting.Go(func() {
		defer close(done)
		if _, err := c.world.program().service.Refresh(c.t.Context(), c.order.Token); err != nil {
			c.t.Errorf("the page: %v", err)
		}
	})
	return done
}

// expectAnswer waits for the answer to the caller of begins.
func (c *crossed) expectAnswer(t *testing.T, want string) {
	t.Helper()
	if got := <-c.answered; got != want {
		t.Errorf("%s: answered %q, want %q", c.name, got, want)
	}
}

// expectAnswerAfterDoubt is expectAnswer where a start may be answered with "wait"
// once: the same start, repeated after the doubt, has to go on.
func (c *crossed) expectAnswerAfterDoubt(t *testing.T) {
	t.Helper()
	got := <-c.answered
	if c.answer == "redirect" && got == "wait" {
		time.Sleep(time.Minute)
		c.world.program().service.SweepOnce(t.Context())
		again, err := c.begins(c.simulation, c.order)
		must(t, err)
		got = again
	}
	if got != c.answer {
		t.Errorf("%s: answered %q, want %q", c.name, got, c.answer)
	}
}

// expectOrderStatus compares the order's status with the right one.
func (s *simulation) expectOrderStatus(t *testing.T, when string, o checkout.Order, want checkout.OrderStatus) {
	t.Helper()
	now, err := s.world.program().store.OrderByID(t.Context(), o.ID)
	must(t, err)
	if now.Status != want {
		t.Errorf("%s: the order is %s, want %s", when, now.Status, want)
	}
}

// expectReleased compares the number of announcements that the order is paid with the
// right one; there is one order in these stories.
func (s *simulation) expectReleased(t *testing.T, when string, want int) {
	t.Helper()
	for _, topic := range []string{"order.paid", "mail.receipt"} {
		if got := s.world.wires.count(s.world.program(), `SELECT count(*) FROM outbox WHERE topic = $1`, topic); got != want {
			t.Errorf("%s: %s was announced %d times, want %d", when, topic, got, want)
		}
	}
}

// comesToItsEnd has the buyer pay the active attempt, lets time pass and compares both
// sides.
func (s *simulation) comesToItsEnd(t *testing.T, o checkout.Order, want checkout.OrderStatus) {
	t.Helper()
	now, err := s.world.program().store.OrderByID(t.Context(), o.ID)
	must(t, err)
	if active := now.Active(); active != nil && active.Status.InProgress() {
		must(t, s.world.control.Pay(active.RequestID))
	}
	s.world.sweeps(s.pause)
	s.calm()
	released := 0
	if want == checkout.OrderPaid {
		released = 1
	}
	s.expectOrderStatus(t, "at last", o, want)
	s.expectReleased(t, "at last", released)
	for _, problem := range s.problems() {
		t.Error(problem)
	}
}

// losesNotifications loses Antom's notifications of a payment until calm clears the
// faults.
func (s *simulation) losesNotifications(t *testing.T, requestID string) {
	t.Helper()
	_, err := s.world.control.AddFault(sandbox.Fault{Kind: sandbox.Lose, On: "PAYMENT_RESULT", Payment: requestID})
	must(t, err)
}

// Antom answers an inquiry before it applies a cancel of the same attempt, and the
// shop receives that answer after the answer to the cancel. It reports money that Antom
// has returned since: an answer is evidence of the moment at which the inquiry was sent.
func TestASuccessReportedAfterTheCancelThatOvertookItPaysNothing(t *testing.T) {
	t.Parallel()
	for _, e := range endings {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			byHand(t, func(t *testing.T, s *simulation) {
				c := s.crossing(t, e)
				s.losesNotifications(t, c.first)
				must(t, s.world.control.Pay(c.first))
				inquiry := s.world.wires.hold(t, asAnswer, "inquiryPayment", c.first)
				refreshed := c.refreshesPage()
				inquiry.comes() // it reports SUCCESS
				c.cancel.letThrough()
				c.expectAnswer(t, e.answer)
				s.expectOrderStatus(t, "after the cancel", c.order, e.leaves)

				inquiry.letThrough()
				<-refreshed
				s.expectReleased(t, "after the late answer", 0)
				s.comesToItsEnd(t, c.order, e.endsAs())
			})
		})
	}
}

// endsAs is the order's last status when the buyer pays its active attempt.
func (e ending) endsAs() checkout.OrderStatus {
	if e.leaves == checkout.OrderProcessing {
		return checkout.OrderPaid
	}
	return e.leaves
}

// A success that Antom reports while the shop's cancel has no answer may be reversed by
// that cancel. It is in doubt until an inquiry that was sent after the cancel was
// concluded confirms it: nothing is released before.
func TestASuccessReportedWhileACancelIsUnansweredReleasesNothing(t *testing.T) {
	t.Parallel()
	for _, e := range endings {
		for _, by := range []string{"a notification", "an inquiry"} {
			t.Run(e.name+", reported by "+by, func(t *testing.T) {
				t.Parallel()
				byHand(t, func(t *testing.T, s *simulation) {
					c := s.crossing(t, e)
					c.reportsSuccess(t, by)
					c.expectDoubt(t)
					c.letsCancelThrough() // and Antom returns the money
					c.expectAnswerAfterDoubt(t)
					s.expectReleased(t, "after the cancel", 0)
					s.comesToItsEnd(t, c.order, e.endsAs())
				})
			})
		}
	}
}

// The other half of the rule: where the cancel does not reverse the payment, the doubt
// ends, and the order is paid.
func TestASuccessThatNoCancelReversesIsReleasedOnce(t *testing.T) {
	t.Parallel()
	e := endings[0]
	for _, by := range []string{"a notification", "an inquiry"} {
		t.Run("refused, reported by "+by, func(t *testing.T) {
			t.Parallel()
			byHand(t, func(t *testing.T, s *simulation) {
				c := s.crossing(t, e)
				c.reportsSuccess(t, by)
				_, err := s.world.control.AddFault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "ORDER_STATUS_INVALID"})
				must(t, err)
				c.letsCancelThrough()
				if got := <-c.answered; got != "done" && got != "wait" {
					t.Errorf("answered %q to the start of another attempt, want done, or wait while it is in doubt", got)
				}
				s.comesToItsEnd(t, c.order, checkout.OrderPaid)
			})
		})
	}
	for name, applied := range map[string]bool{"applied late": true, "lost": false} {
		t.Run("without an answer, "+name, func(t *testing.T) {
			t.Parallel()
			byHand(t, func(t *testing.T, s *simulation) {
				c := s.crossing(t, e)
				c.reportsSuccess(t, "a notification")
				c.expectDoubt(t)
				if got := <-c.answered; got != "wait" { // by the shop's own patience
					t.Errorf("answered %q to the start of another attempt, want wait", got)
				}
				c.expectDoubt(t)
				if applied {
					c.cancel.letThrough()
				} else {
					c.cancel.lose()
				}
				// The program may send the cancel again or give it up: in both cases
				// its records have to agree with what Antom holds.
				s.world.sweeps(s.pause)
				s.calm()
				for _, problem := range s.problems() {
					t.Error(problem)
				}
			})
		})
	}
}

// reportsSuccess has the buyer pay the attempt that is being cancelled, and Antom
// report it to the shop.
func (c *crossed) reportsSuccess(t *testing.T, by string) {
	t.Helper()
	if by == "a notification" {
		notification := c.world.wires.hold(t, asAnswer, "PAYMENT_RESULT", c.first)
		must(t, c.world.control.Pay(c.first))
		notification.comes() // the shop has stored it
		notification.letThrough()
		return
	}
	c.losesNotifications(t, c.first)
	must(t, c.world.control.Pay(c.first))
	c.again = c.world.wires.hold(t, asRequest, "cancel", c.first)
	inquiry := c.world.wires.hold(t, asAnswer, "inquiryPayment", c.first)
	c.refreshesPage()
	inquiry.comes()
	inquiry.letThrough()
	time.Sleep(time.Second) // of virtual time: the shop records the answer, and nothing else happens
}

// letsCancelThrough lets Antom apply the cancel, and the second one where there is one.
func (c *crossed) letsCancelThrough() {
	c.cancel.letThrough()
	if c.again != nil {
		c.again.free()
	}
}

// expectDoubt: the order is not shown as paid, and nothing is released.
func (c *crossed) expectDoubt(t *testing.T) {
	t.Helper()
	c.expectReleased(t, "while the cancel has no answer", 0)
	now, err := c.world.program().store.OrderByID(t.Context(), c.order.ID)
	must(t, err)
	if final := []checkout.OrderStatus{checkout.OrderPaid, checkout.OrderAuthorized, checkout.OrderCancelled, checkout.OrderExpired}; slices.Contains(final, now.Status) {
		t.Errorf("while the cancel has no answer the order is %s, want one that is not final", now.Status)
	}
}

// A start that is overtaken between its read and its write reads again and answers with
// the state of the order. The published contract has no conflict as an answer.
func TestAStartThatWasOvertakenAnswersHowTheOrderStands(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		faster string
		does   func(s *simulation, o checkout.Order, first string) error
		status int // after the second read
		action checkout.ActionType
		ends   checkout.OrderStatus
	}{
		{"an operator", func(s *simulation, o checkout.Order, _ string) error {
			return s.world.program().desk.Cancel(s.t.Context(), o.ID, checkout.Key{Operator: "op", Idempotency: "cancel"})
		}, http.StatusGone, checkout.ActionClosed, checkout.OrderCancelled},
		{"a notification", func(s *simulation, _ checkout.Order, first string) error {
			return s.paysAndNotifies(first)
		}, http.StatusAccepted, checkout.ActionWait, checkout.OrderPaid},
		{"an inquiry", func(s *simulation, _ checkout.Order, first string) error {
			err := s.paysAndNotifies(first)
			s.world.program().desk.SweepOnce(s.t.Context())
			return err
		}, http.StatusOK, checkout.ActionDone, checkout.OrderPaid},
	} {
		t.Run(row.faster, func(t *testing.T) {
			t.Parallel()
			byHand(t, func(t *testing.T, s *simulation) {
				// The buyer never submitted the first attempt, a session: choosing
				// another method abandons it, and the old tab can still pay it.
				o, started := s.ordersAndStarts("GCASH", checkout.ModeSDK)
				overtaken := 0
				s.world.turns.interfere = func(orderID string) {
					if now, err := s.world.program().store.OrderByID(t.Context(), orderID); err != nil || now.Status != checkout.OrderOpen || overtaken > 0 {
						return
					}
					overtaken++
					if err := row.does(s, o, started.Payment.RequestID); err != nil {
						t.Errorf("%s: %v", row.faster, err)
					}
				}
				status, action, body := s.posts(t, o, another)
				if overtaken != 1 {
					t.Fatalf("the start was overtaken %d times, want once; it answered %s", overtaken, body)
				}
				// A start that finds a review inquires, and may find the payment.
				found := row.action == checkout.ActionWait && status == http.StatusOK && action == checkout.ActionDone
				if (status != row.status || action != row.action) && !found {
					t.Errorf("%s was faster: answered %d %s, want %d with %s", row.faster, status, body, row.status, row.action)
				}
				s.comesToItsEnd(t, o, row.ends)
			})
		})
	}
}

// paysAndNotifies has the buyer pay at Antom, and the shop store the notification.
func (s *simulation) paysAndNotifies(requestID string) error {
	notification := s.world.wires.hold(s.t, asAnswer, "PAYMENT_RESULT", requestID)
	if err := s.world.control.Pay(requestID); err != nil {
		return err
	}
	notification.comes()
	notification.letThrough()
	return nil
}

// posts starts a payment over HTTP, as a client does.
func (s *simulation) posts(t *testing.T, o checkout.Order, method string) (status int, action checkout.ActionType, body string) {
	t.Helper()
	posted := fmt.Appendf(nil, `{"method":%q}`, method)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, shopURL+"/checkout/"+o.Token+"/payments", bytes.NewReader(posted))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	res, err := serve(ctx, s.world.program().pages, r, posted)
	must(t, err)
	var answer struct {
		Action struct{ Type checkout.ActionType }
	}
	var text bytes.Buffer
	_, err = text.ReadFrom(res.Body)
	must(t, err)
	_ = json.Unmarshal(text.Bytes(), &answer) // a page is no action
	return res.StatusCode, answer.Action.Type, strings.TrimSpace(text.String())
}
