package topology

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// armInstance is one resource of a template: one iteration where it has a copy
// loop. Its body is evaluated when it is needed.
type armInstance struct {
	frame    *armFrame
	node     *document.Node
	loops    *armLoop
	typ      string // full type, without a closing slash
	names    []any  // a name for each part of the type after the namespace
	id       any    // string or *lang.Unknown
	parent   any    // id of the parent of a child resource, or nil
	scope    any    // id of what an extension resource extends, or nil
	symbol   string // symbolic name in lower case, with [index] in a loop
	existing bool   // not deployed by the template, only referred to
	exists   *lang.Unknown
	open     *lang.Unknown
	nested   *armFrame
	opened   bool // nested was looked for
	state    int  // of body: 0 not begun, 1 under way, 2 done
	value    map[string]any
}

// fullName is the name with those of its parents.
func (in *armInstance) fullName() any { return joinSegments(in.names) }

func isDeploymentType(typ string) bool {
	return foldEqual(strings.Trim(typ, "/"), "Microsoft.Resources/deployments")
}

func isDeployment(n *document.Node) bool { return isDeploymentType(foldGet(n, "type").Text()) }

// expand makes the instances of a template's resources. It does not open nested
// deployments, so that a reference in a nested one finds its outer siblings.
func (r *armReader) expand(f *armFrame) {
	if f.expansion != 0 {
		return
	}
	f.expansion = 1
	r.eachResource(foldGet(f.template, "resources"), func(symbol string, n *document.Node) {
		r.expandResource(f, n, symbol, nil)
	})
	f.expansion = 2
}

// eachResource visits a list of resources or a map of symbolic names.
func (r *armReader) eachResource(resources *document.Node, visit func(symbol string, n *document.Node)) {
	if resources == nil {
		return
	}
	one := func(symbol string, n *document.Node) {
		if n.Kind == document.Map {
			visit(symbol, n)
			return
		}
		r.report(diag.Diagnostic{Code: "input/arm-resource", Severity: diag.Error, Span: n.Span,
			Message: "a resource must be a map, not " + n.Describe()})
	}
	switch resources.Kind {
	case document.List:
		for _, n := range resources.Items {
			one("", n)
		}
	case document.Map:
		for _, e := range resources.Entries {
			one(e.Key, e.Value)
		}
	default:
		r.report(diag.Diagnostic{Code: "input/arm-resource", Severity: diag.Error, Span: resources.Span,
			Message: `"resources" must be a list or a map, not ` + resources.Describe()})
	}
}

// expandResource makes the instances of one resource and of those nested in it.
func (r *armReader) expandResource(f *armFrame, n *document.Node, symbol string, parent *armInstance) {
	// Resources of an extension (Kubernetes, Microsoft Graph) are none of Azure's.
	if foldGet(n, "import") != nil || foldGet(n, "extension") != nil {
		return
	}
	var outer *armLoop
	if parent != nil {
		outer = parent.loops
	}
	spec := foldGet(n, "copy")
	if spec == nil || spec.Kind != document.Map {
		r.expandOne(f, n, symbol, parent, outer, nil)
		return
	}
	name := foldGet(spec, "name").Text()
	count, unknown := r.copyCount(&armEnv{frame: f, loops: outer}, name, spec)
	if unknown != nil {
		index := piece(unknown.Reason, "<copyIndex>", f.key+"copyindex("+quoteExpr(foldLower(name))+")")
		r.expandOne(f, n, copySymbol(symbol, nil, true), parent, &armLoop{name: name, index: index, resource: true, outer: outer}, unknown)
		return
	}
	for i := range count {
		if r.count > maxArmResources || r.exhausted() {
			break
		}
		r.expandOne(f, n, copySymbol(symbol, i, true), parent, &armLoop{name: name, index: i, resource: true, outer: outer}, nil)
	}
}

// expandOne makes one instance. open is set where the number of copies is not
// known: then this one stands for all of them, and may not exist itself.
func (r *armReader) expandOne(f *armFrame, n *document.Node, symbol string, parent *armInstance, loops *armLoop, open *lang.Unknown) {
	if r.count++; r.count > maxArmResources {
		r.limit(fmt.Sprintf("the template has more than %d resources", maxArmResources))
		r.open = &lang.Unknown{Reason: "the template exceeds a limit of the reader"}
		return
	}
	env := &armEnv{frame: f, loops: loops}
	in := &armInstance{frame: f, node: n, loops: loops, symbol: foldLower(symbol), exists: open, open: open}
	if v := foldGet(n, "existing"); v != nil && v.Value == true {
		in.existing = true
	}
	absent := false
	if c := foldGet(n, "condition"); c != nil {
		v := r.value(env, c)
		b, known := asBool(v)
		absent = known && !b
		if !known && in.exists == nil {
			in.exists = r.unresolvedCondition(c, v)
		}
	}
	if !r.nameInstance(env, in, parent, absent) {
		return
	}
	// A condition does not reach the resources nested in the resource: Azure asks
	// for it to be repeated there.
	if !absent {
		f.instances = append(f.instances, in)
	}
	r.eachResource(foldGet(n, "resources"), func(symbol string, child *document.Node) {
		r.expandResource(f, child, symbol, in)
	})
}

