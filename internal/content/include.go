package content

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// Includes: [!INCLUDE [title](part.md)] on a line of its own puts blocks in its
// place, inside a line it puts text. A part is a page without an address: its
// headings, blocks and links belong to the page, their places to its own file,
// and its links are relative to that file.

// maxParts bounds how many files one page may include: files that include each
// other twice would double with every level.
const maxParts = 1000

var (
	kindInclude      = ast.NewNodeKind("Include")
	kindIncludeBlock = ast.NewNodeKind("IncludeBlock")

	includePattern = regexp.MustCompile(`^\[!((?i:INCLUDE)[+-]?|code-[A-Za-z0-9#+-]+|notebook(?:-[A-Za-z0-9]+)?)[ \t]*\[([^\]\n]*)\][ \t]*\(([^)\n]*)\)[ \t]*\]`)
)

type include struct {
	ast.BaseInline
	name   string // as written
	target string
	start  int
	end    int
	part   *Page
}

func (*include) Kind() ast.NodeKind           { return kindInclude }
func (n *include) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

// isCode says whether the construct shows code, which is not rendered.
func (n *include) isCode() bool {
	return !strings.EqualFold(strings.TrimRight(n.name, "+-"), "include")
}

type includeBlock struct {
	ast.BaseBlock
	part *Page
}

func (*includeBlock) Kind() ast.NodeKind           { return kindIncludeBlock }
func (n *includeBlock) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

// partOf returns the file that a node includes, or nil.
func partOf(n ast.Node) *Page {
	switch n := n.(type) {
	case *include:
		return n.part
	case *includeBlock:
		return n.part
	}
	return nil
}

type includeParser struct{}

func (includeParser) Trigger() []byte { return []byte{'['} }

func (includeParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	m := includePattern.FindSubmatch(line)
	if m == nil {
		return nil
	}
	block.Advance(len(m[0]))
	target, _, _ := strings.Cut(strings.TrimSpace(string(m[3])), " ") // a title may follow
	return &include{name: string(m[1]), target: target, start: segment.Start, end: segment.Start + len(m[0])}
}

// expandIncludes reads the included files. chain are the files that lead here.
func (p *Page) expandIncludes(l *loader, md parser.Parser, chain []string) {
	var found []*include
	descend(p.root, func(node ast.Node) {
		if n, ok := node.(*include); ok {
			found = append(found, n)
		}
	})
	done := map[ast.Node]bool{}
	for _, n := range found {
		parent := n.Parent()
		switch {
		case n.isCode():
			p.report(diag.Warning, "content/unsupported", n.start, n.end,
				fmt.Sprintf("%q is not supported: nothing is shown here", "[!"+n.name+"]"), "write the code on the page itself")
			if parent.ChildCount() == 1 && parent.Parent() != nil {
				parent.Parent().RemoveChild(parent.Parent(), parent)
			}
		case done[parent]:
		case onlyIncludes(p.source, parent):
			done[parent] = true
			p.expandBlock(l, md, chain, parent)
		default:
			if n.part = p.part(l, newInlineParser(), chain, n); n.part != nil {
				n.part.inline = true
			}
		}
	}
}

// onlyIncludes says whether a paragraph holds nothing but includes, each on a
// line of its own.
func onlyIncludes(source []byte, n ast.Node) bool {
	if n.Kind() != ast.KindParagraph && n.Kind() != ast.KindTextBlock {
		return false
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *include:
			if c.isCode() {
				return false
			}
		case *ast.Text:
			if !util.IsBlank(c.Segment.Value(source)) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// expandBlock replaces a paragraph by the files it includes.
func (p *Page) expandBlock(l *loader, md parser.Parser, chain []string, paragraph ast.Node) {
	parent := paragraph.Parent()
	for c := paragraph.FirstChild(); c != nil; c = c.NextSibling() {
		n, ok := c.(*include)
		if !ok {
			continue
		}
		block := &includeBlock{part: p.part(l, md, chain, n)}
		block.SetPos(n.start)
		parent.InsertBefore(parent, paragraph, block)
	}
	parent.RemoveChild(parent, paragraph)
}

// part reads an included file as a part of the page.
func (p *Page) part(l *loader, md parser.Parser, chain []string, n *include) *Page {
	name := path.Join(path.Dir(p.Path), unescapeURL(strings.ReplaceAll(n.target, `\`, "/")))
	if root, ok := strings.CutPrefix(n.target, "~/"); ok {
		name = path.Clean(root)
	}
	report := func(severity diag.Severity, message, hint string) *Page {
		p.report(severity, "content/include", n.start, n.end, message, hint)
		return nil
	}
	switch p.into.parts++; {
	case slices.Contains(chain, name):
		return report(diag.Error, fmt.Sprintf("%q includes itself", name), "remove one of the includes")
	case p.into.parts == maxParts:
		return report(diag.Error, fmt.Sprintf("page %q includes more than %d files", p.into.Path, maxParts), "include fewer files, or files that include fewer")
	case p.into.parts > maxParts:
		return nil
	case strings.HasPrefix(name, "../"):
		return report(diag.Warning, fmt.Sprintf("included file %q is outside the content folder", n.target), "move it into the content folder")
	}
	if info, err := fs.Stat(l.fsys, name); err != nil || info.IsDir() {
		return report(diag.Warning, fmt.Sprintf("included file %q does not exist", n.target), fmt.Sprintf("add the file %q, or correct the path", l.opts.Prefix+name))
	}
	part := &Page{Path: name, URL: p.into.URL, index: p.index, into: p.into, anchors: p.anchors, links: p.links, headingIDs: p.headingIDs, number: p.into.parts}
	var problems diag.List
	part.Source, problems = l.read(name)
	p.into.problems = append(p.into.problems, problems...)
	part.source = []byte(part.Source.Text)
	part.readFrontMatter()
	part.root = md.Parse(text.NewReader(part.source))
	part.groupQuotes(part.root)
	part.checkDirectives(part.root)
	part.expandIncludes(l, md, append(slices.Clip(chain), name))
	return part
}

// include renders the file in the page's place, with the page's marks.
func (w *writer) include(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	part := partOf(node)
	if !entering || part == nil {
		return ast.WalkContinue, nil
	}
	sub := &writer{page: part, at: w.at, marks: w.marks, inline: w.inline || node.Kind() == kindInclude}
	return ast.WalkContinue, newMarkdown(sub).Renderer().Render(out, part.source, part.root)
}
