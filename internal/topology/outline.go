package topology

import "github.com/plumbline/plumbline/internal/lang"

// outline is what mappings read of a resource of which they read no more.
type outline struct {
	typ, name  string
	references []any
}

// fill makes the body of a resource that has an outline.
func (r *resource) fill() {
	if r.body == nil {
		r.body = map[string]any{"type": r.outline.typ, "id": r.id, "name": r.outline.name, "references": append([]any{}, r.outline.references...)}
	}
}

// outlined is what a mapping makes of every resource of a type that has an outline.
type outlined struct {
	applies     bool
	exists      *lang.Unknown
	fields      fields
	linksToNone bool // all fields are known, and none is a link
}

// outlineKey is a mapping with the type of a resource and of what it refers to, as they
// are written.
type outlineKey struct {
	*lang.Mapping
	typ, refersTo string
}

// outlined tells what a mapping makes of a resource, where that is the same for all of
// its type: it refers to no other, or to one of a type that comes to nothing. Else nil.
func (m *mapper) outlined(mp *lang.Mapping, r *resource) *outlined {
	key := outlineKey{Mapping: mp, typ: r.outline.typ}
	if len(r.outline.references) > 0 {
		key.refersTo, _ = r.outline.references[0].(map[string]any)["type"].(string)
	}
	out, known := m.outlines[key]
	if !known {
		r.fill()
		out = m.makeOutlined(mp, r, key.refersTo != "")
		m.outlines[key] = out
	}
	return out
}

func (m *mapper) makeOutlined(mp *lang.Mapping, r *resource, refers bool) *outlined {
	out := &outlined{applies: true}
	if mp.When != nil {
		v := mp.When.EvalMapping(m.world, r.body, nil, 0)
		out.exists, _ = v.(*lang.Unknown)
		out.applies = v == true || out.exists != nil
	}
	out.fields = m.fields(mp, r, nil, 0, r.place)
	out.linksToNone = out.exists == nil
	for _, s := range out.fields {
		out.linksToNone = out.linksToNone && isPlain(s.value)
	}
	if refers && !(out.linksToNone && choosesByType(mp)) {
		return nil
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
