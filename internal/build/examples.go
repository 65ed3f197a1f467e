package build

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

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
	inBuild = effort{cover: 800}
	inTest  = effort{cover: 1_000_000, single: 256}
)

// examples runs the examples of the rules with these ids (of all where there are
// none), and topologies that vary what they read, in Go and in the JavaScript
// engine. It reports each example that does not come out as its author says, and
// the first topology of each rule on which the engines differ.
func examples(set *rule.Set, js *engines, ids []string, much effort) diag.List {
	rules := set.Rules
	if len(ids) > 0 {
		rules = slices.DeleteFunc(slices.Clone(rules), func(r *rule.Rule) bool { return !slices.Contains(ids, r.ID) })
	}
	if len(rules) == 0 {
		return nil
	}
	// One processor has an engine, the others try rules in Go; who is done with that
	// starts an engine too, and helps. An engine and Go in turns would each find the
	// memory of the other in the cache. Each rule has its own place for what it finds, so
	// that the order does not depend on the processors.
	found := make([]diag.List, len(rules)+1)
	type attempt struct {
		rule      int
		questions []question
	}
	tried := make(chan attempt, len(rules))
	var broken sync.Once
	prove := func() {
		var e *engine // once there is something to prove
		for t := range tried {
			if e == nil {
				var err error
				if e, err = js.start(); err != nil {
					broken.Do(func() { found[len(rules)].Add(doesNotRun(err)) })
					return
				}
				defer js.stop(e)
			}
			found[t.rule] = append(found[t.rule], prover{e}.rule(rules[t.rule], t.questions)...)
		}
	}
	js.compile()
	var first sync.WaitGroup
	first.Go(prove)
	var left atomic.Int64
	left.Store(int64(len(rules)))
	share(runtime.GOMAXPROCS(0)-1, len(rules), func(next func() (int, bool)) {
		bench := set.NewBench()
		for i, more := next(); more; i, more = next() {
			var trials []trial
			trials, found[i] = inGo(set, bench, rules[i], much)
			tried <- attempt{i, questionsOf(rules[i], trials)}
			if left.Add(-1) == 0 {
				close(tried)
			}
		}
		prove()
	})
	first.Wait()
	return slices.Concat(found...)
}

// trial is a run of a rule that both engines make.
type trial struct {
	what  fmt.Stringer // the topology, for people
	span  diag.Span
	root  *document.Node // of the base
	base  *topology.Base
	patch topology.Patch
	inGo  rule.Outcome
}

// example names an example.
type example string

func (e example) String() string { return fmt.Sprintf("the example %q", string(e)) }

// inGo runs the examples of a rule in Go, and the topologies that vary what it
// reads. Go reads and links them for both engines: the readers of both sides are
// held together by their own tests.
func inGo(set *rule.Set, bench *rule.Bench, r *rule.Rule, much effort) (trials []trial, problems diag.List) {
	add := func(what fmt.Stringer, e *rule.Example, span diag.Span, patch topology.Patch, outcome rule.Outcome) {
		base, _ := bench.Base(e)
		trials = append(trials, trial{what, span, set.Root(e), base, patch, outcome})
	}
	cover := bench.NewCover(r)
	for i, e := range r.Examples {
		more := bench.With(e, e.Changes(), func(t topology.Variant) {
			outcome := cover.Example(i, t)
			add(example(e.Name), e, e.Span, t.Patch, outcome)
			if found := e.Judge(outcome); found != "" {
				problems.Add(diag.Diagnostic{Code: "rule/example-failed", Severity: diag.Error, Span: e.Span, Rule: r.ID,
					Message: fmt.Sprintf("the example %q does not come out as expected: %s", e.Name, found),
					Hint:    "either the rule or the expectation is wrong"})
			}
		})
		problems = append(problems, more...)
	}
	vary := func(v rule.Variation, patch topology.Patch, outcome rule.Outcome) {
		add(v, v.Example, r.Span, patch, outcome)
	}
	cover.Run(much.cover, vary)
	if much.single > 0 {
		for _, v := range bench.Variations(r, much.single) {
			bench.With(v.Example, v.Changes, func(t topology.Variant) { vary(v, t.Patch, r.Outcome(t.Topology)) })
		}
	}
	return trials, problems
}

// question asks an engine for the outcomes of a rule in trials over one base.
type question struct {
	trials  []trial
	request string // but for the number of the base, which the engine gives
	answer  string // what outcomes as those in Go are in brief
}

// questionsOf writes what an engine is asked about a rule, while it is busy with the
// last one.
func questionsOf(r *rule.Rule, trials []trial) []question {
	var out []question
	for _, t := range trials {
		i := slices.IndexFunc(out, func(q question) bool { return q.trials[0].root == t.root })
		if i < 0 {
			i = len(out)
			out = append(out, question{})
		}
		out[i].trials = append(out[i].trials, t)
	}
	for i := range out {
		q := &out[i]
		q.request = requestOf(r, q.trials)
		outcomes := make([]rule.Outcome, len(q.trials))
		for j, t := range q.trials {
			outcomes[j] = t.inGo
		}
		q.answer = r.Briefs(outcomes)
	}
	return out
}

// requestOf writes trials for the engine. What is stale is said once for all trials
// that have it in common.
func requestOf(r *rule.Rule, trials []trial) string {
	var stale, variants, of strings.Builder
	size := 0
	for _, t := range trials {
		size += len(t.patch.Changes) + 1
	}
	variants.Grow(size)
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
	return fmt.Sprintf(`"rule":%q,"stale":[%s],"variants":[%s],"of":[%s]}`, r.ID, &stale, &variants, &of)
}

func list(b *strings.Builder, i int, element string) {
	if i > 0 {
		b.WriteByte(',')
	}
	b.WriteString(element)
}

// prover runs rules in one engine.
type prover struct{ *engine }

// rule runs trials of a rule in the engine, and reports the first that comes out
// otherwise than in Go.
func (p prover) rule(r *rule.Rule, questions []question) diag.List {
	for _, q := range questions {
		difference, err := p.compare(r, q)
		if err != nil {
			d := doesNotRun(err)
			d.Span, d.Rule = r.Span, r.ID
			return diag.List{d}
		}
		if difference != nil {
			return difference
		}
	}
	return nil
}

// compare reports the first trial that comes out otherwise in the engine than in Go.
// What the engine says is first compared in brief, and looked at as a whole where
// that is not the same.
func (p prover) compare(r *rule.Rule, q question) (diag.List, error) {
	number, err := p.load(q.trials[0].root, q.trials[0].base)
	if err != nil {
		return nil, err
	}
	request := fmt.Sprintf(`{"base":%d,`, number) + q.request
	briefs, err := p.vm.Call("plumbline.vary", request)
	if err != nil || briefs == q.answer {
		return nil, err
	}
	whole, err := p.vm.Call("plumbline.varyWhole", request)
	if err != nil {
		return nil, err
	}
	return differences(r, q.trials, strings.Split(whole, "\n")), nil
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
