package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// ReadNative reads a topology that is written in the model's own terms: a map
// of collections, whose objects refer to each other by id, or by name where it
// is unique. changes vary it first, as an example of a rule does.
//
// The topology holds what could be read; a value that could not is unknown in it.
func ReadNative(env *lang.Env, src *diag.Source, root *document.Node, changes Changes) (*Topology, diag.List) {
	return readNatives(env, src, nil, root, changes)
}

// readNatives is ReadNative for a document that continues others.
func readNatives(env *lang.Env, src *diag.Source, before []*document.Node, root *document.Node, changes Changes) (*Topology, diag.List) {
	var problems diag.List
	r := &nativeReader{env: env, src: src, before: before}
	r.read(changes.apply(root, &problems), problems)
	return r.link(r.objects), r.problems
}

// read reads a changed document up to the point where its objects are linked.
func (r *nativeReader) read(to changed, problems diag.List) {
	r.problems, r.kinds, r.states = problems, map[string]*nativeKind{}, map[string]*lang.Unknown{}
	r.unknown, r.places = to.unknown, to.places
	declared := &document.Node{Kind: document.Null}
	for _, root := range append(slices.Clip(r.before), to.root) {
		if root = r.root(root); root == nil {
			continue
		}
		for _, e := range root.Entries {
			if k := r.env.Model().Kind(e.Key); k != nil && r.unknown[e.Value] == nil {
				r.states[k.Name] = nil
				r.collection(k, e.Value)
			}
		}
		declared = joinedFacts(declared, root.Get("declared"))
	}
	for _, o := range r.objects {
		r.fields(o)
	}
	r.declared = readDeclared(r.env.Model(), declared, r.unknown, &r.problems)
}

// joinedFacts gives the facts of two maps, of a fact in both the later one. What is no map
// stays, for its reader to report.
func joinedFacts(a, b *document.Node) *document.Node {
	switch {
	case b == nil || b.Kind == document.Null:
		return a
	case a.Kind == document.Null, a.Kind == document.Map && b.Kind != document.Map:
		return b
	case a.Kind != document.Map:
		return a
	}
	out := &document.Node{Kind: document.Map, Span: b.Span, Entries: slices.Clone(a.Entries)}
	for _, e := range b.Entries {
		put(out, e.Key, e.KeySpan, e.Value)
	}
	return out
}

// link links objects that were read.
func (r *nativeReader) link(objects []*nativeObject) *Topology {
	in := linking{env: r.env, states: r.states, complete: r.declared.complete, drafts: make([]*draft, len(objects))}
	for i, o := range objects {
		in.drafts[i] = o.draft
	}
	out := link(in)
	return &Topology{
		File: r.src.File, Format: "native",
		World:    &lang.World{Collections: out.collections, Declared: r.declared.values},
		Subjects: out.subjects, Unstated: out.unstated, Problems: r.problems, objects: out.objects,
	}
}

// nativeReader reads one native document, which may continue others.
type nativeReader struct {
	env      *lang.Env
	src      *diag.Source
	before   []*document.Node                 // the documents that it continues
	unknown  map[*document.Node]*lang.Unknown // nodes that an example makes unknown
	places   map[*document.Node]diag.Span     // of objects that an example puts there
	objects  []*nativeObject
	kinds    map[string]*nativeKind
	states   map[string]*lang.Unknown // as in linking
	declared declaredFacts
	problems diag.List
}

// nativeKind finds the objects of a kind.
type nativeKind struct {
	byID   map[string]*nativeObject   // normalised id
	byName map[string][]*nativeObject // name, A to Z in lower case
}

// nativeObject is an object whose fields are read once all objects are known.
type nativeObject struct {
	*draft
	node *document.Node
}

func (r *nativeReader) report(code string, span diag.Span, message, hint string) {
	r.problems.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: span, Message: message, Hint: hint})
}

// root checks the top level of the document. It returns nil where there is none.
func (r *nativeReader) root(root *document.Node) *document.Node {
	if root == nil {
		return nil
	}
	if root.Kind == document.Null {
		r.report("input/empty", root.Span, "the topology is empty", "begin with a collection of the model, for example "+r.firstKind()+":")
		return nil
	}
	if root.Kind != document.Map {
		r.report("input/wrong-value", root.Span, "a topology must be a map of collections, not "+root.Describe(), "begin with a collection of the model, for example "+r.firstKind()+":")
		return nil
	}
	names := append(r.env.Model().KindNames(), "declared")
	for _, e := range root.Entries {
		if !slices.Contains(names, e.Key) {
			hint := diag.DidYouMean(e.Key, names)
			if hint == "" {
				hint = "the collections are " + strings.Join(names, ", ")
			}
			r.report("input/unknown-collection", e.KeySpan, fmt.Sprintf("unknown collection %s", quoted(e.Key)), hint)
		}
	}
	return root
}

