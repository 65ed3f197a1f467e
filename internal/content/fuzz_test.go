package content

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzLoad: whatever the page says, loading and rendering give well-formed HTML
// without scripts, every place lies in the file, and twice is the same.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, input := range a.Files {
			if strings.HasSuffix(input.Name, ".md") && !strings.HasPrefix(input.Name, "want/") {
				f.Add(string(input.Data), "a claim")
			}
		}
	}
	f.Fuzz(func(t *testing.T, text, claim string) {
		fsys := fstest.MapFS{"a.md": {Data: []byte(text)}, "b.md": {Data: []byte("# B\n\n## Part\n")}, "media/a.png": {Data: []byte("x")},
			"includes/part.md": {Data: []byte("---\ntitle: x\n---\n## Part\n\n<b>open [x](../b.md)\n")}}
		site, problems := Load(fsys, Options{})
		p := site.Pages[0]
		marks := map[*Block][]Mark{}
		for i, b := range p.Blocks {
			if b.Text == "" || b.Text != collapse(b.Text) {
				t.Errorf("block text %q", b.Text)
			}
			if b.Span.Start < 0 || b.Span.End > len(p.Source.Text) || b.Span.Start > b.Span.End {
				t.Errorf("block %q at %d to %d of %d", b.Text, b.Span.Start, b.Span.End, len(p.Source.Text))
			}
			if i%2 == 0 {
				marks[b] = []Mark{{ID: "rule", HTML: []byte("<aside></aside>")}}
				break
			}
		}
		for _, d := range problems {
			if d.Span.Source != nil && (d.Span.Start < 0 || d.Span.End > len(d.Span.Source.Text)) {
				t.Errorf("%s at %d to %d of %d", d.Code, d.Span.Start, d.Span.End, len(d.Span.Source.Text))
			}
		}
		body := p.HTML(marks, nil)
		if !p.HasAnchor("rule") {
			checkHTML(t, "a.md", body)
		}
		if again := p.HTML(marks, nil); string(again) != string(body) {
			t.Error("rendering twice differs")
		}
		checkHTML(t, "fragment", p.BlockHTML(text, "x/"))
		checkHTML(t, "inline", p.InlineHTML(claim, "x/"))
		p.FindClaim(claim)
		p.Markdown()
	})
}
