package app

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a container may have no time zones of its own
	"unicode"
	"unicode/utf8"

	"antom-checkout/db"
	"antom-checkout/handlers/web"
)

// This file reads what operators write: every spelling that can only mean one thing is
// taken, and what cannot work is refused with the way out.

// tidy is a value without what editors, files of variables and shells leave around
// it: spaces, line ends, a byte order mark, one pair of quotes.
func tidy(text string) string {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "\ufeff"))
	for _, quote := range []string{`"`, `'`} {
		inner, begins := strings.CutPrefix(text, quote)
		inner, ends := strings.CutSuffix(inner, quote)
		if begins && ends && !strings.Contains(inner, quote) {
			return strings.TrimSpace(inner)
		}
	}
	return text
}

// chosen finds the choice that a text means, in any case; "on" and "off" have their
// usual other names.
func chosen[T ~string](text string, allowed []T) (T, error) {
	text = strings.ToLower(text)
	means := map[string]string{
		"true": "on", "yes": "on", "1": "on", "enabled": "on", "false": "off", "no": "off", "0": "off", "disabled": "off", "warning": "warn",
	}
	for _, choice := range allowed {
		if word := strings.ToLower(string(choice)); word == text || word == means[text] {
			return choice, nil
		}
	}
	return "", fmt.Errorf("none of %s", strings.Trim(fmt.Sprint(allowed), "[]"))
}

var (
	unitWords = regexp.MustCompile(`[a-zµ]+`)
	units     = map[string][]string{
		"s": {"sec", "secs", "second", "seconds"}, "m": {"min", "mins", "minute", "minutes"}, "h": {"hr", "hrs", "hour", "hours"}, "d": {"day", "days"},
	}
	days = regexp.MustCompile(`([0-9.]+)d`)
)

// parseDuration reads a duration such as 90s, 1h30m, "30 minutes" or 7d.
func parseDuration(text string) (time.Duration, error) {
	plain := strings.ToLower(strings.Join(strings.Fields(text), ""))
	if _, err := strconv.ParseFloat(plain, 64); err == nil && strings.Trim(plain, "0.") != "" {
		return 0, fmt.Errorf("%s has no unit; write %[1]ss, %[1]sm or %[1]sh", plain)
	}
	plain = unitWords.ReplaceAllStringFunc(plain, func(word string) string {
		for unit, words := range units {
			if slices.Contains(words, word) {
				return unit
			}
		}
		return word
	})
	plain = days.ReplaceAllStringFunc(plain, func(part string) string {
		count, err := strconv.ParseFloat(strings.TrimSuffix(part, "d"), 64)
		if err != nil {
			return part
		}
		return strconv.FormatFloat(count*24, 'f', -1, 64) + "h"
	})
	return time.ParseDuration(plain)
}

// parseListenAddress reads where to listen. A port alone does not say who may reach it.
func parseListenAddress(text string) (string, error) {
	if strings.Contains(text, "://") {
		return "", errors.New("write host and port without http://, such as localhost:8080")
	}
	if _, err := strconv.ParseUint(text, 10, 16); err == nil {
		return "", fmt.Errorf("not an address: %s is a port; write localhost:%[1]s for this machine only, or :%[1]s for every network", text)
	}
	_, port, err := net.SplitHostPort(text)
	if err != nil || port == "" {
		return "", errors.New("not an address such as localhost:8080")
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return "", fmt.Errorf("%s is no port from 0 to 65535", port)
	}
	return text, nil
}

// parseAddress reads a web address that is reached by https, or is on this machine.
func parseAddress(text string) (*url.URL, error) {
	u, err := readAddress(text)
	if err == nil && u.Scheme != "https" && (u.Scheme != "http" || !web.IsLoopback(u)) {
		return nil, errors.New("must be https, except on loopback")
	}
	return u, err
}

