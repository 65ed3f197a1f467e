package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

func armObjectFunctions() map[string]armFunction {
	return map[string]armFunction{
		"createObject": {max: -1, open: true, run: armCreateObject},
		"json":         {min: 1, max: 1, run: armJSON},
		"items":        {min: 1, max: 1, run: armItems},
		"objectKeys":   {min: 1, max: 1, run: armObjectKeys},
		"shallowMerge": {min: 1, max: 1, run: armShallowMerge},
		"tryGet":       {min: 2, max: -1, lazy: true, run: armTryGet},
	}
}

func armCreateObject(c *armCallEnv) any {
	if len(c.args)%2 != 0 {
		return c.fail("a key has no value")
	}
	out := make(map[string]any, len(c.args)/2)
	for i := 0; i < len(c.args); i += 2 {
		switch k := toText(c.args[i]).(type) {
		case string:
			out[k] = c.args[i+1]
		case *lang.Unknown:
			return c.unknown(k.Reason)
		}
	}
	return c.shallow(out)
}

// shallow guards how deep values nest: what walks them recurses.
func (c *armCallEnv) shallow(v any) any {
	if c.r.deeper(v, document.MaxDepth) {
		c.r.limit(fmt.Sprintf("a value of the template is nested more than %d levels deep", document.MaxDepth))
		return c.r.overLimit()
	}
	return v
}

// deeper reports whether a value has more than so many levels.
func (r *armReader) deeper(v any, levels int) bool {
	r.steps++
	if levels == 0 {
		return true
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if r.deeper(item, levels-1) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if r.deeper(item, levels-1) {
				return true
			}
		}
	}
	return false
}

func armJSON(c *armCallEnv) any {
	s, ok := c.args[0].(string)
	if !ok {
		return c.fail("it takes a text, not " + describe(c.args[0]))
	}
	if v, ok := parseJSONText(s); ok {
		return v
	}
	return c.fail("the text is not JSON")
}

// armItems gives [{key, value}], sorted by key.
func armItems(c *armCallEnv) any {
	m, ok := c.args[0].(map[string]any)
	if !ok {
		return c.fail("it takes an object, not " + describe(c.args[0]))
	}
	out := []any{}
	for _, k := range sortedKeys(m) {
		out = append(out, map[string]any{"key": k, "value": m[k]})
	}
	return out
}

func armObjectKeys(c *armCallEnv) any {
	m, ok := c.args[0].(map[string]any)
	if !ok {
		return c.fail("it takes an object, not " + describe(c.args[0]))
	}
	out := []any{}
	for _, k := range sortedKeys(m) {
		out = append(out, k)
	}
	return out
}

func armShallowMerge(c *armCallEnv) any {
	l, ok := c.args[0].([]any)
	if !ok {
		return c.fail("it takes a list of objects, not " + describe(c.args[0]))
	}
	out := map[string]any{}
	for _, item := range l {
		switch m := item.(type) {
		case map[string]any:
			out = merged(out, m, maxArmNesting)
		case *lang.Unknown:
			return c.unknown(m.Reason)
		default:
			return c.fail("it takes a list of objects; one element is " + describe(item))
		}
	}
	return out
}

// armTryGet reads a path of keys and indexes; what is not there is null.
func armTryGet(c *armCallEnv) any {
	v := c.r.eval(c.env, c.e.args[0])
	for i := 1; i < len(c.e.args); i++ {
		key := c.arg(i)
		if u, ok := key.(*lang.Unknown); ok {
			c.args = []any{plain(v), key}
			return c.unknown(u.Reason)
		}
		switch t := v.(type) {
		case nil:
			return nil
		case map[string]any:
			next, ok := foldKey(t, shown(toText(key)))
			if !ok {
				return nil
			}
			v = next
		case []any:
			n, ok := key.(int)
			if !ok || n < 0 || n >= len(t) {
				return nil
			}
			v = t[n]
		case *armRuntime:
			v = c.r.at(c.e, t, key)
		case *lang.Unknown:
			part := "." + shown(toText(key))
			if n, ok := key.(int); ok {
				part = fmt.Sprintf("[%d]", n)
			}
			v = below(t, part, foldLower(part))
		default:
			return nil
		}
	}
	return v
}

func armLambdaFunctions() map[string]armFunction {
	return map[string]armFunction{
		"lambda":          {min: 1, max: -1, lazy: true, run: func(c *armCallEnv) any { return c.fail("a lambda stands as an argument only") }},
		"lambdaVariables": {min: 1, max: 1, run: armLambdaVariables},
		"map":             {min: 2, max: 2, lazy: true, run: armMap},
		"filter":          {min: 2, max: 2, lazy: true, run: armFilter},
		"reduce":          {min: 3, max: 3, lazy: true, run: armReduce},
		"sort":            {min: 2, max: 2, lazy: true, run: armSort},
		"toObject":        {min: 2, max: 3, lazy: true, run: armToObject},
		"groupBy":         {min: 2, max: 2, lazy: true, run: armGroupBy},
		"mapValues":       {min: 2, max: 2, lazy: true, run: armMapValues},
	}
}

func armLambdaVariables(c *armCallEnv) any {
	for v := c.env.vars; v != nil; v = v.outer {
		if s, ok := c.args[0].(string); ok && foldEqual(v.name, s) {
			return v.value
		}
	}
	return c.fail("no lambda has this parameter")
}

