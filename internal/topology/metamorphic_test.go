package topology_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// tree is a JSON document that keeps the order of keys: reordering them would be
// a change of its own.
type tree struct {
	keys   []string // of an object
	values []tree   // of an object or a list
	scalar any      // string, bool, nil or json.Number
	list   bool
}

func parseTree(t testing.TB, text string) tree {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	out, err := readTree(d)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readTree(d *json.Decoder) (tree, error) {
	token, err := d.Token()
	if err != nil {
		return tree{}, err
	}
	switch token {
	case json.Delim('{'):
		out := tree{keys: []string{}}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return out, err
			}
			v, err := readTree(d)
			if err != nil {
				return out, err
			}
			out.keys, out.values = append(out.keys, key.(string)), append(out.values, v)
		}
		_, err = d.Token()
		return out, err
	case json.Delim('['):
		out := tree{list: true}
		for d.More() {
			v, err := readTree(d)
			if err != nil {
				return out, err
			}
			out.values = append(out.values, v)
		}
		_, err = d.Token()
		return out, err
	}
	return tree{scalar: token}, nil
}

func (t tree) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t tree) write(b *strings.Builder) {
	switch {
	case t.keys != nil:
		b.WriteString("{")
		for i, k := range t.keys {
			if i > 0 {
				b.WriteString(",\n")
			}
			b.WriteString(jsonOf(k) + ": ")
			t.values[i].write(b)
		}
		b.WriteString("}")
	case t.list:
		b.WriteString("[")
		for i, v := range t.values {
			if i > 0 {
				b.WriteString(",\n")
			}
			v.write(b)
		}
		b.WriteString("]")
	default:
		b.WriteString(jsonOf(t.scalar))
	}
}

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// get finds a value by its key, without case.
func (t *tree) get(key string) *tree {
	for i, k := range t.keys {
		if strings.EqualFold(k, key) {
			return &t.values[i]
		}
	}
	return nil
}

func (t *tree) set(key string, v tree) {
	if at := t.get(key); at != nil {
		*at = v
		return
	}
	t.keys, t.values = append(t.keys, key), append(t.values, v)
}

func (t tree) clone() tree {
	t.keys = slices.Clone(t.keys)
	t.values = slices.Clone(t.values)
	for i := range t.values {
		t.values[i] = t.values[i].clone()
	}
	return t
}

// each visits every value below t, with the key it stands under.
func (t *tree) each(visit func(key string, v *tree)) {
	for i := range t.values {
		key := ""
		if t.keys != nil {
			key = t.keys[i]
		}
		visit(key, &t.values[i])
		t.values[i].each(visit)
	}
}

func literal(v any) tree { return tree{scalar: v} }

func object(pairs ...any) tree {
	out := tree{keys: []string{}}
	for i := 0; i < len(pairs); i += 2 {
		v, ok := pairs[i+1].(tree)
		if !ok {
			v = literal(pairs[i+1])
		}
		out.keys, out.values = append(out.keys, pairs[i].(string)), append(out.values, v)
	}
	return out
}

// changes are what an author may do to a template without changing what it
// deploys. Each reports whether it found anything to change.
var changes = map[string]func(*tree, *rand.Rand) bool{
	"keys in other case":               otherCase,
	"renamed parameters and variables": renamed,
	"reordered resources":              reordered,
	"literals in variables":            func(t *tree, r *rand.Rand) bool { return extracted(t, r, "variables") },
	"literals in parameters":           func(t *tree, r *rand.Rand) bool { return extracted(t, r, "parameters") },
	"names for resources":              symbolic,
	"inside a module":                  inModule,
	"inside an outer template":         inOuterTemplate,
	"in an export":                     func(t *tree, _ *rand.Rand) bool { *t = object("template", *t); return true },
}

// otherCase changes the case of the keys that Azure reads without it.
func otherCase(t *tree, r *rand.Rand) bool {
	for i, k := range t.keys {
		switch strings.ToLower(k) {
		case "parameters", "variables", "resources", "outputs", "functions":
			t.keys[i] = strings.ToUpper(k[:1]) + k[1:]
		}
	}
	change := func(key string) string {
		if r.IntN(2) == 0 {
			return strings.ToUpper(key)
		}
		return strings.ToUpper(key[:1]) + key[1:]
	}
	var walk func(v *tree)
	walk = func(v *tree) {
		for i, k := range v.keys {
			switch strings.ToLower(k) {
			case "type", "name", "properties", "id", "sku", "condition", "copy", "count", "input", "scope", "subnets", "template", "value", "apiversion", "existing", "dependson", "resources":
				v.keys[i] = change(k)
			}
			walk(&v.values[i])
		}
		if v.list {
			for i := range v.values {
				walk(&v.values[i])
			}
		}
	}
	if resources := t.get("resources"); resources != nil {
		for i := range resources.values {
			walk(&resources.values[i])
		}
	}
	return true
}

