package checkout

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// longestEmail is the longest address that SMTP carries (RFC 5321, with its brackets).
const longestEmail = 254

// ValidEmail reports whether text is an address that email can be sent to.
func ValidEmail(text string) bool { return emailProblem(text) == "" }

// emailProblem is what is wrong with an address, as a message key, or "". It is as
// wide as the networks are: Japanese phone companies gave out addresses with dots that
// RFC 5322 has only in quotes, and they receive email.
func emailProblem(text string) string {
	local, domain, found := cutLast(text, '@')
	if !found || !validLocalPart(local) {
		return "error.email"
	}
	if _, ok := asciiDomain(domain + ".com"); ok && !strings.Contains(domain, ".") {
		return "error.email_domain"
	}
	if _, ok := asciiDomain(domain); !ok {
		return "error.email"
	}
	return ""
}

// validLocalPart accepts what stands before the @: any characters that need no quotes,
// and dots wherever they are.
func validLocalPart(local string) bool {
	return strings.Trim(local, ".") != "" && !strings.ContainsFunc(local, func(r rune) bool {
		switch {
		case r >= 0x80:
			return unicode.IsSpace(r) || !unicode.IsGraphic(r)
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return false
		}
		return !strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r)
	})
}

// domains is how names of many scripts are written for the network (IDNA 2008).
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.CheckHyphens(false), idna.VerifyDNSLength(true))

// asciiDomain is a domain as the network knows it. ok is false for what is no name of
// two parts or more, a number at its end included.
func asciiDomain(domain string) (ascii string, ok bool) {
	ascii = domain
	if strings.ContainsFunc(domain, func(r rune) bool { return r >= 0x80 }) {
		var err error
		if ascii, err = domains.ToASCII(domain); err != nil {
			return "", false
		}
	}
	labels := strings.Split(ascii, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || !isToken(label) {
			return "", false
		}
	}
	last := labels[len(labels)-1]
	return ascii, len(labels) > 1 && strings.Trim(last, "0123456789") != ""
}

// DeliverableEmail is an address as it leaves the shop: its domain in ASCII, as mail
// servers and Antom know it.
func DeliverableEmail(address string) string {
	local, domain, _ := cutLast(address, '@')
	if ascii, ok := asciiDomain(domain); ok {
		return local + "@" + ascii
	}
	return address
}

func cutLast(text string, separator byte) (before, after string, found bool) {
	if i := strings.LastIndexByte(text, separator); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

// SameEmail reports whether two addresses lead to the same person: upper and lower case
// are one, and so are the two spellings of a domain.
func SameEmail(one, other string) bool {
	return strings.EqualFold(DeliverableEmail(one), DeliverableEmail(other))
}
