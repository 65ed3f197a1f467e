package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/topology"
)

// This file makes topologies that vary what a rule reads. Each goes on from an
// example and changes one thing more: a field to another value that the model or
// the rule's own constants suggest, or whether an object is there. All are
// changes that an example could make, and all are made anew each time.

// Variations returns topologies that vary what a rule reads, at most limit of
// them, and the same ones each time. Every sort of change comes before any is
// tried in a second place, and single changes come before pairs of them.
func (b *Bench) Variations(r *Rule, limit int) []Variation {
	g := b.generator(r)
	// Few variations go on from few examples, spread over all of them.
	n := len(r.Examples)
	bases := min(n, limit/variationsOfExample+1)
	for i := range bases {
		g.example(i * n / bases)
	}
	return g.take(limit)
}

func (b *Bench) generator(r *Rule) *generator {
	g := &generator{bench: b, rule: r, slots: map[string]*slot{}, objects: map[string]bool{}}
	g.reads = b.set.Env.Reads(r.Where, r.Assert, r.Fact)
	for _, p := range g.reads.Patterns {
		g.matching = append(g.matching, matching(p)...)
	}
	return g
}

// variationsOfExample is how many variations make it worth to look at one more example.
const variationsOfExample = 16

// generator collects what can be varied.
type generator struct {
	bench *Bench
	rule  *Rule
	reads lang.Reads
	slots map[string]*slot
	order [2][]*slot // changes of values, then of which objects there are

	matching []string        // texts that the rule's patterns match, or nearly
	objects  map[string]bool // seen "example kind index", whose existence varies
}

// slot is one sort of change, "bastions.sku = Basic", with the places for it.
type slot struct {
	key    string
	places []place
}

// How keys of slots end.
const (
	givenValue   = " = "
	noValue      = " none"
	unknownValue = " unknown"
)

// place is a change of an example.
type place struct {
	*varier
	change
}

// take goes round the slots, one place of each at a time. Where a slot begins
// depends on the slot, so that few variations still go on from several examples;
// where there are more slots than variations, it takes some from all over.
func (g *generator) take(limit int) []Variation {
	slots := slices.Concat(g.order[0], g.order[1])
	if n := len(g.order[0]); n > limit {
		slots = nil
		for i := range limit {
			slots = append(slots, g.order[0][i*n/limit])
		}
	}
	var out []Variation
	for round, more := 0, true; more; round++ {
		more = false
		for i, s := range slots {
			if round >= len(s.places) {
				continue
			}
			more = true
			p := s.places[(round+i)%len(s.places)]
			if c, ok := p.changes(p.change); ok {
				out = append(out, Variation{p.example, c})
			}
			if len(out) == limit {
				return out
			}
		}
	}
	return g.pairs(out, limit)
}

// pairs adds variations with two changes of values, where there is room: what two
// conditions have in common shows only when both are met.
func (g *generator) pairs(out []Variation, limit int) []Variation {
	var examples []*varier
	places := map[*varier][]change{}
	for _, s := range g.order[0] {
		for _, p := range s.places {
			if places[p.varier] == nil {
				examples = append(examples, p.varier)
			}
			places[p.varier] = append(places[p.varier], p.change)
		}
	}
	if len(examples) == 0 {
		return out
	}
	seen := map[[3]int]bool{}
	for k := range 2 * limit {
		i := k % len(examples)
		v := examples[i]
		a, b := scattered(2*k)%len(places[v]), scattered(2*k+1)%len(places[v])
		first, second := places[v][min(a, b)], places[v][max(a, b)]
		if first.path == second.path || seen[[3]int{i, min(a, b), max(a, b)}] {
			continue
		}
		seen[[3]int{i, min(a, b), max(a, b)}] = true
		c, ok := v.changes(first)
		if !ok {
			continue
		}
		from := *v.example
		from.Set, from.Unset, from.Unknown = c.Set, c.Unset, c.Unknown
		again := varier{generator: v.generator, example: &from}
		if c, ok = again.changes(second); ok {
			out = append(out, Variation{v.example, c})
		}
		if len(out) == limit {
			break
		}
	}
	return out
}

// scattered spreads numbers evenly and in no order that matters (splitmix64).
func scattered(i int) int {
	z := uint64(i+1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) >> 1)
}

// example finds what the rule reads of an example, and how that can vary.
func (g *generator) example(i int) {
	e := g.rule.Examples[i]
	g.bench.With(e, e.Changes(), func(t topology.Variant) {
		v, reads, _, _ := g.varier(i, t)
		for _, r := range reads {
			v.touched(r.object, r.field)
		}
		v.unreached()
		v.rest()
	})
}

