package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"antom-checkout/antom/sandbox"
	"antom-checkout/handlers/web"
)

const sandboxKeys = "sandbox-keys.json" // beside the database

// serveSandbox runs the local Antom alone, for any shop and any SDK.
func serveSandbox(ctx context.Context, l *line) error {
	ledger := l.flags.String("ledger", "", "file that stores the ledger across restarts (default: in memory)")
	keyFile := l.flags.String("keys", "data/"+sandboxKeys, "file that stores the keys, made when missing (default data/"+sandboxKeys+")")
	clientID := l.flags.String("client-id", "", "a client id that begins with SANDBOX_")
	s, err := l.load()
	if err != nil {
		return err
	}
	log := newLog(s.Log, l.stderr)
	box, listener, err := openSandbox(s.SandboxAddr, sandbox.Config{ClientID: *clientID, LedgerFile: *ledger, Log: log}, *keyFile)
	if err != nil {
		return err
	}
	var servers group
	servers.add(httpServer(s.guarded(box), log), listener)
	fmt.Fprintf(l.stdout, "The sandbox is at %s (credentials: %[1]s/control/credentials)\n", box.Credentials().BaseURL)
	return errors.Join(servers.serve(ctx), box.Close())
}

// guarded is a sandbox whose control room is for developers only.
func (s *Settings) guarded(box *sandbox.Sandbox) http.Handler {
	at, err := url.Parse(box.Credentials().BaseURL)
	if err != nil {
		panic("app: address of the sandbox: " + err.Error()) // the sandbox has checked it
	}
	return web.Developers{Public: at, Networks: s.Pages.Developers}.Guard(box, isControlRoom)
}

// isControlRoom reports whether a path of the sandbox is not for buyers and SDKs.
func isControlRoom(path string) bool { return path == "/" || strings.HasPrefix(path, "/control") }

func openSandbox(addr string, cfg sandbox.Config, keyFile string) (*sandbox.Sandbox, net.Listener, error) {
	keys, err := sandbox.LoadKeys(keyFile)
	if err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, nil, fmt.Errorf("sandbox: %w", err)
	}
	cfg.Keys, cfg.URL = keys, localURL(addr, listener).String()
	box, err := sandbox.New(cfg)
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	return box, listener, nil
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
	box, listener, err := openSandbox(s.SandboxAddr, sandbox.Config{
		LedgerFile: s.besideDatabase("sandbox-ledger.json"), Now: now, Log: p.Log.With(logPart, "sandbox"),
	}, s.besideDatabase(sandboxKeys))
	if err != nil {
		return err
	}
	p.Sandbox = box
	p.servers.add(httpServer(s.guarded(box), p.Log), listener)
	return s.UseSandbox(box.Credentials())
}

// useServersSandbox points the settings at the sandbox inside the server that
// runs with the same settings.
func (p *Program) useServersSandbox(context.Context) error {
	s := &p.Settings
	if s.Antom.ClientID != "" {
		return nil
	}
	keys, err := sandbox.LoadKeys(s.besideDatabase(sandboxKeys))
	if err != nil {
		return err
	}
	at := url.URL{Scheme: "http", Host: s.SandboxAddr}
	return s.UseSandbox(keys.Credentials(at.String(), sandbox.DefaultClientID))
}
