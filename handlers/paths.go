package handlers

import (
	"antom-checkout/checkout"
)

// paths are the addresses of one order.
type paths struct{ page, buyer, payments, card, code, returns, email, status, events, renewal string }

func pathsOf(o checkout.Order) paths { return pathsAt(o.Token) }

func pathsAt(token string) paths {
	page := "/checkout/" + token
	return paths{page: page, buyer: page + "/buyer", payments: page + "/payments", card: page + "/card", code: page + "/code", returns: page + "/return", email: page + "/mail", status: page + "/status", events: page + "/events", renewal: page + "/renewal"}
}
