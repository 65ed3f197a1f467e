package topology

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// resource flattens one instance.
func (t *tfReader) resource(in *tfInstance) *resource {
	wanted := t.table.attributes(in.label())
	azapi := in.managed() && (in.typ == "azapi_resource" || in.typ == "azapi_update_resource")
	if azapi {
		wanted = nil
	}
	body := t.body(in, wanted)
	values, _ := body["values"].(map[string]any)
	out := &resource{body: body, place: t.places.at(in.values), exists: in.exists, open: in.open, spelled: true, referred: !in.managed()}
	out.links = func() []any { return t.links(in, t.object(in, in.values, in.unknown, in.sensitive, nil, nil)) }
	if azapi {
		t.azapi(in, values, out)
	}
	switch in.typ {
	case "azurerm_resource_group_template_deployment", "azurerm_subscription_template_deployment", "azurerm_template_deployment":
		if in.managed() && t.open == nil {
			t.open = &lang.Unknown{Reason: in.address + " deploys a template, which is not read"}
		}
	}
	return out
}

// body is what mappings read: the values as they stand, beside them those that a
// mapping may need more of. "values" holds all of them, also those called type, id
// and name; "configured" leaves out what the configuration leaves to the provider;
// "azureId" is the id in Azure, or what stands for it; "given" lists the attributes
// that have a value; and beside each *_id stands the type that it leads to. wanted names the attributes that mappings read; nil is
// all.
func (t *tfReader) body(in *tfInstance, wanted map[string]bool) map[string]any {
	values := t.object(in, in.values, in.unknown, in.sensitive, nil, wanted)
	configured := values
	body := make(map[string]any, len(values)+8)
	expressions := in.config.Get("expressions")
	for _, name := range sortedKeys(values) {
		v := values[name]
		body[name] = v
		if t.chosen(in, name, expressions) {
			if len(configured) == len(values) {
				configured = maps.Clone(values)
			}
			delete(configured, name)
		}
		if name == "scope" || strings.HasSuffix(name, "_id") {
			key := strings.TrimSuffix(name, "_id") + "_type"
			if _, taken := values[key]; !taken {
				body[key] = t.typeOf(v)
			}
		}
	}
	if wanted == nil || wanted["given"] {
		body["given"] = t.given(in, expressions)
	}
	body["azureId"] = in.id
	if id := in.values.Get("id").Text(); strings.HasPrefix(id, "/") {
		body["azureId"] = id
	}
	body["type"], body["id"], body["values"], body["configured"] = in.label(), in.id, values, configured
	body["name"] = t.nameOf(in, values["name"])
	return body
}

// given lists the attributes that have a value, whether it is known or not.
func (t *tfReader) given(in *tfInstance, expressions *document.Node) []any {
	out := []any{}
	for _, e := range in.values.Entries {
		if e.Value.Kind != document.Null && !(e.Value.Kind == document.String && e.Value.Text() == "") {
			out = append(out, e.Key)
		}
	}
	if in.unknown != nil {
		for _, e := range in.unknown.Entries {
			if isBool(e.Value, true) && !t.chosen(in, e.Key, expressions) {
				out = append(out, e.Key)
			}
		}
	}
	return out
}

// chosen reports whether the provider chooses the value of an attribute that the
// configuration does not mention: it is not known, and nothing that the plan does
// not say stands in it.
func (t *tfReader) chosen(in *tfInstance, name string, expressions *document.Node) bool {
	return expressions != nil && expressions.Get(name) == nil && isBool(in.unknown.Get(name), true)
}

// nameOf is the name of the resource in Azure, or where it has none, or one that
// is not known yet, its address.
func (t *tfReader) nameOf(in *tfInstance, name any) any {
	switch name := name.(type) {
	case string:
		if name != "" {
			return name
		}
	case *lang.Unknown:
		return &lang.Unknown{Reason: name.Reason, Text: in.address, Expr: name.Expr}
	}
	return in.address
}

// isBool reports whether a node is this boolean. It is nil-safe.
func isBool(n *document.Node, want bool) bool {
	return n != nil && n.Kind == document.Bool && n.Value == want
}

