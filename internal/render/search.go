package render

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/plumbline/plumbline/internal/content"
)

// searchIndex is a MiniSearch index as MiniSearch writes it (serialization
// version 2), so that a browser need not build it.
type searchIndex struct {
	DocumentCount        int                    `json:"documentCount"`
	NextID               int                    `json:"nextId"`
	DocumentIDs          map[int]int            `json:"documentIds"`
	FieldIDs             map[string]int         `json:"fieldIds"`
	FieldLength          map[int][]int          `json:"fieldLength"`
	AverageFieldLength   []float64              `json:"averageFieldLength"`
	StoredFields         map[int]searchDocument `json:"storedFields"`
	DirtCount            int                    `json:"dirtCount"`
	Index                []postings             `json:"index"`
	SerializationVersion int                    `json:"serializationVersion"`
}

// searchDocument is what the search can find: a page, a section or a rule.
type searchDocument struct {
	URL     string `json:"url"`
	Title   string `json:"title"`
	Context string `json:"context"`
	Kind    string `json:"kind"`
	Summary string `json:"summary"`

	text string
}

// postings says how often a term stands in which field of which document.
type postings struct {
	term   string
	fields [3][]posting
}

type posting struct{ document, count int }

// MarshalJSON writes ["term",{"<field>":{"<document>":<count>}}].
func (p postings) MarshalJSON() ([]byte, error) {
	b := append([]byte{'['}, compact(p.term)...)
	b = append(b, ",{"...)
	for field, list := range p.fields {
		if len(list) == 0 {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, '"'), int64(field), 10)
		b = append(b, `":{`...)
		for i, x := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(append(b, '"'), int64(x.document), 10)
			b = strconv.AppendInt(append(b, `":`...), int64(x.count), 10)
		}
		b = append(b, '}')
	}
	return append(b, "}]"...), nil
}

// searchFields are indexed, in this order.
func searchFields() []string { return []string{"title", "context", "text"} }

// stopWords stand in almost every section of an English text, so they tell
// nothing and would be a third of the index. The page drops them from a query.
const stopWords = "a about all also an and any are as at be because been but by can could do does each for from had has have how if in into is it its may might more most must no not of on one only or other our out s should so some such t than that the their them then there these they this those through to up use used using was we were what when where which while who will with would you your"

func (s *site) searchIndex() searchIndex {
	docs := s.searchDocuments()
	x := searchIndex{
		DocumentCount: len(docs), NextID: len(docs),
		DocumentIDs: map[int]int{}, FieldIDs: map[string]int{}, FieldLength: map[int][]int{},
		AverageFieldLength: make([]float64, len(searchFields())), StoredFields: map[int]searchDocument{},
		SerializationVersion: 2,
	}
	stop := map[string]bool{}
	for _, w := range strings.Fields(stopWords) {
		stop[w] = true
	}
	terms := map[string]*postings{}
	for id, d := range docs {
		x.DocumentIDs[id], x.StoredFields[id] = id, d
		for field, text := range []string{d.Title, d.Context, d.text} {
			unique := map[string]bool{}
			for token := range tokens(text) {
				unique[token] = true
				if term := strings.ToLower(token); term != "" && !stop[term] {
					if terms[term] == nil {
						terms[term] = &postings{term: term}
					}
					terms[term].count(field, id)
				}
			}
			x.FieldLength[id] = append(x.FieldLength[id], len(unique))
			// The running mean, added up in MiniSearch's order.
			x.AverageFieldLength[field] = (x.AverageFieldLength[field]*float64(id) + float64(len(unique))) / float64(id+1)
		}
	}
	for i, name := range searchFields() {
		x.FieldIDs[name] = i
	}
	x.Index = make([]postings, 0, len(terms))
	for _, t := range slices.Sorted(maps.Keys(terms)) {
		x.Index = append(x.Index, *terms[t])
	}
	return x
}

// count adds one occurrence. Documents come in ascending order.
func (p *postings) count(field, document int) {
	list := p.fields[field]
	if n := len(list); n > 0 && list[n-1].document == document {
		list[n-1].count++
		return
	}
	p.fields[field] = append(list, posting{document, 1})
}

// tokens splits a text as MiniSearch does: at runs of line breaks, white space
// and punctuation, with an empty token before and after a text that starts or
// ends with one.
func tokens(text string) iter.Seq[string] {
	separates := func(c rune) bool {
		return c == '\n' || c == '\r' || unicode.In(c, unicode.Z, unicode.P)
	}
	return func(yield func(string) bool) {
		start, inside := 0, true
		for i, c := range text {
			switch separate := separates(c); {
			case separate && inside:
				if !yield(text[start:i]) {
					return
				}
				inside = false
			case !separate && !inside:
				start, inside = i, true
			}
		}
		if !inside {
			start = len(text)
		}
		yield(text[start:])
	}
}

// searchDocuments lists a document per page (its text before the first
// section), per section and per rule, in site order.
func (s *site) searchDocuments() []searchDocument {
	docs := []searchDocument{}
	for _, p := range s.Content.Pages {
		docs = append(docs, s.pageDocuments(p)...)
	}
	for i := range s.Rules {
		r := &s.Rules[i]
		docs = append(docs, searchDocument{
			URL: r.url(), Title: r.Title, Context: strings.Join(append([]string{"Rule " + r.ID}, r.Tags...), " · "),
			Kind: "rule", Summary: summary(r.Block.Text), text: r.Block.Text + " " + content.VisibleText(r.Fix),
		})
	}
	return docs
}

// pageDocuments splits a page at its headings of level 2 and 3; deeper sections
// belong to the one above.
func (s *site) pageDocuments(p *content.Page) []searchDocument {
	docs := []searchDocument{{URL: p.URL, Title: p.Title, Kind: "page", Summary: p.Description}}
	owner := map[string]int{"": 0} // heading id: document
	for _, h := range p.Headings {
		owner[h.ID] = len(docs) - 1
		if h.Level == 1 {
			owner[h.ID] = 0
		}
		if h.ID == "" || h.Level < 2 || h.Level > 3 {
			continue
		}
		owner[h.ID] = len(docs)
		docs = append(docs, searchDocument{URL: p.URL + "#" + h.ID, Title: h.Text, Context: p.Title, Kind: "section"})
	}
	texts := make([][]string, len(docs))
	for _, b := range p.Blocks {
		i := owner[b.Heading]
		if b.Text == docs[i].Title {
			continue // the heading itself
		}
		texts[i] = append(texts[i], b.Text)
	}
	for i := range docs {
		docs[i].text = strings.Join(texts[i], "\n")
		if docs[i].Summary == "" {
			docs[i].Summary = summary(docs[i].text)
		}
	}
	return docs
}

// betweenBlocks matches the end of a block that is no sentence: a table cell, say.
var betweenBlocks = regexp.MustCompile(`([^.:;!?])\n`)

// summary is the start of a text, cut between words.
func summary(text string) string {
	const longest = 180
	if len(text) > 8*longest {
		text = strings.ToValidUTF8(text[:8*longest], "")
	}
	text = betweenBlocks.ReplaceAllString(text, "$1 · ")
	text = strings.ReplaceAll(text, "\n", " ")
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	cut := string(runes[:longest])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}
