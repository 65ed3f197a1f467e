package document

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// YAML writes a tree as YAML in block style, which reads back as the same
// values. Comments and the way the text was written are not kept.
func YAML(n *Node) string {
	var w yamlWriter
	switch {
	case n.Kind == Map && len(n.Entries) > 0:
		w.entries(n, 0)
	case n.Kind == List && len(n.Items) > 0:
		w.items(n, 0)
	default:
		w.WriteString(scalar(n))
		w.WriteByte('\n')
	}
	return w.String()
}

type yamlWriter struct{ strings.Builder }

// entries writes a map whose first key stands where the writer is.
func (w *yamlWriter) entries(n *Node, indent int) {
	for i, e := range n.Entries {
		if i > 0 {
			w.WriteString(strings.Repeat(" ", indent))
		}
		w.WriteString(text(e.Key))
		w.WriteByte(':')
		switch {
		case e.Value.Kind == Map && len(e.Value.Entries) > 0:
			w.WriteString("\n" + strings.Repeat(" ", indent+2))
			w.entries(e.Value, indent+2)
		case e.Value.Kind == List && len(e.Value.Items) > 0 && !short(e.Value):
			w.WriteString("\n" + strings.Repeat(" ", indent+2))
			w.items(e.Value, indent+2)
		default:
			w.WriteString(" " + scalar(e.Value) + "\n")
		}
	}
}

// items writes a list whose first dash stands where the writer is.
func (w *yamlWriter) items(n *Node, indent int) {
	for i, item := range n.Items {
		if i > 0 {
			w.WriteString(strings.Repeat(" ", indent))
		}
		w.WriteString("- ")
		switch {
		case item.Kind == Map && len(item.Entries) > 0:
			w.entries(item, indent+2)
		case item.Kind == List && len(item.Items) > 0 && !short(item):
			w.items(item, indent+2)
		default:
			w.WriteString(scalar(item) + "\n")
		}
	}
}

// short says whether a list of scalars reads well on one line.
func short(n *Node) bool {
	width := 0
	for _, item := range n.Items {
		if item.Kind == List || item.Kind == Map {
			return false
		}
		width += len(scalar(item)) + 2
	}
	return width <= 70
}

// scalar writes what stands on one line: a scalar, an empty map or list, or a
// short list.
func scalar(n *Node) string {
	switch v := n.Value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		switch {
		case math.IsNaN(v):
			return ".nan"
		case math.IsInf(v, 1):
			return ".inf"
		case math.IsInf(v, -1):
			return "-.inf"
		}
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0" // else it would read back as an integer
		}
		return s
	case string:
		return text(v)
	}
	switch n.Kind {
	case Map:
		return "{}"
	case List:
		parts := make([]string, len(n.Items))
		for i, item := range n.Items {
			parts[i] = scalar(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return "null"
}

// plain matches texts that no quotes are needed for, anywhere. Texts that would
// read as a number, boolean or null are not among them.
var plain = regexp.MustCompile(`^[A-Za-z/<][A-Za-z0-9_./<>+*-]*( [A-Za-z0-9_./<>+*-]+)*$`)

func text(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off":
		return `"` + s + `"`
	}
	if plain.MatchString(s) {
		return s
	}
	return strconv.Quote(s) // every escape of Go is one of YAML
}
