package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// Placeholder finds the places of parameters in the words of a function: the name
// in its first group, and in its second "'s" where the genitive is meant.
var Placeholder = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*)('s)?\}`)

// words reads the words of a kind, a field, a derived value or a function. Words of
// a function name each of its parameters: a sentence without one would say the same
// of different arguments.
func (l *loader) words(n *document.Node, params []Param) Words {
	w := Words{Say: l.text(n.Get("words"), `"words"`), Not: l.text(n.Get("not"), `"not"`)}
	if w.Not != "" && w.Say == "" {
		l.report("model/bad-words", n.Get("not").Span, `"not" stands without "words"`, `say under "words" what is so where it is true`)
		return Words{}
	}
	for _, key := range []string{"words", "not"} {
		if text := n.Get(key); text.Text() != "" && !l.placeholders(text, params) {
			return Words{}
		}
	}
	return w
}

// placeholders holds the places in a text against the parameters.
func (l *loader) placeholders(text *document.Node, params []Param) bool {
	var named, names []string
	for _, m := range Placeholder.FindAllStringSubmatch(text.Text(), -1) {
		named = append(named, m[1])
	}
	for _, p := range params {
		names = append(names, p.Name)
		if !slices.Contains(named, p.Name) {
			l.report("model/bad-words", text.Span, fmt.Sprintf("the words do not name the parameter %q", p.Name), "write {"+p.Name+"} where it belongs in the sentence")
			return false
		}
	}
	for _, name := range named {
		if !slices.Contains(names, name) {
			l.report("model/bad-words", text.Span, fmt.Sprintf("the words name %q, which is no parameter", name), diag.DidYouMean(name, names))
			return false
		}
	}
	if rest := Placeholder.ReplaceAllString(text.Text(), ""); strings.ContainsAny(rest, "{}`\n") {
		l.report("model/bad-words", text.Span, "the words hold a brace, a backtick or a line end that is no part of a parameter", "write one line of plain text, and parameters as {name}")
		return false
	}
	return true
}
