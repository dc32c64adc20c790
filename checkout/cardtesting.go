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
	if last.After(now) {
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
