package app

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// Each endpoint that a delivery would not reach is found with its cure. One that answers in
// any way is well, and one that is switched off is named and left alone. No event is
// delivered, and the path of no address is shown.
func TestDoctorReachesTheWebhookEndpoints(t *testing.T) {
	p := runProgram(t, nil)
	if d := examines(t, p.beside(nil)); d.result(checkWebhooks) != "skipped" {
		t.Errorf("without endpoints the check is %s", d.result(checkWebhooks))
	}
	var calls, heads atomic.Int64
	answering := func(status int, serve func(http.Handler) *httptest.Server) string {
		server := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			if r.Method == http.MethodHead && r.ContentLength == 0 {
				heads.Add(1)
			}
			if status == http.StatusFound {
				w.Header().Set("Location", "/elsewhere")
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	create := func(address string) (id string) {
		t.Helper()
		code, text, problems := runs(t, p.beside(environ{"WEBHOOK_ALLOW_NETWORKS": "10.0.0.0/8"}), "endpoints create "+address+"/hidden-path")
		if code != 0 {
			t.Fatalf("%s is not made: %s", address, problems)
		}
		id, _, _ = strings.Cut(text, " ")
		return id
	}
	for _, status := range []int{http.StatusNoContent, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusInternalServerError} {
		create(answering(status, httptest.NewServer))
	}
	off := create(answering(http.StatusBadGateway, httptest.NewServer))
	if code, _, problems := runs(t, p.beside(nil), "endpoints off "+off); code != 0 {
		t.Fatal(problems)
	}
	d := examines(t, p.beside(nil))
	if d.result(checkWebhooks) != "ok" || calls.Load() != 4 || heads.Load() != 4 {
		t.Errorf("of %d calls %d are a HEAD, and the diagnosis is %+v", calls.Load(), heads.Load(), d)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent := "http://" + closed.Addr().String()
	closed.Close()
	broken := map[string]struct{ says, byCure string }{
		create(answering(http.StatusFound, httptest.NewServer)):        {"redirects", "PATCH /api/v1/webhook-endpoints/"},
		create(answering(http.StatusBadGateway, httptest.NewServer)):   {"answered 502", "start the server"},
		create(answering(http.StatusNoContent, httptest.NewTLSServer)): {"certificate that is not trusted", "valid certificate"},
		create(silent):                 {"does not answer", "start the server"},
		create("https://shop.invalid"): {"has no address", "DNS record"},
		create("https://10.1.2.3"):     {"may not be called", "WEBHOOK_ALLOW_NETWORKS"},
	}
	d = examines(t, p.beside(nil))
	if len(d.Findings) != len(broken) || !d.OK {
		t.Errorf("the findings are %+v", d.Findings)
	}
	for _, f := range d.Findings {
		id := strings.Fields(f.Problem)[1]
		want, known := broken[id]
		if !known || f.Check != checkWebhooks || f.Severity != "warning" || !strings.Contains(f.Problem, want.says) || !strings.Contains(f.Cure, want.byCure) {
			t.Errorf("the finding %+v is not what is wrong with %s", f, id)
		}
	}
	_, text, _ := runs(t, p.beside(nil), "doctor")
	if !strings.Contains(text, "4 endpoints are reached; endpoint "+off+" at 127.0.0.1:") || !strings.Contains(text, "is switched off (operator)") || strings.Contains(text, "hidden-path") {
		t.Errorf("doctor prints %s", text)
	}
}
