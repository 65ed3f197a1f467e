package rulejs

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

// translator writes one expression.
type translator struct {
	expr  *lang.Expr
	depth int // of closures: names of element and index
	opts  int // names of optional chains
}

// value writes a node as a JavaScript expression.
func (t *translator) value(n *lang.Node) string {
	switch n.Op {
	case lang.OpLit:
		return literal(n.Lit)
	case lang.OpVar:
		return identifier(n.Name)
	case lang.OpColl:
		return fmt.Sprintf("rt.collection(w, %s)", quote(n.Name))
	case lang.OpDecl:
		return fmt.Sprintf("rt.declared(w, %s)", quote(n.Name))
	case lang.OpPtr:
		return fmt.Sprintf("rt.known(x%d)", t.depth)
	case lang.OpIndex:
		return fmt.Sprintf("BigInt(i%d)", t.depth)
	case lang.OpAcc:
		return fmt.Sprintf("a%d", t.depth)
	case lang.OpGet, lang.OpAt:
		return t.read(n, t.value(n.Args[0]))
	case lang.OpSlice:
		return fmt.Sprintf("rt.slice(%s)", t.list(n.Args))
	case lang.OpChain:
		function := "chain"
		if n.Optional {
			function = "reach"
		}
		return t.chain(n.Args[0], function, func(s string) string { return s })
	case lang.OpNot:
		if isBool(n.Args[0]) {
			return "!" + parens(t.value(n.Args[0]))
		}
		return fmt.Sprintf("rt.not(%s)", t.value(n.Args[0]))
	case lang.OpNeg:
		return fmt.Sprintf("rt.negate(%s)", t.value(n.Args[0]))
	case lang.OpPos:
		return t.value(n.Args[0])
	case lang.OpAnd:
		return fmt.Sprintf("(%s && %s)", t.test(n.Args[0], `each side of "and"`), t.value(n.Args[1]))
	case lang.OpOr:
		return fmt.Sprintf("(%s || %s)", t.test(n.Args[0], `each side of "or"`), t.value(n.Args[1]))
	case lang.OpElse:
		return fmt.Sprintf("rt.coalesce(%s, () => %s)", t.value(n.Args[0]), t.value(n.Args[1]))
	case lang.OpCond:
		return fmt.Sprintf("(%s ? %s : %s)", t.test(n.Args[0], "a condition"), t.value(n.Args[1]), t.value(n.Args[2]))
	case lang.OpLet:
		return fmt.Sprintf("((%s) => %s)(%s)", identifier(n.Name), body(t.value(n.Args[1])), t.value(n.Args[0]))
	case lang.OpBin:
		return t.binary(n)
	case lang.OpLoop:
		return t.loop(n)
	case lang.OpCall:
		return t.call(n)
	case lang.OpFunc:
		return fmt.Sprintf("rt.call(w, %s)", strings.Join(append([]string{quote(n.Name)}, t.values(n.Args)...), ", "))
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
	if strings.HasPrefix(s, "(") || strings.HasPrefix(s, "rt.") {
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
	if isBool(n) {
		return t.value(n)
	}
	return fmt.Sprintf("rt.truth(%s, %s)", t.value(n), quote(what))
}

func (t *translator) read(n *lang.Node, base string) string {
	if n.Op == lang.OpGet {
		return fmt.Sprintf("rt.get(w, %s, %s)", base, quote(n.Name))
	}
	return fmt.Sprintf("rt.known(rt.at(%s, %s))", base, t.value(n.Args[1]))
}

// chain writes a?.b.c so that the rest is only reached when the base is there.
func (t *translator) chain(n *lang.Node, function string, rest func(string) string) string {
	if n.Op != lang.OpGet && n.Op != lang.OpAt {
		return rest(t.value(n))
	}
	return t.chain(n.Args[0], function, func(base string) string {
		if !n.Optional {
			return rest(t.read(n, base))
		}
		t.opts++
		name := fmt.Sprintf("o%d", t.opts)
		return fmt.Sprintf("rt.%s(%s, (%s) => %s)", function, base, name, rest(t.read(n, name)))
	})
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
		return "!" + parens(t.equal(l, r))
	case "in":
		if scalar(l.Type) && r.Type.Name == "list" && r.Type.Elem != nil && scalar(r.Type.Elem) {
			return fmt.Sprintf("rt.inList(%s)", t.list(n.Args))
		}
		return fmt.Sprintf("rt.within(%s)", t.list(n.Args))
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

// equal writes ==. Text and truth values compare as JavaScript does.
func (t *translator) equal(l, r *lang.Node) string {
	for _, pair := range [][2]*lang.Node{{l, r}, {r, l}} {
		if pair[0].Op != lang.OpLit {
			continue
		}
		switch pair[0].Lit.(type) {
		case string, bool:
			return fmt.Sprintf("(%s === %s)", t.value(pair[1]), literal(pair[0].Lit))
		case nil:
			return fmt.Sprintf("rt.isNil(%s)", t.value(pair[1]))
		}
	}
	if scalar(l.Type) || scalar(r.Type) {
		return fmt.Sprintf("rt.equal(%s, %s)", t.value(l), t.value(r))
	}
	return fmt.Sprintf("rt.same(%s, %s)", t.value(l), t.value(r))
}

func (t *translator) loop(n *lang.Node) string {
	args := []string{t.value(n.Args[0])}
	t.depth++
	f := fmt.Sprintf("(x%d) => rt.known(x%d)", t.depth, t.depth)
	if len(n.Args) > 1 {
		params := fmt.Sprintf("x%d, i%d", t.depth, t.depth)
		if n.Name == "reduce" {
			params += fmt.Sprintf(", a%d", t.depth)
		}
		f = fmt.Sprintf("(%s) => %s", params, body(t.value(n.Args[1])))
	}
	t.depth--
	args = append(args, f)
	for _, extra := range n.Args[min(2, len(n.Args)):] {
		args = append(args, t.value(extra))
	}
	if n.Name == "reduce" {
		return fmt.Sprintf("rt.reduce(%s)", strings.Join(args, ", "))
	}
	return fmt.Sprintf("rt.loops.%s(%s)", n.Name, strings.Join(args, ", "))
}

func (t *translator) call(n *lang.Node) string {
	table := "builtins"
	if lang.IsPure(n.Name) {
		table = "pure"
	}
	return fmt.Sprintf("rt.%s.%s(%s)", table, n.Name, t.list(n.Args))
}

// tree writes a node as the runtime's tree evaluator reads it.
func (t *translator) tree(n *lang.Node) string {
	if n == nil {
		return "null"
	}
	parts := []string{"op: " + quote(string(n.Op))}
	if n.Name != "" {
		parts = append(parts, "name: "+quote(n.Name))
	}
	if n.Op == lang.OpLit {
		parts = append(parts, "lit: "+literal(n.Lit))
	}
	if n.Optional {
		parts = append(parts, "optional: true")
	}
	if n.Op == lang.OpBin && n.Name == "matches" {
		parts = append(parts, "re: "+pattern(n.Args[1].Lit.(string)))
	}
	if len(n.Args) > 0 {
		args := make([]string, len(n.Args))
		for i, a := range n.Args {
			args[i] = t.tree(a)
		}
		parts = append(parts, "args: ["+strings.Join(args, ", ")+"]")
	}
	if at := t.place(n); at != "" && n.Op != lang.OpLit {
		parts = append(parts, "at: "+at)
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}
