package checkout

import (
	"net/netip"
	"time"
)

// People with stolen card numbers try them in shops, one after the other. What gives
// them away are declines: the cards of one order, those from one address, or one card
// over and over. Beyond so many, cards are refused for a while.

// DeclineSource is what declined cards are counted for.
type DeclineSource string

// The sources of declines.
const (
	DeclinesOfOrder   DeclineSource = "order"
	DeclinesOfAddress DeclineSource = "address" // the buyer's network, see Network
	DeclinesOfCard    DeclineSource = "card"    // known only where the card was entered in the shop itself
)

// DeclineLimit is how many declines of one source are no reason to refuse cards.
type DeclineLimit struct {
	Most   int
	Within time.Duration // 0: ever
}

// DeclineLimits are the limits by source.
var DeclineLimits = map[DeclineSource]DeclineLimit{
	DeclinesOfOrder:   {Most: 5},
	DeclinesOfAddress: {Most: 10, Within: time.Hour},
	DeclinesOfCard:    {Most: 5, Within: 24 * time.Hour},
}

// DeclinesKept is how long it is known where a declined card came from.
const DeclinesKept = 48 * time.Hour

// CardOrigin is where an attempt to pay by card comes from. Address and card are hashes, and ""
// where they are not known: the shop sees the number of a card only where it is typed there.
type CardOrigin struct{ Payment, Order, Address, Card string }

// Declines are the times at which cards of an origin were declined, the oldest first: as many
// of the newest as the limit of the source has.
type Declines map[DeclineSource][]time.Time

// Wait is how long cards are refused to an origin with these declines, and because of what; 0 if
// they are not.
func (d Declines) Wait(now time.Time) (longest time.Duration, why DeclineSource) {
	for _, source := range d.Reached(now) {
		if wait := DeclineLimits[source].Wait(d[source], now); wait > longest {
			longest, why = wait, source
		}
	}
	return longest, why
}

// Reached lists the sources for which cards are refused.
func (d Declines) Reached(now time.Time) (reached []DeclineSource) {
	for _, source := range []DeclineSource{DeclinesOfOrder, DeclinesOfAddress, DeclinesOfCard} {
		if DeclineLimits[source].Wait(d[source], now) > 0 {
			reached = append(reached, source)
		}
	}
	return reached
}

// cardPause is how long cards are refused from the decline that reached a limit. Each
// further decline begins another pause.
const cardPause = 10 * time.Minute

// Wait is how long cards are still refused after declines at these times, the oldest
// first; 0 if they are not. Times before the newest Most ones do not matter.
func (l DeclineLimit) Wait(declines []time.Time, now time.Time) time.Duration {
	n := len(declines)
	if n < l.Most {
		return 0
	}
	last, first := declines[n-1], declines[n-l.Most]
	if l.Within > 0 && last.Sub(first) >= l.Within {
		return 0
	}
	if last.After(now.Add(ClockSkew)) {
		return 0 // the clock has gone back
	}
	return max(0, last.Add(cardPause).Sub(now))
}

// endedUnpaid are the codes of a payment that ended without a card being declined: its
// time was over, or it was cancelled.
var endedUnpaid = map[string]bool{"ORDER_IS_CLOSED": true, "ORDER_IS_CANCELED": true, "ORDER_IS_CANCELLED": true}

// CardDeclined reports whether a payment has just failed because its card was declined:
// by the bank, by Antom's risk control, or as no card that there is.
func CardDeclined(before, after Payment) bool {
	return after.Method == MethodCard && after.Status == PaymentFailed && before.Status != PaymentFailed &&
		!after.ShopFault && !endedUnpaid[after.ResultCode]
}

// DeclinedIn lists the payments of an order whose card a change says was declined.
func DeclinedIn(before, after Order) (declined []Payment) {
	for _, p := range after.Payments {
		if was := before.Payment(p.RequestID); was != nil && CardDeclined(*was, p) {
			declined = append(declined, p)
		}
	}
	return declined
}

// Network is what stands for a client's address: an IPv4 address, or the /64 of an IPv6
// one, which belongs to one household or one phone. Any other text stays.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}
