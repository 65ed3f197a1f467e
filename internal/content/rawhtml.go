package content

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"

	"github.com/plumbline/plumbline/internal/diag"
)

// Raw HTML: tags and attributes on a list get through, comments vanish, all else
// is dropped and reported. What is opened inside a block is closed inside it, so
// that no page can break out of its place in the layout.

var (
	kindSafeBlock  = ast.NewNodeKind("SafeBlock")
	kindSafeInline = ast.NewNodeKind("SafeInline")
)

// htmlPart is cleaned HTML, and a link or image that follows it.
type htmlPart struct {
	html  string
	link  *Link
	image bool
	more  string // further attributes of the link or image
}

type safeBlock struct {
	ast.BaseBlock
	parts []htmlPart
}

func (*safeBlock) Kind() ast.NodeKind           { return kindSafeBlock }
func (*safeBlock) IsRaw() bool                  { return true }
func (n *safeBlock) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

type safeInline struct {
	ast.BaseInline
	parts   []htmlPart
	isBreak bool
}

func (*safeInline) Kind() ast.NodeKind           { return kindSafeInline }
func (n *safeInline) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

// tagClass says where a tag may stand.
type tagClass int

const (
	tagRefused tagClass = iota
	tagInline
	tagBlock
	tagTable // only inside <table>
	tagVoid
)

func classOf(tag string) tagClass {
	switch tag {
	case "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "rp", "rt", "ruby",
		"s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var":
		return tagInline
	case "article", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "li", "ol", "p", "pre", "section", "summary", "table", "ul":
		return tagBlock
	case "caption", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr":
		return tagTable
	case "br", "col", "hr", "img", "wbr":
		return tagVoid
	}
	return tagRefused
}

// endOptional says whether a tag may stay open until its parent closes.
func endOptional(tag string) bool {
	return slices.Contains([]string{"caption", "colgroup", "dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"}, tag)
}

// impliedEnds lists the tags that a start tag closes when they are innermost.
func impliedEnds(tag string) []string {
	switch tag {
	case "li":
		return []string{"p", "li"}
	case "dt", "dd":
		return []string{"p", "dt", "dd"}
	case "td", "th":
		return []string{"p", "td", "th"}
	case "tr":
		return []string{"p", "td", "th", "tr", "caption", "colgroup"}
	case "thead", "tbody", "tfoot":
		return []string{"p", "td", "th", "tr", "thead", "tbody", "tfoot", "caption", "colgroup"}
	}
	if classOf(tag) == tagBlock {
		return []string{"p"}
	}
	return nil
}

func attributeAllowed(tag, name string) bool {
	switch name {
	case "id", "title", "lang", "dir":
		return true
	}
	allowed := map[string]string{
		"a": "href name", "img": "src alt width height", "ol": "start reversed type", "li": "value", "details": "open", "time": "datetime",
		"td": "colspan rowspan headers", "th": "colspan rowspan headers scope", "col": "span", "colgroup": "span",
	}
	return slices.Contains(strings.Fields(allowed[tag]), name)
}

// cleaner works through the children of one node.
type cleaner struct {
	page   *Page
	parent ast.Node
	open   []openTag
	skip   string // inside <script> or <style>: nothing gets out before its end
}

type openTag struct {
	name    string
	at      int
	dropped bool // the start tag was not written, so the end tag is not either
	link    bool
}

// cleanHTML replaces raw HTML below n by what may be shown.
func (p *Page) cleanHTML(n ast.Node) {
	c := &cleaner{page: p, parent: n}
	for child := n.FirstChild(); child != nil; {
		next := child.NextSibling()
		switch {
		case child.Kind() == ast.KindHTMLBlock:
			c.block(child.(*ast.HTMLBlock))
		case child.Kind() == ast.KindRawHTML:
			c.inline(child.(*ast.RawHTML))
		case c.skip != "":
			n.RemoveChild(n, child)
		case child.Kind() == ast.KindLink && c.inLink():
			for inner := child.FirstChild(); inner != nil; inner = child.FirstChild() {
				n.InsertBefore(n, child, inner)
			}
			n.RemoveChild(n, child)
		case child.Kind() == ast.KindAutoLink && c.inLink():
			label := ast.NewString(child.(*ast.AutoLink).Label(p.source))
			label.SetRaw(true)
			n.ReplaceChild(n, child, label)
		case child.HasChildren():
			p.cleanHTML(child)
		case partOf(child) != nil:
			part := partOf(child)
			part.cleanHTML(part.root)
		}
		child = next
	}
	if len(c.open) == 0 {
		return
	}
	var b strings.Builder
	for len(c.open) > 0 {
		c.pop(&b, true)
	}
	c.append(b.String())
}

func (c *cleaner) inLink() bool {
	return slices.ContainsFunc(c.open, func(o openTag) bool { return o.link })
}

