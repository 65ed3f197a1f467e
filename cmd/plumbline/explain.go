package main

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/rule"
)

// explanation prints how a verdict or value came about: each sub-expression with
// its value, those it is made of below it.
func (r forPerson) explanation(e *rule.Explanation) {
	if e == nil {
		return
	}
	for _, part := range []struct {
		name  string
		trace *lang.Trace
	}{{"where", e.Where}, {"assert", e.Assert}, {"fact", e.Fact}} {
		if part.trace != nil {
			r.trace("    ", part.name, part.trace)
		}
	}
}

// trace prints a sub-expression and, further in, what it is made of. label says
// what it is to the line above.
func (r forPerson) trace(indent, label string, t *lang.Trace) {
	if label != "" {
		label = r.paint(dim, label) + " "
	}
	fmt.Fprintf(r.w, "%s%s%s%s\n", indent, label, printable(oneLine(t.Expr)), r.result(t))
	indent += "  "
	for _, p := range t.Parts {
		r.trace(indent, "", p)
	}
	for _, e := range t.Elements {
		r.trace(indent, printable(fmt.Sprintf("[%d] %s:", e.Index, oneLine(e.Value))), e.Result)
		for _, m := range e.Missing {
			r.lines(indent+"  ", "may not exist: "+m.Reason)
		}
	}
	if t.Omitted > 0 && len(t.Elements) > 0 {
		fmt.Fprintf(r.w, "%s%s\n", indent, r.paint(dim, fmt.Sprintf("and %s that did not decide", counted(t.Omitted, "element"))))
	}
	if t.Definition != nil {
		r.trace(indent, "is", t.Definition)
	}
}

// result is what a sub-expression gave, behind its text. Why it is unknown
// stands where the unknown was read.
func (r forPerson) result(t *lang.Trace) string {
	switch {
	case t.Error != "":
		return r.paint(dim, " → ") + r.paint(red, "error: "+printable(t.Error))
	case t.Value == nil:
		return r.paint(dim, " not looked at")
	case len(t.Missing) == 0:
		return r.paint(dim, " → ") + r.paint(bold, printable(oneLine(*t.Value)))
	}
	out := r.paint(dim, " → ") + r.paint(magenta, printable(oneLine(*t.Value)))
	if reason := t.Missing[0].Reason; len(t.Missing) == 1 && len(t.Parts)+len(t.Elements) == 0 && t.Definition == nil {
		out += r.paint(dim, " ("+printable(oneLine(reason))+")")
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
