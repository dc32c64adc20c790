package views

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed messages/*.json
var messageFiles embed.FS

// spoken lists the languages we speak with what their readers call them; the
// first is what everybody gets who asks for none of them.
var spoken = []struct {
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
	all := make([]language.Tag, len(spoken))
	for i, s := range spoken {
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

// Languages lists the languages the pages speak, the default first.
func Languages() []language.Tag { return append([]language.Tag(nil), languages...) }

// LanguageName is what readers of tag call their language, for a list to choose
// from.
func LanguageName(tag language.Tag) string {
	_, i, _ := matcher.Match(tag)
	return spoken[i].name
}

// LanguageChoices is the list for a page's foot: href says where the page is to
// be had in the language called code, or where the choice is made.
func LanguageChoices(ctx context.Context, href func(code string) string) []LanguageChoice {
	current := catalogOf(ctx)
	all := make([]LanguageChoice, len(spoken))
	for i, s := range spoken {
		code := catalogs[i].name
		all[i] = LanguageChoice{Code: code, Name: s.name, Href: href(code), Current: code == current.name}
	}
	return all
}

// Match picks the language of ours that suits an Accept-Language header best. A
// header that is empty or nonsense gets the default.
func Match(acceptLanguage string) language.Tag {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return languages[0]
	}
	_, i, _ := matcher.Match(wanted...)
	return languages[i] // not the matcher's own tag, which carries the reader's region
}

type languageKey struct{}

// WithLanguage makes every page rendered with ctx speak tag, or the language of
// ours next to it.
func WithLanguage(ctx context.Context, tag language.Tag) context.Context {
	_, i, _ := matcher.Match(tag)
	return context.WithValue(ctx, languageKey{}, catalogs[i])
}

// Language is what WithLanguage chose, or the default.
func Language(ctx context.Context) language.Tag { return catalogOf(ctx).tag }

func catalogOf(ctx context.Context) *catalog {
	if c, ok := ctx.Value(languageKey{}).(*catalog); ok {
		return c
	}
	return catalogs[0]
}

// Text is the text behind key in the language of ctx, with {0}, {1}… replaced by
// args. What a language lacks comes in English; what English lacks is shown as
// its key, which no test lets pass.
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
	rtl := catalogOf(ctx).dir == "rtl"
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		said := fmt.Sprint(arg)
		if rtl {
			said = "\u2068" + said + "\u2069" // or "S$42.00" and "Kiln & Thread" would be torn apart
		}
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", said)
	}
	// In one pass: an argument that looks like a placeholder is not one.
	return strings.NewReplacer(pairs...).Replace(text)
}

// HasText reports whether there is a text for key, for keys that are made from
// what others say.
func HasText(key string) bool {
	_, ok := catalogs[0].texts()[key]
	return ok
}

// MethodName is what buyers call a way to pay: its brand, or a text of ours where
// the name is a word and not a brand.
func MethodName(ctx context.Context, code, brand string) string {
	if key := "method." + code; HasText(key) {
		return Text(ctx, key)
	}
	if strings.HasPrefix(code, "BANKTRANSFER_") { // its bank may be on the list with its pages and its app too
		return Text(ctx, "method.transfer", brand)
	}
	return brand
}

// sameDecline leads from the result codes that mean the same to a buyer to the
// one that has the text.
var sameDecline = map[string]string{
	"ORDER_IS_CANCELED":                 "ORDER_IS_CANCELLED",
	"SELECTED_CARD_BRAND_NOT_AVAILABLE": "CARD_NOT_SUPPORTED",
	"PAYMENT_AMOUNT_EXCEED_LIMIT":       "USER_AMOUNT_EXCEED_LIMIT",
	"USER_KYC_NOT_QUALIFIED":            "USER_STATUS_ABNORMAL",
	"USER_NOT_EXIST":                    "USER_STATUS_ABNORMAL",
	"VERIFY_TIMES_EXCEED_LIMIT":         "USER_PAYMENT_VERIFICATION_FAILED",
	"VERIFY_UNMATCHED":                  "USER_PAYMENT_VERIFICATION_FAILED",
	// A thief is not told more than anybody else.
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

// DeclineKey is the message key that tells a buyer about Antom's result code.
// Codes that say nothing to a buyer share one text.
func DeclineKey(resultCode string) string {
	if same, ok := sameDecline[resultCode]; ok {
		resultCode = same
	}
	if key := "decline." + resultCode; HasText(key) {
		return key
	}
	return "decline.default"
}

// pluralForms names the suffixes of keys that count something.
var pluralForms = map[plural.Form]string{
	plural.Zero: ".zero", plural.One: ".one", plural.Two: ".two",
	plural.Few: ".few", plural.Many: ".many", plural.Other: ".other",
}

// count is Text for a key that has a form per plural of the language: n is {0}.
func count(ctx context.Context, key string, n int) string {
	c := catalogOf(ctx)
	form := plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)
	if _, ok := c.texts()[key+pluralForms[form]]; !ok {
		form = plural.Other
	}
	return Text(ctx, key+pluralForms[form], n)
}
