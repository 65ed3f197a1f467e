package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// givenParameter is one value of --parameters.
type givenParameter struct {
	name string
	span diag.Span
	node *document.Node // of a file; nil for NAME=VALUE
	text string
	away string // where a file says the value stands, which is not in it
	used bool
}

// readParameters reads parameter files and NAME=VALUE pairs, in order.
func readParameters(params []Parameter, problems *diag.List) []*givenParameter {
	var out []*givenParameter
	for _, p := range params {
		if p.File == nil {
			out = append(out, &givenParameter{name: p.Name, text: p.Value})
			continue
		}
		src := diag.NewSource(p.File.Name, validText(p.File.Text))
		if foreignText(src, problems) {
			continue
		}
		root, bad := document.Parse(src)
		*problems = append(*problems, bad...)
		if root == nil || bad.HasErrors() {
			continue
		}
		if inner := foldGet(root, "parameters"); inner != nil {
			root = inner
		}
		if root.Kind != document.Map {
			problems.Add(diag.Diagnostic{Code: "input/parameter-file", Severity: diag.Error, Span: root.Span.At(root.Span.Start, 1),
				Message: "a parameter file must be a map, not " + root.Describe(), Hint: `it has "parameters", a map of {"value": …}`})
			continue
		}
		for _, e := range root.Entries {
			if strings.HasPrefix(e.Key, "$") {
				continue
			}
			g := &givenParameter{name: e.Key, span: e.KeySpan, node: e.Value}
			if v := foldGet(e.Value, "value"); v != nil {
				g.node = v
			} else if foldGet(e.Value, "reference") != nil {
				g.away = inVault
			} else if foldGet(e.Value, "expression") != nil {
				g.away = "is computed when it is given"
			}
			out = append(out, g)
		}
	}
	return out
}

// giveParameters converts the values for one template. Of two values the later
// wins.
func giveParameters(template *document.Node, given []*givenParameter, problems *diag.List) map[string]armValue {
	out := map[string]armValue{}
	template = templateOf(template)
	declared := bindings(foldGet(template, "parameters"))
	f := &armFrame{template: template}
	for _, g := range given {
		b := declared[foldLower(g.name)]
		if b == nil {
			continue
		}
		g.used = true
		if g.away != "" {
			out[foldLower(g.name)] = armValue{literal: true, value: kept(b.name, g.away, f)}
			continue
		}
		typ := foldLower((&armReader{}).parameterType(f, b.node))
		v, ok := g.value(typ)
		if !ok {
			problems.Add(diag.Diagnostic{Code: "input/parameter-type", Severity: diag.Error, Span: g.span,
				Message: fmt.Sprintf("the parameter %s is of type %s, not %s", quoted(b.name), typ, describe(v))})
			v = piece("the value of [parameters('"+b.name+"')] cannot be used", "<"+b.name+">", f.parameterExpr(b.name))
		} else if hint := notAllowed(b.node, v); hint != "" {
			what := "the value of the parameter " + quoted(b.name)
			problems.Add(diag.Diagnostic{Code: "input/parameter-value", Severity: diag.Error, Span: g.span,
				Message: what + " is not one of those the template allows", Hint: hint})
		}
		out[foldLower(g.name)] = armValue{literal: true, value: v}
	}
	return out
}

// value converts a given value to the declared type. Without one it stays as it is.
func (g *givenParameter) value(typ string) (any, bool) {
	if g.node != nil {
		v := literalValue(g.node)
		return v, v == nil || fitsType(typ, v)
	}
	switch typ {
	case "int":
		v := toInt(g.text)
		_, ok := v.(int)
		return v, ok
	case "bool":
		b, ok := asBool(g.text)
		if !ok {
			return g.text, false
		}
		return b, true
	case "array", "object", "secureobject":
		v, ok := parseJSONText(g.text)
		if !ok {
			return g.text, false
		}
		return v, fitsType(typ, v)
	}
	return g.text, true
}

func fitsType(typ string, v any) bool {
	switch typ {
	case "string", "securestring":
		_, ok := v.(string)
		return ok
	case "int":
		_, ok := v.(int)
		return ok
	case "bool":
		_, ok := v.(bool)
		return ok
	case "array":
		_, ok := v.([]any)
		return ok
	case "object", "secureobject":
		_, ok := v.(map[string]any)
		return ok
	}
	return true
}

// notAllowed lists the allowed values of a parameter where v is none of them.
// Azure ignores case here.
func notAllowed(declaration *document.Node, v any) string {
	allowed := foldGet(declaration, "allowedValues")
	if allowed == nil || allowed.Kind != document.List || v == nil {
		return ""
	}
	if list, ok := v.([]any); ok && len(list) == 0 {
		return ""
	}
	var names []string
	for _, n := range allowed.Items {
		a := literalValue(n)
		if sameAllowed(a, v) {
			return ""
		}
		if list, ok := v.([]any); ok && slices.ContainsFunc(list, func(item any) bool { return sameAllowed(a, item) }) {
			return ""
		}
		names = append(names, shown(toText(a)))
	}
	return "it can be " + strings.Join(names, ", ")
}

func sameAllowed(a, b any) bool {
	s, sok := a.(string)
	t, tok := b.(string)
	return same(a, b) == true || sok && tok && foldEqual(s, t)
}

// unusedParameters reports the names that no template declares.
func unusedParameters(given []*givenParameter, templates []*document.Node, problems *diag.List) {
	var names []string
	for _, t := range templates {
		if params := foldGet(templateOf(t), "parameters"); params != nil {
			for _, e := range params.Entries {
				names = append(names, e.Key)
			}
		}
	}
	slices.Sort(names)
	for _, g := range given {
		if g.used {
			continue
		}
		hint := diag.DidYouMean(g.name, names)
		if hint == "" && len(names) > 0 {
			hint = "the parameters are " + strings.Join(slices.Compact(names), ", ")
		}
		problems.Add(diag.Diagnostic{Code: "input/unknown-parameter", Severity: diag.Error, Span: g.span,
			Message: "no template declares the parameter " + quoted(g.name), Hint: hint})
	}
}
