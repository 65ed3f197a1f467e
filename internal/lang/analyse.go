package lang

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/model"
)

// scope is what the names of an expression can mean.
type scope struct {
	vars        map[string]*Type // parameters, the subject
	self        *model.Kind      // of a derived value: its fields are plain names
	collections bool             // whether collections and declared facts are visible
	functions   bool             // whether the model's functions are callable
	untyped     bool             // any other name is read from the variable EnvName
}

// analyser turns expr's tree into Nodes and reports every problem on the way.
type analyser struct {
	env   *Env
	scope scope
	text  model.Text
	rule  string
	lets  []letVar
	ptrs  []*Type  // element types of the enclosing closures
	loops []string // and the builtins that they belong to
	depth int      // of the node at hand
	// unordered is the argument whose order its parent does not look at.
	unordered ast.Node
	diags     *diag.List
}

type letVar struct {
	name string
	t    *Type
}

// analyse parses and resolves text. It returns nil where there was an error.
func (e *Env) analyse(text model.Text, sc scope, rule string, diags *diag.List) *Node {
	a := &analyser{env: e, scope: sc, text: text, rule: rule, diags: diags}
	before := len(*diags)
	tree, err := parser.ParseWithConfig(text.Value, e.parsing)
	if err != nil {
		a.syntaxError(err)
		return nil
	}
	n := a.node(tree.Node)
	if len(*diags) == before && !e.settling {
		// What only expr's own checker knows, such as the types that a builtin takes.
		if err := e.check(tree); err != nil {
			a.checkError(err)
		}
	}
	if len(*diags) > before {
		return nil
	}
	return n
}

// check runs expr's checker, whose configuration keeps what it learns of types.
func (e *Env) check(tree *parser.Tree) error {
	e.checking.Lock()
	defer e.checking.Unlock()
	_, err := checker.Check(tree, e.checked)
	return err
}

func (a *analyser) checkError(err error) {
	var fe *file.Error
	if !errors.As(err, &fe) {
		a.report("rule/type", 0, 1, lowerFirst(firstLine(err)), "")
		return
	}
	// A call of a function that expr does not know is any to it.
	a.report("rule/type", fe.From, max(fe.To, fe.From+1), lowerFirst(strings.TrimSpace(fe.Message)), "")
}

// parserConfig makes every name a plain identifier or builtin: nothing that a
// topology contains can change how a rule is parsed.
func parserConfig() *conf.Config {
	c := conf.CreateNew()
	c.WithEnv(map[string]any{})
	c.Strict = false
	return c
}

func (a *analyser) syntaxError(err error) {
	var fe *file.Error
	from, to, message := 0, 1, err.Error()
	if errors.As(err, &fe) {
		from, to, message = fe.From, fe.To, fe.Message
	}
	hint := "an operator, a comma or a bracket before this place is missing or too many"
	if strings.Contains(message, "token EOF") {
		message, hint = "the expression ends too early", "a value is missing at its end, or a bracket is not closed"
		if h := commentHint(a.text.Span); h != "" {
			hint = h
		}
	}
	a.report("rule/syntax", from, max(to, from+1), lowerFirst(message), hint)
}

// commentHint notices an expression that YAML cut at " #".
func commentHint(s diag.Span) string {
	if s.Source == nil {
		return ""
	}
	rest, _, _ := strings.Cut(s.Source.Text[min(s.End, len(s.Source.Text)):], "\n")
	if trimmed := strings.TrimLeft(rest, " \t"); trimmed != rest && strings.HasPrefix(trimmed, "#") {
		return `in YAML a "#" after a space starts a comment: put the expression in quotes`
	}
	return ""
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + strings.TrimSuffix(s[1:], ".")
}

func (a *analyser) report(code string, from, to int, message, hint string) {
	a.diags.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: spanOf(a.text, from, to), Rule: a.rule, Message: message, Hint: hint})
}

// spanOf converts a stretch of an expression, in runes, to its place in the file.
func spanOf(t model.Text, from, to int) diag.Span {
	if t.Offset == nil {
		return t.Span
	}
	start := t.Offset(from)
	return diag.Span{Source: t.Span.Source, Start: start, End: max(start, t.Offset(to))}
}

func (a *analyser) errorAt(n ast.Node, code, message, hint string) *Node {
	l := n.Location()
	a.report(code, l.From, l.To, message, hint)
	return a.make(n, OpLit, tAny)
}

func (a *analyser) make(n ast.Node, op Op, t *Type, args ...*Node) *Node {
	l := n.Location()
	out := &Node{Op: op, Args: args, From: l.From, To: l.To, Type: t}
	for _, c := range args {
		if c != nil {
			out.From, out.To = min(out.From, c.From), max(out.To, c.To)
		}
	}
	return out
}

