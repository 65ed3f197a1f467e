package eval

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

var update = flag.Bool("update", false, "rewrite the manual's page of the rule language")

const page = "../../content/manual/rule-language.md"

func evaluator(t testing.TB, data map[string]any) *Evaluator {
	t.Helper()
	env, problems := lang.NewEnv(&model.Model{})
	e, more, err := New(Input{Data: data, Env: env, Theme: os.DirFS("../../theme"), Engine: Both})
	if problems = append(problems, more...); problems.HasErrors() || err != nil {
		t.Fatal(problems, err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// TestManual runs every example of the language in both engines and holds the
// manual's page against the tables and what the examples give.
func TestManual(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := string(text)
	for name, section := range map[string]string{"entries": entriesText(t), "refusals": refusalsText()} {
		begin, end := "<!-- generated: "+name+" -->\n", "<!-- end of "+name+" -->"
		before, rest, ok := strings.Cut(want, begin)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no %q … %q", page, begin, end)
		}
		want = before + begin + "\n" + section + "\n" + end + after
	}
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date: go test ./internal/eval -update", page)
	}
	if err := os.WriteFile(page, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}

func entriesText(t *testing.T) string {
	e := evaluator(t, map[string]any{})
	var b strings.Builder
	for _, section := range lang.Sections() {
		fmt.Fprintf(&b, "### %s\n\n| | Gives | Examples |\n| --- | --- | --- |\n", section)
		for _, entry := range lang.Entries() {
			if entry.Section == section {
				fmt.Fprintf(&b, "| %s | %s | %s |\n", names(entry), entry.Gives, examples(t, e, entry))
			}
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// names are those of an entry as code, in words for values.
func names(e lang.Entry) string {
	if e.Section == "Values" {
		return e.Name
	}
	return "`" + strings.ReplaceAll(e.Name, ", ", "`, `") + "`"
}

func examples(t *testing.T, e *Evaluator, entry lang.Entry) string {
	lines, err := e.Eval(entry.Examples)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		if !l.Agree() || l.Go.Kind != "value" && l.Go.Kind != "unknown" {
			t.Errorf("%s: %s", entry.Name, l.JSON())
		}
		out = append(out, fmt.Sprintf("`%s` → %s", strings.ReplaceAll(l.Expr, "|", `\|`), shown(t, l.Go)))
	}
	return strings.Join(out, "<br>")
}

// shown is a result as an expression would write it: floats with a fraction.
func shown(t *testing.T, r *Result) string {
	if r.Kind == "unknown" {
		return "unknown"
	}
	var v struct {
		Value json.RawMessage `json:"value"`
		Type  string          `json:"type"`
	}
	if err := json.Unmarshal([]byte(r.JSON), &v); err != nil {
		t.Fatal(err)
	}
	s := strings.ReplaceAll(string(v.Value), "null", "nil")
	if v.Type == "float" && !strings.ContainsAny(s, ".e\"") {
		s += ".0"
	}
	s = regexp.MustCompile(`([,:])`).ReplaceAllString(s, "$1 ")
	if v.Type == "string" {
		s = string(v.Value)
	}
	if v.Type == "float" {
		s = strings.Trim(s, `"`) // +Inf
	}
	return "`" + s + "`"
}

func refusalsText() string {
	var b strings.Builder
	b.WriteString("| Refused | Because | Instead |\n| --- | --- | --- |\n")
	for _, r := range slices.Concat(lang.Refused(), lang.Refusals()) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.What, r.Why, r.Instead)
	}
	return b.String()
}

// TestEntriesAreComplete: every operator and function has an entry whose examples
// use it, and no entry names what there is not.
func TestEntriesAreComplete(t *testing.T) {
	operators, functions := lang.Names()
	seen := map[string]int{}
	for _, e := range lang.Entries() {
		seen[e.Name]++
		if len(e.Examples) == 0 {
			t.Errorf("%s has no example", e.Name)
		}
		if !slices.Contains(lang.Sections(), e.Section) {
			t.Errorf("%s is in no section of the page: %s", e.Name, e.Section)
		}
		if slices.Contains(functions, e.Name) && !slices.ContainsFunc(e.Examples, func(x string) bool { return strings.Contains(x, e.Name+"(") }) {
			t.Errorf("no example of %s uses it", e.Name)
		}
	}
	for _, f := range functions {
		if seen[f] != 1 {
			t.Errorf("%s has %d entries", f, seen[f])
		}
	}
	for _, op := range operators {
		if !slices.ContainsFunc(lang.Entries(), func(e lang.Entry) bool {
			return (e.Section == "Operators" || e.Section == "Choosing and naming") && slices.ContainsFunc(e.Examples, func(x string) bool { return strings.Contains(x, op) })
		}) {
			t.Errorf("no example uses the operator %s", op)
		}
	}
}
