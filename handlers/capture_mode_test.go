package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"antom-checkout/antom/sandbox"
	"antom-checkout/app"
	"antom-checkout/handlers"
)

// restartedWith is the program after a restart with other settings, on the same file.
func (s *shop) restartedWith(change func(*app.Settings)) *app.Program {
	s.t.Helper()
	change(&s.settings)
	return s.builds()
}

// statusBy is the published status of an order, as a program answers it.
func (s *shop) statusBy(program *app.Program, path string) (st struct {
	Status string `json:"status"`
	Final  bool   `json:"final"`
}) {
	s.t.Helper()
	answer := httptest.NewRecorder()
	handlers.New(s.cfg, program.Services, program.Client, program.Store).
		ServeHTTP(answer, httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path+"/status", nil))
	must(s.t, json.Unmarshal(answer.Body.Bytes(), &st))
	return st
}

// Antom was told who captures a card when the attempt began. A change of CAPTURE_MODE
// is about later attempts.
func TestAnAttemptKeepsItsCaptureMode(t *testing.T) {
	t.Run("begun as manual", func(t *testing.T) {
		shop := newShop(t, func(s *settings) { s.manualCapture = true })
		_, path, order := shop.paidBy("CARD")
		later := shop.restartedWith(func(s *app.Settings) { s.Payments.ManualCapture = false })
		if st := shop.statusBy(later, path); st.Status != "authorized" || !st.Final {
			t.Errorf("the buyer's page shows %+v, and waits for a capture that Antom does not make", st)
		}
		captured, err := later.Services.Payments.Capture(t.Context(), order, by("capture"))
		if err != nil || captured.Status != "success" {
			t.Fatalf("the merchant's capture: %+v, %v", captured, err)
		}
		shop.expectCount(1, "order", "status", "paid")
	})
	t.Run("begun as automatic", func(t *testing.T) {
		shop := newShop(t)
		shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "CAPTURE_RESULT"})
		_, path, order := shop.paidBy("CARD")
		later := shop.restartedWith(func(s *app.Settings) { s.Payments.ManualCapture = true })
		if _, err := later.Services.Payments.Capture(t.Context(), order, by("capture")); kindOf(err) == "" {
			t.Error("a card that Antom captures was captured by hand")
		}
		if st := shop.statusBy(later, path); st.Status != "paid" || !st.Final {
			t.Errorf("the buyer's page shows %+v, and Antom is not asked for its capture", st)
		}
	})
}
