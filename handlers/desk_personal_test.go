package handlers_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"antom-checkout/checkout/operators"
)

func TestAnOwnerExportsAndErasesWhatIsKeptOfABuyer(t *testing.T) {
	s := newShop(t)
	owner, buyer := s.newPerson(operators.Owner), s.newBuyer()
	buyer.pays()
	open := buyer.orders() // waits for its payment: its data are still needed
	s.quiet()
	const path, email = "/dashboard/personal-data", "email=Ann@Example.com"
	owner.get(path).sees(http.StatusOK, `data-test="personal-data"`, "PERSONAL_DATA_RETENTION is off")
	owner.post(path, "email=").sees(http.StatusUnprocessableEntity, "Give an email address")
	owner.post(path, "email=other@example.com").sees(http.StatusOK, "Nothing found")
	found := owner.post(path, email).sees(http.StatusOK, "kept", "still needed")
	if n := strings.Count(found.body, `data-test="personal-order"`); n != 2 {
		t.Errorf("%d orders are found", n)
	}

	file := owner.post(path+"/export", email).sees(http.StatusOK)
	var data struct {
		Orders []struct{ Buyer map[string]string }
	}
	if err := json.Unmarshal([]byte(file.body), &data); err != nil || len(data.Orders) != 2 || data.Orders[0].Buyer["email"] != "ann@example.com" {
		t.Errorf("the export is %v %s", err, file.body)
	}
	if got := file.header.Get("Content-Disposition"); got != `attachment; filename="personal-data.json"` {
		t.Errorf("the export is %s", got)
	}
	owner.post(path+"/export", "email=other@example.com").sees(http.StatusOK, "Nothing found")

	owner.post(path+"/erasure", email).sees(http.StatusOK, `data-test="confirm"`, "cannot be undone", "What proves the sale stays", "data for now: 1")
	owner.post(path, email).sees(http.StatusOK, "kept") // nothing was erased yet
	owner.post(path+"/erasure", email, "confirmed=true").sees(http.StatusOK, `data-test="erased"`, "still needed", ">erased<")
	owner.post(path, email).sees(http.StatusOK, "still needed").seesNot(">kept<")
	buyer.get(open).sees(http.StatusOK)

	owner.get("/dashboard/log").sees(http.StatusOK, "exported personal data of", "erased personal data of").seesNot("ann@example.com", "Ann@Example.com")
	s.newPerson(operators.Finance).post(path+"/export", email).sees(http.StatusForbidden).seesNot("ann@example.com")
}
