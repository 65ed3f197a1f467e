package topology

import (
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// mappingTable is the mappings of one file of rules/inputs/.
type mappingTable struct {
	mappings []*lang.Mapping
	byType   map[string][]application // by lower-case type, in file order
	keys     map[string]string        // how mappings spell a key, by lower case
	stated   []string                 // keys of a resource that mappings read
	// properties are the keys of a resource's properties that mappings read.
	properties []string
	also       map[string]string // canonical type, by lower-case other name; both lower-case
	renames    []rename
	// within has, of the mappings of a resource's parts, the link to the resource.
	within map[*lang.Mapping]*model.Field
	// reading has, by type, what mappings read of its values.
	reading map[string]map[string]bool
	open    bool // some document of the format need not hold everything
	// outlined are the types, of byType, of which no more is read than the outline of a
	// row tells.
	outlined map[string]bool
}

// application is a mapping for a type of resource: its own, or with inside set
// that of the parent, which holds such resources too.
type application struct {
	*lang.Mapping
	inside bool
}

// rename is how the end of a type is called in ids of another name of the type.
type rename struct{ other, part, to string }

func lastPart(typ string) string { return typ[strings.LastIndexByte(typ, '/')+1:] }

// anyOtherType is the type of mappings for resources that no other mapping reads.
const anyOtherType = "*"

// table returns the mappings of a format.
func (m *mapper) table(input string) *mappingTable {
	if t := m.tables[input]; t != nil {
		return t
	}
	t := &mappingTable{mappings: m.env.Mappings(input), byType: map[string][]application{}, keys: map[string]string{"id": "id"},
		also: map[string]string{}, within: map[*lang.Mapping]*model.Field{},
		reading: map[string]map[string]bool{}, outlined: map[string]bool{}}
	m.tables[input] = t
	m.order = append(m.order, t)
	seen := map[string]bool{}
	for _, mp := range t.mappings {
		typ := foldLower(mp.Type)
		t.byType[typ] = append(t.byType[typ], application{mp, false})
		if mp.Within != nil {
			parent := typ[:strings.LastIndexByte(typ, '/')]
			t.byType[parent] = append(t.byType[parent], application{mp, true})
		}
		for _, name := range mp.Also {
			other := foldLower(name)
			if t.also[other] != typ {
				t.renames = append(t.renames, rename{other, "/" + lastPart(other) + "/", lastPart(typ)})
			}
			t.also[other] = typ
		}
		for _, x := range expressions(mp) {
			t.learnKeys(x.Root, seen)
		}
		t.within[mp] = m.part(mp)
	}
	for typ, mappings := range t.byType {
		t.outlined[typ] = !slices.ContainsFunc(mappings, func(a application) bool { return !readsOutline(a) })
	}
	return t
}

// readsOutline reports whether a mapping reads of a resource no more than its type and,
// where it is for any other type, its references.
func readsOutline(a application) bool {
	only := !a.inside && a.Each == nil && a.ID == nil && a.Name == nil
	var walk func(n *lang.Node)
	walk = func(n *lang.Node) {
		switch {
		case n == nil:
		case n.Op == lang.OpGet && isResource(n.Args[0]):
			only = only && (n.Name == "type" || n.Name == "references" && a.Type == anyOtherType)
		case isResource(n):
			only = false
		default:
			for _, arg := range n.Args {
				walk(arg)
			}
		}
	}
	for _, x := range expressions(a.Mapping) {
		walk(x.Root)
	}
	return only
}

// isOutlined reports whether mappings read of a type, in lower case, no more than the
// outline of a row tells.
func (t *mappingTable) isOutlined(typ string) bool {
	if _, own := t.byType[typ]; !own {
		typ = anyOtherType
	}
	return t.outlined[typ]
}

// expressions lists what a mapping evaluates.
func expressions(mp *lang.Mapping) []*lang.Expr {
	out := []*lang.Expr{mp.Within, mp.When, mp.Each, mp.ID, mp.Name}
	for _, f := range mp.Fields {
		out = append(out, f.Expr)
	}
	return slices.DeleteFunc(out, func(x *lang.Expr) bool { return x == nil })
}

// learnKeys notes the keys that an expression reads: Azure ignores their case,
// and the rule language does not.
func (t *mappingTable) learnKeys(n *lang.Node, seen map[string]bool) {
	if n == nil {
		return
	}
	if n.Op == lang.OpGet {
		if lower := foldLower(n.Name); t.keys[lower] == "" {
			t.keys[lower] = n.Name
		}
		if of := n.Args[0]; isResource(of) && !seen[n.Name] {
			seen[n.Name] = true
			t.stated = append(t.stated, n.Name)
		} else if of.Op == lang.OpGet && of.Name == "properties" && isResource(of.Args[0]) && !slices.Contains(t.properties, n.Name) {
			t.properties = append(t.properties, n.Name)
		}
	}
	for _, a := range n.Args {
		t.learnKeys(a, seen)
	}
}

func isResource(n *lang.Node) bool { return n.Op == lang.OpVar && n.Name == "resource" }

// reads returns the mappings for a type of resource, which is in lower case.
func (t *mappingTable) reads(typ string) []application {
	if mappings := t.byType[typ]; len(mappings) > 0 {
		return mappings
	}
	return t.byType[anyOtherType]
}

// spellKeys gives the keys of a value the spelling that mappings use.
func (t *mappingTable) spellKeys(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			t.spellKeys(item)
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			item := v[k]
			if spelled, ok := t.keys[foldLower(k)]; ok && spelled != k {
				if _, taken := v[spelled]; !taken {
					delete(v, k)
					v[spelled] = item
				}
			}
			t.spellKeys(item)
		}
	}
}

// attributes lists what the mappings of a type read of its values; nil is all of
// them.
func (t *mappingTable) attributes(typ string) map[string]bool {
	typ = foldLower(typ)
	if known, ok := t.reading[typ]; ok {
		return known
	}
	names := map[string]bool{"name": true}
	all := false
	add := func(name string) {
		names[name] = true
		if of, ok := strings.CutSuffix(name, "_type"); ok {
			names[of], names[of+"_id"] = true, true
		}
	}
	var walk func(n *lang.Node)
	walk = func(n *lang.Node) {
		if n == nil {
			return
		}
		if n.Op == lang.OpGet {
			of := n.Args[0]
			if isResource(of) {
				add(n.Name)
				all = all || n.Name == "values" || n.Name == "configured"
				return
			}
			if of.Op == lang.OpGet && isResource(of.Args[0]) && (of.Name == "values" || of.Name == "configured") {
				add(n.Name)
				return
			}
		}
		all = all || isResource(n)
		for _, a := range n.Args {
			walk(a)
		}
	}
	for _, a := range t.byType[typ] {
		for _, x := range []*lang.Expr{a.When, a.Each, a.ID, a.Name} {
			if x != nil {
				walk(x.Root)
			}
		}
		for _, f := range a.Fields {
			walk(f.Expr.Root)
		}
	}
	if all {
		names = nil
	}
	t.reading[typ] = names
	return names
}