// append adds closing tags at the end of the parent.
func (c *cleaner) append(s string) {
	if s == "" {
		return
	}
	parts := []htmlPart{{html: s}}
	if last := c.parent.LastChild(); last != nil && last.Type() == ast.TypeInline {
		c.parent.AppendChild(c.parent, &safeInline{parts: parts})
		return
	}
	c.parent.AppendChild(c.parent, &safeBlock{parts: parts})
}

// pop closes the innermost open tag.
func (c *cleaner) pop(b *strings.Builder, report bool) {
	o := c.open[len(c.open)-1]
	c.open = c.open[:len(c.open)-1]
	if !o.dropped {
		b.WriteString("</" + o.name + ">")
	}
	if report && !o.dropped && !endOptional(o.name) {
		c.report(o.at, fmt.Sprintf("%q is not closed in the block that it is opened in", "<"+o.name+">"), fmt.Sprintf("close it with %q", "</"+o.name+">"))
	}
}

func (c *cleaner) report(at int, message, hint string) {
	c.page.report(diag.Warning, "content/raw-html", at, at, message, hint)
}

func (c *cleaner) block(n *ast.HTMLBlock) {
	lines := slices.Clone(n.Lines().Sliced(0, n.Lines().Len()))
	if n.HasClosure() {
		lines = append(lines, n.ClosureLine)
	}
	var text strings.Builder
	var places offsets
	for _, l := range lines {
		places = append(places, struct{ joined, source int }{text.Len(), l.Start})
		text.Write(l.Value(c.page.source))
	}
	parts := c.clean(text.String(), places, true)
	// A paragraph that raw HTML opens ends where Markdown takes over again.
	var b strings.Builder
	for len(c.open) > 0 && c.open[len(c.open)-1].name == "p" {
		c.pop(&b, false)
	}
	if b.Len() > 0 {
		parts = append(parts, htmlPart{html: b.String()})
	}
	safe := &safeBlock{parts: parts}
	safe.SetPos(n.Pos())
	c.replace(n, safe, len(parts) == 0)
}

func (c *cleaner) inline(n *ast.RawHTML) {
	var text strings.Builder
	var places offsets
	for i := range n.Segments.Len() {
		s := n.Segments.At(i)
		places = append(places, struct{ joined, source int }{text.Len(), s.Start})
		text.Write(s.Value(c.page.source))
	}
	raw := text.String()
	parts := c.clean(raw, places, c.parent.Kind() != ast.KindParagraph && c.parent.Kind() != ast.KindHeading && c.parent.Type() == ast.TypeBlock)
	c.replace(n, &safeInline{parts: parts, isBreak: isBreak([]byte(raw))}, len(parts) == 0)
}

func (c *cleaner) replace(n, safe ast.Node, empty bool) {
	if empty {
		c.parent.RemoveChild(c.parent, n)
		return
	}
	c.parent.ReplaceChild(c.parent, n, safe)
}

// clean goes through the tags of a piece of raw HTML.
func (c *cleaner) clean(text string, places offsets, blocks bool) []htmlPart {
	var parts []htmlPart
	var b strings.Builder
	at := 0
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		kind := z.Next()
		raw := string(z.Raw())
		place := places.at(at)
		at += len(raw)
		if kind == html.ErrorToken {
			b.WriteString(escape(html.UnescapeString(raw)))
			break
		}
		token := z.Token()
		switch {
		case c.skip != "":
			if kind == html.EndTagToken && token.Data == c.skip {
				c.skip = ""
			}
		case kind == html.TextToken:
			b.WriteString(escape(token.Data))
		case kind == html.EndTagToken:
			c.end(&b, token.Data, place)
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			if part, ok := c.start(&b, token, kind == html.SelfClosingTagToken, place, blocks); ok {
				part.html = b.String()
				b.Reset()
				parts = append(parts, part)
			}
		case kind == html.DoctypeToken:
			c.report(place, fmt.Sprintf("%q is not shown", raw), "remove it")
		}
	}
	if b.Len() > 0 {
		parts = append(parts, htmlPart{html: b.String()})
	}
	return parts
}

func (c *cleaner) end(b *strings.Builder, tag string, place int) {
	i := len(c.open) - 1
	for i >= 0 && c.open[i].name != tag {
		i--
	}
	if i < 0 {
		if class := classOf(tag); class != tagRefused && class != tagVoid {
			c.report(place, fmt.Sprintf("%q closes nothing that is opened in the same block", "</"+tag+">"), "remove it, or open and close it in one block")
		}
		return
	}
	for len(c.open)-1 > i {
		c.pop(b, true)
	}
	c.pop(b, false)
}

