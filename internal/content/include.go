package content

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// Includes: [!INCLUDE [title](file.md)] and [!code-lang[title](file)].

var (
	kindInclude    = ast.NewNodeKind("Include")
	includePattern = regexp.MustCompile(`^\[!((?i:INCLUDE)[+-]?|code-[A-Za-z0-9#+-]+|notebook(?:-[A-Za-z0-9]+)?)[ \t]*\[([^\]\n]*)\][ \t]*\(([^)\n]*)\)[ \t]*\]`)
)

type include struct {
	ast.BaseInline
	name   string // as written
	title  string
	target string
	start  int
	end    int
}

func (*include) Kind() ast.NodeKind           { return kindInclude }
func (n *include) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

type includeParser struct{}

func (includeParser) Trigger() []byte { return []byte{'['} }

func (includeParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	m := includePattern.FindSubmatch(line)
	if m == nil {
		return nil
	}
	block.Advance(len(m[0]))
	start := segment.Start
	return &include{name: string(m[1]), title: string(m[2]), target: strings.TrimSpace(string(m[3])), start: start, end: start + len(m[0])}
}

func (p *Page) checkIncludes() {
	descend(p.root, func(node ast.Node) {
		if n, ok := node.(*include); ok {
			p.report(diag.Warning, "content/unsupported", n.start, n.end,
				fmt.Sprintf("%q is not supported: nothing is shown here", "[!"+n.name+"]"), "write the text on the page itself")
		}
	})
}

func (w *writer) include(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkContinue, nil
}
