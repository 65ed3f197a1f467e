package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
)

// A plan shows of an expression only which objects it refers to. This file follows
// those references to the objects that a value may come from: through the inputs
// and outputs of modules, with the keys of count and for_each. What a value comes
// from is known only where one object alone can be meant.

// tfValue is what an expression may give.
type tfValue struct {
	targets  []tfTarget
	literals []*document.Node
	open     bool // something else too
}

// tfTarget is an attribute of an instance, or with no path the whole of it.
// element is set while the instance is one of a collection that no key has
// chosen from.
type tfTarget struct {
	in      *tfInstance
	path    []tfStep
	element bool
}

// last is the attribute that the path ends with.
func (t tfTarget) last() string {
	for _, s := range slices.Backward(t.path) {
		if !s.index {
			return s.name
		}
	}
	return ""
}

// tfEach is what each and count mean in an expression.
type tfEach struct {
	key    string
	source *document.Node // for_each
	module *tfModule      // where source is evaluated
}

// tfBinding is a variable or output that is followed once.
type tfBinding struct {
	value tfValue
	done  bool
}

// candidates are the ids that an attribute may have, and whether it may have
// another: addresses of instances, and ids that the configuration writes out.
func (t *tfReader) candidates(in *tfInstance, path []tfStep) ([]any, bool) {
	return t.idsOf(t.attribute(in, path), path)
}

func (t *tfReader) idsOf(v tfValue, path []tfStep) (ids []any, open bool) {
	open = v.open
	seen := map[any]bool{}
	add := func(id any) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, target := range v.targets {
		if !t.step() {
			return ids, true
		}
		switch last := target.last(); {
		case last == "" || last == "id":
			add(target.in.id)
		case target.in.typ == "azurerm_virtual_hub" && last == "default_route_table_id":
			// Azure makes it with the hub, under this name.
			add(target.in.id + "/hubRouteTables/defaultRouteTable")
		default:
			// Another attribute of the resource, which may hold an id too.
			inner, more := t.read(target)
			for _, id := range inner {
				add(id)
			}
			open = open || more
		}
	}
	for _, n := range v.literals {
		if s := n.Text(); strings.Contains(s, "/") {
			add(s)
		}
	}
	return ids, open
}

// read gives the ids in an attribute of an instance.
func (t *tfReader) read(target tfTarget) (ids []any, open bool) {
	n, unknown := target.in.values, target.in.unknown
	// Steps that lead to no attribute lead through a map of the configuration.
	for len(target.path) > 0 && n.Get(target.path[0].name) == nil && unknown.Get(target.path[0].name) == nil {
		target.path = target.path[1:]
	}
	if last := target.last(); last == "" || last == "id" {
		return []any{target.in.id}, false
	}
	for _, s := range target.path {
		if isBool(unknown, true) {
			break
		}
		if s.index {
			i := s.position()
			n, unknown = item(n, i), item(unknown, i)
		} else {
			n, unknown = n.Get(s.name), unknown.Get(s.name)
		}
	}
	switch {
	case isBool(unknown, true) && t.depth < maxTfDepth:
		t.depth++
		ids, open = t.candidates(target.in, target.path)
		t.depth--
		return ids, open
	case n != nil && n.Kind == document.String:
		return []any{n.Text()}, false
	}
	return nil, n == nil || n.Kind != document.Null
}

// step counts what following references costs.
func (t *tfReader) step() bool {
	if t.steps++; t.steps > maxTfSteps {
		t.limit(fmt.Sprintf("it takes more than %d steps to follow the references of the plan", maxTfSteps))
		return false
	}
	return true
}

// attribute follows what the configuration says of an attribute of an instance.
func (t *tfReader) attribute(in *tfInstance, path []tfStep) tfValue {
	nodes, element := t.expressions(in, path)
	if len(nodes) == 0 {
		return tfValue{open: true}
	}
	each := &tfEach{in.key, in.config.Get("for_each_expression"), in.module}
	var out tfValue
	for _, n := range nodes {
		v := t.expression(n, in.module, each, element)
		out.targets = append(out.targets, v.targets...)
		out.literals = append(out.literals, v.literals...)
		out.open = out.open || v.open
	}
	return out
}

// expressionsAt gives the maps of expressions that a block at a path may have.
func (t *tfReader) expressionsAt(in *tfInstance, path []tfStep) []*document.Node {
	n := in.config.Get("expressions")
	if len(path) > 0 {
		found, _ := t.expressions(in, path)
		if len(found) != 1 {
			return nil
		}
		n = found[0]
	}
	if n == nil || n.Kind != document.Map || n.Get("references") != nil || n.Get("constant_value") != nil {
		return nil
	}
	return []*document.Node{n}
}

