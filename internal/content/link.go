package content

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// Links: /azure/… leads to the site host, a relative .md file to the page made
// of it, any other relative file to its copy, sample:… to a sample topology, all
// else stays as it is.

var schemePattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`)

// index is what a site holds, by path.
type index struct {
	siteHost string
	pages    map[string]*Page
	media    map[string]bool
	yaml     map[string]bool
	spelling map[string]string // lower-case path → path as it is
}

func newIndex(siteHost string, s *Site) *index {
	ix := &index{siteHost: strings.TrimSuffix(siteHost, "/"), pages: map[string]*Page{}, media: map[string]bool{}, yaml: map[string]bool{}, spelling: map[string]string{}}
	for _, p := range s.Pages {
		ix.pages[p.Path] = p
		ix.spelling[strings.ToLower(p.Path)] = p.Path
	}
	for _, m := range s.Media {
		ix.media[m] = true
		ix.spelling[strings.ToLower(m)] = m
	}
	for _, y := range s.YAMLPages {
		ix.yaml[y] = true
		ix.spelling[strings.ToLower(y)] = y
	}
	return ix
}

// resolve works out where a link leads that stands in the file from.
func (ix *index) resolve(from string, l *Link) {
	t := l.Target
	if schemePattern.MatchString(t) || strings.HasPrefix(t, "//") {
		l.resolveAbsolute()
		return
	}
	if strings.Contains(t, `\`) {
		l.Backslash = true
		t = strings.ReplaceAll(t, `\`, "/")
	}
	t, fragment, _ := strings.Cut(t, "#")
	t, l.Query, _ = strings.Cut(t, "?")
	l.Fragment = unescapeURL(fragment)
	t = unescapeURL(t)
	switch {
	case strings.HasPrefix(t, "/"):
		l.Kind, l.URL = LinkExternal, ix.siteHost+strings.ReplaceAll(l.Target, `\`, "/")
		return
	case t == "" && l.Target == "":
		l.Kind = LinkMissing
		return
	case t == "":
		ix.find(l, from)
		return
	case strings.HasPrefix(t, "~/"):
		t = path.Clean(t[2:])
	default:
		t = path.Join(path.Dir(from), t) + trailing(t)
	}
	if t == ".." || strings.HasPrefix(t, "../") {
		l.Kind, l.File = LinkOutside, t
		return
	}
	ix.find(l, t)
}

func trailing(t string) string {
	if strings.HasSuffix(t, "/") {
		return "/"
	}
	return ""
}

func unescapeURL(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

func (l *Link) resolveAbsolute() {
	scheme := ""
	if m := schemePattern.FindStringSubmatch(l.Target); m != nil {
		scheme = strings.ToLower(m[1])
	}
	switch {
	case scheme == "":
		l.Kind, l.URL = LinkExternal, "https:"+l.Target
	case scheme == "sample":
		l.Kind, l.File = LinkSample, l.Target[len("sample:"):]
	case scheme == "xref":
		l.Kind = LinkUnsupported
	case gmhtml.IsDangerousURL([]byte(l.Target)):
		l.Kind = LinkUnsafe
	default:
		l.Kind, l.URL = LinkExternal, l.Target
	}
}

// find looks a path up as it is, as a folder, without its extension, and at
// last without regard to case, which is how Learn looks it up.
func (ix *index) find(l *Link, name string) {
	candidates := []string{name}
	if base := strings.TrimSuffix(name, "/"); !l.Image && (base != name || path.Ext(base) == "") {
		index := path.Join(base, "index")
		candidates = append(candidates, index+".md", index+".yml")
		if base == name {
			candidates = append(candidates, base+".md")
		}
	}
	for _, c := range candidates {
		if ix.found(l, c) {
			return
		}
	}
	for _, c := range candidates {
		if real, ok := ix.spelling[strings.ToLower(c)]; ok && ix.found(l, real) {
			l.Respelled = true
			return
		}
	}
	l.Kind, l.File = LinkMissing, name
}

func (ix *index) found(l *Link, name string) bool {
	switch {
	case ix.pages[name] != nil:
		l.Kind, l.Page = LinkPage, ix.pages[name]
	case ix.media[name]:
		l.Kind = LinkMedia
	case ix.yaml[name]:
		l.Kind = LinkYAML
	default:
		return false
	}
	l.File = name
	return true
}

// leads says whether the link has somewhere to lead to.
func (l *Link) leads() bool {
	return l.Kind == LinkExternal || l.Kind == LinkPage || l.Kind == LinkMedia || l.Kind == LinkSample && !l.Image
}

// RelativeURL returns the escaped relative address of a path of the site (a
// page's URL or a file) for a page at URL from. Both are without a slash in front.
func RelativeURL(from, to string) string {
	a := strings.Split(from, "/")
	b := strings.Split(to, "/")
	a = a[:len(a)-1] // what follows the last slash is not a folder
	same := 0
	for same < len(a) && same < len(b)-1 && a[same] == b[same] {
		same++
	}
	rest := strings.Join(b[same:], "/")
	up := strings.Repeat("../", len(a)-same)
	if up == "" && (rest == "" || strings.Contains(b[same], ":")) {
		up = "./"
	}
	return up + (&url.URL{Path: "/" + rest}).EscapedPath()[1:]
}

func escapeFragment(s string) string { return (&url.URL{Fragment: s}).EscapedFragment() }

// address returns what to write in href for a link on the page at URL at.
func (l *Link) address(at string) string {
	var to string
	switch l.Kind {
	case LinkExternal:
		return string(util.URLEscape([]byte(l.URL), false))
	case LinkSample:
		return CheckerURL(at, l.File)
	case LinkPage:
		to = RelativeURL(at, l.Page.URL)
		if l.Page.URL == at && l.Query == "" && l.Fragment != "" {
			to = ""
		}
	default:
		to = RelativeURL(at, l.File)
	}
	if l.Query != "" {
		to += "?" + string(util.URLEscape([]byte(l.Query), false))
	}
	if l.Fragment != "" {
		to += "#" + escapeFragment(l.Fragment)
	}
	return to
}

// CheckerURL returns the relative address of the checker with a sample for a page
// at URL at.
func CheckerURL(at, sample string) string {
	return RelativeURL(at, "check/") + "#sample=" + strings.ReplaceAll(url.QueryEscape(sample), "+", "%20")
}

// addLink resolves a link and adds it to the page's.
func (p *Page) addLink(l *Link) {
	from := p.Path
	if strings.HasPrefix(l.Target, "#") {
		from = p.into.Path // an included file has no address of its own
	}
	p.index.resolve(from, l)
	p.into.Links = append(p.into.Links, l)
	if l.Kind == LinkUnsupported {
		p.report(diag.Warning, "content/unsupported", l.Span.Start, l.Span.End,
			fmt.Sprintf("the cross-reference %q is not resolved", l.Target), "link to the page itself")
	}
}

// collectLinks finds the links and images of the page.
func (p *Page) collectLinks() {
	p.each(func(p *Page, node ast.Node) {
		switch n := node.(type) {
		case *ast.Link:
			p.links[n] = &Link{Target: unescape(n.Destination)}
			p.place(n, n.Destination, n.Reference != nil)
		case *ast.Image:
			p.links[n] = &Link{Target: unescape(n.Destination), Image: true, Alt: altText(p.source, n)}
			p.place(n, n.Destination, n.Reference != nil)
		case *ast.AutoLink:
			target := string(n.URL(p.source))
			if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(target), "mailto:") {
				target = "mailto:" + target
			}
			p.links[n] = &Link{Target: target}
			p.place(n, n.Label(p.source), false)
		case *inlineImage:
			p.finishImage(&n.image)
		case *complexImage:
			p.finishImage(&n.image)
			if !n.closed {
				p.reportOpenImage(n)
			}
		case *quoteSection:
			if n.link != nil {
				p.addLink(n.link)
			}
		case *safeBlock:
			p.addLinks(n.parts)
		case *safeInline:
			p.addLinks(n.parts)
		}
	})
}

func (p *Page) addLinks(parts []htmlPart) {
	for _, part := range parts {
		if part.link != nil {
			p.addLink(part.link)
		}
	}
}

// place finds the target of a link in the source and adds the link. One that is
// defined elsewhere has its place where it is used.
func (p *Page) place(n ast.Node, target []byte, byReference bool) {
	l := p.links[n]
	l.Target = strings.TrimSpace(l.Target)
	start := max(n.Pos(), 0)
	end := start
	if p.Source != nil && !byReference {
		if i := findTarget(p.source[start:], target); i >= 0 {
			start += i
			end = start + len(target)
		}
	}
	l.Span = p.span(start, end)
	p.addLink(l)
}

// findTarget finds a link's destination behind its text, or an autolink's.
func findTarget(source, target []byte) int {
	if len(target) == 0 {
		return -1
	}
	for from := 0; ; {
		i := bytes.Index(source[from:], target)
		if i < 0 {
			return -1
		}
		i += from
		from = i + 1
		before, after := source[:i], source[i+len(target):]
		inLink := bytes.HasSuffix(before, []byte("(")) || bytes.HasSuffix(before, []byte("(<")) || bytes.HasSuffix(before, []byte(" "))
		if (inLink || i == 0 || bytes.HasSuffix(before, []byte("<"))) && (len(after) == 0 || bytes.IndexByte([]byte(") >\t\n\"'.,;:!?*_~"), after[0]) >= 0) {
			return i
		}
	}
}

// href writes the href attribute, and rel for other hosts. A link that leads
// nowhere gets no href: the text stays, and nothing can be clicked.
func (w *writer) href(out util.BufWriter, l *Link) {
	if !l.leads() {
		_, _ = out.WriteString(` class="missing"`)
		return
	}
	_, _ = out.WriteString(` href="` + escape(l.address(w.at)) + `"`)
	if l.Kind == LinkExternal && strings.HasPrefix(strings.ToLower(l.URL), "http") {
		_, _ = out.WriteString(` rel="noopener"`)
	}
}

func (w *writer) link(out util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*ast.Link)
	if !entering {
		_, _ = out.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	_, _ = out.WriteString("<a")
	w.href(out, w.page.links[n])
	w.title(out, n.Title)
	_ = out.WriteByte('>')
	return ast.WalkContinue, nil
}

func (w *writer) title(out util.BufWriter, title []byte) {
	if title != nil {
		_, _ = out.WriteString(` title="`)
		gmhtml.DefaultWriter.Write(out, title)
		_ = out.WriteByte('"')
	}
}

func (w *writer) autoLink(out util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.AutoLink)
	_, _ = out.WriteString("<a")
	w.href(out, w.page.links[n])
	_, _ = out.WriteString(">" + escape(string(n.Label(source))) + "</a>")
	return ast.WalkContinue, nil
}

func (w *writer) markdownImage(out util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		l := w.page.links[node]
		w.img(out, l, l.Alt, false, "")
	}
	return ast.WalkSkipChildren, nil
}
