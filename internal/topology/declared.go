package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// declaredFacts are the facts that no export contains.
type declaredFacts struct {
	values   map[string]any  // every declared fact of the model
	complete map[string]bool // kinds of which the input lists all members
}

// readDeclared decodes a map of declared facts. n may be nil. Nodes in unknown
// stand for no value.
func readDeclared(m *model.Model, n *document.Node, unknown map[*document.Node]*lang.Unknown, problems *diag.List) declaredFacts {
	out := declaredFacts{values: map[string]any{}, complete: map[string]bool{}}
	names := []string{}
	for _, f := range m.Declared {
		names = append(names, f.Name)
		out.values[f.Name] = &lang.Unknown{Reason: quoted(f.Name) + " is not declared"}
		if f.HasDefault {
			out.values[f.Name] = f.Default
		}
	}
	if n == nil || n.Kind == document.Null {
		return out
	}
	report := func(code string, span diag.Span, message, hint string) {
		problems.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: span, Message: message, Hint: hint})
	}
	if n.Kind != document.Map {
		report("input/wrong-value", n.Span, `"declared" must be a map of facts, not `+n.Describe(), "")
		return out
	}
	names = append(names, "complete")
	for _, e := range n.Entries {
		if e.Key == "complete" {
			out.complete = completeKinds(m, e.Value, report)
			continue
		}
		i := slices.IndexFunc(m.Declared, func(f *model.Field) bool { return f.Name == e.Key })
		if i < 0 {
			hint := diag.DidYouMean(e.Key, names)
			if hint == "" {
				hint = "the facts are " + strings.Join(names, ", ")
			}
			report("input/unknown-field", e.KeySpan, "unknown declared fact "+quoted(e.Key), hint)
			continue
		}
		f := m.Declared[i]
		switch {
		case unknown[e.Value] != nil:
			out.values[f.Name] = unknown[e.Value]
		case e.Value.Kind == document.Null:
			out.values[f.Name] = f.Default // nil without one: known to be none
		default:
			d := nativeDecoder(unknown)
			v := openLists(d.Decode(f.Type, e.Value, quoted(f.Name)))
			if d.Problems.HasErrors() {
				v = &lang.Unknown{Reason: quoted(f.Name) + " cannot be read"}
			}
			*problems = append(*problems, d.Problems...)
			out.values[f.Name] = v
		}
	}
	return out
}

// completeKinds reads `complete: true` or a list of kinds.
func completeKinds(m *model.Model, n *document.Node, report func(code string, span diag.Span, message, hint string)) map[string]bool {
	out := map[string]bool{}
	switch {
	case n.Kind == document.Bool:
		for _, k := range m.Kinds {
			out[k.Name] = n.Value == true
		}
	case n.Kind == document.List:
		for _, item := range n.Items {
			if item.Kind != document.String {
				report("input/wrong-value", item.Span, `an element of "complete" must be the name of a collection, not `+item.Describe(), "")
				continue
			}
			if m.Kind(item.Text()) == nil {
				report("input/unknown-collection", item.Span, fmt.Sprintf("unknown collection %s", quoted(item.Text())), diag.DidYouMean(item.Text(), m.KindNames()))
				continue
			}
			out[item.Text()] = true
		}
	case n.Kind != document.Null:
		report("input/wrong-value", n.Span, `"complete" must be true or a list of collections, not `+n.Describe(), "")
	}
	return out
}
