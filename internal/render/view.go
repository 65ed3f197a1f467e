package render

import (
	"html/template"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
)

// siteView is what every page shows of the site.
type siteView struct {
	Title, Language, Policy, Generator, Version string
	PolicyTag                                   template.HTML
	// Paths of assets from the site's root.
	Icon, HeadScript, Script, Style, Licences, Search string
}

// view is what a layout sees.
type view struct {
	file   string // output path
	layout string
	page   *content.Page // whose body is rendered with the layout, or nil

	Site        *siteView
	Kind        string // page, rule, rules, coverage, check or 404
	Root        string // from the page to the site's root
	Title       string
	HeadTitle   string
	Description string
	Canonical   string
	Twin        bool     // a Markdown twin stands beside the page
	Scripts     []string // further scripts, from the root
	Crumbs      []link
	Nav         []navNode
	TOC         []content.Heading
	Prev, Next  *link
	Body        template.HTML

	RuleCount int // on this page
	RuleTotal int // of the site
	Rule      *ruleView
	Coverage  *coverageView
	Groups    []ruleGroup
	Levels    []level
	Samples   []Sample
	Examples  string // asset with the topologies of the examples
	Explainer string // asset with the worker that explains findings
}

type link struct{ Name, Href string }

// navNode is a node of the sidebar's tree.
type navNode struct {
	Name, Href, Synonyms    string
	Current, Open, External bool
	Items                   []navNode
}

// First is the page of the node, or the first page below it.
func (n navNode) First() string {
	if n.Href != "" {
		return n.Href
	}
	for _, item := range n.Items {
		if href := item.First(); href != "" {
			return href
		}
	}
	return ""
}

// card is a rule beside its sentence.
type card struct{ ID, Title, Level, Claim string }

// views works out every page of the site, in a fixed order.
func (s *site) views() []view {
	var out []view
	home := false
	for _, p := range s.Content.Pages {
		out = append(out, s.pageView(p))
		home = home || p.URL == ""
	}
	if !home {
		out = append(out, s.indexView())
	}
	out = append(out, s.rulesView(), s.coverageView(), s.checkView(), s.notFoundView())
	for i := range s.Rules {
		out = append(out, s.ruleView(i))
	}
	return out
}

// newView fills in what all pages have in common. url is the page's folder.
func (s *site) newView(layout, kind, url, title string) view {
	v := view{
		file: url + "index.html", layout: layout,
		Site: &s.view, Kind: kind, Root: root(url), Title: title, HeadTitle: title,
		Canonical: s.absolute(url), RuleTotal: len(s.Rules),
	}
	if title != s.view.Title {
		v.HeadTitle = title + " – " + s.view.Title
	}
	return v
}

func (s *site) pageView(p *content.Page) view {
	v := s.newView("page", "page", p.URL, p.Title)
	v.Description = p.Description
	v.Twin = true
	v.Nav = s.nav(s.Content.TOC, p, p.URL)
	v.Crumbs = s.crumbs(p)
	v.RuleCount = len(s.byPage[p])
	for _, h := range p.Headings {
		if (h.Level == 2 || h.Level == 3) && h.ID != "" {
			v.TOC = append(v.TOC, h)
		}
	}
	if i := s.position[p]; i > 0 {
		v.Prev = s.pageLink(s.Content.Pages[i-1], p.URL)
	}
	if i := s.position[p]; i+1 < len(s.Content.Pages) {
		v.Next = s.pageLink(s.Content.Pages[i+1], p.URL)
	}
	v.page = p
	return v
}

// indexView is the front page of a site that has none of its own.
func (s *site) indexView() view {
	v := s.newView("index", "page", "", s.view.Title)
	v.Nav = s.nav(s.Content.TOC, nil, "")
	return v
}

func (s *site) notFoundView() view {
	v := s.newView("404", "404", "", "Not found")
	v.file = "404.html"
	v.Canonical = ""
	v.Root = s.basePath()
	return v
}

func (s *site) checkView() view {
	v := s.newView("check", "check", "check/", "Check a topology")
	v.Description = "Paste or drop a topology and see which rules of the guidance it keeps. Everything runs in your browser."
	v.Samples = s.Samples
	v.Examples = s.Assets.Paths["examples.js"]
	v.Explainer = s.Assets.Paths["explainer.js"]
	for _, name := range []string{"rules.js", "samples.js", "worker.js", "check.js"} {
		v.Scripts = append(v.Scripts, s.Assets.Paths[name])
	}
	return v
}

func (s *site) pageLink(p *content.Page, from string) *link {
	return &link{Name: s.pageName(p), Href: content.RelativeURL(from, p.URL)}
}

// pageName is what the TOC calls a page, which is shorter than its title.
func (s *site) pageName(p *content.Page) string {
	if trail := s.trail[p]; len(trail) > 0 && trail[len(trail)-1].Name != "" {
		return trail[len(trail)-1].Name
	}
	return p.Title
}

// crumbs is the way down the TOC to a page, without the page itself.
func (s *site) crumbs(p *content.Page) []link {
	if p.URL == "" {
		return nil
	}
	out := []link{{Name: s.view.Title, Href: root(p.URL)}}
	trail := s.trail[p]
	for i, item := range trail {
		if i == len(trail)-1 {
			break
		}
		l := link{Name: item.Name}
		if item.Page != nil {
			if item.Page.URL == "" {
				continue
			}
			l.Href = content.RelativeURL(p.URL, item.Page.URL)
		}
		out = append(out, l)
	}
	return out
}

// nav is the TOC as seen from the page at a URL: its branch is open.
func (s *site) nav(items []*content.TOCItem, current *content.Page, from string) []navNode {
	var trail []*content.TOCItem
	if current != nil {
		trail = s.trail[current]
	}
	out := make([]navNode, 0, len(items))
	for _, item := range items {
		n := navNode{Name: item.Name, Synonyms: strings.Join(item.Synonyms, " ")}
		switch {
		case item.Page != nil:
			n.Href = content.RelativeURL(from, item.Page.URL)
			n.Current = len(trail) > 0 && trail[len(trail)-1] == item
		case item.Href != "":
			n.Href = item.Href
			n.External = true
		case len(item.Items) == 0:
			continue // a node whose page is missing; content has said so
		}
		n.Items = s.nav(item.Items, current, from)
		n.Open = item.Expanded || slices.Contains(trail, item)
		out = append(out, n)
	}
	return out
}
