package rulejs

import (
	"fmt"

	"github.com/plumbline/plumbline/internal/lang"
)

// loop writes a builtin with a closure. Most become a for statement whose result
// has the builtin's name, so that generated code reads as one would write it.
func (t *translator) loop(n *lang.Node) string {
	switch n.Name {
	case "any", "none", "all":
		return t.quantifier(n)
	case "one":
		return fmt.Sprintf("(%s === 1)", t.counter(n))
	case "count":
		return fmt.Sprintf("BigInt(%s)", t.counter(n))
	case "filter":
		return t.each(n, "[]", func(name string) {
			t.line("if (%s) %s.push(%s);", unwrap(t.condition(n)), name, t.kept())
		})
	case "map":
		return t.each(n, "[]", func(name string) {
			t.line("%s.push(%s);", name, t.value(n.Args[1]))
		})
	case "find":
		return t.each(n, "null", func(name string) {
			t.line("if (%s) { %s = %s; break; }", unwrap(t.condition(n)), name, t.kept())
		})
	case "findIndex":
		return t.each(n, "null", func(name string) {
			t.line("if (%s) { %s = BigInt(%s); break; }", unwrap(t.condition(n)), name, t.pointer().index)
		})
	case "sum":
		return t.each(n, "0n", func(name string) {
			t.line("%s = rt.add(%s, %s);", name, t.closure(n), name)
		})
	}
	return t.withClosure(n)
}

// quantifier writes any, none and all where their result is asked for: the first
// element that decides ends them.
func (t *translator) quantifier(n *lang.Node) string {
	result := t.fresh(n.Name)
	t.line("let %s = %t;", result, n.Name != "any")
	label, leave := "", "break;"
	if len(n.Args) > 1 && t.loops(n.Args[1]) {
		label = t.fresh("each")
		leave = fmt.Sprintf("break %s;", label)
		label += ": "
	}
	decided := fmt.Sprintf("{ %s = %t; %s }", result, n.Name == "any", leave)
	t.forEach(n, label, func() {
		if n.Name == "all" {
			t.jumpElement(n, "", decided)
		} else {
			t.jumpElement(n, decided, "")
		}
	})
	return result
}

// counter writes one and count up to a JavaScript number.
func (t *translator) counter(n *lang.Node) string {
	return t.each(n, "0", func(name string) {
		t.line("if (%s) %s++;", unwrap(t.condition(n)), name)
	})
}

// each writes a for statement over the elements and returns the name of its
// result, which begins as start.
func (t *translator) each(n *lang.Node, start string, f func(name string)) string {
	result := t.fresh(n.Name)
	keyword := "let"
	if start == "[]" {
		keyword = "const"
	}
	t.line("%s %s = %s;", keyword, result, start)
	t.forEach(n, "", func() { f(result) })
	return result
}

// forEach writes a for statement over the elements; f writes its body.
func (t *translator) forEach(n *lang.Node, label string, f func()) {
	list := t.elements(n)
	p := pointer{element: t.fresh("x"), index: t.fresh("i")}
	t.line("%sfor (let %s = 0; %s < %s.length; %s++) {", label, p.index, p.index, list, p.index)
	t.nested(func() {
		t.line("const %s = %s[%s];", p.element, list, p.index)
		t.inside(n, p, f)
	})
	t.line("}")
}

// inside runs f with the closure's element, index and accumulator in scope.
func (t *translator) inside(n *lang.Node, p pointer, f func()) {
	t.around = append(t.around, p)
	t.ptrs = append(t.ptrs, t.shape(n.Args[0]).element())
	f()
	t.around, t.ptrs = t.around[:len(t.around)-1], t.ptrs[:len(t.ptrs)-1]
}

// elements writes the list that a builtin goes through as a name.
func (t *translator) elements(n *lang.Node) string {
	list := n.Args[0]
	if isArray(list) {
		return t.name("list", t.value(list))
	}
	return t.name("list", fmt.Sprintf("rt.elements(%s, %s)", quote(n.Name), t.raw(list)))
}

// isArray reports a node whose JavaScript is an Array in any case.
func isArray(n *lang.Node) bool {
	switch n.Op {
	case lang.OpList:
		return true
	case lang.OpLoop:
		return n.Name == "filter" || n.Name == "map" || n.Name == "sortBy"
	case lang.OpCall:
		switch n.Name {
		case "concat", "uniq", "flatten", "sort", "reverse", "take", "split":
			return true
		}
	}
	return false
}

// condition writes the closure of a builtin that asks for true or false.
func (t *translator) condition(n *lang.Node) string {
	if len(n.Args) < 2 {
		return fmt.Sprintf("rt.truth(%s, %s)", t.pointer().element, quote("the condition of "+n.Name))
	}
	return t.test(n.Args[1], "the condition of "+n.Name)
}

// closure writes the closure's result; without a closure it is the element.
func (t *translator) closure(n *lang.Node) string {
	if len(n.Args) > 1 {
		return t.value(n.Args[1])
	}
	return fmt.Sprintf("rt.known(%s)", t.pointer().element)
}

// kept writes the element as part of a result.
func (t *translator) kept() string {
	p := t.pointer()
	if t.ptrs[len(t.ptrs)-1].sure {
		return p.element
	}
	return fmt.Sprintf("rt.readable(%s)", p.element)
}

// withClosure writes a builtin as a call that takes the closure.
func (t *translator) withClosure(n *lang.Node) string {
	list := t.value(n.Args[0])
	p := pointer{element: t.fresh("x"), index: t.fresh("i")}
	names := p.element + ", " + p.index
	if n.Name == "reduce" {
		p.acc = t.fresh("a")
		names += ", " + p.acc
	}
	code := ""
	t.inside(n, p, func() { code = t.arrow(names, func() string { return t.closure(n) }) })
	args := list + ", " + code
	for _, extra := range n.Args[min(2, len(n.Args)):] {
		args += ", " + t.value(extra)
	}
	return fmt.Sprintf("rt.%s(%s)", n.Name, args)
}
