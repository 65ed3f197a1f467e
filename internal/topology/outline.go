package topology

import "github.com/plumbline/plumbline/internal/lang"

// outline is what mappings read of a resource of which they read no more, and which
// refers to no other.
type outline struct{ typ, name string }

// fill makes the body of a resource that has an outline.
func (r *resource) fill() {
	if r.body == nil {
		r.body = map[string]any{"type": r.outline.typ, "id": r.id, "name": r.outline.name, "references": []any{}}
	}
}

// outlined is what a mapping makes of every resource of a type that has an outline.
type outlined struct {
	applies     bool
	exists      *lang.Unknown
	fields      fields
	linksToNone bool // no link is among the fields, nor unknown
}

// outlineKey is a mapping with the type of a resource as it is written.
type outlineKey struct {
	*lang.Mapping
	typ string
}

// outlined tells what a mapping makes of a resource, which is the same for all of its
// type.
func (m *mapper) outlined(mp *lang.Mapping, r *resource) *outlined {
	key := outlineKey{mp, r.outline.typ}
	out := m.outlines[key]
	if out == nil {
		r.fill()
		out = m.makeOutlined(mp, r)
		m.outlines[key] = out
	}
	return out
}

func (m *mapper) makeOutlined(mp *lang.Mapping, r *resource) *outlined {
	out := &outlined{applies: true}
	if mp.When != nil {
		v := mp.When.EvalMapping(m.world, r.body, nil, 0)
		out.exists, _ = v.(*lang.Unknown)
		out.applies = v == true || out.exists != nil
	}
	out.fields = m.fields(mp, r, nil, 0, r.place)
	out.linksToNone = out.exists == nil
	for _, f := range m.env.Model().Kind(mp.Kind).Fields {
		if holdsLink(f.Type) {
			v, stated := out.fields.get(f.Name)
			out.linksToNone = out.linksToNone && (stated || f.HasDefault) && isPlain(v)
		}
	}
	return out
}

// isPlain reports whether a decoded value is known and is no link, nor holds one.
func isPlain(v any) bool {
	switch v := v.(type) {
	case nil, bool, int, float64, string:
		return true
	case []any:
		for _, item := range v {
			if !isPlain(item) {
				return false
			}
		}
		return true
	}
	return false
}

// count counts a resource instead of drafting it, if nothing looks at its kind.
func (m *mapper) count(mp *lang.Mapping, r *resource) bool {
	counted := m.counted[mp.Kind]
	if counted == nil {
		return false
	}
	identity, _ := m.identityOf(r.id)
	m.twice = m.twice || counted[identity] || m.byID[mp.Kind][identity] != nil
	counted[identity] = true
	if m.worlds.current != nil {
		m.worlds.seen[mp.Kind] = true
	}
	return true
}
