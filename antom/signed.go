package antom

import (
	"crypto/rsa"
	"fmt"
	"net/http"
	"regexp"
)

// Signed is a message as it came: its body, and all that Antom's signature covers beside
// it. Kept, it can be verified again, by anyone who has Antom's public key.
type Signed struct {
	Path      string // of the request, also of an answer
	ClientID  string // the header Client-Id
	Time      string // the header Request-Time of a notification, Response-Time of an answer
	Signature string // the header Signature
	Body      []byte
}

// pathSyntax keeps the line end out: the signed text has one behind the path.
var pathSyntax = regexp.MustCompile(`^/[!-~]*$`)

// timeSyntax is what Antom writes into its time headers. A looser one would let
// a dot, and with it a part of the signed text, wander from one field to the next.
var timeSyntax = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)|\d{13})$`)

// Verify reports with a nil error that Antom signed the message. keys are those of
// [ParsePublicKeys]. The error is [ErrSignature].
func (s Signed) Verify(keys map[string]*rsa.PublicKey) error {
	switch {
	case !pathSyntax.MatchString(s.Path):
		return fmt.Errorf("%w: malformed path", ErrSignature)
	case !clientIDSyntax.MatchString(s.ClientID):
		return fmt.Errorf("%w: malformed Client-Id", ErrSignature)
	case !timeSyntax.MatchString(s.Time):
		return fmt.Errorf("%w: malformed time", ErrSignature)
	}
	signature, err := ParseSignature(s.Signature)
	if err != nil {
		return err
	}
	key, known := keys[signature.KeyVersion]
	if !known {
		return fmt.Errorf("%w: unknown key version", ErrSignature)
	}
	return signature.Verify(key, SigningString(http.MethodPost, s.Path, s.ClientID, s.Time, s.Body))
}

// Format prints no body: messages hold card tokens and buyers' data.
func (s Signed) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "antom.Signed{Path:%s}", s.Path) }
