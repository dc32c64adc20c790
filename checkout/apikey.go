package checkout

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Scope is something that an API key may do.
type Scope string

// The scopes of the published contract.
const (
	ScopeReadOrders    Scope = "orders:read"
	ScopeWriteOrders   Scope = "orders:write"
	ScopeWriteRefunds  Scope = "refunds:write"
	ScopeWriteLinks    Scope = "links:write"
	ScopeWriteWebhooks Scope = "webhooks:write"
)

// Scopes lists all scopes.
func Scopes() []Scope {
	return []Scope{ScopeReadOrders, ScopeWriteOrders, ScopeWriteRefunds, ScopeWriteLinks, ScopeWriteWebhooks}
}

// APIKey is the key of a program of the merchant's. What the program sends is shown once,
// when the key is made; only its hash is kept.
type APIKey struct {
	ID        string
	Name      string // what the operator calls it
	Hash      string // SHA-256 of what the program sends, lower-case hex
	RealMoney bool   // for real money; a key of the other mode opens nothing
	Scopes    []Scope
	CreatedAt time.Time
	UsedAt    time.Time // about when it was last used; zero if never
	RevokedAt time.Time // zero if it is valid
}

const (
	testKeyPrefix      = "ak_test_"
	realMoneyKeyPrefix = "ak_live_"
)

// NewAPIKeySecret makes what a program sends: it has at least 128 random bits, and says
// whether it is for real money.
func NewAPIKeySecret(realMoney bool) string {
	if realMoney {
		return realMoneyKeyPrefix + rand.Text()
	}
	return testKeyPrefix + rand.Text()
}

// HashAPIKey is the hash by which a key is found. ok is false for a text that is no key
// of this mode.
func HashAPIKey(secret string, realMoney bool) (hash string, ok bool) {
	prefix := testKeyPrefix
	if realMoney {
		prefix = realMoneyKeyPrefix
	}
	if !strings.HasPrefix(secret, prefix) || len(secret) > 128 {
		return "", false
	}
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:]), true
}

// May reports whether the key has all of these scopes.
func (k *APIKey) May(scopes ...Scope) bool {
	return !slices.ContainsFunc(scopes, func(s Scope) bool { return !slices.Contains(k.Scopes, s) })
}

// Valid reports whether the key opens anything.
func (k *APIKey) Valid() bool { return k.RevokedAt.IsZero() }

// Operator is the program as the operator of what it orders.
func (k *APIKey) Operator() string { return "api-" + k.ID }

// Orders is the Key with which the program orders an operation.
func (k *APIKey) Orders(idempotency string) Key {
	return Key{Operator: k.Operator(), Idempotency: idempotency}
}
