package topology

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// armExpr is a node of a template expression, "[concat('a', parameters('b').c)]".
type armExpr struct {
	op   armOp
	name string     // of a call, as written ("ns.f" for a user function); of a property
	lit  any        // of a literal: string, int or float64
	args []*armExpr // of a call; else the target, and for armAt the index
	text string     // as written, brackets excluded
	from int        // byte offset in the text that was parsed
	// node is the string that holds the expression and shift how many characters
	// of it the parser was not given; the reader sets them.
	node  *document.Node
	shift int
	fn    *armFunction // of a call, once it was looked up
}

// span is the place of the expression's first character.
func (e *armExpr) span() diag.Span {
	if e.node == nil {
		return diag.Span{}
	}
	return armSpan(e.node, e.from+e.shift)
}

type armOp int

const (
	armLit  armOp = iota
	armCall       // name(args)
	armGet        // args[0].name
	armAt         // args[0][args[1]]
)

// positionExpr tells, in an Expr, an expression from any other by where it stands.
func positionExpr(s diag.Span) string {
	if s.Source == nil {
		return ""
	}
	line, column := s.Source.Position(s.Start)
	return fmt.Sprintf("@%d:%d", line, column)
}

// armError is a problem at a byte offset of the string's value.
type armError struct {
	at            int
	message, hint string
}

// maxArmNesting bounds how deep calls stand inside each other. Azure's own
// limit on an expression, 24,576 characters, allows more than any template has.
const maxArmNesting = 200

