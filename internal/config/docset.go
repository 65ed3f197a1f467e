package config

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// DocsetFile is the name of DocFX's settings in the folder of a Learn docset.
const DocsetFile = "docfx.json"

// Docset is what DocFX's settings say of a folder of Markdown.
type Docset struct {
	Title    string    // of the site, or ""
	mappings []mapping // nil: every file belongs to it
}

// mapping names files by patterns, in lower case and relative to the docset.
type mapping struct{ files, exclude []string }

// LoadDocset reads the docfx.json of a folder: which files belong to the site ("content"
// and "resource" of "build"), and what it is called ("titleSuffix" of "globalMetadata").
// Without the file, all do. https://dotnet.github.io/docfx/reference/docfx-json-reference.html
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
	if build == nil || build.Kind != document.Map {
		l.report(root.Span, `"build" is missing`, "it says which files are pages; without it all are")
		return Docset{}, l.problems
	}
	for _, key := range []string{"content", "resource"} {
		l.files(build.Get(key), key)
	}
	l.out.Title = strings.TrimSpace(build.Get("globalMetadata").Get("titleSuffix").Text())
	return l.out, l.problems
}

type docsetLoader struct {
	out      Docset
	problems diag.List
}

func (l *docsetLoader) report(span diag.Span, message, hint string) {
	l.problems.Add(diag.Diagnostic{Code: "config/docset", Severity: diag.Warning, Span: span, Message: message, Hint: hint})
}

// files reads a list of {files, exclude, src}. Where "dest" is another folder, the files
// stay where they are.
func (l *docsetLoader) files(n *document.Node, key string) {
	if n == nil || n.Kind == document.Null {
		return
	}
	if n.Kind != document.List {
		l.report(n.Span, `"`+key+`" is `+n.Describe()+", not a list", `write [{"files": ["**/*.md"]}]`)
		return
	}
	for _, item := range n.Items {
		if item.Kind == document.String { // a pattern alone is short for one of files
			l.out.mappings = append(l.out.mappings, mapping{files: l.patterns(item, "")})
			continue
		}
		src := path.Clean(strings.ReplaceAll(item.Get("src").Text(), `\`, "/"))
		if dest := item.Get("dest"); dest != nil && dest.Text() != "" && path.Clean(dest.Text()) != src {
			l.report(dest.Span, `"dest" is not followed`, "the files keep their paths")
		}
		l.out.mappings = append(l.out.mappings, mapping{l.patterns(item.Get("files"), src), l.patterns(item.Get("exclude"), src)})
	}
}

// patterns reads a pattern or a list of them.
func (l *docsetLoader) patterns(n *document.Node, src string) []string {
	if n == nil || n.Kind == document.Null {
		return nil
	}
	if n.Kind == document.List {
		var out []string
		for _, item := range n.Items {
			out = append(out, l.patterns(item, src)...)
		}
		return out
	}
	pattern := strings.ToLower(path.Join(src, n.Text()))
	if n.Kind != document.String || !doublestar.ValidatePattern(pattern) {
		l.report(n.Span, n.Describe()+" is no pattern of files", `for example "**/*.md"`)
		return nil
	}
	return []string{pattern}
}

// Has says whether a file, by its path in the docset, belongs to the site.
func (d Docset) Has(name string) bool {
	name = strings.ToLower(name)
	for _, m := range d.mappings {
		if matches(m.files, name) && !matches(m.exclude, name) {
			return true
		}
	}
	return d.mappings == nil
}

func matches(patterns []string, name string) bool {
	for _, p := range patterns {
		if doublestar.MatchUnvalidated(p, name) {
			return true
		}
	}
	return false
}
