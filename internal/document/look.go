package document

import "strings"

// looker looks at the text of a row: whether it can be read without a problem, and
// what it plainly says. It makes no values and gives up at the first problem.
type looker struct {
	jsonParser
	outline Outline
	last    string // text that was read
	planned bool   // the row is one of planned values
	named   bool   // the key at hand ends in id
	odd     bool   // there is more to the row than an outline
	seen    [outlineKeys]bool
}

// Outline is what a look at a row shows, where the row is Plain: it has "properties" as a
// map, and of the other keys some, each once and as a text; in another spelling neither
// them nor what could stand for them. No other key that ends in id, at any depth, has a
// text with a slash, which could be the id of a resource. Of planned values the ID is
// the "address" and the properties are the "values", which may refer to anything.
type Outline struct {
	Plain          bool
	ID, Type, Name string
}

// The keys of an outline, of which the last holds a map, and the standIns: keys that are
// read like those, make a row more than one resource, or are of another meaning to its
// reader, so that what they hold does not count.
const outlineKeys = 4

type lookedFor struct {
	keys     [outlineKeys]string
	standIns []string
}

var (
	inResources = lookedFor{[...]string{"id", "type", "name", "properties"}, []string{"resources", "resourceid", "resourcetype", "parent", "scope", "scopetype"}}
	inPlanned   = lookedFor{[...]string{"address", "type", "name", "values"}, []string{"deposed_key"}}
)

// outlined is what was seen, once the row is read.
func (l *looker) outlined() Outline {
	if l.odd || !l.seen[outlineKeys-1] {
		return Outline{}
	}
	l.outline.Plain = true
	return l.outline
}

// object reads the map at l.i, which stands in so many others. whole is that of the
// row itself.
func (l *looker) object(depth int, whole bool) bool {
	if depth >= MaxDepth {
		return false
	}
	outer := l.named
	l.i = skipBlank(l.text, l.i+1)
	for !l.at('}') {
		if !l.at('"') {
			return false
		}
		key, ok := l.str()
		l.i = skipBlank(l.text, l.i)
		if !ok || !l.at(':') {
			return false
		}
		l.i = skipBlank(l.text, l.i+1)
		l.named = !l.planned && endsInID(key) && !(whole && key == "id")
		start := l.i
		if !l.value(depth + 1) {
			return false
		}
		if whole {
			l.member(key, l.text[start])
		}
		if !l.next('}') {
			return false
		}
	}
	l.i++
	l.named = outer
	return true
}

func endsInID(key string) bool {
	n := len(key)
	return n > 1 && key[n-2]|0x20 == 'i' && key[n-1]|0x20 == 'd'
}

// member takes up a key of the row, whose value begins with a character and, if it is
// a text, was the last.
func (l *looker) member(key string, first byte) {
	at, look := -1, &inResources
	if l.planned {
		look = &inPlanned
	}
	for i, k := range &look.keys {
		if len(k) == len(key) && strings.EqualFold(k, key) {
			at = i
			l.odd = l.odd || k != key || l.seen[i]
			l.seen[i] = true
		}
	}
	want := byte('"')
	switch at {
	case 0:
		l.outline.ID = l.last
	case 1:
		l.outline.Type = l.last
	case 2:
		l.outline.Name = l.last
	case 3:
		want = '{'
	default:
		for _, k := range look.standIns {
			l.odd = l.odd || len(k) == len(key) && strings.EqualFold(k, key)
		}
		return
	}
	l.odd = l.odd || first != want
}

// list reads the list at l.i.
func (l *looker) list(depth int) bool {
	if depth >= MaxDepth {
		return false
	}
	l.i = skipBlank(l.text, l.i+1)
	for !l.at(']') {
		if !l.value(depth+1) || !l.next(']') {
			return false
		}
	}
	l.i++
	return true
}

func (l *looker) value(depth int) bool {
	if l.i >= len(l.text) {
		return false
	}
	switch c := l.text[l.i]; {
	case c == '"':
		var ok bool
		l.last, ok = l.str()
		if l.named && strings.IndexByte(l.last, '/') >= 0 {
			l.odd = true
		}
		return ok
	case c == '{':
		return l.object(depth, false)
	case c == '[':
		return l.list(depth)
	case !isWord(c):
		return false
	}
	start := l.i
	l.i = wordEnd(l.text, start)
	switch word := l.text[start:l.i]; {
	case word == "null" || word == "true" || word == "false":
	case !isJSONNumber(word):
		return false
	case strings.ContainsAny(word, "eE"):
		_, _, finite := number(word)
		return finite
	}
	return true
}
