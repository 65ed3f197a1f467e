package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

func armListFunctions() map[string]armFunction {
	return map[string]armFunction{
		"concat":          {min: 1, max: -1, open: true, run: armConcat},
		"createArray":     {max: -1, open: true, run: func(c *armCallEnv) any { return c.shallow(append([]any{}, c.args...)) }},
		"array":           {min: 1, max: 1, open: true, run: armArray},
		"length":          {min: 1, max: 1, run: armLength},
		"empty":           {min: 1, max: 1, open: true, run: armEmpty},
		"contains":        {min: 2, max: 2, open: true, run: armContains},
		"first":           {min: 1, max: 1, open: true, run: func(c *armCallEnv) any { return edge(c, true) }},
		"last":            {min: 1, max: 1, open: true, run: func(c *armCallEnv) any { return edge(c, false) }},
		"indexOf":         {min: 2, max: 2, open: true, run: func(c *armCallEnv) any { return position(c, true) }},
		"lastIndexOf":     {min: 2, max: 2, open: true, run: func(c *armCallEnv) any { return position(c, false) }},
		"skip":            {min: 2, max: 2, run: armSkip},
		"take":            {min: 2, max: 2, open: true, run: armTake},
		"union":           {min: 1, max: -1, run: armUnion},
		"intersection":    {min: 1, max: -1, run: armIntersection},
		"flatten":         {min: 1, max: 1, run: armFlatten},
		"indexFromEnd":    {min: 2, max: 2, run: func(c *armCallEnv) any { return fromEnd(c, false) }},
		"tryIndexFromEnd": {min: 2, max: 2, run: func(c *armCallEnv) any { return fromEnd(c, true) }},
	}
}

// list guards the length of a result.
func (c *armCallEnv) list(v []any) any {
	if c.r.steps += len(v); len(v) > maxArmList {
		c.r.limit(fmt.Sprintf("a list of the template has more than %d elements", maxArmList))
		return c.r.overLimit()
	}
	return v
}

// armConcat joins texts, or lists where one argument is a list.
func armConcat(c *armCallEnv) any {
	lists := slices.ContainsFunc(c.args, func(a any) bool { _, ok := a.([]any); return ok })
	if !lists {
		parts, size := make([]any, len(c.args)), 0
		for i, a := range c.args {
			if _, ok := a.(map[string]any); ok {
				return c.fail("an object cannot be part of a text")
			}
			parts[i] = toText(a)
			size += len(shown(parts[i]))
		}
		if size > 4*maxArmText {
			return c.text(strings.Repeat(" ", maxArmText+1))
		}
		return c.text(joinText(parts...))
	}
	if u := firstUnknown(c.args); u != nil {
		return c.unknown(u.Reason)
	}
	out := []any{}
	for _, a := range c.args {
		l, ok := a.([]any)
		if !ok {
			return c.fail("a list cannot be joined with " + describe(a))
		}
		out = append(out, l...)
	}
	return c.list(out)
}

func armArray(c *armCallEnv) any {
	if l, ok := c.args[0].([]any); ok {
		return l
	}
	return c.shallow([]any{c.args[0]})
}

