package topology

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/plumbline/plumbline/internal/lang"
)

// This file writes linked topologies for theme/runtime/validate.ts, which builds
// them again with JSON.parse alone. nil, bool, string and float are themselves; any
// other value is a list that begins with its sort.
const (
	sortList    = "0" // [0, element …]
	sortObject  = "1" // [1, number]
	sortInt     = "2" // [2, "digits"]
	sortUnknown = "3" // [3, reason, text, expr]
	sortPartial = "4" // [4, list, open or null]
	sortRecord  = "5" // [5, key, value …]
)

// encoder writes values; number gives an object's number.
type encoder struct {
	b      []byte
	number func(lang.Object) int
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case bool:
		e.b = strconv.AppendBool(e.b, v)
	case string:
		e.text(v)
	case int:
		e.open(sortInt)
		e.text(strconv.Itoa(v))
		e.b = append(e.b, ']')
	case float64:
		e.b = strconv.AppendFloat(e.b, v, 'g', -1, 64)
	case lang.Object:
		e.open(sortObject)
		e.b = append(strconv.AppendInt(e.b, int64(e.number(v)), 10), ']')
	case *lang.Unknown:
		e.unknown(v)
	case *lang.Partial:
		e.open(sortPartial)
		e.list(v.Items)
		e.b = append(e.b, ',')
		e.unknown(v.Open)
		e.b = append(e.b, ']')
	case []any:
		e.list(v)
	case map[string]any:
		e.b = append(e.b, "["+sortRecord...)
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			e.b = append(e.b, ',')
			e.text(key)
			e.b = append(e.b, ',')
			e.value(v[key])
		}
		e.b = append(e.b, ']')
	default: // nil
		e.b = append(e.b, "null"...)
	}
}

func encoded(v any, number func(lang.Object) int) string {
	e := encoder{number: number}
	e.value(v)
	return string(e.b)
}

func (e *encoder) open(sort string) { e.b = append(e.b, "["+sort+","...) }

func (e *encoder) list(items []any) {
	e.b = append(e.b, "["+sortList...)
	for _, item := range items {
		e.b = append(e.b, ',')
		e.value(item)
	}
	e.b = append(e.b, ']')
}

func (e *encoder) unknown(u *lang.Unknown) {
	if u == nil {
		e.b = append(e.b, "null"...)
		return
	}
	e.open(sortUnknown)
	e.text(u.Reason)
	e.b = append(e.b, ',')
	e.text(u.Text)
	e.b = append(e.b, ',')
	e.text(u.Expr)
	e.b = append(e.b, ']')
}

func (e *encoder) text(s string) { e.b = appendText(e.b, s) }

func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // text always encodes
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func (bs *Bases) encodeFields(o lang.Object, number func(lang.Object) int) []string {
	names := bs.fields[o.Class().Name]
	out := make([]string, len(names))
	e := encoder{number: number}
	for i, name := range names {
		v, _ := o.Field(name)
		e.b = e.b[:0]
		e.value(v)
		out[i] = string(e.b)
	}
	return out
}

// object writes [kind, id, name, pointer, line, column, existence, identity,
// values of the kind's fields …].
func (bs *Bases) object(b []byte, o lang.Object, fields []string) []byte {
	b = appendText(append(b, '['), o.Class().Name)
	b = appendText(append(b, ','), o.ID())
	b = appendText(append(b, ','), o.Name())
	place := o.Place()
	line, column := 1, 1
	if place.Span.Source != nil {
		line, column = place.Span.Source.Position(place.Span.Start)
	}
	b = appendText(append(b, ','), place.Pointer)
	b = strconv.AppendInt(append(b, ','), int64(line), 10)
	b = strconv.AppendInt(append(b, ','), int64(column), 10)
	for _, u := range []*lang.Unknown{o.Existence(), o.Unresolved()} {
		e := encoder{b: append(b, ',')}
		e.unknown(u)
		b = e.b
	}
	for _, text := range fields {
		b = append(append(b, ','), text...)
	}
	return append(b, ']')
}

// world is what a topology holds besides objects: by name, as JSON.
type world struct{ collections, declared, subjects []member }

type member struct{ name, text string }

