package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
)

// story is a proof of an order that was declined, paid by card, and refunded in two parts,
// with the key that verifies it.
type story struct {
	p          *program
	file, key  []byte
	path, keys string // of the files
}

func tellsAll(t *testing.T) story {
	t.Helper()
	p := runProgram(t, nil)
	path := p.orders()
	start := func(method, act string) {
		_, _, text := p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"`+method+`"}`)
		var started struct {
			PaymentRequestID string `json:"payment_request_id"`
		}
		if err := json.Unmarshal([]byte(text), &started); err != nil || started.PaymentRequestID == "" {
			t.Fatal(text, err)
		}
		p.send("POST", p.sandbox+"/control/payments/"+started.PaymentRequestID+"/"+act, "application/json", "{}")
	}
	start("GCASH", "decline")
	p.awaits(`checkout_payment_outcomes_total{method="GCASH",status="failed"}`, "1")
	start("CARD", "pay")
	p.awaits(`checkout_payment_outcomes_total{method="CARD",status="paid"}`, "1")
	_, _, page := p.send("GET", p.shop+path, "", "")
	number := regexp.MustCompile(`\b[0-9A-Z]{5}-[0-9A-Z]{5}\b`).FindString(page)
	for _, refund := range []string{"--key a --amount 100", "--key b"} {
		if code, _, problems := p.desk("refund --order " + number + " " + refund); code != 0 {
			t.Fatal(problems)
		}
	}
	for deadline, text := time.Now().Add(20*time.Second), ""; !strings.Contains(text, `"status":"refunded"`); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the order is %s", text)
		}
		_, _, text = p.send("GET", p.shop+path+"/status", "", "")
	}
	s := story{p: p}
	s.file = s.proves(number)
	_, _, text := p.send("GET", p.sandbox+"/control/credentials", "", "")
	var credentials struct {
		Key string `json:"antom_public_key"`
	}
	if err := json.Unmarshal([]byte(text), &credentials); err != nil {
		t.Fatal(err)
	}
	s.key = []byte(credentials.Key)
	s.path, s.keys = filepath.Join(t.TempDir(), "proof.json"), filepath.Join(t.TempDir(), "antom.pem")
	for name, content := range map[string][]byte{s.path: s.file, s.keys: s.key} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// proves is the proof of an order.
func (s story) proves(number string) []byte {
	s.p.t.Helper()
	env := environ{"DATABASE_URL": s.p.settings["DATABASE_URL"], "SANDBOX_ADDR": strings.TrimPrefix(s.p.sandbox, "http://")}
	code, text, problems := runs(s.p.t, env, "proof "+number)
	if code != 0 {
		s.p.t.Fatal(problems)
	}
	return []byte(text)
}

func (s story) verifies(t *testing.T, file []byte) checkout.ProofReport {
	t.Helper()
	report, err := gateway.VerifyProof(file, string(s.key))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestAProofHoldsAndAFalsifiedOneDoesNot(t *testing.T) {
	s := tellsAll(t)
	t.Run("whole", func(t *testing.T) { s.whole(t) })
	t.Run("one byte in 101", func(t *testing.T) { s.someBytes(t) })
	t.Run("every member", func(t *testing.T) { s.everyMember(t) })
	t.Run("by hand", func(t *testing.T) { s.byHand(t) })
}

// whole: the proof as it was written holds, for people and for programs.
func (s story) whole(t *testing.T) {
	code, text, problems := runs(t, environ{}, "verify "+s.path+" --antom-public-key "+s.keys)
	if code != 0 || problems != "" {
		t.Fatalf("verify answers %d %s\n%s", code, problems, text)
	}
	for _, line := range []string{"signed        payment ", "unsigned      order: new → open", "processing → failed", "authorized → paid", "signed        refund ", "The proof holds.", "key version 1", "public key, version 1, SHA-256 "} {
		if !strings.Contains(text, line) {
			t.Errorf("verify does not say %q:\n%s", line, text)
		}
	}
	code, text, _ = runs(t, environ{}, "verify "+s.path+" --antom-public-key "+s.keys+" --json")
	var report checkout.ProofReport
	if err := json.Unmarshal([]byte(text), &report); err != nil || code != 0 || !report.OK || report.Status != checkout.OrderRefunded {
		t.Errorf("as JSON verify answers %d %v\n%s", code, err, text)
	}
	signed := 0
	for _, row := range report.Transitions {
		if row.Result == checkout.ProofSigned {
			signed++
		}
	}
	if signed < 8 { // declined, authorised, captured, two refunds and the order's own
		t.Errorf("only %d transitions are signed:\n%s", signed, text)
	}
	for line, want := range map[string]int{
		"verify " + s.path: 2, "verify " + s.path + " --antom-public-key " + s.path: 1, "verify " + s.keys + " --antom-public-key " + s.keys: 1,
		"verify missing.json --antom-public-key " + s.keys: 2,
	} {
		if code, _, _ := runs(t, environ{}, line); code != want {
			t.Errorf("%s answers %d, not %d", line, code, want)
		}
	}
}

// someBytes: where one byte is another one, verify says so, or cannot read the file. It tries
// one byte in 101, because all of them take minutes.
func (s story) someBytes(t *testing.T) {
	const step = 101
	for i := 0; i < len(s.file); i += step {
		damaged := slices.Clone(s.file)
		damaged[i] ^= 1
		if report, err := gateway.VerifyProof(damaged, string(s.key)); err == nil && report.OK {
			t.Fatalf("byte %d is falsified and not found: %.80q", i, damaged[max(0, i-40):])
		}
	}
}

// free are the members that no signature covers, as the contract and every report say. The
// first payment took no money.
var free = regexp.MustCompile(`^(/made_at|/order/(id|number|created_at)|/payments/\d+/duplicate|/payments/0/(method|antom_payment_id)|/transitions/\d+/(at|seq)|/messages/\d+/received_at)$`)

// everyMember: a forger who makes the checksum anew is found at every member that is not
// free.
func (s story) everyMember(t *testing.T) {
	var tree any
	if err := json.Unmarshal(s.file, &tree); err != nil {
		t.Fatal(err)
	}
	found := map[bool]int{}
	eachLeaf(tree, "", func(path string, leaf any, put func(any)) {
		if path == "/sha256" {
			return
		}
		for _, other := range otherValues(leaf) {
			put(other)
			forged, ok := resealed(tree)
			put(leaf)
			if !ok {
				continue // another program's file
			}
			report, err := gateway.VerifyProof(forged, string(s.key))
			held := err == nil && report.OK
			found[!held]++
			if held && !free.MatchString(path) && !s.free(path, other) {
				t.Errorf("%s is %v instead of %v, and the proof holds", path, other, leaf)
			}
		}
	})
	if found[true] < 100 {
		t.Errorf("only %v falsified members were found", found)
	}
}

// free reports whether a value tells what shop, buyer, operator or clock did, and no message
// of Antom's: the cause of an unsigned transition, an operator in place of an inquiry, or an
// order's transition that names no payment.
func (s story) free(path string, other any) bool {
	proof, _, _ := checkout.ReadProof(s.file)
	var index int
	if n, _ := fmt.Sscanf(path, "/transitions/%d/", &index); n != 1 {
		return false
	}
	row := proof.Transitions[index]
	switch path[strings.LastIndex(path, "/")+1:] {
	case "cause":
		return row.Message == "" || strings.HasPrefix(row.Message, "inquiry:") && other == "admin:x"
	case "payment_request_id":
		return row.Subject == checkout.SubjectOrder && other == ""
	}
	return false
}

// otherValues are values that could stand in the place of one.
func otherValues(leaf any) []any {
	switch leaf := leaf.(type) {
	case float64:
		return []any{leaf + 1, leaf - 1}
	case bool:
		return []any{!leaf}
	case string:
		return slices.DeleteFunc([]any{leaf + "0", "", "paid", "admin:x"}, func(other any) bool { return other == leaf })
	}
	return nil
}

// eachLeaf shows every value of a JSON tree that is no object or array, with its path.
func eachLeaf(tree any, path string, show func(path string, leaf any, put func(any))) {
	visit := func(name string, value any, put func(any)) {
		switch value.(type) {
		case map[string]any, []any:
			eachLeaf(value, path+"/"+name, show)
		default:
			show(path+"/"+name, value, put)
		}
	}
	switch tree := tree.(type) {
	case map[string]any:
		for name, value := range tree {
			visit(name, value, func(other any) { tree[name] = other })
		}
	case []any:
		for i, value := range tree {
			visit(fmt.Sprint(i), value, func(other any) { tree[i] = other })
		}
	}
}

// resealed is a tree as a file with a checksum that fits.
func resealed(tree any) (file []byte, ok bool) {
	text, err := json.Marshal(tree)
	if err != nil {
		return nil, false
	}
	proof, _, err := checkout.ReadProof(text)
	if err != nil {
		return nil, false
	}
	file, err = proof.File()
	return file, err == nil
}

// byHand: what a forger would try who understands the format.
func (s story) byHand(t *testing.T) {
	for name, forge := range map[string]func(p *checkout.Proof){
		"a message is left out": func(p *checkout.Proof) { p.Messages = p.Messages[1:] },
		"a transition is left out": func(p *checkout.Proof) {
			p.Transitions = slices.Delete(p.Transitions, 3, 4)
		},
		"all amounts are ten times as large": func(p *checkout.Proof) {
			p.Order.Total.Amount *= 10
			for i := range p.Payments {
				p.Payments[i].Amount.Amount *= 10
				for j := range p.Payments[i].Operations {
					p.Payments[i].Operations[j].Amount.Amount *= 10
				}
			}
		},
		"another currency": func(p *checkout.Proof) {
			p.Order.Total.Currency = "USD"
			for i := range p.Payments {
				p.Payments[i].Amount.Currency = "USD"
				for j := range p.Payments[i].Operations {
					p.Payments[i].Operations[j].Amount.Currency = "USD"
				}
			}
		},
		"the refunds are of an operator only": func(p *checkout.Proof) {
			for i, row := range p.Transitions {
				if row.Subject == string(checkout.Refund) && row.To == string(checkout.OperationSuccess) {
					p.Transitions[i].Cause, p.Transitions[i].Message = "admin:a", ""
				}
			}
		},
		"the declined payment is said to be paid": func(p *checkout.Proof) {
			for i, row := range p.Transitions {
				if row.To == string(checkout.PaymentFailed) {
					p.Transitions[i].To = string(checkout.PaymentPaid)
					p.Payments[0].Status = checkout.PaymentPaid
				}
			}
		},
		"the ids of the payments are exchanged": func(p *checkout.Proof) {
			a, b := p.Payments[0].RequestID, p.Payments[1].RequestID
			exchange := map[string]string{a: b, b: a}
			p.Payments[0].RequestID, p.Payments[1].RequestID = b, a
			for i, row := range p.Transitions {
				if other, named := exchange[row.PaymentRequestID]; named {
					p.Transitions[i].PaymentRequestID = other
				}
			}
		},
		"a success is signed of the other payment": func(p *checkout.Proof) {
			var success string
			for _, row := range p.Transitions {
				if row.To == string(checkout.PaymentAuthorized) {
					success = row.Cause
				}
			}
			for i, row := range p.Transitions {
				if row.To == string(checkout.PaymentFailed) {
					p.Transitions[i].To, p.Transitions[i].Cause, p.Transitions[i].Message = string(checkout.PaymentPaid), success, success
					p.Payments[0].Status = checkout.PaymentPaid
				}
			}
		},
		"the same message twice": func(p *checkout.Proof) { p.Messages = append(p.Messages, p.Messages[0]) },
		"a message moves to another path": func(p *checkout.Proof) {
			p.Messages[0].Path = strings.Replace(p.Messages[0].Path, "/", "/\n", 1)
		},
	} {
		proof, _, err := checkout.ReadProof(s.file)
		if err != nil {
			t.Fatal(err)
		}
		forge(&proof)
		file, err := proof.File()
		if err != nil {
			t.Fatal(err)
		}
		if report := s.verifies(t, file); report.OK {
			t.Errorf("%s, and the proof holds", name)
		}
	}
}
