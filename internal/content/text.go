package content

import (
	"bufio"
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"github.com/yuin/goldmark/parser"
)

// VisibleText reads text as inline Markdown and returns what a reader sees:
// markup removed, entities decoded, white space collapsed.
func VisibleText(markdown string) string {
	return (*Page)(nil).visibleText(markdown)
}

// visibleText is VisibleText with the page's link reference definitions.
func (p *Page) visibleText(markdown string) string {
	source := []byte(strings.ToValidUTF8(markdown, "\ufffd"))
	pc := parser.NewContext()
	if p != nil {
		p.addReferences(pc)
	}
	root := newInlineParser().Parse(text.NewReader(source), parser.WithContext(pc))
	return textOf(source, root)
}

// shortText is about as long as the texts of most blocks, of which a site has
// thousands.
const shortText = 256

// textOf returns the visible text of the inline content of nodes, with a space
// between one node's text and the next's.
func textOf(source []byte, nodes ...ast.Node) string {
	var b bytes.Buffer
	out := bufio.NewWriterSize(&b, shortText)
	for _, n := range nodes {
		writeText(out, source, n)
		_ = out.WriteByte(' ')
	}
	_ = out.Flush()
	return collapse(html.UnescapeString(b.String()))
}

// looseText is textOf with the white space as it is written.
func looseText(source []byte, n ast.Node) string {
	var b bytes.Buffer
	out := bufio.NewWriterSize(&b, shortText)
	writeText(out, source, n)
	_ = out.Flush()
	return strings.TrimSpace(html.UnescapeString(b.String()))
}

// writeText writes visible text with HTML's special characters escaped, the
// form in which goldmark's writer resolves escapes and entities.
func writeText(out *bufio.Writer, source []byte, n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		if n.IsRaw() {
			gmhtml.DefaultWriter.RawWrite(out, n.Segment.Value(source))
		} else {
			gmhtml.DefaultWriter.Write(out, n.Segment.Value(source))
		}
		if n.SoftLineBreak() || n.HardLineBreak() {
			_ = out.WriteByte(' ')
		}
	case *ast.String:
		gmhtml.DefaultWriter.RawWrite(out, n.Value)
	case *ast.CodeSpan:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				gmhtml.DefaultWriter.RawWrite(out, t.Segment.Value(source))
			}
		}
	case *ast.AutoLink:
		gmhtml.DefaultWriter.RawWrite(out, n.Label(source))
	case *include:
		if n.part != nil {
			writeText(out, n.part.source, n.part.root)
		}
	case *noLoc:
		gmhtml.DefaultWriter.RawWrite(out, []byte(n.text))
	case *inlineImage:
		if n.unclosed {
			gmhtml.DefaultWriter.RawWrite(out, source[n.start:n.end])
		}
	case *ast.Image:
		// An image shows no text of its own.
	case *ast.RawHTML:
		if isBreak(n.Segments.Value(source)) {
			_ = out.WriteByte(' ')
		}
	case *safeInline:
		if n.isBreak {
			_ = out.WriteByte(' ')
		}
	default:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			writeText(out, source, c)
			if c.Type() == ast.TypeBlock && c.NextSibling() != nil {
				_ = out.WriteByte(' ')
			}
		}
	}
}

// altText is the description of an image with markup removed.
func altText(source []byte, image *ast.Image) string {
	var b bytes.Buffer
	out := bufio.NewWriterSize(&b, shortText)
	for c := image.FirstChild(); c != nil; c = c.NextSibling() {
		writeText(out, source, c)
	}
	_ = out.Flush()
	return collapse(html.UnescapeString(b.String()))
}

// isBreak says whether a tag parts words: a line break or a block.
func isBreak(tag []byte) bool {
	name := strings.ToLower(strings.TrimLeft(string(tag), "</"))
	if i := strings.IndexAny(name, " \t\n/>"); i >= 0 {
		name = name[:i]
	}
	class := classOf(name)
	return name == "br" || name == "hr" || class == tagBlock || class == tagTable
}

// collapse makes every run of white space one space and trims the ends.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

func escape(s string) string { return html.EscapeString(s) }
