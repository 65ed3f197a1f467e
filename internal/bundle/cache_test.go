package bundle_test

import (
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/bundle"
)

// snapshot is the theme of this checkout in memory.
func snapshot(t *testing.T) fstest.MapFS {
	t.Helper()
	files, out := theme(t), fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return err
		}
		data, err := fs.ReadFile(files, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBundler holds a process that bundles again and again to bundling what
// changed, and to the bytes that a new process would give.
func TestBundler(t *testing.T) {
	ours := snapshot(t)
	with := func(file, text string) fs.FS { return changed{fstest.MapFS{file: {Data: []byte(text)}}, ours} }
	styled := with("components/logo/logo.css", ".logo { width: 12345px; }")
	wrong := with("head.ts", "const x = ;\n")
	others := strings.Replace(rules, `version: "0"`, `version: "1"`, 1)
	var b bundle.Bundler
	for _, step := range []struct {
		name    string
		theme   fs.FS
		rules   string
		bundled int
	}{
		{"first", ours, rules, 2},
		{"nothing changed", ours, rules, 2},
		{"the rules changed", ours, others, 3},
		{"a script is wrong", wrong, others, 5},
		{"a style changed", styled, others, 7},
	} {
		got, problems := b.Site(step.theme, step.rules)
		if b.Bundled() != step.bundled {
			t.Errorf("%s: %d bundles were made, not %d", step.name, b.Bundled(), step.bundled)
		}
		if problems.HasErrors() != (step.name == "a script is wrong") {
			t.Errorf("%s: the problems are\n%s", step.name, text(problems))
		}
		if step.name != "the rules changed" && step.name != "a style changed" {
			continue
		}
		if want, _ := bundle.Site(step.theme, step.rules); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the assets are not those of a first build", step.name)
		}
	}
}
