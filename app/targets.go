package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"antom-checkout/checkout"
	"antom-checkout/handlers"
	"antom-checkout/mail"
	"antom-checkout/static"
)

// target fills one field from a setting's text, or says what is wrong with the
// text, after the setting's name.
type target struct {
	set    func(text string) error
	secret bool // the text may come from a file that env + "_FILE" names
}

// parsed fills a field with what parse makes of the text; an empty text leaves
// it as it is.
func parsed[T any](field *T, parse func(string) (T, error)) target {
	return target{set: func(text string) (err error) {
		if text != "" {
			*field, err = parse(text)
		}
		return err
	}}
}

func text(field *string) target {
	return target{set: func(text string) error { *field = text; return nil }}
}

// secret keeps a text hidden; a check's error must not contain it.
func secret(field *Secret, checks ...func(string) error) target {
	return target{secret: true, set: func(text string) error {
		*field = NewSecret(text)
		for _, check := range checks {
			if err := check(text); text != "" && err != nil {
				return err
			}
		}
		return nil
	}}
}

func longEnough(key string) error {
	if len(key) < 32 {
		return errors.New("shorter than 32 characters")
	}
	return nil
}

func smtpServer(address string) error {
	_, err := mail.ParseServer(address)
	return err
}

func file(field *string) target { return parsed(field, parseDatabase) }

// integrity is a hash of Subresource Integrity, or several; "off" is none.
func integrity(field *string) target {
	return parsed(field, func(text string) (string, error) {
		if text == integrityOff {
			return "", nil
		}
		return parseIntegrity(text)
	})
}

func address(field **url.URL) target { return parsed(field, parseAddress) }

// listenAddress is where a server listens.
func listenAddress(field *string) target { return parsed(field, parseListenAddress) }

// listenAddressOrOff is the same, or "off", which is none.
func listenAddressOrOff(field *string) target {
	return parsed(field, func(text string) (string, error) {
		if _, err := chosen(text, []string{"off"}); err == nil {
			return "", nil
		}
		return parseListenAddress(text)
	})
}

func emailAddress(field *string) target {
	return parsed(field, func(text string) (string, error) {
		parsed, err := netmail.ParseAddress(text)
		switch {
		case err == nil && parsed.Name != "" && !strings.ContainsFunc(text, unicode.IsControl):
			return "", fmt.Errorf("has a name, too; write the address alone, such as %s", parsed.Address)
		case err != nil || parsed.Address != text:
			return "", errors.New("not an address such as shop@example.com")
		case strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }):
			return "", errors.New("has letters beyond a to z, which not every mail server takes")
		}
		return text, nil
	})
}

func duration(field *time.Duration, least, most time.Duration) target {
	return target{set: func(text string) error {
		d, err := parseDuration(text)
		if err != nil || d < least || d > most {
			return fmt.Errorf("not a duration from %v to %v%s", least, most, because(err))
		}
		*field = d
		return nil
	}}
}

// because is what to add to a message where the text itself is wrong.
func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + strings.TrimPrefix(err.Error(), "time: ")
}

func count(field *int, least, most int) target {
	return target{set: func(text string) (err error) {
		if *field, err = strconv.Atoi(text); err != nil || *field < least || *field > most {
			return fmt.Errorf("not a number from %d to %d", least, most)
		}
		return nil
	}}
}

// retention is a duration of a day at least, or off.
func retention(field *checkout.Retention) target {
	return parsed(field, func(text string) (checkout.Retention, error) {
		if text == "off" {
			return 0, nil
		}
		var d time.Duration
		err := duration(&d, 24*time.Hour, 100*365*24*time.Hour).set(text)
		return checkout.Retention(d), err
	})
}

func schedule(field *checkout.Schedule) target {
	return target{set: func(text string) error {
		var all checkout.Schedule
		for part := range strings.SplitSeq(text, ",") {
			d, err := parseDuration(part)
			if err != nil || d <= 0 {
				return errors.New("not a list of durations such as 10s,1m" + because(err))
			}
			all = append(all, d)
		}
		*field = all
		return nil
	}}
}

