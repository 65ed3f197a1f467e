package content

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// Headings: ids as GitHub makes them, over the text with entities decoded, with
// Markdig's "section" for a heading without a letter. An <a id> or <a name> at
// the start of a heading is its id, as in DocFX.

var headingAnchor = regexp.MustCompile(`(?i)^<a\s+(?:name|id)\s*=\s*["']?([^"'\s>]+)["']?\s*/?>$`)

// nameHeadings collects the headings and gives each an id of its own.
func (p *Page) nameHeadings() {
	p.each(func(p *Page, node ast.Node) {
		n, ok := node.(*ast.Heading)
		if !ok {
			return
		}
		tab := p.checkTab(n)
		text := textOf(p.source, n)
		id := p.explicitID(n)
		if id == "" {
			// Spaces beside a character that goes count, so the text is not collapsed.
			id = p.freeAnchor(slug(looseText(p.source, n)))
		}
		p.addAnchor(id)
		p.headingIDs[n] = id
		start, end := linesSpan(n)
		p.into.Headings = append(p.into.Headings, Heading{Level: n.Level, ID: id, Text: text, Tab: tab, Span: p.span(start, end)})
	})
}

func (p *Page) addAnchor(id string) {
	p.anchors[id] = true
	p.into.anchorList = append(p.into.anchorList, id)
}

func (p *Page) explicitID(n *ast.Heading) string {
	raw, ok := n.FirstChild().(*ast.RawHTML)
	if !ok {
		return ""
	}
	m := headingAnchor.FindSubmatch(raw.Segments.Value(p.source))
	if m == nil || p.anchors[string(m[1])] {
		return ""
	}
	return string(m[1])
}

// freeAnchor appends -1, -2 … until the id is new to the page.
func (p *Page) freeAnchor(id string) string {
	if !p.anchors[id] {
		return id
	}
	for {
		p.into.suffixes[id]++
		if next := fmt.Sprintf("%s-%d", id, p.into.suffixes[id]); !p.anchors[next] {
			return next
		}
	}
}

// slug is GitHub's: lower case, letters, marks, digits, connectors and hyphens
// stay, a space becomes a hyphen, all else goes.
func slug(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc):
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return "section"
	}
	return b.String()
}

// HasAnchor reports whether a fragment leads somewhere on the page.
// The ids of the page's rules do.
func (p *Page) HasAnchor(id string) bool { return p.anchors[id] || p.ruleIDs[id] }

// Anchors returns the ids of the page's headings and of its own anchors.
func (p *Page) Anchors() []string { return p.anchorList }

func (w *writer) heading(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*ast.Heading)
	id := w.page.headingIDs[n]
	if entering {
		class := ""
		if len(w.marks[n]) > 0 {
			class = ` class="claim"`
		}
		if id == "" {
			fmt.Fprintf(out, "<h%d%s>", n.Level, class)
		} else {
			fmt.Fprintf(out, `<h%d id="%s"%s>`, n.Level, escape(id), class)
		}
		w.anchors(out, w.marks[n])
		return ast.WalkContinue, nil
	}
	if id != "" {
		fmt.Fprintf(out, `<a class="anchor" href="#%s" aria-label="Link to this section"></a>`, escape(escapeFragment(id)))
	}
	fmt.Fprintf(out, "</h%d>\n", n.Level)
	w.cards(out, w.marks[n])
	return ast.WalkContinue, nil
}
