package app

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documentedTogether are files in which one comment is about many methods.
var documentedTogether = map[string]string{
	"antom/redact.go": "Format and LogValue of all messages, one line each",
}

// TestExportedNamesAreDocumented: every package says what it is, and every exported
// name of a package that others import has a comment that begins with the name.
func TestExportedNamesAreDocumented(t *testing.T) {
	packages, names := byPackage(shipped(t))
	for _, pkg := range names {
		t.Run(pkg, func(t *testing.T) {
			var wrong []string
			if !slices.ContainsFunc(packages[pkg], func(f sourceFile) bool { return hasText(f.syntax.Doc) }) {
				wrong = append(wrong, "the package has no comment")
			}
			for _, f := range packages[pkg] {
				if f.syntax.Name.Name != "main" {
					wrong = append(wrong, undocumented(f)...)
				}
			}
			if len(wrong) > 0 {
				t.Errorf("%d:\n%s", len(wrong), strings.Join(wrong, "\n"))
			}
		})
	}
}

// undocumented are the exported names of a file whose comment is not about them.
func undocumented(f sourceFile) []string {
	var wrong []string
	for _, decl := range f.syntax.Decls {
		for _, n := range exportedNames(decl) {
			if !n.documented() {
				wrong = append(wrong, fmt.Sprintf("%s:%d: the comment of %s does not begin with its name", f.path, f.line(n.name.Pos()), n.name.Name))
			}
		}
	}
	_, together := documentedTogether[f.path]
	switch {
	case !together:
		return wrong
	case len(wrong) == 0:
		return []string{f.path + " documents every name: take it out of the list"}
	default:
		return nil
	}
}

// exportedName is a name with its comment. The names of a group share the comment
// of the group, or have one at the end of their line.
type exportedName struct {
	name  *ast.Ident
	doc   *ast.CommentGroup
	group bool
}

// article is what may stand before the name in the comment of a type.
var article = regexp.MustCompile(`^(A|An|The) `)

// documented reports whether the comment is about the name.
func (n exportedName) documented() bool {
	if n.group || !hasText(n.doc) {
		return hasText(n.doc)
	}
	text := article.ReplaceAllString(n.doc.Text(), "")
	rest, ok := strings.CutPrefix(text, n.name.Name)
	return ok && (rest == "" || !token.IsIdentifier("x"+rest[:1]))
}

// exportedNames are the exported names that a declaration makes. The methods of a
// type that is not exported are not documented for others.
func exportedNames(decl ast.Decl) []exportedName {
	var names []exportedName
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if of := receiverOf(decl); decl.Name.IsExported() && (of == "" || ast.IsExported(of)) {
			names = append(names, exportedName{decl.Name, decl.Doc, false})
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			names = append(names, specNames(decl, spec)...)
		}
	}
	return names
}

// specNames are the exported names of one line of a declaration.
func specNames(decl *ast.GenDecl, spec ast.Spec) []exportedName {
	var names []exportedName
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() {
			names = append(names, exportedName{spec.Name, firstOf(spec.Doc, decl.Doc), false})
		}
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() {
				names = append(names, exportedName{name, firstOf(spec.Doc, decl.Doc, spec.Comment), decl.Lparen.IsValid()})
			}
		}
	}
	return names
}

// firstOf is the first comment that is there.
func firstOf(comments ...*ast.CommentGroup) *ast.CommentGroup {
	for _, one := range comments {
		if hasText(one) {
			return one
		}
	}
	return nil
}

// hasText reports whether a comment says anything.
func hasText(comment *ast.CommentGroup) bool { return comment != nil && comment.Text() != "" }
