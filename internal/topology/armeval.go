package topology

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// armEnv is what an expression sees beside its template.
type armEnv struct {
	frame *armFrame
	home  *armFrame      // whose text the expression stands in, if not frame's
	loops *armLoop       // innermost first
	vars  *armLambdaVar  // innermost first
	args  map[string]any // of a user-defined function, by lower-case name; else nil
	depth int            // how many bindings wait for this one
}

// armLoop is one iteration of a copy.
type armLoop struct {
	name     string
	index    any  // an int, or *lang.Unknown where the count is not known
	resource bool // of resources, not of properties
	outer    *armLoop
}

// armLambdaVar is a parameter of a lambda.
type armLambdaVar struct {
	name  string
	value any
	outer *armLambdaVar
}

// armRuntime is what Azure knows of something at deployment: what the template
// sets of it is known, all else is not.
type armRuntime struct {
	expr   string // for Expr, without braces
	reason string
	value  any        // the map or list that the template sets, or nil
	id     any        // of the resource or part of it that value describes, or nil
	part   string     // of a list: the id of an element is id + "/" + part + "/" + its name
	nested *armFrame  // of a deployment: its outputs are known
	output *armFrame  // of the outputs of a deployment
	depth  int        // of the reference, for outputs
	lazy   func() any // gives value when it is first needed
	each   []any      // of references(): one for each resource of a loop
}

// plain turns a runtime value into one that can leave an expression: a list the
// template sets, else an unknown.
func plain(v any) any {
	rt, ok := v.(*armRuntime)
	if !ok {
		return v
	}
	if rt.each != nil {
		out := make([]any, len(rt.each))
		for i, item := range rt.each {
			out[i] = plain(item)
		}
		return out
	}
	if list, ok := rt.known().([]any); ok {
		return list
	}
	return piece(rt.reason, unresolvedText, rt.expr)
}

func (rt *armRuntime) known() any {
	if rt.lazy != nil {
		rt.value, rt.lazy = rt.lazy(), nil
	}
	return rt.value
}

// value evaluates a node of the template.
func (r *armReader) value(env *armEnv, n *document.Node) any {
	if n == nil {
		return nil
	}
	r.steps++
	if u := r.enter(); u != nil {
		return u
	}
	defer r.leave()
	switch n.Kind {
	case document.Int:
		return int(n.Value.(int64))
	case document.String:
		return plain(r.text(env, n))
	case document.List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = r.value(env, item)
			r.places.set(out[i], item)
		}
		return out
	case document.Map:
		return r.object(env, n)
	}
	return n.Value
}

// object evaluates a map; "copy": [{name, count, input}] in it makes lists.
func (r *armReader) object(env *armEnv, n *document.Node) any {
	out := make(map[string]any, len(n.Entries))
	for _, e := range n.Entries {
		if foldEqual(e.Key, "copy") && isPropertyCopy(e.Value) {
			for _, item := range e.Value.Items {
				name := foldGet(item, "name").Text()
				out[name] = r.copyValues(env, name, item)
			}
			continue
		}
		out[r.key(env, e)] = r.value(env, e.Value)
	}
	return out
}

// key evaluates the key of a map, which may be an expression too.
func (r *armReader) key(env *armEnv, e document.Entry) string {
	if !isArmExpression(e.Key) {
		return e.Key
	}
	expr, err := parseArm(e.Key)
	if err != nil {
		return e.Key
	}
	return shown(toText(plain(r.eval(env, expr))))
}

func isPropertyCopy(n *document.Node) bool {
	if n.Kind != document.List || len(n.Items) == 0 {
		return false
	}
	for _, item := range n.Items {
		if foldGet(item, "name").Text() == "" || foldGet(item, "count") == nil || foldGet(item, "input") == nil {
			return false
		}
	}
	return true
}

// copyValues is the list that {count, input} makes.
func (r *armReader) copyValues(env *armEnv, name string, spec *document.Node) any {
	count, unknown := r.copyCount(env, name, spec)
	if unknown != nil {
		return unknown
	}
	input := foldGet(spec, "input")
	out := make([]any, 0, min(count, 1000))
	for i := range count {
		if r.exhausted() {
			break
		}
		inner := *env
		inner.loops = &armLoop{name: name, index: i, outer: env.loops}
		v := r.value(&inner, input)
		r.places.set(v, input)
		out = append(out, v)
	}
	return out
}

