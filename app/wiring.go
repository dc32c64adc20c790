package app

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"antom-checkout/antom"
	"antom-checkout/checkout"
	"antom-checkout/checkout/books"
	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/inbox"
	"antom-checkout/checkout/merchant"
	"antom-checkout/checkout/methods"
	"antom-checkout/checkout/operators"
	"antom-checkout/checkout/payments"
	"antom-checkout/checkout/shop"
	"antom-checkout/db"
	"antom-checkout/handlers"
	"antom-checkout/handlers/desk"
	"antom-checkout/handlers/pictures"
	"antom-checkout/mail"
	"antom-checkout/webhooks"
	"antom-checkout/webhooks/safedial"
)

// openClient makes the client of Antom.
func (p *Program) openClient(context.Context) (err error) {
	p.faults = newFaults(p.Now, p.Log, p.metrics)
	logCall := p.observeCalls()
	p.Client, err = p.newClient(func(ctx context.Context, o antom.Observation) {
		logCall(ctx, o)
		p.faults.call(ctx, o)
	})
	return err
}

// newClient makes a client whose calls are told to observe.
func (p *Program) newClient(observe func(context.Context, antom.Observation)) (*antom.Client, error) {
	cfg := p.Settings.Antom
	cfg.PrivateKey, cfg.PublicKeys = p.Settings.AntomPrivateKey.Reveal(), p.Settings.AntomPublicKey.Reveal()
	cfg.Attempts = 1 // the shop repeats itself: at once when the buyer does, later by the sweeper
	options := []antom.Option{antom.WithClock(p.Now), antom.WithObserver(observe)}
	if p.outside.ToAntom != nil {
		options = append(options, antom.WithHTTPClient(&http.Client{Transport: p.outside.ToAntom}))
	}
	client, err := antom.New(cfg, options...)
	if err != nil {
		return nil, usageError{err}
	}
	return client, nil
}

// openServices makes the services over the database and the client.
func (p *Program) openServices(context.Context) error {
	p.Settings.publicFromAddr()
	var store Store = p.Store
	if p.outside.Store != nil {
		store = p.outside.Store(p.Store)
	}
	var client gateway.Client = p.Client
	if p.outside.Client != nil {
		client = p.outside.Client(p.Client)
	}
	p.Services = p.NewServices(store, client)
	return nil
}

// NewServices makes the services over a store and a client.
func (p *Program) NewServices(store Store, client gateway.Client) handlers.Services {
	s := &p.Settings
	publicURL := strings.TrimSuffix(s.PublicURL.String(), "/")
	ids := checkout.NewIDs(p.Now)
	ids.ContinueAfter(p.Store.NewestID)
	antomGateway := p.newGateway(client, ids.New)
	offered := methods.New(methods.Config{
		Currency: s.Shop.Currency, Methods: s.Methods, KoreanBrands: s.KoreanBrands, ManualCapture: s.Payments.ManualCapture,
		Now: p.Now, Log: p.Log,
	}, antomGateway)
	selling, paying := s.Shop, s.Payments
	selling.Now, selling.NewID, selling.Log = p.Now, ids.New, p.Log
	paying.LinkKeyBefore = linkKey(p.Settings.keysBefore())
	paying.PublicURL, paying.LinkKey, paying.Now, paying.NewID, paying.Log = publicURL, linkKey(p.keys), p.Now, ids.New, p.Log
	paying.CardLimits, paying.CountKey = s.Pages.RateLimits, countKey(p.keys)
	if !s.Pages.RateLimits {
		paying.EmailLimits = payments.EmailLimits{}
	}
	emails := s.mail()
	emails.Now = p.Now
	mailer := mail.New(emails)
	if paying.Mailer == nil {
		paying.Mailer = mailer
	}
	if emails.Operator != "" {
		paying.Operator = mailer
	}
	if p.metrics != nil {
		paying.Meter = p.metrics
	}
	tracePayments(p.traces, &paying)
	service := payments.New(paying, store, antomGateway, offered)
	return handlers.Services{
		Books:          p.Store,
		Sales:          p.Store,
		Examine:        p.examine,
		Goods:          db.GoodsOf(p.Store),
		Personal:       personalOf(p, service),
		Reconciliation: reconciliation{books.New(books.Config{Merchant: s.AntomMerchant, Now: p.Now, NewID: ids.New}, p.Store, service)},
		VerifyProof: func(file []byte) (checkout.ProofReport, error) {
			return gateway.VerifyProof(file, s.AntomPublicKey.Reveal())
		},
		Shop:     shop.New(selling, store),
		Payments: service,
		Methods:  offered,
		Inbox:    inbox.New(inbox.Config{Now: p.Now}, p.Store),
		Emails:   p.Store,
		Merchant: merchant.New(merchant.Config{
			PublicURL: publicURL, RealMoney: s.LiveMode(), Currency: s.Shop.Currency, OrderTTL: s.Shop.OrderTTL,
			Takes: offered.Takes, Now: p.Now, NewID: ids.New, Log: p.Log,
			CheckWebhookURL: p.checkWebhookURL,
		}, store),
		People: operators.New(operators.Config{
			ShopName: s.Pages.ShopName, PublicURL: publicURL, RealMoney: s.LiveMode(), Now: p.Now, NewID: ids.New,
			Breached: breachesOf(p),
		}, p.Store),
	}
}

