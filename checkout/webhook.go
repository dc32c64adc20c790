package checkout

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// WebhookEndpoint is an address of the merchant's systems to which events are delivered.
type WebhookEndpoint struct {
	ID           string
	URL          string
	Description  string      // the merchant's own
	Types        []EventType // that it wants; none: all
	Secret       WebhookSecret
	OldSecret    WebhookSecret // what it was before, for those who do not know the new one yet
	OldUntil     time.Time     // until when that one signs as well
	Off          EndpointOff
	FailingSince time.Time // of the first failure since the last success; zero if there is none
	Untold       bool      // the operator is to be told that it is off
	CreatedAt    time.Time
}

// EndpointOff says why nothing is delivered to an endpoint.
type EndpointOff string

// The reasons.
const (
	EndpointOn        EndpointOff = ""
	EndpointOffByHand EndpointOff = "operator" // the merchant has switched it off
	EndpointGone      EndpointOff = "gone"     // it has answered 410
	EndpointFailing   EndpointOff = "failing"  // it has taken nothing for five days
)

// failingLimit is how long an endpoint may fail before it is switched off.
const failingLimit = 5 * 24 * time.Hour

// Wants reports whether events of a type are delivered to the endpoint. A test is ordered
// for one endpoint, which gets it in any case.
func (e *WebhookEndpoint) Wants(t EventType) bool {
	return t != EventEndpointTest && (len(e.Types) == 0 || slices.Contains(e.Types, t))
}

// Secrets are those that sign now, the present one first.
func (e *WebhookEndpoint) Secrets(now time.Time) []WebhookSecret {
	if now.Before(e.OldUntil) && !e.OldSecret.Empty() {
		return []WebhookSecret{e.Secret, e.OldSecret}
	}
	return []WebhookSecret{e.Secret}
}

// rotation is how long an old secret signs beside a new one.
const rotation = 24 * time.Hour

// Rotated is the endpoint with a new secret. The one before signs as well for a day.
func (e WebhookEndpoint) Rotated(secret WebhookSecret, now time.Time) WebhookEndpoint {
	e.OldSecret, e.OldUntil, e.Secret = e.Secret, now.Add(rotation), secret
	return e
}

// Switched is the endpoint after the merchant has switched it on or off.
func (e WebhookEndpoint) Switched(on bool) WebhookEndpoint {
	switch {
	case on:
		e.Off, e.FailingSince, e.Untold = EndpointOn, time.Time{}, false
	case e.Off == EndpointOn:
		e.Off = EndpointOffByHand
	}
	return e
}

// Told is the endpoint once the operator knows that it is off.
func (e WebhookEndpoint) Told() WebhookEndpoint {
	e.Untold = false
	return e
}

// EndpointOffEmail tells the operator that an endpoint was switched off. Its path and query
// are left out: they may hold a secret.
func EndpointOffEmail(e WebhookEndpoint) OperatorEmail {
	sum := sha256.Sum256([]byte(e.ID + " " + string(e.Off) + " " + e.FailingSince.UTC().String()))
	email := OperatorEmail{ID: hex.EncodeToString(sum[:12]), Matter: MatterEndpointOff, About: e.ID, Code: string(e.Off), Until: e.FailingSince}
	if u, err := url.Parse(e.URL); err == nil {
		email.Endpoint = u.Scheme + "://" + u.Host
	}
	return email
}

// WebhookSecret signs what is delivered to an endpoint: whsec_ and the key in base64.
type WebhookSecret struct{ hidden }

const secretPrefix = "whsec_"

// NewWebhookSecret makes a secret of 256 random bits.
func NewWebhookSecret() WebhookSecret {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return StoredWebhookSecret(secretPrefix + base64.StdEncoding.EncodeToString(key))
}

// StoredWebhookSecret hides the text of a secret that was made before.
func StoredWebhookSecret(text string) WebhookSecret { return WebhookSecret{hidden{text}} }

// Key is the key itself.
func (s WebhookSecret) Key() ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.TrimPrefix(s.Reveal(), secretPrefix))
}

// DeliveryState is where the delivery of an event to an endpoint stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending   DeliveryState = "pending"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryDead      DeliveryState = "dead" // given up
)

// Delivery brings one event to one endpoint.
type Delivery struct {
	ID         int64
	EndpointID string
	Event      MerchantEvent
	State      DeliveryState
	Attempts   int // since it was ordered, or ordered again
	NextAt     time.Time
	CreatedAt  time.Time
}

// DeliveryTry is one try of a delivery, and how it ended.
type DeliveryTry struct {
	At     time.Time
	Status int // of the answer; 0 without one
	Took   time.Duration
	Error  string // why there was no answer
	Answer []byte // its beginning
}

// LongestAnswer is how much of an answer is kept, in bytes.
const LongestAnswer = 4096

// AnswerRetention is how long the tries of deliveries are kept.
const AnswerRetention = 30 * 24 * time.Hour

// Succeeded reports whether the endpoint has taken the event.
func (t *DeliveryTry) Succeeded() bool { return t.Status >= 200 && t.Status < 300 }

// AfterTry is how endpoint and delivery stand after a try. A delivery that has failed waits
// as the schedule says and is given up after its last try. An endpoint that says that it is
// gone, or has taken nothing for five days, is switched off.
func AfterTry(e WebhookEndpoint, d Delivery, t DeliveryTry, s Schedule) (WebhookEndpoint, Delivery) {
	d.Attempts++
	if t.Succeeded() {
		d.State, e.FailingSince = DeliveryDelivered, time.Time{}
		return e, d
	}
	if e.FailingSince.IsZero() {
		e.FailingSince = t.At
	}
	switch {
	case e.Off != EndpointOn: // since the try began
	case t.Status == http.StatusGone:
		e.Off, e.Untold = EndpointGone, true
	case t.At.Sub(e.FailingSince) >= failingLimit:
		e.Off, e.Untold = EndpointFailing, true
	}
	if d.Attempts > len(s) || e.Off != EndpointOn {
		d.State = DeliveryDead
		return e, d
	}
	d.NextAt = t.At.Add(s[d.Attempts-1])
	return e, d
}
