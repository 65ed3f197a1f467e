package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/topology"
)

// Topologies that vary what a rule reads, besides its examples: few in each
// build, which is to take under 5 ms for a rule, and many where rules are tested.
const (
	variationsInBuild = 12
	variationsInTest  = 256
)

// examples runs the examples of the rules with these ids (of all where there are
// none), and topologies that vary what they read, in Go and in the JavaScript
// engine. It reports each example that does not come out as its author says, and
// the first topology of each rule on which the engines differ.
func examples(set *rule.Set, script string, ids []string, variations int) diag.List {
	rules := set.Rules
	if len(ids) > 0 {
		rules = slices.DeleteFunc(slices.Clone(rules), func(r *rule.Rule) bool { return !slices.Contains(ids, r.ID) })
	}
	// Each rule has its own place for what it finds: the order does not depend on
	// the processors.
	found := make([]diag.List, len(rules)+1)
	err := onEngines(script, len(rules), func(e *engine) func(int) {
		p := &prover{e, set.NewBench(), variations}
		return func(i int) { found[i] = p.rule(rules[i]) }
	})
	if err != nil {
		found[len(rules)].Add(broken(diag.Diagnostic{Message: "the generated JavaScript does not run: " + err.Error()}))
	}
	return slices.Concat(found...)
}

// prover runs rules in Go and in one engine, on topologies that Go reads and
// links: the readers of both sides are held together by their own tests.
type prover struct {
	*engine
	bench *rule.Bench
	// variations bounds the topologies for one rule.
	variations int
}

// trial is a run of a rule that both engines make.
type trial struct {
	what  string // the topology, for people
	span  diag.Span
	base  *topology.Base
	patch []byte
	inGo  string
}

// rule runs the examples of a rule, and the topologies that vary what it reads.
func (p *prover) rule(r *rule.Rule) diag.List {
	var problems diag.List
	var trials []trial
	for _, e := range r.Examples {
		base, _ := p.bench.Base(e)
		more := p.bench.With(e, e.Changes(), func(t topology.Variant) {
			outcome := r.Outcome(t.Topology)
			if found := e.Judge(outcome); found != "" {
				problems.Add(diag.Diagnostic{Code: "rule/example-failed", Severity: diag.Error, Span: e.Span, Rule: r.ID,
					Message: fmt.Sprintf("the example %q does not come out as expected: %s", e.Name, found),
					Hint:    "either the rule or the expectation is wrong"})
			}
			trials = append(trials, trial{fmt.Sprintf("the example %q", e.Name), e.Span, base, t.Patch, outcome.JSON()})
		})
		problems = append(problems, more...)
	}
	for _, v := range p.bench.Variations(r, p.variations) {
		base, _ := p.bench.Base(v.Example)
		p.bench.With(v.Example, v.Changes, func(t topology.Variant) {
			trials = append(trials, trial{v.String(), r.Span, base, t.Patch, r.Outcome(t.Topology).JSON()})
		})
	}
	for len(trials) > 0 {
		base := trials[0].base
		same := func(t trial) bool { return t.base == base }
		var run []trial
		for _, t := range trials {
			if same(t) {
				run = append(run, t)
			}
		}
		trials = slices.DeleteFunc(trials, same)
		if difference := p.compare(r, base, run); difference != nil {
			return append(problems, difference...)
		}
	}
	return problems
}

// compare runs trials over one base in the engine, and reports the first of them
// that comes out otherwise than in Go.
func (p *prover) compare(r *rule.Rule, base *topology.Base, trials []trial) diag.List {
	results, err := p.run(r, base, trials)
	if err != nil {
		return diag.List{broken(diag.Diagnostic{Span: r.Span, Rule: r.ID, Message: "the generated JavaScript does not run: " + err.Error()})}
	}
	for i, t := range trials {
		if i >= len(results) || results[i] != t.inGo {
			inJS := "nothing"
			if i < len(results) {
				inJS = results[i]
			}
			return diag.List{broken(diag.Diagnostic{Span: t.span, Rule: r.ID,
				Message: fmt.Sprintf("the engines differ on %s\n\tGo          %s\n\tJavaScript  %s", t.what, t.inGo, inJS)})}
		}
	}
	return nil
}

// run gives the outcomes of trials in the engine.
func (p *prover) run(r *rule.Rule, base *topology.Base, trials []trial) ([]string, error) {
	number, err := p.load(base)
	if err != nil {
		return nil, err
	}
	var request strings.Builder
	fmt.Fprintf(&request, `{"rule":%q,"base":%d,"variants":[`, r.ID, number)
	for i, t := range trials {
		if i > 0 {
			request.WriteByte(',')
		}
		request.Write(t.patch)
	}
	request.WriteString("]}")
	out, err := p.vm.Call("plumbline.vary", request.String())
	return strings.Split(out, "\n"), err
}

// broken is a difference between the engines: a defect of ours, which stops the
// build because one of the two would be wrong in front of a reader.
func broken(d diag.Diagnostic) diag.Diagnostic {
	d.Code, d.Severity = "rule/engines-differ", diag.Error
	d.Hint = "this is a defect of plumbline, not of the rule: please report it with the rule and the example"
	return d
}
