package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"antom-checkout/checkout/operators"
)

const operatorsHelp = `actions:
  invite EMAIL --role R [--name N]  make a person, and a link by which they choose a
                                    password: for one use, within 30 minutes
  list                              all people, with role, state and second factor
  role EMAIL --role R               give a person another role; their sessions end
  disable EMAIL                     sign a person out, and let them sign in no longer
  enable EMAIL                      let them sign in again
  reset EMAIL                       take password, second factor and passkeys away;
                                    prints a link by which the person chooses a password
                                    again
  sessions EMAIL                    end all sessions of a person

Roles are viewer (sees), support (and refunds up to a limit), finance (and moves all
money) and owner (and manages people, keys and endpoints). An owner who can sign in
always stays.
`

// operatorAction is what can be ordered about one person. link is for the person, or "".
type operatorAction func(ctx context.Context, people *operators.Service, email string) (m operators.Member, link string, err error)

// manage runs the commands about the people of the dashboard, beside a running server or
// without one.
func manage(ctx context.Context, l *line) error {
	role := l.flags.String("role", "", "of invite and role: viewer, support, finance or owner")
	name := l.flags.String("name", "", "of invite: the person's name (default what is before the @)")
	asJSON := l.flags.Bool("json", false, "answer in JSON")
	s, err := l.load()
	if err != nil {
		return err
	}
	actions := operatorActions(operators.Role(*role), *name)
	action, rest := l.arguments[0], l.arguments[1:]
	do, known := actions[action]
	needsRole := action == "invite" || action == "role"
	if !known && action != "list" || (len(rest) == 1) != known || needsRole != (*role != "") || *name != "" && action != "invite" {
		return usageError{fmt.Errorf("operators: invite and role need an email and --role, the others an email, list nothing\n\n%s", operatorsHelp)}
	}
	return l.beside(ctx, s, func(p *Program) error {
		if action == "list" {
			return listPeople(ctx, p, l.stdout, *asJSON)
		}
		m, link, err := do(ctx, p.Services.People, rest[0])
		if err != nil {
			return personError(err, rest[0])
		}
		return showPerson(l.stdout, m, link, *asJSON)
	})
}

func operatorActions(role operators.Role, name string) map[string]operatorAction {
	plain := func(do func(*operators.Service, context.Context, operators.Actor, string) (operators.Member, error)) operatorAction {
		return func(ctx context.Context, people *operators.Service, email string) (operators.Member, string, error) {
			m, err := do(people, ctx, operators.CommandLine, email)
			return m, "", err
		}
	}
	return map[string]operatorAction{
		"invite": func(ctx context.Context, people *operators.Service, email string) (operators.Member, string, error) {
			return people.Invite(ctx, operators.CommandLine, email, name, role)
		},
		"reset": func(ctx context.Context, people *operators.Service, email string) (operators.Member, string, error) {
			return people.Reset(ctx, operators.CommandLine, email)
		},
		"role": func(ctx context.Context, people *operators.Service, email string) (operators.Member, string, error) {
			m, err := people.SetRole(ctx, operators.CommandLine, email, role)
			return m, "", err
		},
		"disable":  plain((*operators.Service).Disable),
		"enable":   plain((*operators.Service).Enable),
		"sessions": plain((*operators.Service).EndSessions),
	}
}

