package checkout

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// unwritten keeps the type that embeds it from being written anywhere: it prints with no
// verb, not into a log, and cannot be marshalled.
type unwritten struct{}

var errUnwritten = errors.New("what belongs to an entered card is sent to Antom and written nowhere")

// String implements [fmt.Stringer].
func (unwritten) String() string { return hiddenText }

// Format implements [fmt.Formatter], for every verb.
func (unwritten) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenText) } // fmt reports no errors

// LogValue implements [slog.LogValuer].
func (unwritten) LogValue() slog.Value { return slog.StringValue(hiddenText) }

// MarshalText implements [encoding.TextMarshaler], and with it JSON and XML: it fails.
func (unwritten) MarshalText() ([]byte, error) { return nil, errUnwritten }

// GobEncode implements [encoding/gob.GobEncoder]: it fails.
func (unwritten) GobEncode() ([]byte, error) { return nil, errUnwritten }
