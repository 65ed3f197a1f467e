package bundle_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/diag"
)

const rules = `
import * as rt from "plumbline:runtime";
void rt;
const program = { version: "0", model: {}, lib: {}, mappings: {}, rules: [] };
export default program;
export const lib = program.lib, model = program.model, rules = program.rules;
export const texts = { rules: {}, derived: {}, functions: {} };
export const figure = null;
`

// theme is the theme of this checkout, with its bundles.
func theme(t *testing.T) fs.FS {
	t.Helper()
	files := os.DirFS("../../theme")
	if _, err := fs.Stat(files, "dist/licences.txt"); err != nil {
		t.Fatal("theme/dist has no bundles: run make build first")
	}
	return files
}

// changed is a theme with some files replaced; an empty text removes a file.
type changed struct {
	files fstest.MapFS
	theme fs.FS
}

func (c changed) Open(name string) (fs.File, error) {
	if f, ok := c.files[name]; ok && len(f.Data) == 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := c.files.Open(name)
	if _, dir := f.(fs.ReadDirFile); err == nil && !dir {
		return f, nil
	}
	return c.theme.Open(name)
}

func change(t *testing.T, file, text string) fs.FS {
	return changed{fstest.MapFS{file: {Data: []byte(text)}}, theme(t)}
}

func site(t *testing.T, files fs.FS) bundle.Assets {
	t.Helper()
	a, l := bundle.Site(files, rules)
	if len(l) > 0 {
		t.Fatal(text(l))
	}
	return a
}

func text(l diag.List) string {
	var b bytes.Buffer
	diag.WriteText(&b, l, false)
	return b.String()
}

// TestSite says what a site loads and how much of it there is.
func TestSite(t *testing.T) {
	a := site(t, theme(t))
	for _, name := range []string{"check.js", "explainer.js", "head.js", "icon.svg", "licences.txt", "site.css", "site.js", "worker.js"} {
		p := a.Paths[name]
		if !regexp.MustCompile(`^assets/[a-z]+-[A-Z0-9]{8}\.[a-z]+$`).MatchString(p) || a.Files[p] == nil {
			t.Errorf("%s is %q, with %d bytes", name, p, len(a.Files[p]))
		}
	}
	if !strings.Contains(string(a.Files["checks.mjs"]), "export{") || !strings.HasPrefix(a.Engine, `var plumbline=`) {
		t.Error("checks.mjs is no module, or the engine's script sets no global")
	}
	names := make([]string, 0, len(a.Files))
	for p := range a.Files {
		names = append(names, p)
	}
	slices.Sort(names)
	for _, p := range names {
		t.Logf("%8d %8d gzip  %s", len(a.Files[p]), zipped(t, a.Files[p]), p)
	}
}

func zipped(t *testing.T, data []byte) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// TestSizes holds what a reading page loads to a budget: what is sent before
// the first word is read.
func TestSizes(t *testing.T) {
	a := site(t, theme(t))
	for name, most := range map[string]int{"head.js": 400, "site.css": 14_000, "site.js": 14_000, "check.js": 14_500} {
		if n := zipped(t, a.Files[a.Paths[name]]); n > most {
			t.Errorf("%s has %d bytes after gzip, more than its budget of %d", name, n, most)
		}
	}
}

func TestSameBytes(t *testing.T) {
	a, b := site(t, theme(t)), site(t, theme(t))
	if len(a.Files) != len(b.Files) || a.Engine != b.Engine || a.Version != b.Version {
		t.Error("two runs differ")
	}
	for p, data := range a.Files {
		if !bytes.Equal(data, b.Files[p]) {
			t.Errorf("%s differs between two runs", p)
		}
	}
}

// elsewhere matches calls that load or run what the page did not bring; a
// method of the same name (MiniSearch has a fetch) is another thing.
var elsewhere = regexp.MustCompile(`(^|[^.}\w$])(fetch|eval|import|importScripts|Function|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\(`)

// TestNothingFromElsewhere holds the scripts to what works from file:// and
// under the pages' policy.
func TestNothingFromElsewhere(t *testing.T) {
	a := site(t, theme(t))
	for p, data := range a.Files {
		if strings.HasSuffix(p, ".woff2") || strings.HasSuffix(p, ".txt") {
			continue
		}
		if found := elsewhere.Find(data); found != nil {
			t.Errorf("%s contains %q", p, found)
		}
		for _, u := range regexp.MustCompile(`url\(["']?([^)"']+)`).FindAllSubmatch(data, -1) {
			if !strings.HasPrefix(string(u[1]), "./") && !strings.HasPrefix(string(u[1]), "data:") {
				t.Errorf("%s loads %s", p, u[1])
			}
		}
	}
}

func TestOverride(t *testing.T) {
	ours := site(t, theme(t))
	theirs := site(t, change(t, "components/logo/logo.css", ".logo { width: 12345px; }"))
	if ours.Paths["site.css"] == theirs.Paths["site.css"] {
		t.Error("a changed style has the old name")
	}
	if !strings.Contains(string(theirs.Files[theirs.Paths["site.css"]]), "12345px") {
		t.Error("the site's own style is not in the bundle")
	}
	if ours.Paths["site.js"] != theirs.Paths["site.js"] {
		t.Error("a changed style changed the name of a script")
	}
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name, file, text, want string
	}{
		{"a broken script", "head.ts", "const x = ;\n",
			"theme/head.ts:1:11: error: unexpected \";\" [theme/bundle]\n"},
		{"a script that is not there", "site.ts", "import \"./pagee/prose\";\n",
			"theme/site.ts:1:8: error: the theme has no file \"pagee/prose\" [theme/bundle]\n"},
		{"a library that is not there", "site.ts", "\nimport \"left-pad\";\n",
			"theme/site.ts:2:8: error: the theme has no library \"left-pad\" [theme/bundle]\n"},
		{"a style with a typo", "components/logo/logo.css", ".logo { widht: 1px }\n",
			"theme/components/logo/logo.css:1:9: warning: \"widht\" is not a known CSS property [theme/bundle]\n\thint: did you mean \"width\" instead?\n"},
		{"no bundles", "dist/licences.txt", "",
			"error: this program was built without its browser libraries: the theme has no \"dist/licences.txt\" [theme/no-bundles]\n" +
				"\thint: in a checkout of Plumbline run `make`: it installs the npm packages, bundles them into theme/dist and builds the program again\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, l := bundle.Site(change(t, test.file, test.text), rules)
			if got := text(l); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

func TestRuntime(t *testing.T) {
	script, l := bundle.Runtime(theme(t))
	if len(l) > 0 {
		t.Fatal(text(l))
	}
	if !strings.HasPrefix(script, `var plumblineRuntime=`) {
		t.Errorf("the runtime starts with %.60q", script)
	}
	if _, l = bundle.Runtime(fstest.MapFS{}); !l.HasErrors() {
		t.Error("a runtime was made of nothing")
	}
}

// TestTokens holds colours to one file.
func TestTokens(t *testing.T) {
	colour := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(rgb|hsl|oklch|lab)a?\(`)
	err := fs.WalkDir(os.DirFS("../../theme"), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(p, ".css") || p == "styles/tokens.css" {
			return nil
		}
		data, err := os.ReadFile("../../theme/" + p)
		if found := colour.Find(data); found != nil {
			t.Errorf("%s has the colour %s, which belongs into styles/tokens.css", p, found)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}
