package lang

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/plumbline/plumbline/internal/diag"
)

func (a *analyser) binary(n *ast.BinaryNode) *Node {
	l := a.node(n.Left)
	if n.Operator == "in" {
		a.unordered = n.Right
	}
	r := a.node(n.Right)
	switch n.Operator {
	case "and", "&&", "or", "||":
		op := OpAnd
		if n.Operator == "or" || n.Operator == "||" {
			op = OpOr
		}
		a.wantBool(l, fmt.Sprintf("each side of %q", n.Operator))
		a.wantBool(r, fmt.Sprintf("each side of %q", n.Operator))
		return a.make(n, op, tBool, l, r)
	case "??":
		for _, side := range []*Node{l, r} {
			side.Optional = side.Optional || side.Op == OpChain
		}
		return a.make(n, OpElse, join(l.Type, r.Type), l, r)
	}
	op := n.Operator
	if op == "^" {
		op = "**"
	}
	if !operators[op] {
		return a.errorAt(n, "rule/refused", fmt.Sprintf("operator %q is outside the rule language", op), "")
	}
	t := a.operator(n, op, l, r)
	return a.named(n, OpBin, op, t, l, r)
}

// operator checks the operands of a binary operator and returns its type.
func (a *analyser) operator(n *ast.BinaryNode, op string, l, r *Node) *Type {
	mismatch := func(hint string) {
		a.errorAt(n, "rule/type", fmt.Sprintf("%q does not work on %s and %s", op, l.Type.with(), r.Type.with()), hint)
	}
	numbers := l.Type.may("int", "float") && r.Type.may("int", "float")
	strings := l.Type.may("string") && r.Type.may("string")
	switch op {
	case "==", "!=":
		if !comparable(l.Type, r.Type) {
			a.errorAt(n, "rule/type", fmt.Sprintf("%s never equals %s", l.Type.with(), r.Type.with()), "")
		}
		a.enumConstant(l, r)
		a.enumConstant(r, l)
		return tBool
	case "<", "<=", ">", ">=":
		if !numbers && !strings {
			mismatch("")
		}
		return tBool
	case "in":
		a.inOperator(n, l, r)
		return tBool
	case "contains", "startsWith", "endsWith":
		if !(l.Type.may("string", "nil") && r.Type.may("string", "nil")) {
			mismatch(`for a list write "x in list"`)
		}
		return tBool
	case "matches":
		a.pattern(n, l, r)
		return tBool
	case "..":
		if !l.Type.may("int") || !r.Type.may("int") {
			mismatch("")
		}
		return listOf(tInt)
	case "+":
		if !numbers && !strings {
			mismatch("")
		}
		if l.Type.is("string") && r.Type.is("string") {
			return tString
		}
	case "%":
		if !l.Type.may("int") || !r.Type.may("int") {
			mismatch("convert with int(…)")
		}
		return tInt
	default:
		if !numbers {
			mismatch("")
		}
		if op == "/" || op == "**" {
			return tFloat
		}
	}
	if l.Type.numeric() && r.Type.numeric() {
		if l.Type.is("int") && r.Type.is("int") {
			return tInt
		}
		return tFloat
	}
	return tAny
}

// enumConstant reports a comparison with a text that the field can never hold.
func (a *analyser) enumConstant(field, constant *Node) {
	s, ok := constant.Lit.(string)
	if constant.Op != OpLit || !ok || field.Type.Enum == nil || slices.Contains(field.Type.Enum, s) {
		return
	}
	hint := diag.DidYouMean(s, field.Type.Enum)
	if hint == "" {
		hint = "it is one of " + strings.Join(field.Type.Enum, ", ")
	}
	a.report("rule/unknown-value", constant.From, constant.To, fmt.Sprintf("%q is no value of this field", s), hint)
}

func (a *analyser) inOperator(n *ast.BinaryNode, l, r *Node) {
	switch {
	case r.Type.is("object"):
		a.errorAt(n, "rule/refused", `"in" on an object is outside the rule language`, "compare a field with nil")
	case !r.Type.may("list", "record", "nil"):
		a.errorAt(n, "rule/type", fmt.Sprintf("%q looks into a list, not into %s", "in", r.Type.with()), "for text write: text contains part")
	case r.Type.is("list") && !comparable(l.Type, r.Type.elem()):
		a.errorAt(n, "rule/type", fmt.Sprintf("%s is never in %s", l.Type.with(), r.Type.with()), "")
	}
	if r.Op == OpList {
		for _, e := range r.Args {
			a.enumConstant(l, e)
		}
	}
	if l.Op == OpLit && r.Type.is("list") {
		a.enumConstant(&Node{Type: r.Type.elem()}, l)
	}
}

func (a *analyser) pattern(n *ast.BinaryNode, l, r *Node) {
	s, ok := r.Lit.(string)
	if r.Op != OpLit || !ok {
		a.errorAt(n, "rule/refused", "a computed pattern is outside the rule language", `write the pattern as a constant text`)
		return
	}
	if _, err := syntax.Parse(s, syntax.Perl); err != nil {
		a.report("rule/syntax", r.From, r.To, fmt.Sprintf("the pattern does not parse: %v", err), "patterns are RE2, as in Go")
	}
	if !l.Type.may("string", "nil") {
		a.errorAt(n, "rule/type", fmt.Sprintf("a pattern matches text, not %s", l.Type.with()), "")
	}
}
