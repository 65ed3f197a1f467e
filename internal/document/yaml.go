package document

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/plumbline/plumbline/internal/diag"
)

// maxExpanded bounds how many nodes aliases may add to a document.
const maxExpanded = 100_000

// ParseYAML reads one YAML document. Plain scalars follow YAML 1.2's core
// schema; tags, merge keys, directives, keys that are no text, equal keys and a
// second document are refused. Anchors and aliases are allowed: an alias gives
// the anchored node itself. An empty text is a Null.
//
// The node is nil only where there are errors.
func ParseYAML(src *diag.Source) (*Node, diag.List) { return ParseYAMLPart(src, 0, len(src.Text)) }

// ParseYAMLPart reads the part of a source between two byte offsets, a page's
// front matter say. Spans are those of the whole source.
func ParseYAMLPart(src *diag.Source, start, end int) (*Node, diag.List) {
	c := &yamlReader{src: src, base: start, length: len(src.Text), anchors: map[*yaml.Node]*Node{}, sizes: map[*Node]int{}}
	part := src.Text[start:end]
	if start == 0 && strings.HasPrefix(part, "\ufeff") {
		c.base = len("\ufeff")
		part = part[c.base:]
	}
	if !c.precheck(part) {
		return nil, c.problems
	}
	c.length = len(part)
	c.hide(part)
	c.lines = []int{0}
	for i := range len(c.text) {
		if c.text[i] == '\n' {
			c.lines = append(c.lines, i+1)
		}
	}
	loader, err := yaml.NewLoader(strings.NewReader(c.text))
	if err != nil {
		c.syntax(err)
		return nil, c.problems
	}
	var doc, second yaml.Node
	switch err := loader.Load(&doc); {
	case err == io.EOF:
		return &Node{Span: diag.Span{Source: src, Start: c.base, End: c.base}}, nil
	case err != nil:
		c.syntax(err)
		return nil, c.problems
	}
	switch err := loader.Load(&second); {
	case err == nil:
		at := c.offset(second.Line, second.Column)
		c.report("input/several-documents", at, min(at+3, len(c.text)), "a second YAML document begins here", "keep one document in a file")
	case err != io.EOF:
		c.syntax(err)
		return nil, c.problems
	}
	root := c.node(doc.Content[0], 0)
	if root.Kind == Null && root.Span.Start == root.Span.End {
		root.Span = c.span(0, 0)
	}
	return root, c.problems
}

// yamlReader turns the library's nodes into ours.
type yamlReader struct {
	src      *diag.Source
	base     int    // where text begins in the source
	text     string // as the library sees it: same offsets as the part of the source, and a line break at the end
	length   int    // of the part
	shown    *strings.Replacer
	lines    []int // start of each line of text
	problems diag.List

	anchors  map[*yaml.Node]*Node // nil while a node is being read
	sizes    map[*Node]int        // of anchored nodes: how many nodes they hold
	size     int                  // nodes so far, aliases expanded
	expanded int                  // nodes that aliases added
	stop     bool

	atLine, atColumn, atOffset int // the last position that was asked for
}

// precheck refuses what the two libraries treat differently: control characters
// and directives.
func (c *yamlReader) precheck(part string) bool {
	for i, r := range part {
		if isControl(r) || r == 0xfeff {
			c.report("input/control-character", i, i+utf8.RuneLen(r), fmt.Sprintf("the text holds the control character U+%04X", r), "remove it, or write it as an escape in double quotes")
			return false
		}
	}
	for i := 0; i < len(part); {
		end := len(part)
		if n := strings.IndexByte(part[i:], '\n'); n >= 0 {
			end = i + n
		}
		line := part[i:end]
		if strings.HasPrefix(line, "%") {
			c.report("input/yaml-directive", i, i+len(strings.TrimRight(line, " \t\r")), `the directive "`+Shorten(strings.TrimRight(line, " \t\r"))+`" is not supported`, "remove the line")
			return false
		}
		if atMarker(part, i) && line[0] == '.' {
			c.report("input/yaml-syntax", i, i+3, "the document ends before it begins", `remove the line "..."`)
			return false
		}
		if line = strings.Trim(line, " \t\r"); line != "" && line[0] != '#' {
			break
		}
		i = end + 1
	}
	return true
}

