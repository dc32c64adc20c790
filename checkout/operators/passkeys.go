package operators

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"antom-checkout/checkout"
)

// passkeys are what people do with their passkeys, and sign in by.
type passkeys struct {
	*base
	party *webauthn.WebAuthn // nil: browsers know no passkeys at the dashboard's address
}

// PasskeyOrigin is the origin that passkeys are bound to, or "" where there are none.
func (s *passkeys) PasskeyOrigin() string {
	if s.party == nil {
		return ""
	}
	return s.party.Config.RPOrigins[0]
}

// challenge stores what a ceremony of the library has begun with.
func (s *passkeys) challenge(ctx context.Context, purpose, browser string, begun *webauthn.SessionData) error {
	return s.store.AddChallenge(ctx, Challenge{
		Hash: hashOf(begun.Challenge), Browser: hashOf(browser), Purpose: purpose, ExpiresAt: s.cfg.Now().Add(ChallengeTime),
	})
}

// take uses a challenge up, and answers what the library compares the answer to it with.
// Errors: PasskeyOver for one that was used before, is too old, or another browser's.
func (s *passkeys) take(ctx context.Context, purpose, browser, challenge string) (begun webauthn.SessionData, err error) {
	c, err := s.store.TakeChallenge(ctx, hashOf(challenge))
	switch {
	case checkout.IsNotFound(err), err == nil && (c.Purpose != purpose || c.Browser != hashOf(browser) || !s.cfg.Now().Before(c.ExpiresAt)):
		return begun, &Refusal{Code: PasskeyOver}
	case err != nil:
		return begun, err
	}
	begun.Challenge, begun.RelyingPartyID, begun.UserVerification = challenge, s.party.Config.RPID, protocol.VerificationRequired
	return begun, nil
}

// BeginPasskey says what a browser needs to make a passkey of the person's. Errors: Wrong,
// Slow, NameInvalid, PasskeysMany, NotFound where there are no passkeys.
func (s *passkeys) BeginPasskey(ctx context.Context, signed Signed, cookie, password, name string) (*protocol.CredentialCreation, error) {
	m, err := s.member(ctx, signed.Person.ID)
	switch {
	case err != nil:
		return nil, err
	case s.party == nil:
		return nil, checkout.ErrNotFound
	case !checkout.IsName(strings.TrimSpace(name), longestName):
		return nil, &Refusal{Code: NameInvalid}
	case len(m.Passkeys) >= mostPasskeys:
		return nil, &Refusal{Code: PasskeysMany}
	}
	if signed.Stage == StageFull {
		if err := s.confirm(ctx, signed, password); err != nil {
			return nil, err
		}
	}
	options, begun, err := s.party.BeginRegistration(holder{m}, webauthn.WithExclusions(holder{m}.credentials()))
	if err != nil {
		return nil, err
	}
	return options, s.challenge(ctx, toRegister, cookie, begun)
}

// AddPasskey makes a passkey that the browser has made the person's. Their sessions end, and
// a new one begins. codes are recovery codes, which are shown once, where the person had
// none. Errors: PasskeyWrong, PasskeyOver, PasskeyTaken, PasskeysMany, NameInvalid.
func (s *passkeys) AddPasskey(ctx context.Context, signed Signed, cookie, name string, answer []byte, from Origin) (entered Entered, codes []string, err error) {
	if name = strings.TrimSpace(name); !checkout.IsName(name, longestName) {
		return entered, nil, &Refusal{Code: NameInvalid}
	}
	added, err := s.registered(ctx, signed, cookie, name, answer)
	if err != nil {
		return entered, nil, err
	}
	made, hashes := newRecovery()
	session, token := s.newSession(signed.Person, StageFull, from)
	err = s.store.ChangePeople(ctx, func(all []Member) (Change, error) {
		codes = nil
		m := find(all, signed.Person.ID)
		switch {
		case m == nil:
			return Change{}, &Refusal{Code: NotFound}
		case slices.ContainsFunc(all, func(m Member) bool { return m.indexOfPasskey(added.ID) >= 0 }):
			return Change{}, &Refusal{Code: PasskeyTaken}
		case len(m.Passkeys) >= mostPasskeys:
			return Change{}, &Refusal{Code: PasskeysMany}
		}
		m.Passkeys, m.SignedInAt = append(slices.Clone(m.Passkeys), added), s.cfg.Now()
		if len(m.Recovery) == 0 {
			m.Recovery, codes = hashes, made
		}
		return Change{
			People: []Member{*m}, SignedOut: []string{m.ID}, Session: &session,
			Log: []Entry{s.entry(from.By(m.Person), "passkey_added", "", name)},
		}, nil
	})
	return Entered{token, StageFull}, codes, err
}

