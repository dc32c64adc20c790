package app

import (
	"context"
	"log/slog"
	"slices"

	"antom-checkout/handlers/desk"
)

// shownSettings are settings as people at the dashboard read them: secrets are only said to
// be there.
func shownSettings(rows []setting, all values) []desk.Setting {
	shown := make([]desk.Setting, 0, len(rows))
	for _, row := range rows {
		v := all[row.env]
		one := desk.Setting{Name: row.env, Value: v.text, Secret: row.into.secret && !row.open, From: v.from()}
		switch {
		case one.Secret, row.into.secret: // a public key is long
			one.Value = ""
		case v.text == "":
			one.Value = plain(row.shown)
		}
		shown = append(shown, one)
	}
	return shown
}

// from says where a value is from.
func (v value) from() desk.Source {
	switch {
	case !v.given && !v.byFlag:
		return desk.FromDefault
	case v.byFile:
		return desk.FromFile
	case v.byFlag:
		return desk.FromFlag
	}
	return desk.FromEnvironment
}

// examine has the doctor examine the running program, for the dashboard.
func (p *Program) examine(ctx context.Context) (findings []desk.Finding) {
	d := &doctor{Program: &Program{Settings: p.Settings, Now: p.Now, Log: slog.New(slog.DiscardHandler)}}
	d.stop = func() {}
	for _, c := range d.examine(ctx) {
		if len(c.findings) == 0 {
			findings = append(findings, desk.Finding{Check: c.name, Result: c.result(), Text: c.seen})
		}
		for _, f := range c.findings {
			findings = append(findings, desk.Finding{Check: c.name, Result: string(f.Severity), Text: f.Problem, Cure: f.Cure})
		}
	}
	if err := d.Close(); err != nil {
		p.Log.ErrorContext(ctx, "examination not closed", slog.String(logProblem, err.Error()))
	}
	return slices.Clip(findings)
}
