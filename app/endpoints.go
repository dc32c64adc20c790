package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"antom-checkout/checkout/merchant"
)

const endpointsHelp = `list shows the webhook endpoints. create URL makes one and shows its secret, once. on ID
and off ID switch it on and off, rotate ID gives it a new secret, test ID delivers a test,
delete ID deletes it. A running server delivers.
`

// endpoints lists and changes webhook endpoints, beside a running server.
func endpoints(ctx context.Context, l *line) error {
	asJSON := l.flags.Bool("json", false, "as JSON")
	s, err := l.load()
	if err != nil {
		return err
	}
	action, about := l.arguments[0], ""
	if len(l.arguments) > 1 {
		about = l.arguments[1]
	}
	if (action == "list") != (about == "") {
		return usageError{errors.New(l.command.usage())}
	}
	return l.beside(ctx, s, func(p *Program) error {
		shown, err := changeEndpoints(ctx, p, l, action, about)
		if err != nil {
			return err
		}
		return l.printEndpoints(shown, *asJSON)
	})
}

// changeEndpoints carries out an action and returns the endpoints that it is about.
func changeEndpoints(ctx context.Context, p *Program, l *line, action, about string) ([]merchant.Endpoint, error) {
	m, on := p.Services.Merchant, action == "on"
	switch action {
	case "list":
		all, err := m.Endpoints(ctx)
		shown := make([]merchant.Endpoint, 0, len(all))
		for _, e := range all {
			shown = append(shown, merchant.NewEndpoint(e, false))
		}
		return shown, err
	case "create":
		e, err := m.CreateEndpoint(ctx, merchant.EndpointForm{URL: &about})
		return []merchant.Endpoint{merchant.NewEndpoint(e, true)}, err
	case "on", "off":
		e, err := m.UpdateEndpoint(ctx, about, merchant.EndpointForm{Active: &on})
		return []merchant.Endpoint{merchant.NewEndpoint(e, false)}, err
	case "rotate":
		e, err := m.RotateSecret(ctx, about)
		return []merchant.Endpoint{merchant.NewEndpoint(e, true)}, err
	case "test":
		_, err := m.TestEndpoint(ctx, about)
		return []merchant.Endpoint{}, err
	case "delete":
		return []merchant.Endpoint{}, m.DeleteEndpoint(ctx, about)
	}
	return nil, usageError{fmt.Errorf("endpoints: no action %q\n\n%s", action, l.command.usage())}
}

func (l *line) printEndpoints(shown []merchant.Endpoint, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(l.stdout).Encode(shown)
	}
	for _, e := range shown {
		state := "on"
		if !e.Active {
			state = "off (" + e.OffReason + ")"
		}
		if _, err := fmt.Fprintf(l.stdout, "%s  %s  %s\n", e.ID, state, e.URL); err != nil {
			return err
		}
		if e.Secret == "" {
			continue
		}
		if _, err := fmt.Fprintf(l.stdout, "secret, shown once: %s\n", e.Secret); err != nil {
			return err
		}
	}
	return nil
}
