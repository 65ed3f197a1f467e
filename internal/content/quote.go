package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// A quote whose line is a marker, [!NOTE] say, is a section: an alert, a div or
// a video. The marker is a block of its own while goldmark parses; afterwards
// groupQuotes puts what follows it into a section.

var (
	kindQuoteMarker  = ast.NewNodeKind("QuoteMarker")
	kindQuoteSection = ast.NewNodeKind("QuoteSection")

	quoteMarkerPattern  = regexp.MustCompile(`^\[!([A-Za-z]+)((?:[ \t][^\]\n]*)?)\][ \t]*`)
	unknownQuotePattern = regexp.MustCompile(`^\[!([A-Za-z_-]+)[^\[\]]*\]`)
)

type quoteMarker struct {
	ast.BaseBlock
	name string // lower case
	args string
	end  int  // offset after the marker
	rest bool // text follows on the marker's line
}

func (*quoteMarker) Kind() ast.NodeKind           { return kindQuoteMarker }
func (n *quoteMarker) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

type quoteSection struct {
	ast.BaseBlock
	name string
	args string
	link *Link // of a video
}

func (*quoteSection) Kind() ast.NodeKind           { return kindQuoteSection }
func (n *quoteSection) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

type quoteMarkerParser struct{}

func (quoteMarkerParser) Trigger() []byte { return []byte{'['} }

func (quoteMarkerParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	at := pc.BlockOffset()
	if parent.Kind() != ast.KindBlockquote || at < 0 {
		return nil, parser.NoChildren
	}
	line, segment := reader.PeekLine()
	m := quoteMarkerPattern.FindSubmatchIndex(line[at:])
	if m == nil {
		return nil, parser.NoChildren
	}
	name := strings.ToLower(string(line[at+m[2] : at+m[3]]))
	if !slices.Contains(quoteNames(), name) {
		return nil, parser.NoChildren
	}
	n := &quoteMarker{name: name, args: strings.TrimSpace(string(line[at+m[4] : at+m[5]]))}
	n.end = segment.Start - segment.Padding + at + m[5] + 1
	if rest := line[at+m[1]:]; !util.IsBlank(rest) {
		n.rest = true
		reader.Advance(at + m[1])
		return n, parser.HasChildren
	}
	reader.AdvanceToEOL()
	return n, parser.NoChildren
}

func (quoteMarkerParser) Continue(ast.Node, text.Reader, parser.Context) parser.State {
	return parser.Close
}
func (quoteMarkerParser) Close(ast.Node, text.Reader, parser.Context) {}
func (quoteMarkerParser) CanInterruptParagraph() bool                 { return true }
func (quoteMarkerParser) CanAcceptIndentedLine() bool                 { return false }

func quoteNames() []string { return append(alertNames(), "div", "video") }

// groupQuotes turns marked quotes into sections. A second marker in a quote
// starts a second section; what stands before the first stays a quote.
func (p *Page) groupQuotes(root ast.Node) {
	walk(root, func(n ast.Node) {
		if n.Kind() != ast.KindBlockquote {
			return
		}
		p.checkUnknownMarker(n)
		parent, last := n.Parent(), n
		var section *quoteSection
		for c := n.FirstChild(); c != nil; {
			next := c.NextSibling()
			if m, ok := c.(*quoteMarker); ok {
				n.RemoveChild(n, c)
				section = &quoteSection{name: m.name, args: m.args}
				section.SetPos(m.Pos())
				parent.InsertAfter(parent, last, section)
				last = section
				p.checkMarker(m, section)
				moveChildren(m, section)
			} else if section != nil {
				section.AppendChild(section, c)
			}
			c = next
		}
		if section != nil && !n.HasChildren() {
			parent.RemoveChild(parent, n)
		}
	})
}

func moveChildren(from, to ast.Node) {
	for c := from.FirstChild(); c != nil; c = from.FirstChild() {
		to.AppendChild(to, c)
	}
}

func (p *Page) checkMarker(m *quoteMarker, s *quoteSection) {
	switch m.name {
	case "div":
		p.checkDiv(m, s)
	case "video":
		p.checkVideo(m, s)
	default:
		p.checkAlert(m)
	}
}

// checkUnknownMarker reports a quote that looks marked and is not. It stays a
// quote with its text.
func (p *Page) checkUnknownMarker(quote ast.Node) {
	first := quote.FirstChild()
	if first == nil || first.Kind() != ast.KindParagraph || first.Lines().Len() == 0 {
		return
	}
	line := first.Lines().At(0)
	m := unknownQuotePattern.FindSubmatch(line.Value(p.source))
	if m == nil {
		return
	}
	name := strings.ToLower(string(m[1]))
	if name == "include" || strings.HasPrefix(name, "code-") || strings.HasPrefix(name, "notebook") {
		return
	}
	hint := diag.DidYouMean(strings.ToUpper(name), []string{"NOTE", "TIP", "IMPORTANT", "CAUTION", "WARNING", "VIDEO", "div"})
	if hint == "" {
		hint = "use NOTE, TIP, IMPORTANT, CAUTION or WARNING"
	}
	p.report(diag.Warning, "content/alert", line.Start, line.Start+len(m[0]),
		fmt.Sprintf("unknown marker %q at the start of a quote", m[0]), hint)
}

func (w *writer) quoteSection(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*quoteSection)
	switch n.name {
	case "div":
		w.div(out, n, entering)
	case "video":
		w.video(out, n, entering)
	default:
		w.alert(out, n, entering)
	}
	return ast.WalkContinue, nil
}
