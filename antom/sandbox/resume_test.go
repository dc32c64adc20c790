package sandbox

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/antom"
)

func TestRestartForgetsNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.jsonl")
	s := newShop(t, func(cfg *Config) { cfg.LedgerFile = file })
	s.paid("PR-card", "CARD", 4200)
	s.deaf = 1
	s.paid("PR-wallet", "ALIPAY_CN", 900)
	s.pays("PR-open", "GRABPAY_SG", 700)
	must(t, s.call("createPaymentSession", s.sessionRequest("PR-session", "CARD", 100)))
	p := s.paid("PR-refund", "CARD", 500)
	must(t, s.call("refund", antom.RefundRequest{RefundRequestID: "RF-1", PaymentID: p.ID, RefundAmount: p.wire()}))
	must(t, s.call("cancel", antom.CancelRequest{PaymentRequestID: "PR-wallet"}))
	before, notifications := s.box.Control().Ledger(), s.box.Control().Notifications()

	// The process dies in the middle of a line.
	journal, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = journal.WriteString(`{"payment":{"payment_request`)
	must(t, err)
	must(t, journal.Close())
	text, err := os.ReadFile(file)
	must(t, err)
	if bytes.Contains(text, []byte(testCards[0].Number)) {
		t.Error("a card number is in the ledger file")
	}

	copied := filepath.Join(t.TempDir(), "ledger.jsonl")
	must(t, os.WriteFile(copied, text, 0o600))
	again := newShop(t, func(cfg *Config) {
		cfg.LedgerFile, cfg.URL = copied, s.url
		now := s.box.Control().Now()
		cfg.Now = func() time.Time { return now.Add(-s.box.scheduler.offset()) }
	})
	after := again.box.Control().Ledger()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error("the ledger changed by the restart:\n" + diff)
	}
	if diff := cmp.Diff(notifications, again.box.Control().Notifications()); diff != "" {
		t.Error("the notifications changed by the restart:\n" + diff)
	}
	again.after(time.Hour)
	if p, _ := again.box.Control().Ledger().Payment("PR-open"); p.Status != antom.PaymentFail {
		t.Errorf("the open payment did not close: %s", p.Status)
	}
	if got := again.box.Control().Ledger().Refunds[0].Status; got != antom.TransactionSuccess {
		t.Errorf("the refund is still %s", got)
	}
	for _, n := range again.box.Control().Notifications() {
		if n.PaymentRequestID == "PR-wallet" && len(n.Sendings) != 2 {
			t.Errorf("the notification was sent %d times", len(n.Sendings))
		}
	}
}
