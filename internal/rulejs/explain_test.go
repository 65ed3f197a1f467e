package rulejs

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const explainModel = `
kinds:
  hubs:
    one: hub
    title: Hub
    fields:
      sku: string
      size: int
      tags: [string]
      zone: { type: string, default: null }
    derived:
      large: size > 10 and (sku == "Standard" or sku == "Premium")
      roomy: large or size > 5
  spokes:
    one: spoke
    title: Spoke
    fields:
      hub: { link: hubs, inverse: spokes }
      ports: [int]
functions:
  near:
    params: { port: int, to: int }
    body: "port - to < 10 and to - port < 10"
`

const explainTopology = `
hubs:
  - { id: h1, name: h1, sku: Standard, size: 12, tags: [a, "b ]", c], zone: "1" }
  - { id: h2, name: h2, sku: "Basic ü😀", size: 7, tags: [] }
  - { id: h3, name: h3, size: 3 }
spokes:
  - { id: s1, name: s1, hub: h1, ports: [22, 80, 443, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }
  - { id: s2, name: s2, hub: h1, ports: [80] }
  - { id: s3, name: s3, hub: h2 }
`

// TestExplanations explains expressions of every shape in both engines: equal
// bytes, and for Go the golden text.
func TestExplanations(t *testing.T) {
	exprs := strings.Split(strings.TrimSpace(`
hub.sku in ["Standard", "Premium"]
(hub.sku == "Standard" or (hub.size > 5)) and not (hub.zone == nil) and true
hub.size > 100 and hub.sku == "Standard" and hub.large
hub.roomy
any(hub.spokes, any(.ports, # == 80))
all(hub.spokes, {len(.ports) > 0})
none(hub.spokes, #.name == "s2" and any(#.ports, near(#, 85)))
one(hub.spokes, .name startsWith "s")
count(hub.spokes, .name != "s1") == 1
find(hub.spokes, .name == "s2")?.hub?.name == "h1"
(hub.tags | filter(# != "a") | map(upper(#)) | len()) > 1
first(hub.spokes)?.hub?.zone == nil
hub.size > 5 ? near(hub.size, 10) : near(1, 100)
(hub.tags[0] ?? "none") == hub.tags[len(hub.tags) - 1]
let n = hub.size * 2; n > 10 or hub.sku contains "]"
sum(flatten(map(hub.spokes, .ports))) > 100
reduce(hub.spokes, #acc + len(.ports), 0) > 2
hub.name == "h\u00fc😀" or hub.sku == "Basic ü😀" /* ( */
hub in hubs and hub.tags == ["a", "b ]", "c"]
unknown("who knows") == hub.name or hub.size < 5
`), "\n")
	const examples = "    examples: [{ name: a, sample: s, expect: pass }, { name: b, sample: s, expect: fail }, { name: c, sample: s, expect: unknown }]\n"
	var page strings.Builder
	page.WriteString("---\ntitle: T\nrules:\n")
	for i, x := range exprs {
		fmt.Fprintf(&page, "  - id: r%d\n    title: T\n    severity: error\n    claim: is claim number %d.\n    for: hub in hubs\n    assert: |-\n      %s\n    fix: F\n%s", i, i, x, examples)
	}
	page.WriteString("---\n# T\n\n")
	for i := range exprs {
		fmt.Fprintf(&page, "This is claim number %d.\n\n", i)
	}
	rules := fstest.MapFS{"topology.yaml": {Data: []byte(explainModel)}, "samples/s.yaml": {Data: []byte(explainTopology)}}
	m, problems := model.Load(rules)
	env, more := lang.NewEnv(m)
	problems = append(problems, more...)
	site, more := content.Load(fstest.MapFS{"index.md": {Data: []byte(page.String())}}, content.Options{})
	problems = append(problems, more...)
	set, more := rule.Load(site, env, rules, "rules/")
	problems = append(problems, more...)
	for _, d := range problems {
		t.Error(d.Code, d.Rule, d.Message)
	}
	script, l := bundle.Checks(os.DirFS("../../theme"), string(Translate(set, "test")))
	if l.HasErrors() {
		t.Fatal(l)
	}
	vm, err := jsvm.New(script)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	var b strings.Builder
	for _, r := range set.Rules {
		c := set.Case(r, r.Examples[0])
		c.Explain = true
		got, err := vm.Call("plumbline.example", c.JSON())
		if err != nil {
			t.Fatal(err)
		}
		out := set.RunCase(c)
		if want := out.JSON(); got != want {
			t.Errorf("%s\n\tgo %s\n\tjs %s", r.Assert.Text.Value, want, got)
		}
		fmt.Fprintf(&b, "== %s\n", r.Assert.Text.Value)
		for _, d := range out.Diagnostics {
			fmt.Fprintf(&b, "error: %s\n", d.Message)
		}
		for _, f := range out.Findings {
			fmt.Fprintf(&b, "%s\n", f.Subject.Name)
			printTrace(&b, "  ", f.Explanation.Assert)
		}
	}
	const golden = "testdata/explanations.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the explanations are not those of %s but\n%s", golden, b.String())
	}
}

func printTrace(b *strings.Builder, indent string, t *lang.Trace) {
	value := "not looked at"
	if t.Value != nil {
		value = "→ " + *t.Value
	}
	fmt.Fprintf(b, "%s%s %s", indent, t.Expr, value)
	for _, m := range t.Missing {
		fmt.Fprintf(b, " (%s: %s)", m.Path, m.Reason)
	}
	if t.Error != "" {
		fmt.Fprintf(b, " error: %s", t.Error)
	}
	b.WriteByte('\n')
	for _, p := range t.Parts {
		printTrace(b, indent+"  ", p)
	}
	for _, e := range t.Elements {
		fmt.Fprintf(b, "%s  [%d] %s\n", indent, e.Index, e.Value)
		printTrace(b, indent+"    ", e.Result)
	}
	if t.Omitted > 0 {
		fmt.Fprintf(b, "%s  %d more\n", indent, t.Omitted)
	}
	if t.Definition != nil {
		fmt.Fprintf(b, "%s  is\n", indent)
		printTrace(b, indent+"    ", t.Definition)
	}
}
