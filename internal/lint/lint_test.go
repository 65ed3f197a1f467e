package lint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
)

// A raised code: the smallest site that raises it, and where and how.
type raised struct {
	code  string
	files map[string]string
	want  string // "file:line:column severity message"
}

const page = "# Page\n\n"

var table = []raised{
	{"claim/coverage", map[string]string{"a.md": "---\nclaims: [C]\n---\n# A\n\n## C\n\n- One.\n"}, `plumbline.yaml error 0 of 1 claims are covered, which is less than the coverage of 0.5`},
	{"claim/not-a-list", map[string]string{"a.md": "---\nclaims: C\n---\n# A\n"}, `content/a.md:2:9 error "claims" must be a list, not the text "C"`},
	{"claim/not-a-list", map[string]string{"a.md": "---\nclaims: [7]\n---\n# A\n"}, `content/a.md:2:10 error an entry of "claims" must be a heading, not the number 7`},
	{"claim/unknown-section", map[string]string{"a.md": "---\nclaims: [Desing]\n---\n# A\n\n## Design\n"}, `content/a.md:2:10 error this page has no section "Desing"`},
	{"claim/unquoted", map[string]string{"a.md": "---\nclaims: [C]\n---\n# A\n\n- No.\n\n## C\n\n1. One `x`.\n\n### D\n\n- Two.\n\n## E\n\n- No.\n"}, `content/a.md:14:3 warning no rule quotes the claim "Two."`},
	{"content/alert", map[string]string{"a.md": page + "> [!NOTES]\n> x\n"}, `content/a.md:3:3 warning unknown marker "[!NOTES]" at the start of a quote`},
	{"content/directive", map[string]string{"a.md": page + ":::zoone\n"}, `content/a.md:3:1 warning unknown directive ":::zoone"`},
	{"content/div", map[string]string{"a.md": page + "> [!div class=\"chklist\"]\n> x\n"}, `content/a.md:3:3 warning unknown class "chklist" of a div`},
	{"content/duplicate-anchor", map[string]string{"a.md": page + "<a id=\"x\"></a> <a id=\"x\"></a>\n"}, `content/a.md:3:16 warning anchor "x" is on this page already`},
	{"content/duplicate-title", map[string]string{"a.md": page, "b.md": page}, `content/b.md:1:1 warning title "Page" is also the title of "a.md"`},
	{"content/duplicate-url", map[string]string{"a.md": "# A\n", "a/index.md": "# B\n"}, `content/a/index.md:1:1 error page "a/index.md" has the same address as "a.md": "/a/"`},
	{"content/encoding", map[string]string{"a.md": page + "caf\xe9\n"}, `content/a.md:3:4 error "a.md" is not valid UTF-8: byte 0xe9`},
	{"content/external-image", map[string]string{"a.md": page + "![x](https://example.com/x.png)\n"}, `content/a.md:3:6 warning image "https://example.com/x.png" is on another host, the page shows a link to it`},
	{"content/fence-language", map[string]string{"a.md": page + "```bahs\nx\n```\n"}, `content/a.md:3:4 warning unknown language "bahs" of a code block`},
	{"content/file-name", map[string]string{"a b.md": page}, `content/a b.md:1:1 warning the address of page "a b.md" has to be escaped`},
	{"content/figure", map[string]string{"a.md": page + "A ![x](sample:hub) b"}, `content/a.md:3:8 warning the figure of sample "hub" does not stand alone`},
	{"content/no-figures", map[string]string{"a.md": page + "![x](sample:hub)"}, `content/a.md:3:6 error the site does not say how topologies are drawn`},
	{"content/unknown-sample", map[string]string{"a.md": page + "![x](sample:hob)"}, `content/a.md:3:6 error there is no sample "hob"`},
	{"content/front-matter", map[string]string{"a.md": "---\ntitle: x\n"}, `content/a.md:1:1 error front matter is opened by "---" and never closed`},
	{"content/h1", map[string]string{"a.md": "## Two\n"}, `content/a.md:1:1 warning page "a.md" has no heading on level 1`},
	{"content/h1", map[string]string{"a.md": page + "# Again\n"}, `content/a.md:3:3 warning heading "Again" is the page's second on level 1`},
	{"content/heading-level", map[string]string{"a.md": page + "### Three\n"}, `content/a.md:3:5 warning heading "Three" is on level 3, after one on level 1`},
	{"content/image-attribute", map[string]string{"a.md": page + `:::image source="a.png" alt="x":::`, "a.png": "x"}, `content/a.md:3:25 warning unknown attribute "alt" of an image`},
	{"content/include", map[string]string{"a.md": page + "[!INCLUDE [x](includes/x.md)]\n"}, `content/a.md:3:1 warning included file "includes/x.md" does not exist`},
	{"content/include", map[string]string{"a.md": page + "[!INCLUDE [x](includes/x.md)]\n", "includes/x.md": "[!INCLUDE [x](x.md)]\n"}, `content/includes/x.md:1:1 error "includes/x.md" includes itself`},
	{"content/link-spelling", map[string]string{"a.md": page + "[x](B.md)", "b.md": "# B\n"}, `content/a.md:3:5 warning link "B.md" differs from the file's name in case`},
	{"content/link-spelling", map[string]string{"a.md": page + `[x](c\d.md)`, "c/d.md": "# D\n"}, `content/a.md:3:5 warning link "c\\d.md" has backslashes`},
	{"content/missing-alt", map[string]string{"a.md": page + "![](a.png)", "a.png": "x"}, `content/a.md:3:5 warning image "a.png" has no description`},
	{"content/missing-anchor", map[string]string{"a.md": page + "[x](b.md#parts)", "b.md": "# B\n\n## Part\n"}, `content/a.md:3:5 warning no heading or anchor "#parts" on "b.md"`},
	{"content/missing-description", map[string]string{"a.md": "---\nms.topic: overview\n---\n# A\n"}, `content/a.md:2:1 warning page "a.md" has "ms.topic" and no description`},
	{"content/missing-image", map[string]string{"a.md": page + "![x](media/a.png)"}, `content/a.md:3:6 warning image "media/a.png" does not exist`},
	{"content/missing-image", map[string]string{"a.md": page + `:::image source="a.png" alt-text="x" lightbox="b.png":::`, "a.png": "x"}, `content/a.md:3:48 warning lightbox image "b.png" does not exist`},
	{"content/missing-link", map[string]string{"a.md": page + "[x](./gone.md#y)"}, `content/a.md:3:5 warning link to "./gone.md#y", which does not exist`},
	{"content/missing-link", map[string]string{"a.md": "---\nrules:\n- id: x\n  fix: See [b](b.md) <b>now\n---\n# A\n"}, `content/a.md:4:16 warning link to "b.md", which does not exist`},
	{"content/missing-link", map[string]string{"d/a.md": page + "[x](../../up.md)"}, `content/d/a.md:3:5 warning link to "../../up.md", which is outside the content folder`},
	{"content/missing-title", map[string]string{"a.md": "Text.\n"}, `content/a.md:1:1 warning page "a.md" has no title`},
	{"content/not-in-toc", map[string]string{"toc.yml": "- name: A\n  href: a.md\n", "a.md": "# A\n", "b.md": "# B\n"}, `content/b.md:1:1 warning page "b.md" is not in the navigation`},
	{"content/raw-html", map[string]string{"a.md": page + "<script>x</script>\n"}, `content/a.md:3:1 warning raw HTML "<script>" is not shown`},
	{"content/reserved-path", map[string]string{"check/a.md": page}, `content/check/a.md:1:1 error page "check/a.md" lands in "check/", which the site makes itself`},
	{"content/reserved-path", map[string]string{"a.md": page, "rules.json": "[]"}, `content/rules.json error file "rules.json" lands where the site puts its own`},
	{"content/rule-anchor", map[string]string{"a.md": "---\nrules:\n- id: page\n---\n# Page\n"}, `content/a.md:3:7 error rule id "page" is also the anchor of a heading on this page`},
	{"content/svg-script", map[string]string{"a.md": page, "a.svg": `<svg onload="alert(1)"/>`}, `content/a.svg warning the picture "a.svg" holds a script`},
	{"content/toc", map[string]string{"toc.yml": "- name: A\n  herf: a.md\n", "a.md": page}, `content/toc.yml:2:3 warning unknown key "herf" of a navigation item`},
	{"content/toc-missing", map[string]string{"TOC.yml": "- name: Gone\n  href: gone.md\n", "a.md": page}, `content/TOC.yml:2:9 warning navigation entry "Gone" leads to "gone.md", which does not exist`},
	{"content/unclosed", map[string]string{"a.md": page + ":::zone pivot=\"a\"\nx\n"}, `content/a.md:3:1 warning ":::zone" is never closed`},
	{"content/unsafe-link", map[string]string{"a.md": page + "[x](javascript:alert`1`)"}, `content/a.md:3:5 warning a link with "javascript:" is not published`},
	{"content/unsupported", map[string]string{"a.md": page + "## [T](#tab/t)\n"}, `content/a.md:3:4 warning tab "T" is not supported: tabs are shown one after the other`},
	{"content/video", map[string]string{"a.md": page + "> [!VIDEO x]\n"}, `content/a.md:3:3 warning "x" is neither an address nor the id of a video`},
}