// parseArm parses the value of a string that starts with "[" and ends with "]".
func parseArm(value string) (*armExpr, *armError) {
	p := &armParser{text: value, end: len(value) - 1, at: 1}
	e := p.expression()
	if p.err == nil {
		if p.space(); p.at < p.end {
			p.fail(p.at, fmt.Sprintf("unexpected %s after the end of the expression", quoted(p.rest())), "an expression is one function call, with properties and indexes behind it")
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	return e, nil
}

// isArmExpression reports whether the template language reads a string as an
// expression; "[[" is the escape for a text that starts with a bracket.
func isArmExpression(s string) bool {
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && len(s) >= 2 && !strings.HasPrefix(s, "[[")
}

type armParser struct {
	text  string
	at    int
	end   int
	depth int
	err   *armError
}

func (p *armParser) fail(at int, message, hint string) *armExpr {
	if p.err == nil {
		p.err = &armError{at, message, hint}
	}
	return nil
}

func (p *armParser) space() {
	for p.at < p.end && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// peek returns the next character after white space, or 0 at the end.
func (p *armParser) peek() byte {
	p.space()
	if p.at >= p.end {
		return 0
	}
	return p.text[p.at]
}

// rest is the next character, for messages.
func (p *armParser) rest() string {
	_, n := utf8.DecodeRuneInString(p.text[p.at:p.end])
	return p.text[p.at : p.at+n]
}

// expect consumes a character, or fails.
func (p *armParser) expect(c byte, what string) bool {
	switch p.peek() {
	case c:
		p.at++
		return true
	case 0:
		p.fail(p.end, "the expression ends too early", fmt.Sprintf("expected %s %s", quoted(string(c)), what))
	default:
		p.fail(p.at, "unexpected "+quoted(p.rest()), fmt.Sprintf("expected %s %s", quoted(string(c)), what))
	}
	return false
}

// expression is a primary with properties and indexes behind it.
func (p *armParser) expression() *armExpr {
	if p.depth++; p.depth > maxArmNesting {
		return p.fail(p.at, "the expression is nested too deeply", fmt.Sprintf("at most %d levels are read", maxArmNesting))
	}
	defer func() { p.depth-- }()
	e := p.primary()
	for parts := 0; p.err == nil; parts++ {
		if parts > maxArmNesting {
			return p.fail(p.at, "the expression is nested too deeply", fmt.Sprintf("at most %d levels are read", maxArmNesting))
		}
		switch p.peek() {
		case '.':
			p.at++
			p.space()
			name := p.identifier()
			if name == "" {
				if p.at >= p.end {
					return p.fail(p.end, "the expression ends too early", "expected the name of a property after \".\"")
				}
				return p.fail(p.at, "unexpected "+quoted(p.rest()), "expected the name of a property after \".\"")
			}
			e = &armExpr{op: armGet, name: name, args: []*armExpr{e}, text: p.text[e.from:p.at], from: e.from}
		case '[':
			p.at++
			index := p.expression()
			if p.err != nil || !p.expect(']', "after the index") {
				return nil
			}
			e = &armExpr{op: armAt, args: []*armExpr{e, index}, text: p.text[e.from:p.at], from: e.from}
		default:
			return e
		}
	}
	return nil
}

func (p *armParser) primary() *armExpr {
	c := p.peek()
	from := p.at
	switch {
	case c == 0:
		return p.fail(p.end, "the expression ends too early", "expected a function call, a string or a number")
	case c == '\'':
		return p.str()
	case c >= '0' && c <= '9' || c == '-' || c == '+':
		return p.number()
	}
	name := p.identifier()
	if name == "" {
		return p.fail(from, "unexpected "+quoted(p.rest()), "expected a function call, a string in single quotes or a number")
	}
	if p.peek() == '.' {
		p.at++
		p.space()
		member := p.identifier()
		if member == "" || p.peek() != '(' {
			return p.fail(from, quoted(name)+" is not a function call", fmt.Sprintf("write parameters('%[1]s') or variables('%[1]s')", name))
		}
		name += "." + member
	}
	if p.peek() != '(' {
		return p.fail(from, quoted(name)+" is not a function call", fmt.Sprintf("write parameters('%[1]s') or variables('%[1]s'), or put a text in single quotes", name))
	}
	p.at++
	args := p.arguments()
	if p.err != nil {
		return nil
	}
	return &armExpr{op: armCall, name: name, args: args, text: p.text[from:p.at], from: from}
}

// arguments parses up to and with the closing parenthesis.
func (p *armParser) arguments() []*armExpr {
	var args []*armExpr
	if p.peek() == ')' {
		p.at++
		return args
	}
	for {
		args = append(args, p.expression())
		if p.err != nil {
			return nil
		}
		if p.peek() == ',' {
			p.at++
			continue
		}
		p.expect(')', "after the arguments")
		return args
	}
}

func (p *armParser) str() *armExpr {
	from := p.at
	var b strings.Builder
	for p.at++; p.at < p.end; p.at++ {
		if p.text[p.at] != '\'' {
			b.WriteByte(p.text[p.at])
			continue
		}
		if p.at+1 < p.end && p.text[p.at+1] == '\'' { // '' is a quote
			b.WriteByte('\'')
			p.at++
			continue
		}
		p.at++
		return &armExpr{op: armLit, lit: b.String(), text: p.text[from:p.at], from: from}
	}
	return p.fail(from, "the string that starts here has no closing quote", "end it with a single quote; a quote inside it is written twice")
}

func (p *armParser) number() *armExpr {
	from := p.at
	if c := p.text[p.at]; c == '-' || c == '+' {
		p.at++
	}
	digits := p.at
	for p.at < p.end && (p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] == '.') {
		p.at++
	}
	text := strings.TrimPrefix(p.text[from:p.at], "+")
	if p.at == digits {
		return p.fail(from, "unexpected "+quoted(p.text[from:p.at]), "expected a number after the sign")
	}
	lit, ok := armNumber(text)
	if !ok {
		return p.fail(from, quoted(text)+" is not a number", "")
	}
	return &armExpr{op: armLit, lit: lit, text: p.text[from:p.at], from: from}
}

// armNumber reads a decimal number: an int where it fits one, else a float.
func armNumber(text string) (any, bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return int(i), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || strings.HasSuffix(text, ".") || strings.Trim(text, "-0123456789.eE+") != "" {
		return nil, false
	}
	return f, true
}

func (p *armParser) identifier() string {
	from := p.at
	for p.at < p.end {
		c := p.text[p.at]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (p.at == from || c < '0' || c > '9') {
			break
		}
		p.at++
	}
	return p.text[from:p.at]
}

// armSpan is the place of a byte offset of a string's value in the source. Of a
// string in double quotes the raw text is walked beside the value, because an
// escape is longer than what it stands for.
func armSpan(n *document.Node, offset int) diag.Span {
	raw := n.Span.Source.Text[n.Span.Start:n.Span.End]
	at := min(offset, len(raw))
	if strings.HasPrefix(raw, `"`) {
		at = 1
		for value := 0; value < offset && at < len(raw); {
			width, size := 1, 1
			if raw[at] == '\\' && at+1 < len(raw) {
				width, size = jsonEscape(raw[at:])
			}
			at += width
			value += size
		}
	}
	return diag.Span{Source: n.Span.Source, Start: n.Span.Start + min(at, len(raw)), End: n.Span.End}
}

// jsonEscape returns the length of the escape that raw starts with and of the
// bytes it stands for.
func jsonEscape(raw string) (width, size int) {
	unit := func(at int) rune {
		if len(raw) < at+6 || raw[at:at+2] != `\u` {
			return -1
		}
		u, err := strconv.ParseUint(raw[at+2:at+6], 16, 16)
		if err != nil {
			return -1
		}
		return rune(u)
	}
	r := unit(0)
	switch {
	case r < 0:
		return 2, 1
	case r >= 0xd800 && r < 0xdc00 && unit(6) >= 0xdc00 && unit(6) < 0xe000:
		return 12, 4
	case r >= 0xd800 && r < 0xe000:
		return 6, len("\ufffd") // a lone surrogate is read as U+FFFD
	}
	return 6, utf8.RuneLen(r)
}
