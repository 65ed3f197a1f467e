package build

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/rule"
)

// examples runs the examples of the rules with these ids (of all where there
// are none) in Go and in the JavaScript engine. It reports each that does not
// come out as its author says, and each on which the engines differ.
func examples(set *rule.Set, script string, ids []string) diag.List {
	rules := set.Rules
	if len(ids) > 0 {
		rules = slices.DeleteFunc(slices.Clone(rules), func(r *rule.Rule) bool { return !slices.Contains(ids, r.ID) })
	}
	// An engine serves one caller at a time, so each processor has its own. Each
	// rule has its own place for what it finds: the order does not depend on them.
	found := make([]diag.List, len(rules)+1)
	next := make(chan int)
	var engines sync.WaitGroup
	var broke sync.Once
	for range min(runtime.GOMAXPROCS(0), len(rules)) {
		engines.Go(func() {
			engine, err := jsvm.New(script)
			if err != nil {
				broke.Do(func() {
					found[len(rules)].Add(broken(diag.Diagnostic{Message: "the generated JavaScript does not run: " + err.Error()}))
				})
			} else {
				defer engine.Close()
			}
			for i := range next {
				if err == nil {
					found[i] = ruleExamples(engine, set, rules[i])
				}
			}
		})
	}
	for i := range rules {
		next <- i
	}
	close(next)
	engines.Wait()
	return slices.Concat(found...)
}

func ruleExamples(engine *jsvm.VM, set *rule.Set, r *rule.Rule) diag.List {
	var problems diag.List
	for _, e := range r.Examples {
		outcome, more := set.Run(r, e)
		problems = append(problems, more...)
		if more.HasErrors() {
			continue // nothing to compare
		}
		if found := e.Judge(outcome); found != "" {
			problems.Add(diag.Diagnostic{Code: "rule/example-failed", Severity: diag.Error, Span: e.Span, Rule: r.ID,
				Message: fmt.Sprintf("the example %q does not come out as expected: %s", e.Name, found),
				Hint:    "either the rule or the expectation is wrong"})
		}
		if difference := compare(engine, set, r, e); difference != "" {
			problems.Add(broken(diag.Diagnostic{Span: e.Span, Rule: r.ID, Message: difference}))
		}
	}
	return problems
}

// compare runs an example in both engines and shows both results where they differ.
func compare(engine *jsvm.VM, set *rule.Set, r *rule.Rule, e *rule.Example) string {
	c := set.Case(r, e)
	argument, err := json.Marshal(c)
	if err != nil {
		panic(err) // a case holds text only
	}
	inGo := string(set.RunCase(c).JSON())
	inJS, err := engine.Call("plumbline.example", string(argument))
	if err != nil {
		inJS = err.Error()
	}
	if inGo == inJS {
		return ""
	}
	return fmt.Sprintf("the engines differ on the example %q\n\tGo          %s\n\tJavaScript  %s", e.Name, inGo, inJS)
}

// broken is a difference between the engines: a defect of ours, which stops the
// build because one of the two would be wrong in front of a reader.
func broken(d diag.Diagnostic) diag.Diagnostic {
	d.Code, d.Severity = "rule/engines-differ", diag.Error
	d.Hint = "this is a defect of plumbline, not of the rule: please report it with the rule and the example"
	return d
}
