package topology_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/topology"
)

// updating reports whether -update was given; the flag is declared beside the
// tests of native input.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// TestInputs reads the goldens of templates and of what Azure returns in both engines. The comment of an archive describes
// the case; lines "scope:", "input:" and "set NAME=VALUE" are options. Files
// called parameters*.json and declared.yaml are options too, "want" is what is
// read, and all others are one topology, or with a line "each" one for each file.
func TestInputs(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	templates, _ := filepath.Glob("testdata/arm/*.txtar")
	resources, _ := filepath.Glob("testdata/resources/*.txtar")
	if len(templates) == 0 || len(resources) == 0 {
		t.Fatal("no goldens")
	}
	var raised strings.Builder
	for _, path := range slices.Concat(templates, resources) {
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
	// Those of native topologies have goldens of their own, and calls a test.
	native := map[string]bool{"input/call": true, "input/several": true, "rule/example-path": true}
	for _, c := range topology.NativeCodes() {
		native[c.Code] = true
	}
	for _, c := range topology.Codes() {
		if c.Code != "input/arm-limit" && !native[c.Code] && !strings.Contains(raised.String(), "["+c.Code+"]") {
			t.Errorf("no case raises %s", c.Code)
		}
	}
}

func parseCase(a *txtar.Archive) (in input, want string) {
	for line := range strings.Lines(string(a.Comment)) {
		line = strings.TrimSpace(line)
		if v, ok := strings.CutPrefix(line, "scope: "); ok {
			in.Scope = v
		}
		if v, ok := strings.CutPrefix(line, "input: "); ok {
			in.Input = v
		}
		if v, ok := strings.CutPrefix(line, "set "); ok {
			name, value, _ := strings.Cut(v, "=")
			in.Parameters = append(in.Parameters, param{file{name, value}, true})
		}
	}
	for _, f := range a.Files {
		// The format ends every file with a line break; a topology that is one
		// line is meant without.
		text := file{f.Name, string(f.Data)}
		switch {
		case f.Name == "want":
			want = text.Text
		case strings.HasPrefix(f.Name, "parameters"):
			in.Parameters = append(in.Parameters, param{text, false})
		case f.Name == "declared.yaml":
			in.Declared = &text
		default:
			in.Files = append(in.Files, text)
		}
	}
	return in, want
}
