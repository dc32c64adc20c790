package handlers_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/totp"

	"antom-checkout/checkout/operators"
)

const personPassword = "a kiln and a thread"

// newPerson is the browser of a person with this role who has signed in to the dashboard.
func (s *shop) newPerson(role operators.Role) *buyer {
	s.t.Helper()
	s.hires(role)
	b := s.newBuyer()
	b.signsIn(role)
	return b
}

// hires makes a person of a role, whose email is ROLE@example.com.
func (s *shop) hires(role operators.Role) {
	s.t.Helper()
	_, link, err := s.services.People.Invite(s.t.Context(), operators.CommandLine, string(role)+"@example.com", "", role)
	must(s.t, err)
	s.newBuyer().post(pathOf(s.t, link), "name=A "+string(role), "password="+personPassword).sees(http.StatusSeeOther)
}

func (b *buyer) signsIn(role operators.Role) {
	b.t.Helper()
	b.post("/dashboard/sign-in", "email="+string(role)+"@example.com", "password="+personPassword).goesTo("/dashboard")
}

// goesTo fails unless the answer leads to a path.
func (a answer) goesTo(path string) {
	a.t.Helper()
	if got := a.sees(http.StatusSeeOther).header.Get("Location"); got != path {
		a.t.Fatalf("the answer leads to %s, want %s", got, path)
	}
}

func pathOf(t *testing.T, address string) string {
	t.Helper()
	at, err := url.Parse(address)
	must(t, err)
	return at.RequestURI()
}