func armLength(c *armCallEnv) any {
	switch v := c.args[0].(type) {
	case nil:
		return 0
	case string:
		return utf16Length(v)
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return c.fail(describe(c.args[0]) + " has no length")
}

// armEmpty knows that a text with any known part is not empty.
func armEmpty(c *armCallEnv) any {
	u, ok := c.args[0].(*lang.Unknown)
	if !ok {
		return emptyValue(c.args[0])
	}
	_, unresolved := exprPieces(u.Expr)
	if slices.Contains(unresolved, false) || c.r.notEmpty(u) {
		return false
	}
	return c.unknown(u.Reason)
}

// armContains looks for a part of a text (with case), an element, or a key
// (without case).
func armContains(c *armCallEnv) any {
	item := c.args[1]
	switch v := c.args[0].(type) {
	case string:
		if s, ok := toText(item).(string); ok {
			return strings.Contains(v, s)
		}
	case []any:
		for _, e := range v {
			if same(e, item) == true {
				return true
			}
		}
		for _, e := range v {
			if u, ok := same(e, item).(*lang.Unknown); ok {
				return c.unknown(u.Reason)
			}
		}
		return false
	case map[string]any:
		if s, ok := toText(item).(string); ok {
			_, found := foldKey(v, s)
			return found
		}
	}
	if u := firstUnknown(c.args); u != nil {
		return c.unknown(u.Reason)
	}
	return c.fail(describe(c.args[0]) + " contains nothing")
}

// edge is the first or last element or character; of nothing it is null or "".
func edge(c *armCallEnv, first bool) any {
	switch v := c.args[0].(type) {
	case []any:
		switch {
		case len(v) == 0:
			return nil
		case first:
			return v[0]
		}
		return v[len(v)-1]
	case string:
		n := utf16Length(v)
		switch {
		case n == 0:
			return ""
		case first:
			return utf16Slice(v, 0, 1)
		}
		return utf16Slice(v, n-1, n)
	case *lang.Unknown:
		return c.unknown(v.Reason)
	}
	return c.fail(describe(c.args[0]) + " has no elements")
}

// position is indexOf or lastIndexOf: without case in texts, with it in lists.
func position(c *armCallEnv, first bool) any {
	if l, ok := c.args[0].([]any); ok {
		found := -1
		for i, e := range l {
			switch v := same(e, c.args[1]).(type) {
			case *lang.Unknown:
				return c.unknown(v.Reason)
			case bool:
				if v && first {
					return i
				} else if v {
					found = i
				}
			}
		}
		return found
	}
	if u := firstUnknown(c.args); u != nil {
		return c.unknown(u.Reason)
	}
	s, ok := c.strings()
	if !ok {
		return c.fail("it takes a text or a list")
	}
	text, part := lowerText(s[0]), lowerText(s[1])
	at := strings.Index(text, part)
	if !first {
		at = strings.LastIndex(text, part)
	}
	if at < 0 {
		return -1
	}
	return utf16Length(text[:at])
}

func armSkip(c *armCallEnv) any {
	n, ok := c.args[1].(int)
	if !ok {
		return c.fail("the number to skip must be a whole number")
	}
	switch v := c.args[0].(type) {
	case []any:
		return v[min(max(n, 0), len(v)):]
	case string:
		length := utf16Length(v)
		return utf16Slice(v, min(max(n, 0), length), length)
	}
	return c.fail("it takes a text or a list, not " + describe(c.args[0]))
}

// armTake takes from the front. Of a text that is resolved in part, what is
// known may be enough.
func armTake(c *armCallEnv) any {
	n, ok := c.args[1].(int)
	switch v := c.args[0].(type) {
	case *lang.Unknown:
		if prefix := literalPrefix(v); ok && utf16Length(prefix) >= n {
			return utf16Slice(prefix, 0, max(n, 0))
		}
		u := c.unknown(v.Reason)
		return &lang.Unknown{Reason: v.Reason, Text: v.Text, Expr: u.Expr}
	case []any:
		if ok {
			return v[:min(max(n, 0), len(v))]
		}
	case string:
		if ok {
			return utf16Slice(v, 0, min(max(n, 0), utf16Length(v)))
		}
	}
	if u := firstUnknown(c.args); u != nil {
		return c.unknown(u.Reason)
	}
	return c.fail("it takes a text or a list, and a whole number")
}

// armUnion merges lists without repeats, or objects, also nested ones.
func armUnion(c *armCallEnv) any {
	if _, ok := c.args[0].(map[string]any); ok {
		out := map[string]any{}
		for _, a := range c.args {
			m, ok := a.(map[string]any)
			if !ok {
				return c.fail("an object cannot be merged with " + describe(a))
			}
			out = merged(out, m, 0)
		}
		return out
	}
	out, set := []any{}, valueSet{}
	for _, a := range c.args {
		l, ok := a.([]any)
		if !ok {
			return c.fail("it takes lists or objects, not " + describe(a))
		}
		for _, item := range l {
			if !set.has(c.r, item) {
				set.add(item)
				out = append(out, item)
			}
			if c.r.exhausted() {
				return c.r.overLimit()
			}
		}
	}
	return c.list(out)
}

// valueSet finds equal values: scalars at once, others by comparing.
type valueSet struct {
	scalars map[any]bool
	others  []any
}

// scalarKey is a key that equal scalars share, or false for other values.
func scalarKey(v any) (any, bool) {
	switch v := v.(type) {
	case nil, bool, string:
		return v, true
	case int:
		return v, true
	case float64:
		if i, ok := toInt(v).(int); ok {
			return i, true
		}
		return v, true
	}
	return nil, false
}

func (s *valueSet) add(v any) {
	if key, ok := scalarKey(v); ok {
		if s.scalars == nil {
			s.scalars = map[any]bool{}
		}
		s.scalars[key] = true
		return
	}
	s.others = append(s.others, v)
}

func (s *valueSet) has(r *armReader, v any) bool {
	if key, ok := scalarKey(v); ok {
		return s.scalars[key]
	}
	r.steps += len(s.others)
	return slices.ContainsFunc(s.others, func(o any) bool { return same(o, v) == true })
}

// merged is a with b's keys; objects under one key are merged in turn. A key
// that a has keeps a's spelling.
func merged(a, b map[string]any, depth int) map[string]any {
	out := make(map[string]any, len(a)+len(b))
	spelling := make(map[string]string, len(a))
	for k, v := range a {
		out[k] = v
		spelling[foldLower(k)] = k
	}
	for _, k := range sortedKeys(b) {
		v := b[k]
		if known, ok := spelling[foldLower(k)]; ok {
			k = known
		}
		am, aok := out[k].(map[string]any)
		bm, bok := v.(map[string]any)
		if aok && bok && depth < maxArmNesting {
			v = merged(am, bm, depth+1)
		}
		out[k] = v
	}
	return out
}

// armIntersection keeps what all lists, or all objects, have.
func armIntersection(c *armCallEnv) any {
	if first, ok := c.args[0].(map[string]any); ok {
		out := map[string]any{}
		for _, k := range sortedKeys(first) {
			keep := true
			for _, a := range c.args[1:] {
				m, ok := a.(map[string]any)
				if !ok {
					return c.fail("an object cannot be compared with " + describe(a))
				}
				v, found := foldKey(m, k)
				switch decided := same(first[k], v).(type) {
				case *lang.Unknown:
					return c.unknown(decided.Reason)
				case bool:
					keep = keep && found && decided
				}
			}
			if keep {
				out[k] = first[k]
			}
		}
		return out
	}
	out := []any{}
	first, ok := c.args[0].([]any)
	if !ok {
		return c.fail("it takes lists or objects, not " + describe(c.args[0]))
	}
	if u := deepUnknown(c.args); u != nil {
		return c.unknown(u.Reason)
	}
	var kept valueSet
	sets := make([]valueSet, len(c.args)-1)
	for i, a := range c.args[1:] {
		l, ok := a.([]any)
		if !ok {
			return c.fail("a list cannot be compared with " + describe(a))
		}
		for _, item := range l {
			sets[i].add(item)
		}
	}
	for _, item := range first {
		keep := !kept.has(c.r, item)
		for i := range sets {
			keep = keep && sets[i].has(c.r, item)
		}
		if c.r.exhausted() {
			return c.r.overLimit()
		}
		if keep {
			kept.add(item)
			out = append(out, item)
		}
	}
	return out
}

func armFlatten(c *armCallEnv) any {
	lists, ok := c.args[0].([]any)
	if !ok {
		return c.fail("it takes a list of lists, not " + describe(c.args[0]))
	}
	out := []any{}
	for _, l := range lists {
		switch l := l.(type) {
		case []any:
			out = append(out, l...)
		case *lang.Unknown:
			return c.unknown(l.Reason)
		default:
			return c.fail("it takes a list of lists; one element is " + describe(l))
		}
	}
	return c.list(out)
}

// fromEnd is indexFromEnd, counting from 1.
func fromEnd(c *armCallEnv, try bool) any {
	l, lok := c.args[0].([]any)
	i, iok := c.args[1].(int)
	switch {
	case !lok || !iok:
		return c.fail("it takes a list and a whole number")
	case i >= 1 && i <= len(l):
		return l[len(l)-i]
	case try:
		return nil
	}
	return c.fail(fmt.Sprintf("the list has %d elements", len(l)))
}
