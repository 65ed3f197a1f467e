package rule

import (
	"bytes"
	"encoding/json"

	"github.com/plumbline/plumbline/internal/content"
)

// JSON returns rules.json: every rule in site order with the fields that other
// programs need. A fact has no severity and no fix: both are null.
func (s *Set) JSON() []byte {
	type record struct {
		ID         string      `json:"id"`
		Title      string      `json:"title"`
		Severity   *string     `json:"severity"`
		Claim      string      `json:"claim"`
		Tags       []string    `json:"tags"`
		Page       string      `json:"page"`
		Anchor     string      `json:"anchor"`
		Fix        *string     `json:"fix"`
		References []string    `json:"references"`
		Deprecated *Deprecated `json:"deprecated"`
	}
	text := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	list := func(l []string) []string { return append([]string{}, l...) }
	out := []record{}
	for _, r := range s.Rules {
		out = append(out, record{r.ID, r.Title, text(r.Severity), content.VisibleText(r.Claim), list(r.Tags), r.Page.URL, r.ID,
			text(r.Fix), list(r.References), r.Deprecated})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		panic(err) // strings always encode
	}
	return b.Bytes()
}
