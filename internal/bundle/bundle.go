// Package bundle makes the browser files of a site with esbuild.
//
// It takes a theme (TypeScript, CSS, fonts, and the npm libraries that Vendor
// put into its dist/ folder) and the JavaScript that the rules were translated
// to, and gives the assets of the site, named by their content, and the module
// checks.mjs. Vendor is the developer's step that reads node_modules; nothing
// else in the program does.
//
// Invariant: the same theme and rules give the same bytes, wherever they are
// bundled. Nothing is read but the theme's file system.
package bundle

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/plumbline/plumbline/internal/diag"
)

// Assets are the browser files of one site.
type Assets struct {
	// Files holds the bytes by output path: "assets/site-K3JX2Q7A.js", "checks.mjs".
	Files map[string][]byte
	// Paths gives the output path of each entry by its name: "site.js",
	// "site.css", "head.js", "check.js", "worker.js", "explainer.js", "icon.svg",
	// "licences.txt".
	Paths map[string]string
	// Engine is runtime/validate.ts with the rules as a classic script that sets the
	// global "plumbline", for an engine without modules.
	Engine string
	// Version names the rules and the runtime: results of another version are stale.
	Version string
}

// Add stores a data file under a name that carries its hash, and returns its path.
func (a *Assets) Add(name string, data []byte) string {
	ext := path.Ext(name)
	p := "assets/" + strings.TrimSuffix(name, ext) + "-" + hash(data) + ext
	a.Files[p] = data
	a.Paths[name] = p
	return p
}

// hash has the form of esbuild's own: eight letters and digits.
func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return base32.StdEncoding.EncodeToString(sum[:])[:8]
}

// Site bundles everything a site serves to browsers and to other JavaScript
// programs. rulesJS is the module that rulejs generated, with the program as its
// default export.
func Site(theme fs.FS, rulesJS string) (Assets, diag.List) { return new(Bundler).Site(theme, rulesJS) }

// runtime bundles what the rules are part of into a, which holds the pages' own
// files already.
func (s sources) runtime(a *Assets) diag.List {
	checks, l := s.one("runtime/checks.ts", "checks.mjs", api.FormatESModule, "")
	engine, l2 := s.one("runtime/validate.ts", "engine.js", api.FormatIIFE, "plumbline")
	worker, l3 := s.one("checker/worker.ts", "worker.js", api.FormatIIFE, "")
	explainer, l4 := s.one("checker/explainer.ts", "explainer.js", api.FormatIIFE, "")
	problems := slices.Concat(l, l2, l3, l4)
	if problems.HasErrors() {
		return problems
	}
	notice, err := fs.ReadFile(s.theme, "dist/licences.txt")
	if err != nil {
		return noBundles("dist/licences.txt")
	}
	a.Version = hash([]byte(checks))
	a.Engine = engine
	a.Files["checks.mjs"] = []byte(checks)
	a.Add("licences.txt", notice)
	a.Add("worker.js", carried("plumblineWorker", worker))
	a.Add("explainer.js", carried("plumblineExplainer", explainer))
	return problems
}

// carried is the script that brings a worker's code to a page. A worker made
// from a Blob has no URL of its own to load from, so its code travels as the text
// of a function (classic scripts work from file://).
func carried(name, code string) []byte {
	return []byte("self." + name + "=function(){" + strings.TrimSuffix(code, "\n") + "\n};\n")
}

// Runtime bundles the rule runtime alone as a classic script that sets the
// global "plumblineRuntime".
func Runtime(theme fs.FS) (string, diag.List) {
	src := sources{theme: theme, rules: "export default null"}
	if l := src.vendored(); l.HasErrors() {
		return "", l
	}
	return src.one("runtime/index.ts", "runtime.js", api.FormatIIFE, "plumblineRuntime")
}

// Checks bundles checks.mjs as a classic script that sets the global "plumbline",
// for an engine without modules: readers and all, as Engine is not.
func Checks(theme fs.FS, rulesJS string) (string, diag.List) {
	src := sources{theme: theme, rules: rulesJS}
	if l := src.vendored(); l.HasErrors() {
		return "", l
	}
	return src.one("runtime/checks.ts", "checks.js", api.FormatIIFE, "plumbline")
}

// Eval bundles the evaluator of single expressions as a classic script that sets
// the global "plumblineEval". rulesJS is the module that rulejs generated.
func Eval(theme fs.FS, rulesJS string) (string, diag.List) {
	src := sources{theme: theme, rules: rulesJS}
	if l := src.vendored(); l.HasErrors() {
		return "", l
	}
	return src.one("runtime/eval.ts", "eval.js", api.FormatIIFE, "plumblineEval")
}

// one bundles a single entry into a single text.
func (s sources) one(entry, name string, format api.Format, global string) (string, diag.List) {
	o := s.options()
	o.EntryPointsAdvanced = []api.EntryPoint{{InputPath: entry, OutputPath: strings.TrimSuffix(name, path.Ext(name))}}
	o.Format = format
	o.GlobalName = global
	if format == api.FormatESModule {
		o.Banner = map[string]string{"js": "/*! The rules of this site as a module: await check(text, options). Contains yaml (ISC) and ipaddr.js (MIT). */"}
	}
	result := api.Build(o)
	l := s.diagnostics(result)
	if l.HasErrors() {
		return "", l
	}
	return string(result.OutputFiles[0].Contents), l
}

// pages bundles what the pages load, and the fonts that the styles name, into a.
func (s sources) pages(a *Assets) diag.List {
	o := s.options()
	o.Format = api.FormatIIFE
	o.EntryNames, o.AssetNames = "assets/[name]-[hash]", "assets/[name]-[hash]"
	o.EntryPointsAdvanced = []api.EntryPoint{
		{InputPath: "head.ts", OutputPath: "head"},
		{InputPath: "site.ts", OutputPath: "site"},
		{InputPath: "checker/check.ts", OutputPath: "check"},
		{InputPath: "styles/site.css", OutputPath: "site"},
		{InputPath: "icons/icon.svg", OutputPath: "icon"},
	}
	o.Metafile = true
	result := api.Build(o)
	l := s.diagnostics(result)
	if l.HasErrors() {
		return l
	}
	names, err := entryNames(result.Metafile)
	if err != nil {
		l.Add(diag.Diagnostic{Code: "theme/bundle", Severity: diag.Error, Message: err.Error()})
		return l
	}
	for _, f := range result.OutputFiles {
		p := strings.TrimPrefix(f.Path, "/")
		a.Files[p] = f.Contents
		if name := names[p]; name != "" {
			a.Paths[name] = p
		}
	}
	return l
}

// entryNames maps the output paths of the entries to names such as "site.css".
func entryNames(metafile string) (map[string]string, error) {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string `json:"entryPoint"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("reading esbuild's metafile: %w", err)
	}
	names := map[string]string{}
	for p, out := range meta.Outputs {
		if out.EntryPoint != "" {
			base := path.Base(p)
			names[p] = base[:strings.LastIndex(base, "-")] + path.Ext(p)
		}
	}
	return names, nil
}

// Draw bundles what draws a text as a classic script that sets the global
// "plumbline", for tests.
func Draw(theme fs.FS, rulesJS string) (string, diag.List) {
	src := sources{theme: theme, rules: rulesJS}
	if l := src.vendored(); l.HasErrors() {
		return "", l
	}
	return src.one("runtime/figure/text.ts", "draw.js", api.FormatIIFE, "plumbline")
}
