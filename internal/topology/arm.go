package topology

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// Limits keep a hostile template from taking the reader's time or memory. Each
// is far above what Azure Resource Manager itself accepts.
const (
	maxArmResources = 50_000    // resources of a template, copies included (Azure: 800)
	maxArmSteps     = 5_000_000 // evaluated expression nodes and values
	maxArmText      = 1 << 20   // UTF-16 units of one text (Azure: 131,072)
	maxArmList      = 100_000   // elements of one list (Azure: 800 copies, 10,000 in range)
	maxArmDepth     = 150       // expressions that wait for each other: parameters, variables, references
	maxArmLevels    = 400       // calls and values inside each other, through whatever waits for them
	maxArmLinks     = 50        // templates that link to each other
	maxTypes        = 20        // user-defined types that refer to each other
)

// resource is one resource of any input format, flattened: what mappings read.
type resource struct {
	// body has type, name, id, parent, scope and whatever the resource sets.
	// name and id may be *lang.Unknown with a Text.
	body map[string]any
	typ  string // its type in lower case, or "" to be read from the body
	// identity is that of its id, which is a text; or "" to be made of what body has.
	id, identity string
	place        lang.Place
	exists       *lang.Unknown // why it is unknown whether the resource exists
	open         *lang.Unknown // why there may be more like it

	bare    bool     // the input has it without its properties
	spelled bool     // its keys are spelled as mappings spell them
	outline *outline // what its body is to hold, which is made when it is needed
	// returned: Azure did, and parts are the maps in its lists. whole is the pointer
	// of the resource that they are parts of.
	returned bool
	parts    []document.Part
	whole    string

	referred bool         // the input only refers to the resource, and states some of it
	gone     bool         // it no longer is: what it said of other resources does not hold
	mappings string       // another file of rules/inputs/ than the format's
	links    func() []any // the ids in it, where keys and the ids themselves do not tell
}

// flattened is what the flatten stage of a format gives.
type flattened struct {
	resources []*resource
	// each gives the resources one by one where not all are held at a time. Only then
	// is the world known.
	each func(visit func(*resource))
	open *lang.Unknown // why there may be resources of any type that are not in it
	// places finds where a map among the values stands, so that an element of a
	// list that becomes an object of its own points to itself.
	places *placeTable
	// world is nil where the document states everything that there is, as a template
	// does.
	world *openWorld

	// references is how resources refer to each other, where ids alone do not say it.
	references *tfReferences
	unstated   bool // it states no kind at all
}

// openWorld says of what types a document holds every resource, where it need not
// hold all there is.
type openWorld struct {
	lists   map[string]*lang.Unknown // by lower-case type: nil for all, else why not
	members map[string][]string      // by type: identities of parents, or of what is extended, of which it holds all
}

// armReader reads one template document.
type armReader struct {
	src       *diag.Source
	problems  *diag.List
	reported  map[string]bool
	secrets   map[string]bool // by Expr: a secret that is not empty
	functions map[string]armFunction
	exprs     map[*document.Node]armParsed
	places    *placeTable
	linked    *document.Node // templates beside the root's, by path
	root      *armFrame
	frames    []*armFrame // in the order they were opened
	steps     int
	level     int // of values and calls inside each other, now
	count     int
	limited   bool
	open      *lang.Unknown
}

// armParsed is the expression of a string, or the value of one that is none.
type armParsed struct {
	expr  *armExpr
	level int // which of a template's frames evaluates it
	value any
}

// readArm flattens a template. scope is the --scope option; given holds the
// values of parameters by lower-case name; key tells the parameters of several
// templates of one input apart.
func readArm(src *diag.Source, root *document.Node, scope string, given map[string]armValue, key string) (*flattened, diag.List) {
	problems := diag.List{}
	r := &armReader{
		src: src, problems: &problems, reported: map[string]bool{}, secrets: map[string]bool{},
		functions: armFunctions(), exprs: map[*document.Node]armParsed{}, places: newPlaceTable(src, root),
	}
	doc := templateIn(root)
	node := templateOf(root)
	r.linked = doc.linked
	r.root = r.newFrame(node, nil, newArmScope(scope, armSchema(node)))
	r.root.key = key
	r.root.given = given
	r.giveBeside(doc.params)
	r.checkTemplate(r.root)
	out := &flattened{places: r.places}
	r.collect(r.root, nil, &out.resources)
	out.open = r.open
	return out, problems
}

// giveBeside gives the parameters the values that stand beside the template,
// where no other was given.
func (r *armReader) giveBeside(params *document.Node) {
	if params == nil {
		return
	}
	for _, e := range params.Entries {
		key := foldLower(e.Key)
		if _, ok := r.root.given[key]; !ok {
			r.root.given[key] = armValue{literal: true, wrapped: true, value: literalValue(e.Value)}
		}
	}
}

