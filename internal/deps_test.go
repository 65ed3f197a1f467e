// Package internal holds one test: who may import whom.
package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/plumbline/plumbline/"

// imports is the law. A package may import what stands behind its colon:
// packages of this module by their path, and behind "|" the third-party modules
// that it is a home of. Imports go from the bottom of the list to the top.
const imports = `
internal/diag:
internal/report:
internal/document: internal/diag | go.yaml.in/yaml/v4
internal/config:   internal/diag internal/document | github.com/spf13/viper github.com/spf13/pflag github.com/bmatcuk/doublestar/v4
internal/model:    internal/diag internal/document
internal/lang:     internal/diag internal/model | github.com/expr-lang/expr
internal/prose:    internal/model internal/lang
internal/topology: internal/diag internal/document internal/model internal/lang
internal/content:  internal/diag internal/document | github.com/yuin/goldmark github.com/alecthomas/chroma/v2 golang.org/x/net
internal/rule:     internal/diag internal/document internal/model internal/lang internal/topology internal/content
internal/lint:     internal/diag internal/document internal/config internal/content internal/rule
internal/rulejs:   internal/model internal/lang internal/rule
internal/rulejs/gen:
internal/jsvm:     | modernc.org/quickjs
internal/bundle:   internal/diag | github.com/evanw/esbuild
internal/bundle/gen: internal/bundle
internal/eval:     internal/diag internal/model internal/lang internal/topology internal/rule internal/rulejs internal/jsvm internal/bundle
internal/render:   internal/diag internal/prose internal/bundle internal/content
internal/serve:    internal/diag internal/render | github.com/fsnotify/fsnotify
internal/build:    internal/diag internal/document internal/config internal/model internal/lang internal/prose internal/topology internal/content internal/rule internal/lint internal/rulejs internal/jsvm internal/bundle internal/render | golang.org/x/sys
internal/browsertest: | github.com/chromedp/chromedp github.com/chromedp/cdproto

theme:
rules:
content:
cmd/plumbline: internal/diag internal/report internal/config internal/lang internal/topology internal/rule internal/build internal/eval internal/serve theme rules content | github.com/spf13/cobra github.com/spf13/pflag golang.org/x/term golang.org/x/text
`

type law struct{ internal, external []string }

// laws parses the table. It fails a row that names a package below it, so that
// the order of the table is the order of the packages.
func laws(t *testing.T) map[string]law {
	out := map[string]law{}
	for line := range strings.Lines(imports) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		inside, outside, _ := strings.Cut(rest, "|")
		row := law{strings.Fields(inside), strings.Fields(outside)}
		for _, dep := range row.internal {
			if _, above := out[dep]; !above {
				t.Errorf("%s may import %s, which is not above it in the table", name, dep)
			}
		}
		out[name] = row
	}
	return out
}

// TestImports holds every package, whatever system its files are for, against
// the table, and the table against the packages.
func TestImports(t *testing.T) {
	table := laws(t)
	used := map[string]map[string]bool{}
	for _, file := range goFiles(t) {
		pkg := path.Dir(file)
		row, known := table[pkg]
		if !known {
			t.Errorf("%s: the package is not in the table of internal/deps_test.go", file)
			continue
		}
		if used[pkg] == nil {
			used[pkg] = map[string]bool{}
		}
		for _, imported := range importsOf(t, file) {
			law := row.external
			dep, ours := strings.CutPrefix(imported, module)
			if ours {
				imported, law = dep, row.internal
			} else if !strings.Contains(strings.Split(imported, "/")[0], ".") {
				continue // the standard library
			}
			// A third-party module is allowed with all its packages.
			i := slices.IndexFunc(law, func(allowed string) bool {
				return imported == allowed || !ours && strings.HasPrefix(imported, allowed+"/")
			})
			if i < 0 {
				t.Errorf("%s imports %s, which the table of internal/deps_test.go does not allow", file, imported)
				continue
			}
			used[pkg][law[i]] = true
		}
	}
	for name, row := range table {
		for _, dep := range slices.Concat(row.internal, row.external) {
			if !used[name][dep] {
				t.Errorf("the table allows %s to import %s, which it does not: take it out", name, dep)
			}
		}
	}
}

// goFiles returns every Go file of the module but tests, relative to its root.
func goFiles(t *testing.T) []string {
	var files []string
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (name != "." && strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "testdata", "public"}, d.Name())) {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func importsOf(t *testing.T, file string) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", filepath.FromSlash(file)), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range parsed.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

// TestArchitecture: ARCHITECTURE.md has every package and names no package or
// file that there is not, and each package says what it never does.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, packages, _ := strings.Cut(string(text), "\n## Packages")
	packages, _, _ = strings.Cut(packages, "\n## ")
	invariant := map[string]bool{}
	for _, file := range goFiles(t) {
		source, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		before, _, _ := strings.Cut(string(source), "\npackage ")
		pkg := path.Dir(file)
		invariant[pkg] = invariant[pkg] || strings.Contains(before, "// Invariant:")
	}
	for pkg := range laws(t) {
		name := strings.TrimPrefix(pkg, "internal/")
		if strings.HasSuffix(pkg, "/gen") || !strings.Contains(pkg, "/") {
			continue // generators, and packages that only embed a folder
		}
		if !strings.Contains(packages, "\n| `"+name+"` |") {
			t.Errorf("the table of packages lacks %s", name)
		}
		if !invariant[pkg] {
			t.Errorf("%s does not say its invariant in the comment of the package", pkg)
		}
	}
	for _, m := range regexp.MustCompile("`((?:internal|theme|cmd|rules|content)/[a-zA-Z0-9_/.-]*)`").FindAllStringSubmatch(string(text), -1) {
		if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
			t.Errorf("ARCHITECTURE.md names %s, which is not there", m[1])
		}
	}
}
