package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// armFunction is a template function. theme/runtime has the same table.
type armFunction struct {
	name     string
	min, max int // arguments; max -1: any number
	// open says that the function looks at unknown arguments itself; any other is
	// unknown as soon as one argument is.
	open bool
	// lazy says that call.args is nil and the function evaluates what it needs.
	lazy bool
	run  func(c *armCallEnv) any
}

// armCallEnv is one call of a function.
type armCallEnv struct {
	r    *armReader
	env  *armEnv
	e    *armExpr
	args []any
}

// armFunctions is the table of every function, by lower-case name.
func armFunctions() map[string]armFunction {
	out := map[string]armFunction{}
	for _, table := range []map[string]armFunction{
		armLogicFunctions(), armTextFunctions(), armListFunctions(), armObjectFunctions(), armLambdaFunctions(),
		armNumberFunctions(), armAddressFunctions(), armURIFunctions(), armDateFunctions(), armDeploymentFunctions(), armIDFunctions(),
	} {
		for name, f := range table {
			f.name = name
			out[foldLower(name)] = f
		}
	}
	return out
}

// function finds a function; every name that starts with "list" is an operation
// of a resource provider.
func (r *armReader) function(name string) (armFunction, bool) {
	lower := foldLower(name)
	if f, ok := r.functions[lower]; ok {
		return f, true
	}
	if strings.HasPrefix(lower, "list") {
		return armFunction{min: 0, max: -1, run: runtimeOnly, open: true}, true
	}
	return armFunction{}, false
}

func (r *armReader) call(env *armEnv, e *armExpr) any {
	if strings.Contains(e.name, ".") {
		return r.userCall(env, e)
	}
	f := e.fn
	if f == nil {
		if found, ok := r.function(e.name); ok {
			f, e.fn = &found, &found
		}
	}
	if f == nil {
		return piece(fmt.Sprintf("%s calls %s, which is not a function this reader knows", quoteSource(e), quoted(e.name)), unresolvedText, r.callExpr(env, e))
	}
	if len(e.args) < f.min || f.max >= 0 && len(e.args) > f.max {
		return piece(fmt.Sprintf("%s has the wrong number of arguments", quoteSource(e)), unresolvedText, r.callExpr(env, e))
	}
	call := &struct {
		armCallEnv
		few [3]any
	}{armCallEnv: armCallEnv{r: r, env: env, e: e}}
	c := &call.armCallEnv
	if f.lazy {
		return f.run(c)
	}
	if c.args = call.few[:min(len(e.args), len(call.few))]; len(e.args) > len(call.few) {
		c.args = make([]any, len(e.args))
	}
	for i, a := range e.args {
		c.args[i] = plain(r.eval(env, a))
	}
	if !f.open {
		for _, a := range c.args {
			if u, ok := a.(*lang.Unknown); ok {
				return c.unknown(u.Reason)
			}
		}
	}
	return f.run(c)
}

// callExpr renders a call that is not run, arguments evaluated.
func (r *armReader) callExpr(env *armEnv, e *armExpr) string {
	args := make([]any, len(e.args))
	for i, a := range e.args {
		args[i] = plain(r.eval(env, a))
	}
	return callExpr(e.name, args)
}

func callExpr(name string, args []any) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = exprOf(a)
	}
	return foldLower(name) + "(" + strings.Join(parts, ",") + ")"
}

// unknown is the result of a call that cannot be resolved.
func (c *armCallEnv) unknown(reason string) *lang.Unknown {
	return piece(reason, unresolvedText, callExpr(c.e.name, c.args))
}

// fail is the result of a call that Azure would refuse.
func (c *armCallEnv) fail(why string) *lang.Unknown {
	return c.unknown(quoteSource(c.e) + " fails: " + why)
}

// firstUnknown returns the first unknown argument, or nil.
func firstUnknown(args []any) *lang.Unknown {
	for _, a := range args {
		if u, ok := a.(*lang.Unknown); ok {
			return u
		}
	}
	return nil
}

// arg evaluates one argument of a lazy function.
func (c *armCallEnv) arg(i int) any { return plain(c.r.eval(c.env, c.e.args[i])) }

// runtimeOnly is a function whose result Azure knows at deployment.
func runtimeOnly(c *armCallEnv) any {
	return &armRuntime{expr: callExpr(c.e.name, c.args), reason: quoteSource(c.e) + " " + atDeployment}
}

