package lang

// plainly runs the operators that evaluation over unknown values meets most, on
// operands for which they are a line of Go. All others are for expr's VM, which
// takes many times as long to start as they take to run.
func plainly(n *Node, operands []any) (v any, done bool) {
	switch n.Op {
	case OpList:
		return operands, true
	case OpNot:
		b, ok := operands[0].(bool)
		return !b, ok
	case OpCall:
		switch n.Name {
		case "len":
			list, ok := operands[0].([]any)
			return len(list), ok
		case "flatten":
			list, ok := operands[0].([]any)
			if !ok {
				return nil, false
			}
			return spread(make([]any, 0, len(list)), list)
		case "concat":
			return joined(operands)
		case "uniq":
			v, err := uniq(operands[0])
			return v, err == nil
		}
	}
	return nil, false
}

// spread adds the elements of a list whose lists hold no lists of their own.
func spread(out, list []any) (any, bool) {
	for _, e := range list {
		inner, isList := e.([]any)
		if !isList {
			inner = []any{e}
		}
		for _, e := range inner {
			if !isSingle(e) {
				return nil, false
			}
			out = append(out, e)
		}
	}
	return out, true
}

// isSingle reports whether a value is none that flatten looks into.
func isSingle(v any) bool {
	_, isObject := v.(Object)
	return isObject || isScalar(v)
}

// joined is concat. Without elements it is nil, as in the VM.
func joined(lists []any) (any, bool) {
	var out []any
	for _, l := range lists {
		list, ok := l.([]any)
		if !ok {
			return nil, false
		}
		out = append(out, list...)
	}
	return out, len(lists) > 0
}
