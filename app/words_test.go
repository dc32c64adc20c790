package app

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// retired is a family of words that have been replaced by the field's own.
type retired struct {
	use      string         // instead
	names    *regexp.Regexp // in a declared name, taken apart into its words; nil is none
	comments *regexp.Regexp // in a comment; nil is none
	in       *regexp.Regexp // the packages it is retired in; elsewhere the words mean something else
}

// whole is a pattern of whole words in either case; a space may be the end of a line.
func whole(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:` + strings.ReplaceAll(pattern, " ", `\s+`) + `)\b`)
}

// in is a pattern of packages, each with what lies below it.
func in(packages string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + packages + `)(?:/|$)`) }

// Where words are retired: where the rules are and what is about them, where
// payments are spoken of, and everywhere.
const (
	rulePackages  = "checkout|db|proof"
	moneyPackages = "checkout|db|proof|handlers|views|mail|e2e"
	everywhere    = `.*`
)

// retiredWords is the table. Words that mean something else in the same packages
// (told, held, ask) are not in it. Disputes end and payouts are made in words of
// Antom's protocol, so its packages are left out of two families.
var retiredWords = []retired{
	{"event", whole(`words?`), whole(`words?`), regexp.MustCompile(`^checkout(/gateway|/payments|/shop)?$`)},
	{"event", whole(`words?`), whole(`(Antom's|signed|our)( \w+)? words?`), in("proof")},
	{"event", whole(`antoms?( signed)? words?|signed words?`), whole(`(Antom's|signed|our)( \w+)? words?`), in("checkout/methods|db|handlers|views|mail|e2e|app|antom|static")},
	{"apply", whole(`hears?|heard|hearing|learns?|learned`), whole(`hears?|heard`), in(rulePackages + "|app|mail|antom")},
	{"outcome: abandoned, superseded", whole(`said|overlap|dropped`), nil, in("checkout")},
	{"resolution", whole(`verdicts?|judge[sd]?|judging`), whole(`verdicts?|judge[sd]?|judging`), in("checkout|db|proof|handlers|mail|e2e|app")},
	{"poll", whole(`next check|asks? again|owes|looked at`), whole(`(next|due) (checks?|looks?)`), in(rulePackages)},
	{"found, not found, pending, unknown", regexp.MustCompile(`(?i)^(no answer|not there|(is )?under way)$`), nil, in(rulePackages)},
	{"active", whole(`live`), whole(`(a|the|one|second|no|is|most) live`), in(moneyPackages)},
	{"active, holds funds", whole(`stands on`), whole(`stands on`), in("checkout|handlers|mail")},
	{"duplicate; void, refund, reversal", whole(`surplus|(gives?|given|gave|giving) back`), whole(`surplus|(gives?|given|gave|giving) back`), in(moneyPackages + "|antom")},
	{"effective amount", whole(`worth`), whole(`(?-i:Worth)|worth (of|without)`), in(moneyPackages)},
	{"resolve, conclude", whole(`settle[sd]?|settling`), whole(`settle[sd]?|settling`), in(moneyPackages + "|app|static")},
	{"transition", whole(`moved`), whole(`moved`), in("checkout|db")},
	{"notification", whole(`notices?`), whole(`notices?`), in(everywhere)},
	{"reserved", nil, whole(`(goods|pieces|stock)( \w+){0,3} held|held for (others|(this|an|the|another) order)`), in(rulePackages)},
	{"email, mailer, preview", whole(`letters?|offices?|mailbox(es)?`), whole(`letters?|offices?|mailbox(es)?`), in(moneyPackages + "|app")},
	{"endpoint", whole(`op`), nil, regexp.MustCompile(`^antom$`)},
	{"session", whole(`visits?`), whole(`visits?`), in("handlers")},
	{"sanitised, severity", regexp.MustCompile(`^(told|tone)$`), whole(`tone`), in("antom/sandbox|mail")},
	{"scheduler, injected fault, control API", whole(`agenda|levers?|strikes?|spoils?|spoiled|parcels?`), whole(`agenda|levers?|strikes?|spoils?|spoiled|parcels?`), in("antom/sandbox|e2e|proof")},
	{"a sentence with a subject", nil, whole(`whoever|nobody|somebody|anybody|everybody|of ours|any more`), in(everywhere)},
}

