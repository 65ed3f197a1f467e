package prose_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/prose"
	"github.com/plumbline/plumbline/internal/rule"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// founding loads the rules of this repository.
func founding(t *testing.T) (*model.Model, *rule.Set) {
	t.Helper()
	rules := os.DirFS("../../rules")
	m, problems := model.Load(rules)
	env, more := lang.NewEnv(m)
	problems = append(problems, more...)
	site, more := content.Load(os.DirFS("../../content"), content.Options{Prefix: "content/"})
	problems = append(problems, more...)
	set, more := rule.Load(site, env, rules, "rules/")
	if problems = append(problems, more...); problems.HasErrors() {
		var b strings.Builder
		diag.WriteText(&b, problems, false)
		t.Fatal(b.String())
	}
	return m, set
}

func reading(m *model.Model, r *rule.Rule, where, assert, fact *lang.Expr) string {
	return prose.Markdown(prose.Read(prose.Rule{Model: m, Var: r.Var, Kind: r.Kind, Where: where, Assert: assert, Fact: fact}))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is out of date: go test ./internal/prose -update, and read the difference", file)
	}
}

// TestFoundingReadings holds each rule's reading beside its expressions, for people
// to compare.
func TestFoundingReadings(t *testing.T) {
	m, set := founding(t)
	var b strings.Builder
	for _, r := range set.Rules {
		b.WriteString("## " + r.ID + "\n\n")
		if r.Kind != nil {
			b.WriteString("    for: " + r.Var + " in " + r.Kind.Name + "\n")
		}
		for _, part := range []struct {
			name string
			x    *lang.Expr
		}{{"where", r.Where}, {"assert", r.Assert}, {"fact", r.Fact}} {
			if part.x != nil {
				b.WriteString("    " + part.name + ": " + part.x.Root.String() + "\n")
			}
		}
		b.WriteString("\n" + reading(m, r, r.Where, r.Assert, r.Fact) + "\n")
	}
	golden(t, "founding.md", b.String())
}

// TestMutantsReadDifferently proves that a reading loses nothing: a rule with one
// small mistake never reads like the rule.
func TestMutantsReadDifferently(t *testing.T) {
	m, set := founding(t)
	count := 0
	of := map[string]string{}
	for _, r := range set.Rules {
		own := reading(m, r, r.Where, r.Assert, r.Fact)
		if other := of[own]; other != "" {
			t.Errorf("%s reads like %s", r.ID, other)
		}
		of[own] = r.ID
		for _, mutant := range set.Mutants(r) {
			where, assert, fact := r.Where, r.Assert, r.Fact
			var x *lang.Expr
			if mutant.Text != "" {
				var vars []lang.Var
				if r.Kind != nil {
					vars = []lang.Var{{Name: r.Var, Kind: r.Kind}}
				}
				var problems diag.List
				if x, problems = set.Env.Compile(model.Text{Value: mutant.Text}, vars, r.ID); problems.HasErrors() {
					t.Fatal(mutant.Text)
				}
			}
			switch mutant.Part {
			case "where":
				where = x
			case "assert":
				assert = x
			case "fact":
				fact = x
			}
			count++
			if got := reading(m, r, where, assert, fact); got == own {
				t.Errorf("%s: %s in its %s gives the same reading:\n%s\n%s", r.ID, mutant.What, mutant.Part, mutant.Text, own)
			}
		}
	}
	if count < 500 {
		t.Errorf("only %d mutants", count)
	}
}

// TestEveryFormHasWords reads the examples of the manual, which have each operator
// and builtin of the profile: one that is new fails here until it has a reading.
func TestEveryFormHasWords(t *testing.T) {
	env, problems := lang.NewEnv(&model.Model{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	read := map[string]bool{}
	var b strings.Builder
	for _, entry := range lang.Entries() {
		for _, example := range entry.Examples {
			x, problems := env.CompileUntyped(example)
			if problems.HasErrors() {
				t.Fatalf("%s: %v", example, problems)
			}
			got := prose.Markdown(prose.Read(prose.Rule{Model: &model.Model{}, Fact: x}))
			b.WriteString(example + "\n    " + strings.ReplaceAll(strings.TrimSpace(got), "\n", "\n    ") + "\n")
			if x.Root.Op != lang.OpLit && x.Root.Op != lang.OpMap && strings.Contains(got, "`"+x.Root.String()+"`") {
				t.Errorf("%s has no words: %s", example, got)
			}
			names(x.Root, read)
		}
	}
	golden(t, "forms.txt", b.String())
	operators, functions := lang.Names()
	for _, name := range slices.Concat(operators, functions) {
		if !read[name] {
			t.Errorf("no example reads %q", name)
		}
	}
}

func names(n *lang.Node, into map[string]bool) {
	if n == nil {
		return
	}
	into[n.Name] = true
	switch n.Op {
	case lang.OpAnd, lang.OpOr, lang.OpNot:
		into[string(n.Op)] = true
	case lang.OpElse:
		into["??"] = true
	case lang.OpOpen:
		into["unknown"] = true
	}
	for _, a := range n.Args {
		names(a, into)
	}
}
