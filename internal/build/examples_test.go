package build

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/bundle"
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
	if problems := examples(set, engine("net.size <= 26"), nil, variationsInBuild); len(problems) > 0 {
		t.Errorf("the same rule on both sides: %s", problems[0].Message)
	}
	problems := examples(set, engine("net.size <= 27"), nil, variationsInBuild)
	if len(problems) != 1 || problems[0].Code != "rule/engines-differ" || problems[0].Rule != "net-size" {
		t.Fatalf("another rule in the engine: %v", problems)
	}
	for _, want := range []string{`with {"set":{"nets[0].size":27}}`, `Go          {"findings":[{"rule":"net-size","severity":"error","verdict":"fail"`,
		`JavaScript  {"findings":[{"rule":"net-size","severity":"error","verdict":"pass"`} {
		if !strings.Contains(problems[0].Message, want) {
			t.Errorf("the message lacks %q:\n%s", want, problems[0].Message)
		}
	}
	problems = examples(set, engine("net.size >= 27"), nil, variationsInBuild)
	if len(problems) != 1 || !strings.Contains(problems[0].Message, `the engines differ on the example "large"`) {
		t.Errorf("a rule that differs on an example: %v", problems)
	}
}
