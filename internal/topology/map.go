package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// mapper turns flattened resources into drafts with the mappings of their
// formats.
type mapper struct {
	env    *lang.Env
	tables map[string]*mappingTable // by format
	order  []*mappingTable          // in the order of their first use
	drafts []*mapped
	byID   map[string]map[string]*mapped // kind, identity
	open   map[string]*lang.Unknown      // why a kind may have more members

	doc      int    // number of the document at hand
	absent   string // what is said of a field that it does not set
	whole    bool   // a document states everything that there is
	problems *diag.List
	worlds   worlds
	world    *lang.World // which mappings see; it is empty
	recent   [4]recentID
	next     int // of recent, to be replaced
	later    later
	// outlines are, by mapping and type, what becomes of resources of which no more is read.
	outlines map[outlineKey]*outlined
	// counted are, by kind, the identities of objects that are only counted, since
	// nothing looks at objects of the kind.
	counted map[string]map[string]bool
	twice   bool // one of them was met twice, so that it must be known what both say of it
}

// mapped is a draft under construction.
type mapped struct {
	*draft
	doc  int  // of the document that stated it last
	bare bool // nothing but its id is stated, and what else a reader finds beside it
	// disputed are fields of which two inputs state different values.
	disputed map[string]bool
	// said: every mapping that made it reads it from another resource, which only
	// refers to it. It is a stub of which something is known.
	said  bool
	whole bool // a mapping of the resource itself made it, not of a part of another
	from  ref  // for the stub
	wait  *waiting
}

// newMapper returns a mapper that only counts objects of some kinds, if it can.
func newMapper(env *lang.Env, problems *diag.List, counted []string) *mapper {
	m := &mapper{env: env, tables: map[string]*mappingTable{}, byID: map[string]map[string]*mapped{}, open: map[string]*lang.Unknown{},
		problems: problems, worlds: newWorlds(), world: &lang.World{}, later: newLater(), outlines: map[outlineKey]*outlined{}, counted: map[string]map[string]bool{}}
	for _, kind := range counted {
		m.counted[kind] = map[string]bool{}
	}
	for _, k := range env.Model().Kinds {
		m.byID[k.Name] = map[string]*mapped{}
	}
	return m
}

// add maps every resource of one document with the mappings of its format. file
// names it in reasons.
func (m *mapper) add(in *flattened, file, input string) {
	t := m.table(input)
	m.doc++
	m.absent = "is not set in " + file
	t.open = t.open || in.world != nil
	if in.references == nil {
		m.begin(in.world)
	} else {
		m.beginReferences(in, t)
	}
	if in.open != nil {
		for _, k := range m.env.Model().Kinds {
			m.setOpen(k.Name, in.open)
		}
	}
	for _, r := range in.resources {
		m.addResource(in, r, t, file)
	}
	if in.each != nil {
		in.each(func(r *resource) { m.addResource(in, r, t, file) })
	}
	m.end()
}

// addResource maps one resource of a document.
func (m *mapper) addResource(in *flattened, r *resource, t *mappingTable, file string) {
	typ := r.typ
	if typ == "" {
		text, _ := r.body["type"].(string)
		typ = foldLower(text)
	}
	from := t
	if r.mappings != "" {
		from = m.table(r.mappings)
	}
	mappings := from.byType[typ]
	if len(mappings) == 0 {
		if mappings = t.byType[anyOtherType]; len(mappings) == 0 || r.gone {
			return
		}
		switch {
		case r.returned: // has them
		case r.links != nil:
			r.body["references"] = r.links()
		default:
			r.body["references"] = references(r.body)
		}
	}
	if !r.spelled {
		from.spellKeys(r.body)
	}
	if r.identity != "" {
		m.remember(r.id, m.renamed(r.identity))
	}
	for _, a := range mappings {
		if a.inside {
			m.applyInside(from, a.Mapping, r, in.places, file)
		} else {
			m.apply(from, a.Mapping, r, true, in.places, file)
		}
	}
	m.worlds.settle()
}

