package desk

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

// Paths of passkeys. A browser asks for a challenge below each first.
const (
	pathPasskeys      = pathAccount + "/passkeys"
	pathPasskeySignIn = pathSignIn + "/passkey"
	pathPasskeyProof  = pathSecondFactor + "/passkey"
	pathChallenge     = "/challenge"
)

// passkeyPages are what a script of the pages calls for passkeys, and the forms that it posts.
type passkeyPages struct{ *desk }

func (d passkeyPages) routes() []route {
	return []route{
		{http.MethodPost, pathPasskeySignIn + pathChallenge, operators.Open, d.challengeSignIn, "says what a browser needs to sign in by a passkey"},
		{http.MethodPost, pathPasskeySignIn, operators.Open, d.signIn, "signs in by a passkey"},
		{http.MethodPost, pathPasskeyProof + pathChallenge, operators.Proving, d.challengeProof, "says what a browser needs for a passkey as second factor"},
		{http.MethodPost, pathPasskeyProof, operators.Proving, d.prove, "signs in by a passkey as second factor"},
		{http.MethodPost, pathPasskeys + pathChallenge, operators.Account, d.challengeRegistration, "says what a browser needs to make a passkey"},
		{http.MethodPost, pathPasskeys, operators.Account, d.add, "adds a passkey to the person's own account"},
		{http.MethodPost, pathPasskeys + "/:id/name", operators.Account, d.rename, "renames a passkey of the person's own"},
		{http.MethodPost, pathPasskeys + "/:id/removal", operators.Account, d.remove, "removes a passkey of the person's own"},
	}
}

// passkeyForm is a form that passkey.js does; path is below BasePath.
func (d *desk) passkeyForm(c echo.Context, path string) view.PasskeyForm {
	return view.PasskeyForm{
		Origin: d.People.PasskeyOrigin(), Action: BasePath + path, ChallengeURL: BasePath + path + pathChallenge, Next: nextOf(c),
	}
}

// answerOptions answers the script with what a browser needs, or with why not.
func (d *desk) answerOptions(c echo.Context, options any, err error) error {
	if err != nil {
		return d.again(c, err, func(wrong string) error { return c.JSON(statusOf(err), map[string]string{"error": wrong}) })
	}
	return c.JSON(http.StatusOK, options)
}

// answerOf is what the browser has answered to a challenge.
func answerOf(c echo.Context) []byte { return []byte(c.FormValue("credential")) }

// browserCookie is the name of the cookie that binds a challenge to a browser that is not
// signed in.
func (d *desk) browserCookie() string {
	if d.Site.HTTPS() {
		return "__Host-passkey"
	}
	return "passkey"
}

// keepBrowser gives the browser what its answer to a challenge has to come with.
func (d *desk) keepBrowser(c echo.Context, token string, seconds int) {
	c.SetCookie(&http.Cookie{
		Name: d.browserCookie(), Value: token, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: d.Site.HTTPS(), SameSite: http.SameSiteStrictMode,
	})
}

func (d passkeyPages) challengeSignIn(c echo.Context) error {
	options, browser, err := d.People.BeginPasskeySignIn(c.Request().Context())
	if err == nil {
		d.keepBrowser(c, browser, int(operators.ChallengeTime.Seconds()))
	}
	return d.answerOptions(c, options, err)
}

func (d passkeyPages) signIn(c echo.Context) error {
	var browser string
	if cookie, err := c.Cookie(d.browserCookie()); err == nil {
		browser = cookie.Value
	}
	entered, err := d.People.SignInByPasskey(c.Request().Context(), browser, answerOf(c), d.token(c), from(c))
	if err != nil {
		return d.again(c, err, func(wrong string) error {
			v := entrance(d).signInView(c)
			v.Wrong = wrong
			return web.Render(c, statusOf(err), view.SignInPage(v))
		})
	}
	d.keepBrowser(c, "", -1)
	return d.enter(c, entered)
}

func (d passkeyPages) challengeProof(c echo.Context) error {
	options, err := d.People.BeginPasskeyProof(c.Request().Context(), signed(c), d.token(c))
	return d.answerOptions(c, options, err)
}

func (d passkeyPages) prove(c echo.Context) error {
	entered, err := d.People.ProveByPasskey(c.Request().Context(), signed(c), d.token(c), answerOf(c), from(c))
	if err != nil {
		return d.again(c, err, func(wrong string) error { return entrance(d).secondFactorPage(c, statusOf(err), wrong) })
	}
	return d.enter(c, entered)
}

func (d passkeyPages) challengeRegistration(c echo.Context) error {
	options, err := d.People.BeginPasskey(c.Request().Context(), signed(c), d.token(c), c.FormValue("current"), c.FormValue("name"))
	return d.answerOptions(c, options, err)
}

func (d passkeyPages) add(c echo.Context) error {
	entered, codes, err := d.People.AddPasskey(c.Request().Context(), signed(c), d.token(c), c.FormValue("name"), answerOf(c), from(c))
	if err != nil {
		return account(d).accountAgain(c, err, "passkey")
	}
	d.keep(c, entered.Token)
	if len(codes) > 0 {
		return account(d).codesPage(c, codes)
	}
	return done(c, pathAccount, "passkey_added")
}

func (d passkeyPages) rename(c echo.Context) error {
	if err := d.People.RenamePasskey(c.Request().Context(), signed(c), c.Param("id"), c.FormValue("name"), from(c)); err != nil {
		return account(d).accountAgain(c, err, "name-"+c.Param("id"))
	}
	return done(c, pathAccount, "passkey_renamed")
}

func (d passkeyPages) remove(c echo.Context) error {
	if err := d.People.RemovePasskey(c.Request().Context(), signed(c), c.Param("id"), c.FormValue("current"), from(c)); err != nil {
		return account(d).accountAgain(c, err, "removal-"+c.Param("id"))
	}
	return done(c, pathAccount, "passkey_removed")
}
