package document

import (
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
)

// Row is a map that is read as values, without a node for each: a list of a
// hundred thousand resources has only few of which anybody asks for the place of
// a part. It is the Value of a Node of kind Map that has no Entries.
//
// Its text was looked at, and is read when somebody asks: of a hundred thousand rows
// a few are held at a time.
type Row struct {
	text  string // up to the end of the row
	start int
	depth int

	outline Outline
	values  map[string]any // nil: nobody asked yet
	parts   []Part
}

// Outline returns what a look at the row showed.
func (r *Row) Outline() Outline { return r.outline }

// Map returns the values, which are nil, bool, int, float64, string, []any and
// map[string]any.
func (r *Row) Map() map[string]any {
	if r.values == nil {
		p := rowParser{jsonParser: jsonParser{text: r.text, i: r.start, broken: -1}, parts: &r.parts, depth: r.depth}
		r.values, _ = p.object(r.depth)
	}
	return r.values
}

// Parts returns the maps that stand in lists, in document order.
func (r *Row) Parts() []Part {
	r.Map()
	return r.parts
}

// Release forgets the values until somebody asks for them again.
func (r *Row) Release() { r.values, r.parts = nil, nil }

// Part is a map in a list of a Row.
type Part struct {
	Map        map[string]any
	Start, End int    // offsets in the source
	Pointer    string // from the row
}

// Row returns what a map was read as, or nil where it has entries.
func (n *Node) Row() *Row {
	if n == nil {
		return nil
	}
	r, _ := n.Value.(*Row)
	return r
}

// Whole returns the node with its entries, which are read now if it is a Row.
func (n *Node) Whole() *Node {
	if n.Row() == nil {
		return n
	}
	whole, _ := ParseJSONPart(n.Span.Source, n.Span.Start, n.Span.End)
	return whole
}

// ParseRows is Parse for what may be a list of resources or a plan: the maps in a list
// that is the document, or its "value" or "data", are rows, and so are the resources of
// "planned_values", unless there is a problem in one.
func ParseRows(src *diag.Source) (*Node, diag.List) {
	if !LooksLikeJSON(src.Text) {
		return ParseYAML(src)
	}
	p := &jsonParser{src: src, text: src.Text, broken: -1, rows: true}
	p.parse()
	if p.problems.HasErrors() && p.maybeYAML {
		return Parse(src)
	}
	return p.root, p.problems
}

// ParseRow reads the JSON value that stands between two offsets of a source. A map
// is a row, unless there is a problem in it.
func ParseRow(src *diag.Source, start, end int) (*Node, diag.List) {
	p := &jsonParser{src: src, text: src.Text[:end], i: start, broken: -1}
	if p.i = skipBlank(p.text, p.i); p.at('{') && p.row() {
		p.end()
	} else {
		p.parse()
	}
	return p.root, p.problems
}

// amongRows reports whether what is read next would be a row.
func (p *jsonParser) amongRows() bool {
	switch len(p.stack) {
	case 1:
		return p.rows && p.stack[0].node.Kind == List
	case 2:
		key := p.stack[0].key
		return p.rows && p.stack[1].node.Kind == List && (strings.EqualFold(key, "value") || strings.EqualFold(key, "data"))
	}
	return p.rows && p.planned()
}

// planned reports whether what is read next would be a resource of planned values.
func (p *jsonParser) planned() bool {
	last := len(p.stack) - 1
	return last >= 3 && p.stack[last].node.Kind == List && p.stack[last-1].key == "resources" && p.stack[0].key == "planned_values"
}

// row reads the map at p.i as a row. Where it has a problem, nothing has happened.
func (p *jsonParser) row() bool {
	r := looker{jsonParser: jsonParser{src: p.src, text: p.text, i: p.i, broken: -1}, planned: p.planned()}
	if !r.object(len(p.stack), true) || len(r.problems) > 0 {
		return false
	}
	row := &Row{text: p.text[:r.i], start: p.i, depth: len(p.stack), outline: r.outlined()}
	p.add(&Node{Kind: Map, Value: row, Span: diag.Span{Source: p.src, Start: p.i, End: r.i}})
	first := skipBlank(p.text, p.i+1)
	p.quoted = p.quoted || p.text[first] != '}'
	p.i = r.i
	if r.broken >= 0 {
		p.broken = r.broken
	}
	return true
}

