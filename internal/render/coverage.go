package render

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
)

// Coverage is what the coverage page shows.
type Coverage struct {
	Claims, Covered int      // sentences, and those that something quotes
	Inputs          []string // formats, in the order of the columns
	Tagged          []Claim  // by tag
	Open            []OpenClaim
}

// Claim is a claim that tags name, with what decides it.
type Claim struct {
	Tag    string
	Rules  []ClaimRule
	Manual []ManualClaim
}

// ClaimRule is a rule that decides a claim. Inputs has a Holding for each format.
type ClaimRule struct {
	ID       string
	Inputs   []Holding
	Declared []string // facts that it cannot do without and no input states
}

// Holding says how much of what a rule looks at an input can state, and what is
// missing.
type Holding struct {
	State   string
	Missing []string
}

// States of a Holding.
const (
	HoldsAll     = "all"
	HoldsSome    = "some"
	HoldsNothing = "none"
)

// ManualClaim is a sentence of which a page says why no rule can decide it.
type ManualClaim struct {
	Page   *content.Page
	Block  *content.Block
	Reason string
}

// OpenClaim is a sentence that nothing quotes.
type OpenClaim struct {
	Page *content.Page
	Text string
}

type coverageView struct {
	Claims, Covered int // sentences
	Tags, ByRules   int // claims that tags name
	Inputs          []string
	Rows            []claimRow
	Open            []openRow
}

// claimRow is a rule or manual entry in the table; the first of a claim names it.
type claimRow struct {
	Tag    string
	Rows   int // of the claim, on its first row; else 0
	Rule   *ruleItem
	Quote  link
	Reason string // of a manual entry
	Inputs []holdingCell
	Needs  string
}

type holdingCell struct{ State, Label, Missing string }

type openRow struct {
	Page link
	Text string
}

func (s *site) coverageView() view {
	const at = "coverage/"
	v := s.newView("coverage", "coverage", at, "Coverage")
	v.Description = fmt.Sprintf("The claims of %s, the rules that decide each, and the inputs that hold what they look at.", s.view.Title)
	v.Crumbs = []link{{Name: s.view.Title, Href: root(at)}, {Name: "Rules", Href: content.RelativeURL(at, "rules/")}}
	v.Nav = s.ruleNav(nil, at)
	c := s.Coverage
	cv := &coverageView{Claims: c.Claims, Covered: c.Covered, Tags: len(c.Tagged), Inputs: c.Inputs}
	for _, claim := range c.Tagged {
		first := len(cv.Rows)
		for _, cr := range claim.Rules {
			cv.Rows = append(cv.Rows, s.claimRow(cr, at))
		}
		for _, m := range claim.Manual {
			cv.Rows = append(cv.Rows, claimRow{Quote: link{m.Block.Text, content.RelativeURL(at, m.Page.URL)}, Reason: m.Reason})
		}
		if len(claim.Rules) > 0 {
			cv.ByRules++
		}
		cv.Rows[first].Tag, cv.Rows[first].Rows = claim.Tag, len(cv.Rows)-first
	}
	for _, o := range c.Open {
		cv.Open = append(cv.Open, openRow{link{s.pageName(o.Page), content.RelativeURL(at, o.Page.URL)}, o.Text})
	}
	v.Coverage = cv
	return v
}

func (s *site) claimRow(cr ClaimRule, at string) claimRow {
	r := s.rules[cr.ID]
	row := claimRow{
		Rule:  &ruleItem{ID: r.ID, Title: r.Title, Level: r.level(), Href: content.RelativeURL(at, r.url())},
		Quote: link{content.VisibleText(r.Claim), content.RelativeURL(at, r.Page.URL) + "#" + r.ID},
		Needs: strings.Join(cr.Declared, ", "),
	}
	labels := map[string]string{HoldsAll: "yes", HoldsSome: "partly", HoldsNothing: "no"}
	for _, h := range cr.Inputs {
		row.Inputs = append(row.Inputs, holdingCell{h.State, labels[h.State], strings.Join(h.Missing, ", ")})
	}
	return row
}
