package app

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
)

func TestTheLogIsWrittenInTheFormatWanted(t *testing.T) {
	for format, line := range map[string]string{
		"":     `level=INFO msg=paid order=o-1`,
		"text": `level=INFO msg=paid order=o-1`,
		"json": `"level":"INFO","msg":"paid","order":"o-1"}`,
	} {
		var log bytes.Buffer
		newLog(load(t, environ{"LOG_FORMAT": format}).Log, &log).Info("paid", "order", "o-1")
		if !strings.Contains(log.String(), line) || strings.Count(log.String(), "\n") != 1 || json.Valid(log.Bytes()) != (format == "json") {
			t.Errorf("LOG_FORMAT=%s writes %s", format, log.String())
		}
	}
}

func TestTheLogHoldsWhatIsOfTheLevelWanted(t *testing.T) {
	for level, want := range map[string]string{
		"": "INFO WARN ERROR", "debug": "DEBUG INFO WARN ERROR", "info": "INFO WARN ERROR", "warn": "WARN ERROR", "error": "ERROR",
	} {
		var log bytes.Buffer
		logger := newLog(load(t, environ{"LOG_LEVEL": level}).Log, &log)
		for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
			logger.Log(t.Context(), l, "")
		}
		var got []string
		for line := range strings.Lines(log.String()) {
			_, line, _ = strings.Cut(line, "level=")
			name, _, _ := strings.Cut(line, " ")
			got = append(got, name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("LOG_LEVEL=%s writes %q, want %q", level, got, want)
		}
	}
}

// Every line of the whole program is JSON, with the sandbox in it and at the end.
func TestTheWholeLogIsJSON(t *testing.T) {
	p := runProgram(t, environ{"LOG_FORMAT": "json", "LOG_LEVEL": "debug"})
	path := p.orders()
	p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"GCASH"}`)
	p.send("POST", p.shop+"/antom/notify", "application/json", `{}`)
	p.stops()
	lines := 0
	for line := range strings.Lines(p.log.String()) {
		if lines++; !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if lines < 3 {
		t.Errorf("the log is %s", p.log.String())
	}
}
