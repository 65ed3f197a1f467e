package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/topology"
)

// Score says how well the examples of a rule tell it from its mutants.
type Score struct {
	Rule   *Rule
	Killed int
	// Unkillable mutants agree with the rule on every topology that varies what it
	// reads: no example can tell them apart.
	Unkillable int
	Survivors  []Survivor
}

// Survivor is a mutant that no example tells from its rule, with a topology that does.
type Survivor struct {
	*Mutant
	By        Variation
	Subject   string
	Want, Got string // what rule and mutant say of the subject
}

// variationsOfMutants bounds the topologies on which a mutant is compared with
// its rule before it counts as one that no example can kill.
const variationsOfMutants = 2000

// Mutate runs the mutants of a rule on its examples. The examples must come out
// as expected.
func (b *Bench) Mutate(r *Rule) Score {
	score := Score{Rule: r}
	alive := b.set.Mutants(r)
	all := len(alive)
	for _, e := range r.Examples {
		b.With(e, e.Changes(), func(t topology.Variant) {
			alive = slices.DeleteFunc(alive, func(m *Mutant) bool { return e.Judge(m.rule.Outcome(t.Topology)) != "" })
		})
	}
	score.Killed = all - len(alive)
	told := map[*Mutant]Survivor{}
	if len(alive) > 0 {
		b.tell(r, alive, told)
	}
	for _, m := range alive {
		if s, ok := told[m]; ok {
			score.Survivors = append(score.Survivors, s)
		} else {
			score.Unkillable++
		}
	}
	return score
}

// tell finds, for each mutant, the first topology that tells it from its rule.
func (b *Bench) tell(r *Rule, mutants []*Mutant, told map[*Mutant]Survivor) {
	plain := *r
	plain.Message = nil
	for _, v := range b.Variations(r, variationsOfMutants) {
		if len(told) == len(mutants) {
			return
		}
		b.With(v.Example, v.Changes, func(t topology.Variant) {
			outcome := plain.Outcome(t.Topology)
			if len(outcome.Diagnostics) > 0 {
				return // no example can expect that
			}
			want := said(outcome)
			for _, m := range mutants {
				if _, done := told[m]; done {
					continue
				}
				if subject, a, b, differ := difference(want, said(m.rule.Outcome(t.Topology))); differ {
					told[m] = Survivor{m, v, subject, a, b}
				}
			}
		})
	}
}

// statement is what an example can say of a subject.
type statement struct{ subject, says string }

func said(o Outcome) []statement {
	var out []statement
	for _, f := range o.Findings {
		out = append(out, statement{f.Subject.Name, f.Verdict})
	}
	for _, f := range o.Facts {
		says := Unknown
		if f.Value != nil {
			says = fmt.Sprintf("%q", *f.Value)
		}
		out = append(out, statement{f.Subject.Name, says})
	}
	for _, d := range o.Diagnostics {
		out = append(out, statement{"", "a run-time error: " + d.Message})
	}
	return out
}

// difference returns the first statement of one list that the other does not make.
func difference(want, got []statement) (subject, a, b string, differ bool) {
	of := func(list []statement, subject string) string {
		for _, s := range list {
			if s.subject == subject {
				return s.says
			}
		}
		return NotApplicable
	}
	for _, s := range slices.Concat(want, got) {
		if a, b := of(want, s.subject), of(got, s.subject); a != b {
			return s.subject, a, b, true
		}
	}
	return "", "", "", false
}

// Problems reports the survivors.
func (s Score) Problems() diag.List {
	var out diag.List
	for _, m := range s.Survivors {
		message := fmt.Sprintf("no example notices a mistake in %q (%s): %s", m.Part, m.What, m.Text)
		if m.Text == "" {
			message = fmt.Sprintf("no example notices that %q is gone", m.Part)
		}
		hint := fmt.Sprintf("%s would show it: %s, not %s", m.By, m.Want, m.Got)
		if m.Subject != "" {
			hint = fmt.Sprintf("%s would show it: %s is %s, not %s", m.By, m.Subject, m.Want, m.Got)
		}
		out.Add(diag.Diagnostic{Code: "rule/mutant-survives", Severity: diag.Error, Span: m.Span, Rule: s.Rule.ID,
			Message: message, Hint: hint})
	}
	return out
}

// String is the score on one line: "45 of 45 mutants killed, 3 cannot be".
func (s Score) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d mutants killed", s.Killed, s.Killed+len(s.Survivors))
	if s.Unkillable > 0 {
		fmt.Fprintf(&b, ", %d cannot be", s.Unkillable)
	}
	return b.String()
}

// Percent is the share of killable mutants that are killed, rounded down, so that
// 100 means all of them.
func (s Score) Percent() int {
	if s.Killed+len(s.Survivors) == 0 {
		return 100
	}
	return 100 * s.Killed / (s.Killed + len(s.Survivors))
}
