package handlers_test

import (
	"net/http"
	"testing"

	"antom-checkout/checkout/operators"
)

// A report that cannot be read is refused with line and column, and nothing is stored; who
// may not move money uploads none.
func TestAReportIsUploadedAtTheDashboard(t *testing.T) {
	s := newShop(t)
	finance := s.newPerson(operators.Finance)
	const path = "/dashboard/reconciliation"
	finance.get(path).sees(http.StatusOK, "Nothing differs", `data-test="upload"`)
	finance.uploads(path, "file", []byte("no,report\n1,2\n")).sees(http.StatusUnprocessableEntity, `role="alert"`, "line 1")
	finance.get(path).seesNot(`data-test="report-file"`)
	finance.post(path+"/differences/none", "note=").sees(http.StatusUnprocessableEntity)
	finance.post(path+"/differences/none", "note=paid by hand").goesTo(path + "?done=difference_resolved")

	viewer := s.newPerson(operators.Viewer)
	viewer.get(path).sees(http.StatusOK).seesNot(`data-test="upload"`)
	viewer.uploads(path, "file", []byte("x")).sees(http.StatusForbidden)
}
