package lang

import (
	"fmt"
	"strconv"
)

// items returns the elements of a list of any kind that expr makes.
func items(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case *Partial:
		return v.Items, true
	case []string:
		return widen(v), true
	case []int:
		return widen(v), true
	case []float64:
		return widen(v), true
	}
	if pair, ok := v.([2]any); ok {
		return pair[:], true
	}
	if m, ok := mapOf(v); ok {
		// The VM goes through a map as often as it has keys, and fails where the
		// closure looks at an element.
		out := make([]any, m.Len())
		for i := range out {
			out[i] = noElement{}
		}
		return out, true
	}
	return nil, false
}

// noElement stands for the elements of a map, which cannot be read.
type noElement struct{}

func widen[T any](xs []T) []any {
	out := make([]any, len(xs))
	for i, x := range xs {
		out[i] = x
	}
	return out
}

// loop evaluates a builtin with a closure.
func (t *tree) loop(n *Node, f *frame) result {
	l, r := t.start(n, f)
	if l == nil {
		return r
	}
	r = l.run()
	t.w.ended(l)
	return r
}

func (l *loop) run() result {
	switch l.n.Name {
	case "any":
		return l.quantifier(true, true)
	case "none":
		r := l.quantifier(true, true)
		if b, ok := r.v.(bool); ok && r.err == nil {
			return value(!b)
		}
		return r
	case "all":
		return l.quantifier(false, false)
	case "one":
		return l.one()
	case "filter":
		return l.filter()
	case "map":
		return l.mapped(false)
	case "find", "findIndex":
		return l.find()
	case "reduce":
		return l.reduce()
	}
	return l.whole()
}

// start evaluates the list of a loop. Where there is nothing to go through, the
// loop is nil and r its result.
func (t *tree) start(n *Node, f *frame) (l *loop, r result) {
	list := t.eval(n.Args[0], f)
	if list.err != nil || list.unknown() != nil {
		return nil, list
	}
	elems, ok := items(list.v)
	if !ok {
		return nil, t.fail(n, fmt.Sprintf("%q goes through a list, not %s", n.Name, nameOf(list.v)))
	}
	if err := t.w.step(1 + len(elems)); err != nil {
		return nil, t.fail(n, err.Error())
	}
	l = t.w.newLoop()
	*l = loop{tree: t, n: n, f: f, elems: elems, path: list.path}
	l.inside.up, l.inside.loop = f, &l.turn
	if p, ok := list.v.(*Partial); ok {
		l.partial = true
		if p.Open != nil {
			l.more = named(p.Open, list.path)
		}
	}
	return l, result{}
}

// newLoop returns a loop to be filled, and ended gives it back: evaluation runs many,
// few of them inside each other.
func (w *World) newLoop() *loop {
	last := len(w.loops) - 1
	if last < 0 {
		return &loop{}
	}
	l := w.loops[last]
	w.loops = w.loops[:last]
	return l
}

func (w *World) ended(l *loop) { w.loops = append(w.loops, l) }

// loop is one run of a builtin over its elements.
type loop struct {
	*tree
	n       *Node
	f       *frame
	elems   []any
	path    string   // of the list, or ""
	partial bool     // the list is a *Partial
	more    *Unknown // why there may be further elements, or nil
	// inside and turn are those of the element at hand: no closure outlives it.
	inside frame
	turn   turn
}

// at evaluates the closure for element i. exists is why it is unknown whether
// the element is there at all, or nil.
func (l *loop) at(i int, acc val) (r result, exists *Unknown) {
	e := val{v: l.elems[i]}
	if l.path != "" {
		e.path = l.path + "[" + strconv.Itoa(i) + "]"
	}
	if o, ok := e.v.(Object); ok && o.object != nil && o.exists != nil {
		p := e.path
		if p == "" {
			p = fmt.Sprintf("%s[%q]", o.class.Name, o.name)
		}
		exists = named(o.exists, p)
	}
	if len(l.n.Args) < 2 {
		return l.read(e.v, "", e.path), exists
	}
	l.inside.val, l.turn = e, turn{i, acc}
	if l.rec != nil {
		return l.rec.element(l, i, exists, func() result { return l.node(l.n.Args[1], &l.inside) }), exists
	}
	return l.node(l.n.Args[1], &l.inside), exists
}

