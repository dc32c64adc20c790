package sandbox

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// notifier queues the notifications and sends them by Antom's schedule, those of
// one payment one after the other. Its lock guards the queue. A change of the
// queue is also part of a change of the ledger, so the ledger's lock is held
// first, and the journal may read a notification under the ledger's lock alone.
type notifier struct {
	ledger    *ledger
	scheduler *scheduler
	faults    *faults
	messages  *messages
	wrapper   *wrapper
	courier   *courier

	mu      sync.Mutex
	list    []*queued
	count   int
	held    int                  // notifications that wait for the next one of their payment
	queues  map[string][]*queued // those under way and those behind them, by payment
	sending int                  // notifications under way
	era     int                  // counts resets: what began in an earlier one is void
}

// queued is a Notification with what the notifier must know to send it.
type queued struct {
	Notification
	held  bool // by a Reorder, until the payment's next notification
	timer *task
	era   int
}

const keptNotifications = 1000

// announce puts a notification about a payment (or vaulting) on the schedule. A
// merchant without a notify address gets none, as with an empty dashboard.
func (nt *notifier) announce(kind, about, to string, body any, in time.Duration) {
	if to == "" {
		if p := nt.ledger.payments[about]; p != nil {
			nt.ledger.note(p, "no notify address, so no %s", kind)
		}
		return
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // every notification can be written as JSON
	}
	nt.mu.Lock()
	defer nt.mu.Unlock()
	nt.count++
	n := &queued{Notification: Notification{
		ID: nt.count, Type: kind, PaymentRequestID: about, URL: to, Body: text, State: NotificationWaiting,
	}, era: nt.era}
	nt.forgetOld()
	nt.list = append(nt.list, n)
	in += nt.faults.delay(DelayNotification, kind, about)
	if reorder, injected := nt.faults.inject(kind, about, Reorder); injected {
		n.held = true
		nt.held++
		in += orElse(time.Duration(reorder.Delay), 10*time.Minute)
	}
	nt.sendAt(n, nt.scheduler.now().Add(in))
}

// forgetOld bounds the list: the oldest that are done go first.
func (nt *notifier) forgetOld() {
	if len(nt.list) < 2*keptNotifications {
		return
	}
	spare := len(nt.list) - keptNotifications
	nt.list = slices.DeleteFunc(nt.list, func(n *queued) bool {
		done := n.State == NotificationAcknowledged || n.State == NotificationGivenUp
		if done && spare > 0 {
			spare--
			return true
		}
		return false
	})
}

// sendAt plans the next sending. The lock is held.
func (nt *notifier) sendAt(n *queued, at time.Time) {
	n.State, n.NextAt = NotificationWaiting, at
	nt.ledger.keep(&n.Notification)
	nt.scheduler.cancel(n.timer)
	n.timer = nt.scheduler.plan(at, func() {
		nt.mu.Lock()
		defer nt.mu.Unlock()
		nt.sendInTurn(n)
	})
}

// sendInTurn sends a notification, behind those of the same payment that are
// under way. An outage with an end postpones it. The lock is held.
func (nt *notifier) sendInTurn(n *queued) {
	if outage, injected := nt.faults.inject("", "", Outage); injected && !outage.Until.IsZero() {
		nt.sendAt(n, outage.Until)
		return
	}
	queue := nt.queues[n.PaymentRequestID]
	nt.queues[n.PaymentRequestID] = append(queue, n)
	if len(queue) == 0 {
		nt.send(n)
	}
}

// send sends a notification now, as the injected faults have it. The lock is held.
func (nt *notifier) send(n *queued) {
	n.State = NotificationUnderWay
	nt.release(n)
	nt.sending++
	at := nt.scheduler.now()
	deliveries := nt.wrapper.deliveries(n.Notification, at)
	notification := n.Notification
	nt.courier.run(func(ctx context.Context) {
		sending := Sending{At: at, Verdict: "lost on the way"}
		for _, d := range deliveries {
			message := nt.courier.post(ctx, notification, d)
			message.At = nt.log(n, message)
			if !d.extra {
				sending = Sending{At: message.At, Status: message.AnswerStatus, Verdict: message.Verdict}
			}
		}
		nt.sent(ctx, n, sending)
	})
}

// log keeps the message of a sending, unless a reset has forgotten the
// notification, and returns its time. It waits for the ledger's lock: an advance
// of the clock is one step for a sending too.
func (nt *notifier) log(n *queued, message Message) time.Time {
	nt.ledger.mu.Lock()
	defer nt.ledger.mu.Unlock()
	nt.mu.Lock()
	defer nt.mu.Unlock()
	message.At = nt.scheduler.now()
	if n.era == nt.era {
		nt.messages.add(message)
	}
	return message.At
}

// sent records an attempt and plans the next one if the notification needs one.
func (nt *notifier) sent(ctx context.Context, n *queued, sending Sending) {
	nt.ledger.mu.Lock()
	defer nt.ledger.mu.Unlock()
	defer nt.ledger.commit()
	nt.mu.Lock()
	defer nt.mu.Unlock()
	nt.sending--
	if ctx.Err() != nil || n.era != nt.era {
		return // closed or reset meanwhile: this attempt does not count
	}
	nt.sendNext(n)
	n.Sendings = append(n.Sendings, sending)
	switch {
	case sending.Verdict == acknowledged:
		n.State, n.NextAt = NotificationAcknowledged, time.Time{}
	case len(n.Sendings) >= len(schedule):
		n.State, n.NextAt = NotificationGivenUp, time.Time{}
	default:
		// Counted from when the latest sending was due, and not from when it ended:
		// so a clock that jumps catches up with the schedule.
		nt.sendAt(n, n.NextAt.Add(schedule[len(n.Sendings)]))
	}
	nt.ledger.keep(&n.Notification)
}

// sendNext sends the payment's next notification, and releases those that a
// Reorder held back until this one was sent. The lock is held.
func (nt *notifier) sendNext(done *queued) {
	id := done.PaymentRequestID
	queue := slices.Delete(nt.queues[id], 0, 1)
	if len(queue) == 0 {
		delete(nt.queues, id)
	} else {
		nt.queues[id] = queue
		nt.send(queue[0])
	}
	if nt.held == 0 {
		return
	}
	for _, n := range nt.list {
		if n.held && n != done && n.PaymentRequestID == id && n.State == NotificationWaiting {
			nt.release(n)
			nt.sendAt(n, nt.scheduler.now())
		}
	}
}

// release ends what a Reorder began.
func (nt *notifier) release(n *queued) {
	if n.held {
		n.held = false
		nt.held--
	}
}

// idle says whether no notification is under way.
func (nt *notifier) idle() bool {
	nt.mu.Lock()
	defer nt.mu.Unlock()
	return nt.sending == 0
}

// all returns the notifications, the oldest first.
func (nt *notifier) all() []Notification {
	nt.mu.Lock()
	defer nt.mu.Unlock()
	out := make([]Notification, len(nt.list))
	for i, n := range nt.list {
		out[i] = n.Notification
		out[i].Sendings = slices.Clone(n.Sendings)
	}
	return out
}

// reset forgets all notifications; those under way no longer count.
func (nt *notifier) reset() {
	nt.mu.Lock()
	defer nt.mu.Unlock()
	nt.list, nt.count, nt.held, nt.queues = nil, 0, 0, map[string][]*queued{}
	nt.era++
}
