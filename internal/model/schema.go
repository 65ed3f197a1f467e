package model

import (
	"bytes"
	"encoding/json"
	"strings"
)

// members is a JSON object whose keys keep their order.
type members []member

type member struct {
	Key   string
	Value any
}

// MarshalJSON writes the members in order.
func (o members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, v := range []any{m.Key, m.Value} {
			if j > 0 {
				b.WriteByte(':')
			}
			text, err := marshal(v)
			if err != nil {
				return nil, err
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal is json.Marshal without HTML escapes.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// must gives the JSON of values that this package builds: maps in order,
// strings, bools and finite numbers, which cannot fail.
func must(v any) []byte {
	text, err := marshal(v)
	if err != nil {
		panic("model: " + err.Error())
	}
	return text
}

// JSONSchema returns the JSON Schema (draft 2020-12) of native topologies, for
// completion and checks in editors. It is a little wider than the reader, which
// alone sees whether a reference leads somewhere.
func (m *Model) JSONSchema() []byte {
	properties, defs := members{}, members{}
	for _, k := range m.Kinds {
		properties = append(properties, member{k.Name, members{
			{"description", describe(k.Title, k.Doc)},
			{"type", []string{"array", "null"}},
			{"items", members{{"$ref", "#/$defs/" + k.Name}}},
		}})
		defs = append(defs, member{k.Name, m.kindSchema(k)})
	}
	properties = append(properties, member{"declared", m.declaredSchema()})
	schema := members{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", "Topology"},
		{"description", "Objects by collection; they refer to each other by id, or by name where it is unique. An empty collection says that there are none, a missing one that nothing is known."},
		{"type", "object"},
		{"properties", properties},
		{"additionalProperties", false},
		{"$defs", defs},
	}
	var b bytes.Buffer
	if err := json.Indent(&b, must(schema), "", "  "); err != nil {
		panic("model: " + err.Error())
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func describe(title, doc string) string {
	if doc == "" || title == "" {
		return title + doc
	}
	return title + ": " + strings.TrimSpace(doc)
}

func (m *Model) kindSchema(k *Kind) members {
	properties := members{
		{"id", members{{"description", "What other objects refer to; without it, the name"}, {"type", "string"}}},
		{"name", members{{"description", "What findings show; without it, the id"}, {"type", "string"}}},
	}
	for _, f := range k.Fields {
		properties = append(properties, member{f.Name, m.fieldSchema(f)})
	}
	return members{
		{"title", k.Title},
		{"type", "object"},
		{"properties", properties},
		{"anyOf", []members{{{"required", []string{"id"}}}, {{"required", []string{"name"}}}}},
		{"additionalProperties", false},
	}
}

func (m *Model) declaredSchema() members {
	properties := members{}
	for _, f := range m.Declared {
		properties = append(properties, member{f.Name, m.fieldSchema(f)})
	}
	properties = append(properties, member{"complete", members{
		{"description", "true: every collection lists all there is; or the names of those that do"},
		{"anyOf", []members{{{"type", "boolean"}}, {{"type", "array"}, {"items", members{{"enum", m.KindNames()}}}}}},
	}})
	return members{
		{"description", "Facts that no export contains"},
		{"type", []string{"object", "null"}},
		{"properties", properties},
		{"additionalProperties", false},
	}
}

// fieldSchema is the schema of a field's type, or null: known to be absent.
func (m *Model) fieldSchema(f *Field) members {
	s := m.typeSchema(f.Type, true)
	if f.Doc != "" {
		s = append(members{{"description", strings.TrimSpace(f.Doc)}}, s...)
	} else if kind := m.Kind(f.Type.LinkKind()); kind != nil {
		s = append(members{{"description", "By id or name: " + kind.Title}}, s...)
	}
	if f.HasDefault {
		s = append(s, member{"default", f.Default})
	}
	return s
}

func (m *Model) typeSchema(t Type, nullable bool) members {
	typed := func(name string, more ...member) members {
		var names any = name
		if nullable {
			names = []string{name, "null"}
		}
		return append(members{{"type", names}}, more...)
	}
	switch t.Name {
	case "int":
		return typed("integer")
	case "number":
		return typed("number")
	case "bool":
		return typed("boolean")
	case "string", "cidr", "ip", "link":
		return typed("string")
	case "enum":
		values := []any{}
		for _, v := range t.Enum {
			values = append(values, v)
		}
		if nullable {
			values = append(values, nil)
		}
		return members{{"enum", values}}
	case "list":
		return typed("array", member{"items", m.typeSchema(*t.Elem, t.Elem.Name == "any")})
	case "record":
		properties := members{}
		for _, f := range t.Fields {
			properties = append(properties, member{f.Name, m.fieldSchema(f)})
		}
		return typed("object", member{"properties", properties}, member{"additionalProperties", false})
	}
	return members{}
}

// JSON returns what the browser needs of the model, in the shape of ModelData in
// theme/runtime/model.ts: the kinds with their fields, types, defaults, links
// and inverses, and the declared facts.
func (m *Model) JSON() []byte {
	kinds := []members{}
	for _, k := range m.Kinds {
		kinds = append(kinds, members{
			{"name", k.Name}, {"one", k.One}, {"title", k.Title}, {"fromReferences", k.FromReferences},
			{"fields", fieldsData(k.Fields)}, {"derived", derivedNames(k)},
		})
	}
	return must(members{{"kinds", kinds}, {"declared", fieldsData(m.Declared)}})
}

func derivedNames(k *Kind) []string {
	out := []string{}
	for _, d := range k.Derived {
		out = append(out, d.Name)
	}
	return out
}

func fieldsData(fields []*Field) []members {
	out := []members{}
	for _, f := range fields {
		o := members{{"name", f.Name}, {"type", typeData(f.Type)}}
		if f.Inverse != "" {
			o = append(o, member{"inverse", f.Inverse})
		}
		if f.HasDefault {
			o = append(o, member{"default", f.Default})
		}
		out = append(out, o)
	}
	return out
}

func typeData(t Type) members {
	o := members{{"name", t.Name}}
	switch t.Name {
	case "enum":
		o = append(o, member{"enum", t.Enum})
	case "link":
		o = append(o, member{"link", t.Link})
	case "list":
		o = append(o, member{"elem", typeData(*t.Elem)})
	case "record":
		o = append(o, member{"fields", fieldsData(t.Fields)})
	}
	return o
}