// references lists the ids of other resources that a resource holds, each once
// and in order, as {type, id}: the type in lower case, or its end where the
// beginning of the id is not resolved. It looks at keys named id or ending in Id.
func references(body map[string]any) []any {
	out := []any{}
	seen := map[string]bool{}
	if own, ok := identityOf(body["id"]); ok {
		seen[own] = true
	}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(key, item)
			}
		case *lang.Partial:
			for _, item := range v.Items {
				walk(key, item)
			}
		case map[string]any:
			for _, k := range sortedKeys(v) {
				walk(k, v[k])
			}
		case string, *lang.Unknown:
			if !strings.HasSuffix(foldLower(key), "id") {
				return
			}
			identity, ok := identityOf(v)
			if typ := typeOfID(v); ok && typ != "" && !seen[identity] {
				seen[identity] = true
				out = append(out, map[string]any{"type": typ, "id": v})
			}
		}
	}
	for _, k := range sortedKeys(body) {
		if k != "id" && k != "parent" && k != "scope" {
			walk(k, body[k])
		}
	}
	return out
}

// setOpen notes that the document at hand may leave out members of a kind.
func (m *mapper) setOpen(kind string, u *lang.Unknown) {
	open := m.open
	if m.worlds.current != nil {
		open = m.worlds.partial // as one expects of what need not be everything
	}
	if open[kind] == nil {
		open[kind] = &lang.Unknown{Reason: u.Reason}
	}
}

// applyInside makes the drafts of one mapping from the parts that a resource holds:
// each is seen as the resource that it would be on its own.
func (m *mapper) applyInside(t *mappingTable, mp *lang.Mapping, r *resource, places *placeTable, file string) {
	segment := mp.Type[strings.LastIndexByte(mp.Type, '/'):] + "/"
	items, known := m.list(mp.Kind, mp.Within.EvalMapping(m.world, r.body, nil, 0))
	m.listed(t, mp, r, known)
	for _, item := range items {
		if u, ok := item.(*lang.Unknown); ok {
			m.setOpen(mp.Kind, u)
			continue
		}
		part, ok := item.(map[string]any)
		if !ok {
			m.setOpen(mp.Kind, &lang.Unknown{Reason: "the input has " + describe(item) + " where it should have an object"})
			continue
		}
		body := make(map[string]any, len(part)+4)
		for k, v := range part {
			body[k] = v
		}
		if _, ok := identityOf(part["name"]); ok {
			body["id"] = settled(joinText(r.body["id"], segment, part["name"]))
		} else {
			body["name"] = lastSegment(part["id"])
		}
		body["type"], body["parent"] = mp.Type, r.body["id"]
		inside := &resource{body: body, place: r.placeOf(item, places), exists: r.exists, open: r.open,
			bare: r.returned && isBare(item), returned: r.returned, parts: r.parts, whole: r.whole, referred: r.referred}
		m.apply(t, mp, inside, false, places, file)
	}
}

// list gives the known elements of what should be a list of objects of a kind, and
// whether they are all of them. What is not known leaves the kind open.
func (m *mapper) list(kind string, v any) (items []any, known bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case *lang.Partial:
		items = v.Items
		if v.Open != nil {
			m.setOpen(kind, v.Open)
		}
	case *lang.Unknown:
		m.setOpen(kind, v)
	case nil:
	default:
		m.setOpen(kind, &lang.Unknown{Reason: "the input has " + describe(v) + " where it should have a list"})
	}
	return items, false
}

// apply makes the drafts of one mapping from one resource. whole says that the
// resource stands on its own, not inside another.
func (m *mapper) apply(t *mappingTable, mp *lang.Mapping, r *resource, whole bool, places *placeTable, file string) {
	if r.outline != nil {
		o := m.outlined(mp, r)
		if o.applies && !(o.linksToNone && m.count(mp, r)) {
			r.fill()
			m.draft(mp, r, whole, nil, 0, o.exists, r.place, file, o.fields)
		}
		return
	}
	exists := r.exists
	if mp.When != nil {
		switch v := mp.When.EvalMapping(m.world, r.body, nil, 0).(type) {
		case bool:
			if !v {
				return
			}
		case *lang.Unknown:
			if exists == nil {
				exists = v
			}
		default:
			return
		}
	}
	if mp.Each == nil {
		if r.open != nil && mp.ID == nil {
			m.setOpen(mp.Kind, r.open)
		}
		m.draft(mp, r, whole, nil, 0, exists, r.place, file, nil)
		return
	}
	each := mp.Each.EvalMapping(m.world, r.body, nil, 0)
	m.leaveLoose(mp, each)
	items, known := m.list(mp.Kind, each)
	m.listed(t, mp, r, known)
	if r.open != nil && len(items) > 0 {
		m.setOpen(mp.Kind, r.open)
	}
	for i, item := range items {
		if u, ok := item.(*lang.Unknown); ok && (m.later.references == nil || u.Expr == "") {
			m.setOpen(mp.Kind, u)
			continue
		}
		m.draft(mp, r, whole, item, i, exists, r.placeOf(item, places), file, nil)
	}
}

