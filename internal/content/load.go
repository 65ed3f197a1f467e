package content

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/yuin/goldmark/parser"
	"golang.org/x/net/html"

	"github.com/plumbline/plumbline/internal/diag"
)

const defaultSiteHost = "https://learn.microsoft.com"

// Load reads every page, TOC file and media path of a content folder. Files and
// folders whose name starts with a dot are left alone, and a folder named
// "includes" holds parts of pages, not pages.
func Load(fsys fs.FS, opts Options) (*Site, diag.List) {
	if opts.SiteHost == "" {
		opts.SiteHost = defaultSiteHost
	}
	l := &loader{fsys: fsys, opts: opts, site: &Site{Prefix: opts.Prefix}}
	l.walk()
	l.index = newIndex(l.opts.SiteHost, l.site)
	l.parsePages()
	l.loadTOC()
	l.site.numberFigures()
	for _, p := range l.site.Pages {
		l.problems = append(l.problems, p.problems...)
	}
	return l.site, l.problems.Sorted()
}

type loader struct {
	fsys     fs.FS
	opts     Options
	site     *Site
	index    *index
	tocFiles []string
	problems diag.List
}

func (l *loader) report(file, code, message, hint string) {
	l.problems.Add(diag.Diagnostic{Code: code, Severity: diag.Error, File: l.opts.Prefix + file, Message: message, Hint: hint})
}

// walk finds the files. A folder that cannot be read is reported and skipped.
func (l *loader) walk() {
	// The function never returns an error of its own, so WalkDir has none.
	_ = fs.WalkDir(l.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			l.report(name, "content/unreadable", fmt.Sprintf("cannot read %q: %v", name, err), "check that the file exists and may be read")
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		base := path.Base(name)
		hidden := name != "." && strings.HasPrefix(base, ".")
		if d.IsDir() {
			if hidden {
				return fs.SkipDir
			}
			return nil
		}
		if !hidden {
			l.file(name)
		}
		return nil
	})
}

func (l *loader) file(name string) {
	switch ext := strings.ToLower(path.Ext(name)); {
	case ext == ".md" && slices.Contains(strings.Split(path.Dir(name), "/"), "includes"):
		// A part of pages, read where a page names it.
	case ext == ".md":
		l.site.Pages = append(l.site.Pages, &Page{Path: name, URL: pageURL(name)})
	case strings.EqualFold(path.Base(name), "toc.yml"):
		l.tocFiles = append(l.tocFiles, name)
	case ext == ".yml" || ext == ".yaml":
		if b, err := fs.ReadFile(l.fsys, name); err == nil && strings.HasPrefix(strings.TrimPrefix(string(b), "\ufeff"), "### YamlMime:") {
			l.site.YAMLPages = append(l.site.YAMLPages, name)
			l.problems.Add(diag.Diagnostic{Code: "content/unsupported", Severity: diag.Warning, File: l.opts.Prefix + name,
				Message: fmt.Sprintf("the YAML page %q is not rendered", name), Hint: "write it as a Markdown page"})
		}
	case isMedia(name, ext):
		l.site.Media = append(l.site.Media, name)
		if ext == ".svg" {
			l.checkSVG(name)
		}
	}
}

// checkSVG reports a picture that could run code when it is opened by itself.
func (l *loader) checkSVG(name string) {
	b, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return // the build that copies it reports it
	}
	z := html.NewTokenizer(bytes.NewReader(b))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			active := slices.ContainsFunc(t.Attr, func(a html.Attribute) bool {
				return strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:")
			})
			if t.Data == "script" || active {
				l.problems.Add(diag.Diagnostic{Code: "content/svg-script", Severity: diag.Warning, File: l.opts.Prefix + name,
					Message: fmt.Sprintf("the picture %q holds a script", name), Hint: "export it without scripts and event handlers"})
				return
			}
		}
	}
}

// isMedia says whether a file is copied to the site. Files that a browser would
// run or render as a page of its own are not: they would escape the site's
// content security policy.
func isMedia(name, ext string) bool {
	switch ext {
	case "", ".go", ".html", ".htm", ".xhtml", ".js", ".mjs", ".css":
		return false
	}
	return path.Base(name) != "docfx.json"
}

// pageURL is the folder that a page is published in.
func pageURL(name string) string {
	url := name[:len(name)-len(path.Ext(name))]
	if dir, base := path.Split(url); strings.EqualFold(base, "index") {
		return dir
	}
	return url + "/"
}

// parsePages reads the pages on all processors. Each page is on its own, so the
// result does not depend on who comes first.
func (l *loader) parsePages() {
	p := newPageParser()
	next := make(chan *Page)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for page := range next {
				l.parsePage(page, p)
			}
		})
	}
	for _, page := range l.site.Pages {
		next <- page
	}
	close(next)
	wg.Wait()
}

func (l *loader) parsePage(p *Page, md parser.Parser) {
	p.index, p.into = l.index, p
	p.Source, p.problems = l.read(p.Path)
	p.source = []byte(p.Source.Text)
	p.readFrontMatter()
	p.parse(l, md)
	p.name()
	p.checkRuleIDs()
	p.checkRuleText(md)
}

// read returns a file as a source. Line ends become \n and a byte order mark is
// dropped, which leaves every line and column as it was.
func (l *loader) read(name string) (*diag.Source, diag.List) {
	var problems diag.List
	file := l.opts.Prefix + name
	b, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		problems.Add(diag.Diagnostic{Code: "content/unreadable", Severity: diag.Error, File: file,
			Message: fmt.Sprintf("cannot read %q: %v", name, err), Hint: "check that the file exists and may be read"})
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if utf8.ValidString(text) {
		return diag.NewSource(file, text), problems
	}
	at := 0
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	src := diag.NewSource(file, strings.ToValidUTF8(text, "\ufffd"))
	problems.Add(diag.Diagnostic{Code: "content/encoding", Severity: diag.Error, Span: diag.Span{Source: src, Start: at, End: at},
		Message: fmt.Sprintf("%q is not valid UTF-8: byte 0x%02x", name, text[at]), Hint: "save the file as UTF-8"})
	return src, problems
}

// report adds a diagnostic at a stretch of the page's text.
func (p *Page) report(severity diag.Severity, code string, start, end int, message, hint string) {
	p.into.problems.Add(diag.Diagnostic{Code: code, Severity: severity, Span: p.span(start, end), Message: message, Hint: hint})
}

func (p *Page) span(start, end int) diag.Span {
	return diag.Span{Source: p.Source, Start: start, End: max(start, end)}
}

// name settles the title and description.
func (p *Page) name() {
	p.Title = p.metaText("title")
	p.Description = p.metaText("description")
	if p.Title == "" {
		for _, h := range p.Headings {
			if h.Text != "" {
				p.Title = h.Text
				break
			}
		}
	}
	if p.Title == "" {
		p.Title = humanise(p.Path)
	}
}

// humanise makes a title of a path: "azure-bastion/virtual-wan.md" is "Virtual wan".
func humanise(name string) string {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	if strings.EqualFold(base, "index") && path.Dir(name) != "." {
		base = path.Base(path.Dir(name))
	}
	base = strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(base))
	if base == "" {
		return name
	}
	_, n := utf8.DecodeRuneInString(base)
	return strings.ToUpper(base[:n]) + base[n:]
}
