package content

import (
	"os"
	"testing"
)

// TestCorpus loads a real Learn docset: every page comes out clean, every anchor
// that its authors link to is found, and what is reported is what is wrong.
func TestCorpus(t *testing.T) {
	site, problems := Load(os.DirFS(shared(t, "corpus/well-architected/well-architected")), Options{})
	if n := len(site.Pages); n < 195 || n > 205 {
		t.Errorf("got %d pages", n)
	}
	if problems.HasErrors() {
		t.Errorf("got errors: %v", problems.Records())
	}
	codes := map[string]int{}
	for _, d := range problems {
		codes[d.Code]++
	}
	// The docset has 57 tab headings and 13 YAML pages.
	if n := codes["content/unsupported"]; n != 70 {
		t.Errorf("%d constructs are not supported", n)
	}
	if n := codes["content/raw-html"]; n == 0 || n > 60 {
		t.Errorf("raw HTML is reported %d times", n)
	}
	for _, code := range []string{"content/alert", "content/directive", "content/div", "content/unclosed", "content/video", "content/image-attribute", "content/front-matter"} {
		if codes[code] > 0 {
			t.Errorf("%s is reported %d times", code, codes[code])
		}
	}
	kinds, anchors, images := map[LinkKind]int{}, 0, 0
	for _, p := range site.Pages {
		checkHTML(t, p.Path, p.HTML(nil, nil))
		if p.Title == "" || len(p.Blocks) == 0 {
			t.Errorf("%s has title %q and %d blocks", p.Path, p.Title, len(p.Blocks))
		}
		for _, l := range p.Links {
			if l.Image {
				images++
				continue
			}
			kinds[l.Kind]++
			if l.Kind == LinkPage && l.Fragment != "" {
				anchors++
				if !l.Page.HasAnchor(l.Fragment) {
					t.Errorf("%s: no anchor %q", p.Path, l.Target)
				}
			}
		}
	}
	if kinds[LinkExternal] < 4000 || kinds[LinkPage] < 1400 || kinds[LinkMissing] > 60 || anchors < 350 || images < 450 {
		t.Errorf("links %v, %d anchors, %d images", kinds, anchors, images)
	}
}

func BenchmarkCorpus(b *testing.B) {
	fsys := os.DirFS(shared(b, "corpus/well-architected/well-architected"))
	for b.Loop() {
		site, _ := Load(fsys, Options{})
		for _, p := range site.Pages {
			p.HTML(nil, nil)
		}
	}
}
