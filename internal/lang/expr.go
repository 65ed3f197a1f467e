package lang

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/model"
)

// Expr is an expression compiled in one scope.
type Expr struct {
	Text model.Text
	Root *Node

	env  *Env
	prog *program
}

// RuntimeError is a failure of an expression on known values: its author's bug.
// From and To bound the sub-expression that failed, in runes of Text.
type RuntimeError struct {
	Text     model.Text
	From, To int
	Message  string
}

func (e *RuntimeError) Error() string { return e.Message }

// Span returns where the failing sub-expression stands in its file.
func (e *RuntimeError) Span() diag.Span { return spanOf(e.Text, e.From, e.To) }

// Span returns where a node of the expression stands in its file.
func (x *Expr) Span(n *Node) diag.Span { return spanOf(x.Text, n.From, n.To) }

// Eval evaluates over a world with the given variables. The result is a known
// value, an *Unknown with its Missing filled, or a *Partial.
func (x *Expr) Eval(w *World, vars map[string]any) (any, *RuntimeError) {
	w.steps, w.numbers = 0, 0
	return x.eval(w, vars)
}

func (x *Expr) eval(w *World, vars map[string]any) (any, *RuntimeError) {
	skip := w.open[x] >= often
	var err error
	if !skip {
		var v any
		if v, err = w.run(x.prog, vars); err == nil {
			if w.open[x] > 0 {
				delete(w.open, x)
			}
			return v, nil
		}
	}
	// An unknown or an error: the tree evaluator says which, and where.
	delete(vars, worldName)
	r := x.evalTree(w, vars)
	if r.err != nil {
		if r.err.Text.Value == "" {
			r.err.Text = x.Text
		}
		return nil, r.err
	}
	_, partial := r.v.(*Partial)
	switch {
	case partial || r.unknown() != nil:
		if w.open != nil {
			w.open[x]++
		}
	case !skip && !stoppedByUnknown(err):
		return nil, &RuntimeError{Text: x.Text, To: len([]rune(x.Text.Value)), Message: firstLine(err)}
	default:
		delete(w.open, x)
	}
	return r.v, nil
}

// often is how many times in a row an expression comes out open before the fast
// way is left out.
const often = 4

