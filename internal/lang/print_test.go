package lang

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/model"
)

// dump shows what a node means, without its place.
func dump(n *Node) string {
	if n == nil {
		return "-"
	}
	var args []string
	for _, a := range n.Args {
		args = append(args, dump(a))
	}
	return fmt.Sprintf("%s:%s:%T%v:%t:%s(%s)", n.Op, n.Name, n.Lit, n.Lit, n.Optional, n.Type, strings.Join(args, " "))
}

func corpus(t *testing.T) []string {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/expr-lang/expr").Output()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range []string{"testdata/generated.txt", "test/fuzz/fuzz_corpus.txt"} {
		f, err := os.Open(filepath.Join(strings.TrimSpace(string(dir)), name))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			out = append(out, lines.Text())
		}
		f.Close()
	}
	return out
}

// TestPrintedExpressionsMeanTheSame prints what analysis made of expr's own test
// data and analyses it again.
func TestPrintedExpressionsMeanTheSame(t *testing.T) {
	env, _ := NewEnv(&model.Model{})
	checked := 0
	texts := printCases
	for i, text := range corpus(t) {
		if i%5 == 0 { // all of them take as long as the rest of the package's tests
			texts = append(texts, text)
		}
	}
	for _, text := range texts {
		x, problems := env.CompileUntyped(text)
		if problems.HasErrors() {
			continue
		}
		printed := x.Root.String()
		again, problems := env.CompileUntyped(printed)
		if problems.HasErrors() {
			t.Errorf("%s\n\tprinted as %s\n\t%s", text, printed, problems[0].Message)
			continue
		}
		if got, want := dump(again.Root), dump(x.Root); got != want {
			t.Errorf("%s\n\tprinted as %s\n\tgot  %s\n\twant %s", text, printed, got, want)
		}
		checked++
	}
	if checked < 10000 {
		t.Errorf("only %d expressions were printed", checked)
	}
}

var printCases = []string{
	`not (a == b) and not c`,
	`(not a) == b`,
	`(a < b) < c`,
	`a < b < c`,
	`(a ?? b) == c ? (d ?? e) : (x ? y : z)`,
	`a ?? b ?? c`,
	`a ?? (b ?? c)`,
	`-2 ** 2 + (-2) ** 2 ** -1`,
	`(2 ** 3) ** 2`,
	`1 - (2 - 3) - 4`,
	`map(a, {"b": #.c, (d): #?.e})`,
	`map(a, {let x = .b; x + 1})`,
	`(let x = 1; x + 1) * 2`,
	`any(a, (b; .c))`,
	`a?.b[0]?.c?.[d ? 1 : 2].e`,
	`a["b c"].d`,
	`map(a, #["b c"])`,
	`"tab\t \"quote\" 😀 \u2028"`,
	`1e21 + 1.0 + 0.1`,
	`reduce(a, #acc + # * #index, 1 + 1)`,
	`a[(b or c ? 1 : 2):]`,
	`x not in [1, 2]`,
	`{"a": {"b": 1}}.a`,
	`1..3 | map(# * 2)`,
}

func TestPrintsAsFewBracketsAsNeeded(t *testing.T) {
	env, _ := NewEnv(&model.Model{})
	for text, want := range map[string]string{
		`((a) and ((b)) or (c))`:               `a and b or c`,
		`a and (b or c)`:                       `a and (b or c)`,
		`(a and b) and (c and d)`:              `a and b and (c and d)`,
		`not(a in ["x"])`:                      `not (a in ["x"])`,
		`any(a, {.b?.c == nil})`:               `any(a, .b?.c == nil)`,
		`(a + b) * c - (d - e)`:                `(a + b) * c - (d - e)`,
		`a | filter(.b) | map({let c = #; c})`: `map(filter(a, .b), let c = #; c)`,
	} {
		x, problems := env.CompileUntyped(text)
		if problems.HasErrors() {
			t.Fatalf("%s: %s", text, problems[0].Message)
		}
		if got := x.Root.String(); got != want {
			t.Errorf("%s printed as %s, not %s", text, got, want)
		}
	}
}