// readAddress reads a web address, in one spelling.
func readAddress(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		return nil, fmt.Errorf("not an address such as https://%s", strings.Trim(text, "/"))
	}
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("not an address such as https://shop.example.com")
	case u.User != nil:
		return nil, errors.New("must not hold a user or a password")
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }):
		return nil, errors.New("has letters beyond a to z in its host; write the host as it is registered, beginning with xn--")
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, fmt.Errorf("%s is no port from 1 to 65535", port)
		}
		usual := map[string]string{"https": "443", "http": "80"}
		if usual[u.Scheme] == port { // browsers leave it out of the Origin that they send
			u.Host = strings.TrimSuffix(u.Host, ":"+port)
		}
	}
	return u, nil
}

// parsePublicURL reads the address of the shop, which has a host of its own. On a local
// network it may be reached by http; contradictions says when.
func parsePublicURL(text string) (*url.URL, error) {
	u, err := readAddress(text)
	switch {
	case err != nil:
		return nil, err
	case u.Scheme != "https" && (u.Scheme != "http" || !web.IsLoopback(u) && !isPrivate(u)):
		return nil, errors.New("must be https, except on loopback, and in test mode at a private IP address such as http://192.168.1.20:8080")
	case u.Path != "":
		return nil, fmt.Errorf("has the path %s, which the pages would not have; give the shop a host of its own, such as https://pay.example.com", u.Path)
	}
	return u, nil
}

// isPrivate reports whether an address leads to a host of a local network, by its IP address.
func isPrivate(u *url.URL) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// parseGateway reads the address of Antom's gateway, without the path of an API.
func parseGateway(text string) (string, error) {
	u, err := parseAddress(text)
	if err != nil {
		return "", err
	}
	if strings.Contains(u.Path+"/", "/ams/") {
		return "", fmt.Errorf("has the path of an API; write the gateway alone, https://%s", u.Host)
	}
	return u.String(), nil
}

// parseDatabase reads the path of a file, or the address of a PostgreSQL database.
func parseDatabase(path string) (string, error) {
	scheme, rest, has := strings.Cut(path, ":")
	switch {
	case db.OnServer(path):
		return path, db.CheckAddress(path)
	case strings.Contains(path, "://"), has && slices.Contains([]string{"file", "sqlite", "sqlite3"}, scheme):
		return "", fmt.Errorf("neither the path of an SQLite file, such as %s, nor the address of a PostgreSQL database, such as postgres://shop@db.example.com/shop", strings.TrimLeft(rest, "/"))
	case path == ":memory:":
		return "", errors.New("orders in memory would not survive; write the path of a file")
	}
	if found, err := os.Stat(path); strings.HasSuffix(path, "/") || err == nil && found.IsDir() {
		return "", fmt.Errorf("%s is a folder; name a file in it, such as %s/checkout.db", path, strings.TrimRight(path, "/"))
	}
	return path, nil
}

// parseShopName reads a name that fits a page's title and an email's sender.
func parseShopName(text string) (string, error) { return parseShown(text, 100) }

// parseSentence reads what the pages say in the merchant's words.
func parseSentence(text string) (string, error) { return parseShown(text, 500) }

func parseShown(text string, most int) (string, error) {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", errors.New("has characters that cannot be shown; write it in UTF-8, on one line")
	case utf8.RuneCountInString(text) > most:
		return "", fmt.Errorf("longer than %d characters", most)
	}
	return text, nil
}

// parseTimeZone reads a name of the tz database.
func parseTimeZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(strings.ReplaceAll(name, " ", "_"))
	if err != nil || name == "Local" {
		return nil, errors.New("no time zone such as Asia/Singapore")
	}
	return zone, nil
}

var clientIDSyntax = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func parseClientID(text string) (string, error) {
	if !clientIDSyntax.MatchString(text) {
		return "", errors.New("not a client id: letters, digits, - and _, up to 64; Antom's dashboard shows it")
	}
	return text, nil
}

// parseIntegrity reads hashes as the attribute integrity has them.
func parseIntegrity(text string) (string, error) {
	sizes := map[string]int{"sha256": 32, "sha384": 48, "sha512": 64}
	for hash := range strings.FieldsSeq(text) {
		name, encoded, _ := strings.Cut(hash, "-")
		if raw, err := base64.StdEncoding.DecodeString(encoded); err != nil || len(raw) == 0 || len(raw) != sizes[name] {
			return "", fmt.Errorf("%s is no hash such as sha384- and 64 characters of base64", hash)
		}
	}
	return text, nil
}
