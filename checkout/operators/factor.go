package operators

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// A code of the second factor is for one step of time. One step before and one after count
// as well, because clocks differ.
const (
	stepSeconds = 30
	stepsBeside = 1
)

// newTOTP makes the secret of a second factor.
func newTOTP(issuer, account string) (*otp.Key, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: account, Period: stepSeconds, SecretSize: 20})
	if err != nil {
		return nil, fmt.Errorf("make second factor: %w", err)
	}
	return key, nil
}

// stepOf finds the step of a code, which is after the last one that was used.
func stepOf(secret, code string, now time.Time, last int64) (step int64, ok bool) {
	code = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, code)
	for beside := int64(-stepsBeside); beside <= stepsBeside; beside++ {
		at := now.Unix()/stepSeconds + beside
		right, err := totp.GenerateCode(secret, time.Unix(at*stepSeconds, 0))
		if err == nil && at > last && subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok
}

// How many recovery codes there are, and of how many characters in how many groups: 120
// random bits, so that a plain hash keeps them.
const (
	recoveryCodes  = 10
	recoveryGroups = 4
	recoveryGroup  = 6
)

// newRecovery makes recovery codes and their hashes.
func newRecovery() (codes, hashes []string) {
	for range recoveryCodes {
		text := rand.Text()
		var groups []string
		for i := range recoveryGroups {
			groups = append(groups, text[i*recoveryGroup:(i+1)*recoveryGroup])
		}
		code := strings.Join(groups, "-")
		codes, hashes = append(codes, code), append(hashes, hashRecovery(code))
	}
	return codes, hashes
}

// hashRecovery is the hash of a code however it was typed.
func hashRecovery(typed string) string {
	return hashOf(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(typed)))
}

// prove is the person after a code of their second factor, or a recovery code, was used.
func (m Member) prove(code string, now time.Time) (after Member, recovered bool, err error) {
	if len(code) > 100 {
		return m, false, &Refusal{Code: WrongCode}
	}
	if step, ok := stepOf(m.TOTP, code, now, m.TOTPStep); ok && m.TOTP != "" {
		m.TOTPStep = step
		return m, false, nil
	}
	if i := slices.Index(m.Recovery, hashRecovery(code)); i >= 0 {
		m.Recovery = slices.Delete(slices.Clone(m.Recovery), i, i+1)
		return m, true, nil
	}
	return m, false, &Refusal{Code: WrongCode}
}
