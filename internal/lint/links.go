package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
)

func linkPasses() []Pass {
	return []Pass{
		{diag.CodeDoc{Code: "content/missing-image", Severity: diag.Warning, Summary: "an image file does not exist", Doc: `
An image, or the large version that its lightbox opens, is not in the content folder. Readers see its description instead. Add
the file at the path in the message, or correct the path: it is relative to the page's own file.

` + "```markdown\n:::image type=\"content\" source=\"media/hub.svg\" alt-text=\"A hub with two spokes.\":::\n```"}, missingImage},
		{diag.CodeDoc{Code: "content/external-image", Severity: diag.Warning, Summary: "an image is on another host", Doc: `
Pages load nothing from other hosts: that would tell the other host who reads what, and the page would not work offline. Readers get a
link to the image. Download it, put it beside the page and use the relative path.`}, externalImage},
		{diag.CodeDoc{Code: "content/missing-alt", Severity: diag.Warning, Summary: "an image has no description", Doc: `
Readers who cannot see an image are read its description, and it is what everyone sees while the image is missing. Say
what the image shows, in one sentence; a picture that only decorates is an icon.

` + "```markdown\n:::image type=\"content\" source=\"media/hub.svg\" alt-text=\"A hub with two spokes.\":::\n:::image type=\"icon\" source=\"media/star.svg\":::\n```"}, missingAlt},
		{diag.CodeDoc{Code: "content/missing-link", Severity: diag.Warning, Summary: "a link leads to a file that does not exist", Doc: `
A relative link names a file of the content folder. When the file is not there, or is outside the folder, the text stays on the page
and cannot be clicked. Correct the path, which is relative to the page's own file, or link to the address on the web.`}, missingLink},
		{diag.CodeDoc{Code: "content/missing-anchor", Severity: diag.Warning, Summary: "a link leads to a heading that does not exist", Doc: `
The part after # names a heading, an anchor or a rule of the page. A heading's id is its text in lower case, with hyphens for
spaces and without punctuation; a second heading with the same text gets -1. When a heading is reworded, links to it
lead to the top of the page. Use the id that the message suggests, or look at the heading's own link on the page.`}, missingAnchor},
		{diag.CodeDoc{Code: "content/link-spelling", Severity: diag.Warning, Summary: "a link is spelt otherwise than the file it leads to", Doc: `
Microsoft Learn finds a file in whatever case its name is written and takes a backslash for a slash. Other hosts and editors
do not. The page links to the right file all the same; write the path as the file is named.`}, linkSpelling},
		{diag.CodeDoc{Code: "content/unsafe-link", Severity: diag.Warning, Summary: "a link could run code", Doc: `
Links whose address starts with javascript:, vbscript:, data: or file: are never published. Link to a page or a file.`}, unsafeLink},
	}
}

// eachLink visits the links of all pages.
func eachLink(site *content.Site, visit func(*content.Page, *content.Link)) {
	for _, p := range site.Pages {
		for _, l := range slices.Concat(p.RuleLinks, p.Links) {
			visit(p, l)
		}
	}
}

func missingImage(site *content.Site, report func(diag.Diagnostic)) {
	eachLink(site, func(p *content.Page, l *content.Link) {
		what := "image"
		if l.Lightbox {
			what = "lightbox image"
		}
		d := diag.Diagnostic{Span: l.Span}
		switch {
		case !l.Image:
			return
		case l.Target == "":
			d.Message, d.Hint = what+" has no file name", "name a file beside the page"
		case l.Kind == content.LinkMissing:
			d.Message = fmt.Sprintf("%s %q does not exist", what, l.Target)
			d.Hint = suggestFile(p, l, site.Media)
			if d.Hint == "" {
				d.Hint = fmt.Sprintf("add the file as %q, or correct the path", site.Prefix+l.File)
			}
		case l.Kind == content.LinkOutside:
			d.Message, d.Hint = fmt.Sprintf("%s %q is outside the content folder", what, l.Target), "move it beside the page"
		case l.Kind == content.LinkPage || l.Kind == content.LinkYAML:
			d.Message, d.Hint = fmt.Sprintf("%s %q is not a picture", what, l.Target), "name a picture, or write a link without the exclamation mark"
		default:
			return
		}
		report(d)
	})
}

// suggestFile looks for a file of nearly the same path, as a path from the page.
func suggestFile(p *content.Page, l *content.Link, files []string) string {
	dir := path.Dir(p.Path)
	var near []string
	for _, f := range files {
		near = append(near, relative(dir, f))
	}
	return diag.DidYouMean(relative(dir, l.File), near)
}

