package operators

import (
	"context"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// longestName is in characters.
const longestName = 64

// LinkPath is below which links lie.
const LinkPath = "/dashboard/welcome/"

// People lists all people, by name.
func (s *management) People(ctx context.Context) ([]Member, error) { return s.store.People(ctx) }

// Person finds a person by id or email. Errors: NotFound.
func (s *management) Person(ctx context.Context, which string) (Member, error) {
	return s.member(ctx, which)
}

// PersonWithSessions finds a person with the sessions that are open, newest first. Errors:
// NotFound.
func (s *management) PersonWithSessions(ctx context.Context, which string) (m Member, open []Session, err error) {
	if m, err = s.member(ctx, which); err != nil {
		return m, nil, err
	}
	open, err = s.openSessions(ctx, m.ID)
	return m, open, err
}

// Invite makes a person, and the link by which they choose a password. One who was
// invited before and has none yet gets a new link, which replaces the older one. Errors:
// EmailInvalid, EmailTaken, NameInvalid, RoleUnknown.
func (s *management) Invite(ctx context.Context, by Actor, email, name string, role Role) (m Member, link string, err error) {
	email, name = strings.TrimSpace(email), strings.TrimSpace(name)
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	switch {
	case !checkout.ValidEmail(email):
		return m, "", &Refusal{Code: EmailInvalid}
	case !checkout.IsName(name, longestName):
		return m, "", &Refusal{Code: NameInvalid}
	case !role.Valid():
		return m, "", &Refusal{Code: RoleUnknown}
	}
	err = s.store.ChangePeople(ctx, func(all []Member) (Change, error) {
		m = Member{Person: Person{ID: s.cfg.NewID(), Name: name, Email: email, Role: role}, CreatedAt: s.cfg.Now(), InboxEmails: EmailsAtOnce, Language: defaultLanguage}
		if known := find(all, email); known != nil {
			if known.hasEntrance() || !known.DisabledAt.IsZero() {
				return Change{}, &Refusal{Code: EmailTaken}
			}
			m.ID, m.CreatedAt = known.ID, known.CreatedAt
		}
		var made *Link
		made, link = s.newLink(m.ID, ForPassword)
		return Change{People: []Member{m}, Link: made, Log: []Entry{s.entry(by, "invited", "", m.Email+" "+string(role))}}, nil
	})
	return m, link, err
}

// newLink is a link of a person, and its address.
func (s *base) newLink(person string, purpose Purpose) (*Link, string) {
	token, hash := newToken()
	return &Link{Hash: hash, Person: person, Purpose: purpose, ExpiresAt: s.cfg.Now().Add(LinkTime)}, s.cfg.PublicURL + LinkPath + token
}

// SetRole gives a person another role. Their sessions end. Errors: NotFound, RoleUnknown,
// LastOwner.
func (s *management) SetRole(ctx context.Context, by Actor, which string, role Role) (Member, error) {
	if !role.Valid() {
		return Member{}, &Refusal{Code: RoleUnknown}
	}
	return s.change(ctx, which, func(m *Member) (Change, error) {
		if m.Role == role {
			return Change{}, nil
		}
		m.Role = role
		return Change{SignedOut: []string{m.ID}, Log: []Entry{s.entry(by, "role_changed", "", m.Email+" "+string(role))}}, nil
	})
}

// Disable ends a person's sessions, and lets them sign in no longer. Errors: NotFound,
// LastOwner.
func (s *management) Disable(ctx context.Context, by Actor, which string) (Member, error) {
	return s.change(ctx, which, func(m *Member) (Change, error) {
		if !m.DisabledAt.IsZero() {
			return Change{}, nil
		}
		m.DisabledAt = s.cfg.Now()
		return Change{SignedOut: []string{m.ID}, Log: []Entry{s.entry(by, "disabled", "", m.Email)}}, nil
	})
}

// Enable lets a person sign in again. Errors: NotFound.
func (s *management) Enable(ctx context.Context, by Actor, which string) (Member, error) {
	return s.change(ctx, which, func(m *Member) (Change, error) {
		if m.DisabledAt.IsZero() {
			return Change{}, nil
		}
		m.DisabledAt = time.Time{}
		return Change{Log: []Entry{s.entry(by, "enabled", "", m.Email)}}, nil
	})
}

// Reset takes a person's password, second factor and passkeys away, and makes the link by
// which they choose a password again. Errors: NotFound, PersonOff; LastOwner, unless it is ordered on
// the command line, which needs none to sign in.
func (s *management) Reset(ctx context.Context, by Actor, which string) (m Member, link string, err error) {
	err = s.store.ChangePeople(ctx, func(all []Member) (Change, error) {
		found := find(all, which)
		switch {
		case found == nil:
			return Change{}, &Refusal{Code: NotFound}
		case !found.DisabledAt.IsZero():
			return Change{}, &Refusal{Code: PersonOff}
		}
		m = *found
		m.Password, m.TOTP, m.TOTPStep, m.Recovery, m.Passkeys = "", "", 0, nil, nil
		if err := keepsOwner(all, m); err != nil && by != CommandLine {
			return Change{}, err
		}
		var made *Link
		made, link = s.newLink(m.ID, ForPassword)
		return Change{People: []Member{m}, Link: made, SignedOut: []string{m.ID}, Log: []Entry{s.entry(by, "reset", "", m.Email)}}, nil
	})
	return m, link, err
}

// EndSessions ends all sessions of a person. Errors: NotFound.
func (s *management) EndSessions(ctx context.Context, by Actor, which string) (Member, error) {
	return s.change(ctx, which, func(m *Member) (Change, error) {
		return Change{SignedOut: []string{m.ID}, Log: []Entry{s.entry(by, "sessions_ended", "", m.Email)}}, nil
	})
}

// sandboxOwner is who sign-in links are for while there is no other owner.
const sandboxOwner = "owner@sandbox.example"

// SignInLink makes a link that signs an owner in at once. Errors: TestModeOnly.
func (s *management) SignInLink(ctx context.Context, by Actor) (link string, err error) {
	if s.cfg.RealMoney {
		return "", &Refusal{Code: TestModeOnly}
	}
	err = s.store.ChangePeople(ctx, func(all []Member) (Change, error) {
		owner := Member{Person: Person{ID: s.cfg.NewID(), Name: "Owner", Email: sandboxOwner, Role: Owner}, CreatedAt: s.cfg.Now(), InboxEmails: EmailsAtOnce, Language: defaultLanguage}
		if known := find(all, sandboxOwner); known != nil {
			owner = *known
			owner.Role, owner.DisabledAt = Owner, time.Time{}
		}
		var made *Link
		made, link = s.newLink(owner.ID, ForSignIn)
		return Change{People: []Member{owner}, Link: made, Log: []Entry{s.entry(by, "sign_in_link_made", "", owner.Email)}}, nil
	})
	return link, err
}
