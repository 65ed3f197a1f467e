// Package topology reads documents in any input format into linked objects of
// the model, each knowing its line.
//
// It takes the texts a user gave and a compiled model, and gives a *Topology:
// decode, flatten, map, link. theme/runtime mirrors each stage under the same
// name, and differential tests hold the two together.
//
// Invariant: nothing a document leaves open becomes a known value, and a
// document in any state gives diagnostics, never a panic.
package topology

import (
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
)

// Topology is one linked topology.
type Topology struct {
	File     string // distinct file names joined with ", "
	Format   string // distinct formats joined with ", ": native, arm, resources, terraform
	By       string // what the formats were recognised by, where nobody named them
	World    *lang.World
	Subjects []Subjects // stated kinds in model order
	Unstated []string   // kinds that nothing states, in model order
	Problems diag.List
	// Needs has, by the reason of an unknown, the kinds whose objects would settle it.
	Needs map[string][]string

	objects []lang.Object // all of them, in the order of their numbers, from 1
}

// Trace calls f for what evaluation reads of the objects, until it is called with nil.
func (t *Topology) Trace(f func(o lang.Object, field string)) {
	for _, o := range t.objects {
		o.Trace(f)
	}
}

// Subjects counts the objects of a stated kind. Objects lists them in input
// order, without stubs unless the kind takes subjects from references.
type Subjects struct {
	Kind    string
	Objects []lang.Object
	Counted int // objects beside them, at which nothing looks
}

// File is one text of the input.
type File struct {
	Name string
	Text string
}

// Options mirror the flags of check.
type Options struct {
	Input      string // auto, native, arm, resources or terraform; "" is auto
	Parameters []Parameter
	Scope      string // "/subscriptions/…/resourceGroups/…", or "" for the default
	Declared   *File
	// Counted gives the kinds of which it is enough to know how many objects there are
	// that link to no other. It is asked where that saves something.
	Counted func() []string
}

// Parameter is a --parameters value: a file, or NAME=VALUE.
type Parameter struct {
	File        *File
	Name, Value string
}
