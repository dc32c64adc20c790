package desk

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"golang.org/x/text/language"
)

var placeholder = regexp.MustCompile(`\{\d\}`)

// TestBothLanguagesHaveTheSameKeysAndPlaceholders: English and Simplified Chinese are
// complete.
func TestBothLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	english, chinese := textsOf(language.English), textsOf(language.SimplifiedChinese)
	for _, key := range slices.Sorted(maps.Keys(english)) {
		if english[key] == "" || chinese[key] == "" {
			t.Errorf("%s has no text in one of the languages", key)
		}
		one, other := placeholder.FindAllString(english[key], -1), placeholder.FindAllString(chinese[key], -1)
		if slices.Sort(one); !slices.Equal(one, slices.Sorted(slices.Values(other))) {
			t.Errorf("%s has the placeholders %q in English and %q in Chinese", key, one, other)
		}
	}
	for key := range chinese {
		if _, known := english[key]; !known {
			t.Errorf("%s is in Chinese only", key)
		}
	}
	han := regexp.MustCompile(`\p{Han}`)
	for key, text := range chinese {
		if !han.MatchString(text) {
			t.Errorf("%s is not Chinese: %s", key, text)
		}
	}
}

// TestEveryKeyOfAPageHasAText: keys that templates and handlers write out.
func TestEveryKeyOfAPageHasAText(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.templ", "../../handlers/desk/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	written := regexp.MustCompile(`\bText\((?:ctx|c\.Request\(\)\.Context\(\)), "([^"]+)"[,)]`)
	n := 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range written.FindAllSubmatch(source, -1) {
			if n++; !HasText(string(found[1])) {
				t.Errorf("%s: %s has no text", name, found[1])
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d keys were found", n)
	}
}
