package topology

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// mapper turns flattened resources into drafts with the mappings of one input
// format.
type mapper struct {
	env      *lang.Env
	mappings []*lang.Mapping
	byType   map[string][]application // by lower-case type, in file order
	keys     map[string]string        // how mappings spell a key, by lower case
	stated   []string                 // keys of a resource that mappings read
	drafts   []*mapped
	byID     map[string]map[string]*mapped // kind, identity
	open     map[string]*lang.Unknown      // why a kind may have more members
}

// application is a mapping for a type of resource: its own, or with inside set
// that of the parent, which holds such resources too.
type application struct {
	*lang.Mapping
	inside bool
}

// mapped is a draft under construction.
type mapped struct {
	*draft
	// said: every mapping that made it reads it from another resource, which only
	// refers to it. It is a stub of which something is known.
	said  bool
	whole bool // a mapping of the resource itself made it, not of a part of another
	from  ref  // for the stub
}

// anyOtherType is the type of mappings for resources that no other mapping reads.
const anyOtherType = "*"

func newMapper(env *lang.Env, input string) *mapper {
	m := &mapper{
		env: env, mappings: env.Mappings(input), byType: map[string][]application{},
		keys: map[string]string{"id": "id"}, byID: map[string]map[string]*mapped{}, open: map[string]*lang.Unknown{},
	}
	for _, k := range env.Model().Kinds {
		m.byID[k.Name] = map[string]*mapped{}
	}
	seen := map[string]bool{}
	for _, mp := range m.mappings {
		typ := foldLower(mp.Type)
		m.byType[typ] = append(m.byType[typ], application{mp, false})
		if mp.Within != nil {
			parent := typ[:strings.LastIndexByte(typ, '/')]
			m.byType[parent] = append(m.byType[parent], application{mp, true})
		}
		exprs := []*lang.Expr{mp.Within, mp.When, mp.Each, mp.ID, mp.Name}
		for _, f := range mp.Fields {
			exprs = append(exprs, f.Expr)
		}
		for _, x := range exprs {
			if x != nil {
				m.learnKeys(x.Root, seen)
			}
		}
	}
	return m
}

// learnKeys notes the keys that an expression reads: Azure ignores their case,
// and the rule language does not.
func (m *mapper) learnKeys(n *lang.Node, seen map[string]bool) {
	if n == nil {
		return
	}
	if n.Op == lang.OpGet {
		if lower := foldLower(n.Name); m.keys[lower] == "" {
			m.keys[lower] = n.Name
		}
		if of := n.Args[0]; of.Op == lang.OpVar && of.Name == "resource" && !seen[n.Name] {
			seen[n.Name] = true
			m.stated = append(m.stated, n.Name)
		}
	}
	for _, a := range n.Args {
		m.learnKeys(a, seen)
	}
}

// spellKeys gives the keys of a value the spelling that mappings use.
func (m *mapper) spellKeys(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			m.spellKeys(item)
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			item := v[k]
			if spelled, ok := m.keys[foldLower(k)]; ok && spelled != k {
				if _, taken := v[spelled]; !taken {
					delete(v, k)
					v[spelled] = item
				}
			}
			m.spellKeys(item)
		}
	}
}

