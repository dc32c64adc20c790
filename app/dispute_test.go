package app

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// answersDispute runs the command beside the program.
func (p *program) answersDispute(line string) (code int, stdout, stderr string) {
	p.t.Helper()
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "SANDBOX_ADDR": strings.TrimPrefix(p.sandbox, "http://")}
	return runs(p.t, env, "dispute "+line)
}

// actions are the rows of operator_actions: cause, action, and what it is about.
func (p *program) actions() (all []string) {
	p.t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(p.settings["DATABASE_URL"], "sqlite://"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT cause || ' ' || action || ' ' || about FROM operator_actions ORDER BY at`)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			p.t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		p.t.Fatal(err)
	}
	return all
}

// A dispute is defended with Antom's form, once, and the answer shows.
func TestADisputeIsDefendedOnce(t *testing.T) {
	p := runProgram(t, nil)
	number := p.paysByCard()
	if code, _, problem := p.answersDispute("accept --order " + number + " --yes"); code != 1 || !strings.Contains(problem, "no such dispute") {
		t.Errorf("without a dispute: %d %s", code, problem)
	}
	_, _, text := p.send("GET", p.sandbox+"/control/ledger", "", "")
	var ledger struct {
		Payments []struct {
			RequestID string `json:"payment_request_id"`
		} `json:"payments"`
	}
	if err := json.Unmarshal([]byte(text), &ledger); err != nil {
		t.Fatal(err)
	}
	p.send("POST", p.sandbox+"/control/payments/"+ledger.Payments[0].RequestID+"/dispute", "application/json", "{}")
	p.awaits(`checkout_disputes_total{step="DISPUTE_CREATED"}`, "1")

	form, picture, sent := filepath.Join(t.TempDir(), "form.pdf"), filepath.Join(t.TempDir(), "picture.png"), filepath.Join(t.TempDir(), "sent.pdf")
	if err := os.WriteFile(picture, []byte("\x89PNG"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		line string
		code int
		says string
	}{
		{"form --order " + number + " --file " + form, 0, "PDF"},
		{"form --order " + number + " --file " + form, 1, "file exists"},
		{"evidence --order " + number + " --file " + sent, 1, "PARAM_ILLEGAL"},
		{"defend --order " + number + " --file " + picture + " --yes", 1, "neither PDF"},
		{"defend --order " + number + " --file " + form, 1, "--yes sends it"},
		{"accept --order " + number, 1, "--yes does it"},
		{"accept --order " + number + " --file " + form, 2, "--file by all but accept"},
		{"eat --order " + number, 2, "no action"},
		{"form --key k --order " + number + " --file " + form, 2, "--yes and --key"},
		{"defend --order " + number + " --file " + form + " --yes --key 4111111111111111", 2, "looks like a card number"},
		{"defend --order " + number + " --file " + form + " --yes --key mine", 0, "Antom has the document"},
		{"defend --order " + number + " --file " + form + " --yes --key mine", 0, "Antom has the document"}, // the same key is the same action
		{"accept --order " + number + " --yes --key mine", 1, "this key was used before, for the answer to dispute"},
		{"defend --order " + number + " --file " + form + " --yes", 1, "has been answered"},
	} {
		code, stdout, stderr := p.answersDispute(row.line)
		if code != row.code || !strings.Contains(stdout+stderr, row.says) {
			t.Errorf("%s: %d %s%s", row.line, code, stdout, stderr)
		}
	}
	p.awaits(`checkout_disputes_total{step="DEFENSE_SUPPLIED"}`, "1")
	if rows := p.actions(); len(rows) != 1 || !strings.HasPrefix(rows[0], "admin:mine dispute.defend ") {
		t.Errorf("the operators' actions are %q", rows)
	}
	if code, _, problem := p.answersDispute("accept --yes --order " + number); code != 1 || !strings.Contains(problem, "has been answered") {
		t.Errorf("after the defence: %d %s", code, problem)
	}
	if code, _, problem := p.answersDispute("evidence --order " + number + " --file " + sent); code != 0 {
		t.Error(problem)
	}
	was, _ := os.ReadFile(form)
	if is, err := os.ReadFile(sent); err != nil || string(is) != string(was) {
		t.Errorf("the evidence is another document, %v", err)
	}
	if _, text, _ := p.showsOrder(number); !strings.Contains(text, ": defended, DEFENSE_SUPPLIED") {
		t.Errorf("show says\n%s", text)
	}
}
