// Package model says what rules can see: the kinds of objects in a topology,
// their fields, links and defaults, derived values, functions, declared facts,
// the mappings that read each input format into them, and what topologies are
// drawn as.
//
// It takes a site's rules/ folder and gives a *Model. It does not know expr:
// expressions stay text with a place until package lang compiles them.
//
// Invariant: a loaded model is internally consistent: every link, inverse and
// mapping names a kind and field that exists.
package model

import (
	"github.com/plumbline/plumbline/internal/diag"
)

// Model is the whole of rules/topology.yaml, rules/inputs/*.yaml and
// rules/figure.yaml.
type Model struct {
	Kinds     []*Kind // in file order, which is the order of every listing
	Functions []*Function
	Declared  []*Field
	Inputs    []*Input // sorted by name
	Commands  []Command
	Figure    *Figure // how topologies are drawn, or nil
}

// Command is a command line of rules/inputs/commands.yaml whose output tells what
// another input leaves open.
type Command struct {
	Input  string   // the format of its output
	Run    string   // as it is typed
	States []string // the kinds of which it gives all objects
}

// Kind is a collection of objects, for example bastions.
type Kind struct {
	Name           string // collection name, as rules write it: "bastions"
	One            string // an element's name: "bastion"
	Title          string // for people: "Azure Bastion"
	Doc            string
	Words          Words // a noun: "Bastion"
	FromReferences bool  // an object that others only refer to is a subject too
	Fields         []*Field
	Derived        []*Derived
	Span           diag.Span
}

// Field is a stated value of a kind, of a record, or of the declared facts.
type Field struct {
	Name       string
	Doc        string
	Words      Words
	Type       Type
	Inverse    string // for a link: the list of this kind's objects on the linked object
	HasDefault bool   // absent then means Default, else unknown
	Default    any    // nil, bool, int, float64, string or []any
	Span       diag.Span
}

// Type is the type of a field or parameter.
//
// Name is one of string, int, number, bool, cidr, ip, enum, record, link, any,
// or list, whose element type is Elem.
type Type struct {
	Name   string
	Enum   []string // of an enum, in the model's spelling
	Link   string   // of a link: the kind's collection name
	Elem   *Type    // of a list
	Fields []*Field // of a record
}

// Derived is a value computed from an object, at most once and on demand.
// Its expression sees the object's fields as plain names, and every collection.
type Derived struct {
	Name  string
	Doc   string
	Words Words
	Expr  Text
}

// Function is a named expression with typed parameters.
type Function struct {
	Name   string
	Doc    string
	Words  Words
	Params []Param
	Body   Text
}

// Words are how a sentence speaks of a name of the model, for readings of rules.
//
// Of a value they are a noun, "DNS server"; of a truth what is said of its object,
// "has a gateway"; of a declared truth, and of a function, the whole sentence or
// noun, in which {bastion} stands for a parameter and {bastion's} for its genitive.
type Words struct {
	Say string // "" where the model has none
	Not string // what is said where a truth is false; "" where that follows from Say
}

// Param is a parameter of a function; Type.Link names a kind for objects.
type Param struct {
	Name string
	Type Type
}

// Text is a piece of a file that another language reads, with its place.
// Offset maps an index into Value, counted in runes as expr counts, to a byte
// offset of the file, so that a problem in a block scalar is reported where it is.
type Text struct {
	Value  string
	Span   diag.Span
	Offset func(rune int) int
}

// Input is one file of rules/inputs/: how one format's resources become objects.
type Input struct {
	Name     string // "arm"
	Mappings []*Mapping
}

// Mapping makes objects of one kind out of one type of resource.
//
// Expressions see `resource` (type, name, id, properties, parent …) and, where
// Each is set, `item`, `index`: one element of the list that Each gives.
type Mapping struct {
	Kind   string   // collection name
	Type   string   // resource type, compared without case: "Microsoft.Network/bastionHosts"; "*" is any that no other mapping names
	Also   []string // other names of the type, in ids and responses
	Within Text     // optional: the list in the parent that holds such resources too
	When   Text     // optional: only resources for which this is true
	Each   Text     // optional: one object per element of this list
	ID     Text     // optional; default resource.id
	Name   Text     // optional; default resource.name
	Fields []FieldMapping
	Span   diag.Span
}

// FieldMapping gives one field its expression.
type FieldMapping struct {
	Field string
	Expr  Text
}

// Kind returns the kind with the collection name, or nil.
func (m *Model) Kind(name string) *Kind {
	for _, k := range m.Kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Field returns the stated field with the name, or nil.
func (k *Kind) Field(name string) *Field {
	for _, f := range k.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}