func (t *tfReader) object(in *tfInstance, n, unknown, sensitive *document.Node, path []tfStep, wanted map[string]bool) map[string]any {
	size := len(n.Entries)
	if unknown != nil {
		size += len(unknown.Entries)
	}
	if wanted != nil {
		size = min(size, len(wanted))
	}
	out := make(map[string]any, size)
	inside := func(name string) []tfStep { return append(path[:len(path):len(path)], tfStep{name: name}) }
	for _, e := range n.Entries {
		if wanted != nil && !wanted[e.Key] {
			continue
		}
		u, s := part(unknown, e.Key), part(sensitive, e.Key)
		if t.isPlain(in, e.Value, u, s, e.Key) {
			out[e.Key] = t.plain(e.Value, e.Key)
		} else {
			out[e.Key] = t.value(in, e.Value, u, s, inside(e.Key))
		}
	}
	if unknown != nil && unknown.Kind == document.Map {
		for _, e := range unknown.Entries {
			if _, known := out[e.Key]; !known && (wanted == nil || wanted[e.Key]) {
				out[e.Key] = t.value(in, nil, e.Value, part(sensitive, e.Key), inside(e.Key))
			}
		}
	}
	if in.lean {
		for _, x := range t.expressionsAt(in, path) {
			for _, e := range x.Entries {
				if _, known := out[e.Key]; !known && (wanted == nil || wanted[e.Key]) {
					out[e.Key] = t.unresolved(in, inside(e.Key))
				}
			}
		}
	}
	return out
}

// part is what a shape says of one attribute: a mark on the whole is on each part.
func part(shape *document.Node, name string) *document.Node {
	if isBool(shape, true) {
		return shape
	}
	return shape.Get(name)
}

func item(shape *document.Node, i int) *document.Node {
	if isBool(shape, true) {
		return shape
	}
	if shape != nil && i >= 0 && i < len(shape.Items) {
		return shape.Items[i]
	}
	return nil
}

func (t *tfReader) value(in *tfInstance, n, unknown, sensitive *document.Node, path []tfStep) any {
	if isBool(unknown, true) {
		if len(path) > 1 && path[len(path)-1].name == "id" && path[0].name != "body" {
			return nil // of a block, which the provider gives it
		}
		return t.unresolvedList(in, path)
	}
	last := tfTarget{path: path}.last()
	if n != nil && (isBool(sensitive, true) || n.Kind == document.String && secretName(last)) && !emptyValue(literalValue(n)) {
		// What is in a secret is nobody's to print: a rule sees only that it is there.
		where := in.address + tfPath(path)
		u := piece(where+" is sensitive", "<sensitive>", quoteExpr(where))
		t.refs.follow(u, func() ([]any, bool) { return t.candidates(in, path) })
		return u
	}
	switch {
	case n != nil && t.isPlain(in, n, unknown, sensitive, last):
		return t.plain(n, last)
	case n != nil && n.Kind == document.List || n == nil && unknown != nil && unknown.Kind == document.List:
		return t.items(in, n, unknown, sensitive, path)
	case n != nil && n.Kind == document.Map || (n == nil || n.Kind == document.Null) && unknown != nil && unknown.Kind == document.Map && len(unknown.Entries) > 0:
		if n == nil || n.Kind != document.Map {
			return t.object(in, &document.Node{Kind: document.Map}, unknown, sensitive, path, nil)
		}
		out := t.object(in, n, unknown, sensitive, path, nil)
		t.places.set(out, n)
		return out
	case n == nil:
		return nil
	}
	return t.scalar(n, last)
}

// scalar is a value that holds no others. The id of what the plan deletes is none.
func (t *tfReader) scalar(n *document.Node, last string) any {
	if n.Kind == document.String && len(t.refs.gone) > 0 && last != "id" && t.refs.gone[normalID(n.Text())] {
		return nil
	}
	return literalValue(n)
}

// marked reports whether a shape marks anything.
func marked(shape *document.Node) bool {
	if shape == nil {
		return false
	}
	if isBool(shape, true) || slices.ContainsFunc(shape.Items, marked) {
		return true
	}
	return slices.ContainsFunc(shape.Entries, func(e document.Entry) bool { return marked(e.Value) })
}

