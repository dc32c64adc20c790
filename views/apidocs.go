package views

import "strings"

// APIDocs is the page about the merchant API, drawn from its specification. It is for
// developers, in English.
type APIDocs struct {
	Frame    Frame
	SpecURL  string
	Base     string // of all addresses
	About    string
	Security string
	Groups   []APIGroup
	Schemas  []APISchema
	Codes    []APICode
}

// APIGroup is the operations on one kind of thing.
type APIGroup struct {
	Name, Text string
	Operations []APIOperation
}

// APIOperation is one request.
type APIOperation struct {
	ID, Method, Path, Text string
	Scopes                 []string // that its key needs
	Parameters             []APIMember
	Body                   APIType // no text: it has none
	Status                 string
	Answer                 APIType
}

// APIMember is a member of a schema, or a parameter.
type APIMember struct {
	Name, In, Text string // In: query, path or header
	Required       bool
	Type           APIType
}

// APIType is what a value can be. Schema names the schema that it leads to, or is "".
type APIType struct{ Text, Schema string }

// APISchema is an object.
type APISchema struct {
	Name    string
	Members []APIMember
}

// APICode is a code of an error.
type APICode struct {
	Code, Text string
	Status     int
}

// schemaAnchor and anchor are where the page shows something. No code of an error is called
// so: these have no hyphen.
func schemaAnchor(name string) string { return "schema-" + name }

func (g APIGroup) anchor() string {
	return "group-" + strings.ToLower(strings.ReplaceAll(g.Name, " ", "-"))
}
