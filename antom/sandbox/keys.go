package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"antom-checkout/antom"
)

// Keys are the two key pairs of one sandbox merchant: the merchant's, and the one
// Antom signs with for them. A real merchant knows half of each.
type Keys struct {
	merchant *rsa.PrivateKey
	antom    *rsa.PrivateKey
}

// NewKeys makes fresh pairs of 2048 bits.
func NewKeys() (Keys, error) {
	merchant, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Keys{}, fmt.Errorf("make the merchant's key: %w", err)
	}
	gateway, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Keys{}, fmt.Errorf("make the gateway's key: %w", err)
	}
	return Keys{merchant: merchant, antom: gateway}, nil
}

// newStrangerKeys returns a function that makes the keys of a forger when they are
// first needed: most sandboxes never forge.
func newStrangerKeys() func() Keys {
	return sync.OnceValue(func() Keys {
		keys, err := NewKeys()
		if err != nil {
			panic(err) // the system's random source does not fail
		}
		return keys
	})
}

// keyFile is how keys are kept: bare base64 of PKCS#8 DER.
type keyFile struct {
	Merchant string `json:"merchant_private_key"`
	Antom    string `json:"antom_private_key"`
}

// LoadKeys reads the keys kept at path. Where there is no file it makes keys
// and keeps them there, readable by its owner only, because making them costs
// a good part of a second and a restart should not change a merchant's settings.
func LoadKeys(path string) (Keys, error) {
	text, err := os.ReadFile(path) // #nosec G304 -- it lies beside the database, which a setting names
	if errors.Is(err, fs.ErrNotExist) {
		return makeKeys(path)
	}
	if err != nil {
		return Keys{}, fmt.Errorf("read sandbox keys: %w", err)
	}
	var kept keyFile
	if err := json.Unmarshal(text, &kept); err != nil {
		return Keys{}, fmt.Errorf("sandbox keys in %s are not JSON: %w", path, err)
	}
	merchant, err := antom.ParsePrivateKey(kept.Merchant)
	if err != nil {
		return Keys{}, fmt.Errorf("merchant key in %s: %w", path, err)
	}
	gateway, err := antom.ParsePrivateKey(kept.Antom)
	if err != nil {
		return Keys{}, fmt.Errorf("gateway key in %s: %w", path, err)
	}
	return Keys{merchant: merchant, antom: gateway}, nil
}

func makeKeys(path string) (Keys, error) {
	keys, err := NewKeys()
	if err != nil {
		return Keys{}, err
	}
	text, err := json.MarshalIndent(keyFile{Merchant: privateText(keys.merchant), Antom: privateText(keys.antom)}, "", "\t")
	if err != nil {
		return Keys{}, fmt.Errorf("encode sandbox keys: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Keys{}, fmt.Errorf("keep sandbox keys: %w", err)
	}
	if err := writeFile(path, text); err != nil {
		return Keys{}, fmt.Errorf("keep sandbox keys: %w", err)
	}
	return keys, nil
}

// writeFile replaces path in one step, so that a crash leaves the old or the
// new file and never half of one.
func writeFile(path string, text []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // after the rename there is nothing left to remove
	if _, err := temporary.Write(text); err != nil {
		return errors.Join(err, temporary.Close())
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

func privateText(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err) // an RSA key always has this form
	}
	return base64.StdEncoding.EncodeToString(der)
}

func publicText(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err) // an RSA key always has this form
	}
	return base64.StdEncoding.EncodeToString(der)
}

// Credentials is what a merchant types into their settings to use the sandbox.
// Keys are bare base64 of DER: PKCS#8 and SubjectPublicKeyInfo.
type Credentials struct {
	BaseURL            string `json:"base_url"`
	ClientID           string `json:"client_id"`
	MerchantPrivateKey string `json:"merchant_private_key"`
	AntomPublicKey     string `json:"antom_public_key"`
	SDKURL             string `json:"sdk_url"`
}

// Credentials returns what a merchant needs to use a sandbox that runs elsewhere
// with these keys, such as inside another process.
func (k Keys) Credentials(baseURL, clientID string) Credentials {
	return Credentials{
		BaseURL:            baseURL,
		ClientID:           clientID,
		MerchantPrivateKey: privateText(k.merchant),
		AntomPublicKey:     publicText(&k.antom.PublicKey),
		SDKURL:             baseURL + "/sdk/ams-checkout.min.js",
	}
}
