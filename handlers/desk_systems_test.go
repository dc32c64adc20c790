package handlers_test

import (
	"encoding/csv"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout/operators"
)

// key is the hidden field under which a form of the page is done once.
func (a answer) key() string {
	a.t.Helper()
	return "key=" + a.first(`name="key" value="([^"]+)"`)
}

// first is what the first group of a pattern matches on the page.
func (a answer) first(pattern string) string {
	a.t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(a.body)
	if found == nil {
		a.t.Fatalf("no %s on the page:\n%s", pattern, a.body)
	}
	return found[1]
}

// An owner makes a key; its program uses it until the key is revoked.
func TestAnOwnerMakesAKeyThatIsShownOnceAndRevoked(t *testing.T) {
	s := newShop(t)
	owner := s.newPerson(operators.Owner)
	key := owner.get("/dashboard/keys").sees(http.StatusOK).key()

	owner.post("/dashboard/keys", key, "name=Web shop").sees(http.StatusUnprocessableEntity, "Choose at least one.")
	owner.post("/dashboard/keys", key, "name=", "scopes=orders:read").sees(http.StatusUnprocessableEntity, "This cannot be read.")
	made := owner.post("/dashboard/keys", key, "name=Web shop", "scopes=orders:read").sees(http.StatusOK)
	secret := made.first(`value="(ak_test_[^"]+)"`)
	again := owner.post("/dashboard/keys", key, "name=Web shop", "scopes=orders:read").sees(http.StatusOK)
	if other := again.first(`value="(ak_test_[^"]+)"`); other != secret {
		t.Error("the same form made another key")
	}
	list := owner.get("/dashboard/keys").sees(http.StatusOK)
	if strings.Count(list.body, `data-test="key-row"`) != 1 || strings.Contains(list.body, secret) {
		t.Errorf("the list shows the secret, or not one key:\n%s", list.body)
	}
	if _, err := s.services.Merchant.Authenticate(t.Context(), secret); err != nil {
		t.Error(err)
	}

	revoke := list.first(`href="(/dashboard/keys/[^/"]+/revoke)"`)
	owner.get(revoke).sees(http.StatusOK, "Web shop")
	owner.post(revoke).goesTo("/dashboard/keys?done=key_revoked")
	owner.post(revoke).goesTo("/dashboard/keys?done=key_revoked")
	if _, err := s.services.Merchant.Authenticate(t.Context(), secret); err == nil {
		t.Error("the revoked key is taken")
	}
	log := owner.get("/dashboard/log").sees(http.StatusOK)
	if strings.Count(log.body, "Web shop") != 2 {
		t.Errorf("the log has not one entry for making the key and one for revoking it:\n%s", log.body)
	}
}

// A payment link is made on a form, once, sold from, changed and switched off.
func TestAPaymentLinkIsMadeOnAForm(t *testing.T) {
	s := newShop(t)
	finance := s.newPerson(operators.Finance)
	form := finance.get("/dashboard/links/new").sees(http.StatusOK, "needed for a fixed price", "needed if the buyer chooses")
	key := form.key()
	typed := []string{key, "name=<b>Course", "currency=sgd", "price=fixed", "amount=85.00", "max_uses=12", "expires=2099-12-31", "adjustable=true"}
	finance.post("/dashboard/links", key, "name=X", "currency=SGD", "price=fixed", "amount=eighty").sees(http.StatusUnprocessableEntity, "for example 12.50")
	first := finance.post("/dashboard/links", typed...).sees(http.StatusSeeOther).header.Get("Location")
	finance.post("/dashboard/links", typed...).goesTo(first)

	list := finance.get("/dashboard/links").sees(http.StatusOK)
	list.sees(http.StatusOK, "&lt;b&gt;Course")
	page := list.first(`href="(/dashboard/links/[^"/]+)">&lt;b`)
	shown := finance.get(page).sees(http.StatusOK, "85.00", "0 / 12")
	address := shown.first(`value="(http[^"]+/buy/[^"]+)"`)
	s.newBuyer().get(pathOf(t, address)).sees(http.StatusOK)

	finance.post(page, "name=Course", "max_uses=x").sees(http.StatusUnprocessableEntity)
	finance.post(page, "name=Course", "expires=2099-12-31").goesTo(page + "?done=saved")
	finance.post(page + "/off").goesTo(page + "?done=switched_off")
	s.newBuyer().get(pathOf(t, address)).sees(http.StatusGone)
	finance.post(page + "/on").goesTo(page + "?done=switched_on")

	viewer := s.newPerson(operators.Viewer)
	if body := viewer.get(page).sees(http.StatusOK).body; strings.Contains(body, "link-form") {
		t.Error("a viewer gets the form")
	}
}