// registered verifies what a browser has answered to BeginPasskey.
func (s *passkeys) registered(ctx context.Context, signed Signed, cookie, name string, answer []byte) (Passkey, error) {
	m, err := s.member(ctx, signed.Person.ID)
	if err != nil {
		return Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil || s.party == nil {
		return Passkey{}, wrongPasskey(err)
	}
	begun, err := s.take(ctx, toRegister, cookie, parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return Passkey{}, err
	}
	begun.UserID, begun.CredParams = holder{m}.WebAuthnID(), webauthn.CredentialParametersDefault()
	made, err := s.party.CreateCredential(holder{m}, begun, parsed)
	if err != nil {
		return Passkey{}, wrongPasskey(err)
	}
	return passkeyOf(made, name, s.cfg.Now()), nil
}

// wrongPasskey is the refusal of an answer that is not right; cause says why, for the log.
func wrongPasskey(cause error) error {
	return &Refusal{Code: PasskeyWrong, Cause: cause}
}

// RenamePasskey names one of the person's passkeys anew. Errors: NameInvalid, PasskeyUnknown.
func (s *passkeys) RenamePasskey(ctx context.Context, signed Signed, id, name string, from Origin) error {
	if name = strings.TrimSpace(name); !checkout.IsName(name, longestName) {
		return &Refusal{Code: NameInvalid}
	}
	_, err := s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		i := m.indexOfPasskey(id)
		if i < 0 {
			return Change{}, &Refusal{Code: PasskeyUnknown}
		}
		m.Passkeys = slices.Clone(m.Passkeys)
		m.Passkeys[i].Name = name
		return Change{Log: []Entry{s.entry(from.By(m.Person), "passkey_renamed", "", name)}}, nil
	})
	return err
}

// RemovePasskey takes one of the person's passkeys away. Errors: Wrong, Slow, PasskeyUnknown;
// FactorNeeded for the last second factor of a role that needs one.
func (s *passkeys) RemovePasskey(ctx context.Context, signed Signed, id, password string, from Origin) error {
	if err := s.confirm(ctx, signed, password); err != nil {
		return err
	}
	_, err := s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		i := m.indexOfPasskey(id)
		if i < 0 {
			return Change{}, &Refusal{Code: PasskeyUnknown}
		}
		name := m.Passkeys[i].Name
		m.Passkeys = slices.Delete(slices.Clone(m.Passkeys), i, i+1)
		return Change{Log: []Entry{s.entry(from.By(m.Person), "passkey_removed", "", name)}}, s.afterRemoval(m)
	})
	return err
}

// BeginPasskeySignIn says what a browser needs to sign in by a passkey. browser is for a
// cookie: the answer has to come with it. Errors: NotFound where there are no passkeys.
func (s *passkeys) BeginPasskeySignIn(ctx context.Context) (options *protocol.CredentialAssertion, browser string, err error) {
	if s.party == nil {
		return nil, "", checkout.ErrNotFound
	}
	options, begun, err := s.party.BeginDiscoverableLogin()
	if err != nil {
		return nil, "", err
	}
	browser, _ = newToken()
	return options, browser, s.challenge(ctx, toSignIn, browser, begun)
}