// varier runs the rule on an example, whose topology is shown, and finds what it
// reads: each field once, and how often it reads any.
func (g *generator) varier(i int, t topology.Variant) (v *varier, reads []reading, steps int, outcome Outcome) {
	v = &varier{generator: g, example: g.rule.Examples[i], index: i, subjects: t.Subjects, seen: map[string]bool{}}
	v.declared = t.World.Declared
	seen := map[touch]bool{}
	t.Trace(func(o lang.Object, field string) {
		if r := (touch{o, field}); !seen[r] {
			seen[r] = true
			reads = append(reads, reading{r, steps})
		}
		steps++
	})
	outcome = g.rule.Outcome(t.Topology)
	t.Trace(nil)
	return v, reads, steps, outcome
}

// rest varies collections and declared facts.
func (v *varier) rest() {
	for _, name := range v.reads.Collections {
		v.collection(name)
	}
	if v.rule.Kind != nil {
		v.collection(v.rule.Kind.Name)
	}
	for _, name := range v.reads.Declared {
		v.fact(name)
	}
}

type touch struct {
	object lang.Object
	field  string
}

// reading is a field that was read, first after so many other reads.
type reading struct {
	touch
	at int
}

// varier varies one example.
type varier struct {
	*generator
	example  *Example
	index    int
	subjects []topology.Subjects
	declared map[string]any
	seen     map[string]bool
	position int  // of the read whose field is varied
	indirect bool // it is a list that other fields fill
}

// of returns the objects of a kind, in the order of their collection.
func (v *varier) of(kind string) []lang.Object {
	for _, s := range v.subjects {
		if s.Kind == kind {
			return s.Objects
		}
	}
	return nil
}

func (v *varier) model() *model.Model { return v.bench.set.Env.Model() }

// touched varies a field that the rule read. A list that links fill varies with
// the links.
func (v *varier) touched(o lang.Object, field string) {
	kind := v.model().Kind(o.Class().Name)
	key := fmt.Sprint(o.Number(), field)
	if v.seen[key] {
		return
	}
	v.seen[key] = true
	path := v.path(o)
	if path == "" {
		return
	}
	v.object(kind, path)
	if f := kind.Field(field); f != nil {
		current, _ := o.Field(field)
		v.values(kind.Name+"."+field, path+"."+field, f.Type, current)
		return
	}
	if field == "name" {
		v.values(kind.Name+".name", path+".name", model.Type{Name: "string"}, o.Name())
		return
	}
	if field == "id" {
		v.add(kind.Name+".id unknown", change{path: path + ".id", unknown: true})
		return
	}
	for _, inv := range v.bench.set.Env.Inverses(kind) {
		if inv.Name == field {
			v.collection(inv.Source.Name)
			v.indirect = true
			for _, source := range v.of(inv.Source.Name) {
				v.touched(source, inv.Field.Name)
			}
			v.indirect = false
		}
	}
}

// unreached varies the first object of each field that the rule names and that
// it did not get to in this example.
func (v *varier) unreached() {
	for _, read := range v.reads.Fields {
		if objects := v.of(read.Kind); len(objects) > 0 {
			v.touched(objects[0], read.Field)
		}
	}
}

// path returns where an object stands in the document: "bastions[0]", or "".
func (v *varier) path(o lang.Object) string {
	i := slices.Index(v.of(o.Class().Name), o)
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("%s[%d]", o.Class().Name, i)
}

// object varies whether an object is there.
func (v *varier) object(kind *model.Kind, path string) {
	key := fmt.Sprint(v.index, path)
	if v.objects[key] {
		return
	}
	v.objects[key] = true
	v.add(kind.Name+" removed", change{path: path, removes: true, objects: true})
	v.add(kind.Name+" uncertain", change{path: path, unknown: true, objects: true})
	v.add(kind.Name+" twice", change{path: path, twice: true, objects: true})
}

// collection varies a whole collection.
func (v *varier) collection(name string) {
	key := fmt.Sprint(v.index, name)
	if v.objects[key] {
		return
	}
	v.objects[key] = true
	v.add(name+" none", change{path: name, value: list(), objects: true})
	v.add(name+" unstated", change{path: name, unknown: true, objects: true})
}

// fact varies a declared fact.
func (v *varier) fact(name string) {
	for _, f := range v.model().Declared {
		if f.Name == name {
			v.values("declared."+name, "declared."+name, f.Type, v.declared[name])
		}
	}
}

