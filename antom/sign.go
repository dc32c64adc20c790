package antom

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// ErrSignature is what every failed signature check comes back as: the message
// is not proven to be Antom's, so nothing in it may be believed.
var ErrSignature = errors.New("antom: signature not verified")

const algorithm = "RSA256"

// SigningString is the text Antom signs and has signed: the method and path of
// the request, the client id, the time header as received, and the raw body.
// An answer is signed over the path of the request it answers.
// See https://global.alipay.com/docs/ac/ams/digital_signature.
func SigningString(method, path, clientID, time string, body []byte) []byte {
	head := method + " " + path + "\n" + clientID + "." + time + "."
	return append([]byte(head), body...)
}

// Signature is the value of a Signature header.
type Signature struct {
	KeyVersion string // which of the signer's keys; "1" when the header names none
	Value      []byte // the raw RSASSA-PKCS1-v1_5 signature
}

// Sign signs message with SHA256withRSA under key version 1.
func Sign(key *rsa.PrivateKey, message []byte) (Signature, error) {
	digest := sha256.Sum256(message)
	value, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		return Signature{}, fmt.Errorf("sign: %w", err)
	}
	return Signature{KeyVersion: "1", Value: value}, nil
}

// Verify reports with a nil error that the holder of key signed message.
func (s Signature) Verify(key *rsa.PublicKey, message []byte) error {
	digest := sha256.Sum256(message)
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], s.Value) != nil {
		return ErrSignature
	}
	return nil
}

// String prints the header in the three-part form, and with the URL-encoded
// base64, that the official SDKs insist on.
func (s Signature) String() string {
	return "algorithm=" + algorithm + ",keyVersion=" + s.KeyVersion +
		",signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(s.Value))
}

// ParseSignature reads a Signature header. Spaces after the commas are allowed,
// because some of Antom's documents print them; a repeated or missing part and
// any algorithm but RSA256 are not.
func ParseSignature(header string) (Signature, error) {
	parts := map[string]string{}
	for part := range strings.SplitSeq(header, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := parts[name]; !found || twice {
			return Signature{}, fmt.Errorf("%w: malformed Signature header", ErrSignature)
		}
		parts[name] = value
	}
	if parts["algorithm"] != algorithm {
		return Signature{}, fmt.Errorf("%w: algorithm is not %s", ErrSignature, algorithm)
	}
	// PathUnescape, because QueryUnescape would turn the '+' of a value that was
	// sent without URL encoding into a space.
	encoded, err := url.PathUnescape(parts["signature"])
	if err != nil {
		return Signature{}, fmt.Errorf("%w: signature is not URL-encoded base64", ErrSignature)
	}
	value, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(value) == 0 {
		return Signature{}, fmt.Errorf("%w: signature is not base64", ErrSignature)
	}
	version, named := parts["keyVersion"]
	if !named {
		version = "1"
	}
	return Signature{KeyVersion: version, Value: value}, nil
}

// ParsePublicKeys reads one public key, which then is version 1, or several as
// "version:key,version:key", so that a rotation loses nothing.
func ParsePublicKeys(text string) (map[string]*rsa.PublicKey, error) {
	keys := map[string]*rsa.PublicKey{}
	for part := range strings.SplitSeq(text, ",") {
		version, encoded, versioned := strings.Cut(strings.TrimSpace(part), ":")
		if !versioned {
			version, encoded = "1", part
		}
		if !keyVersion.MatchString(version) { // perhaps a key by mistake: it is not quoted
			return nil, errors.New("key version is not a short text")
		}
		key, err := ParsePublicKey(encoded)
		if err != nil {
			return nil, fmt.Errorf("key version %s: %w", version, err)
		}
		if _, twice := keys[version]; twice {
			return nil, fmt.Errorf("key version %s is given twice", version)
		}
		keys[version] = key
	}
	return keys, nil
}

var keyVersion = regexp.MustCompile(`^[A-Za-z0-9._-]{1,16}$`)
