package document

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// style is how a string is written in its source.
type style uint8

const (
	unknownStyle style = iota
	jsonStyle
	plainStyle
	singleStyle
	doubleStyle
	literalStyle
	foldedStyle
)

// OffsetOf maps an index into the string of a String node, counted in runes, to
// the byte offset in the source of what stands for that rune: of the character
// itself, of its escape, or of the line break that was folded. An index at or
// beyond the end gives the end of the content. For other kinds it is the start
// of the node.
func (n *Node) OffsetOf(index int) int {
	return n.Offsets()(index)
}

// Offsets returns OffsetOf for use with many indexes: the string is read again once,
// when it is first asked for one.
func (n *Node) Offsets() func(index int) int {
	offsets := sync.OnceValue(func() []int {
		if n.Kind == String {
			if offsets, _, ok := n.decode(); ok {
				return offsets
			}
		}
		return []int{n.Span.Start}
	})
	return func(index int) int {
		list := offsets()
		return list[max(0, min(index, len(list)-1))]
	}
}

// decode reads the string again from its source. offsets holds one byte offset
// per rune and one for the end of the content; end is where the scalar ends. It
// reports false where the source does not give the node's value, which callers
// must survive.
func (n *Node) decode() (offsets []int, end int, ok bool) {
	text, value := n.Span.Source.Text, n.Value.(string)
	d := decoder{text: text, i: n.Span.Start}
	switch n.style {
	case plainStyle, singleStyle, doubleStyle, jsonStyle:
		d.flow(n.style, utf8.RuneCountInString(value))
	case literalStyle, foldedStyle:
		for _, indent := range blockIndents(text, n.Span.Start) {
			d = decoder{text: text, i: n.Span.Start}
			d.block(n.style == foldedStyle, indent)
			if d.out.String() == value {
				break
			}
		}
	}
	if d.out.String() != value {
		return nil, max(d.i, n.Span.Start), false
	}
	return append(d.offsets, d.content), d.i, true
}

// decoder collects a scalar's runes with their offsets.
type decoder struct {
	text    string
	i       int // where reading stands
	out     strings.Builder
	offsets []int
	content int // where the content ends
}

func (d *decoder) emit(r rune, at int) {
	d.out.WriteRune(r)
	d.offsets = append(d.offsets, at)
}

// lineBreak returns the length of the line break at i, or 0.
func lineBreak(text string, i int) int {
	switch {
	case i >= len(text):
		return 0
	case text[i] == '\n':
		return 1
	case text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n':
		return 2
	case text[i] == '\r':
		return 1
	}
	return 0
}

func skipSpaces(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	return i
}

// flow reads a plain or quoted scalar. A plain one ends after length runes.
func (d *decoder) flow(s style, length int) {
	if s != plainStyle {
		d.i++
	}
	for d.i < len(d.text) {
		d.content = d.i
		c := d.text[d.i]
		switch {
		case s == plainStyle && len(d.offsets) >= length:
			return
		case s == singleStyle && c == '\'':
			if d.i+1 >= len(d.text) || d.text[d.i+1] != '\'' {
				d.i++
				return
			}
			d.emit('\'', d.i)
			d.i += 2
		case s == doubleStyle && c == '"' || s == jsonStyle && c == '"':
			d.i++
			return
		case s == doubleStyle && c == '\\':
			d.escape()
		case s == jsonStyle && c == '\\':
			d.jsonEscape()
		case s != jsonStyle && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			d.fold()
		default:
			r, n := utf8.DecodeRuneInString(d.text[d.i:])
			d.emit(r, d.i)
			d.i += n
		}
	}
	d.content = d.i
}

// fold reads white space inside a flow scalar: blanks around line breaks go, one
// break becomes a space, more become one fewer.
func (d *decoder) fold() {
	start := d.i
	i := skipSpaces(d.text, d.i)
	if lineBreak(d.text, i) == 0 {
		for ; d.i < i; d.i++ {
			d.emit(rune(d.text[d.i]), d.i)
		}
		return
	}
	d.i = i
	d.breaks(true, start)
}

// breaks reads line breaks and the blanks after each. With folds set a single
// one is a space; else every one after the first is a line feed.
func (d *decoder) breaks(folds bool, start int) {
	first := true
	for n := lineBreak(d.text, d.i); n > 0; n = lineBreak(d.text, d.i) {
		at := d.i
		d.i = skipSpaces(d.text, d.i+n)
		if !first {
			d.emit('\n', at)
			continue
		}
		first = false
		if folds && lineBreak(d.text, d.i) == 0 {
			d.emit(' ', start)
		}
	}
}

