package render

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/prose"
)

// ruleView is a rule on its own page.
type ruleView struct {
	ID, Title, Level, Since string
	Tags, References        []string
	Deprecated              *deprecatedView
	Quote                   quote
	PageTitle, SentenceHref string
	For, Message            string
	Reading                 []prose.Passage
	WhereHTML, AssertHTML   template.HTML
	FactHTML                template.HTML
	FixHTML, NotesHTML      template.HTML
	Examples                []exampleView
	Shared                  template.HTML // what the figures of Examples refer to
	Drawn                   *exampleView  // the one that is shown as a large figure, or nil
}

type deprecatedView struct {
	Since, Reason string
	ReplacedBy    *link
}

type exampleView struct {
	Example
	Href   string
	Figure template.HTML
}

// quote is the block that a rule quotes, with the quoted words apart.
type quote struct{ Before, Claim, After string }

// ruleGroup is a page's rules in the catalogue.
type ruleGroup struct {
	Title, Href string
	Rules       []ruleItem
}

type ruleItem struct {
	ID, Title, Level, Href, SearchText string
	Tags                               []string
	Deprecated                         bool
}

// level counts the rules of a severity, facts included.
type level struct {
	Name  string
	Count int
}

// level is the severity, or "fact" for a rule that judges nothing.
func (r *Rule) level() string {
	if r.Severity == "" {
		return "fact"
	}
	return r.Severity
}

func (r *Rule) url() string { return "rules/" + r.ID + "/" }

// anchor is where the quoted sentence stands, from the site's root.
func (r *Rule) anchor() string { return r.Page.URL + "#" + r.ID }

func (s *site) rulesView() view {
	v := s.newView("rules", "rules", "rules/", "Rules")
	v.Description = fmt.Sprintf("The rules of %s, each bound to the sentence it checks.", s.view.Title)
	v.Crumbs = []link{{Name: s.view.Title, Href: root("rules/")}}
	v.Nav = s.ruleNav(nil, "rules/")
	counts := map[string]int{}
	for _, p := range s.rulePages() {
		g := ruleGroup{Title: s.pageName(p), Href: content.RelativeURL("rules/", p.URL)}
		for _, r := range s.byPage[p] {
			counts[r.level()]++
			text := strings.ToLower(strings.Join(append([]string{r.ID, r.Title, s.pageName(p)}, r.Tags...), " "))
			g.Rules = append(g.Rules, ruleItem{
				ID: r.ID, Title: r.Title, Level: r.level(), Href: content.RelativeURL("rules/", r.url()),
				SearchText: text, Tags: r.Tags, Deprecated: r.Deprecated != nil,
			})
		}
		v.Groups = append(v.Groups, g)
	}
	for _, name := range []string{"error", "warning", "info", "fact"} {
		if counts[name] > 0 {
			v.Levels = append(v.Levels, level{name, counts[name]})
		}
	}
	return v
}

