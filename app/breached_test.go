package app

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// The service gets five digits of the hash, and an answer that is late, broken or padding
// refuses nothing.
func TestAServiceOfBreachedPasswordsGetsFiveDigits(t *testing.T) {
	const password, hash = "a lantern in the harbour", "A1804BD0C2CC9D94C173DD1AA5FFC96007162853" // its SHA-1
	var answer string
	var status int
	var asked []string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.String()+" padding "+r.Header.Get("Add-Padding"))
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	at, err := url.Parse(service.URL + "/range")
	if err != nil {
		t.Fatal(err)
	}
	log := &strings.Builder{}
	p := &Program{Settings: Settings{BreachedPasswords: at}, Log: slog.New(slog.NewTextHandler(log, nil))}
	breached := breachesOf(p)
	for _, c := range []struct {
		name, answer string
		status       int
		want, warns  bool
	}{
		{"found", "0000000000000000000000000000000000A:1\r\n" + hash[5:] + ":42\r\n", http.StatusOK, true, false},
		{"found, in small letters", strings.ToLower(hash[5:]) + ":1", http.StatusOK, true, false},
		{"padding", hash[5:] + ":0\r\n", http.StatusOK, false, false},
		{"others", "0000000000000000000000000000000000A:1\r\n", http.StatusOK, false, false},
		{"no range", "", http.StatusOK, false, false},
		{"refused", "slow down", http.StatusTooManyRequests, false, true},
	} {
		answer, status = c.answer, c.status
		log.Reset()
		if got := breached(t.Context(), password); got != c.want || strings.Contains(log.String(), "breached passwords were not asked about") != c.warns {
			t.Errorf("%s: %t; the log: %s", c.name, got, log)
		}
	}
	for _, one := range asked {
		if one != "GET /range/"+hash[:5]+" padding true" {
			t.Errorf("the service was asked %s", one)
		}
	}
	service.Close()
	log.Reset()
	if breached(t.Context(), password) || !strings.Contains(log.String(), "WARN") || strings.Contains(log.String(), hash[:5]) {
		t.Errorf("without an answer the password is refused, or the log has a part of its hash: %s", log)
	}
	if breachesOf(&Program{}) != nil {
		t.Error("a service is asked by default")
	}
}
