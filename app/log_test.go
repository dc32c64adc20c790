package app

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTheLogIsWrittenInTheFormatWanted(t *testing.T) {
	for format, line := range map[string]string{
		"":     `level=INFO msg=paid order=o-1`,
		"text": `level=INFO msg=paid order=o-1`,
		"json": `"level":"INFO","msg":"paid","order":"o-1"}`,
	} {
		var log bytes.Buffer
		newLog(load(t, environ{"LOG_FORMAT": format}).Log, &log).Info("paid", "order", "o-1")
		if !strings.Contains(log.String(), line) || strings.Count(log.String(), "\n") != 1 || json.Valid(log.Bytes()) != (format == "json") {
			t.Errorf("LOG_FORMAT=%s writes %s", format, log.String())
		}
	}
}

func TestTheLogHoldsWhatIsOfTheLevelWanted(t *testing.T) {
	for level, want := range map[string]string{
		"": "INFO WARN ERROR", "debug": "DEBUG INFO WARN ERROR", "info": "INFO WARN ERROR", "warn": "WARN ERROR", "error": "ERROR",
	} {
		var log bytes.Buffer
		logger := newLog(load(t, environ{"LOG_LEVEL": level}).Log, &log)
		for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
			logger.Log(t.Context(), l, "")
		}
		var got []string
		for line := range strings.Lines(log.String()) {
			_, line, _ = strings.Cut(line, "level=")
			name, _, _ := strings.Cut(line, " ")
			got = append(got, name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("LOG_LEVEL=%s writes %q, want %q", level, got, want)
		}
	}
}

// Every line of the whole program is JSON, with the sandbox in it and at the end.
func TestTheWholeLogIsJSON(t *testing.T) {
	p := runProgram(t, environ{"LOG_FORMAT": "json", "LOG_LEVEL": "debug"})
	path := p.orders()
	p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"GCASH"}`)
	p.send("POST", p.shop+"/antom/notify", "application/json", `{}`)
	p.stops()
	lines := 0
	for line := range strings.Lines(p.log.String()) {
		if lines++; !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if lines < 3 {
		t.Errorf("the log is %s", p.log.String())
	}
}

// TestAttributesAreNamedByConstants: a name that is written out differs sooner or
// later from the same name elsewhere, and a search finds half of the lines.
func TestAttributesAreNamedByConstants(t *testing.T) {
	found := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"node_modules", ".git", "antom"}, entry.Name()):
			return fs.SkipDir // package antom knows nothing of the shop, nor of its names
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			for _, name := range attributeNames(node) {
				found++
				if literal, ok := name.(*ast.BasicLit); ok {
					t.Errorf("%s names an attribute %s", files.Position(name.Pos()), literal.Value)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || found < 40 {
		t.Errorf("%d names of attributes were found, %v", found, err)
	}
}

// attributeNames are the names of attributes in a call of slog, or of a logger, whose
// methods take a message, after a context in those that end so, and then attributes.
func attributeNames(node ast.Node) (names []ast.Expr) {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return nil
	}
	called, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	if pkg, ok := called.X.(*ast.Ident); ok && pkg.Name == "slog" && slices.Contains([]string{"String", "Any", "Int", "Bool", "Float64"}, called.Sel.Name) {
		return call.Args[:1]
	}
	first := map[string]int{
		"Debug": 1, "Info": 1, "Warn": 1, "Error": 1, "DebugContext": 2, "InfoContext": 2, "WarnContext": 2, "ErrorContext": 2, "Log": 3, "With": 0,
	}
	from, logs := first[called.Sel.Name]
	if receiver := lastName(called.X); !logs || receiver != "log" && receiver != "Log" {
		return nil
	}
	for i := from; i < len(call.Args); i += 2 {
		names = append(names, call.Args[i])
	}
	return names
}

// lastName is c of a.b.c.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
