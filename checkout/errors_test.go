package checkout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

// Every code that is declared has a kind, and every kind is listed.
func TestEveryCodeHasAKind(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		typed, ok := spec.Type.(*ast.Ident)
		literal, isText := spec.Values[0].(*ast.BasicLit)
		if !ok || typed.Name != "ErrorCode" || !isText {
			return true
		}
		declared++
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		if kind := ErrorCode(text).Kind(); !slices.Contains(Kinds(), kind) {
			t.Errorf("%s has the kind %q", text, kind)
		}
		return true
	})
	if declared != len(Codes()) || declared == 0 {
		t.Errorf("%d codes are declared, %d have a kind", declared, len(Codes()))
	}
}