// isPlain reports whether nothing of a value is open or secret.
func (t *tfReader) isPlain(in *tfInstance, n, unknown, sensitive *document.Node, last string) bool {
	return !in.lean && !marked(unknown) && !marked(sensitive) && !(n.Kind == document.String && secretName(last)) && !holdsSecret(n)
}

// plain is a value of which nothing is open or marked as sensitive. last is the
// attribute that it is of.
func (t *tfReader) plain(n *document.Node, last string) any {
	switch n.Kind {
	case document.List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = t.plain(item, last)
		}
		return out
	case document.Map:
		out := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			out[e.Key] = t.plain(e.Value, e.Key)
		}
		t.places.set(out, n)
		return out
	}
	return t.scalar(n, last)
}

// holdsSecret reports whether a text inside of a value is a secret by its name.
func holdsSecret(n *document.Node) bool {
	return slices.ContainsFunc(n.Items, holdsSecret) || slices.ContainsFunc(n.Entries, func(e document.Entry) bool {
		return e.Value.Kind == document.String && secretName(e.Key) || holdsSecret(e.Value)
	})
}

// secretName recognises attributes that are secrets by their names: plans of old
// versions do not say what is sensitive.
func secretName(last string) bool {
	for _, end := range []string{"password", "secret", "shared_key", "access_key", "private_key", "connection_string", "custom_data", "user_data"} {
		if strings.HasSuffix(last, end) {
			return true
		}
	}
	return false
}

func (t *tfReader) items(in *tfInstance, n, unknown, sensitive *document.Node, path []tfStep) []any {
	count := 0
	if n != nil {
		count = len(n.Items)
	}
	if unknown != nil && unknown.Kind == document.List {
		count = max(count, len(unknown.Items))
	}
	out := make([]any, count)
	for i := range out {
		out[i] = t.value(in, item(n, i), item(unknown, i), item(sensitive, i), append(path[:len(path):len(path)], tfStep{fmt.Sprint(i), true}))
	}
	return out
}

// unresolved is a value that is not known before the plan is carried out. What
// the configuration says of it is followed when a link asks for it.
func (t *tfReader) unresolved(in *tfInstance, path []tfStep) *lang.Unknown {
	where := in.address + tfPath(path)
	u := piece(where+" is known after apply", "<"+where+">", quoteExpr(where))
	if strings.ContainsAny(u.Text, "/") {
		u.Text = unresolvedText
	}
	if target, ok := t.sameName(in, path); ok {
		u.Expr, u.Text = target.Expr, target.Text
		return u
	}
	if nodes, _ := t.expressions(in, path); in.config == nil || len(nodes) > 0 {
		t.refs.follow(u, func() ([]any, bool) { return t.candidates(in, path) })
	}
	return u
}

// unresolvedList is an unknown value, or for a list of ids what its elements are.
func (t *tfReader) unresolvedList(in *tfInstance, path []tfStep) any {
	if len(path) == 0 || path[len(path)-1].index || !strings.HasSuffix(path[len(path)-1].name, "_ids") {
		return t.unresolved(in, path)
	}
	ids, open := t.candidates(in, path)
	if open || len(ids) == 0 {
		return t.unresolved(in, path)
	}
	return ids
}

// sameName finds the name that an attribute such as virtual_network_name takes
// from a resource of that type, so that both are the same text.
func (t *tfReader) sameName(in *tfInstance, path []tfStep) (*lang.Unknown, bool) {
	last := path[len(path)-1].name
	of, ok := strings.CutSuffix(last, "_name")
	address := strings.HasSuffix(last, "_ip_address")
	if !ok && !address || path[len(path)-1].index {
		return nil, false
	}
	v := t.attribute(in, path)
	if v.open || len(v.targets) != 1 {
		return nil, false
	}
	target := v.targets[0]
	attribute := target.last()
	switch {
	case ok && (attribute == "name" || attribute == "") && strings.HasSuffix(of, strings.TrimPrefix(target.in.typ, "azurerm_")):
		attribute = "name"
	case address && strings.HasSuffix(attribute, "_ip_address"):
		attribute = tfPath(target.path)[1:]
	default:
		return nil, false
	}
	if target.in == in {
		return nil, false
	}
	where := target.in.address + "." + attribute
	text := unresolvedText
	if !strings.Contains(where, "/") {
		text = "<" + where + ">"
	}
	return piece("", text, quoteExpr(where)), true
}