// access is who may use each route of the dashboard: everyone, or the roles from one on.
// It is written apart from the table of routes, so that a slip there is seen.
var access = map[string]string{
	"GET /dashboard": "viewer",

	"GET /dashboard/sign-in":         "everyone",
	"POST /dashboard/sign-in":        "everyone",
	"POST /dashboard/sign-out":       "everyone",
	"GET /dashboard/welcome/:token":  "everyone",
	"POST /dashboard/welcome/:token": "everyone",
	"GET /dashboard/second-factor":   "proving",
	"POST /dashboard/second-factor":  "proving",

	"POST /dashboard/sign-in/passkey":                 "everyone",
	"POST /dashboard/sign-in/passkey/challenge":       "everyone",
	"POST /dashboard/second-factor/passkey":           "proving",
	"POST /dashboard/second-factor/passkey/challenge": "proving",
	"POST /dashboard/account/passkeys":                "viewer",
	"POST /dashboard/account/passkeys/challenge":      "viewer",
	"POST /dashboard/account/passkeys/:id/name":       "viewer",
	"POST /dashboard/account/passkeys/:id/removal":    "viewer",

	"GET /dashboard/account":                        "viewer",
	"POST /dashboard/account/password":              "viewer",
	"POST /dashboard/account/second-factor":         "viewer",
	"GET /dashboard/account/second-factor":          "viewer",
	"POST /dashboard/account/second-factor/code":    "viewer",
	"POST /dashboard/account/second-factor/removal": "viewer",
	"POST /dashboard/account/recovery-codes":        "viewer",
	"POST /dashboard/account/emails":                "viewer",
	"POST /dashboard/account/sessions/:id/end":      "viewer",

	"GET /dashboard/people":               "owner",
	"GET /dashboard/people/invitation":    "owner",
	"POST /dashboard/people/invitation":   "owner",
	"GET /dashboard/people/:id":           "owner",
	"GET /dashboard/people/:id/role":      "owner",
	"POST /dashboard/people/:id/role":     "owner",
	"GET /dashboard/people/:id/sessions":  "owner",
	"POST /dashboard/people/:id/sessions": "owner",
	"GET /dashboard/people/:id/reset":     "owner",
	"POST /dashboard/people/:id/reset":    "owner",
	"GET /dashboard/people/:id/disable":   "owner",
	"POST /dashboard/people/:id/disable":  "owner",
	"GET /dashboard/people/:id/enable":    "owner",
	"POST /dashboard/people/:id/enable":   "owner",
	"GET /dashboard/log":                  "owner",

	"GET /dashboard/links":                           "viewer",
	"GET /dashboard/links/new":                       "finance",
	"POST /dashboard/links":                          "finance",
	"GET /dashboard/links/:id":                       "viewer",
	"POST /dashboard/links/:id":                      "finance",
	"POST /dashboard/links/:id/on":                   "finance",
	"POST /dashboard/links/:id/off":                  "finance",
	"GET /dashboard/reports":                         "viewer",
	"GET /dashboard/reports/export":                  "viewer",
	"GET /dashboard/reconciliation":                  "viewer",
	"POST /dashboard/reconciliation":                 "finance",
	"POST /dashboard/reconciliation/differences/:id": "finance",
	"GET /dashboard/settings":                        "viewer",
	"POST /dashboard/settings/examination":           "owner",
	"GET /dashboard/keys":                            "owner",
	"POST /dashboard/keys":                           "owner",
	"GET /dashboard/keys/:id/revoke":                 "owner",
	"POST /dashboard/keys/:id/revoke":                "owner",
	"GET /dashboard/webhooks":                        "owner",
	"POST /dashboard/webhooks":                       "owner",
	"GET /dashboard/webhooks/events":                 "owner",
	"GET /dashboard/webhooks/events/:id":             "owner",
	"POST /dashboard/webhooks/events/:id/redeliver":  "owner",
	"GET /dashboard/webhooks/:id":                    "owner",
	"POST /dashboard/webhooks/:id":                   "owner",
	"POST /dashboard/webhooks/:id/on":                "owner",
	"POST /dashboard/webhooks/:id/off":               "owner",
	"POST /dashboard/webhooks/:id/test":              "owner",
	"POST /dashboard/webhooks/:id/redeliver":         "owner",
	"GET /dashboard/webhooks/:id/rotate":             "owner",
	"POST /dashboard/webhooks/:id/rotate":            "owner",
	"GET /dashboard/webhooks/:id/delete":             "owner",
	"POST /dashboard/webhooks/:id/delete":            "owner",

	"GET /dashboard/orders":                                "viewer",
	"GET /dashboard/orders/events":                         "viewer",
	"GET /dashboard/orders/:id":                            "viewer",
	"GET /dashboard/orders/export/orders":                  "viewer",
	"GET /dashboard/orders/export/payments":                "viewer",
	"GET /dashboard/orders/export/refunds":                 "viewer",
	"GET /dashboard/inbox":                                 "viewer",
	"GET /dashboard/orders/:id/verify":                     "viewer",
	"GET /dashboard/orders/:id/proof":                      "finance",
	"GET /dashboard/orders/:id/refund":                     "support",
	"POST /dashboard/orders/:id/refund":                    "support",
	"GET /dashboard/orders/:id/capture":                    "finance",
	"POST /dashboard/orders/:id/capture":                   "finance",
	"GET /dashboard/orders/:id/cancel":                     "finance",
	"POST /dashboard/orders/:id/cancel":                    "finance",
	"GET /dashboard/orders/:id/accept":                     "finance",
	"POST /dashboard/orders/:id/accept":                    "finance",
	"GET /dashboard/*":                                     "viewer",
	"POST /dashboard/*":                                    "viewer",
	"GET /dashboard/products":                              "viewer",
	"GET /dashboard/products/:sku":                         "viewer",
	"POST /dashboard/products/:sku":                        "finance",
	"POST /dashboard/products/:sku/stock":                  "finance",
	"POST /dashboard/products/:sku/sale":                   "finance",
	"POST /dashboard/products/:sku/place":                  "finance",
	"POST /dashboard/products/:sku/picture":                "finance",
	"GET /dashboard/new-product":                           "finance",
	"POST /dashboard/new-product":                          "finance",
	"GET /dashboard/product-import":                        "finance",
	"POST /dashboard/product-import":                       "finance",
	"GET /dashboard/personal-data":                         "owner",
	"POST /dashboard/personal-data":                        "owner",
	"POST /dashboard/personal-data/export":                 "owner",
	"POST /dashboard/personal-data/erasure":                "owner",
	"POST /dashboard/inbox/emails/:id":                     "support",
	"POST /dashboard/inbox/endpoints/:id":                  "owner",
	"POST /dashboard/inbox/differences/:id":                "finance",
	"POST /dashboard/inbox/differences/:id/inquiry":        "finance",
	"GET /dashboard/orders/:id/disputes/:dispute/accept":   "finance",
	"POST /dashboard/orders/:id/disputes/:dispute/accept":  "finance",
	"GET /dashboard/orders/:id/disputes/:dispute/defend":   "finance",
	"POST /dashboard/orders/:id/disputes/:dispute/defend":  "finance",
	"GET /dashboard/orders/:id/disputes/:dispute/form":     "finance",
	"GET /dashboard/orders/:id/disputes/:dispute/evidence": "viewer",
}