// relative is the path of a file as a page in dir links to it.
func relative(dir, file string) string {
	if dir == "." {
		return file
	}
	a, b := strings.Split(dir, "/"), strings.Split(file, "/")
	for len(a) > 0 && len(b) > 1 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return strings.Repeat("../", len(a)) + strings.Join(b, "/")
}

func externalImage(site *content.Site, report func(diag.Diagnostic)) {
	eachLink(site, func(_ *content.Page, l *content.Link) {
		if l.Image && l.Kind == content.LinkExternal {
			report(diag.Diagnostic{Span: l.Span, Message: fmt.Sprintf("image %q is on another host, the page shows a link to it", l.URL),
				Hint: "put a copy beside the page"})
		}
	})
}

func missingAlt(site *content.Site, report func(diag.Diagnostic)) {
	eachLink(site, func(_ *content.Page, l *content.Link) {
		if l.Image && !l.Icon && !l.Lightbox && l.Alt == "" {
			report(diag.Diagnostic{Span: l.Span, Message: fmt.Sprintf("image %q has no description", l.Target),
				Hint: `say what it shows: alt-text="…", or text between the brackets`})
		}
	})
}

func missingLink(site *content.Site, report func(diag.Diagnostic)) {
	files := make([]string, 0, len(site.Pages)+len(site.Media))
	for _, p := range site.Pages {
		files = append(files, p.Path)
	}
	files = append(files, site.Media...)
	eachLink(site, func(p *content.Page, l *content.Link) {
		d := diag.Diagnostic{Span: l.Span}
		switch {
		case l.Image:
			return
		case l.Kind == content.LinkMissing && l.Target == "":
			d.Message, d.Hint = "a link leads nowhere", "put an address between the parentheses"
		case l.Kind == content.LinkMissing:
			d.Message = fmt.Sprintf("link to %q, which does not exist", l.Target)
			d.Hint = suggestFile(p, l, files)
			if d.Hint == "" {
				d.Hint = fmt.Sprintf("add the page %q, or correct the link", site.Prefix+l.File)
			}
		case l.Kind == content.LinkOutside:
			d.Message, d.Hint = fmt.Sprintf("link to %q, which is outside the content folder", l.Target), "link to its address on the web"
		case l.Kind == content.LinkYAML:
			d.Message, d.Hint = fmt.Sprintf("link to %q, a YAML page, which is not rendered", l.Target), "link to a Markdown page"
		default:
			return
		}
		report(d)
	})
}

func missingAnchor(site *content.Site, report func(diag.Diagnostic)) {
	eachLink(site, func(p *content.Page, l *content.Link) {
		if l.Kind != content.LinkPage || l.Fragment == "" || l.Page.HasAnchor(l.Fragment) || strings.HasPrefix(l.Fragment, "tab/") {
			return
		}
		where := "this page"
		if l.Page != p {
			where = fmt.Sprintf("%q", l.Page.Path)
		}
		d := diag.Diagnostic{Span: l.Span, Message: fmt.Sprintf("no heading or anchor %q on %s", "#"+l.Fragment, where)}
		if s := diag.Suggest(l.Fragment, l.Page.Anchors()); s != "" {
			d.Hint = fmt.Sprintf("did you mean %q?", "#"+s)
		} else {
			d.Hint = "use the id of one of the page's headings"
		}
		report(d)
	})
}

func linkSpelling(site *content.Site, report func(diag.Diagnostic)) {
	eachLink(site, func(p *content.Page, l *content.Link) {
		switch {
		case l.Backslash && l.Kind != content.LinkExternal:
			report(diag.Diagnostic{Span: l.Span, Message: fmt.Sprintf("link %q has backslashes", l.Target), Hint: "write slashes"})
		case l.Respelled:
			report(diag.Diagnostic{Span: l.Span, Message: fmt.Sprintf("link %q differs from the file's name in case", l.Target),
				Hint: fmt.Sprintf("write %q", relative(path.Dir(p.Path), l.File))})
		}
	})
}

func unsafeLink(site *content.Site, report func(diag.Diagnostic)) {
	eachLink(site, func(_ *content.Page, l *content.Link) {
		if l.Kind == content.LinkUnsafe {
			scheme, _, _ := strings.Cut(l.Target, ":")
			report(diag.Diagnostic{Span: l.Span, Message: fmt.Sprintf("a link with %q is not published", scheme+":"), Hint: "link to a page or a file"})
		}
	})
}