// personErrors say in words why something about a person was refused.
var personErrors = map[operators.Code]string{
	operators.Wrong:            "the password is not right",
	operators.WrongCode:        "the code is not right, or was used before",
	operators.Slow:             "too many wrong tries; wait",
	operators.LinkOver:         "the link was used, or is too old",
	operators.PasswordShort:    "the password is too short",
	operators.PasswordLong:     "the password is too long",
	operators.PasswordKnown:    "the password is easily guessed",
	operators.PasswordBreached: "the password was found in breaches",
	operators.LastOwner:        "no owner who can sign in would be left; make another person an owner first",
	operators.EmailTaken:       "there is a person with this email, who has a password or is disabled; use role, reset or enable",
	operators.EmailInvalid:     "this is no email address",
	operators.NameInvalid:      "--name is one line of up to 64 characters",
	operators.RoleUnknown:      "--role is viewer, support, finance or owner",
	operators.NotFound:         "there is no such person; list shows them all",
	operators.FactorNeeded:     "the role needs a second factor",
	operators.NothingBegun:     "no second factor is being set up",
	operators.TestModeOnly:     "sign-in links are for test mode",
	operators.PersonOff:        "the person is disabled; enable them first",

	operators.PasskeyWrong:   "the passkey is unknown, or its signature is not right",
	operators.PasskeyOver:    "the passkey has signed too late, or for another browser",
	operators.PasskeyCopied:  "the passkey may have been copied: its counter has gone back",
	operators.PasskeyTaken:   "the passkey is registered already",
	operators.PasskeyUnknown: "there is no such passkey",
	operators.PasskeysMany:   "the person has as many passkeys as there may be",
}

func personError(err error, which string) error {
	var refused *operators.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	err = fmt.Errorf("operators: %s: %s", which, personErrors[refused.Code])
	switch refused.Code {
	case operators.EmailInvalid, operators.NameInvalid, operators.RoleUnknown:
		return usageError{err}
	}
	return err
}

// shownPerson is a person as JSON.
type shownPerson struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Email        string         `json:"email"`
	Role         string         `json:"role"`
	State        string         `json:"state"` // invited, active or disabled
	SecondFactor bool           `json:"second_factor"`
	Passkeys     []shownPasskey `json:"passkeys,omitempty"`
	Link         string         `json:"link,omitempty"`
	CreatedAt    time.Time      `json:"created_at"`
	SignedInAt   *time.Time     `json:"signed_in_at,omitempty"`
}

// shownPasskey is a passkey of a person as JSON.
type shownPasskey struct {
	Name      string     `json:"name"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
}

func shownPersonOf(m operators.Member, link string) shownPerson {
	shown := shownPerson{
		ID: m.ID, Name: m.Name, Email: m.Email, Role: string(m.Role), State: m.State(), SecondFactor: m.HasSecondFactor(),
		Link: link, CreatedAt: m.CreatedAt.UTC(),
	}
	if !m.SignedInAt.IsZero() {
		shown.SignedInAt = &m.SignedInAt
	}
	for _, k := range m.Passkeys {
		key := shownPasskey{Name: k.Name, CreatedAt: k.CreatedAt.UTC()}
		if !k.UsedAt.IsZero() {
			key.UsedAt = &k.UsedAt
		}
		shown.Passkeys = append(shown.Passkeys, key)
	}
	return shown
}

func showPerson(stdout io.Writer, m operators.Member, link string, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(stdout).Encode(shownPersonOf(m, link))
	}
	if link != "" {
		_, err := fmt.Fprintf(stdout, "%s\n\nThis link is for %s (%s). It opens once, within %d minutes.\n", link, m.Email, m.Role, int(operators.LinkTime.Minutes()))
		return err
	}
	_, err := io.WriteString(stdout, personSheet(m).String())
	return err
}

func personSheet(all ...operators.Member) *sheet {
	s := &sheet{}
	for _, m := range all {
		factor := "no"
		if m.HasSecondFactor() {
			factor = "yes"
		}
		s.title("%s (%s)", m.Email, m.Role)
		s.row("id", m.ID)
		s.row("name", m.Name)
		s.row("state", m.State())
		s.row("second factor", factor)
		for _, k := range m.Passkeys {
			s.row("passkey", k.Name+", last used "+timeText(k.UsedAt))
		}
		s.row("last signed in", timeText(m.SignedInAt))
	}
	return s
}

func listPeople(ctx context.Context, p *Program, stdout io.Writer, asJSON bool) error {
	all, err := p.Services.People.People(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		shown := []shownPerson{}
		for _, m := range all {
			shown = append(shown, shownPersonOf(m, ""))
		}
		return json.NewEncoder(stdout).Encode(map[string]any{"operators": shown})
	}
	s := personSheet(all...)
	if len(all) == 0 {
		s.title("There is no person yet: operators invite EMAIL --role owner.")
	}
	_, err = io.WriteString(stdout, s.String())
	return err
}
