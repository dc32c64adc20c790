package checkout

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden is a credential: it does not print, not with any verb, not into a log, and it is
// not written as JSON or text.
type hidden struct{ text string }

// Reveal is the credential itself, for the call that needs it and the sealed row.
func (h hidden) Reveal() string { return h.text }

// Empty reports whether there is none.
func (h hidden) Empty() bool { return h.text == "" }

const hiddenText = "***"

// String implements [fmt.Stringer].
func (hidden) String() string { return hiddenText }

// Format implements [fmt.Formatter], for every verb.
func (hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenText) } // fmt reports no errors

// LogValue implements [slog.LogValuer].
func (hidden) LogValue() slog.Value { return slog.StringValue(hiddenText) }

// MarshalText implements [encoding.TextMarshaler], and with it JSON.
func (hidden) MarshalText() ([]byte, error) { return []byte(hiddenText), nil }
