package lang

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
	"github.com/expr-lang/expr/vm/runtime"

	"github.com/plumbline/plumbline/internal/model"
)

// program is an expression compiled for expr's VM.
type program struct{ code *vm.Program }

// worldName is the variable of a program that holds the *World. It cannot clash: it
// is no identifier.
const worldName = "(world)"

// openName is the function that gives an unknown.
const openName = "unknown"

// assembler turns Nodes back into expr's tree, with every read of the topology
// replaced by a call that stops at an unknown. The VM then runs expr's own
// operators on what those calls return.
type assembler struct {
	env   *Env
	fresh int
	// holes replaces the arguments of the root by variables, so that one operator
	// runs on operands that are already known.
	holes bool
}

// compile compiles a whole expression. Failing here is a defect of ours: what
// analysis accepted compiles.
func (e *Env) compile(n *Node, text string) (*program, error) {
	s := &assembler{env: e}
	return s.assemble(s.node(n), text)
}

// compileOperator compiles the root of n alone, over operands a0, a1 …
func (e *Env) compileOperator(n *Node) (*program, error) {
	s := &assembler{env: e, holes: true}
	return s.assemble(s.node(n), "")
}

func assemblyConfig() *conf.Config {
	config := conf.CreateNew()
	config.Optimize = false // the optimizer changes results, see the manual's page on the language
	config.WithEnv(map[string]any{})
	config.Strict = false
	config.MaxNodes = 0
	return config
}

func (s *assembler) assemble(root ast.Node, text string) (*program, error) {
	s.env.assembling.Lock()
	defer s.env.assembling.Unlock()
	tree := &parser.Tree{Node: root, Source: file.NewSource(text)}
	if _, err := checker.Check(tree, s.env.assembly); err != nil {
		return nil, err
	}
	code, err := compiler.Compile(tree, s.env.assembly)
	if err != nil {
		return nil, err
	}
	return &program{code}, nil
}

func at[N ast.Node](n *Node, x N) N {
	x.SetLocation(file.Location{From: n.From, To: n.To})
	return x
}

func name(n *Node, s string) ast.Node { return at(n, &ast.IdentifierNode{Value: s}) }
func text(n *Node, s string) ast.Node { return at(n, &ast.StringNode{Value: s}) }

// call assembles a call of a function, call1 and call2 of one of that many arguments.
// The VM calls functions of those types as they are. For others it would make a buffer
// for the arguments of all calls of a program, each time the program runs.
func call(n *Node, f func(args []any) (any, error), args ...ast.Node) ast.Node {
	switch len(args) {
	case 1:
		return call1(n, func(a any) (any, error) { return f([]any{a}) }, args[0])
	case 2:
		return call2(n, func(a, b any) (any, error) { return f([]any{a, b}) }, args[0], args[1])
	}
	return call1(n, func(list any) (any, error) { return f(list.([]any)) }, at(n, &ast.ArrayNode{Nodes: args}))
}

func call1(n *Node, f func(any) (any, error), a ast.Node) ast.Node {
	return calls(n, func(a any) any { return must(f(a)) }, a)
}

func call2(n *Node, f func(a, b any) (any, error), a, b ast.Node) ast.Node {
	return calls(n, func(a, b any) any { return must(f(a, b)) }, a, b)
}

func calls(n *Node, f any, args ...ast.Node) ast.Node {
	return at(n, &ast.CallNode{Callee: at(n, &ast.ConstantNode{Value: f}), Arguments: args})
}

// must ends a program with an error as the VM does itself: by a panic that it catches.
func must(v any, err error) any {
	if err != nil {
		panic(err)
	}
	return v
}

// arg assembles the i-th argument of the root, or its hole.
func (s *assembler) arg(n *Node, i int) ast.Node {
	if s.holes {
		return name(n, hole(i))
	}
	return s.node(n.Args[i])
}

func hole(i int) string { return fmt.Sprintf("(%d)", i) }

func (s *assembler) args(n *Node) []ast.Node {
	out := make([]ast.Node, len(n.Args))
	for i := range n.Args {
		out[i] = s.arg(n, i)
	}
	return out
}

