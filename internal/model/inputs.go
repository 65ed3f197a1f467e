package model

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// input reads a file of inputs/: for each kind a list of mappings.
func (l *loader) input(name string, n *document.Node) {
	in := &Input{Name: name}
	l.model.Inputs = append(l.model.Inputs, in)
	for _, e := range n.Entries {
		kind := l.model.Kind(e.Key)
		if kind == nil {
			l.report("model/unknown-kind", e.KeySpan, fmt.Sprintf("%q is no kind", e.Key), diag.DidYouMean(e.Key, l.model.KindNames()))
			continue
		}
		items := []*document.Node{e.Value}
		switch e.Value.Kind {
		case document.List:
			items = e.Value.Items
		case document.Map:
		default:
			l.report("model/wrong-type", e.Value.Span, fmt.Sprintf("%q must hold a list of mappings, not %s", e.Key, e.Value.Describe()), "write - type: RESOURCE-TYPE")
			continue
		}
		for _, item := range items {
			if m := l.mapping(kind, item); m != nil {
				in.Mappings = append(in.Mappings, m)
			}
		}
	}
}

// mapping reads one mapping, or gives nil.
func (l *loader) mapping(k *Kind, n *document.Node) *Mapping {
	what := "a mapping of " + k.Name
	if n.Kind != document.Map {
		l.report("model/wrong-type", n.Span, what+" must be a map, not "+n.Describe(), "")
		return nil
	}
	l.keys(n, what, "type", "within", "when", "each", "id", "name", "fields")
	m := &Mapping{
		Kind: k.Name, Span: n.Span,
		Within: l.expression(n.Get("within"), `"within"`),
		When:   l.expression(n.Get("when"), `"when"`),
		Each:   l.expression(n.Get("each"), `"each"`),
		ID:     l.expression(n.Get("id"), `"id"`),
		Name:   l.expression(n.Get("name"), `"name"`),
	}
	m.Type, m.Also = l.types(n.Get("type"))
	if m.Type == "" {
		l.report("model/missing-key", n.Span, what+` has no "type"`, "name the type of resource it reads, for example Microsoft.Network/bastionHosts")
	}
	if m.Within.Value != "" && strings.Count(m.Type, "/") < 2 {
		l.report("model/bad-type", n.Get("within").Span, what+` has "within", but the type "`+m.Type+`" has no parent`, "the type of a part names its parent: Microsoft.Network/virtualNetworks/subnets")
		m.Within = Text{}
	}
	if m.Each.Value != "" && m.ID.Value == "" {
		l.report("model/missing-key", n.Span, what+` has "each" but no "id"`, "every object needs an id of its own; build it from resource.id and item")
	}
	fields := l.mapOf(n.Get("fields"), `"fields"`)
	if fields == nil {
		return m
	}
	for _, e := range fields.Entries {
		if k.Field(e.Key) == nil {
			hint := unknownHint(e.Key, fieldNames(k.Fields))
			if l.isInverse(k, e.Key) {
				hint = "it is an inverse list, which the links of other objects fill"
			}
			l.report("model/unknown-field", e.KeySpan, fmt.Sprintf("%s has no field %q", k.Name, e.Key), hint)
			continue
		}
		if x := l.expression(e.Value, fmt.Sprintf("%q", e.Key)); x.Value != "" {
			m.Fields = append(m.Fields, FieldMapping{e.Key, x})
		}
	}
	return m
}

// types reads the type of resource that a mapping reads. Of a list, the others
// are names by which responses call the first.
func (l *loader) types(n *document.Node) (first string, also []string) {
	if n == nil || n.Kind != document.List {
		return l.text(n, `"type"`), nil
	}
	for i, item := range n.Items {
		text := l.text(item, `"type"`)
		if i == 0 {
			first = text
		} else if text != "" {
			also = append(also, text)
		}
	}
	return first, also
}

// isInverse reports whether a name is an inverse list of a kind.
func (l *loader) isInverse(k *Kind, name string) bool {
	for _, source := range l.model.Kinds {
		for _, f := range source.Fields {
			if f.Inverse == name && f.Type.LinkKind() == k.Name {
				return true
			}
		}
	}
	return false
}
