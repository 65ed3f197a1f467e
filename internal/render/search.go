package render

import (
	"regexp"
	"sort"
	"strings"

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
	Index                []any                  `json:"index"`
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

// searchFields are indexed, in this order.
func searchFields() []string { return []string{"title", "context", "text"} }

// separator is MiniSearch's own.
var separator = regexp.MustCompile(`[\n\r\p{Z}\p{P}]+`)

func (s *site) searchIndex() searchIndex {
	docs := s.searchDocuments()
	x := searchIndex{
		DocumentCount: len(docs), NextID: len(docs),
		DocumentIDs: map[int]int{}, FieldIDs: map[string]int{}, FieldLength: map[int][]int{},
		AverageFieldLength: make([]float64, len(searchFields())), StoredFields: map[int]searchDocument{},
		SerializationVersion: 2,
	}
	postings := map[string]map[int]map[int]int{} // term, field, document: how often
	for id, d := range docs {
		x.DocumentIDs[id], x.StoredFields[id] = id, d
		for field, text := range []string{d.Title, d.Context, d.text} {
			tokens := separator.Split(text, -1)
			unique := map[string]bool{}
			for _, token := range tokens {
				unique[token] = true
				term := strings.ToLower(token)
				if term == "" {
					continue
				}
				if postings[term] == nil {
					postings[term] = map[int]map[int]int{}
				}
				if postings[term][field] == nil {
					postings[term][field] = map[int]int{}
				}
				postings[term][field][id]++
			}
			x.FieldLength[id] = append(x.FieldLength[id], len(unique))
			// The running mean, added up in MiniSearch's order.
			x.AverageFieldLength[field] = (x.AverageFieldLength[field]*float64(id) + float64(len(unique))) / float64(id+1)
		}
	}
	for i, name := range searchFields() {
		x.FieldIDs[name] = i
	}
	terms := make([]string, 0, len(postings))
	for t := range postings {
		terms = append(terms, t)
	}
	sort.Strings(terms)
	for _, t := range terms {
		x.Index = append(x.Index, []any{t, postings[t]})
	}
	return x
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
