package lang

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// This file evaluates a Node over values that may be unknown. The fast
// evaluator, expr's VM, stops at the first unknown; only then does this one run.
// It decides what Kleene's logic decides (and, or, not, the ternary and the
// quantifiers, also inside closures, lets, functions and derived values) and
// runs expr's own operator wherever all operands are known.
//
// theme/runtime/tree.ts and steps.ts mirror it function by function.

// val is a value and the path it was read from, "" where it was computed.
type val struct {
	v    any
	path string
}

// frame holds one name of an evaluation: a variable, or, of an enclosing closure,
// the element with its index and the accumulator.
type frame struct {
	name string // of a variable
	val  val    // of the variable, or the element
	up   *frame
	loop *turn // of a closure
}

// turn is where a loop is.
type turn struct {
	i   int
	acc val
}

func (f *frame) lookup(name string) val {
	for ; f != nil; f = f.up {
		if f.loop == nil && f.name == name {
			return f.val
		}
	}
	return val{}
}

func (f *frame) closure() *frame {
	for ; f != nil && f.loop == nil; f = f.up {
	}
	return f
}

// tree evaluates Nodes in one World.
type tree struct {
	w    *World
	env  *Env
	text string    // of the expression, for messages
	rec  *recorder // where the evaluation explains itself, or nil
}

type result struct {
	val
	err *RuntimeError
}

func value(v any) result            { return result{val: val{v: v}} }
func failed(e *RuntimeError) result { return result{err: e} }
func (r result) unknown() *Unknown  { u, _ := r.v.(*Unknown); return u }
func (t *tree) fail(n *Node, message string) result {
	return failed(&RuntimeError{From: n.From, To: n.To, Message: message})
}

// opened gives an unknown its path: a leaf gets one, the unknowns inside a
// derived value get the path of the object in front of theirs.
func opened(u *Unknown, base, path string) *Unknown {
	return &Unknown{Reason: u.Reason, Text: u.Text, Expr: u.Expr, from: u, base: base, path: path}
}

// named gives an unknown that has not been read by a path yet its path.
func named(u *Unknown, path string) *Unknown {
	if u.named() {
		return u
	}
	return opened(u, "", path)
}

// unnamed is what an operator gives for an operand that is not known: not the
// operand itself, so that it does not compare as the same.
func unnamed(u *Unknown) *Unknown {
	if u.Expr == "" && u.Text == "" {
		return u
	}
	return of(u, "", "")
}

// of is another value that is open for the same reason.
func of(u *Unknown, text, expr string) *Unknown {
	out := *u
	out.Text, out.Expr = text, expr
	return &out
}

// both merges unknowns; nil ones are skipped. It returns nil if all are.
func both(us ...*Unknown) *Unknown {
	var out *Unknown
	for _, u := range us {
		switch {
		case u == nil:
		case out == nil:
			out = u
		default:
			out = &Unknown{Reason: out.Reason, from: out, and: u}
		}
	}
	return out
}

// open returns the unknown that a result is when a whole value is asked for.
func (r result) open() *Unknown {
	switch v := r.v.(type) {
	case *Unknown:
		return v
	case *Partial:
		return named(v.why(), r.path)
	}
	return nil
}

func (t *tree) eval(n *Node, f *frame) result {
	if t.rec == nil {
		return t.node(n, f)
	}
	return t.recorded(n, func() result { return t.node(n, f) })
}

