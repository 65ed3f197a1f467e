package render

import (
	"fmt"
	"html/template"

	"github.com/plumbline/plumbline/internal/content"
)

// step and last bound the widths of columns, in rem, at which the drawing for a
// page takes the place of the one for a phone: theme/styles/figure.css has a class
// for each.
const (
	step = 4
	last = 48
)

// HTML is the drawing in a frame that shows the version there is room for, and
// scrolls what is wider still.
func (d Drawing) HTML() template.HTML {
	if d.Wide == "" {
		return ""
	}
	if d.Narrow == "" {
		return template.HTML(`<div class="drawing"><div class="drawing-frame">` + d.Wide + `</div></div>`)
	}
	fits := min(last, (d.Width+16*step-1)/(16*step)*step)
	return template.HTML(fmt.Sprintf(`<div class="drawing drawing-%d"><div class="drawing-frame drawing-wide">%s</div><div class="drawing-frame drawing-narrow">%s</div></div>`, fits, d.Wide, d.Narrow))
}

// drawings are the figures of a page.
func (s *site) drawings(p *content.Page) map[*content.Figure][]byte {
	out := map[*content.Figure][]byte{}
	for _, f := range p.Figures {
		out[f] = []byte(s.Drawings[f].HTML())
	}
	return out
}
