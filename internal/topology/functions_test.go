package topology_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/lang"
)

// TestFunctions evaluates every line of testdata/arm/functions.txt in both
// engines; the line behind it, after a tab, is the value. Lines that start with
// "#" are headings.
func TestFunctions(t *testing.T) {
	const path = "testdata/arm/functions.txt"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var exprs []string
	want := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if value, ok := strings.CutPrefix(line, "\t"); ok {
			want[exprs[len(exprs)-1]] = value
		} else {
			exprs = append(exprs, line)
		}
	}
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	in := input{Files: []file{{"main.json", valuesTemplate(exprs)}}}
	e.read(t, in)
	var out strings.Builder
	results, _ := e.goTopology(in).World.Collections["results"].([]any)
	for _, expr := range exprs {
		out.WriteString(expr + "\n")
		if expr == "" || strings.HasPrefix(expr, "#") {
			continue
		}
		v, _ := results[0].(lang.Object).Field("value")
		results = results[1:]
		got := (&describer{}).value(v)
		fmt.Fprintf(&out, "\t%s\n", got)
		if !updating() && got != want[expr] {
			t.Errorf("%s\n\tgot  %s\n\twant %s", expr, got, want[expr])
		}
	}
	if updating() {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// valuesTemplate is a template with one resource for each expression. Its
// parameters are text (with a default), open and id (without one).
func valuesTemplate(exprs []string) string {
	type object = map[string]any
	resources := []any{}
	for i, e := range exprs {
		if e != "" && !strings.HasPrefix(e, "#") {
			resources = append(resources, object{"type": "Test/values", "apiVersion": "1", "name": fmt.Sprint("v", i), "properties": object{"value": "[" + e + "]"}})
		}
	}
	text, err := json.Marshal(object{
		"$schema":    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
		"parameters": object{"text": object{"type": "string", "defaultValue": "Hello"}, "open": object{"type": "string"}, "openList": object{"type": "array"}, "id": object{"type": "string"}},
		"variables": object{
			"list": []any{"a", "b", "c"}, "numbers": []any{3, 1, 2}, "half": []any{"a", "[parameters('open')]"},
			"object": object{"One": 1, "two": object{"three": 3}, "list": []any{object{"name": "x"}}}, "name": "[concat(parameters('text'), '-', parameters('open'))]",
			"float": 1.5, "unicode": "aé😀z",
		},
		"resources": resources,
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}
