package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout/operators"
)

// settlement is the sandbox's settlement report of the day that an order was paid on.
func (s *shop) settlement(order string) []byte {
	s.t.Helper()
	o, err := s.store.OrderByID(s.t.Context(), order)
	must(s.t, err)
	files, err := s.control.Reports(o.PaidAt.In(time.FixedZone("UTC+8", 8*60*60)).Format(time.DateOnly), 2)
	must(s.t, err)
	for _, file := range files {
		if strings.HasPrefix(file.Name, "settlementItems") {
			return []byte(file.Content)
		}
	}
	s.t.Fatal("the sandbox has settled nothing")
	return nil
}

// Fees stand in the report, and in its file, once the settlement report of the day was read;
// until then they are said to be unknown, and are never shown as none.
func TestReportsShowFeesOnceTheyAreReconciled(t *testing.T) {
	const page, file, unknown = "/dashboard/reports", "/dashboard/reports/export?by=month", "not yet reconciled"
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	finance := s.newPerson(operators.Finance)
	report := s.settlement(order)
	finance.get(page).sees(http.StatusOK, "SGD\u00a048.00", unknown).seesNot("SGD\u00a00.10")
	finance.get(file).sees(http.StatusOK, ",SGD,GCASH,1,48.00,0,0.00,,,no\r\n")

	finance.uploads("/dashboard/reconciliation", "file", report).goesTo("/dashboard/reconciliation?done=report_agrees")
	finance.get(page).sees(http.StatusOK, "<span>SGD\u00a00.10</span>").seesNot(unknown)
	finance.get(file).sees(http.StatusOK, ",SGD,GCASH,1,48.00,0,0.00,0.10,SGD,yes\r\n")

	s.paidBy("GCASH") // and its report is not there yet
	finance.get(page).sees(http.StatusOK, "<span>SGD\u00a00.10</span>", "1 of 2 reconciled")
	finance.get(file).sees(http.StatusOK, ",SGD,GCASH,2,96.00,0,0.00,0.10,SGD,partly\r\n")
}
