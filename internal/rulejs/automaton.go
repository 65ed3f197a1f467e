package rulejs

import (
	"encoding/json"
	"fmt"
	"regexp/syntax"
	"slices"
	"unicode"
)

// isLinear reports that a backtracking engine takes time in proportion to the
// text. It is conservative: it knows sequences of characters, anchors, repeated
// characters and one choice of words, and of those only what cannot be tried in
// two ways: what follows a repeated character never begins with it.
func isLinear(re *syntax.Regexp) bool {
	parts := sequence(re)
	anchored := len(parts) > 0 && parts[0].Op == syntax.OpBeginText
	choices := 0
	for i, p := range parts {
		switch p.Op {
		case syntax.OpEmptyMatch, syntax.OpNoMatch, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine,
			syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
			if !isCharacter(p.Sub[0]) {
				return false
			}
			unbounded := p.Op == syntax.OpStar || p.Op == syntax.OpPlus || p.Op == syntax.OpRepeat && (p.Max < 0 || p.Max > 64)
			// Without an anchor a failing match starts again at the next character.
			if unbounded && !anchored && i < len(parts)-1 || !endsClearly(p, parts[i+1:]) {
				return false
			}
		case syntax.OpAlternate:
			if choices++; choices > 1 || len(p.Sub) > 64 || slices.ContainsFunc(p.Sub, func(s *syntax.Regexp) bool { return !isWord(s) }) {
				return false
			}
			// A choice may be made in several ways: nothing repeated may follow.
			for _, later := range parts[i+1:] {
				switch later.Op {
				case syntax.OpStar, syntax.OpPlus, syntax.OpRepeat:
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// sequence returns the parts of a concatenation, without groups.
func sequence(re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpCapture:
		return sequence(re.Sub[0])
	case syntax.OpConcat:
		var out []*syntax.Regexp
		for _, s := range re.Sub {
			out = append(out, sequence(s)...)
		}
		return out
	}
	return []*syntax.Regexp{re}
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

// isWord reports a sequence of characters, nothing repeated.
func isWord(re *syntax.Regexp) bool {
	for _, p := range sequence(re) {
		if p.Op != syntax.OpLiteral && p.Op != syntax.OpEmptyMatch && !isCharacter(p) {
			return false
		}
	}
	return true
}

// endsClearly reports that a repeated character cannot also begin what follows,
// so that there is one way only to end the repetition.
func endsClearly(p *syntax.Regexp, rest []*syntax.Regexp) bool {
	if p.Op == syntax.OpRepeat && p.Min == p.Max {
		return true
	}
	set := characters(p.Sub[0])
	for _, next := range rest {
		switch next.Op {
		case syntax.OpEndText:
			return true
		case syntax.OpEmptyMatch:
			continue
		case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
			return !overlap(set, characters(next))
		case syntax.OpPlus:
			return isCharacter(next.Sub[0]) && !overlap(set, characters(next.Sub[0]))
		case syntax.OpStar, syntax.OpQuest, syntax.OpRepeat:
			if !isCharacter(next.Sub[0]) || overlap(set, characters(next.Sub[0])) {
				return false
			}
			if next.Op == syntax.OpRepeat && next.Min > 0 {
				return true
			}
		default:
			return false
		}
	}
	return true
}

// characters returns the ranges of the first character of a literal or class.
func characters(re *syntax.Regexp) []rune {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return fold(re.Rune[0])
		}
		return []rune{re.Rune[0], re.Rune[0]}
	case syntax.OpCharClass:
		return re.Rune
	case syntax.OpAnyCharNotNL:
		return []rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	}
	return []rune{0, unicode.MaxRune}
}

func overlap(a, b []rune) bool {
	for i := 0; i+1 < len(a); i += 2 {
		for j := 0; j+1 < len(b); j += 2 {
			if a[i] <= b[j+1] && b[j] <= a[i+1] {
				return true
			}
		}
	}
	return false
}

// automaton writes a pattern as the program of regexp/syntax, which
// theme/runtime/automaton.ts runs.
func automaton(re *syntax.Regexp) string {
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		panic(err) // what parses compiles
	}
	const alt, empty, match, next, runes = 0, 1, 2, 3, 4
	code := make([][]int, len(prog.Inst))
	for i, inst := range prog.Inst {
		out := int(inst.Out)
		switch inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			code[i] = []int{alt, out, int(inst.Arg)}
		case syntax.InstEmptyWidth:
			code[i] = []int{empty, int(inst.Arg), out}
		case syntax.InstMatch:
			code[i] = []int{match}
		case syntax.InstCapture, syntax.InstNop:
			code[i] = []int{next, out}
		case syntax.InstFail:
			code[i] = []int{runes, out}
		default:
			code[i] = append([]int{runes, out}, rangesOf(inst)...)
		}
	}
	text, err := json.Marshal(code)
	if err != nil {
		panic(err) // numbers always encode
	}
	return fmt.Sprintf("rt.automaton(%s, %d)", quote(string(text)), prog.Start)
}

func rangesOf(inst syntax.Inst) []int {
	list := inst.Rune
	switch {
	case inst.Op == syntax.InstRuneAny:
		list = []rune{0, unicode.MaxRune}
	case inst.Op == syntax.InstRuneAnyNotNL:
		list = []rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	case len(list) == 1 && syntax.Flags(inst.Arg)&syntax.FoldCase != 0:
		list = fold(list[0])
	case len(list) == 1:
		list = []rune{list[0], list[0]}
	}
	out := make([]int, len(list))
	for i, r := range list {
		out[i] = int(r)
	}
	return out
}