// SignInByPasskey begins a session by a passkey alone. The authenticator has verified that
// the person is there, by a PIN or a feature of their body. before is the token that the
// browser has, whose session ends. Errors: PasskeyWrong, PasskeyOver, PasskeyCopied, Slow.
func (s *passkeys) SignInByPasskey(ctx context.Context, browser string, answer []byte, before string, from Origin) (Entered, error) {
	tries := "address " + checkout.Network(from.Address)
	if err := s.try(ctx, tries, addressTries); err != nil {
		return Entered{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil || s.party == nil {
		return Entered{}, wrongPasskey(err)
	}
	begun, err := s.take(ctx, toSignIn, browser, parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return Entered{}, err
	}
	var m Member
	_, used, err := s.party.ValidatePasskeyLogin(func(_, id []byte) (_ webauthn.User, err error) {
		m, err = s.member(ctx, string(id))
		return holder{m}, err
	}, begun, parsed)
	if err != nil {
		return Entered{}, wrongPasskey(err)
	}
	ended, err := s.sessionOf(ctx, before)
	if err != nil {
		return Entered{}, err
	}
	entered, err := s.enter(ctx, m.Person, used, parsed.Response.AuthenticatorData.Counter, ended, from)
	if err != nil {
		return Entered{}, err
	}
	return entered, s.right(ctx, tries, addressTries)
}

// BeginPasskeyProof says what a browser needs to go on from a right password by a passkey of
// the person's. Errors: NothingBegun where the person has none.
func (s *passkeys) BeginPasskeyProof(ctx context.Context, signed Signed, cookie string) (*protocol.CredentialAssertion, error) {
	m, err := s.member(ctx, signed.Person.ID)
	if err != nil {
		return nil, err
	}
	if s.party == nil || len(m.Passkeys) == 0 {
		return nil, &Refusal{Code: NothingBegun}
	}
	options, begun, err := s.party.BeginLogin(holder{m})
	if err != nil {
		return nil, err
	}
	return options, s.challenge(ctx, toProve, cookie, begun)
}

// ProveByPasskey goes on from a right password by a passkey. The session is a new one.
// Errors: PasskeyWrong, PasskeyOver, PasskeyCopied, Slow.
func (s *passkeys) ProveByPasskey(ctx context.Context, signed Signed, cookie string, answer []byte, from Origin) (Entered, error) {
	tries := "factor " + signed.Person.ID
	if err := s.try(ctx, tries, accountTries); err != nil {
		return Entered{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil || s.party == nil {
		return Entered{}, wrongPasskey(err)
	}
	begun, err := s.take(ctx, toProve, cookie, parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return Entered{}, err
	}
	m, err := s.member(ctx, signed.Person.ID)
	if err != nil {
		return Entered{}, err
	}
	begun.UserID = holder{m}.WebAuthnID()
	used, err := s.party.ValidateLogin(holder{m}, begun, parsed)
	if err != nil {
		return Entered{}, wrongPasskey(err)
	}
	entered, err := s.enter(ctx, m.Person, used, parsed.Response.AuthenticatorData.Counter, signed.Session, from)
	if err != nil {
		return Entered{}, err
	}
	return entered, s.right(ctx, tries, accountTries)
}

// enter begins a session by a passkey whose signature is right, unless its counter has gone
// back since it was read: then it is refused, and the operators' log says so.
func (s *passkeys) enter(ctx context.Context, p Person, used *webauthn.Credential, count uint32, ended string, from Origin) (Entered, error) {
	id := passkeyOf(used, "", s.cfg.Now()).ID
	session, token := s.newSession(p, StageFull, from)
	var refused error
	_, err := s.change(ctx, p.ID, func(m *Member) (Change, error) {
		refused = nil
		i := m.indexOfPasskey(id)
		if i < 0 || !m.DisabledAt.IsZero() {
			return Change{}, wrongPasskey(errors.New("the person is disabled, or the passkey was removed"))
		}
		m.Passkeys = slices.Clone(m.Passkeys)
		k := &m.Passkeys[i]
		if !k.counts(count) {
			refused = &Refusal{Code: PasskeyCopied}
			return Change{Log: []Entry{s.entry(from.By(m.Person), "passkey_refused", "", k.Name)}}, nil
		}
		k.Count, k.UsedAt, m.SignedInAt = count, session.CreatedAt.UTC(), session.CreatedAt
		return Change{Ended: ended, Session: &session, Log: []Entry{s.entry(from.By(m.Person), "signed_in_by_passkey", "", k.Name)}}, nil
	})
	if err = errors.Join(err, refused); err != nil {
		return Entered{}, err
	}
	return Entered{token, StageFull}, nil
}
