// Command antom-checkout is a hosted checkout for merchants on Antom: a small
// shop, its pay pages, and everything between them and Antom's gateway.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/db"
	"antom-checkout/handlers"
	"antom-checkout/mail"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	fmt.Fprintln(os.Stderr, "antom-checkout:", err)
	if wrongUsage := (usageError{}); errors.As(err, &wrongUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

const manual = `usage: antom-checkout [COMMAND] [FLAG ...]

commands:
  serve     the shop and its checkout (the default)
  sandbox   only the local Antom
  admin     capture, refund, cancel or accept an order
  audit     everything about money, as JSON lines
  backup    copy the database to a new file, beside a running server
  migrate   bring the database up to date
  page-inventory
            every script, style and host of the pay page, with hash and reason
  version   which build this is

"antom-checkout COMMAND -h" lists a command's flags.
`

// run does one command. It takes the outside world as arguments, so that a test
// can run the whole program.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	command := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		command, args = args[0], args[1:]
	} else if len(args) > 0 && (args[0] == "-h" || args[0] == "--help") {
		fmt.Fprint(stdout, manual)
		return nil
	}
	switch command {
	case "serve":
		return serve(ctx, args, getenv, stdout, stderr)
	case "sandbox":
		return serveSandbox(ctx, args, getenv, stdout, stderr)
	case "admin":
		return administer(ctx, args, getenv, stdout, stderr)
	case "audit", "migrate":
		cfg, err := loadConfig(command, args, getenv, stderr)
		if err != nil {
			return err
		}
		if command == "audit" {
			return db.Audit(ctx, cfg.database, stdout)
		}
		return migrate(ctx, cfg)
	case "backup":
		file := ""
		if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
			file, args = args[0], args[1:]
		}
		cfg, err := loadConfig(command, args, getenv, stderr)
		if err != nil {
			return err
		}
		if file == "" {
			return usageError{errors.New("usage: antom-checkout backup FILE [FLAG ...]")}
		}
		return db.Backup(ctx, cfg.database, file)
	case "page-inventory":
		return takeInventory(args, getenv, stdout, stderr)
	case "version":
		fmt.Fprintln(stdout, "antom-checkout", version())
		return nil
	}
	return usageError{fmt.Errorf("no command %q\n\n%s", command, manual)}
}

// serve runs the shop, with the embedded sandbox unless Antom is configured.
func serve(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	cfg, err := loadConfig("serve", args, getenv, stderr)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	now := func() time.Time { return time.Now().Add(cfg.clockOffset) }

	if cfg.antomClientID != "" {
		if _, err := openGateway(cfg, now); err != nil {
			return err // damaged keys are told before anything is opened
		}
	}
	store, err := openStore(ctx, cfg, now)
	if err != nil {
		return err
	}
	defer closing(log, "database", store)
	keys, err := cfg.sessionKeys()
	if err != nil {
		return err
	}

	listener, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		return err
	}
	if cfg.publicURL == nil {
		cfg.publicURL = localURL(cfg.addr, listener)
	}
	var group group
	if cfg.antomClientID == "" {
		box, boxListener, err := embedSandbox(&cfg, now, log)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		defer closing(log, "sandbox", box)
		group.add(httpServer(box, log), boxListener)
	}
	measured := newMetrics()
	measured.watchOutbox(store, now)
	gateway, err := openGateway(cfg, now, antom.WithObserver(measured.call))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	shop := openShop(cfg, keys, store, gateway, now, log, measured)
	stopping := make(chan struct{})
	pages := handlers.New(pagesConfig(cfg, keys, now, log, stopping, measured), shop, gateway, store)
	web := httpServer(pages, log)
	web.RegisterOnShutdown(sync.OnceFunc(func() { close(stopping) }))
	group.add(web, listener)
	if cfg.metricsAddr != "" {
		address, err := group.listen(httpServer(measured.handler(), log), cfg.metricsAddr)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		log.Info("metrics", "address", address)
	}

	shop.WarmUp()
	sweep, stopSweep := context.WithCancel(ctx)
	defer group.background(func() { shop.Sweep(sweep) })()
	defer stopSweep()
	greet(stdout, cfg)
	return group.serve(ctx)
}

