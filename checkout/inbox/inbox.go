// Package inbox gathers what waits for a person: orders that need a decision, what could not be
// delivered, and what Antom's reports and the orders disagree about.
//
//	entries, err := inbox.New(inbox.Config{Now: time.Now}, store).Entries(ctx)
package inbox

import (
	"context"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// Most is how many matters of one sort are read, and Kept how long what was given up stays in the
// inbox.
const (
	Most = 200
	Kept = 30 * 24 * time.Hour
)

// deliveriesShown is how many of an endpoint's dead deliveries an entry lists.
const deliveriesShown = 20

// Store is what the Service reads.
type Store interface {
	// Orders lists the orders of a filter, as many as the window has room for, and OrderByID
	// finds one.
	Orders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) ([]checkout.Order, error)
	OrderByID(ctx context.Context, id string) (checkout.Order, error)
	// InStatusSince is when an order came to the status that it has.
	InStatusSince(ctx context.Context, o checkout.Order) (time.Time, error)
	// WaitingDisputes lists payments with disputes that wait for an answer.
	WaitingDisputes(ctx context.Context, limit int) ([]checkout.DuePoll, error)
	// DeadEmails and DeadDeliveries list what was given up since a moment, and
	// DeadDeliveriesOf the deliveries of one endpoint, newest first.
	DeadEmails(ctx context.Context, since time.Time, limit int) ([]checkout.OutboxRow, error)
	DeadDeliveries(ctx context.Context, since time.Time) ([]checkout.DeadDeliveries, error)
	DeadDeliveriesOf(ctx context.Context, endpointID string, since time.Time, limit int) ([]checkout.Delivery, error)
	// OpenDifferences lists the differences that are open, oldest first.
	OpenDifferences(ctx context.Context, limit int) ([]checkout.ReportDifference, error)
}

// Config is what the Service knows beside its store.
type Config struct {
	Now func() time.Time
}

// Service reads the inbox. It is safe for concurrent use.
type Service struct {
	cfg   Config
	store Store
}

// New makes the Service.
func New(cfg Config, store Store) *Service { return &Service{cfg, store} }

// Entries lists everything that waits for a person, oldest first. full says that there is more.
func (s *Service) Entries(ctx context.Context) (entries []checkout.InboxEntry, full bool, err error) {
	for _, source := range []func(context.Context) ([]checkout.InboxEntry, error){
		s.waitingOrders, s.disputes, s.deadEmails, s.deadDeliveries, s.differences,
	} {
		found, err := source(ctx)
		if err != nil {
			return nil, false, err
		}
		full = full || len(found) >= Most
		entries = append(entries, found...)
	}
	slices.SortStableFunc(entries, func(a, b checkout.InboxEntry) int { return a.Since.Compare(b.Since) })
	return entries, full, nil
}

func (s *Service) waitingOrders(ctx context.Context) (entries []checkout.InboxEntry, err error) {
	orders, err := s.store.Orders(ctx, checkout.OrderFilter{Waiting: true}, checkout.Window{Limit: Most, OldestFirst: true})
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		since, err := s.store.InStatusSince(ctx, o)
		if err != nil {
			return nil, err
		}
		if e, waits := checkout.OrderInInbox(o, since, checkout.Rules{Now: s.cfg.Now()}); waits {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// disputes are those that wait for an answer.
func (s *Service) disputes(ctx context.Context) (entries []checkout.InboxEntry, err error) {
	rows, err := s.store.WaitingDisputes(ctx, Most)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row.OrderID] {
			continue
		}
		seen[row.OrderID] = true
		o, err := s.store.OrderByID(ctx, row.OrderID)
		if err != nil {
			return nil, err
		}
		entries = append(entries, checkout.DisputesInInbox(o, s.cfg.Now())...)
	}
	return entries, nil
}

func (s *Service) deadEmails(ctx context.Context) (entries []checkout.InboxEntry, err error) {
	rows, err := s.store.DeadEmails(ctx, s.cfg.Now().Add(-Kept), Most)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		o, err := s.store.OrderByID(ctx, row.OrderID)
		if err != nil {
			return nil, err
		}
		e := checkout.NewInboxEntry(checkout.InboxDeadEmail, row.NextAt) // when the last try was due
		e.Order, e.About = &o, string(row.Effect)
		entries = append(entries, e)
	}
	return entries, nil
}

func (s *Service) deadDeliveries(ctx context.Context) (entries []checkout.InboxEntry, err error) {
	since := s.cfg.Now().Add(-Kept)
	dead, err := s.store.DeadDeliveries(ctx, since)
	if err != nil {
		return nil, err
	}
	for _, one := range dead {
		e := checkout.NewInboxEntry(checkout.InboxDeadDelivery, one.Since)
		e.About, e.Address, e.Count = one.EndpointID, one.URL, one.Count
		if e.Deliveries, err = s.store.DeadDeliveriesOf(ctx, one.EndpointID, since, deliveriesShown); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (s *Service) differences(ctx context.Context) (entries []checkout.InboxEntry, err error) {
	open, err := s.store.OpenDifferences(ctx, Most)
	if err != nil {
		return nil, err
	}
	for _, d := range open {
		var o *checkout.Order
		if d.OrderID != "" {
			found, err := s.store.OrderByID(ctx, d.OrderID)
			if err != nil && !checkout.IsNotFound(err) {
				return nil, err
			}
			if err == nil {
				o = &found
			}
		}
		entries = append(entries, checkout.DifferenceInInbox(d, o))
	}
	return entries, nil
}
