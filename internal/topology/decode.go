package topology

import (
	"fmt"
	"math"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// decode converts what a mapping read to the type of a field. It gives nil for
// what is absent, and an *lang.Unknown for what does not fit: whatever an input
// holds, reading goes on.
func (m *mapper) decode(t model.Type, v any, field string, place lang.Place) any {
	if u, ok := v.(*lang.Unknown); ok && t.Name != "link" {
		if t.Name == "string" || t.Name == "any" {
			return u
		}
		return &lang.Unknown{Reason: u.Reason}
	}
	switch t.Name {
	case "any":
		return plainValue(v)
	case "link":
		return m.linkOf(v, field, place)
	case "list":
		return m.decodeList(t, v, field, place)
	case "record":
		return m.decodeRecord(t, v, field, place)
	}
	if v == nil {
		return nil
	}
	if out, ok := decodeScalar(t, v); ok {
		return out
	}
	return misfit(field, v, t)
}

// misfit is the unknown for a value that does not fit. Only short texts are
// shown: a value that is none of the expected may be anything.
func misfit(field string, v any, t model.Type) *lang.Unknown {
	shownValue := describe(v)
	switch v := v.(type) {
	case string:
		if t.Name != "enum" {
			shownValue = "the text " + quoted(v)
			break
		}
		return &lang.Unknown{Reason: fmt.Sprintf("%s is %s, which is not one of %s", quoted(field), quoted(v), strings.Join(t.Enum, ", "))}
	case int, float64:
		shownValue = "the number " + shown(toText(v))
	}
	return &lang.Unknown{Reason: fmt.Sprintf("%s is %s, not %s", quoted(field), shownValue, typeWords(t))}
}

func typeWords(t model.Type) string {
	switch t.Name {
	case "string", "enum":
		return "a text"
	case "int":
		return "a whole number"
	case "number":
		return "a number"
	case "bool":
		return "true or false"
	case "cidr":
		return "an address range"
	case "ip":
		return "an IP address"
	case "list":
		return "a list"
	case "record":
		return "an object"
	}
	return "an id"
}

func decodeScalar(t model.Type, v any) (any, bool) {
	switch v := v.(type) {
	case bool:
		return v, t.Name == "bool"
	case string:
		switch t.Name {
		case "string":
			return v, true
		case "bool":
			return asBool(v)
		case "enum":
			for _, e := range t.Enum {
				if foldEqual(e, v) {
					return e, true
				}
			}
		case "cidr":
			return v, model.IsCIDR(v)
		case "ip":
			return v, model.IsIP(v)
		}
	case int:
		if t.Name == "number" {
			return float64(v), true
		}
		return v, t.Name == "int"
	case float64:
		if t.Name == "int" && v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
			return int(v), true
		}
		return v, t.Name == "number"
	}
	return nil, false
}

// linkOf is a reference to the object with an id, which is given by itself or, as
// Azure does, in a map.
func (m *mapper) linkOf(v any, field string, place lang.Place) any {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		return m.refTo(v, place)
	case *lang.Unknown:
		if v.Expr == "" {
			return v
		}
		return m.refTo(settled(v), place)
	case map[string]any:
		id := v["id"]
		if _, isMap := id.(map[string]any); !isMap && id != nil {
			return m.linkOf(id, field, place)
		}
		return &lang.Unknown{Reason: quoted(field) + " is an object without an id"}
	}
	return &lang.Unknown{Reason: quoted(field) + " is " + describe(v) + ", not an id"}
}

// refTo makes a reference from an id: a string, or an *lang.Unknown with Expr.
func (m *mapper) refTo(id any, place lang.Place) ref {
	r := ref{id: shown(id), name: shown(lastSegment(id)), span: place.Span, pointer: place.Pointer}
	r.identity, _ = m.identityOf(id)
	r.unknown, _ = id.(*lang.Unknown)
	return r
}

// identityOf is the identity of an id. Some types have one name in the ids of
// resources and another in those that refer to them.
func (m *mapper) identityOf(id any) (string, bool) {
	s, ok := id.(string)
	if !ok || s == "" {
		return m.canonical(id)
	}
	// The mappings of a resource ask for the same few ids again and again.
	for _, known := range m.recent {
		if known.id == s && known.tables == len(m.order) {
			return known.identity, true
		}
	}
	identity, _ := m.canonical(id)
	m.remember(s, identity)
	return identity, true
}

func (m *mapper) remember(id, identity string) {
	m.recent[m.next] = recentID{id, identity, len(m.order)}
	m.next = (m.next + 1) % len(m.recent)
}

// recentID is an id with its identity, as so many tables of mappings give it.
type recentID struct {
	id, identity string
	tables       int
}

func (m *mapper) canonical(id any) (string, bool) {
	identity, ok := identityOf(id)
	return m.renamed(identity), ok
}

func (m *mapper) renamed(identity string) string {
	for _, t := range m.order {
		for _, r := range t.renames {
			if !strings.Contains(identity, r.part) || typeOfID(identity) != r.other {
				continue
			}
			at := strings.LastIndex(identity, r.part)
			identity = identity[:at+1] + r.to + identity[at+len(r.part)-1:]
		}
	}
	return identity
}

// decodeList decodes each element; what is not known of one leaves the list open.
func (m *mapper) decodeList(t model.Type, v any, field string, place lang.Place) any {
	var items []any
	var open *lang.Unknown
	partial := false
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		items = v
	case *lang.Partial:
		items, open, partial = v.Items, v.Open, true
	default:
		return misfit(field, v, t)
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		d := m.decode(*t.Elem, item, field, place)
		if u, ok := d.(*lang.Unknown); ok {
			partial = true
			if open == nil {
				open = &lang.Unknown{Reason: u.Reason}
			}
			continue
		}
		if d != nil {
			out = append(out, d)
		}
	}
	if partial {
		return &lang.Partial{Items: out, Open: open}
	}
	return out
}

func (m *mapper) decodeRecord(t model.Type, v any, field string, place lang.Place) any {
	if v == nil {
		return nil
	}
	fields, ok := v.(map[string]any)
	if !ok {
		return misfit(field, v, t)
	}
	out := make(map[string]any, len(t.Fields))
	for _, f := range t.Fields {
		d := m.decode(f.Type, fields[f.Name], f.Name, place)
		switch {
		case d != nil:
			out[f.Name] = d
		case f.HasDefault:
			out[f.Name] = f.Default
		default:
			out[f.Name] = &lang.Unknown{Reason: quoted(f.Name) + " is not set"}
		}
	}
	return out
}

// plainValue is a value of type any: every number a float64, as in native input.
func plainValue(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plainValue(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = plainValue(item)
		}
		return out
	}
	return v
}
