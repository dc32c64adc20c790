package checkout

import "strings"

// Key says who orders an operation. The same key of the same operator again is the same
// operation; the zero Key is the shop itself.
type Key struct {
	Operator    string // CommandLine, a person or an API key; without a slash
	Idempotency string
}

// CommandLine is the operator whose orders come from the command line.
const CommandLine = "admin"

// ownKey marks what the shop orders by itself.
const ownKey = "shop"

func (k Key) text() string {
	if k == (Key{}) {
		return ownKey
	}
	return k.Operator + ":" + k.Idempotency
}

// Cause is the cause of what the key orders. The ledger names it "admin:KEY" for the
// command line and "admin:OPERATOR/KEY" for every other operator, so that two operators
// with the same key are two.
func (k Key) Cause() Cause {
	switch {
	case k == (Key{}):
		return Cause{Kind: BySweeper}
	case k.Operator == CommandLine && !strings.Contains(k.Idempotency, "/"):
		return Cause{Kind: ByAdmin, ID: k.Idempotency}
	}
	return Cause{Kind: ByAdmin, ID: k.Operator + "/" + k.Idempotency}
}
