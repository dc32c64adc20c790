package checkout

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"antom-checkout/antom"
)

// Gateway is what the Service asks of Antom; *antom.Client is one.
type Gateway interface {
	Consult(context.Context, *antom.ConsultRequest) (*antom.ConsultResponse, error)
	CreatePaymentSession(context.Context, *antom.PaymentSessionRequest) (*antom.PaymentSessionResponse, error)
	Pay(context.Context, *antom.PayRequest) (*antom.PayResponse, error)
	InquiryPayment(context.Context, *antom.InquiryPaymentRequest) (*antom.InquiryPaymentResponse, error)
	Cancel(context.Context, *antom.CancelRequest) (*antom.CancelResponse, error)
	Capture(context.Context, *antom.CaptureRequest) (*antom.CaptureResponse, error)
	Refund(context.Context, *antom.RefundRequest) (*antom.RefundResponse, error)
	InquiryRefund(context.Context, *antom.InquiryRefundRequest) (*antom.InquiryRefundResponse, error)
}

// Config is what the merchant decides.
type Config struct {
	PublicURL          string // base of every address handed out, without a trailing slash
	Currency           Currency
	SettlementCurrency Currency
	ManualCapture      bool
	RefundLate         bool            // money for a closed order goes back instead of reviving the order
	Methods            []string        // codes to offer, in this order; none: what Antom offers, in ours
	OrderTTL           time.Duration   // how long an unpaid order stays payable
	SweepSchedule      []time.Duration // waits between two looks at something unfinished; the last repeats
	Mailer             Mailer          // nil: nobody is written to
	LinkKey            []byte          // signs the links in letters; nil: they open until the program ends
	Now                func() time.Time
	Log                *slog.Logger
	Meter              Meter // counts what happens; nil counts nothing
}

// Service takes orders and payments. All of its methods are safe for use by
// many goroutines.
type Service struct {
	cfg       Config
	store     Store
	gateway   Gateway
	log       *slog.Logger
	now       func() time.Time
	starts    keyedMutex // one start at a time per order
	inquiries inquiries
	watches   watches
	offers    offers
	wake      chan struct{} // tells the sweeper that something is due now

	wakeEmails chan struct{}
	lookups    chan lookup
}

// New makes a Service. Nothing runs until Sweep is called.
func New(cfg Config, store Store, gateway Gateway) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.LinkKey == nil {
		cfg.LinkKey = []byte(rand.Text())
	}
	if cfg.Meter == nil {
		cfg.Meter = noMeter{}
	}
	s := &Service{
		cfg: cfg, store: store, gateway: gateway, log: cfg.Log, now: cfg.Now,
		wake: make(chan struct{}, 1), wakeEmails: make(chan struct{}, 1), lookups: make(chan lookup, lookupsWaiting),
	}
	s.watches.poll, s.watches.tail = s.pollForWatchers, s.tailLedger
	return s
}

// OrderRequest is a filled-in checkout form.
type OrderRequest struct {
	FormKey  string // the same form gives the same key
	Buyer    Buyer
	Cart     []CartLine
	Language string
}

// PlaceOrder freezes cart and address into an order. The same FormKey again
// answers with the same order, whatever else the request holds. Errors: Invalid
// with a message key per field, or Conflict when the cart is empty.
func (s *Service) PlaceOrder(ctx context.Context, req OrderRequest) (Order, error) {
	if order, err := s.store.OrderByForm(ctx, req.FormKey); !IsNotFound(err) {
		return order, err
	}
	lines, total, err := s.Price(ctx, req.Cart)
	if err != nil {
		return Order{}, err
	}
	if len(lines) == 0 {
		return Order{}, &Error{Kind: Conflict, Message: "error.cart_empty"}
	}
	if slices.ContainsFunc(lines, func(l OrderLine) bool { return l.Short }) {
		return Order{}, &Error{Kind: Conflict, Message: "error.sold_out"}
	}
	if err := req.Buyer.Check(); err != nil {
		return Order{}, err
	}
	now := s.now()
	order := Order{
		ID:        newID(),
		Number:    newNumber(),
		Token:     rand.Text(),
		FormKey:   req.FormKey,
		Buyer:     req.Buyer,
		Lines:     lines,
		Total:     total,
		Language:  req.Language,
		CreatedAt: now,
		ExpiresAt: now.Add(s.cfg.OrderTTL),
		Status:    OrderOpen,
	}
	order, err = s.store.CreateOrder(ctx, order, Cause{Kind: ByShopper, ID: order.ID})
	if err != nil {
		return Order{}, fmt.Errorf("place order: %w", err)
	}
	return order, nil
}

// newID makes an id in time order, so that new rows land at the end of every
// index. It also serves as one of Antom's request ids.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// newNumber makes a name for an order that people can read to each other and
// that tells no one how many orders there are.
func newNumber() string {
	text := rand.Text()
	return text[:numberHalf] + "-" + text[numberHalf:2*numberHalf]
}

const numberHalf = 5

// Order finds an order by its token. Whoever knows the token may see it.
func (s *Service) Order(ctx context.Context, token string) (Order, error) {
	if len(token) < 26 || len(token) > 64 || !isToken(token) {
		return Order{}, ErrNotFound
	}
	return s.store.OrderByToken(ctx, token)
}