// tfElement says which element of a list an expression is asked for; of < 0 is
// the whole.
type tfElement struct{ index, of int }

// expressions finds the expressions of an attribute. Of blocks that may be the
// one at the path it gives those that nothing contradicts; the configuration does
// not say in which order Terraform sorts them.
func (t *tfReader) expressions(in *tfInstance, path []tfStep) ([]*document.Node, tfElement) {
	whole := tfElement{0, -1}
	nodes := []*document.Node{in.config.Get("expressions")}
	values := in.values
	for i, s := range path {
		var next []*document.Node
		for _, n := range nodes {
			switch {
			case n == nil:
			case n.Kind == document.Map && (n.Get("references") != nil || n.Get("constant_value") != nil):
				// The rest of the path leads into the value of one expression.
				if s.index && values != nil && values.Kind == document.List && i == len(path)-1 {
					return nodes, tfElement{s.position(), len(values.Items)}
				}
				return nodes, whole
			case n.Kind == document.Map && !s.index:
				next = append(next, n.Get(s.name))
			case n.Kind == document.Map && s.name == "0":
				next = append(next, n) // a single block
			case n.Kind == document.List && s.index:
				next = append(next, blocksFor(n, values, s.position())...)
			}
		}
		nodes = slices.DeleteFunc(next, func(n *document.Node) bool { return n == nil })
		if s.index {
			values = item(values, s.position())
		} else {
			values = values.Get(s.name)
		}
	}
	return nodes, whole
}

// blocksFor gives the blocks of a list that may be the one with an index, by the
// constants in them.
func blocksFor(blocks, values *document.Node, index int) []*document.Node {
	value := item(values, index)
	var out []*document.Node
	named := false
	for _, b := range blocks.Items {
		fits := true
		for _, e := range b.Entries {
			c, v := e.Value.Get("constant_value"), value.Get(e.Key)
			if c == nil || v == nil || v.Kind == document.Null || c.Kind == document.List || c.Kind == document.Map {
				continue
			}
			if c.Kind != v.Kind || c.Value != v.Value {
				fits = false
			} else if e.Key == "name" {
				named = true
			}
		}
		if fits {
			out = append(out, b)
		}
	}
	// Blocks that are made in a loop are not in the configuration.
	if values != nil && len(values.Items) != len(blocks.Items) && !(named && len(out) == 1) {
		return nil
	}
	return out
}

// expression follows the references of one expression.
func (t *tfReader) expression(n *document.Node, m *tfModule, each *tfEach, element tfElement) tfValue {
	if c := n.Get("constant_value"); c != nil {
		return tfValue{literals: []*document.Node{c}}
	}
	list := n.Get("references")
	if list == nil || !t.step() {
		return tfValue{open: true}
	}
	var objects [][]tfStep // resources and modules
	var rest tfValue
	var keys []string
	last := ""
	for _, item := range list.Items {
		text := item.Text()
		// Each reference is followed by its own beginnings.
		if strings.HasPrefix(last, text) && (len(last) == len(text) || last[len(text)] == '.' || last[len(text)] == '[') {
			continue
		}
		last = text
		steps := tfSteps(text)
		if len(steps) == 0 {
			continue
		}
		switch steps[0].name {
		case "path", "terraform", "self":
		case "var", "local", "each", "count":
			v := t.symbol(steps, m, each)
			rest.targets = append(rest.targets, v.targets...)
			rest.literals = append(rest.literals, v.literals...)
			rest.open = rest.open || v.open
			for _, l := range v.literals {
				keys = append(keys, literalKeys(l)...)
			}
		default:
			objects = append(objects, steps)
		}
	}
	var out tfValue
	chosen := false // the other references are keys
	var groups []tfValue
	for _, steps := range objects {
		v, keyed := t.resourceRef(steps, m, keys)
		chosen = chosen || keyed
		groups = append(groups, v)
	}
	if len(groups) == element.of && element.index >= 0 && element.index < element.of {
		groups = groups[element.index : element.index+1]
	}
	for _, v := range groups {
		out.targets = append(out.targets, v.targets...)
		out.literals = append(out.literals, v.literals...)
		out.open = out.open || v.open
	}
	if len(out.targets) == element.of && len(groups) == 1 && element.index >= 0 && element.index < element.of {
		out.targets = out.targets[element.index : element.index+1]
	}
	out.targets = append(out.targets, rest.targets...)
	if !chosen {
		out.literals = append(out.literals, rest.literals...)
		out.open = out.open || rest.open
	}
	return out
}

