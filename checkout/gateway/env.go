package gateway

import (
	"cmp"
	"net/url"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// describe adds to an order what Antom assesses the risk of a payment by: where each of the
// goods is shown, and that it is sent to the buyer. A card payment without the SDK has
// the device in its order too, as Antom's document on cards has it.
func (g *Gateway) describe(order *antom.Order, p checkout.Payment, d checkout.Device) *antom.Order {
	for i := range order.Goods {
		goods := &order.Goods[i]
		goods.URL = g.cfg.PublicURL + "/products/" + url.PathEscape(goods.ReferenceGoodsID)
		goods.DeliveryMethodType = antom.DeliveryPhysical
	}
	if p.Mode == checkout.ModeAPI && p.Method == checkout.MethodCard {
		order.Env = antomEnv(d)
	}
	return order
}

// antomEnv is the device, by which Antom assesses the risk of a payment.
func antomEnv(d checkout.Device) *antom.Env {
	env := &antom.Env{
		TerminalType:   antom.TerminalType(d.Terminal),
		OSType:         antom.OSType(d.OS),
		ClientIP:       d.IP,
		ScreenWidth:    antom.Int(d.ScreenWidth),
		ScreenHeight:   antom.Int(d.ScreenHeight),
		ColorDepth:     antom.Int(d.ColorDepth),
		DeviceID:       d.DeviceID,
		DeviceTokenID:  d.DeviceTokenID,
		DeviceBrand:    d.Brand,
		DeviceModel:    d.Model,
		DeviceLanguage: cmp.Or(d.DeviceLanguage, d.Language),
		OSVersion:      d.OSVersion,
		BrowserInfo: &antom.BrowserInfo{
			AcceptHeader:      d.Accept,
			JavaEnabled:       antomBool(d.Java),
			JavaScriptEnabled: antomBool(d.JavaScript),
			UserAgent:         d.UserAgent,
			Language:          d.Language,
		},
	}
	if d.TimeZoneOffset != nil {
		offset := antom.Int(*d.TimeZoneOffset)
		env.TimeZoneOffset = &offset
	}
	env.MakeSafe()
	return env
}

// antomBool is a fact as Antom writes it; nil is not known and not sent.
func antomBool(fact *bool) *antom.Bool {
	if fact == nil {
		return nil
	}
	is := antom.Bool(*fact)
	return &is
}
