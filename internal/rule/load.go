package rule

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// Load reads the rules in the front matter of the pages and the samples in the
// rules folder. Every problem is reported; the set holds the rules without one.
func Load(site *content.Site, env *lang.Env, rules fs.FS, prefix string) (*Set, diag.List) {
	l := &loader{set: &Set{Env: env, Samples: map[string]*Sample{}}, ids: map[string]diag.Span{}}
	l.samples(rules, prefix)
	for _, p := range site.Pages {
		l.page(p)
	}
	l.replacements()
	return l.set, l.diags
}

type loader struct {
	set   *Set
	diags diag.List
	ids   map[string]diag.Span
}

func (l *loader) report(code string, span diag.Span, rule, message, hint string) {
	l.diags.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: span, Rule: rule, Message: message, Hint: hint})
}

func (l *loader) samples(rules fs.FS, prefix string) {
	names, _ := fs.Glob(rules, "samples/*.yaml")
	slices.Sort(names)
	for _, name := range names {
		text, err := fs.ReadFile(rules, name)
		if err != nil {
			l.diags.Add(diag.Diagnostic{Code: "rule/sample-unreadable", Severity: diag.Error, File: prefix + name, Message: "this sample cannot be read", Hint: err.Error()})
			continue
		}
		src := diag.NewSource(prefix+name, strings.ToValidUTF8(string(text), "\uFFFD"))
		root, diags := document.Parse(src)
		l.diags = append(l.diags, diags...)
		if !diags.HasErrors() {
			id := strings.TrimSuffix(path.Base(name), ".yaml")
			l.set.Samples[id] = &Sample{Name: id, Source: src, Root: root}
		}
	}
}

func (l *loader) page(p *content.Page) {
	if n := p.Meta.Get("rules"); n != nil {
		if n.Kind != document.List {
			l.report("rule/not-a-list", n.Span, "", `"rules" is not a list`, `start each rule with "- id: …"`)
			return
		}
		for _, item := range n.Items {
			l.rule(p, item)
		}
	}
	if n := p.Meta.Get("manual"); n != nil {
		l.manual(p, n)
	}
}

// fields reads the members of a map of the front matter, each of one kind.
type fields struct {
	*loader
	node *document.Node
	rule string
	bad  bool
}

var ruleKeys = []string{"id", "title", "severity", "claim", "for", "where", "assert", "fact", "message", "fix", "tags",
	"examples", "references", "since", "deprecated", "notes"}

var exampleKeys = []string{"name", "sample", "topology", "subject", "expect", "value", "set", "unset", "unknown", "declared"}

// known reports unknown members and says whether the node is a map at all.
func (f *fields) known(what string, keys []string) bool {
	if f.node.Kind != document.Map {
		f.problem("rule/not-a-map", f.node.Span, fmt.Sprintf("%s is not a map of fields", what), "write its fields as key: value")
		return false
	}
	for _, e := range f.node.Entries {
		if !slices.Contains(keys, e.Key) {
			hint := diag.DidYouMean(e.Key, keys)
			if hint == "" {
				hint = "the fields are " + strings.Join(keys, ", ")
			}
			f.problem("rule/unknown-key", e.KeySpan, fmt.Sprintf("unknown field %q of %s", e.Key, what), hint)
		}
	}
	return true
}

func (f *fields) problem(code string, span diag.Span, message, hint string) {
	f.bad = true
	f.report(code, span, f.rule, message, hint)
}

func (f *fields) text(key string) string {
	n := f.node.Get(key)
	if n == nil {
		return ""
	}
	if n.Kind != document.String {
		f.problem("rule/wrong-type", n.Span, fmt.Sprintf("%q is not text", key), "put it in quotes")
		return ""
	}
	return n.Text()
}

func (f *fields) texts(key string) []string {
	n := f.node.Get(key)
	if n == nil {
		return nil
	}
	if n.Kind != document.List {
		f.problem("rule/wrong-type", n.Span, fmt.Sprintf("%q is not a list", key), "write [one, two]")
		return nil
	}
	var out []string
	for _, item := range n.Items {
		if item.Kind != document.String {
			f.problem("rule/wrong-type", item.Span, fmt.Sprintf("an element of %q is not text", key), "put it in quotes")
			continue
		}
		out = append(out, item.Text())
	}
	return out
}

func (f *fields) kind(key string, kind document.Kind, what string) *document.Node {
	n := f.node.Get(key)
	if n != nil && n.Kind != kind {
		f.problem("rule/wrong-type", n.Span, fmt.Sprintf("%q is not %s", key, what), "")
		return nil
	}
	return n
}

// misspelt reports whether an unknown field is close to the key, so that its
// absence needs no message of its own.
func (f *fields) misspelt(key string) bool {
	return slices.ContainsFunc(f.node.Entries, func(e document.Entry) bool { return diag.Suggest(e.Key, ruleKeys) == key })
}