// copyCount evaluates the count of a copy loop.
func (r *armReader) copyCount(env *armEnv, name string, spec *document.Node) (int, *lang.Unknown) {
	n := foldGet(spec, "count")
	fail := func(message, hint string) (int, *lang.Unknown) {
		at := spec
		if n != nil {
			at = n
		}
		r.report(diag.Diagnostic{Code: "input/arm-copy", Severity: diag.Error, Span: at.Span, Message: message, Hint: hint})
		return 0, piece(message, unresolvedText, "copy('"+foldLower(name)+"')")
	}
	if n == nil {
		return fail(fmt.Sprintf("the copy loop %s has no \"count\"", quoted(name)), "say how many copies it makes")
	}
	switch v := toInt(r.value(env, n)).(type) {
	case int:
		if v < 0 || v > maxArmList {
			return fail(fmt.Sprintf("the copy loop %s makes %d copies", quoted(name), v), fmt.Sprintf("between 0 and %d are read", maxArmList))
		}
		return v, nil
	case *lang.Unknown:
		return 0, v
	}
	return fail(fmt.Sprintf("the \"count\" of the copy loop %s is not a whole number", quoted(name)), "")
}

// exhausted reports whether the template has used up its steps.
func (r *armReader) exhausted() bool {
	if r.steps <= maxArmSteps {
		return false
	}
	r.limit(fmt.Sprintf("the template takes more than %d steps to evaluate", maxArmSteps))
	return true
}

// text evaluates a string: an expression, or itself.
func (r *armReader) text(env *armEnv, n *document.Node) any {
	s := n.Text()
	if !strings.HasPrefix(s, "[") {
		return s
	}
	p := r.parsed(env.frame, n)
	if p.expr == nil {
		return p.value
	}
	inner := env
	if f := env.frame.passes[p.level]; f != env.frame {
		copied := *env
		copied.frame, copied.home = f, env.frame
		inner = &copied
	}
	return r.eval(inner, p.expr)
}

// parsed parses a string that starts with "[", once.
func (r *armReader) parsed(f *armFrame, n *document.Node) armParsed {
	if p, ok := r.exprs[n]; ok {
		return p
	}
	s, p := n.Text(), armParsed{}
	for strings.HasPrefix(s, "[[") && p.level < len(f.passes)-1 {
		s = s[1:]
		p.level++
	}
	switch {
	case strings.HasPrefix(s, "[["):
		p.value = s[1:]
	case !isArmExpression(s):
		p.value = s
	default:
		expr, err := parseArm(s)
		if err != nil {
			shift := len(n.Text()) - len(s)
			r.report(diag.Diagnostic{Code: "input/arm-expression", Severity: diag.Error, Span: armSpan(n, err.at+shift), Message: err.message, Hint: err.hint})
			p.value = piece("the expression does not parse", unresolvedText, "error"+positionExpr(n.Span))
			break
		}
		p.expr = expr
		r.checkExpr(f.passes[p.level], n, len(n.Text())-len(s), expr)
	}
	r.exprs[n] = p
	return p
}

// eval evaluates an expression. It may give an *armRuntime.
func (r *armReader) eval(env *armEnv, e *armExpr) any {
	if r.steps++; r.exhausted() {
		return r.overLimit()
	}
	if e.op == armLit {
		return e.lit
	}
	if u := r.enter(); u != nil {
		return u
	}
	defer r.leave()
	switch e.op {
	case armGet:
		return r.property(e, r.eval(env, e.args[0]), e.name)
	case armAt:
		return r.at(e, r.eval(env, e.args[0]), plain(r.eval(env, e.args[1])))
	}
	return r.call(env, e)
}

// enter counts one more level of nesting. It gives the unknown that stands for
// what is nested too deeply: a reader in a browser has little stack.
func (r *armReader) enter() *lang.Unknown {
	if r.level >= maxArmLevels {
		r.limit(fmt.Sprintf("more than %d calls and values of the template stand inside each other", maxArmLevels))
		return r.overLimit()
	}
	r.level++
	return nil
}

func (r *armReader) leave() { r.level-- }

// failed is the unknown that an expression gives where it cannot be evaluated.
func failed(e *armExpr, why string, expr string) *lang.Unknown {
	return piece(quoteSource(e)+" "+why, unresolvedText, expr)
}

// quoteSource shows an expression in a reason, on one line.
func quoteSource(e *armExpr) string {
	text := strings.Join(strings.Fields(e.text), " ")
	if r := []rune(text); len(r) > 100 {
		text = string(r[:99]) + "…"
	}
	return "[" + text + "]"
}

const atDeployment = "is known at deployment only"

