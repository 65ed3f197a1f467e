package topology_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// templateMaker writes random templates: resources with copies, conditions,
// children and scopes, nested deployments that get parameters and give outputs,
// references between all of them, and expressions that nobody wrote.
type templateMaker struct {
	*exprMaker
	level int
}

func (m *templateMaker) chance(of int) bool { return m.IntN(of) == 0 }

func (m *templateMaker) pick(of ...string) string { return of[m.IntN(len(of))] }

// template is a template whose parameters and variables are those that random
// expressions use; of a nested one, outer gives their values.
func (m *templateMaker) template() tree {
	symbolic := m.chance(2)
	out := object("$schema", "https://schema.management.azure.com/schemas/2019-04-01/"+m.pick("deploymentTemplate", "deploymentTemplate", "deploymentTemplate", "subscriptionDeploymentTemplate", "managementGroupDeploymentTemplate", "tenantDeploymentTemplate")+".json#",
		"contentVersion", "1.0.0.0")
	if symbolic {
		out.set("languageVersion", literal("2.0"))
	}
	out.set("definitions", object("named", object("type", m.pick("string", "securestring"), "nullable", m.chance(2))))
	text := object("type", "string", "defaultValue", m.pick("Hello", "[concat('a', 'b')]", "[parameters('text2')]", ""))
	out.set("parameters", object(
		"text", text, "text2", object("type", m.pick("string", "secureString"), "defaultValue", m.pick("[parameters('open')]", "x", "[parameters('text')]")),
		"open", object("type", "string"), "openList", object("type", "array"), "id", object("$ref", "#/definitions/named"),
		"flag", object("type", "bool", "defaultValue", m.chance(2)), "count", object("type", "int", "defaultValue", m.IntN(4)), "openCount", object("type", "int"),
	))
	out.set("variables", object(
		"list", list("a", "b", "c"), "numbers", list(3, 1, 2), "half", list("a", "[parameters('open')]"),
		"object", object("One", 1, "two", object("three", 3), "list", list(object("name", "x"))), "name", "[concat(parameters('text'), '-', parameters('open'))]",
		"float", 1.5, "unicode", "aé😀z", "random", m.value(),
		"copy", list(object("name", "looped", "count", m.count(), "input", m.value())),
	))
	if m.chance(3) {
		out.set("functions", list(object("namespace", "own", "members", object("f", object(
			"parameters", list(object("name", "a", "type", "string")), "output", object("type", "string", "value", "["+m.expr("any")+"]"))))))
	}
	resources := tree{list: true}
	n := 1 + m.IntN(5)
	for i := range n {
		r := m.resource(i)
		if symbolic {
			resources.keys = append(resources.keys, fmt.Sprint("r", i))
		}
		resources.values = append(resources.values, r)
	}
	resources.list = !symbolic
	out.set("resources", resources)
	out.set("outputs", object("value", object("type", "string", "value", "["+m.expr("any")+"]"), "names", object("type", "array", "copy", object("count", m.count(), "input", m.value())),
		"maybe", object("condition", "[parameters('flag')]", "type", "string", "value", "out")))
	return out
}

func list(items ...any) tree {
	out := tree{list: true}
	for _, item := range items {
		v, ok := item.(tree)
		if !ok {
			v = literal(item)
		}
		out.values = append(out.values, v)
	}
	return out
}

func (m *templateMaker) count() any {
	return []any{0, 1, 2, 3, "[parameters('count')]", "[parameters('openCount')]", "[length(variables('list'))]", "[" + m.expr("int") + "]"}[m.IntN(8)]
}

// value is a literal, an expression, or a composite of them.
func (m *templateMaker) value() tree {
	switch m.IntN(7) {
	case 0:
		return list(m.value(), m.value())
	case 1:
		return object("name", m.pick("x", "y"), m.pick("a", "A", "value", "copy"), m.value())
	case 2:
		return object("copy", list(object("name", "made", "count", m.count(), "input", m.value())))
	case 3:
		return literal(m.pick("text", "[[not an expression]", "10.0.0.0/16", ""))
	}
	return literal("[" + m.expr("any") + "]")
}

func (m *templateMaker) name(i int) string {
	return m.pick(fmt.Sprint("name", i), fmt.Sprint("name", i), "[concat('name', copyIndex())]", "[format('n{0}-{1}', copyIndex(1), parameters('open'))]", "[parameters('text')]", "[concat(parameters('text2'), '/', 'x')]", "["+m.expr("text")+"]", "name0/child", "")
}

