package topology

import (
	"cmp"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// resource reads one resource, and those that stand in its "resources". row says
// that a query chose its columns.
func (a *responses) resource(n *document.Node, pointer string, row bool) azureID {
	a.found++
	id := parseID(resourceID(n))
	typ := typeText(n)
	if typ != "" {
		id.typ = foldLower(typ)
	}
	if canonical, ok := a.table.also[id.typ]; ok {
		typ, id.typ = canonical, canonical
	}
	if id.typ != "" && len(a.table.reads(id.typ)) > 0 {
		a.body(n, pointer, &id, cmp.Or(typ, id.typ), row)
	}
	if nested := foldGet(n, "resources"); nested != nil && nested.Kind == document.List {
		for i, item := range nested.Items {
			if shapeOf(item) == shapeResource {
				a.resource(item, pointer+"/"+keyOf(n, nested)+"/"+strconv.Itoa(i), row)
			}
		}
	}
	return id
}

// typeText is the type that a resource states: "type", or "ResourceType" in what
// PSRule exports. A type with the one that it extends in front is as in the id.
func typeText(n *document.Node) string {
	typ := foldGet(n, "type").Text()
	if !strings.Contains(typ, "/") {
		typ = foldGet(n, "resourcetype").Text()
	}
	if strings.Contains(foldLower(typ), "/providers/") {
		return ""
	}
	return typ
}

func keyOf(n, value *document.Node) string {
	for _, e := range n.Entries {
		if e.Value == value {
			return e.Key
		}
	}
	return ""
}

// body makes what mappings read of a resource.
func (a *responses) body(n *document.Node, pointer string, id *azureID, typ string, row bool) {
	body := make(map[string]any, len(n.Entries)+6)
	a.entries(body, n, "resources")
	reason := quoted(id.name) + " is in the input without its properties"
	properties, _ := body["properties"].(map[string]any)
	if properties == nil {
		switch own := ownKeys(body); {
		case len(own) == 0:
			id.bare = true
			body["properties"] = &lang.Unknown{Reason: reason}
			a.leaveOpen(body, a.table.stated, reason)
		case !row && has(body, "provisioningState") && has(body, "resourceGroup"):
			flatten(body)
		default: // columns that a query chose
			properties = make(map[string]any, len(own)+4)
			for _, key := range own {
				flatten(body[key])
				properties[key] = body[key]
			}
			reason = "the input does not state all properties of " + quoted(id.name)
			a.leaveOpen(properties, a.table.properties, reason)
			body["properties"] = properties
			a.leaveOpen(body, a.table.stated, reason)
		}
	}
	body["type"], body["id"], body["name"] = typ, resourceID(n), id.name
	if name := foldGet(n, "name").Text(); name != "" {
		body["name"] = name[strings.LastIndexByte(name, '/')+1:]
	}
	body["parent"], body["scope"], body["scopeType"] = nil, nil, nil
	if id.parent != "" {
		body["parent"] = id.parent
	}
	if id.scope != "" {
		body["scope"] = id.scope
		if typ := typeOfID(id.scope); typ != "" {
			body["scopeType"] = typ
		}
	}
	a.out.resources = append(a.out.resources, &resource{
		body: body, place: lang.Place{Span: n.Span, Pointer: pointer}, node: n, spelled: true, bare: id.bare})
}

// leaveOpen makes unknown what a resource does not state.
func (a *responses) leaveOpen(body map[string]any, keys []string, reason string) {
	for _, key := range keys {
		if body[key] == nil {
			body[key] = &lang.Unknown{Reason: reason}
		}
	}
}

func has(m map[string]any, key string) bool {
	v, ok := foldKey(m, key)
	return ok && v != nil
}

// common are the keys, in lower case, that any resource has beside its properties.
const common = " id name type kind location tags sku plan identity zones managedby managedbyextended extendedlocation etag systemdata " +
	"resourcegroup subscriptionid tenantid createdtime changedtime provisioningstate apiversion properties primary " +
	"resourceid resourcename resourcetype resourcegroupname subscriptionname extensionresourcename parentresource "

// ownKeys lists, in order, the keys of a resource that are its properties where
// the tool put them beside its id.
func ownKeys(m map[string]any) []string {
	var out []string
	for _, key := range sortedKeys(m) {
		if m[key] != nil && !strings.Contains(common, " "+foldLower(key)+" ") {
			out = append(out, key)
		}
	}
	return out
}

// flatten undoes what az does to most resources, whose properties it puts beside
// their ids: each map with an id or a name gets its own content as "properties"
// too.
func flatten(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			flatten(item)
		}
	case map[string]any:
		for _, item := range v {
			flatten(item)
		}
		if v["properties"] != nil || v["id"] == nil && v["name"] == nil {
			return
		}
		if len(ownKeys(v)) == 0 {
			return
		}
		v["properties"] = maps.Clone(v)
	}
}

// literal is the value of a node, in the keys that mappings use.
func (a *responses) literal(n *document.Node) any {
	switch n.Kind {
	case document.Int:
		return int(n.Value.(int64))
	case document.List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = a.literal(item)
			if part, ok := out[i].(map[string]any); ok {
				identified(part)
			}
		}
		return out
	case document.Map:
		out := make(map[string]any, len(n.Entries)+1)
		a.entries(out, n, "")
		return out
	}
	return n.Value
}

// entries adds what a map holds, but for one key. Of keys that differ in case
// alone, the spelling of the mappings wins, then the first.
func (a *responses) entries(out map[string]any, n *document.Node, without string) {
	for _, e := range n.Entries {
		key := a.table.spelled(e.Key)
		if key == without {
			continue
		}
		if key != e.Key {
			if _, taken := out[key]; taken || n.Get(key) != nil {
				continue
			}
		}
		out[key] = a.literal(e.Value)
	}
}

// identified completes a part of a resource, an element of a list with an id. One
// that has nothing of its own is known by its id alone; one without "properties"
// may have them beside the id.
func identified(part map[string]any) {
	id, _ := part["id"].(string)
	if !isAzureID(id) {
		return
	}
	if part["name"] == nil {
		part["name"] = parseID(id).name
	}
	if part["properties"] != nil {
		return
	}
	if len(ownKeys(part)) == 0 {
		part["properties"] = &lang.Unknown{Reason: "of " + quoted(parseID(id).name) + " the input has the id alone"}
	} else {
		part["properties"] = maps.Clone(part)
	}
}

// findParts finds where the elements of a resource's lists stand: for each map in
// a list, by the address of its value.
func (r *resource) findParts(t *mappingTable, items []any) {
	if r.node == nil || r.parts != nil || len(items) == 0 {
		return
	}
	r.parts = map[uintptr]lang.Place{}
	var walk func(v any, n *document.Node, pointer string)
	walk = func(v any, n *document.Node, pointer string) {
		switch v := v.(type) {
		case []any:
			for i, item := range v {
				at := pointer + "/" + strconv.Itoa(i)
				if m, ok := item.(map[string]any); ok {
					r.parts[reflect.ValueOf(m).Pointer()] = lang.Place{Span: n.Items[i].Span, Pointer: at}
				}
				walk(item, n.Items[i], at)
			}
		case map[string]any:
			for _, e := range n.Entries {
				if item := v[t.spelled(e.Key)]; item != nil && (e.Value.Kind == document.List || e.Value.Kind == document.Map) {
					walk(item, e.Value, pointer+"/"+pointerPart(e.Key))
				}
			}
		}
	}
	walk(r.body, r.node, r.place.Pointer)
}
