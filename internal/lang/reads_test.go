package lang

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/model"
)

const readsModel = `
kinds:
  nets:
    one: net
    title: Net
    fields:
      size: { type: int }
      hub: { link: hubs, inverse: nets }
      unused: { type: bool }
    derived:
      large: size > 26
      hubIsBig: hub?.big
  hubs:
    one: hub
    title: Hub
    fields:
      big: { type: bool }
      tag: { type: string }
functions:
  named: { params: { hub: hubs }, body: hub.tag matches "^t" and hub.name != "x" }
declared:
  limit: { type: int }
`

func TestReads(t *testing.T) {
	m, problems := model.Load(fstest.MapFS{"topology.yaml": {Data: []byte(readsModel)}})
	env, more := NewEnv(m)
	if problems = append(problems, more...); problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	for text, want := range map[string]string{
		`net.size == 1`:                       `nets.size; ; ; ; ; 1`,
		`net.large and net.large`:             `nets.size; ; ; ; ; 26`,
		`net.hubIsBig ?? named(net.hub)`:      `hubs.big hubs.name hubs.tag nets.hub; ; ; ^t x; ^t; `,
		`any(hubs, any(.nets, .size in [1]))`: `hubs.nets nets.size; hubs; ; ; ; 1`,
		`declared.limit > len(nets)`:          `; nets; limit; ; ; `,
		`net.id == net.name`:                  `nets.id nets.name; ; ; ; ; `,
		`first(fromJSON("[]")).big == true`:   `hubs.big; ; ; []; ; `, // of any value it may be any object's
	} {
		x, problems := env.Compile(model.Text{Value: text}, []Var{{"net", m.Kind("nets")}}, "")
		if problems.HasErrors() {
			t.Fatal(text, problems[0].Message)
		}
		r := env.Reads(nil, x, x)
		var fields []string
		for _, f := range r.Fields {
			fields = append(fields, f.Kind+"."+f.Field)
		}
		join := func(list []string) string { return strings.Join(list, " ") }
		got := strings.Join([]string{join(fields), join(r.Collections), join(r.Declared), join(r.Texts), join(r.Patterns), strings.Trim(fmt.Sprint(r.Ints), "[]")}, "; ")
		if got != want {
			t.Errorf("%s reads %q, not %q", text, got, want)
		}
	}
}

// TestTrace: a derived value shows what it is computed from, once.
func TestTrace(t *testing.T) {
	m, _ := model.Load(fstest.MapFS{"topology.yaml": {Data: []byte(readsModel)}})
	env, _ := NewEnv(m)
	x, problems := env.Compile(model.Text{Value: "net.hubIsBig and net.large or net.hubIsBig"}, []Var{{"net", m.Kind("nets")}}, "")
	if problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	hub := NewObject(env.Class("hubs"), 1, "h", "h", Place{})
	hub.Set("big", false)
	net := NewObject(env.Class("nets"), 2, "n", "n", Place{})
	net.Set("hub", hub)
	net.Set("size", 28)
	w := &World{}
	run := func() string {
		var reads []string
		for _, o := range []Object{hub, net} {
			o.Trace(func(o Object, field string) { reads = append(reads, o.Name()+"."+field) })
			defer o.Trace(nil)
		}
		if _, err := x.Eval(w, map[string]any{"net": net}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(reads, " ")
	}
	if got := run(); got != "n.hub h.big" {
		t.Errorf("read %s", got)
	}
	if got := run(); got != "" {
		t.Errorf("read %s of values that are known", got)
	}
	net.Forget()
	if got := run(); got != "n.hub h.big" {
		t.Errorf("read %s after forgetting", got)
	}
}
