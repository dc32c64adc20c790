package operators

import (
	"context"
	"errors"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// Entered is a session that has begun: what its cookie holds, and what is next.
type Entered struct {
	Token string
	Stage Stage
}

// SignedIn finds the session of a cookie, or answers ErrNotFound. It counts as a use.
func (s *entrance) SignedIn(ctx context.Context, token string) (Signed, error) {
	session, err := s.store.SessionByHash(ctx, hashOf(token))
	if err != nil {
		return Signed{}, err
	}
	now := s.cfg.Now()
	m, err := s.member(ctx, session.Person)
	if err != nil {
		return Signed{}, err
	}
	if !session.Valid(now) || !m.DisabledAt.IsZero() {
		return Signed{}, checkout.ErrNotFound
	}
	if now.Sub(session.UsedAt) >= usePause {
		used := session
		used.UsedAt = now
		if err := s.store.UpdateSession(ctx, session, used); err != nil {
			return Signed{}, err
		}
	}
	return Signed{Person: m.Person, Session: session.ID, Stage: session.Stage}, nil
}

// SignIn begins a session by email and password. before is the token that the browser has,
// whose session ends. Errors: Wrong, the same for an unknown account and in the same time;
// Slow.
func (s *entrance) SignIn(ctx context.Context, email, password, before string, from Origin) (Entered, error) {
	account := "account " + hashOf(strings.ToLower(strings.TrimSpace(email)))
	address := "address " + checkout.Network(from.Address)
	if err := s.try(ctx, address, addressTries); err != nil {
		return Entered{}, err
	}
	if err := s.try(ctx, account, accountTries); err != nil {
		return Entered{}, err
	}
	m, err := s.member(ctx, email)
	if err != nil && !isRefusal(err) {
		return Entered{}, err
	}
	if !passwordIs(password, m.Password) || !m.Active() {
		return Entered{}, &Refusal{Code: Wrong}
	}
	entered, err := s.begin(ctx, m.ID, m.afterPassword(s.cfg.RealMoney), before, "", from)
	if err != nil {
		return Entered{}, err
	}
	return entered, errors.Join(s.right(ctx, account, accountTries), s.right(ctx, address, addressTries))
}

func isRefusal(err error) bool {
	var refused *Refusal
	return errors.As(err, &refused)
}

// Prove goes on from a right password by a code of the second factor, or by a recovery
// code. The session is a new one. Errors: WrongCode, Slow.
func (s *entrance) Prove(ctx context.Context, signed Signed, code string, from Origin) (Entered, error) {
	tries := "factor " + signed.Person.ID
	if err := s.try(ctx, tries, accountTries); err != nil {
		return Entered{}, err
	}
	session, token := s.newSession(signed.Person, StageFull, from)
	_, err := s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		after, recovered, err := m.prove(code, s.cfg.Now())
		if err != nil {
			return Change{}, err
		}
		*m = after
		m.SignedInAt = s.cfg.Now()
		action := "signed_in"
		if recovered {
			action = "signed_in_by_recovery_code"
		}
		return Change{Ended: signed.Session, Session: &session, Log: []Entry{s.entry(from.By(m.Person), action, "", "")}}, nil
	})
	if err != nil {
		return Entered{}, err
	}
	return Entered{token, StageFull}, s.right(ctx, tries, accountTries)
}

// begin begins a session in the place of the one that the browser has. usedLink is the hash
// of a link that this uses, or "".
func (s *entrance) begin(ctx context.Context, person string, stage Stage, before, usedLink string, from Origin) (Entered, error) {
	ended, err := s.sessionOf(ctx, before)
	if err != nil {
		return Entered{}, err
	}
	var token string
	_, err = s.change(ctx, person, func(m *Member) (Change, error) {
		var session Session
		session, token = s.newSession(m.Person, stage, from)
		c := Change{Ended: ended, Session: &session, UsedLink: usedLink}
		if stage == StageFull {
			m.SignedInAt = s.cfg.Now()
			c.Log = []Entry{s.entry(from.By(m.Person), "signed_in", "", "")}
		}
		return c, nil
	})
	return Entered{token, stage}, err
}

