package theme_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/theme"
)

func TestWith(t *testing.T) {
	site := fstest.MapFS{
		"layouts/404.html":             {Data: []byte("ours")},
		"components/banner/banner.css": {Data: []byte(".banner {}")},
	}
	files := theme.With(site)
	if data, err := fs.ReadFile(files, "layouts/404.html"); err != nil || string(data) != "ours" {
		t.Errorf("the site's file gives %q, %v", data, err)
	}
	if data, err := fs.ReadFile(files, "layouts/page.html"); err != nil || len(data) == 0 {
		t.Errorf("a built-in file gives %d bytes, %v", len(data), err)
	}
	for folder, want := range map[string][]string{
		"layouts":           {"404.html", "base.html"},
		"components":        {"banner", "header"},
		"components/header": {"header.css"},
		"components/banner": {"banner.css"},
	} {
		entries, err := fs.ReadDir(files, folder)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, e := range entries {
			seen[e.Name()]++
		}
		for _, name := range want {
			if seen[name] != 1 {
				t.Errorf("%s lists %s %d times", folder, name, seen[name])
			}
		}
	}
	if _, err := fs.ReadDir(files, "no/such/folder"); err == nil {
		t.Error("a folder that is nowhere has been read")
	}
	if theme.With(nil) != theme.FS() {
		t.Error("a site without a theme folder gets another theme than the built-in one")
	}
}

// TestBuiltIn: what a site is made with is in the program, and what only its
// developers need is not.
func TestBuiltIn(t *testing.T) {
	for _, name := range []string{"layouts/base.html", "styles/site.css", "checker/worker.ts", "runtime/index.ts", "icons/icon.svg", "page/site.ts"} {
		if _, err := fs.Stat(theme.FS(), name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"package.json", "node_modules", "tsconfig.json"} {
		if _, err := fs.Stat(theme.FS(), name); err == nil {
			t.Errorf("%s is embedded", name)
		}
	}
}