var declared = regexp.MustCompile(`(?i)\b(parameters|variables)\('([A-Za-z_]\w*)'\)`)

// renamed gives every parameter with a default, and every variable, another name.
// A template inside has names of its own, so only flat ones are changed.
func renamed(t *tree, _ *rand.Rand) bool {
	if nests(*t) {
		return false
	}
	names := map[string]bool{}
	for _, section := range []string{"parameters", "variables"} {
		s := t.get(section)
		if s == nil {
			continue
		}
		for i, k := range s.keys {
			if strings.EqualFold(k, "copy") || section == "parameters" && s.values[i].get("defaultValue") == nil {
				continue
			}
			names[section+strings.ToLower(k)] = true
			s.keys[i] = "renamed_" + k
		}
	}
	t.each(func(_ string, v *tree) {
		if s, ok := v.scalar.(string); ok && strings.HasPrefix(s, "[") && !strings.HasPrefix(s, "[[") {
			v.scalar = declared.ReplaceAllStringFunc(s, func(call string) string {
				m := declared.FindStringSubmatch(call)
				if !names[strings.ToLower(m[1]+m[2])] {
					return call
				}
				return m[1] + "('renamed_" + m[2] + "')"
			})
		}
	})
	return len(names) > 0
}

func nests(t tree) bool {
	found := false
	t.each(func(key string, _ *tree) {
		found = found || strings.EqualFold(key, "template") || strings.EqualFold(key, "functions") || strings.EqualFold(key, "copy")
	})
	return found
}

// reordered turns the list of resources around.
func reordered(t *tree, _ *rand.Rand) bool {
	resources := t.get("resources")
	if resources == nil || len(resources.values) < 2 {
		return false
	}
	slices.Reverse(resources.values)
	slices.Reverse(resources.keys)
	return true
}

// extracted moves literals of resources into variables, or into the defaults of
// parameters.
func extracted(t *tree, r *rand.Rand, section string) bool {
	resources := t.get("resources")
	if resources == nil {
		return false
	}
	if t.get(section) == nil {
		t.set(section, object())
	}
	into := t.get(section)
	n := 0
	var walk func(v *tree, key string)
	walk = func(v *tree, key string) {
		switch strings.ToLower(key) {
		case "type", "apiversion", "template", "copy", "existing", "expressionevaluationoptions", "dependson":
			return // Azure wants most of these as literals
		}
		for i := range v.values {
			k := ""
			if v.keys != nil {
				k = v.keys[i]
			}
			walk(&v.values[i], k)
		}
		s, isText := v.scalar.(string)
		number, isNumber := v.scalar.(json.Number)
		if !isText && !isNumber || strings.HasPrefix(s, "[") || strings.ContainsAny(number.String(), ".eE") || r.IntN(3) == 0 {
			return
		}
		name := fmt.Sprintf("extracted%d", n)
		n++
		if section == "variables" {
			into.set(name, *v)
		} else if isText {
			into.set(name, object("type", "string", "defaultValue", *v))
		} else {
			into.set(name, object("type", "int", "defaultValue", *v))
		}
		*v = literal("[" + section + "('" + name + "')]")
	}
	for i := range resources.values {
		walk(&resources.values[i], "")
	}
	return n > 0
}

// symbolic makes a map of symbolic names of the list of resources.
func symbolic(t *tree, _ *rand.Rand) bool {
	resources := t.get("resources")
	if resources == nil || !resources.list || len(resources.values) == 0 {
		return false
	}
	named := object()
	for i, v := range resources.values {
		named.set(fmt.Sprintf("symbol%d", i), v)
	}
	*resources = named
	t.set("languageVersion", literal("2.0"))
	return true
}

// inModule moves everything into a nested deployment of inner scope, which gets
// the parameters of the outer template.
func inModule(t *tree, _ *rand.Rand) bool {
	inner := t.clone()
	given := object()
	outer := object("$schema", *t.get("$schema"), "contentVersion", "1.0.0.0")
	if params := t.get("parameters"); params != nil {
		if t.get("definitions") != nil {
			return false // the outer template would need them too
		}
		outer.set("parameters", params.clone())
		for _, k := range params.keys {
			given.set(k, object("value", "[parameters('"+k+"')]"))
		}
		if uses(*params, "variables(") {
			return false
		}
	}
	outer.set("resources", tree{list: true, values: []tree{object("type", "Microsoft.Resources/deployments", "apiVersion", "2022-09-01", "name", "module", "properties",
		object("mode", "Incremental", "expressionEvaluationOptions", object("scope", "inner"), "parameters", given, "template", inner))}})
	*t = outer
	return true
}

func uses(t tree, what string) bool {
	found := false
	t.each(func(_ string, v *tree) {
		s, _ := v.scalar.(string)
		found = found || strings.Contains(s, what)
	})
	return found
}

