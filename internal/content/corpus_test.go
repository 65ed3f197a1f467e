package content

import (
	"os"
	"strings"
	"testing"
)

// TestCorpus loads a real Learn docset: nothing panics, every page comes out
// clean, and what is reported is what is wrong with it.
func TestCorpus(t *testing.T) {
	dir := shared(t, "corpus/well-architected/well-architected")
	site, problems := Load(os.DirFS(dir), Options{})
	if len(site.Pages) < 195 {
		t.Errorf("got %d pages", len(site.Pages))
	}
	byCode := map[string]int{}
	for _, d := range problems {
		byCode[d.Code]++
		if byCode[d.Code] < 400 {
			file, line, col := d.Place()
			t.Logf("%s:%d:%d %s [%s]", file, line, col, d.Message, d.Code)
		}
	}
	t.Log(byCode)
	kinds := map[LinkKind]int{}
	for _, p := range site.Pages {
		body := p.HTML(nil)
		checkHTML(t, p.Path, body)
		for _, l := range p.Links {
			kinds[l.Kind]++
			if l.Kind == LinkMissing && !l.Image {
				t.Logf("%s: missing %s", p.Path, l.Target)
			}
			if l.Kind == LinkPage && l.Fragment != "" && !l.Page.HasAnchor(l.Fragment) && !strings.HasPrefix(l.Fragment, "tab/") {
				t.Logf("%s: no anchor %s", p.Path, l.Target)
			}
		}
	}
	t.Log(kinds)
}