// condition is at for a closure that must give a bool. open is why its result
// is unknown, existence not included.
func (l *loop) condition(i int) (b bool, open, exists *Unknown, err *RuntimeError) {
	r, exists := l.at(i, val{})
	if r.err != nil {
		return false, nil, exists, r.err
	}
	if u := r.open(); u != nil {
		return false, u, exists, nil
	}
	b, ok := r.v.(bool)
	if !ok {
		return false, nil, exists, l.fail(l.n.Args[1], notBool("the condition of "+l.n.Name, r.v)).err
	}
	return b, nil, exists, nil
}

// quantifier is any (decisive true, result true) and all (false, false): the
// first element whose condition is decisive and that surely exists decides.
func (l *loop) quantifier(decisive, whenDecided bool) result {
	var u *Unknown
	for i := range l.elems {
		b, open, exists, err := l.condition(i)
		switch {
		case err != nil && u == nil && exists == nil:
			return failed(err)
		case err != nil:
			return value(both(u, exists))
		case open != nil:
			u = both(u, open, exists)
		case b != decisive:
		case exists != nil:
			u = both(u, exists)
		default:
			return value(whenDecided)
		}
	}
	if u = both(u, l.more); u != nil {
		return value(u)
	}
	return value(!whenDecided)
}

func (l *loop) one() result {
	var u *Unknown
	matches := 0
	for i := range l.elems {
		b, open, exists, err := l.condition(i)
		switch {
		case err != nil && u == nil && exists == nil:
			return failed(err)
		case err != nil:
			return value(both(u, exists))
		case open != nil:
			u = both(u, open, exists)
		case b && exists != nil:
			u = both(u, exists)
		case b:
			matches++
		}
	}
	if u = both(u, l.more); u != nil && matches < 2 {
		return value(u)
	}
	return value(matches == 1)
}

func (l *loop) filter() result {
	kept := []any{}
	var u *Unknown
	for i := range l.elems {
		b, open, exists, err := l.condition(i)
		if err != nil {
			return l.errorAfter(u, exists, err)
		}
		u = both(u, open, exists)
		if b {
			kept = append(kept, l.elems[i])
		}
	}
	return l.list(kept, u)
}

// list wraps the result of a loop that keeps what is stated of a partial list.
func (l *loop) list(elems []any, u *Unknown) result {
	switch {
	case u != nil:
		return value(u)
	case l.more != nil:
		return value(&Partial{Items: elems, Open: l.more})
	}
	return value(elems)
}

func (l *loop) errorAfter(u, exists *Unknown, err *RuntimeError) result {
	if u = both(u, exists); u != nil {
		return value(u)
	}
	return failed(err)
}

// mapped is map. With nested set an element may itself be a partial list, which
// only flatten asks for.
func (l *loop) mapped(nested bool) result {
	out := make([]any, 0, len(l.elems))
	var u *Unknown
	for i := range l.elems {
		r, exists := l.at(i, val{})
		if r.err != nil {
			return l.errorAfter(u, exists, r.err)
		}
		u = both(u, exists)
		if _, isPartial := r.v.(*Partial); !isPartial || !nested {
			u = both(u, r.open())
		}
		out = append(out, r.v)
	}
	return l.list(out, u)
}

func (l *loop) find() result {
	var u *Unknown
	for i := range l.elems {
		b, open, exists, err := l.condition(i)
		if err != nil {
			return l.errorAfter(u, exists, err)
		}
		u = both(u, open, exists)
		if u != nil || !b {
			continue
		}
		if l.partial {
			break
		}
		if l.n.Name == "findIndex" {
			return value(i)
		}
		path := ""
		if l.path != "" {
			path = fmt.Sprintf("%s[%d]", l.path, i)
		}
		return result{val: val{l.elems[i], path}}
	}
	if u = both(u, l.more); u != nil {
		return value(u)
	}
	return value(nil)
}

