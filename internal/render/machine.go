package render

import (
	"bytes"
	"encoding/xml"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/prose"
)

// addMachineFiles adds what is read by programs rather than people.
func (s *site) addMachineFiles(files map[string][]byte) {
	if s.RulesJSON != nil {
		files["rules.json"] = s.RulesJSON
	}
	files["robots.txt"] = s.robots()
	files["llms.txt"] = s.llms()
	if s.BaseURL != "" {
		files["sitemap.xml"] = s.sitemap()
	}
	for _, p := range s.Content.Pages {
		files[p.URL+"index.md"] = []byte(s.twin(p))
	}
	for i := range s.Rules {
		files[s.Rules[i].url()+"index.md"] = []byte(ruleTwin(&s.Rules[i]))
	}
}

func (s *site) robots() []byte {
	text := "User-agent: *\nAllow: /\n"
	if s.BaseURL != "" {
		text += "\nSitemap: " + s.absolute("sitemap.xml") + "\n"
	}
	return []byte(text)
}

func (s *site) sitemap() []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	urls := make([]string, 0, len(s.Content.Pages)+len(s.Rules)+2)
	for _, p := range s.Content.Pages {
		urls = append(urls, p.URL)
	}
	urls = append(urls, "rules/", "check/")
	for i := range s.Rules {
		urls = append(urls, s.Rules[i].url())
	}
	for _, u := range urls {
		b.WriteString("<url><loc>")
		// A buffer takes every write.
		_ = xml.EscapeText(&b, []byte(s.absolute(u)))
		b.WriteString("</loc></url>\n")
	}
	b.WriteString("</urlset>\n")
	return b.Bytes()
}

// llms is the index that language models look for: llmstxt.org.
func (s *site) llms() []byte {
	address := func(path string) string {
		if a := s.absolute(path); a != "" {
			return a
		}
		return content.RelativeURL("", path)
	}
	var b strings.Builder
	b.WriteString("# " + s.view.Title + "\n\n")
	b.WriteString("> Guidance whose recommendations are rules: each rule quotes the sentence it checks and runs over a topology.\n\n## Guidance\n\n")
	for _, p := range s.Content.Pages {
		b.WriteString("- [" + p.Title + "](" + address(p.URL+"index.md") + ")")
		if p.Description != "" {
			b.WriteString(": " + p.Description)
		}
		b.WriteByte('\n')
	}
	if len(s.Rules) > 0 {
		b.WriteString("\n## Rules\n\n- [rules.json](" + address("rules.json") + "): every rule with the sentence it quotes, its severity and its fix\n")
		b.WriteString("- [checks.mjs](" + address("checks.mjs") + "): the rules as a JavaScript module, `await check(text, options)`\n")
		for i := range s.Rules {
			r := &s.Rules[i]
			b.WriteString("- [" + r.Title + "](" + address(r.url()+"index.md") + ")\n")
		}
	}
	return []byte(b.String())
}

// twin is a page's Markdown with its links turned to where they lead from the
// twin: pages to their twins, media to their files.
func (s *site) twin(p *content.Page) string {
	text := p.Markdown()
	// Markdown leaves out a part of the front matter and nothing behind it.
	shift := len(text) - len(p.Source.Text)
	var b strings.Builder
	last := 0
	for _, l := range p.Links {
		start, end := l.Span.Start+shift, l.Span.End+shift
		if l.Span.Source != p.Source || start < last || end <= start || l.Kind != content.LinkPage && l.Kind != content.LinkMedia {
			continue
		}
		if strings.ContainsAny(text[start:end], " \t\n<>()[]\"") {
			continue // the place of a whole construct, not of an address
		}
		to := content.RelativeURL(p.URL, l.File)
		if l.Kind == content.LinkPage {
			to = content.RelativeURL(p.URL, l.Page.URL+"index.md")
		}
		if l.Fragment != "" {
			to += "#" + l.Fragment
		}
		b.WriteString(text[last:start] + to)
		last = end
	}
	b.WriteString(text[last:])
	return b.String()
}

// ruleTwin is a rule's page as Markdown.
func ruleTwin(r *Rule) string {
	at := r.url()
	var b strings.Builder
	about := append([]string{"`" + r.ID + "`", r.level()}, r.Tags...)
	if r.Since != "" {
		about = append(about, "since "+r.Since)
	}
	b.WriteString("# " + r.Title + "\n\n" + strings.Join(about, ", ") + "\n\n")
	if d := r.Deprecated; d != nil {
		b.WriteString("Deprecated")
		if d.Since != "" {
			b.WriteString(" since " + d.Since)
		}
		b.WriteString(". " + d.Reason)
		if d.ReplacedBy != "" {
			b.WriteString(" Use `" + d.ReplacedBy + "` instead.")
		}
		b.WriteString("\n\n")
	}
	b.WriteString("> " + r.Block.Text + "\n\nThe guidance it checks: [" + r.Page.Title + "](" + content.RelativeURL(at, r.Page.URL+"index.md") + ")\n\n## What it checks\n\n")
	if len(r.Reading) > 0 {
		b.WriteString(prose.Markdown(r.Reading) + "\n")
	}
	b.WriteString("```\n")
	for _, part := range []struct{ name, text string }{{"for", r.For}, {"where", r.Where}, {"assert", r.Assert}, {"fact", r.Fact}, {"message", r.Message}} {
		if part.text != "" {
			b.WriteString(part.name + ": " + strings.TrimRight(strings.ReplaceAll(part.text, "\n", "\n  "), " \n") + "\n")
		}
	}
	b.WriteString("```\n")
	for _, part := range []struct{ title, text string }{{"How to fix it", r.Fix}, {"Notes", r.Notes}} {
		if part.text == "" {
			continue
		}
		text := part.text
		if strings.Contains(text, "](") { // its links are written for the page that it stands on
			text = string(block(r.Page, text, at))
		}
		b.WriteString("\n## " + part.title + "\n\n" + strings.TrimSpace(text) + "\n")
	}
	for i, e := range r.Examples {
		if i == 0 {
			b.WriteString("\n## Examples\n\n")
		}
		verdict := e.Expect
		if verdict == "" {
			verdict = "“" + e.Value + "”"
		}
		b.WriteString("- " + e.Name + ": " + verdict)
		if changes := note(e); changes != "" {
			b.WriteString(" (`" + strings.ReplaceAll(changes, "`", "'") + "`)")
		}
		b.WriteByte('\n')
	}
	for i, address := range r.References {
		if i == 0 {
			b.WriteString("\n## References\n\n")
		}
		b.WriteString("- <" + address + ">\n")
	}
	return b.String()
}
