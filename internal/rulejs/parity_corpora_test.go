package rulejs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// exprDir is expr's own source in the module cache, with its test data.
func exprDir(t testing.TB) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/expr-lang/expr").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(dir))
}

func exprFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(exprDir(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// distinct returns the expressions that are not empty, each once, in order.
func distinct(texts []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" && !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// lines reads a corpus with one expression a line.
func lines(t testing.TB, name string) []string {
	t.Helper()
	return distinct(strings.Split(exprFile(t, name), "\n"))
}

// examplesOf reads the fenced code of a Markdown file.
func examplesOf(t testing.TB, name string) []string {
	t.Helper()
	var out []string
	for i, part := range strings.Split(exprFile(t, name), "\n```") {
		if i%2 == 1 {
			_, code, _ := strings.Cut(part, "\n")
			out = append(out, code)
		}
	}
	return distinct(out)
}

// inTests collects the string literals of expr's tests. Those that are no
// expressions drop out when expr compiles them.
func inTests(t testing.TB) []string {
	t.Helper()
	var files []string
	dir := exprDir(t)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, "_test.go") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	var out []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil && len(text) < 2000 {
					out = append(out, text)
				}
			}
			return true
		})
	}
	return distinct(out)
}
