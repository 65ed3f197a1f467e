package lang

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	exprbuiltin "github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm/runtime"
)

// What keeps one expression from taking all time or memory. Rules and topologies
// of a million objects stay far below. theme/runtime has the same bounds of texts
// and ranges; its loops end with the worker that they run in.
const (
	maxText   = 1 << 26 // bytes of a text that an expression makes
	maxRanges = 1 << 26 // numbers that the ranges of one evaluation make
	maxSteps  = 1 << 32 // elements that its loops go through
)

var (
	errSteps = errors.New("this takes more steps than an expression may")
	errText  = fmt.Errorf("a text has at most %d bytes", maxText)
)

// count and step count the numbers of ranges and the elements of loops, and fail
// beyond their bounds.
func (w *World) count(numbers int) error {
	if w.numbers += numbers; w.numbers > maxRanges {
		return errSteps
	}
	return nil
}

func (w *World) step(n int) error {
	if w.steps += n; w.steps > maxSteps {
		return errSteps
	}
	return nil
}

// goThrough counts the elements of a list before a loop and refuses text.
func (w *World) goThrough(v any) error {
	switch l := v.(type) {
	case string:
		return fmt.Errorf("a string is no list")
	case []any:
		return w.step(1 + len(l))
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Slice || r.Kind() == reflect.Map {
		return w.step(1 + r.Len())
	}
	return nil
}

// sumOf is + on operands that may be text.
func sumOf(a, b any) (any, error) {
	s, ok := a.(string)
	t, ok2 := b.(string)
	if !ok || !ok2 {
		return runtime.Add(a, b), nil
	}
	if len(s)+len(t) > maxText {
		return nil, errText
	}
	return s + t, nil
}

// bounded is a builtin that makes text, refused where it would make too much.
func bounded(name string) func([]any) (any, error) {
	b := exprbuiltin.Builtins[exprbuiltin.Index[name]]
	return func(a []any) (any, error) {
		if textSize(name, a) > maxText {
			return nil, errText
		}
		if b.Safe != nil {
			v, _, err := b.Safe(a...)
			return v, err
		}
		return b.Func(a...)
	}
}

// textSize is the number of bytes that a builtin makes of arguments of the right
// types, and 0 for others, which fail.
func textSize(name string, a []any) int {
	s, _ := a[0].(string)
	switch name {
	case "repeat":
		switch n := a[1].(type) {
		case int:
			return len(s) * min(max(n, 0), 1e6)
		case float64:
			return len(s) * min(max(runtime.ToInt(n), 0), 1e6)
		}
	case "replace":
		from, _ := a[1].(string)
		to, _ := a[2].(string)
		return len(s) + strings.Count(s, from)*max(0, len(to)-len(from))
	case "join":
		size := 0
		list, _ := items(a[0])
		for _, e := range list {
			s, _ := e.(string)
			size += len(s)
		}
		if len(a) > 1 {
			glue, _ := a[1].(string)
			size += len(glue) * max(0, len(list)-1)
		}
		return size
	}
	return 0
}
