package config

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// DocsetFile is the name of DocFX's settings in the folder of a Learn docset.
const DocsetFile = "docfx.json"

// Docset is what DocFX's settings say of a folder of Markdown.
type Docset struct {
	Title             string    // of the site, or ""
	content, resource []mapping // nil: every file belongs to it
}

// mapping names files by patterns, in lower case and relative to the docset.
type mapping struct{ files, exclude []string }

// LoadDocset reads the docfx.json of a folder: which files belong to the site ("content"
// and "resource" of "build"), and what it is called ("titleSuffix" of "globalMetadata").
// Without the file, or without "content" in it, all do.
// https://dotnet.github.io/docfx/reference/docfx-json-reference.html
func LoadDocset(fsys fs.FS) (Docset, diag.List) {
	text, err := fs.ReadFile(fsys, DocsetFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Docset{}, nil
	}
	if err != nil {
		return Docset{}, diag.List{{Code: "config/unreadable", Severity: diag.Error, File: DocsetFile, Message: "the file cannot be read: " + reason(err)}}
	}
	root, problems := document.Parse(diag.NewSource(DocsetFile, strings.ToValidUTF8(string(text), "\ufffd")))
	if problems.HasErrors() {
		return Docset{}, problems
	}
	l := docsetLoader{problems: problems}
	build := root.Get("build")
	var out Docset
	out.Title = strings.TrimSpace(build.Get("globalMetadata").Get("titleSuffix").Text())
	if out.content = l.mappings(build.Get("content")); len(out.content) == 0 {
		l.report(root.Span, `"content" of "build" names no files`, "it says which files are pages; without it all are")
		return Docset{Title: out.Title}, l.problems
	}
	out.resource = l.mappings(build.Get("resource"))
	if !out.hasPages(fsys) {
		l.report(build.Get("content").Span, `"content" of "build" names no Markdown file that is here`, "the site has no pages with it; mend its patterns")
	} else if navigation := firstFile(fsys, "TOC.yml", "toc.yml"); navigation != "" && !out.Has(navigation) {
		l.report(build.Get("content").Span, `"content" of "build" leaves out "`+navigation+`"`, `add "**/*.yml" to its files, or the folders are the navigation`)
	}
	return out, l.problems
}

// hasPages says whether the docset has a Markdown file.
func (d Docset) hasPages(fsys fs.FS) bool {
	found := false
	_ = fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.EqualFold(path.Ext(name), ".md") && d.Has(name) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

func firstFile(fsys fs.FS, names ...string) string {
	for _, name := range names {
		if _, err := fs.Stat(fsys, name); err == nil {
			return name
		}
	}
	return ""
}

type docsetLoader struct{ problems diag.List }

func (l *docsetLoader) report(span diag.Span, message, hint string) {
	l.problems.Add(diag.Diagnostic{Code: "config/docset", Severity: diag.Warning, Span: span, Message: message, Hint: hint})
}

// mappings reads {files, exclude, src}, a pattern, or a list of them. Where "dest" is
// another folder, the files stay where they are.
func (l *docsetLoader) mappings(n *document.Node) []mapping {
	switch {
	case n == nil || n.Kind == document.Null:
		return nil
	case n.Kind == document.List:
		var out []mapping
		for _, item := range n.Items {
			out = append(out, l.mappings(item)...)
		}
		return out
	case n.Kind == document.String:
		return []mapping{{files: l.patterns(n, ".", false)}}
	case n.Kind != document.Map || n.Get("files") == nil:
		l.report(n.Span, n.Describe()+` names no files`, `write {"files": ["**/*.md"]}`)
		return nil
	}
	src := path.Clean(strings.ReplaceAll(n.Get("src").Text(), `\`, "/"))
	if src == ".." || strings.HasPrefix(src, "../") || strings.HasPrefix(src, "/") {
		l.report(n.Get("src").Span, `"src" leads out of the docset`, "name the folder that holds all of it with --site")
		return nil
	}
	if dest := n.Get("dest"); dest != nil && dest.Text() != "" && path.Clean(dest.Text()) != src {
		l.report(dest.Span, `"dest" is not followed`, "the files keep their paths")
	}
	return []mapping{{l.patterns(n.Get("files"), src, false), l.patterns(n.Get("exclude"), src, true)}}
}

// manyStars are what DocFX takes for "**" where it is a whole segment, and for "**/*" at
// the beginning of one.
var manyStars = regexp.MustCompile(`^\*{2,}`)

// patterns reads a pattern or a list of them. One of a folder, with a slash at its end,
// excludes all of it.
func (l *docsetLoader) patterns(n *document.Node, src string, excluding bool) []string {
	if n == nil || n.Kind == document.Null {
		return nil
	}
	if n.Kind == document.List {
		var out []string
		for _, item := range n.Items {
			out = append(out, l.patterns(item, src, excluding)...)
		}
		return out
	}
	text := n.Text()
	if excluding && strings.HasSuffix(text, "/") {
		text += "**"
	}
	segments := strings.Split(path.Join(src, text), "/")
	for i, s := range segments {
		if rest := manyStars.ReplaceAllString(s, ""); rest != s {
			segments[i] = "**"
			if rest != "" {
				segments[i] = "**/*" + rest
			}
		}
	}
	pattern := strings.ToLower(strings.Join(segments, "/"))
	if n.Kind != document.String || strings.Contains(text, `\`) || !doublestar.ValidatePattern(pattern) {
		l.report(n.Span, n.Describe()+" is no pattern of files", `for example "**/*.md"`)
		return nil
	}
	return []string{pattern}
}

// Has says whether a file, by its path in the docset, belongs to the site: pages and
// navigation by "content", other files by that or "resource".
func (d Docset) Has(name string) bool {
	if d.content == nil {
		return true
	}
	name = strings.ToLower(name)
	has := func(m mapping) bool { return matches(m.files, name) && !matches(m.exclude, name) }
	switch path.Ext(name) {
	case ".md", ".yml", ".yaml":
		return slices.ContainsFunc(d.content, has)
	}
	return slices.ContainsFunc(d.content, has) || slices.ContainsFunc(d.resource, has)
}

func matches(patterns []string, name string) bool {
	for _, p := range patterns {
		if doublestar.MatchUnvalidated(p, name) {
			return true
		}
	}
	return false
}
