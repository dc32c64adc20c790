package app

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"antom-checkout/antom"
	"antom-checkout/db"
)

const sessionKey = "session.key" // beside the database

// sessionKeys is 64 bytes derived from the setting, or from a key that is made once
// and stored beside the database.
func (s *Settings) sessionKeys() ([]byte, error) {
	text := s.SessionKey.Reveal()
	if text == "" {
		var err error
		if text, err = storedKey(s.besideDatabase(sessionKey)); err != nil {
			return nil, fmt.Errorf("session key: %w", err)
		}
	}
	sum := sha512.Sum512([]byte(text))
	return sum[:], nil
}

// keysThatAre are the same, or nil where none are given and no server has made any.
func (s *Settings) keysThatAre() ([]byte, error) {
	if s.SessionKey.Empty() {
		if _, err := os.Stat(s.besideDatabase(sessionKey)); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
	}
	return s.sessionKeys()
}

// keysBefore are likewise derived from the key before, or nil.
func (s *Settings) keysBefore() []byte {
	if s.SessionKeyOld.Empty() {
		return nil
	}
	sum := sha512.Sum512([]byte(s.SessionKeyOld.Reveal()))
	return sum[:]
}

// useKeys gives the store the key that it seals with, and the one before.
func (p *Program) useKeys() error {
	if before := p.Settings.keysBefore(); before != nil {
		return p.Store.UseKey(databaseKey(p.keys), databaseKey(before))
	}
	return p.Store.UseKey(databaseKey(p.keys))
}

// leastBits is the length of Antom's keys; shorter ones can be broken.
const leastBits = 2048

// checkKeys reports what is wrong with the keys of the account, and whether the public
// one is the merchant's own by mistake.
func (s *Settings) checkKeys() (mistaken bool, err error) {
	var problems []error
	problem := func(setting string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", setting, err))
		}
	}
	private, err := antom.ParsePrivateKey(s.AntomPrivateKey.Reveal())
	if err == nil {
		err = longEnoughKey(&private.PublicKey)
	}
	problem("ANTOM_PRIVATE_KEY", err)
	public, err := antom.ParsePublicKeys(s.AntomPublicKey.Reveal())
	for version, key := range public {
		if short := longEnoughKey(key); short != nil {
			problem("ANTOM_PUBLIC_KEY", fmt.Errorf("version %s: %w", version, short))
		}
		mistaken = mistaken || private != nil && key.Equal(&private.PublicKey)
	}
	problem("ANTOM_PUBLIC_KEY", err)
	return mistaken, errors.Join(problems...)
}

func longEnoughKey(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits < leastBits {
		return fmt.Errorf("an RSA key of %d bits can be broken; %d is the least", bits, leastBits)
	}
	return nil
}

// besideDatabase is the path of a file in the folder of data.
func (s *Settings) besideDatabase(name string) string { return filepath.Join(s.dataFolder(), name) }

// dataFolder is the folder of the SQLite file, or where the database is on a server, the one
// that it would stand in.
func (s *Settings) dataFolder() string {
	if db.OnServer(s.Database) {
		return filepath.Dir(defaultDatabase)
	}
	return filepath.Dir(s.Database)
}

// linkKey signs the links in emails.
func linkKey(sessionKeys []byte) []byte {
	return derived(sessionKeys, "antom-checkout links to orders")
}

// countKey hashes what is counted in the database.
func countKey(sessionKeys []byte) []byte { return derived(sessionKeys, "antom-checkout counts") }

// pictureKey signs the addresses of pictures on pages.
func pictureKey(sessionKeys []byte) []byte {
	return derived(sessionKeys, "antom-checkout pictures")
}

// databaseKey seals what would open a checkout page in the database.
func databaseKey(sessionKeys []byte) []byte { return derived(sessionKeys, "antom-checkout database") }

// derived is a key for one purpose. It is derived from the session keys and cannot
// replace them.
func derived(sessionKeys []byte, purpose string) []byte {
	if sessionKeys == nil {
		return nil
	}
	key, err := hkdf.Key(sha512.New, sessionKeys, nil, purpose, 32)
	if err != nil {
		panic("app: " + err.Error()) // 32 bytes are never too many
	}
	return key
}

func storedKey(path string) (string, error) {
	key, err := os.ReadFile(path) // #nosec G304 -- it lies beside the database, which a setting names
	switch {
	case err == nil && len(key) >= 32:
		return string(key), nil
	case err == nil:
		return "", fmt.Errorf("%s is damaged; delete it to make a new one", path)
	case !errors.Is(err, os.ErrNotExist):
		return "", err
	}
	made := rand.Text() + rand.Text()
	return made, os.WriteFile(path, []byte(made), 0o600)
}