func (r *armReader) unresolvedCondition(n *document.Node, v any) *lang.Unknown {
	if u, ok := v.(*lang.Unknown); ok {
		return &lang.Unknown{Reason: u.Reason}
	}
	r.report(diag.Diagnostic{Code: "input/arm-resource", Severity: diag.Error, Span: n.Span,
		Message: `the "condition" of a resource must be a boolean, not ` + describe(v)})
	return &lang.Unknown{Reason: "the condition of the resource is not a boolean"}
}

// nameInstance finds type, name and ids. It reports false for a resource that
// has none. One that is not deployed may be named by parameters that are empty
// because of it.
func (r *armReader) nameInstance(env *armEnv, in *armInstance, parent *armInstance, absent bool) bool {
	missing := func(key string) bool {
		if absent {
			return false
		}
		r.report(diag.Diagnostic{Code: "input/arm-resource", Severity: diag.Error, Span: in.node.Span.At(in.node.Span.Start, 1),
			Message: "the resource has no " + quoted(key), Hint: "a resource has a \"type\" and a \"name\""})
		return false
	}
	typeNode, nameNode := foldGet(in.node, "type"), foldGet(in.node, "name")
	if typeNode == nil {
		return missing("type")
	}
	if nameNode == nil {
		return missing("name")
	}
	typ := r.value(env, typeNode)
	if u, ok := typ.(*lang.Unknown); ok {
		r.open = &lang.Unknown{Reason: u.Reason} // a resource of any type
		return false
	}
	text, ok := typ.(string)
	if !ok || strings.Trim(text, "/") == "" {
		return missing("type")
	}
	in.typ = strings.Trim(text, "/")
	name := r.value(env, nameNode)
	switch name.(type) {
	case nil, bool, []any, map[string]any:
		if absent {
			return false
		}
		r.report(diag.Diagnostic{Code: "input/arm-resource", Severity: diag.Error, Span: nameNode.Span,
			Message: "the \"name\" of a resource must be a text, not " + describe(name)})
		return false
	}
	computed := isArmExpression(nameNode.Text())
	if name == "" && !computed {
		return missing("name")
	}
	in.names = nameSegments([]any{toText(name)})
	if computed {
		for i, s := range in.names {
			in.names[i] = named(s)
		}
	}
	prefix := in.frame.prefix()
	if r.moves(in) {
		prefix = r.scopeOf(env, in).prefix()
	}
	if parent != nil {
		prefix = in.nestIn(parent, prefix)
	}
	if n := foldGet(in.node, "scope"); n != nil && !isDeploymentType(in.typ) {
		prefix = extendedScope(toText(r.value(env, n)), prefix)
	}
	in.id = resourceIDOf(prefix, in.typ, in.names)
	if strings.Count(in.typ, "/") > 1 || strings.Contains(shown(prefix), "/providers/") {
		in.relate()
	}
	// An unresolved scope may be the id of anything.
	if u, ok := prefix.(*lang.Unknown); ok && in.scope == nil && strings.HasPrefix(u.Expr, "{") {
		in.scope = u
	}
	if !absent {
		r.checkName(in, nameNode)
	}
	return true
}

// checkName reports a known name with more or fewer parts than the type needs.
func (r *armReader) checkName(in *armInstance, nameNode *document.Node) {
	full, known := in.fullName().(string)
	if want := strings.Count(in.typ, "/"); known && len(in.names) != want && in.scope == nil {
		r.report(diag.Diagnostic{Code: "input/arm-resource", Severity: diag.Error, Span: nameNode.Span,
			Message: "the name " + quoted(full) + " has " + plural(len(in.names), "part") + ", but the type " + quoted(in.typ) + " needs " + fmt.Sprint(want),
			Hint:    "the name of a child resource is parent/child"})
	}
}

