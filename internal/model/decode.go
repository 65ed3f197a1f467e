package model

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// Decoder converts nodes of a document to values of the model's types. Every
// value that does not fit is reported; its result is nil.
type Decoder struct {
	// Link converts a node to a reference to an object of the kind; what names
	// the value, as for Decode. Without it links are refused.
	Link func(kind string, n *document.Node, what string) any
	// Absent gives the value of a record's field that is not there and has no
	// default. Without it the field is nil.
	Absent func(f *Field) any
	// Unknown gives a value for a node that stands for no value of its own.
	Unknown  func(n *document.Node) (any, bool)
	Code     string // of the diagnostics: "input/wrong-value"
	Problems diag.List
}

// Decode converts a node. what names the value in messages: `"sku"`. Integers
// are int, other numbers float64, lists []any, records map[string]any. null is
// nil, whatever the type.
//
// Enums take the model's spelling; "true" and "false" are bools; a cidr or ip
// keeps its spelling; a number in a value of type any is a float64.
func (d *Decoder) Decode(t Type, n *document.Node, what string) any {
	if d.Unknown != nil {
		if v, ok := d.Unknown(n); ok {
			return v
		}
	}
	if n.Kind == document.Null {
		return nil
	}
	switch t.Name {
	case "any":
		return d.plain(n)
	case "link":
		if d.Link != nil {
			return d.Link(t.Link, n, what)
		}
	case "list":
		return d.list(t, n, what)
	case "record":
		return d.record(t, n, what)
	case "enum":
		return d.enum(t, n, what)
	}
	v, ok := scalar(t.Name, n)
	if !ok {
		hint := ""
		if t.Name == "string" && n.Kind != document.List && n.Kind != document.Map {
			hint = "put it in quotes"
		}
		d.report(n, what+" must be "+expected(t)+", not "+n.Describe(), hint)
	}
	return v
}

func (d *Decoder) isUnknown(n *document.Node) bool {
	if d.Unknown == nil {
		return false
	}
	_, ok := d.Unknown(n)
	return ok
}

func (d *Decoder) report(n *document.Node, message, hint string) {
	d.Problems.Add(diag.Diagnostic{Code: d.Code, Severity: diag.Error, Span: n.Span, Message: message, Hint: hint})
}

func (d *Decoder) list(t Type, n *document.Node, what string) any {
	if n.Kind != document.List {
		hint := ""
		if n.Kind != document.Map {
			hint = "put it in [ ]"
		}
		d.report(n, what+" must be "+expected(t)+", not "+n.Describe(), hint)
		return nil
	}
	out := make([]any, 0, len(n.Items))
	for _, item := range n.Items {
		if item.Kind == document.Null && t.Elem.Name != "any" && !d.isUnknown(item) {
			d.report(item, "an element of "+what+" must be "+expected(*t.Elem)+", not null", "remove it")
			continue
		}
		out = append(out, d.Decode(*t.Elem, item, "an element of "+what))
	}
	return out
}

func (d *Decoder) record(t Type, n *document.Node, what string) any {
	if n.Kind != document.Map {
		d.report(n, what+" must be "+expected(t)+", not "+n.Describe(), "")
		return nil
	}
	out := make(map[string]any, len(t.Fields))
	for _, f := range t.Fields {
		v := n.Get(f.Name)
		switch {
		case v != nil && (v.Kind != document.Null || d.isUnknown(v)):
			out[f.Name] = d.Decode(f.Type, v, fmt.Sprintf("%q", f.Name))
		case f.HasDefault || v != nil:
			out[f.Name] = f.Default
		case d.Absent != nil:
			out[f.Name] = d.Absent(f)
		default:
			out[f.Name] = nil
		}
	}
	names := fieldNames(t.Fields)
	for _, e := range n.Entries {
		if !slices.Contains(names, e.Key) {
			d.Problems.Add(diag.Diagnostic{Code: "input/unknown-field", Severity: diag.Error, Span: e.KeySpan, Message: fmt.Sprintf("unknown field %q in %s", e.Key, what), Hint: unknownHint(e.Key, names)})
		}
	}
	return out
}

func fieldNames(fields []*Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}

// unknownHint suggests a name, or lists what there is.
func unknownHint(name string, names []string) string {
	if hint := diag.DidYouMean(name, names); hint != "" {
		return hint
	}
	return "it can have " + strings.Join(names, ", ")
}

func (d *Decoder) enum(t Type, n *document.Node, what string) any {
	if n.Kind != document.String {
		d.report(n, what+" must be "+expected(t)+", not "+n.Describe(), "")
		return nil
	}
	for _, s := range t.Enum {
		if equalFold(s, n.Text()) {
			return s
		}
	}
	d.report(n, what+" must be "+expected(t)+", not "+n.Describe(), diag.DidYouMean(n.Text(), t.Enum))
	return nil
}

// equalFold compares without the case of A to Z, like the browser's mirror.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if x >= 'A' && x <= 'Z' {
			x += 'a' - 'A'
		}
		if y >= 'A' && y <= 'Z' {
			y += 'a' - 'A'
		}
		if x != y {
			return false
		}
	}
	return true
}

// scalar converts a node to a value of a scalar type.
func scalar(name string, n *document.Node) (any, bool) {
	switch v := n.Value.(type) {
	case bool:
		return only(v, name == "bool")
	case string:
		switch name {
		case "string":
			return v, true
		case "bool":
			return only(v == "true", v == "true" || v == "false")
		case "cidr":
			return only(v, IsCIDR(v))
		case "ip":
			return only(v, IsIP(v))
		}
	case int64:
		if name == "number" {
			return float64(v), true
		}
		return only(int(v), name == "int")
	case float64:
		if name == "number" {
			return v, true
		}
		whole := v == math.Trunc(v) && math.Abs(v) <= 1<<53
		if !whole || name != "int" {
			return nil, false
		}
		return int(v), true
	}
	return nil, false
}

func only(v any, ok bool) (any, bool) {
	if !ok {
		return nil, false
	}
	return v, true
}

// IsCIDR reports whether text is an address range such as 10.0.0.0/24 or
// fd00::/8, without zone.
func IsCIDR(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil
}

// IsIP reports whether text is an IPv4 or IPv6 address without zone.
func IsIP(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Zone() == ""
}

// expected names a type in messages, with its article.
func expected(t Type) string {
	switch t.Name {
	case "string":
		return "text"
	case "int":
		return "a whole number"
	case "number":
		return "a number"
	case "bool":
		return "true or false"
	case "cidr":
		return "an address range such as 10.0.0.0/24"
	case "ip":
		return "an IP address"
	case "enum":
		if len(t.Enum) == 1 {
			return fmt.Sprintf("%q", t.Enum[0])
		}
		return "one of " + strings.Join(t.Enum, ", ")
	case "record":
		return "a map"
	case "link":
		return "the id or name of an object of " + t.Link
	case "list":
		return "a list"
	}
	return "a value"
}

// plain converts a node to a value of type any: nil, bool, float64, string,
// []any and map[string]any. Every number is a float64, as expr reads JSON.
func (d *Decoder) plain(n *document.Node) any {
	if d.Unknown != nil {
		if v, ok := d.Unknown(n); ok {
			return v
		}
	}
	switch n.Kind {
	case document.Int:
		return float64(n.Value.(int64))
	case document.List:
		out := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			out = append(out, d.plain(item))
		}
		return out
	case document.Map:
		out := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			out[e.Key] = d.plain(e.Value)
		}
		return out
	}
	return n.Value
}