func (r *nativeReader) firstKind() string {
	if kinds := r.env.Model().Kinds; len(kinds) > 0 {
		return kinds[0].Name
	}
	return "declared"
}

// quoted puts a name in quotes for messages, without escapes, as the browser does.
func quoted(s string) string { return `"` + document.Shorten(s) + `"` }

// collection reads the ids and names of a collection's objects.
func (r *nativeReader) collection(k *model.Kind, n *document.Node) {
	nk := r.kinds[k.Name]
	if nk == nil {
		nk = &nativeKind{byID: map[string]*nativeObject{}, byName: map[string][]*nativeObject{}}
		r.kinds[k.Name] = nk
	}
	if n.Kind == document.Null {
		return
	}
	if n.Kind != document.List {
		r.report("input/wrong-value", n.Span, quoted(k.Name)+" must be a list of objects, not "+n.Describe(), "begin each object with a dash")
		return
	}
	for i, item := range n.Items {
		if item.Kind != document.Map {
			r.report("input/wrong-value", item.Span, "an object of "+quoted(k.Name)+" must be a map, not "+item.Describe(), `write "name: …" and its fields`)
			continue
		}
		span, moved := r.places[item]
		if !moved {
			span = item.Span
		}
		o := &nativeObject{node: item, draft: &draft{
			kind: k, class: r.env.Class(k.Name), absent: "is not stated",
			place:  lang.Place{Span: span, Pointer: fmt.Sprintf("/%s/%d", k.Name, i)},
			exists: r.unknown[item],
		}}
		id, name := r.label(o, "id"), r.label(o, "name")
		at := item.Span
		switch {
		case id == nil && name == nil:
			if item.Get("id") == nil && item.Get("name") == nil {
				r.report("input/missing-id", item.Span, "an object of "+quoted(k.Name)+" has neither id nor name", `give it a "name"`)
			}
			continue
		case id == nil:
			o.id, o.name, at = name.Text(), name.Text(), name.Span
		case name == nil:
			o.id, o.name, at = id.Text(), id.Text(), id.Span
		default:
			o.id, o.name, at = id.Text(), name.Text(), id.Span
		}
		o.identity = normalID(o.id)
		if first := nk.byID[o.identity]; first != nil {
			where := first.place.Span.Source
			line, column := where.Position(first.place.Span.Start)
			place := fmt.Sprintf("line %d, column %d", line, column)
			if where.File != at.Source.File {
				place = fmt.Sprintf("%s:%d:%d", where.File, line, column)
			}
			r.report("input/duplicate-id", at, "two objects of "+quoted(k.Name)+" have the id "+quoted(o.id), "the first one is at "+place+"; give each an id of its own")
			continue
		}
		nk.byID[o.identity] = o
		nk.byName[LowerASCII(o.name)] = append(nk.byName[LowerASCII(o.name)], o)
		r.objects = append(r.objects, o)
	}
}

// label returns the node of an object's id or name, or nil where it has none.
func (r *nativeReader) label(o *nativeObject, key string) *document.Node {
	n := o.node.Get(key)
	if n == nil {
		return nil
	}
	if u := r.unknown[n]; u != nil {
		if key == "id" {
			o.idValue = u
		} else {
			o.nameValue = u
		}
	}
	switch {
	case n.Kind == document.String && n.Text() != "":
		return n
	case n.Kind == document.String:
		r.report("input/wrong-value", n.Span, quoted(key)+" must not be empty", "")
	case n.Kind != document.Null:
		hint := ""
		if n.Kind != document.List && n.Kind != document.Map {
			hint = "put it in quotes"
		}
		r.report("input/wrong-value", n.Span, quoted(key)+" must be text, not "+n.Describe(), hint)
	}
	return nil
}

// fields reads the fields of an object.
func (r *nativeReader) fields(o *nativeObject) {
	for _, e := range o.node.Entries {
		if e.Key != "id" && e.Key != "name" && o.kind.Field(e.Key) == nil {
			r.report("input/unknown-field", e.KeySpan, "unknown field "+quoted(e.Key)+" on "+o.kind.One, r.fieldHint(o.kind, e.Key))
		}
	}
	for _, f := range o.kind.Fields {
		if v, stated := r.field(o, f, o.node.Get(f.Name)); stated {
			o.fields.set(f.Name, v)
		}
	}
}