// literalKeys writes a scalar as a key of count or for_each.
func literalKeys(n *document.Node) []string {
	switch n.Kind {
	case document.Int:
		return []string{fmt.Sprint(n.Value), `"` + fmt.Sprint(n.Value)}
	case document.String:
		return []string{`"` + n.Text(), n.Text()}
	}
	return nil
}

// resourceRef follows a reference to a resource or module. keys are what may choose
// one of its instances; keyed reports that it has instances to choose from and
// the reference names none.
func (t *tfReader) resourceRef(steps []tfStep, m *tfModule, keys []string) (out tfValue, keyed bool) {
	if steps[0].name == "resource" && len(steps) > 2 {
		steps = steps[1:]
	}
	if steps[0].name == "module" {
		return t.moduleOutput(steps, m, keys)
	}
	label, n := "", 2
	if steps[0].name == "data" {
		label, n = "data.", 3
	}
	if len(steps) < n {
		return tfValue{open: true}, false
	}
	label += steps[n-2].name + "." + steps[n-1].name
	group := t.byName[m.path+" "+label]
	steps = steps[n:]
	if group == nil {
		return tfValue{open: t.configOf(m, label) == nil}, false
	}
	if first := group.list[0]; first.key == "" {
		return tfValue{targets: []tfTarget{{in: first, path: steps}}}, false
	}
	if len(steps) > 0 && steps[0].index {
		if in := group.byKey[steps[0].name]; in != nil {
			return tfValue{targets: []tfTarget{{in: in, path: steps[1:]}}}, false
		}
	}
	if len(steps) == 0 {
		for _, key := range keys {
			if in := group.byKey[key]; in != nil {
				out.targets = append(out.targets, tfTarget{in: in})
			}
		}
		if len(out.targets) > 0 {
			return out, true
		}
	}
	if t.steps += len(group.list); !t.step() {
		return tfValue{open: true}, true
	}
	for _, in := range group.list {
		out.targets = append(out.targets, tfTarget{in: in, element: true})
	}
	if len(steps) > 0 {
		return within(out, steps), false
	}
	return out, true
}

// pick keeps the elements of a collection that have one of the keys.
func pick(v tfValue, keys []string) tfValue {
	out := tfValue{open: v.open, literals: v.literals}
	for _, target := range v.targets {
		if target.element && slices.Contains(keys, target.in.key) {
			target.element = false
			out.targets = append(out.targets, target)
		}
	}
	return out
}

// within applies the steps of a reference to what it begins with.
func within(v tfValue, steps []tfStep) tfValue {
	if len(steps) == 0 {
		return v
	}
	out := tfValue{open: v.open}
	targets := v.targets
	if steps[0].index && len(targets) > 0 && targets[0].element {
		picked := pick(v, []string{steps[0].name})
		if len(picked.targets) == 0 {
			// A map by name: { for s in azurerm_subnet.x : s.name => s.id }
			for _, target := range targets {
				if name, ok := strings.CutPrefix(steps[0].name, `"`); ok && target.element && target.in.values.Get("name").Text() == name {
					target.element = false
					picked.targets = append(picked.targets, target)
				}
			}
		}
		if len(picked.targets) > 0 {
			targets = picked.targets
		}
		for _, target := range targets {
			target.path = append(target.path[:len(target.path):len(target.path)], steps[1:]...)
			out.targets = append(out.targets, target)
		}
	} else {
		for _, target := range targets {
			// Behind an id there is nothing: the steps lead through the map or list
			// that the configuration has put it into.
			if target.last() != "id" && target.last() != "name" {
				target.path = append(target.path[:len(target.path):len(target.path)], steps...)
			}
			out.targets = append(out.targets, target)
		}
	}
	for _, n := range v.literals {
		for _, s := range steps {
			if n == nil {
				break
			}
			if n.Kind == document.List && s.index {
				n = item(n, s.position())
			} else {
				n = n.Get(strings.TrimPrefix(s.name, `"`))
			}
		}
		if n != nil {
			out.literals = append(out.literals, n)
		}
	}
	return out
}

// symbol follows var, each, count; what a local value is, no plan says.
func (t *tfReader) symbol(steps []tfStep, m *tfModule, each *tfEach) tfValue {
	if len(steps) < 2 {
		return tfValue{open: true}
	}
	name := steps[1].name
	switch steps[0].name {
	case "var":
		return within(t.variable(m, name), steps[2:])
	case "count", "each":
		if each == nil || each.key == "" {
			return tfValue{open: true}
		}
		if name != "value" {
			return tfValue{literals: []*document.Node{keyNode(each.key)}}
		}
		return t.eachValue(each, steps[2:])
	}
	return tfValue{open: true}
}

