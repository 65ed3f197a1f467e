package prose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// np is a noun phrase: a value in words.
type np struct {
	text    phrase
	kind    *model.Kind // of an object, or of the objects in a list
	many    bool        // several: its verb is "are"
	counted bool        // "each of …"
	maybe   string      // read with `?.`: what there may be none of, see lacking
	joined  bool        // of several operands: in brackets inside another
	// Of a list, the noun of an element and of several, and whose they are.
	one, others string
	of          phrase // " of its subnet", or nil
	its         bool   // the owner is "it"
}

// whole is the phrase where it stands for itself, so that nothing else says what
// happens where there is none.
func (n np) whole() phrase {
	if n.maybe != "" {
		return n.text.and(" (if any)")
	}
	return n.text
}

// operand is whole, in brackets where it would run into what is around it.
func (n np) operand() phrase {
	if n.joined {
		p := say("(").with(n.whole())
		if end := len(p) - 1; !p[end].Code {
			p[end].Text = strings.TrimSuffix(p[end].Text, ",")
		}
		return p.and(")")
	}
	return n.whole()
}

func (n np) pronoun() bool { return len(n.text) == 1 && !n.text[0].Code && n.text[0].Text == "it" }

// genitive is "its" or "the Bastion’s". What has an "of" has none.
func (n np) genitive() (phrase, bool) {
	switch {
	case n.pronoun():
		return say("its"), true
	case n.many, n.joined, len(n.text) != 1, strings.Contains(n.text[0].Text, " of "), strings.HasSuffix(n.text[0].Text, " in question"):
		return nil, false
	}
	return n.text.and("’s"), true
}

// value reads n as a noun phrase.
func (r *reader) value(n *lang.Node) np {
	switch n.Op {
	case lang.OpLit:
		return np{text: literal(n)}
	case lang.OpVar:
		if v, ok := r.vars[n.Name]; ok {
			if n.Name == r.subject && !r.inner {
				v.text = say("it")
			}
			return v
		}
	case lang.OpColl:
		if k := r.model.Kind(n.Name); k != nil {
			one, many := nouns(k)
			return np{text: say("all " + many), many: true, one: one, others: many, kind: k}
		}
	case lang.OpDecl:
		return r.declared(n)
	case lang.OpPtr:
		if r.element != nil {
			return *r.element
		}
	case lang.OpIndex:
		return np{text: say("the position in the list, from 0")}
	case lang.OpAcc:
		return np{text: say("the result so far")}
	case lang.OpGet:
		return r.get(n)
	case lang.OpAt:
		return r.at(n)
	case lang.OpSlice:
		return r.slice(n)
	case lang.OpChain:
		return r.value(n.Args[0])
	case lang.OpNeg:
		return np{text: say("minus ").with(r.value(n.Args[0]).operand()), joined: true}
	case lang.OpPos:
		return np{text: say("plus ").with(r.value(n.Args[0]).operand()), joined: true}
	case lang.OpElse:
		return r.otherwise(n)
	case lang.OpCond:
		return np{joined: true, text: r.value(n.Args[1]).operand().and(" if ").with(r.inline(r.condition(n.Args[0], false))).
			and(", otherwise ").with(r.value(n.Args[2]).operand())}
	case lang.OpBin:
		if v, ok := r.arithmetic(n); ok {
			return v
		}
	case lang.OpLoop:
		if v, ok := r.loop(n); ok {
			return v
		}
	case lang.OpCall:
		if v, ok := r.builtin(n); ok {
			return v
		}
	case lang.OpFunc:
		if v, ok := r.function(n); ok {
			return v
		}
	case lang.OpOpen:
		return np{text: say("an unknown value (").with(r.reason(n)).and(")")}
	case lang.OpList:
		return r.list(n)
	case lang.OpLet:
		return r.let(n)
	case lang.OpSeq:
		return np{joined: true, text: r.value(n.Args[len(n.Args)-1]).operand().and(", after ").with(code(n.Args[0].String())).and(", which decides nothing")}
	case lang.OpMap:
		return np{text: say("the record ").with(code(n.String()))}
	}
	if isCondition(n) {
		return np{joined: true, text: say("whether ").with(r.inline(r.condition(n, false)))}
	}
	return np{text: code(n.String())}
}

// isCondition reports whether condition has more to say of a node than value.
func isCondition(n *lang.Node) bool {
	switch n.Op {
	case lang.OpNot, lang.OpAnd, lang.OpOr:
		return true
	case lang.OpBin:
		return comparisons[n.Name]
	case lang.OpLoop:
		return quantifiers[n.Name]
	case lang.OpCall:
		_, ok := predicates[n.Name]
		return ok
	case lang.OpFunc:
		return n.Type.Name == "bool"
	}
	return false
}

