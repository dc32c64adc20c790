package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/inbox"
	"antom-checkout/checkout/operators"
	"antom-checkout/db"
)

var noon = time.Date(2026, 5, 14, 12, 0, 0, 0, time.UTC)

// waiting is a store in which what a test says waits.
type waiting struct {
	*db.Store
	orders      []checkout.Order
	differences []checkout.ReportDifference
	dead        []checkout.DeadDeliveries
}

func (w *waiting) Orders(context.Context, checkout.OrderFilter, checkout.Window) ([]checkout.Order, error) {
	return w.orders, nil
}

func (w *waiting) OpenDifferences(context.Context, int) ([]checkout.ReportDifference, error) {
	return w.differences, nil
}

func (w *waiting) DeadDeliveries(context.Context, time.Time) ([]checkout.DeadDeliveries, error) {
	return w.dead, nil
}

// team is people whose emails a test reads.
type team struct {
	t       *testing.T
	waiting waiting
	now     time.Time
	people  []inbox.Recipient
	sent    []checkout.InboxEmail
	fails   error
}

func newTeam(t *testing.T) *team {
	t.Helper()
	o := &team{t: t, now: noon}
	store, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"), db.WithClock(func() time.Time { return o.now }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	o.waiting.Store = store
	return o
}

// hires adds a person who may do all that a role may.
func (o *team) hires(role operators.Role, daily bool) *inbox.Recipient {
	o.t.Helper()
	m := operators.Member{Person: operators.Person{ID: fmt.Sprint(role, len(o.people)), Name: "A", Email: fmt.Sprint(role, len(o.people), "@shop.example"), Role: role}, InboxEmails: operators.EmailsAtOnce, CreatedAt: noon}
	err := o.waiting.ChangePeople(o.t.Context(), func([]operators.Member) (operators.Change, error) {
		return operators.Change{People: []operators.Member{m}}, nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.people = append(o.people, inbox.Recipient{ID: m.ID, Email: m.Email, Daily: daily, May: func(c checkout.InboxChoice) bool { return m.May(operators.Needed(c)) }})
	return &o.people[len(o.people)-1]
}

// MailInbox implements checkout.InboxMailer.
func (o *team) MailInbox(_ context.Context, email checkout.InboxEmail) error {
	if o.fails == nil {
		o.sent = append(o.sent, email)
	}
	return o.fails
}

// round is what is sent in one round of a program that has just been started, to whom.
func (o *team) round() (sent []string) {
	o.t.Helper()
	before := len(o.sent)
	n := inbox.NewNotifier(inbox.NotifierConfig{
		Recipients: func(context.Context) ([]inbox.Recipient, error) { return o.people, nil },
		Mailer:     o, Now: func() time.Time { return o.now }, Log: slog.New(slog.DiscardHandler),
	}, inbox.New(inbox.Config{Now: func() time.Time { return o.now }}, &o.waiting), o.waiting.Store)
	if err := n.Round(o.t.Context()); !errors.Is(err, o.fails) {
		o.t.Errorf("the round ends with %v", err)
	}
	for _, email := range o.sent[before:] {
		sent = append(sent, fmt.Sprint(email.Kind, " ", email.To, " ", len(email.Entries)+email.More))
	}
	return sent
}

func (o *team) expectSent(want ...string) {
	o.t.Helper()
	if got := o.round(); !slices.Equal(got, want) {
		o.t.Errorf("sent are %q, want %q", got, want)
	}
}

// differs adds differences of a report.
func (o *team) differs(file string, n int) {
	for range n {
		id := fmt.Sprintf("%04d", len(o.waiting.differences))
		o.waiting.differences = append(o.waiting.differences, checkout.ReportDifference{Difference: checkout.Difference{ID: id, FileID: file, Class: checkout.RowAmount, OpenedAt: o.now}})
	}
}

// Each person who can act is told once, through restarts; a report is one matter however many rows differ.
func TestAReportIsOneMatterAndIsToldOnce(t *testing.T) {
	o := newTeam(t)
	o.hires(operators.Finance, false)
	o.hires(operators.Support, false) // may not resolve differences
	o.expectSent()
	o.differs("may", 150)
	o.expectSent("new finance0@shop.example 150")
	if email := o.sent[0]; len(email.Entries) != 20 || email.More != 130 {
		t.Errorf("the email lists %d and %d more", len(email.Entries), email.More)
	}
	o.expectSent()
	o.differs("june", 1)
	o.expectSent("new finance0@shop.example 1")
	o.waiting.differences = o.waiting.differences[10:] // some are resolved
	o.expectSent()
}

// Many new matters come in one email, so that a person is not flooded.
func TestManyNewMattersComeTogether(t *testing.T) {
	o := newTeam(t)
	o.hires(operators.Owner, false)
	for i := range 6 {
		o.waiting.dead = append(o.waiting.dead, checkout.DeadDeliveries{EndpointID: fmt.Sprint(i), URL: "https://erp.example", Count: 1, Since: noon.Add(-time.Hour)})
	}
	o.expectSent("new owner0@shop.example 6")
	o.expectSent()
	o.waiting.dead[0].Since = noon // it was delivered, and is given up once more
	o.expectSent("new owner0@shop.example 1")
}

// A mail server that refuses is tried again; an address that takes nothing is not.
func TestARefusedEmailIsTriedAgain(t *testing.T) {
	o := newTeam(t)
	o.hires(operators.Owner, false)
	o.differs("may", 1)
	o.fails = errors.New("try later")
	o.expectSent()
	o.fails = nil
	o.expectSent("new owner0@shop.example 1")

	o.differs("june", 1)
	o.fails = checkout.ErrUndeliverable
	o.expectSent()
	o.fails = nil
	o.expectSent()
}

// An email whose sending was interrupted may have arrived: it is not sent again.
func TestAnInterruptedEmailIsNotSentAgain(t *testing.T) {
	o := newTeam(t)
	p := o.hires(operators.Owner, false)
	o.differs("may", 1)
	matter := checkout.DifferenceInInbox(o.waiting.differences[0], nil).Matter()
	for i, want := range []bool{true, false} { // two processes, or one that has died in between
		claimed, err := o.waiting.ClaimInboxEmail(t.Context(), p.ID, []string{matter}, noon)
		if claimed != want || err != nil {
			t.Errorf("claim %d is %t, %v", i, claimed, err)
		}
	}
	o.expectSent()
}

// A digest comes once a day, at eight, while something waits.
func TestADigestComesOnceADay(t *testing.T) {
	o := newTeam(t)
	o.hires(operators.Owner, true)
	o.now = noon.Add(-11 * time.Hour)
	o.differs("may", 3)
	var at []int
	for range 48 {
		for range o.round() {
			at = append(at, o.now.Hour())
		}
		o.now = o.now.Add(time.Hour)
	}
	if !slices.Equal(at, []int{8, 8}) {
		t.Errorf("digests come at %v", at)
	}
	if o.sent[0].Kind != checkout.InboxEmailDigest || len(o.sent[0].Entries) != 3 || o.sent[0].ID == o.sent[1].ID {
		t.Errorf("the digests are %+v", o.sent)
	}
	o.waiting.differences = nil
	o.now = o.now.Add(24 * time.Hour)
	o.expectSent()
}

// An end is told of a day before, once, however people are told otherwise.
func TestAnEndIsToldOfBeforeItPasses(t *testing.T) {
	o := newTeam(t)
	o.hires(operators.Finance, false)
	o.hires(operators.Finance, true)
	o.waiting.orders = []checkout.Order{{
		ID: "o", Number: "K4WTZ-8QHNM", Status: checkout.OrderAuthorized, CreatedAt: noon, Total: checkout.Money{Minor: 4200, Currency: "SGD"},
		Payments: []checkout.Payment{{
			RequestID: "p", Method: checkout.MethodCard, Status: checkout.PaymentAuthorized, Active: true, ManualCapture: true,
			Amount: checkout.Money{Minor: 4200, Currency: "SGD"}, CreatedAt: noon, AuthEndsAt: noon.Add(7 * 24 * time.Hour),
		}},
	}}
	ends := map[string]time.Duration{}
	fresh := 0
	for range 8 * 24 {
		for _, sent := range o.round() {
			switch sent {
			case "new finance0@shop.example 1":
				fresh++
			case "ends finance0@shop.example 1", "ends finance1@shop.example 1":
				if ends[sent] != 0 {
					t.Errorf("%s twice", sent)
				}
				ends[sent] = o.waiting.orders[0].Payments[0].AuthEndsAt.Sub(o.now)
			}
		}
		o.now = o.now.Add(time.Hour)
	}
	if fresh != 1 || len(ends) != 2 || ends["ends finance0@shop.example 1"] != 24*time.Hour {
		t.Errorf("told of as new %d times, of its end %v before it", fresh, ends)
	}
}
