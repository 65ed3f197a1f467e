package rulejs

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
)

// randomTopologies makes documents shaped like topologies whose values are what
// nobody expects: other types, odd text, keys that mean something to JavaScript,
// numbers at the ends of their range, deep nesting.
func randomTopologies(n int) []string {
	r := rand.New(rand.NewSource(3))
	out := make([]string, n)
	for i := range out {
		d := &dirt{r}
		topology := map[string]any{"x": d.value(2), "n": d.number(), "s": d.text(), "deep": d.deep(60)}
		for _, name := range []string{"vms", "nets"} {
			objects := []any{}
			for range r.Intn(5) {
				objects = append(objects, d.object(name))
			}
			switch r.Intn(12) {
			case 0:
				topology[name] = d.value(1)
			case 1: // not stated
			default:
				topology[name] = objects
			}
		}
		text, err := json.Marshal(topology)
		if err != nil {
			panic(err) // JSON's own types always encode
		}
		out[i] = string(text)
	}
	return out
}

type dirt struct{ r *rand.Rand }

func (d *dirt) text() string {
	texts := []string{"", "a", "Standard", "standard", "__proto__", "constructor", "toString", "10.0.0.0/24", "é", "e\u0301", "ß", "İ", "ΑΣ", "😀", "\ue000", "a,b,,c",
		"\u2028<&>", " \ufeffx\u0085 ", "$&$1", "1", "1.0", "1e400", "-0", "NaN", "null", "{\"a\":[1]}", "\x00", "ǆ", "line\nbreak", strings.Repeat("ab", 40)}
	return texts[d.r.Intn(len(texts))]
}

func (d *dirt) number() float64 {
	numbers := []float64{0, 1, -1, 2, 3, 0.5, -2.5, 0.1, 1e21, -1e300, 1e308, 5e-324, 9007199254740993, -9007199254740993, 9.3e18, 255, 1e6, 1e-7, 2147483648}
	return numbers[d.r.Intn(len(numbers))]
}

func (d *dirt) deep(n int) any {
	var v any = d.number()
	for i := range n {
		if i%2 == 0 {
			v = []any{v}
		} else {
			v = map[string]any{"d": v}
		}
	}
	return v
}

func (d *dirt) value(depth int) any {
	switch k := d.r.Intn(9); {
	case k == 0:
		return nil
	case k == 1:
		return d.r.Intn(2) == 0
	case k <= 3:
		return d.number()
	case k <= 5 || depth == 0:
		return d.text()
	case k <= 7:
		list := []any{}
		for range d.r.Intn(4) {
			list = append(list, d.value(depth-1))
		}
		return list
	}
	m := map[string]any{}
	for range d.r.Intn(4) {
		m[d.text()] = d.value(depth - 1)
	}
	return m
}

// object has the fields that rules expect, in most cases of the type they expect.
func (d *dirt) object(kind string) any {
	if d.r.Intn(15) == 0 {
		return d.value(1)
	}
	o := map[string]any{"name": d.text(), "size": d.number(), "up": d.r.Intn(2) == 0, "ports": []any{d.number(), d.number()}, "tags": map[string]any{d.text(): d.text(), "__proto__": d.value(1)}}
	if kind == "vms" {
		o["net"] = map[string]any{"name": d.text(), "open": d.r.Intn(2) == 0}
	}
	for _, field := range []string{"name", "size", "up", "ports", "tags", "net"} {
		switch d.r.Intn(9) {
		case 0:
			delete(o, field)
		case 1:
			o[field] = d.value(2)
		}
	}
	return o
}

// randomRules makes expressions that mostly have the types they should.
func randomRules(n int) []string {
	g := &dirtyRules{r: rand.New(rand.NewSource(4))}
	var out []string
	for len(out) < n {
		g.depth, g.lets = 0, 0
		out = append(out, g.expression(4))
	}
	return distinct(out)
}

