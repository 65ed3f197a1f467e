package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/topology"
)

// Topology reads the example's topology with its changes.
func (s *Set) Topology(e *Example) (*topology.Topology, diag.List) {
	src, root := e.Source, e.Topology
	if sample := s.Samples[e.Sample]; sample != nil {
		src, root = sample.Source, sample.Root
	}
	return topology.ReadNative(s.Env, src, root, e.Changes())
}

// Changes returns how the example varies its topology.
func (e *Example) Changes() topology.Changes {
	return topology.Changes{Set: e.Set, Unset: e.Unset, Unknown: e.Unknown, Declared: e.Declared}
}

// Outcome is what one rule gave on one topology, in the form that both engines
// are compared in.
type Outcome struct {
	Findings    []Finding     `json:"findings"`
	Facts       []Fact        `json:"facts"`
	Diagnostics []diag.Record `json:"diagnostics"`
}

// Between the texts of Briefs stand control characters, which nobody writes in a
// topology.
const (
	briefOutcome = "\x01"
	briefPart    = "\x02"
	briefNext    = "\x03"
	briefNothing = "\x04"
)

// Briefs is what the function vary of theme/runtime/validate.ts gives where the
// outcomes of a rule are these.
func (r *Rule) Briefs(outcomes []Outcome) string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(string(line([]string{r.ID, r.Severity, r.Fix, r.Anchor()})), "\n"))
	for _, o := range outcomes {
		b.WriteString(briefOutcome)
		o.brief(&b)
	}
	return b.String()
}

// brief writes what can differ between two outcomes of a rule.
func (o Outcome) brief(b *strings.Builder) {
	parts := func(list ...string) {
		for i, s := range list {
			if i > 0 {
				b.WriteString(briefPart)
			}
			b.WriteString(s)
		}
	}
	end := func(missing []lang.Missing) {
		for _, m := range missing {
			parts("", m.Path, m.Reason)
		}
		b.WriteString(briefNext)
	}
	for _, f := range o.Findings {
		s, at := f.Subject, f.Source
		parts(f.Verdict, s.Kind, s.ID, s.Name, f.Message, at.File, at.Pointer, strconv.Itoa(at.Line), strconv.Itoa(at.Column))
		end(f.Missing)
	}
	for _, f := range o.Facts {
		value := briefNothing
		if f.Value != nil {
			value = *f.Value
		}
		parts(f.Subject.Kind, f.Subject.ID, f.Subject.Name, value)
		end(f.Missing)
	}
	if len(o.Diagnostics) > 0 {
		b.WriteString(strings.TrimSuffix(string(line(o.Diagnostics)), "\n"))
	}
}

// Run runs one rule of the set on an example in Go.
func (s *Set) Run(r *Rule, e *Example) (Outcome, diag.List) {
	t, problems := s.Topology(e)
	if problems.HasErrors() {
		return Outcome{}, s.blame(r, e, problems)
	}
	res := s.Check(t, Options{All: true, Rules: []string{r.ID}})
	return Outcome{res.Findings, res.Facts, res.Diagnostics}, problems
}

// blame gives problems that an example's changes make in a sample to the
// example: the sample by itself has none.
func (s *Set) blame(r *Rule, e *Example, problems diag.List) diag.List {
	sample := s.Samples[e.Sample]
	if sample == nil {
		return problems
	}
	_, alone := topology.ReadNative(s.Env, sample.Source, sample.Root, topology.Changes{})
	var out diag.List
	for _, d := range problems {
		ofSample := slices.ContainsFunc(alone, func(a diag.Diagnostic) bool { return a.Code == d.Code && a.Message == d.Message })
		if d.Span.Source == sample.Source && !ofSample {
			line, _ := d.Span.Source.Position(d.Span.Start)
			d.Hint = fmt.Sprintf("the changes of the example %q break line %d of %s", e.Name, line, sample.Source.File)
			d.Span = e.Span
		}
		d.Rule = r.ID
		out.Add(d)
	}
	return out
}