// TestEachRouteOfTheDashboardIsOpenToItsRolesOnly tries every route with every role, and
// signed out.
func TestEachRouteOfTheDashboardIsOpenToItsRolesOnly(t *testing.T) {
	s := newShop(t)
	var routes []string
	for _, r := range s.handler.(*echo.Echo).Routes() {
		if (r.Path == "/dashboard" || strings.HasPrefix(r.Path, "/dashboard/")) && (r.Method == http.MethodGet || r.Method == http.MethodPost) {
			routes = append(routes, r.Method+" "+r.Path)
		}
	}
	slices.Sort(routes)
	for route := range maps.Keys(access) {
		if !slices.Contains(routes, route) {
			t.Errorf("there is no route %s", route)
		}
	}
	ranks := []string{"viewer", "support", "finance", "owner"}
	people := map[string]*buyer{}
	for _, role := range operators.Roles() {
		people[string(role)] = s.newPerson(role)
	}
	for _, route := range routes {
		from, known := access[route]
		if !known {
			t.Errorf("%s has no row in the table of access", route)
			continue
		}
		if got := s.tries(s.newBuyer(), route); (from == "everyone") != (got == "open") {
			t.Errorf("%s is %s to a person who is not signed in", route, got)
		}
		for rank, role := range ranks {
			want := "open"
			if from == "proving" {
				want = "elsewhere"
			} else if from != "everyone" && rank < slices.Index(ranks, from) {
				want = "refused"
			}
			if got := s.tries(people[role], route); got != want {
				t.Errorf("%s is %s to %s, want %s", route, got, role, want)
			}
			if strings.HasSuffix(route, "/sign-out") {
				people[role].signsIn(operators.Role(role))
			}
		}
	}
}

// tries is how a route answers a browser: open, refused, or it leads elsewhere.
func (s *shop) tries(b *buyer, route string) string {
	s.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	path = strings.NewReplacer(":id", "none", ":sku", "none", ":dispute", "none", ":token", "none", "*", "none").Replace(path)
	var a answer
	switch {
	case method == http.MethodPost:
		a = b.post(path)
	case strings.HasSuffix(path, "/events"): // a stream has no end
		req, err := http.NewRequestWithContext(s.t.Context(), http.MethodHead, s.url+path, nil)
		must(s.t, err)
		a = b.do(req)
	default:
		a = b.get(path)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"} {
		if got := a.header.Get(name); got != want {
			s.t.Errorf("%s answers with %s %q", route, name, got)
		}
	}
	if !strings.Contains(a.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		s.t.Errorf("%s can be framed", route)
	}
	location, _, _ := strings.Cut(a.header.Get("Location"), "?")
	switch {
	case a.status == http.StatusForbidden:
		return "refused"
	case location == "/dashboard/sign-in" && !strings.HasSuffix(path, "/sign-out"), location == "/dashboard" && strings.HasPrefix(path, "/dashboard/second-factor"):
		return "elsewhere"
	}
	return "open"
}

