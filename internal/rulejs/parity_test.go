package rulejs

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/jsvm"
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
	case reflect.Slice:
		parts := make([]string, r.Len())
		for i := range parts {
			parts[i] = result(r.Index(i).Interface(), nil)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case reflect.Map:
		parts := []string{}
		for _, k := range r.MapKeys() {
			key := k.Interface()
			name, isText := key.(string)
			if !isText || r.Type().Key().Kind() != reflect.String {
				name = result(key, nil)
			}
			parts = append(parts, name+":"+result(r.MapIndex(k).Interface(), nil))
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

// harness prints values in the engine as result does.
const harness = `
globalThis.print = (v) => {
  if (v === null) return "nil";
  switch (typeof v) {
    case "boolean": return String(v);
    case "bigint": return v + "n";
    case "number": {
      if (Number.isNaN(v)) return "NaN";
      if (!Number.isFinite(v)) return v > 0 ? "+Inf" : "-Inf";
      const d = new DataView(new ArrayBuffer(8));
      d.setFloat64(0, v);
      return d.getBigUint64(0).toString(16);
    }
    case "string": return JSON.stringify(v).replace(/[\u2028\u2029<>&]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
  }
  if (Array.isArray(v)) return "[" + v.map(print).join(",") + "]";
  if (typeof v.list === "function") return "{" + v.list().map(([k, x]) => print(k) + ":" + print(x)).sort().join(",") + "}";
  return "{" + Object.keys(v).map((k) => k + ":" + print(v[k])).sort().join(",") + "}";
};
globalThis.plain = (v) => {
  if (Array.isArray(v)) return v.map(plain);
  if (v === null || typeof v !== "object") return v;
  const out = Object.create(null);
  for (const k of Object.keys(v)) out[k] = plain(v[k]);
  return out;
};
globalThis.runAll = (envs) => JSON.stringify(JSON.parse(envs).map((e) => {
  const env = plain(e);
  const w = { collections: {}, declared: {}, lib: { derived: {}, functions: {}, one: {} } };
  return expressions.map((x) => {
    try { return print(x.run(w, env)); } catch (e) { return e instanceof Error && e.constructor.name !== "Error" && (e instanceof TypeError || e instanceof ReferenceError || e instanceof RangeError) ? "defect: " + e : "error"; }
  });
}));
`

// corpus reads expressions of expr's own tests from the module cache.
func corpus(t *testing.T, files ...string) []string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/expr-lang/expr").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var out []string
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), f))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if line = strings.TrimSpace(line); line != "" && !seen[line] {
				seen[line] = true
				out = append(out, line)
			}
		}
	}
	return out
}

// TestParity compares expr's own VM on the untouched expression, our Go
// evaluator and the generated JavaScript.
func TestParity(t *testing.T) {
	env, problems := lang.NewEnv(&model.Model{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	stride := 23
	if s := os.Getenv("PLUMBLINE_PARITY_STRIDE"); s != "" {
		stride, _ = strconv.Atoi(s)
	}
	runtime, l := bundle.Runtime(os.DirFS("../../theme"))
	if l.HasErrors() {
		t.Fatal(l[0].Message, l[0].Hint)
	}
	all := corpus(t, "testdata/generated.txt", "test/fuzz/fuzz_corpus.txt")
	var texts []string
	for i := 0; i < len(all); i += stride {
		texts = append(texts, all[i])
	}
	const batch = 500
	accepted, evaluations := 0, 0
	for i := 0; i < len(texts); i += batch {
		a, n := parityBatch(t, env, runtime, texts[i:min(i+batch, len(texts))])
		accepted, evaluations = accepted+a, evaluations+n
	}
	t.Logf("%d expressions, %d accepted, %d evaluations", len(texts), accepted, evaluations)
}

func parityBatch(t *testing.T, env *lang.Env, runtime string, texts []string) (accepted, evaluations int) {
	t.Helper()
	var exprs []*lang.Expr
	var kept []string
	var js strings.Builder
	js.WriteString(runtime + harness + "const rt = plumblineRuntime; const expressions = [\n")
	for _, text := range texts {
		x, problems := env.CompileUntyped(text)
		if problems.HasErrors() {
			continue
		}
		exprs, kept = append(exprs, x), append(kept, text)
		js.WriteString(Expression(x, []string{lang.EnvName}) + ",")
	}
	js.WriteString("];")
	vm, err := jsvm.New(js.String())
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	answer, err := vm.Call("runAll", "["+strings.Join(environments, ",")+"]")
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	for e, text := range environments {
		var data map[string]any
		if err := json.Unmarshal([]byte(text), &data); err != nil {
			t.Fatal(err)
		}
		for i, x := range exprs {
			want := reference(kept[i], data)
			ours, outside := evaluate(x, data)
			evaluations++
			if ours != want && !outside {
				t.Errorf("%s\n\tin %s\n\texpr %s\n\tlang %s", kept[i], text, want, ours)
			}
			if outside {
				want = "error"
			}
			if got[e][i] != want {
				t.Errorf("%s\n\tin %s\n\texpr %s\n\tjs   %s", kept[i], text, want, got[e][i])
			}
		}
	}
	return len(exprs), evaluations
}

func reference(text string, data map[string]any) string {
	p, err := expr.Compile(text, expr.AllowUndefinedVariables(), expr.Optimize(false))
	if err != nil {
		return "does not compile: " + err.Error()
	}
	v, err := expr.Run(p, data)
	return result(v, err)
}

// evaluate runs our Go side. outside reports that the run left the profile in a
// way that analysis cannot see, because an untyped value turned out to be of
// another type; what expr gives then does not matter, but both engines refuse.
func evaluate(x *lang.Expr, data map[string]any) (got string, outside bool) {
	v, err := x.Eval(&lang.World{}, map[string]any{lang.EnvName: data})
	if err == nil {
		return result(v, nil), false
	}
	for _, m := range []string{"a string is no list", "goes through a list, not a string", "a string cannot be sliced", "a fractional exponent",
		`"string" does not work on`, `"first" does not work on a string`, `"last" does not work on a string`, "a string has no elements", "cannot be sorted",
		`"toJSON" does not work on`, `"fromBase64" does not work`, `"get" does not work on a string`} {
		outside = outside || strings.Contains(err.Message, m)
	}
	return result(nil, errors.New(err.Message)), outside
}
