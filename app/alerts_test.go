package app

import (
	"context"
	"database/sql"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
	"antom-checkout/db"
)

// fullOutbox has one of everything.
type fullOutbox struct{}

func (fullOutbox) Outbox(context.Context) (db.Outbox, error) {
	return db.Outbox{Pending: 1, Sent: 1, Dead: 1, Oldest: time.Now().Add(-2 * time.Hour)}, nil
}

func (fullOutbox) Waiting(context.Context, time.Time) (db.Waiting, error) {
	return db.Waiting{Reviews: 1}, nil
}

// everythingMeasured is the text of /metrics after each thing has happened that an alert or
// a panel reads.
func everythingMeasured() string {
	m := newMetrics()
	m.Request("GET", "/", 500, 2*time.Second)
	m.Stream(1)
	m.Limited("order")
	m.PolicyReport("violation", "script-src", "other")
	m.SDKReport("UI_ERROR")
	m.NotificationRefused(401)
	m.NotificationRefused(503)
	m.Notification(true)
	m.Dispute("DEFENSE_DUE_ALERT")
	m.Started("CARD")
	m.Outcome("CARD", checkout.PaymentPaid)
	m.Outcome("CARD", checkout.PaymentAuthorized)
	m.call(context.Background(), antom.Observation{Endpoint: "pay"})
	m.shopFaults.WithLabelValues("pay", "INVALID_SIGNATURE").Inc()
	m.EmailWithheld("recipient")
	m.CardsRefused("address")
	m.WebhookTry(false, time.Second)
	m.watchOutbox(fullOutbox{}, time.Now)
	m.watchPool("writes", func() sql.DBStats { return sql.DBStats{MaxOpenConnections: 8, InUse: 8, WaitDuration: time.Minute} })
	m.watchAttestation(attestation{until: time.Now()}, time.Now)
	scrape := httptest.NewRecorder()
	m.handler(false).ServeHTTP(scrape, httptest.NewRequest("GET", "/metrics", nil))
	return scrape.Body.String()
}

var (
	measureIn = regexp.MustCompile(`\b((?:checkout|process)_[a-z_]+)(?:\{([^}]*)\})?`)
	labelIn   = regexp.MustCompile(`(\w+)(=~|!=|=)\\?"([^"\\]*)\\?"`)
	groupIn   = regexp.MustCompile(`by \(([a-z_, ]+)\)`)
)

// TestAlertsReadWhatIsMeasured: every name, label and value that an alert or a panel of the
// dashboard reads is one that the program writes.
func TestAlertsReadWhatIsMeasured(t *testing.T) {
	measured := everythingMeasured()
	for _, file := range []string{"../deploy/prometheus/alerts.yaml", "../deploy/prometheus/alerts_test.yaml", "../deploy/grafana/dashboard.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		read := measureIn.FindAllStringSubmatch(string(text), -1)
		if len(read) < 15 {
			t.Errorf("%s reads only %d measures", file, len(read))
		}
		for _, name := range read {
			series := regexp.MustCompile(`(?m)^`+name[1]+`[{ ].*`).FindAllString(measured, -1)
			if len(series) == 0 {
				t.Errorf("%s reads %s, which is not measured", file, name[1])
			}
			for _, label := range labelIn.FindAllStringSubmatch(name[2], -1) {
				if label[1] == "job" || label[1] == "instance" { // Prometheus adds them
					continue
				}
				for value := range strings.SplitSeq(label[3], "|") {
					want := label[1] + `="` + strings.TrimSuffix(value, "..")
					if !strings.Contains(strings.Join(series, "\n"), want) && !strings.HasSuffix(file, "alerts_test.yaml") {
						t.Errorf("%s reads %s with %s, which is not measured: %v", file, name[1], want, series)
					}
				}
			}
		}
		for _, group := range groupIn.FindAllStringSubmatch(string(text), -1) {
			for label := range strings.SplitSeq(group[1], ", ") {
				if !strings.Contains(measured, label+`="`) {
					t.Errorf("%s groups by %s, which no measure has", file, label)
				}
			}
		}
	}
}
