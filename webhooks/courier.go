// Package webhooks delivers events to the merchant's systems, as Standard Webhooks
// (https://www.standardwebhooks.com) says: at least once, signed, with the same body in every
// try, each endpoint in a lane of its own.
//
//	c := webhooks.New(webhooks.Config{Schedule: schedule, Dialer: dialer}, store, merchant.Body)
//	c.Run(ctx)
package webhooks

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/webhooks/safedial"
)

// Store keeps what is delivered.
type Store interface {
	// Endpoints lists all endpoints. Endpoint finds one, or answers ErrNotFound.
	Endpoints(ctx context.Context) ([]checkout.WebhookEndpoint, error)
	Endpoint(ctx context.Context, id string) (checkout.WebhookEndpoint, error)
	// ChangeEndpoint changes an endpoint.
	ChangeEndpoint(ctx context.Context, id string, change func(checkout.WebhookEndpoint) checkout.WebhookEndpoint) (checkout.WebhookEndpoint, error)
	// SpreadEvents makes the deliveries to an endpoint of the events that it has none of
	// yet, at most so many in one transaction; more says that there are others.
	SpreadEvents(ctx context.Context, endpointID string, limit int) (more bool, err error)
	// DueDeliveries lists the deliveries to an endpoint that are due, oldest first.
	DueDeliveries(ctx context.Context, endpointID string, now time.Time, limit int) ([]checkout.Delivery, error)
	// ClaimDelivery says before a delivery is tried whether this program is to do so. Where
	// several share the database, the others leave it alone for some time.
	ClaimDelivery(ctx context.Context, d checkout.Delivery) (mine bool, err error)
	// ClaimEndpointEmail says likewise before the operator is told of an endpoint.
	ClaimEndpointEmail(ctx context.Context, id string) (mine bool, err error)
	// SaveTry stores a try with what decide makes of endpoint and delivery.
	SaveTry(ctx context.Context, deliveryID int64, try checkout.DeliveryTry, decide func(checkout.WebhookEndpoint, checkout.Delivery) (checkout.WebhookEndpoint, checkout.Delivery)) (checkout.Delivery, error)
	// ForgetTries deletes some tries that are older than a moment; more says that there may
	// be others.
	ForgetTries(ctx context.Context, before time.Time, limit int) (more bool, err error)
	// HastenDeliveries makes deliveries due now that wait for a later moment than latest.
	HastenDeliveries(ctx context.Context, latest time.Time) error
}

// Body is what is delivered of an event: the same in every try.
type Body func(ctx context.Context, e checkout.MerchantEvent) ([]byte, error)

// Config is what the merchant decides.
type Config struct {
	Schedule checkout.Schedule       // waits between the tries of a delivery
	Dialer   *safedial.Dialer        // connects to endpoints
	Carrier  http.RoundTripper       // carries tries to them; nil: the network, by Dialer
	Timeout  time.Duration           // of one try; 0: the published 15 seconds
	Operator checkout.OperatorMailer // nil: the log alone tells that an endpoint is off
	Now      func() time.Time
	Log      *slog.Logger // nil discards
	Meter    Meter        // nil counts nothing
	Tracer   Tracer       // nil: tries have no spans
}

// Meter counts tries.
type Meter interface {
	WebhookTry(succeeded bool, took time.Duration)
}

type noMeter struct{}

func (noMeter) WebhookTry(bool, time.Duration) {}

// Tracer makes spans of tries.
type Tracer interface {
	// Delivery begins the span of a try to deliver an event of a type, about a payment or "".
	// parent is the traceparent header that names the span to the endpoint; end is given the
	// status of the answer, or 0.
	Delivery(ctx context.Context, paymentRequestID, eventType string) (of context.Context, parent string, end func(status int))
}

type noTracer struct{}

func (noTracer) Delivery(ctx context.Context, _, _ string) (context.Context, string, func(int)) {
	return ctx, "", func(int) {}
}

// Courier delivers events. Payments do not know it: it reads what they have committed.
type Courier struct {
	cfg    Config
	store  Store
	body   Body
	client *http.Client
	saving chan struct{} // places for those who store a try
}

const (
	pause       = 200 * time.Millisecond // between two looks at what is due to an endpoint
	watchPause  = time.Second            // between two looks at the list of endpoints
	tellPause   = time.Minute            // between two tries to tell the operator
	forgetPause = time.Hour
	batch       = 64 // deliveries in one go
	spreadBatch = 256
	forgotten   = 1000 // tries deleted in one go
	atOnce      = 16   // tries to one endpoint at a time
	savedAtOnce = 4    // tries of all endpoints that are stored at a time
	tryTimeout  = 15 * time.Second
)

// New makes a Courier. Nothing runs until Run is called.
func New(cfg Config, store Store, body Body) *Courier {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Meter == nil {
		cfg.Meter = noMeter{}
	}
	if cfg.Tracer == nil {
		cfg.Tracer = noTracer{}
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = tryTimeout
	}
	if cfg.Dialer == nil {
		cfg.Dialer = safedial.New(safedial.Config{})
	}
	client := cfg.Dialer.Client(cfg.Timeout)
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = atOnce
	if cfg.Carrier != nil {
		client.Transport = cfg.Carrier
	}
	return &Courier{cfg: cfg, store: store, body: body, client: client, saving: make(chan struct{}, savedAtOnce)}
}

