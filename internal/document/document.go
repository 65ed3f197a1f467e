// Package document decodes YAML and JSON to nodes that know their place.
//
// It takes a diag.Source and gives a tree of Nodes: what front matter, the
// model, samples, topologies and templates are read from. Plain scalars follow
// one table, YAML 1.2's core schema, mirrored in theme/runtime/document.ts.
//
// Invariant: every node's span lies in the source it was read from, and a
// document that this package accepts has the same values in both engines.
package document

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/plumbline/plumbline/internal/diag"
)

// MaxDepth is how deep lists and maps may nest. It is far above what real
// documents need and low enough for a reader that recurses in a browser.
const MaxDepth = 256

// Kind says what a node holds.
type Kind uint8

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
	style   style     // how a String is written; OffsetOf needs it
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

// Describe names what the node holds, for messages: "a list", `the text "x"`.
func (n *Node) Describe() string {
	switch n.Kind {
	case Null:
		return "null"
	case Bool:
		return fmt.Sprintf("the boolean %t", n.Value)
	case Int, Float:
		return "the number " + n.Span.Source.Text[n.Span.Start:n.Span.End]
	case String:
		return `the text "` + Shorten(n.Text()) + `"`
	case List:
		return "a list"
	}
	return "a map"
}

// Shorten cuts text to its first line and at most 40 characters, for messages.
func Shorten(s string) string {
	cut := false
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		s, cut = s[:i], true
	}
	if utf8.RuneCountInString(s) > 40 {
		s, cut = string([]rune(s)[:40]), true
	}
	if cut {
		s += "…"
	}
	return s
}

// Parse reads a source as JSON where its text begins with a bracket (after a
// byte order mark, white space and comments), else as YAML. A text that begins
// so but is YAML's flow style is read as YAML: one that stops being JSON before
// any key in double quotes, and that YAML accepts.
// The node is nil only where there are errors.
func Parse(src *diag.Source) (*Node, diag.List) {
	if !LooksLikeJSON(src.Text) {
		return ParseYAML(src)
	}
	p := parseJSON(src)
	if !p.problems.HasErrors() || !p.maybeYAML {
		return p.root, p.problems
	}
	if n, l := ParseYAML(src); !l.HasErrors() {
		return n, l
	}
	return p.root, p.problems
}

// LooksLikeJSON reports whether the first character that is no byte order mark,
// white space or comment opens a list or a map.
func LooksLikeJSON(text string) bool {
	i := skipBlank(text, 0)
	return i < len(text) && (text[i] == '{' || text[i] == '[')
}

// skipBlank returns the offset after a byte order mark, white space and JSON
// comments. At a comment that is not closed it stays.
func skipBlank(text string, i int) int {
	if i == 0 && strings.HasPrefix(text, "\ufeff") {
		i = len("\ufeff")
	}
	for i < len(text) {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '/' && strings.HasPrefix(text[i:], "//"):
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				return len(text)
			}
			i += n
		case c == '/' && strings.HasPrefix(text[i:], "/*"):
			n := strings.Index(text[i+2:], "*/")
			if n < 0 {
				return i
			}
			i += n + 4
		default:
			return i
		}
	}
	return i
}

// found names what stands at an offset, for messages of the form "expected X,
// found Y": a word, a character, or the end of the text.
func found(text string, i int) string {
	if i >= len(text) {
		return endOfText
	}
	if isWord(text[i]) {
		return `"` + text[i:wordEnd(text, i)] + `"`
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	if r <= ' ' || r >= 0x7f && r <= 0xa0 || r >= 0x2000 && r <= 0x200f || r == 0x2028 || r == 0x2029 || r == 0xfeff {
		return fmt.Sprintf("the character U+%04X", r)
	}
	if r == '"' {
		return "a double quote"
	}
	return `"` + string(r) + `"`
}

// isWord reports whether a byte belongs to a bare word or number.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '+' || c == '.' || c == '$'
}

// wordEnd returns where the bare word at i ends, at most 40 bytes on.
func wordEnd(text string, i int) int {
	start := i
	for i < len(text) && isWord(text[i]) && i-start < 40 {
		i++
	}
	return i
}

// isControl reports whether no YAML document may hold a character as it stands:
// a control character other than tab and line breaks, U+FFFE or U+FFFF.
func isControl(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0 && r != 0x85 || r == 0xfffe || r == 0xffff
}
