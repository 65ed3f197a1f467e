package lang

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/plumbline/plumbline/internal/diag"
)

func (a *analyser) builtin(n *ast.BuiltinNode) *Node {
	b, ok := builtins[n.Name]
	if b.unordered && a.unordered != ast.Node(n) && !single(n) {
		return a.errorAt(n, "rule/refused", fmt.Sprintf("%q returns its elements in a random order", n.Name), "sort them, count them, or look into them with in, any or all")
	}
	if !ok || b.refused != "" {
		why := ""
		if b.refused != "" {
			why = ": it " + b.refused
		}
		return a.errorAt(n, "rule/refused", fmt.Sprintf("%q is outside the rule language%s", n.Name, why), b.instead)
	}
	if len(n.Arguments) < b.min || len(n.Arguments) > b.max {
		return a.errorAt(n, "rule/arguments", fmt.Sprintf("%q takes %s, not %d", n.Name, counted(b.min, b.max), len(n.Arguments)), "")
	}
	if b.loop {
		return a.loop(n, b)
	}
	var args []*Node
	var types []*Type
	inner, ok := n.Arguments[0].(*ast.BuiltinNode)
	if ok && n.Name == "sort" && inner.Name == "toPairs" {
		return a.errorAt(n, "rule/refused", `"toPairs" returns its elements in a random order`, "sort the keys")
	}
	if ok && (n.Name == "len" || n.Name == "type" || n.Name == "sort") {
		a.unordered = inner
	}
	for _, x := range n.Arguments {
		arg := a.node(x)
		if arg.Type.is("object") && n.Name != "uniq" && n.Name != "concat" {
			a.errorAt(x, "rule/type", fmt.Sprintf("%q does not take %s", n.Name, arg.Type.with()), "read one of its fields")
		}
		if (n.Name == "string" || n.Name == "toJSON") && arg.Type.is("list", "record") {
			a.errorAt(x, "rule/refused", fmt.Sprintf("text of %s is outside the rule language", arg.Type.with()), "join its elements, or show it in a message: ${…}")
		}
		args, types = append(args, arg), append(types, arg.Type)
	}
	return a.named(n, OpCall, n.Name, b.result(types), args...)
}

// single reports a call with a map literal of at most one key, which has one order.
func single(n *ast.BuiltinNode) bool {
	if len(n.Arguments) != 1 {
		return false
	}
	m, ok := n.Arguments[0].(*ast.MapNode)
	return ok && len(m.Pairs) <= 1
}

func counted(min, max int) string {
	switch {
	case max == many:
		return fmt.Sprintf("at least %d arguments", min)
	case min == max && min == 1:
		return "1 argument"
	case min == max:
		return fmt.Sprintf("%d arguments", min)
	}
	return fmt.Sprintf("%d or %d arguments", min, max)
}

func (a *analyser) loop(n *ast.BuiltinNode, b builtin) *Node {
	switch n.Name {
	case "all", "any", "none", "one", "count":
		a.unordered = n.Arguments[0]
	}
	list := a.node(n.Arguments[0])
	if !list.Type.may("list") {
		return a.errorAt(n.Arguments[0], "rule/type", fmt.Sprintf("%q goes through a list, not %s", n.Name, list.Type.with()), "")
	}
	args, types := []*Node{list}, []*Type{list.Type}
	if len(n.Arguments) > 1 {
		a.ptrs, a.loops = append(a.ptrs, list.Type.elem()), append(a.loops, n.Name)
		body := a.node(n.Arguments[1].(*ast.PredicateNode).Node)
		a.ptrs, a.loops = a.ptrs[:len(a.ptrs)-1], a.loops[:len(a.loops)-1]
		switch n.Name {
		case "all", "any", "none", "one", "filter", "find", "findIndex", "count":
			a.wantBool(body, "the condition of "+n.Name)
		}
		args, types = append(args, body), append(types, body.Type)
	}
	if len(n.Arguments) > 2 {
		extra := a.node(n.Arguments[2])
		args, types = append(args, extra), append(types, extra.Type)
	}
	return a.named(n, OpLoop, n.Name, b.result(types), args...)
}

func (a *analyser) call(n *ast.CallNode) *Node {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return a.errorAt(n, "rule/refused", "only builtins and functions of the model can be called", "")
	}
	var args []*Node
	for _, x := range n.Arguments {
		args = append(args, a.node(x))
	}
	if id.Value == "unknown" {
		if len(args) != 1 || !args[0].Type.may("string") {
			return a.errorAt(n, "rule/arguments", `"unknown" takes the reason as text`, `for example unknown("the workspace is not declared")`)
		}
		return a.make(n, OpOpen, tAny, args...)
	}
	if p, ok := pureFunctions[id.Value]; ok {
		if len(args) != len(p.params) {
			return a.errorAt(n, "rule/arguments", fmt.Sprintf("%q takes %s, not %d", id.Value, counted(len(p.params), len(p.params)), len(args)), "")
		}
		for i, arg := range args {
			a.wantParam(n.Arguments[i], id.Value, arg, p.params[i])
		}
		return a.named(n, OpCall, id.Value, p.result, args...)
	}
	f := a.env.function(id.Value)
	if f == nil || !a.scope.functions {
		return a.errorAt(n, "rule/unknown-function", fmt.Sprintf("unknown function %q", id.Value), diag.DidYouMean(id.Value, a.env.functionNames()))
	}
	if len(args) != len(f.decl.Params) {
		return a.errorAt(n, "rule/arguments", fmt.Sprintf("%q takes %s, not %d", id.Value, counted(len(f.decl.Params), len(f.decl.Params)), len(args)), "")
	}
	for i, arg := range args {
		a.wantParam(n.Arguments[i], id.Value, arg, typeOf(a.env.model, f.decl.Params[i].Type))
	}
	return a.named(n, OpFunc, id.Value, a.env.resultOf(f), args...)
}

func (a *analyser) wantParam(n ast.Node, function string, arg *Node, want *Type) {
	if !comparable(arg.Type, want) {
		a.errorAt(n, "rule/type", fmt.Sprintf("%q takes %s here, not %s", function, want.with(), arg.Type.with()), "")
	}
}

// builtinNames lists expr's own function names, which the model must not reuse.
var builtinNames = sync.OnceValue(func() []string {
	return slices.Sorted(maps.Keys(conf.CreateNew().Builtins))
})