// property is target.name; the case of names does not matter.
func (r *armReader) property(e *armExpr, target any, name string) any {
	switch t := target.(type) {
	case map[string]any:
		if v, ok := foldKey(t, name); ok {
			return v
		}
		return failed(e, "has no property "+quoted(name), exprOf(t)+"."+foldLower(name))
	case *lang.Unknown:
		return below(t, "."+name, "."+foldLower(name))
	case *armRuntime:
		return r.runtimeProperty(e, t, name)
	}
	return failed(e, fmt.Sprintf("has no property %s: it is read from %s", quoted(name), describe(target)), exprOf(target)+"."+foldLower(name))
}

// below is a part of an unknown value.
func below(u *lang.Unknown, text, expr string) *lang.Unknown {
	inner, only := onlyPiece(u.Expr)
	if !only {
		inner = quoteExpr(u.Expr)
	}
	out := unresolvedText
	if only && strings.HasPrefix(u.Text, "<") && strings.HasSuffix(u.Text, ">") && u.Text != unresolvedText && !strings.Contains(text, "/") {
		out = u.Text[:len(u.Text)-1] + text + ">"
	}
	return piece(u.Reason, out, inner+expr)
}

func (r *armReader) runtimeProperty(e *armExpr, rt *armRuntime, name string) any {
	expr := rt.expr + "." + foldLower(name)
	if rt.nested != nil && foldEqual(name, "outputs") {
		return &armRuntime{expr: expr, reason: rt.reason, output: rt.nested, depth: rt.depth}
	}
	if rt.output != nil {
		if b := rt.output.outputs[foldLower(name)]; b != nil {
			return map[string]any{"value": r.output(rt.output, b, &armEnv{depth: rt.depth})}
		}
	}
	m, ok := rt.known().(map[string]any)
	if !ok {
		return unsetPart(e, rt, name, expr)
	}
	v, ok := foldKey(m, name)
	if !ok {
		return unsetPart(e, rt, name, expr)
	}
	switch v.(type) {
	case map[string]any:
		return &armRuntime{expr: expr, reason: quoteSource(e) + " " + atDeployment, value: v, id: rt.id}
	case []any:
		return &armRuntime{expr: expr, reason: quoteSource(e) + " " + atDeployment, value: v, id: rt.id, part: name}
	}
	return v
}

// unsetPart is a property that the template does not set: the id follows from
// where it stands, all else is known to Azure alone.
func unsetPart(e *armExpr, rt *armRuntime, name, expr string) any {
	if rt.id != nil && rt.part == "" && foldEqual(name, "id") {
		return rt.id
	}
	return &armRuntime{expr: expr, reason: quoteSource(e) + " " + atDeployment}
}

// at is target[index].
func (r *armReader) at(e *armExpr, target, index any) any {
	if name, ok := index.(string); ok {
		return r.property(e, target, name)
	}
	if u, ok := index.(*lang.Unknown); ok {
		return piece(u.Reason, unresolvedText, exprOf(plain(target))+"["+exprOf(u)+"]")
	}
	i, ok := index.(int)
	if !ok {
		return failed(e, "has an index that is neither a number nor a name", exprOf(plain(target))+"["+exprOf(index)+"]")
	}
	switch t := target.(type) {
	case []any:
		if i >= 0 && i < len(t) {
			return t[i]
		}
		return failed(e, fmt.Sprintf("has no element %d: the list has %d", i, len(t)), exprOf(t)+fmt.Sprintf("[%d]", i))
	case *lang.Unknown:
		part := fmt.Sprintf("[%d]", i)
		return below(t, part, part)
	case *armRuntime:
		return runtimeElement(e, t, i)
	}
	return failed(e, "has an index, but "+describe(target)+" has no elements", exprOf(target)+fmt.Sprintf("[%d]", i))
}

func runtimeElement(e *armExpr, rt *armRuntime, i int) any {
	if i >= 0 && i < len(rt.each) {
		return rt.each[i]
	}
	expr := rt.expr + fmt.Sprintf("[%d]", i)
	out := &armRuntime{expr: expr, reason: quoteSource(e) + " " + atDeployment}
	list, ok := rt.known().([]any)
	if !ok || i < 0 || i >= len(list) {
		return out
	}
	m, ok := list[i].(map[string]any)
	if !ok {
		return list[i]
	}
	out.value = m
	if name, ok := foldKey(m, "name"); ok && rt.id != nil {
		out.id = joinText(rt.id, "/"+rt.part+"/", toText(name))
	}
	return out
}
