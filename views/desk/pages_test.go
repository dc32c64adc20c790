package desk_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"antom-checkout/static"
	"antom-checkout/views"
	"antom-checkout/views/desk"
	"antom-checkout/views/desk/samples"
)

// eachPage renders every sample in both languages.
func eachPage(t *testing.T, check func(t *testing.T, markup string)) {
	for _, tag := range desk.Languages() {
		ctx := views.WithLanguage(context.Background(), tag)
		for _, page := range samples.Pages(ctx) {
			t.Run(tag.String()+"/"+page.Name, func(t *testing.T) {
				var out bytes.Buffer
				if err := page.Render(ctx, &out); err != nil {
					t.Fatal(err)
				}
				check(t, out.String())
			})
		}
	}
}

var (
	rawKey  = regexp.MustCompile(`>\s*((?:nav|role|person|refused|error|log|done|act|factor|sessions)\.[a-z_.]+)\s*<`)
	rawHole = regexp.MustCompile(`\{\d\}`)
	inline  = regexp.MustCompile(`\s(?:style|on[a-z]+)="`)
	labels  = regexp.MustCompile(`<label for="([^"]+)"`)
	ids     = regexp.MustCompile(`\sid="([^"]+)"`)
)

func TestNoPageShowsAKeyAPlaceholderOrAnInlineStyle(t *testing.T) {
	eachPage(t, func(t *testing.T, markup string) {
		for what, found := range map[string]string{
			"key": rawKey.FindString(markup), "placeholder": rawHole.FindString(markup), "inline style or script, which the policy forbids": inline.FindString(markup),
		} {
			if found != "" {
				t.Errorf("the page has a %s: %s", what, found)
			}
		}
		if strings.Count(markup, "<h1") != 1 {
			t.Error("the page has not one heading")
		}
	})
}

func TestLabelsAndIdsFitEachOther(t *testing.T) {
	eachPage(t, func(t *testing.T, markup string) {
		seen := map[string]bool{}
		for _, id := range ids.FindAllStringSubmatch(markup, -1) {
			if seen[id[1]] {
				t.Errorf("the id %s is there twice", id[1])
			}
			seen[id[1]] = true
		}
		for _, label := range labels.FindAllStringSubmatch(markup, -1) {
			if !seen[label[1]] {
				t.Errorf("a label is for %s, which is not there", label[1])
			}
		}
	})
}

func TestOtherLanguagesReadEnglish(t *testing.T) {
	for tag, want := range map[language.Tag]string{language.German: "Sign in", language.TraditionalChinese: "Sign in", language.SimplifiedChinese: "登录"} {
		ctx := desk.WithLanguage(views.WithLanguage(context.Background(), tag))
		if got := desk.Text(ctx, "sign_in.title"); got != want {
			t.Errorf("%s reads %q", tag, got)
		}
	}
}

// TestAPageIsLight: with its style sheets it is under 30 kB as it is sent.
func TestAPageIsLight(t *testing.T) {
	sheets := 0
	for _, name := range []string{views.Stylesheet, "desk.css"} {
		res := httptest.NewRecorder()
		req := httptest.NewRequest("GET", static.URL(name), nil)
		req.Header.Set("Accept-Encoding", "br")
		static.Handler().ServeHTTP(res, req)
		sheets += res.Body.Len()
	}
	if sheets == 0 || sheets > 10_000 {
		t.Errorf("the style sheets are %d bytes", sheets)
	}
	eachPage(t, func(t *testing.T, markup string) {
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		_, _ = io.WriteString(zip, markup)
		_ = zip.Close()
		if total := sheets + packed.Len(); total > 30_000 {
			t.Errorf("the page is %d bytes", total)
		}
	})
}
