package render

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Data for the pages travels as classic scripts, because file:// has no fetch.
// theme/page/data.ts declares the same shapes.

type ruleData struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Severity  string   `json:"severity"`
	Tags      []string `json:"tags"`
	Fix       string   `json:"fix"` // HTML for a page at check/
	Page      string   `json:"page"`
	PageTitle string   `json:"pageTitle"`
}

type sampleData struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

type exampleData struct {
	Name   string `json:"name"`
	Expect string `json:"expect"`
	Text   string `json:"text"`
	Note   string `json:"note"`
}

// addData adds the data scripts to the assets.
func (s *site) addData() {
	rules := []ruleData{}
	examples := map[string][]exampleData{}
	for i := range s.Rules {
		r := &s.Rules[i]
		rules = append(rules, ruleData{
			ID: r.ID, Title: r.Title, Severity: r.Severity, Tags: nonNil(r.Tags),
			Fix: string(block(r.Page, r.Fix, "check/")), Page: r.anchor(), PageTitle: r.Page.Title,
		})
		for _, e := range r.Examples {
			expect := e.Expect
			if expect == "" {
				expect = e.Value
			}
			examples[r.ID] = append(examples[r.ID], exampleData{e.Name, expect, e.Topology, note(e)})
		}
	}
	samples := []sampleData{}
	for _, x := range s.Samples {
		samples = append(samples, sampleData(x))
	}
	kinds := map[string]string{}
	for _, k := range s.Kinds {
		kinds[k.Name] = k.Title
	}
	s.Assets.Add("rules.js", script(map[string]any{"rules": rules, "kinds": kinds}))
	s.Assets.Add("samples.js", script(map[string]any{"samples": samples}))
	s.Assets.Add("examples.js", script(map[string]any{"examples": examples}))
	s.view.Search = s.Assets.Add("search.js", script(map[string]any{"search": map[string]any{"index": s.searchIndex(), "stopWords": strings.Fields(stopWords)}}))
}

// script is a classic script that sets members of plumblineData. Maps are
// written in the order of their keys.
func script(members map[string]any) []byte {
	return []byte("Object.assign(self.plumblineData??={}," + string(compact(members)) + ");\n")
}

// compact is JSON without HTML escapes. The values are this package's own, so
// encoding cannot fail.
func compact(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("render: encoding own data: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// note says what makes an example differ from its sample.
func note(e Example) string {
	var parts []string
	for _, c := range e.Changes {
		part := c.Verb + " " + c.Path
		if c.Value != "" {
			part += " = " + c.Value
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