func TestAPersonIsInvitedSetsASecondFactorUpAndSignsIn(t *testing.T) {
	s := newShop(t, func(set *settings) { set.timeStands = true })
	owner := s.newPerson(operators.Owner)
	owner.get("/dashboard/people").sees(http.StatusOK, `data-test="people"`, "owner@example.com")
	made := owner.post("/dashboard/people/invitation", "email=mei@example.com", "role=finance").sees(http.StatusOK, `data-test="link"`)
	link := regexp.MustCompile(`data-test="person-link">([^<]+)`).FindStringSubmatch(made.body)[1]

	mei := s.newBuyer()
	mei.get(pathOf(t, link)).sees(http.StatusOK, `data-test="invitation"`, "mei@example.com", "Finance")
	mei.post(pathOf(t, link), "name=Mei", "password=short").sees(http.StatusUnprocessableEntity, "too short")
	mei.post(pathOf(t, link), "name=Mei", "password="+personPassword).goesTo("/dashboard")
	mei.get(pathOf(t, link)).sees(http.StatusGone, "This link was used")
	mei.get("/dashboard/people").sees(http.StatusForbidden, "Your role does not allow this")

	mei.post("/dashboard/account/second-factor", "current=wrong").sees(http.StatusUnprocessableEntity, "not right")
	mei.post("/dashboard/account/second-factor", "current="+personPassword).goesTo("/dashboard/account/second-factor")
	page := mei.get("/dashboard/account/second-factor").sees(http.StatusOK, "<svg")
	secret := regexp.MustCompile(`data-test="secret">([^<]+)`).FindStringSubmatch(page.body)[1]
	mei.post("/dashboard/account/second-factor/code", "code=12345").sees(http.StatusUnprocessableEntity, "not right")
	codes := mei.post("/dashboard/account/second-factor/code", "code="+s.totp(secret)).sees(http.StatusOK, `data-test="codes"`)
	if n := strings.Count(codes.body, `data-test="recovery-code"`); n != 10 {
		t.Errorf("%d recovery codes", n)
	}
	mei.post("/dashboard/sign-out").goesTo("/dashboard/sign-in")

	mei.get("/dashboard/account?done=role").goesTo("/dashboard/sign-in?next=%2Fdashboard%2Faccount%3Fdone%3Drole")
	mei.post("/dashboard/sign-in", "email=Mei@Example.com", "password="+personPassword, "next=/dashboard/account").goesTo("/dashboard/second-factor?next=%2Fdashboard%2Faccount")
	mei.get("/dashboard/account").goesTo("/dashboard/second-factor") // the password alone opens nothing
	s.passes(30 * time.Second)
	mei.post("/dashboard/second-factor", "code="+s.totp(secret), "next=/dashboard/account").goesTo("/dashboard/account")
	mei.get("/dashboard/account").sees(http.StatusOK, "Mei", "10 recovery codes are left")

	owner.get("/dashboard/log").sees(http.StatusOK, "invited", "mei@example.com finance", "set a second factor", "127.0.0.1")
}

// totp is what the app on a phone shows.
func (s *shop) totp(secret string) string {
	s.t.Helper()
	code, err := totp.GenerateCode(secret, s.program.Now())
	must(s.t, err)
	return code
}

func TestWrongAndUnknownAreAnsweredAlike(t *testing.T) {
	s := newShop(t)
	s.hires(operators.Owner)
	known := s.newBuyer().post("/dashboard/sign-in", "email=owner@example.com", "password=wrong")
	unknown := s.newBuyer().post("/dashboard/sign-in", "email=other@example.com", "password=wrong")
	nonce := regexp.MustCompile(`nonce="[^"]*"`)
	plain := func(a answer) string {
		return nonce.ReplaceAllString(strings.NewReplacer("other@example.com", "owner@example.com").Replace(a.sees(http.StatusUnprocessableEntity).body), "")
	}
	if plain(known) != plain(unknown) {
		t.Errorf("a wrong password is answered\n%s\nan unknown account\n%s", known.body, unknown.body)
	}
	for range 4 {
		s.newBuyer().post("/dashboard/sign-in", "email=owner@example.com", "password=wrong").sees(http.StatusUnprocessableEntity)
	}
	if a := s.newBuyer().post("/dashboard/sign-in", "email=owner@example.com", "password="+personPassword).sees(http.StatusTooManyRequests, "Too many wrong tries"); a.header.Get("Retry-After") == "" {
		t.Error("the answer does not say how long to wait")
	}
}