// Run delivers until ctx ends. Each endpoint has a lane, so that none waits for another.
func (c *Courier) Run(ctx context.Context) {
	defer c.client.CloseIdleConnections()
	latest := c.cfg.Now().Add(c.cfg.Schedule.Longest(len(c.cfg.Schedule)))
	c.logFailure(ctx, "hasten deliveries", c.store.HastenDeliveries(ctx, latest))
	var all sync.WaitGroup
	all.Go(func() { c.every(ctx, forgetPause, c.forget) })
	all.Go(func() { c.every(ctx, tellPause, c.tell) })
	lanes := map[string]context.CancelFunc{}
	c.every(ctx, watchPause, func(ctx context.Context) { c.keepLanes(ctx, &all, lanes) })
	all.Wait()
}

// keepLanes begins a lane for each endpoint that is on, and ends those of the others.
func (c *Courier) keepLanes(ctx context.Context, all *sync.WaitGroup, lanes map[string]context.CancelFunc) {
	endpoints, err := c.store.Endpoints(ctx)
	if err != nil {
		c.logFailure(ctx, "list webhook endpoints", err)
		return
	}
	on := map[string]bool{}
	for _, e := range endpoints {
		if on[e.ID] = e.Off == checkout.EndpointOn; !on[e.ID] || lanes[e.ID] != nil {
			continue
		}
		lane, end := context.WithCancel(ctx)
		lanes[e.ID] = end
		all.Go(func() { c.every(lane, pause, func(ctx context.Context) { c.work(ctx, e.ID) }) })
	}
	for id, end := range lanes {
		if !on[id] {
			end()
			delete(lanes, id)
		}
	}
}

// every does something again and again. What goes wrong in one round is left to the next.
func (c *Courier) every(ctx context.Context, pause time.Duration, do func(context.Context)) {
	for {
		err := checkout.Guard(func() error { do(ctx); return nil })
		c.logFailure(ctx, "webhooks", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// DeliverOnce delivers all that is due now to every endpoint, and tells the operator what is
// to be told.
func (c *Courier) DeliverOnce(ctx context.Context) error {
	endpoints, err := c.store.Endpoints(ctx)
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		if e.Off == checkout.EndpointOn {
			c.work(ctx, e.ID)
		}
	}
	c.tell(ctx)
	c.forget(ctx)
	return nil
}

// work delivers what is due to an endpoint, until nothing is.
func (c *Courier) work(ctx context.Context, endpointID string) {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = c.store.SpreadEvents(ctx, endpointID, spreadBatch); err != nil {
			c.logFailure(ctx, "make deliveries", err, slog.String(checkout.LogWebhook, endpointID))
			return
		}
		due, err := c.store.DueDeliveries(ctx, endpointID, c.cfg.Now(), batch)
		if err != nil {
			c.logFailure(ctx, "list deliveries", err, slog.String(checkout.LogWebhook, endpointID))
			return
		}
		if !c.deliverAll(ctx, endpointID, due) {
			return
		}
		more = more || len(due) == batch
	}
}

// deliverAll tries some deliveries, several at once. ok is false when the lane cannot go on.
func (c *Courier) deliverAll(ctx context.Context, endpointID string, due []checkout.Delivery) (ok bool) {
	if len(due) == 0 {
		return true
	}
	endpoint, err := c.store.Endpoint(ctx, endpointID)
	if err != nil || endpoint.Off != checkout.EndpointOn {
		c.logFailure(ctx, "read webhook endpoint", err, slog.String(checkout.LogWebhook, endpointID))
		return false
	}
	var tries sync.WaitGroup
	var broken atomic.Bool // what could not be stored is due again: the lane pauses first
	places := make(chan struct{}, atOnce)
	for _, d := range due {
		places <- struct{}{}
		tries.Go(func() {
			defer func() { <-places }()
			if err := checkout.Guard(func() error { return c.try(ctx, endpoint, d) }); err != nil {
				broken.Store(true)
				c.logFailure(ctx, "deliver", err, slog.String(checkout.LogWebhook, endpointID), slog.String(checkout.LogEvent, d.Event.ID))
			}
		})
	}
	tries.Wait()
	return !broken.Load()
}

// forget deletes the tries of deliveries whose time is over.
func (c *Courier) forget(ctx context.Context) {
	for more := true; more && ctx.Err() == nil; {
		var err error
		more, err = c.store.ForgetTries(ctx, c.cfg.Now().Add(-checkout.AnswerRetention), forgotten)
		c.logFailure(ctx, "forget tries", err)
	}
}

// tell tells the operator of endpoints that were switched off.
func (c *Courier) tell(ctx context.Context) {
	endpoints, err := c.store.Endpoints(ctx)
	c.logFailure(ctx, "list webhook endpoints", err)
	for _, e := range endpoints {
		if !e.Untold {
			continue
		}
		mine, err := c.store.ClaimEndpointEmail(ctx, e.ID)
		c.logFailure(ctx, "claim email", err)
		if err != nil || !mine {
			continue // another program tells
		}
		email := checkout.EndpointOffEmail(e)
		if c.cfg.Operator != nil {
			if err := c.cfg.Operator.MailOperator(ctx, email); err != nil {
				c.logFailure(ctx, "tell that an endpoint is off", err, slog.String(checkout.LogWebhook, e.ID))
				continue
			}
		}
		_, err = c.store.ChangeEndpoint(ctx, e.ID, checkout.WebhookEndpoint.Told)
		c.logFailure(ctx, "note that the operator was told", err)
	}
}

func (c *Courier) logFailure(ctx context.Context, what string, err error, about ...slog.Attr) {
	if err != nil && ctx.Err() == nil {
		c.cfg.Log.LogAttrs(ctx, slog.LevelError, what, append(about, slog.Any(checkout.LogError, err))...)
	}
}
