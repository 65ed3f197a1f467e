package rulejs

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

// translator writes one expression. Most nodes become a JavaScript expression;
// what needs statements, a loop above all, adds them to the current block, and
// its expression is then the name of the result.
//
// A read may give an unknown. raw writes a read as it is, for callers that check
// what they get; value writes one that stops at an unknown.
type translator struct {
	shaper
	expr   *lang.Expr
	around []pointer             // the enclosing closures
	bound  map[*lang.Node]string // nodes whose value has a name already
	names  map[string]bool       // in use
	lets   map[string]string     // JavaScript names of lets
	stmts  []string              // of the current block
	shared sharing
}

// pointer holds the JavaScript names of a closure's element, index and accumulator.
type pointer struct{ element, index, acc string }

func newTranslator(x *lang.Expr, vars []string, shapes map[string]shape) *translator {
	t := &translator{
		shaper: shaper{env: x.Env(), vars: shapes},
		expr:   x,
		bound:  map[*lang.Node]string{},
		names:  map[string]bool{},
		lets:   map[string]string{},
	}
	for _, v := range vars {
		t.names[identifier(v)] = true
	}
	t.reserve(x.Root)
	t.shared.count(t, x.Root)
	return t
}

// reserve keeps the expression's own variables from being taken for results.
func (t *translator) reserve(n *lang.Node) {
	if n == nil {
		return
	}
	if n.Op == lang.OpVar || n.Op == lang.OpLet {
		t.names[identifier(n.Name)] = true
	}
	for _, a := range n.Args {
		t.reserve(a)
	}
}

// fresh returns a new name: any1, list2 …
func (t *translator) fresh(prefix string) string {
	for i := 1; ; i++ {
		if name := prefix + strconv.Itoa(i); !t.names[name] {
			t.names[name] = true
			return name
		}
	}
}

func (t *translator) line(format string, args ...any) {
	t.stmts = append(t.stmts, fmt.Sprintf(format, args...))
}

// block runs f and returns the statements that it added, indented.
func (t *translator) block(f func() string) (stmts []string, result string) {
	outer, known := t.stmts, len(t.shared.named)
	t.stmts = nil
	result = f()
	t.shared.named = t.shared.named[:known]
	for _, s := range t.stmts {
		stmts = append(stmts, "  "+s)
	}
	t.stmts = outer
	return stmts, result
}

// maybe is block for what only runs under a condition and is better an expression:
// in it no read gets a name that later ones could share.
func (t *translator) maybe(f func() string) (stmts []string, result string) {
	t.shared.off++
	defer func() { t.shared.off-- }()
	return t.block(f)
}

// add appends the statements of a block.
func (t *translator) add(stmts []string) { t.stmts = append(t.stmts, stmts...) }

var simple = regexp.MustCompile(`^[\pL_$][\pL\pN_$]*$`)

// name returns code that can stand more than once: a name.
func (t *translator) name(prefix, code string) string {
	if simple.MatchString(code) {
		return code
	}
	name := t.fresh(prefix)
	t.line("const %s = %s;", name, code)
	return name
}

// function writes an arrow function whose result is the node.
func (t *translator) function(params string, n *lang.Node) string {
	stmts, _ := t.block(func() string { t.tail(n); return "" })
	if code, ok := strings.CutPrefix(stmts[0], "  return "); ok && len(stmts) == 1 {
		return fmt.Sprintf("(%s) => %s", params, body(strings.TrimSuffix(code, ";")))
	}
	return fmt.Sprintf("(%s) => {\n%s\n}", params, strings.Join(stmts, "\n"))
}

func (t *translator) arrow(params string, f func() string) string {
	stmts, result := t.block(f)
	if len(stmts) == 0 {
		return fmt.Sprintf("(%s) => %s", params, body(result))
	}
	return fmt.Sprintf("(%s) => {\n%s\n  return %s;\n}", params, strings.Join(stmts, "\n"), result)
}

