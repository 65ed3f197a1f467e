package topology_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// hostile are templates that try to take the reader's time or memory. Each must
// end, alike in both engines, in a problem that says which limit it met.
func hostile() map[string]string {
	template := func(members string) string {
		return `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", ` + members + `}`
	}
	value := func(expr string) string {
		return `"resources": [{"type": "Test/values", "name": "v", "properties": {"value": "[` + expr + `]"}}]`
	}
	chain := func(n int, first, next string) string {
		vars := []string{`"v0": "` + first + `"`}
		for i := range n {
			vars = append(vars, fmt.Sprintf(`"v%d": "%s"`, i+1, strings.ReplaceAll(next, "PREV", fmt.Sprintf("variables('v%d')", i))))
		}
		return template(`"parameters": {"open": {"type": "string"}}, "variables": {` + strings.Join(vars, ", ") + "}, " + value(fmt.Sprintf("variables('v%d')", n)))
	}
	nested := `"resources": [{"type": "Test/values", "name": "[concat('v', copyIndex())]", "copy": {"name": "inner", "count": 500}}]`
	for range 2 {
		nested = `"resources": [{"type": "Microsoft.Resources/deployments", "name": "[concat('d', copyIndex())]", "copy": {"name": "outer", "count": 500}, "properties": {"expressionEvaluationOptions": {"scope": "inner"}, "template": {` + nested + `}}}]`
	}
	return map[string]string{
		"copies of copies":    template(nested),
		"a copy loop of 10^9": template(`"resources": [{"type": "Test/values", "name": "v", "copy": {"name": "c", "count": 1000000000}}]`),
		"a doubled text":      chain(40, "0123456789", "[concat(PREV, PREV)]"),
		"a doubled list":      chain(40, "[createArray(1, 2)]", "[concat(PREV, PREV)]"),
		"a formatted text":    chain(40, "0123456789", "[format('{0}{0}{0}', PREV)]"),
		"a replaced text":     chain(12, "aaaaaaaaaa", "[replace(PREV, 'a', 'aaaaaaaaaa')]"),
		"lists in lists":      chain(300, "x", "[createArray(PREV)]"),
		"a reduced nest":      template(value("reduce(range(0, 2000), 0, lambda('a', 'n', createArray(lambdaVariables('a'))))")),
		"loops in loops":      template(value("map(range(0, 10000), lambda('a', range(0, 10000)))")),

		"deep variables in a row": chain(140, "x", "["+strings.Repeat("createArray(", 150)+"PREV"+strings.Repeat(")", 150)+"]"),
		"deep texts in a row":     chain(140, "x", "["+strings.Repeat("concat(", 150)+"PREV"+strings.Repeat(")", 150)+"]"),
		"variables in a row":      chain(1000, "x", "[PREV]"),
		"parentheses":             template(value(strings.Repeat("not(", 10000) + "true()" + strings.Repeat(")", 10000))),
		"indexes":                 template(value("parameters('open')" + strings.Repeat("[0]", 10000))),
		"nested maps":             template(`"resources": ` + strings.Repeat(`{"resources": `, 5000) + "1" + strings.Repeat("}", 5000)),
		"children of children":    template(`"resources": [` + strings.Repeat(`{"type": "a", "name": "b", "resources": [`, 100) + strings.Repeat("]}", 100) + "]"),
		"secrets in many modules": template(`"parameters": {"n": {"type": "int", "defaultValue": 500}}, "resources": [{"type": "Microsoft.Resources/deployments", "name": "[concat('d', copyIndex())]", "copy": {"name": "c", "count": "[parameters('n')]"}, "properties": {
			"expressionEvaluationOptions": {"scope": "inner"}, "parameters": {"p": {"value": "[variables('list')]"}},
			"template": {"parameters": {"p": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "securestring"}}}}}, "resources": [{"type": "Test/values", "name": "v", "properties": {"value": "[length(parameters('p'))]"}}]}}}],
			"variables": {"copy": [{"name": "list", "count": 10000, "input": {"a": "x", "b": "[copyIndex('list')]"}}]}`),
		"a spec that links to itself": `{"mainTemplate": ` + template(`"resources": [{"type": "Microsoft.Resources/deployments", "name": "d", "properties": {"templateLink": {"relativePath": "a"}}}]`) +
			`, "linkedTemplates": [{"path": "a", "template": ` + template(`"resources": [{"type": "Microsoft.Resources/deployments", "name": "d", "properties": {"templateLink": {"relativePath": "a"}}}]`) + `}]}`,
		"a type that is its own variant": template(`"definitions": {"a": {"discriminator": {"propertyName": "k", "mapping": {"x": {"$ref": "#/definitions/a"}}}}, "b": {"$ref": "#/definitions/b"}}, "parameters": {"p": {"$ref": "#/definitions/a", "defaultValue": {"k": "x"}}, "q": {"$ref": "#/definitions/b", "defaultValue": {"k": "x"}}}, ` + value("createArray(parameters('p'), parameters('q'), variables('none'))")),
		"prototypes":                     template(`"parameters": {"__proto__": {"type": "object", "defaultValue": {"__proto__": {"constructor": 1}}}, "constructor": {"type": "string"}}, "variables": {"__proto__": "x", "toString": "y"}, ` + value("createArray(parameters('__proto__'), variables('__proto__'), variables('toString'), parameters('constructor'), variables('valueOf'))")),
		"prototypes as objects":          template(`"resources": [{"type": "Test/values", "name": "__proto__", "properties": {"value": {"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}}}, {"type": "constructor/__proto__", "name": "x"}]`),
	}
}

// slow are the templates that need seconds to reach their limit in an engine
// without a compiler; a browser's needs less than Go does for some of them.
var slow = []string{"copies of copies", "loops in loops", "secrets in many modules"}

func TestHostile(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			in, got := input{Files: []file{{"main.json", text}}}, ""
			if slices.Contains(slow, name) {
				got = describeTopology(e.env, e.goTopology(in))
			} else {
				got = e.read(t, in)
			}
			if !strings.Contains(got, ": error: ") && !strings.HasPrefix(name, "prototypes") && !strings.HasPrefix(name, "a type") {
				t.Errorf("no limit was met:\n%.1000s", got)
			}
		})
	}
}
