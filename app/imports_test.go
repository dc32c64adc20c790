package app

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestOnlyMainImportsApp: what app knows, all packages, nothing below may come to
// know by it. Tests of the whole program import it too.
func TestOnlyMainImportsApp(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imported := range file.Imports {
			name, err := strconv.Unquote(imported.Path.Value)
			if err != nil {
				return err
			}
			if name != "antom-checkout/app" {
				continue
			}
			seen++
			wholeProgram := strings.HasSuffix(path, "_test.go") && (strings.HasSuffix(file.Name.Name, "_test") || file.Name.Name == "e2e")
			if path != filepath.Join("..", "main.go") && !wholeProgram {
				t.Errorf("%s imports app", path)
			}
		}
		return nil
	})
	if err != nil || seen < 2 {
		t.Errorf("%d files import app, %v", seen, err)
	}
}
