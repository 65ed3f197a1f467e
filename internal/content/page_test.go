package content

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

func load(t testing.TB, files map[string]string) *Site {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	site, _ := Load(fsys, Options{})
	return site
}

func TestFindClaim(t *testing.T) {
	p := load(t, map[string]string{"a.md": `# Bastion

Azure Bastion must use the ` + "`Standard`" + ` SKU, see [the **docs**][docs] &amp; more\*.
It is a
wrapped line.

- Outer item
  - Inner item
- Outer item again

A line<br>broken. Tags <kbd>Ctrl</kbd>.

[docs]: /azure/docs
`}).Pages[0]
	for _, c := range []struct {
		claim string
		want  int
	}{
		{"must use the Standard SKU", 1},
		{"must use the `Standard` SKU", 1},
		{"must use the **Standard** SKU", 1},
		{"  must use\n  the Standard SKU ", 1},
		{"Must use the Standard SKU", 0}, // case counts
		{"see the docs & more*", 1},
		{"see [the docs](https://example.com) &amp; more\\*", 1},
		{"[the **docs**][docs]", 1},
		{"It is a wrapped line.", 1},
		{"more*. It is", 1},
		{"Outer item", 2},
		{"Outer item again", 1},
		{"Outer item Inner item", 0}, // an item's own text only
		{"line broken", 1},
		{"Tags Ctrl.", 1},
		{"Bastion", 2}, // the heading and the paragraph
		{"nowhere", 0},
		{"", 0},
		{"<br>", 0},
		{"- Inner item", 0}, // read as inline text, so the hyphen counts
	} {
		if got := len(p.FindClaim(c.claim)); got != c.want {
			t.Errorf("%q is in %d blocks, want %d", c.claim, got, c.want)
		}
	}
}

func TestVisibleText(t *testing.T) {
	for markdown, want := range map[string]string{
		"a *b* **c** `d` ~~e~~ [f](g) ![h](i)": "a b c d e f",
		"&lt;b&gt; \\*x\\* `&amp;`":            "<b> *x* &amp;",
		"# not a heading":                      "# not a heading",
		"1. not a list":                        "1. not a list",
		"one\n\ntwo":                           "one two",
		"<https://example.com/a?b=1&c=2>":      "https://example.com/a?b=1&c=2",
		"a\u00a0 b\tc":                         "a b c",
		":::no-loc text=\"Bastion\"::: x":      "Bastion x",
		"\xff":                                 "\ufffd",
	} {
		if got := VisibleText(markdown); got != want {
			t.Errorf("%q: got %q, want %q", markdown, got, want)
		}
	}
}

func TestRelativeURL(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"", "", "./"},
		{"", "a/", "a/"},
		{"a/", "", "../"},
		{"a/", "a/", "./"},
		{"a/b/", "a/c/", "../c/"},
		{"a/b/", "a/b/c/", "c/"},
		{"a/b/", "a/media/x y.png", "../media/x%20y.png"},
		{"a/b/", "x.png", "../../x.png"},
		{"", "b:c/", "./b:c/"},
		{"a/", "a/100%/", "100%25/"},
		{"ab/", "a/", "../a/"},
	} {
		if got := RelativeURL(c.from, c.to); got != c.want {
			t.Errorf("from %q to %q: got %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for source, want := range map[string]string{
		"---\ntitle: A\nrules:\n- id: x\n  title: y\ntags: [a]\n---\n# A\n": "---\ntitle: A\ntags: [a]\n---\n# A\n",
		"---\nrules:\n- id: x\n---\n# A\n":                                  "---\n---\n# A\n",
		"---\n{title: A, rules: []}\n---\n# A\n":                            "# A\n",
		"---\ntitle: A\n---\n# A\n":                                         "---\ntitle: A\n---\n# A\n",
		"# A\n":                                                             "# A\n",
		"---\ntitle: [\n---\n# A\n":                                         "---\ntitle: [\n---\n# A\n",
	} {
		if got := load(t, map[string]string{"a.md": source}).Pages[0].Markdown(); got != want {
			t.Errorf("%q: got %q, want %q", source, got, want)
		}
	}
}

// TestFragments: a rule's fix is shown on its own page and on the rule's page,
// and its links lead to the same place from both.
func TestFragments(t *testing.T) {
	site := load(t, map[string]string{"guide/a.md": "# A\n\n[r]: b.md\n", "guide/b.md": "# B\n\n## Part\n", "guide/media/x.png": "x"})
	p := site.Pages[0]
	const fix = "Upgrade `sku`, see [b](b.md#part), [r] and [docs](/azure/x).\n\n- step <script>alert(1)</script>\n\n![x](media/x.png)\n"
	for at, want := range map[string][]string{
		p.URL:            {`href="../b/#part"`, `href="../b/"`, `src="../media/x.png"`, "<li>step </li>", `href="https://learn.microsoft.com/azure/x"`},
		"rules/my-rule/": {`href="../../guide/b/#part"`, `src="../../guide/media/x.png"`},
	} {
		got := p.BlockHTML(fix, at)
		checkHTML(t, at, got)
		for _, w := range want {
			if !bytes.Contains(got, []byte(w)) {
				t.Errorf("at %q: no %s in %s", at, w, got)
			}
		}
	}
	if got := string(p.InlineHTML("# Upgrade **to** `Standard` [b](b.md)\n\n1. now", "")); got != `# Upgrade <strong>to</strong> <code>Standard</code> <a href="guide/b/">b</a>`+"\n1. now" {
		t.Errorf("got %q", got)
	}
	if got := string(BlockHTML("a [b](c.md) <style>x</style>")); got != `<p>a <a class="missing">b</a> </p>` {
		t.Errorf("got %q", got)
	}
	if got := string(InlineHTML("a < b & *c*")); got != "a &lt; b &amp; <em>c</em>" {
		t.Errorf("got %q", got)
	}
}

func TestSections(t *testing.T) {
	p := load(t, map[string]string{"a.md": "# A\n\n## B\n\n- x\n\n### C\n\n- y\n\n## D\n\n- z\n"}).Pages[0]
	got := map[string]string{}
	for _, b := range p.Blocks {
		if b.Item {
			got[b.Text] = strings.Join(b.Section, "/")
		}
	}
	if got["x"] != "a/b" || got["y"] != "a/b/c" || got["z"] != "a/d" {
		t.Errorf("got %v", got)
	}
}

// TestOtherFiles: line ends, a byte order mark and bytes that are no text change
// no place in a diagnostic.
func TestOtherFiles(t *testing.T) {
	site, problems := Load(fstest.MapFS{"a.md": {Data: []byte("\ufeff---\r\ntitle: A\r\n---\r\n# A\r\n\r\n> [!NOTE]\r\n> x\r\n\r\n```json\r\n1\r\n```\r\n:::zoone\r\n")}}, Options{})
	p := site.Pages[0]
	if p.Title != "A" || !bytes.Contains(p.HTML(nil, nil), []byte(`alert-note`)) || bytes.Contains(p.HTML(nil, nil), []byte("\r")) {
		t.Errorf("got %q, %s", p.Title, p.HTML(nil, nil))
	}
	if len(problems) != 1 {
		t.Fatalf("got %v", problems)
	}
	if _, line, column := problems[0].Place(); line != 12 || column != 1 {
		t.Errorf("got %d:%d", line, column)
	}
}