func (m *templateMaker) id(i int) string {
	return m.pick(
		fmt.Sprintf("[resourceId('Test.Net/networks', 'name%d')]", i), fmt.Sprintf("[resourceId('Test.Net/networks/subnets', 'name%d', 'x')]", i),
		fmt.Sprintf("[reference('name%d').subnets[0].id]", i), fmt.Sprintf("[reference('r%d').outputs.value.value]", i), fmt.Sprintf("[reference('deploy%d').outputs.names.value[0]]", i),
		fmt.Sprintf("[reference('r%d[1]', '1', 'full').id]", i), fmt.Sprintf("[map(references('r%d', 'full'), lambda('x', lambdaVariables('x').id))[0]]", i), fmt.Sprintf("[resourceInfo('r%d').id]", i),
		"[parameters('id')]", "[subscriptionResourceId('Test/x', parameters('open'))]", "[own.f('a')]", "["+m.expr("any")+"]", "/subscriptions/s/resourceGroups/g/providers/Test.Net/networks/far")
}

func (m *templateMaker) resource(i int) tree {
	out := object("type", "", "apiVersion", "1", "name", m.name(i))
	if m.chance(3) {
		out.set("condition", literal([]any{true, false, "[parameters('flag')]", "[equals(parameters('open'), 'x')]", "[" + m.expr("bool") + "]"}[m.IntN(5)]))
	}
	if m.chance(3) {
		out.set("copy", object("name", m.pick("loop", "Loop", "other"), "count", m.count()))
	}
	if m.chance(8) {
		out.set("existing", literal(true))
	}
	if m.chance(8) {
		out.set("scope", literal(m.pick("/", "[resourceGroup().id]", "Test.Net/networks/name0", "[parameters('id')]", m.id(0))))
	}
	if m.chance(12) {
		out.set("resourceGroup", literal(m.pick("other", "[parameters('open')]", "[null()]")))
	}
	typ, properties := m.pick("Test.Net/networks", "Test.Net/networks/subnets", "Test.Net/interfaces", "Test.Compute/machines", "Test.Net/hosts", "Test/values", "Test.Insights/settings", "Microsoft.Resources/deployments"), tree{}
	switch typ {
	case "Test.Net/networks":
		properties = object("prefixes", list("10.0.0.0/16", "["+m.expr("text")+"]"), "subnets", list(object("name", "x", "properties", object("prefixes", m.value()))))
		if m.chance(2) {
			out.set("resources", list(object("type", m.pick("subnets", "Test.Net/networks/subnets", "Test.Insights/settings"), "name", m.pick("y", "name0/y", "[concat('z', copyIndex())]"), "properties", object("prefixes", m.value()))))
		}
	case "Test.Net/networks/subnets":
		out.set("name", literal(m.pick(fmt.Sprintf("name%d/x", i), "[concat('name', copyIndex(), '/x')]", m.name(i))))
		properties = object("prefixes", m.value())
	case "Test.Net/interfaces":
		properties = object("subnet", object("id", m.id(m.IntN(4))), "address", m.pick("10.0.0.4", "["+m.expr("text")+"]"))
	case "Test.Compute/machines":
		properties = object("size", m.value(), "disks", m.count(), "interfaces", list(object("id", m.id(m.IntN(4))), m.value()))
	case "Test.Net/hosts":
		properties = object("configurations", list(object("properties", object("subnet", object("id", m.id(m.IntN(4)))))))
	case "Test/values":
		properties = object("value", m.value())
	case "Microsoft.Resources/deployments":
		out.set("name", literal(m.pick(fmt.Sprint("deploy", i), "[concat('deploy', copyIndex())]")))
		if properties = object("mode", "Incremental"); m.level < 3 && !m.chance(8) {
			m.level++
			properties = m.deployment()
			m.level--
		}
	default:
		properties = m.value()
	}
	out.set("type", literal(typ))
	out.set("properties", properties)
	return out
}

func (m *templateMaker) deployment() tree {
	given := object()
	for _, name := range []string{"text", "open", "openList", "id", "count", "openCount", "flag"} {
		switch m.IntN(5) {
		case 0:
			given.set(name, object("value", m.value()))
		case 1:
			given.set(name, object("value", "[parameters('"+name+"')]"))
		case 2:
			given.set(name, literal("[if(parameters('flag'), createObject('value', parameters('"+name+"')), createObject('value', null()))]"))
		case 3:
			given.set(name, object("reference", object("keyVault", object("id", "/kv"), "secretName", "s")))
		}
	}
	return object("mode", "Incremental", "expressionEvaluationOptions", object("scope", m.pick("inner", "inner", "Outer")), "parameters", given, "template", m.template())
}

// TestRandomTemplates: both engines read whole templates that nobody wrote alike.
func TestRandomTemplates(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	met := map[string]bool{}
	for seed := range uint64(100) {
		m := &templateMaker{exprMaker: &exprMaker{Rand: rand.New(rand.NewPCG(seed, 9))}}
		text := m.template().String()
		got := e.read(t, input{Files: []file{{"main.json", text}}})
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, text)
		}
		for _, what := range []string{"networks: [→", "machines: [→", "results: [→", "exists?", "which?", "or more", "or fewer", "is a securestring", "interfaces: [→", "/properties/template/resources/"} {
			met[what] = met[what] || strings.Contains(got, what)
		}
	}
	for what, ok := range met {
		if !ok {
			t.Errorf("no template gives %q", what)
		}
	}
}
