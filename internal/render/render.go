// Package render makes a site's pages from its content and rules.
//
// It takes loaded pages, the rules as a Rule each, the theme's layouts and the
// bundled assets, and gives every HTML page, the rule catalogue, the checker,
// the search index, rules.json, and the files that machines look for (sitemap,
// robots.txt, llms.txt, a Markdown twin beside each page).
//
// Invariant: no page holds an inline script or style, every link between pages
// is relative, and the same input gives the same bytes.
package render

import (
	"cmp"
	"html/template"
	"io/fs"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/prose"
)

// Policy is the Content-Security-Policy of every page.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'"

// policyTag keeps the policy readable in the page's source. It is a constant of
// the program with no character that an attribute would mind.
func policyTag(policy string) template.HTML {
	return template.HTML(`<meta http-equiv="Content-Security-Policy" content="` + policy + `">`)
}

// generator is where the footer's "Built with Plumbline" leads.
const generator = "https://github.com/plumbline/plumbline"

// Input is everything that pages are made of.
type Input struct {
	Title   string // of the site
	BaseURL string // absolute, or "" where it is not known
	Theme   fs.FS
	Assets  bundle.Assets
	Content *content.Site
	Rules   []Rule // in site order
	Samples []Sample
	Kinds   []Kind // of the model
	// Coverage is what the coverage page shows.
	Coverage Coverage
	// Drawings are the figures of the pages.
	Drawings map[*content.Figure]Drawing
	// RulesJSON is the file rules.json.
	RulesJSON []byte
	// Policy replaces the constant of this name where pages are served while
	// they are written; "" for a site to publish.
	Policy string
}

// Rule is a rule as the site shows it.
type Rule struct {
	ID, Title  string
	Severity   string // error, warning or info; "" for a fact
	Claim      string // the quote, as written
	Page       *content.Page
	Block      *content.Block // that Claim quotes
	For        string         // "bastion in bastions"; "" for the whole topology
	Where      string         // expressions, as written
	Assert     string
	Fact       string
	Reading    []prose.Passage // what they say, in words
	Message    string
	Fix, Notes string // Markdown
	References []string
	Tags       []string
	Since      string
	Deprecated *Deprecated
	Examples   []Example
}

// Deprecated says when and why a rule was retired.
type Deprecated struct{ Since, ReplacedBy, Reason string }

// Example is a rule's example, ready for the checker.
type Example struct {
	Name     string
	Subject  string
	Expect   string // a verdict; "" with Value
	Value    string // of a fact
	Sample   string // name, or "" for a topology of its own
	Changes  []Change
	Topology string  // native topology with the changes made, YAML or JSON
	Drawing  Drawing // of the whole topology, or empty
	Part     Drawing // a small one of what it is about, or empty
}

// Drawing is a figure as SVG, trusted: for a page's column, and for a phone where
// that is another one. It is empty where there is nothing to draw.
type Drawing struct {
	Wide, Narrow string
	Width        int // of Wide, in pixels
}

// Change is what an example does to its sample.
type Change struct {
	Verb  string // set, unset or unknown
	Path  string // bastions[0].sku
	Value string // of set
}

// Sample is a topology of the gallery.
type Sample struct {
	Name  string // "virtual-wan"
	Title string
	Text  string
}

// Kind names a collection of the model for people.
type Kind struct{ Name, Title string }

// Pages renders the site. The result also holds the assets.
func Pages(in Input) (map[string][]byte, diag.List) {
	in.Assets = clone(in.Assets)
	t, problems := parseTheme(in.Theme)
	if problems.HasErrors() {
		return nil, problems
	}
	s := newSite(in, t)
	s.addData()
	views := s.views()
	out := s.render(views)
	files := in.Assets.Files
	for i, v := range views {
		if out[i].problem != nil {
			problems.Add(*out[i].problem)
			continue
		}
		files[v.file] = out[i].html
	}
	s.addMachineFiles(files)
	if in.BaseURL == "" {
		problems.Add(diag.Diagnostic{
			Code: "site/no-base-url", Severity: diag.Warning,
			Message: `"baseUrl" is not set, so no "sitemap.xml" is written`,
			Hint:    "set baseUrl in plumbline.yaml, or --base-url, to the address the site is published under",
		})
	}
	return files, problems.Sorted()
}

