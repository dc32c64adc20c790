package operators

import (
	"context"
	"slices"

	"github.com/pquerna/otp"

	"antom-checkout/checkout"
)

// OwnAccount is what a person sees of their own account.
type OwnAccount struct {
	Member
	Sessions []Session // that are open, newest first
	Needed   bool      // a second factor is obligatory for the role
}

// Own reads a person's own account.
func (s *accounts) Own(ctx context.Context, signed Signed) (own OwnAccount, err error) {
	if own.Member, err = s.member(ctx, signed.Person.ID); err != nil {
		return own, err
	}
	own.Needed = own.Role.NeedsSecondFactor(s.cfg.RealMoney)
	own.Sessions, err = s.openSessions(ctx, signed.Person.ID)
	return own, err
}

func (s *base) openSessions(ctx context.Context, person string) (open []Session, err error) {
	all, err := s.store.Sessions(ctx, person)
	for _, session := range all {
		if session.Valid(s.cfg.Now()) {
			open = append(open, session)
		}
	}
	return open, err
}

// EndSession ends one of the person's own sessions.
func (s *accounts) EndSession(ctx context.Context, signed Signed, id string, from Origin) error {
	open, err := s.openSessions(ctx, signed.Person.ID)
	if err != nil {
		return err
	}
	for _, session := range open {
		if session.ID == id {
			_, err := s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
				return Change{Ended: id, Log: []Entry{s.entry(from.By(m.Person), "session_ended", "", m.Email)}}, nil
			})
			return err
		}
	}
	return nil // it has ended already
}

// ChooseInboxEmails says when a person is told by email of what waits for them, and in which
// language. Errors: CodeFormInvalid.
func (s *accounts) ChooseInboxEmails(ctx context.Context, signed Signed, when InboxEmails, language string) error {
	if !slices.Contains(InboxEmailChoices(), when) || language == "" || len(language) > longestLanguage {
		return checkout.NewError(checkout.CodeFormInvalid, "there is no such choice of emails")
	}
	_, err := s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		m.InboxEmails, m.Language = when, language
		return Change{}, nil
	})
	return err
}

// longestLanguage is how long the tag of a language is at most.
const longestLanguage = 35

// ChangePassword sets another password, ends the person's sessions, and begins a new one.
// Errors: Wrong, Slow, and those of a password.
func (s *accounts) ChangePassword(ctx context.Context, signed Signed, current, wanted string, from Origin) (Entered, error) {
	if err := s.confirm(ctx, signed, current); err != nil {
		return Entered{}, err
	}
	if err := s.checkPassword(ctx, wanted, signed.Person); err != nil {
		return Entered{}, err
	}
	hash, err := hashPassword(wanted)
	if err != nil {
		return Entered{}, err
	}
	session, token := s.newSession(signed.Person, signed.Stage, from)
	_, err = s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		m.Password = hash
		return Change{
			SignedOut: []string{m.ID}, Session: &session,
			Log: []Entry{s.entry(from.By(m.Person), "password_changed", "", m.Email)},
		}, nil
	})
	return Entered{token, signed.Stage}, err
}

// confirm has a signed-in person give the password again. A person without one, who has
// come by a sign-in link, has none to give.
func (s *base) confirm(ctx context.Context, signed Signed, password string) error {
	m, err := s.member(ctx, signed.Person.ID)
	if err != nil || m.Password == "" {
		return err
	}
	tries := "confirm " + m.ID
	if err := s.try(ctx, tries, accountTries); err != nil {
		return err
	}
	if !passwordIs(password, m.Password) {
		return &Refusal{Code: Wrong}
	}
	return s.right(ctx, tries, accountTries)
}

