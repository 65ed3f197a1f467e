// Package rulejs translates a valid rule set to JavaScript: each expression as
// a function over theme/runtime that a person can read, and as the tree that
// the runtime falls back to where a value is unknown.
//
// It takes a *rule.Set and gives the text of a module that imports
// "plumbline:runtime". Translation is total: what analysis accepted translates.
//
// Invariant: a generated function gives what expr's VM gives, or throws where
// the VM fails or meets an unknown.
package rulejs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
)

// Translate returns the module's text. Besides the whole program it exports parts
// of it, for bundles that need no more.
func Translate(set *rule.Set, version string) []byte {
	w := &writer{}
	m := set.Env.Model()
	w.line("// Rules of this site as functions. Each stands below the expression it was made from.")
	w.line(`import * as rt from "plumbline:runtime";`)
	w.line("")
	w.fields(set.Env, m)
	w.modelLibrary(set.Env, m)
	w.mappings(set.Env, m)
	w.rules(set)
	w.line("const info = %s;", strings.TrimSpace(string(set.JSON())))
	w.commands(m)
	w.line("const model = rt.shaped(%s, fields);", m.JSON())
	w.line("const unread = %s;", quotes(set.Unread()))
	w.line("const program = { version: %s, model, lib, mappings, rules, info, commands, unread };", quote(version))
	w.line("export default program;")
	w.line("export { lib, model, rules };")
	w.texts(set)
	w.figure(set.Env)
	return []byte(w.b.String())
}

type writer struct{ b strings.Builder }

func (w *writer) line(format string, args ...any) {
	if len(args) == 0 {
		w.b.WriteString(format)
	} else {
		fmt.Fprintf(&w.b, format, args...)
	}
	w.b.WriteByte('\n')
}

