package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// scalars are the names of types that need nothing else.
var scalars = [...]string{"string", "int", "number", "bool", "cidr", "ip", "any"}

// LinkKind returns the collection name of the kind that a link, or a list of
// links, leads to, else "".
func (t Type) LinkKind() string {
	if t.Name == "list" && t.Elem != nil {
		return t.Elem.LinkKind()
	}
	return t.Link
}

// fields reads the fields of a kind, of a record, or the declared facts, under
// the name of the owner. Only the fields of a kind may have an inverse.
func (l *loader) fields(n *document.Node, owner string, ofKind bool) []*Field {
	var out []*Field
	for _, e := range n.Entries {
		if !l.name(e.Key, e.KeySpan, "a field") {
			continue
		}
		if ofKind && (e.Key == "id" || e.Key == "name") {
			l.report("model/duplicate-name", e.KeySpan, fmt.Sprintf("%s already has %q", owner, e.Key), "every object has an id and a name; remove the field")
			continue
		}
		f := &Field{Name: e.Key, Span: e.KeySpan}
		if !l.field(f, e.Value, owner, ofKind) {
			f.Type = Type{Name: "any"} // one problem is enough: what reads the field is not wrong too
		}
		out = append(out, f)
	}
	return out
}

// field reads one field. It reports whether the field has a type.
func (l *loader) field(f *Field, n *document.Node, owner string, ofKind bool) bool {
	what := fmt.Sprintf("the field %q of %s", f.Name, owner)
	var ok bool
	if n.Kind != document.Map { // `prefixes: [cidr]` says the type alone
		if n.Kind == document.Null {
			l.report("model/missing-key", f.Span, what+" has no type", `write { type: string }, { enum: [A, B] } or { link: KIND }`)
			return false
		}
		f.Type, ok = l.shortType(n, what, nil)
		return ok
	}
	l.keys(n, what, "type", "enum", "link", "fields", "inverse", "default", "doc", "words", "not")
	f.Doc = l.text(n.Get("doc"), `"doc"`)
	f.Words = l.words(n, nil)
	if f.Type, ok = l.longType(n, what, f.Span); !ok {
		return false
	}
	if inverse := n.Get("inverse"); inverse != nil {
		switch {
		case f.Type.LinkKind() == "":
			l.report("model/bad-type", inverse.Span, what+" has an inverse but is no link", `remove "inverse", or make it { link: KIND }`)
		case !ofKind:
			l.report("model/bad-type", inverse.Span, what+" cannot have an inverse", "only fields of kinds have one")
		default:
			if name := l.text(inverse, `"inverse"`); name != "" && l.name(name, inverse.Span, "an inverse") {
				f.Inverse = name
			}
		}
	}
	if d := n.Get("default"); d != nil {
		f.Default, f.HasDefault = l.defaultValue(f.Type, d, what)
	}
	return true
}

// longType reads a type that is written as a map.
func (l *loader) longType(n *document.Node, what string, at diag.Span) (Type, bool) {
	name, enum, link := n.Get("type"), n.Get("enum"), n.Get("link")
	if link != nil {
		for _, key := range []string{"type", "enum", "fields"} {
			if other := n.Get(key); other != nil {
				l.report("model/bad-type", other.Span, fmt.Sprintf(`%s has both "link" and %q`, what, key), "keep one of them")
				return Type{}, false
			}
		}
		return l.linkType(link, what)
	}
	if enum != nil {
		return l.enumType(enum, name, what)
	}
	if name == nil {
		l.report("model/missing-key", at, what+" has no type", `write { type: string }, { enum: [A, B] } or { link: KIND }`)
		return Type{}, false
	}
	t, ok := l.shortType(name, what, n.Get("fields"))
	if fields := n.Get("fields"); ok && fields != nil && !t.isRecord() {
		l.report("model/bad-type", fields.Span, what+` has "fields" but is no record`, "make it { type: record, fields: … }")
	}
	return t, ok
}

func (t Type) isRecord() bool {
	return t.Name == "record" || t.Name == "list" && t.Elem != nil && t.Elem.isRecord()
}

// linkType reads the value of "link": a kind, or a list of one.
func (l *loader) linkType(n *document.Node, what string) (Type, bool) {
	if n.Kind == document.List && len(n.Items) == 1 {
		elem, ok := l.linkType(n.Items[0], what)
		return Type{Name: "list", Elem: &elem}, ok
	}
	if n.Kind != document.String {
		l.report("model/bad-type", n.Span, `"link" of `+what+" must be the name of a kind, or a list of one, not "+n.Describe(), "")
		return Type{}, false
	}
	if l.model.Kind(n.Text()) == nil {
		l.report("model/unknown-kind", n.Span, fmt.Sprintf("%s links to %q, which is no kind", what, n.Text()), diag.DidYouMean(n.Text(), l.model.KindNames()))
		return Type{}, false
	}
	return Type{Name: "link", Link: n.Text()}, true
}

// KindNames lists the collection names of the kinds, in file order.
func (m *Model) KindNames() []string {
	var out []string
	for _, k := range m.Kinds {
		out = append(out, k.Name)
	}
	return out
}

