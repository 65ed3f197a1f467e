package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/topology"
)

// This file makes variations that reach much in few runs: each changes several
// fields at once, and whether the rule got to read them is looked up afterwards.

// Cover is a rule with the changes that are to be read at least once: of each
// field that it reads, every value of an enum, both truth values, none, unknown,
// an empty list and a list of two elements, and a few of other values.
type Cover struct {
	*generator
	fields map[string]bool // of kinds, whose values are among the changes
	places []place         // what is still to be tried
	steps  int             // reads of all examples
	shown  int             // examples
	unread int             // changes that no run can read
	stated map[string]bool // changes to what an example has anyway, where the rule reads it
}

// NewCover returns the cover of a rule. Each of its examples is then run by it.
func (b *Bench) NewCover(r *Rule) *Cover {
	return &Cover{generator: b.generator(r), fields: map[string]bool{}, stated: map[string]bool{}}
}

// Example runs the rule on its example i, whose topology is t, and notes what it
// reads.
func (c *Cover) Example(i int, t topology.Variant) Outcome {
	v, reads, steps, outcome := c.varier(i, t)
	c.steps += steps
	c.shown++
	for _, read := range reads {
		key := read.object.Class().Name + "." + read.field
		if !c.fields[key] {
			c.fields[key] = true
			v.position = read.at
			v.touched(read.object, read.field)
		}
		value, _ := read.object.Field(read.field)
		c.stated[key+stated(value)] = true
	}
	if c.shown == 1 {
		v.rest()
	}
	return outcome
}

// stated names a value as the change to it is named. Lists of two elements are alike.
func stated(v any) string {
	switch v := v.(type) {
	case nil:
		return noValue
	case *lang.Unknown:
		return unknownValue
	case bool, string:
		return givenValue + document.JSON(nodeOf(v))
	case []any:
		if len(v) == 2 {
			return twoElements
		}
		return givenValue + document.JSON(nodeOf(v))
	}
	return ""
}

const twoElements = " of two"

// has reports whether an example shows the rule the value of a change.
func (c *Cover) has(key string, p place) bool {
	two := p.change.value != nil && p.change.value.Kind == document.List && len(p.change.value.Items) == 2
	return c.stated[key] || two && c.stated[p.field+twoElements]
}

// extraValues is how many values of a field are tried that nothing says can be
// written there: texts, numbers, addresses and links.
const extraValues = 3

// plan puts the changes in an order in which the fields take turns.
func (c *Cover) plan() {
	turns := map[string]int{}
	type turn struct {
		place
		at int
	}
	list := make([]turn, 0, len(c.order[0]))
	extra := map[string][]place{}
	var fields []string
	for _, s := range c.order[0] {
		p := s.places[0]
		if c.has(s.key, p) {
			continue
		}
		if !p.must {
			if extra[p.field] == nil {
				fields = append(fields, p.field)
			}
			extra[p.field] = append(extra[p.field], p)
			continue
		}
		list = append(list, turn{p, turns[p.field]})
		turns[p.field]++
	}
	for _, f := range fields {
		n := len(extra[f])
		for i := range min(n, extraValues) {
			list = append(list, turn{extra[f][i*n/min(n, extraValues)], turns[f]})
			turns[f]++
		}
	}
	slices.SortStableFunc(list, func(a, b turn) int { return a.at - b.at })
	c.places = make([]place, 0, len(list))
	for _, t := range list {
		c.places = append(c.places, t.place)
	}
}

// Run runs variations and shows them, each with its patch, until everything that is
// to be read was, or until they have cost as much as budget reads. Few variations
// change which objects there are.
func (c *Cover) Run(budget int, show func(Variation, topology.Patch, Outcome)) {
	c.plan()
	cost := variationCost + c.steps/max(c.shown, 1)
	number := max(budget/cost, fewestVariations)
	structural := c.order[1]
	for n := 0; n < number && len(c.places) > 0; n++ {
		var r ran
		if n%structuralOnce == structuralOnce-1 && len(structural) > 0 {
			p := structural[0].places[0]
			structural = structural[1:]
			if changes, ok := p.changes(p.change); ok {
				r = c.run(p.example, changes, nil)
			}
		} else {
			r = c.next()
		}
		if r.shown {
			show(r.Variation, r.Patch, r.Outcome)
		}
	}
}

