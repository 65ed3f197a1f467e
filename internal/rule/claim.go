package rule

import (
	"strings"

	"github.com/plumbline/plumbline/internal/content"
)

// nearest returns the block that shares most words with a quote, for the hint of
// a claim that is not found; nil where less than half of its words are shared.
func nearest(p *content.Page, quote string) *content.Block {
	words := strings.Fields(strings.ToLower(content.VisibleText(quote)))
	var best *content.Block
	most := len(words) / 2
	for _, b := range p.Blocks {
		text := " " + strings.ToLower(b.Text) + " "
		shared := 0
		for _, w := range words {
			if strings.Contains(text, " "+w) {
				shared++
			}
		}
		if shared > most {
			best, most = b, shared
		}
	}
	return best
}
