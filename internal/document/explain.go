package document

import (
	"fmt"
	"slices"
	"strings"
)

// mistake is what is wrong with a YAML text, at a byte offset.
type mistake struct {
	at            int
	message, hint string
}

// explainYAML names the mistake in a text that the YAML library refused at an
// offset. It looks for the mistakes that people make; where it finds none, the
// library's place is reported. It is mirrored in theme/runtime/document.ts, where another
// library finds other places, so that both say the same.
func explainYAML(text string, at int) mistake {
	e := &explainer{text: text, root: -1}
	for e.i < len(text) && e.found == nil {
		e.line()
	}
	if e.found != nil {
		return *e.found
	}
	return mistake{at, "the YAML cannot be read here", "check the indentation, quotes and brackets of this line and the one before"}
}

// explainer walks a text line by line, as loosely as people read YAML.
type explainer struct {
	text    string
	i       int
	levels  []level
	anchors []string
	root    int  // offset of a plain value that is the whole document so far, or -1
	scalar  bool // the line before ended in a plain or quoted value, at level inner
	inner   int
	found   *mistake
}

// level is an open block collection: its column, and whether it is a map.
type level struct {
	column int
	isMap  bool
}

func (e *explainer) fail(at int, message, hint string) {
	if e.found == nil {
		e.found = &mistake{at, message, hint}
	}
}

// eol moves to the start of the next line.
func (e *explainer) eol() {
	for e.i < len(e.text) && e.text[e.i] != '\n' {
		e.i++
	}
	e.i++
}

