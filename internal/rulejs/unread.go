package rulejs

import (
	"slices"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
)

// unread lists the kinds of which nothing looks at an object unless one of another
// kind leads to it: no rule is about them, nothing reads or draws their collection,
// and no link goes to them. Of an object that links to no other it is enough to
// know that there is one.
func unread(set *rule.Set) []string {
	m := set.Env.Model()
	var expressions []*lang.Expr
	read := map[string]bool{}
	for _, r := range set.Rules {
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
	if f := set.Env.Figure(); f != nil {
		for _, s := range f.Shapes {
			read[s.Kind] = true
			expressions = append(expressions, s.In, s.Row, s.Label, s.Note, s.Tags)
		}
		for _, e := range f.Edges {
			read[e.Kind] = true
			expressions = append(expressions, e.From, e.To, e.When, e.Label)
		}
		for _, kind := range f.Also {
			read[kind] = true
		}
	}
	for _, kind := range set.Env.Reads(expressions...).Collections {
		read[kind] = true
	}
	for _, k := range m.Kinds {
		for _, f := range k.Fields {
			for _, kind := range linked(&f.Type) {
				read[kind] = true
			}
		}
	}
	var out []string
	for _, k := range m.Kinds {
		if !read[k.Name] {
			out = append(out, k.Name)
		}
	}
	slices.Sort(out)
	return out
}

// linked lists the kinds that values of a type lead to.
func linked(t *model.Type) []string {
	switch {
	case t == nil:
		return nil
	case t.Name == "link":
		return []string{t.Link}
	}
	out := linked(t.Elem)
	for _, f := range t.Fields {
		out = append(out, linked(&f.Type)...)
	}
	return out
}
