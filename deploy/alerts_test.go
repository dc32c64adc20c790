package deploy_test

import (
	"regexp"
	"strings"
	"testing"
)

var alertIn = regexp.MustCompile(`- alert: (\w+)`)

// TestEveryAlertFires: each alert has a story in which it fires and one in which it is quiet,
// and Prometheus' own tool tells them. That the program measures what the alerts read is a
// test of the package app.
func TestEveryAlertFires(t *testing.T) {
	stories := read(t, "prometheus/alerts_test.yaml")
	alerts := alertIn.FindAllStringSubmatch(read(t, "prometheus/alerts.yaml"), -1)
	if len(alerts) == 0 {
		t.Fatal("there are no alerts")
	}
	for _, alert := range alerts {
		_, fires, found := strings.Cut(stories, "- name: "+alert[1]+" fires\n")
		fires, quiet, both := strings.Cut(fires, "- name: "+alert[1]+" is quiet\n")
		quiet, _, _ = strings.Cut(quiet, "- name: ")
		if !found || !both || !strings.Contains(fires, "exp_alerts:") || strings.Contains(quiet, "exp_alerts:") {
			t.Errorf("%s has no story in which it fires, or none in which it is quiet", alert[1])
		}
	}
	needs(t, "promtool")
	prints(t, "promtool", "check", "rules", "prometheus/alerts.yaml")
	prints(t, "promtool", "test", "rules", "prometheus/alerts_test.yaml")
}