// quote writes a string as JavaScript does; JSON is a subset of it.
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func quotes(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = quote(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// fields writes a class for each kind, so that the objects of a kind hold the
// same fields in the same order, which is what makes reading one cheap.
func (w *writer) fields(env *lang.Env, m *model.Model) {
	w.line("// What the objects of each kind hold, in the order of the model.")
	w.line("const fields = {")
	for _, k := range m.Kinds {
		names := []string{"id", "name"}
		for _, f := range k.Fields {
			names = append(names, f.Name)
		}
		for _, inv := range env.Inverses(k) {
			names = append(names, inv.Name)
		}
		for _, d := range k.Derived {
			names = append(names, d.Name)
		}
		for i, name := range names {
			if !simple.MatchString(name) || name == "constructor" {
				names[i] = "[" + quote(name) + "]"
			}
		}
		w.line("  %s: class { %s; },", quote(k.Name), strings.Join(names, "; "))
	}
	w.line("};")
	w.line("")
}

func (w *writer) modelLibrary(env *lang.Env, m *model.Model) {
	w.line("const lib = {")
	w.line("  one: {")
	for _, k := range m.Kinds {
		w.line("    %s: %s,", quote(k.Name), quote(k.One))
	}
	w.line("  },")
	w.line("  derived: {")
	for _, k := range m.Kinds {
		if len(k.Derived) == 0 {
			continue
		}
		w.line("    %s: {", quote(k.Name))
		for _, d := range k.Derived {
			w.expr("      ", quote(d.Name)+": ", env.Derived(k.Name, d.Name), []string{lang.SelfName}, ",")
		}
		w.line("    },")
	}
	w.line("  },")
	w.line("  functions: {")
	for _, f := range m.Functions {
		var params []string
		for _, p := range f.Params {
			params = append(params, p.Name)
		}
		w.shaped("    ", quote(f.Name)+": ", env.Function(f.Name), params, paramShapes(env, f.Name), ",")
	}
	w.line("  },")
	w.line("};")
	w.line("")
}

func (w *writer) mappings(env *lang.Env, m *model.Model) {
	vars := []string{"resource", "item", "index"}
	w.line("const mappings = {")
	for _, in := range m.Inputs {
		w.line("  %s: [", quote(in.Name))
		for _, mp := range env.Mappings(in.Name) {
			w.line("    {")
			also := make([]string, len(mp.Also))
			for i, name := range mp.Also {
				also[i] = quote(name)
			}
			w.line("      kind: %s, type: %s, also: [%s],", quote(mp.Kind), quote(mp.Type), strings.Join(also, ", "))
			for _, part := range []struct {
				name string
				x    *lang.Expr
			}{{"within", mp.Within}, {"when", mp.When}, {"each", mp.Each}, {"id", mp.ID}, {"name", mp.Name}} {
				if part.x == nil {
					w.line("      %s: null,", part.name)
				} else {
					w.expr("      ", part.name+": ", part.x, vars, ",")
				}
			}
			w.line("      fields: {")
			for _, f := range mp.Fields {
				w.expr("        ", quote(f.Field.Name)+": ", f.Expr, vars, ",")
			}
			w.line("      },")
			w.line("    },")
		}
		w.line("  ],")
	}
	w.line("};")
	w.line("")
}

func (w *writer) commands(m *model.Model) {
	w.line("const commands = [")
	for _, c := range m.Commands {
		states := make([]string, len(c.States))
		for i, kind := range c.States {
			states[i] = quote(kind)
		}
		w.line("  { input: %s, run: %s, states: [%s] },", quote(c.Input), quote(c.Run), strings.Join(states, ", "))
	}
	w.line("];")
}

func (w *writer) rules(set *rule.Set) {
	w.line("const rules = [")
	for _, r := range set.Rules {
		var vars []string
		kind := "null"
		if r.Kind != nil {
			vars, kind = []string{r.Var}, quote(r.Kind.Name)
		}
		w.line("  // %s", oneLine(r.Title))
		w.line("  {")
		w.line("    id: %s, title: %s, severity: %s, kind: %s, subject: %s,", quote(r.ID), quote(r.Title), quote(r.Severity), kind, quote(r.Var))
		w.line("    page: %s, fix: %s,", quote(r.Anchor()), quote(r.Fix))
		for _, part := range []struct {
			name string
			x    *lang.Expr
		}{{"where", r.Where}, {"assert", r.Assert}, {"fact", r.Fact}} {
			if part.x == nil {
				w.line("    %s: null,", part.name)
			} else {
				w.expr("    ", part.name+": ", part.x, vars, ",")
			}
		}
		w.message(r, vars)
		w.line("  },")
	}
	w.line("];")
	w.line("")
}

func (w *writer) message(r *rule.Rule, vars []string) {
	if r.Message == nil {
		w.line("    message: null,")
		return
	}
	w.line("    message: [")
	for _, p := range r.Message.Parts {
		if p.Expr == nil {
			w.line("      %s,", quote(p.Text))
		} else {
			w.expr("      ", "", p.Expr, vars, ",")
		}
	}
	w.line("    ],")
}

// Expression writes one expression as an object of theme/runtime's type Expr.
func Expression(x *lang.Expr, vars []string) string {
	w := &writer{}
	w.expr("", "", x, vars, "")
	return w.b.String()
}

// Run writes the function of Expression alone, without the tree form that an
// unknown or an error needs.
func Run(x *lang.Expr, vars []string) string {
	return fmt.Sprintf("{ run: %s }", newTranslator(x, vars, subjects(x, vars)).function(parameters(vars), x.Root))
}

// subjects are the shapes of variables that hold the object a rule looks at, or
// that a derived value belongs to.
func subjects(x *lang.Expr, vars []string) map[string]shape {
	shapes := map[string]shape{}
	for _, v := range vars {
		if x.IsObject(v) {
			shapes[v] = anObject
		}
	}
	return shapes
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// expr writes an expression in both forms, below its own text.
func (w *writer) expr(indent, name string, x *lang.Expr, vars []string, end string) {
	w.shaped(indent, name, x, vars, subjects(x, vars), end)
}

func (w *writer) shaped(indent, name string, x *lang.Expr, vars []string, shapes map[string]shape, end string) {
	t := newTranslator(x, vars, shapes)
	run := strings.ReplaceAll(t.function(parameters(vars), x.Root), "\n", "\n"+indent+"  ")
	file := ""
	if src := x.Text.Span.Source; src != nil {
		file = src.File
	}
	w.line("%s// %s", indent, oneLine(x.Text.Value))
	text, patterns := t.treeText()
	more := ""
	if len(patterns) > 0 {
		more = fmt.Sprintf(", () => [%s]", strings.Join(patterns, ", "))
	}
	w.line("%s%s/* @__PURE__ */ rt.compiled(", indent, name)
	w.line("%s  %s,", indent, run)
	w.line("%s  %s,", indent, single(text))
	w.line("%s  %s, %s%s", indent, quotes(vars), quote(file), more)
	w.line("%s)%s", indent, end)
}

// parameters are those of a generated function.
func parameters(vars []string) string {
	params := []string{"w"}
	for _, v := range vars {
		params = append(params, identifier(v))
	}
	return strings.Join(params, ", ")
}

// identifier is the JavaScript name of a variable of an expression. A name that
// JavaScript or the generated code uses gets a trailing "_", and so does one that
// ends with "_" already: two names stay two.
func identifier(name string) string {
	switch name {
	case lang.SelfName:
		return "self"
	case lang.EnvName:
		return "env"
	}
	if slices.Contains(reserved, name) || strings.HasSuffix(name, "_") || isGenerated(name) {
		return name + "_"
	}
	return name
}

// isGenerated reports names of elements, indexes, accumulators and chains: x1.
func isGenerated(name string) bool {
	digits := strings.TrimLeft(name, "xiao")
	return len(name)-len(digits) == 1 && strings.Trim(digits, "0123456789") == ""
}

var reserved = strings.Fields(`arguments await break case catch class const continue debugger default delete do else enum
	eval export extends false finally for function if implements import in instanceof interface let new null package
	private protected public return self static super switch this throw true try typeof undefined var void while with
	yield w rt env lib mappings rules program NaN Infinity`)