func openGateway(cfg config, now func() time.Time, more ...antom.Option) (*antom.Client, error) {
	client, err := antom.New(antom.Config{
		ClientID:   cfg.antomClientID,
		PrivateKey: cfg.antomPrivateKey,
		PublicKeys: cfg.antomPublicKey,
		BaseURL:    cfg.antomURL,
		Timeout:    cfg.antomTimeout,
		Attempts:   1, // the shop repeats by itself: at once when the buyer does, later by the sweeper
	}, append(more, antom.WithClock(now))...)
	if err != nil {
		return nil, usageError{err}
	}
	return client, nil
}

// openMail is where letters to buyers go out.
func openMail(cfg config, now func() time.Time) *mail.Mailer {
	from := cfg.mailFrom
	if from == "" {
		from = "shop@" + cfg.publicURL.Hostname()
	}
	return mail.New(mail.Config{
		ShopName: cfg.shopName, Accent: cfg.accent, From: from, Host: cfg.publicURL.Hostname(), Server: cfg.mailServer, Folder: cfg.mailFolder(), Now: now,
	})
}

func openShop(cfg config, keys []byte, store *db.Store, gateway *antom.Client, now func() time.Time, log *slog.Logger, meter checkout.Meter) *checkout.Service {
	return checkout.New(checkout.Config{
		PublicURL:          strings.TrimSuffix(cfg.publicURL.String(), "/"),
		Currency:           cfg.currency,
		SettlementCurrency: cfg.settlement,
		ManualCapture:      cfg.manualCapture,
		RefundLate:         cfg.refundLate,
		Methods:            cfg.methods,
		OrderTTL:           cfg.orderTTL,
		SweepSchedule:      cfg.sweepSchedule,
		Mailer:             openMail(cfg, now),
		LinkKey:            linkKey(keys),
		Now:                now,
		Log:                log,
		Meter:              meter,
	}, store, gateway)
}

// pagesConfig is what the handlers need of the settings.
func pagesConfig(cfg config, keys []byte, now func() time.Time, log *slog.Logger, stopping <-chan struct{}, meter handlers.Meter) handlers.Config {
	pages := handlers.Config{
		ShopName:       cfg.shopName,
		Logo:           cfg.logo,
		Accent:         cfg.accent,
		PublicURL:      cfg.publicURL,
		SessionKey:     keys,
		AppReturns:     cfg.appReturns,
		TrustedProxies: cfg.trustedProxies,
		Sandbox:        !cfg.live(),
		RateLimits:     cfg.rateLimits,
		Now:            now,
		Log:            log,
		Meter:          meter,
		Done:           stopping,
	}
	if cfg.mailServer == nil {
		pages.Mailbox = mail.Folder(cfg.mailFolder())
	}
	if cfg.integrationSDK {
		pages.SDK = &handlers.SDK{
			URL: cfg.sdkURL, Integrity: cfg.sdkIntegrity, UI: cfg.sdkUI, Environment: "prod", GatewayHost: cfg.antomURL,
		}
		if !cfg.live() {
			pages.SDK.Environment = "sandbox"
		}
	}
	return pages
}

