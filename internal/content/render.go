package content

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// HTML renders the page's body. marks are the rules that quote its blocks; their
// ids become anchors and their HTML follows the block's own text. Links are
// relative to the page's URL. drawings holds the SVG of the page's figures, trusted.
func (p *Page) HTML(marks map[*Block][]Mark, drawings map[*Figure][]byte) []byte {
	byNode := map[ast.Node][]Mark{}
	for b, m := range marks {
		byNode[b.node] = m
	}
	return p.render(&writer{page: p, at: p.URL, marks: byNode, drawings: drawings})
}

func (p *Page) render(w *writer) []byte {
	var b bytes.Buffer
	// The writer's functions return no errors and a buffer takes every write.
	_ = newMarkdown(w).Renderer().Render(&b, p.source, p.root)
	return b.Bytes()
}

// BlockHTML renders Markdown of the page that is not in its body, a rule's fix
// say, for showing on the page at URL at. Its links resolve as the page's do.
func (p *Page) BlockHTML(markdown, at string) []byte {
	f := p.fragment(markdown, newMarkdown(nil).Parser())
	return bytes.TrimSpace(f.render(&writer{page: f, at: at}))
}

// InlineHTML is BlockHTML for text inside a line: no paragraph around it, and no
// heading, list or quote in it.
func (p *Page) InlineHTML(markdown, at string) []byte {
	f := p.fragment(markdown, newInlineParser())
	return bytes.TrimSpace(f.render(&writer{page: f, at: at, inline: true}))
}

// BlockHTML renders Markdown that belongs to no page. Its relative links lead
// nowhere, as there is nothing that they are relative to.
func BlockHTML(markdown string) []byte { return (*Page)(nil).BlockHTML(markdown, "") }

// InlineHTML renders text inside a line that belongs to no page.
func InlineHTML(markdown string) []byte { return (*Page)(nil).InlineHTML(markdown, "") }

// writer renders one page's tree. goldmark's own functions do what is not
// registered here.
type writer struct {
	page     *Page
	at       string // URL of the page that the HTML is shown on
	marks    map[ast.Node][]Mark
	drawings map[*Figure][]byte
	inline   bool
}

func (w *writer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindHeading, w.heading)
	reg.Register(ast.KindParagraph, w.paragraph)
	reg.Register(ast.KindListItem, w.listItem)
	reg.Register(ast.KindTextBlock, w.textBlock)
	reg.Register(ast.KindLink, w.link)
	reg.Register(ast.KindAutoLink, w.autoLink)
	reg.Register(ast.KindImage, w.markdownImage)
	reg.Register(ast.KindFencedCodeBlock, w.fencedCode)
	reg.Register(ast.KindCodeBlock, w.codeBlock)
	reg.Register(ast.KindHTMLBlock, w.nothing)
	reg.Register(ast.KindRawHTML, w.nothing)
	reg.Register(east.KindTaskCheckBox, w.task)
	reg.Register(east.KindFootnoteLink, w.footnoteLink)
	reg.Register(east.KindFootnoteBacklink, w.footnoteBacklink)
	reg.Register(east.KindFootnote, w.footnote)
	reg.Register(east.KindFootnoteList, w.footnoteList)
	reg.Register(east.KindTable, w.table)
	reg.Register(east.KindTableCell, w.tableCell)
	reg.Register(kindSafeBlock, w.safeBlock)
	reg.Register(kindSafeInline, w.safeInline)
	reg.Register(kindQuoteSection, w.quoteSection)
	reg.Register(kindQuoteMarker, w.nothing)
	reg.Register(kindDirective, w.directive)
	reg.Register(kindInlineImage, w.inlineImage)
	reg.Register(kindComplexImage, w.complexImage)
	reg.Register(kindNoLoc, w.noLoc)
	reg.Register(kindInclude, w.include)
	reg.Register(kindIncludeBlock, w.include)
}

// nothing keeps raw HTML that was not cleaned, which there should be none of,
// from the page.
func (w *writer) nothing(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkSkipChildren, nil
}

// claimAttributes writes the id and class of a quoted block.
func (w *writer) claimAttributes(out util.BufWriter, marks []Mark) {
	if len(marks) > 0 {
		fmt.Fprintf(out, ` id="%s" class="claim"`, escape(marks[0].ID))
	}
}

