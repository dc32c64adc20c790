package payments

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"antom-checkout/checkout"
)

// links makes and checks the addresses that open an order.
type links struct {
	publicURL string
	key       []byte
	before    []byte // the key before it, whose links still open; nil: there is none
}

// OrderLink is the address in emails: it opens the order with all that is
// personal in it. It has no end, because a receipt is looked for years later; it
// ends for all orders at once when neither the key nor the one before has signed it.
func (l links) OrderLink(o checkout.Order) string {
	return l.publicURL + OrderPath + "/" + o.ID + "/" + linkSignature(l.key, o.ID)
}

// OrderPath is where the links in emails lead, below the public URL.
const OrderPath = "/orders"

// OrderByLink finds the order that a link opens. A link that was forged, cut or
// made for another order is answered like one to nothing: ErrNotFound.
func (s *Service) OrderByLink(ctx context.Context, id, signature string) (checkout.Order, error) {
	if !s.links.signed(id, signature) {
		return checkout.Order{}, checkout.ErrNotFound
	}
	o, err := s.store.OrderByID(ctx, id)
	if err != nil {
		return checkout.Order{}, err
	}
	return s.Refresh(ctx, o.Token)
}

// signed reports whether a signature is that of an order.
func (l links) signed(orderID, signature string) bool {
	for _, key := range [][]byte{l.key, l.before} {
		if key != nil && hmac.Equal([]byte(signature), []byte(linkSignature(key, orderID))) {
			return true
		}
	}
	return false
}

// linkSignature names its purpose, so that no signature serves another one.
func linkSignature(key []byte, orderID string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("order page\x00" + orderID))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
