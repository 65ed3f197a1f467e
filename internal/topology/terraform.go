package topology

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// Limits keep a hostile plan from taking the reader's time or memory.
const (
	maxTfInstances = 100_000
	maxTfSteps     = 2_000_000 // references that are followed, and what they lead to
	maxTfDepth     = 100       // references that wait for each other
)

// tfReader reads one plan or state of Terraform or OpenTofu.
type tfReader struct {
	src      *diag.Source
	problems *diag.List
	root     *document.Node
	places   *placeTable
	refs     *tfReferences
	table    *mappingTable
	what     string // "plan" or "state", for messages

	top       *tfModule
	modules   map[string]*tfModule // by path
	instances []*tfInstance
	deleted   []*tfInstance
	dropped   map[string]bool     // addresses of deleted
	byName    map[string]*tfGroup // by module path, mode, type and name
	byAddress map[string]*tfInstance
	bound     map[string]*tfBinding // variables and outputs that were followed
	steps     int
	depth     int
	limited   bool
	azure     bool // a resource is one of Azure's
	open      *lang.Unknown
}

// tfModule is one instance of a module; the root has no parent.
type tfModule struct {
	path     string
	parent   *tfModule
	name     string // of the call
	key      string // of the instance, as tfKey writes it
	call     *document.Node
	config   *document.Node
	children []*tfModule
	// resources are the resources of config by mode, type and name.
	resources map[string]*document.Node
}

// tfInstance is one instance of a resource, as it is after the plan.
type tfInstance struct {
	module    *tfModule
	mode      string
	typ, name string
	key       string
	address   string
	id        string // what stands for its id: its address, or that of the same resource
	values    *document.Node
	unknown   *document.Node // the same shape, true where the value is not known yet
	sensitive *document.Node // the same shape, true where the value is nobody's to see
	config    *document.Node // in the configuration
	lean      bool           // values leave out what is not known yet
	before    string         // its id in Azure before the plan
	exists    *lang.Unknown
	open      *lang.Unknown
}

// tfGroup is all instances of one resource of the configuration.
type tfGroup struct {
	list  []*tfInstance
	byKey map[string]*tfInstance
}

func (in *tfInstance) managed() bool { return in.mode != "data" }

// label is the type with its mode: "azurerm_subnet", "data.azurerm_subnet".
func (in *tfInstance) label() string {
	if in.managed() {
		return in.typ
	}
	return "data." + in.typ
}

// tfKey writes the key of an instance: 0, or "name with its opening quote, so
// that no number is a name.
func tfKey(n *document.Node) string {
	if n == nil {
		return ""
	}
	switch n.Kind {
	case document.Int:
		return fmt.Sprint(n.Value)
	case document.String:
		return `"` + n.Text()
	}
	return ""
}

// flattenTerraform gives the resources of a plan or state.
func (r *reader) flattenTerraform(d *input, _ int) *flattened {
	if r.references == nil {
		r.references = newReferences()
	}
	t := &tfReader{
		src: d.src, problems: &r.problems, root: d.root, places: newPlaceTable(d.src, d.root), refs: r.references, table: r.mapper.table("terraform"),
		modules: map[string]*tfModule{}, byName: map[string]*tfGroup{}, byAddress: map[string]*tfInstance{},
		bound: map[string]*tfBinding{}, dropped: map[string]bool{}, what: "plan",
	}
	t.top = &tfModule{config: d.root.Get("configuration").Get("root_module")}
	t.modules[""] = t.top
	if !t.checkVersion() {
		return &flattened{places: t.places, references: t.refs, unstated: true}
	}
	t.collect()
	// A data source may read what another resource makes.
	for _, managed := range []bool{true, false} {
		for _, in := range t.instances {
			if in.managed() == managed {
				t.register(in)
			}
		}
	}
	out := &flattened{places: t.places, references: t.refs}
	for _, in := range t.instances {
		out.resources = append(out.resources, t.resource(in))
	}
	for _, in := range t.deleted {
		in.module, in.id = t.top, in.address
		out.resources = append(out.resources, &resource{body: t.body(in, t.table.attributes(in.typ)), gone: true, spelled: true, place: t.places.at(in.values)})
	}
	if !t.azure {
		t.problem("input/terraform-nothing", diag.Warning, t.root, "no resource of the "+t.what+" is one of Azure's",
			"resources of the providers azurerm and azapi are read")
	}
	out.unstated, out.open = !t.azure, t.open
	return out
}

