package content

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// Images: :::image type="content|icon" …:::, alone or inside text, a list, a
// quote or a table cell; :::image type="complex" …::: with a long description up
// to :::image-end:::; and :::no-loc text="…":::, which shares the inline form.

var (
	kindInlineImage  = ast.NewNodeKind("InlineImage")
	kindComplexImage = ast.NewNodeKind("ComplexImage")
	kindNoLoc        = ast.NewNodeKind("NoLoc")

	inlineDirective  = regexp.MustCompile(`^:::[ \t]*(image|no-loc)(?:[ \t\n]|:::)`)
	attributePattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*)[ \t]*=[ \t]*"([^"]*)"`)
)

func imageAttributes() []string {
	return []string{"source", "type", "alt-text", "lightbox", "border", "link", "loc-scope"}
}

// attribute is name="value" with its place in the source.
type attribute struct {
	name, value string
	start, end  int // of the whole
	valueStart  int
	valueEnd    int
}

// image is what both forms of :::image have in common.
type image struct {
	attributes []attribute
	unread     []attribute // stretches that are no attribute; only value and place
	start, end int
	unclosed   bool

	icon, border           bool
	alt                    string
	source, lightbox, link *Link
}

type inlineImage struct {
	ast.BaseInline
	image
}

func (*inlineImage) Kind() ast.NodeKind           { return kindInlineImage }
func (n *inlineImage) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

type complexImage struct {
	ast.BaseBlock
	image
	closed bool
}

func (*complexImage) Kind() ast.NodeKind           { return kindComplexImage }
func (n *complexImage) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

type noLoc struct {
	ast.BaseInline
	image
	text string
}

func (*noLoc) Kind() ast.NodeKind           { return kindNoLoc }
func (n *noLoc) Dump(source []byte, at int) { ast.DumpHelper(n, source, at, nil, nil) }

// offsets maps places in text that was joined from lines to places in the file.
type offsets []struct{ joined, source int }

func (o offsets) at(i int) int {
	for k := len(o) - 1; k >= 0; k-- {
		if i >= o[k].joined {
			return o[k].source + i - o[k].joined
		}
	}
	return i
}

type inlineImageParser struct{}

func (inlineImageParser) Trigger() []byte { return []byte{':'} }

func (inlineImageParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	m := inlineDirective.FindSubmatch(line)
	if m == nil {
		return nil
	}
	// Attributes may go on over several lines. Where no line ends them, only the
	// first is taken: what follows is more likely text than attributes.
	one := strings.TrimRight(string(line), " \t\n")
	img := readImage(one, offsets{{segment.Padding, segment.Start}})
	if img.unclosed {
		savedLine, savedSegment := block.Position()
		joined, places := joinLines(block)
		block.SetPosition(savedLine, savedSegment)
		if all := readImage(joined, places); !all.unclosed {
			img = all
		}
	}
	advanceTo(block, img.end)
	if string(m[1]) == "no-loc" {
		n := &noLoc{image: img}
		for _, a := range img.attributes {
			if a.name == "text" {
				n.text = a.value
			}
		}
		return n
	}
	return &inlineImage{image: img}
}

// joinLines reads the rest of a block.
func joinLines(block text.Reader) (string, offsets) {
	var b bytes.Buffer
	var places offsets
	for {
		line, segment := block.PeekLine()
		if line == nil {
			return b.String(), places
		}
		places = append(places, struct{ joined, source int }{b.Len() + segment.Padding, segment.Start})
		b.Write(line)
		block.AdvanceLine()
	}
}

// advanceTo moves the reader to an offset of the file.
func advanceTo(block text.Reader, end int) {
	for {
		line, segment := block.PeekLine()
		if line == nil {
			return
		}
		if end <= segment.Stop {
			block.Advance(max(0, end-segment.Start))
			return
		}
		block.AdvanceLine()
	}
}

