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
}

// OrderLink is the address in emails: it opens the order with all that is
// personal in it. It has no end, because a receipt is looked for years later; it
// ends for all orders at once when the key is changed.
func (l links) OrderLink(o checkout.Order) string {
	return l.publicURL + OrderPath + "/" + o.ID + "/" + l.linkSignature(o.ID)
}

// OrderPath is where the links in emails lead, below the public URL.
const OrderPath = "/orders"

// OrderByLink finds the order that a link opens. A link that was forged, cut or
// made for another order is answered like one to nothing: ErrNotFound.
func (s *Service) OrderByLink(ctx context.Context, id, signature string) (checkout.Order, error) {
	if !hmac.Equal([]byte(signature), []byte(s.links.linkSignature(id))) {
		return checkout.Order{}, checkout.ErrNotFound
	}
	o, err := s.store.OrderByID(ctx, id)
	if err != nil {
		return checkout.Order{}, err
	}
	return s.Refresh(ctx, o.Token)
}

// linkSignature names its purpose, so that no signature serves another one.
func (l links) linkSignature(orderID string) string {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte("order page\x00" + orderID))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