type dirtyRules struct {
	r     *rand.Rand
	depth int // of closures
	lets  int
}

func (g *dirtyRules) one(of ...string) string { return of[g.r.Intn(len(of))] }

func (g *dirtyRules) pick(of ...func() string) string { return of[g.r.Intn(len(of))]() }

func (g *dirtyRules) expression(n int) string {
	return g.pick(func() string { return g.truth(n) }, func() string { return g.truth(n) }, func() string { return g.number(n) },
		func() string { return g.text(n) }, func() string { return g.list(n) }, func() string { return g.any(n) })
}

// wild gives now and then something of any type instead.
func (g *dirtyRules) wild(n int, f func() string) string {
	if n > 0 && g.r.Intn(14) == 0 {
		return g.any(n - 1)
	}
	return f()
}

func (g *dirtyRules) object() string {
	if g.depth > 0 && g.r.Intn(3) > 0 {
		return "#"
	}
	return g.one("vms[0]", "nets[-1]", "first(vms)", "last(nets)", "get(vms, 1)", "find(vms, .up)")
}

func (g *dirtyRules) field(name string) string {
	o := g.object()
	if o == "#" && g.r.Intn(2) == 0 {
		return "." + name
	}
	return o + g.one(".", ".", "?.") + name
}

func (g *dirtyRules) closure(f func() string) string {
	g.depth++
	s := f()
	g.depth--
	return s
}

func (g *dirtyRules) truth(n int) string {
	if n <= 0 {
		return g.pick(func() string { return g.one("true", "false") }, func() string { return g.field("up") }, func() string { return g.field("net") + "?.open" },
			func() string { return g.field("size") + g.one(" > 1", " == 0", " <= -1", " != 2.0") }, func() string { return g.field("name") + " == " + g.literal() })
	}
	b := func() string { return g.wild(n, func() string { return g.truth(n - 1) }) }
	return g.pick(
		func() string { return "(" + b() + g.one(" and ", " or ", " && ", " || ") + b() + ")" },
		func() string { return "not (" + b() + ")" },
		func() string { return "(" + b() + " ? " + b() + " : " + b() + ")" },
		func() string {
			return "(" + g.number(n-1) + g.one(" < ", " <= ", " > ", " >= ", " == ", " != ") + g.number(n-1) + ")"
		},
		func() string {
			return "(" + g.text(n-1) + g.one(" < ", " <= ", " == ", " contains ", " startsWith ", " endsWith ") + g.text(n-1) + ")"
		},
		func() string {
			return g.text(n-1) + " matches " + g.one(`"^[a-z]+$"`, `"(?i)STRASSE|ß"`, `"\\bx\\b"`, `"^.$"`, `"[^\\d]{2}"`, `"(?s)a.*c"`)
		},
		func() string { return "(" + g.any(n-1) + g.one(" == ", " != ") + g.any(n-1) + ")" },
		func() string { return "(" + g.any(n-1) + " == nil)" },
		func() string { return "(" + g.any(n-1) + g.one(" in ", " not in ") + g.list(n-1) + ")" },
		func() string { return "(" + g.text(n-1) + " in " + g.field("tags") + ")" },
		func() string {
			return g.one("any", "all", "none", "one") + "(" + g.list(n-1) + ", " + g.closure(b) + ")"
		},
		func() string {
			return g.one("any", "all", "none", "one") + "(" + g.list(n-1) + ", " + g.closure(b) + ")"
		},
		func() string { return "(" + g.field("up") + " ?? " + b() + ")" },
		func() string { return g.let(n, b) },
	)
}

func (g *dirtyRules) let(n int, body func() string) string {
	g.lets++
	name := fmt.Sprintf("%s%d", g.one("v", "x", "i", "a", "o", "env"), g.lets)
	value := g.any(n - 1)
	return "(let " + name + " = " + value + "; " + name + g.one(" == ", " != ") + g.any(n-1) + " or " + body() + ")"
}

