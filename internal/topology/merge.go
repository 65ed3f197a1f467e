package topology

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
)

// merge adds a draft, or what it states to the draft of the same object. What is
// stated later in a document wins; what only may be stated makes a difference
// unknown.
func (m *mapper) merge(d *mapped, whole bool) {
	old := m.byID[d.kind.Name][d.identity]
	if old == nil {
		d.whole = whole
		m.byID[d.kind.Name][d.identity] = d
		m.drafts = append(m.drafts, d)
		return
	}
	before := old.place
	switch {
	case old.said && !d.said, old.bare && !d.bare && !d.said:
		old.place, old.id, old.name, old.idValue, old.nameValue = d.place, d.id, d.name, d.idValue, d.nameValue
	case whole && !old.whole && !d.bare:
		old.place = d.place
	}
	old.whole = old.whole || whole
	if d.said != old.said {
		// A reference says nothing about whether the object exists.
		if old.said {
			old.exists = d.exists
		}
		d.exists = old.exists
		old.said = false
	}
	surely := old.exists != nil && d.exists == nil
	old.fields = slices.DeleteFunc(old.fields, func(s stated) bool { // which the whole resource leaves out
		_, again := d.fields.get(s.name)
		return !again && !surely && old.bare && !d.bare && !d.said && isUnknown(s.value)
	})
	for i, s := range old.fields {
		if _, again := d.fields.get(s.name); surely && !again {
			old.fields[i].value = &lang.Unknown{Reason: old.exists.Reason}
		}
	}
	for _, f := range d.kind.Fields {
		if v, stated := d.fields.get(f.Name); stated {
			m.mergeField(old, d, f.Name, v, before)
		}
	}
	old.bare = old.bare && (d.bare || d.said)
	old.doc = d.doc
	if d.exists == nil {
		old.exists = nil
	}
}

// mergeField puts a field of a draft into an older one of the same object. Two
// inputs, or two answers of Azure, may contradict each other; within a template
// the later wins, as in Azure.
func (m *mapper) mergeField(old, d *mapped, name string, v any, before lang.Place) {
	was, stated := old.fields.get(name)
	apart := old.doc != d.doc || m.worlds.current != nil
	switch {
	case old.disputed[name]:
		return
	case d.exists != nil && !sameStated(was, v):
		v = &lang.Unknown{Reason: d.exists.Reason}
	case !apart:
	case isOpen(v) && (stated || !old.bare && !old.said):
		return // what the other states, or leaves out, is known
	case !stated || isOpen(was) || sameStated(was, v):
	default:
		v = m.contradiction(old, d, name, was, v, before)
	}
	old.fields.set(name, v)
}

func isUnknown(v any) bool {
	_, ok := v.(*lang.Unknown)
	return ok
}

// isOpen reports whether a decoded value is not known in all its parts.
func isOpen(v any) bool {
	switch v := v.(type) {
	case *lang.Unknown, *lang.Partial:
		return true
	case ref:
		return v.unknown != nil
	case []any:
		return slices.ContainsFunc(v, isOpen)
	case map[string]any:
		for _, item := range v {
			if isOpen(item) {
				return true
			}
		}
	}
	return false
}

// contradiction reports that two inputs state different values of a field. Which
// is right nobody can tell, so it is unknown.
func (m *mapper) contradiction(old, d *mapped, name string, was, v any, before lang.Place) any {
	if old.disputed == nil {
		old.disputed = map[string]bool{}
	}
	old.disputed[name] = true
	delete(m.worlds.closed, d.kind.Field(name))
	m.worlds.disputed[d.kind.Field(name)] = true
	line, column := before.Span.Source.Position(before.Span.Start)
	first := fmt.Sprintf("%s:%d:%d", before.Span.Source.File, line, column)
	m.problems.Add(diag.Diagnostic{Code: "input/contradiction", Severity: diag.Warning, Span: d.place.Span.At(d.place.Span.Start, 1),
		Message: fmt.Sprintf("%s of %s is %s here and %s at %s", quoted(name), quoted(d.name), statedText(v), statedText(was), first),
		Hint:    "which is right cannot be known, so it counts as unknown; leave out the older input"})
	return &lang.Unknown{Reason: fmt.Sprintf("the inputs contradict each other: it is %s and %s", statedText(was), statedText(v))}
}

// statedText shows a decoded value in a message.
func statedText(v any) string {
	switch v := v.(type) {
	case ref:
		return `"` + v.id + `"`
	case []any:
		if len(v) == 0 {
			return "an empty list"
		}
		if len(v) > 5 {
			return "a list of " + strconv.Itoa(len(v))
		}
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = statedText(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		return "an object"
	case *lang.Partial:
		return "a list"
	case bool, int, float64:
		return shown(toText(plainValue(v)))
	case string:
		return quoted(v)
	}
	return "unknown"
}

// sameStated compares two decoded values; references by what they refer to.
func sameStated(a, b any) bool {
	switch a := a.(type) {
	case ref:
		b, ok := b.(ref)
		return ok && a.identity == b.identity
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameStated)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, sameStated)
	case *lang.Unknown, *lang.Partial:
		return false
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}
