// Package lang is the rule language: expr inside a published profile, over
// values that may be unknown.
//
// It takes the text of expressions and a model, and gives compiled expressions
// that evaluate over a World, the linked objects of one topology. It is the
// only home of expr and of the types of values that expressions see:
//
//	nil bool int float64 string []any map[string]any   known values
//	Object                                             an object of the model
//	*Unknown                                           a value nobody stated, with the reason
//	*Partial                                           a list of which not everything is known
//
// Invariant: an unknown never becomes a known value, and where the known parts
// decide, the result is known whatever the order they are written in.
package lang

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
)

// Unknown is a value that the input does not determine.
//
// A reader makes one with a Reason. Evaluation makes others of it, which know what
// they come from: Missing works out the paths when somebody asks for them, and most
// are never asked.
type Unknown struct {
	Reason string // `[parameters('x')] has no default`
	// Text is what a name or id shows where only part of it is known, for
	// example "<bastionHostName>-pip". Empty for other values.
	Text string
	// Expr is the whole normalised expression of an unresolved text. Two
	// unknowns with the same non-empty Expr are equal; with any other value the
	// comparison is unknown.
	Expr string

	from *Unknown  // read by a path, or merged with another
	and  *Unknown  // the other, which makes path and base meaningless
	path string    // of a value that was read
	base string    // what the paths of a derived value begin with
	list []Missing // nil until somebody asks for it
}

// Missing names one unknown that left a result open.
type Missing struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// named reports whether any path leads to an unknown yet.
func (u *Unknown) named() bool { return u.from != nil || u.list != nil }

// Missing lists the paths, as the rule writes them, of every unknown that left a
// result open.
func (u *Unknown) Missing() []Missing {
	if u.list == nil && u.from != nil {
		if u.and != nil {
			u.list = u.merged()
		} else {
			u.list = u.opened()
		}
	}
	return u.list
}

// opened lists what an unknown leaves open that was read by a path.
func (u *Unknown) opened() []Missing {
	if !u.from.named() {
		return []Missing{{cmp.Or(u.path, "value"), u.from.Reason}} // something computed has no path
	}
	list := u.from.Missing()
	if u.base == "" {
		return list
	}
	out := slices.Clone(list)
	for i := range out {
		if strings.HasPrefix(out[i].Path, ".") {
			out[i].Path = u.base + out[i].Path
		}
	}
	return out
}