func TestEveryCodeIsRaised(t *testing.T) {
	seen := map[string]bool{"content/unreadable": true} // TestUnreadable
	env, _ := lang.NewEnv(&model.Model{})
	set := &rule.Set{Env: env, Samples: map[string]*rule.Sample{"hub": {Name: "hub"}}}
	for _, r := range table {
		seen[r.code] = true
		fsys := fstest.MapFS{}
		for name, text := range r.files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		site, problems := content.Load(fsys, content.Options{Prefix: "content/"})
		problems = append(problems, Run(site)...)
		_, claims := Claims(site, set, 0.5)
		problems = append(problems, claims...)
		problems = append(problems, Figures(site, set)...)
		found := false
		var got []string
		for _, d := range problems {
			got = append(got, show(d))
			found = found || d.Code == r.code && show(d) == r.want
			checkStyle(t, d)
		}
		if !found {
			t.Errorf("%s is not raised as\n\t%s\ngot:\n\t%s", r.code, r.want, strings.Join(got, "\n\t"))
		}
	}
	for _, c := range Codes() {
		if !seen[c.Code] {
			t.Errorf("no test raises %s", c.Code)
		}
	}
}

func show(d diag.Diagnostic) string {
	file, line, column := d.Place()
	if line > 0 {
		file = fmt.Sprintf("%s:%d:%d", file, line, column)
	}
	return fmt.Sprintf("%s %s %s", file, d.Severity, d.Message)
}

