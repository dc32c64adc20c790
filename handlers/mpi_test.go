package handlers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// cavv is the proof of an authentication, as a directory server gives it.
var cavv = base64.StdEncoding.EncodeToString([]byte("twenty bytes of CAVV"))

// starts posts a card with the result of an authentication, in which some members differ.
func (p *program) starts(path string, mpi map[string]string, card ...string) reply {
	p.t.Helper()
	whole := map[string]string{"version": "2.2.0", "eci": "05", "cavv": cavv, "ds_transaction_id": "c4e59ceb-0000-4000-8000-000000000002"}
	maps.Copy(whole, mpi)
	fields := map[string]any{"mpi": whole}
	for _, pair := range card {
		name, value, _ := strings.Cut(pair, "=")
		fields[name] = value
	}
	body, err := json.Marshal(fields)
	must(p.t, err)
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+path+"/payments", bytes.NewReader(body))
	must(p.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if p.key != "" {
		req.Header.Set("Authorization", "Bearer "+p.key)
	}
	res, err := http.DefaultClient.Do(req)
	must(p.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(p.t, err)
	return reply{res.StatusCode, res.Header, text}
}

// A merchant who has had the cardholder authenticated elsewhere proves it, and Antom asks the
// bank for no 3-D Secure, also where the setting would.
func TestAProgramProvesAnAuthenticationMadeElsewhere(t *testing.T) {
	var sent []antom.Metadata
	s := newShop(t, tapped(func(r *antom.PayRequest) { sent = append(sent, *r.PaymentMethod.Metadata) }),
		func(set *settings) { set.threeDS = checkout.ThreeDSAlways })
	p := s.newProgram(checkout.ScopeWriteOrders)
	path := s.placesOrder()
	r := p.starts(path, nil, cardFields()...)
	if r.status != http.StatusOK || !strings.Contains(string(r.body), `"type":"done"`) {
		t.Fatalf("the start is answered %d %s", r.status, r.body)
	}
	want := antom.MPIData{ThreeDSVersion: "2.2.0", ECI: "05", CAVV: cavv, DSTransactionID: "c4e59ceb-0000-4000-8000-000000000002", CredentialType: "PAN"}
	if len(sent) != 1 || *sent[0].MPIData != want || bool(*sent[0].Is3DSAuthentication) || sent[0].EnableAuthenticationUpgrade != nil {
		t.Errorf("another proof is sent, %d times", len(sent))
	}
	s.quiet()
	kept := []byte(s.logged())
	for _, file := range []string{s.database, s.database + "-wal"} {
		content, err := os.ReadFile(file)
		must(t, err)
		kept = append(kept, content...)
	}
	stored, err := json.Marshal(s.orderAt(path))
	must(t, err)
	if kept = append(kept, stored...); bytes.Contains(kept, []byte(cavv)) || !bytes.Contains(kept, []byte(path[len("/checkout/"):])) {
		t.Error("the CAVV is kept, or the search sees too little")
	}
}

// A buyer can claim anything: only a program with a key brings a proof, with a card, and a
// whole one.
func TestAProofOfAuthenticationIsChecked(t *testing.T) {
	s := newShop(t, typesCards)
	path := s.placesOrder()
	writer := s.newProgram(checkout.ScopeWriteOrders)
	for name, c := range map[string]struct {
		by   *program
		mpi  map[string]string
		card []string
		want int
		at   string
	}{
		"no key":        {&program{s, ""}, nil, cardFields(), http.StatusUnauthorized, ""},
		"another scope": {s.newProgram(checkout.ScopeReadOrders), nil, cardFields(), http.StatusForbidden, ""},
		"no card":       {writer, nil, []string{"method=CARD"}, http.StatusUnprocessableEntity, `"mpi":`},
		"no CAVV":       {writer, map[string]string{"cavv": ""}, cardFields(), http.StatusUnprocessableEntity, `"mpi.cavv":`},
		"a short CAVV":  {writer, map[string]string{"cavv": "AAAB"}, cardFields(), http.StatusUnprocessableEntity, `"mpi.cavv":`},
		"no such ECI":   {writer, map[string]string{"eci": "5"}, cardFields(), http.StatusUnprocessableEntity, `"mpi.eci":`},
		"no version":    {writer, map[string]string{"version": "two"}, cardFields(), http.StatusUnprocessableEntity, `"mpi.version":`},
		"no such id":    {writer, map[string]string{"ds_transaction_id": "a b"}, cardFields(), http.StatusUnprocessableEntity, `"mpi.ds_transaction_id":`},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.by.starts(path, c.mpi, c.card...)
			if r.status != c.want || !strings.Contains(string(r.body), c.at) || strings.Contains(string(r.body), cavv) {
				t.Errorf("the start is answered %d %s", r.status, r.body)
			}
		})
	}
	if attempts := s.orderAt(path).Payments; len(attempts) > 0 {
		t.Errorf("%d attempts were made", len(attempts))
	}
}