func (g *dirtyRules) literal() string {
	b, err := json.Marshal((&dirt{g.r}).text())
	if err != nil {
		panic(err) // text always encodes
	}
	return string(b)
}

func (g *dirtyRules) number(n int) string {
	if n <= 0 {
		return g.pick(func() string {
			return g.one("0", "1", "2", "-1", "0.5", "1e300", "9007199254740991", "1e-7", "-0.0", "3")
		},
			func() string { return g.field("size") }, func() string { return "n" }, func() string { return g.field("ports") + "[0]" })
	}
	f := func() string { return g.wild(n, func() string { return g.number(n - 1) }) }
	return g.pick(
		func() string { return "(" + f() + g.one(" + ", " - ", " * ", " / ") + f() + ")" },
		func() string { return "(int(" + f() + ") % " + g.one("2", "0", "-7", "int(n)") + ")" },
		func() string { return "(" + f() + " ** " + g.one("2", "-3", "0", "31", "0.5") + ")" },
		func() string { return g.one("abs", "ceil", "floor", "round", "int", "float") + "(" + f() + ")" },
		func() string { return "-(" + f() + ")" },
		func() string {
			return "len(" + g.pick(func() string { return g.list(n - 1) }, func() string { return g.text(n - 1) }) + ")"
		},
		func() string {
			return "count(" + g.list(n-1) + ", " + g.closure(func() string { return g.truth(n - 1) }) + ")"
		},
		func() string { return "sum(" + g.list(n-1) + ", " + g.closure(f) + ")" },
		func() string { return g.one("min", "max", "mean", "median") + "(" + f() + ", " + f() + ")" },
		func() string { return g.one("min", "max", "mean", "median", "sum") + "(" + g.field("ports") + ")" },
		func() string {
			return "reduce(" + g.list(n-1) + ", " + g.closure(func() string { return "#acc + " + g.number(n-1) }) + ", 0)"
		},
		func() string { return g.one("indexOf", "lastIndexOf") + "(" + g.text(n-1) + ", " + g.text(n-1) + ")" },
		func() string {
			return g.one("bitand", "bitor", "bitxor", "bitnand", "bitshl", "bitshr", "bitushr") + "(int(" + f() + "), " + g.one("1", "3", "63", "64", "int(n)") + ")"
		},
		func() string { return "bitnot(int(" + f() + "))" },
		func() string { return "(" + g.field("size") + " ?? " + f() + ")" },
		func() string {
			return "findIndex(" + g.list(n-1) + ", " + g.closure(func() string { return g.truth(n - 1) }) + ")"
		},
	)
}

func (g *dirtyRules) text(n int) string {
	if n <= 0 {
		return g.pick(g.literal, func() string { return g.field("name") }, func() string { return g.field("net") + "?.name" }, func() string { return "s" })
	}
	s := func() string { return g.wild(n, func() string { return g.text(n - 1) }) }
	return g.pick(
		func() string { return "(" + s() + " + " + s() + ")" },
		func() string {
			return g.one("upper", "lower", "trim", "toBase64", "string", "toJSON", "type") + "(" + s() + ")"
		},
		func() string { return g.one("trim", "trimPrefix", "trimSuffix") + "(" + s() + ", " + s() + ")" },
		func() string { return "replace(" + s() + ", " + s() + ", " + s() + g.one("", ", 1") + ")" },
		func() string { return "repeat(" + s() + ", " + g.one("0", "2", "-1", "3") + ")" },
		func() string { return g.one("string", "toJSON", "type") + "(" + g.number(n-1) + ")" },
		func() string {
			return "join(map(" + g.list(n-1) + ", " + g.closure(func() string { return g.text(n - 1) }) + "), " + s() + ")"
		},
		func() string { return "split(" + s() + ", " + s() + ")[0]" },
		func() string { return "(" + g.truth(n-1) + " ? " + s() + " : " + s() + ")" },
		func() string { return "(" + g.field("name") + " ?? " + s() + ")" },
		func() string { return "type(" + g.any(n-1) + ")" },
	)
}

