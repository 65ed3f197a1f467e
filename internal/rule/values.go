package rule

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// Bounds of what one field is varied with.
const (
	maxTexts = 24 // constants, values of other objects and texts that patterns match
	maxLinks = 8
	maxElems = 10 // elements of lists
)

func textNode(s string) *document.Node { return &document.Node{Kind: document.String, Value: s} }
func intNode(i int) *document.Node     { return &document.Node{Kind: document.Int, Value: int64(i)} }
func list(items ...*document.Node) *document.Node {
	return &document.Node{Kind: document.List, Items: items}
}
func dict() *document.Node { return &document.Node{Kind: document.Map} }

// nodeOf writes a value as a topology would. What it cannot write is null.
func nodeOf(v any) *document.Node {
	switch v := v.(type) {
	case bool:
		return &document.Node{Kind: document.Bool, Value: v}
	case int:
		return intNode(v)
	case float64:
		return &document.Node{Kind: document.Float, Value: v}
	case string:
		return textNode(v)
	case lang.Object:
		return textNode(v.ID())
	case []any:
		out := list()
		for _, item := range v {
			out.Items = append(out.Items, nodeOf(item))
		}
		return out
	case map[string]any:
		out := dict()
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if _, isUnknown := v[key].(*lang.Unknown); !isUnknown {
				out.Entries = append(out.Entries, document.Entry{Key: key, Value: nodeOf(v[key])})
			}
		}
		return out
	}
	return &document.Node{}
}

// valuesOf lists values of a type that matter to the rule. slot names the field,
// whose values in other objects are among them.
func (v *varier) valuesOf(t model.Type, slot string) []*document.Node {
	switch t.Name {
	case "enum":
		return texts(t.Enum)
	case "bool":
		return []*document.Node{nodeOf(true), nodeOf(false)}
	case "int":
		var out []*document.Node
		for _, i := range v.numbers(slot) {
			out = append(out, intNode(i))
		}
		return out
	case "number":
		var out []*document.Node
		for _, i := range v.numbers(slot) {
			out = append(out, nodeOf(float64(i)), nodeOf(float64(i)+0.5))
		}
		return out
	case "string":
		return texts(v.texts(slot, nil))
	case "cidr":
		return texts(v.texts(slot, isPrefix))
	case "ip":
		return texts(v.texts(slot, isAddress))
	case "link":
		return v.links(t.Link)
	case "list":
		return v.lists(*t.Elem, slot)
	case "any":
		return append(texts(v.texts(slot, nil)), nodeOf(true), nodeOf(1.0), list())
	}
	return nil
}

func texts(list []string) []*document.Node {
	var out []*document.Node
	for _, s := range list {
		out = append(out, textNode(s))
	}
	return out
}

func isPrefix(s string) bool  { _, err := netip.ParsePrefix(s); return err == nil }
func isAddress(s string) bool { _, err := netip.ParseAddr(s); return err == nil }

// links are the objects of a kind.
func (v *varier) links(kind string) []*document.Node {
	var out []*document.Node
	for _, o := range v.of(kind) {
		out = append(out, textNode(o.ID()))
	}
	return out[:min(len(out), maxLinks)]
}

// lists are the empty list, each element alone, and each beside the last one,
// which of texts is none that the rule names.
func (v *varier) lists(elem model.Type, slot string) []*document.Node {
	out := []*document.Node{list()}
	elems := v.valuesOf(elem, slot)
	if elem.Name == "record" {
		for _, e := range v.stated(slot) {
			elems = append(elems, nodeOf(e))
		}
	}
	n := len(elems)
	for _, e := range elems[:min(n, maxElems)] {
		out = append(out, list(e))
		if e != elems[n-1] {
			out = append(out, list(e, elems[n-1]))
		}
	}
	if n > 1 {
		out = append(out, list(elems[n-1]), list(elems[n-1], elems[0]))
	}
	return out
}