// rowParser reads values. It gives up at the first problem.
type rowParser struct {
	jsonParser
	parts *[]Part
	path  []byte // the pointer of the value that is read
	depth int    // of the row
}

// keysOfRow is how many keys a row has, with those that its reader adds.
const keysOfRow = 14

// object reads the map at p.i, which stands in so many others.
func (p *rowParser) object(depth int) (map[string]any, bool) {
	if depth >= MaxDepth {
		return nil, false
	}
	var out map[string]any
	if depth == p.depth {
		out = make(map[string]any, keysOfRow)
	} else {
		out = map[string]any{}
	}
	p.i = skipBlank(p.text, p.i+1)
	for !p.at('}') {
		if !p.at('"') {
			return nil, false
		}
		key, ok := p.str()
		p.i = skipBlank(p.text, p.i)
		if !ok || !p.at(':') {
			return nil, false
		}
		p.i = skipBlank(p.text, p.i+1)
		at := len(p.path)
		p.step(key)
		v, ok := p.scalarOrMore(depth + 1)
		p.path = p.path[:at]
		if !ok || !p.next('}') {
			return nil, false
		}
		out[key] = v
	}
	p.i++
	return out, true
}

// step adds a key to the path, as JSON pointers write it.
func (p *rowParser) step(key string) {
	p.path = append(p.path, '/')
	for i := range len(key) {
		switch key[i] {
		case '~':
			p.path = append(p.path, "~0"...)
		case '/':
			p.path = append(p.path, "~1"...)
		default:
			p.path = append(p.path, key[i])
		}
	}
}

// list reads the list at p.i.
func (p *rowParser) list(depth int) ([]any, bool) {
	if depth >= MaxDepth {
		return nil, false
	}
	out := []any{}
	p.i = skipBlank(p.text, p.i+1)
	for !p.at(']') {
		start, at := p.i, len(p.path)
		p.path = strconv.AppendInt(append(p.path, '/'), int64(len(out)), 10)
		place := -1
		if p.at('{') {
			place = len(*p.parts)
			*p.parts = append(*p.parts, Part{Start: start, Pointer: string(p.path)})
		}
		v, ok := p.scalarOrMore(depth + 1)
		p.path = p.path[:at]
		if !ok {
			return nil, false
		}
		if place >= 0 {
			part := &(*p.parts)[place]
			part.Map, part.End = v.(map[string]any), p.i
		}
		if !p.next(']') {
			return nil, false
		}
		out = append(out, v)
	}
	p.i++
	return out, true
}

// next reads the comma between two items, if the list or map does not end here.
func (p *jsonParser) next(closer byte) bool {
	p.i = skipBlank(p.text, p.i)
	switch {
	case p.at(closer):
	case p.at(','):
		p.i = skipBlank(p.text, p.i+1)
	default:
		return false
	}
	return true
}

func (p *rowParser) scalarOrMore(depth int) (any, bool) {
	if p.i >= len(p.text) {
		return nil, false
	}
	switch c := p.text[p.i]; {
	case c == '"':
		return anyOk(p.str())
	case c == '{':
		return anyOk(p.object(depth))
	case c == '[':
		return anyOk(p.list(depth))
	case !isWord(c):
		return nil, false
	}
	start := p.i
	p.i = wordEnd(p.text, start)
	switch word := p.text[start:p.i]; word {
	case "null":
		return nil, true
	case "true":
		return true, true
	case "false":
		return false, true
	default:
		if !isJSONNumber(word) {
			return nil, false
		}
		_, v, finite := number(word)
		if n, isInt := v.(int64); isInt {
			return int(n), true
		}
		return v, finite
	}
}

func anyOk[T any](v T, ok bool) (any, bool) { return v, ok }