func (s *assembler) node(n *Node) ast.Node {
	switch n.Op {
	case OpLit:
		return literal(n)
	case OpVar:
		return name(n, n.Name)
	case OpColl:
		return call1(n, func(w any) (any, error) { return known(w.(*World).Collections[n.Name]) }, name(n, worldName))
	case OpDecl:
		return call1(n, func(w any) (any, error) { return known(w.(*World).Declared[n.Name]) }, name(n, worldName))
	case OpPtr:
		return call1(n, known, at(n, &ast.PointerNode{}))
	case OpIndex:
		return at(n, &ast.PointerNode{Name: "index"})
	case OpAcc:
		return at(n, &ast.PointerNode{Name: "acc"})
	case OpGet:
		if n.Args[0].Op == OpPtr && s.stated(n) { // a read finds out itself what it reads from
			return s.get(n, at(n, &ast.PointerNode{}))
		}
		return s.get(n, s.arg(n, 0))
	case OpAt:
		return call2(n, index, s.arg(n, 0), s.arg(n, 1))
	case OpSlice:
		return s.slice(n)
	case OpChain:
		return s.chain(n.Args[0], func(x ast.Node) ast.Node {
			if !n.Optional && n.Type.is("any", "list") { // an empty list that is nil becomes plain nil
				return call1(n, plainNil, x)
			}
			return x
		})
	case OpNot:
		return at(n, &ast.UnaryNode{Operator: "not", Node: s.arg(n, 0)})
	case OpNeg:
		return at(n, &ast.UnaryNode{Operator: "-", Node: s.arg(n, 0)})
	case OpPos:
		return at(n, &ast.UnaryNode{Operator: "+", Node: s.arg(n, 0)})
	case OpAnd:
		return at(n, &ast.BinaryNode{Operator: "and", Left: s.arg(n, 0), Right: s.arg(n, 1)})
	case OpOr:
		return at(n, &ast.BinaryNode{Operator: "or", Left: s.arg(n, 0), Right: s.arg(n, 1)})
	case OpElse:
		return at(n, &ast.BinaryNode{Operator: "??", Left: s.arg(n, 0), Right: s.arg(n, 1)})
	case OpCond:
		return at(n, &ast.ConditionalNode{Ternary: true, Cond: s.arg(n, 0), Exp1: s.arg(n, 1), Exp2: s.arg(n, 2)})
	case OpLet:
		return at(n, &ast.VariableDeclaratorNode{Name: n.Name, Value: s.node(n.Args[0]), Expr: s.node(n.Args[1])})
	case OpBin:
		return s.binary(n)
	case OpLoop:
		return s.loop(n)
	case OpCall:
		if p, pure := pureFunctions[n.Name]; pure {
			return call(n, p.run, s.args(n)...)
		}
		switch n.Name {
		case "string", "type", "toJSON":
			return call(n, scalarOnly(n.Name), s.args(n)...)
		case "repeat", "replace", "join":
			return call(n, bounded(n.Name), s.args(n)...)
		case "keys", "values", "toPairs":
			return call(n, entries(n.Name), s.args(n)...)
		case "fromJSON":
			return call(n, fromJSON, s.args(n)...)
		case "fromBase64":
			return call(n, fromBase64, s.args(n)...)
		case "get":
			return call2(n, element, s.arg(n, 0), s.arg(n, 1))
		case "sort":
			order := ast.Node(text(n, "asc"))
			if len(n.Args) > 1 {
				order = s.arg(n, 1)
			}
			list := call1(n, sortable, s.arg(n, 0))
			return s.bind(n, list, func(list ast.Node) ast.Node { return sorted(n, list, list, order) })
		case "uniq":
			return call1(n, uniq, s.arg(n, 0))
		case "first", "last":
			return at(n, &ast.BuiltinNode{Name: n.Name, Arguments: []ast.Node{s.listArg(n)}})
		}
		return at(n, &ast.BuiltinNode{Name: n.Name, Arguments: s.args(n)})
	case OpFunc:
		run := func(a []any) (any, error) { return a[0].(*World).call(s.env.function(n.Name), a[1:]) }
		return call(n, run, append([]ast.Node{name(n, worldName)}, s.args(n)...)...)
	case OpOpen:
		return call1(n, unknownFor, s.arg(n, 0))
	case OpSeq:
		return at(n, &ast.SequenceNode{Nodes: s.args(n)})
	case OpList:
		return at(n, &ast.ArrayNode{Nodes: s.args(n)})
	case OpMap:
		pairs := make([]ast.Node, 0, len(n.Args)/2)
		for i := 0; i+1 < len(n.Args); i += 2 {
			pairs = append(pairs, at(n, &ast.PairNode{Key: s.arg(n, i), Value: s.arg(n, i+1)}))
		}
		return at(n, &ast.MapNode{Pairs: pairs})
	}
	panic("lang: no assembly for " + string(n.Op))
}