func (g *dirtyRules) list(n int) string {
	if n <= 0 {
		return g.pick(func() string { return g.one("vms", "vms", "nets", "[]", "[nil, 1, 1.0, \"a\"]", "-2..3") }, func() string { return g.field("ports") }, func() string { return "(x ?? [])" })
	}
	l := func() string { return g.wild(n, func() string { return g.list(n - 1) }) }
	return g.pick(
		func() string {
			return "filter(" + l() + ", " + g.closure(func() string { return g.truth(n - 1) }) + ")"
		},
		func() string {
			return "map(" + l() + ", " + g.closure(func() string { return g.expression(n - 1) }) + ")"
		},
		func() string { return "map(" + l() + ", #index)" },
		func() string {
			return "sortBy(" + l() + ", " + g.closure(func() string {
				return g.pick(func() string { return g.number(n - 1) }, func() string { return g.text(n - 1) })
			}) + g.one("", ", \"desc\"") + ")"
		},
		func() string { return g.one("sort", "reverse", "uniq", "flatten") + "(" + l() + ")" },
		func() string { return "concat(" + l() + ", " + l() + ")" },
		func() string { return "take(" + l() + ", " + g.one("0", "2", "9", "-1", "int(n)") + ")" },
		func() string { return l() + g.one("[1:]", "[:-1]", "[:2]", "[-2:9]", "[2:1]") },
		func() string { return "[" + g.any(n-1) + ", " + g.any(n-1) + "]" },
		func() string { return "split(" + g.text(n-1) + ", " + g.text(n-1) + g.one("", ", 2") + ")" },
		func() string { return "splitAfter(" + g.text(n-1) + ", " + g.text(n-1) + ")" },
		func() string { return "(" + g.truth(n-1) + " ? " + l() + " : " + l() + ")" },
		func() string { return "sort(keys(" + g.any(n-1) + "))" },
	)
}

func (g *dirtyRules) any(n int) string {
	if n <= 0 {
		return g.pick(func() string { return g.one("x", "deep", "nil", "vms", "missing") }, g.literal, func() string { return g.number(0) }, func() string { return g.truth(0) },
			func() string { return g.field(g.one("tags", "net", "zz", "name")) }, func() string { return g.object() })
	}
	a := func() string { return g.any(n - 1) }
	return g.pick(a,
		func() string { return g.truth(n - 1) }, func() string { return g.number(n - 1) }, func() string { return g.text(n - 1) }, func() string { return g.list(n - 1) },
		func() string {
			return "{" + g.one("a", `"__proto__"`, `"constructor"`) + ": " + a() + ", b: " + a() + "}"
		},
		func() string { return g.field("tags") + "[" + g.text(n-1) + "]" },
		func() string {
			return "get(" + a() + ", " + g.pick(func() string { return g.text(n - 1) }, func() string { return g.number(n - 1) }) + ")"
		},
		func() string {
			return "groupBy(" + g.list(n-1) + ", " + g.closure(func() string { return g.expression(n - 1) }) + ")"
		},
		func() string { return "fromPairs([[" + g.text(n-1) + ", " + a() + "]])" },
		func() string { return "fromJSON(" + g.text(n-1) + ")" },
		func() string {
			return "find(" + g.list(n-1) + ", " + g.closure(func() string { return g.truth(n - 1) }) + ")"
		},
		func() string { return g.one("first", "last") + "(" + g.list(n-1) + ")" },
		func() string { return "reduce(" + g.list(n-1) + ", " + g.closure(a) + ")" },
		func() string { return "(" + a() + " ?? " + a() + ")" },
		func() string { return a() + "?.name" },
		func() string { return "deep" + strings.Repeat("[0].d", g.r.Intn(4)) },
	)
}
