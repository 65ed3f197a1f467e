package rule

import (
	"fmt"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/topology"
)

// Bench holds the topologies that examples vary, each read once, to run rules on
// many variations of them. It is used by one goroutine at a time.
type Bench struct {
	set   *Set
	bases *topology.Bases
	read  map[*document.Node]*base
}

type base struct {
	*topology.Base
	problems diag.List
}

// NewBench returns a bench for the rules of the set.
func (s *Set) NewBench() *Bench {
	return &Bench{s, topology.NewBases(s.Env), map[*document.Node]*base{}}
}

// Base returns the topology that an example varies, as it is without changes.
// The list holds what is wrong with it; with errors it cannot be used.
func (b *Bench) Base(e *Example) (*topology.Base, diag.List) {
	src, root := e.Source, e.Topology
	if sample := b.set.Samples[e.Sample]; sample != nil {
		src, root = sample.Source, sample.Root
	}
	t := b.read[root]
	if t == nil {
		read, problems := b.bases.Read(src, root)
		t = &base{read, problems}
		b.read[root] = t
	}
	return t.Base, t.problems
}

// With shows the topology of an example with changes. What is wrong with the
// topology or its changes is reported, and then look is not called.
func (b *Bench) With(e *Example, c topology.Changes, look func(topology.Variant)) diag.List {
	t, problems := b.Base(e)
	if problems.HasErrors() {
		return problems
	}
	return t.With(c, look)
}

// Outcome runs one rule on a topology.
func (r *Rule) Outcome(t *topology.Topology) Outcome {
	c := &checker{t: t, opts: Options{All: true}, rules: []*Rule{r}}
	s := &share{checker: c, of: 1, world: t.World, said: make([]verdicts, 1)}
	s.rule(r, &s.said[0])
	c.gather([]*share{s})
	return Outcome{c.out.Findings, c.out.Facts, c.problems.Records()}
}

// Variation is a topology that was made to vary what a rule reads: a sample or
// inline topology with changes.
type Variation struct {
	Example *Example // of the rule, whose topology and changes it goes on from
	Changes topology.Changes
}

// String says how an author would write the variation.
func (v Variation) String() string {
	from := fmt.Sprintf("the topology of the example %q", v.Example.Name)
	if v.Example.Sample != "" {
		from = fmt.Sprintf("sample %q", v.Example.Sample)
	}
	if text := changesText(v.Changes); text != "{}" {
		return from + " with " + text
	}
	return from
}

// changesText writes changes as JSON, which is YAML too.
func changesText(c topology.Changes) string {
	out := &document.Node{Kind: document.Map}
	for _, part := range []struct {
		name string
		node *document.Node
	}{{"set", c.Set}, {"unset", c.Unset}, {"unknown", c.Unknown}, {"declared", c.Declared}} {
		if part.node != nil && len(part.node.Entries)+len(part.node.Items) > 0 {
			out.Entries = append(out.Entries, document.Entry{Key: part.name, Value: part.node})
		}
	}
	return document.JSON(out)
}
