package operators

import "time"

// Code says why something about people was refused. The dashboard and the command line
// each have a text for every one.
type Code string

// The codes.
const (
	Wrong            Code = "wrong"             // email and password do not belong together
	WrongCode        Code = "wrong_code"        // a second factor that is not right, or was used before
	Slow             Code = "slow"              // too many wrong tries; again after Wait
	LinkOver         Code = "link_over"         // the link was used, or is too old
	PasswordShort    Code = "password_short"    // fewer than MinPassword characters
	PasswordLong     Code = "password_long"     // more than the longest
	PasswordKnown    Code = "password_known"    // easily guessed: little but words of the shop and the person
	PasswordBreached Code = "password_breached" // found in breaches
	LastOwner        Code = "last_owner"        // no owner who can sign in would be left
	EmailTaken       Code = "email_taken"       // another person has it
	EmailInvalid     Code = "email_invalid"     // no email address
	NameInvalid      Code = "name_invalid"      // no name of one line
	RoleUnknown      Code = "role_unknown"      // no such role
	NotFound         Code = "person_unknown"    // no such person
	FactorNeeded     Code = "factor_needed"     // people of this role need a second factor
	NothingBegun     Code = "nothing_begun"     // no second factor is being set up
	TestModeOnly     Code = "test_mode_only"    // sign-in links are for test mode
	PersonOff        Code = "person_disabled"   // the person may not sign in

	PasskeyWrong   Code = "passkey_wrong"   // unknown, or what it has signed is not right
	PasskeyOver    Code = "passkey_over"    // the challenge was used, is too old, or another browser's
	PasskeyCopied  Code = "passkey_copied"  // its counter has gone back: the key may have been copied
	PasskeyTaken   Code = "passkey_taken"   // it is registered already
	PasskeyUnknown Code = "passkey_unknown" // the person has no such passkey
	PasskeysMany   Code = "passkeys_many"   // the person has the most there may be
)

// Codes lists all codes.
func Codes() []Code {
	return []Code{Wrong, WrongCode, Slow, LinkOver, PasswordShort, PasswordLong, PasswordKnown, PasswordBreached, LastOwner, EmailTaken, EmailInvalid,
		NameInvalid, RoleUnknown, NotFound, FactorNeeded, NothingBegun, TestModeOnly, PersonOff,
		PasskeyWrong, PasskeyOver, PasskeyCopied, PasskeyTaken, PasskeyUnknown, PasskeysMany}
}

// Refusal is why something was not done. Nothing was changed.
type Refusal struct {
	Code  Code
	Wait  time.Duration // after which to try again; 0 where waiting does not help
	Cause error         // for the log, or nil
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Cause != nil {
		return "people: " + string(r.Code) + ": " + r.Cause.Error()
	}
	return "people: " + string(r.Code)
}

// Unwrap answers the cause.
func (r *Refusal) Unwrap() error { return r.Cause }
