package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/handlers/web"
)

const (
	sandboxKeys        = "sandbox-keys.json" // beside the database
	sandboxCertificate = "sandbox-tls.pem"   // beside the keys
)

// serveSandbox runs the local Antom alone, for any shop and any SDK.
func serveSandbox(ctx context.Context, l *line) error {
	ledger := l.flags.String("ledger", "", "file that stores the ledger across restarts (default: in memory)")
	keyFile := l.flags.String("keys", "data/"+sandboxKeys, "file that stores the keys, made when missing (default data/"+sandboxKeys+")")
	clientID := l.flags.String("client-id", "", "a client id that begins with SANDBOX_")
	want := reportFlags(l)
	s, err := l.load()
	if err != nil {
		return err
	}
	if len(l.arguments) > 0 {
		return writeReports(ctx, l, &s, want, *keyFile)
	}
	log := newLog(s.Log, l.stderr)
	opened, err := s.openSandbox(sandbox.Config{ClientID: *clientID, LedgerFile: *ledger, Log: log}, *keyFile)
	if err != nil {
		return err
	}
	var servers group
	servers.add(opened.server(log), opened.listener, limitConnections(sandboxConnections, 9), isLoopback)
	fmt.Fprintf(l.stdout, "The sandbox is at %s (credentials: %[1]s/control/credentials)\n", opened.box.Credentials().BaseURL)
	return errors.Join(servers.serve(ctx), opened.box.Close())
}

// sandboxConnections is the most that a sandbox has at once.
const sandboxConnections = 2000

// openedSandbox is a sandbox with the address it listens on.
type openedSandbox struct {
	box         *sandbox.Sandbox
	listener    net.Listener
	at          *url.URL // for programs on this machine
	hosts       web.Hosts
	developers  web.Developers
	certificate *tls.Certificate // nil: it is reached by http
}

// server serves the sandbox under its own names only, and its control room to developers
// only: its control API acts and its credentials are a merchant's, so no page of another
// origin may reach them.
func (o *openedSandbox) server(log *slog.Logger) *http.Server {
	return httpServer(o.hosts.Only(o.developers.Guard(o.box, isControlRoom)), log)
}

// isControlRoom reports whether a path of the sandbox is not for buyers and SDKs.
func isControlRoom(path string) bool { return path == "/" || strings.HasPrefix(path, "/control") }

func (s *Settings) openSandbox(cfg sandbox.Config, keyFile string) (*openedSandbox, error) {
	keys, err := sandbox.LoadKeys(keyFile)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", s.SandboxAddr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	at := localURL(s.SandboxAddr, listener)
	at.Scheme = s.sandboxScheme()
	opened := &openedSandbox{
		listener: listener, at: at, hosts: web.NewHosts(s.sandboxHosts(at)...),
		developers: web.Developers{Public: at, Networks: s.Pages.Developers},
	}
	if s.SandboxTLS {
		certificate, err := sandboxCertificateFor(at.Hostname(), keyFile)
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		opened.certificate = &certificate
		opened.listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	}
	cfg.Keys, cfg.URL = keys, at.String()
	if s.onNetwork() { // buyers' phones reach the sandbox at the shop's host
		cfg.URL = s.sandboxScheme() + "://" + net.JoinHostPort(s.PublicURL.Hostname(), at.Port())
	}
	if opened.box, err = sandbox.New(cfg); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return opened, nil
}

// sandboxHosts are the names that the sandbox answers to: its own, the shop's, whose
// machine it shares, and those of ALLOWED_HOSTS.
func (s *Settings) sandboxHosts(at *url.URL) []string {
	hosts := append([]string{at.Host, s.SandboxAddr}, s.Pages.AllowedHosts...)
	if s.PublicURL != nil {
		hosts = append(hosts, s.PublicURL.Host)
	}
	return hosts
}

func (s *Settings) sandboxScheme() string {
	if s.SandboxTLS {
		return "https"
	}
	return "http"
}

// sandboxCertificateFor is the certificate for a host and this machine's own names. Its
// time is that of the machine, by which clients verify it.
func sandboxCertificateFor(host, keyFile string) (tls.Certificate, error) {
	path := filepath.Join(filepath.Dir(keyFile), sandboxCertificate)
	return sandbox.LoadCertificate(path, time.Now(), host, "localhost", "127.0.0.1", "::1")
}

// UseSandbox points the settings at a sandbox.
func (s *Settings) UseSandbox(c sandbox.Credentials) (err error) {
	s.Antom.BaseURL, s.Antom.ClientID = c.BaseURL, c.ClientID
	s.AntomPrivateKey, s.AntomPublicKey = NewSecret(c.MerchantPrivateKey), NewSecret(c.AntomPublicKey)
	if s.SDK.URL == nil {
		s.SDK.URL, err = url.Parse(c.SDKURL)
	}
	return err
}

// embedSandbox starts a local Antom and points the settings at it. Its keys and
// its ledger are stored beside the database, so that a restart loses nothing.
func (p *Program) embedSandbox(context.Context) error {
	s := &p.Settings
	if s.Antom.ClientID != "" {
		return nil
	}
	now := p.Now
	if s.ClockOffset == 0 && p.outside.Clock == nil {
		now = nil // the sandbox sleeps more deeply by the clock it knows
	}
	opened, err := s.openSandbox(sandbox.Config{
		LedgerFile: s.besideDatabase("sandbox-ledger.json"), Now: now, Log: p.Log.With(logPart, "sandbox"),
	}, s.besideDatabase(sandboxKeys))
	if err != nil {
		return err
	}
	p.Sandbox = opened.box
	p.servers.add(opened.server(p.Log), opened.listener, limitConnections(sandboxConnections, 3), isLoopback)
	if opened.certificate != nil {
		s.Antom.RootCAs = sandbox.Trust(*opened.certificate)
	}
	credentials := opened.box.Credentials()
	credentials.BaseURL = opened.at.String()
	return s.UseSandbox(credentials)
}

// useServersSandbox points the settings at the sandbox inside the server that
// runs with the same settings.
func (p *Program) useServersSandbox(context.Context) error {
	s := &p.Settings
	if s.Antom.ClientID != "" {
		return nil
	}
	keyFile := s.besideDatabase(sandboxKeys)
	keys, err := sandbox.LoadKeys(keyFile)
	if err != nil {
		return err
	}
	at := url.URL{Scheme: s.sandboxScheme(), Host: localHost(s.SandboxAddr)}
	if s.SandboxTLS {
		certificate, err := sandboxCertificateFor(at.Hostname(), keyFile)
		if err != nil {
			return err
		}
		s.Antom.RootCAs = sandbox.Trust(certificate)
	}
	return s.UseSandbox(keys.Credentials(at.String(), sandbox.DefaultClientID))
}
