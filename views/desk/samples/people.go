package samples

import (
	"context"

	"antom-checkout/views"
	"antom-checkout/views/desk"
)

// outside is the frame of a page before signing in.
func outside(ctx context.Context) desk.Frame {
	f := Frame(ctx, "")
	f.Person, f.Navigation = "", nil
	return f
}

var roles = []string{"viewer", "support", "finance", "owner"}

func sessions() []desk.Session {
	return []desk.Session{
		{Address: "203.0.113.7", Agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36", Began: "08:12 UTC+8", Used: "09:40 UTC+8", This: true, EndURL: "/"},
		{Address: "2001:db8::7", Agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X)", Began: "2027-02-27, 19:02 UTC+8", Used: "09:12 UTC+8", EndURL: "/"},
	}
}

// passkey is a form that a browser shows at this origin only.
func passkey() desk.PasskeyForm {
	return desk.PasskeyForm{Origin: "http://localhost:8082", Action: "/", ChallengeURL: "/"}
}

func account(ctx context.Context) desk.Account {
	return desk.Account{
		Frame: Frame(ctx, "account"), Name: "Mei Lindqvist", Email: "mei@kiln.example", Role: "owner", HasPassword: true, Least: 12,
		PasswordURL: "/", FactorURL: "/", RemovalURL: "/", RecoveryURL: "/", Sessions: sessions(), Passkey: passkey(), EmailsURL: "/",
		When: desk.Choice{Name: "when", Label: desk.Text(ctx, "account.emails.when"), Value: "daily", Options: []desk.Option{
			{Value: "at_once", Text: desk.Text(ctx, "account.emails.at_once")}, {Value: "daily", Text: desk.Text(ctx, "account.emails.daily")},
		}},
		Language: desk.Choice{Name: "language", Label: desk.Text(ctx, "account.emails.language"), Value: "en", Options: []desk.Option{{Value: "en", Text: "English"}}},
	}
}

func accounts(ctx context.Context) []Page {
	withFactor, setUp, wrong := account(ctx), account(ctx), account(ctx)
	setUp.EmailsURL = ""
	withFactor.HasFactor, withFactor.HasCodes, withFactor.RecoveryLeft = true, true, "9"
	keys := withFactor
	keys.HasCodes, keys.FactorNeeded = false, true
	keys.Passkeys = []desk.Passkey{
		{ID: "a", Name: "Phone", Made: "2027-01-12, 10:02 UTC+8", Used: "09:40 UTC+8", URL: "/", Removable: true},
		{ID: "b", Name: "The password manager of the studio in Featherstonehaugh Lane", Made: "2027-02-20, 18:20 UTC+8", URL: "/", Removable: true},
	}
	lastKey := keys
	lastKey.Passkeys = []desk.Passkey{{ID: "a", Name: "Phone", Made: "09:12 UTC+8", URL: "/"}}
	lastKey.Frame.Done = "passkey_added"
	refused := keys
	refused.Form, refused.Wrong = "removal-a", desk.Text(ctx, "refused.wrong")
	setUp.MustSetUp, setUp.FactorNeeded, setUp.Navigation = true, true, setUp.Navigation[len(setUp.Navigation)-1:]
	wrong.Form, wrong.Wrong = "password", desk.Text(ctx, "refused.wrong")
	factor := desk.Factor{
		Frame: Frame(ctx, "account"), Picture: views.LinkCode("otpauth://totp/Kiln:mei@kiln.example?secret=JBSWY3DPEHPK3PXP"), Secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
		Action: "/", BackURL: "/",
	}
	wrongCode := factor
	wrongCode.Wrong = desk.Text(ctx, "refused.wrong_code")
	return []Page{
		{"desk-account", desk.AccountPage(account(ctx))},
		{"desk-account-factor", desk.AccountPage(withFactor)},
		{"desk-account-passkeys", desk.AccountPage(keys)},
		{"desk-account-last-passkey", desk.AccountPage(lastKey)},
		{"desk-account-passkey-wrong", desk.AccountPage(refused)},
		{"desk-account-set-up", desk.AccountPage(setUp)},
		{"desk-account-wrong", desk.AccountPage(wrong)},
		{"desk-factor", desk.FactorPage(factor)},
		{"desk-factor-wrong", desk.FactorPage(wrongCode)},
		{"desk-codes", desk.CodesPage(desk.Codes{Frame: Frame(ctx, "account"), HomeURL: "/", Codes: []string{
			"ABCDEF-GHIJKL-MNOPQR-STUVWX", "BCDEFG-HIJKLM-NOPQRS-TUVWXY", "CDEFGH-IJKLMN-OPQRST-UVWXYZ",
		}})},
	}
}

func entrance(ctx context.Context) []Page {
	signIn := desk.SignIn{Frame: outside(ctx), Action: "/", Passkey: passkey()}
	wrong := signIn
	wrong.Email, wrong.Wrong = "mei@kiln.example", desk.Text(ctx, "refused.wrong")
	slow := wrong
	slow.Wrong = desk.Text(ctx, "refused.slow", 30)
	unknown := signIn
	unknown.Wrong = desk.Text(ctx, "refused.passkey_wrong")
	invitation := desk.Invitation{Frame: outside(ctx), Action: "/", Email: "mei@kiln.example", Name: "mei", Role: "finance", Least: 12}
	short := invitation
	short.Wrong = desk.Text(ctx, "refused.password_short")
	return []Page{
		{"desk-sign-in", desk.SignInPage(signIn)},
		{"desk-sign-in-wrong", desk.SignInPage(wrong)},
		{"desk-sign-in-slow", desk.SignInPage(slow)},
		{"desk-sign-in-passkey-wrong", desk.SignInPage(unknown)},
		{"desk-second-factor", desk.SecondFactorPage(desk.SecondFactor{Frame: outside(ctx), Action: "/", HasCodes: true})},
		{"desk-second-factor-passkey", desk.SecondFactorPage(desk.SecondFactor{Frame: outside(ctx), Action: "/", Passkey: passkey()})},
		{"desk-invitation", desk.InvitationPage(invitation)},
		{"desk-invitation-short", desk.InvitationPage(short)},
		{"desk-link-over", desk.ErrorPage(desk.Error{Frame: outside(ctx), Status: 410, Text: desk.Text(ctx, "refused.link_over"), Reference: "01JD0000000000000000000000"})},
	}
}

func people(ctx context.Context) []Page {
	mei := desk.Person{Name: "Mei Lindqvist", Email: "mei@kiln.example", Role: "owner", State: "active", SignedIn: "09:40 UTC+8", URL: "/", HasFactor: true, Passkeys: "Phone, Studio laptop"}
	all := desk.People{Frame: Frame(ctx, "people"), InviteURL: "/", People: []desk.Person{
		mei,
		{Name: "Bartholomew Featherstonehaugh-Cholmondeley", Email: "bartholomew.featherstonehaugh@accounting.kiln.example", Role: "finance", State: "invited", URL: "/"},
		{Name: "Tom", Email: "tom@kiln.example", Role: "support", State: "disabled", SignedIn: "2027-01-12, 10:02 UTC+8", URL: "/"},
	}}
	one := desk.PersonView{Frame: Frame(ctx, "people"), Person: mei, Sessions: sessions(), BackURL: "/", Actions: []desk.PersonAction{
		{Key: "role", URL: "/"}, {Key: "sessions", URL: "/"}, {Key: "reset", URL: "/", Danger: true}, {Key: "disable", URL: "/", Danger: true},
	}}
	done, away := one, one
	done.Frame.Done = "role"
	away.Person, away.Sessions, away.Actions = all.People[2], nil, []desk.PersonAction{{Key: "enable", URL: "/"}}
	invite := desk.Invite{Frame: Frame(ctx, "people"), Action: "/", BackURL: "/", Roles: roles}
	taken := invite
	taken.Email, taken.Role, taken.Wrong = "tom@kiln.example", "support", desk.Text(ctx, "refused.email_taken")
	role := desk.Confirm{
		Frame: Frame(ctx, "people"), Title: desk.Text(ctx, "act.role") + ": Tom", Text: []string{desk.Text(ctx, "act.role.text", "tom@kiln.example")},
		Action: "/", Button: desk.Text(ctx, "act.role"), BackURL: "/", Choice: desk.Choice{Name: "role", Label: desk.Text(ctx, "person.role"), Value: "support"},
	}
	for _, r := range roles {
		role.Choice.Options = append(role.Choice.Options, desk.Option{Value: r, Text: desk.Text(ctx, "role."+r) + " – " + desk.Text(ctx, "role."+r+".text")})
	}
	last := desk.Confirm{
		Frame: Frame(ctx, "people"), Title: desk.Text(ctx, "act.disable") + ": Mei Lindqvist", Text: []string{desk.Text(ctx, "act.disable.text", "mei@kiln.example")},
		Action: "/", Button: desk.Text(ctx, "act.disable"), Danger: true, BackURL: "/", Wrong: desk.Text(ctx, "refused.last_owner"),
	}
	return []Page{
		{"desk-people", desk.PeoplePage(all)},
		{"desk-person", desk.PersonPage(one)},
		{"desk-person-done", desk.PersonPage(done)},
		{"desk-person-disabled", desk.PersonPage(away)},
		{"desk-invite", desk.InvitePage(invite)},
		{"desk-invite-taken", desk.InvitePage(taken)},
		{"desk-person-link", desk.LinkPage(desk.Link{Frame: Frame(ctx, "people"), Email: "tom@kiln.example", Link: "https://kiln.example/dashboard/links/2GQV5Y6H3JTKXWMN4RSB7PLCDA", BackURL: "/", Minutes: 30})},
		{"desk-person-role", desk.ConfirmPage(role)},
		{"desk-last-owner", desk.ConfirmPage(last)},
		{"desk-log", desk.LogPage(desk.Log{Frame: Frame(ctx, "log"), Page: desk.Page{NextURL: "/", FirstURL: "/"}, Entries: []desk.Entry{
			{At: "09:40 UTC+8", Who: "Mei Lindqvist", Address: "203.0.113.7", Action: desk.Text(ctx, "log.invited"), About: "tom@kiln.example support"},
			{At: "2027-02-27, 19:02 UTC+8", Who: "command line", Action: desk.Text(ctx, "log.reset"), About: "mei@kiln.example"},
		}})},
		{"desk-log-empty", desk.LogPage(desk.Log{Frame: Frame(ctx, "log")})},
	}
}
