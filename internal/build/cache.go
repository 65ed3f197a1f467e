package build

import (
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"slices"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/render"
	"github.com/plumbline/plumbline/internal/rule"
)

// Cache holds, from one build of a process to the next, what the slow stages made
// of inputs that are the same again: the bundles of the theme, and which rules
// both engines agree on, and the figures. The zero value is empty; a nil Cache holds nothing.
type Cache struct {
	bundler bundle.Bundler
	proven  map[string][sha256.Size]byte // of rules without problems, what their proof was made of
	proofs  int                          // rules whose examples were run, for tests
	drawn   map[[sha256.Size]byte]render.Drawing
}

func (c *Cache) bundle(theme fs.FS, rulesJS string) (bundle.Assets, diag.List) {
	if c == nil {
		return bundle.Site(theme, rulesJS)
	}
	return c.bundler.Site(theme, rulesJS)
}

// prove runs the examples of the rules whose proof is not known: run takes their
// ids, none for all.
func (c *Cache) prove(in Input, set *rule.Set, run func(ids []string) diag.List) diag.List {
	if c == nil {
		return run(nil)
	}
	proof := proofs(in, set)
	var ids []string
	for _, r := range set.Rules {
		if known, ok := c.proven[r.ID]; !ok || known != proof[r.ID] {
			ids = append(ids, r.ID)
		}
	}
	c.proofs += len(ids)
	if len(ids) == 0 {
		return nil
	}
	problems := run(ids)
	// A problem's place is of this build, so a rule that has one runs again; and one
	// of no rule is of the engine.
	if !slices.ContainsFunc(problems, func(d diag.Diagnostic) bool { return d.Rule == "" }) {
		c.proven = proof
		for _, d := range problems {
			delete(c.proven, d.Rule)
		}
	}
	return problems
}

// proofs names, for each rule, everything that the outcome of its examples
// depends on. Where its page stands and what else is on it does not matter.
func proofs(in Input, set *rule.Set) map[string][sha256.Size]byte {
	type text struct{ Where, Assert, Fact, Message string }
	shared := [][sha256.Size]byte{bundle.Sum(in.Theme), bundle.Sum(in.Rules)}
	out := map[string][sha256.Size]byte{}
	for _, r := range set.Rules {
		kind := ""
		if r.Kind != nil {
			kind = r.Kind.Name
		}
		var cases []rule.Case
		var expect []string
		for _, e := range r.Examples {
			cases = append(cases, set.Case(r, e))
			value := "-"
			if e.Value != nil {
				value = "=" + *e.Value
			}
			expect = append(expect, e.Name, e.Subject, e.Expect, value)
		}
		data, err := json.Marshal([]any{shared, in.Version, r.ID, r.Title, r.Severity, r.Var, kind, r.Fix, r.Anchor(),
			text{written(r.Where), written(r.Assert), written(r.Fact), r.MessageSrc}, cases, expect})
		if err != nil {
			panic(err) // texts always encode
		}
		out[r.ID] = sha256.Sum256(data)
	}
	return out
}
