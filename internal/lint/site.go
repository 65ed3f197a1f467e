package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
)

func sitePasses() []Pass {
	return []Pass{
		{diag.CodeDoc{Code: "content/toc-missing", Severity: diag.Warning, Summary: "the navigation names a page that does not exist", Doc: `
An entry of ` + "`TOC.yml`" + ` leads to a file that is not in the content folder, so its name is shown and cannot be clicked. Correct the
path, which is relative to the TOC file, or remove the entry.`}, tocMissing},
		{diag.CodeDoc{Code: "content/not-in-toc", Severity: diag.Warning, Summary: "no entry of the navigation leads to a page", Doc: `
Readers find such a page by search and links only. Add it to ` + "`TOC.yml`" + `. A site without a TOC file shows its folders and has no such pages.`}, notInTOC},
		{diag.CodeDoc{Code: "content/reserved-path", Severity: diag.Error, Summary: "a page or file lands where the site keeps its own", Doc: `
The folders ` + "`check/`, `rules/`, `coverage/`, `assets/` and `schemas/`" + ` of a site, and files such as ` + "`rules.json`" + ` at its root, are made by Plumbline. A page
or file of the same path would replace them or be replaced. Move or rename it.`}, reservedPath},
		{diag.CodeDoc{Code: "content/duplicate-url", Severity: diag.Error, Summary: "two pages have the same address", Doc: `
` + "`guide.md`" + ` and ` + "`guide/index.md`" + ` are both published as ` + "`guide/`" + `, and so are names that differ only in case on many hosts. Rename or
merge one of the two.`}, duplicateURL},
		{diag.CodeDoc{Code: "content/file-name", Severity: diag.Warning, Summary: "a page's address has to be escaped", Doc: `
A page's address is its path. Spaces and characters other than letters, digits, hyphens, dots, underscores and tildes turn into
percent signs and digits that nobody can read or type. Rename the file: ` + "`virtual-wan.md`, not `virtual wan.md`" + `.`}, fileName},
	}
}

// eachTOC visits the nodes of the navigation.
func eachTOC(items []*content.TOCItem, visit func(*content.TOCItem)) {
	for _, i := range items {
		visit(i)
		eachTOC(i.Items, visit)
	}
}

func tocMissing(site *content.Site, report func(diag.Diagnostic)) {
	paths := make([]string, 0, len(site.Pages))
	for _, p := range site.Pages {
		paths = append(paths, p.Path)
	}
	eachTOC(site.TOC, func(i *content.TOCItem) {
		if i.Missing == "" {
			return
		}
		d := diag.Diagnostic{Span: i.Span, Message: fmt.Sprintf("navigation entry %q leads to %q, which does not exist", i.Name, i.Missing)}
		switch {
		case i.Kind == content.LinkYAML:
			d.Message = fmt.Sprintf("navigation entry %q leads to %q, a YAML page, which is not rendered", i.Name, i.Missing)
			d.Hint = "write the page in Markdown"
		default:
			if d.Hint = diag.DidYouMean(i.Missing, paths); d.Hint == "" {
				d.Hint = "correct the path or remove the entry"
			}
		}
		report(d)
	})
}

func notInTOC(site *content.Site, report func(diag.Diagnostic)) {
	if len(site.TOCFiles) == 0 {
		return
	}
	listed := map[*content.Page]bool{}
	eachTOC(site.TOC, func(i *content.TOCItem) { listed[i.Page] = true })
	for _, p := range site.Pages {
		if !listed[p] {
			report(diag.Diagnostic{Span: top(p), Message: fmt.Sprintf("page %q is not in the navigation", p.Path),
				Hint: fmt.Sprintf("add it to %q", site.Prefix+site.TOCFiles[0])})
		}
	}
}

// reservedFolders and reservedFiles are what the contract says of public/.
// ReservedFolders are the folders of a site that are its own.
func ReservedFolders() []string { return []string{"check", "rules", "coverage", "assets", "schemas"} }

func reservedFiles() []string {
	return []string{"rules.json", "checks.mjs", "sitemap.xml", "robots.txt", "404.html", "llms.txt"}
}

func reservedPath(site *content.Site, report func(diag.Diagnostic)) {
	for _, p := range site.Pages {
		if folder, _, ok := strings.Cut(p.URL, "/"); ok && slices.Contains(ReservedFolders(), strings.ToLower(folder)) {
			report(diag.Diagnostic{Span: top(p), Message: fmt.Sprintf("page %q lands in %q, which the site makes itself", p.Path, folder+"/"), Hint: "move or rename the file"})
		}
	}
	for _, m := range site.Media {
		folder, _, inFolder := strings.Cut(m, "/")
		if inFolder && slices.Contains(ReservedFolders(), strings.ToLower(folder)) || slices.Contains(reservedFiles(), strings.ToLower(m)) {
			report(diag.Diagnostic{File: site.Prefix + m, Message: fmt.Sprintf("file %q lands where the site puts its own", m), Hint: "move or rename the file"})
		}
	}
}

func duplicateURL(site *content.Site, report func(diag.Diagnostic)) {
	first := map[string]*content.Page{}
	for _, p := range site.Pages {
		key := strings.ToLower(p.URL)
		if q := first[key]; q != nil {
			report(diag.Diagnostic{Span: top(p), Message: fmt.Sprintf("page %q has the same address as %q: %q", p.Path, q.Path, "/"+p.URL), Hint: "rename or merge one of the two"})
			continue
		}
		first[key] = p
	}
}

var plainPath = regexp.MustCompile(`^[\pL\pN/._~-]*$`)

func fileName(site *content.Site, report func(diag.Diagnostic)) {
	for _, p := range site.Pages {
		if !plainPath.MatchString(p.Path) {
			report(diag.Diagnostic{Span: top(p), Message: fmt.Sprintf("the address of page %q has to be escaped", p.Path), Hint: "use letters, digits and hyphens"})
		}
	}
}
