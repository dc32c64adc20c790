package static

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// The oldest browsers that Antom's document on its Web SDK names are those of iOS 11 and
// of Android 5. Their scripts are those of ECMAScript 2017.

// scripts are the script files as they are written and as they are served, and the
// scripts within pages.
func scripts(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	names, err := filepath.Glob("*.js")
	if err != nil || len(names) < 4 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name], all[name+", minified"] = source, everything()[name].body
	}
	templates, err := filepath.Glob("../views/*.templ")
	if err != nil || len(templates) == 0 {
		t.Fatal(templates, err)
	}
	inPage := regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`)
	for _, name := range templates {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, script := range inPage.FindAllSubmatch(source, -1) {
			if len(bytes.TrimSpace(script[1])) > 0 {
				all[name] = script[1]
			}
		}
	}
	if all["../views/layout.templ"] == nil {
		t.Fatal("the script in the page was not found")
	}
	return all
}

// esbuild rewrites what is younger than its target; a script in which it has nothing to
// rewrite is as old as the target.
func youngerThan2017(t *testing.T, script []byte) (rewritten string) {
	t.Helper()
	written := func(target api.Target) string {
		result := api.Transform(string(script), api.TransformOptions{Target: target})
		if len(result.Errors) > 0 {
			return result.Errors[0].Text
		}
		return string(result.Code)
	}
	if found := regexp.MustCompile(`\d_\d`).Find(script); found != nil {
		return string(found) // esbuild writes numbers its own way
	}
	if old := written(api.ES2017); old != written(api.ESNext) {
		return old
	}
	return ""
}

func TestScriptsHaveTheSyntaxOfTheOldestBrowsers(t *testing.T) {
	for name, script := range scripts(t) {
		if rewritten := youngerThan2017(t, script); rewritten != "" {
			t.Errorf("%s is younger than ES2017; in that it would be:\n%s", name, rewritten)
		}
	}
	for _, young := range []string{
		"a?.b", "a ?? b", "a ??= b", "({...a})", "const {a, ...b} = c", "try {} catch {}", "class A { b = 1 }", "class A { #b() {} }",
		"/(?<=a)b/", "/a/s", "/(?<n>a)/", "1_000", "10n", "for await (const a of b);", "await a", "import.meta",
	} {
		if youngerThan2017(t, []byte(young)) == "" {
			t.Errorf("%s passes", young)
		}
	}
}

// builtIns are the globals and members that scripts use: all are known to iOS 11 and to
// Chrome 58. Before one is added here, look at when browsers learnt it.
var builtIns = strings.Fields(`
	DOMParser Date Event EventSource FormData Intl JSON Math Object Promise String URLSearchParams Uint8Array
	addEventListener atob btoa clearTimeout document fetch getSelection location matchMedia navigator performance screen sessionStorage setTimeout window

	CLOSED DateTimeFormat NumberFormat action activeElement add adoptNode after appendChild apply assign body ceil
	charCodeAt checked classList close closest code colorDepth contains createElement currentScript data dataset
	dateTime disabled dispatchEvent documentElement effectiveDirective elements filter find floor focus forEach format from fromCharCode get
	getAttribute getElementById getEntriesByType getTimezoneOffset height hidden id includes javaEnabled join json
	keys lang lastElementChild length map matches max message method min name nextElementSibling now offsetHeight
	offsetWidth ok onerror onload open origin overflow padStart parentElement parentNode parse parseFromString pathname
	persisted preventDefault previousElementSibling querySelector querySelectorAll readyState reload remove replace
	replaceWith round selectAllChildren selectionEnd setAttribute signal slice some split src start startsWith
	status stringify style submit target test text textContent title toDateString toggle type url values width
