package api

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
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

// FuzzBodies: whatever is sent as a body is refused at members that it has, or lacks where
// they are needed, and nothing of it is taken for what it is not.
func FuzzBodies(f *testing.F) {
	for _, body := range []string{
		`{"lines":[{"name":"Table","quantity":1,"unit_amount":2100}]}`, `{"lines":null}`, `null`, `[]`, `{"lines":[null,{"quantity":"1"}]}`,
		`{"buyer":{"address":{"country":null}},"metadata":{"a.b":null,"c/d":1}}`, `{"a[0]":{"~1":[]}}`, `{"lines":[{"quantity":1e999}]}`, `{"a":1,"a":null}`, "\xff", `{"\ud800":1}`,
	} {
		f.Add([]byte(body))
	}
	a := Mount(echo.New(), Config{}, Services{}, func(next echo.HandlerFunc) echo.HandlerFunc { return next })
	op := a.huma.OpenAPI().Paths["/orders"].Post
	f.Fuzz(func(t *testing.T, body []byte) {
		var asSent, parsed any
		sent := refusingNulls(a.huma.OpenAPI().Components.Schemas, op, body)
		if json.Unmarshal(body, &asSent) != nil {
			if unmarshal(sent, &parsed) == nil {
				t.Fatalf("%q is no JSON, and is read as %v", body, parsed)
			}
			return
		}
		if err := unmarshal(sent, &parsed); err != nil {
			t.Fatalf("%q is not read: %v", body, err)
		}
		path, found := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
		path.Push("body")
		huma.Validate(a.huma.OpenAPI().Components.Schemas, op.RequestBody.Content["application/json"].Schema, path, huma.ModeWriteToServer, parsed, found)
		for _, err := range found.Errors {
			p := fieldProblem(err.(huma.ErrorDetailer).ErrorDetail())
			if is := leadsTo(asSent, p.Pointer); is == (p.Code == "required") {
				t.Errorf("%q is refused at %q (%s, %s); it has that member: %v", body, p.Pointer, p.Code, p.Detail, is)
			}
		}
		if len(found.Errors) > 0 {
			return
		}
		var order placement
		if err := json.Unmarshal(body, &order); err == nil && len(order.Lines) == 0 {
			t.Errorf("%q is accepted without lines", body)
		}
	})
}

// leadsTo reports whether a JSON pointer leads to a member of a value.
func leadsTo(value any, pointer string) bool {
	if pointer == "" {
		return true
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		switch in := value.(type) {
		case map[string]any:
			inside, has := in[name]
			if !has {
				return false
			}
			value = inside
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(in) {
				return false
			}
			value = in[i]
		default:
			return false
		}
	}
	return strings.HasPrefix(pointer, "/")
}
