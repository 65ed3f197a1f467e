package lang

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/expr-lang/expr/conf"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/model"
)

// Env is a model with its expressions compiled. It is safe for concurrent use
// by several Worlds.
type Env struct {
	model      *model.Model
	classes    map[string]*Class
	functions  map[string]*function
	mappings   map[string][]*Mapping
	figure     *Figure
	fieldTypes map[string]map[string]*Type // kind → field → type, derived values included

	mu sync.Mutex // guards Node.prog

	// parsing is expr's configuration for its parser, which only reads it; checked
	// is that of its checker, guarded by checking.
	parsing, checked *conf.Config
	checking         sync.Mutex
	// assembly is the configuration of what is compiled, guarded by assembling.
	assembly   *conf.Config
	assembling sync.Mutex
	settling   bool // types are being inferred: nothing is compiled yet
}

// function is a function of the model. result is nil until its body is analysed.
type function struct {
	decl   *model.Function
	body   *Expr
	result *Type
}

// Mapping is a mapping of an input format with its expressions compiled; an
// expression that the file leaves out is nil.
type Mapping struct {
	*model.Mapping
	Within, When, Each, ID, Name *Expr
	Fields                       []MappedField
}

// MappedField is a field and the expression that reads it from a resource.
type MappedField struct {
	Field *model.Field
	Expr  *Expr
}

// NewEnv compiles everything a model says in expr: derived values, functions
// and mappings. Every problem is reported with its place in rules/.
func NewEnv(m *model.Model) (*Env, diag.List) {
	e := &Env{
		model:      m,
		classes:    map[string]*Class{},
		functions:  map[string]*function{},
		mappings:   map[string][]*Mapping{},
		fieldTypes: map[string]map[string]*Type{},
		parsing:    parserConfig(),
		checked:    parserConfig(),
		assembly:   assemblyConfig(),
	}
	var diags diag.List
	e.statedTypes(&diags)
	for _, f := range m.Functions {
		if e.taken(f.Name) {
			diags.Add(diag.Diagnostic{Code: "model/reserved-name", Severity: diag.Error, Span: f.Body.Span,
				Message: fmt.Sprintf("a function cannot be called %q: the language has one", f.Name), Hint: "choose another name"})
			continue
		}
		e.functions[f.Name] = &function{decl: f}
	}
	c := &modelCompiler{Env: e, state: map[string]int{}}
	c.settleTypes()
	c.diags = &diags
	c.all()
	c.cycles()
	for _, in := range m.Inputs {
		for _, mp := range in.Mappings {
			e.mappings[in.Name] = append(e.mappings[in.Name], c.mapping(mp))
		}
	}
	if m.Figure != nil {
		e.figure = c.drawing(m.Figure)
	}
	return e, diags
}

// Model returns the model that the Env was made from.
func (e *Env) Model() *model.Model { return e.model }

// Class returns the class of a kind, or nil.
func (e *Env) Class(kind string) *Class { return e.classes[kind] }

// Mappings returns the mappings of an input format in file order.
func (e *Env) Mappings(input string) []*Mapping { return e.mappings[input] }

// Inverses lists, for a kind, the lists that links of other kinds fill: name of
// the list, kind and field of the links, in model order.
func (e *Env) Inverses(kind *model.Kind) []Inverse {
	var out []Inverse
	for _, inv := range inverses(e.model, kind) {
		out = append(out, Inverse{inv.name, inv.source, inv.field})
	}
	return out
}

// Inverse is a list on one kind that a link field of another kind fills.
type Inverse struct {
	Name   string
	Source *model.Kind
	Field  *model.Field
}

func (e *Env) taken(name string) bool {
	_, pure := pureFunctions[name]
	return pure || name == openName || slices.Contains(builtinNames(), name)
}

// Reserved reports whether a name belongs to the language, so that nothing else
// can be called by it.
func (e *Env) Reserved(name string) bool { return e.taken(name) || e.functions[name] != nil }

func (e *Env) function(name string) *function { return e.functions[name] }

// Function returns the compiled body of a function of the model, or nil.
func (e *Env) Function(name string) *Expr {
	if f := e.functions[name]; f != nil {
		return f.body
	}
	return nil
}

// Derived returns the compiled expression of a derived value, or nil.
func (e *Env) Derived(kind, name string) *Expr {
	if c := e.classes[kind]; c != nil {
		return c.derived[name]
	}
	return nil
}

