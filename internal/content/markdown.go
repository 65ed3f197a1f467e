package content

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newMarkdown assembles goldmark with GFM tables, strikethrough, autolinks and
// task lists and the Learn constructs of this package. w renders; it is nil for a parser.
func newMarkdown(w *writer) goldmark.Markdown {
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
		goldmark.WithParserOptions(
			// Ahead of paragraphs and lists, so that a marker line never becomes text.
			parser.WithBlockParsers(
				util.Prioritized(quoteMarkerParser{}, 50),
				util.Prioritized(directiveParser{}, 60),
			),
			// Ahead of links, because the constructs use brackets.
			parser.WithInlineParsers(
				util.Prioritized(newTaskParser(), 40),
				util.Prioritized(inlineImageParser{}, 50),
				util.Prioritized(includeParser{}, 60),
			),
		),
	)
	if w != nil {
		md.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(w, 100)))
	}
	return md
}

// newPageParser reads a file of the site, which may have footnotes.
func newPageParser() parser.Parser {
	p := newMarkdown(nil).Parser()
	p.AddOptions(footnoteOptions()...)
	return p
}

// newInlineParser reads text as inline Markdown only: no heading, list or quote
// can start in it.
func newInlineParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1000)),
		parser.WithInlineParsers(append(parser.DefaultInlineParsers(),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(extension.NewLinkifyParser(), 999),
			util.Prioritized(inlineImageParser{}, 50),
			util.Prioritized(includeParser{}, 60),
		)...),
	)
}

// reference is a link reference definition of a page, kept so that a claim can
// quote a sentence with a reference link.
type reference struct{ label, destination, title []byte }

// parse reads the page's Markdown and works out blocks, headings and links.
func (p *Page) parse(l *loader, md parser.Parser) {
	pc := parser.NewContext()
	p.root = md.Parse(text.NewReader(p.source), parser.WithContext(pc))
	for _, r := range pc.References() {
		p.refs = append(p.refs, reference{r.Label(), r.Destination(), r.Title()})
	}
	p.links, p.headingIDs, p.anchors = map[ast.Node]*Link{}, map[ast.Node]string{}, map[string]bool{}
	p.suffixes = map[string]int{}
	p.groupQuotes(p.root)
	p.checkDirectives(p.root)
	p.expandIncludes(l, md, []string{p.Path})
	p.nameNotes()
	p.nameHeadings()
	p.cleanHTML(p.root)
	p.collectLinks()
	p.collectFigures()
	p.collectFences()
	p.collectBlocks()
}

// fragment parses Markdown that is not a page of its own (a rule's fix), with
// links that resolve as on this page. p may be nil.
func (p *Page) fragment(markdown string, md parser.Parser) *Page {
	f := &Page{index: newIndex(defaultSiteHost, &Site{}), anchors: map[string]bool{}, links: map[ast.Node]*Link{}}
	f.into = f
	pc := parser.NewContext()
	if p != nil {
		f.Path, f.URL, f.index = p.Path, p.URL, p.index
		p.addReferences(pc)
	}
	f.source = []byte(strings.ToValidUTF8(markdown, "\ufffd"))
	f.root = md.Parse(text.NewReader(f.source), parser.WithContext(pc))
	f.groupQuotes(f.root)
	f.cleanHTML(f.root)
	f.collectLinks()
	return f
}

func (p *Page) addReferences(pc parser.Context) {
	for _, r := range p.refs {
		pc.AddReference(parser.NewReference(r.label, r.destination, r.title))
	}
}

// walk visits the nodes below and including n before their children. A visit
// may remove or replace the node it is given.
func walk(n ast.Node, visit func(ast.Node)) {
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		walk(c, visit)
		c = next
	}
	visit(n)
}

// descend visits n, then its children, in document order.
func descend(n ast.Node, visit func(ast.Node)) {
	visit(n)
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		descend(c, visit)
	}
}

// each is descend for a page and the files included in it, each node with the
// file that it stands in.
func (p *Page) each(visit func(*Page, ast.Node)) {
	descend(p.root, func(n ast.Node) {
		visit(p, n)
		if part := partOf(n); part != nil {
			part.each(visit)
		}
	})
}

// unescape resolves backslash escapes and entities, as goldmark does for the
// destination of a link.
func unescape(b []byte) string {
	b = util.UnescapePunctuations(b)
	b = util.ResolveNumericReferences(b)
	return string(util.ResolveEntityNames(b))
}

// nodeStart returns where a node starts in the source, or the nearest ancestor's start.
func nodeStart(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			return n.Lines().At(0).Start
		}
		if pos := n.Pos(); pos >= 0 {
			return pos
		}
	}
	return 0
}

// linesSpan returns the stretch of source that a block's lines cover.
func linesSpan(n ast.Node) (start, end int) {
	l := n.Lines()
	if l == nil || l.Len() == 0 {
		at := nodeStart(n)
		return at, at
	}
	return l.At(0).Start, l.At(l.Len() - 1).Stop
}

// lineEnd returns the end of the line that at lies in.
func lineEnd(source []byte, at int) int {
	at = max(0, min(at, len(source)))
	if i := bytes.IndexByte(source[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(source)
}
