package desk

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

// people is what owners do with people.
type people struct{ *desk }

func (d people) routes() []route {
	routes := []route{
		{http.MethodGet, pathPeople, operators.Manage, d.showPeople, "lists the people"},
		{http.MethodGet, pathPeople + "/invitation", operators.Manage, d.showInvite, "shows the form to invite a person"},
		{http.MethodPost, pathPeople + "/invitation", operators.Manage, d.invite, "invites a person"},
		{http.MethodGet, pathPeople + "/:id", operators.Manage, d.showPerson, "shows a person with their sessions"},
	}
	for _, a := range d.personActions() {
		path := pathPeople + "/:id/" + a.name
		routes = append(routes,
			route{http.MethodGet, path, operators.Manage, func(c echo.Context) error { return d.confirmPerson(c, a, http.StatusOK, "") }, "says what " + a.name + " does to a person"},
			route{http.MethodPost, path, operators.Manage, func(c echo.Context) error { return d.doPerson(c, a) }, a.name + " of a person"})
	}
	return routes
}

// personAction is something that an owner does with a person. Its texts are act.NAME,
// act.NAME.text and done.NAME.
type personAction struct {
	name   string
	danger bool
	do     func(c echo.Context, ctx context.Context, id string) (link string, err error)
}

func (d people) personActions() []personAction {
	// plain is an action that answers no link.
	plain := func(do func(context.Context, operators.Actor, string) (operators.Member, error)) func(echo.Context, context.Context, string) (string, error) {
		return func(c echo.Context, ctx context.Context, id string) (string, error) {
			_, err := do(ctx, actor(c), id)
			return "", err
		}
	}
	return []personAction{
		{"role", false, func(c echo.Context, ctx context.Context, id string) (string, error) {
			_, err := d.People.SetRole(ctx, actor(c), id, operators.Role(c.FormValue("role")))
			return "", err
		}},
		{"sessions", false, plain(d.People.EndSessions)},
		{"reset", true, func(c echo.Context, ctx context.Context, id string) (string, error) {
			_, link, err := d.People.Reset(ctx, actor(c), id)
			return link, err
		}},
		{"disable", true, plain(d.People.Disable)},
		{"enable", false, plain(d.People.Enable)},
	}
}

func (d people) showPeople(c echo.Context) error {
	all, err := d.People.People(c.Request().Context())
	if err != nil {
		return err
	}
	v := view.People{Frame: d.frame(c, "people"), InviteURL: BasePath + pathPeople + "/invitation"}
	for _, m := range all {
		v.People = append(v.People, d.personView(c, m))
	}
	return web.Render(c, http.StatusOK, view.PeoplePage(v))
}

func (d people) personView(c echo.Context, m operators.Member) view.Person {
	v := view.Person{
		Name: m.Name, Email: m.Email, Role: string(m.Role), HasFactor: m.HasSecondFactor(),
		URL: BasePath + pathPeople + "/" + m.ID, State: m.State(),
	}
	var names []string
	for _, k := range m.Passkeys {
		names = append(names, k.Name)
	}
	v.Passkeys = strings.Join(names, ", ")
	if !m.SignedInAt.IsZero() {
		v.SignedIn = views.Clock(c.Request().Context(), m.SignedInAt, d.Now())
	}
	return v
}

func (d people) inviteView(c echo.Context) view.Invite {
	v := view.Invite{
		Frame: d.frame(c, "people"), Action: BasePath + pathPeople + "/invitation", BackURL: BasePath + pathPeople,
		Email: c.FormValue("email"), Name: c.FormValue("name"), Role: c.FormValue("role"),
	}
	for _, r := range operators.Roles() {
		v.Roles = append(v.Roles, string(r))
	}
	return v
}

func (d people) showInvite(c echo.Context) error {
	return web.Render(c, http.StatusOK, view.InvitePage(d.inviteView(c)))
}

func (d people) invite(c echo.Context) error {
	m, link, err := d.People.Invite(c.Request().Context(), actor(c), c.FormValue("email"), c.FormValue("name"), operators.Role(c.FormValue("role")))
	if err != nil {
		return d.again(c, err, func(wrong string) error {
			v := d.inviteView(c)
			v.Wrong = wrong
			return web.Render(c, statusOf(err), view.InvitePage(v))
		})
	}
	return d.linkPage(c, m, link)
}

// linkPage shows the link of a person this once.
func (d people) linkPage(c echo.Context, m operators.Member, link string) error {
	return web.Render(c, http.StatusOK, view.LinkPage(view.Link{
		Frame: d.frame(c, "people"), Email: m.Email, Link: link, Minutes: int(operators.LinkTime.Minutes()), BackURL: BasePath + pathPeople,
	}))
}

func (d people) showPerson(c echo.Context) error {
	ctx := c.Request().Context()
	m, sessions, err := d.People.PersonWithSessions(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	v := view.PersonView{Frame: d.frame(c, "people"), Person: d.personView(c, m), BackURL: BasePath + pathPeople}
	for _, s := range sessions {
		v.Sessions = append(v.Sessions, d.sessionView(c, s))
	}
	for _, a := range d.personActions() {
		if a.name == "enable" == m.DisabledAt.IsZero() || a.name == "reset" && !m.DisabledAt.IsZero() {
			continue
		}
		v.Actions = append(v.Actions, view.PersonAction{Key: a.name, URL: v.URL + "/" + a.name, Danger: a.danger})
	}
	return web.Render(c, http.StatusOK, view.PersonPage(v))
}

// confirmPerson says what an action will do.
func (d people) confirmPerson(c echo.Context, a personAction, status int, wrong string) error {
	ctx := c.Request().Context()
	m, err := d.People.Person(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	v := view.Confirm{
		Frame: d.frame(c, "people"), Title: view.Text(ctx, "act."+a.name) + ": " + m.Name, Text: []string{view.Text(ctx, "act."+a.name+".text", m.Email)},
		Action: c.Request().URL.Path, Button: view.Text(ctx, "act."+a.name), Danger: a.danger, Wrong: wrong,
		BackURL: BasePath + pathPeople + "/" + m.ID,
	}
	if a.name == "role" {
		v.Choice = view.Choice{Name: "role", Label: view.Text(ctx, "person.role"), Value: string(m.Role)}
		for _, r := range operators.Roles() {
			v.Choice.Options = append(v.Choice.Options, view.Option{Value: string(r), Text: view.Text(ctx, "role."+string(r)) + " – " + view.Text(ctx, "role."+string(r)+".text")})
		}
	}
	return web.Render(c, status, view.ConfirmPage(v))
}

func (d people) doPerson(c echo.Context, a personAction) error {
	ctx := c.Request().Context()
	m, err := d.People.Person(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	link, err := a.do(c, ctx, m.ID)
	switch {
	case err != nil:
		return d.again(c, err, func(wrong string) error { return d.confirmPerson(c, a, statusOf(err), wrong) })
	case link != "":
		return d.linkPage(c, m, link)
	}
	return done(c, pathPeople+"/"+m.ID, a.name)
}
