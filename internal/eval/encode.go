package eval

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

// Result is what one engine gives for one expression.
type Result struct {
	Kind  string // value, error, unknown or rejected
	JSON  string // as `plumbline eval` prints it
	Shape string // of a value: the types inside, which JSON does not show
}

// ResultOf prints a result of evaluation. theme/runtime/eval.ts mirrors it.
func ResultOf(v any) *Result {
	if u := lang.Open(v); u != nil {
		parts := make([]string, len(u.Missing()))
		for i, m := range u.Missing() {
			parts[i] = `{"path":` + quote(m.Path) + `,"reason":` + quote(m.Reason) + `}`
		}
		return &Result{Kind: "unknown", JSON: `{"unknown":[` + strings.Join(parts, ",") + `]}`}
	}
	var p printer
	p.value(v)
	return &Result{Kind: "value", JSON: `{"value":` + p.json.String() + `,"type":"` + typeOf(v) + `"}`, Shape: p.shape.String()}
}

// typeOf names a value's type as the contract does. An object of the model is a
// map of its fields.
func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "nil"
	case bool:
		return "bool"
	case int:
		return "int"
	case float64:
		return "float"
	case string:
		return "string"
	case lang.Object:
		return "map"
	}
	if reflect.ValueOf(v).Kind() == reflect.Map {
		return "map"
	}
	return "array"
}

type printer struct{ json, shape strings.Builder }

func (p *printer) put(shape, json string) {
	p.shape.WriteString(shape)
	p.json.WriteString(json)
}

func (p *printer) value(v any) {
	switch v := v.(type) {
	case nil:
		p.put("n", "null")
	case bool:
		p.put("b", strconv.FormatBool(v))
	case int:
		p.put("i", strconv.Itoa(v))
	case float64:
		p.float(v)
	case string:
		p.put("s", quote(v))
	case lang.Object:
		p.put("o", `{"kind":`+quote(v.Class().Name)+`,"id":`+quote(v.ID())+`,"name":`+quote(v.Name())+`}`)
	case *lang.Unknown, *lang.Partial:
		p.put("u", `{"unknown":true}`) // inside a value of a raw resource
	default:
		p.composite(reflect.ValueOf(v))
	}
}

func (p *printer) float(f float64) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		p.put("f", quote(lang.Show(f)))
	case f == 0 && math.Signbit(f):
		p.put("z", "0")
	default:
		p.put("f", lang.Show(f))
	}
}

func (p *printer) composite(r reflect.Value) {
	if r.Kind() != reflect.Map {
		p.put("[", "[")
		for i := range r.Len() {
			if i > 0 {
				p.json.WriteByte(',')
			}
			p.value(r.Index(i).Interface())
		}
		p.put("]", "]")
		return
	}
	entries := make([]entry, 0, r.Len())
	for it := r.MapRange(); it.Next(); {
		k := it.Key()
		e := entry{key: keyText(k.Interface()), kind: typeOf(k.Interface())}
		var inner printer
		inner.value(it.Value().Interface())
		e.json, e.shape = inner.json.String(), inner.shape.String()
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return strings.Compare(a.key+"\x00"+a.kind+"\x00"+a.json, b.key+"\x00"+b.kind+"\x00"+b.json)
	})
	p.put("{", "{")
	for i, e := range entries {
		if i > 0 {
			p.json.WriteByte(',')
		}
		p.put(e.kind+":"+e.shape, quote(e.key)+":"+e.json)
	}
	p.put("}", "}")
}

// entry is a key of a map with its value. Keys need not be text: groupBy and
// fromPairs take any scalar or object.
type entry struct{ key, kind, json, shape string }

func keyText(k any) string {
	if k == nil {
		return "nil"
	}
	return lang.Show(k)
}

// quote writes a string as JSON.stringify does.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s { // what is not UTF-8 becomes U+FFFD
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r >= ' ':
			b.WriteRune(r)
		default:
			if i := strings.IndexRune("\b\t\n\f\r", r); i >= 0 {
				b.WriteString(`\` + "btnfr"[i:i+1])
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
