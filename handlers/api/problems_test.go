package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// FuzzPointers: an unknown member is pointed at by its own name, whatever that is.
func FuzzPointers(f *testing.F) {
	for _, name := range []string{"a", "a.b", "a/b", "a~b", "a[0]", "~2", "~02", "[", "]", ".", "é", "\x00"} {
		f.Add(name)
	}
	registry := huma.NewMapRegistry("#/", huma.DefaultSchemaNamer)
	schema := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}}
	schema.PrecomputeMessages()
	f.Fuzz(func(t *testing.T, name string) {
		body, err := json.Marshal(map[string]any{name: 1})
		if err != nil {
			t.Fatal(err)
		}
		var asSent map[string]any
		var parsed any
		if json.Unmarshal(body, &asSent) != nil || unmarshal(body, &parsed) != nil {
			t.Fatal("what was written is not read")
		}
		path, found := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
		path.Push("body")
		huma.Validate(registry, schema, path, huma.ModeWriteToServer, parsed, found)
		if len(found.Errors) != 1 {
			t.Fatalf("%q has the problems %v", name, found.Errors)
		}
		p := fieldProblem(found.Errors[0].(huma.ErrorDetailer).ErrorDetail())
		member, begins := strings.CutPrefix(p.Pointer, "/")
		member = strings.NewReplacer("~1", "/", "~0", "~").Replace(member)
		if _, is := asSent[member]; !begins || !is || p.Code != "unknown_member" {
			t.Errorf("the member %q is pointed at by %q (%s)", name, p.Pointer, p.Code)
		}
	})
}
