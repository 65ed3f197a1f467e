package prose

import (
	"strings"
	"unicode"

	"github.com/plumbline/plumbline/internal/model"
)

// phrase is a part of a sentence.
type phrase []Piece

// say is a phrase of words.
func say(text string) phrase {
	if text == "" {
		return nil
	}
	return phrase{{Text: text}}
}

// code is a phrase of code.
func code(text string) phrase {
	return phrase{{Text: strings.Join(strings.Fields(text), " "), Code: true}}
}

// and is the phrase with words behind it.
func (p phrase) and(text string) phrase { return p.with(say(text)) }

// with is the phrase with another behind it. It leaves both as they are.
func (p phrase) with(q phrase) phrase {
	out := make(phrase, 0, len(p)+len(q))
	for _, piece := range append(append(out, p...), q...) {
		if last := len(out) - 1; last >= 0 && !piece.Code && !out[last].Code && piece.Text != marker && out[last].Text != marker {
			out[last].Text += piece.Text
			continue
		}
		out = append(out, piece)
	}
	return out
}

// length is about how long the phrase is to read.
func (p phrase) length() int {
	n := 0
	for _, piece := range p {
		n += len(piece.Text)
	}
	return n
}

// marker stands for the element of a closure while its body is read, to find where
// in the sentence the element comes.
const marker = "\x00"

func (p phrase) marks() int {
	n := 0
	for _, piece := range p {
		if piece.Text == marker {
			n++
		}
	}
	return n
}

// put replaces the marker.
func (p phrase) put(with phrase) phrase {
	var out phrase
	for _, piece := range p {
		if piece.Text == marker {
			out = out.with(with)
		} else {
			out = out.with(phrase{piece})
		}
	}
	return out
}

// listed joins phrases as "a, b and c".
func listed(parts []phrase, last string) phrase {
	var out phrase
	for i, p := range parts {
		switch {
		case i == 0:
		case i == len(parts)-1:
			out = out.and(" " + last + " ")
		default:
			out = out.and(", ")
		}
		out = out.with(p)
	}
	return out
}

// nouns are the words for one and for several objects of a kind.
func nouns(k *model.Kind) (one, many string) {
	one = k.Words.Say
	if one == "" {
		one = lowerFirst(k.Title)
	}
	return one, plural(one)
}

// lowerFirst lowers the first letter of a title, but not that of an abbreviation.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsLower(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// split makes words of a name in camel case: "virtualNetwork", "virtual network".
func split(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case i == 0 || !unicode.IsUpper(r):
			b.WriteRune(r)
		case unicode.IsUpper(runes[i-1]):
			b.WriteRune(r) // inside an abbreviation: publicIP
		default:
			b.WriteByte(' ')
			if i+1 < len(runes) && unicode.IsUpper(runes[i+1]) {
				b.WriteRune(r)
			} else {
				b.WriteRune(unicode.ToLower(r))
			}
		}
	}
	return b.String()
}

// plural is the plural of a noun, of what stands before "of" in "rule of a firewall".
func plural(noun string) string {
	words := strings.Split(noun, " ")
	for i, w := range words {
		if i > 0 && strings.Contains(" of to for from in on by that with ", " "+w+" ") {
			return plural(strings.Join(words[:i], " ")) + " " + strings.Join(words[i:], " ")
		}
	}
	switch {
	case strings.HasSuffix(noun, "y") && !strings.ContainsAny(noun[max(0, len(noun)-2):len(noun)-1], "aeiou"):
		return noun[:len(noun)-1] + "ies"
	case sibilant(noun):
		return noun + "es"
	}
	return noun + "s"
}

func sibilant(s string) bool {
	for _, end := range []string{"s", "x", "ch", "sh"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// hissing is sibilant of what had an "es" behind it: "address", but not "us" of "uses".
func hissing(s string) bool {
	return sibilant(s) && (!strings.HasSuffix(s, "s") || strings.HasSuffix(s, "ss"))
}

// singular is the singular of the name of a list.
func singular(noun string) string {
	switch {
	case strings.HasSuffix(noun, "ies"):
		return noun[:len(noun)-3] + "y"
	case strings.HasSuffix(noun, "es") && hissing(noun[:len(noun)-2]):
		return noun[:len(noun)-2]
	case strings.HasSuffix(noun, "s"):
		return noun[:len(noun)-1]
	}
	return noun
}

// article puts "a" or "an" before a noun.
func article(noun string) string {
	first, _, _ := strings.Cut(noun, " ")
	switch {
	case noun == "":
		return noun
	case first == strings.ToUpper(first) && len(first) > 1: // spelled: an IP address, a VM
		if strings.ContainsRune("AEFHILMNORSX", rune(first[0])) {
			return "an " + noun
		}
	case strings.ContainsRune("aeiouAEIO", rune(noun[0])):
		return "an " + noun
	}
	return "a " + noun
}

// negated turns a predicate round: "is filtered", "is not filtered". It reports
// whether it could.
func negated(predicate string) (string, bool) {
	verb, rest, _ := strings.Cut(predicate, " ")
	rest = strings.TrimSpace(rest)
	switch verb {
	case "is", "are", "can", "may", "must":
		if verb == "can" {
			return "cannot " + rest, true
		}
		return verb + " not " + rest, true
	case "has":
		if thing, ok := strings.CutPrefix(strings.TrimPrefix(rest, "an "), "a "); ok || strings.HasPrefix(rest, "an ") {
			return "has no " + thing, true
		}
		return "does not have " + rest, true
	}
	base := ""
	switch {
	case verb == strings.ToUpper(verb), !strings.HasSuffix(verb, "s"), strings.HasSuffix(verb, "ss"):
		return "", false
	case strings.HasSuffix(verb, "ies"):
		base = verb[:len(verb)-3] + "y"
	case strings.HasSuffix(verb, "es") && hissing(verb[:len(verb)-2]):
		base = verb[:len(verb)-2]
	default:
		base = verb[:len(verb)-1]
	}
	return "does not " + strings.TrimSpace(base+" "+rest), true
}
