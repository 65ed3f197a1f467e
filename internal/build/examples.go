package build

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/topology"
)

// effort is how much is varied of what a rule reads, besides its examples.
type effort struct {
	cover  int // what variations of several fields may cost, see rule.Cover
	single int // variations of one thing, or of two
}

// A build proves that the engines agree on every example, and on as many values of
// what a rule reads as a fixed cost allows, so that what it proves does not depend on
// the machine. Where rules are tested the engines meet
// each of these values, and then each change by itself.
var (
	inBuild = effort{cover: 850}
	inTest  = effort{cover: 1_000_000, single: 256}
)

// examples runs the examples of the rules with these ids (of all where there are
// none), and topologies that vary what they read, in Go and in the JavaScript
// engine. It reports each example that does not come out as its author says, and
// the first topology of each rule on which the engines differ.
func examples(set *rule.Set, script string, ids []string, much effort) diag.List {
	rules := set.Rules
	if len(ids) > 0 {
		rules = slices.DeleteFunc(slices.Clone(rules), func(r *rule.Rule) bool { return !slices.Contains(ids, r.ID) })
	}
	if len(rules) == 0 {
		return nil
	}
	// One engine works beside Go: while it compiles the script, Go makes the first
	// trials. A second engine would be no gain, since all of them wait for one lock
	// on the memory that every call of a JavaScript function takes. Each rule has its
	// own place for what it finds, so that the order does not depend on the processors.
	found := make([]diag.List, len(rules)+1)
	type made struct {
		rule   int
		trials []trial
	}
	ready := make(chan made, len(rules))
	var proving sync.WaitGroup
	proving.Go(func() {
		e, err := newEngine(script)
		if err != nil {
			found[len(rules)].Add(doesNotRun(err))
			return
		}
		defer e.vm.Close()
		for m := range ready {
			found[m.rule] = append(found[m.rule], prover{e}.rule(rules[m.rule], m.trials)...)
		}
	})
	share(runtime.GOMAXPROCS(0)-1, len(rules), func(next func() (int, bool)) {
		bench := set.NewBench()
		for i, more := next(); more; i, more = next() {
			var trials []trial
			trials, found[i] = inGo(set, bench, rules[i], much)
			ready <- made{i, trials}
		}
	})
	close(ready)
	proving.Wait()
	return slices.Concat(found...)
}

// trial is a run of a rule that both engines make.
type trial struct {
	what  string // the topology, for people
	span  diag.Span
	root  *document.Node // of the base
	base  *topology.Base
	patch topology.Patch
	inGo  rule.Outcome
}

// inGo runs the examples of a rule in Go, and the topologies that vary what it
// reads. Go reads and links them for both engines: the readers of both sides are
// held together by their own tests.
func inGo(set *rule.Set, bench *rule.Bench, r *rule.Rule, much effort) (trials []trial, problems diag.List) {
	add := func(what string, e *rule.Example, span diag.Span, patch topology.Patch, outcome rule.Outcome) {
		base, _ := bench.Base(e)
		trials = append(trials, trial{what, span, set.Root(e), base, patch, outcome})
	}
	cover := bench.NewCover(r)
	for i, e := range r.Examples {
		more := bench.With(e, e.Changes(), func(t topology.Variant) {
			outcome := cover.Example(i, t)
			add(fmt.Sprintf("the example %q", e.Name), e, e.Span, t.Patch, outcome)
			if found := e.Judge(outcome); found != "" {
				problems.Add(diag.Diagnostic{Code: "rule/example-failed", Severity: diag.Error, Span: e.Span, Rule: r.ID,
					Message: fmt.Sprintf("the example %q does not come out as expected: %s", e.Name, found),
					Hint:    "either the rule or the expectation is wrong"})
			}
		})
		problems = append(problems, more...)
	}
	vary := func(v rule.Variation, patch topology.Patch, outcome rule.Outcome) {
		add(v.String(), v.Example, r.Span, patch, outcome)
	}
	cover.Run(much.cover, vary)
	if much.single > 0 {
		for _, v := range bench.Variations(r, much.single) {
			bench.With(v.Example, v.Changes, func(t topology.Variant) { vary(v, t.Patch, r.Outcome(t.Topology)) })
		}
	}
	return trials, problems
}

