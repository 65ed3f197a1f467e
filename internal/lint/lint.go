// Package lint checks pages against each other and against what a reader needs.
//
// It takes a loaded site and gives diagnostics. What content cannot read it
// reports itself; here is what can only be said once everything is read.
//
// Invariant: a pass changes nothing, and every code it reports is documented in
// the list of passes.
package lint

import (
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
)

// Pass is one check. Run reports through the function that it is given, which
// sets code and severity.
type Pass struct {
	diag.CodeDoc
	Run func(site *content.Site, report func(diag.Diagnostic))
}

// Passes lists the checks in the order in which they run.
func Passes() []Pass {
	return slices.Concat(linkPasses(), pagePasses(), sitePasses())
}

// Run runs every pass over a site.
func Run(site *content.Site) diag.List {
	var problems diag.List
	for _, p := range Passes() {
		p.Run(site, func(d diag.Diagnostic) {
			d.Code, d.Severity = p.Code, p.Severity
			problems.Add(d)
		})
	}
	return problems.Sorted()
}

// Codes documents every code about content and claims, from reading and from
// the passes, sorted.
func Codes() []diag.CodeDoc {
	codes := slices.Concat(content.Codes(), claimCodes(), figureCodes())
	for _, p := range Passes() {
		codes = append(codes, p.CodeDoc)
	}
	for i := range codes {
		codes[i].Doc = strings.TrimSpace(codes[i].Doc)
	}
	slices.SortFunc(codes, func(a, b diag.CodeDoc) int { return strings.Compare(a.Code, b.Code) })
	return codes
}
