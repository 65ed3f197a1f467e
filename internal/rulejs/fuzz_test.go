package rulejs

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// FuzzParity looks for an expression and an environment on which the engines
// differ from each other or from expr.
func FuzzParity(f *testing.F) {
	for i, text := range lines(f, "test/fuzz/fuzz_corpus.txt") {
		if i%200 == 0 {
			f.Add(text, environments[i/200%len(environments)])
		}
	}
	topologies := randomTopologies(6)
	for i, text := range randomRules(60) {
		f.Add(text, topologies[i%len(topologies)])
	}
	f.Add(`"a" matches "(a+)+$"`, `{}`)
	f.Add(`repeat(repeat("ab", 10), 3)`, `{}`)
	f.Add(`let x1 = 1; let env = x1; map([1], x1 + env + #)`, `{"__proto__": {"polluted": 1}}`)
	env, _ := lang.NewEnv(&model.Model{})
	vm, err := jsvm.New(runtimeScript(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { vm.Close() })
	f.Fuzz(func(t *testing.T, text, environment string) {
		var data map[string]any
		if len(text) > 2000 || len(environment) > 20_000 || json.Unmarshal([]byte(environment), &data) != nil || data == nil {
			return
		}
		if strings.Contains(text, "..") && strings.Count(text, "..") > strings.Count(text, "...") && len(text) > 200 {
			return // loops over ranges inside each other take their time in any engine
		}
		p, err := expr.Compile(text, expr.AllowUndefinedVariables(), expr.Optimize(false))
		x, problems := env.CompileUntyped(text)
		if err != nil || problems.HasErrors() {
			return
		}
		clean, err := json.Marshal(data) // one text for both: no lone surrogates, each key once
		if err != nil {
			t.Fatal(err)
		}
		if _, err := vm.Call("setEnvironments", "["+string(clean)+"]"); err != nil {
			t.Fatal(err)
		}
		ours, outside := evaluate(x, data)
		got := runBatch([]*lang.Expr{x}, 1, func(code string) (string, error) { return vm.Call("runBatch", code) })[0][0]
		if got != ours {
			t.Errorf("Go %s, JavaScript %s", ours, got)
		}
		if outside || strings.Contains(text, "unknown") || lang.UsesPure(x) {
			return
		}
		if want := reference(p, data); want != ours && want != overBudget {
			t.Errorf("expr %s, Go %s", want, ours)
		}
	})
}

// hostile are inputs that mean harm: each must end, soon, in a result or an error
// that both engines share, and leave the prototypes of JavaScript alone.
func hostile() map[string][2]string {
	size := 10 // a tenth of what `make parity` runs
	if os.Getenv("PLUMBLINE_PARITY") == "full" {
		size = 1
	}
	long := strings.Repeat("x", 10<<20/size)
	keys := strings.Repeat(`{"__proto__":`, 800) + "1" + strings.Repeat("}", 800)
	million := "[" + strings.TrimSuffix(strings.Repeat("1,", 1_000_000/size), ",") + "]"
	return map[string][2]string{
		"deep brackets":             {strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000), `{}`},
		"deep lists":                {strings.Repeat("[", 3000) + "1" + strings.Repeat("]", 3000), `{}`},
		"deep not":                  {strings.Repeat("not ", 3000) + "true", `{}`},
		"long sum":                  {"1" + strings.Repeat("+1", 4000), `{}`},
		"longest sum":               {"1" + strings.Repeat("+1", 498), `{}`},
		"deepest lists":             {strings.Repeat("[", 498) + "a" + strings.Repeat("]", 498), `{}`},
		"long and":                  {"true" + strings.Repeat(" and true", 4000), `{}`},
		"long chain":                {"a" + strings.Repeat("?.a", 4000), `{}`},
		"deep closures":             {strings.Repeat("map([1], ", 100) + "#" + strings.Repeat(")", 100), `{}`},
		"doubling lets":             {doubling(60), `{}`},
		"long text":                 {`"` + strings.Repeat("é", 500_000) + `" == s`, `{"s": "x"}`},
		"huge range":                {"len(0..999999999999)", `{}`},
		"range that wraps":          {"len(-9007199254740991..9007199254740991)", `{}`},
		"ranges in ranges":          {"map(1..999999, map(1..999999, 1))", `{}`},
		"repeat of repeat":          {`repeat(repeat("ab", 1000000), 1000000)`, `{}`},
		"doubling reduce":           {`reduce(1..100, #acc + #acc, "ab")`, `{}`},
		"doubling replace":          {`reduce(1..100, replace(#acc, "a", "aa"), "a")`, `{}`},
		"doubling join":             {`reduce(1..100, join([#acc, #acc]), "a")`, `{}`},
		"10 MB of text":             {`len(s) + len(upper(s)) + len(split(s, "y")) + len(replace(s, "x", "y"))`, `{"s":"` + long + `"}`},
		"10 MB and a pattern":       {`s matches "(x+x+)+y" or s matches "x*x*x*y" or s matches "^(x|xx)+$"`, `{"s":"` + long[:1<<17/size] + `"}`},
		"10 MB compared":            {`s == s and s <= s and s in [s] and not (s contains "y")`, `{"s":"` + long + `"}`},
		"every key __proto__":       {"a.__proto__.__proto__ != nil and len(a) == 1", `{"a":` + keys + `}`},
		"deep data compared":        {"a == a and [a] == [a]", `{"a":` + keys + `}`},
		"deep data flattened":       {"len(flatten(a))", `{"a":` + strings.Repeat("[", 800) + "1" + strings.Repeat("]", 800) + `}`},
		"a million elements":        {"sum(a) + count(a, # > 0) + len(uniq(map(a, # * 2))) + len(sort(a))", `{"a":` + million + `}`},
		"setting prototypes":        {`{"__proto__": {"polluted": 1}}.polluted == nil and fromJSON("{\"__proto__\": {\"polluted\": 1}}").polluted == nil and fromPairs([["__proto__", 1]]).x == nil`, `{}`},
		"groups by prototype":       {`groupBy(["__proto__", "constructor"], #)["__proto__"]`, `{}`},
		"names that JavaScript has": {`[constructor, toString, __proto__, hasOwnProperty, globalThis, arguments]`, `{}`},
	}
}

// doubling is an expression whose text doubles with every let.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString(`let a0 = "ab"; `)
	for i := range n {
		fmt.Fprintf(&b, "let a%d = a%d + a%d; ", i+1, i, i)
	}
	fmt.Fprintf(&b, "len(a%d)", n)
	return b.String()
}

// TestHostileInputs runs them in Go and in Chromium; the embedded engine, which
// ends any call after a minute, runs the same code.
func TestHostileInputs(t *testing.T) {
	env, _ := lang.NewEnv(&model.Model{})
	engines := newEngines(t)
	for name, in := range hostile() {
		t.Run(name, func(t *testing.T) {
			var data map[string]any
			if err := json.Unmarshal([]byte(in[1]), &data); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			x, problems := env.CompileUntyped(in[0])
			if problems.HasErrors() {
				t.Log("refused:", problems[0].Message)
				return
			}
			ours, _ := evaluate(x, data)
			inGo := time.Since(start)
			got := runBatch([]*lang.Expr{x}, 1, engines.chromium(t, []string{in[1]}))[0][0]
			t.Logf("Go %s, both %s: %.60s", inGo, time.Since(start), ours)
			if got != ours {
				t.Errorf("Go %.200s\nJavaScript %.200s", ours, got)
			}
		})
	}
}
