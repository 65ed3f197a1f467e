package document

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/diag"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// show writes a tree on one line, with the place and the source of each value.
func show(n *Node) string {
	if n == nil {
		return "nothing"
	}
	line, column := n.Span.Source.Position(n.Span.Start)
	at := fmt.Sprintf("@%d:%d", line, column)
	switch n.Kind {
	case List:
		var b []string
		for _, x := range n.Items {
			b = append(b, show(x))
		}
		return "[" + strings.Join(b, ", ") + "]" + at
	case Map:
		var b []string
		for _, e := range n.Entries {
			line, column := n.Span.Source.Position(e.KeySpan.Start)
			b = append(b, fmt.Sprintf("%q@%d:%d: %s", e.Key, line, column, show(e.Value)))
		}
		return "{" + strings.Join(b, ", ") + "}" + at
	case String:
		return fmt.Sprintf("%q", n.Value) + at
	case Null:
		return "null" + at
	}
	return fmt.Sprintf("%T(%v)", n.Value, n.Value) + at
}

// messages writes diagnostics as people see them, one or two lines each.
func messages(l diag.List) string {
	var b strings.Builder
	diag.WriteText(&b, l, false)
	return b.String()
}

// TestGolden reads each `in` of testdata/*.txtar and compares the tree and the
// problems with the `want` after it.
func TestGolden(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no goldens")
	}
	raised := map[string]bool{"input/too-deep": true} // by TestDeep
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(a.Files); i += 2 {
			in, want := a.Files[i], &a.Files[i+1]
			t.Run(filepath.Base(file)+"/"+in.Name, func(t *testing.T) {
				// ␉ ␍ ␂ stand for characters that an editor would lose.
				text := strings.NewReplacer("␉", "\t", "␍", "\r", "␂", "\x02", "␊\n", "").Replace(string(in.Data))
				n, l := Parse(diag.NewSource(in.Name, text))
				if n == nil && !l.HasErrors() {
					t.Error("no node and no error")
				}
				for _, d := range l {
					raised[d.Code] = true
				}
				got := messages(l)
				if !l.HasErrors() {
					got += show(n) + "\n"
				}
				if *update {
					want.Data = []byte(got)
				} else if got != string(want.Data) {
					t.Errorf("%s\ngot:\n%swant:\n%s", text, got, want.Data)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range Codes() {
		if !raised[c.Code] {
			t.Errorf("no case raises %s", c.Code)
		}
	}
}

func TestScalars(t *testing.T) {
	for text, want := range map[string]string{
		"~": "null", "null": "null", "Null": "null", "NULL": "null", "nULL": `"nULL"`,
		"true": "bool(true)", "False": "bool(false)", "TRUE": "bool(true)", "yes": `"yes"`, "on": `"on"`, "n": `"n"`,
		"0": "int64(0)", "-0": "int64(0)", "+12": "int64(12)", "0777": "int64(777)", "0o17": "int64(15)", "0x1F": "int64(31)",
		"-0x1F": `"-0x1F"`, "0b11": `"0b11"`, "1_000": `"1_000"`, "0o8": `"0o8"`, "0x": `"0x"`,
		"9223372036854775807": "int64(9223372036854775807)", "9223372036854775808": "float64(9.223372036854776e+18)",
		"0xFFFFFFFFFFFFFFFF": "float64(1.8446744073709552e+19)",
		"1.5":                "float64(1.5)", ".5": "float64(0.5)", "1.": "float64(1)", "1e3": "float64(1000)", "-1.5E-2": "float64(-0.015)",
		".": `"."`, "+": `"+"`, "e3": `"e3"`, "1e": `"1e"`, ".e3": `".e3"`, "1.2.3": `"1.2.3"`, "10.0.0.0/24": `"10.0.0.0/24"`,
		"2024-01-01": `"2024-01-01"`, "12:30": `"12:30"`, "=": `"="`, "é": `"é"`,
	} {
		n, l := ParseYAML(diag.NewSource("f", "a: "+text+"\n"))
		if l.HasErrors() {
			t.Errorf("%s: %s", text, messages(l))
			continue
		}
		got, _, _ := strings.Cut(show(n.Get("a")), "@")
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
		if s := n.Get("a").Span; s.Source.Text[s.Start:s.End] != text {
			t.Errorf("the span of %s is %q", text, s.Source.Text[s.Start:s.End])
		}
	}
}

// spans lists the source text of every value of a tree.
func spans(n *Node) []string {
	s := n.Span
	out := []string{s.Source.Text[s.Start:s.End]}
	for _, item := range n.Items {
		out = append(out, spans(item)...)
	}
	for _, e := range n.Entries {
		out = append(out, s.Source.Text[e.KeySpan.Start:e.KeySpan.End])
		out = append(out, spans(e.Value)...)
	}
	return out
}

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"é: ü # c\n'ß': [ö, {ä: \"x\"} ] # d\n", []string{"é: ü # c\n'ß': [ö, {ä: \"x\"} ]", "é", "ü", "'ß'", `[ö, {ä: "x"} ]`, "ö", `{ä: "x"}`, "ä", `"x"`}},
		{"a: |\n  x\n\n  y\n\nb: >-\n   z\nc:\n", []string{"a: |\n  x\n\n  y\n\nb: >-\n   z\nc:", "a", "|\n  x\n\n  y", "b", ">-\n   z", "c", ""}},
		{"- x\n  y\n-  - z\n", []string{"- x\n  y\n-  - z", "x\n  y", "- z", "z"}},
		{"a: &n !x {}\n", nil},
		{"a: &n [1] # c\nb: *n\n", []string{"a: &n [1] # c\nb: *n", "a", "[1]", "1", "b", "[1]", "1"}},
		{"a: &n\n  k: v\nb: [*n, *n]\n", []string{"a: &n\n  k: v\nb: [*n, *n]", "a", "k: v", "k", "v", "b", "[*n, *n]", "k: v", "k", "v", "k: v", "k", "v"}},
		{"a: &n   # c\n  |\n  t\n", []string{"a: &n   # c\n  |\n  t", "a", "|\n  t"}},
		{"[a: b, # ]\n c]\n", []string{"[a: b, # ]\n c]", "a: b", "a", "b", "c"}},
		{`{"a": [1, "ü\n"], /* } */ "b": {}}`, []string{`{"a": [1, "ü\n"], /* } */ "b": {}}`, `"a"`, `[1, "ü\n"]`, "1", `"ü\n"`, `"b"`, "{}"}},
	} {
		n, l := Parse(diag.NewSource("f", c.text))
		if c.want == nil {
			if !l.HasErrors() {
				t.Errorf("%q: no error", c.text)
			}
			continue
		}
		if l.HasErrors() {
			t.Errorf("%q: %s", c.text, messages(l))
			continue
		}
		if got := spans(n); strings.Join(got, "¦") != strings.Join(c.want, "¦") {
			t.Errorf("%q\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestPartKeepsPlaces(t *testing.T) {
	text := "---\ntitle: é\nrules:\n  - id: [\n---\nbody: [\n"
	src := diag.NewSource("page.md", text)
	start, end := 4, strings.Index(text, "  - id")
	n, l := ParseYAMLPart(src, start, end)
	if l.HasErrors() || show(n) != `{"title"@2:1: "é"@2:8, "rules"@3:1: null@3:7}@2:1` {
		t.Error(show(n), messages(l))
	}
	_, l = ParseYAMLPart(src, start, strings.Index(text, "\n---\nbody"))
	if got := messages(l); !strings.HasPrefix(got, `page.md:4:9: error: the "[" is not closed`) {
		t.Error(got)
	}
}

// TestOffsetOf maps every rune of strings of each style back to the source: what
// stands there must be the rune, its escape, or white space that was folded.
func TestOffsetOf(t *testing.T) {
	for _, text := range []string{
		"a: plain text with é and 😀", "a: two\n  lines\n\n\n  and é more", "a: 'it''s é' # c", "a: 'fold é\n\n   ed ''x'' '",
		`a: "esc \" \t \u00e9 \x41 \U0001F600 é"`, "a: \"fold\n\n  ed \\\n   joined\\  \n  x\"",
		"a: |\n  one é\n   two\n\n  three\nb: 1", "a: |+2\n    x\n  y\n\n\nb: 1", "a: |-\n\n\n  x\n  y\n", "a: |\n  x", "a: |\n  \tx\n   \n  y\n",
		"a: >\n  folded é\n  text\n\n  para\n    more\n    deep\n  back\n\n\n  end\n\nb: 1", "a: >-\n\n  x\n\n   y\n  z\n", "a: >+\n  x\n\n",
		"- - a: >2\n      x\n       y\n      z\n", "a: |\r\n  x\r\n  y\r\nb: 1\r\n", "a: 'x\r\n  y'\r\n", "--- |\nx\ny\n", "a: \"x\u0085y\u2028z\"",
		`{"a": "é\"\\\u00e9\ud83d\ude00\ud800x\ny"}`, "{\"a\": \"raw\nline\"}",
	} {
		n, l := Parse(diag.NewSource("f", text))
		if l.HasErrors() {
			t.Errorf("%q: %s", text, messages(l))
			continue
		}
		for n.Kind == Map || n.Kind == List {
			if n.Kind == Map {
				n = n.Entries[0].Value
			} else {
				n = n.Items[0]
			}
		}
		checkOffsets(t, n)
	}
}

func checkOffsets(t *testing.T, n *Node) {
	t.Helper()
	text := n.Span.Source.Text
	if _, _, ok := n.decode(); !ok {
		t.Errorf("%q: %q cannot be read again", text, n.Text())
		return
	}
	last := n.Span.Start
	runes := []rune(n.Text())
	for i, r := range runes {
		at := n.OffsetOf(i)
		if at < last || at >= n.Span.End && r != '\n' {
			t.Errorf("%q: rune %d of %q is at %d, after %d, before %d", text, i, n.Text(), at, last, n.Span.End)
		}
		last = at
		rest := text[at:]
		ok := rest == "" && r == '\n' || strings.HasPrefix(rest, string(r)) || rest != "" && rest[0] == '\\' || (r == ' ' || r == '\n') && rest != "" && strings.ContainsAny(rest[:1], " \t\r\n")
		if !ok {
			t.Errorf("%q: rune %d of %q is at %q", text, i, n.Text(), rest)
		}
	}
	if at := n.OffsetOf(len(runes)); at < last || at > n.Span.End && n.style < literalStyle {
		t.Errorf("%q: %q ends at %d", text, n.Text(), at)
	}
}

func TestDeep(t *testing.T) {
	for _, c := range []struct{ open, close string }{{"[", "]"}, {`{"a":`, "}"}, {"- ", ""}, {"? ", ""}} {
		for _, depth := range []int{MaxDepth, MaxDepth + 1, 20_000} {
			text := strings.Repeat(c.open, depth) + "1" + strings.Repeat(c.close, depth)
			_, l := Parse(diag.NewSource("f", text))
			deep := strings.Contains(messages(l), "input/too-deep")
			if c.open != "? " && deep != (depth > MaxDepth) {
				t.Errorf("%d × %q: %.200s", depth, c.open, messages(l))
			}
		}
	}
}

func TestAliasesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	_, l := ParseYAML(diag.NewSource("f", b.String()))
	if got := messages(l); !strings.Contains(got, "aliases add more than 100000 values") || len(l) != 1 {
		t.Error(got)
	}
}

func TestManyProblemsStop(t *testing.T) {
	_, l := Parse(diag.NewSource("f", `{"a": [`+strings.Repeat("01,", 1000)+"]}"))
	if len(l) != maxProblems {
		t.Errorf("%d problems", len(l))
	}
}

func FuzzParseJSON(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "\ufffd")
		n, l := ParseJSON(diag.NewSource("f", text))
		check(t, n, l)
	})
}