func (t *tree) node(n *Node, f *frame) result {
	switch n.Op {
	case OpLit:
		return value(n.Lit)
	case OpVar:
		v := f.lookup(n.Name)
		return t.read(v.v, "", v.path)
	case OpColl:
		return t.collection(n.Name)
	case OpDecl:
		return t.read(t.w.Declared[n.Name], "", "declared."+n.Name)
	case OpPtr:
		c := f.closure()
		if _, none := c.val.v.(noElement); none {
			return t.fail(n, "a map has no elements")
		}
		return t.read(c.val.v, "", c.val.path)
	case OpIndex:
		return value(f.closure().loop.i)
	case OpAcc:
		return result{val: f.closure().loop.acc}
	case OpGet, OpAt:
		r, _ := t.step(n, f)
		return r
	case OpChain:
		r, stopped := t.step(n.Args[0], f)
		if stopped || r.err == nil && !n.Optional && isNil(r.v) {
			return value(nil)
		}
		return r
	case OpAnd:
		return t.connective(n, f, false)
	case OpOr:
		return t.connective(n, f, true)
	case OpElse:
		l := t.eval(n.Args[0], f)
		if l.err != nil || !isNil(l.v) {
			return l
		}
		return t.eval(n.Args[1], f)
	case OpCond:
		return t.cond(n, f)
	case OpLet:
		v := t.eval(n.Args[0], f)
		if v.err != nil {
			return v
		}
		return t.eval(n.Args[1], &frame{name: n.Name, val: v.val, up: f})
	case OpSeq:
		var r result
		for _, a := range n.Args {
			if r = t.eval(a, f); r.err != nil {
				break
			}
		}
		return r
	case OpLoop:
		return t.loop(n, f)
	case OpFunc:
		return t.function(n, f)
	case OpOpen:
		r := t.eval(n.Args[0], f)
		reason, ok := r.v.(string)
		if r.err == nil && r.open() == nil && !ok {
			return t.fail(n, fmt.Sprintf("%q takes text, not %s", "unknown", nameOf(r.v)))
		}
		if r.err != nil || r.open() != nil {
			return r
		}
		return value(&Unknown{Reason: reason, list: []Missing{{"unknown", reason}}})
	case OpCall:
		switch n.Name {
		case "flatten", "concat", "uniq":
			return t.lists(n, f)
		}
	}
	return t.strict(n, f)
}

// read is what reading a stored value gives: a leaf unknown gets its path here.
func (t *tree) read(v any, base, path string) result {
	switch x := v.(type) {
	case *Unknown:
		if !x.named() || base != "" {
			return result{val: val{opened(x, base, path), path}}
		}
	case *failure:
		return failed(x.err)
	case *Partial:
		if x.Open != nil {
			return result{val: val{&Partial{x.Items, opened(x.Open, base, path)}, path}}
		}
	}
	return result{val: val{v, path}}
}

// collection is read once: what is not known of it is the same wherever it is read.
func (t *tree) collection(name string) result {
	v := t.w.Collections[name]
	switch v.(type) {
	case *Unknown, *Partial:
	default:
		return result{val: val{v, name}}
	}
	if known := t.w.read[name]; known.from == v {
		return known.result
	}
	if t.w.read == nil {
		t.w.read = map[string]readOnce{}
	}
	r := t.read(v, "", name)
	t.w.read[name] = readOnce{v, r}
	return r
}

// step evaluates a read and reports whether `?.` ended the chain there.
func (t *tree) step(n *Node, f *frame) (r result, stopped bool) {
	if n.Op != OpGet && n.Op != OpAt {
		return t.eval(n, f), false
	}
	base, stopped := t.step(n.Args[0], f)
	if stopped || base.err != nil {
		return base, stopped
	}
	if u := base.unknown(); u != nil {
		// What is read from it is another value: it has neither its text nor its identity.
		return value(of(u, "", "")), false
	}
	if n.Optional && isNil(base.v) {
		if t.rec != nil {
			t.rec.step(n.Args[0], base, nil)
		}
		return value(nil), true
	}
	if n.Op == OpAt {
		return t.element(n, base, f), false
	}
	switch b := base.v.(type) {
	case Object:
		p := base.path
		if p == "" {
			p = fmt.Sprintf("%s[%s]", b.class.Name, strconv.Quote(b.name))
		}
		if v, ok := base.v.(Object); ok && n.Args[0].Op == OpVar && n.Args[0].Name == SelfName {
			p, b = "", v
		}
		r := t.read(t.w.field(b, n.Name), p, p+"."+n.Name)
		if t.rec != nil && r.err == nil {
			t.derived(n, b, r)
		}
		return r, false
	case map[string]any:
		return t.read(b[n.Name], "", joinPath(base.path, n.Name)), false
	}
	v, err := t.w.get(base.v, n.Name)
	if err != nil {
		return t.fail(n, fmt.Sprintf("%s has no field %q", nameOf(base.v), n.Name)), false
	}
	return value(v), false
}

func joinPath(base, field string) string {
	if base == "" {
		return field
	}
	return base + "." + field
}

func (t *tree) element(n *Node, base result, f *frame) result {
	i := t.eval(n.Args[1], f)
	if i.err != nil {
		return i
	}
	if u := both(base.open(), i.open()); u != nil {
		return value(u)
	}
	path := ""
	if base.path != "" {
		path = fmt.Sprintf("%s[%v]", base.path, i.v)
	}
	v, err := index(base.v, i.v)
	if u, ok := err.(*Unknown); ok {
		return result{val: val{named(u, path), path}}
	}
	if err != nil {
		return t.fail(n, describe(n, []any{base.v, i.v}, err))
	}
	return result{val: val{v, path}}
}

