package rulejs

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/plumbline/plumbline/internal/browsertest"
	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/topology"
	"github.com/plumbline/plumbline/theme"
)

// The typical rule: a virtual machine, its interfaces, their security groups, a
// quantifier inside a quantifier, texts.
const (
	typicalWhere  = `len(vm.networkInterfaces) > 0`
	typicalAssert = `all(vm.networkInterfaces, .networkSecurityGroup != nil and ` +
		`none(.networkSecurityGroup.securityRules, .access == "Allow" and .direction == "Inbound" and "*" in .sources))`
	typicalModel = `
kinds:
  virtualMachines: { one: virtualMachine, fields: { os: { enum: [Linux, Windows] } } }
  networkInterfaces:
    one: networkInterface
    fields:
      virtualMachine: { link: virtualMachines, inverse: networkInterfaces }
      networkSecurityGroup: { link: networkSecurityGroups, default: null }
  networkSecurityGroups: { one: networkSecurityGroup }
  securityRules:
    one: securityRule
    fields:
      networkSecurityGroup: { link: networkSecurityGroups, inverse: securityRules }
      access: { enum: [Allow, Deny] }
      direction: { enum: [Inbound, Outbound] }
      sources: { type: [string] }
`
	typicalPage = `---
title: Ports
rules:
  - id: closed
    title: Closed
    severity: error
    claim: Close every port
    for: vm in virtualMachines
    where: %q
    assert: %q
    examples:
      - { name: a, topology: { virtualMachines: [{ name: v }], networkInterfaces: [{ name: n, virtualMachine: v }] }, expect: fail }
      - { name: b, topology: { virtualMachines: [{ name: v }], networkInterfaces: [{ name: n, virtualMachine: v, networkSecurityGroup: g }], networkSecurityGroups: [{ name: g }], securityRules: [] }, expect: pass }
      - { name: c, topology: { virtualMachines: [{ name: v }] }, expect: unknown }
---

# Ports

Close every port.
`
)

// typicalTopology has a security group with four rules for every ten virtual
// machines, and an interface for each; one machine in fifty fails.
func typicalTopology(n int) string {
	type object = map[string]any
	var vms, nics, nsgs, rules []object
	for i := range n {
		g := i / 10
		if i%10 == 0 {
			nsgs = append(nsgs, object{"name": fmt.Sprintf("g%d", g)})
			for k, r := range []object{
				{"access": "Allow", "direction": "Outbound", "sources": []string{"*"}},
				{"access": "Deny", "direction": "Inbound", "sources": []string{"*"}},
				{"access": "Allow", "direction": "Inbound", "sources": []string{"10.0.0.0/8", "VirtualNetwork"}},
				{"access": "Allow", "direction": "Inbound", "sources": []string{"AzureLoadBalancer"}},
			} {
				r["name"], r["networkSecurityGroup"] = fmt.Sprintf("r%d-%d", g, k), fmt.Sprintf("g%d", g)
				rules = append(rules, r)
			}
		}
		vms = append(vms, object{"name": fmt.Sprintf("v%d", i), "os": []string{"Linux", "Windows"}[i%2]})
		nic := object{"name": fmt.Sprintf("n%d", i), "virtualMachine": fmt.Sprintf("v%d", i)}
		if i%50 != 7 {
			nic["networkSecurityGroup"] = fmt.Sprintf("g%d", g)
		}
		nics = append(nics, nic)
	}
	var text strings.Builder
	for i, part := range []struct {
		kind string
		list []object
	}{{"virtualMachines", vms}, {"networkInterfaces", nics}, {"networkSecurityGroups", nsgs}, {"securityRules", rules}} {
		fmt.Fprintf(&text, "%c%q: [", "{,,,"[i], part.kind)
		for k, o := range part.list {
			line, _ := json.Marshal(o)
			fmt.Fprintf(&text, "%s\n%s", ","[:min(k, 1)], line)
		}
		text.WriteString("]\n")
	}
	return text.String() + "}"
}

func typicalSet(b *testing.B) *rule.Set {
	b.Helper()
	m, problems := model.Load(fstest.MapFS{"topology.yaml": {Data: []byte(typicalModel)}})
	env, more := lang.NewEnv(m)
	if problems = append(problems, more...); problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	page := fmt.Sprintf(typicalPage, typicalWhere, typicalAssert)
	site, problems := content.Load(fstest.MapFS{"ports.md": {Data: []byte(page)}}, content.Options{Prefix: "content/"})
	set, more := rule.Load(site, env, fstest.MapFS{}, "rules/")
	if problems = append(problems, more...); problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	return set
}