func stoppedByUnknown(err error) bool {
	var u *Unknown
	return errors.As(err, &u)
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func (x *Expr) evalTree(w *World, vars map[string]any) result {
	t := &tree{w: w, env: x.env, text: x.Text.Value}
	return t.eval(x.Root, bind(vars))
}

// bind gives variables their paths.
func bind(vars map[string]any) *frame {
	var bound *frame
	for name, v := range vars {
		path := name
		if name == SelfName {
			path = ""
		}
		bound = &frame{name: name, val: val{v, path}, up: bound}
	}
	return bound
}

// EvalMapping evaluates an expression of rules/inputs over a flattened resource
// and, with Each, one item. A run-time error makes the value unknown: an input
// that does not look as expected must not stop the reading of the rest. w has no
// collections; evaluations share what it holds of machines.
func (x *Expr) EvalMapping(w *World, resource map[string]any, item any, index int) any {
	plain := reads{resource: resource, item: item}
	if v, ok := plain.eval(x.Root); ok {
		if u, open := v.(*Unknown); open {
			return &Unknown{Reason: u.Reason, Text: u.Text, Expr: u.Expr}
		}
		return v
	}
	w.steps, w.numbers = 0, 0
	env := w.scratch()
	env["resource"], env["item"], env["index"] = resource, item, index
	v, err := x.eval(w, env)
	if err != nil {
		return &Unknown{Reason: fmt.Sprintf("the input has an unexpected shape: %s", err.Message)}
	}
	if u, ok := v.(*Unknown); ok {
		// The path inside the mapping means nothing to a reader of findings.
		return &Unknown{Reason: u.Reason, Text: u.Text, Expr: u.Expr}
	}
	if p, ok := v.(*Partial); ok && p.Open != nil {
		return &Partial{Items: p.Items, Open: &Unknown{Reason: p.Open.Reason}}
	}
	return v
}

// describe says why an operator failed on known operands, alike in both engines.
func describe(n *Node, operands []any, err error) string {
	names := make([]string, 0, len(operands))
	for _, v := range operands {
		names = append(names, nameOf(v))
	}
	switch n.Op {
	case OpBin:
		if e, ok := lastOf(operands).(float64); ok && n.Name == "**" && e != math.Trunc(e) {
			return fractional
		}
		if errors.Is(err, errText) {
			return errText.Error()
		}
		if n.Name == "%" && len(operands) == 2 && operands[1] == 0 {
			return "division by zero"
		}
		if n.Name == ".." && isNumber(operands[0]) && isNumber(operands[1]) {
			if errors.Is(err, errSteps) {
				return errSteps.Error()
			}
			return tooLong
		}
		return fmt.Sprintf("%q does not work on %s and %s", n.Name, names[0], names[1])
	case OpNot:
		return notBool(`what "not" negates`, operands[0])
	case OpNeg, OpPos:
		return fmt.Sprintf("a sign needs a number, not %s", names[0])
	case OpAt:
		if _, isList := items(operands[0]); isList {
			return fmt.Sprintf("there is no element %s", show(operands[1]))
		}
		return fmt.Sprintf("%s has no elements", names[0])
	case OpSlice:
		return fmt.Sprintf("%s cannot be sliced", names[0])
	case OpCall:
		if _, pure := pureFunctions[n.Name]; pure {
			var inner error = err
			for errors.Unwrap(inner) != nil {
				inner = errors.Unwrap(inner)
			}
			return firstLine(inner)
		}
		if errors.Is(err, errText) {
			return errText.Error()
		}
		_, isPair := operands[0].([2]any)
		if n.Name == "sort" && (isPair || typeName(operands[0]) != "array") {
			return names[0] + " cannot be sorted"
		}
		return fmt.Sprintf("%q does not work on %s", n.Name, strings.Join(names, " and "))
	case OpLoop:
		return fmt.Sprintf("%q does not work on these elements", n.Name)
	}
	return fmt.Sprintf("this %q failed", string(n.Op))
}

func isNumber(v any) bool {
	switch v.(type) {
	case int, float64:
		return true
	}
	return false
}

// NotBool is the error of a condition whose result is neither true nor false.
func (x *Expr) NotBool(v any) *RuntimeError {
	return &RuntimeError{Text: x.Text, From: x.Root.From, To: x.Root.To, Message: notBool("a condition", v)}
}

// Open returns why a result is not known as a whole, or nil.
func Open(v any) *Unknown { return result{val: val{v: v}}.open() }

// MayBeBool reports whether the expression can give true or false.
func (x *Expr) MayBeBool() bool { return x.Root.Type.may("bool") }

// TypeName names the expression's type for messages, with its article.
func (x *Expr) TypeName() string { return x.Root.Type.with() }

// MayBeUnknown reports whether an input in the model's own terms can leave the
// expression open: it reads a field or declared fact without a default, itself
// or through derived values and functions.
func (x *Expr) MayBeUnknown() bool { return x.open(map[*Expr]bool{}) }

func (x *Expr) open(seen map[*Expr]bool) bool {
	if x == nil || seen[x] {
		return false
	}
	seen[x] = true
	found := false
	x.Root.walk(func(n *Node) {
		switch {
		case found:
		case n.Op == OpOpen:
			found = true
		case n.Op == OpDecl:
			for _, f := range x.env.model.Declared {
				found = found || f.Name == n.Name && !f.HasDefault
			}
		case n.Op == OpFunc:
			found = x.env.Function(n.Name).open(seen)
		case n.Op == OpGet && n.Args[0].Type.is("object"):
			k := n.Args[0].Type.Kind
			if f := k.Field(n.Name); f != nil {
				found = !f.HasDefault
			} else {
				found = x.env.Derived(k.Name, n.Name).open(seen)
			}
		}
	})
	return found
}
