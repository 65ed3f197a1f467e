package topology

import (
	"slices"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// Bases reads native topologies that are looked at in many variations, and
// writes each variation as a difference, for an engine that holds the base.
type Bases struct {
	env    *lang.Env
	fields map[string][]string // by kind: what its objects state
	// derived lists, by what they read, the derived values that a change of it
	// makes stale: "kind.field", "kind" or "declared.fact" → [kind, name].
	derived map[string][][2]string
}

// NewBases prepares for the topologies of a model.
func NewBases(env *lang.Env) *Bases {
	out := &Bases{env: env, fields: map[string][]string{}, derived: map[string][][2]string{}}
	for _, k := range env.Model().Kinds {
		names := []string{"id", "name"}
		for _, f := range k.Fields {
			names = append(names, f.Name)
		}
		for _, inv := range env.Inverses(k) {
			if !slices.Contains(names, inv.Name) {
				names = append(names, inv.Name)
			}
		}
		out.fields[k.Name] = names
		for _, d := range k.Derived {
			reads := env.Reads(env.Derived(k.Name, d.Name))
			add := func(key string) { out.derived[key] = append(out.derived[key], [2]string{k.Name, d.Name}) }
			for _, f := range reads.Fields {
				add(f.Kind + "." + f.Field)
			}
			for _, c := range reads.Collections {
				add(c)
			}
			for _, fact := range reads.Declared {
				add("declared." + fact)
			}
		}
	}
	return out
}

// Base is a native topology that is read once. It is used by one goroutine at a
// time.
type Base struct {
	*Topology
	bases *Bases
	root  *document.Node
	read  *nativeReader
	// linker knows the objects, to resolve further references to them.
	linker *linker
	// numbers gives the index in objects of what a node of the document states.
	numbers map[*document.Node]int
	// encoded holds each object's fields in the order of Bases.fields; identities
	// finds an object by kind and id.
	encoded    [][]string
	identities map[string]int
	rest       world
}

// Read reads a topology. It is usable only without errors.
func (bs *Bases) Read(src *diag.Source, root *document.Node) (*Base, diag.List) {
	r := &nativeReader{env: bs.env, src: src}
	r.read(Changes{}.apply(root, &diag.List{}), nil)
	b := &Base{Topology: r.link(r.objects), bases: bs, root: root, read: r, numbers: map[*document.Node]int{}, identities: map[string]int{}}
	b.linker = &linker{linking: linking{env: bs.env, states: r.states, complete: r.declared.complete}, objects: map[string]map[string]lang.Object{}}
	b.linker.declareInverses()
	for i, o := range r.objects {
		b.numbers[o.node] = i
		b.linker.order = append(b.linker.order, node{draft: o.draft, object: b.objects[i]})
		if b.linker.objects[o.kind.Name] == nil {
			b.linker.objects[o.kind.Name] = map[string]lang.Object{}
		}
		b.linker.objects[o.kind.Name][o.identity] = b.objects[i]
	}
	for i, o := range b.objects {
		b.identities[objectKey(o)] = i
		b.encoded = append(b.encoded, bs.encodeFields(o, plainNumber))
	}
	b.rest = bs.encodeWorld(b.Topology, plainNumber)
	return b, r.problems
}

// plainNumber is an object's place among the objects of its own topology.
func plainNumber(o lang.Object) int { return o.Number() - 1 }

func objectKey(o lang.Object) string { return o.Class().Name + "\x00" + o.ID() }

// Variant is a base with changes, valid until look returns. Patch is what
// distinguishes it from the base, for the function vary of
// theme/runtime/validate.ts.
type Variant struct {
	*Topology
	Patch []byte
}

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

// edits are changes of single fields and of declared facts.
type edits struct {
	fields   []edit
	declared map[string]any // nil: as in the base
}

// edit is a field of an object with what is stated of it.
type edit struct {
	object int
	name   string
	field  *model.Field
	value  any
	stated bool
}

// edits finds what changed by comparing nodes: those that are not on the way to a
// change are the same. It reports false where more changed than fields.
func (b *Base) edits(to changed) (edits, bool) {
	var out edits
	r := &nativeReader{env: b.bases.env, src: b.read.src, kinds: b.read.kinds, unknown: to.unknown, places: to.places}
	for _, e := range to.root.Entries {
		before := b.root.Get(e.Key)
		switch {
		case before == e.Value:
		case e.Key == "declared":
			if e.Value.Get("complete") != before.Get("complete") {
				return out, false
			}
			out.declared = readDeclared(b.bases.env.Model(), e.Value, to.unknown, &r.problems).values
		case before == nil || to.unknown[e.Value] != nil || !b.itemEdits(r, e, before, &out):
			return out, false
		}
	}
	return out, len(r.problems) == 0
}

func (b *Base) itemEdits(r *nativeReader, e document.Entry, before *document.Node, out *edits) bool {
	kind := b.bases.env.Model().Kind(e.Key)
	if kind == nil || e.Value.Kind != document.List || before.Kind != document.List || len(e.Value.Items) != len(before.Items) {
		return false
	}
	for i, item := range e.Value.Items {
		was := before.Items[i]
		if item == was {
			continue
		}
		number, known := b.numbers[was]
		if !known || item.Kind != document.Map || r.unknown[item] != nil || r.places[item] != (diag.Span{}) {
			return false
		}
		for _, f := range item.Entries {
			if f.Value == was.Get(f.Key) {
				continue
			}
			field := kind.Field(f.Key)
			if field == nil {
				return false
			}
			v, stated := r.field(b.read.objects[number], field, f.Value)
			out.fields = append(out.fields, edit{number, f.Key, field, v, stated})
		}
	}
	return true
}

// inPlace shows the base itself with other values in it: fields, and the lists
// that links among them fill.
func (b *Base) inPlace(e edits, look func(Variant)) {
	p := patch{bases: b.bases}
	var before []edit
	set := func(object int, field, text string, v any) {
		o := b.objects[object]
		old, _ := o.Field(field)
		before = append(before, edit{object: object, name: field, value: old})
		o.Set(field, v)
		p.set(object, o.Class().Name, field, text)
	}
	var lists []*inverseLink
	for _, f := range e.fields {
		v := f.value
		if !f.stated {
			v = f.field.Default
		}
		v = b.linker.resolve(f.field.Type, v)
		set(f.object, f.name, encoded(v, plainNumber), v)
		if inv := b.linker.fields[f.field]; inv != nil && !slices.Contains(lists, inv) {
			lists = append(lists, inv)
		}
	}
	for _, inv := range lists {
		b.linker.again(inv, func(o lang.Object, v any) {
			text, i := encoded(v, plainNumber), plainNumber(o)
			if text != b.encoded[i][slices.Index(b.bases.fields[o.Class().Name], inv.list)] {
				set(i, inv.list, text, v)
			}
		})
	}
	facts := b.World.Declared
	if e.declared != nil {
		b.World.Declared = e.declared
		p.world(b.rest, b.bases.encodeWorld(b.Topology, plainNumber))
	}
	b.forget()
	look(Variant{b.Topology, p.bytes()})
	for _, f := range slices.Backward(before) {
		b.objects[f.object].Set(f.name, f.value)
	}
	b.World.Declared = facts
	b.forget()
}

// again gives the lists that the links of an inverse fill, from what the objects
// state now.
func (l *linker) again(inv *inverseLink, set func(lang.Object, any)) {
	now := &inverseLink{members: map[lang.Object][]any{}}
	for _, n := range l.order {
		for _, f := range n.kind.Fields {
			if l.fields[f] == inv {
				v, _ := n.object.Field(f.Name)
				now.record(n.object, v)
			}
		}
	}
	for _, source := range inv.sources {
		if now.open == nil {
			now.open = l.openness(source)
		}
	}
	for _, n := range l.order {
		if n.kind == inv.target {
			set(n.object, asList(now.members[n.object], now.open))
		}
	}
}

func (b *Base) forget() {
	for _, o := range b.objects {
		o.Forget()
	}
}

// difference writes what distinguishes another topology from the base. Objects
// that the base does not have, or has otherwise than by their fields, are added.
func (b *Base) difference(t *Topology) []byte {
	p := patch{bases: b.bases}
	numbers := make([]int, len(t.objects))
	added := len(b.objects)
	for i, o := range t.objects {
		n, ok := b.identities[objectKey(o)]
		if !ok || !alike(b.objects[n], o) {
			n = added
			added++
		}
		numbers[i] = n
	}
	number := func(o lang.Object) int { return numbers[o.Number()-1] }
	for i, o := range t.objects {
		fields := b.bases.encodeFields(o, number)
		if numbers[i] >= len(b.objects) {
			p.add(o, fields)
			continue
		}
		for j, text := range fields {
			if text != b.encoded[numbers[i]][j] {
				p.set(numbers[i], o.Class().Name, b.bases.fields[o.Class().Name][j], text)
			}
		}
	}
	p.world(b.rest, b.bases.encodeWorld(t, number))
	return p.bytes()
}

// alike reports whether two objects of the same id differ in their fields alone.
func alike(a, b lang.Object) bool {
	if a.Existence() != nil || b.Existence() != nil || a.Unresolved() != nil || b.Unresolved() != nil {
		return false
	}
	return a.Name() == b.Name() && a.Place() == b.Place()
}
