package app

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// changer is a function or variable outside of checkout that may change an order, a
// payment or an operation.
type changer struct {
	pkg, name string
	what      string // the one thing it changes; "" is any
	why       string
}

// changers are all there are. Those of db bring rows into memory and back and
// decide nothing.
var changers = []changer{
	{"db", "orderRows", "", "scans a row by pointers"},
	{"db", "paymentRows", "", "scans a row by pointers"},
	{"db", "confirmedColumn", "Payment.Confirmed", "scans a column by its pointer"},
	{"db", "bodyColumn", "Payment.Body", "scans a column by its pointer"},
	{"db", "actionColumn", "Payment.Action", "scans a column by its pointer"},
	{"db", "operationRows", "", "scans a row by pointers"},
	{"db", "sealer.load", "Order.Token", "unseals what the row holds"},
	{"db", "sealer.load", "Order.Lines", "reads the rows of an order's lines"},
	{"db", "sealer.load", "Order.Payments", "reads the rows of an order's payments"},
	{"db", "sealer.unsealPayment", "Payment.Body", "unseals what the row holds"},
	{"db", "sealer.unsealPayment", "Payment.Incomplete", "a body that cannot be read is one that lacks everything"},
	{"db", "sealer.sealedPayment", "Payment.Body", "seals a copy for its row"},
	{"db", "loadPayments", "Payment.Operations", "reads the rows of a payment's operations"},
	{"db", "sealer.savePayments", "Order.Payments", "hands a payment to what writes its row, by pointer"},
	{"db", "sealer.savePayment", "Payment.Operations", "hands an operation to what writes its row, by pointer"},
	{"db", "Store.CreateOrder", "Order.Version", "counts the versions of a row"},
	{"db", "Store.Update", "Order.Version", "counts the versions of a row"},
	{"db", "Store.Update", "Order.Fulfillable", "reads whether the goods are there"},
	{"db", "Store.Update", "Order.LinkRefusal", "reads whether the payment link has a use left"},
	{"db", "merged", "Order.Payments", "the cache puts a row together as an update writes it"},
	{"db", "merged", "Payment.Operations", "the cache puts a row together as an update writes it"},
	{"db", "asRead", "", "the cache rounds moments as a row does"},
	{"checkout/shop", "Shop.PlaceOrder", "Order", "an order begins as a cart; from there on the rules change it"},
	{"checkout/merchant", "placing.newOrder", "Order", "an order begins as a request; from there on the rules change it"},
	{"checkout/payments", "starts.newPayment", "Payment", "an attempt begins as what is asked for; checkout.AddPayment adds it"},
	{"checkout/payments", "starts.newPayment", "Payment.Body", "the gateway writes the request of the new attempt"},
	{"checkout/payments", "inquirer.changesNothing", "Order.Fulfillable", "compares a copy that is thrown away"},
	{"app", "adminActions", "Operation", "a line of the command's output; nothing is stored"},
}

// TestOnlyCheckoutChangesOrders: no package but checkout assigns a field of an
// order, payment or operation, whole or in part, or takes its address.
func TestOnlyCheckoutChangesOrders(t *testing.T) {
	files, err := readSource()
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(slices.Clone(files), func(f sourceFile) bool { return f.test || !f.builtHere(t) })
	packages, names := byPackage(files)
	compiled := exported(t, files[0].set)
	used := map[changer]bool{}
	checked := 0
	for _, pkg := range names {
		if pkg == "checkout" || !slices.ContainsFunc(packages[pkg], importsCheckout) {
			continue
		}
		checked++
		for _, c := range changesIn(t, pkg, packages[pkg], compiled) {
			i := slices.IndexFunc(changers, func(may changer) bool {
				return may.pkg == pkg && may.name == c.in && (may.what == "" || may.what == c.what)
			})
			if i < 0 {
				t.Errorf("%s: %s changes %s: a function of checkout must", c.at, c.in, c.what)
				continue
			}
			used[changers[i]] = true
		}
	}
	for _, may := range changers {
		if !used[may] {
			t.Errorf("%s %s does not change %s: take it out of the list", may.pkg, may.name, may.what)
		}
	}
	if checked < 5 {
		t.Errorf("only %d packages were checked", checked)
	}
}

