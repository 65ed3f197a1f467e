package bundle

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/plumbline/plumbline/internal/diag"
)

// sources is what esbuild sees: the theme's files, the generated rules and two
// lists of the theme's components.
type sources struct {
	theme fs.FS
	rules string
}

// Names of modules that no file holds.
const (
	moduleRuntime    = "plumbline:runtime"        // theme/runtime/index.ts
	moduleRules      = "plumbline:rules"          // what rulejs generated
	moduleComponents = "plumbline:components"     // every components/*/*.ts
	moduleStyles     = "plumbline:components.css" // every components/*/*.css
)

// namespace of every module, so that esbuild never looks at the disk.
const namespace = "theme"

func (s sources) options() api.BuildOptions {
	return api.BuildOptions{
		Bundle:            true,
		Write:             false,
		Outdir:            "/",
		AbsWorkingDir:     "/",
		TsconfigRaw:       `{"compilerOptions":{"target":"ES2022","verbatimModuleSyntax":true,"useDefineForClassFields":false}}`,
		Platform:          api.PlatformNeutral,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsInline,
		LogLevel:          api.LogLevelSilent,
		LogLimit:          0,
		Plugins:           []api.Plugin{{Name: "theme", Setup: s.plugin}},
	}
}

func (s sources) plugin(b api.PluginBuild) {
	b.OnResolve(api.OnResolveOptions{Filter: ".*"}, s.resolve)
	b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, s.load)
}

// resolve finds the module an import means: a virtual module, a file of the
// theme beside the importer, or a vendored library.
func (s sources) resolve(a api.OnResolveArgs) (api.OnResolveResult, error) {
	found := func(p string) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: p, Namespace: namespace}, nil
	}
	switch {
	case strings.HasPrefix(a.Path, "data:"), strings.HasPrefix(a.Path, "#"):
		return api.OnResolveResult{Path: a.Path, External: true}, nil
	case a.Path == moduleRuntime:
		return found("runtime/index.ts")
	case strings.HasPrefix(a.Path, "plumbline:"):
		return found(a.Path)
	case a.Kind == api.ResolveEntryPoint:
		return found(a.Path)
	case strings.HasPrefix(a.Path, "./"), strings.HasPrefix(a.Path, "../"):
		base := path.Join(path.Dir(a.Importer), a.Path)
		for _, p := range []string{base, base + ".ts", base + "/index.ts"} {
			if info, err := fs.Stat(s.theme, p); err == nil && !info.IsDir() {
				return found(p)
			}
		}
		return api.OnResolveResult{}, errors.New("the theme has no file " + quote(base))
	}
	p := "dist/npm/" + a.Path + ".js"
	if _, err := fs.Stat(s.theme, p); err != nil {
		return api.OnResolveResult{}, errors.New("the theme has no library " + quote(a.Path))
	}
	return found(p)
}

func (s sources) load(a api.OnLoadArgs) (api.OnLoadResult, error) {
	text := ""
	loader := api.LoaderTS
	switch a.Path {
	case moduleRules:
		text, loader = s.rules, api.LoaderJS
	case moduleComponents:
		for _, p := range s.components(".ts") {
			text += "import \"./" + p + "\";\n"
		}
	case moduleStyles:
		loader = api.LoaderCSS
		for _, p := range s.components(".css") {
			text += "@import \"./" + p + "\";\n"
		}
	default:
		data, err := fs.ReadFile(s.theme, a.Path)
		if err != nil {
			return api.OnLoadResult{}, errors.New("the theme has no file " + quote(a.Path))
		}
		text = string(data)
		loader = loaderOf(a.Path)
	}
	return api.OnLoadResult{Contents: &text, Loader: loader}, nil
}

func loaderOf(p string) api.Loader {
	switch {
	case p == "icons/icon.svg":
		return api.LoaderCopy // an entry of its own
	case strings.HasSuffix(p, ".svg"):
		return api.LoaderDataURL
	case strings.HasSuffix(p, ".css"):
		return api.LoaderCSS
	case strings.HasSuffix(p, ".js"):
		return api.LoaderJS
	case strings.HasSuffix(p, ".woff2"):
		return api.LoaderFile
	}
	return api.LoaderTS
}

// components lists the files components/<name>/<name><ext>, by name.
func (s sources) components(ext string) []string {
	entries, err := fs.ReadDir(s.theme, "components")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		p := "components/" + e.Name() + "/" + e.Name() + ext
		if _, err := fs.Stat(s.theme, p); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// vendored reports a program that was built without the npm libraries.
func (s sources) vendored() diag.List {
	if _, err := fs.Stat(s.theme, "dist/licences.txt"); err != nil {
		return noBundles("dist/licences.txt")
	}
	return nil
}

func noBundles(file string) diag.List {
	return diag.List{{
		Code:     "theme/no-bundles",
		Severity: diag.Error,
		Message:  "this program was built without its browser libraries: the theme has no " + quote(file),
		Hint:     "in a checkout of Plumbline run `make`: it installs the npm packages, bundles them into theme/dist and builds the program again",
	}}
}

// diagnostics turns esbuild's messages into diagnostics at the theme's files.
func (s sources) diagnostics(r api.BuildResult) diag.List {
	var l diag.List
	add := func(m api.Message, severity diag.Severity) {
		d := diag.Diagnostic{Code: "theme/bundle", Severity: severity, Message: lowerFirst(m.Text)}
		if m.Location != nil {
			file := strings.TrimPrefix(m.Location.File, namespace+":")
			d.File = "theme/" + file
			if data, err := fs.ReadFile(s.theme, file); err == nil {
				d.Span = place(diag.NewSource(d.File, string(data)), m.Location)
			}
		}
		if len(m.Notes) > 0 {
			d.Hint = lowerFirst(m.Notes[0].Text)
		}
		l.Add(d)
	}
	for _, m := range r.Errors {
		add(m, diag.Error)
	}
	for _, m := range r.Warnings {
		add(m, diag.Warning)
	}
	return l
}

// place converts esbuild's line and column (in bytes) to a span.
func place(src *diag.Source, at *api.Location) diag.Span {
	offset := 0
	for line := 1; line < at.Line; line++ {
		next := strings.IndexByte(src.Text[offset:], '\n')
		if next < 0 {
			break
		}
		offset += next + 1
	}
	start := min(offset+at.Column, len(src.Text))
	return diag.Span{Source: src, Start: start, End: min(start+at.Length, len(src.Text))}
}

func quote(s string) string { return `"` + s + `"` }

// lowerFirst makes esbuild's sentence a message of the house style.
func lowerFirst(s string) string {
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
