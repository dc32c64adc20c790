package desk

// SignIn is the page to sign in.
type SignIn struct {
	Frame
	Action, Email, Next string
	Wrong               string
	Passkey             PasskeyForm
}

// PasskeyForm is a form that passkey.js does.
type PasskeyForm struct {
	Origin               string // that passkeys are bound to; "": there are none
	Action, ChallengeURL string
	Next                 string
}

// script is what a page with the form loads.
func (f PasskeyForm) script() string {
	if f.Origin == "" {
		return ""
	}
	return "passkey.js"
}

// SecondFactor is the page for a code of the second factor.
type SecondFactor struct {
	Frame
	Action, SignOut, Next string
	Wrong                 string
	HasCodes              bool        // an app shows codes
	Passkey               PasskeyForm // without an origin: the person has none
}

// hint says what the code may be.
func (f SecondFactor) hint() string {
	if f.HasCodes {
		return "factor.code.hint"
	}
	return "passkeys.code_instead"
}

// Invitation is the page on which a person chooses a password.
type Invitation struct {
	Frame
	Action, Email, Name, Role string
	Least                     int // characters of a password
	Wrong                     string
}

// Account is the page of a person's own account.
type Account struct {
	Frame
	Name, Email, Role                               string
	HasPassword, HasFactor, MustSetUp, FactorNeeded bool
	HasCodes                                        bool   // an app shows codes
	RecoveryLeft                                    string // how many recovery codes are left
	Least                                           int    // characters of a password
	Form, Wrong                                     string // the form that was refused, and why
	PasswordURL, FactorURL, RemovalURL, RecoveryURL string
	Sessions                                        []Session
	Passkeys                                        []Passkey
	Passkey                                         PasskeyForm // that adds one
	EmailsURL                                       string      // "" while a second factor has to be set up
	When, Language                                  Choice      // of emails about the inbox
}

// Passkey is one of a person's passkeys.
type Passkey struct {
	ID, Name, Made, Used, URL string // Used: "" for never
	Removable                 bool   // the person can do without it
}

// codesRemovable reports whether the person can do without an app's codes.
func (a Account) codesRemovable() bool {
	return a.HasCodes && (!a.FactorNeeded || len(a.Passkeys) > 0)
}

// wrongOf is why a form was refused, or "".
func (a Account) wrongOf(form string) string {
	if a.Form == form {
		return a.Wrong
	}
	return ""
}

// Session is one browser that is signed in.
type Session struct {
	Address, Agent, Began, Used string
	This                        bool // that of the reader
	EndURL                      string
}

// Factor is the page that sets a second factor up.
type Factor struct {
	Frame
	Picture, Secret string // Picture: an SVG that this program has drawn
	Action, BackURL string
	Wrong           string
}

// Codes is the page that shows recovery codes.
type Codes struct {
	Frame
	Codes   []string
	HomeURL string
}

// Person is a row of the list of people.
type Person struct {
	Name, Email, Role, State, SignedIn, URL string // State: active, invited or disabled
	Passkeys                                string // their names, or ""
	HasFactor                               bool
}

// severity is that of the state.
func (p Person) severity() string {
	return map[string]string{"active": "good", "invited": "wait", "disabled": "bad"}[p.State]
}

// People is the list of people.
type People struct {
	Frame
	InviteURL string
	People    []Person
}

// PersonView is the page of one person.
type PersonView struct {
	Frame
	Person
	Sessions []Session
	Actions  []PersonAction
	BackURL  string
}

// PersonAction is something that an owner does with a person.
type PersonAction struct {
	Key, URL string // Key: of its text, below act.
	Danger   bool
}

// Invite is the form to invite a person.
type Invite struct {
	Frame
	Action, BackURL   string
	Email, Name, Role string
	Roles             []string
	Wrong             string
}

// Link is the page that shows a link for one use.
type Link struct {
	Frame
	Email, Link, BackURL string
	Minutes              int
}

// Entry is a row of the operators' log.
type Entry struct{ At, Who, Address, Action, Order, OrderURL, About string }

// Log is a part of the operators' log.
type Log struct {
	Frame
	Entries []Entry
	Page    Page
}
