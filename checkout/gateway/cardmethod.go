package gateway

import (
	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// cardMetadata is what a card payment asks for beside the method, or nil. How Antom
// combines the two flags of 3-D Secure is not documented: only one of them is sent.
func (g *Gateway) cardMetadata(p checkout.Payment) *antom.Metadata {
	switch {
	case p.Choice.ByKoreanIssuer(p.Amount.Currency):
		return nil
	case p.Choice.Authenticated:
		return &antom.Metadata{Is3DSAuthentication: antom.False}
	case p.ThreeDS:
		return &antom.Metadata{Is3DSAuthentication: antom.True}
	case g.cfg.ThreeDS != checkout.ThreeDSOff:
		return &antom.Metadata{EnableAuthenticationUpgrade: antom.True}
	}
	return nil
}
