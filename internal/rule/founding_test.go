package rule

import (
	"os"
	"testing"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// founding loads the founding site of this repository.
func founding(t *testing.T) *Set {
	t.Helper()
	rules := os.DirFS("../../rules")
	m, problems := model.Load(rules)
	env, more := lang.NewEnv(m)
	problems = append(problems, more...)
	site, more := content.Load(os.DirFS("../../content"), content.Options{Prefix: "content/"})
	problems = append(problems, more...)
	set, more := Load(site, env, rules, "rules/")
	problems = append(problems, more...)
	for _, d := range problems.Sorted() {
		if d.Severity == diag.Error {
			file, line, column := d.Place()
			t.Errorf("%s:%d:%d: %s (%s) [%s]", file, line, column, d.Message, d.Hint, d.Code)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return set
}

func TestFoundingExamples(t *testing.T) {
	set := founding(t)
	if len(set.Rules) == 0 {
		t.Fatal("the founding site has no rules")
	}
	for _, r := range set.Rules {
		for _, e := range r.Examples {
			t.Run(r.ID+"/"+e.Name, func(t *testing.T) {
				out, problems := set.Run(r, e)
				for _, d := range problems {
					file, line, column := d.Place()
					t.Errorf("%s:%d:%d: %s", file, line, column, d.Message)
				}
				if got := e.Judge(out); got != "" {
					t.Error(got)
				}
			})
		}
	}
}
