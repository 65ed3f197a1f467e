package model

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func text(l diag.List) string {
	var b strings.Builder
	diag.WriteText(&b, l, false)
	return b.String()
}

// TestLoad loads each archive of testdata as a rules folder. The files problems,
// model and schema hold what comes of it; the latter two where there are no problems.
func TestLoad(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no goldens")
	}
	raised := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			folder, want := fstest.MapFS{}, map[string]string{}
			var kept []txtar.File
			for _, f := range a.Files {
				switch f.Name {
				case "problems", "model", "schema":
					want[f.Name] = string(f.Data)
				default:
					folder[f.Name] = &fstest.MapFile{Data: f.Data}
					kept = append(kept, f)
				}
			}
			m, l := Load(folder)
			for _, d := range l {
				raised[d.Code] = true
			}
			got := map[string]string{"problems": text(l)}
			if !l.HasErrors() {
				got["model"], got["schema"] = string(m.JSON())+"\n", string(m.JSONSchema())
			}
			if *update {
				for _, name := range []string{"problems", "model", "schema"} {
					if got[name] != "" {
						kept = append(kept, txtar.File{Name: name, Data: []byte(got[name])})
					}
				}
				a.Files = kept
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, name := range []string{"problems", "model", "schema"} {
				if got[name] != want[name] {
					t.Errorf("%s: got\n%s\nwant\n%s", name, got[name], want[name])
				}
			}
		})
	}
	_, l := Load(broken{})
	for _, d := range l {
		raised[d.Code] = true
	}
	for _, c := range Codes() {
		if !raised[c.Code] {
			t.Errorf("no case raises %s", c.Code)
		}
	}
}

// broken is a folder that cannot be read.
type broken struct{}

func (broken) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: "/secret/" + name, Err: fs.ErrPermission}
}

func TestUnreadableFilesAreNamedWithoutTheirFolder(t *testing.T) {
	m, l := Load(broken{})
	got := text(l)
	if m == nil || !strings.Contains(got, "rules/topology.yaml: error:") || strings.Contains(got, "secret") {
		t.Error(got)
	}
}

func TestNoModelIsAnEmptyModel(t *testing.T) {
	for _, folder := range []fstest.MapFS{{}, {"topology.yaml": {}}, {"samples/x.yaml": {}}} {
		m, l := Load(folder)
		if m == nil || len(m.Kinds) != 0 || len(l) != 0 {
			t.Errorf("%v: %s", folder, text(l))
		}
	}
}

func TestTypes(t *testing.T) {
	m, l := Load(fstest.MapFS{"topology.yaml": {Data: []byte(`
kinds:
  as:
    fields:
      s: { type: string }
      e: { enum: [A, B], default: a }
      es: { type: [string], enum: [A], default: [a] }
      b: { type: bool, default: "true" }
      i: { type: int, default: 2.0 }
      n: { type: number, default: 2 }
      ns: [number]
      l: { link: bs, inverse: as, default: null }
      ls: { link: [bs], default: [] }
      r: { type: record, fields: { x: { type: int, default: 1 }, y: string }, default: null }
      rs: { type: [record], fields: { x: { link: as } } }
      any: { type: any, default: { k: [1] } }
  bs:
functions:
  f: { params: { a: as, list: [bs], n: int, e: { enum: [A, B] }, c: [cidr] }, body: 1 }
`)}})
	if len(l) > 0 {
		t.Fatal(text(l))
	}
	var got []string
	for _, f := range m.Kind("as").Fields {
		v, _ := json.Marshal(f.Default)
		got = append(got, f.Name+" "+spell(f.Type)+" "+string(v))
	}
	for _, p := range m.Functions[0].Params {
		got = append(got, p.Name+" "+spell(p.Type))
	}
	want := `s string null
e enum(A B) "A"
es [enum(A)] ["A"]
b bool true
i int 2
n number 2
ns [number] null
l →bs null
ls [→bs] []
r record(x int, y string) null
rs [record(x →as)] null
any any {"k":[1]}
a →as
list [→bs]
n int
e enum(A B)
c [cidr]`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if _, ok := m.Kind("as").Field("i").Default.(int); !ok {
		t.Error("the default of an int is no int")
	}
	if _, ok := m.Kind("as").Field("n").Default.(float64); !ok {
		t.Error("the default of a number is no float64")
	}
	if m.Kind("bs").One != "b" || m.Kind("bs").Title != "b" {
		t.Error(m.Kind("bs"))
	}
}

func spell(t Type) string {
	switch t.Name {
	case "enum":
		return "enum(" + strings.Join(t.Enum, " ") + ")"
	case "link":
		return "→" + t.Link
	case "list":
		return "[" + spell(*t.Elem) + "]"
	case "record":
		var parts []string
		for _, f := range t.Fields {
			parts = append(parts, f.Name+" "+spell(f.Type))
		}
		return "record(" + strings.Join(parts, ", ") + ")"
	}
	return t.Name
}

// TestTextKeepsItsPlace maps the text of expressions back to the file, whatever
// way they are written.
func TestTextKeepsItsPlace(t *testing.T) {
	for _, in := range []string{"a: x.sku == 1", "a: |\n  x.sku\n  == 1", "a: >\n  x\n  .sku", `a: "x\u002Esku"`, "a: 'x.sku'", "a: true", "a: 12"} {
		root, l := document.ParseYAML(diag.NewSource("f", in))
		if l.HasErrors() {
			t.Fatal(text(l))
		}
		x := TextOf(root.Get("a"))
		for i, r := range []rune(x.Value) {
			at := in[x.Offset(i):]
			if at == "" && r == '\n' {
				continue // the last line has no line break of its own
			}
			if !strings.HasPrefix(at, string(r)) && at[0] != '\\' && at[0] != '\n' {
				t.Errorf("%q: rune %d of %q is at %q", in, i, x.Value, at)
			}
		}
		if x.Value == "" || x.Offset(1000) < x.Span.Start || x.Offset(1000) > len(in) {
			t.Errorf("%q: %d", in, x.Offset(1000))
		}
	}
}

func TestFoundingModelLoads(t *testing.T) {
	m, l := Load(os.DirFS("../../rules"))
	if len(l) > 0 {
		t.Fatal(text(l))
	}
	var schema map[string]any
	if err := json.Unmarshal(m.JSONSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	again, _ := Load(os.DirFS("../../rules"))
	if string(again.JSON()) != string(m.JSON()) || string(again.JSONSchema()) != string(m.JSONSchema()) {
		t.Error("two loads differ")
	}
}
