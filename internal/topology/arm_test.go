package topology_test

import (
	"flag"
	"os"
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
	raised := goldens(t, e, "testdata/arm/*.txtar", "testdata/resources/*.txtar")
	// Those of native topologies have goldens of their own, calls a test, and files that cannot be opened a script.
	native := map[string]bool{"input/call": true, "input/unreadable": true, "input/several": true, "rule/example-path": true}
	for _, c := range topology.NativeCodes() {
		native[c.Code] = true
	}
	for _, c := range topology.Codes() {
		if c.Code != "input/arm-limit" && !native[c.Code] && !strings.HasPrefix(c.Code, "input/terraform-") && !strings.Contains(raised, "["+c.Code+"]") {
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
