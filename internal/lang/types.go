package lang

import (
	"strings"

	"github.com/plumbline/plumbline/internal/model"
)

// Type is what analysis knows about a value. It is a hint for better messages
// and faster code, never a licence: running code still checks what it gets.
type Type struct {
	Name   string // any nil bool int float string list record object
	Elem   *Type  // of a list; nil: any
	Kind   *model.Kind
	Fields []*model.Field // of a record of the model
	Enum   []string       // of a string that is one of these
}

var (
	tAny    = &Type{Name: "any"}
	tNil    = &Type{Name: "nil"}
	tBool   = &Type{Name: "bool"}
	tInt    = &Type{Name: "int"}
	tFloat  = &Type{Name: "float"}
	tString = &Type{Name: "string"}
	tList   = &Type{Name: "list", Elem: tAny}
	tRecord = &Type{Name: "record"}
)

func listOf(elem *Type) *Type { return &Type{Name: "list", Elem: elem} }

// typeOf converts a field's type.
func typeOf(m *model.Model, t model.Type) *Type {
	switch t.Name {
	case "string", "cidr", "ip":
		return tString
	case "enum":
		return &Type{Name: "string", Enum: t.Enum}
	case "int":
		return tInt
	case "number":
		return tFloat
	case "bool":
		return tBool
	case "link":
		return objectOf(m.Kind(t.Link))
	case "record":
		return &Type{Name: "record", Fields: t.Fields}
	case "list":
		if t.Elem == nil {
			return tList
		}
		return listOf(typeOf(m, *t.Elem))
	}
	return tAny
}

func objectOf(k *model.Kind) *Type {
	if k == nil {
		return tAny
	}
	return &Type{Name: "object", Kind: k}
}

func (t *Type) is(names ...string) bool {
	for _, n := range names {
		if t.Name == n {
			return true
		}
	}
	return false
}

// may reports whether a value of the type can be one of the names at run time.
func (t *Type) may(names ...string) bool { return t.is("any") || t.is(names...) }

func (t *Type) numeric() bool { return t.is("int", "float") }

// scalar types compare by value and never hold an object or an unknown.
func (t *Type) scalar() bool { return t.is("bool", "int", "float", "string", "nil") }

func (t *Type) elem() *Type {
	if t.Name == "list" && t.Elem != nil {
		return t.Elem
	}
	return tAny
}

// String names the type as messages do: "bastion", "list of subnet", "string".
func (t *Type) String() string {
	switch t.Name {
	case "object":
		return t.Kind.One
	case "list":
		if e := t.elem(); !e.is("any") {
			return "list of " + e.String()
		}
	}
	return t.Name
}

// with is String with its article, for messages.
func (t *Type) with() string { return article(t.String()) }

func article(name string) string {
	switch {
	case name == "nil":
		return name
	case strings.ContainsRune("aeiou", rune(name[0])):
		return "an " + name
	}
	return "a " + name
}

// join is the type of a value that is one of two types. nil joins with
// everything: each value of the language can be nil.
func join(a, b *Type) *Type {
	switch {
	case a == b || b.is("nil"):
		return a
	case a.is("nil"):
		return b
	case a.is("object") && b.is("object") && a.Kind == b.Kind:
		return a
	case a.is("list") && b.is("list"):
		return listOf(join(a.elem(), b.elem()))
	case a.is("string") && b.is("string"):
		return tString
	case a.Name == b.Name && a.scalar():
		return a
	}
	return tAny
}

// comparable reports whether == between the types can ever be true.
func comparable(a, b *Type) bool {
	switch {
	case a.is("any", "nil") || b.is("any", "nil"):
		return true
	case a.numeric() && b.numeric():
		return true
	case a.is("object") && b.is("object"):
		return a.Kind == b.Kind
	}
	return a.Name == b.Name
}

// fieldNames lists what can be read from an object of the kind.
func fieldNames(m *model.Model, k *model.Kind) []string {
	names := []string{"id", "name"}
	for _, f := range k.Fields {
		names = append(names, f.Name)
	}
	for _, d := range k.Derived {
		names = append(names, d.Name)
	}
	for _, inv := range inverses(m, k) {
		names = append(names, inv.name)
	}
	return names
}

// inverse is a list on one kind that a link field of another kind fills.
type inverse struct {
	name   string
	source *model.Kind
	field  *model.Field
}

func inverses(m *model.Model, k *model.Kind) []inverse {
	var out []inverse
	for _, source := range m.Kinds {
		for _, f := range source.Fields {
			t := f.Type
			if t.Name == "list" && t.Elem != nil {
				t = *t.Elem
			}
			if f.Inverse != "" && t.Name == "link" && strings.EqualFold(t.Link, k.Name) {
				out = append(out, inverse{f.Inverse, source, f})
			}
		}
	}
	return out
}
