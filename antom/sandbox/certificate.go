package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"time"
)

// LoadCertificate reads the certificate that is kept at path, which vouches for itself,
// for a sandbox that is reached by HTTPS. Where there is none, or it is not good for a host
// or for another month, it makes one and keeps it there with its key, readable by its
// owner only. A client has to trust it, or to verify nothing, as some SDKs do.
func LoadCertificate(path string, now time.Time, hosts ...string) (tls.Certificate, error) {
	kept, err := tls.LoadX509KeyPair(path, path)
	switch {
	case err == nil && goodFor(kept, now, hosts):
		return kept, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return tls.Certificate{}, fmt.Errorf("sandbox certificate in %s: %w", path, err)
	}
	text, err := newCertificate(now, hosts)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make the sandbox's certificate: %w", err)
	}
	if err := writeFile(path, text); err != nil {
		return tls.Certificate{}, fmt.Errorf("keep the sandbox's certificate: %w", err)
	}
	return tls.X509KeyPair(text, text)
}

// Trust is a pool of this certificate alone, for a client of the sandbox.
func Trust(certificate tls.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(certificate.Leaf)
	return pool
}

func goodFor(certificate tls.Certificate, now time.Time, hosts []string) bool {
	leaf := certificate.Leaf
	if now.Before(leaf.NotBefore) || now.AddDate(0, 1, 0).After(leaf.NotAfter) {
		return false
	}
	for _, host := range hosts {
		if leaf.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}

// newCertificate is a certificate with its key, in PEM.
func newCertificate(now time.Time, hosts []string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Antom sandbox"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(1, 1, 0), // browsers take no more than 398 days
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			form.IPAddresses = append(form.IPAddresses, ip)
		} else {
			form.DNSNames = append(form.DNSNames, host)
		}
	}
	certificate, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}
