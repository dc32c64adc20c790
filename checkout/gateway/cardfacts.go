package gateway

import (
	"context"
	"errors"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// CardFacts inquires what Antom knows of the cards whose numbers begin with some digits
// (getCardInfo). Cards that it does not know have no facts.
func (g *Gateway) CardFacts(ctx context.Context, prefix string) (checkout.CardFacts, error) {
	res, err := g.client.GetCardInfo(ctx, &antom.CardInfoRequest{CardBIN: prefix})
	var failure *antom.Error
	if errors.As(err, &failure) && !failure.Unknown() {
		return checkout.CardFacts{}, nil
	}
	if err != nil {
		return checkout.CardFacts{}, err
	}
	return checkout.CardFacts{Brands: res.Brands(), Country: res.IssuingRegion}, nil
}