// anchors writes the ids that the block's element has no room for.
func (w *writer) anchors(out util.BufWriter, marks []Mark) {
	for _, m := range marks {
		fmt.Fprintf(out, `<span id="%s"></span>`, escape(m.ID))
	}
}

func (w *writer) cards(out util.BufWriter, marks []Mark) {
	for _, m := range marks {
		_, _ = out.Write(m.HTML)
	}
}

func rest(marks []Mark) []Mark {
	if len(marks) == 0 {
		return nil
	}
	return marks[1:]
}

func (w *writer) paragraph(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if w.inline {
		if !entering && n.NextSibling() != nil {
			_, _ = out.WriteString("\n")
		}
		return ast.WalkContinue, nil
	}
	if image := loneImage(n); image != nil {
		if f := w.page.into.figures[image]; f != nil {
			if entering {
				w.figure(out, f)
			}
			return ast.WalkSkipChildren, nil
		}
		if entering {
			border := image.Kind() == kindInlineImage && image.(*inlineImage).border
			w.openFigure(out, border)
		} else {
			_, _ = out.WriteString("</figure>\n")
		}
		return ast.WalkContinue, nil
	}
	marks := w.marks[n]
	if entering {
		_, _ = out.WriteString("<p")
		w.claimAttributes(out, marks)
		_ = out.WriteByte('>')
		w.anchors(out, rest(marks))
		w.openItemText(out, n)
		return ast.WalkContinue, nil
	}
	_, _ = out.WriteString("</p>\n")
	w.cards(out, marks)
	w.closeItemText(out, n)
	return ast.WalkContinue, nil
}

func (w *writer) listItem(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = out.WriteString("</li>\n")
		return ast.WalkContinue, nil
	}
	_, _ = out.WriteString("<li")
	w.claimAttributes(out, w.marks[n])
	_ = out.WriteByte('>')
	if first := n.FirstChild(); first != nil && first.Kind() != ast.KindTextBlock {
		_ = out.WriteByte('\n')
	}
	return ast.WalkContinue, nil
}

// openItemText and closeItemText put a list item's anchors before and its cards
// after its own text, ahead of a list nested in it.
func (w *writer) openItemText(out util.BufWriter, n ast.Node) {
	if marks := w.marks[n.Parent()]; len(marks) > 0 && n.Parent().Kind() == ast.KindListItem && ownText(n.Parent())[0] == n {
		w.anchors(out, rest(marks))
	}
}

func (w *writer) closeItemText(out util.BufWriter, n ast.Node) {
	marks := w.marks[n.Parent()]
	if len(marks) == 0 || n.Parent().Kind() != ast.KindListItem {
		return
	}
	if own := ownText(n.Parent()); own[len(own)-1] == n {
		w.cards(out, marks)
	}
}

func (w *writer) textBlock(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.openItemText(out, n)
		return ast.WalkContinue, nil
	}
	w.closeItemText(out, n)
	if n.NextSibling() != nil && n.FirstChild() != nil {
		_ = out.WriteByte('\n')
	}
	return ast.WalkContinue, nil
}

// table wraps a table so that a wide one scrolls by itself.
func (w *writer) table(out util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = out.WriteString("<div class=\"table\">\n<table>\n")
	} else {
		_, _ = out.WriteString("</table>\n</div>\n")
	}
	return ast.WalkContinue, nil
}

// tableCell writes alignment as a class: the content security policy refuses the
// style attribute that goldmark would write.
func (w *writer) tableCell(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*east.TableCell)
	header := n.Parent().Kind() == east.KindTableHeader && n.HasChildren()
	tag := "td"
	if header {
		tag = "th"
	}
	marks := w.marks[n]
	if !entering {
		w.cards(out, marks)
		_, _ = out.WriteString("</" + tag + ">\n")
		return ast.WalkContinue, nil
	}
	_, _ = out.WriteString("<" + tag)
	if header {
		_, _ = out.WriteString(` scope="col"`)
	}
	class := ""
	if n.Alignment != east.AlignNone {
		class = "align-" + n.Alignment.String()
	}
	if len(marks) > 0 {
		fmt.Fprintf(out, ` id="%s"`, escape(marks[0].ID))
		class = join("claim", class)
	}
	if class != "" {
		fmt.Fprintf(out, ` class="%s"`, class)
	}
	_ = out.WriteByte('>')
	w.anchors(out, rest(marks))
	return ast.WalkContinue, nil
}

func join(a, b string) string {
	if b == "" {
		return a
	}
	return a + " " + b
}