// maxDepth bounds how deep an expression is nested, because engines parse and run
// JavaScript on a stack.
const maxDepth = 500

func (a *analyser) node(n ast.Node) *Node {
	if a.depth >= maxDepth {
		return a.errorAt(n, "rule/refused", fmt.Sprintf("this is nested deeper than %d levels", maxDepth), "give parts of it a name: derived values and functions of the model")
	}
	a.depth++
	defer func() { a.depth-- }()
	switch n := n.(type) {
	case *ast.NilNode:
		return a.literal(n, nil, tNil)
	case *ast.BoolNode:
		return a.literal(n, n.Value, tBool)
	case *ast.IntegerNode:
		if n.Value > maxLiteral || n.Value < -maxLiteral {
			return a.errorAt(n, "rule/refused", "a number beyond 2^53 is outside the rule language", "compare such values as text")
		}
		return a.literal(n, n.Value, tInt)
	case *ast.FloatNode:
		return a.literal(n, n.Value, tFloat)
	case *ast.StringNode:
		return a.literal(n, n.Value, tString)
	case *ast.IdentifierNode:
		return a.identifier(n)
	case *ast.PointerNode:
		return a.pointer(n)
	case *ast.MemberNode:
		return a.member(n)
	case *ast.ChainNode:
		inner := a.node(n.Node)
		return a.make(n, OpChain, inner.Type, inner)
	case *ast.SliceNode:
		return a.slice(n)
	case *ast.UnaryNode:
		return a.unary(n)
	case *ast.BinaryNode:
		return a.binary(n)
	case *ast.ConditionalNode:
		c, x, y := a.node(n.Cond), a.node(n.Exp1), a.node(n.Exp2)
		a.wantBool(c, "a condition")
		return a.make(n, OpCond, either(x, y), c, x, y)
	case *ast.VariableDeclaratorNode:
		return a.let(n)
	case *ast.ArrayNode:
		return a.array(n)
	case *ast.MapNode:
		return a.mapLiteral(n)
	case *ast.BuiltinNode:
		return a.builtin(n)
	case *ast.CallNode:
		return a.call(n)
	case *ast.BytesNode:
		return a.errorAt(n, "rule/refused", "bytes are outside the rule language", "write text in quotes without b")
	case *ast.SequenceNode:
		var args []*Node
		for _, x := range n.Nodes {
			args = append(args, a.node(x))
		}
		return a.make(n, OpSeq, args[len(args)-1].Type, args...)
	}
	return a.errorAt(n, "rule/refused", fmt.Sprintf("%T is outside the rule language", n), "")
}

func (a *analyser) literal(n ast.Node, v any, t *Type) *Node {
	out := a.make(n, OpLit, t)
	out.Lit = v
	return out
}

func (a *analyser) named(n ast.Node, op Op, name string, t *Type, args ...*Node) *Node {
	out := a.make(n, op, t, args...)
	out.Name = name
	return out
}

func (a *analyser) identifier(n *ast.IdentifierNode) *Node {
	name := n.Value
	for i := len(a.lets) - 1; i >= 0; i-- {
		if a.lets[i].name == name {
			return a.named(n, OpVar, name, a.lets[i].t)
		}
	}
	if t, ok := a.scope.vars[name]; ok {
		return a.named(n, OpVar, name, t)
	}
	if k := a.scope.self; k != nil {
		if t := a.env.fieldType(k, name); t != nil {
			return a.named(n, OpGet, name, t, a.named(n, OpVar, SelfName, objectOf(k)))
		}
	}
	if a.scope.collections {
		if k := a.env.model.Kind(name); k != nil {
			return a.named(n, OpColl, name, listOf(objectOf(k)))
		}
		if name == "declared" {
			return a.errorAt(n, "rule/unknown-name", `"declared" is not a value of its own`, "read one of its facts, for example declared."+a.firstDeclared())
		}
	}
	if a.scope.untyped && name == "$env" {
		return a.named(n, OpVar, EnvName, tAny)
	}
	if a.scope.untyped {
		return a.named(n, OpGet, name, tAny, a.named(n, OpVar, EnvName, tAny))
	}
	if name == "$env" {
		return a.errorAt(n, "rule/refused", `"$env" is outside the rule language`, "name the collection or field")
	}
	return a.errorAt(n, "rule/unknown-name", fmt.Sprintf("unknown name %q", name), diag.DidYouMean(name, a.names()))
}

// SelfName is the variable that holds the object of a derived value. It cannot
// clash: it is no identifier.
const SelfName = "(self)"

