package topology

import (
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// worlds collects what documents say about completeness. A template states all
// that there is. What Azure returned states what it holds, and of a type
// everything only where it is a whole list; but a resource states its own parts
// whole, a network its subnets, wherever it comes from.
type worlds struct {
	current *openWorld // of the document at hand; nil for one that states everything
	closed  map[*model.Field]map[string]bool
	partial map[string]*lang.Unknown
	seen    map[string]bool // kinds of which open worlds state objects
	lists   map[string]*lang.Unknown
	// unlisted are the mappings of parts, some of whose resources do not list them.
	unlisted map[*lang.Mapping]bool
	// now has, of the resource at hand, the links of its parts and whether it lists
	// all of them, for which several mappings may read them.
	now map[parts]bool
	// disputed are links that inputs contradict each other about: what lists them is
	// not known to list all.
	disputed map[*model.Field]bool
}

// parts are the objects whose link is the owner.
type parts struct {
	link  *model.Field
	owner string
}

func newWorlds() worlds {
	return worlds{closed: map[*model.Field]map[string]bool{}, partial: map[string]*lang.Unknown{}, seen: map[string]bool{},
		lists: map[string]*lang.Unknown{}, unlisted: map[*lang.Mapping]bool{}, now: map[parts]bool{}, disputed: map[*model.Field]bool{}}
}

// begin takes up a document.
func (m *mapper) begin(w *openWorld) {
	m.worlds.current = w
	m.whole = m.whole || w == nil
}

// end takes up what the document at hand says of itself.
func (m *mapper) end() {
	w := m.worlds.current
	if w == nil {
		return
	}
	for typ, open := range w.lists {
		if was, known := m.worlds.lists[typ]; !known || was == nil && open != nil {
			m.worlds.lists[typ] = open
		}
	}
	for typ, owners := range w.members {
		for _, t := range m.order {
			for _, mp := range t.byType[typ] {
				for _, f := range mp.Fields {
					if mp.inside || mp.Each != nil || linkType(f.Field.Type) == nil || !reads(f.Expr, "parent", "scope") {
						continue
					}
					for _, owner := range owners {
						m.worlds.close(f.Field, owner)
					}
				}
			}
		}
	}
}

// close notes that every object whose link is the owner is in the input.
func (w *worlds) close(f *model.Field, owner string) {
	if w.disputed[f] {
		return
	}
	if w.closed[f] == nil {
		w.closed[f] = map[string]bool{}
	}
	w.closed[f][owner] = true
}

// reads reports whether an expression looks at one of the keys of the resource.
func reads(x *lang.Expr, keys ...string) bool {
	var walk func(n *lang.Node) bool
	walk = func(n *lang.Node) bool {
		if n == nil {
			return false
		}
		if n.Op == lang.OpGet && isResource(n.Args[0]) {
			for _, key := range keys {
				if n.Name == key {
					return true
				}
			}
		}
		for _, a := range n.Args {
			if walk(a) {
				return true
			}
		}
		return false
	}
	return walk(x.Root)
}

// part returns the field that makes the objects of a mapping parts of the
// resource they are read from: a link that is its id. Else nil.
func (m *mapper) part(mp *lang.Mapping) *model.Field {
	key := "id"
	switch {
	case mp.Within != nil:
		key = "parent"
	case mp.Each == nil:
		return nil
	}
	for _, f := range mp.Fields {
		if n := f.Expr.Root; linkType(f.Field.Type) != nil && n.Op == lang.OpGet && n.Name == key && isResource(n.Args[0]) {
			return f.Field
		}
	}
	return nil
}

// listed notes whether a resource of an open world lists all of its parts.
func (m *mapper) listed(t *mappingTable, mp *lang.Mapping, r *resource, known bool) {
	if m.worlds.current == nil {
		return
	}
	all := known && !r.bare
	if !all {
		m.worlds.unlisted[mp] = true
	}
	if f := t.within[mp]; f != nil {
		owner, _ := m.identityOf(r.body["id"])
		was, again := m.worlds.now[parts{f, owner}]
		m.worlds.now[parts{f, owner}] = all && (was || !again)
	}
}

// settle takes up which of its parts the resource at hand lists.
func (w *worlds) settle() {
	for p, all := range w.now {
		if all {
			w.close(p.link, p.owner)
		}
	}
	clear(w.now)
}

// state says why a kind may have members that no document lists, or nil, and
// whether the input states the kind at all.
func (m *mapper) state(k *model.Kind) (open *lang.Unknown, stated bool) {
	complete := m.complete(k)
	open = m.open[k.Name]
	if open == nil && m.worlds.seen[k.Name] && !complete {
		if open = m.worlds.partial[k.Name]; open == nil {
			open = &lang.Unknown{Reason: "the input need not hold all " + k.Name}
		}
	}
	return open, m.whole || complete || m.worlds.seen[k.Name]
}

// complete reports whether open worlds hold every object of a kind: there is a
// whole list of its type, or of the type whose resources it is a part of. A kind
// that has no type of its own needs all the types it is read from.
func (m *mapper) complete(k *model.Kind) bool {
	var own []string
	inside := map[string]bool{} // by type: whether all parts are there
	for _, t := range m.order {
		for _, mp := range t.mappings {
			if mp.Kind != k.Name || !t.open {
				continue
			}
			typ := foldLower(mp.Type)
			if mp.Each == nil {
				own = append(own, typ)
				if mp.Within == nil {
					continue
				}
				typ = typ[:strings.LastIndexByte(typ, '/')]
			}
			was, more := inside[typ]
			inside[typ] = m.worlds.whole(typ) && !m.worlds.unlisted[mp] && (was || !more)
		}
	}
	for _, typ := range own {
		parent := typ[:max(strings.LastIndexByte(typ, '/'), 0)]
		if !m.worlds.whole(typ) && !inside[parent] {
			return false
		}
	}
	if len(own) > 0 {
		return true
	}
	for _, all := range inside {
		if !all {
			return false
		}
	}
	return len(inside) > 0
}

func (w *worlds) whole(typ string) bool {
	open, known := w.lists[typ]
	return known && open == nil
}