// connective is `and` and `or`; decisive is the value that decides alone.
func (t *tree) connective(n *Node, f *frame, decisive bool) result {
	l := t.eval(n.Args[0], f)
	if l.err != nil {
		return l
	}
	lu := l.open()
	if lu == nil {
		b, ok := l.v.(bool)
		if !ok {
			return t.fail(n.Args[0], notBool(fmt.Sprintf("each side of %q", string(n.Op)), l.v))
		}
		if b == decisive {
			return value(decisive)
		}
		return t.eval(n.Args[1], f)
	}
	r := t.eval(n.Args[1], f)
	if r.err != nil {
		return value(lu)
	}
	if b, ok := r.v.(bool); ok && b == decisive {
		return value(decisive)
	}
	return value(both(lu, r.open()))
}

func notBool(what string, v any) string {
	return fmt.Sprintf("%s is true or false, not %s", what, nameOf(v))
}

func (t *tree) cond(n *Node, f *frame) result {
	c := t.eval(n.Args[0], f)
	if c.err != nil {
		return c
	}
	cu := c.open()
	if cu == nil {
		b, ok := c.v.(bool)
		switch {
		case !ok:
			return t.fail(n.Args[0], notBool("a condition", c.v))
		case b:
			return t.eval(n.Args[1], f)
		}
		return t.eval(n.Args[2], f)
	}
	x, y := t.eval(n.Args[1], f), t.eval(n.Args[2], f)
	if x.err != nil || y.err != nil {
		return value(unnamed(cu))
	}
	xu, yu := x.open(), y.open()
	if xu == nil && yu == nil && sameScalar(x.v, y.v) {
		return result{val: val{x.v, x.path}}
	}
	return value(unnamed(both(cu, xu, yu)))
}

// sameScalar reports whether two values are the same scalar or object, so that
// it does not matter which of them a condition would choose.
func sameScalar(a, b any) bool {
	switch x := a.(type) {
	case nil, bool, int, float64, string:
		return a == b
	case Object:
		y, ok := b.(Object)
		return ok && x == y
	}
	return false
}

func (t *tree) function(n *Node, f *frame) result {
	fn := t.env.function(n.Name)
	var vars *frame
	args, isKnown := make([]any, len(fn.decl.Params)), true
	for i, p := range fn.decl.Params {
		a := t.eval(n.Args[i], f)
		if a.err != nil {
			return a
		}
		if a.path == "" && a.unknown() == nil {
			if _, isObject := a.v.(Object); !isObject {
				a.path = p.Name
			}
		}
		vars, args[i] = &frame{name: p.Name, val: a.val, up: vars}, a.v
		switch a.v.(type) {
		case *Unknown, *Partial:
			isKnown = false
		}
	}
	if t.rec != nil && !t.rec.inside {
		t.rec.cur.Definition = fn.body.explain(t.w, vars, true)
	}
	if isKnown && t.w.open[fn.body] < often {
		if r, ok := t.quick(fn, args); ok {
			return r
		}
	}
	sub := &tree{w: t.w, env: t.env, text: fn.body.Text.Value}
	r := sub.eval(fn.body.Root, vars)
	if r.err != nil && r.err.Text.Span.Source == nil && r.err.Text.Value == "" {
		r.err = &RuntimeError{From: r.err.From, To: r.err.To, Message: r.err.Message, Text: fn.body.Text}
	}
	return r
}

// quick is what expr's VM gives, which is the quicker way where that is a scalar:
// such a value has no path that a later read could need.
func (t *tree) quick(fn *function, args []any) (result, bool) {
	v, err := t.w.call(fn, args)
	if err == nil {
		switch v.(type) {
		case nil, bool, int, float64, string:
			delete(t.w.open, fn.body)
			return value(v), true
		}
	}
	if t.w.open != nil {
		t.w.open[fn.body]++
	}
	return result{}, false
}

