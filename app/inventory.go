package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
)

// takeInventory prints what the pay page loads with these settings, for people
// or as JSON. It opens nothing.
func takeInventory(_ context.Context, l *line) error {
	asJSON := l.flags.Bool("json", false, "print JSON")
	s, err := l.load()
	if err != nil {
		return err
	}
	s.publicFromAddr()
	if s.SDK.URL == nil {
		s.SDK.URL = &url.URL{Scheme: s.sandboxScheme(), Host: s.SandboxAddr, Path: "/sdk/ams-checkout.min.js"}
	}
	list := s.pages().Inventory()
	if *asJSON {
		encoder := json.NewEncoder(l.stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	}
	for _, loaded := range list {
		fmt.Fprintf(l.stdout, "%-13s %s\n              of %s: %s\n", loaded.Kind, loaded.Source, loaded.Origin, loaded.Reason)
		if loaded.Integrity != "" {
			fmt.Fprintf(l.stdout, "              %s\n", loaded.Integrity)
		}
	}
	return nil
}
