package topology

import (
	"maps"
	"slices"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// This file shows a base with changes: what changed is read and linked anew, put
// into the base for a while, and taken back.

// Variant is a base with changes, valid until look returns.
type Variant struct {
	*Topology
	Patch Patch
}

// Patch is what distinguishes a variant from its base, as JSON for the function vary
// of theme/runtime/validate.ts. Stale names the derived values that are to be computed
// again, which many variants have in common.
type Patch struct{ Changes, Stale string }

// With shows the base with changes. look is not called where they have problems.
func (b *Base) With(c Changes, look func(Variant)) diag.List {
	var problems diag.List
	to := c.apply(b.root, &problems)
	if problems.HasErrors() {
		return problems
	}
	if e, ok := b.edits(to); ok {
		b.inPlace(e, look)
		return nil
	}
	r := &nativeReader{env: b.bases.env, src: b.read.src}
	if r.read(to, problems); r.problems.HasErrors() {
		return r.problems
	}
	t := r.link(r.objects)
	look(Variant{t, b.difference(t)})
	return r.problems
}

// edits are changes of a document as changes of objects.
type edits struct {
	fields   []edit         // in the document, be they to what was there already
	declared map[string]any // nil: as in the base
	// others has the kinds of which there are other objects than in the base. Where
	// there are any, linker and members are those of the variant.
	others   map[string]bool
	linker   *linker
	members  []members
	added    []node
	relinked []edit // fields that can lead to other objects though the document has them as before
}

// edit is a field of an object of the base with what is stated of it.
type edit struct {
	node
	field  *model.Field
	value  any
	stated bool
}

// members are the objects of a kind in the order of the document.
type members struct {
	kind  *model.Kind
	nodes []node
}

// edits finds what changed by comparing nodes: those that are not on the way to a
// change are the same. It reports false where it does not know better than to read
// everything again, which then says what is wrong.
func (b *Base) edits(to changed) (edits, bool) {
	out := edits{linker: b.linker, members: b.members}
	r := &nativeReader{env: b.bases.env, src: b.read.src, kinds: b.read.kinds, states: b.read.states, unknown: to.unknown, places: to.places}
	for _, e := range to.root.Entries {
		before := b.root.Get(e.Key)
		switch kind := r.env.Model().Kind(e.Key); {
		case before == e.Value:
		case e.Key == "declared":
			if e.Value.Get("complete") != before.Get("complete") {
				return out, false
			}
			out.declared = readDeclared(b.bases.env.Model(), e.Value, to.unknown, &r.problems).values
		case kind == nil:
			return out, false
		case !b.sameObjects(r, kind, e.Value, before):
			if out.others == nil {
				out.others = map[string]bool{}
			}
			out.others[kind.Name] = true
		}
	}
	if out.others != nil {
		b.readObjects(r, to.root, &out)
	}
	now := map[int]*document.Node{}
	for _, e := range to.root.Entries {
		if before := b.root.Get(e.Key); e.Key != "declared" && before != e.Value && !out.others[e.Key] {
			b.itemEdits(r, e, before, now, &out)
		}
	}
	if out.others != nil {
		b.relink(r, now, &out)
	}
	return out, len(r.problems) == 0
}

// sameObjects reports whether a collection differs in fields of its objects alone.
func (b *Base) sameObjects(r *nativeReader, kind *model.Kind, value, before *document.Node) bool {
	if before == nil || r.unknown[value] != nil || value.Kind != document.List || before.Kind != document.List || len(value.Items) != len(before.Items) {
		return false
	}
	for i, item := range value.Items {
		was := before.Items[i]
		if item == was {
			continue
		}
		_, known := b.numbers[was]
		if !known || item.Kind != document.Map || r.unknown[item] != nil || r.places[item] != (diag.Span{}) {
			return false
		}
		for _, f := range item.Entries {
			if f.Value != was.Get(f.Key) && kind.Field(f.Key) == nil {
				return false
			}
		}
	}
	return true
}

// itemEdits are those of a collection that has the same objects. now has the node
// of each object that differs.
func (b *Base) itemEdits(r *nativeReader, e document.Entry, before *document.Node, now map[int]*document.Node, out *edits) {
	for i, item := range e.Value.Items {
		was := before.Items[i]
		if item == was {
			continue
		}
		number := b.numbers[was]
		now[number] = item
		o := b.read.objects[number]
		for _, f := range item.Entries {
			if f.Value == was.Get(f.Key) {
				continue
			}
			field := o.kind.Field(f.Key)
			v, stated := r.field(o, field, f.Value)
			out.fields = append(out.fields, edit{node{draft: o.draft, object: b.objects[number]}, field, v, stated})
		}
	}
}

// readObjects reads the kinds of which there are other objects. Those that stand
// where they stood in the base are the same ones.
func (b *Base) readObjects(r *nativeReader, root *document.Node, out *edits) {
	r.kinds, r.states = maps.Clone(r.kinds), maps.Clone(r.states)
	l := &linker{linking: linking{env: b.bases.env, states: r.states, complete: b.linker.complete}, objects: maps.Clone(b.linker.objects), fields: b.linker.fields}
	out.linker, out.members = l, nil
	for _, e := range root.Entries {
		kind := r.env.Model().Kind(e.Key)
		switch {
		case kind == nil:
		case !out.others[e.Key]:
			if i := slices.IndexFunc(b.members, func(m members) bool { return m.kind == kind }); i >= 0 {
				out.members = append(out.members, b.members[i])
			}
		case r.unknown[e.Value] != nil:
			delete(r.kinds, kind.Name)
			delete(r.states, kind.Name)
			l.objects[kind.Name] = nil
		default:
			r.states[kind.Name] = nil
			first := len(r.objects)
			delete(r.kinds, kind.Name) // the collection is another one than in the base
			r.collection(kind, e.Value)
			l.objects[kind.Name] = map[string]lang.Object{}
			of := members{kind: kind}
			for i, o := range r.objects[first:] {
				number, known := b.numbers[o.node]
				n := node{draft: o.draft}
				if known && b.objects[number].Place() == o.place {
					r.objects[first+i] = nil
					n = node{draft: b.read.objects[number].draft, object: b.objects[number]}
				} else {
					n.object = newObject(o.draft, len(b.objects)+len(out.added)+1)
					out.added = append(out.added, n)
				}
				l.objects[kind.Name][o.identity] = n.object
				of.nodes = append(of.nodes, n)
			}
			out.members = append(out.members, of)
		}
	}
	for _, o := range r.objects {
		if o != nil {
			r.fields(o)
		}
	}
}

// relink reads the fields that can lead to other objects now, of objects that the
// base has too.
func (b *Base) relink(r *nativeReader, now map[int]*document.Node, out *edits) {
	for _, link := range b.bases.links {
		if !slices.ContainsFunc(link.targets, func(kind string) bool { return out.others[kind] }) {
			continue
		}
		for _, of := range out.members {
			if of.kind != link.kind {
				continue
			}
			for _, n := range of.nodes {
				number := plainNumber(n.object)
				if number >= len(b.objects) || slices.ContainsFunc(out.fields, func(e edit) bool { return e.object == n.object && e.field == link.field }) {
					continue
				}
				o := b.read.objects[number]
				item := now[number]
				if item == nil {
					item = o.node
				}
				if value := item.Get(link.field.Name); value != nil {
					v, stated := r.field(o, link.field, value)
					out.relinked = append(out.relinked, edit{n, link.field, v, stated})
				}
			}
		}
	}
}

// inPlace shows the base itself with other values in it: fields, the lists that
// links among them fill, and the collections of which there are other objects.
func (b *Base) inPlace(e edits, look func(Variant)) {
	s := setter{Base: b, edits: e, patch: patch{bases: b.bases}, targets: map[linkOf]lang.Object{}}
	for _, f := range e.fields {
		s.put(f.object, f.field.Name, s.resolved(f))
	}
	for _, f := range e.relinked {
		s.set(f.object, f.field.Name, s.resolved(f))
	}
	for _, n := range e.added {
		for _, f := range n.kind.Fields {
			v, stated := n.fields.get(f.Name)
			n.object.Set(f.Name, s.resolved(edit{n, f, v, stated}))
		}
	}
	for _, inv := range s.lists() {
		s.again(inv)
	}
	for _, n := range e.added {
		s.patch.add(n.object, b.bases.encodeFields(n.object, plainNumber))
	}
	shown := b.Topology
	facts := b.World.Declared
	if e.declared != nil {
		b.World.Declared = e.declared
	}
	collections := b.World.Collections
	if e.others != nil {
		shown = s.collect()
	}
	s.patch.world(b.rest, b.bases.encodeWorld(shown, plainNumber, func(kind string) bool { return e.others[kind] }, e.declared != nil))
	b.forget()
	look(Variant{shown, s.patch.done()})
	for _, f := range slices.Backward(s.before) {
		f.object.Set(f.field, f.value)
	}
	b.World.Declared, b.World.Collections = facts, collections
	b.forget()
}

// setter puts edits into a base.
type setter struct {
	*Base
	edits
	patch  patch
	before []was
	// targets has what links lead to that say nothing themselves, since it is unknown
	// whether that exists.
	targets map[linkOf]lang.Object
}

// was is what a field of an object held.
type was struct {
	object lang.Object
	field  string
	value  any
}

type linkOf struct {
	object lang.Object
	field  *model.Field
}

func newObject(d *draft, number int) lang.Object {
	o := lang.NewObject(d.class, number, d.id, d.name, d.place)
	o.SetExistence(d.exists)
	o.Set("id", textValue(d.id, d.idValue))
	o.Set("name", textValue(d.name, d.nameValue))
	return o
}

// resolved gives what is stated of a field as a value.
func (s *setter) resolved(e edit) any {
	v := e.value
	if !e.stated {
		v = e.field.Default
	}
	v = s.edits.linker.resolve(e.field.Type, v)
	says := standing(e.object, v)
	if target, ok := v.(lang.Object); ok && says != v {
		s.targets[linkOf{e.object, e.field}] = target
	}
	return says
}

// set changes a field or a list of an object, where that is not what the base has.
func (s *setter) set(o lang.Object, field string, v any) {
	number := plainNumber(o)
	switch {
	case number >= len(s.objects):
		o.Set(field, v)
	case encoded(v, plainNumber) != s.encoded[number][slices.Index(s.bases.fields[o.Class().Name], field)]:
		s.put(o, field, v)
	}
}

// put changes a field or a list of an object of the base.
func (s *setter) put(o lang.Object, field string, v any) {
	old, _ := o.Field(field)
	s.before = append(s.before, was{o, field, old})
	o.Set(field, v)
	s.patch.set(plainNumber(o), o.Class().Name, field, encoded(v, plainNumber))
}

// lists finds the lists that may hold other objects than in the base.
func (s *setter) lists() []*inverseLink {
	var out []*inverseLink
	add := func(inv *inverseLink) {
		if inv != nil && !slices.Contains(out, inv) {
			out = append(out, inv)
		}
	}
	for _, f := range s.edits.fields {
		add(s.edits.linker.fields[f.field])
	}
	if s.others == nil {
		return out
	}
	for _, link := range s.bases.links {
		if inv := s.edits.linker.fields[link.field]; inv != nil && (s.others[link.kind.Name] || s.others[inv.target.Name]) {
			add(inv)
		}
	}
	return out
}

// again fills the lists of an inverse from what the objects state now.
func (s *setter) again(inv *inverseLink) {
	l := s.edits.linker
	now := &inverseLink{members: map[lang.Object][]any{}}
	for _, of := range s.edits.members {
		if !slices.Contains(inv.sources, of.kind) {
			continue
		}
		for _, n := range of.nodes {
			for _, f := range of.kind.Fields {
				if !slices.Contains(inv.from, f) {
					continue
				}
				if target, ok := s.targets[linkOf{n.object, f}]; ok {
					now.record(n.object, target)
				} else {
					v, _ := n.object.Field(f.Name)
					now.record(n.object, v)
				}
			}
		}
	}
	for _, source := range inv.sources {
		if now.open == nil {
			now.open = l.openness(source)
		}
	}
	for _, of := range s.edits.members {
		if of.kind == inv.target {
			for _, n := range of.nodes {
				s.set(n.object, inv.list, asList(now.members[n.object], now.open))
			}
		}
	}
}

// collect changes the collections of which there are other objects, and gives the
// topology with its subjects.
func (s *setter) collect() *Topology {
	l := s.edits.linker
	t := *s.Topology
	t.Subjects, t.Unstated, t.objects = nil, []string{}, nil
	t.World.Collections = maps.Clone(t.World.Collections)
	objects := map[string][]lang.Object{}
	for _, of := range s.edits.members {
		for _, n := range of.nodes {
			objects[of.kind.Name] = append(objects[of.kind.Name], n.object)
		}
		t.objects = append(t.objects, objects[of.kind.Name]...)
	}
	for _, k := range l.env.Model().Kinds {
		list := objects[k.Name]
		_, stated := l.states[k.Name]
		if unstated := !stated && !l.complete[k.Name]; unstated {
			t.Unstated = append(t.Unstated, k.Name)
			if s.others[k.Name] {
				t.World.Collections[k.Name] = l.openness(k)
			}
			continue
		}
		t.Subjects = append(t.Subjects, Subjects{Kind: k.Name, Objects: list})
		if s.others[k.Name] {
			items := make([]any, len(list))
			for i, o := range list {
				items[i] = o
			}
			t.World.Collections[k.Name] = asList(items, l.openness(k))
		}
	}
	return &t
}

func (b *Base) forget() {
	for _, o := range b.objects {
		o.Forget()
	}
}
