package lint

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
)

func pagePasses() []Pass {
	return []Pass{
		{diag.CodeDoc{Code: "content/missing-title", Severity: diag.Warning, Summary: "a page has neither a title nor a heading", Doc: `
The title names the page in the navigation, in search and in the browser's tab. Without a title in the front matter and without
a heading the file's name is used. Add one:

` + "```markdown\n---\ntitle: Azure Bastion in Virtual WAN\n---\n```"}, missingTitle},
		{diag.CodeDoc{Code: "content/duplicate-title", Severity: diag.Warning, Summary: "two pages have the same title", Doc: `
Readers cannot tell the two apart in search results and browser tabs. Say in each title what the other page is not about.`}, duplicateTitle},
		{diag.CodeDoc{Code: "content/missing-description", Severity: diag.Warning, Summary: "a page with Microsoft Learn metadata has no description", Doc: `
Microsoft Learn requires a description of every page that it publishes; search engines show it below the title. The warning is
for pages that carry other ` + "`ms.`" + ` metadata. Add a sentence that says what the page answers:

` + "```yaml\ndescription: Where to put Azure Bastion when the network is a Virtual WAN.\n```"}, missingDescription},
		{diag.CodeDoc{Code: "content/heading-level", Severity: diag.Warning, Summary: "a heading skips a level", Doc: `
Readers who navigate by headings take a skipped level for a missing section. Go down one level at a time: a section of a
` + "`##`" + ` section starts with ` + "`###`" + `.`}, headingLevel},
		{diag.CodeDoc{Code: "content/h1", Severity: diag.Warning, Summary: "a page has no first-level heading, or several", Doc: `
A page starts with one ` + "`# Heading`" + ` that says what it is about; its sections start with ` + "`##`" + `. Without it the page has no
visible title, with two it has no clear one. Add it, or lower the others.`}, firstLevel},
		{diag.CodeDoc{Code: "content/fence-language", Severity: diag.Warning, Summary: "a code block names an unknown language", Doc: `
The word after the opening fence says how to colour the code. An unknown one is mostly a typing error, and the code stays without colours. Correct it, or
write ` + "`text`" + ` or ` + "`output`" + ` where there is no language.`}, fenceLanguage},
	}
}

// top is the place of what concerns a page as a whole.
func top(p *content.Page) diag.Span { return diag.Span{Source: p.Source} }

func missingTitle(site *content.Site, report func(diag.Diagnostic)) {
	for _, p := range site.Pages {
		if p.Meta.Get("title") == nil && !hasHeading(p) {
			report(diag.Diagnostic{Span: top(p), Message: fmt.Sprintf("page %q has no title", p.Path), Hint: `add "title: …" to the front matter`})
		}
	}
}

func hasHeading(p *content.Page) bool {
	for _, h := range p.Headings {
		if h.Text != "" {
			return true
		}
	}
	return false
}

func duplicateTitle(site *content.Site, report func(diag.Diagnostic)) {
	first := map[string]*content.Page{}
	for _, p := range site.Pages {
		key := strings.ToLower(p.Title)
		if q := first[key]; q != nil {
			span := top(p)
			if t := p.Meta.Get("title"); t != nil {
				span = t.Span
			}
			report(diag.Diagnostic{Span: span, Message: fmt.Sprintf("title %q is also the title of %q", p.Title, q.Path), Hint: "say what sets the two pages apart"})
			continue
		}
		first[key] = p
	}
}

func missingDescription(site *content.Site, report func(diag.Diagnostic)) {
	for _, p := range site.Pages {
		if p.Description != "" || p.Meta == nil {
			continue
		}
		for _, e := range p.Meta.Entries {
			if strings.HasPrefix(e.Key, "ms.") {
				report(diag.Diagnostic{Span: e.KeySpan, Message: fmt.Sprintf("page %q has %q and no description", p.Path, e.Key), Hint: `add "description: …" to the front matter`})
				break
			}
		}
	}
}

func headingLevel(site *content.Site, report func(diag.Diagnostic)) {
	for _, p := range site.Pages {
		last := 0
		for _, h := range p.Headings {
			if h.Tab {
				continue
			}
			if last > 0 && h.Level > last+1 {
				report(diag.Diagnostic{Span: h.Span, Message: fmt.Sprintf("heading %q is on level %d, after one on level %d", h.Text, h.Level, last),
					Hint: fmt.Sprintf("start it with %q", strings.Repeat("#", last+1))})
			}
			last = h.Level
		}
	}
}

func firstLevel(site *content.Site, report func(diag.Diagnostic)) {
	for _, p := range site.Pages {
		n := 0
		for _, h := range p.Headings {
			if h.Level != 1 || h.Tab {
				continue
			}
			if n++; n > 1 {
				report(diag.Diagnostic{Span: h.Span, Message: fmt.Sprintf("heading %q is the page's second on level 1", h.Text), Hint: `start it with "##"`})
			}
		}
		if n == 0 {
			report(diag.Diagnostic{Span: top(p), Message: fmt.Sprintf("page %q has no heading on level 1", p.Path), Hint: fmt.Sprintf("start it with %q", "# "+p.Title)})
		}
	}
}

func fenceLanguage(site *content.Site, report func(diag.Diagnostic)) {
	for _, p := range site.Pages {
		for _, f := range p.Fences {
			if f.Known {
				continue
			}
			hint := diag.DidYouMean(f.Language, commonLanguages())
			if hint == "" {
				hint = `write "text" where there is no language`
			}
			report(diag.Diagnostic{Span: f.Span, Message: fmt.Sprintf("unknown language %q of a code block", f.Language), Hint: hint})
		}
	}
}

// commonLanguages are those that Learn's pages use most.
func commonLanguages() []string {
	return []string{"azurecli", "azurecli-interactive", "azurepowershell", "azurepowershell-interactive", "bash", "bicep", "console", "csharp", "dockerfile", "expr",
		"http", "ini", "java", "javascript", "json", "kusto", "markdown", "output", "powershell", "python", "rust", "sql", "terraform", "text", "typescript", "xml", "yaml"}
}