// prover runs rules in one engine.
type prover struct{ *engine }

// rule runs trials of a rule in the engine, and reports the first that comes out
// otherwise than in Go.
func (p prover) rule(r *rule.Rule, trials []trial) diag.List {
	for len(trials) > 0 {
		root := trials[0].root
		same := func(t trial) bool { return t.root == root }
		var run []trial
		for _, t := range trials {
			if same(t) {
				run = append(run, t)
			}
		}
		trials = slices.DeleteFunc(trials, same)
		if difference := p.compare(r, run); difference != nil {
			return difference
		}
	}
	return nil
}

// compare runs trials over one base in the engine, and reports the first of them
// that comes out otherwise than in Go. What the engine says is first compared in
// brief, and looked at as a whole where that is not the same.
func (p prover) compare(r *rule.Rule, trials []trial) diag.List {
	stopped := func(err error) diag.List {
		d := doesNotRun(err)
		d.Span, d.Rule = r.Span, r.ID
		return diag.List{d}
	}
	number, err := p.load(trials[0].root, trials[0].base)
	if err != nil {
		return stopped(err)
	}
	request := requestOf(r, number, trials)
	outcomes := make([]rule.Outcome, len(trials))
	for i, t := range trials {
		outcomes[i] = t.inGo
	}
	briefs, err := p.vm.Call("plumbline.vary", request)
	if err != nil {
		return stopped(err)
	}
	if briefs == r.Briefs(outcomes) {
		return nil
	}
	out, err := p.vm.Call("plumbline.varyWhole", request)
	if err != nil {
		return stopped(err)
	}
	return differences(r, trials, strings.Split(out, "\n"))
}

// requestOf asks the engine for the outcomes of trials over a base. What is stale is
// said once for all trials that have it in common.
func requestOf(r *rule.Rule, base int, trials []trial) string {
	var stale, variants, of strings.Builder
	numbers := map[string]int{}
	for i, t := range trials {
		number, known := numbers[t.patch.Stale]
		if !known {
			number = len(numbers)
			numbers[t.patch.Stale] = number
			list(&stale, number, t.patch.Stale)
		}
		list(&variants, i, t.patch.Changes)
		list(&of, i, strconv.Itoa(number))
	}
	return fmt.Sprintf(`{"rule":%q,"base":%d,"stale":[%s],"variants":[%s],"of":[%s]}`, r.ID, base, &stale, &variants, &of)
}

func list(b *strings.Builder, i int, element string) {
	if i > 0 {
		b.WriteByte(',')
	}
	b.WriteString(element)
}

// differences reports the first trial of which the engine says something else than Go.
func differences(r *rule.Rule, trials []trial, results []string) diag.List {
	for i, t := range trials {
		inGo, inJS := t.inGo.JSON(), "nothing"
		if i < len(results) {
			inJS = results[i]
		}
		if inGo != inJS {
			return diag.List{broken(diag.Diagnostic{Span: t.span, Rule: r.ID,
				Message: fmt.Sprintf("the engines differ on %s\n\tGo          %s\n\tJavaScript  %s", t.what, inGo, inJS)})}
		}
	}
	return nil
}

// doesNotRun is a script without a rule to blame.
func doesNotRun(err error) diag.Diagnostic {
	return broken(diag.Diagnostic{Message: "the generated JavaScript does not run: " + err.Error()})
}

// broken is a difference between the engines: a defect of ours, which stops the
// build because one of the two would be wrong in front of a reader.
func broken(d diag.Diagnostic) diag.Diagnostic {
	d.Code, d.Severity = "rule/engines-differ", diag.Error
	d.Hint = "this is a defect of plumbline, not of the rule: please report it with the rule and the example"
	return d
}
