package db

import (
	"sync"
	"time"

	"antom-checkout/checkout"
)

// generationSize is how many orders are remembered at least; twice as many at most.
const generationSize = 2048

// cache remembers orders as they were read or committed lately. It is not
// trusted: an order taken from it counts only when its version is that of the row,
// because a command in another process may have changed the row. Therefore every
// change of an order or of its payments increments the version.
//
// An id always belongs to the same order. Antom's id of a payment may be replaced, and
// then is looked up in the order itself.
//
// Orders are forgotten by generation: when the recent one is full, it becomes the
// older one, and an order that is still used returns to the recent one.
type cache struct {
	mu            sync.Mutex
	recent, older map[name]*checkout.Order
	orders        int // in the recent generation
}

// name is one of the ids an order is found by.
type name struct{ column, value string }

// The columns orders are found by, and those of their payments and refunds.
const (
	byID        = "id"
	byToken     = "token"
	byForm      = "form_key"
	byNumber    = "number" // not remembered: it is read rarely
	byRequestID = "request_id"
	byAntomID   = "antom_id"
	byRefundID  = "refund_request_id"

	byRefundAntomID = "refund_antom_id" // not remembered either
)

// get is the order with a name, or nil. It must not be changed.
func (c *cache) get(n name) *checkout.Order {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o := c.recent[n]; o != nil {
		return o
	}
	o := c.older[n]
	if o != nil {
		c.add(o)
	}
	return o
}

// put remembers a committed order, unless a later version is known.
func (c *cache) put(o checkout.Order) {
	o = asRead(o)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, generation := range []map[name]*checkout.Order{c.recent, c.older} {
		if known := generation[name{byID, o.ID}]; known != nil && known.Version >= o.Version {
			return
		}
	}
	c.add(&o)
}

func (c *cache) add(o *checkout.Order) {
	if _, known := c.recent[name{byID, o.ID}]; !known {
		if c.orders++; c.orders > generationSize || c.recent == nil {
			c.older, c.recent, c.orders = c.recent, map[name]*checkout.Order{}, 1
		}
	}
	c.recent[name{byID, o.ID}] = o
	if o.Token != "" { // it cannot be read without the key
		c.recent[name{byToken, o.Token}] = o
	}
	c.recent[name{byForm, o.FormKey}] = o
	for _, p := range o.Payments {
		c.recent[name{byRequestID, p.RequestID}] = o
		if p.AntomID != "" {
			c.recent[name{byAntomID, p.AntomID}] = o
		}
		for _, operation := range p.Operations {
			if operation.Kind == checkout.Refund {
				c.recent[name{byRefundID, operation.RequestID}] = o
			}
		}
	}
}

// merged is what the rows of an order hold after a change has been saved: what an
// update writes comes from after, all else stays as it was before.
func merged(before, after *checkout.Order) checkout.Order {
	o := before.Clone()
	orderRows.take(&o, after)
	for i := range after.Payments {
		p := &after.Payments[i]
		was := o.Payment(p.RequestID)
		if was == nil {
			o.Payments = append(o.Payments, *p)
			continue
		}
		paymentRows.take(was, p)
		for j := range p.Operations {
			operation := &p.Operations[j]
			if operationWas := was.Operation(operation.Kind, operation.RequestID); operationWas != nil {
				operationRows.take(operationWas, operation)
			} else {
				was.Operations = append(was.Operations, *operation)
			}
		}
	}
	return o
}

// asRead is the order as it would be read: moments in whole milliseconds, and
// without what is known inside of a transaction only.
func asRead(o checkout.Order) checkout.Order {
	o = o.Clone()
	o.Fulfillable, o.LinkRefusal = false, ""
	orderRows.round(&o)
	for i := range o.Payments {
		p := &o.Payments[i]
		paymentRows.round(p)
		for j := range p.Operations {
			operationRows.round(&p.Operations[j])
		}
	}
	return o
}

func rounded(t time.Time) time.Time { return optionalMoment(millis(t)) }
