package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows is what each package imports of the program, its tests aside. An import
// that is missing here is a new arrow, an entry that is not used an arrow that is
// gone: draw both in ARCHITECTURE.md as well.
var arrows = map[string][]string{
	".": {"app"},
	"app": {"antom", "antom/reports", "antom/sandbox", "checkout", "checkout/books", "checkout/gateway", "checkout/inbox", "checkout/merchant", "checkout/methods", "checkout/operators", "checkout/payments",
		"checkout/shop", "db", "handlers", "handlers/desk", "handlers/pictures", "handlers/web", "mail", "static", "traces", "webhooks", "webhooks/safedial"},
	"handlers": {"handlers/api", "handlers/desk", "handlers/pictures", "handlers/web", "views", "static", "checkout", "checkout/merchant", "checkout/operators", "checkout/payments", "checkout/methods", "checkout/shop",
		"checkout/gateway", "antom"}, // the last two as narrow as TestHandlersKnowAntomByItsNotifications says
	"handlers/api":       {"handlers/web", "checkout", "checkout/merchant"},
	"handlers/pictures":  {"webhooks/safedial"},
	"handlers/web":       {"views", "static", "checkout"},
	"views":              {"static", "checkout"},
	"views/samples":      {"checkout", "static", "views", "views/desk/samples"},
	"views/gallery":      {"views/samples"},
	"mail":               {"checkout", "views", "views/desk", "static"}, // an email is rendered from a view, in the shop's colours
	"db":                 {"checkout", "checkout/operators", "db/postgres"},
	"db/dbtest":          {"db", "db/postgres/pgtest"}, // for tests only
	"db/postgres":        {},
	"db/postgres/pgtest": {"db/postgres"}, // for tests only
	"checkout":           {},
	"checkout/cardhunt":  {}, // for tests only
	"checkout/books":     {"antom/reports", "checkout"},
	"checkout/inbox":     {"checkout"},
	"checkout/payments":  {"checkout"},
	"checkout/merchant":  {"checkout"},
	"checkout/methods":   {"checkout"},
	"checkout/shop":      {"checkout"},
	"checkout/gateway":   {"antom", "checkout"},
	"antom":              {},
	"antom/reports":      {},
	"antom/sandbox":      {"antom"},
	"static":             {},
	"traces":             {"checkout"}, // for names of log attributes
	"webhooks":           {"checkout", "webhooks/safedial"},
	"webhooks/safedial":  {},
	"client":             {}, // for the shops' own servers
	"deploy":             {}, // tests only
	"e2e":                {}, // tests only
	"examples":           {}, // tests only
	"examples/go":        {}, // a shop on its own
	"proof":              {}, // tests only

	// The dashboard.
	"handlers/desk":      {"handlers/web", "views", "views/desk", "checkout", "checkout/books", "checkout/merchant", "checkout/operators"},
	"views/desk":         {"views", "static"},
	"views/desk/samples": {"static", "views", "views/desk"},
	"checkout/operators": {"checkout"},

	"antom/sandbox/sandboxtest": {"antom/sandbox"}, // for tests only
}

// TestImportsFollowTheArrows: the packages import what the table says, all of it
// and nothing else.
func TestImportsFollowTheArrows(t *testing.T) {
	listed := listPackages(t)
	for pkg, imported := range listed {
		allowed, ok := arrows[pkg]
		if !ok {
			t.Errorf("package %s is not in the table of arrows", pkg)
		}
		for _, to := range imported {
			if !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s", pkg, to)
			}
		}
		for _, to := range allowed {
			if !slices.Contains(imported, to) {
				t.Errorf("%s does not import %s: take the arrow out of the table", pkg, to)
			}
		}
	}
	for pkg := range arrows {
		if _, ok := listed[pkg]; !ok {
			t.Errorf("there is no package %s: take it out of the table", pkg)
		}
	}
}

// listPackages is what the go command says of all packages and their imports of
// the program.
func listPackages(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for lines := json.NewDecoder(bytes.NewReader(out)); ; {
		var one struct {
			ImportPath string
			Imports    []string
		}
		if err := lines.Decode(&one); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		imported := []string{}
		for _, to := range one.Imports {
			if strings.HasPrefix(to, module+"/") {
				imported = append(imported, inProgram(to))
			}
		}
		packages[inProgram(one.ImportPath)] = imported
	}
}

// inProgram is an import path from the root on; "." is main.
func inProgram(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

// TestHandlersKnowAntomByItsNotifications: the pages take notifications and know
// nothing else of Antom's protocol.
func TestHandlersKnowAntomByItsNotifications(t *testing.T) {
	allowed := map[string]bool{"NotificationPath": false, "Receive": false}
	for _, f := range shipped(t) {
		if f.pkg != "handlers" {
			continue
		}
		if imports(f, "antom") && f.path != "handlers/notify.go" {
			t.Errorf("%s imports antom; only handlers/notify.go, which verifies notifications, may", f.path)
		}
		spec := importOf(f, "checkout/gateway")
		if spec == nil {
			continue
		}
		if spec.Name != nil {
			t.Errorf("%s imports checkout/gateway as %s", f.path, spec.Name.Name)
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			used, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if from, ok := used.X.(*ast.Ident); ok && from.Name == "gateway" {
				if _, known := allowed[used.Sel.Name]; !known {
					t.Errorf("%s:%d uses gateway.%s", f.path, f.line(n.Pos()), used.Sel.Name)
				}
				allowed[used.Sel.Name] = true
			}
			return true
		})
	}
	for name, used := range allowed {
		if !used {
			t.Errorf("gateway.%s is not used: take it out of the list", name)
		}
	}
}

// TestOnlyWholeProgramTestsImportApp: a test that imports app builds the whole
// program, from outside of the package it stands beside.
func TestOnlyWholeProgramTestsImportApp(t *testing.T) {
	seen := 0
	for _, f := range source(t) {
		if !f.test || !imports(f, "app") {
			continue
		}
		seen++
		if name := f.syntax.Name.Name; !strings.HasSuffix(name, "_test") && name != "e2e" {
			t.Errorf("%s imports app from inside of its package", f.path)
		}
	}
	if seen == 0 {
		t.Error("no test imports app")
	}
}

// imports reports whether a file imports a package of the program.
func imports(f sourceFile, pkg string) bool { return importOf(f, pkg) != nil }

// importOf is the import of a package of the program, or nil.
func importOf(f sourceFile, pkg string) *ast.ImportSpec {
	for _, one := range f.syntax.Imports {
		if name, err := strconv.Unquote(one.Path.Value); err == nil && name == module+"/"+pkg {
			return one
		}
	}
	return nil
}
