package topology

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

func armDeploymentFunctions() map[string]armFunction {
	return map[string]armFunction{
		"parameters":      {min: 1, max: 1, run: armParameters},
		"variables":       {min: 1, max: 1, run: armVariables},
		"copyIndex":       {max: 2, run: armCopyIndex},
		"resourceGroup":   {run: armResourceGroup},
		"subscription":    {run: armSubscription},
		"managementGroup": {run: armManagementGroup},
		"tenant":          {run: runtimeOnly},
		"deployment":      {run: armDeployment},
		"deployer":        {run: runtimeOnly},
		"environment":     {run: runtimeOnly},
		"providers":       {min: 1, max: 2, open: true, run: runtimeOnly},
		"reference":       {min: 1, max: 3, open: true, run: armReference},
		"references":      {min: 1, max: 3, open: true, run: armReferences},
		"resourceInfo":    {min: 1, max: 1, open: true, run: armResourceInfo},
		"pickZones":       {min: 3, max: 5, open: true, run: runtimeOnly},
		"toLogicalZone":   {min: 3, max: 3, open: true, run: runtimeOnly},
		"toLogicalZones":  {min: 3, max: 3, open: true, run: runtimeOnly},
		"toPhysicalZone":  {min: 3, max: 3, open: true, run: runtimeOnly},
		"toPhysicalZones": {min: 3, max: 3, open: true, run: runtimeOnly},
		"externalInput":   {min: 1, max: 2, open: true, run: runtimeOnly},
		"externalInputs":  {min: 1, max: 1, open: true, run: runtimeOnly},
		"fail":            {max: 1, run: func(c *armCallEnv) any { return c.fail("the template says so") }},
	}
}

func armParameters(c *armCallEnv) any {
	name := shown(toText(c.args[0]))
	if c.env.args != nil {
		if v, ok := c.env.args[foldLower(name)]; ok {
			return v
		}
	}
	if f, b := c.declared(func(f *armFrame) *armBinding { return f.params[foldLower(name)] }); b != nil {
		return c.r.parameter(f, b, c.env)
	}
	return c.undeclared("parameter", name, c.env.frame.params)
}

func armVariables(c *armCallEnv) any {
	name := shown(toText(c.args[0]))
	if f, b := c.declared(func(f *armFrame) *armBinding { return f.vars[foldLower(name)] }); b != nil {
		return c.r.variable(f, b, c.env)
	}
	return c.undeclared("variable", name, c.env.frame.vars)
}

// declared finds a name in the frame that evaluates the expression. Authors of
// outer-scope nested templates often mean the nested template's own names, so
// those are found too where the outer template has none.
func (c *armCallEnv) declared(find func(*armFrame) *armBinding) (*armFrame, *armBinding) {
	if b := find(c.env.frame); b != nil || c.env.home == nil {
		return c.env.frame, b
	}
	return c.env.home, find(c.env.home)
}

// armCopyIndex is copyIndex(), copyIndex(offset), copyIndex(name) or
// copyIndex(name, offset). Without a name the loop of the resource is meant.
func armCopyIndex(c *armCallEnv) any {
	name, offset := "", 0
	for _, a := range c.args {
		switch a := a.(type) {
		case string:
			name = a
		case int:
			offset = a
		}
	}
	var found *armLoop
	for l := c.env.loops; l != nil; l = l.outer {
		if name != "" && !foldEqual(l.name, name) {
			continue
		}
		if found == nil {
			found = l
		}
		if name != "" || l.resource {
			found = l
			break
		}
	}
	if found == nil {
		return c.fail("it stands in no copy loop")
	}
	if i, ok := found.index.(int); ok {
		return i + offset
	}
	if offset == 0 {
		return found.index
	}
	u, _ := found.index.(*lang.Unknown)
	return piece(u.Reason, "<copyIndex>", exprOf(u)+"+"+strconv.Itoa(offset))
}

func armResourceGroup(c *armCallEnv) any {
	s := c.env.frame.scope
	if s.level != "group" {
		return runtimeOnly(c)
	}
	return &armRuntime{expr: "resourcegroup()", reason: quoteSource(c.e) + " " + atDeployment,
		value: map[string]any{"id": s.groupID(), "name": s.group, "type": "Microsoft.Resources/resourceGroups"}}
}

func armSubscription(c *armCallEnv) any {
	s := c.env.frame.scope
	return &armRuntime{expr: "subscription()", reason: quoteSource(c.e) + " " + atDeployment,
		value: map[string]any{"id": s.subscriptionID(), "subscriptionId": s.subscription}}
}

func armManagementGroup(c *armCallEnv) any {
	s := c.env.frame.scope
	return &armRuntime{expr: "managementgroup()", reason: quoteSource(c.e) + " " + atDeployment,
		value: map[string]any{"id": s.managementID(), "name": s.management}}
}

func armDeployment(c *armCallEnv) any {
	f := c.env.frame
	out := &armRuntime{expr: f.key + "deployment()", reason: quoteSource(c.e) + " " + atDeployment}
	if f.name != nil {
		out.value = map[string]any{"name": f.name}
	}
	return out
}

// armReference gives what the template sets of a resource; everything else of it
// is known at deployment only.
func armReference(c *armCallEnv) any {
	in := c.r.findInstance(c.env.frame, c.args[0])
	full := len(c.args) > 2 && foldEqual(shown(toText(c.args[2])), "full")
	if in != nil {
		return c.referenceTo(in, full)
	}
	out := &armRuntime{expr: callExpr(c.e.name, c.args[:1]), reason: quoteSource(c.e) + " " + atDeployment}
	if full {
		out.expr += ".full"
	}
	return c.referencedPart(out, full)
}

