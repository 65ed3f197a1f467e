package topology

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// placeTable finds where values stand in a document. It knows the parent of
// every node, so that a JSON pointer is written only for what is asked for.
type placeTable struct {
	src    *diag.Source
	parent map[*document.Node]step
	values map[uintptr]placed
	known  map[*document.Node]lang.Place
}

// step leads from a node's parent to the node.
type step struct {
	parent *document.Node
	key    string
	index  int
}

// placed keeps the map beside its node: as long as it is in the table, no other
// map can have its address.
type placed struct {
	value map[string]any
	node  *document.Node
}

func newPlaceTable(src *diag.Source, root *document.Node) *placeTable {
	t := &placeTable{src: src, parent: map[*document.Node]step{}, values: map[uintptr]placed{}, known: map[*document.Node]lang.Place{}}
	pending := []*document.Node{root}
	for len(pending) > 0 {
		n := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for i, item := range n.Items {
			t.parent[item] = step{parent: n, index: i}
			pending = append(pending, item)
		}
		for _, e := range n.Entries {
			t.parent[e.Value] = step{parent: n, key: e.Key, index: -1}
			pending = append(pending, e.Value)
		}
	}
	return t
}

// at returns the place of a node. Copies ask for the same one again and again.
func (t *placeTable) at(n *document.Node) lang.Place {
	if place, ok := t.known[n]; ok {
		return place
	}
	var parts []string
	for s, ok := t.parent[n]; ok; s, ok = t.parent[s.parent] {
		part := s.key
		if s.index >= 0 {
			part = strconv.Itoa(s.index)
		}
		parts = append(parts, "/"+pointerPart(part))
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
	}
	place := lang.Place{Span: n.Span, Pointer: b.String()}
	t.known[n] = place
	return place
}

// pointerPart is a key as JSON pointers write it.
func pointerPart(key string) string {
	if strings.ContainsAny(key, "~/") {
		return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
	}
	return key
}

// set records where an element of a list was read, if it is a map.
func (t *placeTable) set(value any, n *document.Node) {
	if m, ok := value.(map[string]any); ok {
		t.values[reflect.ValueOf(m).Pointer()] = placed{m, n}
	}
}

// of returns the place of a value that was read from the document, or fallback.
func (t *placeTable) of(v any, fallback lang.Place) lang.Place {
	m, ok := v.(map[string]any)
	if !ok {
		return fallback
	}
	if p, ok := t.values[reflect.ValueOf(m).Pointer()]; ok {
		return t.at(p.node)
	}
	return fallback
}
