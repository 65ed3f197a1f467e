package lang

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Trace explains how an expression came to its value: its text, what it gave,
// and the same of the sub-expressions that took part, in source order. Constants
// are left out, and so is the object that a field is read from.
//
// theme/runtime/explainer.ts gives the same structure, byte for byte.
type Trace struct {
	Expr string `json:"expr"` // as the author wrote it
	// Value is what messages would show. It is absent where the sub-expression
	// was not looked at because something before it decided, or failed.
	Value   *string   `json:"value,omitempty"`
	Missing []Missing `json:"missing,omitempty"` // what left the value open
	Error   string    `json:"error,omitempty"`
	Parts   []*Trace  `json:"parts,omitempty"`
	// Elements are what a closure gave for the first element that decided, or,
	// where none did, for the elements that left the result open, or for all.
	// Omitted counts those that are not listed.
	Elements []*TracedElement `json:"elements,omitempty"`
	Omitted  int              `json:"omitted,omitempty"`
	// Definition explains the derived value or function that is read here. It
	// holds no further definitions.
	Definition *Trace `json:"definition,omitempty"`

	node    *Node
	from    int  // in the text
	open    bool // the value is not known as a whole
	visited int  // elements
}

// TracedElement is one element that a closure looked at.
type TracedElement struct {
	Index   int       `json:"index"`
	Value   string    `json:"value"`
	Missing []Missing `json:"missing,omitempty"` // why it may not be there at all
	Result  *Trace    `json:"result"`

	decides, open bool
}

// Bounds of a trace: elements of one closure, and characters of one value.
const (
	maxElements = 10
	maxShown    = 200
)

// Explain evaluates as Eval does and says how the result came about.
func (x *Expr) Explain(w *World, vars map[string]any) *Trace {
	return x.explain(w, bind(vars), false)
}

func (x *Expr) explain(w *World, vars *frame, inside bool) *Trace {
	rec := &recorder{texts: newExtents(x), inside: inside, cur: &Trace{}}
	t := &tree{w: w, env: x.env, text: x.Text.Value, rec: rec}
	tr, _ := rec.trace(x.Root, func() result { return t.node(x.Root, vars) })
	return tr
}

// recorder is what a tree evaluator that explains itself writes to.
type recorder struct {
	texts  *extents
	inside bool   // a definition, which is explained without further definitions
	cur    *Trace // of the node that is being evaluated
}

// trace runs the evaluation of n and returns what it recorded.
func (rec *recorder) trace(n *Node, run func() result) (*Trace, result) {
	up := rec.cur
	tr := rec.texts.trace(n)
	rec.cur = tr
	r := run()
	rec.cur = up
	rec.close(tr, r)
	return tr, r
}

// recorded evaluates n as a part of the node around it.
func (t *tree) recorded(n *Node, run func() result) result {
	rec := t.rec
	if rec == nil {
		return run()
	}
	tr, r := rec.trace(n, run)
	if !n.constant() && !n.element() && !rec.cur.base(n) {
		rec.cur.Parts = append(rec.cur.Parts, tr)
	}
	return r
}

// base reports whether n is the name that the read of tr starts from.
func (tr *Trace) base(n *Node) bool {
	at := tr.node
	for at != nil && (at.Op == OpGet || at.Op == OpAt || at.Op == OpChain) {
		at = at.Args[0]
	}
	return at == n && at != tr.node && n.leaf()
}

func (n *Node) leaf() bool {
	switch n.Op {
	case OpVar, OpColl, OpDecl, OpPtr, OpIndex, OpAcc:
		return true
	}
	return false
}

// element reports whether a sub-expression is the element of a closure or its
// index, which stand before the closure's result.
func (n *Node) element() bool { return n.Op == OpPtr || n.Op == OpIndex }

// constant reports whether a sub-expression looks at nothing.
func (n *Node) constant() bool {
	found := false
	n.walk(func(n *Node) { found = found || n.leaf() || n.Op == OpFunc || n.Op == OpOpen })
	return !found
}