func keyNode(key string) *document.Node {
	if name, ok := strings.CutPrefix(key, `"`); ok {
		return &document.Node{Kind: document.String, Value: name}
	}
	return &document.Node{Kind: document.Int, Value: int64(tfStep{name: key}.position())}
}

// eachValue follows each.value: of a map the element with the key, of a set the
// key itself.
func (t *tfReader) eachValue(each *tfEach, steps []tfStep) tfValue {
	if each.source == nil || each.module == nil {
		return tfValue{open: true}
	}
	key := "each " + each.module.path + " " + fmt.Sprint(each.source.Span.Start)
	v := t.once(key, func() tfValue {
		return t.expression(each.source, each.module, nil, tfElement{0, -1})
	})
	for _, n := range v.literals {
		if n.Kind == document.List {
			return tfValue{literals: []*document.Node{keyNode(each.key)}}
		}
	}
	return within(v, append([]tfStep{{each.key, true}}, steps...))
}

// once follows a binding the first time, and gives nothing where it needs itself.
func (t *tfReader) once(key string, follow func() tfValue) tfValue {
	if b := t.bound[key]; b != nil {
		if !b.done {
			return tfValue{open: true}
		}
		return b.value
	}
	if t.depth >= maxTfDepth {
		return tfValue{open: true}
	}
	b := &tfBinding{}
	t.bound[key] = b
	t.depth++
	b.value = follow()
	t.depth--
	b.done = true
	return b.value
}

// variable follows an input of a module upward to the call that sets it.
func (t *tfReader) variable(m *tfModule, name string) tfValue {
	return t.once("var "+m.path+" "+name, func() tfValue {
		if m.parent == nil {
			if v := t.root.Get("variables").Get(name).Get("value"); v != nil {
				return tfValue{literals: []*document.Node{v}}
			}
		} else if x := m.call.Get("expressions").Get(name); x != nil {
			return t.expression(x, m.parent, &tfEach{m.key, m.call.Get("for_each_expression"), m.parent}, tfElement{0, -1})
		}
		if v := m.config.Get("variables").Get(name).Get("default"); v != nil {
			return tfValue{literals: []*document.Node{v}}
		}
		return tfValue{open: true}
	})
}

// moduleOutput follows an output of a called module downward. Where the
// reference does not name the output, it may be any.
func (t *tfReader) moduleOutput(steps []tfStep, m *tfModule, keys []string) (out tfValue, keyed bool) {
	if len(steps) < 2 {
		return tfValue{open: true}, false
	}
	name := steps[1].name
	steps = steps[2:]
	call := m.config.Get("module_calls").Get(name)
	var called []*tfModule
	if call.Get("count_expression") == nil && call.Get("for_each_expression") == nil {
		called = []*tfModule{t.child(m, name, "")}
	} else {
		for _, c := range m.children {
			if c.name == name {
				called = append(called, c)
			}
		}
		if len(steps) > 0 && steps[0].index {
			keys = []string{steps[0].name}
			steps = steps[1:]
		} else {
			keyed = true
		}
		var picked []*tfModule
		for _, c := range called {
			if slices.Contains(keys, c.key) {
				picked = append(picked, c)
			}
		}
		if len(picked) > 0 {
			called = picked
		}
	}
	if len(called) == 0 {
		return tfValue{open: true}, keyed
	}
	for _, c := range called {
		var v tfValue
		if len(steps) > 0 && !steps[0].index {
			v = within(t.output(c, steps[0].name), steps[1:])
		} else if outputs := c.config.Get("outputs"); outputs != nil {
			for _, e := range outputs.Entries {
				o := t.output(c, e.Key)
				v.targets = append(v.targets, o.targets...)
				v.literals = append(v.literals, o.literals...)
				v.open = v.open || o.open
			}
		}
		out.targets = append(out.targets, v.targets...)
		out.literals = append(out.literals, v.literals...)
		out.open = out.open || v.open
	}
	return out, keyed
}

func (t *tfReader) output(m *tfModule, name string) tfValue {
	return t.once("out "+m.path+" "+name, func() tfValue {
		x := m.config.Get("outputs").Get(name).Get("expression")
		if x == nil {
			return tfValue{open: true}
		}
		return t.expression(x, m, nil, tfElement{0, -1})
	})
}