// An endpoint is added, tested, given another secret, switched off and deleted.
func TestAnEndpointIsManagedAtTheDashboard(t *testing.T) {
	s := newShop(t)
	owner := s.newPerson(operators.Owner)
	key := owner.get("/dashboard/webhooks").sees(http.StatusOK).key()
	made := owner.post("/dashboard/webhooks", key, "url=https://erp.example/hook", "description=Stock", "types=order.paid").sees(http.StatusOK)
	secret := made.first(`value="(whsec_[^"]+)"`)
	list := owner.get("/dashboard/webhooks").sees(http.StatusOK, "https://erp.example/hook")
	if strings.Contains(list.body, secret) {
		t.Error("the list shows the secret")
	}
	page := list.first(`href="(/dashboard/webhooks/[^"/]+)">https`)

	event := owner.post(page + "/test").sees(http.StatusSeeOther).header.Get("Location")
	owner.get(event).sees(http.StatusOK, "endpoint.test", "https://erp.example/hook")
	path, _, _ := strings.Cut(event, "?")
	owner.get("/dashboard/webhooks/events").sees(http.StatusOK, path)

	rotate := owner.get(page + "/rotate").sees(http.StatusOK)
	if other := owner.post(page+"/rotate", rotate.key()).sees(http.StatusOK).first(`value="(whsec_[^"]+)"`); other == secret {
		t.Error("the secret is the old one")
	}
	owner.post(page, "url=https://erp.example/other", "description=").goesTo(page + "?done=saved")
	owner.post(page + "/off").goesTo(page + "?done=switched_off")
	owner.post(page+"/test").sees(http.StatusConflict, "switched off")
	owner.get(page).sees(http.StatusOK, "A person has switched it off.")
	owner.post(page + "/on").goesTo(page + "?done=switched_on")
	owner.get(page + "/delete").sees(http.StatusOK)
	owner.post(page + "/delete").goesTo("/dashboard/webhooks?done=deleted")
	owner.get(page).sees(http.StatusNotFound)
}

// What is sold and refunded is on the report and in its file; declines are told by reason.
func TestReportsShowWhatWasSold(t *testing.T) {
	s := newShop(t)
	viewer := s.newPerson(operators.Viewer)
	viewer.get("/dashboard/reports").sees(http.StatusOK, "Nothing was sold")
	s.paidBy("GCASH")

	page := viewer.get("/dashboard/reports").sees(http.StatusOK)
	page.sees(http.StatusOK, `data-currency="SGD"`)
	file := viewer.get("/dashboard/reports/export?by=month").sees(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][3] != "1" {
		t.Errorf("%v: %q", err, rows)
	}
	viewer.get("/dashboard/reports?from=2026-13-01").sees(http.StatusUnprocessableEntity)
	viewer.get("/dashboard/reports?from=2020-01-01&to=" + time.Now().Format(time.DateOnly)).sees(http.StatusUnprocessableEntity)
}

// Settings are shown without secrets.
func TestSettingsAreShownWithoutSecrets(t *testing.T) {
	s := newShop(t)
	page := s.newPerson(operators.Viewer).get("/dashboard/settings").sees(http.StatusOK, "go-live")
	if strings.Contains(page.body, "examination") {
		t.Error("a viewer may examine")
	}
}