// list has commas, spaces or both between its members.
func list(field *[]string) target {
	return target{set: func(text string) error {
		*field = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
		return nil
	}}
}

// hostNames is a list of hosts, with or without ports.
func hostNames(field *[]string) target {
	return target{set: func(text string) error {
		var wrong []string
		if err := list(field).set(text); err != nil {
			return err
		}
		for _, host := range *field {
			if !isHost(host) {
				wrong = append(wrong, host)
			}
		}
		if len(wrong) > 0 {
			return errors.New(strings.Join(wrong, ", ") + " is no host name such as pay.example.com")
		}
		return nil
	}}
}

func isHost(text string) bool {
	u, err := url.Parse("//" + text)
	plain := err == nil && u.Host == text && u.Hostname() != "" && !strings.Contains(text, "*")
	return plain || net.ParseIP(text) != nil
}

func currency(field *checkout.Currency) target {
	return parsed(field, func(text string) (checkout.Currency, error) {
		currency, err := checkout.ParseCurrency(strings.ToUpper(text))
		if err != nil {
			return "", errors.New("no currency of ISO 4217")
		}
		return currency, nil
	})
}

// oneOf is one of these texts.
func oneOf[T ~string](field *T, allowed ...T) target {
	return target{set: func(text string) (err error) {
		*field, err = chosen(text, allowed)
		return err
	}}
}

// either is one of two texts, of which the second one is true.
func either(field *bool, no, yes string) target {
	return target{set: func(text string) error {
		var chosen string
		err := oneOf(&chosen, no, yes).set(text)
		*field = chosen == yes
		return err
	}}
}

func level(field *slog.Level) target {
	return target{set: func(text string) error {
		var chosen string
		if err := oneOf(&chosen, "debug", "info", "warn", "error").set(text); err != nil {
			return err
		}
		return field.UnmarshalText([]byte(chosen))
	}}
}

// codes is a list of Antom's codes, which have capitals only.
func codes(field *[]string) target {
	return target{set: func(text string) error { return list(field).set(strings.ToUpper(text)) }}
}

// brands is a list of Korean card companies.
func brands(field *[]string) target {
	return target{set: func(text string) error {
		if err := codes(field).set(text); err != nil {
			return err
		}
		for i, code := range *field {
			if !checkout.IsIssuer(code) || slices.Contains((*field)[:i], code) {
				return fmt.Errorf("%q is there twice, or no code of a Korean card company", code)
			}
		}
		return nil
	}}
}

func appReturns(field *handlers.AppReturns) target { return parsed(field, handlers.ParseAppReturns) }

func networks(field *[]*net.IPNet) target {
	return target{set: func(text string) error {
		var all []*net.IPNet
		var wrong []string
		var parts []string
		if err := list(&parts).set(text); err != nil {
			return err
		}
		for _, part := range parts {
			network, err := parseNetwork(part)
			if err != nil {
				wrong = append(wrong, part)
			}
			all = append(all, network)
		}
		if len(wrong) > 0 {
			return errors.New(strings.Join(wrong, ", ") + " is no address such as 10.0.0.7 and no CIDR such as 10.0.0.0/8")
		}
		*field = all
		return nil
	}}
}

// parseNetwork reads a CIDR, or the network of one address.
func parseNetwork(text string) (*net.IPNet, error) {
	if ip, err := netip.ParseAddr(text); err == nil {
		text = netip.PrefixFrom(ip, ip.BitLen()).String()
	}
	_, network, err := net.ParseCIDR(text)
	return network, err
}

func logo(field **static.Picture) target {
	return parsed(field, func(path string) (*static.Picture, error) {
		picture, err := os.ReadFile(path) // #nosec G304 -- a setting names it
		if err != nil {
			return nil, err
		}
		logo, err := static.Logo(picture)
		if err != nil {
			return nil, fmt.Errorf("%s %w", path, err)
		}
		return logo, nil
	})
}

// accent may lack the "#", which begins a comment in many files of variables.
func accent(field **static.Accent) target {
	return parsed(field, func(text string) (*static.Accent, error) {
		return static.ParseAccent("#" + strings.TrimPrefix(text, "#"))
	})
}