// inOuterTemplate moves the resources into a nested deployment of outer scope,
// whose expressions the outer template evaluates. From there a reference finds
// resources of the nested template by their whole id only, as in Azure.
func inOuterTemplate(t *tree, _ *rand.Rand) bool {
	resources := t.get("resources")
	if resources == nil || nests(*t) || !resources.list || t.get("functions") != nil || uses(*t, "reference(") {
		return false
	}
	inner := object("$schema", *t.get("$schema"), "contentVersion", "1.0.0.0", "resources", resources.clone())
	*resources = tree{list: true, values: []tree{object("type", "Microsoft.Resources/deployments", "apiVersion", "2022-09-01", "name", "outer", "properties",
		object("mode", "Incremental", "template", inner))}}
	return true
}

var (
	noPlace   = regexp.MustCompile(`(?m) main\.json:\d+:\d+ \S*$|^main\.json:\d+:\d+: | main\.json$`)
	inCircle  = regexp.MustCompile(`@\d+:\d+`)
	quotedKey = regexp.MustCompile(`'/subscriptions/[^{}]*?/deployments/module'!`)
	unnamed   = regexp.MustCompile(`'main\.json' '[^']*' \d+`)
	anyReason = regexp.MustCompile(`(?m)(\?|or more|[}>]) \([^\n]*\)$`)
	whichOne  = regexp.MustCompile(`(?m)^  (which|exists)\? .*$`)
)

// essence is a description without places, in an order that does not depend on
// that of the input: lists of names and objects are sorted. Reasons and texts
// quote expressions, which changes may write otherwise.
func essence(description string) string {
	d := noPlace.ReplaceAllString(description, "")
	d = inCircle.ReplaceAllString(d, "")
	d = unnamed.ReplaceAllString(d, "unnamed")
	d = quotedKey.ReplaceAllString(d, "")
	d = strings.ReplaceAll(d, "renamed_", "")
	d = whichOne.ReplaceAllString(anyReason.ReplaceAllString(d, "$1"), "  $1?")
	var objects, current []string
	for _, line := range strings.Split(d, "\n") {
		if !strings.HasPrefix(line, "  ") && len(current) > 0 {
			objects, current = append(objects, strings.Join(current, "\n")), nil
		}
		current = append(current, sortedLinks(line))
	}
	objects = append(objects, strings.Join(current, "\n"))
	slices.Sort(objects)
	return strings.Join(objects, "\n")
}

var links = regexp.MustCompile(`\[(→[^\]]*)\]`)

func sortedLinks(line string) string {
	return links.ReplaceAllStringFunc(line, func(list string) string {
		names := strings.Split(list[1:len(list)-1], ", ")
		slices.Sort(names)
		return "[" + strings.Join(names, ", ") + "]"
	})
}

// metamorphic are templates that changes are tried on: goldens whose resources
// are sound, and the real ones where they are present.
func metamorphic(t *testing.T) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"children", "conditions", "copies", "nested", "references", "spelling", "stubs", "values", "wrapped-parameters", "left-out", "scope"} {
		a, err := txtar.ParseFile("testdata/arm/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		in, _ := parseCase(a)
		if len(in.Files) == 1 && json.Valid([]byte(in.Files[0].Text)) {
			out[name] = in.Files[0].Text
		}
	}
	if len(out) < 6 {
		t.Fatalf("only %d goldens are plain JSON", len(out))
	}
	return out
}

// TestMetamorphic: what an author may change without changing what is deployed
// does not change what is read, in both engines.
func TestMetamorphic(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	for name, text := range metamorphic(t) {
		t.Run(name, func(t *testing.T) { tryChanges(t, e, text) })
	}
}

// TestMetamorphicReal is the same with real templates and the founding model.
func TestMetamorphicReal(t *testing.T) {
	e := newEngines(t, founding())
	for _, path := range realFiles(t) {
		text := readFile(t, path).Text
		if !json.Valid([]byte(text)) {
			continue // comments and the like; other tests read it
		}
		t.Run(filepath.Base(path), func(t *testing.T) { tryChanges(t, e, text) })
	}
}

func tryChanges(t *testing.T, e *engines, text string) {
	read := func(text string) string { return essence(e.read(t, input{Files: []file{{"main.json", text}}})) }
	original := parseTree(t, text)
	want := read(original.String())
	for _, name := range sortedNames(changes) {
		t.Run(name, func(t *testing.T) {
			changed := original.clone()
			if !changes[name](&changed, rand.New(rand.NewPCG(5, 6))) {
				return
			}
			if got := read(changed.String()); got != want {
				t.Errorf("the topology differs%s\n%.3000s", firstDifference(want, got), changed)
			}
		})
	}
}

func sortedNames[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