// values varies a value of a type in every way.
func (v *varier) values(slot, path string, t model.Type, current any) {
	now := document.JSON(nodeOf(current))
	two := false
	for _, n := range v.valuesOf(t, slot) {
		if text := document.JSON(n); text != now {
			must := t.Name == "enum" || t.Name == "bool" || t.Name == "list" && (len(n.Items) == 0 || len(n.Items) == 2 && !two)
			two = two || len(n.Items) == 2
			v.add(slot+givenValue+text, change{path: path, value: n, field: slot, must: must})
		}
	}
	if current != nil {
		v.add(slot+noValue, change{path: path, field: slot, must: true})
	}
	if _, isUnknown := current.(*lang.Unknown); !isUnknown {
		v.add(slot+unknownValue, change{path: path, unknown: true, field: slot, must: true})
	}
	items, isList := current.([]any)
	if !isList {
		return
	}
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		v.add(slot+" with an unknown element", change{path: at, unknown: true})
		v.add(slot+" without an element", change{path: at, removes: true})
		record, isRecord := item.(map[string]any)
		if !isRecord || t.Elem == nil {
			continue
		}
		for _, f := range t.Elem.Fields {
			v.values(slot+"[]."+f.Name, at+"."+f.Name, f.Type, record[f.Name])
		}
	}
}

// change is one change at a path: a value, nothing (known to be absent), an
// unknown; of an object also its removal, or a second one like it.
type change struct {
	path    string
	value   *document.Node
	unknown bool
	removes bool
	twice   bool
	objects bool // changes which objects there are
	// field is the field of a kind whose value changes, "" for other changes. must
	// marks the values that say what can be written there at all: each of an enum,
	// none, an unknown, an empty list and one of two elements.
	field string
	must  bool
	// position is when the example reads the field first, and indirect that it reads
	// a list which the field fills.
	position int
	indirect bool
}

// add notes a place for a sort of change. removes and nothing are written alike.
func (v *varier) add(key string, c change) {
	s := v.slots[key]
	if s == nil {
		s = &slot{key: key}
		v.slots[key] = s
		sort := 0
		if c.objects {
			sort = 1
		}
		v.order[sort] = append(v.order[sort], s)
	}
	c.position, c.indirect = v.position, v.indirect
	s.places = append(s.places, place{v, c})
}

// changes are those of the example with one more, which takes the place of what
// the example does there.
func (v *varier) changes(c change) (topology.Changes, bool) {
	kind, _, _ := strings.Cut(c.path, "[")
	within := func(path, of string) bool {
		return path == of || strings.HasPrefix(path, of) && strings.ContainsAny(path[len(of):len(of)+1], ".[")
	}
	overrides := func(path string) bool {
		if c.removes || c.twice { // what follows it is counted anew
			return within(path, kind)
		}
		return within(path, c.path)
	}
	out := topology.Changes{Set: dict(), Unset: list(), Unknown: list(), Declared: v.example.Declared}
	if v.example.Set != nil {
		for _, e := range v.example.Set.Entries {
			if !within(e.Key, c.path) {
				out.Set.Entries = append(out.Set.Entries, e)
			}
		}
	}
	keep := func(from, to *document.Node) {
		if from == nil {
			return
		}
		for _, item := range from.Items {
			if !overrides(item.Text()) && !within(c.path, item.Text()) {
				to.Items = append(to.Items, item)
			}
		}
	}
	keep(v.example.Unset, out.Unset)
	keep(v.example.Unknown, out.Unknown)
	switch {
	case c.twice:
		n := v.twice(c.path)
		if n == nil {
			return out, false
		}
		out.Set.Entries = append([]document.Entry{{Key: kind, Value: n}}, slices.DeleteFunc(out.Set.Entries, func(e document.Entry) bool { return e.Key == kind })...)
	case c.unknown:
		out.Unknown.Items = append(out.Unknown.Items, textNode(c.path))
	case c.value != nil:
		out.Set.Entries = append(out.Set.Entries, document.Entry{Key: c.path, Value: c.value})
	default:
		out.Unset.Items = append(out.Unset.Items, textNode(c.path))
	}
	return out, true
}

// twice returns the collection that a path leads into with a second object like
// the one at the path.
func (v *varier) twice(path string) *document.Node {
	kind, _, _ := strings.Cut(path, "[")
	now := v.bench.set.Root(v.example).Get(kind)
	if n := v.example.Set.Get(kind); n != nil {
		now = n
	}
	var i int
	if _, err := fmt.Sscanf(path[len(kind):], "[%d]", &i); err != nil || now == nil || i >= len(now.Items) {
		return nil
	}
	out, second := *now, *now.Items[i]
	name := second.Get("id")
	if name == nil {
		name = second.Get("name")
	}
	second.Entries = slices.DeleteFunc(slices.Clone(second.Entries), func(e document.Entry) bool { return e.Key == "id" })
	second.Entries = append([]document.Entry{{Key: "id", Value: textNode(name.Text() + "-twin")}}, second.Entries...)
	out.Items = append(slices.Clone(out.Items), &second)
	return &out
}