func TestTheCookieOfTheDashboardIsStrict(t *testing.T) {
	for address, want := range map[string]string{"": "dashboard=", "https://shop.example": "__Host-dashboard="} {
		s := newShop(t, func(set *settings) {
			set.publicURL = address
			set.allowedHosts = []string{"127.0.0.1"}
		})
		s.hires(operators.Owner)
		cookie := s.newBuyer().post("/dashboard/sign-in", "email=owner@example.com", "password="+personPassword).sees(http.StatusSeeOther).header.Get("Set-Cookie")
		if !strings.HasPrefix(cookie, want) || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") ||
			strings.Contains(cookie, "Secure") != (address != "") || strings.Contains(cookie, "Max-Age") || !strings.Contains(cookie, "Path=/") {
			t.Errorf("the cookie is %s", cookie)
		}
	}
}

func TestOtherSitesDoNotActAtTheDashboard(t *testing.T) {
	s := newShop(t)
	owner := s.newPerson(operators.Owner)
	for header, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/dashboard/people/invitation", strings.NewReader("email=eve@example.com&role=owner"))
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(header, value)
		owner.do(req).sees(http.StatusForbidden)
	}
	owner.get("/dashboard/people").seesNot("eve@example.com")

	// A link on another site keeps the cookie back: the page loads itself again.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/dashboard/people", nil)
	must(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	s.newBuyer().do(req).sees(http.StatusOK, `http-equiv="refresh"`).seesNot("owner@example.com")
	for _, next := range []string{"https://evil.example/dashboard/x", "//evil.example/dashboard/x", `/dashboard/\evil`, "/cart", "javascript:alert(1)"} {
		s.newBuyer().post("/dashboard/sign-in", "email=owner@example.com", "password="+personPassword, "next="+next).goesTo("/dashboard")
	}
}

func TestAnOwnerManagesPeopleAndStays(t *testing.T) {
	s := newShop(t)
	owner, viewer := s.newPerson(operators.Owner), s.newPerson(operators.Viewer)
	id := func(email string) string {
		m, err := s.services.People.Person(t.Context(), email)
		must(t, err)
		return "/dashboard/people/" + m.ID
	}
	owner.get(id("viewer@example.com")).sees(http.StatusOK, "viewer@example.com", `data-test="session"`, `data-test="disable"`)
	owner.get(id("viewer@example.com")+"/disable").sees(http.StatusOK, `data-test="confirm"`, "viewer@example.com is signed out")
	owner.post(id("viewer@example.com")+"/role", "role=support", "email=eve@example.com", "password=x", "id=1").goesTo(id("viewer@example.com") + "?done=role")
	viewer.get("/dashboard/account").goesTo("/dashboard/sign-in?next=%2Fdashboard%2Faccount")
	viewer.signsIn(operators.Viewer) // nothing but the role has changed
	viewer.get("/dashboard/account").sees(http.StatusOK, "Support")
	owner.post(id("viewer@example.com")+"/role", "role=emperor").sees(http.StatusUnprocessableEntity, "There is no such role")
	owner.post(id("viewer@example.com") + "/disable").sees(http.StatusSeeOther)
	viewer.get("/dashboard/account").sees(http.StatusSeeOther)
	viewer.post("/dashboard/sign-in", "email=viewer@example.com", "password="+personPassword).sees(http.StatusUnprocessableEntity)
	owner.post(id("owner@example.com")+"/disable").sees(http.StatusConflict, "No owner who can sign in would be left")
	owner.get("/dashboard/people").sees(http.StatusOK)
	owner.get("/dashboard/people/none").sees(http.StatusNotFound)
}

// Browsers bind no passkey to an IP address, at which this shop is: nothing offers one.
func TestWhereBrowsersKnowNoPasskeysNoneIsOffered(t *testing.T) {
	s := newShop(t)
	owner := s.newPerson(operators.Owner)
	for _, page := range []answer{s.newBuyer().get("/dashboard/sign-in"), owner.get("/dashboard/account")} {
		if page.sees(http.StatusOK); strings.Contains(page.body, "data-passkey") || strings.Contains(page.body, "passkey.js") {
			t.Error("a page offers a passkey")
		}
	}
	s.newBuyer().post("/dashboard/sign-in/passkey/challenge").sees(http.StatusNotFound)
	owner.post("/dashboard/account/passkeys/challenge", "name=Phone", "current="+personPassword).sees(http.StatusNotFound)
	owner.post("/dashboard/account/passkeys/none/removal", "current="+personPassword).sees(http.StatusNotFound)
}