// alphabet is what is said of an alphabet and not of an email.
var alphabet = whole(`(Latin|capital|small|wide|other|own|its) letters?|letters? (and|or) (digits?|marks?)`)

// exception is a file in which a retired word means something else, or is published.
type exception struct{ file, word, why string }

var exceptions = []exception{
	{"checkout/buyer.go", "words", "of a list of countries"},
	{"checkout/buyer.go", "word", "of a list of countries"},
	{"checkout/method.go", "word", "of a language, and no brand"},
	{"checkout/status_test.go", "words", "the published contract's"},
	{"checkout/id.go", "letters", "of an order number"},
	{"checkout/product.go", "letter", "of an article number"},
}

// offence is a retired word as it stands.
type offence struct {
	file string
	line int
	word string
	use  string
}

func (o offence) String() string {
	return fmt.Sprintf("%s:%d: %s (use: %s)", o.file, o.line, o.word, o.use)
}

// TestRetiredWords: no declared name and no comment has a retired word. Texts and
// the names in JSON are published and not read.
func TestRetiredWords(t *testing.T) {
	packages, names := byPackage(source(t))
	for _, pkg := range names {
		t.Run(pkg, func(t *testing.T) {
			used := map[exception]bool{}
			var left []string
			for _, f := range packages[pkg] {
				for _, o := range offences(f) {
					i := slices.IndexFunc(exceptions, func(e exception) bool { return e.file == o.file && strings.EqualFold(e.word, o.word) })
					if i < 0 {
						left = append(left, o.String())
					} else {
						used[exceptions[i]] = true
					}
				}
			}
			for _, e := range exceptions {
				if path.Dir(e.file) == pkg && !used[e] {
					left = append(left, fmt.Sprintf("%s has no %q that is excepted: take it out of the list", e.file, e.word))
				}
			}
			if len(left) > 0 {
				t.Errorf("%d:\n%s", len(left), strings.Join(left, "\n"))
			}
		})
	}
}

// TestRetiredWordsAreFound: each family is found in a name or a comment of its own,
// and words that mean something else are left alone.
func TestRetiredWordsAreFound(t *testing.T) {
	found := func(pkg, text string) []offence {
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, "sample.go", "package sample\n\n"+text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return offences(sourceFile{path: "sample.go", pkg: pkg, syntax: syntax, set: set})
	}
	uses := map[string]bool{}
	for _, sample := range []struct{ pkg, text, word string }{
		{"checkout", "func drawWord() {}", "Word"},
		{"handlers", "func TestItFailsByAntomsWord() {}", "Antoms Word"},
		{"checkout/shop", "type shop struct{ hears bool }", "hears"},
		{"checkout", "var x = func() { dropped := 1 }", "dropped"},
		{"db", "// An operator has judged it.", "judged"},
		{"checkout", "const nextCheck = 1", "next Check"},
		{"proof", "var isUnderWay bool", "is Under Way"},
		{"handlers", "// It is the live attempt.", "the live"},
		{"checkout", "// The order stands\n// on it.", "stands on"},
		{"views", "// All of it is given back.", "given back"},
		{"checkout", "// Worth is an amount.", "Worth"},
		{"app", "func settled() {}", "settled"},
		{"db", "type moved struct{}", "moved"},
		{"antom", "// a Notice", "Notice"},
		{"checkout", "// The goods are held meanwhile.", "goods are held"},
		{"mail", "/* a letter */", "letter"},
		{"antom", "type call struct{ Op string }", "Op"},
		{"handlers/web", "func f(visit int) {}", "visit"},
		{"mail", "func told() {}", "told"},
		{"e2e", "// pulls a lever", "lever"},
		{"static", "// They do not come any\n// more.", "any more"},
	} {
		got := found(sample.pkg, sample.text)
		if len(got) != 1 || got[0].word != sample.word || got[0].line != 3 {
			t.Errorf("in %s, %q: got %v, want %s", sample.pkg, sample.text, got, sample.word)
			continue
		}
		uses[got[0].use] = true
	}
	for _, family := range retiredWords {
		if !uses[family.use] {
			t.Errorf("no sample of %q", family.use)
		}
	}
	for _, sample := range []struct{ pkg, text string }{
		{"app", "// Live reports whether it is live mode.\nvar words []string"},
		{"checkout", "// Latin letters and digits, in its letters.\nfunc wideLetters() {}"},
		{"antom", "// letters lose their accents; the settlement currency"},
		{"views", "// Texts live in files.\nvar noticed, swords, password int"},
		{"checkout", "var said2, HTMLWorthy, unsaid = \"a notice\", `whoever`, 1"},
		{"handlers", "// An open page hears of the change."},
	} {
		if got := found(sample.pkg, sample.text); len(got) > 0 {
			t.Errorf("in %s, %q: got %v", sample.pkg, sample.text, got)
		}
	}
}

