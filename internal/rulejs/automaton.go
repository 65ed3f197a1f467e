package rulejs

import (
	"encoding/json"
	"fmt"
	"regexp/syntax"
	"unicode"
)

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