func (t *tfReader) problem(code string, severity diag.Severity, n *document.Node, message, hint string) {
	t.problems.Add(diag.Diagnostic{Code: code, Severity: severity, Span: n.Span.At(n.Span.Start, 1), Message: message, Hint: hint})
}

// collect finds the instances that exist once the plan is carried out.
func (t *tfReader) collect() {
	if v := t.root.Get("version"); v != nil {
		t.what = "state"
		t.rawState()
		return
	}
	changes := t.root.Get("resource_changes")
	t.list(t.root, "resource_changes", func(n *document.Node) { t.change(n, nil) })
	t.list(t.root, "deferred_changes", func(n *document.Node) {
		u := &lang.Unknown{Reason: "the plan defers a part of what it deploys"}
		if reason := n.Get("reason").Text(); reason != "" {
			u.Reason += " (" + reason + ")"
		}
		if c := n.Get("resource_change"); c != nil {
			t.change(c, u)
		}
	})
	switch {
	case isBool(t.root.Get("errored"), true):
		t.open = &lang.Unknown{Reason: "the plan ended with errors, and what it does not list may exist"}
	case isBool(t.root.Get("complete"), false):
		t.open = &lang.Unknown{Reason: "the plan is not complete, and what it does not list may exist"}
	}
	if v := t.root.Get("values"); v != nil {
		t.what = "state"
		t.module(v.Get("root_module"), false, nil)
	}
	// What a plan leaves as it is stands in its planned values too, and data that
	// is known already in the state before it.
	t.module(t.root.Get("planned_values").Get("root_module"), changes == nil, nil)
	t.module(t.root.Get("prior_state").Get("values").Get("root_module"), false, func(in *tfInstance) bool { return !in.managed() })
}

// list visits the maps of a list.
func (t *tfReader) list(n *document.Node, key string, visit func(*document.Node)) {
	l := n.Get(key)
	if l == nil || l.Kind == document.Null {
		return
	}
	if l.Kind != document.List {
		t.problem("input/terraform-shape", diag.Error, l, quoted(key)+" must be a list, not "+l.Describe(), "give the output of terraform show -json as it is")
		return
	}
	for i, item := range l.Items {
		if item.Kind != document.Map {
			t.problem("input/terraform-shape", diag.Error, item, "an element of "+quoted(key)+" must be a map, not "+item.Describe(), "give the output of terraform show -json as it is")
			continue
		}
		if r := item.Row(); r != nil {
			if t.isKnown(r.Outline()) {
				continue
			}
			item = item.Whole()
			l.Items[i] = item
		}
		visit(item)
	}
}

// change reads one of "resource_changes". exists says why it may not come about.
func (t *tfReader) change(n *document.Node, exists *lang.Unknown) {
	change := n.Get("change")
	if n.Get("deposed").Text() != "" {
		return // an object that waits to be deleted
	}
	var actions []string
	if list := change.Get("actions"); list != nil {
		for _, a := range list.Items {
			actions = append(actions, a.Text())
		}
	}
	in := &tfInstance{values: change.Get("after"), unknown: change.Get("after_unknown"), sensitive: change.Get("after_sensitive"), exists: exists, open: exists}
	switch strings.Join(actions, " ") {
	case "delete":
		t.gone(n, change)
		return
	case "forget": // it stays, and Terraform no longer looks after it
		in.values, in.unknown, in.sensitive = change.Get("before"), nil, change.Get("before_sensitive")
	}
	in.before = ownID(change.Get("before"))
	t.add(in, n, n.Get("module_address").Text())
}

