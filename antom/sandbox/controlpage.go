package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
)

// controlPage is the control room at /: it shows what happens and drives the
// control API.
type controlPage struct {
	pages     *pages
	control   *Control
	clientID  string
	endpoints []string
}

// controlView is what the page shows, the newest first.
type controlView struct {
	Count         int
	Clock         string
	Ahead         string
	Seed          uint64
	Ledger        Ledger
	Notifications []Notification
	Messages      []Message
	Faults        []Fault
	Kinds         []faultGroup
	Cards         []testCard
	Endpoints     []string // what a fault may be about
	Types         []string // of notifications, likewise
	ClientID      string
	Payment       string // the only one whose messages and notifications are shown; "" = all
}

// faultGroup are the kinds of fault that go together in the form.
type faultGroup struct {
	Name  string
	Kinds []FaultKind
}

var faultGroups = []faultGroup{
	{"Calls", callFaults}, {"Notifications", notificationFaults}, {"What follows, and the Web SDK", otherFaults}, {"Reconciliation reports", reportFaults},
}

const shownRecords = 50

// show shows the page.
func (cp *controlPage) show(w http.ResponseWriter, r *http.Request) {
	cp.pages.render(w, http.StatusOK, policy{}, "control.html", cp.view(r.FormValue("payment")))
}

// view reads the parts one after the other. The count of changes is read first, so
// a change meanwhile makes the page read again.
func (cp *controlPage) view(payment string) controlView {
	s := cp.control.s
	count, _ := s.changes.state()
	faults, seed := s.faults.all()
	view := controlView{
		Count: count, Clock: cp.control.Now().UTC().Format(time.DateTime), Seed: seed, Faults: faults,
		Ledger:        cp.control.Ledger(),
		Notifications: newest(notificationsOf(s.notifier.all(), payment)),
		Messages:      shortened(newest(messagesOf(s.messages.all(), payment))),
		Kinds:         faultGroups, Cards: testCards, Endpoints: cp.endpoints, Types: notificationTypes, ClientID: cp.clientID, Payment: payment,
	}
	if ahead := s.scheduler.offset(); ahead > 0 {
		view.Ahead = ahead.String()
	}
	l := &view.Ledger
	l.Sessions = newest(slices.DeleteFunc(l.Sessions, func(session Session) bool { return session.Submitted }))
	l.Payments, l.Captures, l.Refunds = newest(l.Payments), newest(l.Captures), newest(l.Refunds)
	l.Cancels, l.Vaultings, l.Disputes = newest(l.Cancels), newest(l.Vaultings), newest(l.Disputes)
	return view
}

// shownText bounds what the page shows of a text; the control API has all of it.
const shownText = 16 << 10

// shortened are messages with texts that a page can bear.
func shortened(messages []Message) []Message {
	for i := range messages {
		m := &messages[i]
		for _, text := range []*string{&m.Body, &m.SigningString, &m.AnswerBody, &m.AnswerSigning} {
			if len(*text) > shownText {
				*text = strings.ToValidUTF8((*text)[:shownText], "") + "…"
			}
		}
	}
	return messages
}

// newest are the last of a list, in reverse order.
func newest[T any](list []T) []T {
	list = slices.Clone(list[max(0, len(list)-shownRecords):])
	slices.Reverse(list)
	return list
}

// actor is a payment, or a session that may become one, whose buyer one can play.
type actor struct {
	RequestID string
	Reasons   []antom.ResultCode
	Card      bool
}

// actorOf knows the refusals that the method has. A session whose buyer has yet
// to choose is paid by card.
func actorOf(requestID, methodCode string) actor {
	if methodCode == "" {
		methodCode = "CARD"
	}
	m, _ := methodOf(methodCode)
	return actor{requestID, reasonsFor(m), m.isCard()}
}

// indented lays a JSON text out for reading; any other text stays as it is.
func indented(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}
