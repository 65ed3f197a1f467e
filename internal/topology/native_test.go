package topology

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/theme"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// described is a topology in a form that both engines write.
type described struct {
	Problems []string       `json:"problems"`
	Unstated []string       `json:"unstated"`
	Kinds    []string       `json:"kinds"`
	Declared map[string]any `json:"declared"`
}

// describeNative lists what is read, a line per object and field.
func describeNative(env *lang.Env, t *Topology) described {
	out := described{Problems: []string{}, Unstated: t.Unstated, Kinds: []string{}, Declared: map[string]any{}}
	for _, d := range t.Problems.Sorted() {
		file, line, column := d.Place()
		out.Problems = append(out.Problems, fmt.Sprintf("%s:%d:%d %s %s | %s", file, line, column, d.Code, d.Message, d.Hint))
	}
	for _, s := range t.Subjects {
		out.Kinds = append(out.Kinds, fmt.Sprintf("%s %d %s", s.Kind, len(s.Objects), describeValue(t.World.Collections[s.Kind])))
		for _, o := range s.Objects {
			file, place := "", o.Place()
			line, column := place.Span.Source.Position(place.Span.Start)
			file = place.Span.Source.File
			exists := ""
			if u := o.Existence(); u != nil {
				exists = " exists? " + u.Reason
			}
			out.Kinds = append(out.Kinds, fmt.Sprintf("- %s (%s) %s:%d:%d %s%s", o.Name(), o.ID(), file, line, column, place.Pointer, exists))
			k := env.Model().Kind(s.Kind)
			names := []string{"id", "name"}
			for _, f := range k.Fields {
				names = append(names, f.Name)
			}
			for _, inv := range env.Inverses(k) {
				if !slices.Contains(names, inv.Name) {
					names = append(names, inv.Name)
				}
			}
			for _, name := range names {
				v, _ := o.Field(name)
				out.Kinds = append(out.Kinds, "  "+name+": "+describeValue(v))
			}
		}
	}
	for name, v := range t.World.Declared {
		out.Declared[name] = describeValue(v)
	}
	return out
}

