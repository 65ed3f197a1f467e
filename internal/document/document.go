// Package document decodes YAML and JSON to nodes that know their place.
//
// It takes a diag.Source and gives a tree of Nodes: what front matter, the
// model, samples, topologies and templates are read from. Plain scalars follow
// one table, YAML 1.2's core schema, mirrored in theme/runtime/document.ts.
//
// Invariant: every node's span lies in the source it was read from, and a
// document that this package accepts has the same values in both engines.
package document

import "github.com/plumbline/plumbline/internal/diag"

// Kind says what a node holds.
type Kind int

const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

// Node is one value of a document.
type Node struct {
	Kind    Kind
	Value   any       // nil, bool, int64, float64 or string for the scalar kinds, else nil
	Span    diag.Span // of the value (a scalar's quotes included)
	Items   []*Node   // of a List
	Entries []Entry   // of a Map, in document order; keys are unique
}

// Entry is one key and value of a Map.
type Entry struct {
	Key     string
	KeySpan diag.Span
	Value   *Node
}

// Get returns the value of a key of a Map, or nil. It is nil-safe.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			return n.Entries[i].Value
		}
	}
	return nil
}

// Text returns the string of a String node, else "". It is nil-safe.
func (n *Node) Text() string {
	if n == nil || n.Kind != String {
		return ""
	}
	return n.Value.(string)
}
