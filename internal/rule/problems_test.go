package rule

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// load reads a site from the files of an archive: page.md, rules/….
func load(archive *txtar.Archive) (*Set, diag.List) {
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	rules, _ := fs.Sub(files, "rules")
	pages := fstest.MapFS{}
	for name, f := range files {
		if strings.HasSuffix(name, ".md") {
			pages[name] = f
		}
	}
	m, problems := model.Load(rules)
	env, more := lang.NewEnv(m)
	problems = append(problems, more...)
	site, more := content.Load(pages, content.Options{})
	problems = append(problems, more...)
	set, more := Load(site, env, rules, "rules/")
	return set, append(problems, more...)
}

// outcomes runs every example and reports those that do not come out.
func outcomes(set *Set) diag.List {
	var out diag.List
	for _, r := range set.Rules {
		for _, e := range r.Examples {
			o, problems := set.Run(r, e)
			out = append(out, problems...)
			if got := e.Judge(o); got != "" && !problems.HasErrors() {
				out.Add(diag.Diagnostic{Code: "rule/example-failed", Severity: diag.Error, Span: e.Span, Rule: r.ID, Message: got})
			}
			for _, d := range o.Diagnostics {
				out.Add(diag.Diagnostic{Code: d.Code, Severity: d.Severity, File: fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column), Rule: d.Rule, Message: d.Message, Hint: d.Hint})
			}
		}
	}
	return out
}

// TestProblems reads broken sites and compares what is reported: everything, at
// its place, with a hint.
func TestProblems(t *testing.T) {
	names, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	raised := map[string]bool{}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var want []byte
			in := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				if f.Name == "problems" {
					want = f.Data
				} else {
					in.Files = append(in.Files, f)
				}
			}
			set, problems := load(in)
			if !problems.HasErrors() {
				problems = append(problems, outcomes(set)...)
			}
			for _, d := range problems {
				raised[d.Code] = true
			}
			var b strings.Builder
			diag.WriteText(&b, problems, false)
			if *update {
				in.Files = append(in.Files, txtar.File{Name: "problems", Data: []byte(b.String())})
				if err := os.WriteFile(name, txtar.Format(in), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if b.String() != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
			}
		})
	}
	// These need a broken disk, a broken translator, mutation.
	internal := map[string]bool{"rule/sample-unreadable": true, "rule/engines-differ": true, "rule/mutant-survives": true}
	for _, c := range append(lang.Codes(), Codes()...) {
		if strings.HasPrefix(c.Code, "waiver/") {
			continue // TestWaivers raises these
		}
		if !raised[c.Code] && !internal[c.Code] {
			t.Errorf("no case raises %s", c.Code)
		}
	}
}