// field gives what a node says of a field. It states nothing where the field has
// its default.
func (r *nativeReader) field(o *nativeObject, f *model.Field, n *document.Node) (v any, stated bool) {
	switch {
	case n == nil && f.HasDefault:
		return nil, false
	case n == nil:
		return notStated(f), true
	case r.unknown[n] != nil:
		return r.unknown[n], true
	case n.Kind == document.Null:
		return nil, !f.HasDefault
	}
	return r.value(f, n, o.place.Pointer+"/"+f.Name), true
}

func notStated(f *model.Field) *lang.Unknown {
	return &lang.Unknown{Reason: quoted(f.Name) + " is not stated"}
}

// fieldHint says what an unknown field may have been meant to be.
func (r *nativeReader) fieldHint(k *model.Kind, name string) string {
	for _, inv := range r.env.Inverses(k) {
		if inv.Name == name {
			return "it follows from the field " + quoted(inv.Field.Name) + " of " + quoted(inv.Source.Name) + "; remove it"
		}
	}
	for _, d := range k.Derived {
		if d.Name == name {
			return "it is computed from other fields; remove it"
		}
	}
	names := []string{"id", "name"}
	for _, f := range k.Fields {
		names = append(names, f.Name)
	}
	if hint := diag.DidYouMean(name, names); hint != "" {
		return hint
	}
	return "it can have " + strings.Join(names, ", ")
}

// value decodes a field. What cannot be read is reported and becomes unknown.
func (r *nativeReader) value(f *model.Field, n *document.Node, pointer string) any {
	d := nativeDecoder(r.unknown)
	d.Link = func(kind string, n *document.Node, what string) any {
		ref, ok := r.reference(kind, n, what, &d.Problems)
		if !ok {
			return nil
		}
		ref.pointer = pointer
		return ref
	}
	v := d.Decode(f.Type, n, quoted(f.Name))
	r.problems = append(r.problems, d.Problems...)
	if d.Problems.HasErrors() {
		return &lang.Unknown{Reason: quoted(f.Name) + " cannot be read"}
	}
	return openLists(v)
}

// openLists makes a list partial of which an example makes an element unknown.
func openLists(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = openLists(item)
		}
	case []any:
		items := make([]any, 0, len(v))
		var open *lang.Unknown
		for _, item := range v {
			u, unknown := item.(*lang.Unknown)
			switch {
			case !unknown:
				items = append(items, openLists(item))
			case open == nil:
				open = u
			}
		}
		if open != nil {
			return &lang.Partial{Items: items, Open: open}
		}
		return items
	}
	return v
}

// nativeDecoder decodes values of native documents.
func nativeDecoder(unknown map[*document.Node]*lang.Unknown) *model.Decoder {
	return &model.Decoder{
		Code:   "input/wrong-value",
		Absent: func(f *model.Field) any { return notStated(f) },
		Unknown: func(n *document.Node) (any, bool) {
			u := unknown[n]
			return u, u != nil
		},
	}
}

// reference finds the object that a text refers to: by id, else by name.
func (r *nativeReader) reference(kind string, n *document.Node, what string, problems *diag.List) (ref, bool) {
	report := func(code, message, hint string) (ref, bool) {
		problems.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: n.Span, Message: message, Hint: hint})
		return ref{}, false
	}
	if n.Kind != document.String {
		hint := "put it in quotes"
		if n.Kind == document.List || n.Kind == document.Map {
			hint = "objects stand in their collection and are referred to by id or name"
		}
		return report("input/wrong-value", what+" must be the id or name of an object of "+quoted(kind)+", not "+n.Describe(), hint)
	}
	text := n.Text()
	nk := r.kinds[kind]
	if nk == nil {
		return report("input/dangling-reference", what+" refers to "+quoted(text)+", but the topology has no "+quoted(kind), "add the collection, with this object in it")
	}
	o := nk.byID[normalID(text)]
	if o == nil {
		switch named := nk.byName[LowerASCII(text)]; len(named) {
		case 0:
			return report("input/dangling-reference", what+" refers to "+quoted(text)+", but no object of "+quoted(kind)+" has that id or name", nk.suggest(text))
		case 1:
			o = named[0]
		default:
			var ids []string
			for _, o := range named {
				ids = append(ids, o.id)
			}
			return report("input/ambiguous-reference", what+" refers to "+quoted(text)+", the name of "+fmt.Sprint(len(named))+" objects of "+quoted(kind), "use an id: "+strings.Join(ids, ", "))
		}
	}
	return ref{identity: o.identity, id: o.id, name: o.name, span: n.Span}, true
}

// LowerASCII folds the case of A to Z alone: what else has case depends on the
// version of Unicode.
func LowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// suggest is a did-you-mean over the ids and names of a kind.
func (nk *nativeKind) suggest(text string) string {
	var names []string
	for _, o := range nk.byID {
		names = append(names, o.id, o.name)
	}
	slices.Sort(names)
	return diag.DidYouMean(text, names)
}
