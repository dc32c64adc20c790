// Package pictures serves the pictures of a merchant's own order lines from the shop's own
// origin, so that a page with them asks no third party for anything.
//
//	p := pictures.New(pictures.Config{Key: key, Dialer: dialer, Now: time.Now})
//	src := p.Path("https://shop.example/mug.png") // "/pictures/SIGNATURE/ADDRESS"
//	picture, err := p.Open(ctx, signature, address)
//
// Only addresses that Path has signed are fetched, over connections that safedial checks. The
// picture's type is read from its bytes.
package pictures

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"antom-checkout/webhooks/safedial"
)

// Prefix begins the path of every picture.
const Prefix = "/pictures/"

// Limits of one fetch.
const (
	maxBytes = 1 << 20
	timeout  = 5 * time.Second
	parallel = 8 // fetches at once; others wait for one to end
)

// types are what the bytes may be. SVG is missing: it is a document that can hold scripts.
var types = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// Errors of Open.
var (
	ErrUnsigned = errors.New("the address of the picture is not signed")
	ErrMissing  = errors.New("the picture cannot be had")
)

// Config is what pictures need.
type Config struct {
	Key       []byte // signs addresses
	KeyBefore []byte // whose signatures still count; nil: there is none
	Dialer    *safedial.Dialer
	Now       func() time.Time
}

// Picture is a picture as it is served.
type Picture struct {
	Type  string // its media type
	Bytes []byte
}

// Pictures fetches pictures and keeps the last ones. It is safe for concurrent use.
type Pictures struct {
	cfg    Config
	client *http.Client
	slots  chan struct{}
	cache  cache
}

// New makes Pictures.
func New(cfg Config) *Pictures {
	return &Pictures{cfg: cfg, client: cfg.Dialer.Client(timeout), slots: make(chan struct{}, parallel)}
}

// Path is where the picture at an address is served, or "" for what is no address on the web.
func (p *Pictures) Path(address string) string {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return ""
	}
	return Prefix + signature(p.cfg.Key, address) + "/" + encoding.EncodeToString([]byte(address))
}

// Open is the picture of a path: its signature, and its address as Path has written it.
// Errors: ErrUnsigned, ErrMissing.
func (p *Pictures) Open(ctx context.Context, signed, encoded string) (Picture, error) {
	address, err := encoding.DecodeString(encoded)
	if err != nil || !p.hasSigned(signed, string(address)) {
		return Picture{}, ErrUnsigned
	}
	picture, err := p.cache.get(ctx, string(address), p.cfg.Now, p.fetch)
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	return picture, nil
}

var encoding = base64.RawURLEncoding.Strict()

// signature holds 128 bits.
func signature(key []byte, address string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(address))
	return encoding.EncodeToString(mac.Sum(nil)[:16])
}

func (p *Pictures) hasSigned(signed, address string) bool {
	for _, key := range [][]byte{p.cfg.Key, p.cfg.KeyBefore} {
		if key != nil && hmac.Equal([]byte(signed), []byte(signature(key, address))) {
			return true
		}
	}
	return false
}

// fetch asks the server that has the picture. It tells that server nothing of the buyer.
func (p *Pictures) fetch(address string) (Picture, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout) // the waiting for a slot as well
	defer cancel()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
	u, err := p.cfg.Dialer.ParseURL(address)
	if err != nil {
		return Picture{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Picture{}, err
	}
	req.Header.Set("Accept", strings.Join(types, ", "))
	req.Header.Set("User-Agent", "antom-checkout")
	res, err := p.client.Do(req)
	if err != nil {
		return Picture{}, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	if res.StatusCode != http.StatusOK {
		return Picture{}, fmt.Errorf("the answer is %s", res.Status)
	}
	return read(res.Body)
}

// read takes a picture whose bytes are one of the types, and not too large.
func read(body io.Reader) (Picture, error) {
	bytes, err := io.ReadAll(io.LimitReader(body, maxBytes+1))
	if err != nil {
		return Picture{}, err
	}
	if len(bytes) > maxBytes {
		return Picture{}, fmt.Errorf("it has more than %d bytes", maxBytes)
	}
	found := http.DetectContentType(bytes)
	if !slices.Contains(types, found) {
		return Picture{}, fmt.Errorf("it is %s", found)
	}
	return Picture{found, bytes}, nil
}
