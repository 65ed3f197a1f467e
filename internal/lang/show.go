package lang

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// show prints a value as messages do: numbers as in JSON, lists joined with
// ", ", nil as "none", an unknown as "unknown", an object by its name.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		return number(v)
	case Object:
		return v.name
	case *Unknown:
		if v.Text != "" {
			return v.Text
		}
		return "unknown"
	case *Partial:
		return strings.Join(append(shown(v.Items), "unknown"), ", ")
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, k := range sortedKeys(v) {
			parts = append(parts, k+": "+show(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	if m, ok := mapOf(v); ok { // what groupBy and fromPairs give
		parts := []string{}
		for it := m.MapRange(); it.Next(); {
			parts = append(parts, show(it.Key().Interface())+": "+show(it.Value().Interface()))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	list, _ := items(v)
	return strings.Join(shown(list), ", ")
}

func shown(list []any) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = show(v)
	}
	return out
}

// number prints a float as JSON.stringify does (ECMA-262 Number::toString),
// which for integral values below 1e21 has no exponent and no fraction.
func number(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "+Inf"
	case math.IsInf(f, -1):
		return "-Inf"
	case f == 0:
		return "0"
	}
	if a := math.Abs(f); a < 1e21 && a >= 1e-6 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// Show prints a value for people, as messages do.
func Show(v any) string { return show(v) }
