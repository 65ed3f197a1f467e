package topology

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// founding is the model of this repository.
func founding(t testing.TB) *lang.Env {
	t.Helper()
	m, problems := model.Load(os.DirFS("../../rules"))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	env, problems := lang.NewEnv(m)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return env
}

// dump prints a topology: every object with its fields, and the problems.
func dump(env *lang.Env, t *Topology) string {
	var b strings.Builder
	fmt.Fprintf(&b, "format %s\n", t.Format)
	if t.World != nil {
		for _, k := range env.Model().Kinds {
			v := t.World.Collections[k.Name]
			items, state := listOf(v)
			if len(items) == 0 && state == "" {
				continue
			}
			fmt.Fprintf(&b, "%s%s\n", k.Name, state)
			for _, item := range items {
				dumpObject(&b, env, k, item.(lang.Object))
			}
		}
		for _, d := range env.Model().Declared {
			fmt.Fprintf(&b, "declared %s = %s\n", d.Name, printed(t.World.Declared[d.Name]))
		}
	}
	for _, d := range t.Problems.Sorted() {
		file, line, column := d.Place()
		fmt.Fprintf(&b, "%s:%d:%d: %s: %s [%s] %s\n", file, line, column, d.Severity, d.Message, d.Code, d.Hint)
	}
	return b.String()
}

func dumpObject(b *strings.Builder, env *lang.Env, k *model.Kind, o lang.Object) {
	line, column := 0, 0
	if s := o.Place().Span.Source; s != nil {
		line, column = s.Position(o.Place().Span.Start)
	}
	fmt.Fprintf(b, "  %s %d:%d %s\n", o.Name(), line, column, o.Place().Pointer)
	if u := o.Existence(); u != nil {
		fmt.Fprintf(b, "    exists? %s\n", u.Reason)
	}
	if u := o.Unresolved(); u != nil {
		fmt.Fprintf(b, "    identity? %s\n", u.Reason)
	}
	names := []string{"id", "name"}
	for _, f := range k.Fields {
		names = append(names, f.Name)
	}
	for _, inv := range env.Inverses(k) {
		names = append(names, inv.Name)
	}
	for _, name := range names {
		v, ok := o.Field(name)
		if !ok {
			fmt.Fprintf(b, "    %s NOT SET\n", name)
			continue
		}
		fmt.Fprintf(b, "    %s = %s\n", name, printed(v))
	}
}

func listOf(v any) ([]any, string) {
	switch v := v.(type) {
	case []any:
		return v, ""
	case *lang.Partial:
		if v.Open != nil {
			return v.Items, " (open: " + v.Open.Reason + ")"
		}
		return v.Items, " (existence open)"
	case *lang.Unknown:
		return nil, " (unknown: " + v.Reason + ")"
	}
	return nil, fmt.Sprintf(" (%T)", v)
}

func printed(v any) string {
	switch v := v.(type) {
	case lang.Object:
		return "→" + v.Name()
	case *lang.Unknown:
		if v.Text != "" {
			return fmt.Sprintf("unknown %s %s (%s)", v.Text, v.Expr, v.Reason)
		}
		return "unknown (" + v.Reason + ")"
	case *lang.Partial, []any:
		items, state := listOf(v)
		parts := make([]string, len(items))
		for i, item := range items {
			parts[i] = printed(item)
		}
		return "[" + strings.Join(parts, ", ") + "]" + state
	case map[string]any:
		parts := []string{}
		for k, item := range v {
			parts = append(parts, k+": "+printed(item))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case string:
		return jsonString(v)
	}
	return fmt.Sprintf("%v", v)
}

func TestDumpReal(t *testing.T) {
	env := founding(t)
	paths, _ := filepath.Glob(os.Getenv("DUMP"))
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		top := Read(env, []File{{filepath.Base(p), string(text)}}, Options{})
		fmt.Println("=====", p)
		fmt.Println(dump(env, top))
	}
}