// typeOf is the type of the resource that an id leads to: of the provider, or
// of Azure for one that is not in the plan.
func (t *tfReader) typeOf(id any) any {
	switch id := id.(type) {
	case string:
		if id == "" {
			return nil
		}
		if in := t.refs.instances[t.refs.address(id)]; in != nil {
			return in.label()
		}
		if typ := typeOfID(id); typ != "" && typ[0] != '/' {
			return typ
		}
		return nil
	case *lang.Unknown:
		typ := ""
		if follow := t.refs.attributes[id.Expr]; follow != nil {
			ids, open := follow()
			for _, c := range ids {
				s, _ := c.(string)
				found := ""
				if in := t.refs.instances[s]; in != nil {
					found = in.label()
				}
				if found == "" || typ != "" && typ != found {
					open = true
				}
				typ = found
			}
			if !open && typ != "" {
				return typ
			}
		}
		return &lang.Unknown{Reason: id.Reason}
	}
	return nil
}

// links lists the ids that a resource holds, each once, as {type, id}.
func (t *tfReader) links(in *tfInstance, values map[string]any) []any {
	out := []any{}
	seen := map[string]bool{normalID(in.id): true}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(key, item)
			}
		case map[string]any:
			for _, k := range sortedKeys(v) {
				walk(k, v[k])
			}
		case string, *lang.Unknown:
			if !strings.HasSuffix(key, "_id") && !strings.HasSuffix(key, "_ids") {
				return
			}
			identity, ok := identityOf(v)
			if typ, known := t.typeOf(v).(string); ok && known && !seen[identity] {
				seen[identity] = true
				out = append(out, map[string]any{"type": typ, "id": v})
			}
		}
	}
	walk("", values)
	return out
}

// azapi makes a resource of Azure's own form of one that the azapi provider
// writes: it is read as in a template.
func (t *tfReader) azapi(in *tfInstance, values map[string]any, out *resource) {
	typ, _, _ := strings.Cut(textOf(values["type"]), "@")
	if typ == "" {
		if u, ok := values["type"].(*lang.Unknown); ok {
			t.open = &lang.Unknown{Reason: u.Reason}
		}
		return
	}
	body := values["body"]
	if s, ok := body.(string); ok {
		if v, ok := parseJSONText(s); ok {
			body = v
		}
	}
	resourceBody := map[string]any{}
	switch body := body.(type) {
	case map[string]any:
		for k, v := range body {
			resourceBody[k] = v
		}
	case *lang.Unknown:
		resourceBody["properties"] = &lang.Unknown{Reason: body.Reason}
	}
	if body == nil {
		resourceBody["properties"] = map[string]any{}
	}
	resourceBody["type"], resourceBody["id"], resourceBody["name"] = typ, in.id, out.body["name"]
	if strings.Count(typ, "/") > 1 {
		resourceBody["parent"] = values["parent_id"]
	}
	resourceBody["scope"], resourceBody["scopeType"] = nil, nil
	if in.typ == "azapi_update_resource" {
		out.referred = true
		resourceBody["id"] = t.updated(in, values["resource_id"])
	}
	out.body, out.mappings, out.spelled = resourceBody, "arm", false
}

// updated is the id of the resource that another one changes.
func (t *tfReader) updated(in *tfInstance, id any) any {
	switch id := id.(type) {
	case string:
		return t.refs.address(id)
	case *lang.Unknown:
		if follow := t.refs.attributes[id.Expr]; follow != nil {
			if ids, open := follow(); !open && len(ids) == 1 {
				return ids[0]
			}
		}
		return id
	}
	return in.id
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}