// add maps every resource of one document. file names it in reasons.
func (m *mapper) add(in *flattened, file string) {
	if in.open != nil {
		for _, k := range m.env.Model().Kinds {
			m.setOpen(k.Name, in.open)
		}
	}
	for _, r := range in.resources {
		typ, _ := r.body["type"].(string)
		mappings := m.byType[foldLower(typ)]
		if len(mappings) == 0 {
			if mappings = m.byType[anyOtherType]; len(mappings) == 0 {
				continue
			}
			r.body["references"] = references(r.body)
		}
		m.spellKeys(r.body)
		for _, a := range mappings {
			if a.inside {
				m.applyInside(a.Mapping, r, in.places, file)
			} else {
				m.apply(a.Mapping, r, true, in.places, file)
			}
		}
	}
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

func (m *mapper) setOpen(kind string, u *lang.Unknown) {
	if m.open[kind] == nil {
		m.open[kind] = &lang.Unknown{Reason: u.Reason}
	}
}

// applyInside makes the drafts of one mapping from the parts that a resource holds:
// each is seen as the resource that it would be on its own.
func (m *mapper) applyInside(mp *lang.Mapping, r *resource, places *placeTable, file string) {
	segment := mp.Type[strings.LastIndexByte(mp.Type, '/'):] + "/"
	for _, item := range m.list(mp.Kind, mp.Within.EvalMapping(r.body, nil, 0)) {
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
		m.apply(mp, &resource{body: body, place: places.of(item, r.place), exists: r.exists, open: r.open}, false, places, file)
	}
}

// list gives the known elements of what should be a list of objects of a kind.
// What is not known of it leaves the kind open.
func (m *mapper) list(kind string, v any) []any {
	var items []any
	switch v := v.(type) {
	case []any:
		items = v
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
	return items
}

// apply makes the drafts of one mapping from one resource. whole says that the
// resource stands on its own, not inside another.
func (m *mapper) apply(mp *lang.Mapping, r *resource, whole bool, places *placeTable, file string) {
	exists := r.exists
	if mp.When != nil {
		switch v := mp.When.EvalMapping(r.body, nil, 0).(type) {
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
	if r.open != nil {
		m.setOpen(mp.Kind, r.open)
	}
	one := func(item any, index int, place lang.Place) {
		m.draft(mp, r, whole, item, index, exists, place, file)
	}
	if mp.Each == nil {
		one(nil, 0, r.place)
		return
	}
	for i, item := range m.list(mp.Kind, mp.Each.EvalMapping(r.body, nil, 0)) {
		if u, ok := item.(*lang.Unknown); ok {
			m.setOpen(mp.Kind, u)
			continue
		}
		one(item, i, places.of(item, r.place))
	}
}

// draft makes or extends the object that a mapping reads from a resource or item.
func (m *mapper) draft(mp *lang.Mapping, r *resource, whole bool, item any, index int, exists *lang.Unknown, place lang.Place, file string) {
	id, name := r.body["id"], r.body["name"]
	if mp.ID != nil {
		id = settled(mp.ID.EvalMapping(r.body, item, index))
	}
	identity, ok := identityOf(id)
	if !ok || identity == "" {
		reason := "the object has no name"
		if u, isUnknown := id.(*lang.Unknown); isUnknown {
			reason = u.Reason
		}
		if exists == nil {
			exists = &lang.Unknown{Reason: reason} // it may be any other object
		}
		id = piece(reason, unresolvedText, fmt.Sprintf("%s %s %d", quoteExpr(file), quoteExpr(place.Pointer), index))
		identity, _ = identityOf(id)
	}
	if mp.Name != nil {
		name = mp.Name.EvalMapping(r.body, item, index)
	} else if mp.ID != nil {
		name = lastSegment(id)
	}
	if _, ok := identityOf(name); !ok {
		name = lastSegment(id)
	}
	kind := m.env.Model().Kind(mp.Kind)
	d := &mapped{draft: &draft{
		kind: kind, class: m.env.Class(kind.Name), identity: identity,
		id: shown(id), name: shown(name), place: place, exists: exists,
		fields: map[string]any{}, absent: "is not set in " + file,
	}}
	d.idValue, _ = id.(*lang.Unknown)
	d.nameValue, _ = name.(*lang.Unknown)
	for _, f := range mp.Fields {
		if v := m.decode(f.Field.Type, f.Expr.EvalMapping(r.body, item, index), f.Field.Name, place); v != nil {
			d.fields[f.Field.Name] = v
		}
	}
	if mp.Each != nil {
		owner, _ := identityOf(r.body["id"])
		d.said = !strings.HasPrefix(identity, owner+"/") && !strings.HasPrefix(identity, "{")
		d.from = refTo(id, place)
	}
	m.merge(d, whole && mp.Each == nil)
}

// lastSegment is the name that an id ends with.
func lastSegment(id any) any {
	segments := textSegments(id)
	if len(segments) == 0 {
		return id
	}
	return segments[len(segments)-1]
}

// merge adds a draft, or what it states to the draft of the same object. What is
// stated later wins; what only may be stated makes a difference unknown.
func (m *mapper) merge(d *mapped, whole bool) {
	old := m.byID[d.kind.Name][d.identity]
	if old == nil {
		d.whole = whole
		m.byID[d.kind.Name][d.identity] = d
		m.drafts = append(m.drafts, d)
		return
	}
	if whole && !old.whole || old.said && !d.said {
		old.place = d.place
	}
	old.whole = old.whole || whole
	if d.said != old.said {
		// A reference says nothing about whether the object exists.
		if old.said {
			old.exists = d.exists
		}
		d.exists = old.exists
		old.said = false
	}
	for name := range old.fields {
		if _, again := d.fields[name]; !again && old.exists != nil && d.exists == nil {
			old.fields[name] = &lang.Unknown{Reason: old.exists.Reason}
		}
	}
	for name, v := range d.fields {
		if d.exists != nil && !sameStated(old.fields[name], v) {
			v = &lang.Unknown{Reason: d.exists.Reason}
		}
		old.fields[name] = v
	}
	if d.exists == nil {
		old.exists = nil
	}
}

// sameStated compares two decoded values; references by what they refer to.
func sameStated(a, b any) bool {
	switch a := a.(type) {
	case ref:
		b, ok := b.(ref)
		return ok && a.identity == b.identity
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameStated)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, sameStated)
	case *lang.Unknown, *lang.Partial:
		return false
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}

// finish gives what linking needs of the mapped resources. A kind is complete
// unless something left it open.
func (m *mapper) finish() linking {
	out := linking{env: m.env, states: map[string]*lang.Unknown{}, stub: m.stub}
	for _, k := range m.env.Model().Kinds {
		out.states[k.Name] = m.open[k.Name]
	}
	for _, d := range m.drafts {
		if d.said {
			stub := m.stub(d.kind, d.from)
			for name, v := range d.fields {
				stub.fields[name] = v
			}
			stub.referred, stub.unresolved = true, d.from.unknown
			d.draft = stub
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
		place: lang.Place{Span: r.span, Pointer: r.pointer}, fields: map[string]any{}, absent: notInInput(r.name),
	}
	var id any = r.id
	if r.unknown != nil {
		id, d.absent = r.unknown, r.unknown.Reason
		d.idValue = r.unknown
		d.nameValue, _ = lastSegment(id).(*lang.Unknown)
	}
	mp := m.mappingFor(kind, id)
	if mp == nil {
		return d
	}
	segments := textSegments(id)
	body := map[string]any{}
	for _, key := range m.stated {
		body[key] = &lang.Unknown{Reason: d.absent}
	}
	body["type"], body["id"], body["name"] = mp.Type, id, lastSegment(id)
	if strings.Count(mp.Type, "/") > 1 && len(segments) > 2 {
		body["parent"] = settled(joinSegments(segments[:len(segments)-2]))
	}
	for _, f := range mp.Fields {
		if v := m.decode(f.Field.Type, f.Expr.EvalMapping(body, nil, 0), f.Field.Name, d.place); v != nil {
			d.fields[f.Field.Name] = v
		}
	}
	return d
}

// mappingFor finds the mapping of a kind whose type an id has.
func (m *mapper) mappingFor(kind *model.Kind, id any) *lang.Mapping {
	typ := typeOfID(id)
	for _, mp := range m.mappings {
		if mp.Kind != kind.Name || mp.Each != nil || typ == "" {
			continue
		}
		if lower := foldLower(mp.Type); lower == typ || strings.HasPrefix(typ, "/") && strings.HasSuffix(lower, typ) {
			return mp
		}
	}
	return nil
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