// readImage reads :::name attributes::: at the start of s.
func readImage(s string, places offsets) image {
	img := image{start: places.at(0)}
	i := len(s) - len(strings.TrimLeft(strings.TrimLeft(s, ":"), " \t"))
	i += len(s[i:]) - len(strings.TrimLeft(s[i:], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"))
	for {
		i += len(s[i:]) - len(strings.TrimLeft(s[i:], " \t\n"))
		switch m := attributePattern.FindStringSubmatchIndex(s[i:]); {
		case strings.HasPrefix(s[i:], ":::"):
			img.end = places.at(i + 3)
			return img
		case i >= len(s):
			img.end, img.unclosed = places.at(len(s)), true
			return img
		case m != nil:
			img.attributes = append(img.attributes, attribute{
				name: strings.ToLower(s[i+m[2] : i+m[3]]), value: unescape([]byte(s[i+m[4] : i+m[5]])),
				start: places.at(i), end: places.at(i + m[1]), valueStart: places.at(i + m[4]), valueEnd: places.at(i + m[5]),
			})
			i += m[1]
		default:
			end := len(s)
			if k := strings.IndexAny(s[i:], " \t\n"); k > 0 {
				end = i + k
			}
			if k := strings.Index(s[i:end], ":::"); k > 0 {
				end = i + k
			}
			img.unread = append(img.unread, attribute{value: s[i:end], start: places.at(i), end: places.at(end)})
			i = end
		}
	}
}

// finishImage checks the attributes and turns them into links.
func (p *Page) finishImage(img *image) {
	if img.unclosed {
		p.report(diag.Warning, "content/unclosed", img.start, img.end, `":::image" is never closed`, `close it with ":::" on the same line`)
	}
	for _, a := range img.unread {
		p.report(diag.Warning, "content/image-attribute", a.start, a.end,
			fmt.Sprintf("cannot read %q as an attribute of an image", a.value), `write attribute="value", with double quotes`)
	}
	img.border = true
	for _, a := range img.attributes {
		p.imageAttribute(img, a)
	}
	if img.icon {
		img.border = false
		for _, a := range img.attributes {
			if a.name == "alt-text" && a.value != "" {
				p.report(diag.Warning, "content/image-attribute", a.start, a.end,
					`an image of type "icon" is decoration, its "alt-text" is not shown`, `remove "alt-text", or use type "content"`)
			}
			if a.name == "border" {
				img.border = a.value == "true"
			}
		}
	}
	if img.source == nil && !img.unclosed {
		p.report(diag.Warning, "content/image-attribute", img.start, img.end, `":::image" has no "source"`, `add source="media/…"`)
	}
	if img.source != nil {
		img.source.Image, img.source.Icon, img.source.Alt = true, img.icon, img.alt
	}
	if img.lightbox != nil {
		img.lightbox.Image, img.lightbox.Lightbox = true, true
	}
	if img.unclosed {
		return
	}
	links := slices.DeleteFunc([]*Link{img.source, img.lightbox, img.link}, func(l *Link) bool { return l == nil })
	slices.SortFunc(links, func(a, b *Link) int { return a.Span.Start - b.Span.Start })
	for _, l := range links {
		p.addLink(l)
	}
}

func (p *Page) imageAttribute(img *image, a attribute) {
	link := &Link{Target: strings.TrimSpace(a.value), Span: p.span(a.valueStart, a.valueEnd)}
	switch a.name {
	case "source":
		img.source = link
	case "lightbox":
		img.lightbox = link
	case "link":
		img.link = link
	case "alt-text":
		img.alt = collapse(a.value)
	case "border":
		img.border = a.value != "false"
		if a.value != "true" && a.value != "false" {
			p.report(diag.Warning, "content/image-attribute", a.start, a.end,
				fmt.Sprintf(`"border" of an image is %q`, a.value), `write "true" or "false"`)
		}
	case "type":
		img.icon = a.value == "icon"
		if types := []string{"content", "icon", "complex"}; !slices.Contains(types, a.value) {
			hint := diag.DidYouMean(a.value, types)
			if hint == "" {
				hint = `use "content", "icon" or "complex"`
			}
			p.report(diag.Warning, "content/image-attribute", a.start, a.end, fmt.Sprintf("unknown type %q of an image", a.value), hint)
		}
	case "loc-scope":
	default:
		hint := diag.DidYouMean(a.name, imageAttributes())
		if hint == "" {
			hint = "remove it; the attributes are " + strings.Join(imageAttributes(), ", ")
		}
		p.report(diag.Warning, "content/image-attribute", a.start, a.end, fmt.Sprintf("unknown attribute %q of an image", a.name), hint)
	}
}

func (w *writer) inlineImage(out util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*inlineImage)
	if !entering {
		return ast.WalkContinue, nil
	}
	if n.unclosed {
		_, _ = out.WriteString(escape(string(source[n.start:n.end])))
		return ast.WalkContinue, nil
	}
	w.image(out, &n.image)
	return ast.WalkContinue, nil
}

// image writes the picture, in a link to its large version where it has one.
func (w *writer) image(out util.BufWriter, img *image) {
	link, class := img.lightbox, ` class="lightbox"`
	if img.link != nil {
		link, class = img.link, ""
	}
	linked := link != nil && link.leads()
	if linked {
		_, _ = out.WriteString("<a" + class)
		w.href(out, link)
		_, _ = out.WriteString(">")
	}
	w.img(out, img.source, img.alt, img.icon, "")
	if linked {
		_, _ = out.WriteString("</a>")
	}
}

// img writes an image element, or the alternative text where there is no file.
func (w *writer) img(out util.BufWriter, l *Link, alt string, icon bool, more string) {
	switch {
	case l == nil:
	case l.Kind == LinkMedia && icon:
		fmt.Fprintf(out, `<img class="icon" src="%s" alt="" role="presentation">`, escape(RelativeURL(w.at, l.File)))
	case l.Kind == LinkMedia:
		fmt.Fprintf(out, `<img src="%s" alt="%s" loading="lazy"%s>`, escape(RelativeURL(w.at, l.File)), escape(alt), more)
	case l.Kind == LinkExternal:
		// The content security policy lets a page show its own images only.
		_, _ = out.WriteString("<a")
		w.href(out, l)
		fmt.Fprintf(out, ">%s</a>", escape(alt))
	case !icon && alt != "":
		fmt.Fprintf(out, `<span class="missing-image">%s</span>`, escape(alt))
	}
}

func (w *writer) complexImage(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*complexImage)
	if !entering {
		_, _ = out.WriteString("</details>\n</figure>\n")
		return ast.WalkContinue, nil
	}
	w.openFigure(out, n.border)
	w.image(out, &n.image)
	_, _ = out.WriteString("\n<details class=\"long-description\">\n<summary>Description of the image</summary>\n")
	return ast.WalkContinue, nil
}

func (w *writer) openFigure(out util.BufWriter, border bool) {
	class := "image"
	if border {
		class += " border"
	}
	fmt.Fprintf(out, `<figure class="%s">`, class)
}

func (w *writer) noLoc(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = out.WriteString(escape(node.(*noLoc).text))
	}
	return ast.WalkContinue, nil
}

// loneImage returns the image that is all a paragraph holds, or nil.
func loneImage(n ast.Node) ast.Node {
	c := n.FirstChild()
	if c == nil || c.NextSibling() != nil {
		return nil
	}
	switch c := c.(type) {
	case *inlineImage:
		if !c.icon && !c.unclosed {
			return c
		}
	case *ast.Image:
		return c
	}
	return nil
}

func (p *Page) reportOpenImage(n *complexImage) {
	p.report(diag.Warning, "content/unclosed", n.start, n.end, `":::image" of type "complex" is never closed`, `close it with a line ":::image-end:::" after the long description`)
}