// clone keeps the caller's assets as they are.
func clone(a bundle.Assets) bundle.Assets {
	files, paths := a.Files, a.Paths
	a.Files, a.Paths = map[string][]byte{}, map[string]string{}
	for p, data := range files {
		a.Files[p] = data
	}
	for name, p := range paths {
		a.Paths[name] = p
	}
	return a
}

type rendered struct {
	html    []byte
	problem *diag.Diagnostic
}

// render executes the layouts, one page per processor at a time. Templates are
// safe for parallel use, and each result has its own place.
func (s *site) render(views []view) []rendered {
	out := make([]rendered, len(views))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				out[i].html, out[i].problem = s.execute(views[i])
			}
		})
	}
	for i := range views {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

func (s *site) execute(v view) ([]byte, *diag.Diagnostic) {
	if v.page != nil {
		marks, problem := s.marks(v.page)
		if problem != nil {
			return nil, problem
		}
		// content lets no script and no style through.
		v.Body = template.HTML(v.page.HTML(marks, s.drawings(v.page)))
	}
	return s.theme.execute(v)
}

// site is the input with what several pages need worked out once.
type site struct {
	Input
	theme    theme
	view     siteView
	byPage   map[*content.Page][]*Rule
	position map[*content.Page]int
	rules    map[string]*Rule
	trail    map[*content.Page][]*content.TOCItem // from the top of the TOC down to the page's node
}

func newSite(in Input, t theme) *site {
	s := &site{
		Input:    in,
		theme:    t,
		byPage:   map[*content.Page][]*Rule{},
		position: map[*content.Page]int{},
		rules:    map[string]*Rule{},
		trail:    map[*content.Page][]*content.TOCItem{},
	}
	for i, p := range in.Content.Pages {
		s.position[p] = i
	}
	for i := range in.Rules {
		r := &in.Rules[i]
		s.rules[r.ID] = r
		s.byPage[r.Page] = append(s.byPage[r.Page], r)
	}
	s.follow(in.Content.TOC, nil)
	policy := cmp.Or(in.Policy, Policy)
	s.view = siteView{
		Title:      cmp.Or(in.Title, "Guidance"),
		Language:   "en",
		Policy:     policy,
		PolicyTag:  policyTag(policy),
		Generator:  generator,
		Version:    in.Assets.Version,
		Icon:       in.Assets.Paths["icon.svg"],
		HeadScript: in.Assets.Paths["head.js"],
		Script:     in.Assets.Paths["site.js"],
		Style:      in.Assets.Paths["site.css"],
		Licences:   in.Assets.Paths["licences.txt"],
	}
	return s
}

// follow records the first way down the TOC to each page.
func (s *site) follow(items []*content.TOCItem, above []*content.TOCItem) {
	for _, item := range items {
		trail := append(slices.Clone(above), item)
		if item.Page != nil && s.trail[item.Page] == nil {
			s.trail[item.Page] = trail
		}
		s.follow(item.Items, trail)
	}
}

// root returns the way from a page's folder to the site's root: "../../", "./".
func root(pageURL string) string {
	if n := strings.Count(pageURL, "/"); n > 0 {
		return strings.Repeat("../", n)
	}
	return "./"
}

// absolute returns the address of a path of the site under baseUrl, or "".
func (s *site) absolute(path string) string {
	if s.BaseURL == "" {
		return ""
	}
	return strings.TrimSuffix(s.BaseURL, "/") + "/" + (&url.URL{Path: "/" + path}).EscapedPath()[1:]
}

// basePath is the path of baseUrl, where 404.html is served from.
func (s *site) basePath() string {
	u, err := url.Parse(s.BaseURL)
	if err != nil {
		return "/"
	}
	return strings.TrimSuffix(u.EscapedPath(), "/") + "/"
}
