package lang

import (
	"strconv"
	"strings"
)

// How tightly each form binds, as expr's parser does it. A node whose own number
// is lower than the place it stands in needs brackets.
const (
	bindAny     = 0 // a closure, the whole expression: also `let` and sequences
	bindLet     = 1
	bindCond    = 2
	bindOr      = 10
	bindAnd     = 15
	bindNot     = 16
	bindCompare = 20
	bindRange   = 25
	bindSum     = 30
	bindProduct = 60
	bindUnary   = 90
	bindPower   = 100
	bindAtom    = 600
)

// String prints the node as the text of an expression, with no more brackets
// than it needs. Analysing that text gives the same node, but for its place.
func (n *Node) String() string {
	var p printer
	p.node(n, bindAny)
	return p.b.String()
}

type printer struct{ b strings.Builder }

// node prints n where something binds as tightly as outer says.
func (p *printer) node(n *Node, outer int) {
	if n.bind() < outer {
		p.b.WriteByte('(')
		defer p.b.WriteByte(')')
	}
	switch n.Op {
	case OpLit:
		p.literal(n.Lit)
	case OpVar, OpColl:
		if n.Name == EnvName {
			p.b.WriteString(envVariable)
			break
		}
		p.b.WriteString(n.Name)
	case OpDecl:
		p.b.WriteString("declared." + n.Name)
	case OpPtr:
		p.b.WriteByte('#')
	case OpIndex:
		p.b.WriteString("#index")
	case OpAcc:
		p.b.WriteString("#acc")
	case OpGet:
		p.get(n)
	case OpAt:
		p.node(n.Args[0], bindAtom)
		if n.Optional {
			p.b.WriteString("?.")
		}
		p.b.WriteByte('[')
		p.node(n.Args[1], bindCond)
		p.b.WriteByte(']')
	case OpSlice:
		p.slice(n)
	case OpChain:
		p.node(n.Args[0], bindAtom)
	case OpNot:
		p.b.WriteString("not ")
		p.node(n.Args[0], bindAtom)
	case OpNeg, OpPos:
		p.b.WriteString(map[Op]string{OpNeg: "-", OpPos: "+"}[n.Op])
		p.node(n.Args[0], bindAtom)
	case OpAnd, OpOr:
		p.binary(n, string(n.Op))
	case OpElse:
		p.operand(n.Args[0], bindAtom, n.Args[0].Op == OpElse)
		p.b.WriteString(" ?? ")
		p.node(n.Args[1], bindAtom)
	case OpBin:
		p.binary(n, n.Name)
	case OpCond:
		p.node(n.Args[0], bindOr)
		p.b.WriteString(" ? ")
		p.node(n.Args[1], bindOr)
		p.b.WriteString(" : ")
		p.node(n.Args[2], bindOr)
	case OpLet:
		p.b.WriteString("let " + n.Name + " = ")
		p.node(n.Args[0], bindCond)
		p.b.WriteString("; ")
		p.node(n.Args[1], bindLet)
	case OpSeq:
		p.list(n.Args, "; ", bindCond)
	default:
		p.composite(n)
	}
}

func (p *printer) operand(n *Node, outer int, bare bool) {
	if bare {
		outer = bindAny
	}
	p.node(n, outer)
}

// composite prints calls and literals of lists and maps.
func (p *printer) composite(n *Node) {
	switch n.Op {
	case OpLoop:
		p.b.WriteString(n.Name + "(")
		for i, a := range n.Args {
			if i > 0 {
				p.b.WriteString(", ")
			}
			if i == 1 {
				p.closure(a)
			} else {
				p.node(a, bindCond)
			}
		}
		p.b.WriteByte(')')
	case OpCall, OpFunc, OpOpen:
		name := n.Name
		if n.Op == OpOpen {
			name = openName
		}
		p.b.WriteString(name + "(")
		p.list(n.Args, ", ", bindCond)
		p.b.WriteByte(')')
	case OpList:
		p.b.WriteByte('[')
		p.list(n.Args, ", ", bindCond)
		p.b.WriteByte(']')
	case OpMap:
		p.b.WriteByte('{')
		for i := 0; i+1 < len(n.Args); i += 2 {
			if i > 0 {
				p.b.WriteString(", ")
			}
			if key, constant := n.Args[i].Lit.(string); constant && n.Args[i].Op == OpLit {
				p.literal(key)
			} else {
				p.b.WriteByte('(')
				p.node(n.Args[i], bindAny)
				p.b.WriteByte(')')
			}
			p.b.WriteString(": ")
			p.node(n.Args[i+1], bindCond)
		}
		p.b.WriteByte('}')
	}
}

