package document

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/plumbline/plumbline/internal/diag"
)

// ParseJSON reads JSON as people paste it: with a byte order mark, // and /* */
// comments, trailing commas and raw line breaks in strings. Of two equal keys
// the last wins. A lone surrogate escape becomes U+FFFD.
//
// The node is nil only where there are errors; with errors it holds what was
// read before them.
func ParseJSON(src *diag.Source) (*Node, diag.List) {
	p := parseJSON(src)
	return p.root, p.problems
}

// ParseJSONPart reads the JSON value that stands between two offsets of a source.
func ParseJSONPart(src *diag.Source, start, end int) (*Node, diag.List) {
	p := &jsonParser{src: src, text: src.Text[:end], i: start, broken: -1}
	p.parse()
	return p.root, p.problems
}

// jsonParser reads one text. It keeps its own stack: the nesting of a document
// never becomes the nesting of calls, here or in the mirror in TypeScript.
type jsonParser struct {
	src      *diag.Source
	text     string
	i        int
	root     *Node
	problems diag.List

	stack []jsonFrame
	// items and entries are those of all lists and maps that are still open, so that
	// each gets a slice of its size when it is closed.
	items   []*Node
	entries []Entry
	nodes   []Node // to be used, of so many that were made at once
	made    int

	rows      bool // maps in lists at the top are rows
	quoted    bool // a key in double quotes was read: the text is meant as JSON
	maybeYAML bool // the first problem is something that YAML's flow style allows
	broken    int  // offset of the last string that holds a line break, or -1
}

// jsonFrame is a list or map that is still open.
type jsonFrame struct {
	node  *Node
	from  int            // where its items or entries begin
	index map[string]int // of a Map with many keys: where each one stands
	key   string         // of a Map: the key whose value is next
	span  diag.Span      // its place
}

func parseJSON(src *diag.Source) *jsonParser {
	p := &jsonParser{src: src, text: src.Text, broken: -1}
	p.parse()
	return p
}

// parse reads the value at p.i, behind which nothing may stand.
func (p *jsonParser) parse() {
	defer func() {
		for len(p.stack) > 0 { // after a problem
			p.fill()
		}
	}()
	p.i = skipBlank(p.text, p.i)
	if !p.value() {
		return
	}
	for len(p.stack) > 0 {
		if !p.step() || len(p.problems) >= maxProblems {
			return
		}
	}
	p.end()
}

// end reads what may follow a document: nothing.
func (p *jsonParser) end() {
	p.i = skipBlank(p.text, p.i)
	if p.i < len(p.text) {
		p.unexpected(endOfText)
	}
}

// step reads one item of the innermost open list or map, or closes it. It
// reports whether parsing can go on.
func (p *jsonParser) step() bool {
	f := &p.stack[len(p.stack)-1]
	closer, first := byte(']'), len(p.items) == f.from
	if f.node.Kind == Map {
		closer, first = '}', len(p.entries) == f.from
	}
	p.i = skipBlank(p.text, p.i)
	if p.at(closer) {
		p.close()
		return true
	}
	if !first {
		if !p.comma(closer) {
			return false
		}
		if p.at(closer) {
			p.close()
			return true
		}
	}
	if f.node.Kind == Map && !p.key(f) {
		return false
	}
	if p.rows && p.at('{') && p.amongRows() && p.row() {
		return true
	}
	return p.value()
}

func (p *jsonParser) at(c byte) bool { return p.i < len(p.text) && p.text[p.i] == c }

// comma reads the "," between two items. Where it is missing before something
// that begins an item, that is reported and reading goes on.
func (p *jsonParser) comma(closer byte) bool {
	if p.at(',') {
		p.i = skipBlank(p.text, p.i+1)
		return true
	}
	p.unexpected(`"," or "` + string(closer) + `"`)
	return p.broken < 0 && (p.at('"') || closer == ']' && (p.at('{') || p.at('[')))
}

