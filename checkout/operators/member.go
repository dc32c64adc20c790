package operators

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// Member is a person with what they sign in by.
type Member struct {
	Person
	Password   string   // hash by argon2id; "" until the person has chosen one
	TOTP       string   // secret of the second factor, or ""
	TOTPStep   int64    // the last time step that a code was used of: no code counts twice
	Recovery   []string // hashes of the recovery codes that are left
	Passkeys   []Passkey
	CreatedAt  time.Time
	SignedInAt time.Time // zero: never
	DisabledAt time.Time // zero: the person may sign in

	InboxEmails InboxEmails // about what waits for them
	Language    string      // of emails
}

// InboxEmails is when a person is told by email of what waits for them.
type InboxEmails string

// When people are told.
const (
	EmailsAtOnce InboxEmails = "at_once"
	EmailsDaily  InboxEmails = "daily"
	EmailsNone   InboxEmails = "none"
)

// InboxEmailChoices lists when people can be told.
func InboxEmailChoices() []InboxEmails { return []InboxEmails{EmailsAtOnce, EmailsDaily, EmailsNone} }

// defaultLanguage is that of emails until a person chooses another.
const defaultLanguage = "en"

// Active reports whether the person can sign in.
func (m Member) Active() bool { return m.hasEntrance() && m.DisabledAt.IsZero() }

// hasEntrance reports whether the person has something to sign in by.
func (m Member) hasEntrance() bool { return m.Password != "" || len(m.Passkeys) > 0 }

// State is invited, active or disabled.
func (m Member) State() string {
	switch {
	case !m.DisabledAt.IsZero():
		return "disabled"
	case !m.hasEntrance():
		return "invited"
	}
	return "active"
}

// HasSecondFactor reports whether the person signs in by a second factor.
func (m Member) HasSecondFactor() bool { return m.TOTP != "" || len(m.Passkeys) > 0 }

// afterPassword is the stage that a right password leads to.
func (m Member) afterPassword(realMoney bool) Stage {
	switch {
	case m.HasSecondFactor():
		return StageProving
	case m.Role.NeedsSecondFactor(realMoney):
		return StageSetup
	}
	return StageFull
}

// Session is what a browser is signed in by. Its cookie holds a token, of which only the
// hash is stored.
type Session struct {
	ID        string
	Hash      string
	Person    string // an id
	Stage     Stage
	Pending   string // secret of a second factor that is being set up, or ""
	Address   string
	Agent     string // what the browser calls itself
	CreatedAt time.Time
	UsedAt    time.Time // exact to a minute
	EndedAt   time.Time // zero: it was not ended
}

// How long a session lasts: without a request, and at most.
const (
	IdleTime    = 30 * time.Minute
	LongestTime = 12 * time.Hour
)

// usePause is how exact the time of a session's last use is: each use would be a write.
const usePause = time.Minute

// Valid reports whether the session opens anything.
func (s Session) Valid(now time.Time) bool {
	return s.EndedAt.IsZero() && now.Sub(s.UsedAt) < IdleTime && now.Sub(s.CreatedAt) < LongestTime
}

// Purpose is what a link is for.
type Purpose string

// The purposes of links.
const (
	ForPassword Purpose = "password" // choose a password
	ForSignIn   Purpose = "sign-in"  // sign in at once; in test mode only
)

// LinkTime is how long a link opens anything.
const LinkTime = 30 * time.Minute

// Link is an address for one use.
type Link struct {
	Hash      string
	Person    string // an id
	Purpose   Purpose
	ExpiresAt time.Time
	UsedAt    time.Time // zero: it was not used
}

// Valid reports whether the link opens anything.
func (l Link) Valid(now time.Time) bool { return l.UsedAt.IsZero() && now.Before(l.ExpiresAt) }

// Entry is a row of the operators' log.
type Entry struct {
	ID       string
	At       time.Time
	Operator string // an id
	Name     string // as it was then
	Address  string
	Action   string
	Order    string // an id, or ""
	About    string // a person, an amount; or ""
}

// Actor is who does something, and from where.
type Actor struct{ Operator, Name, Address string }

// CommandLine is the actor of commands.
var CommandLine = Actor{Operator: "command-line", Name: "command line"}

// Change is what is to be stored together.
type Change struct {
	People    []Member // new ones, and those that differ
	Link      *Link    // a new one, in the place of the person's others
	UsedLink  string   // hash of a link that is used by this; one that is not valid stops the change
	SignedOut []string // people all of whose sessions end
	Ended     string   // id of a session that ends
	Session   *Session // a new one
	Log       []Entry
}

// newToken makes what a cookie or a link holds, and the hash by which it is found.
func newToken() (token, hash string) {
	token = rand.Text()
	return token, hashOf(token)
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// find is the person that an id or an email names, or nil.
func find(all []Member, which string) *Member {
	i := slices.IndexFunc(all, func(m Member) bool { return m.ID == which || checkout.SameEmail(m.Email, strings.TrimSpace(which)) })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// hasOwner reports whether a person can sign in who manages the others.
func hasOwner(all []Member) bool {
	return slices.ContainsFunc(all, func(m Member) bool { return m.Role == Owner && m.Active() })
}

// keepsOwner refuses a change that leaves no owner who can sign in.
func keepsOwner(all []Member, changed Member) error {
	after := slices.Clone(all)
	*find(after, changed.ID) = changed
	if hasOwner(all) && !hasOwner(after) {
		return &Refusal{Code: LastOwner}
	}
	return nil
}
