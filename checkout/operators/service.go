package operators

import (
	"context"
	"time"

	"antom-checkout/checkout"
)

// Store is what the Service reads and writes.
type Store interface {
	// People lists all people, by name.
	People(ctx context.Context) ([]Member, error)
	// ChangePeople has change decide over all people, and stores what it answers, all in
	// one transaction. Errors: ErrNotFound for a used link that is not valid.
	ChangePeople(ctx context.Context, change func(all []Member) (Change, error)) error
	// SessionByHash and LinkByHash find one, or answer ErrNotFound.
	SessionByHash(ctx context.Context, hash string) (Session, error)
	LinkByHash(ctx context.Context, hash string) (Link, error)
	// Sessions lists the sessions of a person that were not ended, newest first.
	Sessions(ctx context.Context, person string) ([]Session, error)
	// UpdateSession writes what differs.
	UpdateSession(ctx context.Context, was, is Session) error
	// AddChallenge stores a challenge, and TakeChallenge takes it out of the store: it answers
	// ErrNotFound for one that was taken before.
	AddChallenge(ctx context.Context, c Challenge) error
	TakeChallenge(ctx context.Context, hash string) (Challenge, error)
	// CountTry changes the tries of a key in one transaction.
	CountTry(ctx context.Context, key string, change func(Tries) Tries) error
	// AddLog adds to the operators' log, and OperatorsLog lists it, newest first.
	AddLog(ctx context.Context, entry Entry) error
	OperatorsLog(ctx context.Context, w checkout.Window) ([]Entry, error)
}

// Config is what the Service knows beside its store.
type Config struct {
	ShopName  string
	PublicURL string // base of every address handed out, without a slash at its end
	RealMoney bool   // payments take real money
	Now       func() time.Time
	NewID     func() string
	// Breached asks a service whether a password was found in breaches, beside the built-in
	// list; nil: none is asked.
	Breached func(ctx context.Context, password string) bool
}

// Service knows the people of the dashboard. It is safe for concurrent use.
type Service struct {
	*base
	*entrance
	*accounts
	*management
	*passkeys
}

// base is what all parts share.
type base struct {
	cfg   Config
	store Store
}

type (
	entrance   struct{ *base } // signing in and out
	accounts   struct{ *base } // what people do with their own account
	management struct{ *base } // what owners do with the others
)

// New makes a Service.
func New(cfg Config, store Store) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.NewID == nil {
		cfg.NewID = checkout.NewIDs(cfg.Now).New
	}
	b := &base{cfg, store}
	return &Service{base: b, entrance: &entrance{b}, accounts: &accounts{b}, management: &management{b}, passkeys: &passkeys{b, newRelyingParty(cfg.ShopName, cfg.PublicURL)}}
}

// RealMoney reports whether payments take real money.
func (s *base) RealMoney() bool { return s.cfg.RealMoney }

// Record adds to the operators' log what an actor does, on which order, and about what.
func (s *base) Record(ctx context.Context, by Actor, action, order, about string) error {
	return s.store.AddLog(ctx, s.entry(by, action, order, about))
}

// OperatorsLog lists what was done, newest first.
func (s *base) OperatorsLog(ctx context.Context, w checkout.Window) ([]Entry, error) {
	return s.store.OperatorsLog(ctx, w)
}

func (s *base) entry(by Actor, action, order, about string) Entry {
	return Entry{
		ID: s.cfg.NewID(), At: s.cfg.Now(), Operator: by.Operator, Name: by.Name, Address: by.Address,
		Action: action, Order: order, About: about,
	}
}

// member finds a person by id or email. Errors: NotFound.
func (s *base) member(ctx context.Context, which string) (Member, error) {
	all, err := s.store.People(ctx)
	if err != nil {
		return Member{}, err
	}
	if m := find(all, which); m != nil {
		return *m, nil
	}
	return Member{}, &Refusal{Code: NotFound}
}

// change changes one person. decide answers what is stored with them.
func (s *base) change(ctx context.Context, which string, decide func(m *Member) (Change, error)) (after Member, err error) {
	err = s.store.ChangePeople(ctx, func(all []Member) (Change, error) {
		found := find(all, which)
		if found == nil {
			return Change{}, &Refusal{Code: NotFound}
		}
		after = *found
		c, err := decide(&after)
		if err == nil {
			err = keepsOwner(all, after)
		}
		c.People = append(c.People, after)
		return c, err
	})
	return after, err
}

// newSession is a session that begins now, and the token of its cookie.
func (s *base) newSession(person Person, stage Stage, from Origin) (session Session, token string) {
	token, hash := newToken()
	now := s.cfg.Now()
	return Session{
		ID: s.cfg.NewID(), Hash: hash, Person: person.ID, Stage: stage, Address: from.Address, Agent: from.Agent,
		CreatedAt: now, UsedAt: now,
	}, token
}

// Origin is where a request comes from.
type Origin struct{ Address, Agent string }

// By is a person as the actor of something.
func (o Origin) By(p Person) Actor {
	return Actor{Operator: p.Operator(), Name: p.Name, Address: o.Address}
}
