package checkout

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// This file cleans every text that a person has typed or a device has filled in, before
// it is checked, stored and sent. What cannot be seen is removed, every space is one
// space, and texts are in Unicode's composed form (NFC), so that what looks the same is
// the same. Line breaks stay, and are refused by the checks: no field has two lines.

// CleanText cleans a title or a description, which keeps its own typography.
func CleanText(text string) string { return cleaned(text, mappedText, norm.NFC.String) }

// cleanName cleans a person's name or a line of an address: every hyphen is one hyphen.
// Wide characters stay as they were written.
func cleanName(text string) string { return cleaned(text, mappedName, norm.NFC.String) }

// cleanCode cleans what is made of digits and Latin letters, such as a phone number, a
// postal code or an order's number. The wide characters of an East Asian keyboard become
// narrow, every dash is a hyphen, and no mark is left.
func cleanCode(text string) string { return cleaned(text, mappedCode, narrow) }

// CleanEmail cleans an email address as it was typed.
func CleanEmail(text string) string {
	text = cleaned(text, mappedEmail, narrow)
	if len(text) > len(mailto) && strings.EqualFold(text[:len(mailto)], mailto) {
		text = text[len(mailto):]
	}
	return text
}

const mailto = "mailto:"

// cleanPostalCode cleans a postal code. Address books write Japan's mark before it.
func cleanPostalCode(text string) string {
	return strings.TrimSpace(strings.Trim(cleanCode(text), "〒〠〶"))
}

// cleanPhone cleans a phone number. An extension is written in one way, which
// WithoutExtension knows.
func cleanPhone(text string) string {
	text = strings.TrimSpace(telScheme.ReplaceAllLiteralString(cleanCode(text), ""))
	return extension.ReplaceAllString(text, "${1}"+extensionMark+"${2}")
}

// extensionMark stands between a phone number and its extension.
const extensionMark = " ext. "

var (
	telScheme = regexp.MustCompile(`^(?i:tel|phone)\s*:`)
	extension = regexp.MustCompile(`^(.*\d\)?)\s*[,;]?\s*(?i:ext(?:ension)?|x|#)\s*[.:=]?\s*(\d{1,7})$`)
)

// WithoutExtension is the part of a cleaned phone number that is dialled.
func WithoutExtension(phone string) string {
	number, _, _ := strings.Cut(phone, extensionMark)
	return number
}

// cleaned maps every rune and trims the ends. Text that is no UTF-8 stays as it is, to
// be refused.
func cleaned(text string, mapping func(rune) rune, form func(string) string) string {
	if !utf8.ValidString(text) {
		return text
	}
	text = strings.Map(mapping, form(text))
	text = strings.TrimLeftFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || isJoiner(r) || unicode.Is(unicode.Variation_Selector, r)
	})
	return strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isJoiner(r) })
}

func narrow(text string) string { return norm.NFC.String(width.Fold.String(text)) }

func mappedText(r rune) rune {
	switch {
	case isJoiner(r), unicode.Is(unicode.Variation_Selector, r):
		return r // they choose the shape of Indic and Persian writing, of names and of emoji
	case isInvisible(r):
		return -1
	case isBlank(r) && r != wideSpace:
		return ' '
	}
	return r
}

func mappedName(r rune) rune {
	if strings.ContainsRune(hyphens, r) {
		return '-'
	}
	return mappedText(r)
}

func mappedCode(r rune) rune {
	if r == longVowel { // on a Japanese keyboard it lies where the hyphen is
		return '-'
	}
	return mappedMark(r)
}

func mappedEmail(r rune) rune {
	if r == fullStop {
		return '.'
	}
	return mappedMark(r)
}

// mappedMark leaves of marks, spaces and dashes what ASCII has.
func mappedMark(r rune) rune {
	switch {
	case isInvisible(r):
		return -1
	case isBlank(r):
		return ' '
	case unicode.Is(unicode.Dash, r):
		return '-'
	}
	return r
}

const (
	wideSpace = '\u3000'
	longVowel = '\u30fc'
	fullStop  = '\u3002' // a dot on an East Asian keyboard
	// hyphens are the hyphens and dashes of Latin writing, and the minus. The wide hyphen
	// is none of them.
	hyphens = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
)

func isJoiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// isBlank reports whether r is a space or a tab, and not a line break.
func isBlank(r rune) bool { return r == '\t' || unicode.Is(unicode.Zs, r) }

func isLineBreak(r rune) bool { return strings.ContainsRune("\n\v\f\r\u0085\u2028\u2029", r) }

// isInvisible reports whether nothing is drawn for r: direction marks, joiners, soft
// hyphens, fillers, variation selectors.
func isInvisible(r rune) bool {
	switch {
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // Arabic number signs: formats that are drawn
		return false
	case unicode.Is(unicode.Cf, r):
		return true
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// ASCIIDigit is a digit of any script as an ASCII digit, or -1. Unicode keeps digits in
// runs of tens, each from 0 to 9.
func ASCIIDigit(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	return -1
}
