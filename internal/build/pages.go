package build

import (
	"maps"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/prose"
	"github.com/plumbline/plumbline/internal/render"
	"github.com/plumbline/plumbline/internal/rule"
)

// pages gives render what it shows, as text.
func pages(in Input, src Sources, assets bundle.Assets, drawn drawings) render.Input {
	out := render.Input{
		Title: in.Config.Title, BaseURL: in.Config.BaseURL, Theme: in.Theme, Assets: assets, Content: src.Content,
		RulesJSON: src.Rules.JSON(), Policy: in.Policy, Coverage: coverage(src), Drawings: drawn.pages,
	}
	for _, r := range src.Rules.Rules {
		out.Rules = append(out.Rules, shownRule(src.Rules, r, drawn))
	}
	for _, name := range slices.Sorted(maps.Keys(src.Rules.Samples)) {
		s := src.Rules.Samples[name]
		out.Samples = append(out.Samples, render.Sample{Name: name, Title: sampleTitle(name, s.Source.Text), Text: s.Source.Text})
	}
	for _, k := range src.Model.Kinds {
		out.Kinds = append(out.Kinds, render.Kind{Name: k.Name, Title: k.Title})
	}
	return out
}

func shownRule(set *rule.Set, r *rule.Rule, drawn drawings) render.Rule {
	out := render.Rule{
		ID: r.ID, Title: r.Title, Severity: r.Severity, Claim: r.Claim, Page: r.Page, Block: r.Block,
		Where: written(r.Where), Assert: written(r.Assert), Fact: written(r.Fact), Message: r.MessageSrc,
		Fix: r.Fix, Notes: r.Notes, References: r.References, Tags: r.Tags, Since: r.Since,
	}
	out.Reading = prose.Read(prose.Rule{Model: set.Env.Model(), Var: r.Var, Kind: r.Kind, Where: r.Where, Assert: r.Assert, Fact: r.Fact})
	if r.Kind != nil {
		out.For = r.Var + " in " + r.Kind.Name
	}
	if r.Deprecated != nil {
		out.Deprecated = &render.Deprecated{Since: r.Deprecated.Since, ReplacedBy: r.Deprecated.ReplacedBy, Reason: r.Deprecated.Reason}
	}
	for _, e := range r.Examples {
		example := shownExample(set, e)
		example.Drawing, example.Part = drawn.examples[e], drawn.parts[e]
		out.Examples = append(out.Examples, example)
	}
	return out
}

// written is an expression as its author wrote it.
func written(x *lang.Expr) string {
	if x == nil {
		return ""
	}
	return x.Text.Value
}

func shownExample(set *rule.Set, e *rule.Example) render.Example {
	out := render.Example{Name: e.Name, Subject: e.Subject, Expect: e.Expect, Sample: e.Sample}
	if e.Value != nil {
		out.Value = *e.Value
	}
	if e.Set != nil {
		for _, s := range e.Set.Entries {
			out.Changes = append(out.Changes, render.Change{Verb: "set", Path: s.Key, Value: inline(s.Value)})
		}
	}
	for _, path := range paths(e.Unset) {
		out.Changes = append(out.Changes, render.Change{Verb: "unset", Path: path})
	}
	for _, path := range paths(e.Unknown) {
		out.Changes = append(out.Changes, render.Change{Verb: "unknown", Path: path})
	}
	if e.Declared != nil {
		for _, d := range e.Declared.Entries {
			out.Changes = append(out.Changes, render.Change{Verb: "set", Path: "declared." + d.Key, Value: inline(d.Value)})
		}
	}
	if sample := set.Samples[e.Sample]; sample != nil && len(out.Changes) == 0 {
		out.Topology = sample.Source.Text // with its comments
	} else {
		root, _ := e.Changes().Apply(set.Root(e)) // its paths were checked when the example ran
		out.Topology = document.YAML(root)
	}
	return out
}

// paths are the texts of a list; one text alone is a list of one.
func paths(n *document.Node) []string {
	if n == nil {
		return nil
	}
	if n.Kind != document.List {
		return []string{n.Text()}
	}
	var out []string
	for _, item := range n.Items {
		out = append(out, item.Text())
	}
	return out
}

// inline is a value on one line, as its author wrote it.
func inline(n *document.Node) string {
	if n.Kind == document.String {
		return n.Text()
	}
	return strings.Join(strings.Fields(n.Span.Source.Text[n.Span.Start:n.Span.End]), " ")
}

// sampleTitle is what the first line of a sample says, "# title: Virtual WAN",
// or else a title made of its file name, "Hub and spoke".
func sampleTitle(name, text string) string {
	first, _, _ := strings.Cut(text, "\n")
	if title, ok := strings.CutPrefix(first, "# title:"); ok && strings.TrimSpace(title) != "" {
		return strings.TrimSpace(title)
	}
	words := strings.ReplaceAll(name, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
