package app

import (
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inDays is a day from now on, as the setting has it.
func inDays(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// Card numbers come into the program only by a merchant who may handle them, and by https.
func TestTheServerModeNeedsAnAttestationAndHTTPS(t *testing.T) {
	for _, row := range []struct {
		env  environ
		want string
	}{
		{environ{"CARD_MODE": "server"}, "PCI_ATTESTATION: missing; CARD_MODE=server"},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + inDays(-1)}, "PCI_ATTESTATION: has ended with " + inDays(-1)},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "saq-a:" + inDays(90)}, "PCI_ATTESTATION: neither aoc: nor saq-d:"},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc"}, "such as aoc:2027-03-31"},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:31.03.2027"}, "such as aoc:2027-03-31"},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:2027-02-31"}, "such as aoc:2027-03-31"},
		{environ{"CARD_MODE": "here"}, "CARD_MODE: "},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + inDays(90), "ADDR": "0.0.0.0:8080"}, "PUBLIC_URL: not https"},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + inDays(90), "SDK_UI": "element"}, "SDK_UI: element"},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + inDays(90), "PUBLIC_URL": "http://pay.example.com", "SANDBOX": "on"}, "PUBLIC_URL: "},
		{environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + inDays(90), "CLOCK_OFFSET": "2400h"}, "PCI_ATTESTATION: has ended"},
	} {
		expectProblems(t, row.env, nil, row.want)
	}
	for _, env := range []environ{
		{}, {"CARD_MODE": "antom"}, {"CARD_MODE": "antom", "PCI_ATTESTATION": "aoc:" + inDays(-9)},
		{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + inDays(0)}, // the last day is one of them
		{"CARD_MODE": "Server", "PCI_ATTESTATION": "SAQ-D: " + inDays(90), "PUBLIC_URL": "http://127.0.0.1:8080"},
		account(environ{"CARD_MODE": "server", "PCI_ATTESTATION": "saq-d:" + inDays(90)}),
	} {
		s := load(t, env)
		s.publicFromAddr()
		if until := s.pages().CardsUntil; until.IsZero() == s.CardServer {
			t.Errorf("%v: cards are taken until %s", env, until)
		}
	}
}

func TestTheEndOfTheAttestationIsToldBefore(t *testing.T) {
	for days, want := range map[int]bool{90: false, 31: false, 29: true, 0: true} {
		s := load(t, environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + inDays(days)})
		if got := slices.Contains(warned(s), attestationSetting); got != want {
			t.Errorf("%d days before its end the start warns: %v", days, got)
		}
	}
	if s := load(t, environ{"PCI_ATTESTATION": "aoc:" + inDays(90)}); !slices.Equal(warned(s), []string{attestationSetting}) {
		t.Errorf("one that is not used: warned of %v", warned(s))
	}

	// A program that runs for longer tells, too.
	now, end := time.Now(), inDays(90)
	var log strings.Builder
	p := &Program{Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return now }, metrics: newMetrics()}
	p.Settings = load(t, environ{"CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + end})
	p.metrics.watchAttestation(p.Settings.Attestation, p.Now)
	p.warnOfAttestation()
	if log.Len() > 0 {
		t.Errorf("it warns 90 days before: %s", &log)
	}
	now = now.AddDate(0, 0, 70)
	p.warnOfAttestation()
	if !strings.Contains(log.String(), "level=WARN msg=setting setting=PCI_ATTESTATION") || !strings.Contains(log.String(), end) {
		t.Errorf("it warns with %q", &log)
	}
	scrape := httptest.NewRecorder()
	p.metrics.handler().ServeHTTP(scrape, httptest.NewRequest("GET", "/metrics", nil))
	if !strings.Contains(scrape.Body.String(), "checkout_pci_attestation_seconds 1.") {
		t.Errorf("the metric is missing, or no 20 days:\n%.300s", scrape.Body)
	}
}

// A process that may hold card numbers leaves no core dump.
func TestTheServerModeDumpsNoCore(t *testing.T) {
	var before, after syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{Cur: before.Max, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	for _, server := range []bool{false, true} {
		p := &Program{Settings: Settings{CardServer: server}}
		if err := p.dumpNoCore(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &after); err != nil || (after.Cur == 0) != (server || before.Max == 0) {
			t.Errorf("server mode %v: a core dump may have %d bytes, %v", server, after.Cur, err)
		}
	}
}
