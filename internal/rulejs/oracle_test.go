package rulejs

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// oracleModel has every sort of field, derived values and a function.
const oracleModel = `
kinds:
  hosts:
    one: host
    fields:
      up: { type: bool }
      sku: { enum: [Basic, Standard] }
      size: { type: int }
      net: { link: nets, inverse: hosts }
    derived:
      big: size > 1
      standard: sku == "Standard" and net?.open
      peers: filter(net.hosts, .name != name)
  nets:
    one: net
    fields:
      open: { type: bool }
      tags: { type: [string] }
functions:
  serves: { params: { h: hosts, n: nets }, body: h.up and h.net == n }
`

// The oracle: on a small topology with unknown values, evaluate an expression
// once as it is and once for every completion of the unknowns. A known result
// must be the result of every completion; an unknown one needs no proof.
func TestUnknownsAgainstEveryCompletion(t *testing.T) {
	m, problems := model.Load(fstest.MapFS{"topology.yaml": {Data: []byte(oracleModel)}})
	env, more := lang.NewEnv(m)
	if problems = append(problems, more...); problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	runtime, l := bundle.Runtime(os.DirFS("../../theme"))
	if l.HasErrors() {
		t.Fatal(l[0].Message)
	}
	r := rand.New(rand.NewSource(20220906))
	g := &generator{r: r}
	var exprs []*lang.Expr
	for len(exprs) < 250 {
		if x, problems := env.Compile(model.Text{Value: g.bool(3)}, []lang.Var{{Name: "host", Kind: m.Kind("hosts")}}, ""); !problems.HasErrors() {
			exprs = append(exprs, x)
		}
	}
	var worlds []world
	for range 40 {
		worlds = append(worlds, g.world())
	}
	js := engineResults(t, env, m, runtime, exprs, worlds)
	known, open, precise, failed := 0, 0, 0, 0
	for wi, w := range worlds {
		for xi, x := range exprs {
			got := w.run(env, x)
			if got != js[wi][xi] {
				t.Fatalf("%s\n\tin %s\n\tgo %s\n\tjs %s", x.Text.Value, w.json(), got, js[wi][xi])
			}
			results := map[string]bool{}
			w.complete(func(c world) {
				// A completion that fails at run time has no verdict: its author hears
				// of it when it happens, and until then another operand may decide.
				if got := c.run(env, x); !strings.HasPrefix(got, "error") {
					results[got] = true
				}
			})
			switch {
			case strings.HasPrefix(got, "unknown"):
				open++
				if len(results) == 1 {
					precise++ // every completion agrees, yet the operators used cannot see it
				}
			case strings.HasPrefix(got, "error"):
				failed++ // an error on the way to any unknown is an error of the rule
			case len(results) > 1 || len(results) == 1 && !results[got]:
				t.Fatalf("%s\n\tin %s\n\tgives %s, its completions %v", x.Text.Value, w.json(), got, results)
			default:
				known++
			}
		}
	}
	t.Logf("%d known, %d errors, %d unknown, of which %d have completions that all agree", known, failed, open, precise)
	if known < 3000 || open < 1500 {
		t.Error("the generator no longer makes enough of both")
	}
}

// world describes a topology: hosts first, then nets. A cell is a value, a
// reference ("#1") or an unknown ("?").
type world struct{ hosts, nets []map[string]any }

var domains = map[string][]any{
	"up": {true, false}, "sku": {"Basic", "Standard"}, "size": {0, 1, 2, 3}, "open": {true, false}, "net": {nil, "#0", "#1"},
	"tags": {[]any{}, []any{"a"}},
}

func (w world) json() string {
	b, _ := json.Marshal(map[string]any{"hosts": w.hosts, "nets": w.nets})
	return string(b)
}

func (w world) clone() world {
	copyAll := func(in []map[string]any) []map[string]any {
		var out []map[string]any
		for _, m := range in {
			c := map[string]any{}
			for k, v := range m {
				c[k] = v
			}
			out = append(out, c)
		}
		return out
	}
	return world{copyAll(w.hosts), copyAll(w.nets)}
}

// complete calls f for every way to fill the unknowns.
func (w world) complete(f func(world)) {
	for _, objects := range [][]map[string]any{w.hosts, w.nets} {
		for i, o := range objects {
			for _, field := range []string{"up", "sku", "size", "net", "open", "tags"} {
				if o[field] != "?" {
					continue
				}
				for _, v := range domains[field] {
					c := w.clone()
					if &objects[0] == &w.hosts[0] {
						c.hosts[i][field] = v
					} else {
						c.nets[i][field] = v
					}
					c.complete(f)
				}
				return
			}
		}
	}
	f(w)
}