// start handles a start tag. It returns a part where the tag is a link or image.
func (c *cleaner) start(b *strings.Builder, t html.Token, selfClosing bool, place int, blocks bool) (htmlPart, bool) {
	tag, class := t.Data, classOf(t.Data)
	drop := func(why, hint string) (htmlPart, bool) {
		c.report(place, fmt.Sprintf("raw HTML %q %s", "<"+tag+">", why), hint)
		if class != tagVoid && class != tagRefused && !selfClosing {
			c.open = append(c.open, openTag{name: tag, at: place, dropped: true})
		}
		return htmlPart{}, false
	}
	switch {
	case class == tagRefused:
		if tag == "script" || tag == "style" || tag == "iframe" || tag == "textarea" || tag == "title" {
			c.skip = tag
		}
		return drop("is not shown", "write it in Markdown; the manual lists the tags that are allowed")
	case (class == tagBlock || class == tagTable || tag == "hr") && !blocks:
		return drop("cannot stand inside a paragraph, a heading or a link", "put it on a line of its own with empty lines around it")
	case (class == tagTable || tag == "col") && !slices.ContainsFunc(c.open, func(o openTag) bool { return o.name == "table" && !o.dropped }):
		return drop("stands outside a table", `open a "<table>" in the same block`)
	case tag == "a" && c.inLink():
		return drop("stands inside another link", "close the other link first")
	}
	for ends := impliedEnds(tag); len(c.open) > 0 && slices.Contains(ends, c.open[len(c.open)-1].name); {
		c.pop(b, false)
	}
	attrs, link := c.attributes(t, place)
	switch {
	case tag == "img":
		if link == nil {
			return drop(`has no "src"`, "add it, or write the image in Markdown")
		}
		link.Image = true
		return htmlPart{link: link, image: true, more: attrs}, true
	case class == tagVoid:
		b.WriteString("<" + tag + attrs + ">")
		return htmlPart{}, false
	case tag == "a" && link == nil && attrs == "":
		// Its id is taken already, by the heading that it names for example.
		c.open = append(c.open, openTag{name: tag, at: place, dropped: true})
		return htmlPart{}, false
	case tag == "a" && link == nil:
		// As a span an anchor may stand anywhere, also in a link.
		b.WriteString("<span" + attrs + ">")
		c.open = append(c.open, openTag{name: tag, at: place, dropped: true})
		b.WriteString("</span>")
		return htmlPart{}, false
	}
	if !selfClosing {
		c.open = append(c.open, openTag{name: tag, at: place, link: link != nil})
	}
	if link != nil {
		return htmlPart{link: link, more: attrs}, true
	}
	b.WriteString("<" + tag + attrs + ">")
	if selfClosing {
		b.WriteString("</" + tag + ">")
	}
	return htmlPart{}, false
}

// attributes returns the attributes that may be written, and the link or image
// that they hold.
func (c *cleaner) attributes(t html.Token, place int) (string, *Link) {
	var b strings.Builder
	var link *Link
	var alt string
	var dropped []string
	for _, a := range t.Attr {
		switch {
		case a.Key == "target" || a.Key == "rel":
			// Links get what the site gives every link.
		case !attributeAllowed(t.Data, a.Key):
			dropped = append(dropped, a.Key)
		case a.Key == "href" || a.Key == "src":
			link = &Link{Target: strings.TrimSpace(a.Val), Span: c.page.span(place, place)}
		case a.Key == "alt":
			alt = collapse(a.Val)
		case a.Key == "id" || a.Key == "name":
			c.anchor(&b, a.Val, place)
		case a.Val == "":
			b.WriteString(" " + a.Key)
		default:
			fmt.Fprintf(&b, ` %s="%s"`, a.Key, escape(a.Val))
		}
	}
	if link != nil {
		link.Alt = alt
	}
	if len(dropped) > 0 {
		c.report(place, fmt.Sprintf("attribute %q of raw HTML %q is not shown", dropped[0], "<"+t.Data+">"), "remove it; styles and event handlers are never published")
	}
	return b.String(), link
}

// anchor writes an id once.
func (c *cleaner) anchor(b *strings.Builder, id string, place int) {
	p := c.page
	switch {
	case id == "" || strings.ContainsAny(id, " \t\n") || strings.Contains(b.String(), ` id="`):
	case p.anchors[id]:
		if !slices.ContainsFunc(p.into.Headings, func(h Heading) bool { return h.ID == id }) {
			p.report(diag.Warning, "content/duplicate-anchor", place, place, fmt.Sprintf("anchor %q is on this page already", id), "rename one of the two")
		}
	default:
		p.addAnchor(id)
		fmt.Fprintf(b, ` id="%s"`, escape(id))
	}
}

func (w *writer) safeBlock(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.parts(out, node.(*safeBlock).parts)
		_ = out.WriteByte('\n')
	}
	return ast.WalkSkipChildren, nil
}

func (w *writer) safeInline(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.parts(out, node.(*safeInline).parts)
	}
	return ast.WalkSkipChildren, nil
}

func (w *writer) parts(out util.BufWriter, parts []htmlPart) {
	for _, p := range parts {
		_, _ = out.WriteString(p.html)
		switch {
		case p.link == nil:
		case p.image:
			w.img(out, p.link, p.link.Alt, false, p.more)
		default:
			_, _ = out.WriteString("<a")
			w.href(out, p.link)
			_, _ = out.WriteString(p.more + ">")
		}
	}
}