func (f *fields) required(keys ...string) {
	for _, key := range keys {
		if f.node.Get(key) == nil && !f.misspelt(key) {
			f.problem("rule/missing-key", f.node.Span, fmt.Sprintf("%q is missing", key), "")
		}
	}
}

// expr compiles a member; a number or a boolean is an expression too.
func (f *fields) expr(key string, vars []lang.Var) *lang.Expr {
	n := f.node.Get(key)
	if n == nil {
		return nil
	}
	text, ok := exprText(n)
	if !ok {
		f.problem("rule/wrong-type", n.Span, fmt.Sprintf("%q is not an expression", key), "write the expression as text; quote it if it begins with a character that YAML reads")
		return nil
	}
	x, diags := f.set.Env.Compile(text, vars, f.rule)
	f.diags = append(f.diags, diags...)
	f.bad = f.bad || diags.HasErrors()
	return x
}

func exprText(n *document.Node) (model.Text, bool) {
	switch n.Kind {
	case document.String:
		return model.TextOf(n), true
	case document.Bool, document.Int, document.Float:
		span := n.Span
		return model.Text{Value: span.Source.Text[span.Start:span.End], Span: span, Offset: func(r int) int { return span.Start + r }}, true
	}
	return model.Text{}, false
}

func (l *loader) rule(p *content.Page, n *document.Node) {
	f := &fields{loader: l, node: n, rule: n.Get("id").Text()}
	if !f.known("a rule", ruleKeys) {
		return
	}
	f.required("id", "title", "claim", "examples")
	r := &Rule{ID: f.text("id"), Title: f.text("title"), Severity: f.text("severity"), Claim: f.text("claim"), Page: p,
		Fix: f.text("fix"), Tags: f.texts("tags"), References: f.texts("references"), Since: f.text("since"), Notes: f.text("notes"), Span: n.Span}
	if id := n.Get("id"); id != nil {
		r.Span = id.Span
	}
	l.identity(f, r)
	l.purpose(f, r)
	vars := l.subjects(f, r)
	if vars == nil && n.Get("for") != nil {
		return
	}
	r.Where, r.Assert, r.Fact = f.expr("where", vars), f.expr("assert", vars), f.expr("fact", vars)
	f.wantBool(r.Where, "where")
	f.wantBool(r.Assert, "assert")
	if m := n.Get("message"); m != nil && m.Kind == document.String {
		var diags diag.List
		r.MessageSrc = m.Text()
		r.Message, diags = l.set.Env.CompileTemplate(model.TextOf(m), vars, r.ID)
		l.diags = append(l.diags, diags...)
		f.bad = f.bad || diags.HasErrors()
	} else {
		f.text("message")
	}
	l.deprecation(f, r)
	l.examples(f, r)
	r.Block = l.claim(p, n.Get("claim"), r.ID)
	if !f.bad && r.Block != nil {
		l.set.Rules = append(l.set.Rules, r)
	}
}

func (f *fields) wantBool(x *lang.Expr, key string) {
	if x != nil && !x.MayBeBool() {
		f.problem("rule/type", f.node.Get(key).Span, fmt.Sprintf("%q is %s, not true or false", key, x.TypeName()), "compare it with a value")
	}
}

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// IsID says whether a text can be the id of a rule.
func IsID(text string) bool { return idPattern.MatchString(text) }

func (l *loader) identity(f *fields, r *Rule) {
	if r.ID == "" {
		return
	}
	if !IsID(r.ID) {
		f.problem("rule/bad-id", r.Span, fmt.Sprintf("%q is no rule id", r.ID), "an id is kebab-case: lower-case words joined with hyphens; it becomes a permanent address")
	}
	if first, dup := l.ids[r.ID]; dup {
		line, _ := first.Source.Position(first.Start)
		f.problem("rule/duplicate-id", r.Span, fmt.Sprintf("a second rule is called %q", r.ID), fmt.Sprintf("the first stands in %s, line %d", first.Source.File, line))
		return
	}
	l.ids[r.ID] = r.Span
}

// purpose checks that a rule either judges or reports, with the fields of its sort.
func (l *loader) purpose(f *fields, r *Rule) {
	assert, fact := f.node.Get("assert"), f.node.Get("fact")
	switch {
	case assert == nil && fact == nil:
		f.problem("rule/missing-key", f.node.Span, `"assert" is missing`, `a rule judges with "assert" or reports a value with "fact"`)
	case assert != nil && fact != nil:
		f.problem("rule/assert-and-fact", fact.Span, `a rule has either "assert" or "fact"`, "make two rules of it")
	case fact != nil:
		for _, key := range []string{"severity", "message", "fix"} {
			if n := f.node.Get(key); n != nil {
				f.problem("rule/fact-field", n.Span, fmt.Sprintf("a fact has no %q", key), "a fact reports a value and judges nothing")
			}
		}
		return
	}
	if fact != nil {
		return
	}
	switch n := f.node.Get("severity"); {
	case n == nil && f.misspelt("severity"): // reported as an unknown field
	case n == nil:
		f.problem("rule/missing-key", f.node.Span, `"severity" is missing`, "severities are error, warning and info")
	case !slices.Contains([]string{"error", "warning", "info"}, r.Severity):
		f.problem("rule/bad-severity", n.Span, fmt.Sprintf("%q is no severity", r.Severity), "severities are error, warning and info")
	}
}