// hide replaces characters that YAML 1.2 takes for text and the library for
// line breaks (NEL, LS, PS) by others of the same length that the text does not
// hold, and a lone carriage return by a line feed. shown undoes the former.
func (c *yamlReader) hide(part string) {
	c.text, c.shown = part, strings.NewReplacer()
	if strings.Contains(part, "\r") {
		b := []byte(part)
		for i := range b {
			if b[i] == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
				b[i] = '\n'
			}
		}
		c.text = string(b)
	}
	if !strings.HasSuffix(c.text, "\n") {
		c.text += "\n" // what a block scalar is without one is not agreed on
	}
	if !strings.ContainsAny(part, "\u0085\u2028\u2029") {
		return
	}
	var there, back []string
	for _, r := range "\u0085\u2028\u2029" {
		stand := '\u07ea' // letters of NKo, two bytes
		if r != '\u0085' {
			stand = '\uf8ff' // private use, three bytes
		}
		for strings.ContainsRune(part, stand) || len(there) == 4 && there[3] == string(stand) {
			stand--
		}
		there, back = append(there, string(r), string(stand)), append(back, string(stand), string(r))
	}
	c.text, c.shown = strings.NewReplacer(there...).Replace(c.text), strings.NewReplacer(back...)
}

// offset converts the library's line and column, both 1-based, the column in
// characters, to a byte offset in text.
func (c *yamlReader) offset(line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(c.lines) {
		return len(c.text)
	}
	at, from := c.lines[line-1], 1
	if line == c.atLine && column >= c.atColumn { // a long line is walked once
		at, from = c.atOffset, c.atColumn
	}
	for ; from < column && at < len(c.text) && c.text[at] != '\n'; from++ {
		_, n := utf8.DecodeRuneInString(c.text[at:])
		at += n
	}
	c.atLine, c.atColumn, c.atOffset = line, from, at
	return at
}

// syntax reports an error of the library, in our words where the text shows the
// mistake.
func (c *yamlReader) syntax(err error) {
	var e *yaml.LoadError
	at := len(c.text)
	if errors.As(err, &e) {
		if strings.Contains(e.Message, "max depth") {
			at = c.offset(e.Mark.Line, e.Mark.Column)
			c.report("input/too-deep", at, at+1, fmt.Sprintf(tooDeepMessage, MaxDepth), tooDeepHint)
			return
		}
		at = c.offset(e.Mark.Line, e.Mark.Column)
		if e.ContextMsg != "" && at >= len(strings.TrimRight(c.text, " \t\r\n")) {
			at = c.offset(e.ContextMark.Line, e.ContextMark.Column)
		}
	}
	m := explainYAML(c.text, at)
	c.report("input/yaml-syntax", m.at, min(m.at+1, max(m.at, len(c.text))), c.shown.Replace(m.message), c.shown.Replace(m.hint))
}

func (c *yamlReader) report(code string, start, end int, message, hint string) {
	c.problems.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: c.span(start, end), Message: message, Hint: hint})
}

// span makes a span of the source from offsets of text.
func (c *yamlReader) span(start, end int) diag.Span {
	return diag.Span{Source: c.src, Start: c.base + min(start, c.length), End: c.base + min(end, c.length)}
}

// node converts one node. depth counts the lists and maps around it.
func (c *yamlReader) node(y *yaml.Node, depth int) *Node {
	if y.Kind == yaml.AliasNode {
		return c.alias(y, depth)
	}
	before := c.size
	c.size++
	at := c.content(y)
	n := &Node{Span: c.span(at, at)}
	if y.Anchor != "" {
		c.anchors[y] = nil
	}
	switch y.Kind {
	case yaml.ScalarNode:
		c.scalar(n, y, at)
	default:
		n.Kind = List
		if y.Kind == yaml.MappingNode {
			n.Kind = Map
		}
		if depth == MaxDepth {
			if !c.stop {
				c.report("input/too-deep", at, min(at+1, len(c.text)), fmt.Sprintf(tooDeepMessage, MaxDepth), tooDeepHint)
			}
			c.stop = true
			return n
		}
		c.collection(n, y, at, depth)
	}
	if y.Anchor != "" {
		c.anchors[y] = n
		c.sizes[n] = c.size - before
	}
	return n
}

