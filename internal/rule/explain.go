package rule

import "github.com/plumbline/plumbline/internal/lang"

// Explanation says how a verdict or value came about. Where is absent from a
// rule that applies always; Assert and Fact from one that does not apply.
type Explanation struct {
	Where  *lang.Trace `json:"where,omitempty"`
	Assert *lang.Trace `json:"assert,omitempty"`
	Fact   *lang.Trace `json:"fact,omitempty"`
}

// explain runs the rule again, recording. Whether it applies is taken from that
// run, which gives what judge gave.
func (r *Rule) explain(w *lang.World, vars func() map[string]any) *Explanation {
	out := &Explanation{}
	if r.Where != nil {
		out.Where = r.Where.Explain(w, vars())
		if out.Where.Value != nil && *out.Where.Value == "false" {
			return out
		}
	}
	if r.Fact != nil {
		out.Fact = r.Fact.Explain(w, vars())
	} else {
		out.Assert = r.Assert.Explain(w, vars())
	}
	return out
}
