package desk

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

// entrance is where people sign in and out.
type entrance struct{ *desk }

func (d entrance) routes() []route {
	return []route{
		{http.MethodGet, pathSignIn, operators.Open, d.showSignIn, "shows the form to sign in"},
		{http.MethodPost, pathSignIn, operators.Open, d.signIn, "signs in by email and password"},
		{http.MethodGet, pathSecondFactor, operators.Proving, d.showSecondFactor, "shows the form for the second factor"},
		{http.MethodPost, pathSecondFactor, operators.Proving, d.prove, "signs in by the second factor"},
		{http.MethodPost, "/sign-out", operators.Open, d.signOut, "ends the session"},
		{http.MethodGet, pathWelcome, operators.Open, d.openLink, "opens an invitation, or signs in by a link of test mode"},
		{http.MethodPost, pathWelcome, operators.Open, d.choosePassword, "sets name and password by an invitation"},
	}
}

// nextOf is the page of the dashboard that a person who signs in goes on to.
func nextOf(c echo.Context) string {
	next := c.FormValue("next")
	at, err := url.Parse(next)
	if err != nil || at.IsAbs() || at.Host != "" || !strings.HasPrefix(at.Path, BasePath+"/") || strings.ContainsAny(next, "\\\r\n") {
		return ""
	}
	return next
}

func (d entrance) showSignIn(c echo.Context) error {
	if signed(c).Stage == operators.StageFull {
		return c.Redirect(http.StatusSeeOther, BasePath)
	}
	return web.Render(c, http.StatusOK, view.SignInPage(d.signInView(c)))
}

func (d entrance) signInView(c echo.Context) view.SignIn {
	return view.SignIn{
		Frame: d.frame(c, ""), Action: BasePath + pathSignIn, Email: c.FormValue("email"), Next: nextOf(c),
		Passkey: d.passkeyForm(c, pathPasskeySignIn),
	}
}

func (d entrance) signIn(c echo.Context) error {
	ctx := c.Request().Context()
	entered, err := d.People.SignIn(ctx, c.FormValue("email"), c.FormValue("password"), d.token(c), from(c))
	if err != nil {
		return d.again(c, err, func(wrong string) error {
			v := d.signInView(c)
			v.Wrong = wrong
			return web.Render(c, statusOf(err), view.SignInPage(v))
		})
	}
	return d.enter(c, entered)
}

// again shows a form again with what is wrong. Other errors than refusals stay errors.
func (d *desk) again(c echo.Context, err error, show func(wrong string) error) error {
	wrong, ok := refusalText(c, err)
	if !ok {
		return err
	}
	web.Note(c, slog.LevelInfo, slog.String(web.LogAnswer, err.Error()))
	return show(wrong)
}

// enter goes on with a session that has begun.
func (d *desk) enter(c echo.Context, entered operators.Entered) error {
	d.keep(c, entered.Token)
	path := BasePath
	switch next := nextOf(c); {
	case entered.Stage == operators.StageProving:
		path += pathSecondFactor
		if next != "" {
			path += "?" + query("next", next)
		}
	case entered.Stage == operators.StageSetup:
		path += pathAccount
	case next != "":
		path = next
	}
	return c.Redirect(http.StatusSeeOther, path)
}

func (d entrance) showSecondFactor(c echo.Context) error {
	return d.secondFactorPage(c, http.StatusOK, "")
}

// secondFactorPage asks for the second factor; wrong is why the last try was refused.
func (d entrance) secondFactorPage(c echo.Context, status int, wrong string) error {
	m, err := d.People.Person(c.Request().Context(), personOf(c).ID)
	if err != nil {
		return err
	}
	v := view.SecondFactor{
		Frame: d.frame(c, ""), Action: BasePath + pathSecondFactor, SignOut: BasePath + "/sign-out", Next: nextOf(c), Wrong: wrong,
		HasCodes: m.TOTP != "",
	}
	if len(m.Passkeys) > 0 {
		v.Passkey = d.passkeyForm(c, pathPasskeyProof)
	}
	return web.Render(c, status, view.SecondFactorPage(v))
}

func (d entrance) prove(c echo.Context) error {
	entered, err := d.People.Prove(c.Request().Context(), signed(c), c.FormValue("code"), from(c))
	if err != nil {
		return d.again(c, err, func(wrong string) error { return d.secondFactorPage(c, statusOf(err), wrong) })
	}
	return d.enter(c, entered)
}

func (d entrance) signOut(c echo.Context) error {
	if s := signed(c); s.Stage != "" {
		if err := d.People.SignOut(c.Request().Context(), s, from(c)); err != nil {
			return err
		}
	}
	d.keep(c, "")
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(http.StatusSeeOther, BasePath+pathSignIn)
}

// openLink shows the form of an invitation. A sign-in link of test mode signs in at once.
func (d entrance) openLink(c echo.Context) error {
	ctx := c.Request().Context()
	purpose, person, err := d.People.Link(ctx, c.Param("token"))
	if err != nil {
		return err
	}
	if purpose == operators.ForPassword {
		return web.Render(c, http.StatusOK, view.InvitationPage(d.invitationView(c, person, person.Name)))
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK) // only looking uses no link up
	}
	entered, err := d.People.SignInByLink(ctx, c.Param("token"), d.token(c), from(c))
	if err != nil {
		return err
	}
	return d.enter(c, entered)
}

func (d entrance) invitationView(c echo.Context, p operators.Person, name string) view.Invitation {
	f := d.frame(c, "")
	f.Person, f.Navigation = "", nil // the link may be another person's
	return view.Invitation{
		Frame: f, Action: c.Request().URL.Path, Email: p.Email, Name: name, Role: string(p.Role), Least: operators.MinPassword,
	}
}

func (d entrance) choosePassword(c echo.Context) error {
	ctx, link := c.Request().Context(), c.Param("token")
	entered, err := d.People.ChoosePassword(ctx, link, c.FormValue("name"), c.FormValue("password"), from(c))
	if err == nil {
		return d.enter(c, entered)
	}
	_, person, failed := d.People.Link(ctx, link)
	if failed != nil {
		return failed
	}
	return d.again(c, err, func(wrong string) error {
		v := d.invitationView(c, person, c.FormValue("name"))
		v.Wrong = wrong
		return web.Render(c, statusOf(err), view.InvitationPage(v))
	})
}
