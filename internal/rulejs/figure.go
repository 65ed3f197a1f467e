package rulejs

import (
	"github.com/plumbline/plumbline/internal/lang"
)

// figure writes what topologies are drawn as, an export of its own: only what
// draws carries it.
func (w *writer) figure(env *lang.Env) {
	f := env.Figure()
	if f == nil {
		w.line("export const figure = null;")
		return
	}
	w.line("export const figure = {")
	w.line("  icons: {")
	for _, i := range f.Icons {
		w.line("    %s: %s,", quote(i.Name), quote(i.Path))
	}
	w.line("  },")
	w.line("  places: [")
	for _, p := range f.Places {
		w.line("    { name: %s, title: %s, icon: %s },", quote(p.Name), quote(p.Title), quote(p.Icon))
	}
	w.line("  ],")
	w.line("  shapes: [")
	for _, s := range f.Shapes {
		w.line("    {")
		w.line("      kind: %s, title: %s, box: %t, icon: %s, group: %s, across: %t,", quote(s.Kind), quote(env.Model().Kind(s.Kind).Title), s.Box, quote(s.Icon), quote(s.Group), s.Across)
		w.parts(env.FigureVar(s.Kind), part{"in", s.In}, part{"row", s.Row}, part{"label", s.Label}, part{"note", s.Note}, part{"tags", s.Tags})
		w.line("    },")
	}
	w.line("  ],")
	w.line("  tags: {")
	for _, t := range f.Tags {
		w.line("    %s: %s,", quote(t.Kind), quote(t.Text))
	}
	w.line("  },")
	w.line("  edges: [")
	for _, d := range f.Edges {
		w.line("    {")
		w.line("      name: %s, title: %s, verb: %s, kind: %s, line: %s,", quote(d.Name), quote(d.Title), quote(d.Verb), quote(d.Kind), quote(d.Line))
		w.line("      fromPlace: %s, toPlace: %s, oneWay: %s,", quote(d.FromPlace), quote(d.ToPlace), quote(d.OneWay))
		w.parts(env.FigureVar(d.Kind), part{"from", d.From}, part{"to", d.To}, part{"when", d.When}, part{"label", d.Label})
		w.line("    },")
	}
	w.line("  ],")
	w.line("  also: [")
	for _, kind := range f.Also {
		w.line("    { kind: %s, title: %s },", quote(kind), quote(env.Model().Kind(kind).Title))
	}
	w.line("  ],")
	w.line("};")
}

// part is an expression under its name, nil where there is none.
type part struct {
	name string
	x    *lang.Expr
}

func (w *writer) parts(subject string, parts ...part) {
	for _, p := range parts {
		if p.x == nil {
			w.line("      %s: null,", p.name)
		} else {
			w.expr("      ", p.name+": ", p.x, []string{subject}, ",")
		}
	}
}