// gone notes a resource that the plan deletes: its id means nothing any more, and
// what it says of other resources no longer holds.
func (t *tfReader) gone(n, change *document.Node) {
	t.dropped[n.Get("address").Text()] = true
	before := change.Get("before")
	if id := ownID(before); id != "" {
		t.refs.gone[normalID(id)] = true
	}
	if before != nil && before.Kind == document.Map && n.Get("mode").Text() != "data" {
		t.deleted = append(t.deleted, &tfInstance{mode: "managed", typ: n.Get("type").Text(), address: n.Get("address").Text(), values: before})
	}
}

// module reads the resources of a module of a state or of planned values. lean
// is set where they leave out what is not known yet.
func (t *tfReader) module(n *document.Node, lean bool, want func(*tfInstance) bool) {
	pending := []*document.Node{n}
	for len(pending) > 0 {
		n = pending[0]
		pending = pending[1:]
		if n == nil {
			continue
		}
		t.list(n, "resources", func(item *document.Node) {
			in := &tfInstance{values: item.Get("values"), sensitive: item.Get("sensitive_values"), lean: lean, mode: item.Get("mode").Text()}
			if item.Get("deposed_key").Text() == "" && (want == nil || want(in)) {
				t.add(in, item, n.Get("address").Text())
			}
		})
		t.list(n, "child_modules", func(child *document.Node) { pending = append(pending, child) })
	}
}

// isKnown reports whether a resource of planned values stands among the changes, too,
// where more is said of it.
func (t *tfReader) isKnown(o document.Outline) bool {
	if !o.Plain || o.ID == "" || o.Type == "" || t.byAddress[o.ID] == nil && !t.dropped[o.ID] {
		return false
	}
	t.azure = t.azure || isAzure(o.Type)
	return true
}

// isAzure reports whether a type of resources is one of Azure's providers.
func isAzure(typ string) bool {
	return strings.HasPrefix(typ, "azurerm_") || strings.HasPrefix(typ, "azapi_")
}

// rawState reads a state file as Terraform keeps it, version 4.
func (t *tfReader) rawState() {
	t.list(t.root, "resources", func(n *document.Node) {
		module := n.Get("module").Text()
		prefix := ""
		if module != "" {
			prefix = module + "."
		}
		if n.Get("mode").Text() == "data" {
			prefix += "data."
		}
		t.list(n, "instances", func(item *document.Node) {
			if item.Get("deposed").Text() != "" {
				return
			}
			in := &tfInstance{
				values: item.Get("attributes"), mode: n.Get("mode").Text(), typ: n.Get("type").Text(), name: n.Get("name").Text(),
				key: tfKey(item.Get("index_key")), sensitive: sensitivePaths(item.Get("sensitive_attributes")),
			}
			in.address = prefix + in.typ + "." + in.name + tfIndex(in.key)
			t.keep(in, item, module)
		})
	})
}

// tfIndex writes a key behind an address.
func tfIndex(key string) string {
	if key == "" {
		return ""
	}
	if name, ok := strings.CutPrefix(key, `"`); ok {
		return "[" + jsonString(name) + "]"
	}
	return "[" + key + "]"
}

// sensitivePaths turns the paths of a raw state into the shape of a value.
func sensitivePaths(list *document.Node) *document.Node {
	out := &document.Node{Kind: document.Map}
	if list == nil {
		return nil
	}
	for _, path := range list.Items {
		// The first step is enough: what is inside of it is not shown either.
		if len(path.Items) > 0 {
			if name := path.Items[0].Get("value").Text(); name != "" {
				out.Entries = append(out.Entries, document.Entry{Key: name, Value: &document.Node{Kind: document.Bool, Value: true}})
			}
		}
	}
	return out
}

// add completes an instance with what stands beside its values, and keeps it if
// it is the first with its address.
func (t *tfReader) add(in *tfInstance, n *document.Node, module string) {
	in.mode, in.typ, in.name = n.Get("mode").Text(), n.Get("type").Text(), n.Get("name").Text()
	in.address, in.key = n.Get("address").Text(), tfKey(n.Get("index"))
	t.keep(in, n, module)
}

