package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Duration is a time.Duration that JSON writes as people do: "2m30s".
type Duration time.Duration

// String writes 2m30s.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes 2m30s.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads "2m30s", and a bare number of seconds.
func (d *Duration) UnmarshalJSON(text []byte) error {
	var seconds float64
	if json.Unmarshal(text, &seconds) == nil {
		*d = Duration(seconds * float64(time.Second))
		return nil
	}
	var words string
	if err := json.Unmarshal(text, &words); err != nil {
		return errors.New(`a duration is "2m30s" or a number of seconds`)
	}
	parsed, err := time.ParseDuration(words)
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 2m30s", words)
	}
	*d = Duration(parsed)
	return nil
}
