package handlers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// apiDocs is the page about the merchant API.
type apiDocs struct {
	*server
	drawn func() views.APIDocs // without its frame
}

func (d apiDocs) show(c echo.Context) error {
	page := d.drawn()
	page.Frame = d.site.Frame(c, 0)
	page.Base = strings.TrimSuffix(d.cfg.PublicURL.String(), "/") + page.Base
	return web.Render(c, http.StatusOK, views.APIDocsPage(page))
}

// openAPI is what the page shows of a specification.
type openAPI struct {
	Info       struct{ Description string }
	Servers    []struct{ URL string }
	Tags       []struct{ Name, Description string }
	Paths      map[string]map[string]openAPIOperation
	Components struct {
		Schemas         map[string]openAPISchema
		SecuritySchemes map[string]struct{ Description string }
	}
}

type openAPIOperation struct {
	OperationID, Summary string
	Tags                 []string
	Security             []map[string][]string
	Parameters           []struct {
		Name, In, Description string
		Required              bool
		Schema                openAPISchema
	}
	RequestBody struct{ Content map[string]openAPIContent }
	Responses   map[string]struct{ Content map[string]openAPIContent }
}

type openAPIContent struct{ Schema openAPISchema }

type openAPISchema struct {
	Ref                  string `json:"$ref"`
	Type                 any    // a text, or a list of them
	Format, Description  string
	Enum                 []any
	Minimum, Maximum     *float64
	MinLength, MaxLength *int
	MinItems, MaxItems   *int
	Default              any
	Items                *openAPISchema
	Properties           map[string]openAPISchema
	AdditionalProperties any
	Required             []string
}

// drawn is the page of a specification.
func drawn(text []byte) views.APIDocs {
	var spec openAPI
	if err := json.Unmarshal(text, &spec); err != nil {
		panic("handlers: the specification: " + err.Error()) // the program has written it
	}
	page := views.APIDocs{SpecURL: spec.Servers[0].URL + "/openapi.json", Base: spec.Servers[0].URL, About: spec.Info.Description}
	for _, scheme := range spec.Components.SecuritySchemes {
		page.Security = scheme.Description
	}
	for _, tag := range spec.Tags {
		page.Groups = append(page.Groups, views.APIGroup{Name: tag.Name, Text: tag.Description, Operations: spec.operations(tag.Name)})
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Components.Schemas)) {
		page.Schemas = append(page.Schemas, views.APISchema{Name: name, Members: spec.Components.Schemas[name].members()})
	}
	for _, code := range web.ProblemCodes() {
		page.Codes = append(page.Codes, views.APICode{Code: code.Code, Status: code.Status, Text: code.Text})
	}
	return page
}

// operations are those with a tag, by address and method.
func (spec openAPI) operations(tag string) (all []views.APIOperation) {
	for _, path := range slices.Sorted(maps.Keys(spec.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(spec.Paths[path])) {
			if op := spec.Paths[path][method]; slices.Contains(op.Tags, tag) {
				all = append(all, op.view(strings.ToUpper(method), path))
			}
		}
	}
	return all
}

func (op openAPIOperation) view(method, path string) views.APIOperation {
	view := views.APIOperation{ID: op.OperationID, Method: method, Path: path, Text: op.Summary}
	for _, schemes := range op.Security {
		for _, scopes := range schemes {
			view.Scopes = append(view.Scopes, scopes...)
		}
	}
	for _, p := range op.Parameters {
		view.Parameters = append(view.Parameters, views.APIMember{Name: p.Name, In: p.In, Text: cmp.Or(p.Description, p.Schema.Description), Required: p.Required, Type: p.Schema.view()})
	}
	for _, content := range op.RequestBody.Content {
		view.Body = content.Schema.view()
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		if status < "300" {
			view.Status = status
			for _, content := range op.Responses[status].Content {
				view.Answer = content.Schema.view()
			}
		}
	}
	return view
}

// members are the needed ones first.
func (s openAPISchema) members() (all []views.APIMember) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		of := s.Properties[name]
		all = append(all, views.APIMember{Name: name, Text: of.Description, Required: slices.Contains(s.Required, name), Type: of.view()})
	}
	slices.SortStableFunc(all, func(a, b views.APIMember) int {
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	return all
}

// view is the type in words.
func (s openAPISchema) view() views.APIType {
	if s.Ref != "" {
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return views.APIType{Text: name, Schema: name}
	}
	if s.Items != nil {
		of := s.Items.view()
		return views.APIType{Text: "list of " + of.Text + between(s.MinItems, s.MaxItems, " items"), Schema: of.Schema}
	}
	var words []string
	switch types := s.Type.(type) {
	case string:
		words = append(words, types)
	case []any:
		for _, one := range types {
			words = append(words, fmt.Sprint(one))
		}
	}
	text := strings.Join(words, " or ")
	switch {
	case len(s.Enum) > 0:
		values := make([]string, len(s.Enum))
		for i, value := range s.Enum {
			values[i] = fmt.Sprint(value)
		}
		text = strings.Join(values, ", ")
		if len(values) > 20 {
			text = "one of the codes below"
		}
	case s.Format == "date-time":
		text = "time"
	case s.Minimum != nil || s.Maximum != nil:
		text += between(s.Minimum, s.Maximum, "")
	default:
		text += between(s.MinLength, s.MaxLength, " characters")
	}
	if s.Default != nil {
		text += fmt.Sprintf("; %v without it", s.Default)
	}
	return views.APIType{Text: text}
}

// between is a range in words, or "".
func between[N int | float64](least, most *N, unit string) string {
	switch {
	case least != nil && most != nil && *least == *most:
		return fmt.Sprintf(", %.0f%s", float64(*least), unit)
	case least != nil && most != nil:
		return fmt.Sprintf(", %.0f to %.0f%s", float64(*least), float64(*most), unit)
	case least != nil:
		return fmt.Sprintf(", %.0f%s or more", float64(*least), unit)
	case most != nil:
		return fmt.Sprintf(", up to %.0f%s", float64(*most), unit)
	}
	return ""
}
