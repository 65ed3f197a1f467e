package rulejs

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

// This file writes reads of the topology. A field of an object is a plain
// property read, because all objects of a kind hold the same fields in the same
// order; what it gives is checked once, by whoever uses it.

// raw writes a node whose value may be an unknown that the caller checks for.
func (t *translator) raw(n *lang.Node) string {
	if name, ok := t.bound[n]; ok {
		return name
	}
	switch n.Op {
	case lang.OpColl:
		return "w.collections" + property(n.Name)
	case lang.OpPtr:
		return t.pointer().element
	case lang.OpGet:
		if n.Args[0].Type.Name == "object" {
			return t.field(n)
		}
		return fmt.Sprintf("rt.get(w, %s, %s)", t.value(n.Args[0]), quote(n.Name))
	case lang.OpAt:
		return fmt.Sprintf("rt.at(%s)", t.list(n.Args))
	}
	return t.value(n)
}

func property(name string) string {
	if simple.MatchString(name) {
		return "." + name
	}
	return "[" + quote(name) + "]"
}

// checked writes a read that stops at an unknown.
func (t *translator) checked(n *lang.Node) string {
	if name := t.share(n); name != "" {
		return name
	}
	code := t.raw(n)
	switch s := t.shape(n); {
	case n.Op == lang.OpGet && n.Args[0].Type.Name != "object": // rt.get checks by itself
		return code
	case n.Op == lang.OpPtr && s.isObject():
		return code
	case n.Op == lang.OpGet && s.mayBeObject():
		return fmt.Sprintf("rt.link(%s)", code)
	}
	return fmt.Sprintf("rt.known(%s)", code)
}

// field writes a property read of an object.
func (t *translator) field(n *lang.Node) string {
	base := t.object(n.Args[0])
	k := n.Args[0].Type.Kind
	if n.Name == "id" || n.Name == "name" || k.Field(n.Name) != nil || isInverse(t.env, k, n.Name) {
		return base + ".fields" + property(n.Name)
	}
	// A derived value is computed when it is first read.
	object := strings.TrimSuffix(strings.TrimPrefix(base, "rt.object("), ")")
	if !simple.MatchString(object) {
		object = t.name("object", base)
		base = object
	}
	return fmt.Sprintf("(%s.fields%s ?? rt.field(w, %s, %s))", base, property(n.Name), object, quote(n.Name))
}

// object writes a node that is an object for certain, or stops.
func (t *translator) object(n *lang.Node) string {
	if name, ok := t.bound[n]; ok && t.shape(n).mayBeObject() {
		return name
	}
	if t.shape(n).isObject() && (n.Op == lang.OpVar || n.Op == lang.OpPtr) {
		return t.raw(n)
	}
	if name := t.share(n); name != "" {
		return fmt.Sprintf("rt.there(%s)", name)
	}
	return fmt.Sprintf("rt.object(%s)", t.raw(n))
}

// sharing gives a link that an expression reads more than once a name.
type sharing struct {
	keys   map[*lang.Node]string // of links: the same for the same read
	counts map[string]int
	named  []sharedRead // visible in the current block
	off    int
}

type sharedRead struct{ key, name string }

// count finds the links that are read more than once.
func (s *sharing) count(t *translator, root *lang.Node) {
	s.keys, s.counts = map[*lang.Node]string{}, map[string]int{}
	var closures []string
	lets := map[string]string{} // a let is another variable wherever its name stands again
	next := 0
	var visit func(n *lang.Node) string
	visit = func(n *lang.Node) string {
		if n == nil {
			return ""
		}
		key := ""
		for i, a := range n.Args {
			inside := n.Op == lang.OpLoop && i == 1
			if inside {
				next++
				closures = append(closures, fmt.Sprint("#", next))
			}
			if n.Op == lang.OpLet && i == 1 {
				next++
				old := lets[n.Name]
				lets[n.Name] = fmt.Sprint("let", next)
				defer func() { lets[n.Name] = old }()
			}
			if below := visit(a); n.Op == lang.OpGet && below != "" && n.Args[0].Type.Name == "object" && !n.Optional {
				key = below + "." + n.Name
			}
			if inside {
				closures = closures[:len(closures)-1]
			}
		}
		switch n.Op {
		case lang.OpVar:
			return n.Name + lets[n.Name]
		case lang.OpPtr:
			return closures[len(closures)-1]
		case lang.OpGet:
			if key != "" && n.Type.Name == "object" {
				s.keys[n] = key
				s.counts[key]++
			}
			return key
		}
		return ""
	}
	visit(root)
}

// share returns the name of a link that is read more than once, or "".
func (t *translator) share(n *lang.Node) string {
	key := t.shared.keys[n]
	if key == "" || t.shared.counts[key] < 2 || !t.shape(n).mayBeObject() {
		return ""
	}
	for _, r := range t.shared.named {
		if r.key == key {
			return r.name
		}
	}
	if t.shared.off > 0 {
		return ""
	}
	code := fmt.Sprintf("rt.link(%s)", t.raw(n))
	name := t.fresh(n.Name)
	t.line("const %s = %s;", name, code)
	t.shared.named = append(t.shared.named, sharedRead{key, name})
	return name
}

// chain writes a?.b.c: where an optional base is nil, so is the whole, and
// nothing behind it is reached.
func (t *translator) chain(n *lang.Node) string {
	var optional []*lang.Node // in the order they are reached
	for r := n.Args[0]; r.Op == lang.OpGet || r.Op == lang.OpAt; r = r.Args[0] {
		if r.Optional {
			optional = append([]*lang.Node{r}, optional...)
		}
	}
	function := "chain"
	if n.Optional {
		function = "reach"
	}
	code := t.links(n.Args[0], optional, function)
	if !n.Optional && (n.Type.Name == "any" || n.Type.Name == "list") && !t.shape(n).mayBeObject() {
		return fmt.Sprintf("rt.plain(%s)", code)
	}
	return code
}

// links writes the rest of a chain from its first optional read on.
func (t *translator) links(top *lang.Node, optional []*lang.Node, function string) string {
	if len(optional) == 0 {
		return t.value(top)
	}
	base := optional[0].Args[0]
	rest := func() string { return t.links(top, optional[1:], function) }
	defer delete(t.bound, base)
	if !t.shape(base).mayBeObject() {
		code := t.value(base)
		name := t.fresh("o")
		t.bound[base] = name
		return fmt.Sprintf("rt.%s(%s, %s)", function, code, t.arrow(name, rest))
	}
	name := t.name("o", t.value(base))
	t.bound[base] = name
	stmts, result := t.block(rest)
	if len(stmts) == 0 {
		return fmt.Sprintf("(%s === null ? null : %s)", name, result)
	}
	end := t.fresh("chain")
	t.line("let %s = null;", end)
	t.line("if (%s !== null) {", name)
	t.add(append(stmts, fmt.Sprintf("  %s = %s;", end, result)))
	t.line("}")
	return end
}
