package rulejs

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// both evaluates expressions in Go and in the engine and compares what messages
// would show of the result, or the message of the error.
func both(t *testing.T, texts []string) map[string]string {
	t.Helper()
	env, _ := lang.NewEnv(&model.Model{})
	runtime, l := bundle.Runtime(os.DirFS("../../theme"))
	if l.HasErrors() {
		t.Fatal(l[0].Message)
	}
	var js strings.Builder
	js.WriteString(runtime + "const rt = plumblineRuntime; const expressions = [\n")
	out := map[string]string{}
	for _, text := range texts {
		x, problems := env.CompileUntyped(text)
		if problems.HasErrors() {
			t.Fatalf("%s: %s", text, problems[0].Message)
		}
		js.WriteString(Expression(x, []string{lang.EnvName}) + ",")
		v, err := x.Eval(&lang.World{}, map[string]any{lang.EnvName: map[string]any{}})
		if out[text] = lang.Show(v); err != nil {
			out[text] = "error: " + err.Message
		}
	}
	js.WriteString(`]; globalThis.showAll = () => JSON.stringify(expressions.map((x) => {
		try { return rt.show(rt.evaluate(x, { collections: {}, declared: {}, lib: { derived: {}, functions: {}, one: {} } }, [Object.create(null)])); }
		catch (e) { return "error: " + e.message; }
	}));`)
	vm, err := jsvm.New(js.String())
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	answer, err := vm.Call("showAll", "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		if got[i] != out[text] {
			t.Errorf("%s\n\tgo %s\n\tjs %s", text, out[text], got[i])
		}
	}
	return out
}

// TestMessagesShowValuesAlike: numbers as in JSON, lists joined, nil none.
func TestMessagesShowValuesAlike(t *testing.T) {
	want := map[string]string{
		`1`: "1", `1.0`: "1", `0.1 + 0.2`: "0.30000000000000004", `1e21`: "1e+21", `1e-7`: "1e-7", `123456789012.5`: "123456789012.5",
		`-0.0`: "0", `1/0`: "+Inf", `-1/0`: "-Inf", `nil`: "none", `true`: "true", `["a", 1, nil]`: "a, 1, none", `[]`: "",
		`[[1, 2], [3]]`: "1, 2, 3", `{b: 1, a: "x"}`: "{a: x, b: 1}", `split("a,b", ",")`: "a, b", `1..3`: "1, 2, 3",
		`unknown("why")`: "unknown", `1 + "a"`: "", `5 % 0`: "error: division by zero", `[1][5]`: "error: there is no element 5",
		`x.y`: "error: nil has no field \"y\"", `prefixLength("10.0.0.0/33")`: `error: prefixLength: "10.0.0.0/33" is neither an address nor a prefix`,
		`lower("ΑΣ İß")`: "ασ iß", `upper("ßǆ")`: "ßǄ",
	}
	delete(want, `1 + "a"`) // does not type-check
	var texts []string
	for text := range want {
		texts = append(texts, text)
	}
	got := both(t, texts)
	for text, w := range want {
		if got[text] != w {
			t.Errorf("%s shows %q, want %q", text, got[text], w)
		}
	}
}

// randomAddress writes what is nearly an address, and often is one.
func randomAddress(r *rand.Rand) string {
	var b strings.Builder
	groups := []string{"0", "1", "00", "a0", "FFFF", "0db8", "12345", "", "g", "10.0.0.1", "10.0.0.256", "1.2.3"}
	n := 1 + r.Intn(9)
	for i := range n {
		b.WriteString(groups[r.Intn(6+r.Intn(len(groups)-5))])
		if i < n-1 || r.Intn(4) == 0 {
			b.WriteString([]string{":", ":", ":", ":", ":", "::", ":::", "."}[r.Intn(8)])
		}
	}
	if r.Intn(3) == 0 {
		fmt.Fprintf(&b, "/%d", r.Intn(140))
	}
	return []string{"", "", "", "::", ":"}[r.Intn(5)] + b.String()
}

