package rulejs

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/plumbline/plumbline/internal/browsertest"
	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
)

// harness prints values in an engine as result does. An error that no expression
// should be able to cause is a defect.
const harness = `
globalThis.rt = plumblineRuntime;
globalThis.print = (v) => {
  if (v === null) return "nil";
  if (v instanceof rt.Unknown) return "unknown";
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
globalThis.clean = () => Object.keys(Object.prototype).length === 0 && Object.keys(Array.prototype).length === 0 && ({}).polluted === undefined;
globalThis.setEnvironments = (text) => { globalThis.environments = JSON.parse(text).map(plain); return ""; };
globalThis.runBatch = (code) => {
  const expressions = new Function("rt", '"use strict"; return [' + code + "];")(rt);
  const results = environments.map((env) => {
    const w = { collections: {}, declared: {}, lib: { derived: {}, functions: {}, one: {} } };
    return expressions.map((x) => {
      try { return print(rt.evaluate(x, w, [env])); }
      catch (e) { return e instanceof rt.RuntimeError ? "error" : "defect: " + e; }
    });
  });
  if (!clean()) throw new Error("an expression changed a prototype");
  return JSON.stringify(results);
};
`

// engines run generated JavaScript: one embedded engine and one tab of Chromium
// for each part of a suite.
type engines struct {
	script  string
	browser *browsertest.Browser
}

func runtimeScript(t testing.TB) string {
	t.Helper()
	runtime, l := bundle.Runtime(os.DirFS("../../theme"))
	if l.HasErrors() {
		t.Fatal(l[0].Message, l[0].Hint)
	}
	return runtime + harness
}

func newEngines(t *testing.T) *engines {
	t.Helper()
	return &engines{runtimeScript(t), browsertest.Start(t)}
}

// codeOf writes expressions as the elements of an array.
func codeOf(exprs []*lang.Expr) string {
	var b strings.Builder
	for _, x := range exprs {
		b.WriteString(Expression(x, []string{lang.EnvName}) + ",\n")
	}
	return b.String()
}

// start returns a function that runs expressions over the environments, in the
// embedded engine and in Chromium: results by environment and expression.
func (e *engines) start(t *testing.T, environments []string) func([]*lang.Expr) (engine, chromium [][]string) {
	vm, err := jsvm.New(e.script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { vm.Close() })
	if _, err := vm.Call("setEnvironments", "["+strings.Join(environments, ",")+"]"); err != nil {
		t.Fatal(err)
	}
	inEngine := func(code string) (string, error) { return vm.Call("runBatch", code) }
	inChromium := e.chromium(t, environments)
	return func(exprs []*lang.Expr) (engine, chromium [][]string) {
		return runBatch(exprs, len(environments), inEngine), runBatch(exprs, len(environments), inChromium)
	}
}

// corpusLife is how long a tab may take for a whole corpus on a busy machine.
const corpusLife = 15 * time.Minute

// chromium opens a tab and returns how to run code in it.
func (e *engines) chromium(t *testing.T, environments []string) func(code string) (string, error) {
	tab := e.browser.Open(t, browsertest.View{Life: corpusLife})
	browsertest.Eval[bool](tab, e.script+";setEnvironments("+quote("["+strings.Join(environments, ",")+"]")+"); true")
	return func(code string) (string, error) {
		answer := browsertest.Eval[string](tab, "(() => { try { return runBatch("+quote(code)+"); } catch (e) { return String(e); } })()")
		if !strings.HasPrefix(answer, "[") {
			return "", errors.New(answer)
		}
		return answer, nil
	}
}

// runBatch runs expressions. What does not even start is a defect of one of them.
func runBatch(exprs []*lang.Expr, environments int, call func(code string) (string, error)) (results [][]string) {
	answer, err := call(codeOf(exprs))
	if err == nil {
		err = json.Unmarshal([]byte(answer), &results)
	}
	switch {
	case err == nil:
		return results
	case len(exprs) == 1:
		for range environments {
			results = append(results, []string{"defect: " + err.Error()})
		}
		return results
	}
	results = runBatch(exprs[:len(exprs)/2], environments, call)
	for e, more := range runBatch(exprs[len(exprs)/2:], environments, call) {
		results[e] = append(results[e], more...)
	}
	return results
}