// close completes a trace with its result.
func (rec *recorder) close(tr *Trace, r result) {
	tr.settle(r)
	switch tr.node.Op {
	case OpAnd, OpOr, OpElse, OpCond:
		for _, a := range tr.node.Args {
			seen := slices.ContainsFunc(tr.Parts, func(p *Trace) bool { return p.node == a })
			if !seen && !a.constant() && !a.element() {
				tr.Parts = append(tr.Parts, rec.texts.trace(a))
			}
		}
	}
	slices.SortStableFunc(tr.Parts, func(a, b *Trace) int { return a.from - b.from })
	tr.flatten()
	tr.choose()
}

// flatten makes one list of the operands of "a and b and c", which is a pair
// and one more.
func (tr *Trace) flatten() {
	if tr.node.Op != OpAnd && tr.node.Op != OpOr {
		return
	}
	var parts []*Trace
	for _, p := range tr.Parts {
		if p.node.Op == tr.node.Op && p.Value != nil {
			parts = append(parts, p.Parts...)
		} else {
			parts = append(parts, p)
		}
	}
	tr.Parts = parts
}

func (tr *Trace) settle(r result) {
	if r.err != nil {
		tr.Error = r.err.Message
		return
	}
	s := brief(r.v)
	tr.Value = &s
	if u := r.open(); u != nil {
		tr.open, tr.Missing = true, u.Missing()
	}
}

// brief shows a value as messages do, the start of a long one.
func brief(v any) string {
	if _, none := v.(noElement); none {
		return ""
	}
	s := show(v)
	if utf8.RuneCountInString(s) > maxShown {
		s = string([]rune(s)[:maxShown]) + "…"
	}
	return s
}

// step records a read on the way of a longer one: where a chain ended on nil,
// or a derived value inside it. definition may be nil.
func (rec *recorder) step(n *Node, r result, definition *Trace) {
	tr := rec.cur
	if n == tr.node || tr.node.Op == OpChain && tr.node.Args[0] == n {
		tr.Definition = definition
		return
	}
	if n.leaf() {
		return
	}
	if i := slices.IndexFunc(tr.Parts, func(p *Trace) bool { return p.node == n }); i >= 0 {
		return
	}
	part := rec.texts.trace(n)
	part.Definition = definition
	part.settle(r)
	tr.Parts = append(tr.Parts, part)
}

// derived records the definition of the derived value that n reads of o.
func (t *tree) derived(n *Node, o Object, r result) {
	if t.rec.inside {
		return
	}
	if x := o.class.derived[n.Name]; x != nil {
		t.rec.step(n, r, x.explain(t.w, &frame{name: SelfName, val: val{v: o}}, true))
	}
}

// element runs the closure of the current node on one element.
func (rec *recorder) element(l *loop, i int, exists *Unknown, run func() result) result {
	up := rec.cur
	rec.cur = &Trace{}
	tr, r := rec.trace(l.n.Args[1], run)
	rec.cur = up
	e := &TracedElement{Index: i, Value: brief(l.elems[i]), Result: tr}
	if exists != nil {
		e.Missing = exists.Missing()
	}
	e.open = r.err == nil && r.open() != nil || exists != nil
	if b, ok := r.v.(bool); ok && r.err == nil {
		decisive, decides := decisive(l.n.Name)
		e.decides = decides && b == decisive && exists == nil
	}
	up.visited++
	if up.wants(e) {
		up.Elements = append(up.Elements, e)
	}
	return r
}

// decisive is the result of the closure for which an element decides alone.
func decisive(loop string) (result, ok bool) {
	switch loop {
	case "any", "none", "one", "find", "findIndex":
		return true, true
	case "all":
		return false, true
	}
	return false, false
}

// wants reports whether an element may have to be listed: among those that
// decide, that are open, or all, at most so many.
func (tr *Trace) wants(e *TracedElement) bool {
	deciding, open := 0, 0
	for _, k := range tr.Elements {
		if k.decides {
			deciding++
		}
		if k.open {
			open++
		}
	}
	return len(tr.Elements) < maxElements || e.decides && deciding < maxElements || e.open && open < maxElements
}