// report adds a problem once, however often a loop meets it.
func (r *armReader) report(d diag.Diagnostic) {
	key := fmt.Sprintf("%d %s %s", d.Span.Start, d.Code, d.Message)
	if !r.reported[key] {
		r.reported[key] = true
		r.problems.Add(d)
	}
}

// limit reports that the template exceeds a limit of the reader, once.
func (r *armReader) limit(message string) {
	if !r.limited {
		r.limited = true
		r.report(diag.Diagnostic{Code: "input/arm-limit", Severity: diag.Error, Span: r.root.template.Span.At(r.root.template.Span.Start, 1),
			Message: message, Hint: "what is beyond it is unknown"})
	}
}

// overLimit is the value of what a limit cuts off. It is equal to no other.
func (r *armReader) overLimit() *lang.Unknown {
	r.steps++
	return piece("the template exceeds a limit of the reader", unresolvedText, fmt.Sprintf("limit@%d", r.steps))
}

// armSchema is the lower-case "$schema" of a template.
func armSchema(template *document.Node) string {
	return foldLower(foldGet(template, "$schema").Text())
}

// foldGet is Node.Get without case: Azure ignores case in the keys of templates.
func foldGet(n *document.Node, key string) *document.Node {
	if v := n.Get(key); v != nil || n == nil {
		return v
	}
	for i := range n.Entries {
		if foldEqual(n.Entries[i].Key, key) {
			return n.Entries[i].Value
		}
	}
	return nil
}

// armFrame is one template with its parameters and variables: the document, or
// a nested deployment.
type armFrame struct {
	template *document.Node
	parent   *armFrame
	// passes are the frames that evaluate the strings of this template in turn:
	// a string that starts with one more "[" waits for the next. An outer-scope
	// nested template is evaluated by its parent first.
	passes   []*armFrame
	scope    armScope
	prefixed any    // prefix(), once it was asked for
	name     any    // of the deployment
	key      string // tells its parameters from those of other templates
	given    map[string]armValue
	env      *armEnv // of the deployment resource, which evaluates given nodes
	exists   *lang.Unknown

	params    map[string]*armBinding
	vars      map[string]*armBinding
	outputs   map[string]*armBinding
	instances []*armInstance
	index     map[string]*armInstance // by what references call them
	indexed   int                     // how many instances are in the index
	expansion int                     // 0 not begun, 1 under way, 2 done
	symbolic  bool
}

// armBinding is a named value that is evaluated when it is first needed.
type armBinding struct {
	name   string // as declared
	node   *document.Node
	copies bool // node is {name, count, input}, and the value a list
	state  int  // 0 not begun, 1 under way, 2 done
	value  any
}

// armValue is a value given for a parameter: a node of a template (evaluated in
// the env of the deployment) or a value as it is.
type armValue struct {
	node    *document.Node
	value   any
	literal bool
	wrapped bool // the value is {"value": …} or {"reference": …}
}

func (r *armReader) newFrame(template *document.Node, parent *armFrame, scope armScope) *armFrame {
	f := &armFrame{template: template, parent: parent, scope: scope, index: map[string]*armInstance{}}
	f.passes = []*armFrame{f}
	f.params = bindings(foldGet(template, "parameters"))
	f.vars = bindings(foldGet(template, "variables"))
	f.outputs = bindings(foldGet(template, "outputs"))
	r.bindCopies(f)
	resources := foldGet(template, "resources")
	f.symbolic = resources != nil && resources.Kind == document.Map
	r.frames = append(r.frames, f)
	return f
}

// prefix is what ids of the template's own resources begin with.
func (f *armFrame) prefix() any {
	if f.prefixed == nil {
		f.prefixed = f.scope.prefix()
	}
	return f.prefixed
}

func bindings(n *document.Node) map[string]*armBinding {
	out := map[string]*armBinding{}
	if n == nil {
		return out
	}
	for _, e := range n.Entries {
		if key := foldLower(e.Key); out[key] == nil {
			out[key] = &armBinding{name: e.Key, node: e.Value}
		}
	}
	return out
}

// bindCopies makes the variables of "variables": {"copy": [...]}.
func (r *armReader) bindCopies(f *armFrame) {
	copies := f.vars["copy"]
	if copies == nil || copies.node.Kind != document.List {
		return
	}
	delete(f.vars, "copy")
	for _, item := range copies.node.Items {
		if name := foldGet(item, "name").Text(); name != "" {
			f.vars[foldLower(name)] = &armBinding{name: name, node: item, copies: true}
		}
	}
}

// parameter returns the value of a parameter of the frame.
func (r *armReader) parameter(f *armFrame, b *armBinding, env *armEnv) any {
	return r.bound(b, "parameter", env, func(depth int) any {
		v := r.given(f, b, depth)
		if v == nil {
			v = r.defaultOf(f, b, depth)
		}
		v, _ = r.hide(f, b.node, v, secretPath{"parameters('" + b.name + "')", b.name, f.parameterExpr(b.name)})
		if x, ok := v.(*lang.Unknown); ok {
			if _, only := onlyPiece(x.Expr); only || x.Expr == "" {
				return &lang.Unknown{Reason: x.Reason, Text: "<" + b.name + ">", Expr: x.Expr}
			}
		}
		return v
	})
}

