package antom

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
)

// ParsePrivateKey reads an RSA private key: PEM or bare base64 DER, PKCS#8 or
// PKCS#1. Errors never quote the key.
func ParsePrivateKey(text string) (*rsa.PrivateKey, error) {
	der, err := keyBytes(text)
	if err != nil {
		return nil, err
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		if _, err := publicKey(der); err == nil {
			return nil, errors.New("not a PKCS#8 or PKCS#1 private key, but a public one")
		}
		return nil, errors.New("not a PKCS#8 or PKCS#1 private key")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("not an RSA key")
	}
	return key, nil
}

// ParsePublicKey reads an RSA public key: PEM or bare base64 DER of an X.509
// SubjectPublicKeyInfo, or of PKCS#1.
func ParsePublicKey(text string) (*rsa.PublicKey, error) {
	der, err := keyBytes(text)
	if err != nil {
		return nil, err
	}
	key, err := publicKey(der)
	if err != nil {
		if _, err := ParsePrivateKey(text); err == nil {
			return nil, errors.New("not an X.509 public key, but a private one; Antom's public key belongs here")
		}
	}
	return key, err
}

func publicKey(der []byte) (*rsa.PublicKey, error) {
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errors.New("not an X.509 public key")
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("not an RSA key")
	}
	return key, nil
}

// armour is the PEM around a key, wherever its lines end: variables lose line ends, or
// hold them as "\n".
var armour = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----`)

// keyBytes reads the DER of a key in PEM, or in base64 of either alphabet, with line
// breaks or without.
func keyBytes(text string) ([]byte, error) {
	text = strings.NewReplacer(`\r`, "\n", `\n`, "\n").Replace(text)
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("key is missing")
	}
	if !strings.Contains(text, "-----BEGIN") {
		der, err := decodeBase64(text)
		if err != nil {
			return nil, errors.New("neither PEM nor base64")
		}
		if !armour.Match(der) { // otherwise the whole file was encoded once more, as secrets of clusters are
			return der, nil
		}
		text = string(der)
	}
	block := armour.FindStringSubmatch(text)
	switch {
	case block == nil || block[1] != block[3]:
		return nil, errors.New("PEM block is damaged")
	case strings.Contains(block[1], "CERTIFICATE"):
		return nil, errors.New("a certificate; take the key out of it: openssl x509 -pubkey -noout")
	case strings.Contains(block[1], "OPENSSH"):
		return nil, errors.New("a key of OpenSSH; convert it: ssh-keygen -p -m PKCS8")
	case strings.Contains(block[1], "ENCRYPTED") || strings.Contains(block[2], "ENCRYPTED"):
		return nil, errors.New("encrypted; decrypt it: openssl pkey -in FILE -out FILE")
	}
	der, err := decodeBase64(block[2])
	if err != nil {
		return nil, errors.New("PEM block is damaged")
	}
	return der, nil
}

func decodeBase64(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.Join(strings.Fields(text), ""))
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
}
