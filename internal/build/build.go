// Package build makes a site: the whole pipeline in one function, and the
// write that replaces a folder at once.
//
// It takes a site's folder, its configuration and the theme, and gives every
// file of the output, or every problem.
//
// Invariant: nothing reaches the output folder after an error, and the same
// input gives the same bytes.
package build

import (
	"io/fs"
	"slices"
	"sync"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/lint"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/render"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/rulejs"
)

// Input is everything a site is made of.
type Input struct {
	Config        config.Config
	Content       fs.FS  // pages, TOC, media
	ContentPrefix string // of Content's files in messages: "content/", or "" where the pages are the whole folder
	Rules         fs.FS  // topology.yaml, inputs/, samples/; may be empty
	Theme         fs.FS  // the built-in theme, with the site's files over it
	Version       string // of the program
	Strict        bool   // warnings are errors
	Policy        string // of the pages' content security; "" for the one of a site to publish
	Cache         *Cache // what builds of one process share, or nil
}

// Output is a built site. Files is nil where there were errors.
type Output struct {
	Sources
	Files Files
}

// Site builds every output file in memory. It never touches the disk.
func Site(in Input) (Output, diag.List) {
	src, problems := Lint(in) // read: every problem is reported
	if problems.HasErrors() { // gate: from here on the sources are known to be good
		return Output{Sources: src}, problems
	}
	js := rulejs.Translate(src.Rules, in.Version) // make
	assets, more := in.Cache.bundle(in.Theme, string(js))
	problems = append(problems, more...)
	engines := newEngines(assets.Engine)
	defer engines.close()
	if !problems.HasErrors() { // gate: both engines agree on every example, or no site
		problems = append(problems, in.Cache.prove(in, src.Rules, func(ids []string) diag.List {
			return examples(src.Rules, engines, ids, inBuild)
		})...)
	}
	if problems.HasErrors() {
		return Output{Sources: src}, problems
	}
	drawings, more := in.Cache.draw(in, src, engines)
	if problems = append(problems, more...); problems.HasErrors() {
		return Output{Sources: src}, problems
	}
	files, more := render.Pages(pages(in, src, assets, drawings))
	if problems = append(problems, in.level(more)...); problems.HasErrors() {
		return Output{Sources: src}, problems
	}
	problems = append(problems, media(in, src.Content, files)...)
	if len(src.Model.Kinds) > 0 {
		files["schemas/topology.schema.json"] = src.Model.JSONSchema()
		files["schemas/front-matter.schema.json"] = src.Rules.FrontMatterSchema()
	}
	if problems.HasErrors() {
		return Output{Sources: src}, problems
	}
	return Output{src, files}, problems
}

// Sources are a site as its author wrote it, read and compiled.
type Sources struct {
	Content *content.Site
	Model   *model.Model
	Env     *lang.Env
	Rules   *rule.Set
	Claims  lint.Coverage // where the site was linted
}

// Load reads a site. Every problem is reported, and what has none is usable.
func Load(in Input) (Sources, diag.List) {
	var pages *content.Site
	var problems diag.List
	var reading sync.WaitGroup
	reading.Go(func() {
		pages, problems = content.Load(in.Content, content.Options{SiteHost: in.Config.SiteHost, Prefix: in.ContentPrefix})
	})
	m, wrong := model.Load(in.Rules)
	env, more := lang.NewEnv(m)
	reading.Wait()
	problems = slices.Concat(problems, wrong, more)
	rules, more := rule.Load(pages, env, in.Rules, "rules/")
	problems = append(problems, more...)
	return Sources{Content: pages, Model: m, Env: env, Rules: rules}, problems
}

// Lint reads a site and checks its pages and rules against each other.
func Lint(in Input) (Sources, diag.List) {
	src, problems := Load(in)
	if len(src.Content.Pages) == 0 && !problems.HasErrors() {
		problems.Add(diag.Diagnostic{Code: "site/no-pages", Severity: diag.Error, Message: "the site has no pages", Hint: "write " + in.ContentPrefix + "index.md, or name the site's folder with --site"})
	}
	problems = append(problems, lint.Run(src.Content)...)
	problems = append(problems, lint.Figures(src.Content, src.Rules)...)
	claims, more := lint.Claims(src.Content, src.Rules, in.Config.Coverage)
	problems = append(problems, more...)
	src.Claims = claims
	return src, append(in.level(problems), checkLevels(in.Config)...)
}

// Test runs the examples of the rules with these ids, or of all, in both
// engines.
func Test(in Input, ids []string) (Sources, diag.List) {
	src, problems := Load(in)
	if problems.HasErrors() {
		return src, problems
	}
	assets, problems := bundle.Site(in.Theme, string(rulejs.Translate(src.Rules, in.Version)))
	if problems.HasErrors() {
		return src, problems
	}
	engines := newEngines(assets.Engine)
	defer engines.close()
	return src, examples(src.Rules, engines, ids, inTest)
}

// ReservedFolders are the folders of a site that are its own.
func ReservedFolders() []string { return lint.ReservedFolders() }
