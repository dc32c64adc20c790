package app

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that does not print: not with any verb, not into a log, not
// as JSON or as text. It contains a pointer, so that even a print by reflection, in a
// field that is not exported, shows an address.
type Secret struct{ text *string }

const hidden = "***"

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal is the text itself, for the code that uses it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is no text.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String implements [fmt.Stringer].
func (Secret) String() string { return hidden }

// Format implements [fmt.Formatter], for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) } // fmt reports no errors

// LogValue implements [slog.LogValuer].
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements [encoding.TextMarshaler], and with it JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