// offences are the retired words of a file, in order.
func offences(f sourceFile) []offence {
	var found []offence
	search := func(text string, pos token.Pos, inText func(retired) *regexp.Regexp) {
		for _, family := range retiredWords {
			pattern := inText(family)
			if pattern == nil || !family.in.MatchString(f.pkg) {
				continue
			}
			for _, at := range pattern.FindAllStringIndex(text, -1) {
				word := strings.Join(strings.Fields(text[at[0]:at[1]]), " ")
				found = append(found, offence{f.path, f.line(pos) + strings.Count(text[:at[0]], "\n"), word, family.use})
			}
		}
	}
	for _, name := range declared(f.syntax) {
		search(apart(name.Name), name.Pos(), func(r retired) *regexp.Regexp { return r.names })
	}
	for _, comment := range f.syntax.Comments {
		search(textOf(comment), comment.Pos(), func(r retired) *regexp.Regexp { return r.comments })
	}
	slices.SortStableFunc(found, func(a, b offence) int { return cmp.Compare(a.line, b.line) })
	return slices.Compact(found)
}

// textOf is the text of a comment, a line for each of its lines.
func textOf(comment *ast.CommentGroup) string {
	var lines []string
	for _, one := range comment.List {
		lines = append(lines, strings.TrimPrefix(one.Text, "//"))
	}
	return alphabet.ReplaceAllStringFunc(strings.Join(lines, "\n"), func(s string) string {
		return strings.Repeat("\n", strings.Count(s, "\n"))
	})
}

var (
	hump    = regexp.MustCompile(`([a-z0-9])([A-Z])|_`)
	acronym = regexp.MustCompile(`([A-Z])([A-Z][a-z])`)
)

// apart is a name as its words: failedByAntomsWord is "failed By Antoms Word".
func apart(name string) string {
	return alphabet.ReplaceAllString(acronym.ReplaceAllString(hump.ReplaceAllString(name, "$1 $2"), "$1 $2"), "")
}

// declared are the names that a file declares.
func declared(file *ast.File) []*ast.Ident {
	var names []*ast.Ident
	add := func(expressions ...ast.Expr) {
		for _, e := range expressions {
			if name, ok := e.(*ast.Ident); ok && name.Name != "_" {
				names = append(names, name)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			add(n.Name)
		case *ast.TypeSpec:
			add(n.Name)
		case *ast.Field:
			names = append(names, n.Names...)
		case *ast.ValueSpec:
			names = append(names, n.Names...)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				add(n.Lhs...)
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				add(n.Key, n.Value)
			}
		}
		return true
	})
	return names
}
