package app

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"antom-checkout/handlers/web"
)

// This file holds what doctor examines over the network, Antom's gateway aside: the public
// address, the Web SDK, the mail server.

const (
	answerTime     = 10 * time.Second    // for one answer
	certificateEnd = 14 * 24 * time.Hour // before which a certificate is told of
	mostAnswer     = 4 << 10             // bytes that are read of a page
	mostScript     = 8 << 20             // bytes that are read of the SDK
)

// proofOf makes a server show to doctor that it has the shop's keys.
func proofOf(sessionKeys []byte) func(nonce string) string {
	key := derived(sessionKeys, "antom-checkout doctor")
	return func(nonce string) string {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(nonce))
		return hex.EncodeToString(mac.Sum(nil))
	}
}

// publicAddress asks for a page by the public address, and sees whether this shop's
// server answers.
func (d *doctor) publicAddress(ctx context.Context, c *check) {
	prove := proofOf(d.keys)
	if d.keys == nil { // no server has made keys yet
		prove = proofOf([]byte(rand.Text()))
	}
	if d.listener != nil {
		server := httpServer(d.onlyProof(prove), d.Log)
		go server.Serve(d.listener) //nolint:errcheck // it ends by Close
		defer server.Close()        //nolint:errcheck // its listener is gone
	} else if !d.running {
		return // takeAddresses has told why
	}
	nonce := rand.Text()
	at := strings.TrimSuffix(d.Settings.PublicURL.String(), "/")
	status, body, header, state, err := ask(ctx, at+"/healthz?nonce="+nonce)
	switch {
	case err != nil:
		problem, cure := d.unreached(err)
		c.fails(cure, "%s %s", at, problem)
	case header.Get("Location") != "":
		c.fails("set PUBLIC_URL to the address that buyers see at the end, or have the proxy redirect nothing", "%s redirects to %s: Antom's notifications follow no redirect", at, header.Get("Location"))
	case status == http.StatusMisdirectedRequest:
		c.fails("have the proxy pass on the Host header, or list the name that it sends in ALLOWED_HOSTS", "%s reaches the shop under another host name: 421", at)
	case !strings.Contains(body, prove(nonce)):
		c.fails(fmt.Sprintf("have the host's DNS record and the proxy lead to ADDR (%s); with several servers, give all the same SESSION_KEY", d.Settings.Addr),
			"%s does not lead to this shop: it is answered %d by another program, or by a server with other keys", at, status)
	default:
		c.sees("%s leads to this shop%s", at, d.byWhom())
		warnOfCertificate(c, state, d.Now())
	}
}

func (d *doctor) byWhom() string {
	if d.running {
		return ""
	}
	return "; no server runs"
}

// onlyProof answers doctor and nothing else: a load balancer sends no buyer here.
func (d *doctor) onlyProof(prove func(string) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := r.URL.Query().Get("nonce")
		if r.URL.Path != "/healthz" || nonce == "" {
			http.Error(w, "the shop is not running", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, prove(nonce)+"\n") // doctor sees what is missing
	})
}

// unreached says why an address does not answer, and what to do.
func (d *doctor) unreached(err error) (problem, cure string) {
	toAddr := "from port 80 or 443 of the public address, the proxy has to lead to ADDR (" + d.Settings.Addr + ")"
	var name *net.DNSError
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return "has no address: " + name.Error(), "make a DNS record for the host of PUBLIC_URL, or correct PUBLIC_URL"
	case errors.As(err, &host):
		return "has a certificate for another host: " + host.Error(), "have the proxy serve a certificate for this host"
	case errors.As(err, &authority):
		return "has a certificate that browsers do not trust: " + authority.Error(), "have the proxy serve a certificate of a public authority, with its intermediate certificates"
	case errors.As(err, &invalid):
		return "has a certificate that is not valid: " + invalid.Error(), "renew the certificate at the proxy"
	}
	return "does not answer: " + err.Error(), "open the firewall and start the proxy: " + toAddr + ". If only this machine cannot reach its own public address, let it"
}

func warnOfCertificate(c *check, state *tls.ConnectionState, now time.Time) {
	if state == nil || len(state.PeerCertificates) == 0 {
		return
	}
	if end := state.PeerCertificates[0].NotAfter; end.Sub(now) < certificateEnd {
		c.warns("renew the certificate", "the certificate of the public address ends on %s", end.UTC().Format(time.DateOnly))
	}
}

// ask gets a page and follows no redirect.
func ask(ctx context.Context, address string) (status int, body string, header http.Header, state *tls.ConnectionState, err error) {
	client := &http.Client{Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", nil, nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, "", nil, nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	return res.StatusCode, string(text), res.Header, res.TLS, err
}

// sdk compares Antom's script with the hash that browsers are told.
func (d *doctor) sdk(ctx context.Context, c *check) {
	s := &d.Settings
	if s.FormsOnly || s.SDK.URL == nil || web.IsLoopback(s.SDK.URL) {
		c.skips("no script of Antom's is loaded from another machine")
		return
	}
	cure := "let this machine reach the script's host, or correct ANTOM_SDK_URL; buyers pay without the SDK meanwhile"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.SDK.URL.String(), nil)
	if err != nil {
		c.warns(cure, "%v", err)
		return
	}
	res, err := (&http.Client{Timeout: 2 * answerTime}).Do(req)
	if err != nil {
		c.warns(cure, "the Web SDK is not reached: %v", err)
		return
	}
	defer res.Body.Close()
	script, err := io.ReadAll(io.LimitReader(res.Body, mostScript))
	switch {
	case err != nil || res.StatusCode != http.StatusOK:
		c.warns(cure, "the Web SDK is answered %d at %s", res.StatusCode, s.SDK.URL)
	case s.SDK.Integrity == "":
		c.sees("the Web SDK is there; ANTOM_SDK_INTEGRITY pins no hash")
	case !hasIntegrity(script, s.SDK.Integrity):
		sum := sha512.Sum384(script)
		c.warns("see at Antom whether the script was changed on purpose; if so, set ANTOM_SDK_INTEGRITY=sha384-"+base64.StdEncoding.EncodeToString(sum[:]),
			"the script at %s has another hash than ANTOM_SDK_INTEGRITY: browsers refuse it, and buyers pay without the SDK", s.SDK.URL)
	default:
		c.sees("the Web SDK has the hash that browsers are told")
	}
}

// hasIntegrity reports whether a script is what a browser accepts for one of the hashes.
func hasIntegrity(script []byte, hashes string) bool {
	sum256, sum384, sum512 := sha256.Sum256(script), sha512.Sum384(script), sha512.Sum512(script)
	sums := map[string][]byte{"sha256": sum256[:], "sha384": sum384[:], "sha512": sum512[:]}
	for hash := range strings.FieldsSeq(hashes) {
		kind, encoded, _ := strings.Cut(hash, "-")
		if sum, known := sums[kind]; known && base64.StdEncoding.EncodeToString(sum) == encoded {
			return true
		}
	}
	return false
}

// mailServer signs in at the mail server.
func (d *doctor) mailServer(ctx context.Context, c *check) {
	s := &d.Settings
	if s.SMTPURL.Empty() {
		c.skips("no SMTP_URL: emails are written to %s", s.mailFolder())
		return
	}
	cfg := s.mail()
	if err := cfg.Server.Check(ctx); err != nil {
		c.warns("compare host, port, user and password in SMTP_URL with what the provider says, and let this machine reach it; receipts are tried again for 72 hours", "%v", err)
		return
	}
	c.sees("the mail server at %s takes emails", net.JoinHostPort(cfg.Server.Host, fmt.Sprint(cfg.Server.Port)))
}
