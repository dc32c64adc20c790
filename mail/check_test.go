package mail

import (
	"strings"
	"testing"
)

// A check signs in as an email does, and leaves none.
func TestAServerIsCheckedWithoutAnEmail(t *testing.T) {
	s := openServer(t)
	server := s.mailer().cfg.Server
	if err := server.Check(t.Context()); err != nil || len(s.received()) > 0 {
		t.Errorf("the check ends with %v, %d emails are there", err, len(s.received()))
	}
	s.set(func() { s.refuses["EHLO"], s.refuses["HELO"] = "554 no", "554 no" })
	if err := server.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "554") {
		t.Errorf("a server that refuses is checked with %v", err)
	}
	s.at.Close()
	if err := server.Check(t.Context()); err == nil {
		t.Error("a server that is gone passes the check")
	}
}