func describeValue(v any) string {
	join := func(items []any) string {
		var parts []string
		for _, item := range items {
			parts = append(parts, describeValue(item))
		}
		return strings.Join(parts, ", ")
	}
	switch v := v.(type) {
	case nil:
		return "nil"
	case bool:
		return strconv.FormatBool(v)
	case int:
		return "int " + strconv.Itoa(v)
	case float64:
		text, _ := json.Marshal(v)
		return "float " + string(text)
	case string:
		text, _ := json.Marshal(v)
		return string(text)
	case lang.Object:
		return "→" + v.Class().Name + "/" + v.ID()
	case *lang.Unknown:
		return "unknown(" + v.Reason + ")"
	case *lang.Partial:
		open := "all known"
		if v.Open != nil {
			open = v.Open.Reason
		}
		return "partial[" + join(v.Items) + "](" + open + ")"
	case []any:
		return "[" + join(v) + "]"
	case map[string]any:
		var parts []string
		for key, item := range v {
			parts = append(parts, key+": "+describeValue(item))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprintf("%T", v)
}

// nativeEntry is the same in the browser.
const nativeEntry = `
import { sortDiagnostics } from "./check";
import { changesOf } from "./changes";
import { parse } from "./document";
import { type Model } from "./model";
import { readNative } from "./native";
import { Source } from "./source";
import { Obj, Partial, Unknown, type Value } from "./value";

function value(v: Value | undefined): string {
  if (v === undefined) return "undefined";
  if (v === null) return "nil";
  if (typeof v === "boolean") return String(v);
  if (typeof v === "bigint") return "int " + v;
  if (typeof v === "number") return "float " + JSON.stringify(v);
  if (typeof v === "string") return JSON.stringify(v);
  if (v instanceof Obj) return "→" + v.kind + "/" + v.id;
  if (v instanceof Unknown) return "unknown(" + v.reason + ")";
  if (v instanceof Partial) return "partial[" + v.items.map(value).join(", ") + "](" + (v.open?.reason ?? "all known") + ")";
  if (Array.isArray(v)) return "[" + v.map(value).join(", ") + "]";
  return "{" + Object.keys(v).map((key) => key + ": " + value(v[key])).sort().join(", ") + "}";
}

export function describe(request: string): string {
  const { model, file, text, changes } = JSON.parse(request) as { model: Model; file: string; text: string; changes: string };
  const source = new Source(file, text);
  const { root, problems } = parse(source);
  const given = changes === "" ? null : parse(new Source("changes.yaml", changes)).root;
  const t = readNative(model, source, root, changesOf(given));
  const kinds: string[] = [];
  for (const s of t.subjects) {
    kinds.push(s.kind + " " + s.objects.length + " " + value(t.world!.collections[s.kind]));
    for (const o of s.objects) {
      kinds.push("- " + o.name + " (" + o.id + ") " + o.place.file + ":" + o.place.line + ":" + o.place.column + " " + o.place.pointer + (o.exists ? " exists? " + o.exists.reason : ""));
      const k = model.kinds.find((x) => x.name === s.kind)!;
      const names = ["id", "name", ...k.fields.map((f) => f.name)];
      for (const from of model.kinds) for (const f of from.fields) {
        const t = f.type.name === "list" ? f.type.elem! : f.type;
        if (f.inverse && t.link === k.name && !names.includes(f.inverse)) names.push(f.inverse);
      }
      for (const name of names) kinds.push("  " + name + ": " + value(o.fields[name]));
    }
  }
  const declared: Record<string, string> = {};
  for (const name of Object.keys(t.world!.declared)) declared[name] = value(t.world!.declared[name]);
  const all = sortDiagnostics([...problems.list, ...t.problems]);
  return JSON.stringify({
    problems: all.map((d) => d.file + ":" + d.line + ":" + d.column + " " + d.code + " " + d.message + " | " + (d.hint ?? "")),
    unstated: t.unstated, kinds, declared,
  });
}
`

// nativeModel is a model with every type.
func nativeModel(t testing.TB) *lang.Env {
	t.Helper()
	text, err := os.ReadFile("testdata/native/model.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, problems := model.Load(fstest.MapFS{"topology.yaml": {Data: text}})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	env, problems := lang.NewEnv(m)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return env
}

// readText reads a native topology as the command line does.
func readText(t testing.TB, env *lang.Env, file, text, changes string) *Topology {
	t.Helper()
	src := diag.NewSource(file, text)
	root, problems := document.Parse(src)
	var c Changes
	if changes != "" {
		n, l := document.Parse(diag.NewSource("changes.yaml", changes))
		if l.HasErrors() {
			t.Skip(l[0].Message) // only the fuzzer gets here
		}
		c = Changes{Set: n.Get("set"), Unset: n.Get("unset"), Unknown: n.Get("unknown"), Declared: n.Get("declared")}
	}
	top, _ := ReadNative(env, src, root, c)
	top.Problems = append(problems, top.Problems...)
	return top
}

// browserReader runs the browser's reader of native topologies.
func browserReader(t testing.TB, env *lang.Env) func(file, text, changes string) described {
	t.Helper()
	script, l := bundle.Runtime(theme.With(fstest.MapFS{"runtime/index.ts": {Data: []byte(nativeEntry)}}))
	if l.HasErrors() {
		t.Fatal(l[0].Message, l[0].Hint)
	}
	vm, err := jsvm.New(script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vm.Close() })
	return func(file, text, changes string) described {
		request, _ := json.Marshal(map[string]any{"model": json.RawMessage(env.Model().JSON()), "file": file, "text": text, "changes": changes})
		answer, err := vm.Call("plumblineRuntime.describe", string(request))
		if err != nil {
			t.Fatal(err)
		}
		var out described
		if err := json.Unmarshal([]byte(answer), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// TestNative reads the goldens in both engines. A case is three files: the
// topology, its changes (may be empty), and what is read.
func TestNative(t *testing.T) {
	env := nativeModel(t)
	browser := browserReader(t, env)
	files, _ := filepath.Glob("testdata/native/*.txtar")
	if len(files) == 0 {
		t.Fatal("no goldens")
	}
	raised := ""
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+2 < len(a.Files); i += 3 {
			in, changes, want := a.Files[i], string(a.Files[i+1].Data), &a.Files[i+2]
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+in.Name, func(t *testing.T) {
				ours := describeNative(env, readText(t, env, in.Name, string(in.Data), changes))
				got := lines(ours)
				raised += got
				if *update {
					want.Data = []byte(got)
				} else if got != string(want.Data) {
					t.Errorf("got:\n%s\nwant:\n%s", got, want.Data)
				}
				if js := lines(browser(in.Name, string(in.Data), changes)); js != got {
					t.Errorf("the engines differ\ngo:\n%s\njs:\n%s", got, js)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range nativeCodes() {
		if !strings.Contains(raised, " "+c.Code+" ") {
			t.Errorf("no case raises %s", c.Code)
		}
	}
}

// TestNativeDamaged damages the goldens at random: whatever a text has become,
// both engines say the same of it.
func TestNativeDamaged(t *testing.T) {
	env := nativeModel(t)
	browser := browserReader(t, env)
	rng := rand.New(rand.NewPCG(3, 5))
	pieces := []string{"null", "5", "1.5", "true", "g", "h", "[]", "{}", "\"x\"", "[g, h]", "10.0.0.0/8", "fd00::1", "name", "id", "gates", "Basic", "é", "{ a: 1 }"}
	files, _ := filepath.Glob("testdata/native/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+2 < len(a.Files); i += 3 {
			for range 25 {
				text, changes := string(a.Files[i].Data), string(a.Files[i+1].Data)
				for range 1 + rng.IntN(3) {
					text = damage(rng, text, pieces)
				}
				ours := lines(describeNative(env, readText(t, env, "f", text, changes)))
				js := lines(browser("f", text, changes))
				if ours != js && !strings.Contains(ours+js, "input/yaml-syntax") {
					t.Fatalf("the engines differ on\n%s\nchanges:\n%s\ngo:\n%s\njs:\n%s", text, changes, ours, js)
				}
			}
		}
	}
}

// damage replaces one word, removes it, or removes a line.
func damage(rng *rand.Rand, text string, pieces []string) string {
	if rng.IntN(4) == 0 {
		all := strings.SplitAfter(text, "\n")
		i := rng.IntN(len(all))
		return strings.Join(append(slices.Clone(all[:i]), all[i+1:]...), "")
	}
	words := regexp.MustCompile(`[\w./-]+`).FindAllStringIndex(text, -1)
	if len(words) == 0 {
		return text
	}
	w := words[rng.IntN(len(words))]
	return text[:w[0]] + pieces[rng.IntN(len(pieces))] + text[w[1]:]
}

func lines(d described) string {
	var b strings.Builder
	for _, p := range d.Problems {
		b.WriteString(p + "\n")
	}
	for _, k := range d.Kinds {
		b.WriteString(k + "\n")
	}
	b.WriteString("unstated: " + strings.Join(d.Unstated, ", ") + "\n")
	var names []string
	for name := range d.Declared {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "declared.%s: %s\n", name, d.Declared[name])
	}
	return b.String()
}

// TestSamplesReadCleanly reads the samples of this repository with its model.
func TestSamplesReadCleanly(t *testing.T) {
	m, problems := model.Load(os.DirFS("../../rules"))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	env, problems := lang.NewEnv(m)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	browser := browserReader(t, env)
	samples, _ := filepath.Glob("../../rules/samples/*.yaml")
	for _, file := range samples {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		got := describeNative(env, readText(t, env, name, string(text), ""))
		if len(got.Problems) > 0 {
			t.Errorf("%s", strings.Join(got.Problems, "\n"))
		}
		if js := browser(name, string(text), ""); lines(js) != lines(got) {
			t.Errorf("%s: the engines differ\ngo:\n%s\njs:\n%s", name, lines(got), lines(js))
		}
	}
}

func FuzzReadNative(f *testing.F) {
	env := nativeModel(f)
	files, _ := filepath.Glob("testdata/native/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i := 0; i+2 < len(a.Files); i += 3 {
			f.Add(string(a.Files[i].Data), string(a.Files[i+1].Data))
		}
	}
	f.Fuzz(func(t *testing.T, text, changes string) {
		text, changes = strings.ToValidUTF8(text, "\ufffd"), strings.ToValidUTF8(changes, "\ufffd")
		top := readText(t, env, "f", text, changes)
		for _, k := range env.Model().Kinds {
			if _, ok := top.World.Collections[k.Name]; !ok {
				t.Errorf("no collection %s", k.Name)
			}
		}
		for _, s := range top.Subjects {
			for _, o := range s.Objects {
				for _, field := range env.Model().Kind(s.Kind).Fields {
					if _, ok := o.Field(field.Name); !ok {
						t.Errorf("%s has no %s", o.Name(), field.Name)
					}
				}
			}
		}
	})
}
