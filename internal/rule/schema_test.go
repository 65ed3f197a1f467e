package rule

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/document"
)

// compiled is the schema of the front matter of a site, as an editor would read it.
func compiled(t *testing.T, set *Set) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	for name, text := range map[string][]byte{"front-matter.schema.json": set.FrontMatterSchema(), "topology.schema.json": set.Env.Model().JSONSchema()} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("https://example.org/schemas/"+name, doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("https://example.org/schemas/front-matter.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, p *content.Page) error {
	t.Helper()
	if p.Meta == nil {
		return nil
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(document.JSON(p.Meta)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// TestFrontMatterSchema: the schema accepts every page of the founding guidance.
func TestFrontMatterSchema(t *testing.T) {
	set := founding(t)
	s := compiled(t, set)
	pages := map[string]*content.Page{}
	for _, r := range set.Rules {
		pages[r.Page.URL] = r.Page
	}
	if len(pages) < 10 {
		t.Fatalf("only %d pages have rules", len(pages))
	}
	for url, p := range pages {
		if err := validate(t, s, p); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestFrontMatterSchemaRejects: what Load says of the shape of a rule, an editor says, too.
func TestFrontMatterSchemaRejects(t *testing.T) {
	const rule = `  - id: bastion-sku
    title: A Bastion is Standard
    severity: error
    claim: is Standard
    for: bastion in bastions
    assert: bastion.sku == "Standard"
    tags: [C1]
    examples:
      - { name: good, sample: hub, expect: pass }
      - { name: bad, topology: { bastions: [{ id: b, sku: Basic }] }, expect: fail }
      - { name: open, sample: hub, unknown: ["bastions[0].sku"], expect: unknown }
  - id: bastion-skus
    title: What it is
    claim: is Standard
    for: bastion in bastions
    fact: bastion.sku
    examples:
      - { name: one, sample: hub, value: Standard }
`
	const site = "-- rules/topology.yaml --\nkinds:\n  bastions:\n    one: bastion\n    title: Bastions\n    fields:\n      sku: { enum: [Basic, Standard] }\n" +
		"-- rules/samples/hub.yaml --\nbastions: [{ id: hub, sku: Standard }]\n-- page.md --\n---\nrules:\n"
	for _, tt := range []struct{ old, new, code string }{
		{"", "", ""},
		{"tags: [C1]", "where: true", ""},
		{"tags: [C1]", "deprecated: { since: v1, reason: none }", ""},
		{"title: A", "titel: A", "rule/unknown-key"},
		{"name: good, ", "name: good, sets: {}, ", "rule/unknown-key"},
		{"    claim: is Standard\n    for: bastion in bastions\n    assert", "    for: bastion in bastions\n    assert", "rule/missing-key"},
		{"severity: error\n", "notes: none\n", "rule/missing-key"},
		{"name: good, ", "", "rule/missing-key"},
		{"tags: [C1]", "deprecated: { since: v1 }", "rule/missing-key"},
		{"title: A Bastion is Standard", "title: 5", "rule/wrong-type"},
		{"tags: [C1]", "tags: C1", "rule/wrong-type"},
		{"tags: [C1]", "tags: [1]", "rule/wrong-type"},
		{"tags: [C1]", "where: [1]", "rule/wrong-type"},
		{"id: bastion-sku\n", "id: bastionSku\n", "rule/bad-id"},
		{"severity: error", "severity: high", "rule/bad-severity"},
		{"tags: [C1]", "fact: bastion.sku", "rule/assert-and-fact"},
		{"fact: bastion.sku", "fact: bastion.sku\n    fix: none", "rule/fact-field"},
		{"for: bastion in bastions\n    assert", "for: bastions\n    assert", "rule/bad-for"},
		{"for: bastion in bastions\n    assert", "for: bastion in bastion\n    assert", "rule/unknown-collection"},
		{"sample: hub, expect: pass", "expect: pass", "rule/example-source"},
		{"sample: hub, expect: pass", "sample: hub, topology: {}, expect: pass", "rule/example-source"},
		{"sample: hub, expect: pass", "sample: hubs, expect: pass", "rule/unknown-sample"},
		{"expect: pass", "expect: passes", "rule/bad-expectation"},
		{"sample: hub, expect: pass", "sample: hub", "rule/bad-expectation"},
		{"  - id: bastion-sku\n", "  - just text\n  - id: bastion-sku\n", "rule/not-a-map"},
	} {
		archive := txtar.Parse([]byte(site + strings.Replace(rule, tt.old, tt.new, 1) + "---\nA Bastion is Standard.\n"))
		set, problems := load(archive)
		codes := map[string]bool{}
		for _, d := range problems {
			codes[d.Code] = true
		}
		if tt.code == "" && len(codes) > 0 || tt.code != "" && !codes[tt.code] {
			t.Errorf("%q: Load says %v, not %q", tt.new, codes, tt.code)
		}
		page, _ := content.Load(fstest.MapFS{"page.md": {Data: archive.Files[2].Data}}, content.Options{})
		if err := validate(t, compiled(t, set), page.Pages[0]); (err != nil) != (tt.code != "") {
			t.Errorf("%q: Load says %q, the schema %v", tt.new, tt.code, err)
		}
	}
}
