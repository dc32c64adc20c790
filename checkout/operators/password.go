package operators

import (
	"context"
	"crypto/sha256"
	_ "embed" // the list of breached passwords
	"slices"
	"sort"
	"strings"
	"unicode"
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

// noPassword is the hash of a random text that is not kept. An account that is unknown, or has
// no password, is compared with it, so that this costs the same as any other.
const noPassword = "$argon2id$v=19$m=19456,t=2,p=1$fzYymIbMvOjbeqWq5klsgA$Qo1jok1ht5JsSQxah37EGub22C6rEZfXWHeR9h38B4U" // #nosec G101 -- opens nothing: what it is the hash of is not kept

// compare is a variable so that a test can count the hashes that a sign-in computes.
var compare = argon2id.ComparePasswordAndHash

func hashPassword(password string) (string, error) {
	hashesAtOnce <- struct{}{}
	defer func() { <-hashesAtOnce }()
	return argon2id.CreateHash(norm.NFC.String(password), hashing)
}

// passwordIs compares a password with a hash. It takes as long for an empty hash.
func passwordIs(password, hash string) bool {
	wanted := hash
	if wanted == "" {
		wanted = noPassword
	}
	if len(password) > 4*longestPassword {
		password = ""
	}
	hashesAtOnce <- struct{}{}
	defer func() { <-hashesAtOnce }()
	same, err := compare(norm.NFC.String(password), wanted)
	return err == nil && same && hash != ""
}

// breached are passwords that were found in breaches: those of MinPassword characters or more,
// and the most common shorter ones. It is the first bytes of the SHA-256 of each in lower
// case, in order; tools/breached makes it.
//
//go:embed breached.bin
var breached string

const breachedSize = 6 // bytes of one

// isListed reports whether a text in lower case is in the list.
func isListed(text string) bool {
	sum := sha256.Sum256([]byte(text))
	wanted, n := string(sum[:breachedSize]), len(breached)/breachedSize
	at := func(i int) string { return breached[i*breachedSize : (i+1)*breachedSize] }
	i := sort.Search(n, func(i int) bool { return at(i) >= wanted })
	return i < n && at(i) == wanted
}

// isBreached reports whether a password is in the list, or is one of the list that was made
// longer by digits and signs at its ends, or by writing it again.
func isBreached(password string) bool {
	lower := strings.ToLower(password)
	core := strings.Trim(lower, atEnds)
	return isListed(lower) || isListed(core) || isListed(once(lower)) || isListed(once(core))
}

// atEnds are what people put at the ends of a word that is too short.
const atEnds = "0123456789!?.,:;-_+*#$%&@ "

// once is the text that another one repeats, or that one itself.
func once(text string) string {
	for n := 1; n <= len(text)/2; n++ {
		if len(text)%n == 0 && strings.Repeat(text[:n], len(text)/n) == text {
			return text[:n]
		}
	}
	return text
}

// fewestOwn is how many characters a password has beside words of the
// shop and the person, digits, and signs that are put at its ends.
const fewestOwn = 4

// isGuessable reports whether a password is made of few characters, or of little but words
// of the shop and the person, which are tried first.
func isGuessable(password string, p Person, shopName string) bool {
	rest := strings.ToLower(password)
	different := map[rune]bool{}
	for _, r := range rest {
		different[r] = true
	}
	for _, word := range contextWords(p, shopName) {
		rest = strings.ReplaceAll(rest, word, "")
	}
	rest = strings.Trim(rest, atEnds)
	return len(different) < 5 || utf8.RuneCountInString(rest) < fewestOwn
}

// contextWords are those that a password is not made of, the longest first: the person's email
// with its parts, their name, the shop's name, and what the program is called.
func contextWords(p Person, shopName string) (words []string) {
	email := strings.ToLower(p.Email)
	words = append([]string{email, strings.ToLower(shopName), strings.ToLower(p.Name), "antom", "checkout", "dashboard"},
		strings.FieldsFunc(email+" "+strings.ToLower(p.Name+" "+shopName), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
	words = slices.DeleteFunc(words, func(word string) bool { return utf8.RuneCountInString(word) < 3 })
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// checkPassword says why a password cannot be chosen, or nil.
func (s *base) checkPassword(ctx context.Context, password string, p Person) error {
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return &Refusal{Code: PasswordShort}
	case n > longestPassword:
		return &Refusal{Code: PasswordLong}
	case isGuessable(password, p, s.cfg.ShopName):
		return &Refusal{Code: PasswordKnown}
	case isBreached(password), s.cfg.Breached != nil && s.cfg.Breached(ctx, password):
		return &Refusal{Code: PasswordBreached}
	}
	return nil
}