// closure prints the body of a closure. A map at its beginning would be read as
// the closure's own braces, and a sequence needs them.
func (p *printer) closure(n *Node) {
	last := n
	for last.Op == OpLet {
		last = last.Args[1]
	}
	if text := n.String(); strings.HasPrefix(text, "{") || last.Op == OpSeq {
		p.b.WriteString("{ " + text + " }")
	} else {
		p.b.WriteString(text)
	}
}

func (p *printer) get(n *Node) {
	base := n.Args[0]
	plain := base.Op == OpVar && !n.Optional && isName(n.Name) && !keywords[n.Name]
	if _, isBuiltin := builtins[n.Name]; plain && (base.Name == SelfName || base.Name == EnvName && !isBuiltin) {
		p.b.WriteString(n.Name)
		return
	}
	if base.Op != OpPtr || n.Optional {
		p.node(base, bindAtom)
	}
	if n.Optional {
		p.b.WriteByte('?')
	}
	if isName(n.Name) {
		p.b.WriteString("." + n.Name)
		return
	}
	if base.Op == OpPtr && !n.Optional {
		p.b.WriteByte('#')
	}
	if n.Optional {
		p.b.WriteByte('.')
	}
	p.b.WriteString("[" + strconv.Quote(n.Name) + "]")
}

// envVariable is how an untyped expression names its whole environment.
const envVariable = "$env"

// keywords are no names of variables, but may follow a dot.
var keywords = map[string]bool{"let": true, "if": true, "else": true, "true": true, "false": true, "nil": true,
	"and": true, "or": true, "not": true, "in": true, "matches": true, "contains": true, "startsWith": true, "endsWith": true}

func isName(s string) bool {
	for i, r := range s {
		if !(r == '_' || r == '$' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}

func (p *printer) slice(n *Node) {
	p.node(n.Args[0], bindAtom)
	p.b.WriteByte('[')
	if n.Args[1] != nil {
		p.node(n.Args[1], bindOr)
	}
	p.b.WriteByte(':')
	if n.Args[2] != nil {
		p.node(n.Args[2], bindOr)
	}
	p.b.WriteByte(']')
}

// binary prints an operator between its operands. `a < b < c` means something
// else to expr's parser, so comparisons are never chained.
func (p *printer) binary(n *Node, op string) {
	own := n.bind()
	left, right := own, own+1
	switch own {
	case bindCompare:
		left = own + 1
	case bindPower: // from the right
		left, right = own+1, own
	}
	p.node(n.Args[0], left)
	if op == ".." {
		p.b.WriteString(op)
	} else {
		p.b.WriteString(" " + op + " ")
	}
	p.node(n.Args[1], right)
}

func (p *printer) list(args []*Node, separator string, outer int) {
	for i, a := range args {
		if i > 0 {
			p.b.WriteString(separator)
		}
		p.node(a, outer)
	}
}

func (p *printer) literal(v any) {
	switch v := v.(type) {
	case nil:
		p.b.WriteString("nil")
	case bool:
		p.b.WriteString(strconv.FormatBool(v))
	case int:
		p.b.WriteString(strconv.Itoa(v))
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		p.b.WriteString(s)
	case string:
		p.b.WriteString(strconv.Quote(v))
	}
}

// bind says how tightly a node holds together.
func (n *Node) bind() int {
	switch n.Op {
	case OpSeq:
		return bindAny
	case OpLet:
		return bindLet
	case OpCond:
		return bindCond
	case OpOr:
		return bindOr
	case OpAnd:
		return bindAnd
	case OpElse:
		// Mixed with any other operator it needs brackets.
		return bindCond
	case OpNot:
		return bindNot
	case OpNeg, OpPos:
		return bindUnary
	case OpLit:
		switch v := n.Lit.(type) {
		case int:
			if v < 0 {
				return bindUnary
			}
		case float64:
			if v < 0 {
				return bindUnary
			}
		}
	case OpBin:
		switch n.Name {
		case "..":
			return bindRange
		case "+", "-":
			return bindSum
		case "*", "/", "%":
			return bindProduct
		case "**":
			return bindPower
		}
		return bindCompare
	}
	return bindAtom
}