func TestPureFunctionsAgree(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	addresses := []string{"10.0.0.0/8", "10.1.2.3", "0.0.0.0/0", "10.0.0.1/32", "256.1.1.1", "010.0.0.1", "10.0.0/8", "10.0.0.0/08", "10.0.0.0/-1", "", "x",
		"::/0", "::1", "fe80::1%eth0", "2001:db8::/32", "2001:DB8::1", "::ffff:10.0.0.1", "::ffff:10.0.0.1/104", "1::2::3", "10.0.0.0/8/8", " 10.0.0.1", "10.0.0.0/33", "::/129", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7"}
	for range 60 {
		addresses = append(addresses, fmt.Sprintf("%d.%d.%d.%d/%d", 10, r.Intn(4), r.Intn(256), r.Intn(256), r.Intn(33)))
	}
	for range 400 {
		addresses = append(addresses, randomAddress(r))
	}
	var texts []string
	for i, a := range addresses {
		texts = append(texts, fmt.Sprintf("prefixLength(%q)", a), fmt.Sprintf("isIPv4(%q)", a))
		for range 8 {
			texts = append(texts, fmt.Sprintf("cidrContains(%q, %q)", a, addresses[(i+1+r.Intn(len(addresses)-1))%len(addresses)]))
		}
	}
	both(t, append(texts, "prefixLength(5.0 == 5 ? nil : nil)", "cidrContains(\"10.0.0.0/8\", nil)"))
}

// TestErrorsAgree: what a builtin says of arguments that it does not take.
func TestErrorsAgree(t *testing.T) {
	env, _ := lang.NewEnv(&model.Model{})
	values := []string{"nil", "1", "-1", "1.5", `"a"`, `"5"`, "true", "[]", "[nil]", "[nil, 1]", "[1, nil]", "[2, 1, nil]", `["a", nil]`, `["a", "b"]`, `[1, "a"]`, "{a: 1}", "[[1], [2]]", "absent"}
	var texts []string
	add := func(text string) {
		if _, problems := env.CompileUntyped(text); !problems.HasErrors() {
			texts = append(texts, text)
		}
	}
	for _, a := range values {
		for _, f := range strings.Fields(`sort first last min max sum mean median len abs ceil floor round int float string trim upper lower type
			keys values toPairs fromPairs reverse uniq concat flatten isIPv4 prefixLength toJSON fromJSON toBase64 fromBase64`) {
			add(f + "(" + a + ")")
		}
		for _, f := range []string{"sortBy", "groupBy", "sum", "count", "map", "filter", "any", "find", "reduce"} {
			add(f + "(" + a + ", #)")
			add(f + "(" + a + ", # > 1)")
		}
		for _, b := range append(values, `"asc"`, `"desc"`, `"up"`) {
			for _, f := range strings.Fields("sort split join repeat hasPrefix trimPrefix indexOf get take concat mean median min cidrContains") {
				add(f + "(" + a + ", " + b + ")")
			}
		}
	}
	failed := 0
	for _, result := range both(t, texts) {
		if strings.HasPrefix(result, "error: ") {
			failed++
		}
	}
	if failed < len(texts)/4 {
		t.Errorf("only %d of %d fail", failed, len(texts))
	}
}

// TestCasesAgree: upper and lower map every character as Go's own tables do.
func TestCasesAgree(t *testing.T) {
	vm, err := jsvm.New(runtimeScript(t) + `
globalThis.mapped = (name) => {
  const out = [];
  for (let r = 0; r < 0x20000; r++) {
    if (r >= 0xd800 && r < 0xe000) continue;
    const c = String.fromCodePoint(r), to = plumblineRuntime[name](c);
    if (to !== c) out.push(r.toString(16) + " " + [...to].map((x) => x.codePointAt(0).toString(16)).join("+"));
  }
  return out.join("\n");
};`)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	for name, mapping := range map[string]func(rune) rune{"upper": unicode.ToUpper, "lower": unicode.ToLower} {
		var want []string
		for r := rune(0); r <= unicode.MaxRune; r++ {
			if to := mapping(r); to != r {
				want = append(want, fmt.Sprintf("%x %x", r, to))
			}
		}
		text, err := vm.Call("mapped", name)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Split(text, "\n")
		for _, line := range got {
			if !slices.Contains(want, line) {
				t.Errorf("%s in JavaScript only: %s", name, line)
			}
		}
		for _, line := range want {
			if !slices.Contains(got, line) {
				t.Errorf("%s in Go only: %s", name, line)
			}
		}
	}
}
