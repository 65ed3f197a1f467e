package topology_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/rulejs"
	"github.com/plumbline/plumbline/internal/topology"
	"github.com/plumbline/plumbline/theme"
)

// engines reads topologies in Go and in the browser's reader.
type engines struct {
	env    *lang.Env
	vm     *jsvm.VM
	unread []string // kinds at whose objects nothing looks, of those that links do not lead to
}

// input is one reading: texts, in order, with options.
type input struct {
	Files      []file  `json:"files"`
	Input      string  `json:"input,omitempty"`
	Scope      string  `json:"scope,omitempty"`
	Parameters []param `json:"parameters,omitempty"`
	Declared   *file   `json:"declared,omitempty"`
}

type file struct {
	File string `json:"file"`
	Text string `json:"text"`
}

// param is a file, or NAME=VALUE: then File is the name and Text the value.
type param struct {
	file
	Value bool `json:"value"`
}

// newEngines loads the model and mappings of a rules folder into both engines.
func newEngines(t testing.TB, rules fs.FS) *engines {
	t.Helper()
	m, problems := model.Load(rules)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	env, problems := lang.NewEnv(m)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	site, _ := content.Load(fstest.MapFS{}, content.Options{})
	set, problems := rule.Load(site, env, fstest.MapFS{}, "rules/")
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	// The entry of the engine gives way to one that describes topologies.
	entry := fstest.MapFS{"runtime/validate.ts": {Data: []byte(describeTS)}}
	assets, problems := bundle.Site(theme.With(entry), string(rulejs.Translate(set, "test")))
	if problems.HasErrors() {
		t.Fatal(problems[0].Message, problems[0].Hint)
	}
	vm, err := jsvm.New(assets.Engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vm.Close() })
	return &engines{env, vm, set.Unread()}
}

// founding is the model of this repository.
func founding() fs.FS { return os.DirFS("../../rules") }

func (e *engines) goTopology(in input, counted ...string) *topology.Topology {
	var files []topology.File
	for _, f := range in.Files {
		files = append(files, topology.File{Name: f.File, Text: f.Text})
	}
	opts := topology.Options{Input: in.Input, Scope: in.Scope, Counted: func() []string { return counted }}
	for _, p := range in.Parameters {
		if p.Value {
			opts.Parameters = append(opts.Parameters, topology.Parameter{Name: p.File, Value: p.Text})
		} else {
			opts.Parameters = append(opts.Parameters, topology.Parameter{File: &topology.File{Name: p.File, Text: p.Text}})
		}
	}
	if in.Declared != nil {
		opts.Declared = &topology.File{Name: in.Declared.File, Text: in.Declared.Text}
	}
	return topology.Read(e.env, files, opts)
}

// read describes the topology, and fails the test where the engines differ.
func (e *engines) read(t testing.TB, in input) string {
	t.Helper()
	whole := e.goTopology(in)
	ours := describeTopology(e.env, whole)
	if whole.Format == "resources" {
		counted := describeTopology(e.env, e.goTopology(in, e.unread...), e.unread...)
		if whole := describeTopology(e.env, whole, e.unread...); whole != counted {
			t.Errorf("objects that are only counted make a difference%s", firstDifference(whole, counted))
		}
	}
	request, _ := json.Marshal(in)
	theirs, err := e.vm.Call("plumbline.describeTopology", string(request))
	if err != nil {
		t.Fatal(err)
	}
	if theirs != ours {
		t.Errorf("the engines differ%s", firstDifference(ours, theirs))
	}
	return ours
}

func firstDifference(ours, theirs string) string {
	a, b := strings.Split(ours, "\n"), strings.Split(theirs, "\n")
	for i := range max(len(a), len(b)) {
		x, y := "(nothing)", "(nothing)"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return fmt.Sprintf(" in line %d\n\tgo %s\n\tjs %s", i+1, x, y)
		}
	}
	return ""
}

