package sandbox

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// wire makes the parts of a sandbox and gives each the others that it calls.
func wire(cfg Config, base string) *Sandbox {
	ctx, stop := context.WithCancel(context.Background())
	s := &Sandbox{
		url: base, clientID: cfg.ClientID, keys: cfg.Keys, ctx: ctx, stop: stop,
		delays: delays{
			notification: orElse(cfg.NotificationDelay, 300*time.Millisecond),
			capture:      orElse(cfg.CaptureDelay, 300*time.Millisecond),
			refund:       orElse(cfg.RefundDelay, time.Second),
		},
	}
	strangerKeys := newStrangerKeys()
	s.scheduler = newScheduler(cfg.Now)
	s.changes = newChanges()
	s.faults = newFaults(cfg.Seed, s.scheduler.now)
	s.messages = &messages{}
	s.ledger = &ledger{
		scheduler: s.scheduler, changes: s.changes,
		journal: &journal{path: cfg.LedgerFile, log: cfg.Log, everything: s.entries},
	}
	s.cards = &savedCards{tokenKey: cfg.Keys.antom.D.Bytes()}
	s.courier = newCourier(ctx, cfg.Transport)
	s.notifier = &notifier{
		ledger: s.ledger, scheduler: s.scheduler, faults: s.faults, messages: s.messages, courier: s.courier,
		wrapper: &wrapper{clientID: cfg.ClientID, keys: cfg.Keys, strangerKeys: strangerKeys, faults: s.faults},
	}
	s.operations = &operations{delays: s.delays, ledger: s.ledger, scheduler: s.scheduler, faults: s.faults, notifier: s.notifier}
	s.payments = &payments{
		url: base, delays: s.delays, ledger: s.ledger, scheduler: s.scheduler, faults: s.faults, notifier: s.notifier,
		cards: s.cards, operations: s.operations,
	}
	s.sessions = &sessions{
		url: base, clientID: cfg.ClientID, ledger: s.ledger, scheduler: s.scheduler, faults: s.faults, payments: s.payments,
	}
	s.disputes = &disputes{delays: s.delays, ledger: s.ledger, scheduler: s.scheduler, notifier: s.notifier}
	s.vaults = &vaults{
		url: base, clientID: cfg.ClientID, delays: s.delays, ledger: s.ledger, scheduler: s.scheduler, notifier: s.notifier, cards: s.cards,
	}
	s.tokens = &tokens{ledger: s.ledger, scheduler: s.scheduler, cards: s.cards}
	s.methodOffers = &methodOffers{url: base}
	s.forget()
	s.handler = s.routes(&gateway{
		url: base, clientID: cfg.ClientID, keys: cfg.Keys, strangerKeys: strangerKeys, log: cfg.Log, ctx: ctx,
		endpoints: s.endpoints(), ledger: s.ledger, scheduler: s.scheduler, faults: s.faults, messages: s.messages,
		changes: s.changes,
	}, &pages{log: cfg.Log})
	return s
}

// routes lists everything that is served: what Antom has, what a buyer sees,
// what an SDK loads, and the control page and API.
func (s *Sandbox) routes(g *gateway, p *pages) http.Handler {
	buyer := &buyerPages{pages: p, ledger: s.ledger, payments: s.payments}
	vault := &vaultPages{pages: p, ledger: s.ledger, vaults: s.vaults}
	sdk := &webSDK{
		url: s.url, ctx: s.ctx, log: g.log, pages: p, ledger: s.ledger, faults: s.faults, sessions: s.sessions,
		payments: s.payments, vaults: s.vaults, cards: s.cards, now: s.scheduler.now,
	}
	control := &controlPage{pages: p, control: s.Control(), clientID: s.clientID, endpoints: endpointNames(g.endpoints)}

	mux := http.NewServeMux()
	mux.HandleFunc("/mgw.htm", sdk.answerQuery)

	mux.HandleFunc("GET /buyer/{token}", buyer.show)
	mux.HandleFunc("POST /buyer/{token}", buyer.act)
	mux.HandleFunc("POST /buyer/{token}/entry", enterByForm)

	mux.HandleFunc("GET /vault/{token}", vault.show)
	mux.HandleFunc("POST /vault/{token}", vault.act)

	mux.HandleFunc("GET /sdk/ams-checkout.min.js", sdk.serve)
	mux.HandleFunc("GET /sdk/component/{sign}/{version}/index.html", sdk.showComponent)
	mux.HandleFunc("GET /sdk/warm-up", sdk.showWarmUp)
	mux.HandleFunc("GET /checkout-page/index.html", sdk.showCheckoutPage)
	mux.HandleFunc("GET /sdk/payment", sdk.showState)
	mux.HandleFunc("POST /sdk/payment", sdk.takeAct)
	mux.HandleFunc("GET /static/", serveStatic)
	mux.HandleFunc("GET /logo/{name}", serveLogo)
	mux.HandleFunc("GET /qr/{token}", buyer.serveQR)

	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /{$}", control.show)
	(&controlAPI{control: s.Control(), credentials: s.Credentials(), ctx: s.ctx}).addRoutes(mux)

	protected := http.NewCrossOriginProtection()
	protected.AddInsecureBypassPattern("/mgw.htm")                  // asked by the merchant's page, by design
	protected.AddInsecureBypassPattern("POST /buyer/{token}/entry") // posted by it, likewise
	return gatewayFirst(g, protected.Handler(mux))
}

// gatewayFirst hands calls of the gateway to it as they came. They are signed, so they
// need no protection. A mux would redirect a path with a slash too many, and no SDK
// follows a redirect of a signed POST.
func gatewayFirst(g *gateway, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(singleSlashes(r.URL.Path), "/ams/") {
			g.serve(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}
