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

// Directives: lines that start with three or more colons. Images are in
// image.go. The others organise content for a reader's choice (zones, monikers)
// or for a layout; their lines are taken out and reported, their content stays.

var (
	kindDirective    = ast.NewNodeKind("Directive")
	directivePattern = regexp.MustCompile(`^:{3,}[ \t]*([A-Za-z][A-Za-z-]*)?`)
	complexPattern   = regexp.MustCompile(`type\s*=\s*"complex"`)
	imageEndPattern  = regexp.MustCompile(`^:{3,}[ \t]*image-end[ \t]*:*[ \t]*$`)
)

// pairedDirectives are closed by a line with "-end".
func pairedDirectives() []string { return []string{"zone", "moniker", "row", "column"} }

func directiveNames() []string {
	names := []string{"image", "image-end", "no-loc", "code", "video", "form"}
	for _, n := range pairedDirectives() {
		names = append(names, n, n+"-end")
	}
	return names
}

type directive struct {
	ast.BaseBlock
	name string // lower case, "" for bare colons
	raw  string // the line
}

func (*directive) Kind() ast.NodeKind           { return kindDirective }
func (n *directive) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

// known says whether the line is syntax, not text.
func (n *directive) known() bool { return slices.Contains(directiveNames(), n.name) }

type directiveParser struct{}

func (directiveParser) Trigger() []byte { return []byte{':'} }

func (directiveParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	at := pc.BlockOffset()
	if at < 0 {
		return nil, parser.NoChildren
	}
	line, segment := reader.PeekLine()
	m := directivePattern.FindSubmatch(line[at:])
	if m == nil {
		return nil, parser.NoChildren
	}
	name := strings.ToLower(string(m[1]))
	switch {
	case name == "no-loc" || name == "image" && !complexPattern.Match(line):
		return nil, parser.NoChildren // inline
	case name == "image":
		n := &complexImage{}
		n.image = readImage(string(line[at:]), offsets{{0, segment.Start - segment.Padding + at}})
		reader.AdvanceToEOL()
		return n, parser.HasChildren
	}
	reader.AdvanceToEOL()
	return &directive{name: name, raw: strings.TrimSpace(string(line[at:]))}, parser.NoChildren
}

func (directiveParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	n, ok := node.(*complexImage)
	if !ok {
		return parser.Close
	}
	line, _ := reader.PeekLine()
	if imageEndPattern.Match(util.TrimLeftSpace(util.TrimRightSpace(line))) {
		n.closed = true
		reader.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

func (directiveParser) Close(ast.Node, text.Reader, parser.Context) {}
func (directiveParser) CanInterruptParagraph() bool                 { return true }
func (directiveParser) CanAcceptIndentedLine() bool                 { return false }

// checkDirectives reports directives that are unknown, unsupported, unclosed or
// that close nothing.
func (p *Page) checkDirectives(root ast.Node) {
	var open []*directive
	descend(root, func(node ast.Node) {
		n, ok := node.(*directive)
		if !ok {
			return
		}
		start, end := n.Pos(), lineEnd(p.source, n.Pos())
		opens, closes := strings.CutSuffix(n.name, "-end")
		switch {
		case !n.known():
			p.report(diag.Warning, "content/directive", start, end,
				fmt.Sprintf("unknown directive %q", ":::"+n.name), diag.DidYouMean(n.name, directiveNames()))
		case closes:
			at := len(open) - 1
			for at >= 0 && open[at].name != opens {
				at--
			}
			if at < 0 {
				p.report(diag.Warning, "content/unclosed", start, end,
					fmt.Sprintf("%q closes nothing", ":::"+n.name), fmt.Sprintf("remove it, or open it with %q", ":::"+opens))
				return
			}
			for _, o := range open[at+1:] {
				p.reportUnclosed(o)
			}
			open = open[:at]
		case slices.Contains(pairedDirectives(), n.name):
			open = append(open, n)
			p.report(diag.Warning, "content/unsupported", start, end,
				fmt.Sprintf("%q is not supported: what it holds is always shown, one after the other", ":::"+n.name),
				"keep one version of the text on the page")
		default:
			p.report(diag.Warning, "content/unsupported", start, end,
				fmt.Sprintf("%q is not supported: nothing is shown here", ":::"+n.name), "write the code or the link on the page itself")
		}
	})
	for _, o := range open {
		p.reportUnclosed(o)
	}
}

func (p *Page) reportUnclosed(n *directive) {
	p.report(diag.Warning, "content/unclosed", n.Pos(), lineEnd(p.source, n.Pos()),
		fmt.Sprintf("%q is never closed", ":::"+n.name), fmt.Sprintf("close it with %q", ":::"+n.name+"-end"))
}

// directive shows an unknown line as text, so that nothing an author wrote
// vanishes, and a known one not at all.
func (w *writer) directive(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n := node.(*directive); entering && !n.known() {
		fmt.Fprintf(out, "<p>%s</p>\n", escape(n.raw))
	}
	return ast.WalkContinue, nil
}
