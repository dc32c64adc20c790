package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// The page about the API shows every operation and explains every code, where a problem's
// type leads to, under the strict policy and without a key.
func TestThePageAboutTheAPIShowsAllOfIt(t *testing.T) {
	s := newShop(t)
	page := s.newBuyer().get("/api/docs").sees(http.StatusOK, "/orders/{id}/refunds", "orders:read", "openapi.json", `href="#schema-Order"`)
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %s", policy)
	}
	served := into[struct {
		Paths map[string]map[string]struct{ OperationID string }
	}](t, reply{body: []byte(s.newBuyer().get("/api/v1/openapi.json").body)})
	for path, methods := range served.Paths {
		for _, op := range methods {
			if !strings.Contains(page.body, `id="`+op.OperationID+`"`) {
				t.Errorf("the page lacks %s of %s: name its tag in newSpec", op.OperationID, path)
			}
		}
	}
	for _, code := range web.ProblemCodes() {
		page.sees(http.StatusOK, `<tr id="`+code.Code+`">`)
	}
	p := s.newProgram(checkout.ScopeReadOrders)
	problem := p.expectProblem(p.calls(http.MethodGet, "/orders/x", ""), http.StatusNotFound, "not_found")
	if problem.Type != "/api/docs#not_found" {
		t.Errorf("the problem leads to %s", problem.Type)
	}
	s.newBuyer().get("/api/nothing").sees(http.StatusNotFound, `"code":"not_found"`)
}
