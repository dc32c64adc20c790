package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"time"
)

// takeInventory prints what the pay page holds with these settings, for people
// or as JSON.
func takeInventory(args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("page-inventory", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print JSON")
	cfg, err := loadConfigWith(flags, args, getenv, stderr)
	if err != nil {
		return err
	}
	if cfg.publicURL == nil {
		cfg.publicURL = &url.URL{Scheme: "http", Host: cfg.addr}
	}
	if cfg.sdkURL == nil {
		cfg.sdkURL = &url.URL{Scheme: "http", Host: cfg.sandboxAddr, Path: "/sdk/ams-checkout.min.js"}
	}
	list := pagesConfig(cfg, nil, time.Now, nil, nil, nil).Inventory()
	if *asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	}
	for _, l := range list {
		fmt.Fprintf(stdout, "%-13s %s\n              of %s: %s\n", l.Kind, l.Source, l.Origin, l.Reason)
		if l.Integrity != "" {
			fmt.Fprintf(stdout, "              %s\n", l.Integrity)
		}
	}
	return nil
}
