package views

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
)

var placeholder = regexp.MustCompile(`\{\d\}`)

// placeholders of a text, sorted: a language may use them in another order.
func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestAllLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	english := catalogs[0].texts
	for _, c := range catalogs[1:] {
		for key, text := range english {
			translated, ok := c.texts[key]
			switch {
			case !ok || strings.TrimSpace(translated) == "":
				t.Errorf("%s has no %s", c.name, key)
			case !slices.Equal(placeholders(text), placeholders(translated)):
				t.Errorf("%s: %s has other placeholders: %q", c.name, key, translated)
			}
		}
		for key := range c.texts {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %s, English has not", c.name, key)
			}
		}
	}
}

// messageKey finds keys in templates and code; keys are the only strings there
// with a dot and no space.
var messageKey = regexp.MustCompile(`"((?:layout|catalog|product|cart|form|order|checkout|hint|continue|code|wait|return|status|error|decline)\.[A-Za-z0-9_.-]+)"`)

func TestEveryKeyOnAPageExists(t *testing.T) {
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal("no templates", err)
	}
	code, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, code...) {
		if strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messageKey.FindAllSubmatch(source, -1) {
			key := string(m[1])
			if strings.HasSuffix(key, ".") || strings.HasSuffix(key, ".js") || strings.HasSuffix(key, "default") && !HasText(key) {
				continue // the beginning of a key, or a file
			}
			if !HasText(key) && !HasText(key+".other") {
				t.Errorf("%s shows %s, which no language has", name, key)
			}
		}
	}
}

// The keys that handlers make up or pass on; see the comments of the view models.
func TestEveryKeyThatHandlersSendExists(t *testing.T) {
	var keys []string
	for _, name := range statusNames {
		keys = append(keys, "status."+name+".title", "status."+name+".message")
	}
	for _, name := range strings.Fields("required too_long email phone country invalid quantity form method_required method_unknown cart_empty") {
		keys = append(keys, "error."+name)
	}
	for _, code := range strings.Fields("400 403 404 405 409 410 413 422 429 500 503 default") {
		keys = append(keys, "error.page."+code+".title", "error.page."+code+".message")
	}
	for _, kind := range strings.Fields("card wallet bank qr") {
		keys = append(keys, "hint."+kind)
	}
	for _, name := range orderFields {
		keys = append(keys, "form."+name)
	}
	for _, key := range keys {
		if !HasText(key) {
			t.Errorf("no text for %s", key)
		}
	}
}

func TestDeclinesOfTheBuyerAreExplainedAndOthersShareAText(t *testing.T) {
	for _, code := range strings.Fields("USER_BALANCE_NOT_ENOUGH CARD_EXPIRED INVALID_CVV DO_NOT_HONOR RISK_REJECT ORDER_IS_CLOSED ORDER_IS_CANCELED AUTHENTICATION_REQUIRED") {
		if got := DeclineKey(code); got != "decline."+code {
			t.Errorf("%s is told as %s", code, got)
		}
	}
	for _, code := range []string{"", "PARAM_ILLEGAL", "SOMETHING_NEW", "default.x"} {
		if got := DeclineKey(code); got != "decline.default" {
			t.Errorf("%q is told as %s", code, got)
		}
	}
	// What Antom calls it is for the log.
	shouting := regexp.MustCompile(`[A-Z]{2,}_[A-Z]`)
	for _, c := range catalogs {
		for key, text := range c.texts {
			if shouting.MatchString(text) {
				t.Errorf("%s: %s shows a code: %s", c.name, key, text)
			}
		}
	}
}

func TestTheReaderGetsTheNearestLanguageWeSpeak(t *testing.T) {
	for header, want := range map[string]language.Tag{
		"":                                 language.English,
		"*":                                language.English,
		"de":                               language.German,
		"de-AT,de;q=0.9,en;q=0.5":          language.German,
		"zh-CN,zh;q=0.9":                   language.SimplifiedChinese,
		"zh-SG":                            language.SimplifiedChinese,
		"sv, fr;q=0.8":                     language.English,
		"en-GB,de":                         language.English,
		";;;,,,":                           language.English,
		"\x00\xff":                         language.English,
		strings.Repeat("x-y-z-1234,", 500): language.English,
	} {
		if got := Match(header); got != want {
			t.Errorf("%.40q: %s, want %s", header, got, want)
		}
	}
}

func TestTextFallsBackToEnglishAndThenToTheKey(t *testing.T) {
	german := WithLanguage(context.Background(), language.MustParse("de-CH"))
	if Language(german) != language.German || Language(context.Background()) != language.English {
		t.Error("the context speaks another language than was asked for")
	}
	if got := Text(german, "checkout.pay", "42,00 S$"); got != "42,00 S$ bezahlen" {
		t.Errorf("got %q", got)
	}
	if got := Text(german, "no.such.key"); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
	lacking := &catalog{tag: language.German, texts: map[string]string{}}
	if got := Text(context.WithValue(german, languageKey{}, lacking), "checkout.retry"); got != "Try again" {
		t.Errorf("got %q", got)
	}
	// What a buyer typed is never read as a placeholder for something else.
	if got := Text(german, "continue.message", "{1}", "GCash"); !strings.Contains(got, "{1}") {
		t.Errorf("got %q", got)
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	for _, c := range []struct {
		tag  language.Tag
		n    int
		want string
	}{
		{language.English, 1, "1 item"}, {language.English, 2, "2 items"}, {language.English, 0, "0 items"},
		{language.SimplifiedChinese, 1, "1 件商品"}, {language.German, 5, "5 Artikel"},
	} {
		if got := count(WithLanguage(context.Background(), c.tag), "layout.cart_count", c.n); got != c.want {
			t.Errorf("%s, %d: %q", c.tag, c.n, got)
		}
	}
}

func TestArabicIsWrittenFromTheRight(t *testing.T) {
	for tag, want := range map[string]string{"ar": "rtl", "he": "rtl", "fa": "rtl", "de": "ltr", "zh-Hans": "ltr", "az": "ltr"} {
		if got := direction(language.MustParse(tag)); got != want {
			t.Errorf("%s: %s", tag, got)
		}
	}
}

func TestLanguagesIsACopy(t *testing.T) {
	Languages()[0] = language.Zulu
	if Languages()[0] != language.English {
		t.Error("a caller changed the languages of everybody")
	}
}
