package app

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
)

// statusFor is the status of a request for a host.
func (p *program) statusFor(method, address, host string) int {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, address, strings.NewReader("{}"))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Host = host
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// A page of another origin, whose name leads here, may neither read the sandbox's keys
// and messages nor act in it. The names that lead here rightly go on working.
func TestTheSandboxAnswersToItsNamesOnly(t *testing.T) {
	p := runProgram(t, environ{"PUBLIC_URL": "https://shop.example", "ALLOWED_HOSTS": "sandbox.internal", "SANDBOX": "on"})
	_, port, _ := strings.Cut(strings.TrimPrefix(p.sandbox, "http://"), ":")
	for _, call := range []struct{ method, path string }{
		{"GET", "/control/credentials"}, {"GET", "/control/messages"}, {"POST", "/control/reset"}, {"GET", "/"}, {"POST", "/ams/sandbox/api/v1/payments/pay"},
		{"GET", "/sdk/ams-checkout.min.js"}, {"POST", "//ams/sandbox/api/v1/payments/pay"},
	} {
		for _, host := range []string{"evil.example", "evil.example:" + port, "localhost.evil.example", "10.0.0.1"} {
			if got := p.statusFor(call.method, p.sandbox+call.path, host); got != http.StatusMisdirectedRequest {
				t.Errorf("%s %s for %s is answered %d", call.method, call.path, host, got)
			}
		}
		for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "localhost", "[::1]:" + port, "shop.example", "sandbox.internal:" + port} {
			if got := p.statusFor(call.method, p.sandbox+call.path, host); got != http.StatusOK {
				t.Errorf("%s %s for %s is answered %d", call.method, call.path, host, got)
			}
		}
	}
}

func TestTheSandboxIsReachedByHTTPS(t *testing.T) {
	p := runProgram(t, environ{"SANDBOX_TLS": "on"})
	p.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // as some of Antom's SDKs
	if !strings.HasPrefix(p.sandbox, "https://127.0.0.1:") {
		t.Fatalf("the sandbox is at %s", p.sandbox)
	}
	if _, _, text := p.send("GET", p.sandbox+"/control/credentials", "", ""); !strings.Contains(text, `"sdk_url": "`+p.sandbox) || !strings.Contains(text, `"base_url": "`+p.sandbox) {
		t.Errorf("the credentials are %s", text)
	}
	number := p.paysByWallet()
	at, err := url.Parse(p.sandbox)
	if err != nil {
		t.Fatal(err)
	}
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "SANDBOX_ADDR": at.Host, "SANDBOX_TLS": "on"}
	if code, _, problems := runs(t, env, "admin refund --order "+number+" --key 1"); code != 0 {
		t.Errorf("a refund beside the server ends with %d %s", code, problems)
	}
}

func TestTheSandboxKeepsItsCertificate(t *testing.T) {
	path, now := filepath.Join(t.TempDir(), sandboxCertificate), time.Now()
	load := func(at time.Time, hosts ...string) string {
		certificate, err := sandbox.LoadCertificate(path, at, hosts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range hosts {
			if err := certificate.Leaf.VerifyHostname(host); err != nil {
				t.Error(err)
			}
		}
		return certificate.Leaf.SerialNumber.String()
	}
	first := load(now, "localhost", "127.0.0.1")
	if again := load(now.AddDate(0, 11, 0), "localhost"); again != first {
		t.Error("another start has another certificate")
	}
	second := load(now, "localhost", "box.internal")
	if second == first {
		t.Error("the certificate is not good for a new name")
	}
	if load(now.AddDate(1, 0, 15), "localhost") == second {
		t.Error("the certificate ends within the month")
	}
}
