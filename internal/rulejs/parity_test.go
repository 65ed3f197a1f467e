package rulejs

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// environments of plain values, as JSON: the names that expr's own test
// expressions use, in the types they expect and in others.
var environments = []string{
	`{"ok":true,"i":1,"str":"str","f64":0.5,"array":[1,2,3,4,5],"foo":{"Bar":"foo"},"list":[{"Bar":"bar"},{"Bar":"baz"}],"half":0.5,"one":1,"i64":1,"m":{"a":1},"name":"n","arr":[1],"l":[1,2,3]}`,
	`{}`,
	`{"ok":null,"i":null,"str":null,"f64":null,"array":null,"foo":null,"list":null}`,
	`{"ok":"true","i":"1","str":1,"f64":"0.5","array":{"a":1},"foo":[1],"list":"list","half":"x"}`,
	`{"ok":false,"i":-3.7,"str":"😀ß\u00e9\u0130","f64":1e300,"array":[],"foo":{},"list":[],"half":-0.0}`,
	`{"ok":true,"i":9007199254740993,"str":"","f64":-1e-7,"array":["a",1,null,true,[1],{"a":1}],"foo":{"Bar":null,"__proto__":1,"constructor":2},"list":[null,{},{"Bar":"bar"}]}`,
	`{"ok":1,"i":true,"str":"a,b","f64":0,"array":[0.1,0.5,0.3,0.7],"foo":{"Bar":{"Bar":"x"}},"list":[{"Bar":1},{"Bar":"1"},{"Bar":null}]}`,
	`{"ok":0.1,"i":-9007199254740993,"str":"__proto__","f64":-1e300,"array":[[[[[[1e300]]]]],-1,"constructor"],"foo":{"Bar":[{"Bar":{"Bar":[[]]}}]},"list":[[{"Bar":1}],[],null,-2.5],"m":{"":0,"toString":null}}`,
	`{"ok":[true],"i":[],"str":"\ue000 bar","f64":1e21,"array":[[1,2],[3]],"foo":"foo","list":[{"Bar":"é"},{"Bar":"ζ"},{"Bar":"\ud83d\ude00"}]}`,
}

// result prints a value with its type, so that 1 and 1.0 differ.
func result(v any, err error) string {
	if err != nil {
		return "error"
	}
	switch v := v.(type) {
	case nil:
		return "nil"
	case *lang.Unknown:
		return "unknown"
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v) + "n"
	case float64:
		return floatText(v)
	case string:
		b, _ := json.Marshal(v)
		return string(b)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		parts := make([]string, r.Len())
		for i := range parts {
			parts[i] = result(r.Index(i).Interface(), nil)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case reflect.Map:
		parts := []string{}
		for it := r.MapRange(); it.Next(); {
			key := it.Key().Interface()
			name, isText := key.(string)
			if !isText || r.Type().Key().Kind() != reflect.String {
				name = result(key, nil)
			}
			parts = append(parts, name+":"+result(it.Value().Interface(), nil))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ",") + "}"
	}
	return fmt.Sprintf("?%T", v)
}

func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		if f > 0 {
			return "+Inf"
		}
		return "-Inf"
	}
	return fmt.Sprintf("%x", math.Float64bits(f))
}

// suite is a corpus with what its expressions are evaluated over.
type suite struct {
	name         string
	expressions  []string
	environments []string // JSON objects
	stride       int      // of the sample that an ordinary test takes
}

