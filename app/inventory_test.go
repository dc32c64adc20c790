package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"antom-checkout/handlers"
)

func TestThePagesInventoryIsPrinted(t *testing.T) {
	t.Chdir(t.TempDir()) // it needs no database, and makes nothing
	env := account(environ{"PUBLIC_URL": "https://shop.example", "ANTOM_SDK_INTEGRITY": otherHash})
	var text, lines bytes.Buffer
	if err := run(t.Context(), []string{"page-inventory"}, env.get, &text, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"page-inventory", "-json"}, env.get, &lines, io.Discard); err != nil {
		t.Fatal(err)
	}
	var list []handlers.Loaded
	if err := json.Unmarshal(lines.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	pinned := false
	for _, l := range list {
		pinned = pinned || l.Source == antomSDK && l.Integrity == otherHash
		for _, part := range []string{l.Kind, l.Source, l.Origin, l.Integrity, l.Reason} {
			if !strings.Contains(text.String(), part) {
				t.Errorf("the text lacks %s of %s", part, l.Source)
			}
		}
	}
	if !pinned {
		t.Errorf("the SDK is not listed with its hash: %+v", list)
	}
	if files, err := os.ReadDir("."); err != nil || len(files) != 0 {
		t.Errorf("it has made %v, %v", files, err)
	}
	err := run(t.Context(), []string{"page-inventory", "now"}, env.get, io.Discard, io.Discard)
	if wrong := (usageError{}); !errors.As(err, &wrong) {
		t.Errorf("got %v, want wrong usage", err)
	}
}
