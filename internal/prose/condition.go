package prose

import (
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// clause is a condition in words: a subject and what is said of it, or a text
// alone, and then the list that the text introduces.
type clause struct {
	subject phrase
	text    phrase // the predicate, or all
	items   []clause
	// counted says that the subject is a number of things, "each of its subnets",
	// so that the order of two such counts would matter.
	counted bool
	// opposite is the same clause turned round; its own opposite is nil.
	opposite *clause
	negative bool // of two opposites, the one with "not"
}

// phrase is the sentence of a clause, without its list.
func (c clause) phrase() phrase {
	if c.subject == nil {
		return c.text
	}
	return c.subject.and(" ").with(c.text)
}

func (c clause) atomic() bool { return len(c.items) == 0 }

// because puts words before a clause.
func (c clause) after(p phrase) clause {
	return clause{text: p.with(c.phrase()), items: c.items}
}

// before puts words behind a clause without a list.
func (c clause) before(p phrase) clause {
	return clause{text: c.phrase().with(p)}
}

// reader holds what names mean at a place of an expression.
type reader struct {
	model   *model.Model
	subject string // the rule's variable
	inner   bool   // inside a closure, where "it" would be taken for the element
	vars    map[string]np
	element *np  // of the innermost closure
	quiet   bool // nothing is said about what may not be there
}

// condition reads n as something that holds, or, with not, its negation. Both are
// exact in Kleene's logic.
func (r *reader) condition(n *lang.Node, not bool) clause {
	switch n.Op {
	case lang.OpLit:
		if b, ok := n.Lit.(bool); ok {
			if b != not {
				return clause{text: say("this holds always")}
			}
			return clause{text: say("this never holds")}
		}
	case lang.OpChain:
		return r.condition(n.Args[0], not)
	case lang.OpNot:
		return r.condition(n.Args[0], !not)
	case lang.OpAnd, lang.OpOr:
		return r.connective(n, not)
	case lang.OpCond:
		return r.choice(n, not)
	case lang.OpElse:
		if c, ok := r.standIn(n, not); ok {
			return c
		}
	case lang.OpLet:
		return r.named(n, func(body *lang.Node) clause { return r.condition(body, not) })
	case lang.OpSeq:
		return r.condition(n.Args[len(n.Args)-1], not).after(say("after ").with(code(n.Args[0].String())).and(", which decides nothing, "))
	case lang.OpBin:
		if c, ok := r.comparison(n, not); ok {
			return c
		}
	case lang.OpLoop:
		if c, ok := r.quantifier(n, not); ok {
			return c
		}
	case lang.OpCall, lang.OpFunc:
		if c, ok := r.called(n, not); ok {
			return c
		}
	case lang.OpOpen:
		return clause{text: say("the verdict is unknown: ").with(r.reason(n))}
	case lang.OpGet, lang.OpDecl:
		if c, ok := r.truth(n, not); ok {
			return c
		}
	}
	if isCondition(n) { // one without words
		return r.said(np{text: code(n.String())}, "is true", "is not true", not)
	}
	return r.said(r.value(n), "is true", "is not true", not)
}

func (r *reader) reason(n *lang.Node) phrase {
	if text, ok := n.Args[0].Lit.(string); ok && n.Args[0].Op == lang.OpLit {
		return say("“" + text + "”")
	}
	return r.value(n.Args[0]).whole()
}

// said is a clause of a subject with one of two predicates.
func (r *reader) said(subject np, yes, no string, not bool) clause {
	return r.saidOf(subject, say(yes), say(no), not)
}

func (r *reader) saidOf(subject np, yes, no phrase, not bool) clause {
	if subject.maybe != "" && !r.quiet { // nothing is said of what is not there; that it is not so holds
		no = no.and(", or there is " + none(subject.maybe))
	}
	a := clause{subject: subject.text, text: yes, counted: subject.counted}
	b := clause{subject: subject.text, text: no, counted: subject.counted, negative: true}
	if not {
		b.opposite = &a
		return b
	}
	a.opposite = &b
	return a
}

// operands flattens what one operator joins.
func operands(n *lang.Node, op lang.Op) []*lang.Node {
	if n.Op != op {
		return []*lang.Node{n}
	}
	return append(operands(n.Args[0], op), operands(n.Args[1], op)...)
}

// connective reads "and" and "or" as lists, but for the forms that have a sentence.
func (r *reader) connective(n *lang.Node, not bool) clause {
	parts := operands(n, n.Op)
	last := parts[len(parts)-1]
	if last.Op == lang.OpOpen && !not && len(parts) == 2 {
		if first := r.condition(parts[0], false); first.atomic() {
			if n.Op == lang.OpAnd {
				return first.before(say(", and then the verdict is unknown: ").with(r.reason(last)))
			}
			return first.before(say(", or else the verdict is unknown: ").with(r.reason(last)))
		}
	}
	if n.Op == lang.OpOr && !not && len(parts) == 2 {
		if c, ok := r.implication(parts); ok {
			return c
		}
	}
	var items []clause
	for _, p := range parts {
		items = append(items, r.condition(p, false))
	}
	intro := map[bool]string{false: "all of these hold:", true: "not all of these hold:"}[not]
	if n.Op == lang.OpOr {
		intro = map[bool]string{false: "at least one of these holds:", true: "none of these holds:"}[not]
	}
	return clause{text: say(intro), items: items}
}

// implication reads `not a or b` as "if a, then b".
func (r *reader) implication(parts []*lang.Node) (clause, bool) {
	var test, then *lang.Node
	switch {
	case parts[0].Op == lang.OpNot && parts[1].Op != lang.OpNot:
		test, then = parts[0].Args[0], parts[1]
	case parts[1].Op == lang.OpNot && parts[0].Op != lang.OpNot:
		test, then = parts[1].Args[0], parts[0]
	default:
		return clause{}, false
	}
	if then.Op == lang.OpOpen {
		return clause{}, false
	}
	a, b := r.condition(test, false), r.condition(then, false)
	short, ok := r.short(a, test.Op)
	if !ok {
		return clause{}, false
	}
	return b.after(say("if ").with(short).and(", then ")), true
}

// short is a clause in one line, where that is clear: two or three parts that are
// joined by the operator.
func (r *reader) short(c clause, op lang.Op) (phrase, bool) {
	if c.atomic() {
		return c.phrase(), true
	}
	word := map[lang.Op]string{lang.OpAnd: "and", lang.OpOr: "or"}[op]
	if word == "" || len(c.items) > 4 {
		return nil, false
	}
	var parts []phrase
	for _, item := range c.items {
		if !item.atomic() || item.subject == nil {
			return nil, false
		}
		parts = append(parts, item.phrase())
	}
	p := listed(parts, word)
	return p, p.length() < 160
}

// pair joins two short clauses by "and".
func (r *reader) pair(c clause) (phrase, bool) {
	if len(c.items) != 2 || len(c.text) != 1 || c.text[0].Text != "all of these hold:" {
		return nil, false
	}
	a, b := c.items[0], c.items[1]
	p := a.phrase().and(", and ").with(b.phrase())
	return p, a.atomic() && b.atomic() && a.subject != nil && b.subject != nil && p.length() < 120
}

// inline is a clause with its list in brackets.
func (r *reader) inline(c clause) phrase {
	if c.atomic() {
		return c.phrase()
	}
	p := c.phrase().and("")
	if end := len(p) - 1; !p[end].Code {
		p[end].Text = strings.TrimSuffix(p[end].Text, ":")
	}
	p = p.and(" (")
	for i, item := range c.items {
		if i > 0 {
			p = p.and("; ")
		}
		p = p.with(r.inline(item))
	}
	return p.and(")")
}

// choice reads a condition that is one of two.
func (r *reader) choice(n *lang.Node, not bool) clause {
	test := r.condition(n.Args[0], false)
	yes, no := r.condition(n.Args[1], not), r.condition(n.Args[2], not)
	if yes.atomic() && no.atomic() {
		return clause{text: say("if ").with(r.inline(test)).and(", ").with(yes.phrase()).and("; otherwise, ").with(no.phrase())}
	}
	return clause{text: say("this holds:"), items: []clause{
		yes.after(say("if ").with(r.inline(test)).and(", ")),
		no.after(say("otherwise, ")),
	}}
}

// standIn reads `a ?? true` and `a ?? false`.
func (r *reader) standIn(n *lang.Node, not bool) (clause, bool) {
	b, ok := n.Args[1].Lit.(bool)
	if !ok || n.Args[1].Op != lang.OpLit {
		return clause{}, false
	}
	// What follows where there is nothing is said here.
	quiet := r.quiet
	r.quiet = true
	c := r.condition(n.Args[0], not)
	r.quiet = quiet
	if !c.atomic() {
		return clause{}, false
	}
	missing := "if that is not set"
	if n.Args[0].Op == lang.OpDecl {
		missing = "if that is not declared"
	} else if what := r.lacking(n.Args[0]); what != "" {
		missing = without(what)
	}
	answer := map[bool]string{true: "also", false: "not so"}[b != not]
	if answer == "also" && missing != "if that is not set" && n.Args[0].Op != lang.OpDecl {
		missing += ", and if that is not set"
	}
	return c.before(say(" (" + answer + " " + missing + ")")), true
}

// named reads `let x = a; b`. An element of a closure keeps its words under its
// new name, so that a closure inside can speak of it.
func (r *reader) named(n *lang.Node, body func(*lang.Node) clause) clause {
	value := n.Args[0]
	old, had := r.vars[n.Name]
	defer func() {
		if delete(r.vars, n.Name); had {
			r.vars[n.Name] = old
		}
	}()
	if value.Op == lang.OpPtr && r.element != nil {
		r.vars[n.Name] = *r.element
		return body(n.Args[1])
	}
	is := r.value(value)
	r.vars[n.Name] = np{text: code(n.Name)}
	return body(n.Args[1]).after(say("where ").with(code(n.Name)).and(" is ").with(is.whole()).and(", "))
}

// relative is a condition on the subjects of a rule as it follows their noun:
// "that …", "whose …" or "where …".
func (r *reader) relative(c clause, ofSubject bool) (phrase, bool) {
	if c.atomic() {
		return r.follow(c, ofSubject), true
	}
	if len(c.items) != 2 || len(c.text) != 1 || c.text[0].Text != "all of these hold:" {
		return nil, false
	}
	var parts []phrase
	for _, item := range c.items {
		if !item.atomic() {
			return nil, false
		}
		parts = append(parts, r.follow(item, ofSubject))
	}
	p := listed(parts, "and")
	return p, p.length() < 150
}

func (r *reader) follow(c clause, ofSubject bool) phrase {
	if ofSubject && len(c.subject) > 0 {
		first, rest := c.subject[0].Text, c.subject[1:]
		switch {
		case first == "it" && len(c.subject) == 1:
			return say("that ").with(c.text)
		case len(first) > 4 && first[:4] == "its ":
			return say("whose " + first[4:]).with(rest).and(" ").with(c.text)
		}
	}
	return say("where ").with(c.phrase())
}
