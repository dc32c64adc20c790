package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The tests of this file's neighbours hold the house: imports_test.go its arrows,
// assigned_test.go who changes an order, words_test.go its words, sizes_test.go its
// sizes, documented_test.go its comments. They read the source as it lies here.

// module is the path that all packages of the program share.
const module = "antom-checkout"

// sourceFile is one Go file of the program, parsed with its comments.
type sourceFile struct {
	path      string // from the root, with slashes
	pkg       string // the directory from the root; "." is main
	test      bool
	generated bool
	syntax    *ast.File
	set       *token.FileSet
}

// line is the line of a position.
func (f sourceFile) line(pos token.Pos) int { return f.set.Position(pos).Line }

// readSource parses every Go file below the root once, whatever its build tags.
var readSource = sync.OnceValues(func() ([]sourceFile, error) {
	var files []sourceFile
	set := token.NewFileSet()
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		parsed, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		fromRoot := strings.TrimPrefix(filepath.ToSlash(name), "../")
		files = append(files, sourceFile{
			path: fromRoot, pkg: path.Dir(fromRoot), test: strings.HasSuffix(fromRoot, "_test.go"),
			generated: ast.IsGenerated(parsed), syntax: parsed, set: set,
		})
		return nil
	})
	return files, err
})

// source is every Go file of the program that a person writes, tests included.
func source(t *testing.T) []sourceFile {
	t.Helper()
	files, err := readSource()
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(slices.Clone(files), func(f sourceFile) bool { return f.generated })
	if len(files) < 200 {
		t.Fatalf("only %d files were read", len(files))
	}
	return files
}

// shipped is the source without its tests.
func shipped(t *testing.T) []sourceFile {
	t.Helper()
	return slices.DeleteFunc(source(t), func(f sourceFile) bool { return f.test })
}

// byPackage groups files by their package, and names the packages in order.
func byPackage(files []sourceFile) (map[string][]sourceFile, []string) {
	grouped := map[string][]sourceFile{}
	for _, f := range files {
		grouped[f.pkg] = append(grouped[f.pkg], f)
	}
	return grouped, slices.Sorted(maps.Keys(grouped))
}

// receiverOf is the name of a method's type, or "" for a function.
func receiverOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if generic, ok := of.(*ast.IndexExpr); ok {
		of = generic.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// fullName is a function's name, after its receiver's.
func fullName(f *ast.FuncDecl) string {
	if of := receiverOf(f); of != "" {
		return of + "." + f.Name.Name
	}
	return f.Name.Name
}
