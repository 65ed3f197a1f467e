package render_test

import (
	"os"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/jsvm"
)

// TestSearchIndex gives MiniSearch the same documents: it has to build the index
// that the site was made with, and to find things in it.
func TestSearchIndex(t *testing.T) {
	in := input(t)
	files := pages(t, in)
	data := string(files[unhashed("assets/search.js", files)])
	vm, err := jsvm.New(miniSearch(t) + "\nglobalThis.self = globalThis;\n" + data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := vm.Close(); err != nil {
			t.Error(err)
		}
	}()
	const script = `
const stop = new Set(plumblineData.search.stopWords);
const options = { processTerm: (t) => (stop.has(t.toLowerCase()) ? null : t.toLowerCase()), fields: ["title", "context", "text"], storeFields: ["url", "title", "context", "kind", "summary"] };
const made = plumblineData.search.index;
const sorted = (x) => x !== null && typeof x === "object" && !Array.isArray(x)
  ? Object.fromEntries(Object.keys(x).sort().map((k) => [k, sorted(x[k])]))
  : Array.isArray(x) ? x.map(sorted) : x;
const text = (x) => JSON.stringify(sorted({ ...x, index: [...x.index].sort((a, b) => (a[0] < b[0] ? -1 : 1)) }));
const loaded = MiniSearch.loadJS(made, options);
const found = (q) => loaded.search(q, { prefix: true, combineWith: "AND", boost: { title: 4, context: 2 } }).map((h) => h.url).join(" ");
const own = new MiniSearch(options);
own.addAll(` + searchTexts + `.map((d, id) => ({ ...made.storedFields[id], text: d, id })));
JSON.stringify({ same: text(own.toJSON()) === text(made), own: text(own.toJSON()), made: text(made), hub: found("spoke hub-sku"), number: found("numb"), rule: found("C20") });
`
	got, err := vm.Eval(script)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"same":true`, `"number":"networks/hubs/#numbers"`, `"rule":"rules/hub-sku/"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

// searchTexts are the texts of the golden's search documents, in their order:
// what a person reads below each heading.
const searchTexts = `[
  "Read about hubs first.",
  "A hub must be Standard. It has a name.",
  "It has a size, one of these.\nNot too small.",
  "a\nb\none\ntwo",
  "Small, large. Back to the start.",
  "A hub must be Standard. It has a name. Upgrade the hub: see sizes. sku is changed in place.",
  "A hub must be Standard. It has a name. ",
  "It has a size, one of these. ",
  "two Nothing.",
]`

// miniSearch is the library that the pages use, as a classic script.
func miniSearch(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../theme/dist/npm/minisearch.js")
	if err != nil {
		t.Fatal("theme/dist has no bundles: run make build first")
	}
	lines := []string{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "import ") {
			continue
		}
		lines = append(lines, line)
	}
	script, _, _ := strings.Cut(strings.Join(lines, ""), "\nexport {")
	return script
}