func (f *armFrame) parameterExpr(name string) string {
	return f.key + "parameters('" + foldLower(name) + "')"
}

// given returns the value that was given for a parameter, or nil. To give null
// is to give nothing.
func (r *armReader) given(f *armFrame, b *armBinding, depth int) any {
	g, ok := f.given[foldLower(b.name)]
	if !ok {
		return nil
	}
	v := g.value
	if !g.literal {
		env := *f.env
		env.depth = depth
		v = r.value(&env, g.node)
	}
	if g.wrapped {
		return unwrapped(v, b.name, f)
	}
	return v
}

// unwrapped is the value in {"value": …}; one that stands in a key vault is not
// known.
func unwrapped(v any, name string, f *armFrame) any {
	switch v := v.(type) {
	case map[string]any:
		if value, ok := foldKey(v, "value"); ok {
			return value
		}
		if _, ok := foldKey(v, "reference"); ok {
			return fromVault(name, f)
		}
	case *lang.Unknown:
		return below(v, ".value", ".value")
	}
	return nil
}

func (r *armReader) defaultOf(f *armFrame, b *armBinding, depth int) any {
	if d := foldGet(b.node, "defaultValue"); d != nil {
		return r.value(&armEnv{frame: f, depth: depth}, d)
	}
	if r.nullable(f, b.node) {
		return nil
	}
	return piece(fmt.Sprintf("[parameters('%s')] has no default", b.name), "<"+b.name+">", f.parameterExpr(b.name))
}

// declaration follows "$ref": "#/definitions/x" of a user-defined type.
func (r *armReader) declaration(f *armFrame, n *document.Node) []*document.Node {
	out := []*document.Node{n}
	for range maxTypes {
		ref, ok := strings.CutPrefix(foldGet(n, "$ref").Text(), "#/definitions/")
		if !ok {
			break
		}
		if n = foldGet(foldGet(f.template, "definitions"), ref); n == nil {
			break
		}
		out = append(out, n)
	}
	return out
}

func (r *armReader) parameterType(f *armFrame, n *document.Node) string {
	for _, d := range r.declaration(f, n) {
		if t := foldGet(d, "type").Text(); t != "" {
			return t
		}
	}
	return ""
}

func (r *armReader) nullable(f *armFrame, n *document.Node) bool {
	for _, d := range r.declaration(f, n) {
		if v := foldGet(d, "nullable"); v != nil && v.Value == true {
			return true
		}
	}
	return false
}

func emptyValue(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// variable returns the value of a variable of the frame.
func (r *armReader) variable(f *armFrame, b *armBinding, env *armEnv) any {
	return r.bound(b, "variable", env, func(depth int) any {
		if b.copies {
			return r.copyValues(&armEnv{frame: f, depth: depth}, b.name, b.node)
		}
		return r.value(&armEnv{frame: f, depth: depth}, b.node)
	})
}

// output returns the value of an output of a nested deployment.
func (r *armReader) output(f *armFrame, b *armBinding, env *armEnv) any {
	return r.bound(b, "output", env, func(depth int) any {
		inner := &armEnv{frame: f, depth: depth}
		if c := foldGet(b.node, "condition"); c != nil {
			if v := r.value(inner, c); v == false {
				return nil
			} else if u, ok := v.(*lang.Unknown); ok {
				return u
			}
		}
		if c := foldGet(b.node, "copy"); c != nil {
			return r.copyValues(inner, b.name, c)
		}
		v, _ := r.hide(f, b.node, r.value(inner, foldGet(b.node, "value")), secretPath{"outputs('" + b.name + "')", b.name, f.key + "outputs('" + foldLower(b.name) + "')"})
		return v
	})
}

// bound evaluates a binding once. A binding that needs itself is unknown, and
// the circle is reported at its declaration.
func (r *armReader) bound(b *armBinding, what string, env *armEnv, evaluate func(depth int) any) any {
	switch {
	case b.state == 2:
		return b.value
	case b.state == 1:
		r.report(diag.Diagnostic{Code: "input/arm-cycle", Severity: diag.Error, Span: b.node.Span,
			Message: fmt.Sprintf("the %s %s needs its own value", what, quoted(b.name)), Hint: "break the circle"})
		return piece(fmt.Sprintf("the %s %s needs its own value", what, quoted(b.name)), "<"+b.name+">", what+"s('"+foldLower(b.name)+"')")
	case env.depth >= maxArmDepth:
		r.limit(fmt.Sprintf("more than %d expressions of the template wait for each other", maxArmDepth))
		return r.overLimit()
	}
	b.state = 1
	v := plain(evaluate(env.depth + 1))
	b.state, b.value = 2, v
	return v
}
