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
	links  []linkField         // in the order of the model
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
		for _, f := range k.Fields {
			if targets := targetsOf(f.Type); len(targets) > 0 {
				out.links = append(out.links, linkField{k, f, targets})
			}
		}
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

// linkField is a field that leads to objects, with their kinds.
type linkField struct {
	kind    *model.Kind
	field   *model.Field
	targets []string
}

func targetsOf(t model.Type) []string {
	switch {
	case t.Name == "link":
		return []string{t.Link}
	case t.Name == "list" && t.Elem != nil:
		return targetsOf(*t.Elem)
	}
	var out []string
	for _, f := range t.Fields {
		out = append(out, targetsOf(f.Type)...)
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
	// linker knows the objects, to resolve further references to them; members are
	// the same objects in the order of the document.
	linker  *linker
	members []members
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
		if n := len(b.members); n == 0 || b.members[n-1].kind != o.kind {
			b.members = append(b.members, members{kind: o.kind})
			b.linker.objects[o.kind.Name] = map[string]lang.Object{}
		}
		of := &b.members[len(b.members)-1]
		of.nodes = append(of.nodes, node{draft: o.draft, object: b.objects[i]})
		b.linker.objects[o.kind.Name][o.identity] = b.objects[i]
	}
	for i, o := range b.objects {
		b.identities[objectKey(o)] = i
		b.encoded = append(b.encoded, bs.encodeFields(o, plainNumber))
	}
	b.rest = bs.encodeWorld(b.Topology, plainNumber, everyKind, true)
	return b, r.problems
}

// plainNumber is an object's place among the objects of its own topology.
func plainNumber(o lang.Object) int { return o.Number() - 1 }

func objectKey(o lang.Object) string { return o.Class().Name + "\x00" + o.ID() }

// difference writes what distinguishes another topology from the base. Objects
// that the base does not have, or has otherwise than by their fields, are added.
func (b *Base) difference(t *Topology) Patch {
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
	p.world(b.rest, b.bases.encodeWorld(t, number, everyKind, true))
	return p.done()
}

// alike reports whether two objects of the same id differ in their fields alone.
func alike(a, b lang.Object) bool {
	if a.Existence() != nil || b.Existence() != nil || a.Unresolved() != nil || b.Unresolved() != nil {
		return false
	}
	return a.Name() == b.Name() && a.Place() == b.Place()
}
