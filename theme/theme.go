// Package theme carries the built-in theme: layouts, components, styles, the
// checker and the rule runtime, as files.
//
// It takes nothing and gives file systems; what the files mean is the business
// of render (layouts, component HTML) and bundle (styles and TypeScript).
//
// Invariant: a file of a site's own theme/ folder replaces the file of the same
// path here and nothing else.
package theme

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"
)

//go:embed layouts styles components icons page checker runtime site.ts head.ts
//go:embed all:dist
var files embed.FS

// FS returns the built-in theme.
func FS() fs.FS { return files }

// With returns the built-in theme with the files of a site's theme folder laid
// over it. A nil folder gives the built-in theme.
func With(site fs.FS) fs.FS {
	if site == nil {
		return files
	}
	return overlay{over: site, under: files}
}

// overlay shows the files of over, and those of under that over does not have.
type overlay struct{ over, under fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.over.Open(name)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return o.under.Open(name)
}

// ReadDir merges the entries of both folders, sorted by name.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	over, err := fs.ReadDir(o.over, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	under, underErr := fs.ReadDir(o.under, name)
	if err != nil && underErr != nil {
		return nil, underErr
	}
	seen := map[string]bool{}
	for _, e := range over {
		seen[e.Name()] = true
	}
	for _, e := range under {
		if !seen[e.Name()] {
			over = append(over, e)
		}
	}
	slices.SortFunc(over, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return over, nil
}
