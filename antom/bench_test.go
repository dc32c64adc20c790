package antom

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"
)

// How to run these, and what came out, stands in BENCH.md. They take the package's
// work and the bare work in turn within one run, and report the median of the
// ratios: absolute times say more about the machine than about the code.

// ratio times whole and bare in turn and reports the median of time by time.
func ratio(b *testing.B, whole, bare func()) {
	const pairs = 15
	rounds := max(b.N/pairs, 1)
	measure := func(f func()) time.Duration {
		start := time.Now()
		for range rounds {
			f()
		}
		return time.Since(start)
	}
	whole()
	bare() // open the connections, warm the caches
	ratios := make([]float64, pairs)
	b.ResetTimer()
	for i := range ratios {
		ratios[i] = float64(measure(whole)) / float64(measure(bare))
	}
	slices.Sort(ratios)
	b.ReportMetric(0, "ns/op") // it would be that of the pair
	b.ReportMetric(ratios[pairs/2], "x-bare")
}

// BenchmarkCallRatio: a call against a bare signature and a keep-alive round
// trip of the same bytes.
func BenchmarkCallRatio(b *testing.B) {
	server := fixedServer(b, "payments/pay")
	server.Start()
	cfg := config(b)
	cfg.BaseURL = server.URL
	c, req := newClient(b, cfg), payRequest(b)
	body, err := json.Marshal(req)
	if err != nil {
		b.Fatal(err)
	}
	key, digest := privateKey(b, "merchant"), sha256.Sum256(body)
	plain := &http.Client{Transport: &http.Transport{}}
	ratio(b, func() {
		if _, err := c.Pay(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}, func() {
		if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
		res, err := plain.Post(server.URL+"/ams/sandbox/api/v1/payments/pay", "application/json", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	})
}

// cardNotification is the longest of Antom's samples, without its spaces.
func cardNotification(t testing.TB) string {
	sample, err := os.ReadFile("testdata/seeds/server-card-payment-3d.notification.json")
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, sample); err != nil {
		t.Fatal(err)
	}
	return compact.String()
}

// BenchmarkNotificationRatio: a notification against a bare verification and
// json.Unmarshal of the same bytes.
func BenchmarkNotificationRatio(b *testing.B) {
	text := cardNotification(b)
	c, header, body := newClient(b, config(b)), signedBy(b, "antom", notifyPath, text), []byte(text)
	signature, err := ParseSignature(header.Get("Signature"))
	if err != nil {
		b.Fatal(err)
	}
	key, message := &privateKey(b, "antom").PublicKey, SigningString(http.MethodPost, notifyPath, clientID, timeText, body)
	ratio(b, func() {
		if _, err := c.ParseNotification(notifyPath, header, body); err != nil {
			b.Fatal(err)
		}
	}, func() {
		digest := sha256.Sum256(message)
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature.Value); err != nil {
			b.Fatal(err)
		}
		if err := json.Unmarshal(body, new(PaymentResult)); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkCall and BenchmarkNotification are for their allocations.

func BenchmarkCall(b *testing.B) {
	server := fixedServer(b, "payments/pay")
	server.Start()
	cfg := config(b)
	cfg.BaseURL = server.URL
	c, req := newClient(b, cfg), payRequest(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Pay(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNotification(b *testing.B) {
	text := cardNotification(b)
	c, header, body := newClient(b, config(b)), signedBy(b, "antom", notifyPath, text), []byte(text)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.ParseNotification(notifyPath, header, body); err != nil {
			b.Fatal(err)
		}
	}
}
