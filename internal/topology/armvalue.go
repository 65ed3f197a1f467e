package topology

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// foldKey reads a key of a map without case, as Azure does. Of several that
// differ in case only, the exact one wins, then the first in order.
func foldKey(m map[string]any, key string) (any, bool) {
	if v, ok := m[key]; ok {
		return v, true
	}
	found := ""
	ok := false
	for k := range m {
		if foldEqual(k, key) && (!ok || k < found) {
			found, ok = k, true
		}
	}
	return m[found], ok
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// describe names the type of a value in a message.
func describe(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case int, float64:
		return "a number"
	case string:
		return "a text"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "an unknown value"
}

// toText converts a value to text as string() does. It gives a string or an
// *lang.Unknown.
func toText(v any) any {
	switch x := v.(type) {
	case nil:
		return ""
	case string, *lang.Unknown:
		return v
	case bool:
		if x {
			return "True"
		}
		return "False"
	case int:
		return strconv.Itoa(x)
	case float64:
		return floatText(x)
	}
	return jsonText(v)
}

// floatText writes a float as JavaScript does.
func floatText(f float64) string {
	b, err := json.Marshal(f + 0)
	if err != nil {
		return "null"
	}
	return string(b)
}

// jsonText writes a value as compact JSON with sorted keys. Unknown parts stay
// unknown pieces of the text.
func jsonText(v any) any {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return jsonString(v)
	case *lang.Unknown:
		return joinText(`"`, v, `"`)
	case []any:
		parts := []any{"["}
		for i, item := range v {
			if i > 0 {
				parts = append(parts, ",")
			}
			parts = append(parts, jsonText(item))
		}
		return joinText(append(parts, "]")...)
	case map[string]any:
		parts := []any{"{"}
		for i, k := range sortedKeys(v) {
			if i > 0 {
				parts = append(parts, ",")
			}
			parts = append(parts, jsonString(k)+":", jsonText(v[k]))
		}
		return joinText(append(parts, "}")...)
	}
	return toText(v)
}

// jsonString quotes a text as JSON.stringify does.
func jsonString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r < 0x20:
			b.WriteString(`\u00` + string("0123456789abcdef"[r>>4]) + string("0123456789abcdef"[r&15]))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// toInt converts a whole number or the text of one; anything else stays.
func toInt(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int(v)
		}
	case string:
		if n, ok := armNumber(strings.TrimSpace(v)); ok {
			if i, ok := n.(int); ok {
				return i
			}
		}
	}
	return v
}

// exprOf renders a value as an argument in an Expr. Its braces are balanced.
func exprOf(v any) string {
	switch v := v.(type) {
	case *lang.Unknown:
		if inner, ok := onlyPiece(v.Expr); ok {
			return inner
		}
		return quoteExpr(v.Expr)
	case string:
		return quoteExpr(v)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = exprOf(item)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, k := range sortedKeys(v) {
			parts = append(parts, quoteExpr(k)+":"+exprOf(v[k]))
		}
		return "(" + strings.Join(parts, ",") + ")"
	}
	s, _ := jsonText(v).(string)
	return s
}

// deepUnknown returns the first unknown in a value, in key order, or nil.
func deepUnknown(v any) *lang.Unknown {
	switch v := v.(type) {
	case *lang.Unknown:
		return v
	case []any:
		for _, item := range v {
			if u := deepUnknown(item); u != nil {
				return u
			}
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if u := deepUnknown(v[k]); u != nil {
				return u
			}
		}
	}
	return nil
}

// same compares two values: true, false, or an *lang.Unknown where what is known
// does not decide. Numbers compare by value; texts with case.
func same(a, b any) any {
	ua, aUnknown := a.(*lang.Unknown)
	ub, bUnknown := b.(*lang.Unknown)
	switch {
	case aUnknown && bUnknown && ua.Expr == ub.Expr && ua.Expr != "":
		return true
	case aUnknown:
		return ua
	case bUnknown:
		return ub
	}
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		var open any = true
		for i := range a {
			open = bothSame(open, same(a[i], b[i]))
		}
		return open
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		var open any = true
		for _, k := range sortedKeys(a) {
			v, ok := foldKey(b, k)
			if !ok {
				return false
			}
			open = bothSame(open, same(a[k], v))
		}
		return open
	case int:
		if f, ok := b.(float64); ok {
			return float64(a) == f
		}
	case float64:
		if i, ok := b.(int); ok {
			return a == float64(i)
		}
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}

// bothSame is Kleene's and.
func bothSame(a, b any) any {
	switch {
	case a == false || b == false:
		return false
	case a == true:
		return b
	}
	return a
}

// utf16Length is the length of a text as .NET and JavaScript count it.
func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// utf16Slice cuts a text by UTF-16 units; a half of a pair becomes U+FFFD.
func utf16Slice(s string, from, to int) string {
	if len(s) == utf16Length(s) { // ASCII
		return s[from:to]
	}
	return string(utf16.Decode(utf16.Encode([]rune(s))[from:to]))
}

// parseJSONText reads JSON that stands in a text, or reports false.
func parseJSONText(text string) (any, bool) {
	n, problems := document.ParseJSON(diag.NewSource("", text))
	if problems.HasErrors() || n == nil {
		return nil, false
	}
	return literalValue(n), true
}

// lowerText and upperText map one character to one character, as .NET does.
func lowerText(s string) string { return strings.ToLower(s) }
func upperText(s string) string { return strings.ToUpper(s) }

// literalValue is a node's value without evaluating expressions.
func literalValue(n *document.Node) any {
	switch n.Kind {
	case document.Int:
		return int(n.Value.(int64))
	case document.List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = literalValue(item)
		}
		return out
	case document.Map:
		out := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			out[e.Key] = literalValue(e.Value)
		}
		return out
	}
	return n.Value
}
