package lang

import (
	"fmt"
	"net/netip"
)

// pureFunction is a function with an implementation on each side: here and in
// theme/runtime/pure.ts. What can be written in expr is written in the model.
type pureFunction struct {
	params []*Type
	result *Type
	run    func(args []any) (any, error)
}

var pureFunctions = map[string]pureFunction{
	"prefixLength": {[]*Type{tString}, tInt, func(a []any) (any, error) {
		p, err := cidr("prefixLength", a[0])
		return p.Bits(), err
	}},
	"cidrContains": {[]*Type{tString, tString}, tBool, func(a []any) (any, error) {
		outer, err := cidr("cidrContains", a[0])
		if err != nil {
			return nil, err
		}
		inner, err := cidr("cidrContains", a[1])
		if err != nil {
			return nil, err
		}
		return outer.Bits() <= inner.Bits() && outer.Masked().Contains(inner.Addr()), nil
	}},
	"isIPv4": {[]*Type{tString}, tBool, func(a []any) (any, error) {
		p, err := cidr("isIPv4", a[0])
		return err == nil && p.Addr().Is4(), err
	}},
}

// cidr reads an address prefix or a single address, which is a prefix of its
// full length (RFC 4632). Zones and leading zeros are refused, as in net/netip.
func cidr(function string, v any) (netip.Prefix, error) {
	s, ok := v.(string)
	if !ok {
		return netip.Prefix{}, fmt.Errorf("%s takes text, not %s", function, nameOf(v))
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%s: %q is neither an address nor a prefix", function, s)
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// nameOf names a value's type in messages, alike in both engines: "an int".
func nameOf(v any) string { return article(typeName(v)) }

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "nil"
	case bool:
		return "bool"
	case int:
		return "int"
	case float64:
		return "float"
	case string:
		return "string"
	case Object:
		return "object"
	}
	if _, isMap := mapOf(v); isMap {
		return "map"
	}
	return "array"
}

// IsPure reports whether a name is a function with an implementation on each side.
func IsPure(name string) bool { _, ok := pureFunctions[name]; return ok }

// UsesPure reports whether an expression calls such a function, which expr does
// not have.
func UsesPure(x *Expr) bool {
	found := false
	x.Root.walk(func(n *Node) { found = found || n.Op == OpCall && IsPure(n.Name) })
	return found
}
