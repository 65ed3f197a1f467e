package rule

import (
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// Unread lists the kinds of which nothing looks at an object unless one of another kind
// leads to it: no rule is about them, none reads their collection and no figure draws
// it, and no link goes to them. Of an object that links to no other it is enough to
// know that there is one.
func (s *Set) Unread() []string {
	m := s.Env.Model()
	read := map[string]bool{}
	var expressions []*lang.Expr
	for _, r := range s.Rules {
		if r.Kind != nil {
			read[r.Kind.Name] = true
		}
		expressions = append(expressions, r.Where, r.Assert, r.Fact)
		if r.Message != nil {
			for _, p := range r.Message.Parts {
				expressions = append(expressions, p.Expr)
			}
		}
	}
	if f := s.Env.Figure(); f != nil {
		for _, shape := range f.Shapes {
			read[shape.Kind] = true
			expressions = append(expressions, shape.In, shape.Row, shape.Label, shape.Note, shape.Tags)
		}
		for _, edge := range f.Edges {
			read[edge.Kind] = true
			expressions = append(expressions, edge.From, edge.To, edge.When, edge.Label)
		}
		for _, kind := range f.Also {
			read[kind] = true
		}
	}
	for _, kind := range s.Env.Reads(expressions...).Collections {
		read[kind] = true
	}
	var links func(t *model.Type)
	links = func(t *model.Type) {
		if t == nil {
			return
		}
		read[t.Link] = true
		links(t.Elem)
		for _, f := range t.Fields {
			links(&f.Type)
		}
	}
	var out []string
	for _, k := range m.Kinds {
		for _, f := range k.Fields {
			links(&f.Type)
		}
	}
	for _, k := range m.Kinds {
		if !read[k.Name] {
			out = append(out, k.Name)
		}
	}
	return out
}