// BeginSecondFactor makes a secret for the person's device, which the session keeps until
// a code of it is given. A second factor that there is already stays until then. Errors:
// Wrong, Slow.
func (s *accounts) BeginSecondFactor(ctx context.Context, signed Signed, cookie, password string) (*otp.Key, error) {
	if signed.Stage == StageFull {
		if err := s.confirm(ctx, signed, password); err != nil {
			return nil, err
		}
	}
	session, err := s.store.SessionByHash(ctx, hashOf(cookie))
	if err != nil {
		return nil, err
	}
	key, err := newTOTP(s.cfg.ShopName, signed.Person.Email)
	if err != nil {
		return nil, err
	}
	pending := session
	pending.Pending = key.URL()
	return key, s.store.UpdateSession(ctx, session, pending)
}

// Pending is the second factor that is being set up. Errors: NothingBegun.
func (s *accounts) Pending(ctx context.Context, cookie string) (*otp.Key, error) {
	session, err := s.store.SessionByHash(ctx, hashOf(cookie))
	if err != nil {
		return nil, err
	}
	if session.Pending == "" {
		return nil, &Refusal{Code: NothingBegun}
	}
	return otp.NewKeyFromURL(session.Pending)
}

// SetSecondFactor makes the pending second factor the person's, if code is one of it. The
// sessions of the person end, and a new one begins. codes are the recovery codes, which
// are shown once. Errors: NothingBegun, WrongCode, Slow.
func (s *accounts) SetSecondFactor(ctx context.Context, signed Signed, cookie, code string, from Origin) (entered Entered, codes []string, err error) {
	key, err := s.Pending(ctx, cookie)
	if err != nil {
		return entered, nil, err
	}
	tries := "factor " + signed.Person.ID
	if err := s.try(ctx, tries, accountTries); err != nil {
		return entered, nil, err
	}
	step, ok := stepOf(key.Secret(), code, s.cfg.Now(), 0)
	if !ok {
		return entered, nil, &Refusal{Code: WrongCode}
	}
	codes, hashes := newRecovery()
	session, token := s.newSession(signed.Person, StageFull, from)
	_, err = s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		m.TOTP, m.TOTPStep, m.Recovery, m.SignedInAt = key.Secret(), step, hashes, s.cfg.Now()
		return Change{
			SignedOut: []string{m.ID}, Session: &session,
			Log: []Entry{s.entry(from.By(m.Person), "second_factor_set", "", m.Email)},
		}, nil
	})
	if err != nil {
		return entered, nil, err
	}
	return Entered{token, StageFull}, codes, s.right(ctx, tries, accountTries)
}

// NewRecoveryCodes replaces the recovery codes; they are shown once. Errors: Wrong, Slow,
// NothingBegun where there is no second factor.
func (s *accounts) NewRecoveryCodes(ctx context.Context, signed Signed, password string, from Origin) (codes []string, err error) {
	if err := s.confirm(ctx, signed, password); err != nil {
		return nil, err
	}
	codes, hashes := newRecovery()
	_, err = s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		if !m.HasSecondFactor() {
			return Change{}, &Refusal{Code: NothingBegun}
		}
		m.Recovery = hashes
		return Change{Log: []Entry{s.entry(from.By(m.Person), "recovery_codes_made", "", m.Email)}}, nil
	})
	return codes, err
}

// RemoveSecondFactor takes the codes of an app away, where the role needs no second factor
// or a passkey is left. Errors: Wrong, Slow, FactorNeeded.
func (s *accounts) RemoveSecondFactor(ctx context.Context, signed Signed, password string, from Origin) error {
	if err := s.confirm(ctx, signed, password); err != nil {
		return err
	}
	_, err := s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		m.TOTP, m.TOTPStep = "", 0
		return Change{Log: []Entry{s.entry(from.By(m.Person), "second_factor_removed", "", m.Email)}}, s.afterRemoval(m)
	})
	return err
}

// afterRemoval refuses to take the last second factor of a role that needs one. Recovery codes
// stand in for a second factor, so they go with the last.
func (s *base) afterRemoval(m *Member) error {
	switch {
	case m.HasSecondFactor():
		return nil
	case m.Role.NeedsSecondFactor(s.cfg.RealMoney):
		return &Refusal{Code: FactorNeeded}
	}
	m.Recovery = nil
	return nil
}
