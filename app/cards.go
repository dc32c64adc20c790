package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antom-checkout/handlers"
	"antom-checkout/handlers/web"
)

// This file is the server-to-server mode of cards: what it needs of the settings, and
// what the process does for it.

const attestationSetting = "PCI_ATTESTATION"

// attestation says that the merchant may handle card numbers, and for how long.
type attestation struct {
	kind  string    // aoc or saq-d
	until time.Time // the end of its last day, in UTC
}

// attestations are the proofs that Antom accepts, by their names here.
var attestations = []string{"aoc", "saq-d"}

func parseAttestation(text string) (attestation, error) {
	kind, day, _ := strings.Cut(text, ":")
	a := attestation{kind: strings.ToLower(strings.TrimSpace(kind))}
	last, err := time.Parse(time.DateOnly, strings.TrimSpace(day))
	if !slices.Contains(attestations, a.kind) || err != nil {
		return attestation{}, errors.New("neither aoc: nor saq-d: with the last day on which it holds, such as aoc:2027-03-31")
	}
	a.until = last.AddDate(0, 0, 1)
	return a, nil
}

// reminderTime is how long before its end the log and the metrics tell of it.
const reminderTime = 30 * 24 * time.Hour

func (a attestation) endsSoon(now time.Time) bool { return !now.Before(a.until.Add(-reminderTime)) }

func (a attestation) lastDay() string { return a.until.AddDate(0, 0, -1).Format(time.DateOnly) }

func (a attestation) reminder() string {
	return "holds to the end of " + a.lastDay() + "; from then on cards are entered at Antom's, and the next start is refused. Renew it, and give its new date"
}

// cardProblems are what stands in the way of the server-to-server mode.
func (s *Settings) cardProblems(all values) (problems []error) {
	problem := func(is bool, text string) {
		if is {
			problems = append(problems, errors.New(text))
		}
	}
	if !s.CardServer {
		return nil
	}
	given := all[attestationSetting]
	problem(!given.given && !given.wrong,
		attestationSetting+": missing; CARD_MODE=server lets card numbers into this program. Give the kind and the last day of your PCI DSS attestation (aoc:DATE or saq-d:DATE), or CARD_MODE=antom")
	problem(given.given && !given.wrong && !s.clock(time.Now)().Before(s.Attestation.until),
		attestationSetting+": has ended with "+s.Attestation.lastDay()+". Renew it and give its new date, or CARD_MODE=antom")
	problem(!s.cardsTravelSafely() && !all["PUBLIC_URL"].wrong,
		"PUBLIC_URL: not https; CARD_MODE=server sends card numbers from browsers to it. Give the https address at which buyers reach this shop, or CARD_MODE=antom")
	problem(s.SDK.UI == handlers.Element,
		"SDK_UI: element has cards entered in Antom's list of methods, and CARD_MODE=server on a page of the shop; give one of them")
	return problems
}

// cardsTravelSafely reports whether browsers reach the shop by https, or without leaving
// this machine.
func (s *Settings) cardsTravelSafely() bool {
	if s.PublicURL != nil {
		return s.PublicURL.Scheme == "https" || web.IsLoopback(s.PublicURL)
	}
	host, _, err := net.SplitHostPort(s.Addr)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// dumpNoCore keeps the memory of a process that may hold card numbers out of core dumps.
func (p *Program) dumpNoCore(context.Context) error {
	if !p.Settings.CardServer {
		return nil
	}
	return errors.Join(syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}), forbidDumps())
}

// remind warns once a day while the attestation ends soon or has ended.
func (p *Program) remind(ctx context.Context) {
	if !p.Settings.CardServer {
		return
	}
	day := time.NewTicker(24 * time.Hour)
	defer day.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-day.C:
			p.warnOfAttestation()
		}
	}
}

func (p *Program) warnOfAttestation() {
	if a := p.Settings.Attestation; a.endsSoon(p.Now()) {
		p.Log.Warn("setting", slog.String(logSetting, attestationSetting), slog.String(logProblem, a.reminder()))
	}
}

// watchAttestation measures how long the attestation still holds.
func (m *metrics) watchAttestation(a attestation, now func() time.Time) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "checkout_pci_attestation_seconds",
		Help: "How long PCI_ATTESTATION still holds; below 0 cards are entered at Antom's. Only with CARD_MODE=server.",
	}, func() float64 { return a.until.Sub(now()).Seconds() }))
}
