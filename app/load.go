package app

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Load reads the settings: flags, then the environment, then defaults. It
// reports every problem at once.
func Load(args []string, getenv func(string) string) (Settings, error) {
	line := newLine(&command{name: "serve", settings: everySetting}, args, getenv)
	return line.load()
}

// flagName: ANTOM_CLIENT_ID is -antom-client-id.
func flagName(env string) string { return strings.ReplaceAll(strings.ToLower(env), "_", "-") }

// defineFlags gives each setting its flag, and each secret one for a file.
func defineFlags(flags *flag.FlagSet, rows []setting) {
	for _, row := range rows {
		flags.String(flagName(row.env), "", row.summary)
		if row.into.secret {
			flags.String(flagName(row.env+"_FILE"), "", "file that contains `"+row.env+"`")
		}
	}
}

// given is what flags and environment say.
type given struct {
	flags  map[string]string // only those that are set; one may be set to nothing
	getenv func(string) string
}

func (g given) text(env string) (text string, byFlag bool) {
	if text, byFlag = g.flags[flagName(env)]; byFlag {
		return text, true
	}
	return g.getenv(env), false
}

// A value is a setting's text, and where it is from.
type value struct {
	text   string
	given  bool // by a flag or the environment, and not empty
	byFlag bool // by a flag, which may be set to nothing
	byFile bool // by a file that a setting names
	wrong  bool // reported already
}

// find is a setting's text. A secret's file counts where the secret itself is
// not given, or is given only by the environment and the file by a flag.
func (g given) find(row setting) (value, error) {
	text, byFlag := g.text(row.env)
	text = tidy(text)
	if row.into.secret {
		path, fileByFlag := g.text(row.env + "_FILE")
		if path != "" && (text == "" || fileByFlag && !byFlag) {
			content, err := os.ReadFile(path) // #nosec G304 -- a setting names it
			if err != nil {
				return value{wrong: true}, fmt.Errorf("%s_FILE: %w", row.env, err)
			}
			if text = tidy(string(content)); text == "" {
				return value{wrong: true}, fmt.Errorf("%s_FILE: %s is empty", row.env, path)
			}
			return value{text: text, given: true, byFile: true}, nil
		}
	}
	if text == "" {
		return value{text: row.fallback, byFlag: byFlag}, nil
	}
	return value{text: text, given: true, byFlag: byFlag}, nil
}

// usualZone is the time zone that other programs use.
func (g given) usualZone() *time.Location {
	if zone, err := parseTimeZone(strings.TrimPrefix(g.getenv("TZ"), ":")); err == nil && g.getenv("TZ") != "" {
		return zone
	}
	return time.Local
}

// values are all settings by their names.
type values map[string]value

// fill sets the field of each row, or returns every problem.
func (s *Settings) fill(rows []setting, g given) error {
	all := values{"TZ": {text: g.getenv("TZ")}}
	var problems []error
	for _, row := range rows {
		v, err := g.find(row)
		if err != nil {
			problems = append(problems, err)
		} else if err := row.into.set(v.text); err != nil {
			v.wrong = true
			problems = append(problems, fmt.Errorf("%s: %w", row.env, err))
		}
		all[row.env] = v
	}
	if !all[clientID].given && all["ANTOM_SDK_URL"].text == antomSDK {
		s.SDK.URL = nil // the sandbox has its own
	} else if !all["ANTOM_SDK_INTEGRITY"].given && all["ANTOM_SDK_URL"].text == antomSDK {
		s.SDK.Integrity = antomSDKIntegrity
	}
	if s.onNetwork() {
		s.listenOnNetwork(all)
	}
	s.Pages.Settings = shownSettings(rows, all)
	if s.SettlementCurrency == "" {
		s.SettlementCurrency = s.Shop.Currency
	}
	if s.Pages.TimeZone == nil {
		s.Pages.TimeZone = g.usualZone()
	}
	if len(rows) == len(s.rows()) { // a command that takes a part of the settings has no use for the rest
		problems = slices.Concat(problems, all.incomplete(rows), s.contradictions(all))
		s.Warnings = slices.Concat(all.exposed(rows), s.warnings(all))
	}
	if len(problems) > 0 {
		return usageError{wrongSettings{problems}}
	}
	return nil
}

// wrongSettings are all settings that cannot be taken. Each problem begins with the name
// of its setting.
type wrongSettings struct{ problems []error }

// Error implements error.
func (w wrongSettings) Error() string { return "settings:\n" + errors.Join(w.problems...).Error() }