// value writes a node as a JavaScript expression whose value is known.
func (t *translator) value(n *lang.Node) string {
	if name, ok := t.bound[n]; ok {
		return name
	}
	switch n.Op {
	case lang.OpLit:
		return literal(n.Lit)
	case lang.OpVar:
		if name, ok := t.lets[n.Name]; ok {
			return name
		}
		return identifier(n.Name)
	case lang.OpDecl:
		return fmt.Sprintf("rt.declared(w, %s)", quote(n.Name))
	case lang.OpIndex:
		return fmt.Sprintf("BigInt(%s)", t.pointer().index)
	case lang.OpAcc:
		return t.pointer().acc
	case lang.OpColl, lang.OpPtr, lang.OpGet, lang.OpAt:
		return t.checked(n)
	case lang.OpSlice:
		return fmt.Sprintf("rt.slice(%s)", t.list(n.Args))
	case lang.OpChain:
		return t.chain(n)
	case lang.OpNot:
		if isBool(n.Args[0]) {
			return "!" + parens(t.value(n.Args[0]))
		}
		return fmt.Sprintf("!rt.truth(%s, %s)", t.raw(n.Args[0]), quote(`what "not" negates`))
	case lang.OpNeg:
		return fmt.Sprintf("rt.negate(%s)", t.value(n.Args[0]))
	case lang.OpPos:
		return t.value(n.Args[0])
	case lang.OpAnd, lang.OpOr:
		return t.connective(n, t.value)
	case lang.OpElse:
		return t.otherwise(n)
	case lang.OpCond:
		return t.cond(n)
	case lang.OpLet:
		return t.let(n)
	case lang.OpBin:
		return t.binary(n)
	case lang.OpLoop:
		return t.loop(n)
	case lang.OpCall:
		return t.call(n)
	case lang.OpFunc:
		return t.modelFunction(n)
	case lang.OpOpen:
		return fmt.Sprintf("rt.open(%s)", t.value(n.Args[0]))
	case lang.OpSeq:
		return "(" + t.list(n.Args) + ")"
	case lang.OpList:
		return "[" + t.list(n.Args) + "]"
	case lang.OpMap:
		return fmt.Sprintf("rt.mapOf([%s])", t.list(n.Args))
	}
	panic("rulejs: no translation for " + string(n.Op))
}

func (t *translator) values(args []*lang.Node) []string {
	out := make([]string, len(args))
	for i, a := range args {
		if a == nil {
			out[i] = "undefined"
		} else {
			out[i] = t.value(a)
		}
	}
	return out
}

func (t *translator) list(args []*lang.Node) string { return strings.Join(t.values(args), ", ") }

func (t *translator) pointer() pointer { return t.around[len(t.around)-1] }

func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v) + "n"
	case float64:
		if math.Signbit(v) && v == 0 {
			return "-0"
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return quote(v)
	}
	panic(fmt.Sprintf("rulejs: no literal for %T", v))
}

func parens(s string) string {
	if strings.HasPrefix(s, "(") || strings.HasPrefix(s, "rt.") || simple.MatchString(s) {
		return s
	}
	return "(" + s + ")"
}

// body protects an arrow function's body that begins with a brace.
func body(s string) string {
	if strings.HasPrefix(s, "{") {
		return "(" + s + ")"
	}
	return s
}

// isBool reports whether a node's JavaScript is true or false in any case.
func isBool(n *lang.Node) bool {
	switch n.Op {
	case lang.OpNot:
		return true
	case lang.OpLit:
		_, ok := n.Lit.(bool)
		return ok
	case lang.OpAnd, lang.OpOr:
		return isBool(n.Args[1])
	case lang.OpCall:
		switch n.Name {
		case "isIPv4", "cidrContains", "hasPrefix", "hasSuffix":
			return true
		}
	case lang.OpBin:
		switch n.Name {
		case "==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith", "matches":
			return true
		}
	case lang.OpLoop:
		switch n.Name {
		case "any", "all", "none", "one":
			return true
		}
	}
	return false
}

// test writes a condition, checked unless it can only be true or false.
func (t *translator) test(n *lang.Node, what string) string {
	switch {
	case n.Op == lang.OpAnd || n.Op == lang.OpOr:
		return t.connective(n, func(right *lang.Node) string { return t.test(right, what) })
	case isBool(n), n.Op == lang.OpFunc && isBool(t.env.Function(n.Name).Root):
		return t.value(n)
	}
	return fmt.Sprintf("rt.truth(%s, %s)", t.raw(n), quote(what))
}

