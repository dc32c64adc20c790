package operators

import (
	"encoding/base64"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkey is a key pair whose private half a person's device or password manager keeps. It
// signs in without a password, and is a second factor beside one.
type Passkey struct {
	ID         string    `json:"id"` // of the credential, in base64url
	Name       string    `json:"name"`
	PublicKey  []byte    `json:"public_key"`       // COSE
	Count      uint32    `json:"count"`            // signatures, where the authenticator counts them
	Synced     bool      `json:"synced,omitempty"` // may be copied to the person's other devices
	Transports []string  `json:"transports,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	UsedAt     time.Time `json:"used_at,omitzero"`
}

// Same reports whether all of a passkey is equal.
func (k Passkey) Same(other Passkey) bool {
	if !k.CreatedAt.Equal(other.CreatedAt) || !k.UsedAt.Equal(other.UsedAt) {
		return false
	}
	other.CreatedAt, other.UsedAt = k.CreatedAt, k.UsedAt
	return reflect.DeepEqual(k, other)
}

// counts reports whether a counter of signatures has gone on since the last one. Authenticators
// that count none always answer 0. A counter that stands still is a sign of a copied key.
func (k Passkey) counts(count uint32) bool { return count > k.Count || count == 0 && k.Count == 0 }

// mostPasskeys is how many a person has at most.
const mostPasskeys = 10

// indexOfPasskey is where a person's passkey is, or -1.
func (m Member) indexOfPasskey(id string) int {
	return slices.IndexFunc(m.Passkeys, func(k Passkey) bool { return k.ID == id })
}

// ChallengeTime is how long a passkey may take to sign a challenge.
const ChallengeTime = 5 * time.Minute

// Challenge is what a passkey signs once, for the browser that it was made for.
type Challenge struct {
	Hash      string // of the challenge
	Browser   string // hash of what a cookie of the browser holds
	Purpose   string
	ExpiresAt time.Time
}

// The purposes of challenges.
const (
	toRegister = "register"
	toSignIn   = "sign-in"
	toProve    = "prove"
)

// newRelyingParty is what passkeys are bound to: the host and the origin of the dashboard's
// address. It is nil where browsers know no passkeys: without https but on localhost, and
// where the host is an IP address.
func newRelyingParty(shopName, publicURL string) *webauthn.WebAuthn {
	at, err := url.Parse(publicURL)
	if err != nil || at.Scheme != "https" && at.Hostname() != "localhost" || net.ParseIP(at.Hostname()) != nil {
		return nil
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: at.Hostname(), RPOrigins: []string{at.Scheme + "://" + at.Host}, RPDisplayName: shopName,
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login: webauthn.TimeoutConfig{Timeout: ChallengeTime}, Registration: webauthn.TimeoutConfig{Timeout: ChallengeTime},
		},
	})
	if err != nil {
		return nil // the host is no domain
	}
	return party
}

// holder is a person as the library knows users.
type holder struct{ Member }

// WebAuthnID implements webauthn.User. The id says nothing about the person.
func (h holder) WebAuthnID() []byte { return []byte(h.ID) }

// WebAuthnName implements webauthn.User.
func (h holder) WebAuthnName() string { return h.Email }

// WebAuthnDisplayName implements webauthn.User.
func (h holder) WebAuthnDisplayName() string { return h.Name }

// WebAuthnCredentials implements webauthn.User.
func (h holder) WebAuthnCredentials() (all []webauthn.Credential) {
	for _, k := range h.Passkeys {
		id, err := base64.RawURLEncoding.DecodeString(k.ID)
		if err != nil {
			continue // was never made by passkeyOf
		}
		one := webauthn.Credential{ID: id, PublicKey: k.PublicKey}
		one.Flags.BackupEligible, one.Authenticator.SignCount = k.Synced, k.Count
		for _, transport := range k.Transports {
			one.Transport = append(one.Transport, protocol.AuthenticatorTransport(transport))
		}
		all = append(all, one)
	}
	return all
}

// credentials lists the person's passkeys as the browser is told of them.
func (h holder) credentials() []protocol.CredentialDescriptor {
	return webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()
}

// passkeyOf is the passkey of a credential that was registered.
func passkeyOf(c *webauthn.Credential, name string, now time.Time) Passkey {
	k := Passkey{
		ID: base64.RawURLEncoding.EncodeToString(c.ID), Name: name, PublicKey: c.PublicKey, Count: c.Authenticator.SignCount,
		Synced: c.Flags.BackupEligible, CreatedAt: now.UTC().Truncate(time.Millisecond),
	}
	for _, transport := range c.Transport {
		if text := string(transport); len(text) <= 16 && len(k.Transports) < 8 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz-") == "" {
			k.Transports = append(k.Transports, text)
		}
	}
	return k
}
