package content

import (
	"fmt"
	"strconv"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// Footnotes: [^name] shows a number that leads to the note, [^name]: begins the
// note. The notes of a file stand at its end. The number is no text, so a claim
// does not quote it. The colon in the ids keeps them apart from those of headings.

func footnoteOptions() []parser.Option {
	return []parser.Option{
		parser.WithBlockParsers(util.Prioritized(extension.NewFootnoteBlockParser(), 999)),
		parser.WithInlineParsers(util.Prioritized(extension.NewFootnoteParser(), 101)),
		parser.WithASTTransformers(util.Prioritized(extension.NewFootnoteASTTransformer(), 999)),
	}
}

// noteID is the id of a note; an included file counts its own.
func (p *Page) noteID(index int) string {
	if p.number > 0 {
		return fmt.Sprintf("fn:part%d:%d", p.number, index)
	}
	return fmt.Sprintf("fn:%d", index)
}

// noteLinkID is the id of the place that refers to a note, from 0.
func (p *Page) noteLinkID(index, reference int) string {
	id := "ref:" + p.noteID(index)
	if reference > 0 {
		id += ":" + strconv.Itoa(reference)
	}
	return id
}

// nameNotes keeps the ids of notes from being those of anything else.
func (p *Page) nameNotes() {
	p.each(func(p *Page, node ast.Node) {
		switch n := node.(type) {
		case *east.Footnote:
			p.addAnchor(p.noteID(n.Index))
		case *east.FootnoteLink:
			p.addAnchor(p.noteLinkID(n.Index, n.RefIndex))
		}
	})
}

func (w *writer) footnoteLink(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*east.FootnoteLink)
	if !entering {
		return ast.WalkContinue, nil
	}
	id := w.page.noteLinkID(n.Index, n.RefIndex)
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink { // no link stands in another one
			fmt.Fprintf(out, `<sup id="%s">%d</sup>`, id, n.Index)
			return ast.WalkContinue, nil
		}
	}
	fmt.Fprintf(out, `<sup id="%s"><a href="#%s" role="doc-noteref">%d</a></sup>`, id, w.page.noteID(n.Index), n.Index)
	return ast.WalkContinue, nil
}

func (w *writer) footnoteBacklink(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n := node.(*east.FootnoteBacklink); entering {
		fmt.Fprintf(out, ` <a href="#%s" role="doc-backlink" aria-label="Back to the text">↩&#xfe0e;</a>`, w.page.noteLinkID(n.Index, n.RefIndex))
	}
	return ast.WalkContinue, nil
}

func (w *writer) footnote(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		fmt.Fprintf(out, "<li id=\"%s\">\n", w.page.noteID(node.(*east.Footnote).Index))
	} else {
		_, _ = out.WriteString("</li>\n")
	}
	return ast.WalkContinue, nil
}

func (w *writer) footnoteList(out util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = out.WriteString("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Notes\">\n<ol>\n")
	} else {
		_, _ = out.WriteString("</ol>\n</section>\n")
	}
	return ast.WalkContinue, nil
}
