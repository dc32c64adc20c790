package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"
)

const doctorHelp = `It examines the settings, the database, the disk, the public address, Antom's gateway
with keys, clock and methods, the Web SDK, the mail server, the webhook endpoints and the
collector of traces. It starts no payment, sends no email and delivers no event, and
works beside a running server. Without one it listens on ADDR for a moment itself, to see
whether the public address leads here. Run it as the user that the server runs as.

Exit code 1 when something would stop a payment: an "error". A "warning" stops none.
`

// examineTime is how long all examinations may take together.
const examineTime = 30 * time.Second

// severity is how bad a finding is.
type severity string

const (
	warning     severity = "warning"
	stopsAtOnce severity = "error" // it would stop a payment
)

// finding is something that is wrong. Its JSON is published.
type finding struct {
	Check    string   `json:"check"`
	Severity severity `json:"severity"`
	Problem  string   `json:"problem"`
	Cure     string   `json:"cure"`
}

// check is one part of the examination, with what it has seen where nothing is wrong.
type check struct {
	name     string
	seen     string
	skipped  bool
	beside   bool // what was seen is told beside the findings, too
	findings []finding
}

// check names, in the order in which they are told.
const (
	checkSettings = "settings"
	checkDatabase = "database"
	checkDisk     = "disk"
	checkPublic   = "public_address"
	checkAntom    = "antom"
	checkClock    = "clock"
	checkMode     = "mode"
	checkMethods  = "payment_methods"
	checkCurrency = "currency"
	checkSDK      = "sdk"
	checkMail     = "mail"
	checkWebhooks = "webhooks"
	checkTraces   = "traces"
)

// sees notes what is as it should be.
func (c *check) sees(format string, args ...any) { c.seen = fmt.Sprintf(format, args...) }

// skips notes why there was nothing to examine.
func (c *check) skips(format string, args ...any) { c.skipped = true; c.sees(format, args...) }

// warns notes something wrong that stops no payment.
func (c *check) warns(cure, format string, args ...any) { c.finds(warning, cure, format, args...) }

// fails notes something that would stop a payment.
func (c *check) fails(cure, format string, args ...any) { c.finds(stopsAtOnce, cure, format, args...) }

func (c *check) finds(s severity, cure, format string, args ...any) {
	c.findings = append(c.findings, finding{c.name, s, strings.TrimSpace(fmt.Sprintf(format, args...)), cure})
}

// examine is the command doctor.
func examine(ctx context.Context, l *line) error {
	asJSON := l.flags.Bool("json", false, "one JSON object instead of text")
	s, err := l.load()
	var wrong wrongSettings
	if err != nil && !errors.As(err, &wrong) {
		return err
	}
	var checks []*check
	if err != nil {
		checks = []*check{wrongSettingsCheck(wrong)}
	} else {
		d := &doctor{Program: &Program{Settings: s, Now: s.clock(time.Now), Log: slog.New(slog.DiscardHandler)}}
		d.stop = func() {}
		checks = d.examine(ctx)
		if err := d.Close(); err != nil {
			return err
		}
	}
	if *asJSON {
		err = writeChecksJSON(l.stdout, checks)
	} else {
		_, err = io.WriteString(l.stdout, checksText(checks))
	}
	if stopping, _ := countFindings(checks); err == nil && stopping > 0 {
		return fmt.Errorf("doctor: %s would stop a payment", plural(stopping, "finding", "findings"))
	}
	return err
}

// wrongSettingsCheck tells of settings that cannot be taken; nothing else can be examined
// then.
func wrongSettingsCheck(wrong wrongSettings) *check {
	c := &check{name: checkSettings}
	for _, problem := range wrong.problems {
		name, _, _ := strings.Cut(problem.Error(), ":")
		c.fails(fmt.Sprintf("correct %s (\"antom-checkout serve -h\" says what it takes), then run doctor again: it has examined nothing else", name), "%v", problem)
	}
	return c
}

