package prose

import (
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// predicates are the builtins that are a condition: what is said of the first
// argument, and the opposite.
var predicates = map[string][2]string{
	"hasPrefix":    {"begins with {1}", "does not begin with {1}"},
	"hasSuffix":    {"ends with {1}", "does not end with {1}"},
	"isIPv4":       {"is of IPv4", "is not of IPv4"},
	"cidrContains": {"contains {1}", "does not contain {1}"},
}

// values are the builtins that give a value, one text for each number of arguments
// from the least on. {*} is all arguments.
var values = map[string][]string{
	"len":         {"the length of {0}"},
	"type":        {"the type of {0}"},
	"abs":         {"{0} without its sign"},
	"ceil":        {"{0} rounded up"},
	"floor":       {"{0} rounded down"},
	"round":       {"{0} rounded to the nearest whole number"},
	"int":         {"{0} as a whole number"},
	"float":       {"{0} as a number"},
	"string":      {"{0} as text"},
	"trim":        {"{0} without white space at its ends", "{0} without any of {1} at its ends"},
	"trimPrefix":  {"{0} without white space at its beginning", "{0} without {1} at its beginning"},
	"trimSuffix":  {"{0} without white space at its end", "{0} without {1} at its end"},
	"upper":       {"{0} in upper case"},
	"lower":       {"{0} in lower case"},
	"split":       {"the parts of {0} between each {1}", "the first {2} parts of {0} between each {1}"},
	"splitAfter":  {"the parts of {0} that end with {1}", "the first {2} parts of {0} that end with {1}"},
	"replace":     {"{0} with {2} for each {1}", "{0} with {2} for the first {3} of {1}"},
	"repeat":      {"{0} repeated {1} times"},
	"join":        {"{0} joined", "{0} joined with {1}"},
	"indexOf":     {"the position of the first {1} in {0}"},
	"lastIndexOf": {"the position of the last {1} in {0}"},
	"max":         {"the greatest of {*}"},
	"min":         {"the least of {*}"},
	"mean":        {"the mean of {*}"},
	"median":      {"the median of {*}"},
	"first":       {"the first of {0}"},
	"last":        {"the last of {0}"},
	"take":        {"the first {1} of {0}"},
	"reverse":     {"{0} from last to first"},
	"uniq":        {"the different ones of {0}"},
	"concat":      {"the elements of {*} together"},
	"flatten":     {"the elements of the lists in {0}"},
	"keys":        {"the keys of {0}"},
	"values":      {"the values of {0}"},
	"toPairs":     {"the pairs of key and value of {0}"},
	"fromPairs":   {"the map of the pairs of key and value in {0}"},
	"sort":        {"{0} in order", "{0} in the order {1}"},
	"get":         {"the value at {1} in {0}, if there is one"},
	"toJSON":      {"{0} as JSON"},
	"fromJSON":    {"the value that {0} is the JSON of"},
	"toBase64":    {"{0} as Base64"},
	"fromBase64":  {"the text that {0} is the Base64 of"},
	"bitand":      {"the bits that both {0} and {1} have"},
	"bitor":       {"the bits that {0} or {1} has"},
	"bitxor":      {"the bits that only one of {0} and {1} has"},
	"bitnand":     {"the bits of {0} without those of {1}"},
	"bitnot":      {"the opposite bits of {0}"},
	"bitshl":      {"the bits of {0} moved up by {1}"},
	"bitshr":      {"the bits of {0} moved down by {1}"},
	"bitushr":     {"the bits of {0} moved down by {1}, zeros behind them"},

	"prefixLength": {"the length of the prefix {0}"},
}

// least is the least number of arguments, where it is not one or all.
var least = map[string]int{"split": 2, "splitAfter": 2, "replace": 3, "repeat": 2, "indexOf": 2, "lastIndexOf": 2, "take": 2, "get": 2,
	"bitand": 2, "bitor": 2, "bitxor": 2, "bitnand": 2, "bitshl": 2, "bitshr": 2, "bitushr": 2}

// builtin reads a builtin that gives a value.
func (r *reader) builtin(n *lang.Node) (np, bool) {
	forms := values[n.Name]
	if forms == nil {
		return np{}, false
	}
	args := make([]np, len(n.Args))
	for i, a := range n.Args {
		args[i] = r.value(a)
	}
	if n.Name == "len" {
		return np{text: r.length(n.Args[0], args[0])}, true
	}
	if n.Name == "prefixLength" && (strings.HasSuffix(args[0].one, "prefix") || strings.HasSuffix(last(args[0].text), "prefix") || last(args[0].text) == marker) {
		return np{text: say("the length of ").with(args[0].text), counted: args[0].counted}, true
	}
	form := forms[len(forms)-1]
	if i := len(n.Args) - max(least[n.Name], 1); i >= 0 && i < len(forms) {
		form = forms[i]
	}
	out := np{joined: !strings.HasPrefix(form, "the "), counted: args[0].counted}
	switch n.Name {
	case "uniq", "sort", "reverse", "take":
		out.one, out.others, out.many, out.kind = args[0].one, args[0].others, true, args[0].kind
	case "first", "last":
		out.kind = n.Type.Kind
	}
	out.text = filled(form, func(name string, _ bool) phrase {
		if name == "*" {
			var parts []phrase
			for _, a := range args {
				parts = append(parts, a.operand())
			}
			return listed(parts, "and")
		}
		i, _ := strconv.Atoi(name)
		return args[i].operand()
	})
	return out, true
}

// length reads len: of text, or of a list.
func (r *reader) length(n *lang.Node, arg np) phrase {
	switch {
	case n.Type.Name == "list" && arg.others != "" && strings.HasPrefix(arg.text[0].Text, "all "):
		return say("the number of ").with(say(strings.TrimPrefix(arg.text[0].Text, "all "))).with(arg.text[1:])
	case n.Type.Name == "list" && arg.many && !arg.joined:
		return say("the number of ").with(arg.operand())
	case n.Type.Name == "list":
		return say("the number of elements of ").with(arg.operand())
	}
	return say("the length of ").with(arg.operand())
}

// filled puts phrases into the places of a text.
func filled(form string, place func(name string, genitive bool) phrase) phrase {
	var out phrase
	for {
		before, rest, found := strings.Cut(form, "{")
		out = out.and(before)
		if !found {
			return out
		}
		name, after, _ := strings.Cut(rest, "}")
		name, genitive := strings.CutSuffix(name, "'s")
		out = out.with(place(name, genitive))
		form = after
	}
}

func (r *reader) functionNamed(name string) *model.Function {
	for _, f := range r.model.Functions {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// called reads a function or builtin that is a condition.
func (r *reader) called(n *lang.Node, not bool) (clause, bool) {
	if n.Op == lang.OpCall {
		p, ok := predicates[n.Name]
		if !ok {
			return clause{}, false
		}
		object := func(string, bool) phrase { return r.value(n.Args[1]).operand() }
		return r.saidOf(r.subjectOf(n.Args[0]), filled(p[0], object), filled(p[1], object), not), true
	}
	f := r.functionNamed(n.Name)
	if f == nil || n.Type.Name != "bool" || f.Words.Say == "" {
		return clause{}, false
	}
	subject, yes := r.sentence(f, f.Words.Say, n)
	no, negative := phrase(nil), f.Words.Not
	switch {
	case negative != "":
		var other np
		if other, no = r.sentence(f, negative, n); subject.text == nil != (other.text == nil) {
			subject, yes = np{}, subject.text.and(" ").with(yes)
			no = other.text.and(" ").with(no)
		}
	case subject.text != nil && len(yes) > 0 && !yes[0].Code:
		if turned, ok := negated(yes[0].Text); ok {
			no = say(turned).with(yes[1:])
		}
	}
	if no == nil {
		if subject.text != nil {
			yes = subject.text.and(" ").with(yes)
		}
		c := clause{text: yes}
		if not {
			c.text = say("it is not so that ").with(yes)
		}
		return c, true
	}
	if subject.text == nil {
		if not {
			return clause{text: no, opposite: &clause{text: yes}}, true
		}
		return clause{text: yes, opposite: &clause{text: no}}, true
	}
	return r.saidOf(subject, yes, no, not), true
}

// sentence puts the arguments of a call into words. A parameter that begins them is
// the subject.
func (r *reader) sentence(f *model.Function, words string, n *lang.Node) (subject np, rest phrase) {
	arg := func(name string) np {
		for i, p := range f.Params {
			if p.Name == name && i < len(n.Args) {
				return r.value(n.Args[i])
			}
		}
		return np{text: code(name)}
	}
	if inner, after, ok := strings.Cut(words, "} "); ok && strings.HasPrefix(inner, "{") && !strings.Contains(inner, "'") {
		subject = arg(inner[1:])
		words = after
		subject.text, subject.maybe = subject.whole(), ""
	}
	for words != "" {
		before, rest2, found := strings.Cut(words, "{")
		if !found {
			return subject, rest.and(words)
		}
		name, after, _ := strings.Cut(rest2, "}")
		name, genitive := strings.CutSuffix(name, "'s")
		v := arg(name)
		// "port {port}" is "port 22", but "that port".
		if head, ok := strings.CutSuffix(before, name+" "); ok && strings.HasSuffix(last(v.text), split(name)) {
			before = head
		}
		words = after
		owned, ok := v.genitive()
		switch {
		case genitive && !ok: // "the subnet of its network", not "its network of the Bastion's subnet"
			noun, after, _ := strings.Cut(strings.TrimPrefix(words, " "), " ")
			rest = rest.and(before + "the " + noun + " of ").with(v.operand())
			if words = after; words != "" {
				words = " " + words
			}
		case genitive:
			rest = rest.and(before).with(owned)
		default:
			rest = rest.and(before).with(v.operand())
		}
	}
	return subject, rest
}

// function reads a function of the model that gives a value.
func (r *reader) function(n *lang.Node) (np, bool) {
	f := r.functionNamed(n.Name)
	if f == nil || n.Type.Name == "bool" || f.Words.Say == "" {
		return np{}, false
	}
	subject, rest := r.sentence(f, f.Words.Say, n)
	if subject.text != nil {
		rest = subject.text.and(" ").with(rest)
	}
	return np{text: rest, many: n.Type.Name == "list", kind: n.Type.Kind}, true
}