// Record is the one door for outcomes: it lets a word be heard by its order and
// commits what follows. It tells the open pages when something has changed.
func (s *Service) Record(ctx context.Context, orderID string, w Event, evidence Evidence) (Order, error) {
	evidence.Cause = w.Cause
	before, after, err := s.store.Update(ctx, orderID, evidence, func(o Order) (Order, []Effect) {
		if evidence.Notification != nil {
			p := o.Payment(w.RequestID)
			evidence.Notification.Applied = p != nil && contradiction(*p, w) == ""
		}
		return Apply(o, w, s.rules())
	})
	if errors.Is(err, ErrForeignID) && !w.ForeignID {
		w.ForeignID = true // a contradiction like any other: stored, raised, inquired
		return s.Record(ctx, orderID, w, evidence)
	}
	if err != nil {
		return Order{}, fmt.Errorf("record %s: %w", w.Cause, err)
	}
	s.announce(ctx, before, after, w)
	return after, nil
}

func (s *Service) rules() Rules {
	// Whole milliseconds, as they are stored.
	return Rules{Now: s.now().UTC().Truncate(time.Millisecond), Pause: s.pause(0), ManualCapture: s.cfg.ManualCapture, RefundLate: s.cfg.RefundLate}
}

// announce tells log, pages and sweeper about a committed change.
func (s *Service) announce(ctx context.Context, before, after Order, w Event) {
	if before.Version == after.Version {
		return
	}
	s.countOutcomes(before, after)
	if before.Status != after.Status {
		s.log.InfoContext(ctx, "order", "number", after.Number, "from", before.Status, "to", after.Status, "cause", w.Cause.String(), "review", after.Review)
	}
	s.watches.grown()
	s.wakeSweeper()
	was, is := before.Payment(w.RequestID), after.Payment(w.RequestID)
	if was != nil && is != nil && was.AntomID == "" && is.AntomID != "" {
		s.applyUnmatched(ctx, is.AntomID)
	}
}

func (s *Service) wakeSweeper() {
	for _, wake := range []chan struct{}{s.wake, s.wakeEmails} {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// RecordNotification stores a verified notification and applies it. When it
// returns nil the notification is durable and may be acknowledged; that it
// contradicts, or is about something unknown, is no reason to return an error.
func (s *Service) RecordNotification(ctx context.Context, n antom.Notification, body []byte) error {
	// What Antom has told us must not be lost because its connection closed.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	row := newNotification(n, body, s.now())
	known, err := s.applyNotification(ctx, n, row)
	if err == nil {
		s.cfg.Meter.Notification(known)
	}
	return err
}

// applyNotification stores a notification and lets the order it is about hear
// it. known is false when it is about nothing of ours.
func (s *Service) applyNotification(ctx context.Context, n antom.Notification, row Notification) (known bool, err error) {
	w, about, understood := eventFromNotification(n)
	if !understood {
		return false, s.store.SaveNotification(ctx, row)
	}
	orderID, requestID, err := s.store.FindPayment(ctx, about)
	if IsNotFound(err) {
		if err := s.store.SaveNotification(ctx, row); err != nil {
			return false, err
		}
		s.log.WarnContext(ctx, "notification about nothing we know", "type", row.Type, "id", row.ID)
		// Once more: the payment may have learned its Antom id in between.
		if orderID, requestID, err = s.store.FindPayment(ctx, about); IsNotFound(err) {
			return false, nil
		}
	}
	if err != nil {
		return false, fmt.Errorf("find payment: %w", err)
	}
	w.RequestID, row.PaymentRequestID = requestID, requestID
	w.Cause = Cause{Kind: ByNotification, ID: row.ID}
	_, err = s.Record(ctx, orderID, w, Evidence{Notification: &row})
	return true, err
}

// applyUnmatched hears again what came before its payment's Antom id was known:
// a capture may be notified before the payment it belongs to.
func (s *Service) applyUnmatched(ctx context.Context, antomID string) {
	rows, err := s.store.Unmatched(ctx, antomID)
	for _, row := range rows {
		n, decodeErr := antom.DecodeNotification(row.Body)
		err = errors.Join(err, decodeErr)
		if decodeErr == nil {
			_, applyErr := s.applyNotification(ctx, n, row)
			err = errors.Join(err, applyErr)
		}
	}
	if err != nil {
		s.log.ErrorContext(ctx, "apply earlier notifications", "err", err)
	}
}

// returnURL is where Antom leads the buyer back to; it carries the order's own
// token and proves nothing.
func (s *Service) returnURL(o Order) string {
	return s.cfg.PublicURL + "/checkout/" + o.Token + "/return"
}

func (s *Service) notifyURL() string { return s.cfg.PublicURL + NotifyPath }

// NotifyPath is where Antom's notifications arrive, below the public URL.
const NotifyPath = "/antom/notify"

// ManualCapture reports whether the merchant captures card payments by hand.
func (s *Service) ManualCapture() bool { return s.cfg.ManualCapture }

// Currency is what the shop sells in.
func (s *Service) Currency() Currency { return s.cfg.Currency }

// FormKey joins a browser's session and a form's id, so that nobody else's form
// can lead to this order.
func FormKey(session, formID string) string { return strings.Join([]string{session, formID}, ".") }

// PlacedBy reports whether the order was placed by a form of this session.
func (o *Order) PlacedBy(session string) bool {
	return session != "" && strings.HasPrefix(o.FormKey, FormKey(session, ""))
}