// checkStyle holds messages to the house's form.
func checkStyle(t *testing.T, d diag.Diagnostic) {
	t.Helper()
	if strings.HasSuffix(d.Message, ".") || d.Hint == "" && d.Code != "content/directive" || d.Message == "" {
		t.Errorf("%s: message %q, hint %q", d.Code, d.Message, d.Hint)
	}
	if first := d.Message[:1]; first != strings.ToLower(first) && !strings.HasPrefix(d.Message, "YAML") {
		t.Errorf("%s: message %q starts in upper case", d.Code, d.Message)
	}
}

func TestCodesAreDocumented(t *testing.T) {
	codes := Codes()
	if !slices.IsSortedFunc(codes, func(a, b diag.CodeDoc) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("not sorted")
	}
	for i, c := range codes {
		if i > 0 && codes[i-1].Code == c.Code {
			t.Errorf("%s is there twice", c.Code)
		}
		if len(strings.TrimSpace(c.Doc)) < 80 || c.Summary == "" || strings.HasSuffix(c.Summary, ".") || c.Severity == "" {
			t.Errorf("%s is not documented", c.Code)
		}
	}
}

type brokenFS struct{ fs.FS }

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == "a.md" {
		return nil, errors.New("no")
	}
	return b.FS.Open(name)
}