// openStore claims and opens the database, and fills the catalogue.
func openStore(ctx context.Context, cfg config, now func() time.Time) (*db.Store, error) {
	var products []checkout.Product
	if cfg.catalogFile != "" {
		file, err := os.Open(cfg.catalogFile)
		if err != nil {
			return nil, usageError{fmt.Errorf("CATALOG_FILE: %w", err)}
		}
		defer file.Close()
		isCSV := strings.EqualFold(filepath.Ext(cfg.catalogFile), ".csv")
		if products, err = db.ReadCatalog(file, isCSV, cfg.currency); err != nil {
			return nil, usageError{fmt.Errorf("CATALOG_FILE: %w", err)}
		}
	}
	store, err := db.Open(ctx, cfg.database, db.WithClock(now), db.Exclusively())
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.catalogFile != "":
		err = store.ImportProducts(ctx, products)
	case !cfg.live():
		err = store.Seed(ctx, cfg.currency)
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func migrate(ctx context.Context, cfg config) error {
	store, err := db.Open(ctx, cfg.database)
	if err != nil {
		return err
	}
	return store.Close()
}

// embedSandbox starts a local Antom and points the settings at it. Its keys and
// its ledger are kept beside the database, so that a restart forgets nothing.
func embedSandbox(cfg *config, now func() time.Time, log *slog.Logger) (*sandbox.Sandbox, net.Listener, error) {
	folder := filepath.Dir(cfg.database)
	if cfg.clockOffset == 0 {
		now = nil // the sandbox sleeps more deeply by the clock it knows
	}
	box, listener, err := openSandbox(cfg.sandboxAddr, sandbox.Config{
		LedgerFile: filepath.Join(folder, "sandbox-ledger.json"),
		Now:        now,
		Log:        log.With("from", "sandbox"),
	}, filepath.Join(folder, "sandbox-keys.json"))
	if err != nil {
		return nil, nil, err
	}
	if err := cfg.useSandbox(box.Credentials()); err != nil {
		return nil, nil, errors.Join(err, box.Close(), listener.Close())
	}
	return box, listener, nil
}

// useSandbox points the settings at a sandbox.
func (c *config) useSandbox(credentials sandbox.Credentials) (err error) {
	c.antomURL = credentials.BaseURL
	c.antomClientID = credentials.ClientID
	c.antomPrivateKey = credentials.MerchantPrivateKey
	c.antomPublicKey = credentials.AntomPublicKey
	if c.sdkURL == nil {
		c.sdkURL, err = url.Parse(credentials.SDKURL)
	}
	return err
}

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

// serveSandbox runs the local Antom alone, for any shop and any SDK.
func serveSandbox(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("sandbox-addr", orElse(getenv("SANDBOX_ADDR"), "localhost:8081"), "address to listen on (env SANDBOX_ADDR)")
	ledger := flags.String("ledger", "", "file that keeps the ledger across restarts (default: in memory)")
	keyFile := flags.String("keys", "data/sandbox-keys.json", "file that keeps the keys, made when missing")
	clientID := flags.String("client-id", "", "a client id that begins with SANDBOX_")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usageError{err}
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	box, listener, err := openSandbox(*addr, sandbox.Config{ClientID: *clientID, LedgerFile: *ledger, Log: log}, *keyFile)
	if err != nil {
		return err
	}
	defer closing(log, "sandbox", box)
	fmt.Fprintf(stdout, "The sandbox is at %s (credentials: %[1]s/control/credentials)\n", box.Credentials().BaseURL)
	var group group
	group.add(httpServer(box, log), listener)
	return group.serve(ctx)
}

func greet(stdout io.Writer, cfg config) {
	fmt.Fprintf(stdout, "The shop is at    %s\n", cfg.publicURL)
	if cfg.live() {
		return
	}
	fmt.Fprintf(stdout, `The sandbox is at %s

Three things to try:
  1. Buy something and pay by card 4054 6957 2310 0768 (any date to come, any CVC).
  2. Pay with a wallet, decline there, come back and pay another way.
  3. Open the sandbox's control room, lose a notification, and see the order paid all the same.
`, cfg.antomURL)
}

// localURL is how a browser on this machine reaches a listener.
func localURL(addr string, listener net.Listener) *url.URL {
	host, _, _ := net.SplitHostPort(addr) // it has just been listened on
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func closing(log *slog.Logger, what string, c io.Closer) {
	if err := c.Close(); err != nil {
		log.Error("close "+what, "err", err)
	}
}

func version() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "(unknown build)"
	}
	text := orElse(info.Main.Version, "(devel)")
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			text += " " + setting.Value
		}
	}
	return text + " " + info.GoVersion
}

// httpServer gives slow and silent clients no hold on us. Event streams lift the
// write limit for themselves.
func httpServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// group serves several addresses and ends them together.
type group struct {
	servers   []*http.Server
	listeners []net.Listener
}

func (g *group) add(server *http.Server, listener net.Listener) {
	g.servers, g.listeners = append(g.servers, server), append(g.listeners, listener)
}

// listen adds a server on an address of its own.
func (g *group) listen(server *http.Server, addr string) (net.Addr, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	g.add(server, listener)
	return listener.Addr(), nil
}

// background runs fn beside the servers; the returned function waits for its end.
func (g *group) background(fn func()) (wait func()) {
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	return func() { <-done }
}

// serve returns when ctx ends and every request under way is answered, or when
// one of the servers fails.
func (g *group) serve(ctx context.Context) error {
	failed := make(chan error, len(g.servers))
	for i, server := range g.servers {
		go func() { failed <- server.Serve(g.listeners[i]) }()
	}
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-failed:
	}
	// The shop ends before the sandbox it talks to: last added, first closed.
	patience, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	for i := len(g.servers) - 1; i >= 0; i-- {
		if err := g.servers[i].Shutdown(patience); err != nil && failure == nil {
			failure = err
		}
	}
	if errors.Is(failure, http.ErrServerClosed) {
		return nil
	}
	return failure
}
