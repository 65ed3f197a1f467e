package rulejs

import (
	"os"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
)

func TestFoundingExamplesAgree(t *testing.T) {
	rules := os.DirFS("../../rules")
	m, _ := model.Load(rules)
	env, _ := lang.NewEnv(m)
	site, _ := content.Load(os.DirFS("../../content"), content.Options{Prefix: "content/"})
	set, problems := rule.Load(site, env, rules, "rules/")
	if problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	script, l := bundle.Checks(os.DirFS("../../theme"), string(Translate(set, "test")))
	if l.HasErrors() {
		t.Fatal(l)
	}
	vm, err := jsvm.New(script)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	n := 0
	for _, r := range set.Rules {
		for _, e := range r.Examples {
			c := set.Case(r, e)
			c.Explain = true
			got, err := vm.Call("plumbline.example", c.JSON())
			if err != nil {
				t.Fatal(err)
			}
			if want := set.RunCase(c).JSON(); got != want {
				t.Errorf("%s/%s\n\tgo %s\n\tjs %s", r.ID, e.Name, want, got)
			}
			// A page finds out what left a verdict open only for what it lists.
			c.Explain = false
			listed := strings.TrimSuffix(c.JSON(), "}") + `,"listed":true}`
			if got, err = vm.Call("plumbline.example", listed); err != nil {
				t.Fatal(err)
			}
			if want := set.RunCase(c).JSON(); got != want {
				t.Errorf("%s/%s in a page\n\tgo %s\n\tjs %s", r.ID, e.Name, want, got)
			}
			n++
		}
	}
	t.Log(n, "examples")
}