// build makes the world's objects.
func (w world) build(env *lang.Env) (*lang.World, lang.Object) {
	var hosts, nets []lang.Object
	for i := range w.nets {
		nets = append(nets, lang.NewObject(env.Class("nets"), 100+i, "", fmt.Sprintf("n%d", i), lang.Place{}))
	}
	inverse := make([][]any, len(nets))
	openNet := false
	for i, h := range w.hosts {
		o := lang.NewObject(env.Class("hosts"), i, "", fmt.Sprintf("h%d", i), lang.Place{})
		for k, v := range h {
			o.Set(k, cell(v, nets))
		}
		openNet = openNet || h["net"] == "?"
		if s, ok := h["net"].(string); ok && s != "?" {
			inverse[s[1]-'0'] = append(inverse[s[1]-'0'], o)
		}
		hosts = append(hosts, o)
	}
	for i, n := range w.nets {
		for k, v := range n {
			nets[i].Set(k, cell(v, nil))
		}
		var list any = append([]any{}, inverse[i]...)
		if openNet {
			list = &lang.Partial{Items: list.([]any), Open: &lang.Unknown{Reason: "a net is open"}}
		}
		nets[i].Set("hosts", list)
	}
	all := func(os []lang.Object) []any {
		out := []any{}
		for _, o := range os {
			out = append(out, o)
		}
		return out
	}
	return &lang.World{Collections: map[string]any{"hosts": all(hosts), "nets": all(nets)}}, hosts[0]
}

func cell(v any, nets []lang.Object) any {
	if s, ok := v.(string); ok {
		switch {
		case s == "?":
			return &lang.Unknown{Reason: "?"}
		case s[0] == '#':
			return nets[s[1]-'0']
		}
	}
	return v
}

func (w world) run(env *lang.Env, x *lang.Expr) string {
	lw, host := w.build(env)
	v, err := x.Eval(lw, map[string]any{"host": host})
	if err != nil {
		return "error " + err.Message
	}
	if u, ok := v.(*lang.Unknown); ok {
		b, _ := json.Marshal(u.Missing())
		return "unknown " + string(b)
	}
	return result(v, nil)
}

const oracleHarness = `
const build = (d) => {
  const place = { file: "", pointer: "", line: 1, column: 1 };
  const nets = d.nets.map((_, i) => new rt.Obj("nets", "", "n" + i, place));
  const cell = (v, f) => f !== "size" && typeof v === "string" && v === "?" || v === "?" ? new rt.Unknown("?")
    : typeof v === "string" && v[0] === "#" ? nets[Number(v[1])] : f === "size" ? BigInt(v) : v;
  const inverse = nets.map(() => []);
  const hosts = d.hosts.map((h, i) => {
    const o = new rt.Obj("hosts", "", "h" + i, place);
    for (const f of Object.keys(h)) o.fields[f] = cell(h[f], f);
    if (typeof h.net === "string" && h.net[0] === "#") inverse[Number(h.net[1])].push(o);
    return o;
  });
  const openNet = d.hosts.some((h) => h.net === "?");
  d.nets.forEach((n, i) => {
    for (const f of Object.keys(n)) nets[i].fields[f] = cell(n[f], f);
    nets[i].fields.hosts = openNet ? new rt.Partial(inverse[i], new rt.Unknown("a net is open")) : inverse[i];
  });
  return [{ collections: { hosts, nets }, declared: {}, lib }, hosts[0]];
};
globalThis.runOracle = (text) => JSON.stringify(JSON.parse(text).map((d) => expressions.map((x) => {
  const [w, host] = build(d);
  try {
    const v = rt.evaluate(x, w, [host]);
    return v instanceof rt.Unknown ? "unknown " + JSON.stringify(v.missing) : print(v);
  } catch (e) {
    return e instanceof rt.RuntimeError ? "error " + e.message : "defect " + e;
  }
})));
`

