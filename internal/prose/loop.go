package prose

import (
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

// quantifiers are the builtins that count the elements for which a condition holds.
var quantifiers = map[string]bool{"any": true, "all": true, "none": true, "one": true}

// quantity is how many elements of a list a clause speaks of: "at least one of its
// subnets", "every Bastion".
func (n np) quantity(name string) phrase {
	if n.one != "" && n.of == nil && !n.its && strings.HasPrefix(n.text[0].Text, "all ") && len(n.text) == 1 {
		word := map[string]string{"any": "at least one ", "all": "every ", "none": "no ", "one": "exactly one "}[name]
		return say(word + n.one)
	}
	word := map[string]string{"any": "at least one of ", "all": "each of ", "none": "none of ", "one": "exactly one of "}[name]
	if n.one == "" {
		word += "the elements of "
	}
	return say(word).with(n.text)
}

// inside reads something with an element as "#", and the rule's subject by its name.
func (r *reader) inside(element np, read func()) {
	old, inner, subject := r.element, r.inner, r.vars[r.subject]
	r.element, r.inner = &element, true
	if subject.kind != nil && subject.kind == element.kind {
		one, _ := nouns(subject.kind)
		r.vars[r.subject] = np{text: say("the " + one + " in question"), kind: subject.kind}
	}
	read()
	r.element, r.inner = old, inner
	if subject.kind != nil {
		r.vars[r.subject] = subject
	}
}

// that is how a closure speaks of its element.
func (n np) that(body *lang.Node, r *reader) np {
	noun := n.one
	if noun == "" || noun == "number" || noun == "text" || noun == "element" {
		if param := r.paramOf(body); param != "" {
			noun = param
		} else if noun == "" {
			noun = "element"
		}
	}
	return np{text: say("that " + noun), kind: n.kind}
}

// paramOf is the name of the first parameter that the element is passed as: a number
// that is a port is called one.
func (r *reader) paramOf(n *lang.Node) string {
	if n == nil {
		return ""
	}
	if n.Op == lang.OpFunc {
		for i, a := range n.Args {
			if f := r.functionNamed(n.Name); a.Op == lang.OpPtr && f != nil && i < len(f.Params) {
				return split(f.Params[i].Name)
			}
		}
	}
	for _, a := range n.Args {
		if a != nil && a.Op == lang.OpLoop {
			continue // its "#" is another
		}
		if name := r.paramOf(a); name != "" {
			return name
		}
	}
	return ""
}

// source is the list that a loop goes through, and what is said where `?? []`
// stands in for one that may not be there.
func (r *reader) source(n *lang.Node) (np, bool) {
	if n.Op == lang.OpElse && n.Args[1].Op == lang.OpList && len(n.Args[1].Args) == 0 {
		v := r.value(n.Args[0])
		v.maybe = ""
		return v, true
	}
	return r.value(n), false
}

// quantifier reads any, all, none and one.
func (r *reader) quantifier(n *lang.Node, not bool) (clause, bool) {
	if !quantifiers[n.Name] {
		return clause{}, false
	}
	list, standIn := r.source(n.Args[0])
	body := n.Args[1]
	name, turned := n.Name, false
	if not {
		switch n.Name {
		case "any":
			name = "none"
		case "none":
			name = "any"
		case "all":
			name, turned = "any", true
		default:
			c, _ := r.quantifier(n, false)
			return c.after(say("it is not so that ")), true
		}
	}
	c := r.counted(name, list, body, turned)
	if standIn {
		missing := "without a value"
		if what := r.lacking(n.Args[0].Args[0]); what != "" {
			missing = without(what)
		}
		answer := map[string]string{"any": "not so", "one": "not so", "all": "also", "none": "also"}[name]
		if !c.atomic() {
			return c.after(say("(" + answer + " " + missing + ") ")), true
		}
		return c.before(say(" (" + answer + " " + missing + ")")), true
	}
	return c, true
}

func (r *reader) counted(name string, list np, body *lang.Node, turned bool) clause {
	if b, ok := body.Lit.(bool); ok && body.Op == lang.OpLit && b != turned && (name == "any" || name == "none") {
		return r.existence(list, name == "none")
	}
	if body.Op == lang.OpLit {
		c := say("for ").with(list.quantity(name)).and(", ").with(code(body.String())).and(" holds")
		if turned {
			c = c.and(" not")
		}
		return clause{text: c}
	}
	// Where the element leads the sentence, the quantity takes its place. "Each … is
	// not" could be read in two ways, so it becomes "none … is".
	var c clause
	r.inside(np{text: phrase{{Text: marker}}, kind: list.kind, one: list.one}, func() { c = r.condition(body, turned) })
	if c.atomic() && c.subject.marks() == 1 && c.text.marks() == 0 && !c.counted {
		switch {
		case c.negative && name == "none":
			name, c = "all", *c.opposite
		case c.negative && name == "all":
			name, c = "none", *c.opposite
		}
		return clause{subject: c.subject.put(list.quantity(name)), text: c.text, counted: true}
	}
	r.inside(list.that(body, r), func() {
		c = r.condition(body, turned)
		if name == "none" && c.atomic() && c.opposite != nil {
			name, c = "all", *c.opposite
		}
	})
	intro := say("for ").with(list.quantity(name))
	if strings.HasSuffix(last(c.phrase()), "that number") {
		intro = intro.and(" (that number)")
	}
	if name == "none" || name == "one" {
		return c.after(intro.and(" is it so that "))
	}
	return c.after(intro.and(", "))
}

func last(p phrase) string {
	if len(p) == 0 {
		return ""
	}
	return p[len(p)-1].Text
}

// existence reads any and none over everything in a list.
func (r *reader) existence(list np, none bool) clause {
	switch {
	case list.its:
		return r.said(np{text: say("it")}, "has at least one "+list.one, "has no "+list.others, none)
	case list.of != nil:
		owner := slices.Clone(list.of)
		owner[0].Text = strings.TrimPrefix(owner[0].Text, " of ")
		if owner[0].Text == "" {
			owner = owner[1:]
		}
		return r.said(np{text: owner, counted: list.counted}, "has at least one "+list.one, "has no "+list.others, none)
	case list.one != "" && strings.HasPrefix(list.text[0].Text, "all "):
		return r.said(np{text: say("there")}, "is at least one "+list.one, "is no "+list.one, none)
	case list.others != "":
		return r.said(np{text: say("there")}, "is at least one "+list.one, "is no "+list.one, none)
	}
	return r.said(np{text: list.operand()}, "has at least one element", "has no elements", none)
}

// which is a condition as it follows a noun: "that has a gateway".
func (r *reader) which(list np, body *lang.Node, many bool) phrase {
	var c clause
	r.inside(np{text: phrase{{Text: marker}}, kind: list.kind}, func() { c = r.condition(body, false) })
	if c.atomic() && len(c.subject) > 0 && c.text.marks() == 0 {
		end := len(c.subject) - 1
		if c.subject[end].Text == marker && c.subject.marks() == 1 {
			if end == 0 {
				text := c.text
				if many && !text[0].Code {
					text = say(several(text[0].Text)).with(text[1:])
				}
				return say(" that ").with(text)
			}
			if path, ok := strings.CutSuffix(c.subject[end-1].Text, " of "); ok && end == 1 && strings.HasPrefix(path, "the ") {
				return say(" whose " + path[4:] + " ").with(c.text)
			}
		}
	}
	r.inside(list.that(body, r), func() { c = r.condition(body, false) })
	return say(" for which ").with(r.inline(c))
}

// loop reads the loops that give a value.
func (r *reader) loop(n *lang.Node) (np, bool) {
	list, standIn := r.source(n.Args[0])
	if standIn {
		list = r.value(n.Args[0])
	}
	var body *lang.Node
	if len(n.Args) > 1 {
		body = n.Args[1]
	}
	one, others := list.one, list.others
	if one == "" {
		one = "element"
	}
	if others == "" {
		others = plural(one)
	}
	first := func(what string) phrase { // "the first of its subnets"
		if list.its || list.of != nil || list.others == "" || !strings.HasPrefix(list.text[0].Text, "all ") {
			return say(what + " " + one + " of ").with(list.operand())
		}
		return say(what + " " + one)
	}
	of := func(text phrase) (value phrase) { // the closure's value of an element
		r.inside(np{text: text, kind: list.kind, counted: true}, func() { value = r.value(body).operand() })
		return value
	}
	switch n.Name {
	case "filter":
		if list.others == "" {
			return np{text: say("those of ").with(list.operand()).with(r.which(list, body, true)), many: true, one: one, others: others}, true
		}
		return np{text: list.text.with(r.which(list, body, list.many)), many: true, one: one, others: others, kind: list.kind}, true
	case "map":
		return np{text: of(list.quantity("all")), many: false}, true
	case "count":
		if body == nil {
			return np{text: say("the number of elements that are true in ").with(list.operand())}, true
		}
		if strings.HasPrefix(list.text[0].Text, "all ") && list.others != "" {
			return np{text: say("the number of " + others).with(r.which(list, body, true))}, true
		}
		if list.others == "" {
			return np{text: say("the number of those of ").with(list.operand()).with(r.which(list, body, true))}, true
		}
		return np{text: say("the number of ").with(list.text).with(r.which(list, body, true))}, true
	case "sum":
		if body == nil {
			return np{text: say("the sum of ").with(list.operand())}, true
		}
		return np{text: say("the sum of ").with(of(list.quantity("all")))}, true
	case "find":
		return np{text: first("the first").with(r.which(list, body, false)), maybe: "such " + one}, true
	case "findIndex":
		return np{text: say("the position (from 0) of ").with(first("the first")).with(r.which(list, body, false))}, true
	case "groupBy":
		return np{text: list.operand().and(", grouped by ").with(of(say("the " + one))), joined: true}, true
	case "sortBy":
		out := list.operand().and(", sorted by ").with(of(say("the " + one)))
		if len(n.Args) > 2 {
			out = out.and(" in the order ").with(r.value(n.Args[2]).operand())
		}
		return np{text: out, many: true, one: list.one, others: list.others, joined: true}, true
	case "reduce":
		out := say("what ").with(code(body.String())).and(" makes of ").with(list.operand()).and(" element by element")
		if len(n.Args) > 2 {
			out = out.and(", beginning with ").with(r.value(n.Args[2]).operand())
		}
		return np{text: out, joined: true}, true
	}
	return np{}, false
}
