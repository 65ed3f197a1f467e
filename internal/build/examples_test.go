package build

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/rulejs"
)

const examplesPage = `---
title: Nets
rules:
  - id: net-size
    title: A net is large
    severity: error
    claim: A net is large.
    for: net in nets
    assert: ASSERT
    message: "${net.name} has ${net.size}"
    examples:
      - { name: large, topology: { nets: [{ id: n, size: 26 }] }, expect: pass }
      - { name: small, topology: { nets: [{ id: n, size: 29 }] }, expect: fail }
      - { name: open, topology: { nets: [{ id: n }] }, expect: unknown }
---
# Nets

A net is large.
`

func loaded(t *testing.T, assert string) Sources {
	t.Helper()
	src, problems := Load(Input{
		Content:       fstest.MapFS{"index.md": {Data: []byte(strings.Replace(examplesPage, "ASSERT", assert, 1))}},
		ContentPrefix: "content/",
		Rules:         fstest.MapFS{"topology.yaml": {Data: []byte("kinds: { nets: { one: net, title: Net, fields: { size: { type: int } } } }")}},
	})
	if problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	return src
}

// TestEnginesDiffer runs one rule in Go against another one in the engine: they
// agree on the examples, so that only a varied topology tells them apart.
func TestEnginesDiffer(t *testing.T) {
	engine := func(assert string) string {
		assets, problems := bundle.Site(os.DirFS("../../theme"), string(rulejs.Translate(loaded(t, assert).Rules, "test")))
		if problems.HasErrors() {
			t.Fatal(problems[0].Message)
		}
		return assets.Engine
	}
	set := loaded(t, "net.size <= 26").Rules
	if problems := proved(set, engine("net.size <= 26")); len(problems) > 0 {
		t.Errorf("the same rule on both sides: %s", problems[0].Message)
	}
	problems := proved(set, engine("net.size <= 27"))
	if len(problems) != 1 || problems[0].Code != "rule/engines-differ" || problems[0].Rule != "net-size" {
		t.Fatalf("another rule in the engine: %v", problems)
	}
	for _, want := range []string{`with {"set":{"nets[0].size":27}}`, `Go          {"findings":[{"rule":"net-size","severity":"error","verdict":"fail"`,
		`JavaScript  {"findings":[{"rule":"net-size","severity":"error","verdict":"pass"`} {
		if !strings.Contains(problems[0].Message, want) {
			t.Errorf("the message lacks %q:\n%s", want, problems[0].Message)
		}
	}
	problems = proved(set, engine("net.size >= 27"))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, `the engines differ on the example "large"`) {
		t.Errorf("a rule that differs on an example: %v", problems)
	}
}

const netsModel = `kinds:
  nets:
    one: net
    title: Net
    fields:
      size: int
      sku: { enum: [Small, Medium, Large] }
      zones: [string]
      shared: bool
`

// TestBuildReachesValues mistranslates rules for one value of a field each, which
// no example has: every build has to meet it, and to say where the engines differ.
func TestBuildReachesValues(t *testing.T) {
	cases := []struct {
		value, assert, other string
		examples             [3]string // pass, fail, unknown
		topology, inGo, inJS string
	}{
		{"an enum's", `net.sku != "Small"`, `net.sku == "Large"`, [3]string{"sku: Large", "sku: Small", "zones: [a]"}, `"nets[0].sku":"Medium"`, "pass", "fail"},
		{"none", `net.sku != "Small"`, `(net.sku ?? "Small") != "Small"`, [3]string{"sku: Large", "sku: Small", "zones: [a]"}, `"unset":["nets[0].sku"]`, "pass", "fail"},
		{"an empty list", `all(net.zones, # != "x")`, `any(net.zones, # != "x")`, [3]string{"zones: [a]", "zones: [x]", "size: 26"}, `"nets[0].zones":[]`, "pass", "fail"},
		{"two elements", `any(net.zones, # == "a")`, `len(net.zones) < 2 and any(net.zones, # == "a")`, [3]string{"zones: [a]", "zones: [x]", "size: 26"}, `"nets[0].zones":["a",`, "pass", "fail"},
		{"an unknown", `(net.shared ?? false) or (net.size ?? 0) < 27`, `(net.shared ?? false) == true or ((net.shared ?? false) == false and (net.size ?? 0) < 27)`,
			[3]string{"shared: false, size: 26", "shared: false, size: 28", "shared: false"}, `"unknown":["nets[0].shared"`, "pass", "unknown"},
	}
	for _, c := range cases {
		t.Run(c.value, func(t *testing.T) {
			set := func(assert string) Sources {
				page := strings.Replace(examplesPage, "ASSERT", "'"+assert+"'", 1)
				page = strings.NewReplacer("size: 26", c.examples[0], "size: 29", c.examples[1], "{ id: n }", "{ id: n, "+c.examples[2]+" }").Replace(page)
				src, problems := Load(Input{Content: fstest.MapFS{"index.md": {Data: []byte(page)}}, ContentPrefix: "content/",
					Rules: fstest.MapFS{"topology.yaml": {Data: []byte(netsModel)}}})
				if problems.HasErrors() {
					t.Fatal(problems.Records())
				}
				return src
			}
			assets, problems := bundle.Site(os.DirFS("../../theme"), string(rulejs.Translate(set(c.other).Rules, "test")))
			if problems.HasErrors() {
				t.Fatal(problems[0].Message)
			}
			problems = proved(set(c.assert).Rules, assets.Engine)
			if len(problems) != 1 || problems[0].Code != "rule/engines-differ" || problems[0].Rule != "net-size" || problems[0].Severity != diag.Error {
				t.Fatal(problems.Records())
			}
			message := problems[0].Message
			first, second, _ := strings.Cut(message, "JavaScript")
			if !strings.Contains(message, c.topology) || !strings.Contains(first, `"verdict":"`+c.inGo+`"`) || !strings.Contains(second, `"verdict":"`+c.inJS+`"`) {
				t.Errorf("the message does not have %s, %s and %s:\n%s", c.topology, c.inGo, c.inJS, message)
			}
		})
	}
}

// proved holds rules against a script, as a build does.
func proved(set *rule.Set, script string) diag.List {
	js := newEngines(script)
	defer js.close()
	return examples(set, js, nil, inBuild)
}
