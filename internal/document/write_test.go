package document

import (
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/diag"
)

// values prints a tree without places, so that trees of different texts compare.
func values(n *Node) string {
	switch n.Kind {
	case List:
		var b []string
		for _, x := range n.Items {
			b = append(b, values(x))
		}
		return "[" + strings.Join(b, ", ") + "]"
	case Map:
		var b []string
		for _, e := range n.Entries {
			b = append(b, text(e.Key)+": "+values(e.Value))
		}
		return "{" + strings.Join(b, ", ") + "}"
	}
	return scalar(n)
}

func parse(t *testing.T, s string) *Node {
	t.Helper()
	n, problems := Parse(diag.NewSource("x", s))
	if problems.HasErrors() {
		t.Fatalf("%q: %v", s, problems.Records())
	}
	return n
}

func TestYAML(t *testing.T) {
	const in = `{"bastions": [{"id": "hub/bas", "sku": "Standard", "zones": ["1", "2"], "tags": {}, "n": 26, "share": 2.0, "on": true, "none": null,
		"rules": [{"name": "allow all", "ports": []}, [1, [2]]], "text": "a: b # c", "no": "no", "lines": "a\nb"}], "declared": {}}`
	const want = `bastions:
  - id: hub/bas
    sku: Standard
    zones: ["1", "2"]
    tags: {}
    n: 26
    share: 2.0
    "on": true
    none: null
    rules:
      - name: allow all
        ports: []
      - - 1
        - [2]
    text: "a: b # c"
    "no": "no"
    lines: "a\nb"
declared: {}
`
	if got := YAML(parse(t, in)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func FuzzYAML(f *testing.F) {
	for _, s := range []string{`{"a": [1, {"b": [[], {}, [{"c": -0.0}]]}], "": "\u0085\u007f\ufeff x "}`, "- .inf\n- -.inf\n- .nan\n- 1e400\n- ~\n", `["0x1f", "1e3", "=", "<<", "- a", "? b", "a:", " ", "~", "0o7", ".5", "1_0", "é", "\ud83d\ude00"]`, `"x"`, "[]", "{}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, problems := Parse(diag.NewSource("x", strings.ToValidUTF8(s, "\ufffd")))
		if problems.HasErrors() {
			return
		}
		out := YAML(n)
		again, problems := ParseYAML(diag.NewSource("x", out))
		if problems.HasErrors() {
			t.Fatalf("%q became %q, which does not read: %v", s, out, problems.Records())
		}
		if values(n) != values(again) {
			t.Fatalf("%q became %q, which reads as %s", s, out, values(again))
		}
	})
}
