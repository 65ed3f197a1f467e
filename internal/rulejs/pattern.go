package rulejs

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// pattern writes an RE2 pattern as a JavaScript regular expression with the u
// flag. It is emitted from the parsed pattern, with every class and case fold
// spelled out, because the two syntaxes agree on the easy half only. A pattern
// on which backtracking could take more than linear time becomes an automaton.
func pattern(s string) string {
	re, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		panic(err) // analysis parsed it
	}
	if !isLinear(re) {
		return automaton(re)
	}
	var b strings.Builder
	b.WriteString("/")
	emit(&b, re)
	b.WriteString("/u")
	return b.String()
}

func emit(b *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpNoMatch:
		b.WriteString("(?!)")
	case syntax.OpEmptyMatch:
		b.WriteString("(?:)")
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				class(b, fold(r))
			} else {
				b.WriteString(char(r))
			}
		}
	case syntax.OpCharClass:
		class(b, re.Rune)
	case syntax.OpAnyCharNotNL:
		b.WriteString(`[^\n]`)
	case syntax.OpAnyChar:
		b.WriteString(`[\s\S]`)
	case syntax.OpBeginLine:
		b.WriteString(`(?<![^\n])`)
	case syntax.OpEndLine:
		b.WriteString(`(?![^\n])`)
	case syntax.OpBeginText:
		b.WriteString("^") // of the text: no pattern has the flag m
	case syntax.OpEndText:
		// Not "$": the V8 of 2026 then looks in the middle of the last surrogate pair, and finds
		// no /[\s\S]$/u in "\u{100000}".
		b.WriteString(`(?![\s\S])`)
	case syntax.OpWordBoundary:
		b.WriteString(`\b`)
	case syntax.OpNoWordBoundary:
		b.WriteString(`\B`)
	case syntax.OpCapture:
		group(b, re.Sub...)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			emitAtom(b, sub, sub.Op == syntax.OpAlternate)
		}
	case syntax.OpAlternate:
		b.WriteString("(?:")
		for i, sub := range re.Sub {
			if i > 0 {
				b.WriteString("|")
			}
			emit(b, sub)
		}
		b.WriteString(")")
	default:
		repeat(b, re)
	}
}

func emitAtom(b *strings.Builder, re *syntax.Regexp, grouped bool) {
	if grouped {
		group(b, re)
		return
	}
	emit(b, re)
}

func group(b *strings.Builder, subs ...*syntax.Regexp) {
	b.WriteString("(?:")
	for _, sub := range subs {
		emit(b, sub)
	}
	b.WriteString(")")
}

func repeat(b *strings.Builder, re *syntax.Regexp) {
	if isCharacter(re.Sub[0]) && (re.Sub[0].Op != syntax.OpLiteral || re.Sub[0].Flags&syntax.FoldCase == 0) {
		emit(b, re.Sub[0]) // engines loop over a single class without a stack
	} else {
		group(b, re.Sub[0])
	}
	switch re.Op {
	case syntax.OpStar:
		b.WriteString("*")
	case syntax.OpPlus:
		b.WriteString("+")
	case syntax.OpQuest:
		b.WriteString("?")
	case syntax.OpRepeat:
		switch {
		case re.Max == re.Min:
			fmt.Fprintf(b, "{%d}", re.Min)
		case re.Max < 0:
			fmt.Fprintf(b, "{%d,}", re.Min)
		default:
			fmt.Fprintf(b, "{%d,%d}", re.Min, re.Max)
		}
	}
	if re.Flags&syntax.NonGreedy != 0 {
		b.WriteString("?")
	}
}

// isCharacter reports a pattern of exactly one character.
func isCharacter(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		return len(re.Rune) == 1
	}
	return false
}

// fold lists the runes that r matches without regard to case, as ranges.
func fold(r rune) []rune {
	out := []rune{r, r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		out = append(out, f, f)
	}
	return out
}

func class(b *strings.Builder, ranges []rune) {
	b.WriteString("[")
	for i := 0; i+1 < len(ranges); i += 2 {
		b.WriteString(char(ranges[i]))
		if ranges[i] != ranges[i+1] {
			b.WriteString("-" + char(ranges[i+1]))
		}
	}
	b.WriteString("]")
}

// char writes a rune so that it means itself inside and outside a class.
func char(r rune) string {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == ' ' {
		return string(r)
	}
	return fmt.Sprintf(`\u{%x}`, r)
}