func (e *Env) functionNames() []string {
	out := []string{openName}
	for n := range e.functions {
		out = append(out, n)
	}
	for n := range pureFunctions {
		out = append(out, n)
	}
	for n, b := range builtins {
		if b.refused == "" {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// fieldType returns the type of a field, inverse list or derived value, or nil.
func (e *Env) fieldType(k *model.Kind, name string) *Type { return e.fieldTypes[k.Name][name] }

func (e *Env) statedTypes(diags *diag.List) {
	for _, k := range e.model.Kinds {
		types := map[string]*Type{"id": tString, "name": tString}
		for _, f := range k.Fields {
			types[f.Name] = typeOf(e.model, f.Type)
		}
		for _, inv := range inverses(e.model, k) {
			types[inv.name] = listOf(objectOf(inv.source))
		}
		for _, d := range k.Derived {
			types[d.Name] = tAny // until its expression is analysed
		}
		e.fieldTypes[k.Name] = types
		class := &Class{Name: k.Name, One: k.One, derived: map[string]*Expr{}, slots: map[string]int{}}
		for _, name := range fieldNames(e.model, k) {
			if _, twice := class.slots[name]; !twice {
				class.slots[name] = len(class.slots)
			}
		}
		e.classes[k.Name] = class
		if slices.Contains(builtinNames(), k.Name) {
			diags.Add(diag.Diagnostic{Code: "model/reserved-name", Severity: diag.Error, Span: k.Span,
				Message: fmt.Sprintf("a kind cannot be called %q: the language has a function of that name", k.Name), Hint: "choose another name"})
		}
	}
}

// operator returns the program that runs n alone, compiled on first use.
func (e *Env) operator(n *Node) (*program, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if n.prog == nil {
		p, err := e.compileOperator(n)
		if err != nil {
			return nil, err
		}
		n.prog = p
	}
	return n.prog, nil
}

// expr analyses and compiles one text; nil where it has an error.
func (e *Env) expr(text model.Text, sc scope, rule string, diags *diag.List) *Expr {
	root := e.analyse(text, sc, rule, diags)
	if root == nil {
		return nil
	}
	if e.settling {
		return &Expr{Text: text, Root: root, env: e}
	}
	prog, err := e.compile(root, text.Value)
	if err != nil {
		diags.Add(diag.Diagnostic{Code: "rule/type", Severity: diag.Error, Span: text.Span, Rule: rule, Message: lowerFirst(firstLine(err))})
		return nil
	}
	return &Expr{Text: text, Root: root, env: e, prog: prog}
}

// Env returns the model that the expression was compiled in.
func (x *Expr) Env() *Env { return x.env }

// IsObject reports whether a variable of the expression holds an object of the
// model wherever the expression uses it.
func (x *Expr) IsObject(variable string) bool {
	is := true
	x.Root.walk(func(n *Node) {
		if n.Op == OpVar && n.Name == variable && !n.Type.is("object") {
			is = false
		}
	})
	return is
}

// Var is a variable of a rule's expression: the subject.
type Var struct {
	Name string
	Kind *model.Kind
}

// Compile compiles an expression of a rule. It sees every collection, declared
// fact and function, and the variables. Problems carry the rule's id.
func (e *Env) Compile(text model.Text, vars []Var, rule string) (*Expr, diag.List) {
	var diags diag.List
	sc := scope{vars: map[string]*Type{}, collections: true, functions: true}
	for _, v := range vars {
		sc.vars[v.Name] = objectOf(v.Kind)
	}
	return e.expr(text, sc, rule, &diags), diags
}

// modelCompiler compiles what a model says in expr.
type modelCompiler struct {
	*Env
	diags *diag.List
	state map[string]int // of cycles: 0 new, 1 on the path, 2 done
}

// all compiles every derived value and function.
func (c *modelCompiler) all() {
	for _, k := range c.model.Kinds {
		for _, d := range k.Derived {
			c.derived(k, d)
		}
	}
	for _, f := range c.model.Functions {
		if fn := c.functions[f.Name]; fn != nil {
			c.function(fn)
		}
	}
}

// settleTypes infers the types of derived values and functions, which may use
// each other in any order, by repeating until nothing changes. Each round
// settles at least one more level of use, so few are needed; problems are
// reported afterwards, once.
func (c *modelCompiler) settleTypes() {
	c.settling = true
	defer func() { c.settling = false }()
	for round, last := 0, ""; round < 10; round++ {
		c.diags = &diag.List{}
		c.all()
		now := c.types()
		if now == last {
			return
		}
		last = now
	}
}

func (c *modelCompiler) types() string {
	var b strings.Builder
	for _, k := range c.model.Kinds {
		for _, d := range k.Derived {
			b.WriteString(c.fieldTypes[k.Name][d.Name].String() + ";")
		}
	}
	for _, f := range c.model.Functions {
		if fn := c.functions[f.Name]; fn != nil {
			b.WriteString(c.resultOf(fn).String() + ";")
		}
	}
	return b.String()
}

func (c *modelCompiler) derived(k *model.Kind, d *model.Derived) {
	x := c.expr(d.Expr, scope{self: k, collections: true, functions: true}, "", c.diags)
	if x == nil {
		return
	}
	class := c.classes[k.Name]
	class.derived[d.Name] = x
	if slot := class.slots[d.Name]; !slices.Contains(class.computed, slot) {
		class.computed = append(class.computed, slot)
	}
	c.fieldTypes[k.Name][d.Name] = x.Root.Type
}

func (c *modelCompiler) function(f *function) {
	vars := map[string]*Type{}
	for _, p := range f.decl.Params {
		vars[p.Name] = typeOf(c.model, p.Type)
	}
	f.body = c.expr(f.decl.Body, scope{vars: vars, collections: true, functions: true}, "", c.diags)
	if f.body != nil {
		f.result = f.body.Root.Type
	}
}

// resultOf is the type of a function's result as far as it is known now.
func (e *Env) resultOf(f *function) *Type {
	if f.result == nil {
		return tAny
	}
	return f.result
}

func (c *modelCompiler) mapping(m *model.Mapping) *Mapping {
	sc := scope{vars: map[string]*Type{"resource": tAny}}
	out := &Mapping{Mapping: m}
	compile := func(t model.Text) *Expr {
		if t.Value == "" {
			return nil
		}
		return c.expr(t, sc, "", c.diags)
	}
	out.Within, out.When, out.Each = compile(m.Within), compile(m.When), compile(m.Each)
	if m.Each.Value != "" {
		sc.vars["item"], sc.vars["index"] = tAny, tInt
	}
	out.ID, out.Name = compile(m.ID), compile(m.Name)
	kind := c.model.Kind(m.Kind)
	for _, f := range m.Fields {
		if field := kind.Field(f.Field); field != nil {
			if x := compile(f.Expr); x != nil {
				out.Fields = append(out.Fields, MappedField{field, x})
			}
		}
	}
	return out
}

// cycles reports derived values and functions that need themselves.
func (c *modelCompiler) cycles() {
	type unit struct {
		name string
		expr *Expr
	}
	units := map[string]unit{}
	var order []string
	add := func(key, name string, x *Expr) {
		if x != nil {
			units[key] = unit{name, x}
			order = append(order, key)
		}
	}
	for _, k := range c.model.Kinds {
		for _, d := range k.Derived {
			add(k.Name+"."+d.Name, k.One+"."+d.Name, c.classes[k.Name].derived[d.Name])
		}
	}
	for _, f := range c.model.Functions {
		if fn := c.functions[f.Name]; fn != nil {
			add(f.Name+"()", f.Name+"()", fn.body)
		}
	}
	needs := func(x *Expr) []string {
		var out []string
		x.Root.walk(func(n *Node) {
			switch {
			case n.Op == OpFunc:
				out = append(out, n.Name+"()")
			case n.Op == OpGet && n.Args[0].Type.is("object"):
				out = append(out, n.Args[0].Type.Kind.Name+"."+n.Name)
			case n.Op == OpGet && n.Args[0].Type.is("any"):
				for _, k := range c.model.Kinds {
					out = append(out, k.Name+"."+n.Name)
				}
			}
		})
		return out
	}
	var path []string
	var visit func(key string)
	visit = func(key string) {
		u, ok := units[key]
		if !ok || c.state[key] == 2 {
			return
		}
		if c.state[key] == 1 {
			var names []string
			for _, k := range append(path[slices.Index(path, key):], key) {
				names = append(names, units[k].name)
			}
			c.diags.Add(diag.Diagnostic{Code: "model/cycle", Severity: diag.Error, Span: u.expr.Text.Span,
				Message: fmt.Sprintf("%q needs itself: %s", u.name, strings.Join(names, " → ")), Hint: "break the circle; the language has no recursion"})
			return
		}
		c.state[key] = 1
		path = append(path, key)
		for _, need := range needs(u.expr) {
			visit(need)
		}
		path = path[:len(path)-1]
		c.state[key] = 2
	}
	for _, key := range order {
		visit(key)
	}
}

// EnvName is the variable that holds the environment of an untyped expression.
const EnvName = "(env)"

// CompileUntyped compiles an expression over an environment of plain values:
// every name that the language does not know is read from it, nil where it has
// none.
func (e *Env) CompileUntyped(text string) (*Expr, diag.List) {
	var diags diag.List
	src := diag.NewSource("expression", text)
	t := model.Text{Value: text, Span: diag.Span{Source: src, End: len(text)}, Offset: func(r int) int {
		return len(string([]rune(text)[:min(r, len([]rune(text)))]))
	}}
	return e.expr(t, scope{vars: map[string]*Type{EnvName: tAny}, untyped: true}, "", &diags), diags
}