// webhookDialer connects to the merchant's systems.
func (p *Program) webhookDialer() *safedial.Dialer {
	return safedial.New(safedial.Config{Allow: p.Settings.WebhookNetworks, Loopback: !p.Settings.LiveMode()})
}

func (p *Program) checkWebhookURL(text string) error {
	_, err := p.webhookDialer().ParseURL(text)
	return err
}

// openCourier makes the courier of webhooks.
func (p *Program) openCourier(context.Context) error {
	emailsToPeople := p.Settings.mail()
	emailsToPeople.Now = p.Now
	p.Inbox = inbox.NewNotifier(inbox.NotifierConfig{
		Recipients: inboxRecipients(p), Mailer: mail.New(emailsToPeople), TimeZone: p.Settings.Pages.TimeZone, Now: p.Now, Log: p.Log,
	}, inbox.New(inbox.Config{Now: p.Now}, p.Store), p.Store)
	cfg := p.Settings.Webhooks
	cfg.Dialer, cfg.Now, cfg.Log = p.webhookDialer(), p.Now, p.Log
	if p.metrics != nil {
		cfg.Meter = p.metrics
	}
	if p.traces != nil {
		cfg.Tracer = p.traces
	}
	if emails := p.Settings.mail(); emails.Operator != "" {
		emails.Now = p.Now
		cfg.Operator = mail.New(emails)
	}
	p.Webhooks = webhooks.New(cfg, p.Store, p.Services.Merchant.Body)
	return nil
}

// inboxRecipients lists the people who can sign in and want emails about the inbox.
func inboxRecipients(p *Program) func(context.Context) ([]inbox.Recipient, error) {
	return func(ctx context.Context) (recipients []inbox.Recipient, err error) {
		all, err := p.Services.People.People(ctx)
		for _, m := range all {
			if !m.Active() || m.InboxEmails == operators.EmailsNone {
				continue
			}
			recipients = append(recipients, inbox.Recipient{
				ID: m.ID, Email: m.Email, Language: m.Language, Daily: m.InboxEmails == operators.EmailsDaily,
				May: func(choice checkout.InboxChoice) bool { return m.May(operators.Needed(choice)) },
			})
		}
		return recipients, err
	}
}

// newGateway translates between a client and the services.
func (p *Program) newGateway(client gateway.Client, newID func() string) *gateway.Gateway {
	s := &p.Settings
	return gateway.New(gateway.Config{
		PublicURL: strings.TrimSuffix(s.PublicURL.String(), "/"), SettlementCurrency: s.SettlementCurrency,
		ThreeDS: s.Payments.ThreeDS, Methods: s.Methods, Now: p.Now, NewID: newID, Log: p.Log,
	}, client)
}

// mail is the mailer's Config without the clock.
func (s *Settings) mail() mail.Config {
	cfg := s.Mail
	cfg.ShopName, cfg.Accent, cfg.TimeZone = s.Pages.ShopName, s.Pages.Accent, s.Pages.TimeZone
	cfg.Host = s.PublicURL.Hostname()
	cfg.From = cmp.Or(cfg.From, "shop@"+mailDomain(cfg.Host))
	cfg.Folder = s.mailFolder()
	cfg.Desk = strings.TrimSuffix(s.PublicURL.String(), "/") + desk.BasePath
	if !s.SMTPURL.Empty() {
		cfg.Server, _ = mail.ParseServer(s.SMTPURL.Reveal()) // checked when the settings were read
	}
	return cfg
}

// mailDomain is a host as the domain of an email address.
func mailDomain(host string) string {
	if net.ParseIP(host) != nil {
		return "localhost"
	}
	return host
}