func (t *tfReader) keep(in *tfInstance, n *document.Node, module string) {
	if in.typ == "" || in.address == "" {
		t.problem("input/terraform-shape", diag.Error, n, `the resource has no "type" or no "address"`, "give the output of terraform show -json as it is")
		return
	}
	t.azure = t.azure || isAzure(in.typ)
	if t.byAddress[in.address] != nil || t.dropped[in.address] {
		return
	}
	if len(t.instances) >= maxTfInstances {
		t.limit(fmt.Sprintf("the %s has more than %d resources", t.what, maxTfInstances))
		t.open = &lang.Unknown{Reason: "the " + t.what + " exceeds a limit of the reader"}
		return
	}
	if in.values == nil || in.values.Kind != document.Map {
		at, what := n, "missing"
		if in.values != nil {
			at, what = in.values, in.values.Describe()
		}
		t.problem("input/terraform-shape", diag.Error, at, "the values of "+in.address+" must be a map, not "+what, "give the output of terraform show -json as it is")
		in.values = &document.Node{Kind: document.Map, Span: n.Span}
		t.places.known[in.values] = t.places.at(n)
	}
	in.module = t.moduleOf(module)
	in.config = t.configOf(in.module, in.label()+"."+in.name)
	t.byAddress[in.address] = in
	t.instances = append(t.instances, in)
	label := in.module.path + " " + in.label() + "." + in.name
	group := t.byName[label]
	if group == nil {
		group = &tfGroup{byKey: map[string]*tfInstance{}}
		t.byName[label] = group
	}
	group.list = append(group.list, in)
	group.byKey[in.key] = in
}

// limit reports that the plan exceeds a limit of the reader, once.
func (t *tfReader) limit(message string) {
	if !t.limited {
		t.limited = true
		t.problem("input/terraform-limit", diag.Error, t.root, message, "what is beyond it is unknown")
	}
}

// moduleOf returns the module instance with a path such as module.a["k"].module.b.
func (t *tfReader) moduleOf(path string) *tfModule {
	if m := t.modules[path]; m != nil {
		return m
	}
	steps := tfSteps(path)
	m := t.top
	for i := 0; i+1 < len(steps) && steps[i].name == "module" && !steps[i].index; i += 2 {
		key := ""
		name := steps[i+1].name
		if i+2 < len(steps) && steps[i+2].index {
			key = steps[i+2].name
			i++
		}
		m = t.child(m, name, key)
	}
	t.modules[path] = m
	return m
}

// child returns an instance of a module that another one calls.
func (t *tfReader) child(m *tfModule, name, key string) *tfModule {
	path := "module." + name + tfIndex(key)
	if m.path != "" {
		path = m.path + "." + path
	}
	if c := t.modules[path]; c != nil {
		return c
	}
	call := m.config.Get("module_calls").Get(name)
	c := &tfModule{path: path, parent: m, name: name, key: key, call: call, config: call.Get("module")}
	t.modules[path] = c
	m.children = append(m.children, c)
	return c
}

// configOf returns what the configuration says of a resource, or nil.
func (t *tfReader) configOf(m *tfModule, label string) *document.Node {
	if m.resources == nil {
		m.resources = map[string]*document.Node{}
		if list := m.config.Get("resources"); list != nil {
			for _, n := range list.Items {
				label := n.Get("type").Text() + "." + n.Get("name").Text()
				if n.Get("mode").Text() == "data" {
					label = "data." + label
				}
				m.resources[label] = n
			}
		}
	}
	return m.resources[label]
}

// checkVersion reports a format that is not known yet.
func (t *tfReader) checkVersion() bool {
	if v := t.root.Get("version"); v != nil && (v.Kind != document.Int || v.Value != int64(4)) {
		t.problem("input/terraform-version", diag.Error, v, "this is a raw state of another version than 4", "write it as JSON: terraform show -json")
		return false
	}
	v := t.root.Get("format_version")
	major, _, _ := strings.Cut(v.Text(), ".")
	if v == nil || major == "0" || major == "1" {
		return true
	}
	t.problem("input/terraform-version", diag.Error, v, "the format version "+quoted(v.Text())+" is not known", "0.1 to 1.x are read")
	return false
}
