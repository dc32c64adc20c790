package app

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"regexp"
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
	p.metrics.handler(false).ServeHTTP(scrape, httptest.NewRequest("GET", "/metrics", nil))
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

// cardPart is the README's part about cards.
func cardPart(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(page), "\n### Cards: Antom's page, or your own\n")
	part, _, found := strings.Cut(part, "\n### ")
	if !found {
		t.Fatal("README.md has no part about cards")
	}
	return part
}

// What the README tells a merchant to type switches the mode on, and nothing of it may be
// left out.
func TestTheReadmesCommandSwitchesTheServerModeOn(t *testing.T) {
	_, command, found := strings.Cut(cardPart(t), "\n    CARD_MODE=server ")
	command, _, ends := strings.Cut(command, " … antom-checkout serve\n")
	if !found || !ends {
		t.Fatal("README.md has no command that switches the mode on")
	}
	env := account(environ{"CARD_MODE": "server"})
	delete(env, "PUBLIC_URL")
	for pair := range strings.FieldsSeq(command) {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	kind, day, _ := strings.Cut(env[attestationSetting], ":")
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		t.Fatalf("%s ends with %q", kind, day)
	}
	env[attestationSetting] = kind + ":" + inDays(90) // the README's day passes
	if s := load(t, env); !s.CardServer || s.pages().CardsUntil.IsZero() {
		t.Error("the mode is not on")
	}
	for _, name := range []string{attestationSetting, "PUBLIC_URL"} {
		less := maps.Clone(env)
		delete(less, name)
		expectProblems(t, less, nil, name)
	}
}

// Figures and names of the README's part are those of the program.
func TestTheReadmesPartAboutCardsIsTrue(t *testing.T) {
	part := strings.Join(strings.Fields(cardPart(t)), " ")
	now := time.Now()
	p := &Program{metrics: newMetrics(), Settings: load(t, environ{"CARD_MODE": "server", attestationSetting: "aoc:" + inDays(90)})}
	p.metrics.watchAttestation(p.Settings.Attestation, func() time.Time { return now })
	scrape := httptest.NewRecorder()
	p.metrics.handler(false).ServeHTTP(scrape, httptest.NewRequest("GET", "/metrics", nil))
	metric := regexp.MustCompile(`checkout_pci_\w+`).FindString(scrape.Body.String())
	texts := []string{
		fmt.Sprintf("From %d days before its end", int(reminderTime.Hours()/24)), "`" + metric + "` counts down",
		"`/checkout/{token}/card`", "(exit code 2)", "`SDK_UI=element`", "`page-inventory`", "| `CARD_MODE=antom` (default) |",
	}
	for _, kind := range attestations {
		texts = append(texts, "`"+kind+":`")
	}
	for _, text := range texts {
		if !strings.Contains(part, text) {
			t.Errorf("README.md lacks %q about cards", text)
		}
	}
	if load(t, environ{}).CardServer {
		t.Error("the mode of the server is the default")
	}
}