// close ends the innermost list or map.
func (p *jsonParser) close() {
	p.i++
	p.stack[len(p.stack)-1].node.Span.End = p.i
	p.fill()
}

// fill gives the innermost list or map what was read of it.
func (p *jsonParser) fill() {
	last := len(p.stack) - 1
	f := &p.stack[last]
	if f.node.Kind == List {
		f.node.Items = append(f.node.Items, p.items[f.from:]...)
		p.items = p.items[:f.from]
	} else {
		f.node.Entries = append(f.node.Entries, p.entries[f.from:]...)
		p.entries = p.entries[:f.from]
	}
	p.stack = p.stack[:last]
}

// node returns a new node.
func (p *jsonParser) node(span diag.Span) *Node {
	if len(p.nodes) == 0 {
		p.made = min(max(2*p.made, 8), 256)
		p.nodes = make([]Node, p.made)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	n.Span = span
	return n
}

// key reads a key and its ":".
func (p *jsonParser) key(f *jsonFrame) bool {
	start := p.i
	switch {
	case p.at('"'):
		text, ok := p.str()
		if !ok {
			return false
		}
		f.key, f.span = text, diag.Span{Source: p.src, Start: start, End: p.i}
	default:
		p.unexpected(aKey)
		return false
	}
	p.i = skipBlank(p.text, p.i)
	if !p.at(':') {
		p.unexpected(`":" after the key "` + Shorten(f.key) + `"`)
		return false
	}
	p.quoted = true
	p.i = skipBlank(p.text, p.i+1)
	return true
}

// value reads a scalar, or opens a list or map.
func (p *jsonParser) value() bool {
	start := p.i
	if start >= len(p.text) {
		p.unexpected("a value")
		return false
	}
	n := p.node(diag.Span{Source: p.src, Start: start, End: start + 1})
	switch c := p.text[start]; {
	case c == '{' || c == '[':
		n.Kind = List
		if c == '{' {
			n.Kind = Map
		}
		p.add(n)
		if len(p.stack) == MaxDepth {
			p.report("input/too-deep", start, start+1, fmt.Sprintf(tooDeepMessage, MaxDepth), tooDeepHint)
			return false
		}
		p.i++
		f := jsonFrame{node: n, from: len(p.entries)}
		if n.Kind == List {
			f.from = len(p.items)
		}
		p.stack = append(p.stack, f)
		return true
	case c == '"':
		text, ok := p.str()
		if !ok {
			return false
		}
		n.Kind, n.Value, n.style = String, text, jsonStyle
	case isWord(c):
		p.i = wordEnd(p.text, start)
		p.word(n, p.text[start:p.i])
	default:
		p.unexpected("a value")
		return false
	}
	n.Span.End = p.i
	p.add(n)
	return true
}

// add puts a value where it belongs: into the innermost list or map, or at the root.
func (p *jsonParser) add(n *Node) {
	if len(p.stack) == 0 {
		p.root = n
		return
	}
	f := &p.stack[len(p.stack)-1]
	if f.node.Kind == List {
		p.items = append(p.items, n)
		return
	}
	entries := p.entries[f.from:]
	if at := f.find(entries); at >= 0 { // of two equal keys the last wins
		entries[at] = Entry{f.key, f.span, n}
		return
	}
	if f.index != nil {
		f.index[f.key] = len(entries)
	}
	p.entries = append(p.entries, Entry{f.key, f.span, n})
}

// find returns where the map already holds the current key, or -1.
func (f *jsonFrame) find(entries []Entry) int {
	if f.index == nil {
		if len(entries) < 16 {
			for i := range entries {
				if entries[i].Key == f.key {
					return i
				}
			}
			return -1
		}
		f.index = map[string]int{}
		for i, e := range entries {
			f.index[e.Key] = i
		}
	}
	if at, ok := f.index[f.key]; ok {
		return at
	}
	return -1
}

// word reads true, false, null or a number.
func (p *jsonParser) word(n *Node, word string) {
	span := n.Span
	span.End = p.i
	switch {
	case word == "null":
	case word == "true" || word == "false":
		n.Kind, n.Value = Bool, word == "true"
	case isJSONNumber(word):
		var finite bool
		n.Kind, n.Value, finite = number(word)
		if !finite {
			p.report("input/number-range", span.Start, span.End, `the number "`+word+`" is too large`, numberRangeHint)
		}
	default:
		p.maybeYAML = p.maybeYAML || len(p.problems) == 0 && !p.quoted
		hint := diag.DidYouMean(word, []string{"true", "false", "null"})
		if hint == "" {
			hint = "text stands in double quotes"
		}
		p.report("input/json-syntax", span.Start, span.End, `expected a value, found "`+word+`"`, hint)
	}
}

// isJSONNumber reports whether a word is a number as JSON writes it.
func isJSONNumber(s string) bool {
	i := 0
	digits := func() bool {
		start := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if !digits() {
		return false
	}
	if i < len(s) && s[i] == '.' {
		i++
		if !digits() {
			return false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(s)
}

// number converts a decimal number: to an Int where it has neither fraction nor
// exponent and fits, else to a Float. It reports whether the value is finite.
func number(s string) (Kind, any, bool) {
	if !strings.ContainsAny(s, ".eE") {
		if v, err := strconv.ParseInt(s, 10, 64); err == nil {
			return Int, v, true
		}
	}
	v, _ := strconv.ParseFloat(s, 64) // out of range gives ±Inf
	if math.IsInf(v, 0) {
		return Float, 0.0, false
	}
	return Float, v, true
}

// special are the bytes that end a string or may not stand in it as they are.
var special = func() (is [256]bool) {
	for c := range byte(' ') {
		is[c] = c != '\t' && c != '\r'
	}
	is['"'], is['\\'] = true, true
	return is
}()

// str reads a string; p.i stands at its opening quote.
func (p *jsonParser) str() (string, bool) {
	start := p.i
	p.i++
	var b []byte // nil while the text so far needs no decoding
	from := p.i
	for p.i < len(p.text) {
		c := p.text[p.i]
		switch {
		case !special[c]:
			i := p.i + 1
			for i < len(p.text) && !special[p.text[i]] {
				i++
			}
			p.i = i
		case c == '"':
			s := p.text[from:p.i]
			if b != nil {
				s = string(append(b, s...))
			}
			p.i++
			return s, true
		case c == '\\':
			b = append(b, p.text[from:p.i]...)
			b = p.escape(b)
			from = p.i
		case c == '\n':
			p.broken = start
			p.i++
		default:
			p.report("input/control-character", p.i, p.i+1, fmt.Sprintf("the string holds the control character U+%04X", c), fmt.Sprintf(`write it as "\u%04x", or remove it`, c))
			p.i++
		}
	}
	hint := "its closing quote is missing"
	if open := p.open(); open != "" {
		hint += ", and " + open
	}
	p.report("input/json-syntax", start, start+1, "the string is not closed", hint)
	return "", false
}

// escape decodes the escape at p.i and appends it. An unknown one is reported
// and kept as it is written.
func (p *jsonParser) escape(b []byte) []byte {
	if p.i+1 >= len(p.text) {
		p.i++
		return b
	}
	c := p.text[p.i+1]
	if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
		p.i += 2
		return append(b, "\"\\/\b\f\n\r\t"[at])
	}
	if c != 'u' {
		r, n := utf8.DecodeRuneInString(p.text[p.i+1:])
		p.report("input/json-syntax", p.i, p.i+1+n, `"\`+string(r)+`" is not an escape`, `a backslash is written "\\"`)
		b = append(b, p.text[p.i:p.i+1+n]...)
		p.i += 1 + n
		return b
	}
	r, ok := hex4(p.text, p.i+2)
	if !ok {
		p.report("input/json-syntax", p.i, p.i+2, `"\u" needs four hexadecimal digits`, `a backslash is written "\\"`)
		p.i += 2
		return append(b, `\u`...)
	}
	p.i += 6
	if r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(p.text[p.i:], `\u`) {
		if low, ok := hex4(p.text, p.i+2); ok && low >= 0xdc00 && low < 0xe000 {
			p.i += 6
			r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
		}
	}
	return utf8.AppendRune(b, r) // a lone surrogate becomes U+FFFD
}

// hex4 reads four hexadecimal digits.
func hex4(text string, i int) (rune, bool) {
	if i+4 > len(text) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(text[i : i+4]) {
		d := hexDigit(c)
		if d < 0 {
			return 0, false
		}
		r = r<<4 | d
	}
	return r, true
}

func hexDigit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// unexpected reports that something else than what was expected stands at p.i.
func (p *jsonParser) unexpected(expected string) {
	if strings.HasPrefix(p.text[p.i:], "/*") {
		p.report("input/json-syntax", p.i, p.i+2, "the comment is not closed", `"*/" is missing`)
		return
	}
	if p.i >= len(p.text) {
		message := "expected " + expected + ", found the end of the text"
		if len(p.stack) > 0 {
			message = "the text ends too early: expected " + expected
		}
		p.report("input/json-syntax", p.i, p.i, message, p.open())
		return
	}
	c := p.text[p.i]
	_, n := utf8.DecodeRuneInString(p.text[p.i:])
	p.maybeYAML = p.maybeYAML || len(p.problems) == 0 && !p.quoted && (isWord(c) || strings.IndexByte(`'"#&*,}~`, c) >= 0 || c >= 0x80)
	p.report("input/json-syntax", p.i, p.i+n, "expected "+expected+", found "+found(p.text, p.i), p.hint(expected))
}

// hint says what to do about what stands at p.i instead of what was expected.
func (p *jsonParser) hint(expected string) string {
	c := p.text[p.i]
	switch {
	case p.broken >= 0:
		line, column := p.src.Position(p.broken)
		return fmt.Sprintf("the string at line %d, column %d goes over a line break: is its closing quote missing?", line, column)
	case expected == endOfText:
		return "a text holds one JSON value; remove what follows it"
	case c == '\'':
		return "use double quotes"
	case c == '#':
		return `a comment begins with "//"`
	case c == '}' || c == ']':
		return p.open()
	case expected[0] == '"' && expected[1] == ':':
		return "a colon stands between a key and its value"
	case c == ',':
		return "something is missing before the comma"
	case expected[0] == '"':
		return "is a comma missing before it?"
	case expected == aKey:
		return "keys stand in double quotes"
	}
	return "a value is a text in double quotes, a number, true, false, null, a list or a map"
}

// open says which bracket is still open, or "".
func (p *jsonParser) open() string {
	if len(p.stack) == 0 {
		return ""
	}
	n := p.stack[len(p.stack)-1].node
	bracket := "["
	if n.Kind == Map {
		bracket = "{"
	}
	line, column := p.src.Position(n.Span.Start)
	return fmt.Sprintf(`the "%s" at line %d, column %d is not closed`, bracket, line, column)
}

func (p *jsonParser) report(code string, start, end int, message, hint string) {
	p.problems.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: diag.Span{Source: p.src, Start: start, End: end}, Message: message, Hint: hint})
}

// Texts of messages, some of them shared with the YAML reader.
const (
	aKey            = "a key in double quotes"
	endOfText       = "the end of the text"
	tooDeepHint     = "write it with fewer levels"
	tooDeepMessage  = "lists and maps nest deeper than %d levels"
	numberRangeHint = "numbers go up to about 1.8e308"
)

// maxProblems is how many problems of one text are collected before reading stops.
const maxProblems = 100
