package topology_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/topology"
)

const soundTemplate = `{
  // The network that is there already
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0", /* by hand */
  "parameters": { "password": { "type": "securestring" }, "text": { "type": "string", "defaultValue": "a
b" }, },
  "resources": [{ "type": "Test/values", "apiVersion": "1", "name": "v", "properties": { "value": "[concat(
    parameters('text'), 'c')]" }, }],
}`

// TestBadInput: what people paste by mistake is an error at its place that says
// what to do, and what is only untidy is read. Both engines say the same.
func TestBadInput(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	for name, tt := range map[string]struct{ text, want string }{
		"comments, trailing commas, raw line breaks": {soundTemplate, "  value: \"a\\nbc\"\n"},
		"a byte order mark":                          {"\ufeff" + soundTemplate, "  value: \"a\\nbc\"\n"},
		"line breaks of Windows":                     {strings.ReplaceAll(soundTemplate, "\n", "\r\n"), "  value: \"a\\r\\nbc\"\n"},
		"a web page":                                 {"\n <!DOCTYPE html>\n<html><body>{}</body></html>", "main.json:2:2: error: this is a web page or XML, not a topology [input/unrecognised]\n\thint: it may be a page to sign in"},
		"UTF-16 read as something else":              {"{\x00\"\x00a\x00\"\x00", "main.json:1:1: error: this is UTF-16, or no text at all, not a topology [input/unrecognised]\n\thint: save it as UTF-8"},
		"Bicep":                                      {"// hub\nparam location string = 'x'\nresource b 'Microsoft.Network/bastionHosts@2023-01-01' = {\n  name: 'b'\n}\n", "main.json:1:1: error: this is Bicep, not a topology [input/unrecognised]\n\thint: compile it: bicep build"},
		"Bicep of a subscription":                    {"targetScope = 'subscription'\n", "this is Bicep"},
		"a Bicep parameter file":                     {"using './main.bicep'\n\nparam name = 'x'\n", "this is a Bicep parameter file"},
		"a Terraform configuration":                  {"resource \"azurerm_subnet\" \"a\" {\n  name = \"x\"\n}\n", "this is Terraform configuration (HCL)"},
		"10,000 levels":                              {strings.Repeat(`{"a":[`, 5000) + strings.Repeat("]}", 5000), "error: lists and maps nest deeper than 256 levels [input/too-deep]"},
		"10,000 levels in a template":                {`{"$schema": "deploymentTemplate.json#", "variables": {"v": ` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}, "resources": []}`, "error: lists and maps nest deeper than 256 levels [input/too-deep]"},
		"variables in a circle":                      {`{"$schema": "deploymentTemplate.json#", "variables": {"a": "[variables('b')]", "b": "[variables('a')]"}, "resources": [{"type": "Test/values", "name": "v", "properties": {"value": "[variables('a')]"}}]}`, "main.json:1:60: error: the variable \"a\" needs its own value [input/arm-cycle]"},
		"references in a circle": {`{"$schema": "deploymentTemplate.json#", "resources": [
			{"type": "Test/values", "name": "a", "properties": {"value": "[reference('b').value]"}},
			{"type": "Test/values", "name": "b", "properties": {"value": "[reference('a').value]"}}]}`, "  value: <u> = {"},
		"a loop without end":              {`{"$schema": "deploymentTemplate.json#", "resources": [{"type": "Test/values", "name": "v", "copy": {"name": "c", "count": 1000000000}}]}`, "main.json:1:123: error: the copy loop \"c\" makes 1000000000 copies [input/arm-copy]"},
		"an expression that breaks off":   {`{"$schema": "deploymentTemplate.json#", "resources": [{"type": "Test/values", "name": "v", "properties": {"value": "[concat('a', ]"}}]}`, "main.json:1:130: error: the expression ends too early [input/arm-expression]"},
		"a function nobody knows":         {`{"$schema": "deploymentTemplate.json#", "resources": [{"type": "Test/values", "name": "v", "properties": {"value": "[conjure('a')]"}}]}`, "main.json:1:118: warning: \"conjure\" is not a function this reader knows [input/arm-function]"},
		"a name that is an object":        {`{"$schema": "deploymentTemplate.json#", "resources": [{"type": "Test/values", "name": {"a": 1}}]}`, "main.json:1:87: error: the \"name\" of a resource must be a text, not an object [input/arm-resource]"},
		"only the beginning of a bracket": {"[", "error:"},
		"nothing":                         {"", "error: the topology is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			got := e.read(t, input{Files: []file{{"main.json", tt.text}}})
			if !strings.Contains(got, tt.want) {
				t.Errorf("got:\n%.1500s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestForeignParameters: a parameter file in Bicep's language is not read as one
// with strange values.
func TestForeignParameters(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	got := e.read(t, input{Files: []file{{"main.json", soundTemplate}}, Parameters: []param{{file{"main.bicepparam", "using 'main.bicep'\nparam text = 'x'\n"}, false}}})
	if want := "main.bicepparam:1:1: error: this is a Bicep parameter file"; !strings.HasPrefix(got, want) {
		t.Errorf("got:\n%.500s\nwant:\n%s", got, want)
	}
}

// TestTruncated cuts templates off: whatever is left is an error, at a place, and
// the same in both engines.
func TestTruncated(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	rng := rand.New(rand.NewPCG(3, 8))
	for _, name := range []string{"nested", "copies", "values", "secrets"} {
		a, err := txtar.ParseFile("testdata/arm/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		in, _ := parseCase(a)
		text := strings.TrimSpace(in.Files[0].Text)
		for range 25 {
			at := 2 + rng.IntN(len(text)-3)
			cut := strings.ToValidUTF8(text[:at], "")
			got := e.read(t, input{Files: []file{{"main.json", cut}}})
			if !strings.HasPrefix(got, "main.json:") || !strings.Contains(got, ": error: ") || !strings.Contains(got, "nothing read") {
				t.Errorf("cut at %d of %s:\n%.500s", at, name, got)
			}
		}
	}
}

// TestLarge reads 50 MB, of values that nothing needs and of resources beyond the
// limit. That it ends, and what it says, is the test.
func TestLarge(t *testing.T) {
	env := newEngines(t, os.DirFS("testdata/arm/rules")).env
	many := strings.Repeat(`{"type": "Test/values", "name": "v", "properties": {"value": "0123456789"}},`, 50_000_000/76)
	for name, tt := range map[string]struct{ text, want string }{
		"texts":     {`{"$schema": "deploymentTemplate.json#", "variables": {"v": ["` + strings.Repeat(strings.Repeat("y", 997)+`","`, 50_000) + `"]}, "resources": []}`, ""},
		"resources": {`{"$schema": "deploymentTemplate.json#", "resources": [` + many + `]}`, "the template has more than 50000 resources"},
	} {
		read := topology.Read(env, []topology.File{{Name: "main.json", Text: tt.text}}, topology.Options{})
		got := ""
		for _, d := range read.Problems {
			if d.Code == "input/arm-limit" {
				got = d.Message
			}
		}
		if read.World == nil || got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
