package views

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

var placeholder = regexp.MustCompile(`\{\d\}`)

// placeholders of a text, sorted: a language may use them in another order.
func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// counted reports whether key is a plural form of a text, and the key without the
// form.
func counted(key string) (string, bool) {
	for _, suffix := range pluralForms {
		if base, ok := strings.CutSuffix(key, suffix); ok && HasText(base+".other") {
			return base, true
		}
	}
	return key, false
}

func TestAllLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	english := catalogs[0].texts()
	for _, c := range catalogs[1:] {
		for key, text := range english {
			if _, plural := counted(key); plural {
				continue
			}
			translated, ok := c.texts()[key]
			switch {
			case !ok || strings.TrimSpace(translated) == "":
				t.Errorf("%s has no %s", c.name, key)
			case !slices.Equal(placeholders(text), placeholders(translated)):
				t.Errorf("%s: %s has other placeholders: %q", c.name, key, translated)
			}
		}
		for key := range c.texts() {
			if base, plural := counted(key); !plural && !HasText(base) {
				t.Errorf("%s has %s, English has not", c.name, key)
			}
		}
	}
}

// Every plural form of a language has a text, and no other form has: "2 produkt" is
// wrong, and so is a text that is never shown.
func TestEveryLanguageCountsInItsOwnForms(t *testing.T) {
	bases := map[string]bool{}
	for key := range catalogs[0].texts() {
		if base, plural := counted(key); plural {
			bases[base] = true
		}
	}
	for _, c := range catalogs {
		needed := map[string]bool{}
		for base := range bases {
			needed[base+".other"] = true // fractions use it
			for n := range 1000 {
				form := plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)
				key := base + pluralForms[form]
				needed[key] = true
				if c.texts()[key] == "" {
					t.Fatalf("%s has no %s", c.name, key)
				}
				// A form for a single number may write the number as a word.
				alone := form == plural.Zero || form == plural.One || form == plural.Two
				if !alone && !strings.Contains(c.texts()[key], "{0}") {
					t.Errorf("%s: %s lacks the number", c.name, key)
				}
			}
		}
		for key := range c.texts() {
			if _, plural := counted(key); plural && !needed[key] {
				t.Errorf("%s: no number uses %s", c.name, key)
			}
		}
	}
}

// The script reveals a text in the wrong place or left in English.
func TestEveryLanguageIsWrittenInItsOwnScript(t *testing.T) {
	scripts := map[string]*unicode.RangeTable{
		"ar": unicode.Arabic, "hi": unicode.Devanagari, "th": unicode.Thai, "ko": unicode.Hangul, "zh-Hans": unicode.Han, "zh-Hant": unicode.Han,
	}
	for _, c := range catalogs[1:] {
		same := 0
		for key, text := range c.texts() {
			if key == "order.quantity" {
				continue
			}
			if table := scripts[c.name]; table != nil && !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(table, r) }) {
				t.Errorf("%s: %s is foreign: %q", c.name, key, text)
			}
			if text == catalogs[0].texts()[key] {
				same++
			}
			if strings.TrimSpace(text) != text || strings.Contains(text, "  ") || strings.ContainsAny(text, "\t\n<>") {
				t.Errorf("%s: %s has a stray character: %q", c.name, key, text)
			}
		}
		if same > 8 { // Total, Email, Contact, …
			t.Errorf("%s: %d texts are English", c.name, same)
		}
	}
}

// A text that ends with a full stop in English does so in every language, because
// texts may be shown one after the other.
func TestSentencesEnd(t *testing.T) {
	for _, c := range catalogs {
		if c.name == "th" {
			continue // Thai ends sentences with a space
		}
		for key, text := range catalogs[0].texts() {
			ends := strings.HasSuffix(text, ".")
			if translated := c.texts()[key]; ends && !strings.HasSuffix(translated, ".") && !strings.HasSuffix(translated, "。") && !strings.HasSuffix(translated, "।") {
				t.Errorf("%s: %s does not end: %q", c.name, key, translated)
			}
		}
	}
}

// messageKey finds keys in templates and code: only keys are strings with a dot and
// no space.
var messageKey = regexp.MustCompile(`"((?:layout|catalog|product|cart|form|order|checkout|hint|continue|code|wait|return|lookup|link|mail|takes|status|error|decline|method)\.[A-Za-z0-9_.-]+)"`)

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
				continue // a part of a key, or a file
			}
			if !HasText(key) && !HasText(key+".other") {
				t.Errorf("%s shows %s, which has no text", name, key)
			}
		}
	}
}

func TestDeclinesOfTheBuyerAreExplainedAndOthersShareAText(t *testing.T) {
	for code, same := range sameDecline {
		if got := DeclineKey(code); got != "decline."+same || !HasText(got) || HasText("decline."+code) {
			t.Errorf("%s has the text %s", code, got)
		}
	}
	for _, code := range strings.Fields("USER_BALANCE_NOT_ENOUGH CARD_EXPIRED INVALID_CVV DO_NOT_HONOR RISK_REJECT ORDER_IS_CLOSED AUTHENTICATION_REQUIRED") {
		if got := DeclineKey(code); got != "decline."+code {
			t.Errorf("%s has the text %s", code, got)
		}
	}
	for _, code := range []string{"", "PARAM_ILLEGAL", "SOMETHING_NEW", "default.x"} {
		if got := DeclineKey(code); got != "decline.default" {
			t.Errorf("%q has the text %s", code, got)
		}
	}
	// Result codes belong into the log.
	codePattern := regexp.MustCompile(`[A-Z]{2,}_[A-Z]`)
	for _, c := range catalogs {
		for key, text := range c.texts() {
			if codePattern.MatchString(text) {
				t.Errorf("%s: %s shows a code: %s", c.name, key, text)
			}
		}
	}
}

