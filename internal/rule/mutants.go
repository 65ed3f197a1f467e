package rule

import (
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// Mutant is a rule with one small mistake, as an author could make it.
type Mutant struct {
	Part string    // where, assert or fact
	What string    // the mistake: "drop a condition"
	Text string    // the expression with the mistake; "" where it was removed
	Span diag.Span // of the part of the expression that changed
	rule *Rule
}

// Mutants returns every rule that differs from r by one mistake. Text that does
// not analyse is no mutant, and neither is one that another mutant has already.
func (s *Set) Mutants(r *Rule) []*Mutant {
	var out []*Mutant
	var vars []lang.Var
	if r.Kind != nil {
		vars = []lang.Var{{Name: r.Var, Kind: r.Kind}}
	}
	add := func(part string, x *lang.Expr, place func(*Rule) **lang.Expr) {
		if x == nil {
			return
		}
		seen := map[string]bool{x.Root.String(): true}
		for _, m := range mutations(x.Root) {
			text := m.root.String()
			if seen[text] {
				continue
			}
			seen[text] = true
			changed, problems := s.Env.Compile(model.Text{Value: text}, vars, r.ID)
			if problems.HasErrors() || part != "fact" && !changed.MayBeBool() {
				continue
			}
			mutant := *r
			mutant.Message = nil // a verdict is what a mutant is told apart by
			*place(&mutant) = changed
			out = append(out, &Mutant{part, m.what, text, x.Span(m.at), &mutant})
		}
	}
	if r.Where != nil {
		mutant := *r
		mutant.Message, mutant.Where = nil, nil
		out = append(out, &Mutant{"where", "remove it", "", r.Where.Span(r.Where.Root), &mutant})
	}
	add("where", r.Where, func(r *Rule) **lang.Expr { return &r.Where })
	add("assert", r.Assert, func(r *Rule) **lang.Expr { return &r.Assert })
	add("fact", r.Fact, func(r *Rule) **lang.Expr { return &r.Fact })
	return out
}

// mutation is an expression with one node replaced.
type mutation struct {
	what string
	at   *lang.Node // in the original
	root *lang.Node
}

// mutations replaces each node of an expression in every way that makes sense there.
func mutations(root *lang.Node) []mutation {
	m := &mutator{root: root}
	condition := root.Op == lang.OpAnd || root.Op == lang.OpOr || root.Op == lang.OpNot || root.Type.Name == "bool"
	m.visit(root, condition)
	return m.out
}

type mutator struct {
	root *lang.Node
	out  []mutation
}

// put replaces a node.
func (m *mutator) put(what string, at, with *lang.Node) {
	m.out = append(m.out, mutation{what, at, replaced(m.root, at, with)})
}

// replaced copies a tree with another node in the place of one of its own.
func replaced(n, at, with *lang.Node) *lang.Node {
	if n == at {
		return with
	}
	if n == nil {
		return nil
	}
	for i, a := range n.Args {
		if r := replaced(a, at, with); r != a {
			out := copied(n)
			out.Args = slices.Clone(n.Args)
			out.Args[i] = r
			return out
		}
	}
	return n
}

// copied copies what a node says, without what evaluation keeps in it.
func copied(n *lang.Node) *lang.Node {
	return &lang.Node{Op: n.Op, Name: n.Name, Lit: n.Lit, Args: n.Args, Optional: n.Optional, From: n.From, To: n.To, Type: n.Type}
}

func named(n *lang.Node, name string) *lang.Node {
	out := copied(n)
	out.Name = name
	return out
}

func withOp(n *lang.Node, op lang.Op) *lang.Node {
	out := copied(n)
	out.Op = op
	return out
}

func literal(n *lang.Node, v any) *lang.Node {
	out := copied(n)
	out.Lit = v
	return out
}

// visit mutates n and everything below it. condition says whether n is looked at
// as true or false.
func (m *mutator) visit(n *lang.Node, condition bool) {
	if condition {
		m.negate(n)
	}
	switch n.Op {
	case lang.OpAnd, lang.OpOr:
		m.connective(n)
		return
	case lang.OpNot:
		m.visit(n.Args[0], false) // without the "not" it is negated already
		return
	case lang.OpElse:
		m.put("drop what stands in for nil", n, n.Args[0])
		m.put("drop what may be nil", n, n.Args[1])
	case lang.OpCond:
		m.put("always the first branch", n, n.Args[1])
		m.put("always the second branch", n, n.Args[2])
		m.visit(n.Args[0], true)
		m.visit(n.Args[1], condition)
		m.visit(n.Args[2], condition)
		return
	case lang.OpLet:
		m.visit(n.Args[0], false)
		m.visit(n.Args[1], condition)
		return
	case lang.OpBin:
		m.operator(n)
		return
	case lang.OpLoop:
		m.loop(n)
		return
	case lang.OpCall:
		if other := partners[n.Name]; other != "" {
			m.put("take "+other+" for "+n.Name, n, named(n, other))
		}
	case lang.OpList:
		m.list(n, nil)
		return
	case lang.OpLit:
		m.constant(n, nil)
	case lang.OpOpen:
		return // the reason decides nothing
	case lang.OpMap:
		for i := 1; i < len(n.Args); i += 2 {
			m.visit(n.Args[i], false)
		}
		return
	}
	for _, a := range n.Args {
		if a != nil {
			m.visit(a, false)
		}
	}
}

// negate turns a condition round, in the way a person would write it.
func (m *mutator) negate(n *lang.Node) {
	const what = "negate a condition"
	switch {
	case n.Op == lang.OpNot:
		m.put(what, n, n.Args[0])
	case n.Op == lang.OpLit, n.Op == lang.OpCond, n.Op == lang.OpLet: // their own parts are negated
	case n.Op == lang.OpBin && opposites[n.Name] != "":
		m.put(what, n, named(n, opposites[n.Name]))
	case n.Op == lang.OpLoop && opposites[n.Name] != "":
		m.put(what, n, named(n, opposites[n.Name]))
	default:
		m.put(what, n, &lang.Node{Op: lang.OpNot, Args: []*lang.Node{n}, Type: n.Type})
	}
}

var opposites = map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "any": "none", "none": "any"}