func engineResults(t *testing.T, env *lang.Env, m *model.Model, runtime string, exprs []*lang.Expr, worlds []world) [][]string {
	t.Helper()
	w := &writer{}
	w.line("%s%sconst rt = plumblineRuntime;", runtime, harness)
	w.modelLibrary(env, m)
	w.line("const expressions = [")
	for _, x := range exprs {
		w.expr("  ", "", x, []string{"host"}, ",")
	}
	w.line("];%s", oracleHarness)
	vm, err := jsvm.New(w.b.String())
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	texts := make([]string, len(worlds))
	for i, d := range worlds {
		texts[i] = d.json()
	}
	answer, err := vm.Call("runOracle", "["+strings.Join(texts, ",")+"]")
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	if err := json.Unmarshal([]byte(answer), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// generator makes random well-typed expressions and topologies.
type generator struct {
	r     *rand.Rand
	hosts int // closures over hosts around the current expression
	nets  int
}

func (g *generator) pick(choices ...func() string) string { return choices[g.r.Intn(len(choices))]() }

func text(s string) func() string { return func() string { return s } }

// world has at most four unknown cells, so that its completions stay few.
func (g *generator) world() world {
	var w world
	left := 4
	cell := func(field string) any {
		if left > 0 && g.r.Intn(4) == 0 {
			left--
			return "?"
		}
		d := domains[field]
		return d[g.r.Intn(len(d))]
	}
	for range 1 + g.r.Intn(3) {
		w.hosts = append(w.hosts, map[string]any{"up": cell("up"), "sku": cell("sku"), "size": cell("size"), "net": cell("net")})
	}
	for range 2 {
		w.nets = append(w.nets, map[string]any{"open": cell("open"), "tags": cell("tags")})
	}
	return w
}

func (g *generator) host() string {
	if g.hosts > 0 && g.nets == 0 && g.r.Intn(2) == 0 {
		return "#"
	}
	return "host"
}

func (g *generator) net(depth int) string {
	if g.nets > 0 && g.r.Intn(2) == 0 {
		return "#"
	}
	return g.pick(text(g.host()+".net"), text("nets[0]"))
}

func (g *generator) field(of, name string) string {
	if of == "#" {
		return "." + name
	}
	if g.r.Intn(2) == 0 {
		return of + "?." + name
	}
	return of + "." + name
}

func (g *generator) bool(depth int) string {
	if depth == 0 {
		return g.pick(text("true"), text("false"),
			func() string { return g.field(g.host(), "up") },
			func() string { return g.field(g.host(), "big") },
			func() string { return g.field(g.net(0), "open") },
			func() string { return g.field(g.host(), "sku") + ` == "Basic"` },
			func() string { return g.host() + ".net == nil" },
			func() string { return `"a" in ` + g.field(g.net(0), "tags") },
		)
	}
	sub := func() string { return g.bool(depth - 1) }
	return g.pick(sub,
		func() string { return "(" + sub() + " and " + sub() + ")" },
		func() string { return "(" + sub() + " or " + sub() + ")" },
		func() string { return "not (" + sub() + ")" },
		func() string { return "(" + sub() + " ? " + sub() + " : " + sub() + ")" },
		func() string { return fmt.Sprintf("%s %s %s", g.int(depth-1), g.operator(), g.int(depth-1)) },
		func() string { return g.loop(depth) },
		func() string { return g.loop(depth) },
		func() string { return "(" + g.net(depth) + " == " + g.net(depth) + ")" },
		func() string { return g.field(g.host(), "standard") },
		func() string { return "serves(" + g.host() + ", " + g.net(depth) + ")" },
		func() string {
			return "(let v" + fmt.Sprint(depth) + " = " + sub() + "; v" + fmt.Sprint(depth) + " or " + sub() + ")"
		},
		func() string { return g.host() + " in " + g.hostList(depth-1) },
		func() string { return "(" + g.field(g.host(), "up") + " ?? " + sub() + ")" },
	)
}

func (g *generator) operator() string { return []string{"<", ">", "==", "<="}[g.r.Intn(4)] }

func (g *generator) int(depth int) string {
	return g.pick(text("1"), text("2"),
		func() string { return g.field(g.host(), "size") },
		func() string { return "len(" + g.hostList(depth-1) + ")" },
		func() string { return "count(" + g.hostList(depth-1) + ", " + g.inHost(depth-1) + ")" },
		func() string { return "sum(" + g.hostList(depth-1) + ", .size)" },
		func() string { return "(" + g.field(g.host(), "size") + " + 1)" },
	)
}

func (g *generator) inHost(depth int) string {
	g.hosts++
	nets := g.nets
	g.nets = 0
	s := g.bool(max(depth, 0))
	g.nets = nets
	g.hosts--
	return s
}

func (g *generator) hostList(depth int) string {
	if depth <= 0 {
		return g.pick(text("hosts"), text("hosts"), func() string { return g.net(0) + "?.hosts" }, func() string { return g.field(g.host(), "peers") })
	}
	return g.pick(text("hosts"),
		func() string { return "filter(" + g.hostList(depth-1) + ", " + g.inHost(depth-1) + ")" },
		func() string { return "concat(" + g.hostList(depth-1) + ", " + g.hostList(depth-1) + ")" },
		func() string { return "flatten(map(nets, .hosts))" },
		func() string { return "uniq(" + g.hostList(depth-1) + ")" },
	)
}

func (g *generator) loop(depth int) string {
	f := []string{"any", "all", "none", "one"}[g.r.Intn(4)]
	if g.r.Intn(3) == 0 {
		g.nets++
		hosts := g.hosts
		g.hosts = 0
		s := f + "(nets, " + g.bool(depth-1) + ")"
		g.hosts = hosts
		g.nets--
		return s
	}
	return f + "(" + g.hostList(depth-1) + ", " + g.inHost(depth-1) + ")"
}
