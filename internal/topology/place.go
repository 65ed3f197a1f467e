package topology

import (
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// placeTable finds where values stand in a document. A JSON pointer is written
// only for what is asked for.
type placeTable struct {
	src    *diag.Source
	root   *document.Node
	parent map[*document.Node]step // of every node, once it is needed
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
	return &placeTable{src: src, root: root, values: map[uintptr]placed{}, known: map[*document.Node]lang.Place{}}
}

// path leads from the root to a node, by its place in the text. That of an alias
// in YAML is where its anchor stands, so then all parents are looked at.
func (t *placeTable) path(n *document.Node) []step {
	if t.parent == nil {
		var out []step
		for at := t.root; at != n; {
			next := child(at, n.Span.Start)
			if next.parent == nil {
				out = nil
				break
			}
			out = append(out, next)
			if at = next.node(); at == n {
				return out
			}
		}
		if t.root == n {
			return nil
		}
		t.findParents()
	}
	var out []step
	for s, ok := t.parent[n]; ok; s, ok = t.parent[s.parent] {
		out = append(out, s)
	}
	slices.Reverse(out)
	return out
}

// child is the step from a node to the child that holds an offset of the text.
// Without a parent it is none.
func child(n *document.Node, offset int) step {
	if i := sort.Search(len(n.Items), func(i int) bool { return n.Items[i].Span.End > offset }); i < len(n.Items) && n.Items[i].Span.Start <= offset {
		return step{parent: n, index: i}
	}
	if i := sort.Search(len(n.Entries), func(i int) bool { return n.Entries[i].Value.Span.End > offset }); i < len(n.Entries) && n.Entries[i].Value.Span.Start <= offset {
		return step{parent: n, key: n.Entries[i].Key, index: -1 - i}
	}
	return step{}
}

// node is where a step of child leads.
func (s step) node() *document.Node {
	if s.index >= 0 {
		return s.parent.Items[s.index]
	}
	return s.parent.Entries[-1-s.index].Value
}

func (t *placeTable) findParents() {
	t.parent = map[*document.Node]step{}
	pending := []*document.Node{t.root}
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
}

// at returns the place of a node. Copies ask for the same one again and again.
func (t *placeTable) at(n *document.Node) lang.Place {
	if place, ok := t.known[n]; ok {
		return place
	}
	var b strings.Builder
	for _, s := range t.path(n) {
		part := s.key
		if s.index >= 0 {
			part = strconv.Itoa(s.index)
		}
		b.WriteString("/" + pointerPart(part))
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