// describeTopology writes everything rules can see of a topology: problems,
// collections but for some, and each object with its fields, stubs behind their kind.
func describeTopology(env *lang.Env, t *topology.Topology, without ...string) string {
	var b strings.Builder
	for _, d := range t.Problems.Sorted() {
		f, line, column := d.Place()
		fmt.Fprintf(&b, "%s:%d:%d: %s: %s [%s]\n", f, line, column, d.Severity, d.Message, d.Code)
		if d.Hint != "" {
			fmt.Fprintf(&b, "\thint: %s\n", d.Hint)
		}
	}
	fmt.Fprintf(&b, "%s, format %q\n", strings.ReplaceAll(t.File, "\n", " "), t.Format)
	if t.World == nil {
		b.WriteString("nothing read\n")
		return b.String()
	}
	d := describer{env: env, b: &b, seen: map[lang.Object]bool{}}
	for _, k := range env.Model().Kinds {
		v := t.World.Collections[k.Name]
		if items, ok := v.([]any); ok && len(items) == 0 || slices.Contains(without, k.Name) {
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", k.Name, d.value(v))
		d.objects()
	}
	for _, s := range t.Subjects {
		if n := len(s.Objects) + s.Counted; n > 0 {
			fmt.Fprintf(&b, "subjects %s %d\n", s.Kind, n)
		}
	}
	if len(t.Unstated) > 0 {
		fmt.Fprintf(&b, "unstated %s\n", strings.Join(t.Unstated, " "))
	}
	for _, f := range env.Model().Declared {
		if v := t.World.Declared[f.Name]; d.value(v) != "[]" {
			fmt.Fprintf(&b, "declared %s: %s\n", f.Name, d.value(v))
		}
	}
	return b.String()
}

// describer queues the objects it mentions, and describes each once.
type describer struct {
	env     *lang.Env
	b       *strings.Builder
	seen    map[lang.Object]bool
	pending []lang.Object
}

func (d *describer) objects() {
	for len(d.pending) > 0 {
		o := d.pending[0]
		d.pending = d.pending[1:]
		place := o.Place()
		where := "nowhere"
		if s := place.Span.Source; s != nil {
			line, column := s.Position(place.Span.Start)
			where = fmt.Sprintf("%s:%d:%d", s.File, line, column)
		}
		fmt.Fprintf(d.b, "- %s/%s %s %s\n", o.Class().Name, o.ID(), where, place.Pointer)
		if u := o.Existence(); u != nil {
			fmt.Fprintf(d.b, "  exists? %s\n", u.Reason)
		}
		if u := o.Unresolved(); u != nil {
			fmt.Fprintf(d.b, "  which? %s\n", u.Reason)
		}
		k := d.env.Model().Kind(o.Class().Name)
		names := []string{"name"}
		if id, _ := o.Field("id"); id != any(o.ID()) {
			names = []string{"id", "name"}
		}
		for _, f := range k.Fields {
			names = append(names, f.Name)
		}
		for _, inv := range d.env.Inverses(k) {
			if !slices.Contains(names, inv.Name) {
				names = append(names, inv.Name)
			}
		}
		for _, name := range names {
			v, ok := o.Field(name)
			if !ok {
				fmt.Fprintf(d.b, "  %s: not set\n", name)
				continue
			}
			fmt.Fprintf(d.b, "  %s: %s\n", name, d.value(v))
		}
	}
}

func (d *describer) value(v any) string {
	join := func(items []any) string {
		parts := make([]string, len(items))
		for i, item := range items {
			parts[i] = d.value(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
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
		return string(text)
	case string:
		text, _ := json.Marshal(v)
		return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
	case lang.Object:
		if !d.seen[v] {
			d.seen[v] = true
			d.pending = append(d.pending, v)
		}
		return "→" + v.Name()
	case *lang.Unknown:
		if v.Expr != "" {
			return fmt.Sprintf("%s = %s (%s)", v.Text, v.Expr, v.Reason)
		}
		return "? (" + v.Reason + ")"
	case *lang.Partial:
		if v.Open != nil {
			return join(v.Items) + " or more (" + v.Open.Reason + ")"
		}
		return join(v.Items) + " or fewer"
	case []any:
		return join(v)
	case map[string]any:
		var parts []string
		for key, item := range v {
			parts = append(parts, key+": "+d.value(item))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprintf("%T", v)
}

// describeTS is describeTopology for the browser's reader.
const describeTS = `
import program from "plumbline:rules";
import { sortDiagnostics } from "./check";
import { read } from "./read";
import { Obj as O, Partial as P, Unknown as U, type Value as V } from "./value";

export function describeTopology(request: string): string {
  const input = JSON.parse(request);
  const parameters = (input.parameters ?? []).map((p: any) => (p.value ? { [p.file]: p.text } : { file: p.file, text: p.text }));
  const options = { ...input, parameters };
  const whole = read(program, input.files, options);
  if (whole.format !== "resources") return describe(whole, []);
  const counted = describe(read(program, input.files, options, true), program.unread);
  return describe(whole, []) + (describe(whole, program.unread) === counted ? "" : "with objects that are only counted it is\n" + counted);
}

function describe(t: any, unread: string[]): string {
  let out = "";
  for (const d of sortDiagnostics(t.problems)) {
    out += (d.file ?? "") + ":" + (d.line ?? 0) + ":" + (d.column ?? 0) + ": " + d.severity + ": " + d.message + " [" + d.code + "]\n";
    if (d.hint) out += "\thint: " + d.hint + "\n";
  }
  out += t.file.replaceAll("\n", " ") + ", format " + JSON.stringify(t.format) + "\n";
  if (t.world === null) return out + "nothing read\n";
  const seen = new Set<O>();
  const pending: O[] = [];
  const value = (v: V | undefined): string => {
    const join = (items: V[]) => "[" + items.map(value).join(", ") + "]";
    if (v === undefined) return "undefined";
    if (v === null) return "nil";
    if (typeof v === "boolean") return String(v);
    if (typeof v === "bigint") return "int " + v;
    if (typeof v === "number") return JSON.stringify(v);
    if (typeof v === "string") return JSON.stringify(v).replace(/[\u2028\u2029]/g, (c) => "\\u" + c.charCodeAt(0).toString(16));
    if (v instanceof O) {
      if (!seen.has(v)) {
        seen.add(v);
        pending.push(v);
      }
      return "→" + v.name;
    }
    if (v instanceof U) return v.expr !== "" ? v.text + " = " + v.expr + " (" + v.reason + ")" : "? (" + v.reason + ")";
    if (v instanceof P) return join(v.items) + (v.open ? " or more (" + v.open.reason + ")" : " or fewer");
    if (Array.isArray(v)) return join(v);
    return "{" + Object.keys(v).map((key) => key + ": " + value((v as any)[key])).sort().join(", ") + "}";
  };
  const objects = () => {
    for (let o = pending.shift(); o !== undefined; o = pending.shift()) {
      const k = program.model.kinds.find((k) => k.name === o!.kind)!;
      out += "- " + o.kind + "/" + o.id + " " + o.place.file + ":" + o.place.line + ":" + o.place.column + " " + o.place.pointer + "\n";
      if (o.exists) out += "  exists? " + o.exists.reason + "\n";
      if (o.unresolved) out += "  which? " + o.unresolved.reason + "\n";
      const names = [...(o.fields.id !== o.id ? ["id"] : []), "name", ...k.fields.map((f) => f.name)];
      for (const from of program.model.kinds) for (const f of from.fields) {
        const t = f.type.name === "list" ? f.type.elem! : f.type;
        if (f.inverse && t.link === k.name && !names.includes(f.inverse)) names.push(f.inverse);
      }
      for (const name of names) out += "  " + name + ": " + (name in o.fields ? value(o.fields[name]) : "not set") + "\n";
    }
  };
  for (const k of program.model.kinds) {
    const v = t.world.collections[k.name];
    if ((Array.isArray(v) && v.length === 0) || unread.includes(k.name)) continue;
    out += k.name + ": " + value(v) + "\n";
    objects();
  }
  for (const s of t.subjects) {
    const n = s.objects.length + (s.counted ?? 0);
    if (n > 0) out += "subjects " + s.kind + " " + n + "\n";
  }
  if (t.unstated.length > 0) out += "unstated " + t.unstated.join(" ") + "\n";
  for (const f of program.model.declared) {
    const v = value(t.world.declared[f.name]);
    if (v !== "[]") out += "declared " + f.name + ": " + v + "\n";
  }
  return out;
}
`