// strict evaluates every operand and, if all are known, runs expr's operator.
func (t *tree) strict(n *Node, f *frame) result {
	vals := make([]any, len(n.Args))
	var results [2]result // of a binary operator
	var u *Unknown
	for i, a := range n.Args {
		if a == nil {
			continue
		}
		r := t.eval(a, f)
		if r.err != nil {
			if u != nil {
				return value(unnamed(u))
			}
			return r
		}
		if vals[i] = r.v; i < len(results) {
			results[i] = r
		}
		if o := r.open(); o != nil && !(n.Op == OpBin && n.Name == "in" && i == 1 && r.unknown() == nil) {
			u = both(u, o)
		}
	}
	if n.Op == OpBin && len(vals) == 2 {
		if r, decided := t.binaryOverText(n, results[0], results[1]); decided {
			return r
		}
	}
	if u != nil {
		return value(unnamed(u))
	}
	if p, ok := lastOf(vals).(*Partial); ok && n.Op == OpBin && n.Name == "in" {
		return t.inPartial(vals[0], p, results[1].path)
	}
	return t.apply(n, vals)
}

func lastOf(vals []any) any {
	if len(vals) == 0 {
		return nil
	}
	return vals[len(vals)-1]
}

// binaryOverText decides what can be said of texts that are known in part:
// the same unresolved expression equals itself, and joining keeps the pieces.
func (t *tree) binaryOverText(n *Node, l, r result) (result, bool) {
	lu, ru := l.unknown(), r.unknown()
	switch n.Name {
	case "==", "!=":
		if lu != nil && ru != nil && lu.Expr != "" && lu.Expr == ru.Expr {
			return value(n.Name == "=="), true
		}
	case "+":
		lt, le, lok := textParts(l.v)
		rt, re, rok := textParts(r.v)
		if (lu != nil || ru != nil) && lok && rok {
			out := both(lu, ru)
			return value(of(out, lt+rt, le+re)), true
		}
	}
	return result{}, false
}

// textParts returns what a text shows and its identity.
func textParts(v any) (shown, expr string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, strings.ReplaceAll(v, "{", "{{"), true
	case *Unknown:
		return v.Text, v.Expr, v.Expr != ""
	}
	return "", "", false
}

func (t *tree) inPartial(x any, list *Partial, path string) result {
	var u *Unknown
	for _, item := range list.Items {
		same, err := equal(item, x)
		o, _ := item.(Object)
		switch {
		case err != nil:
			u = both(u, named(err.(*Unknown), path))
		case same.(bool) && o.object != nil && o.exists != nil:
			u = both(u, named(o.exists, path))
		case same.(bool):
			return value(true)
		}
	}
	if list.Open != nil {
		u = both(u, named(list.Open, path))
	}
	if u != nil {
		return value(unnamed(u))
	}
	return value(false)
}

// apply runs the operator of n on known operands in expr's VM.
func (t *tree) apply(n *Node, operands []any) result { return t.applyTo(n, operands, nil) }

// applyTo is apply with the closure's results of a loop.
func (t *tree) applyTo(n *Node, operands, results []any) result {
	if n.Op == OpBin {
		switch n.Name {
		case "==", "!=", "in":
			if r, done := t.openIdentity(n, operands); done {
				return r
			}
		}
	}
	if v, done := plainly(n, operands); done {
		return value(v)
	}
	p, err := t.env.operator(n)
	if err != nil {
		return t.fail(n, err.Error())
	}
	env := t.w.scratch()
	env[resultsName] = results
	for i, v := range operands {
		env[hole(i)] = v
	}
	v, err := t.w.run(p, env)
	var u *Unknown
	switch {
	case errors.As(err, &u): // which objects are the same is not known
		return value(unnamed(named(u, n.pathText())))
	case err != nil:
		return t.fail(n, describe(n, operands, err))
	}
	return value(v)
}

// openIdentity catches comparisons with an object whose identity is open.
func (t *tree) openIdentity(n *Node, operands []any) (result, bool) {
	var v any
	var err error
	if n.Name == "in" {
		v, err = in(operands[0], operands[1])
	} else {
		v, err = equal(operands[0], operands[1])
	}
	if u, ok := err.(*Unknown); ok {
		return value(unnamed(named(u, n.pathText()))), true
	}
	if b, ok := v.(bool); ok && err == nil {
		return value(b != (n.Name == "!=")), true
	}
	return result{}, false
}

// pathText names a comparison in a finding's missing list.
func (n *Node) pathText() string {
	for _, a := range n.Args {
		if s := a.path(); s != "" {
			return s
		}
	}
	return "object"
}

func (n *Node) path() string {
	switch n.Op {
	case OpVar:
		if n.Name == SelfName {
			return ""
		}
		return n.Name
	case OpColl:
		return n.Name
	case OpGet:
		return joinPath(n.Args[0].path(), n.Name)
	case OpChain:
		return n.Args[0].path()
	}
	return ""
}
