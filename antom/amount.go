package antom

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// Amount is a sum of money as Antom writes it: a currency and an integer count
// of its smallest unit. The zero Amount is "no amount" and is left out of
// requests. It can only hold what Antom accepts; see [NewAmount].
type Amount struct {
	currency string
	minor    int64
}

const maxMinor = 9_999_999_999_999_999 // 16 digits

var (
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	digits       = regexp.MustCompile(`^(0|[1-9][0-9]{0,15})$`)
)

// NewAmount makes an amount of minor units (cents) of an ISO 4217 currency.
// Antom takes no negative amounts, at most 16 digits, and whole rupiah only:
// IDR has two decimals that must be zero.
func NewAmount(currency string, minor int64) (Amount, error) {
	switch {
	case !currencyCode.MatchString(currency):
		return Amount{}, errors.New("currency is not three capital letters")
	case minor < 0 || minor > maxMinor:
		return Amount{}, errors.New("amount is outside of 0 to 16 digits")
	case currency == "IDR" && minor%100 != 0:
		return Amount{}, errors.New("an IDR amount must end in 00")
	}
	return Amount{currency: currency, minor: minor}, nil
}

// Currency is the ISO 4217 code, or "" for the zero Amount.
func (a Amount) Currency() string { return a.currency }

// Minor is the count of the currency's smallest unit.
func (a Amount) Minor() int64 { return a.minor }

// IsZero reports whether there is no amount at all, not whether it is of 0 units.
func (a Amount) IsZero() bool { return a.currency == "" }

// String prints the amount for people who debug: "SGD 4200".
func (a Amount) String() string { return a.currency + " " + strconv.FormatInt(a.minor, 10) }

// MarshalJSON writes {"currency":"SGD","value":"4200"}.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.IsZero() {
		return []byte("null"), nil
	}
	return fmt.Appendf(nil, `{"currency":%q,"value":"%d"}`, a.currency, a.minor), nil
}

// UnmarshalJSON reads what MarshalJSON writes, and a value sent as a number.
func (a *Amount) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*a = Amount{}
		return nil
	}
	var wire struct {
		Currency string      `json:"currency"`
		Value    json.Number `json:"value"` // accepts "4200" and 4200
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	if !digits.MatchString(wire.Value.String()) {
		return errors.New("amount: value is not a canonical integer")
	}
	minor, err := strconv.ParseInt(wire.Value.String(), 10, 64)
	if err != nil {
		return errors.New("amount: value is out of range")
	}
	parsed, err := NewAmount(wire.Currency, minor)
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	*a = parsed
	return nil
}
