package lint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/rule"
)

// Figures compares the samples that pages show and link to with those there are.
func Figures(site *content.Site, set *rule.Set) diag.List {
	var problems diag.List
	names := slices.Sorted(maps.Keys(set.Samples))
	eachLink(site, func(_ *content.Page, l *content.Link) {
		if l.Kind != content.LinkSample {
			return
		}
		d := diag.Diagnostic{Code: "content/unknown-sample", Severity: diag.Error, Span: l.Span}
		switch {
		case set.Samples[l.File] == nil:
			d.Message, d.Hint = fmt.Sprintf("there is no sample %q", l.File), diag.DidYouMean(l.File, names)
			if d.Hint == "" {
				d.Hint = fmt.Sprintf("add rules/samples/%s.yaml, or name another sample", l.File)
			}
		case l.Image && set.Env.Figure() == nil:
			d.Code = "content/no-figures"
			d.Message, d.Hint = "the site does not say how topologies are drawn", "add rules/figure.yaml"
		default:
			return
		}
		problems.Add(d)
	})
	return problems.Sorted()
}

func figureCodes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "content/unknown-sample", Severity: diag.Error, Summary: "a page shows or links to a sample that does not exist", Doc: `
` + "`sample:hub-and-spoke`" + ` is the file ` + "`rules/samples/hub-and-spoke.yaml`" + `. The hint names the nearest sample.`},
		{Code: "content/no-figures", Severity: diag.Error, Summary: "a page shows a sample on a site that draws nothing", Doc: `
What a topology is drawn as stands in ` + "`rules/figure.yaml`" + `: see [figures](model.md#figures). Without it a page can link to a sample, and not show it.`},
	}
}