// TestParity compares, for every expression of the corpora over every
// environment, expr's own VM on the untouched text, our Go evaluator and the
// generated JavaScript, in the embedded engine and in Chromium. `make parity`
// runs it whole and prints the table; otherwise it takes a sample.
func TestParity(t *testing.T) {
	env, problems := lang.NewEnv(&model.Model{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	full := os.Getenv("PLUMBLINE_PARITY") == "full"
	suites := []suite{
		{"testdata/generated.txt", lines(t, "testdata/generated.txt"), environments, 41},
		{"test/fuzz/fuzz_corpus.txt", lines(t, "test/fuzz/fuzz_corpus.txt"), environments, 41},
		{"testdata/examples.md", examplesOf(t, "testdata/examples.md"), environments, 1},
		{"expressions of *_test.go", inTests(t), environments, 7},
		{"random rules, dirty topologies", randomRules(4000), randomTopologies(24), 16},
	}
	tallies := make([]*tally, len(suites))
	t.Run("suites", func(t *testing.T) {
		engines := newEngines(t)
		for i, s := range suites {
			tallies[i] = &tally{}
			if !full {
				s = s.sample()
			}
			const chunk = 1500
			for start := 0; start < len(s.expressions); start += chunk {
				part := s.expressions[start:min(start+chunk, len(s.expressions))]
				t.Run(fmt.Sprintf("%s/%d", s.name, start), func(t *testing.T) {
					t.Parallel()
					tallies[i].add(compare(t, env, engines, part, s.environments))
				})
			}
		}
	})
	table := parityTable(suites, tallies)
	if full {
		fmt.Print(table)
	} else {
		t.Log("\n" + table)
	}
	if n := sum(tallies, func(t *tally) int { return t.evaluations }); full && n < 500_000 {
		t.Errorf("%d evaluations in each engine, want 500000", n)
	}
}

// sample takes every stride-th expression, and of many environments a few.
func (s suite) sample() suite {
	var out []string
	for i := 0; i < len(s.expressions); i += s.stride {
		out = append(out, s.expressions[i])
	}
	s.expressions, s.environments = out, s.environments[:min(len(s.environments), len(environments))]
	return s
}

// tally counts what became of a suite.
type tally struct {
	mu                                         sync.Mutex
	expressions, refused, evaluations, outside int
	inGo, inEngine, inChromium                 int // evaluations that agree with expr, or are outside alike
}

func (a *tally) add(b *tally) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.expressions += b.expressions
	a.refused += b.refused
	a.evaluations += b.evaluations
	a.outside += b.outside
	a.inGo += b.inGo
	a.inEngine += b.inEngine
	a.inChromium += b.inChromium
}

func sum(tallies []*tally, of func(*tally) int) (n int) {
	for _, t := range tallies {
		n += of(t)
	}
	return n
}

func parityTable(suites []suite, tallies []*tally) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "expressions\trefused\tevaluations\toutside\tdiffer in Go\tin the engine\tin Chromium\t  corpus")
	row := func(name string, ts ...*tally) {
		n := sum(ts, func(t *tally) int { return t.evaluations })
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t  %s\n",
			sum(ts, func(t *tally) int { return t.expressions }), sum(ts, func(t *tally) int { return t.refused }), n,
			sum(ts, func(t *tally) int { return t.outside }), n-sum(ts, func(t *tally) int { return t.inGo }),
			n-sum(ts, func(t *tally) int { return t.inEngine }), n-sum(ts, func(t *tally) int { return t.inChromium }), name)
	}
	for i, t := range tallies {
		row(suites[i].name, t)
	}
	row("all", tallies...)
	w.Flush()
	return b.String() + "refused: expressions outside the profile, by analysis. outside: evaluations that leave it at run time, which all engines refuse\nalike. Every other evaluation gives the value and type, or the error, of expr's own VM on the untouched text.\n"
}

// compare evaluates expressions over environments on every side.
func compare(t *testing.T, env *lang.Env, engines *engines, texts, environments []string) *tally {
	out := &tally{}
	data := make([]map[string]any, len(environments))
	for i, e := range environments {
		if err := json.Unmarshal([]byte(e), &data[i]); err != nil {
			t.Fatal(err)
		}
	}
	run := engines.start(t, environments)
	const batch = 300
	for start := 0; start < len(texts); start += batch {
		var exprs []*lang.Expr
		var programs []*vm.Program
		for _, text := range texts[start:min(start+batch, len(texts))] {
			p, err := expr.Compile(text, expr.AllowUndefinedVariables(), expr.Optimize(false))
			if err != nil {
				continue // no expression
			}
			out.expressions++
			x, problems := env.CompileUntyped(text)
			if problems.HasErrors() {
				out.refused++
				continue
			}
			if slices.ContainsFunc(data, func(d map[string]any) bool { return reference(p, d) == overBudget }) {
				continue // more memory than expr allows: no engine can be asked for it
			}
			exprs, programs = append(exprs, x), append(programs, p)
		}
		engine, chromium := run(exprs)
		for e := range environments {
			for i, x := range exprs {
				out.evaluations++
				ours, outside := evaluate(x, data[e])
				want := "error"
				if outside {
					out.outside++ // and expr may take all memory for it
				} else if want = reference(programs[i], data[e]); want == overBudget {
					want = ours
				}
				for _, side := range []struct {
					name, got string
					agree     *int
				}{{"Go", ours, &out.inGo}, {"engine", engine[e][i], &out.inEngine}, {"Chromium", chromium[e][i], &out.inChromium}} {
					if side.got == want {
						*side.agree++
					} else {
						t.Errorf("%.500s\n\tin %.500s\n\texpr %.500s\n\t%s %.500s", x.Text.Value, environments[e], want, side.name, side.got)
					}
				}
			}
		}
	}
	return out
}

