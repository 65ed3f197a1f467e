package content

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/plumbline/plumbline/internal/diag"
)

// Tabs: a heading that is nothing but a link to #tab/id. The tabs are shown one
// after the other, each under its title.

func (p *Page) checkTab(n *ast.Heading) bool {
	link, ok := n.FirstChild().(*ast.Link)
	if !ok || link.NextSibling() != nil || !strings.HasPrefix(string(link.Destination), "#tab/") {
		return false
	}
	start, end := linesSpan(n)
	p.report(diag.Warning, "content/unsupported", start, end,
		fmt.Sprintf("tab %q is not supported: tabs are shown one after the other", textOf(p.source, n)), "write a section for each")
	for c := link.FirstChild(); c != nil; c = link.FirstChild() {
		n.InsertBefore(n, link, c)
	}
	n.RemoveChild(n, link)
	return true
}
