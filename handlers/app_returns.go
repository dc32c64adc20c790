package handlers

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// AppReturns are the addresses below which the merchant's native apps may be
// opened again after paying. Buyers are led nowhere else: an address that any
// client could name would be an open redirect.
type AppReturns []*url.URL

// ParseAppReturns reads a list such as "myshop://pay,https://shop.example/app/":
// an app's own scheme, or https for universal links and app links.
func ParseAppReturns(text string) (AppReturns, error) {
	var list AppReturns
	var problems []error
	for address := range strings.SplitSeq(text, ",") {
		if address = strings.TrimSpace(address); address == "" {
			continue
		}
		u, err := parseAppAddress(address)
		if err == nil && u.RawQuery != "" {
			err = errors.New("a query")
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s is no app's address such as myshop://pay or https://shop.example/app/ (%w)", address, err))
			continue
		}
		list = append(list, u)
	}
	return list, errors.Join(problems...)
}

// longestAppAddress is PayPay's limit, the tightest of all methods.
const longestAppAddress = 255

var (
	appScheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*$`)
	// notApps are schemes that run, show or send something instead of opening an app.
	notApps = strings.Fields("about blob chrome content data file filesystem ftp http intent javascript mailto sms tel vbscript view-source ws wss")
)

// parseAppAddress takes apart an address in its plainest form only, so that no
// two readers of it can differ about where it leads.
func parseAppAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("unreadable")
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`\"<>^|{}`+"`", r) }):
		return nil, errors.New("characters that no address has")
	case !appScheme.MatchString(u.Scheme) || slices.Contains(notApps, u.Scheme):
		return nil, errors.New("its scheme")
	case u.Opaque != "" || u.User != nil || u.Fragment != "" || u.RawFragment != "" || strings.HasSuffix(text, "#"):
		return nil, errors.New("no plain scheme://host/path")
	case u.Host == "" && (u.Scheme == "https" || len(u.Path) < 2):
		return nil, errors.New("no host")
	case strings.Contains(u.EscapedPath(), "%"), slices.ContainsFunc(strings.Split(u.Path, "/"), func(part string) bool { return part == "." || part == ".." }):
		return nil, errors.New("a path that may be read in two ways")
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// allows reports whether text is one of the addresses, or below one.
func (list AppReturns) allows(text string) bool {
	u, err := parseAppAddress(text)
	if err != nil || len(text) > longestAppAddress {
		return false
	}
	return slices.ContainsFunc(list, func(base *url.URL) bool {
		below := strings.TrimSuffix(base.Path, "/") + "/"
		return u.Scheme == base.Scheme && u.Host == base.Host && (u.Path == base.Path || strings.HasPrefix(u.Path, below))
	})
}
