package build

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/eval"
)

var update = flag.Bool("update", false, "rewrite the manual's page of problems")

const problemsPage = "../../content/manual/problems.md"

// areas are the sections of the page, with what the codes of each are about.
func areas() [][3]string {
	return [][3]string{
		{"config", "Settings", "Problems of `plumbline.yaml`, of the environment and of flags that set the same."},
		{"content", "Pages", "Problems of Markdown, front matter, navigation, links and pictures."},
		{"claim", "Claims", "Problems of what pages claim and what rules quote."},
		{"rule", "Rules", "Problems of rules, their expressions and their examples."},
		{"model", "The model", "Problems of `rules/topology.yaml` and `rules/inputs/`."},
		{"input", "Inputs", "Problems of topologies, templates, parameter files and declared facts. `check` and the checker report them, and `lint` those of samples; YAML and JSON of a site's own files are read in the same way."},
		{"waiver", "Waivers", "Problems of a file of waivers."},
		{"eval", "Expressions", "Problems of what `plumbline eval` is given."},
		{"theme", "The theme", "Problems of layouts, scripts and styles."},
		{"site", "The site", "Problems of a site as a whole."},
	}
}

// TestProblemsPage: the manual has a section of every code.
func TestProblemsPage(t *testing.T) {
	text, err := os.ReadFile(problemsPage)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- generated: codes -->\n", "<!-- end of codes -->\n"
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no %q … %q", problemsPage, begin, end)
	}
	want := before + begin + "\n" + problemsText(t) + end + after
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date: go test ./internal/build -run TestProblemsPage -update", problemsPage)
	}
	if err := os.WriteFile(problemsPage, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}

// documented is every code that anything reports.
func documented() []diag.CodeDoc { return slices.Concat(Codes(), eval.Codes()) }

func problemsText(t *testing.T) string {
	var b strings.Builder
	left := documented()
	for _, area := range areas() {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", area[1], area[2])
		n := 0
		for _, c := range left {
			if strings.HasPrefix(c.Code, area[0]+"/") {
				fmt.Fprintf(&b, "### <a id=%q></a>%s\n\n%s: %s.\n\n%s\n\n", strings.ReplaceAll(c.Code, "/", "-"), c.Code,
					strings.ToUpper(string(c.Severity[:1]))+string(c.Severity[1:]), c.Summary, strings.TrimSpace(c.Doc))
				n++
			}
		}
		if n == 0 {
			t.Errorf("the section %s is empty", area[0])
		}
		left = slices.DeleteFunc(left, func(c diag.CodeDoc) bool { return strings.HasPrefix(c.Code, area[0]+"/") })
	}
	for _, c := range left {
		t.Errorf("%s is in no section of the page", c.Code)
	}
	return b.String()
}

// codeShape is a code as a text of the source. Paths of folders have that shape
// too, so those of theme and content count as codes only where one is expected.
var (
	codeShape    = regexp.MustCompile(`^(claim|config|content|eval|input|model|rule|site|theme|waiver)/[a-z][a-z0-9-]*$`)
	inTypescript = regexp.MustCompile(`"((?:claim|config|eval|input|model|rule|site|waiver)/[a-z][a-z0-9-]*)"`)
)

// TestCodesAreDocumented looks for codes in the sources, and for those of the
// documentation that no source has.
func TestCodesAreDocumented(t *testing.T) {
	known := map[string]bool{}
	for _, c := range documented() {
		known[c.Code] = true
	}
	used := map[string]string{}
	for _, dir := range []string{"../../internal", "../../cmd", "../../theme/runtime", "../../theme/checker"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch {
			case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
				goCodes(t, name, used)
			case strings.HasSuffix(name, ".ts"):
				text, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				for _, m := range inTypescript.FindAllStringSubmatch(string(text), -1) {
					used[m[1]] = name
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for code, file := range used {
		if !known[code] {
			t.Errorf("%s: %s is documented nowhere: add it to Codes of its package", file, code)
		}
	}
	if len(used) < 100 {
		t.Errorf("only %d codes were found", len(used))
	}
}

// goCodes finds codes written as one text, or as an area and a name: Code:
// "claim/" + name with a call problem("unquoted", …).
func goCodes(t *testing.T, name string, used map[string]string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	prefixed := map[string]string{} // functions that put an area before their first argument
	text := func(e ast.Expr) string {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return ""
		}
		s, _ := strconv.Unquote(lit.Value)
		return s
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" && codeShape.MatchString(text(n.Value)) {
				used[text(n.Value)] = name
			}
		case *ast.BasicLit:
			s := text(n)
			if codeShape.MatchString(s) && !strings.HasPrefix(s, "theme/") && !strings.HasPrefix(s, "content/") {
				used[s] = name
			}
		case *ast.FuncDecl:
			ast.Inspect(n, func(inner ast.Node) bool {
				sum, ok := inner.(*ast.BinaryExpr)
				if ok && sum.Op == token.ADD && strings.HasSuffix(text(sum.X), "/") && codeShape.MatchString(text(sum.X)+"x") {
					if _, plain := sum.Y.(*ast.Ident); plain {
						prefixed[n.Name.Name] = text(sum.X)
					}
				}
				return true
			})
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		called := ""
		switch f := call.Fun.(type) {
		case *ast.Ident:
			called = f.Name
		case *ast.SelectorExpr:
			called = f.Sel.Name
		}
		if area := prefixed[called]; area != "" && called != "Codes" && codeShape.MatchString(area+text(call.Args[0])) {
			used[area+text(call.Args[0])] = name
		}
		return true
	})
}
