package rulejs

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/rule"
)

// texts writes what explanations need beside the expressions: the text of each
// and where its nodes stand in it. It is an export of its own, so that a bundle
// that explains nothing leaves it out.
func (w *writer) texts(set *rule.Set) {
	m := set.Env.Model()
	w.line("export const texts = {")
	w.line("  rules: {")
	for _, r := range set.Rules {
		w.line("    %s: {", quote(r.ID))
		w.text("      where: ", r.Where)
		w.text("      assert: ", r.Assert)
		w.text("      fact: ", r.Fact)
		w.line("    },")
	}
	w.line("  },")
	w.line("  derived: {")
	for _, k := range m.Kinds {
		if len(k.Derived) == 0 {
			continue
		}
		w.line("    %s: {", quote(k.Name))
		for _, d := range k.Derived {
			w.text("      "+quote(d.Name)+": ", set.Env.Derived(k.Name, d.Name))
		}
		w.line("    },")
	}
	w.line("  },")
	w.line("  functions: {")
	for _, f := range m.Functions {
		w.text("    "+quote(f.Name)+": ", set.Env.Function(f.Name))
	}
	w.line("  },")
	w.line("};")
}

// text writes one expression: its text, and the start and end of each node in
// UTF-16 units, parents first.
func (w *writer) text(name string, x *lang.Expr) {
	if x == nil {
		return
	}
	units := []int{0} // by rune
	for _, r := range x.Text.Value {
		units = append(units, units[len(units)-1]+max(1, utf16.RuneLen(r)))
	}
	var spans []string
	x.Extents(func(from, to int) {
		spans = append(spans, strconv.Itoa(units[from]), strconv.Itoa(units[to]))
	})
	w.line("%s{ text: %s, spans: [%s] },", name, quote(x.Text.Value), strings.Join(spans, ","))
}