// doctor examines a program with these settings.
type doctor struct {
	*Program
	running bool // a server listens on ADDR
}

// examine runs all checks, those of the network at the same time.
func (d *doctor) examine(ctx context.Context) []*check {
	ctx, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	var checks []*check
	made := func(name string) *check {
		c := &check{name: name}
		checks = append(checks, c)
		return c
	}
	d.settings(made(checkSettings))
	d.sessionKeys(checks[0])
	d.database(ctx, made(checkDatabase))
	d.disk(made(checkDisk))
	public, antom := made(checkPublic), &antomChecks{gateway: made(checkAntom), clock: made(checkClock), methods: made(checkMethods)}
	d.mode(ctx, made(checkMode))
	sample := d.currency(ctx, made(checkCurrency))
	sdk, mail, endpoints, traces := made(checkSDK), made(checkMail), made(checkWebhooks), made(checkTraces)
	d.takeAddresses(public)
	client := d.reachAntom(ctx, antom)
	var all sync.WaitGroup
	all.Go(func() { d.publicAddress(ctx, public) })
	all.Go(func() { d.antom(ctx, antom, client, sample) })
	all.Go(func() { d.sdk(ctx, sdk) })
	all.Go(func() { d.mailServer(ctx, mail) })
	all.Go(func() { d.webhookEndpoints(ctx, endpoints) })
	all.Go(func() { d.collector(ctx, traces) })
	all.Wait()
	return checks
}

// countFindings counts the findings by how bad they are.
func countFindings(checks []*check) (stopping, warnings int) {
	for _, c := range checks {
		for _, f := range c.findings {
			if f.Severity == stopsAtOnce {
				stopping++
			} else {
				warnings++
			}
		}
	}
	return stopping, warnings
}

// result is what a check amounts to: its worst finding, "ok" or "skipped".
func (c *check) result() string {
	worst := c.seenAs()
	for _, f := range c.findings {
		if worst != string(stopsAtOnce) {
			worst = string(f.Severity)
		}
	}
	return worst
}

// seenAs is the first word of the line that tells what a check has seen.
func (c *check) seenAs() string {
	if c.skipped {
		return "skipped"
	}
	return "ok"
}

// writeChecksJSON writes the published form.
func writeChecksJSON(w io.Writer, checks []*check) error {
	type told struct {
		Check  string `json:"check"`
		Result string `json:"result"`
		Seen   string `json:"seen,omitempty"`
	}
	stopping, _ := countFindings(checks)
	report := struct {
		OK       bool      `json:"ok"`
		Checks   []told    `json:"checks"`
		Findings []finding `json:"findings"`
	}{OK: stopping == 0, Checks: []told{}, Findings: []finding{}}
	for _, c := range checks {
		report.Checks = append(report.Checks, told{c.name, c.result(), c.seen})
		report.Findings = append(report.Findings, c.findings...)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

// checksText tells people of the checks: a line each, and below it the cure.
func checksText(checks []*check) string {
	var b strings.Builder
	for _, c := range checks {
		if len(c.findings) == 0 || c.beside {
			fmt.Fprintf(&b, "%-8s %-16s %s\n", c.seenAs(), strings.ReplaceAll(c.name, "_", " "), c.seen)
		}
		for _, f := range c.findings {
			fmt.Fprintf(&b, "%-8s %-16s %s\n%-25s cure: %s\n", f.Severity, strings.ReplaceAll(c.name, "_", " "), strings.ReplaceAll(f.Problem, "\n", " "), "", f.Cure)
		}
	}
	stopping, warnings := countFindings(checks)
	switch {
	case stopping > 0:
		fmt.Fprintf(&b, "\n%s would stop a payment; %s.\n", plural(stopping, "finding", "findings"), plural(warnings, "warning", "warnings"))
	case warnings > 0:
		fmt.Fprintf(&b, "\nNothing would stop a payment; %s.\n", plural(warnings, "warning", "warnings"))
	default:
		b.WriteString("\nNothing is wrong.\n")
	}
	return b.String()
}
