package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"antom-checkout/antom"
)

// load reads the journal, if there is to be one, and goes on where it ended:
// close timers, captures, refunds and notices that are still to come.
func (s *Sandbox) load() error {
	if s.file == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := os.ReadFile(s.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if err := s.readJournal(text); err != nil {
		return err
	}
	s.resume()
	return s.rewrite()
}

func (s *Sandbox) readJournal(text []byte) error {
	for number := 1; len(text) > 0; number++ {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		text = rest
		if !whole {
			return nil // the process died while it wrote this line: nobody heard of it
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
	case e.Session != nil:
		replace(s.sessions[e.Session.RequestID], e.Session, s.addSession)
	case e.Payment != nil:
		replace(s.payments[e.Payment.RequestID], e.Payment, s.addPayment)
	case e.Capture != nil:
		replace(s.captures[e.Capture.RequestID], e.Capture, s.addCapture)
	case e.Refund != nil:
		replace(s.refunds[e.Refund.RequestID], e.Refund, s.addRefund)
	case e.Cancel != nil:
		s.cancelList = append(s.cancelList, e.Cancel)
	case e.Card != nil:
		s.cards[e.Card.Token] = (*savedCard)(e.Card)
	case e.Vaulting != nil:
		replace(s.vaultings[e.Vaulting.RequestID], e.Vaulting, s.addVaulting)
	case e.Dispute != nil:
		replace(s.disputes[e.Dispute.ID], e.Dispute, s.addDispute)
	case e.Notice != nil:
		s.applyNotice(*e.Notice)
	case e.Ahead != nil:
		s.ahead = time.Duration(*e.Ahead)
	}
}

func replace[Record any](known, later *Record, add func(*Record)) {
	if known == nil {
		add(later)
		return
	}
	*known = *later
}

func (s *Sandbox) applyNotice(later Notice) {
	s.noticeCount = max(s.noticeCount, later.ID)
	for _, n := range s.noticeList {
		if n.ID == later.ID {
			n.Notice = later
			return
		}
	}
	s.noticeList = append(s.noticeList, &notice{Notice: later})
}

// resume plans what was still to come when the journal ended.
func (s *Sandbox) resume() {
	for _, p := range s.paymentList {
		p.BuyerURL = s.url + "/buyer/" + p.Token
		switch {
		case !final(p.Status):
			s.watch(p)
		case p.Status == antom.PaymentSuccess && p.Terms.ManualCapture:
			s.plan(p.AuthEndsAt, func() { s.releaseAuthorization(p) })
		}
	}
	for _, c := range s.captureList {
		if c.Status == antom.TransactionProcessing {
			s.finishCaptureAt(c, c.DueAt)
		}
	}
	for _, r := range s.refundList {
		if r.Status == antom.TransactionProcessing {
			s.finishRefundAt(r, r.DueAt)
		}
	}
	for _, v := range s.vaultList {
		v.BuyerURL = s.url + "/vault/" + v.Token
		if v.Status == antom.VaultingProcessing {
			s.watchVaulting(v)
		}
	}
	for _, d := range s.disputeList {
		if !d.over() {
			s.watchDispute(d)
		}
	}
	for _, n := range s.noticeList {
		if n.State == NoticeWaiting || n.State == NoticeUnderWay {
			s.sendAt(n, n.NextAt)
		}
	}
}
