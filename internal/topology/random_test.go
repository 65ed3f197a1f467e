package topology_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/topology"
)

// exprMaker writes random template expressions: mostly sound ones.
type exprMaker struct {
	*rand.Rand
	depth int
}

var leaves = map[string][]string{
	"text":   {"''", "'a'", "'A-b'", "'10.0.0.0/16'", "'x/y/z'", "'é😀'", "'{0}-{1:D2}'", "'true'", "'12'", "' pad '", "parameters('text')", "variables('unicode')", "parameters('open')", "variables('name')", "resourceGroup().name", "uniqueString('a')", "resourceId('Test.Net/networks', parameters('open'))", "'/'", "'-'", "'2020-01-31T10:00:00Z'", "'P1M'", "'http://a.org/b/c'", "'{0:N1}'"},
	"int":    {"0", "1", "2", "-1", "3", "24", "9007199254740993", "9223372036854775807", "length(variables('list'))"},
	"bool":   {"true()", "false()", "equals(parameters('open'), 'x')"},
	"list":   {"variables('list')", "variables('numbers')", "variables('half')", "createArray()", "parameters('openList')", "range(0, 3)"},
	"object": {"variables('object')", "createObject()", "createObject('One', 2, 'c', parameters('open'))", "resourceGroup()", "json('{\"z\": [1.5, null]}')"},
	"any":    {"null()", "variables('float')", "reference('v0')", "reference('v1').value", "float('2')"},
}

// signatures are result and arguments; "*" repeats the argument before it.
var signatures = map[string]string{
	"concat": "text text *", "format": "text text any *", "toLower": "text text", "toUpper": "text text", "trim": "text text", "replace": "text text text text",
	"split": "list text text", "join": "text list text", "substring": "text text int int", "startsWith": "bool text text", "endsWith": "bool text text",
	"padLeft": "text any int text", "indexOf": "int any any", "lastIndexOf": "int any any", "length": "int any", "empty": "bool any", "contains": "bool any any",
	"first": "any any", "last": "any any", "skip": "any any int", "take": "any any int", "union": "any any *", "intersection": "any any *", "createArray": "list any *",
	"createObject": "object text any", "array": "list any", "coalesce": "any any *", "if": "any bool any any", "and": "bool bool *", "or": "bool bool *", "not": "bool bool",
	"equals": "bool any any", "less": "bool any any", "greaterOrEquals": "bool any any", "add": "int int int", "sub": "int int int", "mul": "int int int",
	"div": "int int int", "mod": "int int int", "min": "int int *", "max": "int int *", "int": "int any", "float": "any any", "bool": "bool any", "string": "text any", "json": "any text",
	"items": "list object", "objectKeys": "list object", "shallowMerge": "object list", "flatten": "list list", "tryGet": "any any any", "indexFromEnd": "any list int",
	"tryIndexFromEnd": "any list int", "cidrSubnet": "text text int int", "cidrHost": "text text int", "parseCidr": "object text", "base64": "text text", "base64ToString": "text text",
	"uriComponent": "text text", "uriComponentToString": "text text", "resourceId": "text text text *", "subscriptionResourceId": "text text text *", "extensionResourceId": "text text text text",
	"uniqueString": "text any *", "guid": "text any *", "copyIndex": "int", "reference": "any text", "references": "any text", "dateTimeAdd": "text text text", "dateTimeToEpoch": "int text", "dateTimeFromEpoch": "text int", "uri": "text text text",
	"dataUri": "text text", "dataUriToString": "text text", "concatLists": "list list *",
}