// partners are builtins and operators that are easily taken for each other.
var partners = map[string]string{"min": "max", "max": "min", "first": "last", "last": "first",
	"startsWith": "endsWith", "endsWith": "startsWith", "contains": "startsWith", "<": "<=", "<=": "<", ">": ">=", ">=": ">",
	"+": "-", "-": "+", "*": "/", "/": "*", "any": "all", "all": "any", "none": "all", "one": "any"}

func (m *mutator) connective(n *lang.Node) {
	if n.Op == lang.OpAnd {
		m.put("or for and", n, withOp(n, lang.OpOr))
	} else {
		m.put("and for or", n, withOp(n, lang.OpAnd))
	}
	m.put("drop a condition", n.Args[1], nil)
	m.out[len(m.out)-1].root = replaced(m.root, n, n.Args[0])
	m.put("drop a condition", n.Args[0], nil)
	m.out[len(m.out)-1].root = replaced(m.root, n, n.Args[1])
	m.visit(n.Args[0], true)
	m.visit(n.Args[1], true)
}

func (m *mutator) operator(n *lang.Node) {
	l, r := n.Args[0], n.Args[1]
	if other := partners[n.Name]; other != "" && !(n.Name == "+" && l.Type.Name == "string") {
		m.put("take "+other+" for "+n.Name, n, named(n, other))
	}
	switch n.Name {
	case "matches":
		m.visit(l, false)
		m.pattern(r)
	case "==", "!=":
		m.side(l, r.Type.Enum)
		m.side(r, l.Type.Enum)
	case "in":
		var enum []string
		if r.Type.Elem != nil {
			enum = r.Type.Elem.Enum
		}
		m.side(l, enum)
		if r.Op == lang.OpList {
			m.list(r, l.Type.Enum)
		} else {
			m.visit(r, false)
		}
	default:
		m.visit(l, false)
		m.visit(r, false)
	}
}

// side visits an operand that is compared with one of some texts.
func (m *mutator) side(n *lang.Node, enum []string) {
	if n.Op == lang.OpLit {
		m.constant(n, enum)
		return
	}
	m.visit(n, false)
}

// pattern loosens a pattern at each end.
func (m *mutator) pattern(n *lang.Node) {
	p, _ := n.Lit.(string)
	if rest, ok := strings.CutPrefix(p, "^"); ok {
		m.put("drop the beginning of a pattern", n, literal(n, rest))
	}
	if rest, ok := strings.CutSuffix(p, "$"); ok && !strings.HasSuffix(rest, `\`) {
		m.put("drop the end of a pattern", n, literal(n, rest))
	}
}

// list drops and changes elements. Elements of enum become ones that are not there.
func (m *mutator) list(n *lang.Node, enum []string) {
	var there []string
	for _, a := range n.Args {
		s, _ := a.Lit.(string)
		there = append(there, s)
	}
	enum = slices.DeleteFunc(slices.Clone(enum), func(s string) bool { return slices.Contains(there, s) })
	for i, a := range n.Args {
		if len(n.Args) > 1 {
			with := copied(n)
			with.Args = slices.Delete(slices.Clone(n.Args), i, i+1)
			m.put("drop an element", a, nil)
			m.out[len(m.out)-1].root = replaced(m.root, n, with)
		}
		if _, isText := a.Lit.(string); isText && len(there) > 0 && len(enum) > 0 {
			m.put("change a value", a, literal(a, enum[i%len(enum)]))
			continue
		} else if isText && a.Op == lang.OpLit && n.Type.Elem != nil && len(n.Type.Elem.Enum) > 0 {
			continue
		}
		m.visit(a, false)
	}
}

// constant changes a constant; enum are the texts that it is compared with.
func (m *mutator) constant(n *lang.Node, enum []string) {
	switch v := n.Lit.(type) {
	case bool:
		m.put("change a constant", n, literal(n, !v))
	case int:
		m.put("off by one", n, literal(n, v+1))
		m.put("off by one", n, literal(n, v-1))
	case float64:
		m.put("off by one", n, literal(n, v+1))
		m.put("off by one", n, literal(n, v-1))
	case string:
		if len(enum) == 0 {
			m.put("change a text", n, literal(n, v+"x"))
		}
		for _, other := range enum {
			if other != v {
				m.put("change a value", n, literal(n, other))
			}
		}
	}
}

func (m *mutator) loop(n *lang.Node) {
	if other := partners[n.Name]; other != "" {
		m.put("take "+other+" for "+n.Name, n, named(n, other))
	}
	if n.Name == "filter" {
		m.put("drop a filter", n, n.Args[0])
	}
	m.visit(n.Args[0], false)
	for i, a := range n.Args[1:] {
		m.visit(a, i == 0 && slices.Contains([]string{"any", "all", "none", "one", "filter", "find", "findIndex", "count"}, n.Name))
	}
}
