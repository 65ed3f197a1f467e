package document

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// JSON writes a tree as JSON text that reads back as the same values: a float
// keeps a fraction or an exponent, an integer has none. nil is null.
func JSON(n *Node) string {
	var w jsonWriter
	w.node(n)
	return w.String()
}

type jsonWriter struct{ strings.Builder }

func (w *jsonWriter) node(n *Node) {
	switch {
	case n == nil || n.Kind == Null:
		w.WriteString("null")
	case n.Kind == Map:
		w.WriteByte('{')
		for i, e := range n.Entries {
			w.comma(i)
			w.quoted(e.Key)
			w.WriteByte(':')
			w.node(e.Value)
		}
		w.WriteByte('}')
	case n.Kind == List:
		w.WriteByte('[')
		for i, item := range n.Items {
			w.comma(i)
			w.node(item)
		}
		w.WriteByte(']')
	default:
		w.scalar(n.Value)
	}
}

func (w *jsonWriter) comma(i int) {
	if i > 0 {
		w.WriteByte(',')
	}
}

func (w *jsonWriter) scalar(v any) {
	switch v := v.(type) {
	case string:
		w.quoted(v)
	case bool:
		w.WriteString(strconv.FormatBool(v))
	case int64:
		w.WriteString(strconv.FormatInt(v, 10))
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if v == math.Trunc(v) && !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		w.WriteString(s)
	}
}

func (w *jsonWriter) quoted(s string) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	w.WriteString(strings.TrimSuffix(b.String(), "\n"))
}
