package rule

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/topology"
)

// Options of a check.
type Options struct {
	All   bool     // keep pass and not-applicable findings
	Rules []string // run only these; empty is all

	Explain bool     // say of each finding and fact how it came about
	Jobs    int      // how many may work on a large topology; 0 is one
	Waivers *Waivers // fails that are accepted; nil is none
}

// Result is what check prints: the JSON object of the contract, section 5.
type Result struct {
	Version     int           `json:"version"`
	Input       Input         `json:"input"`
	Summary     Summary       `json:"summary"`
	Findings    []Finding     `json:"findings"`
	Facts       []Fact        `json:"facts"`
	Diagnostics []diag.Record `json:"diagnostics"`
}

// Input says what was read.
type Input struct {
	File     string   `json:"file"`
	Format   string   `json:"format"`
	Subjects Counts   `json:"subjects"`
	Unstated []string `json:"unstated"`
}

// Counts is a JSON object whose members keep their order.
type Counts []Count

// Count is the number of subjects of one kind.
type Count struct {
	Kind string
	N    int
}

// MarshalJSON writes the counts as an object in their order.
func (c Counts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, n := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(n.Kind)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.WriteString(number(n.N))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func number(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

// Summary counts verdicts over all rules and subjects.
type Summary struct {
	Pass          int `json:"pass"`
	Fail          int `json:"fail"`
	Unknown       int `json:"unknown"`
	NotApplicable int `json:"not-applicable"`
}

// Finding is a rule's verdict on a subject.
type Finding struct {
	Rule     string         `json:"rule"`
	Severity string         `json:"severity"`
	Verdict  string         `json:"verdict"`
	Subject  Subject        `json:"subject"`
	Message  string         `json:"message"`
	Fix      string         `json:"fix"`
	Page     string         `json:"page"`
	Source   Source         `json:"source"`
	Missing  []lang.Missing `json:"missing,omitempty"`

	Explanation *Explanation `json:"explanation,omitempty"` // with Options.Explain
	Waived      *Waived      `json:"waived,omitempty"`      // of a fail that is accepted
}

// Fact is a value that a fact rule reports of a subject.
type Fact struct {
	Rule    string         `json:"rule"`
	Subject Subject        `json:"subject"`
	Value   *string        `json:"value"`
	Missing []lang.Missing `json:"missing"`

	Explanation *Explanation `json:"explanation,omitempty"` // with Options.Explain
}

// Subject names what a rule looked at.
type Subject struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Source is the place of a subject in the input.
type Source struct {
	File    string `json:"file"`
	Pointer string `json:"pointer"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

func line(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // results hold strings and integers only
	}
	return lineSeparators(b.Bytes())
}

// lineSeparators writes U+2028 and U+2029 as they are, as JSON.stringify does;
// Go escapes them. A backslash takes the character behind it along, so that the
// text "\u2028" of the input stays what it is.
func lineSeparators(b []byte) []byte {
	if !bytes.Contains(b, []byte(`\u202`)) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] != '\\':
			out = append(out, b[i])
		case bytes.HasPrefix(b[i:], []byte(`\u2028`)):
			out = append(out, "\u2028"...)
			i += 5
		case bytes.HasPrefix(b[i:], []byte(`\u2029`)):
			out = append(out, "\u2029"...)
			i += 5
		default:
			out = append(out, b[i], b[i+1])
			i++
		}
	}
	return out
}

// HasErrors reports whether a diagnostic of the result is an error.
func (r Result) HasErrors() bool {
	return slices.ContainsFunc(r.Diagnostics, func(d diag.Record) bool { return d.Severity == diag.Error })
}

// Check runs the rules over a topology.
func (s *Set) Check(t *topology.Topology, opts Options) Result {
	c := &checker{t: t, opts: opts, problems: slices.Clone(t.Problems)}
	if opts.Waivers != nil {
		c.problems = append(c.problems, opts.Waivers.problems...)
	}
	c.out = Result{
		Version:  1,
		Input:    Input{File: t.File, Format: t.Format, Subjects: Counts{}, Unstated: append([]string{}, t.Unstated...)},
		Findings: []Finding{},
		Facts:    []Fact{},
	}
	for _, k := range t.Subjects {
		c.out.Input.Subjects = append(c.out.Input.Subjects, Count{k.Kind, len(k.Objects) + k.Counted})
	}
	if t.World != nil {
		c.rules = slices.DeleteFunc(slices.Clone(s.Rules), func(r *Rule) bool { return len(opts.Rules) > 0 && !slices.Contains(opts.Rules, r.ID) })
		met := c.run()
		if !t.Problems.HasErrors() {
			c.problems = append(c.problems, opts.Waivers.unmet(s.Rules, c.rules, met)...)
		}
	}
	c.out.Diagnostics = c.problems.Records()
	return c.out
}

type checker struct {
	t        *topology.Topology
	opts     Options
	rules    []*Rule
	out      Result
	problems diag.List
}

// run runs the rules, of a large topology with the subjects in shares, each on its own. It
// says what waivers met.
func (c *checker) run() []met {
	subjects := 0
	for _, k := range c.t.Subjects {
		subjects += len(k.Objects)
	}
	n := min(c.opts.Jobs, subjects/worthSharing)
	if n < 2 {
		s := &share{checker: c, of: 1, world: c.t.World}
		s.run()
		return c.gather([]*share{s})
	}
	shares := make([]*share, n)
	inParallel(n, func(i int) {
		shares[i] = &share{checker: c, part: i, of: n, world: c.t.World.Fork()}
		shares[i].run()
	})
	return c.gather(shares)
}

// worthSharing is how many subjects are worth a share of their own.
const worthSharing = 500

func inParallel(n int, f func(i int)) {
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { f(i) })
	}
	running.Wait()
}

// gather puts together what is said in shares, in the order of the rules and subjects, and
// what waivers met.
func (c *checker) gather(shares []*share) []met {
	findings, facts := 0, 0
	for i, r := range c.rules {
		count := &findings
		if r.Fact != nil {
			count = &facts
		}
		for _, s := range shares {
			said := &s.said[i]
			said.at = *count
			*count += len(said.judged)
			c.problems = append(c.problems, said.problems...)
			c.out.Summary.add(said.summary)
		}
	}
	c.out.Findings, c.out.Facts = make([]Finding, findings), make([]Fact, facts)
	inParallel(len(shares), func(i int) { shares[i].write() })
	met := shares[0].met
	for _, s := range shares[1:] {
		for i, m := range s.met {
			met[i].fails, met[i].unknown, met[i].other = met[i].fails || m.fails, met[i].unknown || m.unknown, met[i].other || m.other
		}
	}
	return met
}

func (s *Summary) add(more Summary) {
	s.Pass, s.Fail = s.Pass+more.Pass, s.Fail+more.Fail
	s.Unknown, s.NotApplicable = s.Unknown+more.Unknown, s.NotApplicable+more.NotApplicable
}

// share is the part of the subjects that one of several looks at. Each has a world
// of its own, in which derived values are computed.
type share struct {
	*checker
	part, of int
	world    *lang.World
	vars     map[string]any // of the evaluation at hand

	said []verdicts // by rule
	met  []met      // by waiver
}

// verdicts are what a rule says of the subjects of a share.
type verdicts struct {
	judged   []judged
	at       int // where they stand in the result
	summary  Summary
	problems diag.List
}

// judged is what a rule says of one subject, which is nil for the whole topology.
type judged struct {
	subject     *lang.Object
	verdict     string  // "" of a fact
	message     string  // of a fail
	value       *string // of a fact
	missing     []lang.Missing
	explanation *Explanation
	waived      *Waived
}

func (s *share) run() {
	s.world.Hurry()
	s.said = make([]verdicts, len(s.rules))
	s.met = make([]met, len(s.opts.Waivers.all()))
	for i, r := range s.rules {
		s.rule(r, &s.said[i])
	}
}

func (s *share) rule(r *Rule, out *verdicts) {
	if r.Kind == nil {
		if s.part == 0 {
			s.subject(r, nil, out)
		}
		return
	}
	for _, k := range s.t.Subjects {
		if k.Kind != r.Kind.Name {
			continue
		}
		n := len(k.Objects)
		for i := s.part * n / s.of; i < (s.part+1)*n/s.of; i++ {
			s.subject(r, &k.Objects[i], out)
		}
	}
}

// subject runs one rule on one subject; o is nil for the whole topology.
func (s *share) subject(r *Rule, o *lang.Object, out *verdicts) {
	// One map serves every evaluation: none keeps what it is given.
	vars := func() map[string]any {
		clear(s.vars)
		if s.vars == nil {
			s.vars = map[string]any{}
		}
		if o != nil {
			s.vars[r.Var] = *o
		}
		return s.vars
	}
	if r.Fact != nil {
		s.fact(r, o, vars, out)
		return
	}
	verdict, missing, err := r.judge(s.world, vars)
	if err == nil && o != nil && o.Existence() != nil && (verdict == Pass || verdict == Fail) {
		verdict, missing = Unknown, []lang.Missing{{Path: r.Var, Reason: o.Existence().Reason}}
	}
	message := r.Title
	if err == nil && verdict == Fail && r.Message != nil {
		message, err = r.Message.Eval(s.world, vars)
	}
	if err != nil {
		s.opts.Waivers.waive(r, o, "", s.met)
		out.fail(r, err)
		return
	}
	switch verdict {
	case Pass:
		out.summary.Pass++
	case Fail:
		out.summary.Fail++
	case Unknown:
		out.summary.Unknown++
	case NotApplicable:
		out.summary.NotApplicable++
	}
	waived := s.opts.Waivers.waive(r, o, verdict, s.met)
	if !s.opts.All && (verdict == Pass || verdict == NotApplicable) {
		return
	}
	out.judged = append(out.judged, judged{subject: o, verdict: verdict, message: message, missing: missing, explanation: s.explain(r, vars), waived: waived})
}

// explain is nil unless explanations were asked for.
func (s *share) explain(r *Rule, vars func() map[string]any) *Explanation {
	if !s.opts.Explain {
		return nil
	}
	return r.explain(s.world, vars)
}

// write puts what is said in a share into the result.
func (s *share) write() {
	for i, r := range s.rules {
		anchor := r.Anchor()
		for k, j := range s.said[i].judged {
			at := s.said[i].at + k
			subject := Subject{"topology", "", "input"}
			if j.subject != nil {
				subject = Subject{j.subject.Class().Name, j.subject.ID(), j.subject.Name()}
			}
			if r.Fact != nil {
				s.out.Facts[at] = Fact{r.ID, subject, j.value, listed(j.missing), j.explanation}
				continue
			}
			s.out.Findings[at] = Finding{
				Rule: r.ID, Severity: r.Severity, Verdict: j.verdict, Subject: subject, Message: j.message, Fix: r.Fix,
				Page: anchor, Source: s.place(j.subject), Missing: j.missing, Explanation: j.explanation, Waived: j.waived,
			}
		}
		s.said[i] = verdicts{}
	}
}

// listed is a list that JSON shows as one even where it is empty.
func listed(missing []lang.Missing) []lang.Missing {
	if missing == nil {
		return []lang.Missing{}
	}
	return missing
}

func (c *checker) place(o *lang.Object) Source {
	if o == nil {
		return Source{File: c.t.File, Pointer: "", Line: 1, Column: 1}
	}
	p := o.Place()
	if p.Span.Source == nil {
		return Source{File: c.t.File, Pointer: p.Pointer, Line: 1, Column: 1}
	}
	line, column := p.Span.Source.Position(p.Span.Start)
	return Source{p.Span.Source.File, p.Pointer, line, column}
}

// runtimeHint is the same in both engines.
const runtimeHint = "guard the value, for example with ?. or ??"

func (v *verdicts) fail(r *Rule, err *lang.RuntimeError) {
	v.problems.Add(diag.Diagnostic{Code: "rule/runtime", Severity: diag.Error, Span: err.Span(), Rule: r.ID, Message: err.Message, Hint: runtimeHint})
}

// judge gives the verdict of a judging rule.
func (r *Rule) judge(w *lang.World, vars func() map[string]any) (verdict string, missing []lang.Missing, err *lang.RuntimeError) {
	var open *lang.Unknown
	if r.Where != nil {
		v, err := r.Where.Eval(w, vars())
		if err != nil {
			return "", nil, err
		}
		applies, u, err := boolean(r.Where, v)
		switch {
		case err != nil:
			return "", nil, err
		case u != nil:
			open = u
		case !applies:
			return NotApplicable, nil, nil
		}
	}
	v, err := r.Assert.Eval(w, vars())
	if err == nil {
		var holds bool
		var u *lang.Unknown
		if holds, u, err = boolean(r.Assert, v); err == nil {
			return verdictOf(holds, open, u)
		}
	}
	if open != nil {
		return Unknown, open.Missing(), nil
	}
	return "", nil, err
}

func verdictOf(holds bool, where, assert *lang.Unknown) (string, []lang.Missing, *lang.RuntimeError) {
	switch {
	case assert == nil && holds:
		return Pass, nil, nil
	case assert == nil && where == nil:
		return Fail, nil, nil
	case assert == nil:
		return Unknown, where.Missing(), nil
	case where == nil:
		return Unknown, assert.Missing(), nil
	}
	missing := slices.Clone(where.Missing())
	for _, m := range assert.Missing() {
		if !slices.Contains(missing, m) {
			missing = append(missing, m)
		}
	}
	return Unknown, missing, nil
}

// boolean reads the result of a condition. A value that is neither true nor
// false is the author's bug.
func boolean(x *lang.Expr, v any) (bool, *lang.Unknown, *lang.RuntimeError) {
	switch v := v.(type) {
	case bool:
		return v, nil, nil
	case *lang.Unknown:
		return false, v, nil
	}
	return false, nil, x.NotBool(v)
}

func (s *share) fact(r *Rule, o *lang.Object, vars func() map[string]any, out *verdicts) {
	value, missing, listed, err := r.report(s.world, vars)
	if err != nil {
		out.fail(r, err)
		return
	}
	if listed {
		out.judged = append(out.judged, judged{subject: o, value: value, missing: missing, explanation: s.explain(r, vars)})
	}
}

// report gives the value of a fact rule; listed is false where it says nothing
// of the subject.
func (r *Rule) report(w *lang.World, vars func() map[string]any) (value *string, missing []lang.Missing, listed bool, err *lang.RuntimeError) {
	if r.Where != nil {
		v, err := r.Where.Eval(w, vars())
		if err != nil {
			return nil, nil, false, err
		}
		applies, u, err := boolean(r.Where, v)
		if err != nil || u == nil && !applies {
			return nil, nil, false, err
		}
		if u != nil {
			return nil, u.Missing(), true, nil
		}
	}
	v, err := r.Fact.Eval(w, vars())
	if err != nil {
		return nil, nil, false, err
	}
	if u := lang.Open(v); u != nil {
		return nil, u.Missing(), true, nil
	}
	if v == nil {
		return nil, nil, false, nil
	}
	s := lang.Show(v)
	return &s, nil, true, nil
}