func FuzzParseYAML(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "\ufffd")
		n, l := ParseYAML(diag.NewSource("f", text))
		check(t, n, l)
		Parse(diag.NewSource("f", text))
	})
}

func seed(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i := 0; i < len(a.Files); i += 2 {
			f.Add(string(a.Files[i].Data))
		}
	}
}

// check holds what every result must hold.
func check(t *testing.T, n *Node, l diag.List) {
	t.Helper()
	if n == nil && !l.HasErrors() {
		t.Fatal("no node and no error")
	}
	for _, d := range l {
		s := d.Span
		if s.Source == nil || s.Start < 0 || s.Start > s.End || s.End > len(s.Source.Text) || d.Message == "" {
			t.Fatalf("%d-%d %s", s.Start, s.End, d.Message)
		}
	}
	if n == nil || l.HasErrors() {
		return
	}
	var walk func(n *Node, depth int)
	walk = func(n *Node, depth int) {
		s := n.Span
		if depth > MaxDepth+1 || s.Start < 0 || s.Start > s.End || s.End > len(s.Source.Text) {
			t.Fatalf("%d-%d at depth %d", s.Start, s.End, depth)
		}
		if n.Kind == String {
			checkOffsets(t, n)
		}
		for _, item := range n.Items {
			walk(item, depth+1)
		}
		for _, e := range n.Entries {
			walk(e.Value, depth+1)
		}
	}
	walk(n, 0)
}

// TestPlacesInPart: a part of a text has the places of the whole, also where a
// collection in brackets is empty or short.
func TestPlacesInPart(t *testing.T) {
	const before = "---\ntitle: T\n---\n"
	text := before + "set: { a: [], b: {}, c: [1], d: x }\n"
	src := diag.NewSource("page.md", text)
	root, problems := ParseYAMLPart(src, len(before), len(text))
	if problems.HasErrors() {
		t.Fatal(problems.Records())
	}
	for key, want := range map[string]string{"a": "[]", "b": "{}", "c": "[1]", "d": "x"} {
		n := root.Get("set").Get(key)
		if got := text[n.Span.Start:n.Span.End]; got != want {
			t.Errorf("%s is at %q, not %q", key, got, want)
		}
	}
}