// builtHere reports whether a file is for the system on which the test runs: another
// system may have the same function.
func (f sourceFile) builtHere(t *testing.T) bool {
	t.Helper()
	built, err := build.Default.MatchFile(filepath.Join("..", f.pkg), path.Base(f.path))
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// importsCheckout reports whether a file can know an order.
func importsCheckout(f sourceFile) bool { return imports(f, "checkout") }

// exported reads packages as the compiler left them, which the go command finds.
func exported(t *testing.T, set *token.FileSet) types.Importer {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./app", "./views/samples")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	compiled := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		compiled[name] = file
	}
	return importer.ForCompiler(set, "gc", func(name string) (io.ReadCloser, error) {
		file, ok := compiled[name]
		if !ok || file == "" {
			return nil, fmt.Errorf("package %s: %w", name, errNotCompiled)
		}
		return os.Open(file)
	})
}

var errNotCompiled = errors.New("not compiled")

// change is a place where a field is changed.
type change struct{ at, in, what string }

// changesIn finds the changes in a package.
func changesIn(t *testing.T, pkg string, files []sourceFile, compiled types.Importer) []change {
	t.Helper()
	syntax := make([]*ast.File, len(files))
	for i, f := range files {
		syntax[i] = f.syntax
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	config := types.Config{Importer: compiled}
	if _, err := config.Check(module+"/"+pkg, files[0].set, syntax, info); err != nil {
		t.Fatal(err)
	}
	var found []change
	for _, f := range files {
		for _, decl := range f.syntax.Decls {
			ast.Inspect(decl, func(n ast.Node) bool {
				for _, changed := range changedBy(n) {
					if what := fieldOf(info, changed); what != "" {
						at := fmt.Sprintf("%s:%d", f.path, f.line(n.Pos()))
						found = append(found, change{at, nameOf(decl, n), what})
					}
				}
				return true
			})
		}
	}
	return found
}

// changedBy are the expressions that a node assigns, or lets others assign by their
// address. A literal with values is one whole assignment.
func changedBy(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			return []ast.Expr{n.Key, n.Value}
		}
	case *ast.UnaryExpr:
		if _, isNew := n.X.(*ast.CompositeLit); n.Op == token.AND && !isNew {
			return []ast.Expr{n.X}
		}
	case *ast.CompositeLit:
		if len(n.Elts) > 0 {
			return []ast.Expr{n}
		}
	}
	return nil
}

// fieldOf names the field of an order, payment or operation that an expression is,
// is a part of or points to; "" when it is none.
func fieldOf(info *types.Info, changed ast.Expr) string {
	for {
		switch e := changed.(type) {
		case *ast.ParenExpr:
			changed = e.X
		case *ast.IndexExpr:
			changed = e.X
		case *ast.CompositeLit:
			return guarded(info.TypeOf(e))
		case *ast.StarExpr:
			if whole := guarded(info.TypeOf(e)); whole != "" {
				return whole
			}
			changed = e.X
		case *ast.SelectorExpr:
			selected, ok := info.Selections[e]
			if !ok {
				return "" // a name of another package
			}
			if of := guarded(selected.Recv()); of != "" {
				return of + "." + e.Sel.Name
			}
			changed = e.X
		default:
			return ""
		}
	}
}

// guarded is the name of a type whose fields only checkout changes, or "".
func guarded(of types.Type) string {
	if pointer, ok := of.Underlying().(*types.Pointer); ok {
		of = pointer.Elem()
	}
	named, ok := types.Unalias(of).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != module+"/checkout" {
		return ""
	}
	if name := named.Obj().Name(); slices.Contains([]string{"Order", "Payment", "Operation"}, name) {
		return name
	}
	return ""
}

// nameOf is the function or variable of a declaration that a node stands in.
func nameOf(decl ast.Decl, n ast.Node) string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		return fullName(decl)
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			if value, ok := spec.(*ast.ValueSpec); ok && value.Pos() <= n.Pos() && n.Pos() < value.End() {
				return value.Names[0].Name
			}
		}
	}
	return ""
}
