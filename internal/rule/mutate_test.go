package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/topology"
)

const mutateModel = `
kinds:
  nets:
    one: net
    title: Net
    fields:
      size: { type: int }
      used: { type: bool, default: false }
      tier: { type: string, enum: [Gold, Silver, Bronze] }
      zones: { type: [string], default: [] }
      hub: { link: hubs, inverse: nets, default: null }
    derived:
      busy: hub?.big ?? false
  hubs:
    one: hub
    title: Hub
    fields:
      big: { type: bool }
declared:
  limit: { type: int }
`

const mutatePage = `---
title: Nets
rules:
  - id: net
    title: Net
    severity: error
    claim: A net.
    for: net in nets
    where: WHERE
    assert: ASSERT
    examples:
      - { name: good, sample: one, expect: pass }
      - { name: bad, sample: one, set: { "nets[0].size": 29, "nets[0].tier": Gold, "nets[0].used": true, "nets[0].hub": h2, "nets[0].zones": [a, b], "nets[1].size": 1 }, expect: fail }
      - { name: open, sample: one, unknown: ["nets[0].size"], expect: unknown }
---
A net.
`

// single is a set of one rule on nets.
func single(t *testing.T, where, assert string) *Set {
	t.Helper()
	m, problems := model.Load(fstest.MapFS{"topology.yaml": {Data: []byte(mutateModel)}})
	env, more := lang.NewEnv(m)
	problems = append(problems, more...)
	page := strings.NewReplacer("WHERE", yamlText(where), "ASSERT", yamlText(assert)).Replace(mutatePage)
	site, more := content.Load(fstest.MapFS{"index.md": {Data: []byte(page)}}, content.Options{Prefix: "content/"})
	problems = append(problems, more...)
	sample := "nets:\n  - { id: n1, size: 26, tier: Silver, hub: h1 }\n  - { id: n2, size: 24, tier: Bronze }\nhubs:\n  - { id: h1, big: true }\n  - { id: h2 }\n"
	set, more := Load(site, env, fstest.MapFS{"samples/one.yaml": {Data: []byte(sample)}}, "rules/")
	if problems = append(problems, more...); problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	return set
}

func yamlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func TestMutants(t *testing.T) {
	for _, test := range []struct {
		assert string
		want   []string
	}{
		{`net.used`, []string{`not net.used`}},
		{`not net.used`, []string{`net.used`}},
		{`net.used and net.busy`, []string{`not (net.used and net.busy)`, `net.used or net.busy`, `net.used`, `net.busy`,
			`not net.used and net.busy`, `net.used and not net.busy`}},
		{`net.size < 26`, []string{`net.size >= 26`, `net.size <= 26`, `net.size < 27`, `net.size < 25`}},
		{`net.tier == "Gold"`, []string{`net.tier != "Gold"`, `net.tier == "Silver"`, `net.tier == "Bronze"`}},
		{`net.tier in ["Gold", "Silver"]`, []string{`not (net.tier in ["Gold", "Silver"])`, `net.tier in ["Silver"]`,
			`net.tier in ["Bronze", "Silver"]`, `net.tier in ["Gold"]`, `net.tier in ["Gold", "Bronze"]`}},
		{`any(net.zones, # startsWith "a")`, []string{`none(net.zones, # startsWith "a")`, `all(net.zones, # startsWith "a")`,
			`any(net.zones, not (# startsWith "a"))`, `any(net.zones, # endsWith "a")`, `any(net.zones, # startsWith "ax")`}},
		{`none(net.zones, # matches "^a+$")`, []string{`any(net.zones, # matches "^a+$")`, `all(net.zones, # matches "^a+$")`,
			`none(net.zones, not (# matches "^a+$"))`, `none(net.zones, # matches "a+$")`, `none(net.zones, # matches "^a+")`}},
		{`len(filter(net.zones, # != "a")) + 1 > 1 ? net.used : true`, []string{`net.used`, `true`,
			`len(filter(net.zones, # != "a")) + 1 <= 1 ? net.used : true`,
			`len(filter(net.zones, # != "a")) + 1 >= 1 ? net.used : true`,
			`len(filter(net.zones, # != "a")) - 1 > 1 ? net.used : true`,
			`len(net.zones) + 1 > 1 ? net.used : true`,
			`len(filter(net.zones, # == "a")) + 1 > 1 ? net.used : true`,
			`len(filter(net.zones, # != "ax")) + 1 > 1 ? net.used : true`,
			`len(filter(net.zones, # != "a")) + 2 > 1 ? net.used : true`,
			`len(filter(net.zones, # != "a")) + 0 > 1 ? net.used : true`,
			`len(filter(net.zones, # != "a")) + 1 > 2 ? net.used : true`,
			`len(filter(net.zones, # != "a")) + 1 > 0 ? net.used : true`,
			`len(filter(net.zones, # != "a")) + 1 > 1 ? not net.used : true`,
			`len(filter(net.zones, # != "a")) + 1 > 1 ? net.used : false`}},
		{`net.hub?.big ?? net.used`, []string{`not (net.hub?.big ?? net.used)`, `net.hub?.big`, `net.used`}},
		{`net.hub == nil or unknown("why")`, []string{`not (net.hub == nil or unknown("why"))`, `net.hub == nil and unknown("why")`,
			`net.hub == nil`, `unknown("why")`, `net.hub != nil or unknown("why")`, `net.hub == nil or not unknown("why")`}},
	} {
		set := single(t, "net.size > 0", test.assert)
		var got []string
		for _, m := range set.Mutants(set.Rules[0]) {
			if m.Part == "assert" {
				got = append(got, m.Text)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s\n\tgot  %s\n\twant %s", test.assert, strings.Join(got, "\n\t     "), strings.Join(test.want, "\n\t     "))
		}
	}
}

func TestMutantsOfWhere(t *testing.T) {
	set := single(t, "net.used", "net.size > 0")
	var got []string
	for _, m := range set.Mutants(set.Rules[0]) {
		if m.Part == "where" {
			got = append(got, m.What+": "+m.Text)
		}
	}
	if want := []string{"remove it: ", "negate a condition: not net.used"}; !slices.Equal(got, want) {
		t.Errorf("got %q, not %q", got, want)
	}
}

// TestVariations lists what is varied of a rule that reads every sort of field,
// one of them through a derived value, and holds that to a fixed order.
func TestVariations(t *testing.T) {
	set := single(t, "net.busy", `net.size < 26 and net.tier != "Gold" and none(net.zones, # == "a") and declared.limit > 3`)
	r := set.Rules[0]
	all := set.NewBench().Variations(r, 2000)
	again := set.NewBench().Variations(r, 2000)
	texts := map[string]bool{}
	for i, v := range all {
		texts[v.String()] = true
		if v.String() != again[i].String() {
			t.Fatalf("variation %d is %s, then %s", i, v, again[i])
		}
	}
	for _, want := range []string{
		`{"set":{"nets[0].size":25}}`, `{"set":{"nets[0].size":27}}`, `{"unset":["nets[0].size"]}`, `{"unknown":["nets[0].size"]}`,
		`{"set":{"nets[0].tier":"Gold"}}`, `{"set":{"nets[0].tier":"Bronze"}}`, `{"unknown":["nets[0].tier"]}`,
		`{"set":{"nets[0].zones":["a"]}}`, `{"set":{"nets[0].zones":["other"]}}`, `{"set":{"nets[0].zones":["a","other"]}}`, `{"unknown":["nets[0].zones"]}`,
		`{"set":{"nets[0].hub":"h2"}}`, `{"unset":["nets[0].hub"]}`, `{"unknown":["nets[0].hub"]}`,
		`{"set":{"hubs[0].big":false}}`, `{"unknown":["hubs[0].big"]}`,
		`{"set":{"declared.limit":4}}`, `{"set":{"declared.limit":3}}`, `{"unset":["declared.limit"]}`,
		`{"unset":["nets[1]"]}`, `{"unknown":["nets[0]"]}`, `{"set":{"nets":[]}}`, `{"unknown":["nets"]}`,
		// From another example, whose own change of the field gives way.
		`{"set":{"nets[0].size":29,"nets[0].used":true,"nets[0].hub":"h2","nets[0].zones":["a","b"],"nets[1].size":1,"nets[0].tier":"Bronze"}}`,
		`{"set":{"nets[0].tier":"Gold"},"unknown":["nets[0].size"]}`,
		// Two changes at once.
		`{"set":{"nets[0].size":25,"nets[0].tier":"Gold"}}`,
	} {
		if !texts[`sample "one" with `+want] {
			t.Errorf("no variation %s", want)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(slices.Sorted(func(yield func(string) bool) {
			for s := range texts {
				if !yield(s) {
					return
				}
			}
		}), "\n"))
	}
	bench := set.NewBench()
	for _, limit := range []int{1, 7, 40} {
		if got := bench.Variations(r, limit); len(got) != limit {
			t.Errorf("%d variations, not %d", len(got), limit)
		}
	}
}

// TestMutantsThatOnlyErrorsTell: an example cannot expect that a rule fails to run.
func TestMutantsThatOnlyErrorsTell(t *testing.T) {
	set := single(t, "true", `net.size < 29 and net.size % net.size == 0`)
	for _, s := range set.NewBench().Mutate(set.Rules[0]).Survivors {
		if s.Text == "net.size < 29" {
			t.Errorf("%s would show it: %s, not %s", s.By, s.Want, s.Got)
		}
	}
}

// TestMutateIsJudgedByTopologies: a mutant counts as unkillable only because no
// topology tells it from its rule.
func TestMutateIsJudgedByTopologies(t *testing.T) {
	set := single(t, "net.size > 0", `net.size < 29 or net.size < 28`)
	score := set.NewBench().Mutate(set.Rules[0])
	var survivors []string
	for _, s := range score.Survivors {
		survivors = append(survivors, fmt.Sprintf("%s: %s: %s, not %s", s.Text, s.By, s.Want, s.Got))
	}
	if score.Unkillable == 0 || score.Percent() == 100 || len(survivors) == 0 {
		t.Errorf("%s; survivors %q", score, survivors)
	}
	for _, m := range set.Mutants(set.Rules[0]) {
		if m.Text == "net.size < 29" && slices.ContainsFunc(score.Survivors, func(s Survivor) bool { return s.Text == m.Text }) {
			t.Error("a mutant that says the same as its rule can be killed")
		}
	}
	// Each survivor's topology does tell it from the rule.
	bench := set.NewBench()
	for _, s := range score.Survivors {
		called := false
		bench.With(s.By.Example, s.By.Changes, func(v topology.Variant) {
			called = true
			if _, _, _, differ := difference(said(set.Rules[0].Outcome(v.Topology)), said(s.rule.Outcome(v.Topology))); !differ {
				t.Errorf("%s is the same on %s", s.Text, s.By)
			}
		})
		if !called {
			t.Errorf("%s is no topology", s.By)
		}
	}
}
