package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

const eventsHelp = `list shows events newest first, one a line: id, when, type, the order's id, the number of
the event within its order, the order's status after it. --type and --order, by number
or id, show those of one type or order. With --json each line is an event as the API
lists it.

redeliver EVENT delivers one event again, and redeliver --since TIME all from that moment
on, such as 2026-03-02T09:00:00Z: to all endpoints that want them, or to one.
redeliver --dead delivers again what was given up, and nothing that an endpoint has taken.
`

// redelivery says which events are delivered again, and to which endpoint.
type redelivery struct {
	event, since, endpoint string
	dead                   bool
	from                   time.Time // since
}

// events lists events, or delivers them again, beside a running server.
func events(ctx context.Context, l *line) error {
	var again redelivery
	l.flags.StringVar(&again.since, "since", "", "of redeliver: all events from this moment on (RFC 3339)")
	l.flags.StringVar(&again.endpoint, "endpoint", "", "of redeliver: id of the endpoint; without it all that want the events")
	l.flags.BoolVar(&again.dead, "dead", false, "of redeliver: all that was given up")
	eventType := l.flags.String("type", "", "of list: only events of this type")
	order := l.flags.String("order", "", "of list: only events of this order, by number or id")
	asJSON := l.flags.Bool("json", false, "of list: one JSON object a line")
	s, err := l.load()
	if err != nil {
		return err
	}
	action, rest := l.arguments[0], l.arguments[1:]
	filter := checkout.EventFilter{Type: checkout.EventType(*eventType)}
	switch {
	case action == "list" && len(rest) == 0 && again == redelivery{}:
		if *eventType != "" && !slices.Contains(checkout.EventTypes(), filter.Type) {
			return usageError{fmt.Errorf("events: no type %q; there are %v", *eventType, checkout.EventTypes())}
		}
		return l.beside(ctx, s, func(p *Program) error { return listEvents(ctx, p, l.stdout, filter, *order, *asJSON) })
	case action == "redeliver" && filter.Type == "" && *order == "" && !*asJSON:
		if err := again.read(rest); err != nil {
			return usageError{fmt.Errorf("events: %w\n\n%s", err, l.command.usage())}
		}
		return l.beside(ctx, s, func(p *Program) error { return again.run(ctx, p, l.stdout) })
	}
	return usageError{errors.New(l.command.usage())}
}

// read takes an event, or the moment since which all are delivered.
func (r *redelivery) read(arguments []string) (err error) {
	if len(arguments) == 1 {
		r.event = arguments[0]
	}
	named := 0
	for _, is := range []bool{r.event != "", r.since != "", r.dead} {
		if is {
			named++
		}
	}
	if named != 1 || len(arguments) > 1 {
		return errors.New("redeliver needs an event, --since or --dead")
	}
	if r.since != "" {
		if r.from, err = time.Parse(time.RFC3339, r.since); err != nil {
			return errors.New("--since is no time such as 2026-03-02T09:00:00Z")
		}
	}
	return nil
}

func (r *redelivery) run(ctx context.Context, p *Program, stdout io.Writer) (err error) {
	n := 1
	switch {
	case r.event != "":
		err = p.Services.Merchant.Redeliver(ctx, r.event, r.endpoint)
	case r.dead:
		n, err = p.Services.Merchant.RedeliverDead(ctx, r.endpoint)
	default:
		n, err = p.Services.Merchant.RedeliverSince(ctx, r.from, r.endpoint)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "events delivered again: %d\n", n)
	return err
}

// listEvents writes the events of a filter, of one order if it is named.
func listEvents(ctx context.Context, p *Program, stdout io.Writer, filter checkout.EventFilter, order string, asJSON bool) error {
	if order != "" {
		o, err := p.findOrder(ctx, order)
		if err != nil {
			return err
		}
		filter.OrderID = o.ID
	}
	list := func(ctx context.Context, w checkout.Window) ([]checkout.MerchantEvent, error) {
		return p.Services.Merchant.Events(ctx, filter, w)
	}
	return eachOf(ctx, list, func(e checkout.MerchantEvent) string { return e.ID }, func(e checkout.MerchantEvent) error {
		if asJSON {
			return json.NewEncoder(stdout).Encode(merchant.NewListedEvent(e))
		}
		_, err := fmt.Fprintf(stdout, "%s  %s  %-24s  %-36s  %3d  %s\n", e.ID, timeText(e.At), e.Type, e.OrderID, e.Sequence, e.Status)
		return err
	})
}
