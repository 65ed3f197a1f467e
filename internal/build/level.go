package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/lint"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/render"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/topology"
)

// Codes documents every problem of a site's files, sorted by code.
func Codes() []diag.CodeDoc {
	all := slices.Concat(
		document.Codes(), config.Codes(), model.Codes(), lang.Codes(), topology.Codes(), lint.Codes(), rule.Codes(), bundle.Codes(), render.Codes(),
		[]diag.CodeDoc{{Code: "site/no-pages", Severity: diag.Error, Summary: "the site has no pages",
			Doc: "A site needs at least one Markdown file: `content/index.md`, or `index.md` in a plain folder. Mostly the command runs in another folder than the site's; `--site` names it."}},
	)
	slices.SortFunc(all, func(a, b diag.CodeDoc) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// checkLevels reports settings of severity that change nothing.
func checkLevels(c config.Config) diag.List {
	var problems diag.List
	defaults := map[string]diag.Severity{}
	var names []string
	for _, doc := range Codes() {
		defaults[doc.Code] = doc.Severity
		names = append(names, doc.Code)
	}
	for _, s := range c.Severity {
		severity, known := defaults[s.Code]
		switch {
		case !known:
			hint := diag.DidYouMean(s.Code, names)
			if hint == "" {
				hint = "the code stands in brackets behind each problem"
			}
			problems.Add(diag.Diagnostic{Code: "config/unknown-code", Severity: diag.Error, Span: s.Span, File: config.File,
				Message: fmt.Sprintf("there is no code %q", s.Code), Hint: hint})
		case severity == diag.Error && s.Level != string(diag.Error):
			problems.Add(diag.Diagnostic{Code: "config/fixed-code", Severity: diag.Error, Span: s.Span, File: config.File,
				Message: fmt.Sprintf("%q is an error, which no setting lowers", s.Code), Hint: "remove the entry and mend what is reported"})
		}
	}
	return problems
}

// level gives problems the severity that the site's settings say. Errors stay
// errors: a site with one cannot be right.
func (in Input) level(problems diag.List) diag.List {
	out := make(diag.List, 0, len(problems))
	for _, d := range problems {
		if d.Severity != diag.Error {
			for _, s := range in.Config.Severity {
				if s.Code == d.Code {
					d.Severity = diag.Severity(s.Level)
				}
			}
		}
		if d.Severity == "off" {
			continue
		}
		if in.Strict && d.Severity == diag.Warning {
			d.Severity = diag.Error
		}
		out = append(out, d)
	}
	return out
}
