package views

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed messages/*.json
var messageFiles embed.FS

// supported lists the supported languages with their own names. The first is the
// default.
var supported = []struct {
	tag  language.Tag
	name string
}{
	{language.English, "English"},
	{language.Indonesian, "Bahasa Indonesia"},
	{language.Malay, "Bahasa Melayu"},
	{language.German, "Deutsch"},
	{language.Spanish, "Español"},
	{language.Filipino, "Filipino"},
	{language.French, "Français"},
	{language.Italian, "Italiano"},
	{language.Dutch, "Nederlands"},
	{language.Polish, "Polski"},
	{language.BrazilianPortuguese, "Português (Brasil)"},
	{language.Romanian, "Română"},
	{language.Vietnamese, "Tiếng Việt"},
	{language.Turkish, "Türkçe"},
	{language.Arabic, "العربية"},
	{language.Hindi, "हिन्दी"},
	{language.Thai, "ไทย"},
	{language.Korean, "한국어"},
	{language.Japanese, "日本語"},
	{language.SimplifiedChinese, "简体中文"},
	{language.TraditionalChinese, "繁體中文"},
}

var languages = func() []language.Tag {
	all := make([]language.Tag, len(supported))
	for i, s := range supported {
		all[i] = s.tag
	}
	return all
}()

// A catalog holds every text of one language by its key.
type catalog struct {
	tag   language.Tag
	name  string                   // for the lang attribute
	dir   string                   // ltr or rtl
	texts func() map[string]string // read when the first page needs them
}

var (
	matcher  = language.NewMatcher(languages)
	catalogs = newCatalogs()
)

func newCatalogs() []*catalog {
	all := make([]*catalog, len(languages))
	for i, tag := range languages {
		name := tag.String()
		all[i] = &catalog{tag: tag, name: name, dir: direction(tag), texts: sync.OnceValue(func() map[string]string { return readTexts(name) })}
	}
	return all
}

func readTexts(name string) (texts map[string]string) {
	raw, err := messageFiles.ReadFile(path.Join("messages", name+".json"))
	if err == nil {
		err = json.Unmarshal(raw, &texts)
	}
	if err != nil {
		panic("views: messages of " + name + ": " + err.Error()) // compiled in: a broken build
	}
	return texts
}

// direction is which way a language is written.
func direction(tag language.Tag) string {
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr":
		return "rtl"
	}
	return "ltr"
}

// Languages lists the supported languages, the default first.
func Languages() []language.Tag { return append([]language.Tag(nil), languages...) }

// LanguageName is the name of a language in that language.
func LanguageName(tag language.Tag) string {
	_, i, _ := matcher.Match(tag)
	return supported[i].name
}

// LanguageChoices is the list for a page's footer: href is the page in the language
// called code, or the address that chooses it.
func LanguageChoices(ctx context.Context, href func(code string) string) []LanguageChoice {
	current := catalogOf(ctx)
	all := make([]LanguageChoice, len(supported))
	for i, s := range supported {
		code := catalogs[i].name
		all[i] = LanguageChoice{Code: code, Name: s.name, Href: href(code), Current: code == current.name}
	}
	return all
}

// Match is the supported language that fits an Accept-Language header best. An empty
// or malformed header gets the default.
func Match(acceptLanguage string) language.Tag {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return languages[0]
	}
	_, i, _ := matcher.Match(wanted...)
	return languages[i] // the matcher's own tag would carry the reader's region
}

type languageKey struct{}

// WithLanguage makes pages rendered with ctx use the language tag, or the supported
// language nearest to it.
func WithLanguage(ctx context.Context, tag language.Tag) context.Context {
	i := slices.Index(languages, tag)
	if i < 0 {
		_, i, _ = matcher.Match(tag)
	}
	return context.WithValue(ctx, languageKey{}, catalogs[i])
}

// Language is the language that WithLanguage chose, or the default.
func Language(ctx context.Context) language.Tag { return catalogOf(ctx).tag }

func catalogOf(ctx context.Context) *catalog {
	if c, ok := ctx.Value(languageKey{}).(*catalog); ok {
		return c
	}
	return catalogs[0]
}

// Text is the text behind key in the language of ctx, with {0}, {1}… replaced by
// args. A text that the language lacks is shown in English; a text that English lacks
// is shown as its key, and a test fails.
func Text(ctx context.Context, key string, args ...any) string {
	text, ok := catalogOf(ctx).texts()[key]
	if !ok {
		text, ok = catalogs[0].texts()[key]
	}
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	values := make([]string, len(args))
	for i, arg := range args {
		values[i] = fmt.Sprint(arg)
		if catalogOf(ctx).dir == "rtl" {
			values[i] = "\u2068" + values[i] + "\u2069" // isolated, so that "S$42.00" keeps its order
		}
	}
	return FillIn(text, values...)
}

// FillIn is a text with {0}, {1}… replaced by values. It reads the text once: a value that
// looks like a placeholder is not one. A number without a value stays as it is.
func FillIn(text string, values ...string) string {
	var filled strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		number, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			filled.WriteString(text)
			return filled.String()
		}
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= len(values) || number != strconv.Itoa(i) {
			filled.WriteString(before + "{")
			text = rest
			continue
		}
		filled.WriteString(before)
		filled.WriteString(values[i])
		text = after
	}
}

// HasText reports whether key has a text. It serves keys that are composed from
// data.
func HasText(key string) bool {
	_, ok := catalogs[0].texts()[key]
	return ok
}

// MethodName is the name of a payment method for buyers: its brand, or a translated
// text where the name is no brand.
func MethodName(ctx context.Context, code, brand string) string {
	if key := "method." + code; HasText(key) {
		return Text(ctx, key)
	}
	if strings.HasPrefix(code, "BANKTRANSFER_") { // the same bank may be listed for online banking and for its app
		return Text(ctx, "method.transfer", brand)
	}
	return brand
}

// sameDecline maps result codes with the same meaning for a buyer to the one code
// that has a text.
var sameDecline = map[string]string{
	"ORDER_IS_CANCELED":           "ORDER_IS_CANCELLED",
	"PAYMENT_AMOUNT_EXCEED_LIMIT": "USER_AMOUNT_EXCEED_LIMIT",
	"USER_KYC_NOT_QUALIFIED":      "USER_STATUS_ABNORMAL",
	"USER_NOT_EXIST":              "USER_STATUS_ABNORMAL",
	"VERIFY_TIMES_EXCEED_LIMIT":   "USER_PAYMENT_VERIFICATION_FAILED",
	"VERIFY_UNMATCHED":            "USER_PAYMENT_VERIFICATION_FAILED",
	// These share the general text, so that a thief learns nothing from it.
	"ACCESS_DENIED":        "DO_NOT_HONOR",
	"ACCOUNT_CLOSED":       "DO_NOT_HONOR",
	"LOST_CARD":            "DO_NOT_HONOR",
	"STOLEN_CARD":          "DO_NOT_HONOR",
	"PICKUP_CARD":          "DO_NOT_HONOR",
	"RESTRICTED_CARD":      "DO_NOT_HONOR",
	"POLICY":               "DO_NOT_HONOR",
	"SUSPECTED_CARD":       "DO_NOT_HONOR",
	"FRAUD_REJECT":         "RISK_REJECT",
	"SUSPECTED_RISK":       "RISK_REJECT",
	"PAYMENT_PROHIBITED":   "RISK_REJECT",
	"INCORRECT_BLIKCODE":   "EXPIRED_CODE",
	"INVALID_PAYMENT_CODE": "EXPIRED_CODE",
}

// DeclineKey is the message key that explains Antom's result code to a buyer. Codes
// without a meaning for a buyer share one text.
func DeclineKey(resultCode string) string {
	if same, ok := sameDecline[resultCode]; ok {
		resultCode = same
	}
	if key := "decline." + resultCode; HasText(key) {
		return key
	}
	return "decline.default"
}

// pluralForms are the suffixes of keys with a plural.
var pluralForms = map[plural.Form]string{
	plural.Zero: ".zero", plural.One: ".one", plural.Two: ".two",
	plural.Few: ".few", plural.Many: ".many", plural.Other: ".other",
}

// count is Text for a key with a form for each plural of the language; {0} is n.
func count(ctx context.Context, key string, n int) string {
	c := catalogOf(ctx)
	form := plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)
	if _, ok := c.texts()[key+pluralForms[form]]; !ok {
		form = plural.Other
	}
	return Text(ctx, key+pluralForms[form], n)
}