func literal(n *lang.Node) phrase {
	switch v := n.Lit.(type) {
	case nil:
		return say("nil")
	case bool:
		return say(strconv.FormatBool(v))
	case int:
		return say(strconv.Itoa(v))
	case string:
		if strings.TrimSpace(v) == "" || strings.Contains(v, "  ") || strings.ContainsAny(v, "“”‹›`\n\t\x00") {
			return code(strconv.Quote(v))
		}
		return say("“" + v + "”")
	}
	return say(n.String())
}

// term is a literal beside a value of an enum, which stands without quotes.
func (r *reader) term(n *lang.Node, beside *lang.Type) phrase {
	text, isText := n.Lit.(string)
	if n.Op == lang.OpLit && isText && beside != nil {
		for _, e := range beside.Enum {
			if e == text && !strings.ContainsAny(text, " ,*") {
				return say(text)
			}
		}
	}
	return r.value(n).operand()
}

func kindOf(t *lang.Type) *model.Kind {
	if t.Elem != nil {
		return t.Elem.Kind
	}
	return t.Kind
}

// field is what the model says about a value of an object or record.
type field struct {
	words model.Words
	name  string
	kind  *model.Kind // of an inverse list that is named like a kind
}

func (r *reader) field(base *lang.Node, name string) (field, bool) {
	out := field{name: name}
	switch t := base.Type; {
	case t.Kind != nil && (name == "name" || name == "id"):
		if name == "id" {
			out.words.Say = "ID"
		}
		return out, true
	case t.Kind != nil:
		if f := t.Kind.Field(name); f != nil {
			out.words = f.Words
			return out, true
		}
		for _, d := range t.Kind.Derived {
			if d.Name == name {
				out.words = d.Words
			}
		}
		out.kind = r.model.Kind(name)
		return out, true
	case t.Name == "record":
		for _, f := range t.Fields {
			if f.Name == name {
				out.words = f.Words
				return out, true
			}
		}
	}
	return out, false
}

// noun is the noun of a field in the singular.
func (f field) noun(list bool) string {
	switch {
	case f.words.Say != "":
		return f.words.Say
	case f.kind != nil:
		one, _ := nouns(f.kind)
		return one
	case list:
		return singular(split(f.name))
	}
	return split(f.name)
}

func (r *reader) get(n *lang.Node) np {
	f, known := r.field(n.Args[0], n.Name)
	base := r.value(n.Args[0])
	if !known {
		return np{text: say("the ").with(code(n.Name)).and(" of ").with(base.operand()), maybe: r.lacking(n), counted: base.counted}
	}
	out := np{kind: kindOf(n.Type), maybe: r.lacking(n), counted: base.counted}
	out.its = base.pronoun()
	if !out.its {
		out.of = say(" of ").with(base.text)
	}
	noun := f.noun(n.Type.Name == "list")
	if n.Type.Name == "list" {
		out.one, out.others, out.many = noun, plural(noun), true
		noun = out.others
	} else if n.Type.Name == "bool" {
		noun = "" // its words are a predicate
	}
	what := say(noun)
	if noun == "" {
		what = say("value of ").with(code(f.name))
	}
	if out.its {
		out.text = say("its ").with(what)
	} else {
		out.text = say("the ").with(what).with(out.of)
	}
	return out
}

func (r *reader) declared(n *lang.Node) np {
	for _, f := range r.model.Declared {
		if f.Name != n.Name {
			continue
		}
		if n.Type.Name == "list" {
			one := f.Words.Say
			if one == "" {
				one = singular(split(f.Name))
			}
			one = "declared " + one
			return np{text: say("the " + plural(one)), one: one, others: plural(one), many: true}
		}
		if n.Type.Name != "bool" && f.Words.Say != "" {
			return np{text: say("the declared " + f.Words.Say)}
		}
	}
	return np{text: say("the declared ").with(code(n.Name))}
}

func (r *reader) at(n *lang.Node) np {
	base := r.value(n.Args[0])
	out := np{maybe: r.lacking(n)}
	if i, ok := n.Args[1].Lit.(int); ok && n.Args[1].Op == lang.OpLit {
		element := "element"
		if base.one != "" {
			element = base.one
		}
		switch {
		case i == 0:
			out.text = say("the first " + element + " of ").with(base.operand())
		case i > 0:
			out.text = say(fmt.Sprintf("the %s at position %d (from 0) of ", element, i)).with(base.operand())
		default:
			out.text = say(fmt.Sprintf("the %s at position %d (from the end) of ", element, i)).with(base.operand())
		}
		return out
	}
	out.text = say("the value at ").with(r.value(n.Args[1]).operand()).and(" in ").with(base.operand())
	return out
}

func (r *reader) slice(n *lang.Node) np {
	out := np{text: say("the elements of ").with(r.value(n.Args[0]).operand()), many: true, joined: true}
	if n.Args[1] != nil {
		out.text = out.text.and(" from position ").with(r.value(n.Args[1]).operand())
	}
	if n.Args[2] != nil {
		out.text = out.text.and(" up to but not including position ").with(r.value(n.Args[2]).operand())
	}
	return out
}