// enumType reads the value of "enum": two or more texts. With `type: [string]`
// it is a list of them.
func (l *loader) enumType(n, name *document.Node, what string) (Type, bool) {
	isList := name != nil && name.Kind == document.List && len(name.Items) == 1
	elem := name
	if isList {
		elem = name.Items[0]
	}
	if elem != nil && elem.Text() != "string" && elem.Text() != "enum" {
		l.report("model/bad-type", name.Span, what+" has an enum, so its type must be string, not "+elem.Describe(), "")
		return Type{}, false
	}
	t := Type{Name: "enum"}
	if n.Kind != document.List || len(n.Items) == 0 {
		l.report("model/bad-type", n.Span, `"enum" of `+what+" must be a list of texts, not "+n.Describe(), "write [A, B]")
		return Type{}, false
	}
	for _, item := range n.Items {
		switch {
		case item.Kind != document.String:
			l.report("model/bad-type", item.Span, `"enum" of `+what+" must hold text, not "+item.Describe(), "put it in quotes")
		case slices.ContainsFunc(t.Enum, func(s string) bool { return equalFold(s, item.Text()) }):
			l.report("model/bad-type", item.Span, fmt.Sprintf("%q appears twice in the enum of %s", item.Text(), what), "values are compared without case")
		default:
			t.Enum = append(t.Enum, item.Text())
		}
	}
	if isList {
		return Type{Name: "list", Elem: &t}, len(t.Enum) > 0
	}
	return t, len(t.Enum) > 0
}

// shortType reads the value of "type": a name, or a list of one name. fields
// belong to a record.
func (l *loader) shortType(n *document.Node, what string, fields *document.Node) (Type, bool) {
	if n.Kind == document.List && len(n.Items) == 1 {
		elem, ok := l.shortType(n.Items[0], what, fields)
		return Type{Name: "list", Elem: &elem}, ok
	}
	name := n.Text()
	switch {
	case slices.Contains(scalars[:], name):
		return Type{Name: name}, true
	case name == "record":
		fields = l.mapOf(fields, `"fields"`)
		if fields == nil || len(fields.Entries) == 0 {
			l.report("model/missing-key", n.Span, what+` is a record without "fields"`, "list them, or make it { type: any }")
			return Type{}, false
		}
		return Type{Name: "record", Fields: l.fields(fields, what, false)}, true
	case name == "list":
		l.report("model/bad-type", n.Span, what+" does not say what its list holds", "write [string], for example")
	case name == "enum":
		l.report("model/missing-key", n.Span, what+` has no "enum"`, "write { enum: [A, B] }")
	case n.Kind == document.String && l.model.Kind(name) != nil:
		l.report("model/bad-type", n.Span, fmt.Sprintf("the type of %s is a kind", what), fmt.Sprintf("write { link: %s }", name))
	case n.Kind == document.String:
		known := append(slices.Clone(scalars[:]), "record", "enum", "link")
		hint := diag.DidYouMean(name, known)
		if hint == "" {
			hint = "types are " + strings.Join(known, ", ")
		}
		l.report("model/bad-type", n.Span, fmt.Sprintf("unknown type %q of %s", name, what), hint)
	default:
		l.report("model/bad-type", n.Span, "the type of "+what+" must be a name or a list of one name, not "+n.Describe(), "")
	}
	return Type{}, false
}

// paramType reads the type of a parameter, where the name of a kind stands for
// its objects: `nic: networkInterfaces`, `ports: [int]`.
func (l *loader) paramType(n *document.Node) (Type, bool) {
	switch {
	case n.Kind == document.Map:
		l.keys(n, "a parameter", "type", "enum", "link", "fields")
		return l.longType(n, "the parameter", n.Span)
	case n.Kind == document.List && len(n.Items) == 1:
		elem, ok := l.paramType(n.Items[0])
		return Type{Name: "list", Elem: &elem}, ok
	case l.model.Kind(n.Text()) != nil:
		return Type{Name: "link", Link: n.Text()}, true
	case n.Kind == document.String && !slices.Contains(scalars[:], n.Text()):
		l.report("model/bad-type", n.Span, fmt.Sprintf("unknown type %q of a parameter", n.Text()), diag.DidYouMean(n.Text(), append(l.model.KindNames(), scalars[:]...)))
		return Type{}, false
	}
	return l.shortType(n, "the parameter", nil)
}

// defaultValue reads a default, which must be of the field's type. null means
// that absent is known to mean none.
func (l *loader) defaultValue(t Type, n *document.Node, what string) (any, bool) {
	if n.Kind == document.Null {
		return nil, true
	}
	if t.LinkKind() != "" && !(t.Name == "list" && n.Kind == document.List && len(n.Items) == 0) {
		l.report("model/bad-default", n.Span, "the default of "+what+" must be null: a link has no other", "write default: null")
		return nil, false
	}
	d := Decoder{Code: "model/bad-default"}
	v := d.Decode(t, n, "the default of "+what)
	l.problems = append(l.problems, d.Problems...)
	if i, ok := v.(int); ok && (i > 1<<53 || i < -1<<53) {
		l.report("model/bad-default", n.Span, "the default of "+what+" is beyond 2^53", "")
		return nil, false
	}
	return v, len(d.Problems) == 0
}
