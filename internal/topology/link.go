package topology

import (
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// draft is an object before linking. Every reader makes drafts, and only link
// makes objects of them. Drafts of one kind have different identities.
type draft struct {
	kind     *model.Kind
	class    *lang.Class
	identity string // what references meet: normalised id, or the reader's own key
	id, name string // as findings show them
	place    lang.Place
	exists   *lang.Unknown // why it is unknown whether the object exists
	// idValue and nameValue are what rules read as .id and .name where that is
	// not the text above: an *lang.Unknown for a name that is resolved in part.
	idValue, nameValue *lang.Unknown
	// fields holds what is stated. What is not in it becomes the model's default, else
	// unknown: `"sku"` and absent say why. Of a stub it is unknown, and absent alone
	// says why.
	fields  fields
	absent  string
	leftOut string // why nothing is stated but the id, or ""
	// referred: the input only refers to the object, as it does to a stub, and
	// states fields of it; unresolved as in ref.unknown.
	referred   bool
	unresolved *lang.Unknown
}

// fields are stated values by name, few enough to look through. They are decoded: a
// ref for a link, a []any of refs for a list of links, nil for a value known to be none.
type fields []stated

type stated struct {
	name  string
	value any
}

func (f fields) get(name string) (value any, ok bool) {
	for i := range f {
		if f[i].name == name {
			return f[i].value, true
		}
	}
	return nil, false
}

func (f *fields) set(name string, value any) {
	for i, s := range *f {
		if s.name == name {
			(*f)[i].value = value
			return
		}
	}
	*f = append(*f, stated{name, value})
}

// ref is a reference to an object before linking.
type ref struct {
	identity string
	unknown  *lang.Unknown // why the identity is unresolved; nil for a known id
	id, name string
	span     diag.Span // of the text that made the reference
	pointer  string
}

// linking is what a reader knows once every document is read.
type linking struct {
	env    *lang.Env
	drafts []*draft
	// states has an entry for each kind the input states: nil where it lists all
	// members, else the reason why there may be more.
	states map[string]*lang.Unknown
	// complete overrides what is known of kinds: every member is in the input.
	complete map[string]bool
	// closed has, by link, the identities of objects to which every object with such
	// a link is in the input, whatever else is not.
	closed map[*model.Field]map[string]bool
	// counted has, by kind, the identities of objects that are not among the drafts,
	// since nothing looks at them.
	counted map[string]map[string]bool
	// stub makes the draft of an object that is only referred to. Without it such
	// a reference is unknown.
	stub func(*model.Kind, ref) *draft
	// references finds what ids mean, where they alone do not say it; refTo makes a
	// reference of it.
	references *tfReferences
	refTo      func(id any, place lang.Place) ref
}

// linked is what linking gives.
type linked struct {
	collections map[string]any
	subjects    []Subjects
	unstated    []string
	objects     []lang.Object // all of them, stubs last
	needs       map[string][]string
}

// linker is the state of one linking.
type linker struct {
	linking
	objects map[string]map[string]lang.Object // kind, identity
	order   []node                            // drafts with their objects, stubs last
	absent  map[string]*lang.Unknown          // by kind: the first reference to something that is not in the input
	inverse map[string]*inverseLink           // "kind.list"
	fields  map[*model.Field]*inverseLink
	stubs   map[lang.Object]bool

	unstated map[*model.Field]leftOut // the last of each field
}

// leftOut is the unknown of a field that is not stated, and why.
type leftOut struct {
	absent  string
	unknown *lang.Unknown
}

type node struct {
	*draft
	object lang.Object
	stub   bool
}

// inverseLink is a list that the links of one or more fields fill.
type inverseLink struct {
	target  *model.Kind
	sources []*model.Kind
	list    string
	from    []*model.Field
	members map[lang.Object][]any
	open    *lang.Unknown // the first link of the source kind that is not known
	// loose is the first link to an object that is not in the input: it may mean
	// one whose name is not resolved.
	loose *lang.Unknown
	stubs map[lang.Object]bool // of the linker
}

// maxStubs bounds how many objects references alone can make.
const maxStubs = 100_000

// link makes the object graph of the drafts: links by identity, inverse lists
// in input order, and stubs for what is only referred to.
func link(in linking) linked {
	l := &linker{linking: in, objects: map[string]map[string]lang.Object{}, absent: map[string]*lang.Unknown{}, stubs: map[lang.Object]bool{}}
	l.declareInverses()
	count := map[*model.Kind]int{}
	for _, d := range l.drafts {
		count[d.kind]++
	}
	for _, k := range l.env.Model().Kinds {
		l.objects[k.Name] = make(map[string]lang.Object, count[k])
	}
	l.order = make([]node, 0, len(l.drafts))
	for _, d := range l.drafts {
		o := l.add(d, d.referred)
		if d.referred {
			o.SetUnresolved(d.unresolved)
			l.setAbsent(d.kind, d.name, d.unresolved)
		}
	}
	// Resolving a stub's fields may add further stubs to the end of the order.
	for i := 0; i < len(l.order); i++ {
		l.setFields(l.order[i])
	}
	l.setInverses()
	return l.collect()
}

func (l *linker) declareInverses() {
	l.inverse, l.fields = map[string]*inverseLink{}, map[*model.Field]*inverseLink{}
	for _, source := range l.env.Model().Kinds {
		for _, f := range source.Fields {
			t := linkType(f.Type)
			if f.Inverse == "" || t == nil {
				continue
			}
			key := t.Link + "." + f.Inverse
			inv := l.inverse[key]
			if inv == nil {
				inv = &inverseLink{target: l.env.Model().Kind(t.Link), list: f.Inverse, members: map[lang.Object][]any{}, stubs: l.stubs}
				l.inverse[key] = inv
			}
			if n := len(inv.sources); n == 0 || inv.sources[n-1] != source {
				inv.sources = append(inv.sources, source)
			}
			inv.from = append(inv.from, f)
			l.fields[f] = inv
		}
	}
}

// linkType returns the type of a link or of the links of a list, else nil.
func linkType(t model.Type) *model.Type {
	if t.Name == "list" && t.Elem != nil {
		t = *t.Elem
	}
	if t.Name != "link" {
		return nil
	}
	return &t
}

func (l *linker) add(d *draft, stub bool) lang.Object {
	o := lang.NewObject(d.class, len(l.order)+1, d.id, d.name, d.place)
	o.SetExistence(d.exists)
	o.Set("id", textValue(d.id, d.idValue))
	o.Set("name", textValue(d.name, d.nameValue))
	l.objects[d.kind.Name][d.identity] = o
	l.order = append(l.order, node{d, o, stub})
	return o
}

func textValue(text string, u *lang.Unknown) any {
	if u != nil {
		return u
	}
	return text
}

func (l *linker) setFields(n node) {
	for _, f := range n.kind.Fields {
		v, stated := n.fields.get(f.Name)
		switch {
		case stated:
		case n.stub:
			v = &lang.Unknown{Reason: n.draft.absent}
		case !f.HasDefault:
			v = l.leftOut(f, n.draft.absent)
		default:
			v = f.Default
		}
		v = l.resolve(f.Type, v)
		if inv := l.fields[f]; inv != nil {
			inv.record(n.object, v)
		}
		n.object.Set(f.Name, standing(n.object, v))
	}
}

// leftOut is the unknown of a field that is not stated: one for many objects, most of
// which leave out the same.
func (l *linker) leftOut(f *model.Field, absent string) *lang.Unknown {
	last := l.unstated[f]
	if last.unknown == nil || last.absent != absent {
		last = leftOut{absent, &lang.Unknown{Reason: quoted(f.Name) + " " + absent}}
		if l.unstated == nil {
			l.unstated = map[*model.Field]leftOut{}
		}
		l.unstated[f] = last
	}
	return last.unknown
}

// standing is what a single link says where it is unknown whether its target
// exists: unknown too, unless both hang on the same condition.
func standing(o lang.Object, v any) any {
	target, ok := v.(lang.Object)
	if !ok || target.Existence() == nil || o.Existence() != nil && o.Existence().Reason == target.Existence().Reason {
		return v
	}
	return &lang.Unknown{Reason: target.Existence().Reason}
}

// resolve replaces refs by objects, also in lists and records.
func (l *linker) resolve(t model.Type, v any) any {
	switch v := v.(type) {
	case ref:
		return l.follow(t, v)
	case []any:
		if t.Name == "list" && t.Elem != nil && holdsLink(*t.Elem) {
			return l.resolveList(*t.Elem, v, nil)
		}
	case *lang.Partial:
		if t.Name == "list" && t.Elem != nil && holdsLink(*t.Elem) {
			return l.resolveList(*t.Elem, v.Items, v)
		}
	case map[string]any:
		if t.Name == "record" && holdsLink(t) {
			out := make(map[string]any, len(v))
			for _, f := range t.Fields {
				if e, ok := v[f.Name]; ok {
					out[f.Name] = l.resolve(f.Type, e)
				}
			}
			return out
		}
	}
	return v
}

// resolveList resolves the elements of a list. Its result is partial if the
// list was, if an element cannot be resolved, or if one may not exist.
func (l *linker) resolveList(elem model.Type, items []any, from *lang.Partial) any {
	out, partial := make([]any, 0, len(items)), from != nil
	var open *lang.Unknown
	if from != nil {
		open = from.Open
	}
	for _, item := range items {
		v := l.resolve(elem, item)
		if u, ok := v.(*lang.Unknown); ok {
			if open == nil {
				open = u
			}
			partial = true
			continue
		}
		if o, ok := v.(lang.Object); ok && o.Existence() != nil {
			partial = true
		}
		out = append(out, v)
	}
	if partial {
		return &lang.Partial{Items: out, Open: open}
	}
	return out
}

func holdsLink(t model.Type) bool {
	switch t.Name {
	case "link":
		return true
	case "list":
		return t.Elem != nil && holdsLink(*t.Elem)
	case "record":
		for _, f := range t.Fields {
			if holdsLink(f.Type) {
				return true
			}
		}
	}
	return false
}

// follow returns the object a reference means: one of the input, or a stub.
func (l *linker) follow(t model.Type, r ref) any {
	kind := l.env.Model().Kind(t.Link)
	if o, ok := l.objects[kind.Name][r.identity]; ok {
		return o
	}
	if l.references != nil {
		r = l.meant(kind, r)
		if o, ok := l.objects[kind.Name][r.identity]; ok {
			return o
		}
	}
	if r.unknown != nil && !hasLiteral(r.unknown) && !l.references.follows(r.unknown) {
		// The whole value is open, so there may be no reference at all.
		l.setAbsent(kind, r.name, r.unknown)
		return &lang.Unknown{Reason: r.unknown.Reason, Text: r.unknown.Text, Expr: r.unknown.Expr}
	}
	if l.linking.stub == nil || len(l.order)-len(l.drafts) >= maxStubs {
		return &lang.Unknown{Reason: notInInput(r.name)}
	}
	l.setAbsent(kind, r.name, r.unknown)
	o := l.add(l.linking.stub(kind, r), true)
	o.SetUnresolved(r.unknown)
	l.stubs[o] = true
	return o
}

// meant is the reference to what a reference means.
func (l *linker) meant(kind *model.Kind, r ref) ref {
	var id any = r.id
	if r.unknown != nil {
		id = r.unknown
	}
	id = l.references.resolve(id, func(identity string) bool {
		_, ok := l.objects[kind.Name][identity]
		return ok
	})
	return l.refTo(id, lang.Place{Span: r.span, Pointer: r.pointer})
}

// hasLiteral reports whether something is known of an unresolved text, so that
// it cannot be empty.
func hasLiteral(u *lang.Unknown) bool {
	parts, unresolved := exprPieces(u.Expr)
	for i, p := range parts {
		if !unresolved[i] && p != "" {
			return true
		}
	}
	return false
}

// setAbsent notes that a reference to the kind leads to nothing in the input.
func (l *linker) setAbsent(kind *model.Kind, name string, unresolved *lang.Unknown) {
	if l.absent[kind.Name] != nil {
		return
	}
	l.absent[kind.Name] = &lang.Unknown{Reason: notInInput(name)}
	if unresolved != nil {
		l.absent[kind.Name] = &lang.Unknown{Reason: unresolved.Reason}
	}
}

func notInInput(name string) string { return quoted(name) + " is not in the input" }

// record notes what one link field of an object says about the inverse list.
func (inv *inverseLink) record(o lang.Object, v any) {
	switch v := v.(type) {
	case lang.Object:
		if inv.stubs[v] && inv.loose == nil {
			inv.loose = &lang.Unknown{Reason: notInInput(v.Name()) + " and may be this one"}
		}
		inv.join(v, o)
	case []any:
		for _, item := range v {
			inv.record(o, item)
		}
	case *lang.Partial:
		for _, item := range v.Items {
			inv.record(o, item)
		}
		if v.Open != nil {
			inv.setOpen(v.Open.Reason)
		}
	case *lang.Unknown:
		inv.setOpen(v.Reason)
	}
}

func (inv *inverseLink) join(target, member lang.Object) {
	if u := target.Unresolved(); u != nil {
		inv.setOpen(u.Reason)
	}
	members := inv.members[target]
	// An object that refers twice is a member once; both references stand in the
	// same object, so they follow each other.
	if n := len(members); n == 0 || members[n-1] != any(member) {
		inv.members[target] = append(members, member)
	}
}

func (inv *inverseLink) setOpen(reason string) {
	if inv.open == nil {
		inv.open = &lang.Unknown{Reason: reason}
	}
}

func (l *linker) setInverses() {
	byTarget := map[*model.Kind][]*inverseLink{}
	for _, inv := range l.inverse {
		for _, source := range inv.sources {
			if inv.open == nil {
				inv.open = l.openness(source)
			}
		}
		byTarget[inv.target] = append(byTarget[inv.target], inv)
	}
	for _, n := range l.order {
		for _, inv := range byTarget[n.kind] {
			open := inv.open
			if l.isClosed(inv, n.identity) {
				open = nil
			} else if open == nil && n.nameValue != nil && !n.stub {
				open = inv.loose
			}
			n.object.Set(inv.list, asList(inv.members[n.object], open))
		}
	}
}

// isClosed reports whether every member of an object's list is in the input.
func (l *linker) isClosed(inv *inverseLink, identity string) bool {
	for _, f := range inv.from {
		if !l.closed[f][identity] {
			return false
		}
	}
	return true
}

// openness says why a kind may have members that the input does not list, or nil.
// References that lead nowhere do not count: what they mean is a stub already.
func (l *linker) openness(k *model.Kind) *lang.Unknown {
	open, stated := l.states[k.Name]
	switch {
	case l.complete[k.Name]:
		return nil
	case !stated:
		return &lang.Unknown{Reason: "the input does not state " + k.Name}
	}
	return open
}

// asList is a list of objects: partial where there may be more of them or one
// of them may not exist.
func asList(items []any, open *lang.Unknown) any {
	partial := open != nil
	for _, item := range items {
		partial = partial || item.(lang.Object).Existence() != nil
	}
	if items == nil {
		items = []any{}
	}
	if partial {
		return &lang.Partial{Items: items, Open: open}
	}
	return items
}

// collect gives the collections of the world and the subjects of rules.
func (l *linker) collect() linked {
	members := map[*model.Kind][]lang.Object{}
	for _, k := range l.env.Model().Kinds {
		members[k] = make([]lang.Object, 0, len(l.objects[k.Name]))
	}
	out := linked{collections: map[string]any{}, subjects: []Subjects{}, unstated: []string{}, needs: map[string][]string{}}
	out.objects = make([]lang.Object, 0, len(l.order))
	need := func(reason, kind string) {
		if !slices.Contains(out.needs[reason], kind) {
			out.needs[reason] = append(out.needs[reason], kind)
		}
	}
	for _, n := range l.order {
		switch {
		case n.stub && n.object.Unresolved() == nil:
			need(notInInput(n.object.Name()), n.kind.Name)
		case n.leftOut != "":
			need(n.leftOut, n.kind.Name)
		}
		out.objects = append(out.objects, n.object)
		if !n.stub || n.kind.FromReferences {
			members[n.kind] = append(members[n.kind], n.object)
		}
	}
	for _, k := range l.env.Model().Kinds {
		objects := members[k]
		_, stated := l.states[k.Name]
		if !stated && !l.complete[k.Name] && len(objects) == 0 {
			out.collections[k.Name] = l.openness(k)
			out.unstated = append(out.unstated, k.Name)
			need(l.openness(k).Reason, k.Name)
			continue
		}
		open := l.openness(k)
		if open != nil {
			need(open.Reason, k.Name)
		}
		if open == nil && !l.complete[k.Name] {
			open = l.absent[k.Name]
		}
		items := make([]any, len(objects))
		for i, o := range objects {
			items[i] = o
		}
		out.collections[k.Name] = asList(items, open)
		out.subjects = append(out.subjects, Subjects{Kind: k.Name, Objects: objects, Counted: len(l.counted[k.Name])})
	}
	return out
}

// foldLower maps A to Z to lower case, and foldEqual ignores their case: Azure's
// names are in ASCII, and what else has case depends on the version of Unicode.
func foldLower(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if b[i] >= 'A' && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

func foldEqual(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if a[i] != b[i] && lowerByte(a[i]) != lowerByte(b[i]) {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// normalID gives the identity of an id: without case, doubled or closing slashes.
func normalID(id string) string {
	id = foldLower(id)
	for strings.Contains(id, "//") {
		id = strings.ReplaceAll(id, "//", "/")
	}
	return strings.TrimRight(id, "/")
}
