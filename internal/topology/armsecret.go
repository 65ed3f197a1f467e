package topology

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// secretPath names a value that may be a secret: in a reason, in a text, and in
// an Expr.
type secretPath struct{ source, text, expr string }

// secretSteps is what hiding one secret counts: the value around it is copied.
const secretSteps = 20

func (p secretPath) key(name string) secretPath {
	return secretPath{p.source + "." + name, p.text + "." + name, p.expr + "." + quoteExpr(foldLower(name))}
}

func (p secretPath) index(i int) secretPath {
	part := fmt.Sprintf("[%d]", i)
	return secretPath{p.source + part, p.text + part, p.expr + part}
}

// hide replaces what the declaration of a parameter or output calls secure: what
// is in a secret is nobody's to print, a rule sees only that it is there. It
// reports whether it replaced anything.
func (r *armReader) hide(f *armFrame, n *document.Node, v any, at secretPath) (any, bool) {
	if emptyValue(v) {
		return v, false
	}
	if r.steps++; r.exhausted() {
		return r.overLimit(), true
	}
	types := r.declaration(f, n)
	for _, t := range types {
		if kind := foldLower(foldGet(t, "type").Text()); strings.HasPrefix(kind, "secure") {
			if u, ok := v.(*lang.Unknown); !ok || r.secrets[u.Expr] {
				r.secrets["{"+at.expr+"}"] = true
			}
			r.steps += secretSteps
			return piece("["+at.source+"] is a "+kind, "<"+at.text+">", at.expr), true
		}
	}
	switch v := v.(type) {
	case map[string]any:
		return r.hideMembers(f, types, v, at)
	case []any:
		return r.hideElements(f, types, v, at)
	}
	return v, false
}

func (r *armReader) hideMembers(f *armFrame, types []*document.Node, m map[string]any, at secretPath) (any, bool) {
	out := m
	changed := false
	for _, k := range sortedKeys(m) {
		item := m[k]
		member := r.memberType(f, types, m, k, 0)
		if member == nil {
			continue
		}
		hidden, ok := r.hide(f, member, item, at.key(k))
		if !ok {
			continue
		}
		if !changed {
			changed, out = true, make(map[string]any, len(m))
			for k, v := range m {
				out[k] = v
			}
		}
		out[k] = hidden
	}
	return out, changed
}

// memberType is the declared type of a property of an object, or nil. level
// counts the variants inside each other.
func (r *armReader) memberType(f *armFrame, types []*document.Node, m map[string]any, key string, level int) *document.Node {
	for _, t := range types {
		if p := foldGet(foldGet(t, "properties"), key); p != nil {
			return p
		}
		if d := foldGet(t, "discriminator"); d != nil && level < maxTypes {
			kind, _ := foldKey(m, foldGet(d, "propertyName").Text())
			name, _ := kind.(string)
			if variant := foldGet(foldGet(d, "mapping"), name); variant != nil {
				return r.memberType(f, r.declaration(f, variant), m, key, level+1)
			}
		}
		if more := foldGet(t, "additionalProperties"); more != nil && more.Kind == document.Map {
			return more
		}
	}
	return nil
}

func (r *armReader) hideElements(f *armFrame, types []*document.Node, list []any, at secretPath) (any, bool) {
	out := list
	changed := false
	for i, item := range list {
		element := elementType(types, i)
		if element == nil {
			continue
		}
		hidden, ok := r.hide(f, element, item, at.index(i))
		if !ok {
			continue
		}
		if !changed {
			changed, out = true, append([]any{}, list...)
		}
		out[i] = hidden
	}
	return out, changed
}

// elementType is the declared type of an element of a list, or nil.
func elementType(types []*document.Node, i int) *document.Node {
	for _, t := range types {
		if first := foldGet(t, "prefixItems"); first != nil && i < len(first.Items) {
			return first.Items[i]
		}
		if items := foldGet(t, "items"); items != nil && items.Kind == document.Map {
			return items
		}
	}
	return nil
}

// notEmpty reports whether a value is a secret of which nothing but that it is
// there may be known.
func (r *armReader) notEmpty(v any) bool {
	u, ok := v.(*lang.Unknown)
	return ok && r.secrets[u.Expr]
}
