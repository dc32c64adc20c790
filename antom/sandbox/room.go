package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
)

// roomView is what the control room shows, the newest first.
type roomView struct {
	Count      int
	Clock      string
	Ahead      string
	Seed       uint64
	Ledger     Ledger
	Notices    []Notice
	Messages   []Message
	Faults     []Fault
	Kinds      []faultGroup
	Operations []string // what a fault may be about
	Types      []string // of notices, likewise
	ClientID   string
	Payment    string // the only one whose messages and notices are shown; "" = all
}

// faultGroup are the kinds of fault that go together in the form.
type faultGroup struct {
	Name  string
	Kinds []FaultKind
}

var faultGroups = []faultGroup{
	{"Calls", callFaults}, {"Notices", noticeFaults}, {"What follows, and the Web SDK", otherFaults},
}

const shownInRoom = 50

// showRoom shows the control room.
func (s *Sandbox) showRoom(w http.ResponseWriter, r *http.Request) {
	payment := r.FormValue("payment")
	s.mu.Lock()
	view := roomView{
		Count: s.changeCount, Clock: s.now().UTC().Format(time.DateTime), Seed: s.seed,
		Ledger: s.books.ledger(), Notices: newest(noticesOf(s.books.allNotices(), payment)),
		Messages: newest(messagesOf(s.messages.all(), payment)), Faults: slices.Clone(s.faults),
		Kinds: faultGroups, Operations: operationNames(), Types: noticeTypes, ClientID: s.clientID, Payment: payment,
	}
	if s.ahead > 0 {
		view.Ahead = s.ahead.String()
	}
	s.mu.Unlock()
	view.Ledger.Payments = newest(view.Ledger.Payments)
	view.Ledger.Sessions = newest(slices.DeleteFunc(view.Ledger.Sessions, func(session Session) bool { return session.Submitted }))
	view.Ledger.Captures, view.Ledger.Refunds, view.Ledger.Cancels = newest(view.Ledger.Captures), newest(view.Ledger.Refunds), newest(view.Ledger.Cancels)
	view.Ledger.Vaultings, view.Ledger.Disputes = newest(view.Ledger.Vaultings), newest(view.Ledger.Disputes)
	s.render(w, http.StatusOK, policy{}, "room.html", view)
}

// newest are the last of a list, the other way round.
func newest[T any](list []T) []T {
	list = slices.Clone(list[max(0, len(list)-shownInRoom):])
	slices.Reverse(list)
	return list
}

func noticesOf(all []Notice, payment string) []Notice {
	if payment == "" {
		return all
	}
	return slices.DeleteFunc(all, func(n Notice) bool { return n.PaymentRequestID != payment })
}

func operationNames() []string {
	names := map[string]bool{}
	for address := range operations {
		names[path.Base(address)] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// actor is a payment, or a session that may become one, whose buyer one can play.
type actor struct {
	RequestID string
	Reasons   []antom.ResultCode
}

// actorOf knows the refusals that the method has. A session whose buyer has yet
// to choose is paid by card.
func actorOf(requestID, methodCode string) actor {
	if methodCode == "" {
		methodCode = "CARD"
	}
	m, _ := methodOf(methodCode)
	return actor{requestID, reasonsFor(m)}
}

// Schedule is when the notice goes out if nobody ever acknowledges it: the next
// time and those after it.
func (n Notice) Schedule() []time.Time {
	if n.NextAt.IsZero() {
		return nil
	}
	at, times := n.NextAt, []time.Time{n.NextAt}
	for sent := len(n.Sendings) + 1; sent < len(noticeSchedule); sent++ {
		at = at.Add(noticeSchedule[sent])
		times = append(times, at)
	}
	return times
}

// Good says that the message went as a merchant would want it to.
func (m Message) Good() bool {
	return m.Fault == "" && (m.Verdict == acknowledged || strings.HasPrefix(m.Verdict, accepted))
}

// indented lays a JSON text out for reading; any other text stays as it is.
func indented(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}
