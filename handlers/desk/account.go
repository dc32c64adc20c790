package desk

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

// Paths of a person's own account.
const (
	pathPassword = pathAccount + "/password"
	pathFactor   = pathAccount + "/second-factor"
	pathRecovery = pathAccount + "/recovery-codes"
	pathSessions = pathAccount + "/sessions"
	pathEmails   = pathAccount + "/emails"
)

// account is what a person does with their own account.
type account struct{ *desk }

func (d account) routes() []route {
	return []route{
		{http.MethodGet, pathAccount, operators.Account, d.showAccount, "shows the person's own account"},
		{http.MethodPost, pathPassword, operators.Account, d.changePassword, "changes the person's own password"},
		{http.MethodPost, pathFactor, operators.Account, d.beginFactor, "begins to set a second factor up"},
		{http.MethodGet, pathFactor, operators.Account, d.showFactor, "shows the second factor that is being set up"},
		{http.MethodPost, pathFactor + "/code", operators.Account, d.setFactor, "sets the second factor"},
		{http.MethodPost, pathFactor + "/removal", operators.Account, d.removeFactor, "takes the second factor away"},
		{http.MethodPost, pathRecovery, operators.Account, d.makeRecovery, "makes new recovery codes"},
		{http.MethodPost, pathSessions + "/:id/end", operators.Account, d.endSession, "ends a session of the person's own"},
		{http.MethodPost, pathEmails, operators.See, d.chooseEmails, "chooses when the person is told of what waits"},
	}
}

func (d account) showAccount(c echo.Context) error { return d.accountPage(c, http.StatusOK, "", "") }

// accountPage shows the account; wrong is why the form called form was refused.
func (d account) accountPage(c echo.Context, status int, form, wrong string) error {
	ctx := c.Request().Context()
	own, err := d.People.Own(ctx, signed(c))
	if err != nil {
		return err
	}
	v := view.Account{
		Frame: d.frame(c, "account"), Name: own.Name, Email: own.Email, Role: string(own.Role),
		HasPassword: own.Password != "", HasFactor: own.HasSecondFactor(), MustSetUp: signed(c).Stage == operators.StageSetup,
		FactorNeeded: own.Needed, RecoveryLeft: strconv.Itoa(len(own.Recovery)), Least: operators.MinPassword, Form: form, Wrong: wrong,
		PasswordURL: BasePath + pathPassword, FactorURL: BasePath + pathFactor, RemovalURL: BasePath + pathFactor + "/removal",
		RecoveryURL: BasePath + pathRecovery, HasCodes: own.TOTP != "",
		Passkeys: d.passkeyViews(c, own), Passkey: d.passkeyForm(c, pathPasskeys),
	}
	if !v.MustSetUp {
		v.EmailsURL = BasePath + pathEmails
		v.When, v.Language = emailChoices(ctx, own.Member)
	}
	for _, s := range own.Sessions {
		one := d.sessionView(c, s)
		one.EndURL = BasePath + pathSessions + "/" + s.ID + "/end"
		v.Sessions = append(v.Sessions, one)
	}
	return web.Render(c, status, view.AccountPage(v))
}

// passkeyViews are a person's own passkeys. The last second factor of a role that needs one
// stays.
func (d account) passkeyViews(c echo.Context, own operators.OwnAccount) (all []view.Passkey) {
	ctx, now := c.Request().Context(), d.Now()
	for _, k := range own.Passkeys {
		one := view.Passkey{
			ID: k.ID, Name: k.Name, Made: views.Clock(ctx, k.CreatedAt, now), URL: BasePath + pathPasskeys + "/" + k.ID,
			Removable: !own.Needed || own.TOTP != "" || len(own.Passkeys) > 1,
		}
		if !k.UsedAt.IsZero() {
			one.Used = views.Clock(ctx, k.UsedAt, now)
		}
		all = append(all, one)
	}
	return all
}

