package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// load reads the journal, if there is to be one, and continues where it ended:
// with the close timers, captures, refunds and notifications still to come.
func (s *Sandbox) load() error {
	j := s.ledger.journal
	if j.path == "" {
		return nil
	}
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	text, err := os.ReadFile(j.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if err := s.readJournal(text); err != nil {
		return err
	}
	s.payments.resume()
	s.operations.resume()
	s.vaults.resume()
	s.disputes.resume()
	s.notifier.resume()
	return j.rewrite()
}

func (s *Sandbox) readJournal(text []byte) error {
	for number := 1; len(text) > 0; number++ {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		text = rest
		if !whole {
			return nil // the process died while it wrote this line, so the change never became known
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d of the ledger: %w", number, err)
		}
		s.apply(e)
	}
	return nil
}

// apply takes a record over from the journal: a new one is added, a known one
// replaced by its later state.
func (s *Sandbox) apply(e entry) {
	switch {
	case e.Card != nil:
		s.cards.add(savedCard(*e.Card))
	case e.Vaulting != nil:
		s.vaults.apply(e.Vaulting)
	case e.Notification != nil:
		s.notifier.apply(*e.Notification)
	case e.Ahead != nil:
		s.scheduler.moveTo(time.Duration(*e.Ahead))
	default:
		s.ledger.apply(e)
	}
}

// apply takes a record of money over from the journal.
func (l *ledger) apply(e entry) {
	switch {
	case e.Session != nil:
		replace(l.sessions[e.Session.RequestID], e.Session, l.addSession)
	case e.Payment != nil:
		replace(l.payments[e.Payment.RequestID], e.Payment, l.addPayment)
	case e.Capture != nil:
		replace(l.captures[e.Capture.RequestID], e.Capture, l.addCapture)
	case e.Refund != nil:
		replace(l.refunds[e.Refund.RequestID], e.Refund, l.addRefund)
	case e.Cancel != nil:
		l.addCancel(e.Cancel)
	case e.Dispute != nil:
		replace(l.disputes[e.Dispute.ID], e.Dispute, l.addDispute)
	}
}

func replace[Record any](known, later *Record, add func(*Record)) {
	if known == nil {
		add(later)
		return
	}
	*known = *later
}

// apply takes a notification over from the journal.
func (nt *notifier) apply(later Notification) {
	nt.mu.Lock()
	defer nt.mu.Unlock()
	nt.count = max(nt.count, later.ID)
	for _, n := range nt.list {
		if n.ID == later.ID {
			n.Notification = later
			return
		}
	}
	nt.list = append(nt.list, &queued{Notification: later, era: nt.era})
}

// resume plans the sendings that were still to come when the journal ended.
func (nt *notifier) resume() {
	nt.mu.Lock()
	defer nt.mu.Unlock()
	for _, n := range nt.list {
		if n.State == NotificationWaiting || n.State == NotificationUnderWay {
			nt.sendAt(n, n.NextAt)
		}
	}
}

// entries are all lines of a journal that is written anew. The ledger's lock is
// held.
func (s *Sandbox) entries() []entry {
	out := []entry{clockEntry(s.scheduler.offset())}
	out = append(out, s.ledger.entries()...)
	out = append(out, s.vaults.entries()...)
	out = append(out, entriesOf(s.cards.all())...)
	return append(out, s.notifier.entries()...)
}

func (l *ledger) entries() []entry {
	out := append(entriesOf(l.sessionList), entriesOf(l.paymentList)...)
	out = append(out, entriesOf(l.captureList)...)
	out = append(out, entriesOf(l.refundList)...)
	out = append(out, entriesOf(l.cancelList)...)
	return append(out, entriesOf(l.disputeList)...)
}

func (vs *vaults) entries() []entry {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	return entriesOf(vs.list)
}

func (nt *notifier) entries() []entry {
	nt.mu.Lock()
	defer nt.mu.Unlock()
	out := make([]entry, len(nt.list))
	for i, n := range nt.list {
		out[i] = entryOf(&n.Notification)
	}
	return out
}
