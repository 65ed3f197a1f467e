package lang

import (
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/model"
)

// Template is a text with ${…} parts. `$${` stands for `${`.
type Template struct{ Parts []TemplatePart }

// TemplatePart is literal text, or an expression.
type TemplatePart struct {
	Text string
	Expr *Expr
}

// CompileTemplate compiles a message. Problems are placed inside the text.
func (e *Env) CompileTemplate(text model.Text, vars []Var, rule string) (*Template, diag.List) {
	var diags diag.List
	t := &Template{}
	runes := []rune(text.Value)
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			t.Parts = append(t.Parts, TemplatePart{Text: literal.String()})
			literal.Reset()
		}
	}
	for i := 0; i < len(runes); i++ {
		switch {
		case hasAt(runes, i, "$${"):
			literal.WriteString("${")
			i += 2
		case hasAt(runes, i, "${"):
			end := closingBrace(runes, i+2)
			if end < 0 {
				diags.Add(diag.Diagnostic{Code: "rule/syntax", Severity: diag.Error, Span: spanOf(text, i, i+2), Rule: rule,
					Message: `"${" is not closed`, Hint: `close it with "}", or write "$${" for the two characters`})
				return t, diags
			}
			flush()
			x, problems := e.Compile(subText(text, i+2, end), vars, rule)
			diags = append(diags, problems...)
			if x != nil {
				t.Parts = append(t.Parts, TemplatePart{Expr: x})
			}
			i = end
		default:
			literal.WriteRune(runes[i])
		}
	}
	flush()
	return t, diags
}

func hasAt(runes []rune, i int, s string) bool {
	for j, r := range []rune(s) {
		if i+j >= len(runes) || runes[i+j] != r {
			return false
		}
	}
	return true
}

// closingBrace finds the brace that ends an expression starting at i, past
// nested braces and quoted text, or -1.
func closingBrace(runes []rune, i int) int {
	depth := 0
	for ; i < len(runes); i++ {
		switch runes[i] {
		case '"', '\'', '`':
			quote := runes[i]
			for i++; i < len(runes) && runes[i] != quote; i++ {
				if runes[i] == '\\' && quote != '`' {
					i++
				}
			}
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// subText is the part of a text between two runes, with its place.
func subText(t model.Text, from, to int) model.Text {
	return model.Text{
		Value: string([]rune(t.Value)[from:to]),
		Span:  spanOf(t, from, to),
		Offset: func(r int) int {
			if t.Offset == nil {
				return t.Span.Start
			}
			return t.Offset(from + r)
		},
	}
}

// Eval returns the text with its parts shown.
func (t *Template) Eval(w *World, vars func() map[string]any) (string, *RuntimeError) {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Expr == nil {
			b.WriteString(p.Text)
			continue
		}
		v, err := p.Expr.Eval(w, vars())
		if err != nil {
			return "", err
		}
		b.WriteString(show(v))
	}
	return b.String(), nil
}
