package rule

import (
	"slices"
	"testing"

	"github.com/plumbline/plumbline/internal/topology"
)

// covered runs the cover of a rule and lists its variations.
func covered(set *Set, r *Rule, budget int) (texts []string, read, all int) {
	bench := set.NewBench()
	c := bench.NewCover(r)
	for i, e := range r.Examples {
		bench.With(e, e.Changes(), func(t topology.Variant) { c.Example(i, t) })
	}
	c.Run(budget, func(v Variation, _ topology.Patch, _ Outcome) { texts = append(texts, v.String()) })
	read, all = c.Reach()
	return texts, read, all
}

// TestCoverReaches: with enough runs every founding rule reads nearly every value
// that there is to read. The few others are hidden by what else the example says.
func TestCoverReaches(t *testing.T) {
	set := founding(t)
	read, all, runs := 0, 0, 0
	for _, r := range set.Rules {
		texts, n, of := covered(set, r, 1_000_000)
		read, all, runs = read+n, all+of, runs+len(texts)
		if of == 0 {
			t.Errorf("%s has no values to read", r.ID)
		}
	}
	t.Logf("%d of %d values in %d variations", read, all, runs)
	if read*100 < all*99 || all < 1000 {
		t.Errorf("only %d of %d values are read", read, all)
	}
}

// TestCoverIsFixed: the same rule has the same variations, several changes in one
// where they go together, and few where there is time for few only.
func TestCoverIsFixed(t *testing.T) {
	set := single(t, "net.busy", `net.size < 26 and net.tier != "Gold" and none(net.zones, # == "a") and declared.limit > 3`)
	all, read, of := covered(set, set.Rules[0], 1_000_000)
	if again, _, _ := covered(set, set.Rules[0], 1_000_000); !slices.Equal(all, again) {
		t.Errorf("other variations the second time:\n%q\n%q", all, again)
	}
	if read != of {
		t.Errorf("%d of %d values are read", read, of)
	}
	for _, want := range []string{`{"set":{"hubs[0].big":false},"unset":["nets[0].size"]}`, `{"unknown":["nets[0].size","nets[0].zones","nets[0].tier"]}`} {
		if !slices.Contains(all, `sample "one" with `+want) {
			t.Errorf("no variation %s in %q", want, all)
		}
	}
	if few, _, _ := covered(set, set.Rules[0], 0); !slices.Equal(few, all[:fewestVariations]) {
		t.Errorf("without a budget: %q", few)
	}
}