// apply evaluates the lambda that is argument i.
func (c *armCallEnv) apply(i int, args ...any) any {
	e := c.e.args[i]
	if e.op != armCall || !foldEqual(e.name, "lambda") || len(e.args) == 0 {
		return c.fail("its argument is not a lambda")
	}
	env := *c.env
	for j := 0; j < len(e.args)-1 && j < len(args); j++ {
		name, _ := e.args[j].lit.(string)
		env.vars = &armLambdaVar{name, args[j], env.vars}
	}
	return plain(c.r.eval(&env, e.args[len(e.args)-1]))
}

// lambdaText stands for the lambdas of a call in its Expr: their text, with what
// they may read beside the template's own names.
func (c *armCallEnv) lambdaText() string {
	parts := []string{c.env.frame.key, strings.Join(strings.Fields(c.e.text), " ")}
	for l := c.env.loops; l != nil; l = l.outer {
		parts = append(parts, l.name+"="+exprOf(l.index))
	}
	for v := c.env.vars; v != nil; v = v.outer {
		parts = append(parts, v.name+"="+exprOf(plain(v.value)))
	}
	for _, name := range sortedKeys(c.env.args) {
		parts = append(parts, name+"="+exprOf(c.env.args[name]))
	}
	return strings.Join(parts, " ")
}

// elements is the list that is argument 0, or the unknown result of the call. A
// lambda sees what is known of the resources that references() gives.
func (c *armCallEnv) elements() ([]any, any) {
	found := c.r.eval(c.env, c.e.args[0])
	v := plain(found)
	c.args = []any{v, c.lambdaText()}
	if rt, ok := found.(*armRuntime); ok && rt.each != nil {
		return rt.each, nil
	}
	switch v := v.(type) {
	case []any:
		return v, nil
	case *lang.Unknown:
		return nil, c.unknown(v.Reason)
	}
	return nil, c.fail("it takes a list, not " + describe(v))
}

func armMap(c *armCallEnv) any {
	list, bad := c.elements()
	if bad != nil {
		return bad
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = c.apply(1, item, i)
	}
	return out
}

func armFilter(c *armCallEnv) any {
	list, bad := c.elements()
	if bad != nil {
		return bad
	}
	out := []any{}
	for i, item := range list {
		v := c.apply(1, item, i)
		if u, ok := v.(*lang.Unknown); ok {
			return c.unknown(u.Reason)
		}
		if keep, ok := asBool(v); ok && keep {
			out = append(out, item)
		}
	}
	return c.resources(out)
}

// resources is a list of which some elements may be of references().
func (c *armCallEnv) resources(list []any) any {
	for _, item := range list {
		if _, ok := item.(*armRuntime); ok {
			return &armRuntime{expr: callExpr(c.e.name, c.args), reason: quoteSource(c.e) + " " + atDeployment, each: list}
		}
	}
	return list
}

func armReduce(c *armCallEnv) any {
	list, bad := c.elements()
	if bad != nil {
		return bad
	}
	out := c.arg(1)
	for i, item := range list {
		out = c.apply(2, out, item, i)
	}
	return out
}

// armSort is stable; the lambda says whether its first argument comes first.
func armSort(c *armCallEnv) any {
	list, bad := c.elements()
	if bad != nil {
		return bad
	}
	var unknown *lang.Unknown
	before := func(a, b any) bool {
		v := c.apply(1, a, b)
		if u, ok := v.(*lang.Unknown); ok && unknown == nil {
			unknown = u
		}
		less, _ := asBool(v)
		return less
	}
	out := mergeSort(list, before)
	if unknown != nil {
		return c.unknown(unknown.Reason)
	}
	return c.resources(out)
}

// mergeSort compares in an order that does not depend on a library, so that a
// lambda that is no order gives the same list in both engines.
func mergeSort(list []any, before func(a, b any) bool) []any {
	if len(list) < 2 {
		return slices.Clone(list)
	}
	a, b := mergeSort(list[:len(list)/2], before), mergeSort(list[len(list)/2:], before)
	out := make([]any, 0, len(list))
	for len(a) > 0 && len(b) > 0 {
		if before(b[0], a[0]) {
			out, b = append(out, b[0]), b[1:]
		} else {
			out, a = append(out, a[0]), a[1:]
		}
	}
	return append(append(out, a...), b...)
}

func armToObject(c *armCallEnv) any {
	list, bad := c.elements()
	if bad != nil {
		return bad
	}
	out := map[string]any{}
	for _, item := range list {
		key := toText(c.apply(1, item))
		if u, ok := key.(*lang.Unknown); ok {
			return c.unknown(u.Reason)
		}
		value := plain(item)
		if len(c.e.args) > 2 {
			value = c.apply(2, item)
		}
		out[key.(string)] = value
	}
	return out
}

func armGroupBy(c *armCallEnv) any {
	list, bad := c.elements()
	if bad != nil {
		return bad
	}
	out := map[string]any{}
	for _, item := range list {
		key := toText(c.apply(1, item))
		if u, ok := key.(*lang.Unknown); ok {
			return c.unknown(u.Reason)
		}
		group, _ := out[key.(string)].([]any)
		out[key.(string)] = append(group, plain(item))
	}
	return out
}

func armMapValues(c *armCallEnv) any {
	v := c.arg(0)
	c.args = []any{v, c.lambdaText()}
	m, ok := v.(map[string]any)
	if !ok {
		if u, unknown := v.(*lang.Unknown); unknown {
			return c.unknown(u.Reason)
		}
		return c.fail("it takes an object, not " + describe(v))
	}
	out := make(map[string]any, len(m))
	for _, k := range sortedKeys(m) {
		out[k] = c.apply(1, m[k])
	}
	return out
}
