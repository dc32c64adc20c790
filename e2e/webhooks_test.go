package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// delivery is an event as the merchant's system got it, with a secret to verify it by.
type delivery struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// The reference library of another language believes what the running program delivers, while
// a secret is rotated by either secret, and by no other one.
func TestAnotherLanguageVerifiesWebhooks(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	arrived := make(chan delivery, 8)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got := delivery{Headers: map[string]string{}, Body: string(body)}
		for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
			got.Headers[name] = r.Header.Get(name)
		}
		arrived <- got
	}))
	t.Cleanup(server.Close)
	var made []struct{ ID, Secret string }
	endpoints := func(args ...string) (secret string) {
		t.Helper()
		must(t, json.Unmarshal(shop.runs(append([]string{"endpoints", "--json"}, args...)...), &made))
		if len(made) == 0 {
			return ""
		}
		return made[0].Secret
	}
	takes := func() delivery {
		t.Helper()
		select {
		case got := <-arrived:
			return got
		case <-time.After(patience):
			t.Fatal("nothing is delivered")
		}
		return delivery{}
	}
	first := endpoints("create", server.URL+"/hook")
	id := made[0].ID
	shop.places("/orders", `{"lines":[{"name":"Crêpe 🥞 & <tea>","quantity":1,"unit_amount":2100}],"reference":"R-8"}`)
	created := takes()
	second := endpoints("rotate", id)
	endpoints("test", id)
	rotated := takes()
	if n := len(strings.Fields(rotated.Headers["webhook-signature"])); n != 2 || !strings.Contains(created.Body, "order.created") {
		t.Errorf("while the secret is rotated there are %d signatures; the first delivery is %s", n, created.Body)
	}

	altered, late := created, created
	altered.Body = strings.Replace(created.Body, "2100", "1200", 1)
	late.Headers = map[string]string{"webhook-id": created.Headers["webhook-id"], "webhook-signature": created.Headers["webhook-signature"],
		"webhook-timestamp": fmt.Sprint(time.Now().Add(-time.Hour).Unix())}
	const other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	var all []delivery
	var believed []bool
	for _, c := range []struct {
		delivery delivery
		secret   string
		believed bool
	}{
		{created, first, true}, {created, second, false}, {created, other, false}, {altered, first, false}, {late, first, false},
		{rotated, first, true}, {rotated, second, true}, {rotated, other, false},
	} {
		c.delivery.Secret = c.secret
		all, believed = append(all, c.delivery), append(believed, c.believed)
	}
	for i, problem := range verifiedByNode(t, all) {
		if (problem == "") != believed[i] {
			t.Errorf("delivery %d: the library says %q, believed is to be %v", i, problem, believed[i])
		}
	}
}

// verifiedByNode says why the library refuses deliveries, "" where it does not.
func verifiedByNode(t *testing.T, deliveries []delivery) (problems []string) {
	t.Helper()
	input, err := json.Marshal(deliveries)
	must(t, err)
	var out, failed bytes.Buffer
	verify := exec.CommandContext(t.Context(), "sh", "webhooks/verify.sh")
	verify.Stdin, verify.Stdout, verify.Stderr = bytes.NewReader(input), &out, &failed
	if err := verify.Run(); err != nil {
		t.Fatalf("webhooks/verify.sh: %v: %s", err, &failed)
	}
	must(t, json.Unmarshal(out.Bytes(), &problems))
	if len(problems) != len(deliveries) {
		t.Fatalf("of %d deliveries %d were verified", len(deliveries), len(problems))
	}
	return problems
}
