package topology

import (
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// later keeps what can be told only when all documents are read: which object is
// meant by what a resource says of another one.
type later struct {
	references *tfReferences
	stated     map[string]bool // kinds that a format states, whether there are any or not
	drafts     []*mapped
	parts      map[string]map[string][]*mapped     // by kind and identity: the parts of a resource
	loose      map[string]map[string]*lang.Unknown // by kind and field: why any object may have another value
}

// waiting is what a draft that waits knows of its object.
type waiting struct {
	source any    // its id
	owner  string // identity of the resource that it is read from
	gone   bool   // that resource is not there any more
	all    bool   // it means every part of a resource
	weak   bool   // it repeats what another resource states, which may say it better
}

func newLater() later {
	return later{stated: map[string]bool{}, parts: map[string]map[string][]*mapped{}, loose: map[string]map[string]*lang.Unknown{}}
}

// beginReferences takes up a document whose resources refer to each other by more
// than ids. It states all kinds that its mappings make, and no other: of those,
// something else may have made more.
func (m *mapper) beginReferences(in *flattened, t *mappingTable) {
	m.worlds.current = nil
	m.later.references = in.references
	m.table("arm") // ids of what is not in the input are read as Azure writes them
	if !in.unstated {
		for _, mp := range t.mappings {
			m.later.stated[mp.Kind] = true
		}
	}
}

// isPart reports whether an identity is that of a resource or of a part of it.
func isPart(identity, owner string) bool {
	return identity == owner || strings.HasPrefix(identity, owner+"/")
}

// waits keeps a draft that may be of another resource than the one it is read from.
func (m *mapper) waits(d *mapped, r *resource, id any, owner string) bool {
	if m.later.references == nil || isPart(d.identity, owner) {
		return false
	}
	d.wait = &waiting{source: id, owner: owner, gone: r.gone}
	if text, ok := id.(string); ok && r.body["azureId"] != nil {
		d.wait.weak = isPart(normalID(text), normalID(textOf(r.body["azureId"])))
	}
	m.later.drafts = append(m.later.drafts, d)
	return true
}

// leaveLoose notes that what is not known of a list of ids may be any object.
func (m *mapper) leaveLoose(mp *lang.Mapping, list any) {
	if u := lang.Open(list); u != nil && m.later.references != nil && mp.ID.Root.Op == lang.OpVar {
		for _, f := range mp.Fields {
			m.setLoose(mp.Kind, f.Field.Name, u)
		}
	}
}

// settle merges the drafts that waited. Where it cannot be told which object one
// means, any may be meant.
func (m *mapper) settle() {
	over := map[string]bool{} // what no longer holds, by kind, identity and field
	for _, d := range m.later.drafts {
		if d.wait.gone {
			m.meant(d)
			for _, s := range d.fields {
				over[d.kind.Name+" "+d.identity+" "+s.name] = true
			}
		}
	}
	for _, d := range m.later.drafts {
		if s, ok := d.wait.source.(string); d.wait.gone || ok && m.later.references.gone[normalID(s)] {
			continue
		}
		targets := m.meant(d)
		if d.wait.weak {
			d.fields = slices.DeleteFunc(d.fields, func(s stated) bool { return over[d.kind.Name+" "+d.identity+" "+s.name] })
		}
		for i, s := range d.fields {
			name, v := s.name, s.value
			if d.exists != nil && d.said {
				v = &lang.Unknown{Reason: d.exists.Reason}
			}
			if d.idValue != nil {
				m.setLoose(d.kind.Name, name, d.idValue)
			}
			d.fields[i].value = v
			for _, old := range targets {
				if before, stated := old.fields.get(name); !stated || !d.wait.weak {
					old.fields.set(name, united(before, v))
				}
			}
		}
		if !d.wait.all && (len(targets) == 0 || !d.said) {
			m.merge(d, false)
		}
	}
	for _, d := range m.drafts {
		for name, u := range m.later.loose[d.kind.Name] {
			if _, stated := d.fields.get(name); !stated && !d.said {
				d.fields.set(name, &lang.Unknown{Reason: u.Reason})
			}
		}
	}
}

// everyPart ends an id that means all parts of its kind that a resource has.
const everyPart = "/*"

// meant gives a waiting draft its id, and returns the drafts of the objects that it
// means: one, or all parts of a resource, or none where there is none yet.
func (m *mapper) meant(d *mapped) []*mapped {
	table := m.byID[d.kind.Name]
	source := d.wait.source
	if s, ok := source.(string); ok {
		source, d.wait.all = strings.TrimSuffix(s, everyPart), strings.HasSuffix(s, everyPart)
	} else if u, ok := source.(*lang.Unknown); ok && strings.HasSuffix(u.Expr, everyPart) {
		source, d.wait.all = &lang.Unknown{Reason: u.Reason, Text: strings.TrimSuffix(u.Text, everyPart), Expr: strings.TrimSuffix(u.Expr, everyPart)}, true
	}
	var parts map[string][]*mapped
	if d.wait.all {
		parts = m.partsOf(d.kind)
	}
	id := m.later.references.resolve(source, func(identity string) bool {
		return table[identity] != nil || parts[identity] != nil
	})
	d.identity, _ = m.identityOf(id)
	d.id, d.name = shown(id), shown(lastSegment(id))
	d.idValue, _ = id.(*lang.Unknown)
	d.nameValue, _ = lastSegment(id).(*lang.Unknown)
	d.from, d.said = m.refTo(id, d.place), !isPart(d.identity, d.wait.owner)
	if d.wait.all {
		return parts[d.identity]
	}
	if old := table[d.identity]; old != nil {
		return []*mapped{old}
	}
	return nil
}

// partsOf lists the objects of a kind by their identities without the last part.
func (m *mapper) partsOf(kind *model.Kind) map[string][]*mapped {
	if m.later.parts[kind.Name] == nil {
		out := map[string][]*mapped{}
		for _, d := range m.drafts {
			if slash := strings.LastIndexByte(d.identity, '/'); d.kind == kind && slash > 0 {
				out[d.identity[:slash]] = append(out[d.identity[:slash]], d)
			}
		}
		m.later.parts[kind.Name] = out
	}
	return m.later.parts[kind.Name]
}

// united is what two resources state of one list: the elements of both. Of any
// other value the later one counts.
func united(a, b any) any {
	listOf := func(v any) (items []any, open *lang.Unknown, partial, ok bool) {
		switch v := v.(type) {
		case []any:
			return v, nil, false, true
		case *lang.Partial:
			return v.Items, v.Open, true, true
		}
		return nil, nil, false, false
	}
	x, xOpen, xPartial, isList := listOf(a)
	y, yOpen, yPartial, both := listOf(b)
	if !isList || !both {
		return b
	}
	items := slices.Clone(x)
	for _, item := range y {
		if !slices.ContainsFunc(items, func(other any) bool { return sameStated(other, item) }) {
			items = append(items, item)
		}
	}
	if !xPartial && !yPartial {
		return items
	}
	if xOpen == nil {
		xOpen = yOpen
	}
	return &lang.Partial{Items: items, Open: xOpen}
}

func (m *mapper) setLoose(kind, field string, u *lang.Unknown) {
	if m.later.loose[kind] == nil {
		m.later.loose[kind] = map[string]*lang.Unknown{}
	}
	if m.later.loose[kind][field] == nil {
		m.later.loose[kind][field] = u
	}
}

// oneLink makes a list of an id that a field which lists links is given: what
// associates two resources names one of many.
func (m *mapper) oneLink(t model.Type, v any) any {
	if m.later.references == nil || t.Name != "list" || t.Elem == nil || t.Elem.Name != "link" {
		return v
	}
	u, unknown := v.(*lang.Unknown)
	if _, text := v.(string); text || unknown && m.later.references.followsIn(u) {
		return []any{v}
	}
	return v
}
