package app

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// asks calls the merchant API with a key.
func (p *program) asks(key, path string) (status int) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.shop+"/api/v1"+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// A key is made beside the running server, shown once, lists itself without what opens
// anything, and opens nothing once it was revoked.
func TestAKeyIsMadeListedAndRevoked(t *testing.T) {
	p := runProgram(t, nil)
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "SANDBOX_ADDR": strings.TrimPrefix(p.sandbox, "http://")}
	var made shownKey
	code, out, problems := runs(t, env, "keys create --name till --scopes orders:read --json")
	if err := json.Unmarshal([]byte(out), &made); err != nil || code != 0 || !strings.HasPrefix(made.Secret, "ak_test_") {
		t.Fatalf("create is answered %d %s %s", code, out, problems)
	}
	if status := p.asks(made.Secret, "/orders"); status != http.StatusOK {
		t.Errorf("the key is answered %d", status)
	}
	if code, out, _ := runs(t, env, "keys list"); code != 0 || !strings.Contains(out, "till (test)") || !strings.Contains(out, made.ID) || !strings.Contains(out, "last used") || strings.Contains(out, made.Secret) {
		t.Errorf("list is answered %d %s", code, out)
	}
	if code, out, _ := runs(t, env, "keys list --json"); code != 0 || !strings.Contains(out, `"keys":[{"id":"`+made.ID) || strings.Contains(out, made.Secret) {
		t.Errorf("list --json is answered %d %s", code, out)
	}
	for range 2 {
		if code, out, problems := runs(t, env, "keys revoke "+made.ID); code != 0 || !strings.Contains(out, "opens nothing") {
			t.Errorf("revoke is answered %d %s %s", code, out, problems)
		}
	}
	if status := p.asks(made.Secret, "/orders"); status != http.StatusUnauthorized {
		t.Errorf("the revoked key is answered %d", status)
	}
	if code, out, _ := runs(t, env, "keys create --name all --scopes all"); code != 0 || !strings.HasPrefix(out, "ak_test_") {
		t.Errorf("create for people is answered %d %s", code, out)
	}
	for _, wrong := range []string{"keys create --name x", "keys create --name x --scopes orders:eat", "keys revoke", "keys sell", "keys list --name x --scopes all"} {
		if code, out, _ := runs(t, env, wrong); code != 2 || out != "" {
			t.Errorf("%q is answered %d %s", wrong, code, out)
		}
	}
	if code, _, problems := runs(t, env, "keys revoke nothing"); code != 1 || !strings.Contains(problems, "no API key has the id") {
		t.Errorf("revoking nothing is answered %d %s", code, problems)
	}
}

// Orders are listed for people and for programs, and nothing that opens a checkout.
func TestOrdersAreListedForPeopleAndPrograms(t *testing.T) {
	p := runProgram(t, nil)
	number := p.paysByCard()
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "SANDBOX_ADDR": strings.TrimPrefix(p.sandbox, "http://")}
	code, out, problems := runs(t, env, "orders")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); code != 0 || len(lines) != 1 || !strings.HasPrefix(lines[0], number+"  paid  ") {
		t.Errorf("orders is answered %d %s %s", code, out, problems)
	}
	code, out, _ = runs(t, env, "orders --status paid --json")
	var order struct{ Number, Status string }
	if err := json.Unmarshal([]byte(out), &order); err != nil || code != 0 || order.Number != number || order.Status != "paid" {
		t.Errorf("orders --json is answered %d %s", code, out)
	}
	if !strings.Contains(out, `"checkout_url":""`) {
		t.Errorf("the list holds what opens a checkout: %s", out)
	}
	if code, out, _ := runs(t, env, "orders --waiting"); code != 0 || out != "" {
		t.Errorf("nothing waits, and --waiting lists %d %s", code, out)
	}
	if code, _, problems := runs(t, env, "orders --status lost"); code != 2 || !strings.Contains(problems, "no status") {
		t.Errorf("an unknown status is answered %d %s", code, problems)
	}
}
