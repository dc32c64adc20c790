package payments

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"sync"
	"time"

	"antom-checkout/checkout"
)

// cardGuard counts declined cards by order, address and card, and says how long cards
// are refused. It is kept in memory: a restart begins anew. A nil one refuses nothing.
type cardGuard struct {
	now      func() time.Time
	mu       sync.Mutex
	attempts checkout.Recent[cardAttempt] // by payment_request_id
	declines checkout.Recent[[]time.Time] // by source; the newest ones, as many as its limit has
	key      []byte                       // of the fingerprints
	keyEnds  time.Time
}

// cardAttempt is where an attempt to pay by card came from.
type cardAttempt struct {
	address     string
	fingerprint string // "" where the shop does not see the number
}

// source is an order, an address or a card whose declines are counted.
type source struct {
	kind checkout.DeclineSource
	id   string
}

func (s source) limit() checkout.DeclineLimit { return checkout.DeclineLimits[s.kind] }

const keyLife = 24 * time.Hour // of fingerprints: a card has another one afterwards

func newCardGuard(limited bool, now func() time.Time) *cardGuard {
	if !limited {
		return nil
	}
	return &cardGuard{now: now}
}

// sources are what the declines of an attempt are counted for. What is not known is left
// out, or else all that is unknown would be one.
func sources(orderID string, a cardAttempt) []source {
	all := []source{
		{checkout.DeclinesOfOrder, orderID}, {checkout.DeclinesOfAddress, checkout.Network(a.address)}, {checkout.DeclinesOfCard, a.fingerprint},
	}
	return slices.DeleteFunc(all, func(s source) bool { return s.id == "" })
}

// began remembers where an attempt came from, because its result will not say so.
func (g *cardGuard) began(requestID string, a cardAttempt) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.attempts.Put(requestID, a)
}

// declined counts the decline of an attempt, and returns what it has reached the limit of.
func (g *cardGuard) declined(orderID, requestID string) (reached []checkout.DeclineSource) {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	for _, s := range sources(orderID, g.attempts.Get(requestID)) {
		times := append(slices.Clone(g.declines.Get(s.key())), now)
		times = times[max(0, len(times)-s.limit().Most):]
		g.declines.Put(s.key(), times)
		if s.limit().Wait(times, now) > 0 {
			reached = append(reached, s.kind)
		}
	}
	return reached
}

// wait is how long cards are refused to an attempt, and because of what; 0 if they are not.
func (g *cardGuard) wait(orderID string, a cardAttempt) (longest time.Duration, why checkout.DeclineSource) {
	if g == nil {
		return 0, ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	for _, s := range sources(orderID, a) {
		if wait := s.limit().Wait(g.declines.Get(s.key()), now); wait > longest {
			longest, why = wait, s.kind
		}
	}
	return longest, why
}

func (s source) key() string { return string(s.kind) + " " + s.id }

// fingerprint tells cards apart without keeping a number: its HMAC with a key that lives
// a day, in memory only.
func (g *cardGuard) fingerprint(number []byte) string {
	if g == nil {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); !now.Before(g.keyEnds) {
		g.key, g.keyEnds = make([]byte, 32), now.Add(keyLife)
		_, _ = rand.Read(g.key) // it never fails
	}
	mac := hmac.New(sha256.New, g.key)
	mac.Write(number)
	return hex.EncodeToString(mac.Sum(nil))
}

// cameFrom is where an attempt comes from.
func (g *cardGuard) cameFrom(want checkout.Attempt) cardAttempt {
	a := cardAttempt{address: want.Device.IP}
	if want.Entered.Given() {
		a.fingerprint = g.fingerprint([]byte(want.Entered.Number()))
	}
	return a
}

// CardsRefused is how long the order takes no card from an address, because too many
// were declined; 0 if it takes cards. A card payment in progress goes on.
func (s *recorder) CardsRefused(o checkout.Order, address string) time.Duration {
	if active := o.Active(); active != nil && active.Method == checkout.MethodCard {
		return 0
	}
	wait, _ := s.cards.wait(o.ID, cardAttempt{address: address})
	return wait
}

// checkCards refuses to begin a card payment while cards are refused, and takes the card
// out of what may be chosen in Antom's element. An attempt in progress goes on.
func (s *starts) checkCards(o checkout.Order, want checkout.Attempt) (checkout.Attempt, error) {
	wait, why := s.cards.wait(o.ID, s.cards.cameFrom(want))
	if wait == 0 || want.Continues(o.Active(), s.now()) {
		return want, nil
	}
	refused := &checkout.Error{Code: checkout.CodeCardsRefused, Wait: wait}
	switch {
	case want.Element:
		want.Offered = slices.DeleteFunc(slices.Clone(want.Offered), func(code string) bool { return code == checkout.MethodCard })
		if len(want.Offered) > 0 {
			return want, nil
		}
	case want.Method != checkout.MethodCard:
		return want, nil
	}
	s.cfg.Meter.CardsRefused(string(why))
	return want, refused
}

// countDeclines counts the cards that were declined by a committed change, and tells of
// the limits that this has reached.
func (s *recorder) countDeclines(ctx context.Context, before, after checkout.Order) {
	for _, p := range after.Payments {
		was := before.Payment(p.RequestID)
		if was == nil || !checkout.CardDeclined(*was, p) {
			continue
		}
		for _, reached := range s.cards.declined(after.ID, p.RequestID) {
			s.log.WarnContext(ctx, "too many cards declined, cards are refused for a while", slog.String(checkout.LogOrder, after.ID),
				slog.String(checkout.LogPayment, p.RequestID), slog.String(checkout.LogLimit, string(reached)))
		}
	}
}
