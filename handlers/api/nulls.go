package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// refusingNulls is a body that huma refuses where it holds a null that the specification does
// not list: huma itself takes such a null for an absent member. Other bodies stay as they are. all
// are the schemas that others refer to.
func refusingNulls(all huma.Registry, op *huma.Operation, body []byte) []byte {
	var value any
	if op.RequestBody == nil || json.Unmarshal(body, &value) != nil {
		return body // huma says what is wrong with it
	}
	content, isJSON := op.RequestBody.Content["application/json"]
	if !isJSON {
		return body
	}
	replaced, found := replaceNulls(all, content.Schema, value)
	if !found {
		return body
	}
	text, err := json.Marshal(replaced)
	if err != nil {
		return body // never: it was read from JSON
	}
	return text
}

// replaceNulls puts a value of a wrong type in the place of each null that a schema does not
// list.
func replaceNulls(all huma.Registry, s *huma.Schema, value any) (replaced any, found bool) {
	for s != nil && s.Ref != "" {
		s = all.SchemaFromRef(s.Ref)
	}
	if s == nil {
		return value, false // a member that the specification lacks
	}
	switch in := value.(type) {
	case nil:
		switch {
		case s.Nullable:
			return nil, false
		case s.Type == huma.TypeObject:
			return []any{}, true
		}
		return map[string]any{}, true
	case map[string]any:
		for name, of := range in {
			member := s.Properties[name]
			if others, are := s.AdditionalProperties.(*huma.Schema); member == nil && are {
				member = others
			}
			inside, isFound := replaceNulls(all, member, of)
			in[name], found = inside, found || isFound
		}
	case []any:
		for i, of := range in {
			inside, isFound := replaceNulls(all, s.Items, of)
			in[i], found = inside, found || isFound
		}
	}
	return value, found
}
