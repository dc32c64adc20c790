package views

import (
	"context"
	"fmt"
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

type timeZoneKey struct{}

// WithTimeZone makes pages rendered with ctx write dates and times of that zone; they
// are in UTC without it.
func WithTimeZone(ctx context.Context, zone *time.Location) context.Context {
	return context.WithValue(ctx, timeZoneKey{}, zone)
}

func timeZone(ctx context.Context) *time.Location {
	if zone, ok := ctx.Value(timeZoneKey{}).(*time.Location); ok && zone != nil {
		return zone
	}
	return time.UTC
}

// Day formats a date for the language of the page, with the month as a word where the
// language has one: "1 March 2026" cannot be read as the 3rd of January.
func Day(ctx context.Context, t time.Time) string {
	return calendars[catalogOf(ctx).name].FmtDateLong(t.In(timeZone(ctx)))
}

// Clock is a time of day, with its date where that is another day than now's.
func Clock(ctx context.Context, t, now time.Time) string {
	t, now = t.In(timeZone(ctx)), now.In(timeZone(ctx))
	text := t.Format("15:04 ") + zoneName(t)
	if t.Format(time.DateOnly) != now.Format(time.DateOnly) {
		return t.Format("2006-01-02, ") + text
	}
	return text
}

// zoneName is how far a time's zone is from UTC, which needs no translation: UTC+8.
func zoneName(t time.Time) string {
	_, seconds := t.Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	hours, minutes := seconds/3600, seconds%3600/60
	switch {
	case seconds == 0:
		return "UTC"
	case minutes == 0:
		return fmt.Sprintf("UTC%s%d", sign, hours)
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, hours, minutes)
}
