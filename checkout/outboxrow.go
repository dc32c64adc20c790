package checkout

import "time"

// EffectState is how an effect in the outbox stands.
type EffectState string

// The states of an effect, as published.
const (
	EffectPending EffectState = "pending"
	EffectSent    EffectState = "sent"
	EffectDead    EffectState = "dead" // given up
)

// OutboxRow is an effect of an order and how it stands.
type OutboxRow struct {
	OrderID   string
	Effect    Effect
	State     EffectState
	Attempts  int
	NextAt    time.Time
	CreatedAt time.Time // zero in old rows
}

// OrderDelivery is the delivery of an order's event with the address that it goes to.
type OrderDelivery struct {
	Delivery
	URL string
}

// DeadDeliveries are the events that one endpoint did not take.
type DeadDeliveries struct {
	EndpointID, URL string
	Count           int
	Since           time.Time
}