`)

// guarded are younger built-ins. A script asks whether the browser knows one before it
// uses it, and works without.
var guarded = map[string]string{
	"AbortController":     "if (!window.AbortController) return;",
	"abort":               "if (!window.AbortController) return;",
	"clipboard":           "button.hidden = !navigator.clipboard;",
	"writeText":           "button.hidden = !navigator.clipboard;",
	"sendBeacon":          "navigator.sendBeacon) navigator.sendBeacon(",
	"showModal":           "dialog && !dialog.showModal",
	"inputType":           "event.inputType && event.inputType.startsWith(",
	"PublicKeyCredential": asksForPasskeys,
}

// ofPasskeys are the members of passkeys and of what signs with them. A browser that knows
// passkeys knows them, and a script asks first.
var (
	ofPasskeys      = strings.Fields(`attestationObject authenticatorData clientDataJSON create credentials getTransports rawId response signature userHandle`)
	asksForPasskeys = "if (!window.PublicKeyCredential || !navigator.credentials) return;"
)

// antoms are the names of Antom's SDK, which brings them itself.
var antoms = strings.Fields(`AMSCashierPayment AMSElement createComponent mountComponent unmount mount submitPayment destroy needChangeSessionForRetry`)

// unfit are options that a browser of that age ignores or refuses.
var unfit = []string{"dateStyle", "timeStyle", "once"}

// names collects what a script uses: globals, members, and the members that it makes
// itself, by a class, an object or an assignment.
type names struct {
	globals, members, own map[string]bool
}

func (n names) Enter(node js.INode) js.IVisitor {
	switch node := node.(type) {
	case *js.DotExpr:
		n.members[node.Y.String()] = true
	case *js.MethodDecl:
		n.own[string(node.Name.Literal.Data)] = true
	case *js.Property:
		if node.Name != nil {
			n.own[string(node.Name.Literal.Data)] = true
		}
	case *js.BindingObjectItem:
		if node.Key != nil {
			n.members[string(node.Key.Literal.Data)] = true
		}
	case *js.BinaryExpr:
		if dot, ok := node.X.(*js.DotExpr); ok && node.Op == js.EqToken {
			n.own[dot.Y.String()] = true
		}
	}
	return n
}

func (names) Exit(js.INode) {}

func namesOf(t *testing.T, script []byte) names {
	t.Helper()
	tree, err := js.Parse(parse.NewInputBytes(bytes.Clone(script)), js.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := names{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, global := range tree.Undeclared {
		n.globals[string(global.Data)] = true
	}
	js.Walk(n, &tree.BlockStmt)
	return n
}

func TestScriptsUseBuiltInsOfTheOldestBrowsers(t *testing.T) {
	made, read := map[string]bool{}, map[string]bool{}
	for _, member := range dataOfPages(t) {
		read[member] = true
	}
	all := scripts(t)
	for _, script := range all {
		for member := range namesOf(t, script).own {
			made[member] = true
		}
	}
	needed := map[string]bool{}
	for name, script := range all {
		if strings.HasSuffix(name, "minified") {
			continue // it has the same
		}
		n := namesOf(t, script)
		maps.Copy(needed, n.globals)
		maps.Copy(needed, n.members)
		for used := range n.globals {
			checkBuiltIn(t, name, script, used, false)
		}
		for used := range n.members {
			checkBuiltIn(t, name, script, used, made[used] || read[used] || strings.Contains(string(all["../views/layout.templ"]), "var "+used+" =") || slices.Contains(answered, used))
		}
		for _, option := range unfit {
			if n.own[option] {
				t.Errorf("%s uses the option %s, which the oldest browsers do not know", name, option)
			}
		}
	}
	for _, name := range builtIns {
		if !needed[name] {
			t.Errorf("no script uses %s: take it from builtIns", name)
		}
	}
}

func checkBuiltIn(t *testing.T, script string, source []byte, used string, own bool) {
	t.Helper()
	guard, young := guarded[used]
	switch {
	case young && !strings.Contains(string(source), guard):
		t.Errorf("%s uses %s without asking for it: %s", script, used, guard)
	case slices.Contains(ofPasskeys, used) && strings.Contains(string(source), asksForPasskeys):
	case young, own, slices.Contains(builtIns, used), slices.Contains(antoms, used):
	default:
		t.Errorf("%s uses %s; if iOS 11 and Chrome 58 know it, add it to builtIns", script, used)
	}
}

// answered are members of the server's answers.
var answered = strings.Fields(`action appearance last_payment payment_request_id retry_after session_data environment locale ui final error refused showSubmitButton fields card_number card_expiry card_cvc brands card_brand
	allowCredentials challenge excludeCredentials publicKey user`)

// dataOfPages are the data attributes of the pages as scripts name them.
func dataOfPages(t *testing.T) (members []string) {
	t.Helper()
	templates, _ := filepath.Glob("../views/*.templ")
	ofDesk, _ := filepath.Glob("../views/desk/*.templ")
	for _, name := range append(templates, ofDesk...) {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`\bdata-([a-z]+)\b`).FindAllSubmatch(source, -1) {
			members = append(members, string(found[1]))
		}
	}
	return members
}

func TestAYoungBuiltInIsFound(t *testing.T) {
	for _, young := range []string{
		"structuredClone(a)", "a.replaceChildren()", "a.at(-1)", "Object.fromEntries(a)", "AbortSignal.timeout(1)", "Object.hasOwn(a, 1)",
		"a.flat()", "a.replaceAll(1)", "Promise.any(a)", "a.requestSubmit()", "globalThis.a", "a.isConnected", "const { at } = a",
	} {
		n := namesOf(t, []byte(young))
		var unknown []string
		for _, used := range []map[string]bool{n.globals, n.members} {
			for name := range used {
				if len(name) > 1 && !slices.Contains(builtIns, name) {
					unknown = append(unknown, name)
				}
			}
		}
		if len(unknown) == 0 {
			t.Errorf("%s passes", young)
		}
	}
}

// A browser drops a whole rule when it does not know one selector of its list, and a
// whole declaration when it does not know a value. What is dropped may be a nicety only.
func TestStylesBreakNoPageOfAnOldBrowser(t *testing.T) {
	young := regexp.MustCompile(`@layer|@container|@scope|@starting-style|color-mix\(|light-dark\(|oklch\(|oklab\(|\d(?:d|s|l)v[hw]\b|\(\s*(?:width|height)\s*[<>]|(?:^|[;{}\s])&|:is\(|:where\(|display:\s*(?:contents|flow-root)`)
	mixed := regexp.MustCompile(`:has\(|:focus-visible|::backdrop|:focus-within|:not\([^)]*[ ,>+]`)
	comment := regexp.MustCompile(`(?s)/\*.*?\*/`)
	for _, name := range []string{"app.css", "shop.css", "desk.css"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sheet := comment.ReplaceAll(source, nil)
		if found := young.Find(sheet); found != nil {
			t.Errorf("%s needs a young browser: %s", name, found)
		}
		for _, rule := range regexp.MustCompile(`([^{}]+)\{[^{}]*\}`).FindAllSubmatch(sheet, -1) {
			selectors := strings.Split(string(rule[1]), ",")
			youngOnes := 0
			for _, selector := range selectors {
				if mixed.MatchString(selector) {
					youngOnes++
				}
			}
			if youngOnes > 0 && youngOnes < len(selectors) {
				t.Errorf("%s: old browsers drop the plain selectors of %s", name, strings.TrimSpace(string(rule[1])))
			}
		}
		if regexp.MustCompile(`(?m)^:focus \{`).Match(sheet) {
			t.Errorf("%s takes the outline of the focus from browsers without :focus-visible", name)
		}
	}
}