func (m *exprMaker) expr(want string) string {
	if want == "any" {
		want = []string{"text", "int", "bool", "list", "object", "any"}[m.IntN(6)]
	}
	if m.depth > 3 || m.IntN(4) == 0 {
		return leaves[want][m.IntN(len(leaves[want]))]
	}
	m.depth++
	defer func() { m.depth-- }()
	switch m.IntN(14) {
	case 0:
		return m.expr("object") + "." + []string{"One", "two", "three", "name", "nothing"}[m.IntN(5)]
	case 1:
		return m.expr("list") + "[" + m.expr("int") + "]"
	case 2:
		f := []string{"map", "filter", "sort", "toObject", "groupBy", "reduce", "mapValues"}[m.IntN(7)]
		x := []string{"lambdaVariables('x')", "string(lambdaVariables('x'))", "equals(lambdaVariables('x'), 'a')", m.expr("any")}[m.IntN(4)]
		switch f {
		case "reduce":
			return fmt.Sprintf("reduce(%s, %s, lambda('x', 'y', %s))", m.expr("list"), m.expr("any"), x)
		case "mapValues":
			return fmt.Sprintf("mapValues(%s, lambda('x', %s))", m.expr("object"), x)
		case "sort":
			return fmt.Sprintf("sort(%s, lambda('x', 'y', less(lambdaVariables('x'), lambdaVariables('y'))))", m.expr("list"))
		}
		return fmt.Sprintf("%s(%s, lambda('x', %s))", f, m.expr("list"), x)
	}
	var fits []string
	for name, s := range signatures {
		if result, _, _ := strings.Cut(s, " "); result == want || m.IntN(12) == 0 {
			fits = append(fits, name)
		}
	}
	slices.Sort(fits)
	name := fits[m.IntN(len(fits))]
	kinds := strings.Fields(signatures[name])[1:]
	var args []string
	for i, k := range kinds {
		if k == "*" {
			for range m.IntN(3) {
				args = append(args, m.expr(kinds[i-1]))
			}
		} else if m.IntN(40) > 0 {
			if m.IntN(15) == 0 {
				k = "any"
			}
			args = append(args, m.expr(k))
		}
	}
	if name == "concatLists" {
		name = "concat"
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

// TestRandomExpressions: both engines evaluate expressions nobody wrote alike.
func TestRandomExpressions(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	m := &exprMaker{Rand: rand.New(rand.NewPCG(1, 2))}
	for range 40 {
		var exprs []string
		for range 50 {
			exprs = append(exprs, m.expr("any"))
		}
		e.read(t, input{Files: []file{{"main.json", valuesTemplate(exprs)}}})
		if t.Failed() {
			for _, expr := range exprs {
				one := input{Files: []file{{"main.json", valuesTemplate([]string{expr})}}}
				ok := t.Run("one", func(t *testing.T) { e.read(t, one) })
				if !ok {
					t.Log(expr)
				}
			}
			return
		}
	}
}

// TestDamagedTemplates damages the goldens at random: whatever a text has become,
// both engines say the same of it.
func TestDamagedTemplates(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	rng := rand.New(rand.NewPCG(7, 11))
	pieces := []string{"null", "5", "-1", "1.5", "true", `"x"`, `"[parameters('open')]"`, `"[copyIndex()]"`, `"[reference('net')]"`, "[]", "{}", `"name"`, `"copy"`, `"[[x]"`, "é", "'", "[", "]", "(", ")", ",", `"condition"`, `"/"`, "//", `"scope"`}
	paths, _ := filepath.Glob("testdata/arm/*.txtar")
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		in, _ := parseCase(a)
		for range 12 {
			damaged := in
			damaged.Files = slices.Clone(in.Files)
			f := &damaged.Files[rng.IntN(len(damaged.Files))]
			if !strings.HasSuffix(f.File, ".json") {
				continue // other texts are damaged where documents are tested
			}
			for range 1 + rng.IntN(3) {
				f.Text = damaged1(rng, f.Text, pieces)
			}
			e.read(t, damaged)
			if t.Failed() {
				t.Fatalf("%s:\n%s", path, f.Text)
			}
		}
	}
}

// damaged1 replaces, removes or adds one token.
func damaged1(rng *rand.Rand, text string, pieces []string) string {
	if text == "" {
		return pieces[rng.IntN(len(pieces))]
	}
	stop := func(r rune) bool { return strings.ContainsRune(" \t\n,:[]{}()'\"", r) }
	at := rng.IntN(len(text))
	for at > 0 && text[at]&0xc0 == 0x80 {
		at--
	}
	end := at + 1
	if i := strings.IndexFunc(text[at:], stop); i > 0 {
		end = at + i
	}
	for end < len(text) && text[end]&0xc0 == 0x80 {
		end++
	}
	piece := pieces[rng.IntN(len(pieces))]
	switch rng.IntN(3) {
	case 0:
		return text[:at] + piece + text[end:]
	case 1:
		return text[:at] + text[end:]
	}
	return text[:at] + piece + text[at:]
}

func FuzzReadTemplate(f *testing.F) {
	env := newEngines(f, os.DirFS("testdata/arm/rules")).env
	paths, _ := filepath.Glob("testdata/arm/*.txtar")
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		in, _ := parseCase(a)
		for _, one := range in.Files {
			f.Add(one.Text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		topology.Read(env, []topology.File{{Name: "main.json", Text: text}}, topology.Options{})
	})
}

func FuzzExpression(f *testing.F) {
	env := newEngines(f, os.DirFS("testdata/arm/rules")).env
	m := &exprMaker{Rand: rand.New(rand.NewPCG(3, 4))}
	for range 200 {
		f.Add(m.expr("any"))
	}
	f.Fuzz(func(t *testing.T, expr string) {
		topology.Read(env, []topology.File{{Name: "main.json", Text: valuesTemplate([]string{expr})}}, topology.Options{})
	})
}
