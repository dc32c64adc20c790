package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"antom-checkout/db"
)

func TestDoctorTellsWhatIsWrongWithTheWayToTheDatabase(t *testing.T) {
	for _, row := range []struct {
		way  db.Way
		want string // in the one problem; "": there is none
	}{
		{db.Way{Encrypted: true, Free: 80}, ""},
		{db.Way{Local: true, Free: 80}, ""},
		{db.Way{Free: 80}, "unencrypted"},
		{db.Way{Local: true, Free: 80, Ahead: 90 * time.Second}, "1m30s ahead of this machine's"},
		{db.Way{Local: true, Free: 80, Ahead: -90 * time.Second}, "1m30s behind this machine's"},
		{db.Way{Local: true, Free: 80, Ahead: 3 * time.Second, Unsure: 2 * time.Second}, ""},
		{db.Way{Local: true, Free: 3}, "takes 3 connections more"},
	} {
		c := &check{name: checkDatabase}
		tellWay(c, row.way)
		if len(c.findings) > 1 || (len(c.findings) == 1) != (row.want != "") || row.want != "" && !strings.Contains(c.findings[0].Problem, row.want) {
			t.Errorf("%+v: %+v, want %q", row.way, c.findings, row.want)
		}
	}
}

func TestDoctorTriesTheCollector(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(server.Close)
	for _, row := range []struct {
		address string
		status  int
		want    string
	}{
		{"", http.StatusOK, "skipped"},
		{server.URL, http.StatusOK, "ok"},
		{server.URL, http.StatusNotFound, "warning"},
		{server.URL, http.StatusServiceUnavailable, "warning"},
		{"http://127.0.0.1:1", http.StatusOK, "warning"},
	} {
		status = row.status
		d := &doctor{Program: &Program{Settings: load(t, environ{"OTEL_EXPORTER_OTLP_ENDPOINT": row.address})}}
		c := &check{name: checkTraces}
		d.collector(t.Context(), c)
		if c.result() != row.want {
			t.Errorf("%s that answers %d: %s %+v, want %s", row.address, row.status, c.result(), c.findings, row.want)
		}
	}
}
