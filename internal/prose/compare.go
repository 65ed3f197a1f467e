package prose

import (
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

// comparisons are the operators that comparison reads.
var comparisons = map[string]bool{"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true,
	"in": true, "contains": true, "startsWith": true, "endsWith": true, "matches": true}

// verbs are what an operator says of its left side, and the opposite. Of several
// things "is" becomes "are".
var verbs = map[string][2]string{
	"==":         {"is", "is not"},
	"<":          {"is less than", "is not less than"},
	"<=":         {"is at most", "is not at most"},
	">":          {"is greater than", "is not greater than"},
	">=":         {"is at least", "is not at least"},
	"contains":   {"contains", "does not contain"},
	"startsWith": {"begins with", "does not begin with"},
	"endsWith":   {"ends with", "does not end with"},
	"matches":    {"matches the pattern", "does not match the pattern"},
}

// texts are the verbs for the order of texts.
var texts = map[string]string{"<": "comes in order before", "<=": "does not come in order behind", ">": "comes in order behind", ">=": "does not come in order before"}

func (r *reader) comparison(n *lang.Node, not bool) (clause, bool) {
	left, right := n.Args[0], n.Args[1]
	name := n.Name
	switch name {
	case "!=":
		name, not = "==", !not
	case "in":
		return r.membership(n, not), true
	}
	if name == "==" {
		if c, ok := r.equality(left, right, not); ok {
			return c, true
		}
	}
	verb, ok := verbs[name]
	if !ok {
		return clause{}, false
	}
	if order, ok := texts[name]; ok && (left.Type.Name == "string" || right.Type.Name == "string") {
		verb = [2]string{order, "it is not so that it " + order}
		if rest, ok := strings.CutPrefix(order, "does not come"); ok {
			verb[1] = "comes" + rest
		} else {
			verb[1] = "does not come" + strings.TrimPrefix(order, "comes")
		}
	}
	object := r.term(right, left.Type)
	if name == "matches" {
		if pattern, ok := right.Lit.(string); ok {
			object = code(pattern)
		}
	}
	subject := r.subjectOf(left)
	return r.saidOf(subject, say(number(subject, verb[0])).and(" ").with(object), say(number(subject, verb[1])).and(" ").with(object), not), true
}

// number puts a verb into the plural where the subject is several things.
func number(subject np, verb string) string {
	if subject.many {
		return several(verb)
	}
	return verb
}

// several is a predicate of several things: "has a name", "have a name".
func several(predicate string) string {
	verb, rest, more := strings.Cut(predicate, " ")
	switch verb {
	case "is":
		verb = "are"
	case "has":
		verb = "have"
	case "does":
		verb = "do"
	default:
		if no, ok := negated(verb); ok {
			verb = strings.TrimSuffix(strings.TrimPrefix(no, "does not "), " ")
		}
	}
	if more {
		return verb + " " + rest
	}
	return verb
}

// subjectOf is a value as the subject of a clause.
func (r *reader) subjectOf(n *lang.Node) np {
	v := r.value(n)
	if v.joined && n.Op == lang.OpCond || isCondition(n) {
		v.text = say("(").with(v.text).and(")")
	}
	return v
}

// equality reads what is more than "a is b": nil, truths, objects, case aside.
func (r *reader) equality(left, right *lang.Node, not bool) (clause, bool) {
	if left.Op == lang.OpLit && right.Op != lang.OpLit {
		left, right = right, left
	}
	if right.Op == lang.OpLit {
		switch v := right.Lit.(type) {
		case nil:
			return r.absent(left, not), true
		case bool:
			return r.equalsTruth(left, v, not)
		}
	}
	if a, b, ok := caseless(left, []*lang.Node{right}); ok {
		subject := r.subjectOf(a)
		object := r.term(b[0], nil).and(", upper and lower case aside")
		return r.saidOf(subject, say("is ").with(object), say("is not ").with(object), not), true
	}
	if left.Type.Name == "object" {
		object := r.value(right).operand()
		if right.Op == lang.OpVar && right.Name == r.subject && r.inner {
			one, _ := nouns(left.Type.Kind)
			object = say("the " + one + " itself")
		} else {
			object = say("the same as ").with(object)
		}
		return r.saidOf(r.subjectOf(left), say("is ").with(object), say("is not ").with(object), not), true
	}
	return clause{}, false
}

// absent reads `a == nil`.
func (r *reader) absent(n *lang.Node, not bool) clause {
	get := n
	for get.Op == lang.OpChain {
		get = get.Args[0]
	}
	if get.Op != lang.OpGet {
		subject := r.subjectOf(n)
		subject.maybe = ""
		return r.said(subject, "is nil", "is not nil", not)
	}
	f, known := r.field(get.Args[0], get.Name)
	base := r.subjectOf(get.Args[0])
	base.maybe = r.lacking(get)
	if known && n.Type.Name == "object" {
		noun := f.noun(false)
		return r.said(base, "has "+article(noun), "has no "+noun, !not)
	}
	subject := r.value(n)
	subject.maybe = base.maybe
	return r.said(subject, "is set", "is not set", !not)
}

// equalsTruth reads `a == true` and `a == false`, where nil is neither.
func (r *reader) equalsTruth(n *lang.Node, value, not bool) (clause, bool) {
	if n.Op == lang.OpDecl {
		if sentence, ok := r.declaration(n, value); ok {
			return r.said(np{text: say("it")}, "is declared that "+sentence, "is not declared that "+sentence, not), true
		}
	}
	field := n
	for field.Op == lang.OpChain {
		field = field.Args[0]
	}
	if field.Op == lang.OpGet { // of nothing it is nil, which is neither
		quiet := r.quiet
		r.quiet = true
		defer func() { r.quiet = quiet }()
	}
	c := r.condition(n, value == not)
	if !c.atomic() {
		return clause{}, false
	}
	if not {
		return c.before(say(", or that is not set")), true
	}
	return c, true
}

// declaration is the sentence of a declared truth.
func (r *reader) declaration(n *lang.Node, value bool) (string, bool) {
	for _, f := range r.model.Declared {
		if f.Name == n.Name && f.Words.Say != "" {
			switch {
			case value:
				return f.Words.Say, true
			case f.Words.Not != "":
				return f.Words.Not, true
			}
			return "it is not so that " + f.Words.Say, true
		}
	}
	return "", false
}

// caseless finds comparisons that do not look at case: both sides in lower case.
func caseless(left *lang.Node, right []*lang.Node) (*lang.Node, []*lang.Node, bool) {
	if left.Op != lang.OpCall || left.Name != "lower" || len(right) == 0 {
		return nil, nil, false
	}
	var out []*lang.Node
	for _, n := range right {
		if n.Op != lang.OpCall || n.Name != "lower" {
			return nil, nil, false
		}
		out = append(out, n.Args[0])
	}
	return left.Args[0], out, true
}

// membership reads "in".
func (r *reader) membership(n *lang.Node, not bool) clause {
	left, right := n.Args[0], n.Args[1]
	if right.Op == lang.OpList && len(right.Args) > 0 {
		elements, aside := right.Args, phrase(nil)
		if a, b, ok := caseless(left, elements); ok {
			left, elements, aside = a, b, say(", upper and lower case aside")
		}
		var parts []phrase
		for _, e := range elements {
			parts = append(parts, r.term(e, left.Type))
		}
		subject := r.subjectOf(left)
		yes := say(number(subject, "is") + " ").with(listed(parts, "or")).with(aside)
		no := say(number(subject, "is") + " not ").with(listed(parts, "or"))
		switch len(parts) {
		case 1:
		case 2:
			no = say(number(subject, "is") + " neither ").with(listed(parts, "nor"))
		default:
			no = say(number(subject, "is") + " none of ").with(listed(parts, "and"))
		}
		return r.saidOf(subject, yes, no.with(aside), not)
	}
	subject, list := r.subjectOf(left), r.value(right)
	where := "among "
	if right.Type.Name == "record" || right.Op == lang.OpMap {
		where = "a key of "
	}
	is := number(subject, "is")
	return r.saidOf(subject, say(is+" "+where).with(list.whole()), say(is+" not "+where).with(list.whole()), not)
}

// truth reads a field that is true or false by what the model says of its object.
func (r *reader) truth(n *lang.Node, not bool) (clause, bool) {
	if n.Op == lang.OpDecl {
		if sentence, ok := r.declaration(n, !not); ok && n.Type.Name == "bool" {
			return clause{text: say("it is declared that " + sentence)}, true
		}
		return clause{}, false
	}
	f, known := r.field(n.Args[0], n.Name)
	if !known || f.words.Say == "" || n.Type.Name != "bool" {
		return clause{}, false
	}
	base := r.subjectOf(n.Args[0])
	base.maybe = r.lacking(n)
	no := f.words.Not
	if no == "" {
		var ok bool
		if no, ok = negated(f.words.Say); !ok {
			no = "is such that it is not so that it " + f.words.Say
		}
	}
	return r.said(base, f.words.Say, no, not), true
}