// overBudget is what expr's VM gives where it takes more memory than it may. Its
// budget is a setting, not part of the language, and ours another.
const overBudget = "over budget"

// reference is what expr's VM gives.
func reference(p *vm.Program, data map[string]any) string {
	machine := vm.VM{MemoryBudget: 1e7}
	v, err := machine.Run(p, data)
	if err != nil && strings.Contains(err.Error(), "memory budget exceeded") {
		return overBudget
	}
	return result(v, err)
}

// evaluate runs our Go side. outside reports that the run left the profile, see
// outsideAtRunTime.
func evaluate(x *lang.Expr, data map[string]any) (got string, outside bool) {
	v, err := x.Eval(&lang.World{}, map[string]any{lang.EnvName: data})
	if err == nil {
		return result(v, nil), false
	}
	for _, o := range outsideAtRunTime {
		outside = outside || strings.Contains(err.Message, o.message)
	}
	return "error", outside
}

// outsideAtRunTime lists what leaves the profile in a way that analysis cannot
// see, because a value without a type turns out to be of another one: both
// engines refuse, whatever expr gives. Each has an expression by which it shows.
var outsideAtRunTime = []struct{ message, why, example string }{
	{"goes through a list, not a string", "expr goes through text byte by byte", `map(str, #)`},
	{"a string cannot be sliced", "expr slices text by bytes, which tears characters", `str[1:]`},
	{"a string has no elements", "expr gives a byte", `str[0]`},
	{`"first" does not work on a string`, "expr gives a byte", `first(str)`},
	{`"last" does not work on a string`, "expr gives a byte", `last(str)`},
	{`"get" does not work on a string`, "expr gives a byte", `get(str, 0)`},
	{"a fractional exponent", "Go and JavaScript round such powers differently", `2 ** half`},
	{`"string" does not work on`, "expr prints composites as Go does, maps in any order", `string(array)`},
	{`"toJSON" does not work on`, "expr prints composites with Go's line breaks", `toJSON(array)`},
	{"cannot be sorted", "expr gives an empty list for what is none", `sort(foo)`},
	{`"fromBase64" does not work`, "bytes that are no UTF-8 are no text of a browser", `fromBase64("/w==")`},
	{"a text has at most", "a rule must end", `len(repeat(repeat("abcdefghij", 1000000), 7))`},
	{`a range has fewer than`, "a rule must end", `len(1..2000000)`},
}

// TestOutsideAtRunTime holds each entry of the list against expr: one that no
// longer differs has to go.
func TestOutsideAtRunTime(t *testing.T) {
	env, _ := lang.NewEnv(&model.Model{})
	var data map[string]any
	if err := json.Unmarshal([]byte(environments[0]), &data); err != nil {
		t.Fatal(err)
	}
	for _, o := range outsideAtRunTime {
		x, problems := env.CompileUntyped(o.example)
		if problems.HasErrors() {
			t.Errorf("%s: %s", o.example, problems[0].Message)
			continue
		}
		p, err := expr.Compile(o.example, expr.AllowUndefinedVariables(), expr.Optimize(false))
		if err != nil {
			t.Errorf("%s: %v", o.example, err)
			continue
		}
		if _, runErr := x.Eval(&lang.World{}, map[string]any{lang.EnvName: data}); runErr == nil || !strings.Contains(runErr.Message, o.message) {
			t.Errorf("%s gives %v, want an error that says %q", o.example, runErr, o.message)
		}
		if got := reference(p, data); got == "error" && o.why != "a rule must end" {
			t.Errorf("%s fails in expr too: take it off the list", o.example)
		}
	}
}

// TestStableSort is the one difference in values: equal elements keep their order.
// expr's order of more than twelve of them is that of its algorithm.
func TestStableSort(t *testing.T) {
	env, _ := lang.NewEnv(&model.Model{})
	text := `sortBy(1..40, # % 2)`
	x, problems := env.CompileUntyped(text)
	if problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	var want []string
	for _, rest := range []int{0, 1} {
		for n := 1; n <= 40; n++ {
			if n%2 == rest {
				want = append(want, strconv.Itoa(n)+"n")
			}
		}
	}
	if got, _ := evaluate(x, nil); got != "["+strings.Join(want, ",")+"]" {
		t.Errorf("%s gives %s", text, got)
	}
	p, err := expr.Compile(text, expr.AllowUndefinedVariables(), expr.Optimize(false))
	if err != nil {
		t.Fatal(err)
	}
	if reference(p, nil) == "["+strings.Join(want, ",")+"]" {
		t.Error("expr sorts stably now: drop our own sort")
	}
}
