package content

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/net/html"

	"github.com/plumbline/plumbline/internal/diag"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// TestGolden loads the site in each archive and compares what it shows. A file
// "marks" lists "rule-id: claim" lines for the first page.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fsys, marks := fstest.MapFS{}, ""
			var inputs []txtar.File
			for _, f := range a.Files {
				if strings.HasPrefix(f.Name, "want/") {
					continue
				}
				inputs = append(inputs, f)
				if f.Name == "marks" {
					marks = string(f.Data)
				} else {
					fsys[f.Name] = &fstest.MapFile{Data: f.Data}
				}
			}
			got := append(inputs, show(t, fsys, marks)...)
			if *update {
				if err := os.WriteFile(file, txtar.Format(&txtar.Archive{Comment: a.Comment, Files: got}), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, have := string(txtar.Format(a)), string(txtar.Format(&txtar.Archive{Comment: a.Comment, Files: got}))
			if want != have {
				t.Errorf("run go test ./internal/content -run TestGolden -update and look at the difference; got:\n%s", have)
			}
		})
	}
}

// show renders everything a golden compares.
func show(t *testing.T, fsys fstest.MapFS, marks string) []txtar.File {
	t.Helper()
	site, problems := Load(fsys, Options{})
	var out []txtar.File
	add := func(name, data string) {
		if data != "" {
			out = append(out, txtar.File{Name: "want/" + name, Data: []byte(strings.TrimRight(data, "\n") + "\n")})
		}
	}
	var text bytes.Buffer
	diag.WriteText(&text, problems, false)
	add("diagnostics", text.String())
	for i, p := range site.Pages {
		if i > 0 {
			marks = ""
		}
		body := p.HTML(findMarks(t, p, marks), nil)
		checkHTML(t, p.Path, body)
		add(p.Path+".html", string(body))
		var b strings.Builder
		for _, k := range p.Blocks {
			item := ""
			if k.Item {
				item = "item "
			}
			fmt.Fprintf(&b, "%s #%s %s%q\n", place(p, k.Span), k.Heading, item, k.Text)
		}
		add(p.Path+".blocks", b.String())
		b.Reset()
		for _, l := range p.Links {
			to := l.File
			if l.Kind == LinkExternal {
				to = l.URL
			}
			fmt.Fprintf(&b, "%s %s %q → %s\n", place(p, l.Span), [...]string{"external", "page", "media", "missing", "outside", "yaml", "unsafe", "unsupported", "sample"}[l.Kind], l.Target, to)
		}
		add(p.Path+".links", b.String())
	}
	var b strings.Builder
	writeTOC(&b, site.TOC, "")
	if len(site.TOCFiles) > 0 || len(site.Pages) > 1 {
		add("toc", b.String())
	}
	return out
}

// place is a line and column, with the file where it is not the page's own.
func place(p *Page, s diag.Span) string {
	line, column := s.Source.Position(s.Start)
	if s.Source != p.Source {
		return fmt.Sprintf("%s:%d:%d", s.Source.File, line, column)
	}
	return fmt.Sprintf("%d:%d", line, column)
}

func writeTOC(b *strings.Builder, items []*TOCItem, indent string) {
	for _, i := range items {
		fmt.Fprintf(b, "%s%s", indent, i.Name)
		if i.Page != nil {
			fmt.Fprintf(b, " → /%s", i.Page.URL)
		}
		if i.Href+i.File != "" {
			fmt.Fprintf(b, " → %s", i.Href+i.File)
		}
		if i.Missing != "" {
			fmt.Fprintf(b, " → missing %s", i.Missing)
		}
		if i.Expanded {
			b.WriteString(" (expanded)")
		}
		if len(i.Synonyms) > 0 {
			fmt.Fprintf(b, " %q", i.Synonyms)
		}
		b.WriteString("\n")
		writeTOC(b, i.Items, indent+"  ")
	}
}

func findMarks(t *testing.T, p *Page, list string) map[*Block][]Mark {
	t.Helper()
	marks := map[*Block][]Mark{}
	for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
		id, claim, ok := strings.Cut(line, ": ")
		if !ok {
			continue
		}
		if found := p.FindClaim(claim); len(found) == 1 {
			marks[found[0]] = append(marks[found[0]], Mark{ID: id, HTML: []byte(`<aside data-rule="` + id + `"></aside>`)})
		} else {
			t.Errorf("%s: claim %q is in %d blocks", p.Path, claim, len(found))
		}
	}
	return marks
}

// checkHTML fails on what must never be on a page: a script, an inline style, an
// event handler, a tag without its end, an id twice.
func checkHTML(t testing.TB, name string, body []byte) {
	t.Helper()
	void := []string{"br", "col", "hr", "img", "input", "wbr"}
	var open []string
	ids := map[string]bool{}
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			if slices.Contains([]string{"script", "style", "iframe", "object", "embed", "link", "meta", "base", "form"}, token.Data) || token.Data == "input" && !strings.HasPrefix(token.String(), `<input type="checkbox" `) {
				t.Errorf("%s: <%s> reached the page", name, token.Data)
			}
			if !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
			seen := map[string]bool{}
			for _, a := range token.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || seen[a.Key] {
					t.Errorf("%s: attribute %q of <%s> reached the page", name, a.Key, token.Data)
				}
				seen[a.Key] = true
				if a.Key == "id" && ids[a.Val] {
					t.Errorf("%s: id %q is there twice", name, a.Val)
				}
				ids[a.Val] = ids[a.Val] || a.Key == "id"
				if scheme := schemePattern.FindStringSubmatch(strings.TrimSpace(a.Val)); (a.Key == "href" || a.Key == "src") && scheme != nil &&
					slices.Contains([]string{"javascript", "vbscript", "data", "file"}, strings.ToLower(scheme[1])) {
					t.Errorf("%s: %s=%q reached the page", name, a.Key, a.Val)
				}
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Errorf("%s: </%s> does not close %v", name, token.Data, open)
				return
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: %v not closed", name, open)
	}
}

// shared finds a folder beside the checkout, or skips the test.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above the test")
	}
	path := filepath.Join(dir, "..", "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here", path)
	}
	return path
}