// sessionOf is the id of the session that a browser has, or "".
func (s *base) sessionOf(ctx context.Context, token string) (string, error) {
	if token == "" {
		return "", nil
	}
	session, err := s.store.SessionByHash(ctx, hashOf(token))
	if checkout.IsNotFound(err) {
		err = nil
	}
	return session.ID, err
}

// SignOut ends the session.
func (s *entrance) SignOut(ctx context.Context, signed Signed, from Origin) error {
	_, err := s.change(ctx, signed.Person.ID, func(m *Member) (Change, error) {
		return Change{Ended: signed.Session, Log: []Entry{s.entry(from.By(m.Person), "signed_out", "", "")}}, nil
	})
	return err
}

// try counts a try, or says that it comes too soon.
func (s *base) try(ctx context.Context, key string, free int) error {
	var wait time.Duration
	err := s.store.CountTry(ctx, key, func(t Tries) (after Tries) {
		after, wait = t.again(s.cfg.Now(), free)
		return after
	})
	if err == nil && wait > 0 {
		return &Refusal{Code: Slow, Wait: wait}
	}
	return err
}

// right takes a try back that was right.
func (s *base) right(ctx context.Context, key string, free int) error {
	return s.store.CountTry(ctx, key, func(t Tries) Tries { return t.right(free) })
}

// Link is the purpose of a link, and whose it is. Errors: LinkOver.
func (s *entrance) Link(ctx context.Context, token string) (Purpose, Person, error) {
	link, err := s.store.LinkByHash(ctx, hashOf(token))
	if checkout.IsNotFound(err) || err == nil && !link.Valid(s.cfg.Now()) {
		return "", Person{}, &Refusal{Code: LinkOver}
	}
	if err != nil {
		return "", Person{}, err
	}
	m, err := s.member(ctx, link.Person)
	if err == nil && !m.DisabledAt.IsZero() {
		err = &Refusal{Code: LinkOver}
	}
	return link.Purpose, m.Person, err
}

// ChoosePassword uses a link to set name and password, and begins a session. Errors:
// LinkOver, NameInvalid, and those of a password.
func (s *entrance) ChoosePassword(ctx context.Context, link, name, password string, from Origin) (Entered, error) {
	purpose, p, err := s.Link(ctx, link)
	if err == nil && purpose != ForPassword {
		err = &Refusal{Code: LinkOver}
	}
	if err != nil {
		return Entered{}, err
	}
	if name = strings.TrimSpace(name); !checkout.IsName(name, longestName) {
		return Entered{}, &Refusal{Code: NameInvalid}
	}
	if err := s.checkPassword(ctx, password, p); err != nil {
		return Entered{}, err
	}
	hash, err := hashPassword(password)
	if err != nil {
		return Entered{}, err
	}
	var entered Entered
	_, err = s.change(ctx, p.ID, func(m *Member) (Change, error) {
		m.Name, m.Password = name, hash
		entered.Stage = m.afterPassword(s.cfg.RealMoney)
		var session Session
		session, entered.Token = s.newSession(m.Person, entered.Stage, from)
		return Change{
			UsedLink: hashOf(link), SignedOut: []string{m.ID}, Session: &session,
			Log: []Entry{s.entry(from.By(m.Person), "password_chosen", "", "")},
		}, nil
	})
	if checkout.IsNotFound(err) {
		err = &Refusal{Code: LinkOver}
	}
	return entered, err
}

// SignInByLink uses a sign-in link, which there is in test mode only. Errors: LinkOver.
func (s *entrance) SignInByLink(ctx context.Context, link, before string, from Origin) (Entered, error) {
	purpose, p, err := s.Link(ctx, link)
	if err == nil && (purpose != ForSignIn || s.cfg.RealMoney) {
		err = &Refusal{Code: LinkOver}
	}
	if err != nil {
		return Entered{}, err
	}
	entered, err := s.begin(ctx, p.ID, StageFull, before, hashOf(link), from)
	if checkout.IsNotFound(err) {
		err = &Refusal{Code: LinkOver}
	}
	return entered, err
}