// emailChoices are when a person is told of what waits for them, and in which language.
func emailChoices(ctx context.Context, m operators.Member) (when, language view.Choice) {
	when = view.Choice{Name: "when", Label: view.Text(ctx, "account.emails.when"), Value: string(m.InboxEmails)}
	for _, choice := range operators.InboxEmailChoices() {
		when.Options = append(when.Options, view.Option{Value: string(choice), Text: view.Text(ctx, "account.emails."+string(choice))})
	}
	language = view.Choice{Name: "language", Label: view.Text(ctx, "account.emails.language"), Value: m.Language}
	for _, tag := range view.Languages() {
		language.Options = append(language.Options, view.Option{Value: tag.String(), Text: views.LanguageName(tag)})
	}
	return when, language
}

// chooseEmails takes a language that the dashboard has.
func (d account) chooseEmails(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(view.Languages(), func(tag language.Tag) bool { return tag.String() == f.Get("language") })
	if !known {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if err := d.People.ChooseInboxEmails(c.Request().Context(), signed(c), operators.InboxEmails(f.Get("when")), f.Get("language")); err != nil {
		return err
	}
	return done(c, pathAccount, "emails_chosen")
}

func (d *desk) sessionView(c echo.Context, s operators.Session) view.Session {
	ctx, now := c.Request().Context(), d.Now()
	return view.Session{
		Address: s.Address, Agent: s.Agent, Began: views.Clock(ctx, s.CreatedAt, now), Used: views.Clock(ctx, s.UsedAt, now),
		This: s.ID == signed(c).Session,
	}
}

// accountAgain shows the account again after a form was refused.
func (d account) accountAgain(c echo.Context, err error, form string) error {
	return d.again(c, err, func(wrong string) error { return d.accountPage(c, statusOf(err), form, wrong) })
}

func (d account) changePassword(c echo.Context) error {
	entered, err := d.People.ChangePassword(c.Request().Context(), signed(c), c.FormValue("current"), c.FormValue("password"), from(c))
	if err != nil {
		return d.accountAgain(c, err, "password")
	}
	d.keep(c, entered.Token)
	return done(c, pathAccount, "password_changed")
}

func (d account) beginFactor(c echo.Context) error {
	_, err := d.People.BeginSecondFactor(c.Request().Context(), signed(c), d.token(c), c.FormValue("current"))
	if err != nil {
		return d.accountAgain(c, err, "factor")
	}
	return c.Redirect(http.StatusSeeOther, BasePath+pathFactor)
}

func (d account) showFactor(c echo.Context) error { return d.factorPage(c, http.StatusOK, "") }

func (d account) factorPage(c echo.Context, status int, wrong string) error {
	key, err := d.People.Pending(c.Request().Context(), d.token(c))
	if err != nil {
		return err
	}
	return web.Render(c, status, view.FactorPage(view.Factor{
		Frame: d.frame(c, "account"), Picture: views.LinkCode(key.URL()), Secret: key.Secret(), Wrong: wrong,
		Action: BasePath + pathFactor + "/code", BackURL: BasePath + pathAccount,
	}))
}

func (d account) setFactor(c echo.Context) error {
	entered, codes, err := d.People.SetSecondFactor(c.Request().Context(), signed(c), d.token(c), c.FormValue("code"), from(c))
	if err != nil {
		return d.again(c, err, func(wrong string) error { return d.factorPage(c, statusOf(err), wrong) })
	}
	d.keep(c, entered.Token)
	return d.codesPage(c, codes)
}

// codesPage shows recovery codes this once.
func (d account) codesPage(c echo.Context, codes []string) error {
	return web.Render(c, http.StatusOK, view.CodesPage(view.Codes{Frame: d.frame(c, "account"), Codes: codes, HomeURL: BasePath}))
}

func (d account) removeFactor(c echo.Context) error {
	if err := d.People.RemoveSecondFactor(c.Request().Context(), signed(c), c.FormValue("current"), from(c)); err != nil {
		return d.accountAgain(c, err, "removal")
	}
	return done(c, pathAccount, "second_factor_removed")
}

func (d account) makeRecovery(c echo.Context) error {
	codes, err := d.People.NewRecoveryCodes(c.Request().Context(), signed(c), c.FormValue("current"), from(c))
	if err != nil {
		return d.accountAgain(c, err, "recovery")
	}
	return d.codesPage(c, codes)
}

func (d account) endSession(c echo.Context) error {
	if err := d.People.EndSession(c.Request().Context(), signed(c), c.Param("id"), from(c)); err != nil {
		return err
	}
	return done(c, pathAccount, "session_ended")
}
