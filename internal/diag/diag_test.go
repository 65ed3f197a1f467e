package diag

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestPosition(t *testing.T) {
	s := NewSource("a.md", "ab\nüx\n\nlast")
	for _, c := range []struct{ offset, line, column int }{
		{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 2}, {7, 3, 1}, {8, 4, 1}, {12, 4, 5}, {99, 4, 5}, {-1, 1, 1},
	} {
		if line, column := s.Position(c.offset); line != c.line || column != c.column {
			t.Errorf("offset %d is %d:%d, want %d:%d", c.offset, line, column, c.line, c.column)
		}
	}
	for line, want := range map[int]string{0: "", 1: "ab", 2: "üx", 3: "", 4: "last", 5: ""} {
		if got := s.Line(line); got != want {
			t.Errorf("line %d is %q, want %q", line, got, want)
		}
	}
}

func TestSorted(t *testing.T) {
	src := NewSource("b.md", "one\ntwo\n")
	at := func(start int, code, message string) Diagnostic {
		return Diagnostic{Code: code, Severity: Warning, Span: Span{src, start, start}, Message: message}
	}
	list := List{at(4, "b", "x"), at(0, "z", "x"), at(4, "a", "y"), at(4, "a", "x"), at(4, "a", "x"),
		{Code: "c", Severity: Error, File: "a.md", Message: "x"}, {Code: "d", Severity: Info, Message: "x"}}
	var got []string
	for _, d := range list.Sorted() {
		file, line, column := d.Place()
		got = append(got, fmt.Sprintf("%s:%d:%d %s %s", file, line, column, d.Code, d.Message))
	}
	want := ":0:0 d x, a.md:0:0 c x, b.md:1:1 z x, b.md:2:1 a x, b.md:2:1 a y, b.md:2:1 b x"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if !list.HasErrors() || list.Count(Warning) != 5 || List(nil).HasErrors() || List(nil).Sorted() != nil {
		t.Error("counts are wrong")
	}
}

func TestDidYouMean(t *testing.T) {
	names := []string{"sku", "scaleUnits", "subnet", "NOTE"}
	for name, want := range map[string]string{
		"skuu": `did you mean "sku"?`, "SKU": `did you mean "sku"?`, "sbunet": `did you mean "subnet"?`, "scaleunit": `did you mean "scaleUnits"?`,
		"Note": `did you mean "NOTE"?`, "somethingElse": "", "": "",
	} {
		if got := DidYouMean(name, names); got != want && name != "" {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestWriteText(t *testing.T) {
	src := NewSource("a.md", "ab\n")
	list := List{
		{Code: "x/y", Severity: Error, Span: Span{src, 1, 2}, Rule: "my-rule", Message: `unknown "b"`, Hint: "use a"},
		{Code: "x/z", Severity: Warning, Message: "no place"},
	}
	var b bytes.Buffer
	WriteText(&b, list, false)
	want := "warning: no place [x/z]\na.md:1:2: error: rule my-rule: unknown \"b\" [x/y]\n\thint: use a\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	b.Reset()
	if err := WriteJSON(&b, list[:1].Records()); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != `[{"code":"x/y","severity":"error","rule":"my-rule","file":"a.md","line":1,"column":2,"message":"unknown \"b\"","hint":"use a"}]`+"\n" {
		t.Errorf("got %s", got)
	}
	var many List
	for i := range 130 {
		many.Add(Diagnostic{Code: "x/y", Severity: Error, File: "a.md", Message: fmt.Sprintf("%03d", i)})
	}
	b.Reset()
	WriteText(&b, many, false)
	if lines := strings.Count(b.String(), "\n"); lines != 101 || !strings.HasSuffix(b.String(), "a.md: 30 more\n") {
		t.Errorf("got %d lines", lines)
	}
}
