// Package eval evaluates single expressions of the rule language in Go and in
// JavaScript, and compares what the two engines give.
//
// It takes expressions and what they see, plain data or a topology, and gives
// for each the result of both sides.
//
// Invariant: the engines share the data, never a result: each evaluates on its
// own, and a topology is read by each with its own reader.
package eval

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/rulejs"
	"github.com/plumbline/plumbline/internal/topology"
)

// Engines to evaluate in.
const (
	Go   = "go"
	JS   = "js"
	Both = "both"
)

// Input is what expressions see: the names of Data, or, where Topology is set,
// its collections and declared facts as rules see them.
type Input struct {
	Data     map[string]any
	Topology *topology.File
	Env      *lang.Env
	Rules    *rule.Set // translated for the reader of the topology
	Theme    fs.FS     // holds the JavaScript runtime
	Engine   string
}

// Evaluator evaluates expressions over one Input. It is used by one goroutine
// at a time.
type Evaluator struct {
	in    Input
	world *lang.World
	js    *jsvm.VM
	names []string // of the variables that translated expressions take
}

// New reads the input in the engines it is evaluated in. Problems are those of
// the topology and of the theme.
func New(in Input) (*Evaluator, diag.List, error) {
	e := &Evaluator{in: in, world: &lang.World{}}
	var problems diag.List
	if in.Topology == nil {
		e.names = []string{lang.EnvName}
	} else {
		t := topology.Read(in.Env, []topology.File{*in.Topology}, topology.Options{})
		problems = t.Problems
		if problems.HasErrors() || t.World == nil {
			return nil, problems, nil
		}
		e.world = t.World
	}
	if in.Engine == Go {
		return e, problems, nil
	}
	rules := "export default null;"
	if in.Topology != nil {
		rules = string(rulejs.Translate(in.Rules, ""))
	}
	script, more := bundle.Eval(in.Theme, rules)
	if problems = append(problems, more...); more.HasErrors() {
		return nil, problems, nil
	}
	vm, err := jsvm.New(script)
	if err != nil {
		return nil, problems, err
	}
	e.js = vm
	if err := e.load(); err != nil {
		return nil, problems, err
	}
	return e, problems, nil
}

// load hands the data to the JavaScript side.
func (e *Evaluator) load() error {
	function, argument := "plumblineEval.environment", any(e.in.Data)
	if t := e.in.Topology; t != nil {
		function, argument = "plumblineEval.topology", map[string]string{"file": t.Name, "text": strings.ToValidUTF8(t.Text, "\ufffd")}
	}
	text, err := json.Marshal(argument)
	if err != nil {
		return err
	}
	_, err = e.js.Call(function, string(text))
	return err
}

// Close frees the JavaScript engine.
func (e *Evaluator) Close() error {
	if e.js == nil {
		return nil
	}
	return e.js.Close()
}

// Line is what one expression gives.
type Line struct {
	Expr   string
	Go, JS *Result // nil in an engine that was not asked for
}

// Agree reports that the engines give the same value of the same type, or both
// an error, an unknown or a refusal.
func (l Line) Agree() bool {
	if l.Go == nil || l.JS == nil {
		return true
	}
	if l.Go.Kind != l.JS.Kind {
		return false
	}
	return l.Go.Kind != "value" || l.Go.JSON == l.JS.JSON && l.Go.Shape == l.JS.Shape
}

// JSON prints the line as `plumbline eval` does, without the line break.
func (l Line) JSON() string {
	var b strings.Builder
	b.WriteString(`{"expr":` + quote(l.Expr))
	if l.Go != nil {
		b.WriteString(`,"go":` + l.Go.JSON)
	}
	if l.JS != nil {
		b.WriteString(`,"js":` + l.JS.JSON)
	}
	if l.Go != nil && l.JS != nil {
		fmt.Fprintf(&b, `,"agree":%t`, l.Agree())
	}
	b.WriteString("}")
	return b.String()
}

