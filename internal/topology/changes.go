package topology

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// Changes vary a native topology, as the examples of rules do. Paths are
// written `bastions[0].sku`; a path that hits nothing is reported at its own
// place. Each part may be nil.
type Changes struct {
	Set      *document.Node // Map: path → value
	Unset    *document.Node // List of paths: known to be absent; an element of a list is removed
	Unknown  *document.Node // List of paths
	Declared *document.Node // Map: declared facts, replacing those of the topology
}

// change is one path with what happens there.
type change struct {
	path string
	span diag.Span
	// value replaces what is there; nil removes it, or with unknown set makes it unknown.
	value   *document.Node
	unknown *lang.Unknown
}

// changed is a document after its changes.
type changed struct {
	root    *document.Node
	unknown map[*document.Node]*lang.Unknown // nodes that stand for unknown values
	// places gives objects that a change put there the place of what it replaced:
	// a finding is about the topology, not about the page that varies it.
	places map[*document.Node]diag.Span
	// own holds the nodes that are copies and may be changed.
	own map[*document.Node]bool
}

// apply returns the changed document: copies of the nodes on the way to what
// changes, and the others as they are.
func (c Changes) apply(root *document.Node, problems *diag.List) changed {
	out := changed{root: root, unknown: map[*document.Node]*lang.Unknown{}, places: map[*document.Node]diag.Span{}, own: map[*document.Node]bool{}}
	if root == nil || c == (Changes{}) {
		return out
	}
	root = out.copy(root)
	out.root = root
	if c.Declared != nil && c.Declared.Kind == document.Map && root.Kind == document.Map {
		declared := root.Get("declared")
		if declared == nil || declared.Kind != document.Map {
			declared = &document.Node{Kind: document.Map, Span: c.Declared.Span}
		}
		declared = out.copy(declared)
		put(root, "declared", c.Declared.Span, declared)
		for _, e := range c.Declared.Entries {
			put(declared, e.Key, e.KeySpan, clone(e.Value))
		}
	}
	for _, ch := range c.list(problems) {
		if m := ch.apply(out); m != "" {
			problems.Add(diag.Diagnostic{Code: "rule/example-path", Severity: diag.Error, Span: ch.span,
				Message: "the path " + quoted(ch.path) + " hits nothing: " + m, Hint: "write a path such as collection[0].field, counted from 0"})
		}
	}
	return out
}

// list gives the changes in order: set, unset, unknown.
func (c Changes) list(problems *diag.List) []change {
	var out []change
	if c.Set != nil {
		for _, e := range c.Set.Entries {
			out = append(out, change{path: e.Key, span: e.KeySpan, value: clone(e.Value)})
		}
	}
	for _, n := range paths(c.Unset, problems) {
		out = append(out, change{path: n.Text(), span: n.Span})
	}
	for _, n := range paths(c.Unknown, problems) {
		out = append(out, change{path: n.Text(), span: n.Span, unknown: &lang.Unknown{Reason: "the example makes " + quoted(n.Text()) + " unknown"}})
	}
	return out
}

// paths returns the texts of a list; one text alone is a list of one.
func paths(n *document.Node, problems *diag.List) []*document.Node {
	if n == nil {
		return nil
	}
	items := n.Items
	if n.Kind != document.List {
		items = []*document.Node{n}
	}
	return slices.DeleteFunc(slices.Clone(items), func(item *document.Node) bool {
		if item.Kind != document.String {
			problems.Add(diag.Diagnostic{Code: "rule/example-path", Severity: diag.Error, Span: item.Span,
				Message: "a path must be text, not " + item.Describe(), Hint: "write a path such as collection[0].field, counted from 0"})
		}
		return item.Kind != document.String
	})
}

// segment is a part of a path: a key, or an index from 0.
type segment struct {
	key   string
	index int // -1 for a key
}

func (s segment) String() string {
	if s.index >= 0 {
		return "[" + strconv.Itoa(s.index) + "]"
	}
	return "." + s.key
}

// parsePath reads `bastions[0].sku`. Of a text that is no path it returns nil.
func parsePath(path string) []segment {
	var out []segment
	for i := 0; i < len(path); {
		if path[i] == '[' {
			end := strings.IndexByte(path[i:], ']')
			if end < 2 || end > 9 || strings.Trim(path[i+1:i+end], "0123456789") != "" || i == 0 {
				return nil
			}
			index, _ := strconv.Atoi(path[i+1 : i+end]) // nothing but a few digits
			out = append(out, segment{index: index})
			i += end + 1
			continue
		}
		if i > 0 {
			if path[i] != '.' {
				return nil
			}
			i++
		}
		end := i
		for end < len(path) && path[end] != '.' && path[end] != '[' && path[end] != ']' {
			end++
		}
		if end == i {
			return nil
		}
		out = append(out, segment{key: path[i:end], index: -1})
		i = end
	}
	return out
}

