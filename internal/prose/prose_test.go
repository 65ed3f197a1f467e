package prose_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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

// TestModelReads reads what the model says in expr, which has forms that no rule has.
func TestModelReads(t *testing.T) {
	m, set := founding(t)
	read := func(name string, x *lang.Expr) {
		if got := prose.Markdown(prose.Read(prose.Rule{Model: m, Fact: x})); len(got) < 30 || strings.Contains(got, "\x00") {
			t.Errorf("%s reads %q", name, got)
		}
	}
	for _, f := range m.Functions {
		read(f.Name, set.Env.Function(f.Name))
	}
	for _, k := range m.Kinds {
		for _, d := range k.Derived {
			read(k.Name+"."+d.Name, set.Env.Derived(k.Name, d.Name))
		}
	}
}

// TestSmall reads conditions whose negation, nil or nesting is easily said wrongly.
func TestSmall(t *testing.T) {
	m, problems := model.Load(fstest.MapFS{"topology.yaml": {Data: []byte(`
kinds:
  people:
    one: person
    words: person
    fields:
      boss: { link: people, inverse: staff, default: null }
      age: { type: int, default: null }
      busy: { type: bool, default: null, words: is busy }
      tags: { type: [string] }
functions:
  knows:
    params: { a: people, b: people }
    words: "{a} knows {b's} name"
    body: a.name == b.name
  plain:
    params: { a: people }
    body: a.busy
declared:
  strict: { type: bool, default: null, words: rules are strict, not: rules are lax }
`)}})
	env, more := lang.NewEnv(m)
	if problems = append(problems, more...); problems.HasErrors() {
		t.Fatal(problems.Records())
	}
	var b strings.Builder
	for _, text := range []string{
		`p.boss == nil`, `p.boss?.boss == nil`, `p.boss?.boss != nil`, `p.boss?.boss?.boss == nil`, `p.age == nil`, `p.boss?.age != 3`, `p.boss?.age == 3`,
		`p.boss?.busy ?? false`, `not (p.boss?.busy ?? false)`, `p.boss?.busy ?? true`, `p.busy ?? false`, `not (p.busy ?? true)`, `p.busy == false`, `p.busy != false`, `p.boss?.busy == false`, `p.boss?.busy != true`, `p.boss?.busy == true`,
		`any(people, .boss == p)`, `not any(people, .boss == p)`, `all(people, .boss != p)`, `not all(people, .busy)`, `one(people, .busy)`, `not one(people, .busy)`, `none(p.staff, not .busy)`,
		`all(p.staff, true)`, `all(p.staff, false)`, `none(p.staff, true)`, `any(p.boss?.staff ?? [], .busy)`, `all(p.boss?.staff ?? [], .busy and .age > 3)`,
		`any(people, any(.staff, .busy))`, `any(people, all(.staff, .busy))`, `all(people, any(.staff, .busy))`, `any(people, let q = #; any(q.staff, knows(q, #)))`,
		`not (p.busy and p.age > 3)`, `not (p.busy or p.age > 3)`, `p.busy or not (p.age > 3)`, `(p.busy ? p.age > 3 : p.age > 4) and true`, `not (p.busy ? p.age > 3 : p.age > 4)`,
		`knows(p, p.boss)`, `not knows(p.boss, p)`, `plain(p)`, `not plain(p)`, `none(people, knows(#, p))`, `none(people, knows(p, #))`,
		`"x" in p.tags`, `p.name in ["a", "b", "c"]`, `p.name not in ["a", "b", "c"]`, `lower(p.name) == lower(p.id)`, `any(p.tags, # startsWith "x")`, `p.age in 1..3`, `p.name < "m"`,
		`declared.strict`, `not declared.strict`, `declared.strict == false`, `declared.strict != false`, `declared.strict ?? false`,
		`p.busy or unknown("not asked")`, `p.busy and unknown("not asked")`, `len(p.name) + p.age * 2 > (p.age - 1) ** 2`, `len(filter(people, .busy and .age > 3)) == 1`,
	} {
		x, problems := env.Compile(model.Text{Value: text}, []lang.Var{{Name: "p", Kind: m.Kinds[0]}}, "")
		if problems.HasErrors() {
			t.Fatal(text, problems.Records())
		}
		got := prose.Markdown(prose.Read(prose.Rule{Model: m, Var: "p", Kind: m.Kinds[0], Assert: x}))
		b.WriteString(text + "\n    " + strings.ReplaceAll(strings.TrimSpace(got), "\n", "\n    ") + "\n")
	}
	golden(t, "small.txt", b.String())
}
