package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"antom-checkout/checkout"
)

const keysHelp = `actions:
  create --name N --scopes S   make a key; what its program sends is shown once, now
  list                         all keys, what they may do, when they were last used
  revoke ID                    make a key open nothing from now on

--scopes are separated by commas, of orders:read, orders:write, refunds:write,
links:write and webhooks:write; "all" is all of them. A key is for the mode in which
it was made: test or live.
`

// apiKeys makes, lists and revokes the keys of the merchant API, beside a running server or
// without one.
func apiKeys(ctx context.Context, l *line) error {
	name := l.flags.String("name", "", "of create: what the key is called")
	scopes := l.flags.String("scopes", "", "of create: what the key may do, separated by commas")
	asJSON := l.flags.Bool("json", false, "answer in JSON")
	s, err := l.load()
	if err != nil {
		return err
	}
	action, rest := l.arguments[0], l.arguments[1:]
	wanted := map[string]int{"create": 0, "list": 0, "revoke": 1}
	if n, known := wanted[action]; !known || len(rest) != n || (action == "create") != (*name != "" && *scopes != "") {
		return usageError{fmt.Errorf("keys: create needs --name and --scopes, revoke the id of a key, list nothing\n\n%s", keysHelp)}
	}
	return l.beside(ctx, s, func(p *Program) error {
		switch action {
		case "create":
			return createKey(ctx, p, l.stdout, *name, scopesOf(*scopes), *asJSON)
		case "list":
			return listKeys(ctx, p, l.stdout, *asJSON)
		}
		return revokeKey(ctx, p, l.stdout, rest[0], *asJSON)
	})
}

// scopesOf reads a list of scopes.
func scopesOf(text string) (scopes []checkout.Scope) {
	if text == "all" {
		return checkout.Scopes()
	}
	for name := range strings.SplitSeq(text, ",") {
		scopes = append(scopes, checkout.Scope(strings.TrimSpace(name)))
	}
	return scopes
}

// shownKey is a key as JSON.
type shownKey struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Secret    string           `json:"key,omitempty"` // of a new one
	Mode      string           `json:"mode"`
	Scopes    []checkout.Scope `json:"scopes"`
	CreatedAt time.Time        `json:"created_at"`
	UsedAt    *time.Time       `json:"used_at,omitempty"`
	RevokedAt *time.Time       `json:"revoked_at,omitempty"`
}

func shownKeyOf(k checkout.APIKey, secret string) shownKey {
	shown := shownKey{ID: k.ID, Name: k.Name, Secret: secret, Mode: modeOf(k), Scopes: k.Scopes, CreatedAt: k.CreatedAt.UTC()}
	if !k.UsedAt.IsZero() {
		shown.UsedAt = &k.UsedAt
	}
	if !k.RevokedAt.IsZero() {
		shown.RevokedAt = &k.RevokedAt
	}
	return shown
}

func modeOf(k checkout.APIKey) string {
	if k.RealMoney {
		return "live"
	}
	return "test"
}

func createKey(ctx context.Context, p *Program, stdout io.Writer, name string, scopes []checkout.Scope, asJSON bool) error {
	key, secret, err := p.Services.Merchant.CreateKey(ctx, name, scopes)
	var refused *checkout.Error
	switch {
	case errors.As(err, &refused) && refused.Fields["scopes"] != "":
		return usageError{fmt.Errorf("keys: --scopes has a name that is no scope\n\n%s", keysHelp)}
	case errors.As(err, &refused):
		return usageError{errors.New("keys: --name is one line of up to 64 characters")}
	case err != nil:
		return err
	}
	if asJSON {
		return json.NewEncoder(stdout).Encode(shownKeyOf(key, secret))
	}
	_, err = fmt.Fprintf(stdout, "%s\n\nThis is the key %s (%s). It is shown this once, and only its hash is stored.\n", secret, key.Name, key.ID)
	return err
}

func listKeys(ctx context.Context, p *Program, stdout io.Writer, asJSON bool) error {
	keys, err := p.Services.Merchant.Keys(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		shown := []shownKey{}
		for _, k := range keys {
			shown = append(shown, shownKeyOf(k, ""))
		}
		return json.NewEncoder(stdout).Encode(map[string]any{"keys": shown})
	}
	s := &sheet{}
	for _, k := range keys {
		s.title("%s (%s)", k.Name, modeOf(k))
		s.row("id", k.ID)
		s.row("may", strings.Join(scopeNames(k), ", "))
		s.row("made", timeText(k.CreatedAt))
		s.row("last used", timeText(k.UsedAt))
		s.row("revoked", timeText(k.RevokedAt))
	}
	if len(keys) == 0 {
		s.title("There is no API key.")
	}
	_, err = io.WriteString(stdout, s.String())
	return err
}

func scopeNames(k checkout.APIKey) (names []string) {
	for _, scope := range k.Scopes {
		names = append(names, string(scope))
	}
	return names
}

func revokeKey(ctx context.Context, p *Program, stdout io.Writer, id string, asJSON bool) error {
	key, err := p.Services.Merchant.RevokeKey(ctx, id)
	switch {
	case checkout.IsNotFound(err):
		return fmt.Errorf("no API key has the id %q", id)
	case err != nil:
		return err
	case asJSON:
		return json.NewEncoder(stdout).Encode(shownKeyOf(key, ""))
	}
	_, err = fmt.Fprintf(stdout, "The key %s (%s) opens nothing now.\n", key.Name, key.ID)
	return err
}
