package topology

import (
	"cmp"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// readied is a resource with what is read of it alone, whatever other resources there
// are.
type readied struct {
	node    *document.Node
	pointer string
	row     bool // a query chose its columns
	id      azureID
	body    *resource // nil where no mapping reads the type
}

// ready reads one resource. It changes nothing of a but what it keeps of keys.
func (a *responses) ready(n *document.Node, pointer string, row bool) *readied {
	if r := n.Row(); r != nil {
		defer r.Release()
		if !r.Outline().Plain && hasFold(r.Map(), "resources") {
			n = n.Whole()
		}
	}
	id, own := cutID(resourceID(n))
	typ := typeText(n)
	if id.typ = foldLower(typ); typ == "" {
		id.typ = typeIn(own)
	}
	if canonical, ok := a.table.also[id.typ]; ok {
		typ, id.typ = canonical, canonical
	}
	out := &readied{node: n, pointer: pointer, row: row, id: id}
	if id.typ != "" && len(a.table.reads(id.typ)) > 0 {
		out.body = a.body(n, pointer, &out.id, cmp.Or(typ, id.typ), row)
	}
	return out
}

// take hands on a resource, and reads those that stand in its "resources".
func (a *responses) take(r *readied) {
	a.found++
	if r.body != nil {
		a.visit(r.body)
	}
	if nested := foldGet(r.node, "resources"); nested != nil && nested.Kind == document.List {
		at := r.pointer + "/" + a.keyOf(r.node, nested) + "/"
		cells := a.cells
		a.cells = false
		for i, item := range nested.Items {
			if isReturned(item) {
				a.take(a.ready(item, at+strconv.Itoa(i), r.row))
			}
		}
		a.cells = cells
	}
}

// inOrder calls f with each item of a list that is a resource, read; else with nil.
// Of a long list the next ones are read while f has those before.
func (a *responses) inOrder(items []*document.Node, at string, row bool, f func(i int, r *readied)) {
	ready := func(a *responses, i int) *readied {
		if !isReturned(items[i]) {
			return nil
		}
		return a.ready(items[i], at+strconv.Itoa(i), row)
	}
	if len(items) <= shareOfItems {
		for i := range items {
			f(i, ready(a, i))
		}
		return
	}
	shares := make(chan []*readied, 4)
	ahead := *a
	ahead.cased = map[string]string{}
	go func() {
		defer close(shares)
		for i := 0; i < len(items); {
			share := make([]*readied, 0, shareOfItems)
			for ; i < len(items) && len(share) < shareOfItems; i++ {
				share = append(share, ready(&ahead, i))
			}
			shares <- share
		}
	}()
	i := 0
	for share := range shares {
		for _, r := range share {
			f(i, r)
			i++
		}
	}
}

// shareOfItems is how many items are read before they are handed on.
const shareOfItems = 64

func hasFold(m map[string]any, key string) bool {
	if _, ok := m[key]; ok {
		return true
	}
	for k := range m {
		if foldEqual(k, key) {
			return true
		}
	}
	return false
}

// typeText is the type that a resource states: "type", or "ResourceType" in what
// PSRule exports. A type with the one that it extends in front is as in the id.
func typeText(n *document.Node) string {
	typ := stringAt(n, "type")
	if !strings.Contains(typ, "/") {
		typ = stringAt(n, "resourcetype")
	}
	if strings.Contains(foldLower(typ), "/providers/") {
		return ""
	}
	return typ
}

// keyOf is what leads to a value of a resource in a pointer.
func (a *responses) keyOf(n, value *document.Node) string {
	for i, e := range n.Entries {
		if e.Value == value {
			return a.step(i, e.Key)
		}
	}
	return ""
}

// step is a key of a resource in a pointer, or the number of its cell in a table.
func (a *responses) step(i int, key string) string {
	if a.cells {
		return strconv.Itoa(i)
	}
	return pointerPart(key)
}

// body makes what mappings read of a resource.
func (a *responses) body(n *document.Node, pointer string, id *azureID, typ string, row bool) *resource {
	resourceID, name := resourceID(n), stringAt(n, "name")
	other := len(a.table.byType[id.typ]) == 0
	if r := n.Row(); r != nil && r.Outline().Plain && a.table.isOutlined(id.typ) {
		o := &outline{typ: typ, name: id.name}
		if name != "" {
			o.name = name[strings.LastIndexByte(name, '/')+1:]
		}
		return &resource{outline: o, typ: id.typ, id: resourceID, identity: normalID(literalExpr(resourceID)), place: lang.Place{Span: n.Span, Pointer: pointer},
			returned: true, whole: pointer, spelled: true}
	}
	body, parts := a.content(n)
	properties, _ := body["properties"].(map[string]any)
	if properties == nil {
		reason := quoted(id.name) + " is in the input without its properties"
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
	body["type"], body["id"], body["name"] = typ, resourceID, id.name
	if name != "" {
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
	if other {
		body["references"] = references(body)
	}
	return &resource{
		body: body, typ: id.typ, id: resourceID, identity: normalID(literalExpr(resourceID)), place: lang.Place{Span: n.Span, Pointer: pointer}, returned: true, parts: parts, whole: pointer, spelled: true, bare: id.bare}
}

// content is what a resource holds, in the keys that mappings use, and where the
// maps in its lists stand.
func (a *responses) content(n *document.Node) (map[string]any, []document.Part) {
	if row := n.Row(); row != nil {
		if a.respell(row.Map()) {
			for _, part := range row.Parts() {
				identified(part.Map)
			}
			return row.Map(), row.Parts()
		}
		n = n.Whole()
	}
	w := partWalk{responses: a}
	body := make(map[string]any, len(n.Entries)+6)
	w.entries(body, n, "resources", "")
	return body, w.parts
}

// spelled is a key in the spelling that mappings use.
func (a *responses) spelled(key string) string {
	if s, ok := a.cased[key]; ok {
		return s
	}
	s, ok := a.table.keys[foldLower(key)]
	if !ok {
		s = key
	}
	a.cased[key] = s
	return s
}

// respell gives the keys of a row the spelling that mappings use. It reports
// whether it could: of two spellings of a key, their order decides, which a row
// does not keep.
func (a *responses) respell(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !a.respell(item) {
				return false
			}
		}
	case map[string]any:
		var other []string
		for key, item := range v {
			if a.spelled(key) != key {
				other = append(other, key)
			}
			switch item.(type) {
			case []any, map[string]any:
				if !a.respell(item) {
					return false
				}
			}
		}
		for _, key := range other {
			to := a.spelled(key)
			if _, taken := v[to]; taken {
				return false
			}
			v[to] = v[key]
			delete(v, key)
		}
	}
	return true
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

// partWalk reads a resource from its nodes, and notes where its parts stand.
type partWalk struct {
	*responses
	parts []document.Part
}

// literal is the value of a node, in the keys that mappings use.
func (a *partWalk) literal(n *document.Node, pointer string) any {
	switch n.Kind {
	case document.Int:
		return int(n.Value.(int64))
	case document.List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			at := pointer + "/" + strconv.Itoa(i)
			out[i] = a.literal(item, at)
			if part, ok := out[i].(map[string]any); ok {
				identified(part)
				a.parts = append(a.parts, document.Part{Map: part, Start: item.Span.Start, End: item.Span.End, Pointer: at})
			}
		}
		return out
	case document.Map:
		out := make(map[string]any, len(n.Entries)+1)
		a.entries(out, n, "", pointer)
		return out
	}
	return n.Value
}

// entries adds what a map holds, but for one key. Of keys that differ in case
// alone, the spelling of the mappings wins, then the first.
func (a *partWalk) entries(out map[string]any, n *document.Node, without, pointer string) {
	for i, e := range n.Entries {
		key := a.spelled(e.Key)
		if key == without {
			continue
		}
		if key != e.Key {
			if _, taken := out[key]; taken || n.Get(key) != nil {
				continue
			}
		}
		at := pointerPart(e.Key)
		if pointer == "" {
			at = a.step(i, e.Key)
		}
		out[key] = a.literal(e.Value, pointer+"/"+at)
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

// placeOf is where a part of the resource stands, or else the resource.
func (r *resource) placeOf(v any, places *placeTable) lang.Place {
	if !r.returned {
		return places.of(v, r.place)
	}
	if m, ok := v.(map[string]any); ok && len(r.parts) > 0 {
		at := reflect.ValueOf(m).Pointer()
		for _, p := range r.parts {
			if reflect.ValueOf(p.Map).Pointer() == at {
				span := diag.Span{Source: r.place.Span.Source, Start: p.Start, End: p.End}
				return lang.Place{Span: span, Pointer: r.whole + p.Pointer}
			}
		}
	}
	return r.place
}