// stated reports a read of what objects of a kind state: all but derived values.
func (s *assembler) stated(n *Node) bool {
	t := n.Args[0].Type
	if s.holes || !t.is("object") {
		return false
	}
	class := s.env.classes[t.Kind.Name]
	_, ok := class.slots[n.Name]
	return ok && !slices.ContainsFunc(t.Kind.Derived, func(d *model.Derived) bool { return d.Name == n.Name })
}

// get assembles base.name.
func (s *assembler) get(n *Node, base ast.Node) ast.Node {
	if !s.stated(n) {
		return call2(n, func(w, base any) (any, error) { return w.(*World).get(base, n.Name) }, name(n, worldName), base)
	}
	return call1(n, s.env.classes[n.Args[0].Type.Kind.Name].reader(n.Name), base)
}

func literal(n *Node) ast.Node {
	switch v := n.Lit.(type) {
	case bool:
		return at(n, &ast.BoolNode{Value: v})
	case int:
		return at(n, &ast.IntegerNode{Value: v})
	case float64:
		return at(n, &ast.FloatNode{Value: v})
	case string:
		return at(n, &ast.StringNode{Value: v})
	}
	return at(n, &ast.NilNode{})
}

func (s *assembler) slice(n *Node) ast.Node {
	out := &ast.SliceNode{Node: s.listArg(n)}
	if n.Args[1] != nil {
		out.From = s.arg(n, 1)
	}
	if n.Args[2] != nil {
		out.To = s.arg(n, 2)
	}
	return at(n, out)
}

// chain assembles a?.b.c as `let t = a; t == nil ? nil : t.b.c`: the rest of
// the chain is only reached when the optional base is there.
func (s *assembler) chain(n *Node, rest func(ast.Node) ast.Node) ast.Node {
	if n.Op != OpGet && n.Op != OpAt {
		return rest(s.node(n))
	}
	read := func(base ast.Node) ast.Node {
		if n.Op == OpGet {
			return s.get(n, base)
		}
		return call2(n, index, base, s.node(n.Args[1]))
	}
	return s.chain(n.Args[0], func(base ast.Node) ast.Node {
		if !n.Optional {
			return rest(read(base))
		}
		s.fresh++
		t := fmt.Sprintf("(chain%d)", s.fresh)
		return at(n, &ast.VariableDeclaratorNode{Name: t, Value: base, Expr: at(n, &ast.ConditionalNode{
			Cond: at(n, &ast.BinaryNode{Operator: "==", Left: name(n, t), Right: at(n, &ast.NilNode{})}),
			Exp1: at(n, &ast.NilNode{}),
			Exp2: rest(read(name(n, t))),
		})})
	})
}

// nilable hides the type of an operand of == that can be nil, such as the result
// of findIndex. Where expr's compiler knows both types it compares without
// looking, and fails on nil; in this language nil equals nil and nothing else.
func nilable(n *Node, operand ast.Node) ast.Node {
	switch n.Op {
	case OpLoop:
		if n.Name == "count" {
			return operand
		}
	case OpCall:
		switch n.Name {
		case "first", "last", "min", "max", "take", "get":
		default:
			return operand
		}
	case OpVar, OpCond, OpElse, OpLet, OpSeq, OpChain:
	default:
		return operand
	}
	return call1(n, known, operand)
}

func (s *assembler) binary(n *Node) ast.Node {
	l, r := s.arg(n, 0), s.arg(n, 1)
	lt, rt := n.Args[0].Type, n.Args[1].Type
	switch n.Name {
	case "==", "!=":
		if lt.scalar() || rt.scalar() {
			l, r = nilable(n.Args[0], l), nilable(n.Args[1], r)
			break
		}
		eq := call2(n, equal, l, r)
		if n.Name == "!=" {
			return at(n, &ast.UnaryNode{Operator: "not", Node: eq})
		}
		return eq
	case "in":
		if !(lt.scalar() && rt.is("list") && rt.elem().scalar()) {
			return call2(n, in, l, r)
		}
	case "..":
		return call(n, func(a []any) (any, error) { return a[0].(*World).makeRange(a[1], a[2]) }, name(n, worldName), l, r)
	case "**":
		if e, whole := n.Args[1].Lit.(int); !whole || e < 0 {
			return call2(n, wholePower, l, r)
		}
	case "+":
		if !lt.numeric() && !rt.numeric() {
			return call2(n, sumOf, l, r)
		}
	case "matches":
		// The pattern stays a constant, so that it is compiled once.
		r = text(n, n.Args[1].Lit.(string))
	}
	return at(n, &ast.BinaryNode{Operator: n.Name, Left: l, Right: r})
}

