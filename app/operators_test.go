package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"antom-checkout/checkout/operators"
)

const form = "application/x-www-form-urlencoded"

// The first person is invited on the command line, beside the running server, and the
// command line repairs what an owner cannot.
func TestTheFirstOwnerIsInvitedOnTheCommandLine(t *testing.T) {
	p := runProgram(t, nil)
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "SANDBOX_ADDR": strings.TrimPrefix(p.sandbox, "http://"), "PUBLIC_URL": p.shop}
	var made shownPerson
	code, out, problems := runs(t, env, "operators invite mei@kiln.example --role owner --json")
	if err := json.Unmarshal([]byte(out), &made); err != nil || code != 0 || !strings.HasPrefix(made.Link, p.shop+"/dashboard/welcome/") {
		t.Fatalf("invite is answered %d %s %s", code, out, problems)
	}
	p.enters(made.Link, "mei@kiln.example")
	if status, _, text := p.send(http.MethodGet, p.shop+"/dashboard/people", "", ""); status != http.StatusOK || !strings.Contains(text, "mei@kiln.example") {
		t.Errorf("the owner's page of people is answered %d", status)
	}
	if code, out, _ := runs(t, env, "operators list"); code != 0 || !strings.Contains(out, "mei@kiln.example (owner)") || !strings.Contains(out, "active") || strings.Contains(out, "argon2id") {
		t.Errorf("list is answered %d %s", code, out)
	}
	for _, refused := range []string{"operators disable mei@kiln.example", "operators role mei@kiln.example --role viewer"} {
		if code, _, problems := runs(t, env, refused); code != 1 || !strings.Contains(problems, "no owner who can sign in would be left") {
			t.Errorf("%q is answered %d %s", refused, code, problems)
		}
	}
	if code, out, problems := runs(t, env, "operators reset mei@kiln.example"); code != 0 || !strings.HasPrefix(out, p.shop+"/dashboard/welcome/") {
		t.Errorf("reset is answered %d %s %s", code, out, problems)
	}
	if status, _, _ := p.send(http.MethodGet, p.shop+"/dashboard/people", "", ""); status != http.StatusSeeOther {
		t.Errorf("after the reset the session is answered %d", status)
	}
	for _, wrong := range []string{"operators invite mei@kiln.example", "operators invite nothing --role owner", "operators invite a@kiln.example --role king", "operators", "operators list x", "operators sack mei@kiln.example"} {
		if code, out, _ := runs(t, env, wrong); code != 2 || out != "" {
			t.Errorf("%q is answered %d %s", wrong, code, out)
		}
	}
}

// enters opens an invitation.
func (p *program) enters(link, email string) {
	p.t.Helper()
	status, header, text := p.send(http.MethodPost, link, form, url.Values{"name": {email}, "password": {"a kiln and a thread"}}.Encode())
	if status != http.StatusSeeOther || header.Get("Location") != "/dashboard" {
		p.t.Fatalf("the invitation is answered %d %s %.500s", status, header.Get("Location"), text)
	}
}

// With an address of its own the dashboard is on no other.
func TestTheDashboardHasAnAddressOfItsOwn(t *testing.T) {
	p := runProgram(t, environ{"DASHBOARD_ADDR": "127.0.0.1:0"})
	desk := "http://" + p.log.find(t, `msg=dashboard address=(\S+)`)
	for address, want := range map[string]int{
		p.shop + "/dashboard": http.StatusNotFound, p.shop + "/dashboard/sign-in": http.StatusNotFound, p.shop + "/": http.StatusOK,
		desk + "/dashboard/sign-in": http.StatusOK, desk + "/": http.StatusNotFound, desk + "/orders": http.StatusNotFound, desk + "/api/v1/orders": http.StatusNotFound,
	} {
		if status, _, _ := p.send(http.MethodGet, address, "", ""); status != want {
			t.Errorf("%s is answered %d, want %d", address, status, want)
		}
	}
}

func TestEachRefusalAboutPeopleHasAText(t *testing.T) {
	for _, code := range operators.Codes() {
		if personErrors[code] == "" {
			t.Errorf("%s has no text", code)
		}
	}
}
