package app

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"antom-checkout/checkout/methods"
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

// find is a setting's text. A secret's file counts where the secret itself is
// not given, or is given only by the environment and the file by a flag.
func (g given) find(row setting) (string, error) {
	text, byFlag := g.text(row.env)
	if row.into.secret {
		path, fileByFlag := g.text(row.env + "_FILE")
		if path != "" && (text == "" || fileByFlag && !byFlag) {
			content, err := os.ReadFile(path) // #nosec G304 -- a setting names it
			if err != nil {
				return "", fmt.Errorf("%s_FILE: %w", row.env, err)
			}
			return strings.TrimSpace(string(content)), nil
		}
	}
	if text == "" && !byFlag {
		return row.fallback, nil
	}
	return text, nil
}

// fill sets the field of each row, or returns every problem.
func (s *Settings) fill(rows []setting, g given) error {
	texts := map[string]string{}
	var problems []error
	for _, row := range rows {
		text, err := g.find(row)
		if err != nil {
			problems = append(problems, err)
		} else if err := row.into.set(text); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", row.env, err))
		}
		texts[row.env] = text
	}
	for _, row := range rows {
		if texts[row.env] == "" && texts[row.neededBy] != "" {
			problems = append(problems, fmt.Errorf("%s: missing", row.env))
		}
	}
	if texts["ANTOM_CLIENT_ID"] == "" && texts["ANTOM_SDK_URL"] == antomSDK {
		s.SDK.URL = nil // the sandbox has its own
	}
	if s.SettlementCurrency == "" {
		s.SettlementCurrency = s.Shop.Currency
	}
	if err := errors.Join(slices.Concat(problems, s.contradictions())...); err != nil {
		return usageError{fmt.Errorf("settings:\n%w", err)}
	}
	return nil
}

// contradictions are settings that do not fit together.
func (s *Settings) contradictions() (problems []error) {
	if s.ClockOffset != 0 && s.LiveMode() {
		problems = append(problems, errors.New("CLOCK_OFFSET: not in live mode"))
	}
	if s.Antom.ClientID != "" && s.SDK.URL == nil && !s.FormsOnly {
		problems = append(problems, errors.New("ANTOM_SDK_URL: missing"))
	}
	if err := methods.Check(s.Methods, s.Shop.Currency); err != nil {
		problems = append(problems, fmt.Errorf("PAYMENT_METHODS: %w", err))
	}
	return problems
}
