package app

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
)

// The session key makes all links; the key of the links makes no session.
func TestTheLinksHaveAKeyOfTheirOwn(t *testing.T) {
	sessions := bytes.Repeat([]byte{7}, 64)
	key := linkKey(sessions)
	if len(key) != 32 || bytes.Contains(sessions, key) || !bytes.Equal(key, linkKey(sessions)) || linkKey(nil) != nil {
		t.Errorf("key %x", key)
	}
}

func TestTheSessionKeyIsMadeOnceAndStored(t *testing.T) {
	folder := t.TempDir()
	cfg := load(t, environ{"DATABASE_URL": filepath.Join(folder, "shop.db")})
	keys := func() []byte {
		t.Helper()
		keys, err := cfg.sessionKeys()
		if err != nil || len(keys) != 64 {
			t.Fatalf("session keys of %d bytes, %v; want 64", len(keys), err)
		}
		return keys
	}
	first := keys()
	if !bytes.Equal(first, keys()) {
		t.Error("a restart makes another key: every cart would be lost")
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("the folder holds %v (%v), want the key alone", files, err)
	}
	info, err := files[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %o, want 600", info.Mode().Perm())
	}
	file := filepath.Join(folder, files[0].Name())
	if content, err := os.ReadFile(file); err != nil || len(content) < 32 {
		t.Errorf("the key has %d characters (%v), want 32 or more", len(content), err)
	}
	if err := os.WriteFile(file, []byte("cut off"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cfg.sessionKeys(); err == nil {
		t.Error("a damaged key was taken")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first, keys()) {
		t.Error("two shops have the same key")
	}
}

func TestAGivenSessionKeyIsUsedAndNotStored(t *testing.T) {
	folder := t.TempDir()
	keysOf := func(key string) []byte {
		t.Helper()
		s := load(t, environ{"DATABASE_URL": filepath.Join(folder, "shop.db"), "SESSION_KEY": key})
		keys, err := s.sessionKeys()
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	if bytes.Equal(keysOf(strings.Repeat("k", 32)), keysOf(strings.Repeat("l", 32))) {
		t.Error("two settings make the same key")
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
		t.Errorf("the folder holds %v (%v), want nothing", files, err)
	}
}

// A merchant who sets a key of their own names the file of the key that was made.
func TestTheKeyThatWasMadeServesAsTheKeyBefore(t *testing.T) {
	env := environ{"DATABASE_URL": filepath.Join(t.TempDir(), "shop.db")}
	before := load(t, env)
	made, err := before.sessionKeys()
	if err != nil || before.keysBefore() != nil {
		t.Fatalf("keys before the first: %x, %v", before.keysBefore(), err)
	}
	env["SESSION_KEY"], env["SESSION_KEY_PREVIOUS_FILE"] = strings.Repeat("k", 32), before.besideDatabase(sessionKey)
	after := load(t, env)
	if !bytes.Equal(after.keysBefore(), made) {
		t.Error("what the made key has sealed and signed is lost")
	}
}

// merchantKeys are a merchant's private key and Antom's public one.
func merchantKeys(t *testing.T) (private, public string) {
	t.Helper()
	keys, err := sandbox.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	c := keys.Credentials("http://localhost", sandbox.DefaultClientID)
	return c.MerchantPrivateKey, c.AntomPublicKey
}

func TestKeysThatCanBeBrokenAreRefused(t *testing.T) {
	private, public := merchantKeys(t)
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	shortPrivate := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(short))
	shortPublic := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&short.PublicKey))
	own, err := antom.ParsePrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	ownPublic := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&own.PublicKey))
	for _, row := range []struct {
		private, public string
		want            []string
		mistaken        bool
	}{
		{private, public, nil, false},
		{private, ownPublic, nil, true},
		{shortPrivate, "1:" + public + ",2:" + shortPublic, []string{"ANTOM_PRIVATE_KEY: an RSA key of 1024 bits", "ANTOM_PUBLIC_KEY: version 2: an RSA key of 1024 bits"}, true},
		{"private", "public", []string{"ANTOM_PRIVATE_KEY: ", "ANTOM_PUBLIC_KEY: "}, false},
	} {
		s := load(t, account(environ{"ANTOM_PRIVATE_KEY": row.private, "ANTOM_PUBLIC_KEY": row.public}))
		mistaken, err := s.checkKeys()
		if mistaken != row.mistaken || (err == nil) != (row.want == nil) {
			t.Errorf("mistaken %v, %v, want %q", mistaken, err, row.want)
		}
		for _, part := range row.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%v does not say %q", err, part)
			}
		}
	}
	env := account(environ{"ANTOM_PRIVATE_KEY": shortPrivate, "ANTOM_PUBLIC_KEY": public, "ADDR": "127.0.0.1:0", "DATABASE_URL": filepath.Join(t.TempDir(), "shop.db")})
	if _, err := Build(t.Context(), load(t, env), Outside{}); !errors.As(err, &usageError{}) {
		t.Errorf("a program is built with a short key: %v", err)
	}
}
