package app

import (
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// relay is a mail server that answers RCPT as it is told, and takes every email when
// it is told nothing.
type relay struct {
	at      net.Listener
	refusal atomic.Pointer[string]
	taken   atomic.Int32
}

func openRelay(t *testing.T, refusal string) *relay {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{at: at}
	r.refusal.Store(&refusal)
	t.Cleanup(func() { at.Close() })
	go func() {
		for {
			conn, err := at.Accept()
			if err != nil {
				return
			}
			go r.serve(conn)
		}
	}()
	return r
}

func (r *relay) serve(conn net.Conn) {
	defer conn.Close()
	say := func(line string) { conn.Write([]byte(line + "\r\n")) } //nolint:errcheck // the other side sees it
	say("220 here")
	buffer, text := make([]byte, 4096), ""
	for inBody := false; ; {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		text += string(buffer[:n])
		for {
			line, rest, whole := strings.Cut(text, "\r\n")
			if !whole {
				break
			}
			text = rest
			verb, _, _ := strings.Cut(line, " ")
			switch {
			case inBody && line == ".":
				inBody = false
				r.taken.Add(1)
				say("250 taken")
			case inBody:
			case verb == "DATA":
				inBody = true
				say("354 go on")
			case verb == "RCPT" && *r.refusal.Load() != "":
				say(*r.refusal.Load())
			case verb == "QUIT":
				say("221 bye")
				return
			default:
				say("250 fine")
			}
		}
	}
}

func TestEmailsThatWereGivenUpAreSentAgain(t *testing.T) {
	relay := openRelay(t, "550 5.1.1 no such user")
	p := runProgram(t, environ{"SMTP_URL": "smtp://" + relay.at.Addr().String(), "MAIL_FROM": "shop@example.com"})
	number := p.paysByWallet()
	p.awaits(`checkout_waiting{what="dead_email"}`, "1")
	again := func(line string) (int, string, string) {
		return runs(t, environ{"DATABASE_URL": p.settings["DATABASE_URL"]}, "emails "+line)
	}
	if code, _, stderr := again("resend --order ZZZZZ-ZZZZZ"); code != 1 || !strings.Contains(stderr, "no order has") {
		t.Errorf("of an unknown order: %d %q", code, stderr)
	}
	healthy := ""
	relay.refusal.Store(&healthy)
	code, stdout, stderr := again("resend --order " + number)
	if want := "order " + number + ": mail.receipt is due again\nemails due again: 1\n"; code != 0 || stdout != want || stderr != "" {
		t.Fatalf("answered %d %q %q", code, stdout, stderr)
	}
	p.awaits(`checkout_outbox_rows{state="dead"}`, "0")
	p.awaits(`checkout_outbox_rows{state="pending"}`, "0")
	if n := relay.taken.Load(); n != 1 {
		t.Errorf("%d emails were taken", n)
	}
	if code, stdout, _ := again("resend --dead"); code != 0 || stdout != "emails due again: 0\n" {
		t.Errorf("with nothing dead: %d %q", code, stdout)
	}
}

// A relay that refuses every recipient is no reason to give an email up.
func TestARelayThatRefusesEverybodyDelaysEmailsOnly(t *testing.T) {
	relay := openRelay(t, "554 5.7.1 Relay access denied")
	p := runProgram(t, environ{"SMTP_URL": "smtp://" + relay.at.Addr().String(), "MAIL_FROM": "shop@example.com", "SWEEP_SCHEDULE": "1s"})
	p.paysByWallet()
	p.log.find(t, `(effect failed, to be tried again)`)
	healthy := ""
	relay.refusal.Store(&healthy)
	p.awaits(`checkout_outbox_rows{state="pending"}`, "0")
	p.awaits(`checkout_outbox_rows{state="dead"}`, "0")
	if n := relay.taken.Load(); n != 1 {
		t.Errorf("%d emails were taken", n)
	}
}

func TestTheCommandForEmailsIsUnderstoodOrRefused(t *testing.T) {
	path := url.PathEscape(t.TempDir()) // never opened
	for line, want := range map[string]string{
		"emails":                             "usage: antom-checkout emails resend",
		"emails send --dead":                 `no action "send"`,
		"emails resend":                      "either --order or --dead",
		"emails resend --dead --order ABCDE": "either --order or --dead",
	} {
		if code, _, stderr := runs(t, environ{"DATABASE_URL": path}, line); code != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%s is answered %d %q", line, code, stderr)
		}
	}
}