func (r *reader) otherwise(n *lang.Node) np {
	a, b := r.value(n.Args[0]), n.Args[1]
	if b.Op == lang.OpList && len(b.Args) == 0 {
		// The list of nothing has no elements: "its prefixes, if any".
		missing := a.maybe
		if missing == "" {
			missing = "value"
		}
		return np{text: a.text.and(" (none " + without(missing) + ")"), one: a.one, others: a.others, many: a.many}
	}
	where := "where that is not set"
	if a.maybe != "" {
		where = "where there is none"
	}
	return np{joined: true, text: a.text.and(", or ").with(r.value(b).operand()).and(" " + where + ",")}
}

func (r *reader) list(n *lang.Node) np {
	var parts []phrase
	for _, a := range n.Args {
		parts = append(parts, r.value(a).operand())
	}
	switch len(parts) {
	case 0:
		return np{text: say("an empty list"), one: elementNoun(n)}
	case 1:
		return np{text: say("a list of only ").with(parts[0]), one: elementNoun(n)}
	}
	return np{text: listed(parts, "and"), one: elementNoun(n), many: true, joined: true}
}

// elementNoun names an element of a list by its type.
func elementNoun(n *lang.Node) string {
	if n.Type != nil && n.Type.Elem != nil {
		switch n.Type.Elem.Name {
		case "int", "float":
			return "number"
		case "string":
			return "text"
		}
	}
	return "element"
}

func (r *reader) let(n *lang.Node) np {
	var out np
	c := r.named(n, func(body *lang.Node) clause {
		out = r.value(body)
		return clause{text: out.text}
	})
	out.text = c.text
	out.joined = true
	return out
}

// arithmetic reads operators that give numbers, text and lists.
func (r *reader) arithmetic(n *lang.Node) (np, bool) {
	words := map[string]string{"+": "plus", "-": "minus", "*": "times", "/": "divided by", "**": "to the power of"}
	left, right := n.Args[0], n.Args[1]
	switch n.Name {
	case "%":
		return np{joined: true, text: say("the remainder of ").with(r.value(left).operand()).and(" divided by ").with(r.value(right).operand())}, true
	case "..":
		return np{joined: true, many: true, one: "number", text: say("the whole numbers from ").with(r.value(left).operand()).and(" to ").with(r.value(right).operand())}, true
	}
	word := words[n.Name]
	if word == "" {
		return np{}, false
	}
	if n.Name == "+" && n.Type.Name == "string" {
		return r.joinedText(n), true
	}
	return np{joined: true, text: r.value(left).operand().and(" " + word + " ").with(r.value(right).operand())}, true
}

// joinedText reads texts that are put together: “‹its name› is closed”.
func (r *reader) joinedText(n *lang.Node) np {
	var parts []*lang.Node
	for n.Op == lang.OpBin && n.Name == "+" {
		parts = append(parts, n.Args[1])
		n = n.Args[0]
	}
	text := phrase(nil)
	for parts = append(parts, n); len(parts) > 0; parts = parts[:len(parts)-1] {
		p := parts[len(parts)-1]
		if v, ok := p.Lit.(string); ok && p.Op == lang.OpLit {
			if quoted := literal(p); quoted[0].Code && strings.TrimSpace(v) != "" {
				text = text.with(quoted)
			} else {
				text = text.and(v)
			}
			continue
		}
		if p.Op == lang.OpCall && p.Name == "string" {
			p = p.Args[0] // what is put together is text
		}
		text = text.and("‹").with(r.value(p).whole()).and("›")
	}
	return np{text: say("“").with(text).and("”")}
}

// none and without speak of what is lacking.
func none(lacking string) string { return "no " + strings.ReplaceAll(lacking, "\n", " or no ") }

func without(lacking string) string {
	var things []string
	for _, noun := range strings.Split(lacking, "\n") {
		things = append(things, article(noun))
	}
	return "without " + strings.Join(things, " or ")
}

// lacking names what there may be none of where a chain of `?.` is read: the noun of
// each thing that may be nil, on a line of its own.
func (r *reader) lacking(n *lang.Node) string {
	for n.Op == lang.OpChain {
		n = n.Args[0]
	}
	if n.Op != lang.OpGet && n.Op != lang.OpAt {
		return ""
	}
	before := r.lacking(n.Args[0])
	if !n.Optional {
		return before
	}
	noun := "such value"
	if base := n.Args[0]; base.Op == lang.OpGet {
		noun = base.Name
		if f, known := r.field(base.Args[0], base.Name); known {
			noun = f.noun(base.Type.Name == "list")
		}
	}
	if before == "" || slices.Contains(strings.Split(before, "\n"), noun) {
		return noun
	}
	return before + "\n" + noun
}
