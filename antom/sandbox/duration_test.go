package sandbox

import (
	"encoding/json"
	"testing"
	"time"
)

func TestDurationsAreWrittenAsPeopleDo(t *testing.T) {
	for text, want := range map[string]time.Duration{`"2m30s"`: 150 * time.Second, `90`: 90 * time.Second, `0.5`: 500 * time.Millisecond} {
		var d Duration
		must(t, json.Unmarshal([]byte(text), &d))
		if time.Duration(d) != want {
			t.Errorf("%s is %s", text, time.Duration(d))
		}
	}
}
