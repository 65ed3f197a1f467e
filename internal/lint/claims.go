package lint

import (
	"fmt"

	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/rule"
)

// Coverage counts the claims of a site: the list items of the sections that
// pages name under "claims", and every other sentence that a rule or a manual
// entry quotes. Covered are those that something quotes.
type Coverage struct {
	Claims, Covered int
	Open            []Open // those that nothing quotes, in site order
}

// Open is a claim that nothing quotes.
type Open struct {
	Page  *content.Page
	Block *content.Block
}

// Claims compares what pages claim with what rules and manual entries quote.
// least is the share of claims, 0 to 1, that must be covered.
func Claims(site *content.Site, set *rule.Set, least float64) (Coverage, diag.List) {
	var problems diag.List
	quoted := map[*content.Block]bool{}
	for _, r := range set.Rules {
		quoted[r.Block] = true
	}
	for _, m := range set.Manual {
		quoted[m.Block] = true
	}
	all := Coverage{Claims: len(quoted), Covered: len(quoted)}
	for _, page := range site.Pages {
		for _, section := range claimSections(page, &problems) {
			for _, b := range page.Blocks {
				if b.Item && stands(b, section) && !quoted[b] {
					quoted[b] = true // once, where sections are within each other
					all.Claims++
					all.Open = append(all.Open, Open{page, b})
					problems.Add(claimProblem("unquoted", diag.Warning, b.Span,
						fmt.Sprintf("no rule quotes the claim %q", document.Shorten(b.Text)),
						"write a rule that quotes it, or an entry under manual: with the reason why no rule can decide it"))
				}
			}
		}
	}
	if all.Claims > 0 && float64(all.Covered) < least*float64(all.Claims) {
		problems.Add(diag.Diagnostic{Code: "claim/coverage", Severity: diag.Error, File: config.File,
			Message: fmt.Sprintf("%d of %d claims are covered, which is less than the coverage of %v", all.Covered, all.Claims, least),
			Hint:    `quote more claims, or lower "coverage"`})
	}
	return all, problems.Sorted()
}

// claimSections returns the ids of the headings that a page names under "claims".
func claimSections(page *content.Page, problems *diag.List) []string {
	n := page.Meta.Get("claims")
	if n == nil {
		return nil
	}
	const form = "write a list of headings, like claims: [Design considerations]"
	if n.Kind != document.List {
		problems.Add(claimProblem("not-a-list", diag.Error, n.Span, `"claims" must be a list, not `+n.Describe(), form))
		return nil
	}
	var ids, names []string
	for _, h := range page.Headings {
		names = append(names, h.Text)
	}
	for _, item := range n.Items {
		if item.Kind != document.String {
			problems.Add(claimProblem("not-a-list", diag.Error, item.Span, `an entry of "claims" must be a heading, not `+item.Describe(), form))
			continue
		}
		found := false
		for _, h := range page.Headings {
			if h.Text == item.Text() {
				ids, found = append(ids, h.ID), true
			}
		}
		if !found {
			hint := diag.DidYouMean(item.Text(), names)
			if hint == "" {
				hint = "name a heading as a reader sees it"
			}
			problems.Add(claimProblem("unknown-section", diag.Error, item.Span, fmt.Sprintf("this page has no section %q", item.Text()), hint))
		}
	}
	return ids
}

func stands(b *content.Block, section string) bool {
	for _, id := range b.Section {
		if id == section {
			return true
		}
	}
	return false
}

func claimProblem(code string, severity diag.Severity, span diag.Span, message, hint string) diag.Diagnostic {
	return diag.Diagnostic{Code: "claim/" + code, Severity: severity, Span: span, Message: message, Hint: hint}
}

// claimCodes documents the codes of Claims.
func claimCodes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "claim/unquoted", Severity: diag.Warning, Summary: "a claim is quoted by no rule",
			Doc: "A page that names sections under `claims:` says that each list item there is a claim. A claim is quoted by a rule, or by an entry under `manual:` that says why no rule can decide it."},
		{Code: "claim/not-a-list", Severity: diag.Error, Summary: "claims is not a list of headings",
			Doc: "Write the headings of the sections whose list items are claims: `claims: [Design considerations]`."},
		{Code: "claim/unknown-section", Severity: diag.Error, Summary: "claims names a section that the page does not have",
			Doc: "The name is the text of a heading of the same page, as a reader sees it. If the heading has changed, change the name with it."},
		{Code: "claim/coverage", Severity: diag.Error, Summary: "fewer claims are covered than the site asks for",
			Doc: "`coverage` in `plumbline.yaml` is the smallest share of claims, from 0 to 1, that rules or manual entries must quote. `lint` lists the claims that nothing quotes."},
	}
}
