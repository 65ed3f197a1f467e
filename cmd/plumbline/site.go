package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	foundingContent "github.com/plumbline/plumbline/content"
	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/diag"
	foundingRules "github.com/plumbline/plumbline/rules"
	"github.com/plumbline/plumbline/theme"
)

// openSite finds the site that --site names: a folder with plumbline.yaml and
// content/, or a plain folder of Markdown.
func (p *program) openSite(flags *pflag.FlagSet) (build.Input, diag.List, error) {
	info, err := os.Stat(p.site)
	if errors.Is(err, fs.ErrNotExist) {
		return build.Input{}, nil, usageError{fmt.Sprintf("there is no folder %q", p.site), "--site names the folder of a site"}
	}
	if err != nil {
		return build.Input{}, nil, err
	}
	if !info.IsDir() {
		return build.Input{}, nil, usageError{fmt.Sprintf("%q is no folder", p.site), "--site names the folder of a site, not one of its files"}
	}
	root := os.DirFS(p.site)
	settings, problems := config.Load(root, flags)
	in := build.Input{Config: settings, Theme: theme.FS(), Rules: sub(root, "rules"), Version: version}
	switch {
	case isDir(root, "content"):
		in.Content, in.ContentPrefix = sub(root, "content"), "content/"
		if isDir(root, "theme") {
			in.Theme = theme.With(sub(root, "theme"))
		}
	case isFile(root, config.File):
		in.Content, in.ContentPrefix = hidden{root, []string{"."}, nil}, "content/" // it has no pages yet
	default:
		docset, more := config.LoadDocset(root)
		problems = append(problems, more...)
		in.Content = hidden{root, []string{"public", "rules", "theme", "node_modules"}, docset.Has}
		in.Config.Title = cmp.Or(in.Config.Title, docset.Title)
	}
	return in, problems, nil
}

// openSiteOrFounding is openSite for the verbs that need no checkout: without
// --site and without a site here they use the rules that the program carries.
func (p *program) openSiteOrFounding(flags *pflag.FlagSet) (build.Input, diag.List, error) {
	if p.siteSet || isFile(os.DirFS("."), config.File) {
		return p.openSite(flags)
	}
	if !p.quiet {
		fmt.Fprintln(p.stderr, "no plumbline.yaml here: using the rules that come with plumbline (--site names another site)")
	}
	return build.Input{Content: foundingContent.FS(), ContentPrefix: "content/", Rules: foundingRules.FS(), Theme: theme.FS(), Version: version}, nil, nil
}

// load reads a site that was opened with problems, and prints what is wrong with it where
// it cannot be used.
func (p *program) load(in build.Input, problems diag.List) (build.Sources, error) {
	site, more := build.Load(in)
	if problems = append(problems, more...); problems.HasErrors() {
		p.printProblems(problems)
		return build.Sources{}, errProblems{}
	}
	return site, nil
}

func sub(fsys fs.FS, dir string) fs.FS {
	out, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err) // dir is a literal of this file, and valid
	}
	return out
}

func isDir(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.IsDir()
}

func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}

// hidden hides from whoever lists a folder of Markdown what is not its pages:
// top-level entries by name ("." hides all), node_modules, built sites, which
// hold a Markdown twin of each page, and files that a docset does not have.
type hidden struct {
	fs.FS
	names []string
	has   func(file string) bool // nil: all
}

func (h hidden) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(h.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return name == "." && (slices.Contains(h.names, e.Name()) || slices.Contains(h.names, ".")) ||
			e.IsDir() && (e.Name() == "node_modules" || build.IsOutput(h.FS, path.Join(name, e.Name()))) ||
			!e.IsDir() && h.has != nil && !h.has(path.Join(name, e.Name()))
	}), err
}

// printProblems writes what is wrong in a site's files, each file with the
// site's folder before it, as a terminal or an editor needs it.
func (p *program) printProblems(l diag.List) {
	t := p.terminalOf(p.stderr)
	diag.WriteRecords(t.w, p.located(l.Records()), t.color)
}

// located puts the site's folder before the files of records.
func (p *program) located(records []diag.Record) []diag.Record {
	prefix := filepath.ToSlash(filepath.Clean(p.site)) + "/"
	if !p.siteSet || prefix == "./" {
		return records
	}
	for i := range records {
		if f := records[i].File; f != "" && !strings.HasPrefix(f, "PLUMBLINE_") {
			records[i].File = prefix + f
		}
	}
	return records
}
