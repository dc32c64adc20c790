package app

import (
	"cmp"
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

const (
	longest     = 80 // lines that no function exceeds
	mostOften   = 40 // lines that nine of ten functions do not exceed
	mostMethods = 40 // that one type has
)

// tables are functions that list one thing a line, and may be longer.
var tables = map[string]string{}

// large are types that have more methods than they should. They may lose methods
// and not gain any, until they leave the list.
var large = map[string]int{}

// sized is a function with its length in lines, or a type with its methods.
type sized struct {
	name string
	size int
}

// TestFunctionsAreShort: no function is over 80 lines, and nine of ten are at most
// 40. With -v the ten longest are listed.
func TestFunctionsAreShort(t *testing.T) {
	var functions []sized
	for _, f := range shipped(t) {
		for _, decl := range f.syntax.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok {
				name := f.pkg + " " + fullName(decl)
				functions = append(functions, sized{name, f.line(decl.End()) - f.line(decl.Pos()) + 1})
			}
		}
	}
	slices.SortFunc(functions, func(a, b sized) int { return cmp.Or(b.size-a.size, strings.Compare(a.name, b.name)) })
	isLong := map[string]bool{}
	for _, f := range functions {
		if f.size <= longest {
			break
		}
		isLong[f.name] = true
		if _, ok := tables[f.name]; !ok {
			t.Errorf("%s has %d lines, more than %d", f.name, f.size, longest)
		}
	}
	for name := range tables {
		if !isLong[name] {
			t.Errorf("%s is not long: take it out of the list", name)
		}
	}
	if p90 := functions[len(functions)/10]; p90.size > mostOften {
		t.Errorf("one of ten functions has %d lines or more, over %d", p90.size, mostOften)
	} else {
		t.Logf("%d functions, nine of ten have at most %d lines; the longest:\n%s", len(functions), p90.size, listed(functions))
	}
}

// TestTypesHaveFewMethods: no type has more than 40. With -v the ten largest are
// listed.
func TestTypesHaveFewMethods(t *testing.T) {
	count := map[string]int{}
	for _, f := range shipped(t) {
		for _, decl := range f.syntax.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok && receiverOf(decl) != "" {
				count[f.pkg+" "+receiverOf(decl)]++
			}
		}
	}
	var withMethods []sized
	for name, methods := range count {
		withMethods = append(withMethods, sized{name, methods})
		if most := max(mostMethods, large[name]); methods > most {
			t.Errorf("%s has %d methods, more than %d", name, methods, most)
		}
	}
	for name := range large {
		if count[name] <= mostMethods {
			t.Errorf("%s has %d methods: take it out of the list", name, count[name])
		}
	}
	slices.SortFunc(withMethods, func(a, b sized) int { return cmp.Or(b.size-a.size, strings.Compare(a.name, b.name)) })
	t.Logf("%d types with methods; the largest:\n%s", len(withMethods), listed(withMethods))
}

// listed are the first ten, a line each.
func listed(all []sized) string {
	var lines strings.Builder
	for _, one := range all[:min(10, len(all))] {
		fmt.Fprintf(&lines, "%4d %s\n", one.size, one.name)
	}
	return lines.String()
}