// userCall calls namespace.name of the template's "functions".
func (r *armReader) userCall(env *armEnv, e *armExpr) any {
	decl := userFunction(env.frame, e.name)
	if decl == nil {
		return piece(fmt.Sprintf("%s calls %s, which is not a function of the template", quoteSource(e), quoted(e.name)), unresolvedText, r.callExpr(env, e))
	}
	if env.depth >= maxArmDepth {
		r.limit(fmt.Sprintf("more than %d expressions of the template wait for each other", maxArmDepth))
		return r.overLimit()
	}
	inner := &armEnv{frame: env.frame, depth: env.depth + 1, args: map[string]any{}}
	if params := foldGet(decl, "parameters"); params != nil {
		for i, p := range params.Items {
			if i < len(e.args) {
				inner.args[foldLower(foldGet(p, "name").Text())] = plain(r.eval(env, e.args[i]))
			}
		}
	}
	return r.value(inner, foldGet(foldGet(decl, "output"), "value"))
}

func userFunction(f *armFrame, name string) *document.Node {
	namespace, member, _ := strings.Cut(name, ".")
	functions := foldGet(f.template, "functions")
	if functions == nil {
		return nil
	}
	for _, ns := range functions.Items {
		if foldEqual(foldGet(ns, "namespace").Text(), namespace) {
			return foldGet(foldGet(ns, "members"), member)
		}
	}
	return nil
}

// checkTemplate parses every string of a template that is an expression, so that
// all problems are reported, evaluated or not. Nested templates are checked when
// they are opened, because their strings belong to other frames.
func (r *armReader) checkTemplate(f *armFrame) {
	for _, e := range f.template.Entries {
		switch foldLower(e.Key) {
		case "parameters":
			for _, p := range e.Value.Entries {
				r.checkStrings(f, foldGet(p.Value, "defaultValue"))
			}
		case "variables", "resources", "outputs":
			r.checkStrings(f, e.Value)
		}
	}
}

func (r *armReader) checkStrings(f *armFrame, n *document.Node) {
	if n == nil {
		return
	}
	switch n.Kind {
	case document.String:
		if strings.HasPrefix(n.Text(), "[") {
			r.parsed(f, n)
		}
	case document.List:
		for _, item := range n.Items {
			r.checkStrings(f, item)
		}
	case document.Map:
		deployment := isDeployment(n)
		for _, e := range n.Entries {
			switch key := foldLower(e.Key); {
			case key == "metadata" || key == "comments":
			case deployment && key == "properties":
				for _, p := range e.Value.Entries {
					if !foldEqual(p.Key, "template") {
						r.checkStrings(f, p.Value)
					}
				}
			default:
				r.checkStrings(f, e.Value)
			}
		}
	}
}

// checkExpr reports calls of functions that do not exist or do not fit.
func (r *armReader) checkExpr(f *armFrame, n *document.Node, shift int, e *armExpr) {
	e.node, e.shift = n, shift
	warn := func(code, message, hint string) {
		r.report(diag.Diagnostic{Code: code, Severity: diag.Warning, Span: e.span(), Message: message, Hint: hint})
	}
	switch {
	case e.op != armCall:
	case strings.Contains(e.name, "."):
		if userFunction(f, e.name) == nil {
			warn("input/arm-function", quoted(e.name)+" is not a function of the template", "\"functions\" of the template declares functions with a dot in their name")
		}
	default:
		fn, ok := r.function(e.name)
		switch {
		case !ok:
			hint := diag.DidYouMean(e.name, r.functionNames())
			if hint == "" {
				hint = "its value is unknown to every rule"
			}
			warn("input/arm-function", quoted(e.name)+" is not a function this reader knows", hint)
		case len(e.args) < fn.min || fn.max >= 0 && len(e.args) > fn.max:
			warn("input/arm-function", fmt.Sprintf("the function %s does not take %s", quoted(e.name), plural(len(e.args), "argument")), arity(fn))
		}
	}
	for _, a := range e.args {
		r.checkExpr(f, n, shift, a)
	}
}

func (r *armReader) functionNames() []string {
	var names []string
	for _, f := range r.functions {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return names
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func arity(f armFunction) string {
	switch {
	case f.max == f.min:
		return "it takes " + plural(f.min, "argument")
	case f.max < 0:
		return "it takes " + plural(f.min, "argument") + " or more"
	}
	return fmt.Sprintf("it takes %d to %s", f.min, plural(f.max, "argument"))
}

// undeclared reports the use of a parameter or variable that does not exist.
func (c *armCallEnv) undeclared(what, name string, declared map[string]*armBinding) any {
	var names []string
	for _, b := range declared {
		names = append(names, b.name)
	}
	slices.Sort(names)
	hint := diag.DidYouMean(name, names)
	if hint == "" {
		hint = fmt.Sprintf("the template declares no %s of that name", what)
	}
	message := fmt.Sprintf("the %s %s is not declared", what, quoted(name))
	if key := what + " " + foldLower(name) + " " + c.env.frame.key; !c.r.reported[key] {
		c.r.reported[key] = true
		c.r.report(diag.Diagnostic{Code: "input/arm-name", Severity: diag.Warning, Span: c.e.span(), Message: message, Hint: hint})
	}
	return piece(message, "<"+name+">", c.env.frame.key+what+"s('"+foldLower(name)+"')")
}
