package document

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// JSON writes a node as JSON text that reads back to the same values: a float
// keeps a fraction or an exponent, an integer has none.
func (n *Node) JSON() string {
	var b strings.Builder
	n.writeJSON(&b)
	return b.String()
}

func (n *Node) writeJSON(b *strings.Builder) {
	if n == nil {
		b.WriteString("null")
		return
	}
	switch n.Kind {
	case Map:
		b.WriteByte('{')
		for i, e := range n.Entries {
			if i > 0 {
				b.WriteByte(',')
			}
			writeText(b, e.Key)
			b.WriteByte(':')
			e.Value.writeJSON(b)
		}
		b.WriteByte('}')
	case List:
		b.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.writeJSON(b)
		}
		b.WriteByte(']')
	case String:
		writeText(b, n.Value.(string))
	case Float:
		f := n.Value.(float64)
		s := strconv.FormatFloat(f, 'g', -1, 64)
		if f == math.Trunc(f) && !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		b.WriteString(s)
	case Int:
		b.WriteString(strconv.FormatInt(n.Value.(int64), 10))
	case Bool:
		b.WriteString(strconv.FormatBool(n.Value.(bool)))
	default:
		b.WriteString("null")
	}
}

func writeText(b *strings.Builder, s string) {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	b.WriteString(strings.TrimSuffix(out.String(), "\n"))
}
