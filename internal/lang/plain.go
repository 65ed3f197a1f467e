package lang

import "strings"

// reads evaluates what most mappings are: a chain of keys, with "??", texts that are
// joined by "+" or compared, and filters of what is empty. It needs no machine for that.
type reads struct {
	resource map[string]any
	item     any
	ended    bool // the chain at hand met nil before a "?."
}

// eval gives the value of an expression, which may be an *Unknown, or false
// where the expression or its values need the machine.
func (r *reads) eval(n *Node) (any, bool) {
	switch n.Op {
	case OpLit:
		return n.Lit, true
	case OpVar:
		switch n.Name {
		case "resource":
			return r.resource, true
		case "item":
			return plainValue(r.item)
		}
	case OpChain:
		outer := r.ended
		r.ended = false
		v, ok := r.eval(n.Args[0])
		r.ended = outer
		return v, ok
	case OpGet:
		return r.get(n)
	case OpElse:
		v, ok := r.eval(n.Args[0])
		if !ok || v != nil {
			return v, ok
		}
		return r.eval(n.Args[1])
	case OpList:
		if len(n.Args) == 0 {
			return []any{}, true
		}
	case OpBin:
		return r.texts(n)
	case OpCall:
		if n.Name == "lower" {
			v, ok := r.eval(n.Args[0])
			s, isText := v.(string)
			return strings.ToLower(s), ok && isText
		}
	case OpLoop:
		if n.Name == "filter" {
			v, ok := r.eval(n.Args[0])
			list, isList := v.([]any)
			return []any{}, ok && isList && len(list) == 0
		}
	}
	return nil, false
}

func (r *reads) get(n *Node) (any, bool) {
	base, ok := r.eval(n.Args[0])
	if !ok || r.ended {
		return nil, ok
	}
	if m, ok := base.(map[string]any); ok {
		return plainValue(m[n.Name])
	}
	if base == nil && n.Optional {
		r.ended = true
		return nil, true
	}
	return nil, false
}

// texts is "+" of two short texts, or whether two are the same.
func (r *reads) texts(n *Node) (any, bool) {
	switch n.Name {
	case "+", "==", "!=":
	default:
		return nil, false
	}
	a, aok := r.eval(n.Args[0])
	b, bok := r.eval(n.Args[1])
	s, sok := a.(string)
	t, tok := b.(string)
	if !aok || !bok || !sok || !tok {
		return nil, false
	}
	switch n.Name {
	case "==":
		return s == t, true
	case "!=":
		return s != t, true
	}
	return s + t, len(s)+len(t) <= 1<<12
}

// plainValue refuses what is partial, and lists and maps that are nil.
func plainValue(v any) (any, bool) {
	switch x := v.(type) {
	case *Partial:
		return nil, false
	case []any:
		return v, x != nil
	case map[string]any:
		return v, x != nil
	}
	return v, true
}
