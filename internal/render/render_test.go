package render_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"
	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/prose"
	"github.com/plumbline/plumbline/internal/render"
)

var update = flag.Bool("update", false, "rewrite the goldens")

const golden = "testdata/site.txtar"

// archive is the golden: the pages of a small site under content/, and what
// becomes of them.
func archive(t *testing.T) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// input is the site of the golden with rules made by hand: all kinds, all
// severities, quoting a paragraph, a list item and a table cell.
func input(t *testing.T) render.Input {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range archive(t).Files {
		if name, ok := strings.CutPrefix(f.Name, "content/"); ok {
			files[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	site, problems := content.Load(files, content.Options{Prefix: "content/"})
	if len(problems) > 0 {
		t.Fatal(text(problems))
	}
	rules := []render.Rule{
		{
			ID: "hub-sku", Title: "The hub is Standard", Severity: "error", Claim: "must be *Standard*",
			For: "hub in hubs", Where: "hub.spokes > 0", Assert: `hub.sku in ["Standard"]`, Message: "${hub.name} is ${hub.sku}",
			Reading: []prose.Passage{
				{Text: []prose.Piece{{Text: "For every hub for which all of these hold:"}}, Items: []prose.Passage{
					{Text: []prose.Piece{{Text: "it has <spokes>, "}, {Text: "hub.spokes > 0", Code: true}, {Text: ";"}}},
					{Text: []prose.Piece{{Text: "one of these:"}}, Items: []prose.Passage{{Text: []prose.Piece{{Text: "it is large."}}}}},
				}},
				{Text: []prose.Piece{{Text: "Then its SKU is Standard."}}},
			},
			Fix: "Upgrade the hub: see [sizes](sizes.md). `sku` is changed in place.", Notes: "None <script>alert(1)</script>.",
			References: []string{"https://example.com/hubs?a=1&b=2"}, Tags: []string{"C20"}, Since: "1.0",
			Examples: []render.Example{
				{Name: "standard", Sample: "hub", Expect: "pass", Topology: "hubs: []\n", Part: smallHub("")},
				{Name: `basic & "old"`, Subject: "h1", Sample: "hub", Expect: "fail", Changes: []render.Change{{"set", "hubs[0].sku", `"Basic"`}, {"unset", "hubs[0].zone", ""}}, Topology: "hubs: [{sku: Basic}]\n", Part: smallHub(" fail")},
				{Name: "the same", Sample: "hub", Expect: "pass", Topology: "hubs: []\n", Part: smallHub("")},
			},
		},
		{ID: "hub-named", Title: "The hub has a name", Severity: "warning", Claim: "It has a name", Assert: "true", Deprecated: &render.Deprecated{Since: "1.1", ReplacedBy: "hub-sku", Reason: "Names are required now."}},
		{ID: "hub-size", Title: "The size of <the> hub", Claim: "size", Fact: "hub.size", Examples: []render.Example{{Name: "large", Value: "large", Expect: "", Topology: "{}"}}},
		{ID: "cell", Title: "A rule in a table", Severity: "info", Claim: "two", Assert: "true", Fix: "Nothing."},
	}
	quote(t, site, rules)
	return render.Input{
		Title: "A small site", BaseURL: "https://example.com/docs/",
		Theme: os.DirFS("../../theme"), Content: site, Rules: rules, Assets: assets(),
		Samples:   []render.Sample{{Name: "hub", Title: "Hub and spoke", Text: "hubs: []\n"}},
		Kinds:     []render.Kind{{Name: "hubs", Title: "Hub"}},
		RulesJSON: []byte("[]\n"),
	}
}

// quote binds each rule to the block that its claim stands in.
func quote(t *testing.T, site *content.Site, rules []render.Rule) {
	t.Helper()
	for i := range rules {
		for _, p := range site.Pages {
			if found := p.FindClaim(rules[i].Claim); len(found) == 1 {
				rules[i].Page, rules[i].Block = p, found[0]
			}
		}
		if rules[i].Block == nil {
			t.Fatalf("no block holds %q alone", rules[i].Claim)
		}
	}
}

func assets() bundle.Assets {
	a := bundle.Assets{Files: map[string][]byte{"checks.mjs": []byte("export{}")}, Paths: map[string]string{}, Version: "VERSION1"}
	for _, name := range []string{"check.js", "explainer.js", "head.js", "icon.svg", "licences.txt", "site.css", "site.js", "worker.js"} {
		a.Paths[name] = "assets/" + name
		a.Files["assets/"+name] = []byte(name)
	}
	return a
}

func pages(t *testing.T, in render.Input) map[string][]byte {
	t.Helper()
	files, problems := render.Pages(in)
	if len(problems) > 0 {
		t.Fatal(text(problems))
	}
	return files
}

func text(l diag.List) string {
	var b bytes.Buffer
	diag.WriteText(&b, l, false)
	return b.String()
}

// smallHub is a small figure as the engine draws it.
func smallHub(mark string) render.Drawing {
	const network = `<g class="t-box t-0"><rect x="0" y="0" width="200" height="80" rx="8"/><path class="t-icon" transform="translate(20 84)" d="M2 3h12v10H2z"/><text class="t-label" x="42" y="96">net</text></g>`
	hub := `<g class="t-node` + mark + `"><rect x="32" y="10" width="160" height="44" rx="6"/><path class="t-icon" transform="translate(42 18)" d="M2 3h12v10H2z"/></g>`
	return render.Drawing{Width: 216, Wide: `<svg xmlns="http://www.w3.org/2000/svg" class="topology" width="216" height="96" viewBox="0 0 216 96" role="img" aria-labelledby="plPart-t" aria-describedby="plPart-d">` +
		`<title id="plPart-t">What the example is about</title><desc id="plPart-d">net holds hub.</desc><g id="plPart" class="topology"><g transform="translate(8 8)">` + network + hub + `</g></g></svg>`}
}

// TestGolden compares the files that the golden names: of a page its head and
// its main part, of anything else the whole.
func TestGolden(t *testing.T) {
	a := archive(t)
	files := pages(t, input(t))
	for i, f := range a.Files {
		name, ok := strings.CutPrefix(f.Name, "public/")
		if !ok {
			continue
		}
		got := show(name, files[unhashed(name, files)])
		if *update {
			a.Files[i].Data = []byte(got)
		} else if got != string(f.Data) {
			t.Errorf("%s differs; run go test ./internal/render -update and look at the difference; got:\n%s", name, got)
		}
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// unhashed finds assets/rules.js as assets/rules-<hash>.js.
func unhashed(name string, files map[string][]byte) string {
	ext := path.Ext(name)
	pattern := regexp.MustCompile("^" + regexp.QuoteMeta(strings.TrimSuffix(name, ext)) + "-[A-Z2-7]{8}" + regexp.QuoteMeta(ext) + "$")
	for p := range files {
		if pattern.MatchString(p) {
			return p
		}
	}
	return name
}

var hashes = regexp.MustCompile(`-[A-Z2-7]{8}\.js`)

func show(name string, data []byte) string {
	out := string(data)
	if strings.HasSuffix(name, ".html") {
		head := between(out, "<head>", "</head>")
		out = head + "\n" + between(out, "<main", "</main>") + "\n" + between(out, `<aside class="aside">`, "</aside>")
	}
	out = hashes.ReplaceAllString(out, "-HASH.js")
	return strings.TrimRight(out, "\n") + "\n"
}

func between(s, from, to string) string {
	i := strings.Index(s, from)
	if i < 0 {
		return ""
	}
	j := strings.Index(s[i:], to)
	return s[i : i+j+len(to)]
}

func TestSameBytes(t *testing.T) {
	a, b := pages(t, input(t)), pages(t, input(t))
	if len(a) != len(b) {
		t.Errorf("one run made %d files, the next %d", len(a), len(b))
	}
	for p, data := range a {
		if !bytes.Equal(data, b[p]) {
			t.Errorf("%s differs between two runs", p)
		}
	}
}

// TestInputUntouched: the assets may be used for a second site.
func TestInputUntouched(t *testing.T) {
	in := input(t)
	before := len(in.Assets.Files)
	pages(t, in)
	if len(in.Assets.Files) != before {
		t.Errorf("the caller's assets grew from %d files to %d", before, len(in.Assets.Files))
	}
}

// TestPolicy holds every page to what its policy allows, and to the policy.
func TestPolicy(t *testing.T) {
	for name, data := range pages(t, input(t)) {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		policy := false
		eachTag(t, name, data, func(tag html.Token) {
			switch {
			case tag.Data == "style", tag.Data == "base", tag.Data == "script" && attribute(tag, "src") == "":
				t.Errorf("%s: inline %s", name, tag.Data)
			case tag.Data == "meta" && attribute(tag, "http-equiv") == "Content-Security-Policy":
				policy = attribute(tag, "content") == render.Policy
			}
			for _, a := range tag.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
					t.Errorf("%s: %s=%q in %s", name, a.Key, a.Val, tag.Data)
				}
			}
		})
		if !policy {
			t.Errorf("%s does not carry the policy of the contract", name)
		}
	}
}

// TestLinks follows every link and source of every page: it is relative, and
// what it leads to is there, the fragment too.
func TestLinks(t *testing.T) {
	files := pages(t, input(t))
	ids := map[string]map[string]bool{}
	for name, data := range files {
		if strings.HasSuffix(name, ".html") {
			ids[name] = idsOf(t, name, data)
		}
	}
	for name, data := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		eachTag(t, name, data, func(tag html.Token) {
			if tag.Data == "link" && attribute(tag, "rel") == "canonical" {
				return // an address, by its nature
			}
			for _, key := range []string{"href", "src"} {
				if target, ok := has(tag, key); ok {
					if problem := follow(name, target, files, ids); problem != "" {
						t.Errorf("%s: %s in %s: %s", name, target, tag.Data, problem)
					}
				}
			}
		})
	}
}

func follow(from, target string, files map[string][]byte, ids map[string]map[string]bool) string {
	u, err := url.Parse(target)
	if err != nil {
		return err.Error()
	}
	if u.Scheme == "https" {
		return ""
	}
	if u.IsAbs() || u.Host != "" {
		return "no relative link"
	}
	to := from
	switch {
	case from == "404.html" && strings.HasPrefix(u.Path, "/docs/"):
		to = strings.TrimPrefix(u.Path, "/docs/")
	case strings.HasPrefix(u.Path, "/"):
		return "starts at the root of the host"
	case u.Path != "":
		to = path.Join(path.Dir(from), u.Path)
	}
	if to == "" || to == "." || strings.HasSuffix(u.Path, "/") || strings.HasSuffix(u.Path, ".") {
		to = path.Join(to, "index.html")
	}
	if files[to] == nil {
		return "leads nowhere: " + to
	}
	if u.Fragment != "" && to != "check/index.html" && !ids[to][u.Fragment] {
		return fmt.Sprintf("%s has no %q", to, u.Fragment)
	}
	return ""
}

// TestIDsOfLayouts: what the layouts name never has the name of a heading or a
// rule. Their ids hold an upper-case letter, which no heading and no rule has.
func TestIDsOfLayouts(t *testing.T) {
	in := input(t)
	site, problems := content.Load(fstest.MapFS{
		"index.md": {Data: []byte("# Main\n\n## Navigation\n\n## Search results\n\n## Toc title\n\n## Gallery title\n\n## Search result 0\n\n" +
			"## Expression\n\n## Fix\n\n## Notes[^1]\n\n## Examples\n\n## References\n\n## plMain\n\n## PL navigation\n\n" +
			"The hub must be *Standard*.\n\n<a id=\"navigation\"></a>\n\n[^1]: A note.\n")},
	}, content.Options{})
	if len(problems) > 0 {
		t.Fatal(text(problems))
	}
	block := site.Pages[0].FindClaim("must be Standard")[0]
	in.Content, in.Rules = site, []render.Rule{{ID: "main-1", Title: "Main", Severity: "error", Claim: "must be Standard", Page: site.Pages[0], Block: block, For: "hub in hubs", Assert: "true", Notes: "N", Fix: "F", References: []string{"https://example.com"}}}
	headings := map[string]bool{"ref:fn:1": true, "fn:1": true, "main-1": true}
	for _, h := range site.Pages[0].Headings {
		headings[h.ID] = true
	}
	for name, data := range pages(t, in) {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		layout := 0
		for id := range idsOf(t, name, data) {
			switch {
			case strings.ToLower(id) != id:
				layout++
			case name != "index.html" || !headings[id]:
				t.Errorf("%s: the layout's id %q could be a heading's", name, id)
			}
		}
		if layout == 0 {
			t.Errorf("%s has no id of a layout", name)
		}
		checkReferences(t, name, data)
	}
}

// checkReferences: what names an element by its id names one of the page.
func checkReferences(t *testing.T, name string, data []byte) {
	t.Helper()
	ids := idsOf(t, name, data)
	eachTag(t, name, data, func(tag html.Token) {
		for _, key := range []string{"aria-controls", "aria-labelledby", "aria-describedby", "popovertarget", "for", "list"} {
			if id, ok := has(tag, key); ok && !ids[id] {
				t.Errorf("%s: %s=%q of %s names nothing", name, key, id, tag.Data)
			}
		}
	})
}

func idsOf(t *testing.T, name string, data []byte) map[string]bool {
	ids := map[string]bool{}
	eachTag(t, name, data, func(tag html.Token) {
		if id, ok := has(tag, "id"); ok {
			if ids[id] {
				t.Errorf("%s: two elements have the id %q", name, id)
			}
			ids[id] = true
		}
	})
	return ids
}

func eachTag(t *testing.T, name string, data []byte, visit func(html.Token)) {
	t.Helper()
	z := html.NewTokenizer(bytes.NewReader(data))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			visit(z.Token())
		}
	}
}

