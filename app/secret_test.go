package app

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
)

const unseen = "hunter2"

// holder has secrets where a print finds them, and where it only gets by
// reflection.
type holder struct {
	Shown  Secret
	inside Secret
	List   []Secret
	Named  map[string]*Secret
}

func TestASecretPrintsAsStarsOnly(t *testing.T) {
	s := NewSecret(unseen)
	all := holder{Shown: s, inside: s, List: []Secret{s}, Named: map[string]*Secret{"a": &s}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10s", "%T %[1]v"} {
		if got := fmt.Sprintf(verb, s); !strings.Contains(got, "***") {
			t.Errorf("%s prints %q, want ***", verb, got)
		}
		for _, value := range []any{s, &s, all, &all} {
			expectUnseen(t, verb, fmt.Sprintf(verb, value))
		}
	}
	if got := fmt.Sprint(s) + s.String(); got != "******" {
		t.Errorf("it prints as %q", got)
	}
}

func expectUnseen(t *testing.T, way, text string) {
	t.Helper()
	if strings.Contains(text, unseen) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", unseen)) {
		t.Errorf("%s prints the secret: %s", way, text)
	}
}

func TestASecretIsWrittenAsStarsOnly(t *testing.T) {
	s := NewSecret(unseen)
	all := holder{Shown: s, inside: s, List: []Secret{s}, Named: map[string]*Secret{"a": &s}}
	asJSON, err := json.Marshal(all)
	if err != nil || string(asJSON) != `{"Shown":"***","List":["***"],"Named":{"a":"***"}}` {
		t.Errorf("JSON is %s, %v", asJSON, err)
	}
	if keys, err := json.Marshal(map[Secret]int{s: 1}); err != nil || string(keys) != `{"***":1}` {
		t.Errorf("as a key of JSON it is %s, %v", keys, err)
	}
	if text, err := xml.Marshal(s); err != nil || string(text) != "<Secret>***</Secret>" {
		t.Errorf("XML is %s, %v", text, err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		log.Reset()
		slog.New(handler).With("with", s).Info("a", "secret", s, "all", all, slog.Group("g", "secret", &s))
		expectUnseen(t, "the log", log.String())
		if strings.Count(log.String(), "***") < 3 {
			t.Errorf("the log is %s", log.String())
		}
	}
}

func TestASecretIsRevealedToItsUser(t *testing.T) {
	if s := NewSecret(unseen); s.Reveal() != unseen || s.Empty() {
		t.Errorf("it reveals %q", s.Reveal())
	}
	for _, none := range []Secret{{}, NewSecret("")} {
		if none.Reveal() != "" || !none.Empty() || none.String() != "***" {
			t.Error("an empty secret is something, or shows that it is empty")
		}
	}
}

// Every setting that may come from a file fills a Secret, and all of them
// together print nothing.
func TestSettingsPrintNoSecret(t *testing.T) {
	var s Settings
	secrets := 0
	for _, row := range s.rows() {
		if row.into.secret {
			secrets++
			_ = row.into.set(unseen) // too short, or no address: kept all the same
		}
	}
	fields := 0
	for value, i := reflect.ValueOf(s), 0; i < value.NumField(); i++ {
		if secret, is := value.Field(i).Interface().(Secret); is {
			fields++
			if secret.Reveal() != unseen {
				t.Errorf("%s is filled by no row", value.Type().Field(i).Name)
			}
		}
	}
	if secrets != 5 || fields != secrets {
		t.Errorf("%d rows fill %d secrets", secrets, fields)
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		expectUnseen(t, verb, fmt.Sprintf(verb, s))
	}
}