func (l *loop) reduce() result {
	if u := l.stops(); u != nil {
		return value(u)
	}
	i := 0
	var acc val
	switch {
	case len(l.n.Args) > 2:
		init := l.eval(l.n.Args[2], l.f)
		if init.err != nil {
			return init
		}
		acc = init.val
	case len(l.elems) == 0:
		return l.fail(l.n, "reduce of an empty list needs an initial value")
	default:
		acc, i = val{v: l.elems[0]}, 1
	}
	for ; i < len(l.elems); i++ {
		r, _ := l.at(i, acc)
		if r.err != nil {
			return r
		}
		acc = r.val
	}
	return result{val: acc}
}

// stops returns why a builtin that needs the whole list cannot have it.
func (l *loop) stops() *Unknown {
	u := l.more
	for i := range l.elems {
		if o, ok := l.elems[i].(Object); ok && o.object != nil && o.exists != nil {
			u = both(u, named(o.exists, l.path))
		}
	}
	return u
}

// whole runs a builtin that needs every element: count, sum, sortBy, groupBy.
func (l *loop) whole() result {
	u := l.stops()
	results := make([]any, len(l.elems))
	for i := range l.elems {
		r, exists := l.at(i, val{})
		if r.err != nil {
			return l.errorAfter(u, exists, r.err)
		}
		u = both(u, r.open())
		results[i] = r.v
	}
	operands := []any{results}
	if l.n.Name == "sortBy" || l.n.Name == "groupBy" {
		if len(l.elems) > 0 {
			if _, none := l.elems[0].(noElement); none {
				return l.fail(l.n, "a map has no elements")
			}
		}
		operands = []any{l.elems, nil}
	}
	if len(l.n.Args) > 2 {
		r := l.eval(l.n.Args[2], l.f)
		if r.err != nil {
			return l.errorAfter(u, nil, r.err)
		}
		u = both(u, r.open())
		operands = append(operands, r.v)
	}
	if u != nil {
		return value(u)
	}
	return l.applyTo(l.n, operands, results)
}

// lists is flatten, concat and uniq, which keep what is stated of partial lists.
func (t *tree) lists(n *Node, f *frame) result {
	operands := make([]any, len(n.Args))
	var u, more *Unknown
	for i, a := range n.Args {
		var r result
		if n.Name == "flatten" && a.Op == OpLoop && a.Name == "map" {
			r = t.recorded(a, func() result { return t.nested(a, f) })
		} else {
			r = t.eval(a, f)
		}
		if r.err != nil {
			if u != nil {
				return value(u)
			}
			return r
		}
		operands[i] = r.v
		if p, ok := r.v.(*Partial); ok && p.Open != nil {
			operands[i], more = p.Items, both(more, p.Open)
		} else {
			u = both(u, r.open())
		}
		if n.Name == "flatten" {
			if elems, ok := operands[i].([]any); ok {
				operands[i], more = closeNested(elems, more, r.path)
			}
		}
	}
	if u != nil {
		return value(u)
	}
	r := t.apply(n, operands)
	if out, ok := r.v.([]any); ok && r.err == nil && more != nil {
		return value(&Partial{Items: out, Open: more})
	}
	return r
}

// nested evaluates the map inside a flatten, keeping partial elements.
func (t *tree) nested(n *Node, f *frame) result {
	l, r := t.start(n, f)
	if l == nil {
		return r
	}
	r = l.mapped(true)
	t.w.ended(l)
	return r
}

// closeNested replaces partial elements by their stated items and collects why
// there may be more.
func closeNested(elems []any, more *Unknown, path string) ([]any, *Unknown) {
	out := make([]any, len(elems))
	for i, e := range elems {
		out[i] = e
		if p, ok := e.(*Partial); ok {
			out[i], more = p.Items, both(more, named(p.why(), path))
		}
	}
	return out, more
}
