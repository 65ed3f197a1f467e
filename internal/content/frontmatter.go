package content

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/parser"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// readFrontMatter reads the YAML between the --- lines at the top of the page
// and blanks it in p.source. Every key is kept in p.Meta.
func (p *Page) readFrontMatter() {
	text := p.Source.Text
	first, rest, ok := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return
	}
	start := len(text) - len(rest)
	if !ok {
		start = len(text)
	}
	end, body := frontMatterEnd(text, start)
	if end < 0 {
		p.report(diag.Error, "content/front-matter", 0, 3, `front matter is opened by "---" and never closed`, `close it with a line "---"`)
		return
	}
	p.body = body
	for i := range p.source[:body] {
		if p.source[i] != '\n' {
			p.source[i] = ' '
		}
	}
	meta, problems := document.ParseYAMLPart(p.Source, start, end)
	p.into.problems = append(p.into.problems, problems...)
	switch {
	case meta == nil || meta.Kind == document.Null:
	case meta.Kind == document.Map:
		p.Meta = meta
	default:
		p.report(diag.Error, "content/front-matter", meta.Span.Start, meta.Span.End,
			"front matter has no keys with values", `write it as lines such as "title: Azure Bastion"`)
	}
	p.checkMetaText("title")
	p.checkMetaText("description")
}

// frontMatterEnd returns the offset of the closing line and of what follows it,
// or -1.
func frontMatterEnd(text string, start int) (end, body int) {
	for at := start; at < len(text); {
		line, rest, _ := strings.Cut(text[at:], "\n")
		if t := strings.TrimRight(line, " \t"); t == "---" || t == "..." {
			return at, len(text) - len(rest)
		}
		at = len(text) - len(rest)
		if rest == "" {
			break
		}
	}
	return -1, -1
}

func (p *Page) checkMetaText(key string) {
	if n := p.Meta.Get(key); n != nil && (n.Kind == document.List || n.Kind == document.Map) {
		p.report(diag.Error, "content/front-matter", n.Span.Start, n.Span.End,
			fmt.Sprintf("front matter %q is not text", key), "write one line of text")
	}
}

// metaText returns a scalar of the front matter as text. A title such as 2024
// is a number in YAML and still a title.
func (p *Page) metaText(key string) string {
	n := p.Meta.Get(key)
	if n == nil {
		return ""
	}
	switch n.Kind {
	case document.String:
		return strings.TrimSpace(n.Text())
	case document.Bool, document.Int, document.Float:
		return p.Source.Text[n.Span.Start:n.Span.End]
	}
	return ""
}

// checkRuleIDs reports rules whose id is already an anchor of the page: the
// rule's permanent address would lead to something else.
func (p *Page) checkRuleIDs() {
	p.ruleIDs = map[string]bool{}
	rules := p.Meta.Get("rules")
	if rules == nil {
		return
	}
	for _, r := range rules.Items {
		id := r.Get("id")
		if id.Text() == "" {
			continue
		}
		if p.anchors[id.Text()] {
			p.report(diag.Error, "content/rule-anchor", id.Span.Start, id.Span.End,
				fmt.Sprintf("rule id %q is also the anchor of a heading on this page", id.Text()), "rename the rule or reword the heading")
		}
		p.ruleIDs[id.Text()] = true
	}
}

// checkRuleText reads what rules say in Markdown, so that a link in a fix is
// checked like one on the page.
func (p *Page) checkRuleText(md parser.Parser) {
	rules := p.Meta.Get("rules")
	if rules == nil {
		return
	}
	for _, r := range rules.Items {
		for _, n := range []*document.Node{r.Get("fix"), r.Get("notes")} {
			if n.Text() == "" {
				continue
			}
			f := p.fragment(n.Text(), md)
			for _, d := range f.problems {
				d.Span = n.Span
				p.problems.Add(d)
			}
			for _, l := range f.Links {
				l.Span = n.Span
				// YAML may have folded or escaped the text; where it has not, the target has a place.
				if i := strings.Index(p.Source.Text[n.Span.Start:n.Span.End], l.Target); i >= 0 && l.Target != "" {
					l.Span = n.Span.At(n.Span.Start+i, len(l.Target))
				}
				p.RuleLinks = append(p.RuleLinks, l)
			}
		}
	}
}

// Markdown returns the page's source without the rules in its front matter.
func (p *Page) Markdown() string {
	text := p.Source.Text
	if p.Meta == nil {
		return text
	}
	for i, e := range p.Meta.Entries {
		if e.Key != "rules" {
			continue
		}
		start, end := e.KeySpan.Start, p.closingLine()
		if i+1 < len(p.Meta.Entries) {
			end = p.Meta.Entries[i+1].KeySpan.Start
		}
		if !atLineStart(text, start) || !atLineStart(text, end) {
			return text[p.body:] // front matter on one line, {title: …, rules: …}
		}
		return text[:start] + text[end:]
	}
	return text
}

// closingLine is the offset of the line that ends the front matter.
func (p *Page) closingLine() int {
	return strings.LastIndexByte(strings.TrimSuffix(p.Source.Text[:p.body], "\n"), '\n') + 1
}

func atLineStart(text string, at int) bool { return at == 0 || text[at-1] == '\n' }