func TestUnreadable(t *testing.T) {
	site, problems := content.Load(brokenFS{fstest.MapFS{"a.md": {Data: []byte("# A")}, "b.md": {Data: []byte("# B")}}}, content.Options{})
	if len(problems) != 1 || problems[0].Code != "content/unreadable" || len(site.Pages) != 2 {
		t.Errorf("got %v", problems)
	}
}

// TestCleanSite: what is written well raises nothing.
func TestCleanSite(t *testing.T) {
	site, problems := content.Load(fstest.MapFS{
		"index.md":     {Data: []byte("---\ntitle: Home\nrules:\n- id: my-rule\n---\n# Home\n\n[a](guide/a.md#part) [rule](#my-rule) ![x](media/x.png)\n")},
		"guide/a.md":   {Data: []byte("# A\n\n## Part\n\n> [!NOTE]\n> x\n")},
		"media/x.png":  {Data: []byte("x")},
		"TOC.yml":      {Data: []byte("- name: Home\n  href: index.md\n- name: A\n  href: guide/a.md\n")},
		"guide/x.go":   {Data: []byte("package x")},
		".hidden/x.md": {Data: []byte("[x](gone.md)")},
	}, content.Options{})
	if problems = append(problems, Run(site)...); len(problems) > 0 {
		t.Errorf("got %v", problems.Records())
	}
}

// TestSeed: the article that the project grew from builds as it is, and lint
// says which images and which page it lacks.
func TestSeed(t *testing.T) {
	const name = "plan-for-virtual-machine-remote-access.md"
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "seed", name))
	if err != nil {
		t.Skip("the seed article is not here")
	}
	site, problems := content.Load(fstest.MapFS{name: {Data: text}}, content.Options{Prefix: "content/"})
	problems = append(problems, Run(site)...).Sorted()
	var got []string
	for _, d := range problems {
		got = append(got, show(d))
	}
	var want []string
	add := func(line, column int, message string) {
		want = append(want, fmt.Sprintf("content/%s:%d:%d warning %s", name, line, column, message))
	}
	add(35, 61, `link to "./virtual-wan-network-topology.md", which does not exist`)
	for i, image := range []string{"azure-virtual-wan-topology-bastion.png", "azure-hub-spoke-bastion.png", "azure-standalone-bastion.png"} {
		line := 59 + 4*i
		add(line, 33, fmt.Sprintf(`image "./media/%s" does not exist`, image))
		add(line, []int{149, 140, 154}[i], fmt.Sprintf(`lightbox image "./media/%s" does not exist`, image))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := len(site.Pages[0].FindClaim("must use the `Standard` SKU")); n != 1 {
		t.Errorf("the claim is in %d blocks", n)
	}
}

// TestCoverage counts quoted and unquoted claims, each sentence once.
func TestCoverage(t *testing.T) {
	site, problems := content.Load(fstest.MapFS{"a.md": {Data: []byte("---\nclaims: [C, D]\n---\n# A\n\nQuoted twice.\n\n## C\n\n- One.\n- Two.\n\n### D\n\n- Three.\n")}}, content.Options{})
	if problems.HasErrors() {
		t.Fatal(problems.Records())
	}
	block := func(text string) *content.Block {
		for _, b := range site.Pages[0].Blocks {
			if b.Text == text {
				return b
			}
		}
		t.Fatalf("no block %q", text)
		return nil
	}
	set := &rule.Set{
		Rules:  []*rule.Rule{{Block: block("Quoted twice.")}, {Block: block("Quoted twice.")}, {Block: block("One.")}},
		Manual: []*rule.Manual{{Block: block("Three.")}},
	}
	got, problems := Claims(site, set, 0.75)
	if got.Claims != 4 || got.Covered != 3 || len(got.Open) != 1 || got.Open[0].Block != block("Two.") || len(problems) != 1 || problems[0].Code != "claim/unquoted" {
		t.Errorf("got %+v; problems %v", got, problems.Records())
	}
}