// collection reads the items of a list or the entries of a map, and finds where
// it ends.
func (c *yamlReader) collection(n *Node, y *yaml.Node, at, depth int) {
	last := n.Span.End - c.base
	if y.Kind == yaml.SequenceNode {
		for _, child := range y.Content {
			item := c.node(child, depth+1)
			n.Items = append(n.Items, item)
			last = c.after(child, item, last)
		}
	} else {
		seen := map[string]diag.Span{}
		for i := 0; i+1 < len(y.Content); i += 2 {
			key, span, ok := c.key(y.Content[i], seen)
			value := c.node(y.Content[i+1], depth+1)
			last = max(last, span.End-c.base)
			if i == 0 && y.Style&yaml.FlowStyle == 0 {
				at = span.Start - c.base // an anchor of its own, or of the key, stands before
			}
			last = c.after(y.Content[i+1], value, last)
			if ok {
				n.Entries = append(n.Entries, Entry{key, span, value})
			}
		}
	}
	if at < len(c.text) && y.Style&yaml.FlowStyle != 0 && (c.text[at] == '[' || c.text[at] == '{') {
		last = c.closing(max(last, at+1))
	}
	n.Span = c.span(at, last)
}

// after returns where a child ends in the text; an alias ends after its name.
func (c *yamlReader) after(y *yaml.Node, n *Node, last int) int {
	end := n.Span.End - c.base
	if y.Kind == yaml.AliasNode {
		end = c.offset(y.Line, y.Column) + 1 + len(y.Value)
	}
	return max(last, end)
}

// closing returns the offset after the bracket that ends a flow collection
// whose last child ends at i.
func (c *yamlReader) closing(i int) int {
	for i < len(c.text) {
		switch {
		case c.text[i] == ']' || c.text[i] == '}':
			return i + 1
		case c.text[i] == '#':
			for i < len(c.text) && c.text[i] != '\n' {
				i++
			}
		default:
			i++
		}
	}
	return i
}

// key reads a map's key, which must be a text and new.
func (c *yamlReader) key(y *yaml.Node, seen map[string]diag.Span) (string, diag.Span, bool) {
	if y.Kind == yaml.ScalarNode && y.Value == "<<" && isPlain(y) {
		at := c.content(y)
		c.report("input/yaml-merge-key", at, at+2, `the merge key "<<" is not supported`, "write the keys out")
		return "", c.span(at, at+2), false
	}
	n := c.node(y, MaxDepth-1)
	if at, ok := c.explicitKey(n.Span.Start - c.base); ok {
		c.report("input/yaml-key", at, at+1, `a key that begins with "?" is not supported`, `write "key: value"`)
		return "", n.Span, false
	}
	if n.Kind != String {
		span := n.Span
		hint := "keys are text"
		if n.Kind != List && n.Kind != Map {
			hint = `write "` + c.src.Text[span.Start:span.End] + `" in quotes`
		}
		if n.Kind == Null && span.Start == span.End {
			at := span.Start - c.base
			for at < c.length && isBlankByte(c.text[at]) {
				at++
			}
			span, hint = c.span(at, at), "write the key before the colon"
		}
		c.problems.Add(diag.Diagnostic{Code: "input/yaml-key", Severity: diag.Error, Span: span, Message: "a key must be text, not " + n.Describe(), Hint: hint})
		return "", span, false
	}
	key := n.Text()
	if first, ok := seen[key]; ok {
		line, column := first.Source.Position(first.Start)
		c.problems.Add(diag.Diagnostic{Code: "input/duplicate-key", Severity: diag.Error, Span: n.Span, Message: `the key "` + Shorten(key) + `" appears twice`, Hint: fmt.Sprintf("the first one is at line %d, column %d", line, column)})
		return "", n.Span, false
	}
	seen[key] = n.Span
	return key, n.Span, true
}

// explicitKey finds the "?" that announces a key which stands at an offset. The
// libraries do not agree on what may follow one.
func (c *yamlReader) explicitKey(at int) (int, bool) {
	if at < c.length && c.text[at] == '?' && isBlankByte(c.text[at+1]) {
		return at, true // a key that is nothing
	}
	for at--; at >= 0 && isBlankByte(c.text[at]); at-- {
	}
	if at < 0 || c.text[at] != '?' || !isBlankByte(c.text[at+1]) {
		return 0, false
	}
	return at, true
}

