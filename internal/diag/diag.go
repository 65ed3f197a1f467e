// Package diag reports problems in a user's files, each with its place.
//
// It takes spans of source text and gives diagnostics that print as
// file:line:column, as JSON, or as whatever a writer in this package makes.
//
// Invariant: a diagnostic never loses its place. Offsets stay byte offsets
// until a writer turns them into lines and columns.
package diag

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Source is one file the user gave, with the text exactly as it was read.
type Source struct {
	File  string // path as the user typed it, slash-separated
	Text  string
	lines []int // byte offset of the start of each line
	// runes counts the characters before every step-th byte, so that a place in a
	// line of megabytes is found without counting from its start. It is nil where each
	// character is a byte.
	runes []int
}

const step = 1 << 10

// NewSource returns a source. text must be valid UTF-8.
func NewSource(file, text string) *Source {
	s := &Source{File: file, Text: text, lines: []int{0}}
	for i := strings.IndexByte(text, '\n'); i >= 0; {
		s.lines = append(s.lines, i+1)
		next := strings.IndexByte(text[i+1:], '\n')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	if utf8.RuneCountInString(text) == len(text) {
		return s
	}
	s.runes = make([]int, 0, len(text)/step+1)
	runes := 0
	for i := 0; i < len(text); i++ {
		if i%step == 0 {
			s.runes = append(s.runes, runes)
		}
		if text[i]&0xc0 != 0x80 { // not the continuation of a character
			runes++
		}
	}
	return s
}

// Position converts a byte offset to a line and a column, both 1-based. The
// column counts characters (Unicode code points).
func (s *Source) Position(offset int) (line, column int) {
	offset = max(0, min(offset, len(s.Text)))
	i := sort.SearchInts(s.lines, offset+1) - 1
	return i + 1, s.before(offset) - s.before(s.lines[i]) + 1
}

// before counts the characters before a byte offset.
func (s *Source) before(offset int) int {
	if s.runes == nil {
		return offset
	}
	k := min(offset/step, len(s.runes)-1)
	n := s.runes[k]
	for _, b := range []byte(s.Text[k*step : offset]) {
		if b&0xc0 != 0x80 {
			n++
		}
	}
	return n
}

// Line returns the text of a 1-based line without its line break.
func (s *Source) Line(line int) string {
	if line < 1 || line > len(s.lines) {
		return ""
	}
	end := len(s.Text)
	if line < len(s.lines) {
		end = s.lines[line] - 1
	}
	return strings.TrimSuffix(s.Text[s.lines[line-1]:end], "\r")
}

// Span is a stretch of a source in byte offsets, End exclusive. The zero Span
// has no place.
type Span struct {
	Source     *Source
	Start, End int
}

// At returns the part of the span from byte offset start (absolute) with length n.
func (s Span) At(start, n int) Span { return Span{s.Source, start, start + n} }

// Severity says how bad a problem is.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Diagnostic is one problem in a user's file.
type Diagnostic struct {
	Code     string // "area/short-name", documented in the manual
	Severity Severity
	Span     Span   // the zero Span: the problem has no place in a file
	File     string // used where there is no Span (a file that is missing, say)
	Rule     string // id of the rule concerned, or ""
	Message  string // lower case, no full stop, names the thing in quotes
	Hint     string // what to do about it, or ""
}

// Place returns the file, line and column; line and column are 0 where the
// diagnostic has no place.
func (d Diagnostic) Place() (file string, line, column int) {
	if d.Span.Source == nil {
		return d.File, 0, 0
	}
	line, column = d.Span.Source.Position(d.Span.Start)
	return d.Span.Source.File, line, column
}

// List collects diagnostics. The zero List is ready to use.
type List []Diagnostic

// Add appends a diagnostic.
func (l *List) Add(d Diagnostic) { *l = append(*l, d) }

// HasErrors reports whether any diagnostic is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count returns how many diagnostics have the severity.
func (l List) Count(s Severity) int {
	n := 0
	for _, d := range l {
		if d.Severity == s {
			n++
		}
	}
	return n
}

// Sorted returns the list by file, offset and code, without exact duplicates.
func (l List) Sorted() List {
	// Places are worked out once: doing so counts the characters of a line.
	type placed struct {
		Diagnostic
		file         string
		line, column int
	}
	all := make([]placed, len(l))
	for i, d := range l {
		file, line, column := d.Place()
		all[i] = placed{d, file, line, column}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	all = slices.CompactFunc(all, func(a, b placed) bool {
		return a.file == b.file && a.line == b.line && a.column == b.column && a.Code == b.Code && a.Message == b.Message && a.Rule == b.Rule
	})
	var out List
	for _, d := range all {
		out.Add(d.Diagnostic)
	}
	return out
}
