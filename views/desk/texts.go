package desk

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"golang.org/x/text/language"

	"antom-checkout/views"
)

//go:embed messages/*.json
var messageFiles embed.FS

// texts are those of each language by their keys, and English is the first. They are read when
// the first page needs them.
var texts = map[language.Tag]func() map[string]string{
	language.English:           sync.OnceValue(func() map[string]string { return readTexts("en") }),
	language.SimplifiedChinese: sync.OnceValue(func() map[string]string { return readTexts("zh") }),
}

// textsOf are those of a language, or none.
func textsOf(tag language.Tag) map[string]string {
	if read, known := texts[tag]; known {
		return read()
	}
	return nil
}

// Languages lists the languages of the dashboard, the default first.
func Languages() []language.Tag { return []language.Tag{language.English, language.SimplifiedChinese} }

// readTexts reads the files of a language: en.json and those of parts of the dashboard, such as
// orders.en.json.
func readTexts(name string) map[string]string {
	texts := map[string]string{}
	files, err := fs.Glob(messageFiles, "messages/*"+name+".json")
	for _, file := range files {
		raw, readErr := messageFiles.ReadFile(file)
		err = errors.Join(err, readErr, json.Unmarshal(raw, &texts))
	}
	if err != nil {
		panic("views/desk: messages of " + name + ": " + err.Error()) // compiled in: a broken build
	}
	return texts
}

// WithLanguage makes pages use the reader's language where the dashboard has it, and
// English otherwise.
func WithLanguage(ctx context.Context) context.Context {
	if _, known := texts[views.Language(ctx)]; known {
		return ctx
	}
	return views.WithLanguage(ctx, language.English)
}

// LanguageChoices is the list for a page's footer: href is the address that chooses the
// language called code.
func LanguageChoices(ctx context.Context, href func(code string) string) (all []views.LanguageChoice) {
	for _, tag := range Languages() {
		all = append(all, views.LanguageChoice{
			Code: tag.String(), Name: views.LanguageName(tag), Href: href(tag.String()), Current: tag == views.Language(ctx),
		})
	}
	return all
}

// Text is the text behind key in the language of ctx, with {0}, {1}… replaced by args. A
// key without a text is shown as it is, and a test fails.
func Text(ctx context.Context, key string, args ...any) string {
	text, ok := textsOf(views.Language(ctx))[key]
	if !ok {
		text, ok = textsOf(language.English)[key]
	}
	if !ok {
		return key
	}
	values := make([]string, len(args))
	for i, arg := range args {
		values[i] = fmt.Sprint(arg)
	}
	return views.FillIn(text, values...)
}

// HasText reports whether key has a text. It serves keys that are composed from data.
func HasText(key string) bool {
	_, ok := textsOf(language.English)[key]
	return ok
}
