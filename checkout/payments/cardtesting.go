package payments

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"sync"
	"time"

	"antom-checkout/checkout"
)

// cardGuard says how long cards are refused after declines by order, address and card, which the
// database counts for all programs.
type cardGuard struct {
	limited bool // or no card is refused
	store   Store
	now     func() time.Time
	key     []byte // of the hashes of what is counted

	mu      sync.Mutex
	day     int64  // that cardKey is for
	cardKey []byte // tells cards apart; nil until the first one
}

// hash tells apart what is counted without storing it: who reads the database alone finds no
// address by it.
func (g *cardGuard) hash(counted string) string { return hashed(g.key, []byte(counted)) }

func hashed(key, counted []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(counted)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// fingerprint tells cards apart without storing a number: its hash by a key of which one half is
// a setting's, and the other half is forgotten with its day.
func (g *cardGuard) fingerprint(ctx context.Context, number []byte) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if day := checkout.Day(g.now()); g.cardKey == nil || day != g.day {
		random, err := g.store.CardKey(ctx, day)
		if err != nil {
			return "", err
		}
		g.day, g.cardKey = day, []byte(hashed(g.key, random))
	}
	return hashed(g.cardKey, number), nil
}

// origin is where an attempt of an order comes from; payment may be "". It is nil where no card
// is refused, and for what no card can pay.
func (g *cardGuard) origin(ctx context.Context, orderID, payment string, want checkout.Attempt) (*checkout.CardOrigin, error) {
	if !g.limited || want.Method != checkout.MethodCard && !want.Element {
		return nil, nil
	}
	origin := g.ofAddress(orderID, want.Device.IP)
	origin.Payment = payment
	if want.Entered.Given() {
		var err error
		if origin.Card, err = g.fingerprint(ctx, []byte(want.Entered.Number())); err != nil {
			return nil, err
		}
	}
	return &origin, nil
}

func (g *cardGuard) ofAddress(orderID, address string) checkout.CardOrigin {
	origin := checkout.CardOrigin{Order: orderID}
	if network := checkout.Network(address); network != "" {
		origin.Address = g.hash("address " + network)
	}
	return origin
}

// CardsRefused reports whether the order takes no card from an address, because too many were
// declined. A card payment in progress goes on. A page whose answer is not known shows cards:
// the start decides.
func (s *recorder) CardsRefused(ctx context.Context, o checkout.Order, address string) bool {
	active := o.Active()
	if !s.cards.limited || active != nil && active.Method == checkout.MethodCard {
		return false
	}
	declines, err := s.store.Declines(ctx, s.cards.ofAddress(o.ID, address))
	s.logFailure(ctx, "read declined cards", err, aboutOrder(o.ID))
	wait, _ := declines.Wait(s.now())
	return wait > 0
}

// checkCards refuses to begin a card payment while cards are refused, and takes the card
// out of what may be chosen in Antom's element. An attempt in progress goes on.
func (s *starts) checkCards(ctx context.Context, o checkout.Order, want checkout.Attempt) (checkout.Attempt, error) {
	origin, err := s.cards.origin(ctx, o.ID, "", want)
	if err != nil || origin == nil || want.Continues(o.Active(), s.now()) {
		return want, err
	}
	declines, err := s.store.Declines(ctx, *origin)
	if err != nil {
		return want, err
	}
	wait, why := declines.Wait(s.now())
	if wait == 0 {
		return want, nil
	}
	if want.Element {
		want.Offered = slices.DeleteFunc(slices.Clone(want.Offered), func(code string) bool { return code == checkout.MethodCard })
		if len(want.Offered) > 0 {
			return want, nil
		}
	}
	s.cfg.Meter.CardsRefused(string(why))
	return want, &checkout.Error{Code: checkout.CodeCardsRefused, Wait: wait}
}

// tellDeclines tells of the limits that the cards have reached which a committed change says were
// declined.
func (s *recorder) tellDeclines(ctx context.Context, before, after checkout.Order) {
	if !s.cards.limited {
		return
	}
	for _, p := range checkout.DeclinedIn(before, after) {
		origin, err := s.store.CardOrigin(ctx, p.RequestID)
		if err != nil {
			s.logFailure(ctx, "read declined cards", err, aboutOrder(after.ID))
			continue
		}
		declines, err := s.store.Declines(ctx, origin)
		s.logFailure(ctx, "read declined cards", err, aboutOrder(after.ID))
		for _, reached := range declines.Reached(s.now()) {
			s.log.WarnContext(ctx, "too many cards declined, cards are refused for a while", slog.String(checkout.LogOrder, after.ID),
				slog.String(checkout.LogPayment, p.RequestID), slog.String(checkout.LogLimit, string(reached)))
		}
	}
}
