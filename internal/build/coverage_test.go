package build

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/render"
)

// TestCoverage: tags in the order of their numbers, each with its rules, manual
// entries, and what each input states of what the rules look at.
func TestCoverage(t *testing.T) {
	src, problems := Lint(Input{
		Config: config.Config{}, ContentPrefix: "content/",
		Content: fstest.MapFS{"index.md": {Data: []byte(`---
title: T
claims: [Claims]
rules:
  - id: one
    title: One
    severity: error
    claim: Sized.
    for: thing in things
    assert: thing.size > 1 and thing.colour == "red" and declared.needed == "x" and declared.optional == "y"
    fix: "-"
    message: "-"
    tags: [C10, C2]
    examples:
      - { name: a, topology: { things: [{ id: t, size: 2, colour: red }], declared: { needed: x } }, expect: pass }
      - { name: b, topology: { things: [{ id: t, size: 1, colour: red }], declared: { needed: x } }, expect: fail }
      - { name: c, topology: { things: [{ id: t, colour: red }], declared: { needed: x } }, expect: unknown }
manual:
  - { claim: Felt., reason: nobody can measure it, tags: [C1] }
---
# T

## Claims

- Sized.
- Felt.
- Open.
`)}},
		Rules: fstest.MapFS{
			"topology.yaml": {Data: []byte("kinds:\n  things:\n    fields:\n      size: { type: int }\n      colour: { type: string }\n      note: { type: string, default: null }\n  others: {}\n" +
				"declared:\n  needed: { type: string }\n  optional: { type: string, default: y }\n")},
			"inputs/all.yaml":  {Data: []byte("things:\n  - { type: A/b, fields: { size: resource.size, colour: resource.colour } }\n")},
			"inputs/none.yaml": {Data: []byte("others:\n  - { type: A/b }\n")},
			"inputs/some.yaml": {Data: []byte("things:\n  - { type: A/b, fields: { size: resource.size } }\n")},
		},
	})
	if problems.HasErrors() {
		t.Fatal(problems.Records())
	}
	got := coverage(src)
	var tags []string
	for _, c := range got.Tagged {
		tags = append(tags, c.Tag)
	}
	if !slices.Equal(tags, []string{"C1", "C2", "C10"}) || !slices.Equal(got.Inputs, []string{"native", "all", "none", "some"}) {
		t.Fatalf("tags %v, inputs %v", tags, got.Inputs)
	}
	if m := got.Tagged[0].Manual; len(m) != 1 || m[0].Reason != "nobody can measure it" {
		t.Errorf("C1 has the manual entries %+v", m)
	}
	r := got.Tagged[2].Rules[0]
	want := []render.Holding{
		{State: render.HoldsAll}, {State: render.HoldsAll},
		{State: render.HoldsNothing, Missing: []string{"things"}},
		{State: render.HoldsSome, Missing: []string{"things.colour"}},
	}
	if !slices.EqualFunc(r.Inputs, want, func(a, b render.Holding) bool { return a.State == b.State && slices.Equal(a.Missing, b.Missing) }) {
		t.Errorf("the inputs hold %+v, not %+v", r.Inputs, want)
	}
	if !slices.Equal(r.Declared, []string{"needed"}) || r.ID != "one" {
		t.Errorf("rule %s needs %v", r.ID, r.Declared)
	}
	if len(got.Open) != 1 || got.Open[0].Text != "Open." || got.Claims != 3 || got.Covered != 2 {
		t.Errorf("open %+v, %d of %d", got.Open, got.Covered, got.Claims)
	}
}

// TestFoundingCoverage: the founding site accounts for every claim that it is
// made of: the 51 of the article, the 19 facts derived from it, and P0.
func TestFoundingCoverage(t *testing.T) {
	src, problems := Lint(Input{
		Config: config.Config{}, ContentPrefix: "content/",
		Content: os.DirFS("../../content"), Rules: os.DirFS("../../rules"),
	})
	if problems.HasErrors() {
		t.Fatal(problems.Records())
	}
	var tags []string
	for _, c := range coverage(src).Tagged {
		tags = append(tags, c.Tag)
	}
	var missing []string
	for _, want := range claims() {
		// A claim of several parts is there with each of them: C39a, C39b.
		if !slices.ContainsFunc(tags, func(tag string) bool { return tag == want || strings.TrimRight(tag, "abcdefgh") == want }) {
			missing = append(missing, want)
		}
	}
	if len(missing) > 0 {
		t.Errorf("no rule and no manual entry is tagged with %s", strings.Join(missing, ", "))
	}
}

func claims() []string {
	out := []string{"P0"}
	for i := range 51 {
		out = append(out, fmt.Sprintf("C%d", i+1))
	}
	for i := range 19 {
		out = append(out, fmt.Sprintf("D%d", i+1))
	}
	return out
}
