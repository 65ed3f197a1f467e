package content

import (
	"fmt"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// Figures: ![what it shows](sample:hub-and-spoke "Caption") alone in a paragraph,
// or :::image with such a source. The build draws the sample; elsewhere in a line
// only the text is shown.

// collectFigures finds the figures of the page, once its links are known.
func (p *Page) collectFigures() {
	p.figures = map[ast.Node]*Figure{}
	drawn := map[diag.Span]bool{}
	p.each(func(p *Page, n ast.Node) {
		image := loneImage(n)
		if n.Kind() != ast.KindParagraph || image == nil {
			return
		}
		f := p.figureOf(image)
		if f == nil {
			return
		}
		p.into.Figures = append(p.into.Figures, f)
		p.into.figures[image] = f
		drawn[f.Span] = true
	})
	for _, l := range p.Links {
		if l.Image && l.Kind == LinkSample && !drawn[l.Span] {
			p.problems.Add(diag.Diagnostic{Code: "content/figure", Severity: diag.Warning, Span: l.Span,
				Message: fmt.Sprintf("the figure of sample %q does not stand alone", l.File), Hint: "put the image into a paragraph of its own, without type=\"complex\""})
		}
	}
}

// figureOf reads an image whose target is a sample, or gives nil.
func (p *Page) figureOf(image ast.Node) *Figure {
	switch n := image.(type) {
	case *inlineImage:
		if l := n.source; l != nil && l.Kind == LinkSample {
			return &Figure{Sample: l.File, Alt: l.Alt, Caption: l.Alt, Span: l.Span}
		}
	case *ast.Image:
		l := p.links[n]
		if l == nil || l.Kind != LinkSample {
			return nil
		}
		f := &Figure{Sample: l.File, Alt: l.Alt, Caption: l.Alt, Span: l.Span}
		if title := collapse(unescape(n.Title)); title != "" {
			f.Caption = title
		}
		return f
	}
	return nil
}

// numberFigures counts the figures of a site in the order of its pages.
func (s *Site) numberFigures() {
	number := 0
	for _, p := range s.Pages {
		for _, f := range p.Figures {
			number++
			f.Number = number
		}
	}
}

// Name is what text calls the figure: "Figure 1".
func (f *Figure) Name() string { return fmt.Sprintf("Figure %d", f.Number) }

// figure writes the drawing of a sample with its caption. Without a drawing the
// text stands in its place.
func (w *writer) figure(out util.BufWriter, f *Figure) {
	fmt.Fprintf(out, `<figure class="figure" id="plFigure%d">`, f.Number)
	if drawing := w.drawings[f]; len(drawing) > 0 {
		_, _ = out.Write(drawing)
	} else {
		fmt.Fprintf(out, `<span class="missing-image">%s</span>`, escape(f.Alt))
	}
	fmt.Fprintf(out, "\n<figcaption><strong>%s.</strong>%s <a class=\"needs-js\" href=\"%s\">Open in the checker</a></figcaption>\n</figure>\n",
		f.Name(), escape(sentence(f.Caption)), escape(CheckerURL(w.at, f.Sample)))
}

// sentence sets a text behind another, with a full stop unless it has an end.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	switch text[len(text)-1] {
	case '.', '!', '?', ':':
		return " " + text
	}
	return " " + text + "."
}
