package rulejs

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// Limits of what isLinear accepts: in how many ways a backtracking engine can be
// within a pattern at one place of a text, and how much it looks at to find out.
const (
	maxWays       = 64
	maxSituations = 2000
	maxSteps      = 10_000
)

// isLinear reports that a backtracking engine takes time in proportion to the
// text. Such an engine tries one way through the pattern after the other, from
// one place after the other: its time is the number of ways in which it can have
// read each prefix of the text. isLinear counts them, for every text at once, by
// running the pattern's program with the number of ways to each instruction. It
// gives up where they are many.
func isLinear(re *syntax.Regexp) bool {
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return false
	}
	c := &counter{prog: prog, onPath: make([]bool, len(prog.Inst))}
	start := situation{ways: map[int]int{}}
	if !c.enter(&start, prog.Start, 1, true) {
		return false
	}
	letters := alphabet(prog)
	seen := map[string]bool{start.key(): true}
	for todo := []situation{start}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, letter := range letters {
			next, ok := c.read(s, letter)
			if !ok {
				return false
			}
			if key := next.key(); !seen[key] {
				if seen[key] = true; len(seen) > maxSituations {
					return false
				}
				todo = append(todo, next)
			}
		}
	}
	return true
}

// situation is what can be after some text: the ways to each instruction that
// reads a character, and whether a match was found, after which an engine does
// not begin again at a later place.
type situation struct {
	ways    map[int]int
	matched bool
}

func (s situation) key() string {
	var b strings.Builder
	fmt.Fprint(&b, s.matched, s.ways) // maps print in the order of their keys
	return b.String()
}

type counter struct {
	prog   *syntax.Prog
	onPath []bool
	steps  int
}

// read is the situation after one more character, for which all that is known is
// which instructions read it.
func (c *counter) read(s situation, letter []bool) (next situation, ok bool) {
	next = situation{ways: map[int]int{}, matched: s.matched}
	c.steps = 0
	for pc, ways := range s.ways {
		if letter[pc] && !c.enter(&next, int(c.prog.Inst[pc].Out), ways, false) {
			return next, false
		}
	}
	// What began earlier may have found a match here: then nothing begins here.
	if !next.matched && !c.enter(&next, c.prog.Start, 1, false) {
		return next, false
	}
	all := 0
	for _, ways := range next.ways {
		all += ways
	}
	return next, all <= maxWays
}

// enter follows an instruction to those that read a character. Conditions that
// depend on the text around count as met, but for the beginning and the end of
// the text. ok is false for a loop that reads nothing.
func (c *counter) enter(s *situation, pc, ways int, begin bool) (ok bool) {
	if c.steps++; c.onPath[pc] || c.steps > maxSteps {
		return false
	}
	c.onPath[pc] = true
	defer func() { c.onPath[pc] = false }()
	inst := c.prog.Inst[pc]
	switch inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return c.enter(s, int(inst.Out), ways, begin) && c.enter(s, int(inst.Arg), ways, begin)
	case syntax.InstEmptyWidth:
		if e := syntax.EmptyOp(inst.Arg); e&syntax.EmptyEndText != 0 || e&syntax.EmptyBeginText != 0 && !begin {
			return true // no more text can be read this way
		}
		return c.enter(s, int(inst.Out), ways, begin)
	case syntax.InstCapture, syntax.InstNop:
		return c.enter(s, int(inst.Out), ways, begin)
	case syntax.InstMatch:
		s.matched = true
	case syntax.InstFail:
	default:
		s.ways[pc] += ways
	}
	return true
}

// alphabet lists the sorts of characters that a program tells apart: for each,
// which instructions read it.
func alphabet(prog *syntax.Prog) [][]bool {
	var edges []int
	for _, inst := range prog.Inst {
		if reads(inst) {
			for i, r := range rangesOf(inst) {
				edges = append(edges, r+i%2) // a range ends before its second edge
			}
		}
	}
	slices.Sort(edges)
	var out [][]bool
	seen := map[string]bool{}
	for _, r := range slices.Compact(edges) {
		if r > unicode.MaxRune {
			continue
		}
		letter := make([]bool, len(prog.Inst))
		for pc, inst := range prog.Inst {
			letter[pc] = reads(inst) && contains(rangesOf(inst), r)
		}
		if key := fmt.Sprint(letter); !seen[key] {
			seen[key] = true
			out = append(out, letter)
		}
	}
	return out
}

func reads(inst syntax.Inst) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

func contains(ranges []int, r int) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= r && r <= ranges[i+1] {
			return true
		}
	}
	return false
}