// apply makes the change. It returns why the path hits nothing, or "".
func (c change) apply(to changed) string {
	root := to.root
	segments := parsePath(c.path)
	if segments == nil {
		return "it is not a path"
	}
	if segments[0].key == "declared" && root.Kind == document.Map && root.Get("declared") == nil {
		put(root, "declared", c.span, &document.Node{Kind: document.Map, Span: c.span})
	}
	at, way := root, "the topology"
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s.index >= 0 && at.Kind != document.List:
			return way + " is " + at.Describe() + ", not a list"
		case s.index < 0 && at.Kind != document.Map:
			return way + " is " + at.Describe() + ", not a map"
		case s.index >= len(at.Items):
			return way + " has " + elements(len(at.Items))
		case last && s.index >= 0:
			c.item(at, s.index, to)
			return ""
		case last:
			c.entry(at, s.key, to)
			return ""
		case s.index >= 0:
			at.Items[s.index] = to.copy(at.Items[s.index])
			at = at.Items[s.index]
		case at.Get(s.key) == nil:
			return way + " has no " + quoted(s.key)
		default:
			put(at, s.key, c.span, to.copy(at.Get(s.key)))
			at = at.Get(s.key)
		}
		way = quoted(strings.TrimPrefix(joined(segments[:i+1]), "."))
	}
	return ""
}

func elements(n int) string {
	if n == 1 {
		return "1 element"
	}
	return strconv.Itoa(n) + " elements"
}

func joined(segments []segment) string {
	var b strings.Builder
	for _, s := range segments {
		fmt.Fprint(&b, s)
	}
	return b.String()
}

// item changes an element of a list.
func (c change) item(at *document.Node, index int, to changed) {
	switch {
	case c.unknown != nil:
		at.Items[index] = to.copy(at.Items[index])
		to.unknown[at.Items[index]] = c.unknown
	case c.value != nil:
		to.place(c.value, at.Items[index])
		at.Items[index] = c.value
	default:
		at.Items = slices.Delete(at.Items, index, index+1)
	}
}

// entry changes a value of a map, which need not be there yet.
func (c change) entry(at *document.Node, key string, to changed) {
	value := c.value
	if value == nil {
		value = &document.Node{Span: c.span}
	} else if there := at.Get(key); there != nil {
		to.place(value, there)
	} else {
		to.place(value, at)
	}
	if c.unknown != nil {
		if n := at.Get(key); n != nil && (key == "id" || key == "name") {
			value = to.copy(n) // it is still what others refer to
		}
		to.unknown[value] = c.unknown
	}
	put(at, key, c.span, value)
}

// place gives a value and its items the place of a node.
func (to changed) place(value, of *document.Node) {
	span, ok := to.places[of]
	if !ok {
		span = of.Span
	}
	to.places[value] = span
	for _, item := range value.Items {
		to.places[item] = span
	}
}

// put sets the value of a key.
func put(n *document.Node, key string, span diag.Span, value *document.Node) {
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			n.Entries[i].Value = value
			return
		}
	}
	n.Entries = append(n.Entries, document.Entry{Key: key, KeySpan: span, Value: value})
}

// copy returns the node, or a copy where it is not one already: its items and
// entries may then be replaced.
func (to changed) copy(n *document.Node) *document.Node {
	if to.own[n] {
		return n
	}
	out := *n
	out.Items, out.Entries = slices.Clone(n.Items), slices.Clone(n.Entries)
	to.own[&out] = true
	if u := to.unknown[n]; u != nil {
		to.unknown[&out] = u
	}
	if span, ok := to.places[n]; ok {
		to.places[&out] = span
	}
	return &out
}

// clone copies a tree; nodes that aliases share become different ones.
func clone(n *document.Node) *document.Node {
	out := *n
	out.Items = make([]*document.Node, 0, len(n.Items))
	for _, item := range n.Items {
		out.Items = append(out.Items, clone(item))
	}
	out.Entries = make([]document.Entry, 0, len(n.Entries))
	for _, e := range n.Entries {
		out.Entries = append(out.Entries, document.Entry{Key: e.Key, KeySpan: e.KeySpan, Value: clone(e.Value)})
	}
	return &out
}

// Apply returns the changed document as a person would write it: what the
// changes make unknown is left out, as a topology leaves out what it does not
// state. Paths that hit nothing are reported.
func (c Changes) Apply(root *document.Node) (*document.Node, diag.List) {
	var problems diag.List
	out := c.apply(root, &problems)
	if len(out.unknown) > 0 {
		out.root = leaveOut(out.root, out.unknown)
	}
	return out.root, problems
}

// leaveOut returns the tree without what is unknown. An id or a name stays:
// others refer to it.
func leaveOut(n *document.Node, unknown map[*document.Node]*lang.Unknown) *document.Node {
	out := *n
	out.Items, out.Entries = nil, nil
	for _, item := range n.Items {
		if unknown[item] == nil {
			out.Items = append(out.Items, leaveOut(item, unknown))
		}
	}
	for _, e := range n.Entries {
		if unknown[e.Value] == nil || e.Key == "id" || e.Key == "name" {
			e.Value = leaveOut(e.Value, unknown)
			out.Entries = append(out.Entries, e)
		}
	}
	return &out
}
