package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadme builds a site from the page that the README shows: an example that
// does not work teaches nothing.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```markdown\n")
	page, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("the README shows no page")
	}
	site := t.TempDir()
	if err := os.CopyFS(filepath.Join(site, "rules"), os.DirFS("../../rules")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"plumbline.yaml": "baseUrl: https://example.com\n", "content/index.md": page} {
		path := filepath.Join(site, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if out, code := plumbline(t, "build", "--strict", "--site", site); code != exitClean {
		t.Errorf("build ended with %d:\n%s", code, out)
	}
}