// choose keeps the elements that explain the result.
func (tr *Trace) choose() {
	if tr.visited == 0 {
		return
	}
	keep := func(want func(*TracedElement) bool) bool {
		if !slices.ContainsFunc(tr.Elements, want) {
			return false
		}
		tr.Elements = slices.DeleteFunc(tr.Elements, func(e *TracedElement) bool { return !want(e) })
		return true
	}
	switch {
	case tr.Error != "":
	case tr.open:
		keep(func(e *TracedElement) bool { return e.open })
	default:
		keep(func(e *TracedElement) bool { return e.decides })
	}
	tr.Elements = tr.Elements[:min(len(tr.Elements), maxElements)]
	tr.Omitted = tr.visited - len(tr.Elements)
}

// extents finds the text of the nodes of one expression. A Node's place reaches
// from its first token to its last but for the brackets around and behind its
// operands.
type extents struct {
	runes []rune
	match map[int]int // of each bracket, the other one
}

func newExtents(x *Expr) *extents {
	e := &extents{runes: []rune(x.Text.Value), match: map[int]int{}}
	var open []int
	for i := 0; i < len(e.runes); i++ {
		switch r := e.runes[i]; r {
		case '"', '\'', '`':
			i = closingQuote(e.runes, i)
		case '/':
			i = commentEnd(e.runes, i)
		case '(', '[', '{':
			open = append(open, i)
		case ')', ']', '}':
			if n := len(open); n > 0 {
				e.match[i], e.match[open[n-1]] = open[n-1], i
				open = open[:n-1]
			}
		}
	}
	return e
}

// closingQuote returns the index of the quote that ends the text begun at i.
func closingQuote(runes []rune, i int) int {
	quote := runes[i]
	for i++; i < len(runes) && runes[i] != quote; i++ {
		if runes[i] == '\\' && quote != '`' {
			i++
		}
	}
	return i
}

// commentEnd returns the index of the last rune of a comment begun at i, or i.
func commentEnd(runes []rune, i int) int {
	switch {
	case hasAt(runes, i, "//"):
		for i < len(runes) && runes[i] != '\n' {
			i++
		}
	case hasAt(runes, i, "/*"):
		for i += 2; i < len(runes) && !hasAt(runes, i, "*/"); i++ {
		}
		i++
	}
	return i
}

// of returns where the text of n begins and ends, in runes.
func (e *extents) of(n *Node) (from, to int) {
	from, to = max(n.From, 0), min(n.To, len(e.runes))
	switch n.Op {
	case OpFunc, OpCall, OpLoop, OpOpen:
		for at := to; at < len(e.runes); at++ { // the name of a call without arguments
			if e.runes[at] == '(' {
				to = at + 1
			}
			if !unicode.IsSpace(e.runes[at]) {
				break
			}
		}
	case OpIndex, OpAcc: // "#", whose name follows
		for to < len(e.runes) && unicode.IsLetter(e.runes[to]) {
			to++
		}
	case OpLet: // the name, behind "let"
		for from > 0 && unicode.IsSpace(e.runes[from-1]) {
			from--
		}
		from = max(from-len("let"), 0)
	}
	for i := from; i < to; i++ {
		other, ok := e.match[i]
		switch {
		case !ok:
		case other >= to:
			to = other + 1
		case other < from:
			from, i = other, other-1
		}
	}
	return from, to
}

// trace starts the trace of a node.
func (e *extents) trace(n *Node) *Trace {
	from, to := e.of(n)
	return &Trace{Expr: string(e.runes[from:to]), node: n, from: from}
}

// Extents calls f with where the text of each node of an expression begins and
// ends, in runes, parents first: what the JavaScript engine explains with.
func (x *Expr) Extents(f func(from, to int)) {
	e := newExtents(x)
	x.Root.walk(func(n *Node) { f(e.of(n)) })
}