// Judge compares an outcome with what the example expects. It returns "" where
// they agree, else what was found instead.
func (e *Example) Judge(o Outcome) string {
	for _, d := range o.Diagnostics {
		if d.Code == "rule/runtime" {
			return "a run-time error: " + d.Message
		}
	}
	if e.Value != nil || len(o.Facts) > 0 || (e.Expect != "" && len(o.Findings) == 0 && e.Expect != NotApplicable) {
		return e.judgeFacts(o.Facts)
	}
	worst := ""
	order := []string{NotApplicable, Pass, Unknown, Fail}
	for _, f := range o.Findings {
		if e.about(f.Subject) && slices.Index(order, f.Verdict) > slices.Index(order, worst) {
			worst = f.Verdict
		}
	}
	switch {
	case worst == "" && e.Subject != "":
		return fmt.Sprintf("no subject is called %q", e.Subject)
	case worst == "":
		worst = NotApplicable
	}
	if worst != e.Expect {
		return fmt.Sprintf("the verdict is %s, not %s", worst, e.Expect)
	}
	return ""
}

func (e *Example) about(s Subject) bool {
	return e.Subject == "" || s.Name == e.Subject || s.ID == e.Subject
}

// judgeFacts: a fact that is not listed does not apply. Where several subjects
// have a value and the example names none, the first decides.
func (e *Example) judgeFacts(facts []Fact) string {
	got, found := NotApplicable, false
	for _, f := range facts {
		if !e.about(f.Subject) || found {
			continue
		}
		found = true
		if f.Value == nil {
			got = Unknown
			continue
		}
		if e.Value != nil && *f.Value == *e.Value {
			return ""
		}
		return fmt.Sprintf("the value is %q, not %s", *f.Value, e.expected())
	}
	if e.Value == nil && got == e.Expect {
		return ""
	}
	return fmt.Sprintf("the result is %s, not %s", got, e.expected())
}

func (e *Example) expected() string {
	if e.Value != nil {
		return fmt.Sprintf("%q", *e.Value)
	}
	return e.Expect
}

// Root returns the document that the example varies.
func (s *Set) Root(e *Example) *document.Node {
	if sample := s.Samples[e.Sample]; sample != nil {
		return sample.Root
	}
	return e.Topology
}

// Case is an example as both engines get it: everything as JSON text, so that
// they read the same bytes and their results can be compared whole.
type Case struct {
	Rule     string `json:"rule"`
	Topology string `json:"topology"`
	Changes  string `json:"changes"` // members set, unset, unknown, declared
	Explain  bool   `json:"explain,omitempty"`
}

// Case returns an example of a rule in the form that both engines read.
func (s *Set) Case(r *Rule, e *Example) Case {
	changes := &document.Node{Kind: document.Map}
	for _, part := range []struct {
		name string
		node *document.Node
	}{{"set", e.Set}, {"unset", e.Unset}, {"unknown", e.Unknown}, {"declared", e.Declared}} {
		if part.node != nil {
			changes.Entries = append(changes.Entries, document.Entry{Key: part.name, Value: part.node})
		}
	}
	return Case{Rule: r.ID, Topology: document.JSON(s.Root(e)), Changes: document.JSON(changes)}
}

// RunCase runs a case in Go. The browser's counterpart is the function example
// of theme/runtime/checks.ts.
func (s *Set) RunCase(c Case) Outcome {
	src := diag.NewSource("topology", c.Topology)
	root, _ := document.ParseJSON(src) // what JSON wrote, it reads
	changes, _ := document.ParseJSON(diag.NewSource("changes", c.Changes))
	t, _ := topology.ReadNative(s.Env, src, root, topology.Changes{
		Set: changes.Get("set"), Unset: changes.Get("unset"), Unknown: changes.Get("unknown"), Declared: changes.Get("declared"),
	})
	res := s.Check(t, Options{All: true, Rules: []string{c.Rule}, Explain: c.Explain})
	return Outcome{res.Findings, res.Facts, res.Diagnostics}
}

// JSON returns the case, and the outcome, on one line without the line break.
func (c Case) JSON() string    { return strings.TrimSuffix(string(line(c)), "\n") }
func (o Outcome) JSON() string { return strings.TrimSuffix(string(line(o)), "\n") }
