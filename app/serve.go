package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"

	"antom-checkout/checkout/operators"
)

// serve runs the shop, with the embedded sandbox unless Antom is configured.
func serve(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	return serveWith(ctx, l, s)
}

// serveWith serves with settings until ctx ends.
func serveWith(ctx context.Context, l *line, s Settings) error {
	log := newLog(s.Log, l.stderr)
	for _, w := range s.Warnings {
		log.Warn("setting", slog.String(logSetting, w.Setting), slog.String(logProblem, w.Text))
	}
	p, err := Build(ctx, s, Outside{Log: log})
	if err != nil {
		return err
	}
	if err := p.greet(ctx, l.stdout); err != nil {
		return errors.Join(err, p.Close())
	}
	return errors.Join(p.Serve(ctx), p.Close())
}

func (p *Program) greet(ctx context.Context, stdout io.Writer) error {
	fmt.Fprintf(stdout, "The shop is at    %s\n", p.Settings.PublicURL)
	if p.Settings.onNetwork() {
		if err := printCode(stdout, p.Settings.PublicURL.String()); err != nil {
			return err
		}
	}
	if p.Settings.LiveMode() {
		return nil
	}
	link, err := p.Services.People.SignInLink(ctx, operators.CommandLine)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, `The sandbox is at %s
The dashboard is at
  %s (signs you in once, within 30 minutes)

Three things to try:
  1. Buy something and pay by card 4054 6957 2310 0768 (any future date, any CVC).
  2. Pay with a wallet, decline there, return and pay another way.
  3. Open the sandbox's control room, inject the fault lose, and watch the order become paid anyway.
`, p.Settings.Antom.BaseURL, link)
	return nil
}

// printVersion prints which build this is.
func printVersion(_ context.Context, l *line) error {
	if _, err := l.load(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(l.stdout, "antom-checkout", version())
	return err
}

// version is the module's version, the commit, and the Go it was built with.
func version() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "(unknown build)"
	}
	text := cmp.Or(info.Main.Version, "(devel)")
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			text += " " + setting.Value
		}
	}
	return text + " " + info.GoVersion
}