// Eval evaluates expressions. The two engines work at the same time.
func (e *Evaluator) Eval(texts []string) ([]Line, error) {
	lines := make([]Line, len(texts))
	exprs := make([]*lang.Expr, len(texts))
	for i, text := range texts {
		lines[i].Expr = text
		x, problems := e.compile(text)
		if problems.HasErrors() {
			r := rejected(problems)
			lines[i].Go, lines[i].JS = r, r
			continue
		}
		exprs[i] = x
	}
	done := make(chan error, 1)
	go func() { done <- e.evalJS(exprs, lines) }()
	if e.in.Engine != JS {
		for i, x := range exprs {
			if x != nil {
				lines[i].Go = e.evalGo(x)
			}
		}
	}
	err := <-done
	for i := range lines {
		switch e.in.Engine {
		case Go:
			lines[i].JS = nil
		case JS:
			lines[i].Go = nil
		}
	}
	return lines, err
}

func (e *Evaluator) compile(text string) (*lang.Expr, diag.List) {
	if e.in.Topology == nil {
		return e.in.Env.CompileUntyped(text)
	}
	src := diag.NewSource("expression", text)
	return e.in.Env.Compile(model.Text{Value: text, Span: diag.Span{Source: src, End: len(text)}}, nil, "")
}

func rejected(problems diag.List) *Result {
	var messages []string
	for _, p := range problems {
		if p.Severity == diag.Error {
			messages = append(messages, p.Message)
		}
	}
	return &Result{Kind: "rejected", JSON: `{"rejected":` + quote(strings.Join(messages, "; ")) + "}"}
}

func (e *Evaluator) evalGo(x *lang.Expr) *Result {
	vars := map[string]any{}
	if e.in.Topology == nil {
		vars[lang.EnvName] = e.in.Data
	}
	v, err := x.Eval(e.world, vars)
	if err != nil {
		return &Result{Kind: "error", JSON: `{"error":` + quote(err.Message) + "}"}
	}
	return ResultOf(v)
}

// batch bounds the expressions that become JavaScript at once, so that the code
// of one call stays small.
const batch = 200

// evalJS fills in the JavaScript side. Most expressions run without their tree
// form, which only an unknown or an error needs; those that stop are sent again
// with it.
func (e *Evaluator) evalJS(exprs []*lang.Expr, lines []Line) error {
	if e.in.Engine == Go {
		return nil
	}
	for start := 0; start < len(exprs); start += batch {
		var todo []int
		for i := start; i < min(start+batch, len(exprs)); i++ {
			if exprs[i] != nil {
				todo = append(todo, i)
			}
		}
		if err := e.batchJS(exprs, lines, todo); err != nil {
			return err
		}
	}
	return nil
}

func (e *Evaluator) batchJS(exprs []*lang.Expr, lines []Line, todo []int) error {
	for _, write := range []func(*lang.Expr, []string) string{rulejs.Run, rulejs.Expression} {
		if len(todo) == 0 {
			return nil
		}
		code := make([]string, len(todo))
		for k, i := range todo {
			code[k] = write(exprs[i], e.names)
		}
		results, err := e.runJS(code)
		if err != nil {
			return err
		}
		var stopped []int
		for k, i := range todo {
			if lines[i].JS = results[k]; results[k].Kind == "stopped" {
				stopped = append(stopped, i)
			}
		}
		todo = stopped
	}
	return nil
}

// runJS runs code in the engine. Where it does not even start, each expression
// runs alone: the one at fault must not take the others with it.
func (e *Evaluator) runJS(code []string) ([]*Result, error) {
	answer, err := e.js.Call("plumblineEval.run", strings.Join(code, ",\n"))
	if err == nil {
		var results []*Result
		return results, json.Unmarshal([]byte(answer), &results)
	}
	if len(code) == 1 {
		return []*Result{{Kind: "defect", JSON: `{"error":` + quote(err.Error()) + "}"}}, nil
	}
	var results []*Result
	for _, half := range [][]string{code[:len(code)/2], code[len(code)/2:]} {
		more, err := e.runJS(half)
		if err != nil {
			return nil, err
		}
		results = append(results, more...)
	}
	return results, nil
}
