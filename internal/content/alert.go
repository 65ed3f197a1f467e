package content

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// Alerts: > [!NOTE], in any case, also in a list item.

func alertNames() []string { return []string{"note", "tip", "important", "caution", "warning"} }

func (p *Page) checkAlert(m *quoteMarker) {
	if m.args != "" {
		p.report(diag.Warning, "content/alert", m.Pos(), m.end,
			fmt.Sprintf("%q takes nothing between its name and the bracket", "[!"+strings.ToUpper(m.name)+"]"), "remove "+fmt.Sprintf("%q", m.args))
	}
	if m.rest {
		p.report(diag.Warning, "content/alert", m.Pos(), m.end,
			fmt.Sprintf("text follows %q on the same line, which Microsoft Learn shows as a plain quote", "[!"+strings.ToUpper(m.name)+"]"),
			`start the text on the next line, after "> "`)
	}
}

func (w *writer) alert(out util.BufWriter, n *quoteSection, entering bool) {
	if !entering {
		_, _ = out.WriteString("</div>\n")
		return
	}
	fmt.Fprintf(out, "<div class=\"alert alert-%s\" role=\"note\">\n<p class=\"alert-title\">%s</p>\n",
		n.name, strings.ToUpper(n.name[:1])+n.name[1:])
}