// merged lists what several leave open, each once. Loops merge what each element
// leaves open, so that parts may stand in each other a thousand deep.
func (u *Unknown) merged() []Missing {
	var out []Missing
	pending := []*Unknown{u}
	for first := true; len(pending) > 0; {
		part := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if part.list == nil && part.and != nil {
			pending = append(pending, part.and, part.from)
			continue
		}
		list := part.Missing()
		if first {
			out, first = append(out, list...), false
			continue
		}
		for _, m := range list {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// Error makes *Unknown an error, which is how a read stops the fast evaluator.
func (u *Unknown) Error() string { return "unknown: " + u.Reason }

// Partial is a list that is not fully known: Items are its stated elements. With
// Open set there may be more of them; without, the list is complete but some
// elements are objects whose existence is unknown.
type Partial struct {
	Items []any
	Open  *Unknown
}

// Class is the runtime side of a model kind, shared by its objects. A nil entry
// in derived never occurs; Env fills it.
type Class struct {
	Name    string // collection name
	One     string
	derived map[string]*Expr
	slots   map[string]int // where an object keeps a field, a list or a derived value

	computed []int // the slots of derived values
}

// unset fills the slot of a field that nobody stated and of a derived value that
// nobody has read.
type unset struct{}

// Object is an object of the model. It is a struct around a pointer, never the
// pointer itself: expr dereferences pointers, and two Objects are equal under
// reflect.DeepEqual only if they are the same object, because the first field
// of the pointed-to struct is unique.
type Object struct{ *object }

type object struct {
	seq    int // unique in a World: makes DeepEqual identity, and cheap
	class  *Class
	values []any // by slot of the class: what is stated, and derived values already computed
	id     string
	name   string
	place  Place
	exists *Unknown
	open   *Unknown
	touch  func(o Object, field string) // see Trace
}

// Place is where an object stands in the text the user gave.
type Place struct {
	Span    diag.Span
	Pointer string // JSON pointer, "/resources/3"
}

// NewObject returns an object without fields. seq must be unique in its World.
// id and name are shown as the input writes them.
func NewObject(class *Class, seq int, id, name string, place Place) Object {
	return Object{&object{seq: seq, class: class, id: id, name: name, place: place, values: unsetValues(len(class.slots))}}
}

// Class returns the object's kind. ID and Name return what findings show; Place
// where it stands. A stub has the place of the reference that made it.
func (o Object) Class() *Class { return o.class }
func (o Object) ID() string    { return o.id }
func (o Object) Name() string  { return o.name }
func (o Object) Place() Place  { return o.place }

// Set states a field or an inverse list. Every field of the kind must be set
// once, to a known value, an *Unknown or a *Partial, before rules run.
func (o Object) Set(field string, value any) {
	if slot, ok := o.class.slots[field]; ok {
		o.values[slot] = value
	}
}

// Field returns what was Set, without evaluating derived values.
func (o Object) Field(field string) (value any, ok bool) {
	slot, ok := o.class.slots[field]
	if !ok || o.class.derived[field] != nil {
		return nil, false
	}
	if value = o.values[slot]; value == (unset{}) {
		return nil, false
	}
	return value, true
}

// SetExistence records that it is unknown whether the object will exist.
func (o Object) SetExistence(u *Unknown) { o.exists = u }

// Existence returns why it is unknown whether the object exists, or nil.
func (o Object) Existence() *Unknown { return o.exists }

// SetUnresolved marks a stub whose identity is an unresolved expression: it is
// the same as itself, and nothing is known of it against any other object.
func (o Object) SetUnresolved(u *Unknown) { o.open = u }

// Unresolved returns why the object's identity is unknown, or nil.
func (o Object) Unresolved() *Unknown { return o.open }

// Number returns the number that NewObject was given.
func (o Object) Number() int { return o.seq }

// Forget drops the derived values computed so far, after a change by Set.
func (o Object) Forget() {
	for _, slot := range o.class.computed {
		o.values[slot] = unset{}
	}
}

// Trace calls f for each stated field, inverse list, id and name of the object that
// evaluation reads, until it is called with nil. A derived value that was computed
// before hides what it was computed from.
func (o Object) Trace(f func(o Object, field string)) { o.touch = f }

// String returns the name, so that printing an object never walks the graph.
func (o Object) String() string { return o.name }

// World is what expressions can read: the collections of one topology and the
// declared facts. Every kind of the model and every declared fact has an entry:
// a []any, a *Partial, or an *Unknown for a kind the input does not state.
type World struct {
	Collections map[string]any
	Declared    map[string]any

	machines machines // a World is used by one goroutine at a time
	loops    []*loop  // that ended
	// of the evaluation at hand, see limits.go
	steps, numbers int
	read           map[string]readOnce // collections that are not known as a whole
	derived        *derivedValues      // where they do not stand in the objects; see Fork
	open           map[*Expr]int       // see Hurry
}

// readOnce is what reading a value gave.
type readOnce struct {
	from   any
	result result
}

// Hurry lets evaluation leave out the fast way for an expression that came out open
// a few times in a row: of many objects it then mostly does again. The result is
// the same.
func (w *World) Hurry() { w.open = map[*Expr]int{} }

// Fork returns a world of the same objects that another goroutine can use at the same
// time, as long as nobody uses w: it keeps the values that it derives to itself.
func (w *World) Fork() *World {
	return &World{Collections: w.Collections, Declared: w.Declared, derived: &derivedValues{}}
}

// derivedValues are the values that one of several worlds derived, by the number of
// the object and the slot of its class.
type derivedValues struct{ values [][]any }

func (d *derivedValues) of(o Object) []any {
	if o.seq >= len(d.values) {
		d.values = append(d.values, make([][]any, o.seq+1-len(d.values))...)
	}
	if d.values[o.seq] == nil {
		d.values[o.seq] = unsetValues(len(o.values))
	}
	return d.values[o.seq]
}

func unsetValues(n int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = unset{}
	}
	return out
}