// encodeWorld writes what a topology holds besides objects: of some kinds, and the
// declared facts where they are wanted.
func (bs *Bases) encodeWorld(t *Topology, number func(lang.Object) int, of func(kind string) bool, declared bool) world {
	var out world
	subjects := t.Subjects
	for _, k := range bs.env.Model().Kinds {
		var objects *Subjects
		if len(subjects) > 0 && subjects[0].Kind == k.Name {
			objects, subjects = &subjects[0], subjects[1:]
		}
		if !of(k.Name) {
			continue
		}
		out.collections = append(out.collections, member{k.Name, encoded(t.World.Collections[k.Name], number)})
		if objects == nil {
			out.subjects = append(out.subjects, member{k.Name, "null"})
			continue
		}
		b := []byte{'['}
		for i, o := range objects.Objects {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(number(o)), 10)
		}
		out.subjects = append(out.subjects, member{k.Name, string(append(b, ']'))})
	}
	if declared {
		for _, f := range bs.env.Model().Declared {
			out.declared = append(out.declared, member{f.Name, encoded(t.World.Declared[f.Name], number)})
		}
	}
	return out
}

func everyKind(string) bool { return true }

// JSON returns the base for the function load of theme/runtime/validate.ts.
func (b *Base) JSON() string {
	p := patch{bases: b.bases}
	for i, o := range b.objects {
		p.add(o, b.encoded[i])
	}
	p.world(world{}, b.rest)
	out := append([]byte(`{"file":`), appendText(nil, b.File)...)
	return string(append(append(append(out, `,"patch":`...), p.done().Changes...), '}'))
}

// patch collects differences between two topologies.
type patch struct {
	bases   *Bases
	added   []byte
	fields  []byte
	members [3][]byte           // collections, declared, subjects
	stale   map[string][]string // derived values by kind
	kinds   []string            // of stale, in the order they were met
}

func (p *patch) add(o lang.Object, fields []string) {
	p.added = p.bases.object(comma(p.added), o, fields)
}

// set changes a field of an object.
func (p *patch) set(object int, kind, field, text string) {
	p.fields = strconv.AppendInt(comma(p.fields), int64(object), 10)
	p.fields = appendText(append(p.fields, ','), field)
	p.fields = append(append(p.fields, ','), text...)
	p.forget(kind + "." + field)
}

// forget notes the derived values that a change makes stale.
func (p *patch) forget(key string) {
	for _, d := range p.bases.derived[key] {
		kind, name := d[0], d[1]
		if p.stale[kind] == nil {
			if p.stale == nil {
				p.stale = map[string][]string{}
			}
			p.kinds = append(p.kinds, kind)
		}
		if !slices.Contains(p.stale[kind], name) {
			p.stale[kind] = append(p.stale[kind], name)
		}
	}
}

// world changes collections, declared facts and subjects that are not as before.
func (p *patch) world(before, after world) {
	lists := [3][2][]member{{before.collections, after.collections}, {before.declared, after.declared}, {before.subjects, after.subjects}}
	for part, list := range lists {
		for _, m := range list[1] {
			if slices.Contains(list[0], m) {
				continue
			}
			b := appendText(comma(p.members[part]), m.name)
			p.members[part] = append(append(b, ':'), m.text...)
			if part < 2 { // nothing reads subjects but the check itself
				p.forget([2]string{"", "declared."}[part] + m.name)
			}
		}
	}
}

func comma(b []byte) []byte {
	if len(b) > 0 {
		b = append(b, ',')
	}
	return b
}

// done returns the patch, without the members that change nothing.
func (p *patch) done() Patch {
	var out []byte
	member := func(name, open string, data []byte, end string) {
		if len(data) > 0 {
			out = append(append(append(comma(out), '"'), name...), `":`...)
			out = append(append(append(out, open...), data...), end...)
		}
	}
	member("add", "[", p.added, "]")
	member("set", "[", p.fields, "]")
	member("collections", "{", p.members[0], "}")
	member("declared", "{", p.members[1], "}")
	member("subjects", "{", p.members[2], "}")
	stale := []byte{'{'}
	for _, kind := range p.kinds {
		if len(stale) > 1 {
			stale = append(stale, ',')
		}
		stale = append(appendText(stale, kind), `:[`...)
		for j, name := range p.stale[kind] {
			if j > 0 {
				stale = append(stale, ',')
			}
			stale = appendText(stale, name)
		}
		stale = append(stale, ']')
	}
	return Patch{"{" + string(out) + "}", string(stale) + "}"}
}
