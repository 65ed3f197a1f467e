package topology

import (
	"fmt"
	"math"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

func armLogicFunctions() map[string]armFunction {
	return map[string]armFunction{
		"and":   {min: 1, max: -1, open: true, run: func(c *armCallEnv) any { return connective(c, false) }},
		"or":    {min: 1, max: -1, open: true, run: func(c *armCallEnv) any { return connective(c, true) }},
		"not":   {min: 1, max: 1, run: armNot},
		"if":    {min: 3, max: 3, lazy: true, run: armIf},
		"true":  {run: func(*armCallEnv) any { return true }},
		"false": {run: func(*armCallEnv) any { return false }},
		"null":  {run: func(*armCallEnv) any { return nil }},
		"bool":  {min: 1, max: 1, run: armBool},

		"equals":          {min: 2, max: 2, open: true, run: armEquals},
		"less":            {min: 2, max: 2, run: func(c *armCallEnv) any { return compared(c, func(n int) bool { return n < 0 }) }},
		"lessOrEquals":    {min: 2, max: 2, run: func(c *armCallEnv) any { return compared(c, func(n int) bool { return n <= 0 }) }},
		"greater":         {min: 2, max: 2, run: func(c *armCallEnv) any { return compared(c, func(n int) bool { return n > 0 }) }},
		"greaterOrEquals": {min: 2, max: 2, run: func(c *armCallEnv) any { return compared(c, func(n int) bool { return n >= 0 }) }},
		"coalesce":        {min: 1, max: -1, lazy: true, run: armCoalesce},
	}
}

// asBool reads a condition; templates write "true" too.
func asBool(v any) (b, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		if foldEqual(v, "true") || foldEqual(v, "false") {
			return foldEqual(v, "true"), true
		}
	}
	return false, false
}

// connective is "or" (decisive true) or "and" (decisive false) after Kleene: one
// decisive argument decides, whatever the others are.
func connective(c *armCallEnv, decisive bool) any {
	for _, a := range c.args {
		if b, ok := asBool(a); ok && b == decisive {
			return decisive
		}
	}
	for _, a := range c.args {
		if _, ok := asBool(a); ok {
			continue
		}
		if u, ok := a.(*lang.Unknown); ok {
			return c.unknown(u.Reason)
		}
		return c.fail(describe(a) + " is not a boolean")
	}
	return !decisive
}

func armNot(c *armCallEnv) any {
	if b, ok := asBool(c.args[0]); ok {
		return !b
	}
	return c.fail(describe(c.args[0]) + " is not a boolean")
}

// armIf evaluates only the branch it takes. Where the condition is unknown and
// both branches are the same, so is the result.
func armIf(c *armCallEnv) any {
	condition := c.arg(0)
	if b, ok := asBool(condition); ok {
		if b {
			return c.r.eval(c.env, c.e.args[1])
		}
		return c.r.eval(c.env, c.e.args[2])
	}
	c.args = []any{condition, c.arg(1), c.arg(2)}
	u, ok := condition.(*lang.Unknown)
	if !ok {
		return c.fail(describe(condition) + " is not a boolean")
	}
	if same(c.args[1], c.args[2]) == true {
		return c.args[1]
	}
	return c.unknown(u.Reason)
}

func armBool(c *armCallEnv) any {
	if b, ok := asBool(c.args[0]); ok {
		return b
	}
	switch v := c.args[0].(type) {
	case int:
		return v != 0
	case float64:
		return v != 0
	}
	return c.fail(describe(c.args[0]) + " is not a boolean")
}

func armEquals(c *armCallEnv) any {
	if u, ok := same(c.args[0], c.args[1]).(*lang.Unknown); ok {
		if c.r.notEmpty(c.args[0]) && emptyValue(c.args[1]) || c.r.notEmpty(c.args[1]) && emptyValue(c.args[0]) {
			return false
		}
		return c.unknown(u.Reason)
	}
	return same(c.args[0], c.args[1])
}

// compared orders two numbers or two texts.
func compared(c *armCallEnv, holds func(int) bool) any {
	if a, ok := c.args[0].(string); ok {
		if b, ok := c.args[1].(string); ok {
			return holds(strings.Compare(a, b))
		}
	}
	a, aok := asFloat(c.args[0])
	b, bok := asFloat(c.args[1])
	if !aok || !bok {
		return c.fail(fmt.Sprintf("%s and %s cannot be compared", describe(c.args[0]), describe(c.args[1])))
	}
	switch {
	case a < b:
		return holds(-1)
	case a > b:
		return holds(1)
	}
	return holds(0)
}

func asFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// armCoalesce is the first argument that is not null.
func armCoalesce(c *armCallEnv) any {
	for i := range c.e.args {
		v := c.r.eval(c.env, c.e.args[i])
		if u, ok := plain(v).(*lang.Unknown); ok && i < len(c.e.args)-1 && !c.r.notEmpty(u) {
			for j := range c.e.args {
				c.args = append(c.args, c.arg(j))
			}
			return c.unknown(u.Reason)
		}
		if v != nil {
			return v
		}
	}
	return nil
}

func armNumberFunctions() map[string]armFunction {
	return map[string]armFunction{
		"int":   {min: 1, max: 1, open: true, run: armInt},
		"float": {min: 1, max: 1, run: armFloat},
		"add":   {min: 2, max: 2, run: func(c *armCallEnv) any { return arithmetic(c, '+') }},
		"sub":   {min: 2, max: 2, run: func(c *armCallEnv) any { return arithmetic(c, '-') }},
		"mul":   {min: 2, max: 2, run: func(c *armCallEnv) any { return arithmetic(c, '*') }},
		"div":   {min: 2, max: 2, run: func(c *armCallEnv) any { return arithmetic(c, '/') }},
		"mod":   {min: 2, max: 2, run: func(c *armCallEnv) any { return arithmetic(c, '%') }},
		"min":   {min: 1, max: -1, run: func(c *armCallEnv) any { return extreme(c, -1) }},
		"max":   {min: 1, max: -1, run: func(c *armCallEnv) any { return extreme(c, 1) }},
		"range": {min: 2, max: 2, run: armRange},
	}
}

func armInt(c *armCallEnv) any {
	switch v := toInt(c.args[0]).(type) {
	case int:
		return v
	case float64:
		if math.Abs(v) < 1<<53 {
			return int(math.Trunc(v))
		}
	case *lang.Unknown:
		return &lang.Unknown{Reason: v.Reason, Text: v.Text, Expr: c.unknown(v.Reason).Expr}
	}
	return c.fail(describe(c.args[0]) + " is not a whole number")
}

func armFloat(c *armCallEnv) any {
	if f, ok := asFloat(c.args[0]); ok {
		return f
	}
	if s, ok := c.args[0].(string); ok {
		if n, ok := armNumber(strings.TrimSpace(s)); ok {
			f, _ := asFloat(n)
			return f
		}
	}
	return c.fail(describe(c.args[0]) + " is not a number")
}

func arithmetic(c *armCallEnv, op byte) any {
	a, aok := c.args[0].(int)
	b, bok := c.args[1].(int)
	if !aok || !bok {
		return c.fail(fmt.Sprintf("%s and %s are not whole numbers", describe(c.args[0]), describe(c.args[1])))
	}
	var n int
	overflow := false
	switch op {
	case '+':
		n = a + b
		overflow = (n > a) != (b > 0) && b != 0
	case '-':
		n = a - b
		overflow = (n < a) != (b > 0) && b != 0
	case '*':
		n = a * b
		overflow = a != 0 && (n/a != b || a == -1 && b == math.MinInt64)
	default:
		if b == 0 {
			return c.fail("division by zero")
		}
		if overflow = op == '/' && a == math.MinInt64 && b == -1; op == '/' {
			n = a / b
		} else {
			n = a % b
		}
	}
	if overflow {
		return c.fail("the result is too large")
	}
	return n
}

// extreme is min (sign -1) or max (sign 1) of integers or of one list of them.
func extreme(c *armCallEnv, sign int) any {
	values := c.args
	if list, ok := values[0].([]any); ok && len(values) == 1 {
		values = list
	}
	best, found := 0, false
	for _, v := range values {
		if u, ok := v.(*lang.Unknown); ok {
			return c.unknown(u.Reason)
		}
		n, ok := v.(int)
		if !ok {
			return c.fail(describe(v) + " is not a whole number")
		}
		if !found || sign < 0 && n < best || sign > 0 && n > best {
			best, found = n, true
		}
	}
	if !found {
		return c.fail("the list is empty")
	}
	return best
}

func armRange(c *armCallEnv) any {
	start, sok := c.args[0].(int)
	count, cok := c.args[1].(int)
	if !sok || !cok {
		return c.fail("the start and the count must be whole numbers")
	}
	// Azure's own limits.
	if count < 0 || count > 10_000 || start > math.MaxInt32 || start < math.MinInt32 {
		return c.fail("the count must be between 0 and 10000")
	}
	c.r.steps += count
	out := make([]any, count)
	for i := range out {
		out[i] = start + i
	}
	return out
}
