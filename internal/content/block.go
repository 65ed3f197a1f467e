package content

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// collectBlocks finds the innermost blocks and their visible text.
func (p *Page) collectBlocks() {
	type level struct {
		level int
		id    string
	}
	var under []level
	add := func(p *Page, n ast.Node, item bool, own ...ast.Node) {
		text := textOf(p.source, own...)
		if text == "" {
			return
		}
		b := &Block{Text: text, Item: item, node: n}
		for _, l := range under {
			b.Section = append(b.Section, l.id)
		}
		if len(under) > 0 {
			b.Heading = under[len(under)-1].id
		}
		start, _ := linesSpan(own[0])
		_, end := linesSpan(own[len(own)-1])
		b.Span = p.span(start, end)
		p.into.Blocks = append(p.into.Blocks, b)
	}
	p.each(func(p *Page, n ast.Node) {
		switch n := n.(type) {
		case *ast.Heading:
			i := slices.IndexFunc(under, func(l level) bool { return l.level >= n.Level })
			if i >= 0 {
				under = under[:i]
			}
			under = append(slices.Clip(under), level{n.Level, p.headingIDs[n]})
			add(p, n, false, n)
		case *east.FootnoteList:
			under = nil // notes stand at the end, in no section
		case *ast.ListItem:
			if own := ownText(n); len(own) > 0 {
				add(p, n, true, own...)
			}
		case *ast.Paragraph:
			if n.Parent().Kind() != ast.KindListItem && !p.inline {
				add(p, n, false, n)
			}
		case *east.TableCell:
			add(p, n, false, n)
		}
	})
}

// ownText returns the paragraphs that stand directly in a list item.
func ownText(item ast.Node) []ast.Node {
	var own []ast.Node
	for c := item.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Kind() == ast.KindTextBlock || c.Kind() == ast.KindParagraph {
			own = append(own, c)
		}
	}
	return own
}

// FindClaim returns the blocks whose visible text holds the claim, which is
// itself read as Markdown. A claim without visible text is in no block. Case
// counts.
func (p *Page) FindClaim(markdown string) []*Block {
	claim := p.visibleText(markdown)
	if claim == "" {
		return nil
	}
	var found []*Block
	for _, b := range p.Blocks {
		if strings.Contains(b.Text, claim) {
			found = append(found, b)
		}
	}
	return found
}
