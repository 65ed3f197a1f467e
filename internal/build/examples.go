package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/rule"
)

// examples runs the examples of the rules with these ids (of all where there
// are none) in Go and in the JavaScript engine. It reports each that does not
// come out as its author says, and each on which the engines differ.
func examples(set *rule.Set, script string, ids []string) diag.List {
	var problems diag.List
	engine, err := jsvm.New(script)
	if err != nil {
		problems.Add(engineProblem(diag.Span{}, "", err))
		return problems
	}
	defer engine.Close()
	for _, r := range set.Rules {
		if len(ids) > 0 && !slices.Contains(ids, r.ID) {
			continue
		}
		for _, e := range r.Examples {
			outcome, more := set.Run(r, e)
			problems = append(problems, more...)
			if more.HasErrors() {
				continue
			}
			problems = append(problems, judge(r, e, outcome)...)
			inGo := encode(outcome)
			inJS, err := engine.Call("plumbline.example", string(encode(exampleCall(set, r, e))))
			switch {
			case err != nil:
				problems.Add(engineProblem(e.Span, r.ID, err))
			case inJS != string(inGo):
				problems.Add(diag.Diagnostic{Code: "rule/engines-differ", Severity: diag.Error, Span: e.Span, Rule: r.ID,
					Message: fmt.Sprintf("the engines differ on the example %q\n\tGo:         %s\n\tJavaScript: %s", e.Name, inGo, inJS),
					Hint:    "this is a defect of plumbline, not of the rule: please report it"})
			}
		}
	}
	return problems
}

func engineProblem(span diag.Span, id string, err error) diag.Diagnostic {
	return diag.Diagnostic{Code: "rule/engines-differ", Severity: diag.Error, Span: span, Rule: id, Message: "the generated JavaScript does not run: " + err.Error(),
		Hint: "this is a defect of plumbline, not of the rule: please report it"}
}

// judge reports what an example's author did not expect, and run-time errors at
// their own place.
func judge(r *rule.Rule, e *rule.Example, outcome rule.Outcome) diag.List {
	var problems diag.List
	if m := e.Judge(outcome); m != "" {
		problems.Add(diag.Diagnostic{Code: "rule/example-failed", Severity: diag.Error, Span: e.Span, Rule: r.ID,
			Message: fmt.Sprintf("the example %q does not come out as expected: %s", e.Name, m), Hint: "either the rule or the expectation is wrong"})
	}
	return problems
}

// call is what the JavaScript engine is told of an example: the rule, the text
// of the topology and how it is varied.
type call struct {
	Rule    string  `json:"rule"`
	File    string  `json:"file"`
	Text    string  `json:"text"`
	Changes changes `json:"changes"`
}

type changes struct {
	Set      [][2]any `json:"set"` // path and value, in the order written
	Unset    []string `json:"unset"`
	Unknown  []string `json:"unknown"`
	Declared [][2]any `json:"declared"`
}

func exampleCall(set *rule.Set, r *rule.Rule, e *rule.Example) call {
	out := call{Rule: r.ID, Changes: changes{Set: [][2]any{}, Unset: []string{}, Unknown: []string{}, Declared: [][2]any{}}}
	_ = set
	return out
}

// encode writes JSON as JSON.stringify does.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // the types of this package hold text and numbers only
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

var _ = document.Null
