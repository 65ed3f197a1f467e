package rulejs

import (
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// shape is what is certain of a node's value at run time. The types of analysis
// are hints; a shape is a promise, kept by the linker, which makes the objects of
// a topology, and by the checks that generated code makes where it ends.
type shape struct {
	sure     bool // anything is certain at all
	nullable bool // the object, or an object of the list, may be nil
	depth    int  // 0: an object; 1: a list of them; 2: a list of such lists …
}

var (
	unsure    = shape{}
	anObject  = shape{sure: true}
	onlyNil   = shape{sure: true, nullable: true, depth: -1}
	emptyList = shape{sure: true, depth: -2}
)

// isObject reports an object that is there; mayBeObject one that is there or nil.
func (s shape) isObject() bool    { return s.mayBeObject() && !s.nullable }
func (s shape) mayBeObject() bool { return s.sure && s.depth == 0 }
func (s shape) isList() bool      { return s.sure && s.depth > 0 }

func (s shape) orNil() shape {
	s.nullable = s.sure
	return s
}

func (s shape) list() shape {
	if !s.sure || s.depth < 0 {
		return unsure
	}
	s.depth++
	return s
}

func (s shape) element() shape {
	if !s.isList() {
		return unsure
	}
	s.depth--
	return s
}

// either is the shape of a value that is one of two.
func either(a, b shape) shape {
	switch {
	case a == onlyNil:
		return b.orNil()
	case b == onlyNil:
		return a.orNil()
	case a == emptyList && b.isList():
		return b
	case b == emptyList && a.isList():
		return a
	case !a.sure || !b.sure || a.depth != b.depth:
		return unsure
	}
	a.nullable = a.nullable || b.nullable
	return a
}

// shaper finds the shapes of an expression's nodes.
type shaper struct {
	env    *lang.Env
	vars   map[string]shape
	ptrs   []shape // elements of the enclosing closures
	inside int     // how many derived values and functions the node is inside of
}

// maxInside bounds how far shapes are followed through derived values and functions.
const maxInside = 6

func (s *shaper) shape(n *lang.Node) shape {
	switch n.Op {
	case lang.OpLit:
		if n.Lit == nil {
			return onlyNil
		}
	case lang.OpVar:
		return s.vars[n.Name]
	case lang.OpColl:
		return anObject.list()
	case lang.OpPtr:
		return s.ptrs[len(s.ptrs)-1]
	case lang.OpGet:
		return s.field(n)
	case lang.OpAt:
		return s.shape(n.Args[0]).element()
	case lang.OpChain:
		return s.shape(n.Args[0]).orNil()
	case lang.OpElse:
		l := s.shape(n.Args[0])
		if l.mayBeObject() {
			l.nullable = false
		}
		return either(l, s.shape(n.Args[1]))
	case lang.OpCond:
		return either(s.shape(n.Args[1]), s.shape(n.Args[2]))
	case lang.OpLet:
		defer s.let(n)()
		return s.shape(n.Args[1])
	case lang.OpList:
		return s.literal(n)
	case lang.OpLoop:
		return s.loop(n)
	case lang.OpCall:
		return s.call(n)
	case lang.OpFunc:
		return s.within(s.env.Function(n.Name), paramShapes(s.env, n.Name))
	}
	return unsure
}

// let binds the variable of a let; the function it returns undoes that.
func (s *shaper) let(n *lang.Node) func() {
	old := s.vars[n.Name]
	s.vars[n.Name] = s.shape(n.Args[0])
	return func() { s.vars[n.Name] = old }
}

func (s *shaper) literal(n *lang.Node) shape {
	if len(n.Args) == 0 {
		return emptyList
	}
	all := s.shape(n.Args[0])
	for _, a := range n.Args[1:] {
		all = either(all, s.shape(a))
	}
	return all.list()
}

// field is the shape of a link, a list of links or a derived value. A list may be
// nil as a whole, which whoever goes through it finds out; inside another list
// that counts as an element that may be nil.
func (s *shaper) field(n *lang.Node) shape {
	if n.Args[0].Type.Name != "object" {
		return unsure
	}
	k := n.Args[0].Type.Kind
	if f := k.Field(n.Name); f != nil {
		switch t := f.Type; {
		case t.Name == "link":
			return anObject.orNil()
		case t.Name == "list" && t.Elem != nil && t.Elem.Name == "link":
			return anObject.orNil().list()
		}
		return unsure
	}
	if isInverse(s.env, k, n.Name) {
		return anObject.list()
	}
	return s.within(s.env.Derived(k.Name, n.Name), map[string]shape{lang.SelfName: anObject})
}

// within is the shape of another expression of the model.
func (s *shaper) within(x *lang.Expr, vars map[string]shape) shape {
	if x == nil || s.inside == maxInside {
		return unsure
	}
	return (&shaper{env: s.env, vars: vars, inside: s.inside + 1}).shape(x.Root)
}

func (s *shaper) loop(n *lang.Node) shape {
	list := s.shape(n.Args[0])
	switch n.Name {
	case "filter", "sortBy":
		return list
	case "find":
		return list.element().orNil()
	case "map":
		s.ptrs = append(s.ptrs, list.element())
		defer func() { s.ptrs = s.ptrs[:len(s.ptrs)-1] }()
		return s.shape(n.Args[1]).list()
	}
	return unsure
}

func (s *shaper) call(n *lang.Node) shape {
	list := s.shape(n.Args[0])
	switch n.Name {
	case "first", "last":
		return list.element().orNil()
	case "uniq", "reverse", "take":
		return list
	case "concat":
		for _, a := range n.Args[1:] {
			list = either(list, s.shape(a))
		}
		return list
	case "flatten":
		if list.isList() {
			list.depth = 1
		}
		return list
	}
	return unsure
}

// isInverse reports whether a field is a list that links of other objects fill.
func isInverse(env *lang.Env, k *model.Kind, name string) bool {
	for _, inv := range env.Inverses(k) {
		if inv.Name == name {
			return true
		}
	}
	return false
}

// paramShapes gives the shapes of a function's parameters, which its callers see to.
func paramShapes(env *lang.Env, function string) map[string]shape {
	shapes := map[string]shape{}
	for _, p := range modelFunction(env, function).Params {
		if p.Type.Name == "link" {
			shapes[p.Name] = anObject.orNil()
		}
	}
	return shapes
}

func modelFunction(env *lang.Env, name string) *model.Function {
	for _, f := range env.Model().Functions {
		if f.Name == name {
			return f
		}
	}
	panic("rulejs: no function " + name) // analysis found it
}
