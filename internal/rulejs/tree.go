package rulejs

import (
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

// treeText writes the tree of an expression as JSON, which is read when the tree
// is first needed: most never are, and a text costs the engine nothing when it
// compiles the module. theme/runtime/compiled.ts reads it.
//
// A node is a list of its op (with a question mark where it is optional), its name
// or 0, its line and column or 0, and its arguments. Literals stand for themselves,
// but for whole numbers, ["int", "digits"], and nil, ["nil"]. patterns are those of
// "matches", in the order of their nodes.
func (t *translator) treeText() (text string, patterns []string) {
	w := &treeWriter{translator: t}
	w.node(t.expr.Root)
	return w.b.String(), w.patterns
}

type treeWriter struct {
	*translator
	b        strings.Builder
	patterns []string
}

func (w *treeWriter) node(n *lang.Node) {
	if n == nil {
		w.b.WriteString("null")
		return
	}
	if n.Op == lang.OpLit {
		switch v := n.Lit.(type) {
		case nil:
			w.b.WriteString(`["nil"]`)
		case int:
			w.b.WriteString(`["int","` + strconv.Itoa(v) + `"]`)
		default:
			w.b.WriteString(literal(v))
		}
		return
	}
	op, name := string(n.Op), "0"
	if n.Optional {
		op += "?"
	}
	if n.Name != "" {
		name = quote(n.Name)
	}
	line, column := w.place(n)
	w.b.WriteString("[" + quote(op) + "," + name + "," + strconv.Itoa(line) + "," + strconv.Itoa(column))
	if n.Op == lang.OpBin && n.Name == "matches" {
		w.patterns = append(w.patterns, pattern(n.Args[1].Lit.(string)))
	}
	for _, a := range n.Args {
		w.b.WriteByte(',')
		w.node(a)
	}
	w.b.WriteByte(']')
}

// place is the line and column of a node, 0 where the expression is in no file.
func (w *treeWriter) place(n *lang.Node) (line, column int) {
	e := &lang.RuntimeError{Text: w.expr.Text, From: n.From, To: n.To}
	span := e.Span()
	if span.Source == nil {
		return 0, 0
	}
	return span.Source.Position(span.Start)
}

// single writes a text as a literal in single quotes, in which JSON stays readable.
func single(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(quote(s), `"`), `"`)
	return "'" + strings.ReplaceAll(strings.ReplaceAll(s, `\"`, `"`), "'", `\'`) + "'"
}