// rulePages are the pages that carry rules, in the order of their rules.
func (s *site) rulePages() []*content.Page {
	var out []*content.Page
	seen := map[*content.Page]bool{}
	for i := range s.Rules {
		if p := s.Rules[i].Page; !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// ruleNav is the sidebar of the catalogue: rules under their pages.
func (s *site) ruleNav(current *Rule, from string) []navNode {
	nav := []navNode{
		{Name: "All rules", Href: content.RelativeURL(from, "rules/"), Current: from == "rules/"},
		{Name: "Coverage", Href: content.RelativeURL(from, "coverage/"), Current: from == "coverage/", Synonyms: "claims"},
	}
	for _, p := range s.rulePages() {
		n := navNode{Name: s.pageName(p), Open: current != nil && current.Page == p}
		for _, r := range s.byPage[p] {
			n.Items = append(n.Items, navNode{
				Name: r.Title, Href: content.RelativeURL(from, r.url()), Current: r == current,
				Synonyms: strings.Join(append([]string{r.ID}, r.Tags...), " "),
			})
		}
		nav = append(nav, n)
	}
	return nav
}

func (s *site) ruleView(i int) view {
	r := &s.Rules[i]
	at := r.url()
	v := s.newView("rule", "rule", at, r.Title)
	v.Description = r.Block.Text
	v.Twin = true
	v.Crumbs = []link{{Name: s.view.Title, Href: root(at)}, {Name: "Rules", Href: content.RelativeURL(at, "rules/")}}
	v.Nav = s.ruleNav(r, at)
	rv := &ruleView{
		ID: r.ID, Title: r.Title, Level: r.level(), Since: r.Since, Tags: r.Tags, References: r.References,
		Quote:        quoteOf(r),
		PageTitle:    r.Page.Title,
		SentenceHref: content.RelativeURL(at, r.Page.URL) + "#" + r.ID,
		For:          r.For,
		Reading:      r.Reading,
		Message:      r.Message,
		WhereHTML:    expression(r.Page, r.Where, at),
		AssertHTML:   expression(r.Page, r.Assert, at),
		FactHTML:     expression(r.Page, r.Fact, at),
		FixHTML:      block(r.Page, r.Fix, at),
		NotesHTML:    block(r.Page, r.Notes, at),
	}
	if d := r.Deprecated; d != nil {
		rv.Deprecated = &deprecatedView{Since: d.Since, Reason: d.Reason}
		if by := s.rules[d.ReplacedBy]; by != nil {
			rv.Deprecated.ReplacedBy = &link{Name: by.Title, Href: content.RelativeURL(at, by.url())}
		}
	}
	var parts []Drawing
	for _, e := range r.Examples {
		parts = append(parts, e.Part)
	}
	shared, small := smallFigures(parts)
	for i, e := range r.Examples {
		shown := exampleView{e, root(at) + "check/#" + exampleHash(r.ID, e.Name), small[i]}
		rv.Examples = append(rv.Examples, shown)
		if e.Drawing.Wide != "" && rv.Drawn == nil {
			rv.Drawn = &shown
		}
	}
	rv.Shared = shared
	v.Rule = rv
	if i > 0 {
		v.Prev = &link{Name: s.Rules[i-1].Title, Href: content.RelativeURL(at, s.Rules[i-1].url())}
	}
	if i+1 < len(s.Rules) {
		v.Next = &link{Name: s.Rules[i+1].Title, Href: content.RelativeURL(at, s.Rules[i+1].url())}
	}
	return v
}

// exampleHash is the part of the checker's address that opens an example.
func exampleHash(rule, example string) string {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "rule=" + escape(rule) + "&example=" + escape(example)
}

// quoteOf finds the claim in its block. Both are visible text, so the claim is
// there; where it is not, the whole block is the quote.
func quoteOf(r *Rule) quote {
	claim := content.VisibleText(r.Claim)
	before, after, ok := strings.Cut(r.Block.Text, claim)
	if !ok || claim == "" {
		return quote{Claim: r.Block.Text}
	}
	return quote{Before: before, Claim: claim, After: after}
}

// expression colours an expression as the pages colour code.
func expression(p *content.Page, text, at string) template.HTML {
	if text == "" {
		return ""
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return block(p, fence+"expr\n"+strings.TrimRight(text, "\n")+"\n"+fence, at)
}

// block renders Markdown of a rule. content lets no script and no style through.
func block(p *content.Page, markdown, at string) template.HTML {
	if markdown == "" {
		return ""
	}
	return template.HTML(p.BlockHTML(markdown, at))
}

// marks are the rule cards of a page, grouped by the block they quote. The group
// is one element, which stands in the first mark.
func (s *site) marks(p *content.Page) (map[*content.Block][]content.Mark, *diag.Diagnostic) {
	groups := map[*content.Block][]*Rule{}
	for _, r := range s.byPage[p] {
		groups[r.Block] = append(groups[r.Block], r)
	}
	out := map[*content.Block][]content.Mark{}
	for b, rules := range groups {
		data := struct {
			Root  string
			Rules []card
		}{Root: root(p.URL)}
		for _, r := range rules {
			data.Rules = append(data.Rules, card{r.ID, r.Title, r.level(), content.VisibleText(r.Claim)})
			out[b] = append(out[b], content.Mark{ID: r.ID})
		}
		html, problem := s.theme.component("rule-card", data)
		if problem != nil {
			return nil, problem
		}
		out[b][0].HTML = html
	}
	return out, nil
}
