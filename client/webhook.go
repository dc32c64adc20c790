package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrNotSigned says that a request does not come from the checkout, or is old: answer 401.
var ErrNotSigned = errors.New("client: the webhook is not signed by the checkout, or is more than five minutes old")

// webhookAge is how far the time of a webhook may be from now.
const webhookAge = 5 * time.Minute

// Webhook verifies a request to a webhook endpoint by the endpoint's secret (whsec_…) and
// returns its event. The body is what was received, byte for byte. Events come again and in
// any order: an order's event is news if its Sequence is above what is known. Answer 2xx
// once it is stored. Error: ErrNotSigned.
func Webhook(secret string, header http.Header, body []byte, now time.Time) (*Event, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) == 0 {
		return nil, errors.New("client: the webhook secret is not as the checkout has shown it: whsec_…")
	}
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > webhookAge {
		return nil, ErrNotSigned
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
	if !carries(header.Get("webhook-signature"), mac.Sum(nil)) {
		return nil, ErrNotSigned
	}
	event := new(Event)
	if err := json.Unmarshal(body, event); err != nil {
		return nil, fmt.Errorf("client: the event: %w", err)
	}
	return event, nil
}

// carries reports whether one of the signatures is this one. While a secret is rotated
// there are two.
func carries(signatures string, want []byte) bool {
	expected := []byte("v1," + base64.StdEncoding.EncodeToString(want))
	for given := range strings.FieldsSeq(signatures) {
		if hmac.Equal([]byte(given), expected) {
			return true
		}
	}
	return false
}
