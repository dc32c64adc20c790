package sandbox

import (
	"fmt"
	"net/url"
	"strings"

	"antom-checkout/antom"
)

// firstRefusal is the first of the checks that failed, if one did.
func firstRefusal(checks ...*Refusal) *Refusal {
	for _, refusal := range checks {
		if refusal != nil {
			return refusal
		}
	}
	return nil
}

func required(name, value string, most int) *Refusal {
	if value == "" {
		return refuse("PARAM_ILLEGAL", "%s is required", name)
	}
	return limited(name, value, most)
}

func limited(name, value string, most int) *Refusal {
	if len(value) > most {
		return refuse("PARAM_ILLEGAL", "%s is longer than %d characters", name, most)
	}
	return nil
}

func mustBe(name, value, wanted string) *Refusal {
	if value != wanted {
		return refuse("PARAM_ILLEGAL", "%s is %q, not %s", name, clip(value, 64), wanted)
	}
	return nil
}

// identifier checks an id that the merchant made.
func identifier(name, value string) *Refusal {
	if refusal := required(name, value, 64); refusal != nil {
		return refusal
	}
	return plain(name, value)
}

// plain refuses what breaks QRIS and card schemes: anything but printable ASCII.
func plain(name, value string) *Refusal {
	for _, r := range value {
		if r < ' ' || r > '~' {
			return refuse("PARAM_ILLEGAL", "%s has a character that is not plain ASCII: %q", name, r)
		}
	}
	return nil
}

// address checks an address of the merchant: http(s), or an app's scheme where
// the buyer may come back to an app.
func address(name, value string, mayBeApp bool, most int) *Refusal {
	if value == "" && !mayBeApp {
		return nil // optional
	}
	if refusal := required(name, value, most); refusal != nil {
		return refusal
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Scheme == "":
		return refuse("PARAM_ILLEGAL", "%s is not an address", name)
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host == "" {
			return refuse("PARAM_ILLEGAL", "%s has no host", name)
		}
		return nil
	case !mayBeApp, strings.EqualFold(u.Scheme, "javascript"), strings.EqualFold(u.Scheme, "data"), strings.EqualFold(u.Scheme, "file"):
		return refuse("PARAM_ILLEGAL", "%s must be an http(s) address", name)
	}
	return nil
}

func redirectLimit(method string) int {
	if method == "PAYPAY" {
		return 255
	}
	return 2048
}

// checkOrder checks the order that every payment carries.
func checkOrder(order *antom.Order, amount antom.Amount) *Refusal {
	if amount.IsZero() {
		return refuse("PARAM_ILLEGAL", "paymentAmount is required")
	}
	if amount.Minor() == 0 {
		return refuse("PARAM_ILLEGAL", "paymentAmount must be positive")
	}
	if refusal := checkCurrency(amount); refusal != nil {
		return refusal
	}
	if order == nil {
		return refuse("PARAM_ILLEGAL", "order is required")
	}
	if refusal := firstRefusal(
		identifier("order.referenceOrderId", order.ReferenceOrderID),
		required("order.orderDescription", order.Description, 256),
		plain("order.orderDescription", order.Description),
		limited("order.extendInfo", order.ExtendInfo, 2048),
		checkGoods(order.Goods),
		checkBuyer(order.Buyer),
		checkShipping(order.Shipping),
	); refusal != nil {
		return refusal
	}
	switch {
	case order.Amount.IsZero():
		return refuse("PARAM_ILLEGAL", "order.orderAmount is required")
	case order.Amount.Currency() != amount.Currency():
		return refuse("PARAM_ILLEGAL", "order.orderAmount is in %s, paymentAmount in %s", order.Amount.Currency(), amount.Currency())
	}
	return nil
}

func checkGoods(goods []antom.Goods) *Refusal {
	if len(goods) > 100 {
		return refuse("PARAM_ILLEGAL", "order.goods has %d entries; 100 are allowed", len(goods))
	}
	for i, g := range goods {
		at := fmt.Sprintf("order.goods[%d].", i)
		if refusal := firstRefusal(
			required(at+"referenceGoodsId", g.ReferenceGoodsID, 64),
			required(at+"goodsName", g.Name, 256),
			plain(at+"goodsName", g.Name),
			limited(at+"goodsCategory", g.Category, 64),
			limited(at+"goodsUrl", g.URL, 2048),
		); refusal != nil {
			return refusal
		}
	}
	return nil
}

func checkBuyer(buyer *antom.Buyer) *Refusal {
	if buyer == nil {
		return nil
	}
	return firstRefusal(
		limited("order.buyer.referenceBuyerId", buyer.ReferenceBuyerID, 64),
		checkName("order.buyer.buyerName", buyer.Name),
		word("order.buyer.buyerEmail", buyer.Email, 64),
		word("order.buyer.buyerPhoneNo", buyer.PhoneNo, 24),
	)
}

func checkShipping(shipping *antom.Shipping) *Refusal {
	if shipping == nil {
		return nil
	}
	return firstRefusal(
		checkName("order.shipping.shippingName", shipping.Name),
		word("order.shipping.shippingPhoneNo", shipping.PhoneNo, 16),
		word("order.shipping.shipToEmail", shipping.ShipToEmail, 64),
		plain("order.shipping.shippingCarrier", shipping.Carrier),
		checkPlace("order.shipping.shippingAddress", shipping.Address),
	)
}

func checkName(at string, name *antom.UserName) *Refusal {
	if name == nil {
		return nil
	}
	return firstRefusal(
		word(at+".firstName", name.FirstName, 32), word(at+".middleName", name.MiddleName, 32),
		word(at+".lastName", name.LastName, 32), word(at+".fullName", name.FullName, 128),
	)
}

func checkPlace(at string, place *antom.Address) *Refusal {
	if place == nil {
		return nil
	}
	return firstRefusal(
		required(at+".region", place.Region, 2), plain(at+".region", place.Region),
		word(at+".state", place.State, 8), word(at+".city", place.City, 32),
		word(at+".address1", place.Address1, 256), word(at+".address2", place.Address2, 256),
		word(at+".zipCode", place.ZipCode, 32),
	)
}

// word checks an optional text.
func word(name, value string, most int) *Refusal {
	return firstRefusal(limited(name, value, most), plain(name, value))
}

// checkEnv checks the environment that pay requires.
func checkEnv(env *antom.Env) *Refusal {
	switch {
	case env == nil || env.TerminalType == "":
		return refuse("PARAM_ILLEGAL", "env.terminalType is required")
	case env.TerminalType != antom.TerminalWeb && env.OSType == "":
		return refuse("PARAM_ILLEGAL", "env.osType is required where terminalType is %s", clip(string(env.TerminalType), 16))
	}
	return nil
}

// checkTerminal checks the environment of a session, which may leave it out.
func checkTerminal(env *antom.Env) *Refusal {
	if env == nil || env.TerminalType == "" {
		return nil
	}
	return checkEnv(env)
}

func checkScene(scene string) *Refusal {
	switch scene {
	case "", antom.SceneElement, antom.SceneCheckout:
		return nil
	}
	return refuse("PARAM_ILLEGAL", "productScene %q is not one this sandbox has", clip(scene, 32))
}