func has(tag html.Token, key string) (string, bool) {
	for _, a := range tag.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func attribute(tag html.Token, key string) string {
	v, _ := has(tag, key)
	return v
}

// TestWellFormed: every tag is closed in its place, so that no parser has to
// guess.
func TestWellFormed(t *testing.T) {
	void := []string{"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
	for name, data := range pages(t, input(t)) {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		var open []string
		z := html.NewTokenizer(bytes.NewReader(data))
		for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
			tag := z.Token()
			switch {
			case tt == html.StartTagToken && !slices.Contains(void, tag.Data):
				if tag.Data == "path" || tag.Data == "circle" {
					t.Errorf("%s: <%s> is not closed", name, tag.Data)
				}
				open = append(open, tag.Data)
			case tt == html.EndTagToken:
				if len(open) == 0 || open[len(open)-1] != tag.Data {
					t.Fatalf("%s: </%s> closes %v", name, tag.Data, open)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Errorf("%s: %v never closed", name, open)
		}
		checkNesting(t, name, data)
	}
}

// checkNesting compares the tags as written with the tree that a browser makes:
// it drops, adds or moves tags that stand where HTML does not allow them.
func checkNesting(t *testing.T, name string, data []byte) {
	t.Helper()
	written, made := map[string]int{}, map[string]int{}
	eachTag(t, name, data, func(tag html.Token) { written[tag.Data]++ })
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			made[n.Data]++
		}
	}
	for tag, n := range written {
		if made[tag] != n {
			t.Errorf("%s: %d <%s> are written, a browser makes %d of them", name, n, tag, made[tag])
		}
	}
	for tag, n := range made {
		if written[tag] == 0 {
			t.Errorf("%s: a browser adds %d <%s>", name, n, tag)
		}
	}
}

// TestWithoutPages: a site of no page and no rule is still a site.
func TestWithoutPages(t *testing.T) {
	in := input(t)
	in.Content, in.Rules, in.Samples, in.BaseURL = &content.Site{}, nil, nil, ""
	files, problems := render.Pages(in)
	if got, want := text(problems), "warning: \"baseUrl\" is not set, so no \"sitemap.xml\" is written [site/no-base-url]\n"+
		"\thint: set baseUrl in plumbline.yaml, or --base-url, to the address the site is published under\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, name := range []string{"index.html", "404.html", "check/index.html", "rules/index.html", "robots.txt", "llms.txt"} {
		if files[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	if files["sitemap.xml"] != nil {
		t.Error("a sitemap without addresses was written")
	}
}

type overlay struct {
	over  fstest.MapFS
	under fs.FS
}

func (o overlay) Open(name string) (fs.File, error) {
	if f, ok := o.over[name]; ok && !f.Mode.IsDir() {
		return o.over.Open(name)
	}
	return o.under.Open(name)
}

func TestBrokenTheme(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"no template", "layouts/404.html", "{{define \"main\"}}\n<p>{{if}}</p>{{end}}",
			"theme/layouts/404.html:2:1: error: missing value for if [theme/layout]\n"},
		{"an unknown field", "layouts/404.html", "{{define \"main\"}}\n<p>\n{{.Titel}}</p>{{end}}",
			"theme/layouts/404.html:3:3: error: <.Titel>: can't evaluate field Titel in type render.view [theme/layout]\n"},
		{"an unknown component", "components/pager/pager.html", "\n{{template \"pagre\" .}}",
			"theme/components/pager/pager.html:2:12: error: no such template \"pagre\" [theme/layout]\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := input(t)
			in.Theme = overlay{fstest.MapFS{test.file: {Data: []byte(test.text)}}, in.Theme}
			_, problems := render.Pages(in)
			if got := text(problems); got != test.want {
				t.Errorf("got  %swant %s", got, test.want)
			}
		})
	}
}
