package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A container's health check tells a server that takes payments from one that cannot, and
// from none.
func TestReadyTellsHowTheServerStands(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			status = http.StatusNotFound
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte("the database cannot be written")) // the command tells what it lacks
	}))
	address := strings.TrimPrefix(server.URL, "http://")
	_, port, _ := strings.Cut(address, ":")
	for _, addr := range []string{address, "0.0.0.0:" + port} {
		if code, stdout, stderr := runs(t, environ{"ADDR": addr}, "ready"); code != 0 || stdout != "ready\n" {
			t.Errorf("ready at %s is %d %s%s", addr, code, stdout, stderr)
		}
	}
	status = http.StatusServiceUnavailable
	if code, _, stderr := runs(t, environ{"ADDR": address}, "ready"); code != 1 || !strings.Contains(stderr, "503") || !strings.Contains(stderr, "cannot be written") {
		t.Errorf("a server that is not ready is %d %s", code, stderr)
	}
	server.Close()
	if code, _, stderr := runs(t, environ{"ADDR": address}, "ready"); code != 1 || !strings.Contains(stderr, "no server answers") {
		t.Errorf("no server is %d %s", code, stderr)
	}
}
