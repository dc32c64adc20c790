package operators

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// How many characters a password has.
const (
	MinPassword     = 12
	longestPassword = 256
)

// hashing is what a hash of a password costs: 19 MiB and two passes, as OWASP recommends.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashesAtOnce limits the memory that signing in takes.
var hashesAtOnce = make(chan struct{}, 4)

// noPassword is a hash that no password has. An account that is unknown, or has no
// password, is compared with it, so that it takes as long as any other.
var noPassword = sync.OnceValue(func() string {
	token, _ := newToken()
	hash, err := hashPassword(token)
	if err != nil {
		panic("operators: " + err.Error()) // no random numbers
	}
	return hash
})

func hashPassword(password string) (string, error) {
	hashesAtOnce <- struct{}{}
	defer func() { <-hashesAtOnce }()
	return argon2id.CreateHash(norm.NFC.String(password), hashing)
}

// passwordIs compares a password with a hash. It takes as long for an empty hash.
func passwordIs(password, hash string) bool {
	wanted := hash
	if wanted == "" {
		wanted = noPassword()
	}
	if len(password) > 4*longestPassword {
		password = ""
	}
	hashesAtOnce <- struct{}{}
	defer func() { <-hashesAtOnce }()
	same, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), wanted)
	return err == nil && same && hash != ""
}

// guessable are passwords of enough characters that lists of leaked ones begin with.
var guessable = strings.Fields(`123456789012 1234567890123 1234567890abc 1q2w3e4r5t6y 1qaz2wsx3edc
	abcdefghijkl abc123456789 password1234 password12345 password123456 passwordpassword qwertyuiop123 qwertyuiopas qwertyuiop12
	qwerty123456 qwerty1234567 iloveyou1234 welcome12345 letmein12345 administrator administrator1 adminadmin12 adminadminadmin
	administrator123 changeme1234 changemenow1 football1234 sunshine1234 princess1234 1234qwerasdf 123qweasdzxc zaq12wsxcde3
	q1w2e3r4t5y6 987654321098 111222333444 112233445566 trustno1trustno1`)

// checkPassword says why a password cannot be chosen, or nil.
func checkPassword(password string, p Person) error {
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return &Refusal{Code: PasswordShort}
	case n > longestPassword:
		return &Refusal{Code: PasswordLong}
	}
	lower := strings.ToLower(password)
	different := map[rune]bool{}
	for _, r := range lower {
		different[r] = true
	}
	local, _, _ := strings.Cut(strings.ToLower(p.Email), "@")
	if len(different) < 5 || slices.Contains(guessable, lower) || strings.Contains(lower, strings.ToLower(p.Email)) || len(local) > 3 && strings.Trim(strings.ReplaceAll(lower, local, ""), "0123456789!?.-_ ") == "" {
		return &Refusal{Code: PasswordKnown}
	}
	return nil
}