// escape reads an escape of a YAML double-quoted scalar.
func (d *decoder) escape() {
	at := d.i
	if d.i+1 >= len(d.text) {
		d.i++
		return
	}
	c := d.text[d.i+1]
	if lineBreak(d.text, d.i+1) > 0 {
		d.i++
		d.breaks(false, at)
		return
	}
	digits := 0
	switch c {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	}
	if digits > 0 {
		var r rune
		end := min(d.i+2+digits, len(d.text))
		for _, h := range []byte(d.text[d.i+2 : end]) {
			r = r<<4 | max(0, hexDigit(h))
		}
		d.emit(r, at)
		d.i = end
		return
	}
	const names, values = "0abt\tnvfre \"/\\N_LP", "\x00\a\b\t\t\n\v\f\r\x1b \"/\\\u0085\u00a0\u2028\u2029"
	if k := strings.IndexByte(names, c); k >= 0 {
		d.emit([]rune(values)[k], at)
	}
	d.i += 2
}

// jsonEscape reads an escape of a JSON string.
func (d *decoder) jsonEscape() {
	p := jsonParser{text: d.text, i: d.i}
	for _, r := range string(p.escape(nil)) {
		d.emit(r, d.i)
	}
	d.i = p.i
}

// blockIndents lists the indentations that a block scalar's content may have,
// the likeliest first: that of the first line with content, then smaller ones,
// which an indentation indicator or leading blanks allow.
func blockIndents(text string, i int) []int {
	for i < len(text) && lineBreak(text, i) == 0 {
		i++
	}
	most := 0
	for i < len(text) {
		i += max(1, lineBreak(text, i))
		end := i
		for end < len(text) && text[end] == ' ' {
			end++
		}
		most = end - i
		if lineBreak(text, end) == 0 {
			break
		}
		i = end
	}
	indents := []int{}
	for n := most; n >= 0; n-- {
		indents = append(indents, n)
	}
	return append(indents, len(text)) // no content at all
}

// block reads a literal or folded block scalar whose header stands at d.i and
// whose lines are indented by indent.
func (d *decoder) block(folded bool, indent int) {
	chomp := byte(0)
	for d.i < len(d.text) && lineBreak(d.text, d.i) == 0 && d.text[d.i] != ' ' {
		if d.text[d.i] == '-' || d.text[d.i] == '+' {
			chomp = d.text[d.i]
		}
		d.i++
	}
	end := d.i
	for d.i < len(d.text) && lineBreak(d.text, d.i) == 0 {
		d.i++
	}
	var breaks []int // offsets of the line breaks since the last content
	more := true     // the last content was more indented, or there was none
	any := false
	for d.i < len(d.text) {
		breaks = append(breaks, d.i)
		d.i += lineBreak(d.text, d.i)
		start := d.i
		for d.i < len(d.text) && d.i-start < indent && d.text[d.i] == ' ' {
			d.i++
		}
		if lineBreak(d.text, d.i) > 0 {
			continue
		}
		if d.i >= len(d.text) || d.i-start < indent || indent == 0 && atMarker(d.text, d.i) {
			break
		}
		d.line(&breaks, folded, &more, &any)
		end = d.i
	}
	if any && breaks == nil {
		breaks = []int{d.i} // the text ends without a line break; it counts as one
	}
	d.chomp(chomp, breaks, any)
	d.content, d.i = end, end
	if n := len(d.offsets); n > 0 { // line breaks at the end belong to the string, not to the span
		d.content = max(end, d.offsets[n-1])
	}
}

// line reads one line with content, after the breaks that lead to it.
func (d *decoder) line(breaks *[]int, folded bool, more, any *bool) {
	deep := d.text[d.i] == ' ' || d.text[d.i] == '\t'
	lead := *breaks
	switch {
	case !*any:
		lead = lead[1:] // the break that ends the header
		for _, at := range lead {
			d.emit('\n', at)
		}
	case folded && !*more && !deep:
		if len(lead) == 1 {
			d.emit(' ', lead[0])
		}
		for _, at := range lead[1:] {
			d.emit('\n', at)
		}
	default:
		for _, at := range lead {
			d.emit('\n', at)
		}
	}
	for d.i < len(d.text) && lineBreak(d.text, d.i) == 0 {
		r, n := utf8.DecodeRuneInString(d.text[d.i:])
		d.emit(r, d.i)
		d.i += n
	}
	*breaks, *more, *any = nil, deep, true
}

// chomp adds the line breaks at the end that the header asks for.
func (d *decoder) chomp(mode byte, breaks []int, any bool) {
	if !any && len(breaks) > 0 {
		breaks = breaks[1:]
	}
	switch {
	case mode == '-' || len(breaks) == 0:
	case mode == '+':
		for _, at := range breaks {
			d.emit('\n', at)
		}
	case any:
		d.emit('\n', breaks[0])
	}
}

// atMarker reports whether a document marker stands at i.
func atMarker(text string, i int) bool {
	return (strings.HasPrefix(text[i:], "---") || strings.HasPrefix(text[i:], "...")) && (i+3 == len(text) || strings.IndexByte(" \t\r\n", text[i+3]) >= 0)
}
