package views

import (
	"context"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fil"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/ms"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt_BR"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh_Hans"
	"github.com/go-playground/locales/zh_Hant"
)

// calendars format dates by the Unicode CLDR; x/text does not format dates.
var calendars = map[string]locales.Translator{
	"en": en.New(), "id": id.New(), "ms": ms.New(), "de": de.New(), "es": es.New(), "fil": fil.New(), "fr": fr.New(),
	"it": it.New(), "nl": nl.New(), "pl": pl.New(), "pt-BR": pt_BR.New(), "ro": ro.New(), "vi": vi.New(), "tr": tr.New(),
	"ar": ar.New(), "hi": hi.New(), "th": th.New(), "ko": ko.New(), "ja": ja.New(), "zh-Hans": zh_Hans.New(), "zh-Hant": zh_Hant.New(),
}

// Day formats a date, in UTC, for the language of the page, with the month as a word
// where the language has one: "1 March 2026" cannot be read as the 3rd of January.
func Day(ctx context.Context, t time.Time) string {
	return calendars[catalogOf(ctx).name].FmtDateLong(t.UTC())
}