func TestTheReaderGetsTheNearestSupportedLanguage(t *testing.T) {
	for header, want := range map[string]language.Tag{
		"":                                 language.English,
		"*":                                language.English,
		"de":                               language.German,
		"de-AT,de;q=0.9,en;q=0.5":          language.German,
		"zh-CN,zh;q=0.9":                   language.SimplifiedChinese,
		"zh-SG":                            language.SimplifiedChinese,
		"zh-TW,zh;q=0.9":                   language.TraditionalChinese,
		"zh-HK":                            language.TraditionalChinese,
		"zh-MO":                            language.TraditionalChinese,
		"zh-Hant":                          language.TraditionalChinese,
		"zh":                               language.SimplifiedChinese,
		"pt":                               language.BrazilianPortuguese,
		"pt-PT,pt;q=0.9":                   language.BrazilianPortuguese,
		"tl":                               language.Filipino,
		"tl-PH":                            language.Filipino,
		"fil-PH":                           language.Filipino,
		"in":                               language.Indonesian,
		"id-ID":                            language.Indonesian,
		"ms-MY":                            language.Malay,
		"es-419":                           language.Spanish,
		"es-MX,es;q=0.9":                   language.Spanish,
		"fr-CA":                            language.French,
		"nl-BE":                            language.Dutch,
		"ja-JP":                            language.Japanese,
		"ko-KR":                            language.Korean,
		"ar-EG":                            language.Arabic,
		"hi-IN,en-IN;q=0.8":                language.Hindi,
		"ro-MD":                            language.Romanian,
		"mo":                               language.Romanian,
		"sv":                               language.English,
		"sv, fr;q=0.8":                     language.French,
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
		t.Error("the context has another language than requested")
	}
	if got := Text(german, "checkout.pay", "42,00 S$"); got != "42,00 S$ bezahlen" {
		t.Errorf("got %q", got)
	}
	if got := Text(german, "no.such.key"); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
	lacking := &catalog{tag: language.German, texts: func() map[string]string { return nil }}
	if got := Text(context.WithValue(german, languageKey{}, lacking), "checkout.retry"); got != "Try again" {
		t.Errorf("got %q", got)
	}
	// An argument is never read as a placeholder.
	if got := Text(german, "continue.message", "{1}", "GCash"); !strings.Contains(got, "{1}") {
		t.Errorf("got %q", got)
	}
}

func TestPlaceholdersAreFilledInOnce(t *testing.T) {
	for text, want := range map[string]string{
		"no placeholder":     "no placeholder",
		"{0} and {1}":        "{1} and b",
		"{1}{0}{1}":          "b{1}b",
		"{2} {x} {} { } {01": "{2} {x} {} { } {01",
		"{00} {+1} {-1} {{0": "{00} {+1} {-1} {{0",
		"{{0}}":              "{{1}}",
		"":                   "",
	} {
		if got := FillIn(text, "{1}", "b"); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
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
		{language.Polish, 1, "1 produkt"}, {language.Polish, 3, "3 produkty"}, {language.Polish, 5, "5 produktów"},
		{language.Polish, 12, "12 produktów"}, {language.Polish, 22, "22 produkty"},
		{language.Romanian, 1, "1 produs"}, {language.Romanian, 19, "19 produse"}, {language.Romanian, 20, "20 de produse"},
		{language.Arabic, 1, "منتج واحد"}, {language.Arabic, 2, "منتجان"}, {language.Arabic, 7, "\u20687\u2069 منتجات"}, {language.Arabic, 11, "\u206811\u2069 منتجًا"},
		{language.French, 0, "0 article"}, {language.French, 2, "2 articles"}, {language.Filipino, 3, "3 item"},
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

// Names and amounts keep their own direction in a text from right to left.
func TestNamesAndAmountsAreIsolatedInArabic(t *testing.T) {
	arabic := WithLanguage(context.Background(), language.Arabic)
	if got := Text(arabic, "checkout.pay", "S$42.00"); !strings.Contains(got, "\u2068S$42.00\u2069") {
		t.Errorf("got %q", got)
	}
}

func TestEveryLanguageHasItsOwnName(t *testing.T) {
	names := map[string]bool{}
	for _, tag := range Languages() {
		names[LanguageName(tag)] = true
	}
	if len(names) != len(Languages()) || LanguageName(language.MustParse("zh-TW")) != "繁體中文" {
		t.Error(names)
	}
}

func TestOnlyWordsAreTranslatedNotBrands(t *testing.T) {
	german := WithLanguage(context.Background(), language.German)
	if got := MethodName(german, "CARD", "Card"); got != "Kredit- oder Debitkarte" {
		t.Errorf("got %q", got)
	}
	if got := MethodName(german, "GCASH", "GCash"); got != "GCash" {
		t.Errorf("got %q", got)
	}
}

func TestLanguagesIsACopy(t *testing.T) {
	Languages()[0] = language.Zulu
	if Languages()[0] != language.English {
		t.Error("a caller changed the list of the package")
	}
}