// resultsName is the variable with the closure's results, one per element, where
// sortBy and groupBy run over known operands.
const resultsName = "(results)"

// loop assembles a builtin with a closure. Over known operands count and sum go
// through the closure's results, which are then the list itself.
func (s *assembler) loop(n *Node) ast.Node {
	if n.Name == "sortBy" {
		order := ast.Node(text(n, "asc"))
		if len(n.Args) > 2 {
			order = s.arg(n, 2)
		}
		return s.keyed(n, func(list, keys ast.Node) ast.Node { return sorted(n, list, keys, order) })
	}
	if n.Name == "groupBy" {
		return s.keyed(n, func(list, keys ast.Node) ast.Node { return call2(n, group, list, keys) })
	}
	args := []ast.Node{s.listArg(n)}
	if len(n.Args) > 1 && !s.holes {
		args = append(args, at(n, &ast.PredicateNode{Node: s.node(n.Args[1])}))
	}
	if len(n.Args) > 2 {
		args = append(args, s.arg(n, 2))
	}
	return at(n, &ast.BuiltinNode{Name: n.Name, Arguments: args})
}

// keyed assembles sortBy and groupBy as a function of the list and the
// closure's results.
func (s *assembler) keyed(n *Node, f func(list, keys ast.Node) ast.Node) ast.Node {
	return s.bind(n, s.listArg(n), func(list ast.Node) ast.Node {
		if s.holes {
			return f(list, name(n, resultsName))
		}
		return f(list, at(n, &ast.BuiltinNode{Name: "map", Arguments: []ast.Node{list, at(n, &ast.PredicateNode{Node: s.node(n.Args[1])})}}))
	})
}

// sorted assembles a list in the order of its keys; what has the same key stays as it was.
func sorted(n *Node, list, keys, order ast.Node) ast.Node {
	return call(n, func(a []any) (any, error) { return sortList(a[0], a[1], a[2]) }, list, keys, order)
}

// bind assembles `let l = value; body(l)`.
func (s *assembler) bind(n *Node, value ast.Node, body func(ast.Node) ast.Node) ast.Node {
	s.fresh++
	l := fmt.Sprintf("(let%d)", s.fresh)
	return at(n, &ast.VariableDeclaratorNode{Name: l, Value: value, Expr: body(name(n, l))})
}

// listArg assembles the first argument of a node that goes through a list. It refuses
// text, which the VM would go through byte by byte, and counts.
func (s *assembler) listArg(n *Node) ast.Node {
	return call2(n, func(w, list any) (any, error) { return list, w.(*World).goThrough(list) }, name(n, worldName), s.arg(n, 0))
}

// plainNil makes an empty list that is nil plain nil.
func plainNil(v any) (any, error) {
	if isNil(v) {
		return nil, nil
	}
	return v, nil
}

func sortable(v any) (any, error) {
	_, isMap := mapOf(v)
	_, isPair := v.([2]any)
	if _, isList := items(v); !isList || isMap || isPair {
		return nil, fmt.Errorf("%s cannot be sorted", nameOf(v))
	}
	return v, nil
}

// unknownFor is what unknown(reason) gives.
func unknownFor(reason any) (any, error) {
	text, ok := reason.(string)
	if !ok {
		return nil, fmt.Errorf("unknown takes text, not %s", nameOf(reason))
	}
	return nil, &Unknown{Reason: text}
}

// wholePower refuses fractional exponents, where Go and JavaScript round differently.
func wholePower(a, b any) (any, error) {
	if e, ok := b.(float64); ok && e != math.Trunc(e) {
		return nil, errors.New(fractional)
	}
	return power(a, b)
}

const fractional = "a fractional exponent is outside the rule language"

func power(a, b any) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%v", r)
		}
	}()
	return runtime.Exponent(a, b), nil
}

// maxRange bounds a..b in both engines.
const (
	maxRange = 1_000_000
	tooLong  = "a range has fewer than 1000000 elements"
)

func (w *World) makeRange(a, b any) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("a range goes from number to number")
		}
	}()
	lo, hi := runtime.ToInt(a), runtime.ToInt(b)
	if hi-lo+1 >= maxRange { // wraps as the VM's own size does
		return nil, errors.New(tooLong)
	}
	if err := w.count(max(0, hi-lo+1)); err != nil {
		return nil, err
	}
	return runtime.MakeRange(lo, hi), nil
}
