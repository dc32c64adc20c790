// Package operators owns the people of the dashboard: who they are, how they sign in,
// and what each of them may do.
//
//	if !person.Role.May(operators.Refund) { … }
package operators

import (
	"slices"

	"antom-checkout/checkout"
)

// Role is what a person does for the merchant.
type Role string

// The roles of the published contract.
const (
	Viewer  Role = "viewer"  // sees
	Support Role = "support" // and refunds up to a limit
	Finance Role = "finance" // and moves all money
	Owner   Role = "owner"   // and manages people, keys and endpoints
)

// Roles lists all roles, from the least to the most.
func Roles() []Role { return []Role{Viewer, Support, Finance, Owner} }

// Valid reports whether it is one of the roles.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Capability is what a request needs to be carried out.
type Capability string

// The capabilities. The first three concern signing in, and no role gives or takes them.
const (
	Open    Capability = "open"    // anyone: the page to sign in
	Proving Capability = "proving" // a password was right, and the second factor is due
	Account Capability = "account" // what a signed-in person does with their own account
	See     Capability = "see"     // orders, payments and settings
	Refund  Capability = "refund"  // return money, up to a limit
	Money   Capability = "money"   // capture, cancel, accept and return without a limit
	Manage  Capability = "manage"  // people, keys, endpoints
)

var granted = map[Role][]Capability{
	Viewer:  {See},
	Support: {See, Refund},
	Finance: {See, Refund, Money},
	Owner:   {See, Refund, Money, Manage},
}

// May reports whether people of this role have a capability.
func (r Role) May(c Capability) bool {
	return c == Open || c == Account && r.Valid() || slices.Contains(granted[r], c)
}

// Needed is the capability that a choice of the inbox needs.
func Needed(choice checkout.InboxChoice) Capability {
	switch choice {
	case checkout.ChoiceShow:
		return See
	case checkout.ChoiceRefund, checkout.ChoiceResend:
		return Refund
	case checkout.ChoiceRedeliver:
		return Manage
	}
	return Money
}

// NeedsSecondFactor reports whether people of this role sign in by a second factor. Where
// money is real, all who can move it do.
func (r Role) NeedsSecondFactor(realMoney bool) bool { return realMoney && r.May(Refund) }

// Stage is how far a session has come.
type Stage string

// The stages of a session.
const (
	StageProving Stage = "proving" // the second factor is due
	StageSetup   Stage = "setup"   // the person has to set a second factor up
	StageFull    Stage = "full"    // signed in
)

// Opens reports whether a session of this stage opens what needs a capability, as far as
// the role does.
func (s Stage) Opens(c Capability) bool {
	switch s {
	case StageProving:
		return c == Proving
	case StageSetup:
		return c == Account
	case StageFull:
		return c != Proving
	}
	return false
}

// Person is a person of the dashboard.
type Person struct {
	ID    string
	Name  string
	Email string
	Role  Role
}

// May reports whether the person has a capability.
func (p Person) May(c Capability) bool { return p.Role.May(c) }

// Operator is the person as the operator of what they order about orders.
func (p Person) Operator() string { return "person-" + p.ID }

// Signed is the session of a request, and whose it is.
type Signed struct {
	Person  Person
	Session string // its id, which is no secret
	Stage   Stage
}

// May reports whether a request of the session is carried out that needs a capability.
func (s Signed) May(c Capability) bool {
	return c == Open || s.Stage.Opens(c) && (c == Proving || s.Person.May(c))
}
