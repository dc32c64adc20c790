package payments

import (
	"context"
	"errors"

	"antom-checkout/checkout"
)

// InquireAll inquires how every payment of an order stands, and records the answers. It
// returns the order as it then is, and what was found of each payment. What could not be
// recorded is an error, and the order is then as it was known.
func (s *inquirer) InquireAll(ctx context.Context, o checkout.Order) (checkout.Order, map[string]checkout.Finding, error) {
	found := map[string]checkout.Finding{}
	var problems []error
	for _, p := range o.Payments {
		after, finding, err := s.inquire(ctx, o, *o.Payment(p.RequestID))
		if found[p.RequestID] = finding; err != nil {
			problems = append(problems, err)
			continue
		}
		o = after
	}
	return o, found, errors.Join(problems...)
}