// armReferences gives what the template sets of every resource of a loop.
func armReferences(c *armCallEnv) any {
	name, ok := c.args[0].(string)
	full := len(c.args) > 1 && foldEqual(shown(toText(c.args[len(c.args)-1])), "full")
	for frame := c.env.frame; ok && frame != nil; frame = frame.parent {
		c.r.expand(frame)
		if !frame.symbolic {
			continue
		}
		node := foldGet(foldGet(frame.template, "resources"), name)
		if node == nil || foldGet(node, "copy") == nil {
			continue
		}
		each := []any{}
		c.r.steps += len(frame.instances)
		for _, in := range frame.instances {
			if in.node != node {
				continue
			}
			if in.exists != nil {
				return c.unknown(in.exists.Reason)
			}
			each = append(each, c.referenceTo(in, full))
		}
		return &armRuntime{expr: callExpr(c.e.name, c.args), reason: quoteSource(c.e) + " " + atDeployment, each: each}
	}
	return runtimeOnly(c)
}

func (c *armCallEnv) referenceTo(in *armInstance, full bool) any {
	out := &armRuntime{expr: callExpr("reference", []any{in.id}), reason: quoteSource(c.e) + " " + atDeployment}
	if id, ok := identityOf(in.id); ok {
		out.expr = "reference(" + quoteExpr(id) + ")"
	}
	if full {
		out.expr += ".full"
	}
	if in.existing || c.env.depth >= maxArmDepth {
		if full {
			out.value = map[string]any{"id": in.id, "name": in.fullName(), "type": in.typ}
		}
		return out
	}
	out.id, out.depth = in.id, c.env.depth+1
	if isDeploymentType(in.typ) {
		out.nested = c.r.nestedFrame(in)
		return out
	}
	out.lazy = func() any {
		body := c.r.body(in, c.env.depth+1)
		if full || body == nil {
			return body
		}
		properties, _ := foldKey(body, "properties")
		return properties
	}
	return out
}

// referencedPart is a reference to something that the template sets inside of
// another resource, such as a subnet in a virtual network: out if there is none.
func (c *armCallEnv) referencedPart(out *armRuntime, full bool) any {
	segments := textSegments(toText(c.args[0]))
	if len(segments) < 3 || c.env.depth >= maxArmDepth {
		return out
	}
	in := c.r.findInstance(c.env.frame, settled(joinSegments(segments[:len(segments)-2])))
	list, ok := segments[len(segments)-2].(string)
	name, named := identityOf(segments[len(segments)-1])
	if in == nil || in.existing || !ok || !named || isDeploymentType(in.typ) {
		return out
	}
	properties, _ := foldKey(c.r.body(in, c.env.depth+1), "properties")
	owner, _ := properties.(map[string]any)
	items, _ := foldKey(owner, list)
	parts, _ := items.([]any)
	for _, item := range parts {
		m, _ := item.(map[string]any)
		label, _ := foldKey(m, "name")
		if key, ok := identityOf(label); !ok || key != name {
			continue
		}
		out.id = settled(toText(c.args[0]))
		if out.value = m; !full {
			out.value, _ = foldKey(m, "properties")
		}
		break
	}
	return out
}

func armResourceInfo(c *armCallEnv) any {
	in := c.r.findInstance(c.env.frame, c.args[0])
	if in == nil {
		return c.unknown(quoteSource(c.e) + " names no resource of the template")
	}
	return map[string]any{"id": in.id, "name": in.fullName(), "type": in.typ,
		"apiVersion": c.r.value(&armEnv{frame: in.frame, loops: in.loops, depth: c.env.depth}, foldGet(in.node, "apiVersion"))}
}

// findInstance finds the resource that a reference means: by symbolic name, by
// id, by type and name, or by name.
func (r *armReader) findInstance(f *armFrame, arg any) *armInstance {
	identity, ok := identityOf(toText(arg))
	if !ok || identity == "" {
		return nil
	}
	for frame := f; frame != nil; frame = frame.parent {
		r.expand(frame)
		if in := frame.find(identity); in != nil {
			return in
		}
	}
	if strings.HasPrefix(identity, "/") {
		for _, frame := range r.frames {
			if in := frame.find(identity); in != nil {
				return in
			}
		}
	}
	return nil
}

// find looks a resource up among those that are expanded by now.
func (f *armFrame) find(identity string) *armInstance {
	for ; f.indexed < len(f.instances); f.indexed++ {
		f.addToIndex(f.instances[f.indexed])
	}
	return f.index[identity]
}

// addToIndex makes a resource findable by whatever a reference may call it. The
// first of several wins.
func (f *armFrame) addToIndex(in *armInstance) {
	add := func(v any) {
		if key, ok := identityOf(v); ok && key != "" && f.index[key] == nil {
			f.index[key] = in
		}
	}
	if in.symbol != "" {
		add(in.symbol)
	}
	add(in.id)
	add(in.fullName())
	add(joinText(in.typ, "/", in.fullName()))
}

// copySymbol is the symbolic name of one copy: name[2].
func copySymbol(name string, index any, looped bool) string {
	name = foldLower(name)
	if i, ok := index.(int); ok && looped {
		return fmt.Sprintf("%s[%d]", name, i)
	}
	return name
}