// mailFolder is where emails are written without a mail server.
func (s *Settings) mailFolder() string { return cmp.Or(s.Mail.Folder, s.besideDatabase("mail")) }

// openPages makes the pages and a server for them.
func (p *Program) openPages(context.Context) error {
	web := httpServer(p.draining.lettingGo(p.NewHandler()), p.Log)
	web.RegisterOnShutdown(p.stop)
	p.servers.add(web, p.listener, p.Settings.connectionLimits(), p.Settings.isShared)
	return nil
}

// openDesk makes the dashboard's own server, if it is to have one.
func (p *Program) openDesk(context.Context) error {
	if p.Settings.DeskAddr == "" {
		return nil
	}
	listener, err := net.Listen("tcp", p.Settings.DeskAddr)
	if err != nil {
		return fmt.Errorf("address of the dashboard: %w", err)
	}
	p.servers.add(httpServer(handlers.NewDesk(p.PagesConfig(), p.Services), p.Log), listener, limitConnections(deskConnections, 1), p.Settings.isShared)
	p.Log.Info("dashboard", logAddress, listener.Addr().String())
	return nil
}

// deskConnections are enough for the people of a merchant.
const deskConnections = 200

// connectionLimits are those of the shop's server.
func (s *Settings) connectionLimits() connectionLimits {
	return limitConnections(s.MaxConnections, 6)
}

// isShared holds for addresses that every buyer may come from: of this machine, and of
// the proxies.
func (s *Settings) isShared(ip net.IP) bool {
	return isLoopback(ip) || slices.ContainsFunc(s.Pages.TrustedProxies, func(n *net.IPNet) bool { return n.Contains(ip) })
}

// NewHandler makes the shop's HTTP handler: its pages, its notify address.
func (p *Program) NewHandler() http.Handler {
	return handlers.New(p.PagesConfig(), p.Services, p.Client, p.Store)
}

// PagesConfig is the handler's Config.
func (p *Program) PagesConfig() handlers.Config {
	cfg := p.Settings.pages()
	cfg.SessionKey, cfg.KeyBefore, cfg.Now, cfg.Log, cfg.Done = p.keys, p.Settings.keysBefore(), p.Now, p.Log, p.stopping
	cfg.Draining = p.draining.begun
	cfg.GatewayFaults, cfg.CheckKeys = p.faults.summary, p.Client.CheckKeys
	cfg.Prove = proofOf(p.keys)
	cfg.Pictures = pictures.New(pictures.Config{
		Key: pictureKey(p.keys), KeyBefore: pictureKey(p.Settings.keysBefore()), Dialer: p.webhookDialer(), Now: p.Now,
	})
	if p.metrics != nil {
		cfg.Meter = p.metrics
	}
	if p.traces != nil {
		cfg.Tracer = p.traces
	}
	return cfg
}

// pages is the part of it that settings decide.
func (s *Settings) pages() handlers.Config {
	cfg := s.Pages
	cfg.PublicURL, cfg.Sandbox, cfg.DeskApart, cfg.Currency = s.PublicURL, !s.LiveMode(), s.DeskAddr != "", s.Shop.Currency
	cfg.CatalogFile = s.CatalogFile != ""
	cfg.MaxStreams = min(cfg.MaxStreams, s.connectionLimits().total/2) // the rest is for requests
	cfg.AllowedHosts = slices.Concat(cfg.AllowedHosts, s.listenedName())
	if s.SMTPURL.Empty() {
		cfg.Preview = mail.Folder(s.mailFolder())
	}
	if s.CardServer {
		cfg.CardsUntil = s.Attestation.until
	}
	if s.FormsOnly {
		return cfg
	}
	sdk := s.SDK
	sdk.GatewayHost = s.Antom.BaseURL
	if sdk.Environment = "prod"; !s.LiveMode() {
		sdk.Environment = "sandbox"
	}
	cfg.SDK = &sdk
	return cfg
}

// listenedName is the host of ADDR where it is a name. Addresses, and localhost on
// this machine, are answered without being listed.
func (s *Settings) listenedName() []string {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil || host == "" || host == "localhost" || net.ParseIP(host) != nil {
		return nil
	}
	return []string{host}
}

// publicFromAddr is the base of all addresses where none was given and nothing
// says the port that a server listens on.
func (s *Settings) publicFromAddr() {
	if s.PublicURL == nil {
		s.PublicURL = &url.URL{Scheme: "http", Host: s.Addr}
	}
}
