package topology

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/plumbline/plumbline/internal/lang"
)

// Text that is resolved in part is an *lang.Unknown. Its Expr is literal text
// with each unresolved piece in braces, {parameters('x')}; a literal brace is
// doubled. Its Text is what people see, each piece as <x>. Both have the same
// literal text, in the same order.

// unresolvedText is the Text of a piece that has no name of its own.
const unresolvedText = "<u>"

// piece makes an unknown that is one unresolved piece. expr goes into braces
// and must not hold unbalanced ones; quoteExpr sees to that.
func piece(reason, text, expr string) *lang.Unknown {
	return bounded(&lang.Unknown{Reason: reason, Text: text, Expr: "{" + expr + "}"})
}

// maxExpr bounds an Expr: a template that doubles an unresolved text again and
// again must not double what is kept of it.
const maxExpr = 1 << 14

// bounded replaces an Expr that is too long by its hash, which is as good for
// telling it from others.
func bounded(u *lang.Unknown) *lang.Unknown {
	if len(u.Expr) <= maxExpr && len(u.Text) <= maxExpr {
		return u
	}
	return &lang.Unknown{Reason: u.Reason, Text: unresolvedText, Expr: "{#" + hash(u.Expr) + "}"}
}

// hash is two mixed 32-bit hashes, because JavaScript has no fast wider integer.
func hash(s string) string {
	a, b := uint32(0x811c9dc5), uint32(0x01000193)
	for _, c := range utf16.Encode([]rune(s)) {
		a = (a ^ uint32(c)) * 0x01000193
		b = (b^uint32(c))*0x85ebca6b ^ a>>13
	}
	return fmt.Sprintf("%x-%x", a, b)
}

// literalExpr writes known text as part of an Expr.
func literalExpr(s string) string {
	if !strings.ContainsAny(s, "{}") {
		return s
	}
	return strings.NewReplacer("{", "{{", "}", "}}").Replace(s)
}

// quoteExpr writes a known text inside a piece, as an argument.
func quoteExpr(s string) string {
	if !strings.ContainsAny(s, `\'{}`) {
		return "'" + s + "'"
	}
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''", "{", `\u007b`, "}", `\u007d`).Replace(s) + "'"
}

// joinText concatenates texts that may be unresolved. The result is a string
// where all are.
func joinText(parts ...any) any {
	if s, ok := joinKnown(parts); ok {
		return s
	}
	var text, expr strings.Builder
	reason, known, placed := "", true, false
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			text.WriteString(p)
			expr.WriteString(literalExpr(p))
		case *lang.Unknown:
			if p.Expr == "" {
				p = piece(p.Reason, unresolvedText, "?")
			}
			// The fixed scope of a deployment is the last reason to name.
			_, fixed := settled(p).(string)
			if known || placed && !fixed {
				reason, placed = p.Reason, fixed
			}
			known = false
			text.WriteString(p.Text)
			expr.WriteString(p.Expr)
		}
	}
	if known {
		return text.String()
	}
	return bounded(&lang.Unknown{Reason: reason, Text: text.String(), Expr: expr.String()})
}

// joinKnown concatenates texts, or reports false where one is unresolved.
func joinKnown(parts []any) (string, bool) {
	size := 0
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			size += len(p)
		case *lang.Unknown:
			return "", false
		}
	}
	var text strings.Builder
	text.Grow(size)
	for _, p := range parts {
		if s, ok := p.(string); ok {
			text.WriteString(s)
		}
	}
	return text.String(), true
}

// exprPieces cuts an Expr into literal texts (braces undoubled) and unresolved
// pieces (braces kept), in order.
func exprPieces(expr string) (parts []string, unresolved []bool) {
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			parts, unresolved = append(parts, literal.String()), append(unresolved, false)
			literal.Reset()
		}
	}
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		if (c == '{' || c == '}') && i+1 < len(expr) && expr[i+1] == c {
			literal.WriteByte(c)
			i++
			continue
		}
		if c != '{' {
			literal.WriteByte(c)
			continue
		}
		flush()
		start, depth := i, 0
		for ; i < len(expr); i++ {
			if expr[i] == '{' {
				depth++
			} else if expr[i] == '}' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		parts, unresolved = append(parts, expr[start:min(i+1, len(expr))]), append(unresolved, true)
	}
	flush()
	return parts, unresolved
}

// onlyPiece returns what stands between the braces of an Expr that is a single
// unresolved piece.
func onlyPiece(expr string) (string, bool) {
	parts, unresolved := exprPieces(expr)
	if len(parts) != 1 || !unresolved[0] {
		return "", false
	}
	return expr[1 : len(expr)-1], true
}

// literalPrefix returns the known text that an unresolved one begins with.
func literalPrefix(u *lang.Unknown) string {
	parts, unresolved := exprPieces(u.Expr)
	if len(parts) == 0 || unresolved[0] {
		return ""
	}
	return parts[0]
}

// settled returns the known string of a text whose Expr has no unresolved
// piece, such as the scope of the deployment itself; else the value as it is.
func settled(v any) any {
	if u, ok := v.(*lang.Unknown); ok && u.Expr != "" {
		if !strings.ContainsAny(u.Expr, "{}") {
			return u.Expr
		}
		if parts, unresolved := exprPieces(u.Expr); len(parts) == 1 && !unresolved[0] {
			return parts[0]
		}
	}
	return v
}

// textSegments cuts a text at its slashes. Those inside unresolved pieces do not
// count. It gives nil for what is no text.
func textSegments(v any) []any {
	switch v := v.(type) {
	case string:
		parts := strings.Split(v, "/")
		out := make([]any, len(parts))
		for i, p := range parts {
			out[i] = p
		}
		return out
	case *lang.Unknown:
		return unresolvedSegments(v)
	}
	return nil
}

func unresolvedSegments(u *lang.Unknown) []any {
	texts := strings.Split(u.Text, "/")
	exprs, unknown := []string{""}, []bool{false}
	parts, unresolved := exprPieces(u.Expr)
	for i, p := range parts {
		if unresolved[i] {
			exprs[len(exprs)-1] += p
			unknown[len(unknown)-1] = true
			continue
		}
		for j, segment := range strings.Split(p, "/") {
			if j > 0 {
				exprs, unknown = append(exprs, ""), append(unknown, false)
			}
			exprs[len(exprs)-1] += literalExpr(segment)
		}
	}
	if len(texts) != len(exprs) || u.Expr == "" {
		return nil
	}
	out := make([]any, len(texts))
	for i := range texts {
		if unknown[i] {
			out[i] = &lang.Unknown{Reason: u.Reason, Text: texts[i], Expr: exprs[i]}
		} else {
			out[i] = texts[i]
		}
	}
	return out
}

// joinSegments is the inverse of textSegments.
func joinSegments(segments []any) any {
	parts := make([]any, 0, 2*len(segments))
	for i, s := range segments {
		if i > 0 {
			parts = append(parts, "/")
		}
		parts = append(parts, s)
	}
	return joinText(parts...)
}

// shown is what people see of a text.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case *lang.Unknown:
		if v.Text != "" {
			return v.Text
		}
	}
	return unresolvedText
}

// identityOf is the key under which a name or id is found, and whether the value
// has one.
func identityOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return normalID(literalExpr(v)), true
	case *lang.Unknown:
		return normalID(v.Expr), v.Expr != ""
	}
	return "", false
}
