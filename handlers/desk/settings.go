package desk

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

const pathSettings = "/settings"

// Setting is one setting of the program, as people may read it.
type Setting struct {
	Name   string
	Value  string // "" of a secret
	Secret bool
	From   Source
}

// Source says where a setting is from.
type Source string

// The sources of a setting.
const (
	FromDefault     Source = "default"
	FromFlag        Source = "flag"
	FromEnvironment Source = "environment"
	FromFile        Source = "file"
)

// Finding is what an examination of the program has seen.
type Finding struct {
	Check  string
	Result string // ok, skipped, warning or error
	Text   string
	Cure   string // "" where nothing is wrong
}

// settingPages are what the operator has decided, and what an examination finds.
type settingPages struct{ *desk }

// routes lists them.
func (d settingPages) routes() []route {
	return []route{
		{http.MethodGet, pathSettings, operators.See, d.showSettings, "shows the settings, and what is left to do before real payments"},
		{http.MethodPost, pathSettings + "/examination", operators.Manage, d.examine, "examines the program and its surroundings"},
	}
}

func (d settingPages) showSettings(c echo.Context) error { return d.settingsPage(c, nil) }

// examine shows the settings with what an examination has found. It connects to Antom, to the
// mail server and to the shop itself.
func (d settingPages) examine(c echo.Context) error {
	if d.Examine == nil {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	return d.settingsPage(c, d.Examine(c.Request().Context()))
}

func (d settingPages) settingsPage(c echo.Context, findings []Finding) error {
	v := view.Settings{Frame: d.frame(c, "settings")}
	v.Steps = d.beforeRealPayments(!v.Sandbox)
	if d.Examine != nil && personOf(c).May(operators.Manage) {
		v.ExamineURL = BasePath + pathSettings + "/examination"
	}
	for _, s := range d.Settings {
		v.Rows = append(v.Rows, view.SettingRow{Name: s.Name, Value: s.Value, Secret: s.Secret, From: string(s.From)})
	}
	for _, f := range findings {
		v.Findings = append(v.Findings, view.Finding{
			Check: strings.ReplaceAll(f.Check, "_", " "), Result: view.Status{Key: "check_" + f.Result, Severity: findingSeverities[f.Result]}, Text: f.Text, Cure: f.Cure,
		})
	}
	return web.Render(c, http.StatusOK, view.SettingsPage(v))
}

var findingSeverities = map[string]string{"ok": "good", "skipped": "plain", "warning": "wait", "error": "bad"}

// beforeRealPayments lists what a shop needs before real payments, with what it has
// already.
func (d settingPages) beforeRealPayments(realMoney bool) (steps []view.Step) {
	given := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool {
			return !slices.ContainsFunc(d.Settings, func(s Setting) bool { return s.Name == name && s.From != FromDefault })
		})
	}
	add := func(key string, done bool) { steps = append(steps, view.Step{Key: key, Done: done}) }
	add("account", given("ANTOM_CLIENT_ID", "ANTOM_PRIVATE_KEY", "ANTOM_PUBLIC_KEY"))
	add("address", d.Site.HTTPS())
	add("session", given("SESSION_KEY"))
	add("email", given("SMTP_URL", "MAIL_FROM"))
	add("operator", given("OPERATOR_EMAIL"))
	add("real", realMoney)
	return steps
}