// alias gives the anchored node itself, within bounds.
func (c *yamlReader) alias(y *yaml.Node, depth int) *Node {
	at := c.offset(y.Line, y.Column)
	end := at + 1 + len(y.Value)
	n := c.anchors[y.Alias]
	if n == nil {
		c.report("input/yaml-alias", at, end, `the alias "*`+y.Value+`" stands inside what it names`, "an anchor cannot hold itself")
		return &Node{Span: c.span(at, end)}
	}
	c.size += c.sizes[n]
	c.expanded += c.sizes[n]
	if c.expanded > maxExpanded || c.stop {
		if !c.stop {
			c.report("input/yaml-alias", at, end, fmt.Sprintf("aliases add more than %d values to the document", maxExpanded), "write the values out, or use fewer aliases")
		}
		c.stop = true
		return &Node{Span: c.span(at, end)}
	}
	if depth+height(n) > MaxDepth {
		c.stop = true
		c.report("input/too-deep", at, end, fmt.Sprintf(tooDeepMessage, MaxDepth), tooDeepHint)
		return &Node{Span: c.span(at, end)}
	}
	return n
}

// height counts the lists and maps on the longest way down from a node.
func height(n *Node) int {
	h := 0
	for _, item := range n.Items {
		h = max(h, height(item))
	}
	for _, e := range n.Entries {
		h = max(h, height(e.Value))
	}
	if n.Kind == List || n.Kind == Map {
		h++
	}
	return h
}

// content returns where a node's content begins, after its anchor and tag, and
// refuses tags. Nothing begins after what is written before it.
func (c *yamlReader) content(y *yaml.Node) int {
	at := c.offset(y.Line, y.Column)
	nothing := y.Kind == yaml.ScalarNode && y.Value == "" && isPlain(y)
	if y.Anchor != "" || y.Tag == "!" || y.Style&yaml.TaggedStyle != 0 {
		for at < len(c.text) && (c.text[at] == '!' || c.text[at] == '&') {
			stop := at + 1 + len(y.Anchor)
			if c.text[at] == '!' {
				for stop = at; stop < len(c.text) && strings.IndexByte(" \t\r\n,[]{}", c.text[stop]) < 0; {
					stop++
				}
				c.report("input/yaml-tag", at, stop, `the tag "`+Shorten(c.text[at:stop])+`" is not supported`, "remove it; text that looks like a number or true stands in quotes")
			}
			at = stop
			if next := c.blank(stop); !nothing || next < len(c.text) && (c.text[next] == '!' || c.text[next] == '&') {
				at = next
			}
		}
	}
	for nothing && at > 0 && isBlankByte(c.text[at-1]) {
		at--
	}
	return at
}

// blank skips white space and comments.
func (c *yamlReader) blank(i int) int {
	for i < len(c.text) {
		switch c.text[i] {
		case ' ', '\t', '\r', '\n':
			i++
		case '#':
			for i < len(c.text) && c.text[i] != '\n' {
				i++
			}
		default:
			return i
		}
	}
	return i
}

func isPlain(y *yaml.Node) bool {
	return y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

// scalar fills a node from a scalar that begins at an offset of text.
func (c *yamlReader) scalar(n *Node, y *yaml.Node, at int) {
	n.Kind, n.Value = String, c.shown.Replace(y.Value)
	switch {
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.style = singleStyle
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.style = doubleStyle
	case y.Style&yaml.LiteralStyle != 0:
		n.style = literalStyle
	case y.Style&yaml.FoldedStyle != 0:
		n.style = foldedStyle
	default:
		n.style = plainStyle
		finite := true
		n.Kind, n.Value, finite = resolve(n.Value.(string))
		n.Span = c.span(at, at+len(y.Value))
		if !finite {
			c.report("input/number-range", at, at+len(y.Value), `the number "`+y.Value+`" is not finite`, `text stands in quotes; `+numberRangeHint)
		}
		if n.Kind != String {
			return
		}
	}
	if n.style == plainStyle && strings.HasPrefix(c.text[at:], y.Value) {
		return // on one line, which is the rule
	}
	_, end, _ := n.decode()
	n.Span.End = min(end, c.base+c.length)
}
