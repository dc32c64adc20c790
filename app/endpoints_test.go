package app

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// An operator makes an endpoint, switches it, and has events delivered again.
func TestEndpointsFromTheCommandLine(t *testing.T) {
	database := filepath.Join(t.TempDir(), "shop.db")
	command := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		env := environ{"DATABASE_URL": database, "SESSION_KEY": strings.Repeat("k", 32)}
		if code := Run(t.Context(), args, func(name string) string { return env[name] }, &out, &errs); code != want {
			t.Fatalf("%v exits with %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	command(0, "migrate")
	made := command(0, "endpoints", "create", "https://shop.example/hook")
	id, _, _ := strings.Cut(made, " ")
	if !strings.Contains(made, "whsec_") || strings.Contains(command(0, "endpoints", "list", "--json"), "whsec_") {
		t.Errorf("the secret is not shown once: %s", made)
	}
	if got := command(0, "endpoints", "off", id); !strings.Contains(got, "off (operator)") {
		t.Errorf("off: %s", got)
	}
	command(1, "events", "redeliver", "--since", "2026-01-01T00:00:00Z")
	if got := command(0, "endpoints", "on", id); !strings.Contains(got, id+"  on  ") {
		t.Errorf("on: %s", got)
	}
	if got := command(0, "events", "redeliver", "--since", "2026-01-01T00:00:00Z"); got != "events delivered again: 0\n" {
		t.Errorf("redelivered: %s", got)
	}
	command(0, "endpoints", "test", id)
	listed := command(0, "events", "list", "--type", "endpoint.test", "--json")
	if event := (struct{ ID, Type string }{}); json.Unmarshal([]byte(listed), &event) != nil || event.Type != "endpoint.test" {
		t.Errorf("listed is %s", listed)
	} else if text := command(0, "events", "list"); !strings.HasPrefix(text, event.ID+"  ") || strings.Count(text, "\n") != 1 {
		t.Errorf("listed is %s", text)
	}
	if got := command(0, "events", "list", "--type", "order.paid"); got != "" {
		t.Errorf("of another type there is %s", got)
	}
	command(1, "events", "list", "--order", "none")
	command(2, "events", "list", "--type", "order.lost")
	command(2, "events", "list", "--since", "2026-01-01T00:00:00Z")
	command(2, "events", "redeliver", "one", "--type", "order.paid")
	command(0, "endpoints", "delete", id)
	command(1, "endpoints", "on", id)
	command(1, "events", "redeliver", "none")
	command(2, "endpoints", "create")
	command(2, "endpoints", "lose", id)
	command(2, "events", "redeliver", "--since", "yesterday")
	command(1, "endpoints", "create", "https://10.0.0.1/")
}