func (e *explainer) peek(n int) byte {
	if e.i+n < len(e.text) {
		return e.text[e.i+n]
	}
	return '\n'
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// line reads a line that begins outside quotes, brackets and block scalars.
func (e *explainer) line() {
	start := e.i
	for e.peek(0) == ' ' {
		e.i++
	}
	column := e.i - start
	if e.peek(0) == '\t' {
		tab := e.i
		e.i = skipSpaces(e.text, e.i)
		if c := e.peek(0); c != '\n' && c != '\r' && c != '#' {
			e.fail(tab, "a tab indents this line", "indent with spaces")
			return
		}
	}
	if c := e.peek(0); c == '\n' || c == '\r' || c == '#' || column == 0 && atMarker(e.text, e.i) {
		if column == 0 && c != '\n' && c != '\r' && c != '#' {
			e.levels, e.scalar, e.root = nil, false, -1
		}
		e.eol()
		return
	}
	if e.scalar && column > e.inner {
		e.continuation(column)
		return
	}
	if e.root >= 0 {
		e.noKey(e.root)
		return
	}
	if n := len(e.levels); e.scalar && e.peek(0) == '-' && isBlankByte(e.peek(1)) && n > 0 && e.levels[n-1] == (level{column, true}) {
		e.fail(e.i, "a list item stands among the keys of a map", "indent it under its key")
		return
	}
	e.scalar = false
	for (e.peek(0) == '-' || e.peek(0) == '?') && isBlankByte(e.peek(1)) {
		e.enter(column, false)
		e.i++
		for e.peek(0) == ' ' {
			e.i++
		}
		column = e.columnOf(start)
		if c := e.peek(0); c == '\n' || c == '\r' || c == '#' {
			e.eol()
			return
		}
	}
	if e.found == nil {
		e.entry(column)
	}
}

// columnOf counts the bytes since the start of the line: only indentation and
// dashes stand there.
func (e *explainer) columnOf(start int) int { return e.i - start }

// continuation reads a further line of a plain value, which may hold no key.
func (e *explainer) continuation(column int) {
	start := e.i
	if colon := e.colon(e.lineEnd()); colon >= 0 {
		e.fail(start, `the key "`+Shorten(strings.TrimSpace(e.text[start:colon]))+`" is indented deeper than the keys around it`, fmt.Sprintf("the line above already gives a value; indent this line by %d spaces", e.inner))
	}
	e.eol()
}

// lineEnd returns the end of the current line without its comment.
func (e *explainer) lineEnd() int {
	end := e.i
	for end < len(e.text) && e.text[end] != '\n' {
		if e.text[end] == '#' && end > 0 && isBlankByte(e.text[end-1]) {
			break
		}
		end++
	}
	return end
}

// colon returns the offset of the first ":" before end that ends a key, or -1.
func (e *explainer) colon(end int) int {
	for k := e.i; k < end; k++ {
		if e.text[k] == ':' && (k+1 >= len(e.text) || isBlankByte(e.text[k+1])) {
			return k
		}
	}
	return -1
}

// enter opens or returns to the block collection at a column.
func (e *explainer) enter(column int, isMap bool) {
	for len(e.levels) > 0 {
		top := e.levels[len(e.levels)-1]
		// A list may stand at the column of the key that holds it.
		if top.column < column || top.column == column && (top.isMap == isMap || top.isMap && !isMap) {
			break
		}
		e.levels = e.levels[:len(e.levels)-1]
		if len(e.levels) == 0 || e.levels[len(e.levels)-1].column < column {
			fits := top.column == column && !top.isMap && isMap
			if top.column != column || fits {
				e.misfit(column)
			}
		}
	}
	if len(e.levels) == 0 || e.levels[len(e.levels)-1] != (level{column, isMap}) {
		e.levels = append(e.levels, level{column, isMap})
	}
}

// misfit reports a line whose indentation is that of no line above it.
func (e *explainer) misfit(column int) {
	e.fail(e.i, "the indentation of this line fits no line above it", "indent it like the lines it belongs with")
}

// entry reads "key: value", or a value alone.
func (e *explainer) entry(column int) {
	at := e.i
	switch e.peek(0) {
	case '"', '\'', '[', '{':
		if !e.group() {
			return
		}
		e.i = skipSpaces(e.text, e.i)
		if e.peek(0) == ':' {
			e.key(column, at)
			return
		}
		e.trailing(at)
		return
	}
	end := e.lineEnd()
	if colon := e.colon(end); colon >= 0 && e.peek(0) != '|' && e.peek(0) != '>' {
		e.i = colon
		e.key(column, at)
		return
	}
	n := len(e.levels)
	if n > 0 && e.levels[n-1] == (level{column, true}) {
		e.noKey(at)
		return
	}
	e.value(column)
	if n == 0 && e.scalar {
		e.root = at
	}
}

// noKey reports a line of a map that holds no key.
func (e *explainer) noKey(at int) {
	e.i = at
	word := Shorten(strings.TrimSpace(e.text[at:e.lineEnd()]))
	hint := `write "key: value"`
	if strings.Contains(word, ":") {
		hint = `a space is missing after ":"`
	}
	e.fail(at, `expected a key and ":", found "`+word+`"`, hint)
}

// key reads from the ":" of a key that begins at an offset.
func (e *explainer) key(column, at int) {
	colon := e.i
	e.i = at
	e.enter(column, true)
	if e.found != nil {
		return
	}
	e.i = skipSpaces(e.text, colon+1)
	e.value(column)
}

// value reads what stands on the line after a key or dash of a column.
func (e *explainer) value(column int) {
	for e.peek(0) == '&' || e.peek(0) == '!' {
		start := e.i
		for !isBlankByte(e.peek(0)) {
			e.i++
		}
		if e.text[start] == '&' {
			e.anchors = append(e.anchors, e.text[start+1:e.i])
		}
		e.i = skipSpaces(e.text, e.i)
	}
	at := e.i
	switch c := e.peek(0); c {
	case '\n', '\r', '#':
		e.eol()
	case '|', '>':
		e.block(column)
	case '"', '\'', '[', '{':
		if e.group() {
			e.trailing(at)
		}
	case '@', '`', '%':
		e.fail(at, `a value cannot begin with "`+string(c)+`"`, "put the value in quotes")
	default:
		e.plain(column, at)
	}
}

// plain reads a value without quotes.
func (e *explainer) plain(column, at int) {
	end := e.lineEnd()
	if e.text[at] == '*' {
		stop := at + 1
		for stop < end && !isBlankByte(e.text[stop]) {
			stop++
		}
		if name := e.text[at+1 : stop]; !slices.Contains(e.anchors, name) {
			e.fail(at, `the alias "`+Shorten(e.text[at:stop])+`" names no anchor above it`, `text that begins with "*" stands in quotes`)
			return
		}
	}
	if colon := e.colon(end); colon >= 0 {
		e.fail(colon, `a value without quotes holds ": "`, "put the value in quotes")
		return
	}
	e.scalar, e.inner = true, column
	e.eol()
}

// trailing checks what follows a quote or bracket that closed: nothing may.
func (e *explainer) trailing(at int) {
	opener := string(e.text[at])
	e.i = skipSpaces(e.text, e.i)
	switch e.peek(0) {
	case '\n', '\r', '#':
		e.eol()
		return
	}
	what, hint := "quote", "put the whole value in quotes, the quotes inside it doubled ('') or escaped (\\\")"
	if opener == "[" || opener == "{" {
		what, hint = "bracket", `text that begins with "`+opener+`" stands in quotes`
	}
	e.fail(e.i, "text follows the closing "+what, hint)
}

// block skips a block scalar: the lines that are indented deeper than column.
func (e *explainer) block(column int) {
	e.eol()
	if len(e.levels) == 0 {
		column = -1
	}
	for e.i < len(e.text) {
		start, k := e.i, e.i
		for k < len(e.text) && e.text[k] == ' ' {
			k++
		}
		if k < len(e.text) && e.text[k] != '\n' && e.text[k] != '\r' && k-start <= column {
			return
		}
		e.eol()
	}
}

// group skips a quoted text or a bracket with all that is in it. It reports
// whether it is closed.
func (e *explainer) group() bool {
	start := e.i
	switch e.text[start] {
	case '\'':
		for e.i++; e.i < len(e.text); e.i++ {
			if e.text[e.i] == '\'' {
				if e.peek(1) != '\'' {
					e.i++
					return true
				}
				e.i++
			}
		}
	case '"':
		for e.i++; e.i < len(e.text); e.i++ {
			switch e.text[e.i] {
			case '\\':
				if !e.escape() {
					return false
				}
			case '"':
				e.i++
				return true
			}
		}
	default:
		return e.brackets()
	}
	e.fail(start, "the quote is not closed", "close it, or remove it")
	return false
}

// escape checks the escape at e.i and moves to its last byte.
func (e *explainer) escape() bool {
	c := e.peek(1)
	if !strings.ContainsRune("0abt\tnvfre \"/\\N_LPxuU\r\n", rune(c)) || c >= 0x80 {
		e.fail(e.i, "an unknown escape stands in double quotes", `a backslash is written "\\", or the value in single quotes`)
		return false
	}
	if r, ok := hex4(e.text, e.i+2); c == 'u' && ok && r >= 0xd800 && r < 0xe000 {
		e.fail(e.i, "half of a surrogate pair stands in double quotes", `write the character itself, or "\U" and eight digits`)
		return false
	}
	e.i++
	return true
}

// brackets skips a flow collection.
func (e *explainer) brackets() bool {
	var open []int
	for e.i < len(e.text) {
		c := e.text[e.i]
		switch {
		case c == '[' || c == '{':
			if len(open) > 0 && !isBlankByte(e.text[e.i-1]) && strings.IndexByte("[{,:", e.text[e.i-1]) < 0 {
				e.fail(e.i, `"`+string(c)+`" stands inside a value without quotes`, "put the value in quotes")
				return false
			}
			open = append(open, e.i)
		case c == ']' || c == '}':
			last := open[len(open)-1]
			if e.text[last]+2 != c {
				e.fail(e.i, `"`+string(c)+`" does not close the "`+string(e.text[last])+`" that is open`, "check the brackets")
				return false
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				e.i++
				return true
			}
		case (c == '"' || c == '\'') && e.startsItem():
			if !e.group() {
				return false
			}
			continue
		case c == '#' && isBlankByte(e.text[e.i-1]):
			e.eol()
			continue
		}
		e.i++
	}
	last := open[len(open)-1]
	closer := "]"
	if e.text[last] == '{' {
		closer = "}"
	}
	e.fail(last, `the "`+string(e.text[last])+`" is not closed`, `"`+closer+`" is missing`)
	return false
}

// startsItem reports whether a quote at e.i begins a value of a flow collection.
func (e *explainer) startsItem() bool {
	k := e.i - 1
	for k > 0 && isBlankByte(e.text[k]) {
		k--
	}
	return strings.IndexByte("[{,:", e.text[k]) >= 0
}