// nestIn completes the type and name of a resource that stands in its parent's
// "resources". One of another namespace extends the parent.
func (in *armInstance) nestIn(parent *armInstance, prefix any) any {
	switch {
	case strings.HasPrefix(foldLower(in.typ), foldLower(parent.typ)+"/"):
		return prefix
	case strings.Contains(in.typ, "/") && strings.Contains(strings.SplitN(in.typ, "/", 2)[0], "."):
		return parent.id
	}
	in.typ = parent.typ + "/" + in.typ
	in.names = append(append([]any{}, parent.names...), in.names...)
	return strippedPrefix(parent, prefix)
}

// strippedPrefix is where the parent stands: its own scope, if it extends
// something.
func strippedPrefix(parent *armInstance, prefix any) any {
	if parent.scope != nil {
		return parent.scope
	}
	return prefix
}

// extendedScope is the id that "scope" names: whole, or relative to the deployment.
func extendedScope(scope, prefix any) any {
	if s, ok := scope.(string); ok {
		switch {
		case s == "/" || s == "":
			return ""
		case !strings.HasPrefix(s, "/"):
			return joinText(prefix, "/providers/"+strings.TrimRight(s, "/"))
		}
		return strings.TrimRight(s, "/")
	}
	u, ok := scope.(*lang.Unknown)
	if ok && !strings.HasPrefix(u.Expr, "/") && !strings.HasPrefix(u.Expr, "{") {
		return joinText(prefix, "/providers/", scope)
	}
	return scope
}

// relate derives parent and scope from the id, and the type of a resource whose
// name says what it extends ("virtualMachines/providers/locks").
func (in *armInstance) relate() {
	segments := textSegments(in.id)
	last := -1
	for i, s := range segments {
		if s == "providers" {
			last = i
		}
	}
	if last < 0 || len(segments) < last+4 {
		return
	}
	tail := segments[last+1:]
	if namespace, ok := tail[0].(string); ok && last > 0 && strings.Contains(foldLower(in.typ), "/providers/") {
		typ := namespace
		for i := 1; i < len(tail); i += 2 {
			if s, ok := tail[i].(string); ok {
				typ += "/" + s
			}
		}
		in.typ = typ
	}
	if len(tail) >= 5 {
		in.parent = settled(joinSegments(segments[:len(segments)-2]))
	}
	for _, s := range segments[:last] {
		if s == "providers" {
			in.scope = settled(joinSegments(segments[:last]))
		}
	}
}

// body evaluates what the resource sets, once. A resource that needs its own
// properties has none while it is evaluated.
func (r *armReader) body(in *armInstance, depth int) map[string]any {
	if in.state != 0 {
		return in.value
	}
	in.state = 1
	env := &armEnv{frame: in.frame, loops: in.loops, depth: depth}
	out := make(map[string]any, len(in.node.Entries)+4)
	deployment := isDeploymentType(in.typ)
	for _, e := range in.node.Entries {
		if notOfBody(e.Key) || deployment && foldEqual(e.Key, "properties") {
			continue
		}
		out[e.Key] = r.value(env, e.Value)
	}
	out["type"], out["name"], out["id"] = in.typ, in.names[len(in.names)-1], in.id
	out["parent"], out["scope"] = in.parent, in.scope
	out["scopeType"] = scopeType(in.scope)
	in.state, in.value = 2, out
	return out
}

// notOfBody reports whether a key of a resource says what the reader makes of it,
// not what the resource is like.
func notOfBody(key string) bool {
	switch len(key) {
	case 4:
		return foldEqual(key, "type") || foldEqual(key, "name") || foldEqual(key, "copy")
	case 5:
		return foldEqual(key, "scope")
	case 8:
		return foldEqual(key, "comments") || foldEqual(key, "metadata")
	case 9:
		return foldEqual(key, "condition") || foldEqual(key, "resources")
	}
	return false
}

// scopeType is the type of the resource that another one extends: nil where it
// extends none, unknown where its id is not resolved far enough.
func scopeType(scope any) any {
	typ := typeOfID(scope)
	if u, ok := scope.(*lang.Unknown); ok && (typ == "" || typ[0] == '/') {
		return &lang.Unknown{Reason: u.Reason}
	}
	if typ == "" {
		return nil
	}
	return typ
}

// collect flattens a template: each resource, and behind a nested deployment
// what it deploys.
func (r *armReader) collect(f *armFrame, exists *lang.Unknown, out *[]*resource) {
	r.expand(f)
	for _, in := range f.instances {
		if in.existing {
			continue
		}
		state := in.exists
		if state == nil {
			state = exists
		}
		*out = append(*out, &resource{body: r.body(in, 0), place: r.places.at(in.node), exists: state, open: in.open})
		if isDeploymentType(in.typ) {
			if nested := r.nestedFrame(in); nested != nil {
				r.collect(nested, state, out)
			}
		}
	}
}
