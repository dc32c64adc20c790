package handlers

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"antom-checkout/handlers/web"
)

// violation is what is stored of a report. Addresses of pages, samples of scripts and
// other data that may concern a person are not read.
type violation struct {
	directive string // what was broken
	source    string // what was stopped: a host, or a keyword such as inline
	onPayPage bool
}

const maxReports = 20 // violations read of one request

// readReports reads both formats: one violation in "csp-report", or a list of
// reports of which some are violations.
func readReports(body []byte) ([]violation, error) {
	var old struct {
		Report *struct {
			Page      string `json:"document-uri"`
			Directive string `json:"effective-directive"`
			Violated  string `json:"violated-directive"` // of browsers that do not send the former
			Blocked   string `json:"blocked-uri"`
		} `json:"csp-report"`
	}
	if json.Unmarshal(body, &old) == nil && old.Report != nil {
		r := old.Report
		if r.Directive == "" {
			r.Directive, _, _ = strings.Cut(r.Violated, " ")
		}
		return []violation{newViolation(r.Directive, r.Blocked, r.Page)}, nil
	}
	var list []struct {
		Type string `json:"type"`
		Body struct {
			Page      string `json:"documentURL"`
			Directive string `json:"effectiveDirective"`
			Blocked   string `json:"blockedURL"`
		} `json:"body"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, errors.New("no report")
	}
	var violations []violation
	for _, r := range list[:min(len(list), maxReports)] {
		if r.Type == "csp-violation" {
			violations = append(violations, newViolation(r.Body.Directive, r.Body.Blocked, r.Body.Page))
		}
	}
	return violations, nil
}

// directives are those of the shop's policies, and those that browsers name in
// their place.
var directives = append(slices.Clone(web.PolicyOrder), "script-src-elem", "script-src-attr", "font-src", "media-src", "object-src", "manifest-src", "worker-src", "child-src")

func newViolation(directive, blocked, page string) violation {
	if !slices.Contains(directives, directive) {
		directive = "other"
	}
	return violation{directive: directive, source: sourceOf(blocked), onPayPage: isPayPage(page)}
}

func isPayPage(page string) bool {
	u, err := url.Parse(page)
	return err == nil && strings.HasPrefix(u.Path, "/checkout/")
}

// hostSyntax leaves out what is no name of a host, however it came.
var hostSyntax = regexp.MustCompile(`^[a-z0-9.-]{1,100}$`)

// sourceOf is the host of an address, its scheme where it has none, or the keyword
// that browsers use for what has no address.
func sourceOf(blocked string) string {
	u, err := url.Parse(blocked)
	var source string
	switch {
	case err != nil:
	case u.Scheme == "" && u.Host == "":
		source = u.Path // inline, eval, wasm-eval, data, self …
	case u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "wss" || u.Scheme == "ws":
		source = strings.ToLower(u.Hostname())
	default:
		source = u.Scheme
	}
	if !hostSyntax.MatchString(source) {
		return otherName
	}
	return source
}
