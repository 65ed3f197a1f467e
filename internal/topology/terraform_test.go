package topology_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/topology"
)

// TestTerraform reads the goldens of plans and states in both engines; TestInputs
// says what an archive holds.
func TestTerraform(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/terraform/rules"))
	raised := goldens(t, e, "testdata/terraform/*.txtar")
	for _, c := range topology.Codes() {
		if c.Code != "input/terraform-limit" && strings.HasPrefix(c.Code, "input/terraform-") && !strings.Contains(raised, "["+c.Code+"]") {
			t.Errorf("no case raises %s", c.Code)
		}
	}
}

// goldens compares what is read of each archive with what the archive says, and
// returns all of it.
func goldens(t *testing.T, e *engines, patterns ...string) string {
	var paths []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern)
		if len(found) == 0 {
			t.Fatal("no goldens")
		}
		paths = append(paths, found...)
	}
	var raised strings.Builder
	for _, path := range paths {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(path), "testdata/"), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			in, want := parseCase(a)
			got := ""
			if strings.Contains(string(a.Comment), "\neach\n") {
				for _, f := range in.Files {
					one := in
					one.Files = []file{f}
					got += "== " + e.read(t, one)
				}
			} else {
				got = e.read(t, in)
			}
			raised.WriteString(got)
			if !updating() {
				if got != want {
					t.Errorf("got:\n%s\nwant:\n%s", got, want)
				}
				return
			}
			for i := range a.Files {
				if a.Files[i].Name == "want" {
					a.Files = append(a.Files[:i], a.Files[i+1:]...)
					break
				}
			}
			a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
			if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
	return raised.String()
}