func (a *analyser) firstDeclared() string {
	if d := a.env.model.Declared; len(d) > 0 {
		return d[0].Name
	}
	return "name"
}

func (a *analyser) names() []string {
	var out []string
	for _, l := range a.lets {
		out = append(out, l.name)
	}
	for v := range a.scope.vars {
		out = append(out, v)
	}
	if a.scope.self != nil {
		out = append(out, fieldNames(a.env.model, a.scope.self)...)
	}
	if a.scope.collections {
		out = append(out, "declared")
		for _, k := range a.env.model.Kinds {
			out = append(out, k.Name)
		}
	}
	slices.Sort(out)
	return out
}

func (a *analyser) pointer(n *ast.PointerNode) *Node {
	if len(a.ptrs) == 0 {
		return a.errorAt(n, "rule/syntax", `"#" has no meaning outside a closure`, "it stands for the element inside any, all, filter …")
	}
	switch n.Name {
	case "":
		return a.make(n, OpPtr, a.ptrs[len(a.ptrs)-1])
	case "index":
		return a.make(n, OpIndex, tInt)
	case "acc":
		if a.loops[len(a.loops)-1] != "reduce" {
			return a.errorAt(n, "rule/syntax", `"#acc" has no meaning outside reduce`, "it stands for the result so far")
		}
		return a.make(n, OpAcc, tAny)
	}
	return a.errorAt(n, "rule/unknown-name", fmt.Sprintf("unknown pointer %q", "#"+n.Name), "there are #, #index and, in reduce, #acc")
}

func (a *analyser) member(n *ast.MemberNode) *Node {
	if n.Method {
		return a.errorAt(n, "rule/refused", "a method call is outside the rule language", "use a builtin or a function of the model")
	}
	prop, named := n.Property.(*ast.StringNode)
	if id, ok := n.Node.(*ast.IdentifierNode); ok && named && id.Value == "declared" && a.scope.collections && !a.shadowed("declared") {
		return a.declared(n, prop)
	}
	base := a.node(n.Node)
	if named && !base.Type.is("list") {
		return a.field(n, base, prop)
	}
	index := a.node(n.Property)
	switch {
	case base.Type.is("string"):
		return a.errorAt(n, "rule/refused", "an index into text is outside the rule language", "use startsWith, split or matches")
	case (base.Type.is("object") || base.Type.Fields != nil) && !index.Type.may("string", "nil"):
		return a.errorAt(n, "rule/type", fmt.Sprintf("%s has fields, not elements", base.Type.with()), "read a field with a dot")
	case base.Type.is("object"):
		return a.errorAt(n, "rule/refused", "a computed field name is outside the rule language", "read the field by its name")
	case base.Type.is("list") && named:
		return a.errorAt(n.Property, "rule/type", fmt.Sprintf("%s has no field %q", base.Type.with(), prop.Value), fmt.Sprintf("look at its elements: any(…, .%s …), map(…, .%s)", prop.Value, prop.Value))
	case base.Type.is("list") && !index.Type.may("int"):
		return a.errorAt(n.Property, "rule/type", fmt.Sprintf("a list has no element %s", index.Type), "an index is a whole number")
	case base.Type.is("bool", "int", "float", "nil"):
		return a.errorAt(n, "rule/type", fmt.Sprintf("%s has no elements", base.Type.with()), "")
	}
	out := a.make(n, OpAt, base.Type.elem(), base, index)
	out.Optional = n.Optional
	return out
}

func (a *analyser) shadowed(name string) bool {
	if _, ok := a.scope.vars[name]; ok {
		return true
	}
	return slices.ContainsFunc(a.lets, func(l letVar) bool { return l.name == name })
}

func (a *analyser) declared(n *ast.MemberNode, prop *ast.StringNode) *Node {
	var names []string
	for _, f := range a.env.model.Declared {
		if f.Name == prop.Value {
			return a.named(n, OpDecl, f.Name, typeOf(a.env.model, f.Type))
		}
		names = append(names, f.Name)
	}
	return a.errorAt(prop, "rule/unknown-field", fmt.Sprintf("unknown declared fact %q", prop.Value), diag.DidYouMean(prop.Value, names))
}