// next changes several fields: one that is due, and others of the same example. Of
// those it keeps what the rule reads, and looks once more for what goes with it.
func (c *Cover) next() ran {
	var row []place
	var best ran
	tried := map[place]bool{}
	for range rowTries {
		more := slices.Clone(row)
		for _, p := range c.places {
			if len(more) < widestRow && !tried[p] && goesWith(p, more, len(row) > 0) {
				more = append(more, p)
				tried[p] = true
			}
		}
		if len(more) == len(row) {
			break
		}
		next := c.row(more)
		if slices.Contains(next.read[:len(row)], false) {
			continue
		}
		best, row = next, row[:0]
		for i, p := range more {
			if i == 0 || next.read[i] {
				row = append(row, p)
			}
		}
	}
	if !best.read[0] && row[0].must {
		c.unread++
	}
	c.places = slices.DeleteFunc(c.places, func(p place) bool { return slices.Contains(row, p) })
	return best
}

// Bounds of a variation: what it costs besides what the rule reads, how many there
// are of a rule that reads much, how many fields one changes, and how often others
// are looked for that go together.
const (
	variationCost    = 80
	fewestVariations = 4
	widestRow        = 8
	rowTries         = 2
	structuralOnce   = 5
)

// Reach is how many of the values that every build should reach were read, and
// how many there are.
func (c *Cover) Reach() (read, all int) {
	for _, s := range c.order[0] {
		if s.places[0].must {
			all++
		}
	}
	read = all - c.unread
	for _, p := range c.places {
		if p.must {
			read--
		}
	}
	return read, all
}

// goesWith reports whether a change can be made with others: it is one of the same
// example and of another field; and unknowns are among themselves, since the engines
// go on after an unknown in another way. At first it is also one that the rule reads
// later than the others, so that the first is read in any case; afterwards, one of
// which it shows whether it is read.
func goesWith(p place, others []place, afterwards bool) bool {
	if len(others) == 0 {
		return true
	}
	last := others[len(others)-1]
	if p.varier != last.varier || p.unknown != last.unknown {
		return false
	}
	if afterwards && !p.change.traced() || !afterwards && p.change.position <= last.change.position {
		return false
	}
	return !slices.ContainsFunc(others, func(q place) bool { return q.field == p.field || meets(q.change.path, p.change.path) })
}

// traced reports whether what reads the field leaves a trace.
func (c change) traced() bool { return !c.indirect && !strings.HasPrefix(c.path, "declared.") }

// meets reports whether one path leads through the other.
func meets(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// ran is a variation that was run. It was not shown where its changes have problems.
type ran struct {
	Variation
	Outcome
	Patch topology.Patch
	shown bool
	read  []bool // of its places
}

// row runs a variation that changes several places of an example.
func (c *Cover) row(row []place) ran {
	from := *row[0].example
	var changes topology.Changes
	for _, p := range row {
		v := varier{generator: p.generator, example: &from}
		changes, _ = v.changes(p.change) // a value, which can always be changed
		from.Set, from.Unset, from.Unknown = changes.Set, changes.Unset, changes.Unknown
	}
	return c.run(row[0].example, changes, row)
}

// run runs a variation and looks which places of a row the rule reads.
func (c *Cover) run(e *Example, changes topology.Changes, row []place) ran {
	out := ran{Variation: Variation{e, changes}, read: make([]bool, len(row))}
	c.bench.With(e, changes, func(t topology.Variant) {
		targets := make([]touch, len(row))
		for i, p := range row {
			targets[i] = target(t, p.change.path)
			out.read[i] = targets[i] == touch{} || !p.change.traced()
		}
		t.Trace(func(o lang.Object, field string) {
			for i := range targets {
				if targets[i].object == o && targets[i].field == field {
					out.read[i] = true
				}
			}
		})
		out.Outcome, out.Patch, out.shown = c.rule.Outcome(t.Topology), t.Patch, true
		t.Trace(nil)
	})
	return out
}

// target finds the object and the field that a path leads into.
func target(t topology.Variant, path string) touch {
	kind, rest, _ := strings.Cut(path, "[")
	number, rest, _ := strings.Cut(rest, "].")
	i, err := strconv.Atoi(number)
	field, _, _ := strings.Cut(rest, "[")
	field, _, _ = strings.Cut(field, ".")
	for _, s := range t.Subjects {
		if s.Kind == kind && err == nil && i < len(s.Objects) {
			return touch{s.Objects[i], field}
		}
	}
	return touch{}
}
