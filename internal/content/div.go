package content

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// Divs: > [!div class="checklist"]. DocFX writes the attributes into the tag as
// they are; here only a class of a known shape gets through.

var divPattern = regexp.MustCompile(`^class\s*=\s*"([A-Za-z0-9 _-]*)"$`)

func divClasses() []string {
	return []string{"nextstepaction", "checklist", "mx-tdBreakAll", "mx-tdCol2BreakAll", "mx-tableFixed", "button", "step-by-step"}
}

func (p *Page) checkDiv(m *quoteMarker, s *quoteSection) {
	at := divPattern.FindStringSubmatch(m.args)
	s.args = ""
	switch {
	case at == nil:
		p.report(diag.Warning, "content/div", m.Pos(), m.end,
			fmt.Sprintf("cannot read the attributes %q of a div", m.args), `write [!div class="checklist"]`)
	case at[1] == "op_single_selector" || at[1] == "op_multi_selector":
		s.args = at[1]
		p.report(diag.Warning, "content/unsupported", m.Pos(), m.end,
			fmt.Sprintf("a selector (%q) is shown as a list of links", at[1]), "write a list of links")
	case !slices.Contains(divClasses(), at[1]):
		hint := diag.DidYouMean(at[1], divClasses())
		if hint == "" {
			hint = `use "checklist" or "nextstepaction"`
		}
		p.report(diag.Warning, "content/div", m.Pos(), m.end, fmt.Sprintf("unknown class %q of a div", at[1]), hint)
	default:
		s.args = at[1]
	}
	if m.rest {
		p.report(diag.Warning, "content/div", m.Pos(), m.end,
			fmt.Sprintf("text follows the marker of div %q on the same line", s.args), `start the text on the next line, after "> "`)
	}
}

func (w *writer) div(out util.BufWriter, n *quoteSection, entering bool) {
	switch {
	case !entering:
		_, _ = out.WriteString("</div>\n")
	case n.args == "":
		_, _ = out.WriteString("<div>\n")
	default:
		fmt.Fprintf(out, "<div class=\"%s\">\n", n.args)
	}
}