func (a *analyser) field(n *ast.MemberNode, base *Node, prop *ast.StringNode) *Node {
	t := tAny
	switch {
	case base.Type.is("object"):
		if t = a.env.fieldType(base.Type.Kind, prop.Value); t == nil {
			return a.errorAt(prop, "rule/unknown-field", fmt.Sprintf("unknown field %q on %s", prop.Value, base.Type), diag.DidYouMean(prop.Value, fieldNames(a.env.model, base.Type.Kind)))
		}
	case base.Type.is("record") && base.Type.Fields != nil:
		var names []string
		t = nil
		for _, f := range base.Type.Fields {
			names = append(names, f.Name)
			if f.Name == prop.Value {
				t = typeOf(a.env.model, f.Type)
			}
		}
		if t == nil {
			return a.errorAt(prop, "rule/unknown-field", fmt.Sprintf("unknown field %q on this record", prop.Value), diag.DidYouMean(prop.Value, names))
		}
	case base.Type.scalar():
		return a.errorAt(prop, "rule/type", fmt.Sprintf("%s has no field %q", base.Type.with(), prop.Value), "")
	}
	out := a.named(n, OpGet, prop.Value, t, base)
	out.Optional = n.Optional
	_, out.To = base.From, max(out.To, prop.Location().To)
	return out
}

func (a *analyser) slice(n *ast.SliceNode) *Node {
	args := []*Node{a.node(n.Node), nil, nil}
	for i, bound := range []ast.Node{n.From, n.To} {
		if bound == nil {
			continue
		}
		args[i+1] = a.node(bound)
		if !args[i+1].Type.may("int") {
			a.errorAt(bound, "rule/type", fmt.Sprintf("a bound of a slice is a whole number, not %s", args[i+1].Type.with()), "")
		}
	}
	if !args[0].Type.may("list") {
		return a.errorAt(n, "rule/refused", fmt.Sprintf("a slice of %s is outside the rule language", args[0].Type.with()), "slices are for lists")
	}
	return a.make(n, OpSlice, sameList([]*Type{args[0].Type}), args...)
}

func (a *analyser) unary(n *ast.UnaryNode) *Node {
	x := a.node(n.Node)
	switch n.Operator {
	case "not", "!":
		a.wantBool(x, `what "not" negates`)
		return a.make(n, OpNot, tBool, x)
	case "-", "+":
		if !x.Type.may("int", "float") {
			return a.errorAt(n, "rule/type", fmt.Sprintf("%q takes a number, not %s", n.Operator, x.Type.with()), "")
		}
		if n.Operator == "+" {
			return a.make(n, OpPos, x.Type, x)
		}
		return a.make(n, OpNeg, x.Type, x)
	}
	return a.errorAt(n, "rule/refused", fmt.Sprintf("operator %q is outside the rule language", n.Operator), "")
}

// either is the type of a value that is one of two. An empty list says nothing
// about its elements.
func either(x, y *Node) *Type {
	switch {
	case x.Op == OpList && len(x.Args) == 0 && y.Type.is("list"):
		return y.Type
	case y.Op == OpList && len(y.Args) == 0 && x.Type.is("list"):
		return x.Type
	}
	return join(x.Type, y.Type)
}

func (a *analyser) wantBool(n *Node, what string) {
	if n.Type.may("bool") {
		return
	}
	a.report("rule/type", n.From, n.To, fmt.Sprintf("%s is true or false, not %s", what, n.Type.with()), "compare it with a value")
}

func (a *analyser) let(n *ast.VariableDeclaratorNode) *Node {
	if _, isBuiltin := builtins[n.Name]; isBuiltin || a.known(n.Name) {
		return a.errorAt(n, "rule/redeclared", fmt.Sprintf("%q already has a meaning here", n.Name), "choose another name")
	}
	v := a.node(n.Value)
	a.lets = append(a.lets, letVar{n.Name, v.Type})
	body := a.node(n.Expr)
	a.lets = a.lets[:len(a.lets)-1]
	return a.named(n, OpLet, n.Name, body.Type, v, body)
}

func (a *analyser) known(name string) bool {
	return name == "declared" || slices.Contains(a.names(), name)
}

func (a *analyser) array(n *ast.ArrayNode) *Node {
	elem := tAny
	var args []*Node
	for i, e := range n.Nodes {
		x := a.node(e)
		if i == 0 {
			elem = x.Type
		} else {
			elem = join(elem, x.Type)
		}
		args = append(args, x)
	}
	return a.make(n, OpList, listOf(elem), args...)
}

func (a *analyser) mapLiteral(n *ast.MapNode) *Node {
	var args []*Node
	for _, p := range n.Pairs {
		pair := p.(*ast.PairNode)
		key := a.node(pair.Key)
		if !key.Type.may("string") {
			a.errorAt(pair.Key, "rule/type", fmt.Sprintf("a key is text, not %s", key.Type.with()), "")
		}
		args = append(args, key, a.node(pair.Value))
	}
	return a.make(n, OpMap, tRecord, args...)
}
