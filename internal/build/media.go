package build

import (
	"fmt"
	"io/fs"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
)

// media adds the files beside the pages to the output. Of a plain folder of
// Markdown only what pages link to: nobody said that the rest is to be published.
func media(in Input, site *content.Site, files Files) diag.List {
	var problems diag.List
	linked := map[string]bool{}
	for _, page := range site.Pages {
		for _, l := range page.Links {
			if l.Kind == content.LinkMedia {
				linked[l.File] = true
			}
		}
	}
	for _, name := range site.Media {
		if in.ContentPrefix == "" && !linked[name] {
			continue
		}
		data, err := fs.ReadFile(in.Content, name)
		if err != nil {
			problems.Add(diag.Diagnostic{Code: "content/unreadable", Severity: diag.Error, File: in.ContentPrefix + name,
				Message: fmt.Sprintf("cannot read %q: %v", name, err), Hint: "check that the file exists and may be read"})
			continue
		}
		files[name] = data
	}
	return problems
}
