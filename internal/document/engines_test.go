package document_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/theme"
)

// entry gives the browser's reader a function from texts to descriptions, in the
// form that describe writes.
const entry = `
import { parse, type Node } from "./document";
import { sortDiagnostics } from "./check";
import { Source } from "./source";

function describe(n: Node | null): unknown {
  if (!n) return null;
  const { line, column } = n.source.position(n.start);
  const at = line + ":" + column;
  switch (n.kind) {
    case "list": return { at, list: n.items.map(describe) };
    case "map": return { at, map: n.entries.map((e) => {
      const key = e.source.position(e.start);
      return { key: e.key, at: key.line + ":" + key.column, value: describe(e.value) };
    }) };
    case "float": return { at, kind: n.kind, value: n.value };
    default: return { at, kind: n.kind, value: String(n.value) };
  }
}

export function describeAll(texts: string): string {
  return JSON.stringify(JSON.parse(texts).map((text: string) => {
    const { root, problems } = parse(new Source("f", text));
    if (!problems.any) return { root: describe(root) };
    return { problems: sortDiagnostics(problems.list).map((d) => d.line + ":" + d.column + " " + d.code + " " + d.message + " | " + (d.hint ?? "")) };
  }));
}
`

// described is what both engines say of a text.
type described struct {
	Root     any      `json:"root,omitempty"`
	Problems []string `json:"problems,omitempty"`
}

func at(span diag.Span) string {
	line, column := span.Source.Position(span.Start)
	return strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

func describe(n *document.Node) any {
	switch n.Kind {
	case document.List:
		items := []any{}
		for _, item := range n.Items {
			items = append(items, describe(item))
		}
		return map[string]any{"at": at(n.Span), "list": items}
	case document.Map:
		entries := []any{}
		for _, e := range n.Entries {
			entries = append(entries, map[string]any{"key": e.Key, "at": at(e.KeySpan), "value": describe(e.Value)})
		}
		return map[string]any{"at": at(n.Span), "map": entries}
	}
	out := map[string]any{"at": at(n.Span)}
	switch v := n.Value.(type) {
	case nil:
		out["kind"], out["value"] = "null", "null"
	case bool:
		out["kind"], out["value"] = "bool", strconv.FormatBool(v)
	case int64:
		out["kind"], out["value"] = "int", strconv.FormatInt(v, 10)
	case float64:
		out["kind"], out["value"] = "float", v
	case string:
		out["kind"], out["value"] = "string", v
	}
	return out
}

func describeText(text string) described {
	root, l := document.Parse(diag.NewSource("f", text))
	if !l.HasErrors() {
		return described{Root: describe(root)}
	}
	var out []string
	for _, d := range l.Sorted() {
		_, line, column := d.Place()
		out = append(out, strconv.Itoa(line)+":"+strconv.Itoa(column)+" "+d.Code+" "+d.Message+" | "+d.Hint)
	}
	return described{Problems: out}
}

// browser runs the browser's reader.
func browser(t testing.TB) func(texts []string) []json.RawMessage {
	t.Helper()
	script, l := bundle.Runtime(theme.With(fstest.MapFS{"runtime/index.ts": {Data: []byte(entry)}}))
	if l.HasErrors() {
		t.Fatal(l[0].Message, l[0].Hint)
	}
	vm, err := jsvm.New(script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vm.Close() })
	return func(texts []string) []json.RawMessage {
		in, _ := json.Marshal(texts)
		answer, err := vm.Call("plumblineRuntime.describeAll", string(in))
		if err != nil {
			t.Fatal(err)
		}
		var out []json.RawMessage
		if err := json.Unmarshal([]byte(answer), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// canonical orders the keys, so that texts compare.
func canonical(t testing.TB, raw []byte) string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// syntax marks errors of syntax: the two libraries may stop at different ones.
const syntax = "input/yaml-syntax"

// TestEnginesAgree reads every golden, cut short at every character, and random
// texts, in both engines.
func TestEnginesAgree(t *testing.T) {
	var texts []string
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(a.Files); i += 2 {
			text := strings.NewReplacer("␉", "\t", "␍", "\r", "␂", "\x02", "␊\n", "").Replace(string(a.Files[i].Data))
			for end := range text + " " {
				texts = append(texts, text[:end])
			}
		}
	}
	for depth := range 3 {
		n := document.MaxDepth - 1 + depth
		texts = append(texts, strings.Repeat("[", n)+strings.Repeat("]", n), strings.Repeat("- ", n)+"x", strings.Repeat(`{"a":`, n)+"1"+strings.Repeat("}", n))
	}
	compare(t, texts)
}

// TestEnginesAgreeOnRandomTexts puts pieces of YAML and JSON together at random.
func TestEnginesAgreeOnRandomTexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	var texts []string
	n := 4000
	if s := os.Getenv("PLUMBLINE_RANDOM_TEXTS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	for range n {
		texts = append(texts, random(rng))
	}
	compare(t, texts)
}

func random(rng *rand.Rand) string {
	pieces := []string{
		"a", "b", "key", "é", "😀", "1", "-1.5", "0x1F", "1e400", "true", "null", "~", "''", "'it''s'", `"x"`, `"\u00e9\n"`, `"\ud83d"`, "x y", "10.0.0.0/24",
		": ", ": ", ": ", ":", "- ", "- ", "\n", "\n", "\n", "\n  ", "\n  ", "\n    ", " ", "  ", "[", "]", "{", "}", ", ", ",", "# c\n", " #", "|\n  ", ">\n  ", "|-\n ", "&a ", "*a", "*b", "!!str ", "? ", "<<", "---\n", "...\n", "%", "@", "\t", "\r\n", "\u0085", "\u2028", "//", "/* */", "\"", "'", "\\",
	}
	var b strings.Builder
	for range 2 + rng.IntN(14) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

// compare holds that both engines say the same of every text. Where a library
// finds an error of syntax the other may find another one, or, in a few texts
// that nobody writes, none: a block scalar at the column of its key, a tab before
// the first word, a comment in an empty block scalar.
func compare(t *testing.T, texts []string) {
	t.Helper()
	read := browser(t)
	var got []json.RawMessage
	for batch := range slices.Chunk(texts, 2000) {
		got = append(got, read(batch)...)
	}
	failed, lenient := 0, 0
	for i, text := range texts {
		ours, _ := json.Marshal(describeText(text))
		want, have := canonical(t, ours), canonical(t, got[i])
		if want == have {
			continue
		}
		if strings.Contains(want+have, syntax) {
			if !strings.Contains(want, `"problems"`) || !strings.Contains(have, `"problems"`) {
				lenient++
				t.Logf("%q\n\tgo %s\n\tjs %s", text, want, have)
			}
			continue
		}
		if failed++; failed <= 40 {
			t.Errorf("%q\n\tgo %s\n\tjs %s", text, want, have)
		}
	}
	if failed > 0 || lenient > len(texts)/500 {
		t.Errorf("of %d texts %d differ, and %d are refused by one engine alone", len(texts), failed, lenient)
	}
}