// BenchmarkTypicalRule compares, in one run, our evaluation in Go with expr's own
// VM over maps: "vs-expr" is how many times as long ours takes.
func BenchmarkTypicalRule(b *testing.B) {
	set := typicalSet(b)
	plainWhere := compilePlain(b, typicalWhere)
	plainAssert := compilePlain(b, typicalAssert)
	for _, n := range []int{100, 10_000, 100_000} {
		t := topology.Read(set.Env, []topology.File{{Name: "t.json", Text: typicalTopology(n)}}, topology.Options{})
		if t.Problems.HasErrors() {
			b.Fatal(t.Problems[0].Message)
		}
		vms := plainTopology(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			var ours, plain time.Duration
			for b.Loop() {
				start := time.Now()
				set.Check(t, rule.Options{})
				ours += time.Since(start)
				b.StopTimer()
				start = time.Now()
				machine := vm.VM{MemoryBudget: 1 << 32}
				for _, v := range vms {
					env := map[string]any{"vm": v}
					applies, err := machine.Run(plainWhere, env)
					if err == nil && applies == true {
						_, err = machine.Run(plainAssert, env)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
				plain += time.Since(start)
				b.StartTimer()
			}
			b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N*n), "ns/vm")
			b.ReportMetric(float64(plain.Nanoseconds())/float64(b.N*n), "expr-ns/vm")
			b.ReportMetric(float64(ours)/float64(plain), "vs-expr")
		})
	}
}