// connective writes "and" and "or"; write is for the right side. Where that needs
// statements they run only if the left side does not decide.
func (t *translator) connective(n *lang.Node, write func(*lang.Node) string) string {
	op, word, decided := "&&", "and", ""
	if n.Op == lang.OpOr {
		op, word, decided = "||", "or", "!"
	}
	left := t.test(n.Args[0], fmt.Sprintf("each side of %q", word))
	stmts, right := t.maybe(func() string { return write(n.Args[1]) })
	if n.Args[0].Op == n.Op && strings.HasPrefix(left, "(") {
		left = left[1 : len(left)-1]
	}
	if len(stmts) == 0 {
		return fmt.Sprintf("(%s %s %s)", left, op, right)
	}
	name := left
	if n.Args[0].Op != n.Op || !simple.MatchString(left) {
		name = t.fresh(word)
		t.line("let %s = %s;", name, left)
	}
	t.line("if (%s%s) {", decided, name)
	t.add(stmts)
	t.line("  %s = %s;", name, right)
	t.line("}")
	return name
}

func (t *translator) cond(n *lang.Node) string {
	test := t.test(n.Args[0], "a condition")
	yes, x := t.maybe(func() string { return t.value(n.Args[1]) })
	no, y := t.maybe(func() string { return t.value(n.Args[2]) })
	if len(yes)+len(no) == 0 {
		return fmt.Sprintf("(%s ? %s : %s)", test, x, y)
	}
	name := t.fresh("either")
	t.line("let %s;", name)
	t.line("if (%s) {", test)
	t.add(append(yes, fmt.Sprintf("  %s = %s;", name, x)))
	t.line("} else {")
	t.add(append(no, fmt.Sprintf("  %s = %s;", name, y)))
	t.line("}")
	return name
}

// otherwise writes ??.
func (t *translator) otherwise(n *lang.Node) string {
	left := t.value(n.Args[0])
	stmts, right := t.maybe(func() string { return t.value(n.Args[1]) })
	switch {
	case t.shape(n.Args[0]).mayBeObject() && len(stmts) == 0:
		return fmt.Sprintf("(%s ?? %s)", left, right)
	case len(stmts) == 0:
		return fmt.Sprintf("rt.coalesce(%s, () => %s)", left, body(right))
	}
	name := t.fresh("else")
	t.line("let %s = %s;", name, left)
	t.line("if (rt.isNil(%s)) {", name)
	t.add(stmts)
	t.line("  %s = %s;", name, right)
	t.line("}")
	return name
}

func (t *translator) let(n *lang.Node) string {
	defer t.letNamed(n)()
	return t.value(n.Args[1])
}

// letNamed writes the value of a let under its name; the function it returns ends
// the name's reach.
func (t *translator) letNamed(n *lang.Node) func() {
	code := t.value(n.Args[0])
	name := identifier(n.Name)
	if t.names["let "+name] { // two lets of one name in one function
		name = t.fresh(name + "_")
	}
	t.names["let "+name] = true
	t.line("const %s = %s;", name, unwrap(code))
	old, had := t.lets[n.Name]
	t.lets[n.Name] = name
	undo := t.shaper.let(n)
	return func() {
		undo()
		if t.lets[n.Name] = old; !had {
			delete(t.lets, n.Name)
		}
	}
}

var operatorNames = map[string]string{
	"<": "less", "<=": "lessEq", ">": "more", ">=": "moreEq", "+": "add", "-": "subtract", "*": "multiply",
	"/": "divide", "%": "modulo", "**": "power", "contains": "contains", "startsWith": "startsWith",
	"endsWith": "endsWith", "..": "range",
}

func (t *translator) binary(n *lang.Node) string {
	l, r := n.Args[0], n.Args[1]
	switch n.Name {
	case "==":
		return t.equal(l, r)
	case "!=":
		s := t.equal(l, r)
		if plain := strings.Replace(s, " === ", " !== ", 1); strings.HasPrefix(s, "(") && strings.Count(s, " === ") == 1 {
			return plain
		}
		return "!" + parens(s)
	case "<", "<=", ">", ">=":
		if isNumber(l) && isNumber(r) {
			return fmt.Sprintf("(%s %s %s)", t.number(l), n.Name, t.number(r))
		}
	case "in":
		return t.in(l, r)
	case "matches":
		return fmt.Sprintf("rt.matches(%s, %s)", t.value(l), pattern(r.Lit.(string)))
	}
	return fmt.Sprintf("rt.%s(%s)", operatorNames[n.Name], t.list(n.Args))
}

