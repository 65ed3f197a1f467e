package build

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// site returns a small output whose index page says text.
func site(text string) Files {
	return Files{
		"404.html":              []byte("gone"),
		"checks.mjs":            []byte("export {}"),
		"rules.json":            []byte("[]"),
		"index.html":            []byte(text),
		"rules/a/index.html":    []byte(text),
		"assets/check-ab12.css": []byte("a{}"),
	}
}

// tree returns every file below dir and its text; folders beside dir that a
// build would have left behind appear too.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		text, err := os.ReadFile(path)
		got[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func wantTree(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if got := tree(t, dir); !maps.Equal(got, want) {
		t.Errorf("%s holds %v\nwant %v", dir, got, want)
	}
}

// under returns what tree gives for the parent of a folder with these files.
func under(name string, files Files) map[string]string {
	want := map[string]string{}
	for path, text := range files {
		want[name+"/"+path] = string(text)
	}
	return want
}

func put(t *testing.T, dir string, files Files) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWriteReplacesEverything(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "deep", "public")
	if err := Write(out, site("one")); err != nil {
		t.Fatal(err)
	}
	wantTree(t, filepath.Dir(out), under("public", site("one")))
	two := site("two")
	delete(two, "rules/a/index.html")
	if err := Write(out, two); err != nil {
		t.Fatal(err)
	}
	wantTree(t, filepath.Dir(out), under("public", two))
}

func TestWriteTakesAnEmptyFolder(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	if err := os.Mkdir(out, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Write(out, site("one")); err != nil {
		t.Fatal(err)
	}
	wantTree(t, filepath.Dir(out), under("public", site("one")))
}

func TestWriteFollowsALink(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "www"), site("old"))
	if err := os.Symlink("www", filepath.Join(dir, "public")); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "public"), site("new")); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(filepath.Join(dir, "public")); err != nil || target != "www" {
		t.Errorf("public is now %q, %v; want the link to stay", target, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "www", "index.html")); string(text) != "new" {
		t.Errorf("what the link points to says %q, %v", text, err)
	}
}

func TestWriteRefuses(t *testing.T) {
	tests := []struct {
		name  string
		there Files  // what the output folder holds
		want  string // part of the message
	}{
		{"a home", Files{".bashrc": []byte("x"), "thesis.doc": []byte("x")}, "no 404.html"},
		{"another site", Files{"404.html": []byte("x"), "index.html": []byte("x")}, "no checks.mjs"},
		{"a worktree", merge(site("old"), Files{".git": []byte("gitdir: x")}), `holds ".git"`},
		{"a site's source", Files{"plumbline.yaml": nil, "content/index.md": []byte("# x")}, "not empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "public")
			put(t, out, tt.there)
			err := Write(out, site("new"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
			wantTree(t, filepath.Dir(out), under("public", tt.there))
		})
	}
	t.Run("a file", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "public")
		if err := os.WriteFile(out, []byte("mine"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := Write(out, site("new")); err == nil || !strings.Contains(err.Error(), "is a file") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the root", func(t *testing.T) {
		if err := Write("/", site("new")); err == nil {
			t.Error("no error")
		}
	})
}

func merge(a, b Files) Files {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func TestFailedWriteLeavesTheOldSite(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	put(t, out, site("old"))
	bad := merge(site("new"), Files{"index.html/under-a-file": []byte("x")})
	if err := Write(out, bad); err == nil {
		t.Fatal("a path below a file was written")
	}
	wantTree(t, filepath.Dir(out), under("public", site("old")))
	if err := Write(out, merge(site("new"), Files{"../escape": []byte("x")})); err == nil {
		t.Fatal("a path outside the output was written")
	}
	wantTree(t, filepath.Dir(out), under("public", site("old")))
}

// TestKilledWrite kills a process that does nothing but build, at moments
// nobody chose. What it leaves is one whole site.
func TestKilledWrite(t *testing.T) {
	const variable = "PLUMBLINE_TEST_KILLED_WRITE"
	a, b := site("a"), site("b")
	for i := range 100 {
		name := fmt.Sprintf("pages/%d/index.html", i)
		a[name], b[name] = []byte("a"), []byte("b")
	}
	if out := os.Getenv(variable); out != "" {
		for {
			if err := errors.Join(Write(out, a), Write(out, b)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 10 {
		out := filepath.Join(t.TempDir(), "public")
		put(t, out, site("old"))
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWrite$")
		cmd.Env = append(os.Environ(), variable+"="+out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for {
			text, err := os.ReadFile(filepath.Join(out, "index.html"))
			if err == nil && string(text) == "b" {
				break
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() // its error is the kill
		if err := Recover(out); err != nil {
			t.Fatal(err)
		}
		if got := tree(t, filepath.Dir(out)); !maps.Equal(got, under("public", a)) && !maps.Equal(got, under("public", b)) {
			t.Fatalf("the kill left %d files of %d, index %q", len(got), len(a), got["public/index.html"])
		}
	}
}

func TestRecover(t *testing.T) {
	dirs := func(names ...string) Files {
		all := Files{}
		for _, n := range names {
			text, _, _ := strings.Cut(strings.TrimPrefix(n, ".public.plumbline-"), "/")
			for path, data := range site(text) {
				all[n+"/"+path] = data
			}
		}
		return all
	}
	tests := []struct {
		name  string
		there Files
		want  map[string]string
	}{
		{"nothing was ever built", Files{}, map[string]string{}},
		{"killed while writing the first site", dirs(".public.plumbline-new"), map[string]string{}},
		{"killed while writing", dirs("public", ".public.plumbline-new"), under("public", site("public"))},
		{"killed between the renames", dirs(".public.plumbline-old", ".public.plumbline-new"), under("public", site("old"))},
		{"killed after the renames", dirs("public", ".public.plumbline-old"), under("public", site("public"))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, tt.there)
			if err := Recover(filepath.Join(dir, "public")); err != nil {
				t.Fatal(err)
			}
			wantTree(t, dir, tt.want)
		})
	}
}

// TestWritesTakeTurns runs builds into one folder at the same time.
func TestWritesTakeTurns(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	var builds sync.WaitGroup
	for range 8 {
		builds.Go(func() {
			if err := Write(out, site("same")); err != nil {
				t.Error(err)
			}
		})
	}
	builds.Wait()
	wantTree(t, filepath.Dir(out), under("public", site("same")))
}
