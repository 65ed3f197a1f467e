package lang

import (
	"cmp"
	"slices"

	"github.com/plumbline/plumbline/internal/model"
)

// Reads is what an expression can look at, itself and through derived values and
// functions, and the constants it compares with. Each list is sorted.
type Reads struct {
	Fields      []FieldRead // stated fields, inverse lists, id and name
	Collections []string
	Declared    []string
	Texts       []string // constants, patterns included
	Patterns    []string
	Ints        []int
}

// FieldRead is a field of a kind.
type FieldRead struct{ Kind, Field string }

// Reads returns what the expressions can look at; nil ones are skipped.
func (e *Env) Reads(expressions ...*Expr) Reads {
	r := &reader{env: e, seen: map[*Expr]bool{}}
	for _, x := range expressions {
		r.expr(x)
	}
	out := &r.out
	compareFields := func(a, b FieldRead) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Field, b.Field)) }
	slices.SortFunc(out.Fields, compareFields)
	out.Fields = slices.Compact(out.Fields)
	for _, list := range []*[]string{&out.Collections, &out.Declared, &out.Texts, &out.Patterns} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	slices.Sort(out.Ints)
	out.Ints = slices.Compact(out.Ints)
	return *out
}

// reader collects Reads.
type reader struct {
	env  *Env
	seen map[*Expr]bool
	out  Reads
}

func (r *reader) expr(x *Expr) {
	if x == nil || r.seen[x] {
		return
	}
	r.seen[x] = true
	x.Root.walk(func(n *Node) {
		switch n.Op {
		case OpColl:
			r.out.Collections = append(r.out.Collections, n.Name)
		case OpDecl:
			r.out.Declared = append(r.out.Declared, n.Name)
		case OpFunc:
			r.expr(r.env.Function(n.Name))
		case OpGet:
			r.get(n)
		case OpLit:
			switch v := n.Lit.(type) {
			case string:
				r.out.Texts = append(r.out.Texts, v)
			case int:
				r.out.Ints = append(r.out.Ints, v)
			}
		case OpBin:
			if n.Name == "matches" {
				r.out.Patterns = append(r.out.Patterns, n.Args[1].Lit.(string))
			}
		}
	})
}

// get notes a read. Of a value whose type analysis does not know it may be any
// object that has the field.
func (r *reader) get(n *Node) {
	switch base := n.Args[0].Type; {
	case base.is("object"):
		r.field(base.Kind, n.Name)
	case base.is("any"):
		for _, k := range r.env.model.Kinds {
			r.field(k, n.Name)
		}
	}
}

func (r *reader) field(k *model.Kind, name string) {
	if x := r.env.Derived(k.Name, name); x != nil {
		r.expr(x)
	} else if r.env.fieldType(k, name) != nil {
		r.out.Fields = append(r.out.Fields, FieldRead{k.Name, name})
	}
}