func scalar(t *lang.Type) bool {
	switch t.Name {
	case "bool", "int", "float", "string", "nil":
		return true
	}
	return false
}

// isNumber reports a whole number that a JavaScript number holds exactly: a
// length, a count, an index or a literal. Comparing such needs no BigInt.
func isNumber(n *lang.Node) bool {
	switch n.Op {
	case lang.OpLit:
		_, ok := n.Lit.(int)
		return ok
	case lang.OpIndex:
		return true
	case lang.OpCall:
		return n.Name == "len"
	case lang.OpLoop:
		return n.Name == "count"
	}
	return false
}

// number writes what isNumber accepts as a JavaScript number.
func (t *translator) number(n *lang.Node) string {
	switch n.Op {
	case lang.OpLit:
		return strconv.Itoa(n.Lit.(int))
	case lang.OpIndex:
		return t.pointer().index
	case lang.OpCall:
		return fmt.Sprintf("rt.length(%s)", t.raw(n.Args[0]))
	}
	return t.counter(n)
}

// equal writes ==. Text, truth values, nil and counts compare as JavaScript does.
func (t *translator) equal(l, r *lang.Node) string {
	if isNumber(l) && isNumber(r) {
		return fmt.Sprintf("(%s === %s)", t.number(l), t.number(r))
	}
	for _, pair := range [][2]*lang.Node{{l, r}, {r, l}} {
		if pair[0].Op != lang.OpLit {
			continue
		}
		switch pair[0].Lit.(type) {
		case string:
			return fmt.Sprintf("rt.is(%s, %s)", t.raw(pair[1]), literal(pair[0].Lit))
		case bool:
			return fmt.Sprintf("(%s === %s)", t.value(pair[1]), literal(pair[0].Lit))
		case nil:
			if t.shape(pair[1]).mayBeObject() {
				return fmt.Sprintf("(%s === null)", t.value(pair[1]))
			}
			return fmt.Sprintf("rt.isNil(%s)", t.value(pair[1]))
		}
	}
	if scalar(l.Type) || scalar(r.Type) {
		return fmt.Sprintf("rt.equal(%s, %s)", t.value(l), t.value(r))
	}
	return fmt.Sprintf("rt.same(%s, %s)", t.value(l), t.value(r))
}

// in writes "in"; a few constant texts are compared one by one.
func (t *translator) in(l, r *lang.Node) string {
	if !scalar(l.Type) || r.Type.Name != "list" || r.Type.Elem == nil || !scalar(r.Type.Elem) {
		return fmt.Sprintf("rt.within(%s)", t.list([]*lang.Node{l, r}))
	}
	if !constantTexts(r) {
		return fmt.Sprintf("rt.inList(%s, %s)", t.value(l), t.raw(r))
	}
	name := t.name("text", t.value(l))
	var tests []string
	for _, e := range r.Args {
		tests = append(tests, fmt.Sprintf("%s === %s", name, literal(e.Lit)))
	}
	return "(" + strings.Join(tests, " || ") + ")"
}

func constantTexts(n *lang.Node) bool {
	if n.Op != lang.OpList || len(n.Args) == 0 || len(n.Args) > 16 {
		return false
	}
	for _, e := range n.Args {
		if _, ok := e.Lit.(string); e.Op != lang.OpLit || !ok {
			return false
		}
	}
	return true
}

// builtinNames are those whose name is an operator of the runtime.
var builtinNames = map[string]string{"get": "element"}

func (t *translator) call(n *lang.Node) string {
	name := n.Name
	if other, ok := builtinNames[name]; ok {
		name = other
	}
	return fmt.Sprintf("rt.%s(%s)", name, t.list(n.Args))
}

// modelFunction writes a call of a function of the model. What it takes as an
// object is one, or nil.
func (t *translator) modelFunction(n *lang.Node) string {
	args := []string{"w"}
	shapes, params := paramShapes(t.env, n.Name), modelFunction(t.env, n.Name).Params
	for i, a := range n.Args {
		code := t.value(a)
		if shapes[params[i].Name].mayBeObject() && !t.shape(a).mayBeObject() && a.Op != lang.OpLit {
			code = fmt.Sprintf("rt.link(%s)", code)
		}
		args = append(args, code)
	}
	return fmt.Sprintf("w.lib.functions%s.run(%s)", property(n.Name), strings.Join(args, ", "))
}
