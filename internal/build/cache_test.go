package build

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/theme"
)

// TestCache changes a site as its author does and holds the later builds to the
// bytes of a first one, and to proving again only the rules that changed.
func TestCache(t *testing.T) {
	pages := fstest.MapFS{}
	set := func(name, text string) { pages[name] = &fstest.MapFile{Data: []byte(text)} }
	rule := func(id, sku string) string {
		return `
  - id: ` + id + `
    title: A hub is ` + sku + `
    severity: error
    claim: must be ` + sku + `
    for: hub in hubs
    assert: hub.sku == "` + sku + `"
    fix: Upgrade it.
    examples:
      - { name: good, topology: { hubs: [{ id: h, name: h, sku: ` + sku + ` }] }, expect: pass }
      - { name: bad, topology: { hubs: [{ id: h, name: h, sku: Basic }] }, expect: fail }
      - { name: open, topology: { hubs: [{ id: h, name: h }] }, expect: unknown }`
	}
	page := func(title string, rules ...string) string {
		head := ""
		if len(rules) > 0 {
			head = "rules:" + strings.Join(rules, "")
		}
		return "---\ntitle: " + title + "\n" + head + "\n---\n# " + title + "\n\nIt must be Standard.\n\nOr must be Premium.\n"
	}
	model := fstest.MapFS{"topology.yaml": {Data: []byte("kinds:\n  hubs:\n    title: Hub\n    fields:\n      sku: string\n")}}
	set("index.md", page("Start"))
	set("hubs.md", page("Hubs", rule("hub-standard", "Standard"), rule("hub-premium", "Premium")))

	cache := &Cache{}
	in := Input{Content: pages, ContentPrefix: "content/", Rules: model, Theme: theme.FS(), Version: "1"}
	build := func(what string, proofs int) (files Files) {
		t.Helper()
		again := in
		again.Cache = cache
		got, problems := Site(again)
		if problems.HasErrors() {
			t.Fatal(what, problems.Records())
		}
		if len(got.Rules.Rules) != 2 {
			t.Fatalf("%s: there are %d rules", what, len(got.Rules.Rules))
		}
		if cache.proofs != proofs {
			t.Errorf("%s: %d proofs were made, not %d", what, cache.proofs, proofs)
		}
		return got.Files
	}
	same := func(files Files) {
		t.Helper()
		if want, _ := Site(in); !reflect.DeepEqual(files, want.Files) {
			t.Error("the site is not that of a first build")
		}
	}
	build("first", 2)
	build("nothing changed", 2)
	set("index.md", page("Begin"))
	build("another page changed", 2)
	set("hubs.md", page("Hubs", "\n  # moved", rule("hub-standard", "Standard"), rule("hub-premium", "Premium")))
	same(build("the lines moved", 2))
	set("hubs.md", page("Hubs", rule("hub-standard", "Standard"), strings.Replace(rule("hub-premium", "Premium"), "sku ==", "sku  ==", 1)))
	build("a rule changed", 3)
	model["topology.yaml"].Data = append(model["topology.yaml"].Data, "      zone: string\n"...)
	same(build("the model changed", 5))
}