// draft makes or extends the object that a mapping reads from a resource or item. Its
// fields are read too, unless they are known.
func (m *mapper) draft(mp *lang.Mapping, r *resource, whole bool, item any, index int, exists *lang.Unknown, place lang.Place, file string, known fields) {
	id, name := r.body["id"], r.body["name"]
	if mp.ID != nil {
		id = settled(mp.ID.EvalMapping(m.world, r.body, item, index))
	}
	identity, ok := m.identityOf(id)
	if !ok || identity == "" {
		reason := "the object has no name"
		if u, isUnknown := id.(*lang.Unknown); isUnknown {
			reason = u.Reason
		}
		if exists == nil {
			exists = &lang.Unknown{Reason: reason} // it may be any other object
		}
		id = piece(reason, unresolvedText, fmt.Sprintf("%s %s %d", quoteExpr(file), quoteExpr(place.Pointer), index))
		identity, _ = m.identityOf(id)
	}
	if mp.Name != nil {
		name = mp.Name.EvalMapping(m.world, r.body, item, index)
	} else if mp.ID != nil {
		name = lastSegment(id)
	}
	if u, isText := name.(*lang.Unknown); isText && u.Expr == "" || !isText && !isString(name) {
		name = lastSegment(id)
	}
	kind := m.env.Model().Kind(mp.Kind)
	d := &mapped{draft: &draft{
		kind: kind, class: m.env.Class(kind.Name), identity: identity,
		id: shown(id), name: shown(name), place: place, exists: exists,
		fields: slices.Clone(known), absent: m.absent,
	}, doc: m.doc, bare: r.bare && mp.Each == nil || isBare(item)}
	d.idValue, _ = id.(*lang.Unknown)
	d.nameValue, _ = name.(*lang.Unknown)
	if known == nil {
		d.fields = m.fields(mp, r, item, index, place)
	}
	if m.counted[mp.Kind][identity] {
		m.twice = true
	}
	owner, _ := m.identityOf(r.body["id"])
	if m.waits(d, r, id, owner) || r.gone {
		return
	}
	if r.referred {
		d.said, d.from = true, m.refTo(id, place)
		d.from.name = d.name
	} else if mp.Each != nil {
		d.said = !strings.HasPrefix(identity, owner+"/") && !strings.HasPrefix(identity, "{")
		if d.said {
			d.from = m.refTo(id, place)
		}
	}
	if !d.said && m.worlds.current != nil {
		m.worlds.seen[kind.Name] = true
	}
	m.merge(d, whole && mp.Each == nil && !r.referred)
}

// fields reads the fields of an object.
func (m *mapper) fields(mp *lang.Mapping, r *resource, item any, index int, place lang.Place) fields {
	out := make(fields, 0, len(mp.Fields))
	for _, f := range mp.Fields {
		if v := m.decode(f.Field.Type, m.oneLink(f.Field.Type, f.Expr.EvalMapping(m.world, r.body, item, index)), f.Field.Name, place); v != nil {
			out.set(f.Field.Name, v)
		}
	}
	return out
}

// isBare reports whether a part of a resource is known by its id alone.
func isBare(item any) bool {
	part, _ := item.(map[string]any)
	_, open := part["properties"].(*lang.Unknown)
	return open
}

func isString(v any) bool {
	_, ok := v.(string)
	return ok
}

// lastSegment is the name that an id ends with.
func lastSegment(id any) any {
	if s, ok := id.(string); ok {
		return s[strings.LastIndexByte(s, '/')+1:]
	}
	segments := textSegments(id)
	if len(segments) == 0 {
		return id
	}
	return segments[len(segments)-1]
}

