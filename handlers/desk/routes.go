package desk

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/operators"
)

// route is one row of the table of routes.
type route struct {
	method string
	path   string // below BasePath
	needs  operators.Capability
	show   echo.HandlerFunc
	what   string // happens
}

// Paths that more than one handler names.
const (
	pathSignIn       = "/sign-in"
	pathSecondFactor = "/second-factor"
	pathAccount      = "/account"
	pathWelcome      = "/welcome/:token"
	pathPeople       = "/people"
	pathLog          = "/log"
)

// routes lists all routes of the dashboard. Each part of it is a type in a file
// of its own, with its rows.
func (d *desk) routes() []route {
	return slices.Concat(
		[]route{{http.MethodGet, "", operators.See, d.showHome, "goes to the first page"}},
		inboxPages{d}.routes(),
		exportFiles{d}.routes(),
		orderPages{d}.routes(),
		actionPages{d}.routes(),
		proofPages{d}.routes(),
		disputePages{d}.routes(),
		linkPages{d}.routes(),
		reportPages{d}.routes(),
		reconciliationPages{d}.routes(),
		webhookPages{d}.routes(),
		keyPages{d}.routes(),
		entrance{d}.routes(),
		account{d}.routes(),
		passkeyPages{d}.routes(),
		products{d}.routes(),
		personalPages{d}.routes(),
		people{d}.routes(),
		logPages{d}.routes(),
		settingPages{d}.routes(),
	)
}

// navigation lists the pages that every page links to, in their order.
var navigation = []struct {
	key   string // of its text: nav.KEY
	path  string
	needs operators.Capability
}{
	{"orders", pathOrders, operators.See},
	{"inbox", pathInbox, operators.See},
	{"links", pathLinks, operators.See},
	{"products", pathProducts, operators.See},
	{"reports", pathReports, operators.See},
	{"reconciliation", pathReconciliation, operators.See},
	{"webhooks", pathWebhooks, operators.Manage},
	{"keys", pathKeys, operators.Manage},
	{"personal-data", pathPersonal, operators.Manage},
	{"people", pathPeople, operators.Manage},
	{"log", pathLog, operators.Manage},
	{"settings", pathSettings, operators.See},
	{"account", pathAccount, operators.Account},
}
