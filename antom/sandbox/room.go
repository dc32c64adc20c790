package sandbox

import (
	"net/http"
	"slices"
)

// roomView is what the control room shows, the newest first.
type roomView struct {
	Count    int
	Clock    string
	Ahead    string
	Ledger   Ledger
	Notices  []Notice
	Messages []Message
	Faults   []Fault
	Kinds    []FaultKind
	ClientID string
	URL      string
}

const shownInRoom = 50

// showRoom shows the control room.
func (s *Sandbox) showRoom(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	view := roomView{
		Count: s.changeCount, Clock: s.now().UTC().Format("2006-01-02 15:04:05"),
		Ledger: s.books.ledger(), Notices: newest(s.books.allNotices()), Messages: newest(s.messages.all()),
		Faults: slices.Clone(s.faults), Kinds: FaultKinds(), ClientID: s.clientID, URL: s.url,
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