// stated lists what the objects of the example state in a field: the elements of
// lists one by one.
func (v *varier) stated(slot string) []any {
	kind, field, _ := strings.Cut(slot, ".")
	field, inner, _ := strings.Cut(field, "[].")
	var out []any
	for _, o := range v.of(kind) {
		value, _ := o.Field(field)
		items, isList := value.([]any)
		if !isList {
			items = []any{value}
		}
		for _, item := range items {
			if record, isRecord := item.(map[string]any); isRecord && inner != "" {
				item = record[inner]
			}
			out = append(out, item)
		}
	}
	return out
}

// numbers are those around the rule's constants and around what other objects state.
func (v *varier) numbers(slot string) []int {
	var out []int
	around := func(i int) { out = append(out, i-1, i, i+1) }
	for _, i := range v.reads.Ints {
		around(i)
	}
	for _, value := range v.stated(slot) {
		if i, ok := value.(int); ok {
			around(i)
		}
	}
	if len(out) == 0 {
		around(0)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// texts are the rule's constants, what other objects state, texts that the rule's
// patterns match, and one that is none of them. valid says which can be written.
func (v *varier) texts(slot string, valid func(string) bool) []string {
	var out []string
	add := func(list ...string) {
		for _, s := range list {
			if s != "" && (valid == nil || valid(s)) && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	for _, value := range v.stated(slot) {
		if s, ok := value.(string); ok && len(out) < maxTexts/3 {
			add(s)
		}
	}
	if valid != nil {
		add(v.addresses(out)...)
		return out[:min(len(out), maxTexts)]
	}
	add(v.matching...)
	for _, s := range v.reads.Texts {
		if !slices.Contains(v.reads.Patterns, s) {
			add(s)
			if upper := strings.ToUpper(s); len(s) > 1 {
				add(upper)
			}
		}
	}
	for _, i := range v.reads.Ints {
		add(fmt.Sprint(i))
	}
	add("other")
	return out[:min(len(out), maxTexts)]
}

// addresses are prefixes and addresses near those that are stated: each with the
// lengths around the rule's constants, and what lies elsewhere.
func (v *varier) addresses(stated []string) []string {
	var out []string
	for _, s := range stated[:min(len(stated), 2)] {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			continue
		}
		for _, i := range v.reads.Ints {
			for bits := i - 1; bits <= i+1; bits++ {
				if q, err := p.Addr().Prefix(bits); err == nil {
					out = append(out, q.String())
				}
			}
		}
	}
	for _, s := range v.reads.Texts {
		if isPrefix(s) || isAddress(s) {
			out = append(out, s)
		}
	}
	return append(out, "192.0.2.0/24", "192.0.2.1", "0.0.0.0/0", "2001:db8::/64", "2001:db8::1")
}

// matching gives texts that a pattern matches, each with a near miss: one with
// as little as possible, and one with as much as it names.
func matching(pattern string) []string {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	var out []string
	for _, most := range []bool{false, true} {
		s := sample(tree, most)
		for _, text := range []string{s, "10.0.0.0" + s} {
			if compiled.MatchString(text) {
				out = append(out, text, text+"x")
			}
		}
	}
	return out
}

// sample writes a text that a pattern describes.
func sample(re *syntax.Regexp, most bool) string {
	var b strings.Builder
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		if n := len(re.Rune); n > 0 {
			r := re.Rune[0]
			if most {
				r = re.Rune[n-1]
			}
			b.WriteRune(r)
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpCapture, syntax.OpPlus:
		b.WriteString(sample(re.Sub[0], most))
	case syntax.OpStar, syntax.OpQuest:
		if most {
			b.WriteString(sample(re.Sub[0], most))
		}
	case syntax.OpRepeat:
		for range min(max(re.Min, 1), 16) {
			b.WriteString(sample(re.Sub[0], most))
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			b.WriteString(sample(sub, most))
		}
	case syntax.OpAlternate:
		sub := re.Sub[0]
		if most {
			sub = re.Sub[len(re.Sub)-1]
		}
		b.WriteString(sample(sub, most))
	}
	return b.String()
}
