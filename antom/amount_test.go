package antom

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func TestAmountIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.StringMatching(`[A-Z]{3}`).Draw(t, "currency")
		minor := rapid.Int64Range(0, maxMinor).Draw(t, "minor")
		if currency == "IDR" {
			minor -= minor % 100
		}
		want, err := NewAmount(currency, minor)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Amount
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("%s is read as %v, %v", text, got, err)
		}
	})
}

func TestAmountsThatAntomTakes(t *testing.T) {
	for text, want := range map[string]string{
		`{"currency":"SGD","value":"4200"}`:             "SGD 4200",
		`{"value":4200,"currency":"SGD"}`:               "SGD 4200", // a number, as some samples have it
		`{"currency":"JPY","value":"0"}`:                "JPY 0",
		`{"currency":"IDR","value":"150000"}`:           "IDR 150000",
		`{"currency":"KRW","value":"9999999999999999"}`: "KRW 9999999999999999",
	} {
		var a Amount
		if err := json.Unmarshal([]byte(text), &a); err != nil || a.String() != want {
			t.Errorf("%s is read as %v, %v", text, a, err)
		}
	}
}

func TestAmountsThatAntomRefuses(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"currency":"SGD"}`, `{"value":"1"}`, `"SGD 1"`, `4200`,
		`{"currency":"SGD","value":""}`,
		`{"currency":"SGD","value":"-1"}`,
		`{"currency":"SGD","value":"+1"}`,
		`{"currency":"SGD","value":"007"}`,
		`{"currency":"SGD","value":"1.0"}`,
		`{"currency":"SGD","value":"1e3"}`,
		`{"currency":"SGD","value":" 1"}`,
		`{"currency":"SGD","value":"12345678901234567"}`,
		`{"currency":"sgd","value":"1"}`,
		`{"currency":"SG","value":"1"}`,
		`{"currency":"IDR","value":"150001"}`,
	} {
		var a Amount
		if err := json.Unmarshal([]byte(text), &a); err == nil {
			t.Errorf("%s is read as %v", text, a)
		}
	}
	if a, err := NewAmount("SGD", -1); err == nil {
		t.Errorf("made %v", a)
	}
	if a, err := NewAmount("SGD", maxMinor+1); err == nil {
		t.Errorf("made %v", a)
	}
}

func TestNoAmountIsLeftOut(t *testing.T) {
	type message struct {
		Amount Amount `json:"amount,omitzero"`
	}
	text, err := json.Marshal(message{})
	if err != nil || string(text) != `{}` {
		t.Errorf("encoded as %s, %v", text, err)
	}
	var m message
	if err := json.Unmarshal([]byte(`{"amount":null}`), &m); err != nil || !m.Amount.IsZero() {
		t.Errorf("null is read as %v, %v", m.Amount, err)
	}
}