func compilePlain(b *testing.B, text string) *vm.Program {
	b.Helper()
	p, err := expr.Compile(text, expr.AllowUndefinedVariables(), expr.Optimize(false))
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// plainTopology is typicalTopology as linked maps.
func plainTopology(n int) []map[string]any {
	type object = map[string]any
	var data map[string][]object
	if err := json.Unmarshal([]byte(typicalTopology(n)), &data); err != nil {
		panic(err)
	}
	byName := map[string]object{}
	for _, list := range data {
		for _, o := range list {
			byName[o["name"].(string)] = o
		}
	}
	link := func(list []object, field, inverse string) {
		for _, o := range list {
			if name, ok := o[field].(string); ok {
				target := byName[name]
				o[field] = target
				members, _ := target[inverse].([]any)
				target[inverse] = append(members, o)
			}
		}
	}
	link(data["networkInterfaces"], "virtualMachine", "networkInterfaces")
	link(data["networkInterfaces"], "networkSecurityGroup", "")
	link(data["securityRules"], "networkSecurityGroup", "securityRules")
	return data["virtualMachines"]
}

// handWritten is the typical rule as one would write it in JavaScript over the
// same objects, and what measures both.
const handWritten = `
import { readNative as benchRead, noChanges as benchChanges } from "./native";
import { Source as BenchSource } from "./source";
import { parseJSON as benchParse } from "./json";
const handWhere = (vm: any) => vm.fields.networkInterfaces.length > 0;
const handAssert = (vm: any) => {
  const nics = vm.fields.networkInterfaces;
  for (let i = 0; i < nics.length; i++) {
    const group = nics[i].fields.networkSecurityGroup;
    if (group === null) return false;
    const rules = group.fields.securityRules;
    for (let j = 0; j < rules.length; j++) {
      const rule = rules[j].fields;
      if (rule.access === "Allow" && rule.direction === "Inbound" && rule.sources.includes("*")) return false;
    }
  }
  return true;
};
declare const performance: { now(): number };
/** Median milliseconds of a run over every machine. A browser's clock is coarse: what is timed is many runs. */
const timed = (f: () => number, runs: number): number => {
  const all: number[] = [];
  for (let i = 0; i < 9; i++) {
    const start = performance.now();
    for (let k = 0; k < runs; k++) f();
    all.push((performance.now() - start) / runs);
  }
  return all.sort((a, b) => a - b)[4]!;
};
export function measure(text: string) {
  const start = performance.now();
  const source = new BenchSource("t.json", text);
  const t = benchRead(program.model, source, benchParse(source).root, benchChanges);
  const read = performance.now() - start;
  const vms = t.world!.collections.virtualMachines as any[];
  const w = { collections: t.world!.collections, declared: t.world!.declared, lib: program.lib };
  const rule = program.rules[0]!;
  const hand = () => {
    let failed = 0;
    for (let i = 0; i < vms.length; i++) if (handWhere(vms[i]) && !handAssert(vms[i])) failed++;
    return failed;
  };
  const where = rule.where!.run as any, assert = rule.assert!.run as any;
  const generated = () => {
    let failed = 0;
    for (let i = 0; i < vms.length; i++) if (where(w, vms[i]) && !assert(w, vms[i])) failed++;
    return failed;
  };
  const check = () => checkTopology(program.rules, program.lib, t, {}).summary.fail;
  if (hand() !== generated() || hand() !== check()) throw new Error("they differ: " + [hand(), generated(), check()]);
  const runs = Math.max(2, Math.round(2e5 / vms.length));
  const rounds: number[][] = [];
  for (let i = 0; i < 5; i++) rounds.push([timed(hand, runs), timed(generated, runs), timed(check, Math.max(1, runs >> 3))]);
  const best = (k: number) => Math.min(...rounds.map((r) => r[k]!));
  return { read, hand: best(0), generated: best(1), check: best(2) };
}
`

// checks are the tests for unknowns in the runtime and what it would do without.
var checks = map[string][][2]string{
	"runtime/ops.ts": {
		{`(typeof v === "object" ? v === null : v !== undefined) ? v : composite(v)`, "v"},
		{"v === null || v instanceof Obj ? v : stop(v)", "v as Obj | null"},
		{"v instanceof Obj ? v : stop(v)", "v as Obj"},
		{"v === null ? stop(v) : v", "v as Obj"},
		{"v === text || differs(v)", "v === text"},
		{`typeof a === "boolean" ? a : noTruth(a, what)`, "a as boolean"},
	},
	"runtime/builtins.ts": {
		{"Array.isArray(v) ? v : entries(name, v)", "v as Value[]"},
	},
}

// BenchmarkTypicalRuleInChromium compares, in one run, the rule in V8 and in Go: in
// a page as hand-written JavaScript, as generated over the same objects ("vs-hand"),
// and as a whole check with findings; in Go as a whole check ("go-vs-check").
// "vs-unchecked" is what the tests for unknowns cost where everything is known.
func BenchmarkTypicalRuleInChromium(b *testing.B) {
	set := typicalSet(b)
	code := string(Translate(set, "bench"))
	dir := b.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	entry := read(b, "runtime/checks.ts") + handWritten
	write("checked.mjs", checksModule(b, code, fstest.MapFS{"runtime/checks.ts": {Data: []byte(entry)}}))
	write("unchecked.mjs", checksModule(b, code, unchecked(b, entry)))
	write("index.html", []byte("<!doctype html><title>Benchmark</title>"))
	address := browsertest.Serve(b, dir)
	browser := browsertest.Start(b)
	for _, n := range []int{100, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := typicalTopology(n)
			write("t.json", []byte(text))
			t := topology.Read(set.Env, []topology.File{{Name: "t.json", Text: text}}, topology.Options{})
			type times struct{ Read, Hand, Generated, Check float64 }
			// Each measurement has a page of its own, as a process would: what one
			// has run does not change how the next is compiled.
			measure := func(module string) times {
				tab := browser.Open(b, browsertest.View{})
				tab.Go(address)
				return browsertest.Eval[times](tab, fmt.Sprintf(
					`import("./%s.mjs").then(async (m) => m.measure(await (await fetch("./t.json")).text()))`, module))
			}
			var m, plain times
			var inGo float64
			for b.Loop() {
				m = measure("checked")
				plain = measure("unchecked")
				inGo = fastest(func() { set.Check(t, rule.Options{}) })
			}
			b.ReportMetric(inGo, "go-ms")
			b.ReportMetric(m.Hand, "hand-ms")
			b.ReportMetric(m.Generated, "generated-ms")
			b.ReportMetric(m.Check, "check-ms")
			b.ReportMetric(m.Read, "read-ms")
			b.ReportMetric(m.Generated/m.Hand, "vs-hand")
			b.ReportMetric(inGo/m.Check, "go-vs-check")
			b.ReportMetric(m.Generated/m.Hand/(plain.Generated/plain.Hand), "vs-unchecked")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// fastest gives the milliseconds of the fastest of a few runs.
func fastest(run func()) float64 {
	best := time.Duration(1<<63 - 1)
	for range 9 {
		start := time.Now()
		run()
		best = min(best, time.Since(start))
	}
	return float64(best.Nanoseconds()) / 1e6
}

func read(b *testing.B, file string) string {
	b.Helper()
	data, err := fs.ReadFile(theme.FS(), file)
	if err != nil {
		b.Fatal(err)
	}
	return string(data)
}

func checksModule(b *testing.B, code string, over fs.FS) []byte {
	b.Helper()
	assets, problems := bundle.Site(theme.With(over), code)
	if problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	return assets.Files["checks.mjs"]
}

// unchecked is the runtime without the tests for unknowns.
func unchecked(b *testing.B, entry string) fs.FS {
	b.Helper()
	over := fstest.MapFS{"runtime/checks.ts": {Data: []byte(entry)}}
	for file, replacements := range checks {
		text := read(b, file)
		for _, r := range replacements {
			if !strings.Contains(text, r[0]) {
				b.Fatalf("%s has no %s", file, r[0])
			}
			text = strings.Replace(text, r[0], r[1], 1)
		}
		over[file] = &fstest.MapFile{Data: []byte(text)}
	}
	return over
}
