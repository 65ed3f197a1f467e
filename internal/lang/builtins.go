package lang

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	exprbuiltin "github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm/runtime"
)

// sortList is sort and sortBy: expr's own order, but stable. expr's VM leaves
// the order of equal elements to an algorithm that no other engine has; up to
// twelve elements it is stable too, beyond that this differs from it on purpose.
func sortList(list, keys, order any) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%v", r)
		}
	}()
	elems, _ := items(list)
	by, ok2 := items(keys)
	direction, ok3 := order.(string)
	if _, isMap := mapOf(list); isMap && len(elems) > 0 {
		return nil, fmt.Errorf("a map has no elements")
	}
	if !ok2 || !ok3 || direction != "asc" && direction != "desc" {
		return nil, fmt.Errorf(`the order is "asc" or "desc"`)
	}
	index := make([]int, len(elems))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(i, j int) int {
		a, b := by[i], by[j]
		if direction == "desc" {
			a, b = b, a
		}
		switch {
		case runtime.Less(a, b):
			return -1
		case runtime.Less(b, a):
			return 1
		}
		return 0
	})
	out := make([]any, len(elems))
	for i, j := range index {
		out[i] = elems[j]
	}
	return out, nil
}

// isScalar reports whether a value is a scalar of the language. Text of lists
// and maps is outside it: expr prints them as Go does.
func isScalar(v any) bool {
	switch v.(type) {
	case nil, bool, int, float64, string:
		return true
	}
	return false
}

// scalarOnly are builtins that take scalars alone.
func scalarOnly(name string) func([]any) (any, error) {
	b := exprbuiltin.Builtins[exprbuiltin.Index[name]]
	return func(a []any) (any, error) {
		_, isObject := a[0].(Object)
		if isObject || name != "type" && !isScalar(a[0]) {
			return nil, fmt.Errorf("%q does not work on %s", name, nameOf(a[0]))
		}
		if b.Fast != nil {
			return b.Fast(a[0]), nil
		}
		return b.Func(a...)
	}
}

// fromJSON reads JSON as the other engine does: numbers are floats.
func fromJSON(a []any) (any, error) {
	s, ok := a[0].(string)
	if !ok {
		return nil, fmt.Errorf("%q does not work on %s", "fromJSON", nameOf(a[0]))
	}
	if strings.Count(s, "[")+strings.Count(s, "{") > maxNesting {
		return nil, fmt.Errorf("%q does not work on deeply nested text", "fromJSON")
	}
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return nil, fmt.Errorf("%q does not work on this text", "fromJSON")
	}
	return v, nil
}

// fromBase64 refuses bytes that are no text: a string is UTF-8 in both engines.
func fromBase64(a []any) (any, error) {
	if _, isText := a[0].(string); !isText {
		return nil, fmt.Errorf("%q does not work on %s", "fromBase64", nameOf(a[0]))
	}
	v, err := exprbuiltin.Builtins[exprbuiltin.Index["fromBase64"]].Func(a...)
	if s, ok := v.(string); err != nil || !ok || !utf8.ValidString(s) {
		return nil, fmt.Errorf("%q does not work on %s", "fromBase64", nameOf(a[0]))
	}
	return v, nil
}

// maxNesting bounds the brackets that fromJSON reads, in both engines.
const maxNesting = 1000

// element is get: expr's [] that gives nil instead of failing. Text has no
// elements in this language.
func element(base, i any) (any, error) {
	switch base.(type) {
	case nil, bool, int, float64:
		return nil, nil
	case Object, string:
		return nil, fmt.Errorf("%q does not work on %s", "get", nameOf(base))
	}
	elems, isMap := items(base)
	if _, isMap = mapOf(base); isMap {
		v, err := index(base, i)
		if isNil(v) {
			v = nil // a missing group is no group, not an empty one
		}
		return v, err
	}
	var k int
	switch n := i.(type) {
	case int:
		k = n
	case float64:
		k = runtime.ToInt(n)
	default:
		return nil, fmt.Errorf("%q does not work on %s and %s", "get", nameOf(base), nameOf(i))
	}
	if k < 0 {
		k += len(elems)
	}
	if k < 0 || k >= len(elems) {
		return nil, nil
	}
	return known(elems[k])
}

// mapOf returns a value that is a map of any kind: a record, or what groupBy
// and fromPairs give, whose keys need not be text.
func mapOf(v any) (reflect.Value, bool) {
	r := reflect.ValueOf(v)
	return r, r.Kind() == reflect.Map
}

// group is groupBy with its keys at hand.
func group(list, keys any) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%v", r) // a key that cannot be one: a list or map
		}
	}()
	elems, _ := items(list)
	if _, isMap := mapOf(list); isMap && len(elems) > 0 {
		return nil, fmt.Errorf("a map has no elements")
	}
	by, _ := items(keys)
	if u := openKey(by); u != nil {
		return nil, u
	}
	out := map[any][]any{}
	for i, e := range elems {
		out[by[i]] = append(out[by[i]], e)
	}
	return out, nil
}

// openKey returns why it is not known which of the keys are the same: one of
// several objects has an open identity.
func openKey(keys []any) *Unknown {
	for _, k := range keys {
		if o, ok := k.(Object); ok && o.object != nil && o.open != nil {
			for _, other := range keys {
				if x, ok := other.(Object); ok && x != o {
					return o.open
				}
			}
		}
	}
	return nil
}

// uniq keeps the first of equal elements. Objects and scalars of one type are
// looked up; only other values are compared one by one, as expr's uniq does.
func uniq(list any) (any, error) {
	elems, isList := items(list)
	if _, isMap := mapOf(list); !isList || isMap {
		return nil, fmt.Errorf("%q does not work on %s", "uniq", nameOf(list))
	}
	if u := openKey(elems); u != nil {
		return nil, u
	}
	out := []any{}
	seen := map[any]bool{}
	for _, e := range elems {
		switch e.(type) {
		case Object, string, bool, nil:
			if seen[e] {
				continue
			}
			seen[e] = true
		default:
			if slices.ContainsFunc(out, func(o any) bool { return runtime.Equal(e, o) }) {
				continue
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// entries is keys, values and toPairs in the order of the keys, so that a rule
// that fails on one of them fails in every run.
func entries(name string) func([]any) (any, error) {
	return func(a []any) (any, error) {
		m, isMap := mapOf(a[0])
		if !isMap {
			return nil, fmt.Errorf("%q does not work on %s", name, nameOf(a[0]))
		}
		// A key that is NaN cannot be looked up, so keys and values go together.
		pairs := [][2]any{}
		for it := m.MapRange(); it.Next(); {
			pairs = append(pairs, [2]any{it.Key().Interface(), it.Value().Interface()})
		}
		order := func(p [2]any) string { return typeName(p[0]) + " " + show(p[0]) }
		slices.SortStableFunc(pairs, func(a, b [2]any) int { return strings.Compare(order(a), order(b)) })
		out := make([]any, len(pairs))
		for i, p := range pairs {
			switch name {
			case "keys":
				out[i] = p[0]
			case "values":
				out[i] = p[1]
			default:
				out[i] = p // as expr has it: no list, and equal to none
			}
		}
		return out, nil
	}
}
