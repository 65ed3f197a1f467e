package rulejs

import (
	"fmt"
	"regexp"

	"github.com/plumbline/plumbline/internal/lang"
)

// This file writes conditions as one would by hand: what decides leaves, by
// return, break or continue, and what does not goes on.

// tail writes a node as the end of a function.
func (t *translator) tail(n *lang.Node) {
	switch {
	case n.Op == lang.OpAnd && t.loops(n):
		t.jump(n.Args[0], `each side of "and"`, "", "return false;")
		t.tail(n.Args[1])
	case n.Op == lang.OpOr && t.loops(n):
		t.jump(n.Args[0], `each side of "or"`, "return true;", "")
		t.tail(n.Args[1])
	case isQuantifier(n):
		t.jump(n, "", "return true;", "return false;")
	case n.Op == lang.OpCond && t.loops(n):
		t.line("if (%s) {", t.test(n.Args[0], "a condition"))
		t.nested(func() { t.tail(n.Args[1]) })
		t.line("}")
		t.tail(n.Args[2])
	case n.Op == lang.OpLet:
		undo := t.letNamed(n)
		t.tail(n.Args[1])
		undo()
	default:
		t.line("return %s;", unwrap(t.value(n)))
	}
}

// nested adds what f writes one level further in.
func (t *translator) nested(f func()) {
	stmts, _ := t.block(func() string { f(); return "" })
	t.add(stmts)
}

func isQuantifier(n *lang.Node) bool {
	return n.Op == lang.OpLoop && (n.Name == "any" || n.Name == "all" || n.Name == "none")
}

// loops reports whether a quantifier stands in a condition, outside of closures,
// where a jump out of its loop can take the place of a result.
func (t *translator) loops(n *lang.Node) bool {
	switch n.Op {
	case lang.OpAnd, lang.OpOr, lang.OpNot, lang.OpCond:
		for _, a := range n.Args {
			if t.loops(a) {
				return true
			}
		}
	case lang.OpLet:
		return t.loops(n.Args[1])
	}
	return isQuantifier(n)
}

// jump writes statements that do yes where a condition holds and no where it does
// not. Both leave the statements that follow; one of them may be empty, which is
// to go on. what names the condition in messages.
func (t *translator) jump(n *lang.Node, what, yes, no string) {
	switch {
	case n.Op == lang.OpNot && t.loops(n):
		t.jump(n.Args[0], `what "not" negates`, no, yes)
	case n.Op == lang.OpAnd && t.loops(n):
		t.labelled("both", yes, no, no == "", func(yes, no string) {
			t.jump(n.Args[0], `each side of "and"`, "", no)
			t.jump(n.Args[1], what, yes, no)
		})
	case n.Op == lang.OpOr && t.loops(n):
		t.labelled("either", yes, no, yes == "", func(yes, no string) {
			t.jump(n.Args[0], `each side of "or"`, yes, "")
			t.jump(n.Args[1], what, yes, no)
		})
	case isQuantifier(n):
		t.labelled(n.Name, yes, no, n.Name == "any" && yes == "" || n.Name != "any" && no == "", func(yes, no string) {
			found, otherwise := yes, no
			if n.Name != "any" {
				found, otherwise = no, yes
			}
			t.forEach(n, "", func() {
				if n.Name == "all" {
					t.jumpElement(n, "", found)
				} else {
					t.jumpElement(n, found, "")
				}
			})
			if otherwise != "" {
				t.line("%s", otherwise)
			}
		})
	default:
		code := t.test(n, what)
		switch {
		case yes == "":
			t.line("if (%s) %s", negated(code), no)
		default:
			t.line("if (%s) %s", unwrap(code), yes)
			if no != "" {
				t.line("%s", no)
			}
		}
	}
}

// jumpElement is jump for the closure of a builtin.
func (t *translator) jumpElement(n *lang.Node, yes, no string) {
	if len(n.Args) > 1 {
		t.jump(n.Args[1], "the condition of "+n.Name, yes, no)
		return
	}
	code := t.condition(n)
	if yes == "" {
		t.line("if (%s) %s", negated(code), no)
	} else {
		t.line("if (%s) %s", code, yes)
	}
}

// labelled runs f with jumps for both outcomes: where needed, the one that goes on
// becomes a jump to the end of a block.
func (t *translator) labelled(prefix, yes, no string, needed bool, f func(yes, no string)) {
	if !needed {
		f(yes, no)
		return
	}
	label := t.fresh(prefix)
	leave := fmt.Sprintf("break %s;", label)
	if yes == "" {
		yes = leave
	} else {
		no = leave
	}
	t.line("%s: {", label)
	t.nested(func() { f(yes, no) })
	t.line("}")
}

// comparison is one with a constant that has an opposite.
var comparison = regexp.MustCompile(`^\(([\w.$()]+)( [!=]== )(null|true|false|\d+)\)$`)

func negated(code string) string {
	if m := comparison.FindStringSubmatch(code); m != nil {
		return m[1] + map[string]string{" === ": " !== ", " !== ": " === "}[m[2]] + m[3]
	}
	if inner := unwrap(code); inner != code || simple.MatchString(code) {
		return "!" + code
	}
	if len(code) > 1 && code[0] == '!' && code[1] != '=' {
		return code[1:]
	}
	return "!" + parens(code)
}

// unwrap removes the parentheses around a whole expression. A sequence needs them,
// and one with a regular expression keeps them: its parentheses count differently.
func unwrap(code string) string {
	if len(code) < 2 || code[0] != '(' {
		return code
	}
	depth, quoted := 0, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '/', c == ',' && depth == 1:
			return code
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 && i < len(code)-1 {
				return code
			}
		}
	}
	return code[1 : len(code)-1]
}