var forPattern = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)\s+in\s+([A-Za-z_][A-Za-z0-9_]*)\s*$`)

// subjects reads `for: bastion in bastions`. It returns nil after a problem.
func (l *loader) subjects(f *fields, r *Rule) []lang.Var {
	n := f.node.Get("for")
	if n == nil {
		return []lang.Var{}
	}
	m := forPattern.FindStringSubmatch(n.Text())
	if m == nil {
		f.problem("rule/bad-for", n.Span, fmt.Sprintf("%q names no subjects", n.Text()), "write for: NAME in COLLECTION, for example for: bastion in bastions")
		return nil
	}
	mdl := l.set.Env.Model()
	r.Var, r.Kind = m[1], mdl.Kind(m[2])
	if r.Kind == nil {
		var names []string
		for _, k := range mdl.Kinds {
			names = append(names, k.Name)
		}
		f.problem("rule/unknown-collection", n.Span, fmt.Sprintf("unknown collection %q", m[2]), diag.DidYouMean(m[2], names))
		return nil
	}
	if l.set.Env.Reserved(r.Var) {
		f.problem("rule/bad-for", n.Span, fmt.Sprintf("%q is a name of the rule language and cannot name a subject", r.Var), fmt.Sprintf("call it %q", r.Kind.One))
		return nil
	}
	if mdl.Kind(r.Var) != nil || r.Var == "declared" {
		f.problem("rule/bad-for", n.Span, fmt.Sprintf("%q is a collection and cannot name a subject", r.Var), fmt.Sprintf("call it %q", r.Kind.One))
		return nil
	}
	return []lang.Var{{Name: r.Var, Kind: r.Kind}}
}

func (l *loader) deprecation(f *fields, r *Rule) {
	n := f.kind("deprecated", document.Map, "a map with since, replacedBy and reason")
	if n == nil {
		return
	}
	d := &fields{loader: l, node: n, rule: r.ID}
	d.known("deprecated", []string{"since", "replacedBy", "reason"})
	d.required("since", "reason")
	r.Deprecated = &Deprecated{Since: d.text("since"), ReplacedBy: d.text("replacedBy"), Reason: d.text("reason")}
	f.bad = f.bad || d.bad
}

// replacements checks that replacedBy names a rule of the site.
func (l *loader) replacements() {
	var ids []string
	for id := range l.ids {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, r := range l.set.Rules {
		if r.Deprecated != nil && r.Deprecated.ReplacedBy != "" && !slices.Contains(ids, r.Deprecated.ReplacedBy) {
			l.report("rule/unknown-replacement", r.Span, r.ID, fmt.Sprintf("no rule is called %q", r.Deprecated.ReplacedBy), diag.DidYouMean(r.Deprecated.ReplacedBy, ids))
		}
	}
}

// claim finds the one block that a quote stands in.
func (l *loader) claim(p *content.Page, n *document.Node, rule string) *content.Block {
	if n == nil || n.Kind != document.String {
		if n != nil {
			l.report("rule/wrong-type", n.Span, rule, `"claim" is not text`, "put the quote in quotes")
		}
		return nil
	}
	switch blocks := p.FindClaim(n.Text()); len(blocks) {
	case 1:
		return blocks[0]
	case 0:
		hint := "quote a sentence of this page; if the sentence has changed, look at the rule again"
		if near := nearest(p, n.Text()); near != nil {
			line, _ := near.Span.Source.Position(near.Span.Start)
			hint = fmt.Sprintf("line %d comes closest; if the sentence has changed, look at the rule again", line)
		}
		l.report("rule/claim-not-found", n.Span, rule, fmt.Sprintf("the claim %q is not on this page", n.Text()), hint)
	default:
		var lines []string
		for _, b := range blocks {
			line, _ := b.Span.Source.Position(b.Span.Start)
			lines = append(lines, fmt.Sprint(line))
		}
		l.report("rule/claim-ambiguous", n.Span, rule, fmt.Sprintf("the claim %q stands in %d places", n.Text(), len(blocks)),
			fmt.Sprintf("quote more of the sentence; it is in lines %s", strings.Join(lines, ", ")))
	}
	return nil
}

func (l *loader) manual(p *content.Page, n *document.Node) {
	if n.Kind != document.List {
		l.report("rule/not-a-list", n.Span, "", `"manual" is not a list`, `start each entry with "- claim: …"`)
		return
	}
	for _, item := range n.Items {
		f := &fields{loader: l, node: item}
		if !f.known("a manual entry", []string{"claim", "reason", "tags"}) {
			continue
		}
		f.required("claim", "reason")
		m := &Manual{Claim: f.text("claim"), Reason: f.text("reason"), Tags: f.texts("tags"), Page: p, Span: item.Span}
		m.Block = l.claim(p, item.Get("claim"), "")
		if !f.bad && m.Block != nil {
			l.set.Manual = append(l.set.Manual, m)
		}
	}
}

func (l *loader) examples(f *fields, r *Rule) {
	n := f.kind("examples", document.List, "a list")
	if n == nil {
		return
	}
	names := map[string]bool{}
	for _, item := range n.Items {
		x := &fields{loader: l, node: item, rule: r.ID}
		if !x.known("an example", exampleKeys) {
			f.bad = true
			continue
		}
		e := &Example{Name: x.text("name"), Sample: x.text("sample"), Topology: x.kind("topology", document.Map, "a topology"), Source: r.Page.Source,
			Subject: x.text("subject"), Expect: x.text("expect"), Set: x.kind("set", document.Map, "a map of path: value"),
			Unset: x.kind("unset", document.List, "a list of paths"), Unknown: x.kind("unknown", document.List, "a list of paths"),
			Declared: x.kind("declared", document.Map, "a map of facts"), Span: item.Span}
		x.required("name")
		if names[e.Name] {
			x.problem("rule/duplicate-example", item.Get("name").Span, fmt.Sprintf("a second example is called %q", e.Name), "choose another name")
		}
		names[e.Name] = true
		l.exampleSource(x, e)
		l.expectation(x, r, e)
		f.bad = f.bad || x.bad
		r.Examples = append(r.Examples, e)
	}
	if !f.bad {
		l.enough(f, r)
	}
}

func (l *loader) exampleSource(x *fields, e *Example) {
	switch {
	case (e.Sample == "") == (e.Topology == nil):
		x.problem("rule/example-source", x.node.Span, "an example has a sample or a topology", `write "sample: NAME" or an inline "topology:"`)
	case e.Sample != "" && l.set.Samples[e.Sample] == nil:
		var names []string
		for name := range l.set.Samples {
			names = append(names, name)
		}
		slices.Sort(names)
		x.problem("rule/unknown-sample", x.node.Get("sample").Span, fmt.Sprintf("no sample is called %q", e.Sample), diag.DidYouMean(e.Sample, names))
	}
}

func (l *loader) expectation(x *fields, r *Rule, e *Example) {
	if v := x.node.Get("value"); v != nil {
		s := v.Span.Source.Text[v.Span.Start:v.Span.End]
		if v.Kind == document.String {
			s = v.Text()
		}
		e.Value = &s
	}
	isFact := x.node.Get("value") != nil
	verdicts := []string{Pass, Fail, Unknown, NotApplicable}
	fact := r.Fact != nil
	if fact {
		verdicts = []string{Unknown, NotApplicable}
	}
	switch {
	case isFact && e.Expect != "":
		x.problem("rule/bad-expectation", x.node.Get("expect").Span, `an example has "expect" or "value", not both`, "")
	case isFact && !fact:
		x.problem("rule/bad-expectation", x.node.Get("value").Span, `only a fact has a "value"`, `write expect: pass or expect: fail`)
	case isFact:
	case !slices.Contains(verdicts, e.Expect):
		span := x.node.Span
		if n := x.node.Get("expect"); n != nil {
			span = n.Span
		}
		x.problem("rule/bad-expectation", span, fmt.Sprintf("%q is no expectation", e.Expect), "it is one of "+strings.Join(verdicts, ", "))
	}
}

// enough checks that a rule can be seen to pass and to fail.
func (l *loader) enough(f *fields, r *Rule) {
	has := map[string]bool{}
	for _, e := range r.Examples {
		has[e.Expect] = true
		if e.Value != nil {
			has["value"] = true
		}
	}
	need := []string{Pass, Fail}
	if r.Fact != nil {
		need = []string{"value"}
	} else if r.Assert.MayBeUnknown() || r.Where != nil && r.Where.MayBeUnknown() {
		need = append(need, Unknown)
	}
	for _, v := range need {
		if !has[v] {
			what := fmt.Sprintf("no example expects %q", v)
			if v == "value" {
				what = `no example has a "value"`
			}
			f.problem("rule/missing-example", f.node.Get("examples").Span, what, "an example shows that the rule can come out this way")
		}
	}
}
