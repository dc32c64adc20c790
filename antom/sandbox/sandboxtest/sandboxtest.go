// Package sandboxtest makes the keys of a sandbox for tests, once per test program: making
// them takes a good part of a second.
package sandboxtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"antom-checkout/antom/sandbox"
)

// ShortKey makes a key of 1024 bits. Signing with 2048 would be a sixth of the work of the
// handlers' tests and half of a simulation's, and what they show does not depend on it.
func ShortKey() *rsa.PrivateKey { return newKey(1024) }

// Keys are short pairs of a merchant and of Antom.
var Keys = sync.OnceValue(func() sandbox.Keys {
	folder, err := os.MkdirTemp("", "sandboxtest")
	check(err)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "keys.json")
	check(os.WriteFile(path, keyFile(1024), 0o600))
	keys, err := sandbox.LoadKeys(path)
	check(err)
	return keys
})

// MakeKeyFile keeps pairs at a path, where a sandbox that starts finds them. They are as
// long as a program asks of an account.
func MakeKeyFile(t testing.TB, path string) {
	t.Helper()
	if err := os.WriteFile(path, longKeys(), 0o600); err != nil {
		t.Fatalf("make %s: %v", filepath.Base(path), err)
	}
}

var longKeys = sync.OnceValue(func() []byte { return keyFile(2048) })

func keyFile(bits int) []byte {
	content, err := json.Marshal(map[string]string{"merchant_private_key": bare(newKey(bits)), "antom_private_key": bare(newKey(bits))})
	check(err)
	return content
}

func newKey(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	check(err)
	return key
}

// bare is a key as Antom's dashboard writes it.
func bare(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	check(err)
	return base64.StdEncoding.EncodeToString(der)
}

// check stops a test program whose keys cannot be made: there is no test to blame.
func check(err error) {
	if err != nil {
		panic("sandboxtest: " + err.Error())
	}
}
