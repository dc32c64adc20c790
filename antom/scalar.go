package antom

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// Bool is a boolean that Antom's documents show as true and as "true". It is
// sent as the official SDKs send it, bare. Use [True] and [False] for pointers.
type Bool bool

// True and False are for the optional booleans of a request: nil leaves them out.
var (
	True  = ptr(Bool(true))
	False = ptr(Bool(false))
)

// UnmarshalJSON reads true and "true".
func (b *Bool) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v {
	case nil:
	case true, "true":
		*b = true
	case false, "false":
		*b = false
	default:
		return errors.New("not a boolean")
	}
	return nil
}

// Int is an integer that Antom's documents show as 20 and as "20".
type Int int

// UnmarshalJSON reads 20 and "20".
func (i *Int) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	v, err := strconv.Atoi(number.String())
	if err != nil {
		return errors.New("not an integer")
	}
	*i = Int(v)
	return nil
}

// Time is a moment in Antom's ISO 8601 form with an offset and whole seconds,
// 2024-01-20T08:51:06+08:00.
type Time struct{ time.Time }

// NewTime rounds t down to the second, as Antom's samples have it.
func NewTime(t time.Time) Time { return Time{t.Truncate(time.Second)} }

// MarshalJSON writes the moment in RFC 3339 with whole seconds.
func (t Time) MarshalJSON() ([]byte, error) {
	return json.Marshal(t.Format(time.RFC3339))
}

// UnmarshalJSON reads RFC 3339; an absent, null or empty time is the zero Time.
func (t *Time) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if text == nil || *text == "" {
		*t = Time{}
		return nil
	}
	parsed, err := time.Parse(time.RFC3339, *text)
	if err != nil {
		return errors.New("not an ISO 8601 time with an offset")
	}
	t.Time = parsed
	return nil
}

func ptr[T any](v T) *T { return &v }