// finish gives what linking needs of the mapped resources.
func (m *mapper) finish() linking {
	out := linking{env: m.env, states: map[string]*lang.Unknown{}, stub: m.stub, closed: m.worlds.closed, counted: m.counted}
	if m.later.references != nil {
		m.settle()
		out.references, out.refTo = m.later.references, m.refTo
	}
	for _, k := range m.env.Model().Kinds {
		if open, stated := m.state(k); stated || m.later.stated[k.Name] || open != nil {
			out.states[k.Name] = open
		}
	}
	out.drafts = make([]*draft, 0, len(m.drafts))
	for _, d := range m.drafts {
		if d.said {
			stub := m.stub(d.kind, d.from)
			for _, s := range d.fields {
				stub.fields.set(s.name, s.value)
			}
			stub.referred, stub.unresolved = true, d.from.unknown
			d.draft = stub
		}
		if d.bare {
			for _, f := range d.kind.Fields {
				v, _ := d.fields.get(f.Name)
				if u, ok := v.(*lang.Unknown); ok && d.leftOut == "" {
					d.leftOut = u.Reason
				}
			}
		}
		out.drafts = append(out.drafts, d.draft)
	}
	return out
}

// stub drafts an object that is only referred to: the mapping for the type in
// its id, over a resource of which nothing but the id is known, tells ancestors.
func (m *mapper) stub(kind *model.Kind, r ref) *draft {
	d := &draft{
		kind: kind, class: m.env.Class(kind.Name), identity: r.identity, id: r.id, name: r.name,
		place: lang.Place{Span: r.span, Pointer: r.pointer}, absent: notInInput(r.name),
	}
	var id any = r.id
	if r.unknown != nil {
		id, d.absent = r.unknown, r.unknown.Reason
		d.idValue = r.unknown
		d.nameValue, _ = lastSegment(id).(*lang.Unknown)
	}
	t, mp := m.mappingFor(kind, id)
	if mp == nil {
		return d
	}
	segments := textSegments(id)
	body := map[string]any{}
	for _, key := range t.stated {
		body[key] = &lang.Unknown{Reason: d.absent}
	}
	body["type"], body["id"], body["name"] = mp.Type, id, lastSegment(id)
	if strings.Count(mp.Type, "/") > 1 && len(segments) > 2 {
		body["parent"] = settled(joinSegments(segments[:len(segments)-2]))
	}
	for _, f := range mp.Fields {
		if v := m.decode(f.Field.Type, f.Expr.EvalMapping(m.world, body, nil, 0), f.Field.Name, d.place); v != nil {
			d.fields.set(f.Field.Name, v)
		}
	}
	return d
}

// mappingFor finds the mapping of a kind whose type an id has.
func (m *mapper) mappingFor(kind *model.Kind, id any) (*mappingTable, *lang.Mapping) {
	typ := typeOfID(id)
	if typ == "" {
		return nil, nil
	}
	for _, t := range m.order {
		for _, mp := range t.mappings {
			if mp.Kind != kind.Name || mp.Each != nil {
				continue
			}
			if lower := foldLower(mp.Type); lower == typ || strings.HasPrefix(typ, "/") && strings.HasSuffix(lower, typ) {
				return t, mp
			}
		}
	}
	return nil, nil
}

// typeOfID is the lower-case resource type that an id spells out; where the
// beginning of the id is not resolved, the end of the type with a slash before.
func typeOfID(id any) string {
	segments := textSegments(id)
	last := -1
	for i, s := range segments {
		if text, ok := s.(string); ok && foldEqual(text, "providers") {
			last = i
		}
	}
	if last < 0 {
		if len(segments) > 2 {
			if text, ok := segments[len(segments)-2].(string); ok {
				return "/" + foldLower(text)
			}
		}
		return ""
	}
	typ := ""
	for i := last + 1; i < len(segments); i++ {
		if i > last+1 && (i-last)%2 == 1 {
			continue // a name
		}
		text, ok := segments[i].(string)
		if !ok {
			return ""
		}
		typ += "/" + foldLower(text)
	}
	return strings.TrimPrefix(typ, "/")
}
