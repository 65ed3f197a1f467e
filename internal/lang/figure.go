package lang

import (
	"fmt"
	"slices"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/model"
)

// Figure is a model's figure file with its expressions compiled; an expression
// that the file leaves out is nil.
type Figure struct {
	*model.Figure
	Shapes []*FigureShape
	Edges  []*FigureEdge
}

// FigureShape is a box or node with its expressions.
type FigureShape struct {
	*model.FigureShape
	In, Row, Label, Note, Tags *Expr
}

// FigureEdge is an edge with its expressions.
type FigureEdge struct {
	*model.FigureEdge
	From, To, When, Label *Expr
}

// Figure returns the compiled figure file, or nil where the model has none.
func (e *Env) Figure() *Figure { return e.figure }

// FigureVar is the name of the object that an expression of the figure file is
// about: what its kind calls one.
func (e *Env) FigureVar(kind string) string { return e.model.Kind(kind).One }

func (c *modelCompiler) drawing(f *model.Figure) *Figure {
	out := &Figure{Figure: f}
	for _, s := range f.Shapes {
		compile := c.about(s.Kind)
		out.Shapes = append(out.Shapes, &FigureShape{s,
			c.objects(compile(s.In), "in"), compile(s.Row), compile(s.Label), compile(s.Note), c.objects(compile(s.Tags), "tags")})
	}
	for _, d := range f.Edges {
		compile := c.about(d.Kind)
		when := compile(d.When)
		if when != nil && !when.MayBeBool() {
			c.wrong(when, fmt.Sprintf("\"when\" is true or false, not %s", when.TypeName()))
		}
		out.Edges = append(out.Edges, &FigureEdge{d, c.objects(compile(d.From), "from"), c.objects(compile(d.To), "to"), when, compile(d.Label)})
	}
	return out
}

// about gives the compiler of expressions about one object of a kind.
func (c *modelCompiler) about(kind string) func(model.Text) *Expr {
	k := c.model.Kind(kind)
	sc := scope{vars: map[string]*Type{k.One: objectOf(k)}, collections: true, functions: true}
	return func(t model.Text) *Expr {
		if t.Value == "" {
			return nil
		}
		return c.expr(t, sc, "", c.diags)
	}
}

// objects reports an expression that cannot give objects or lists of them, or
// gives objects that are not drawn.
func (c *modelCompiler) objects(x *Expr, key string) *Expr {
	if x == nil {
		return nil
	}
	t := x.Root.Type
	for t.is("list") {
		t = t.elem()
	}
	if !t.may("object", "nil") {
		c.wrong(x, fmt.Sprintf("%q gives objects, not %s", key, x.TypeName()))
		return x
	}
	if !t.is("object") {
		return x
	}
	drawn := func(s *model.FigureShape) bool { return s.Kind == t.Kind.Name && (s.Box || key != "in") }
	switch f := c.model.Figure; {
	case key == "tags":
		if !slices.ContainsFunc(f.Tags, func(g model.FigureTag) bool { return g.Kind == t.Kind.Name }) {
			c.wrong(x, fmt.Sprintf("%q gives %s, which have no tag", key, t.Kind.Name))
		}
	case !slices.ContainsFunc(f.Shapes, drawn):
		what := "are not drawn"
		if key == "in" {
			what = "are not boxes"
		}
		c.wrong(x, fmt.Sprintf("%q gives %s, which %s", key, t.Kind.Name, what))
	}
	return x
}

func (c *modelCompiler) wrong(x *Expr, message string) {
	c.diags.Add(diag.Diagnostic{Code: "rule/type", Severity: diag.Error, Span: x.Span(x.Root), Message: message})
}
