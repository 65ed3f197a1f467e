package content

import "github.com/plumbline/plumbline/internal/diag"

// Codes documents what Load reports.
func Codes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "content/alert", Severity: diag.Warning, Summary: "a quote starts with a marker that is misspelt or not alone on its line", Doc: `
An alert is a quote whose first line is a marker and nothing else. Microsoft Learn shows a quote with text beside its
marker as a plain quote, brackets included, and so does GitHub with a marker it does not know.

Put the marker on a line of its own and use one of NOTE, TIP, IMPORTANT, CAUTION and WARNING:

` + "```markdown\n> [!NOTE]\n> The text starts here.\n```"},
		{Code: "content/directive", Severity: diag.Warning, Summary: "a line starts with colons and an unknown name", Doc: `
A line that starts with three colons is a directive. One with an unknown name is shown as text, which is hardly what its
author meant. Correct the name, or put a backslash before the colons if they are text.`},
		{Code: "content/div", Severity: diag.Warning, Summary: "a div has attributes or a class that mean nothing", Doc: `
` + "`> [!div class=\"checklist\"]`" + ` gives the quote a class. Only known classes are written to the page, since an attribute
could otherwise carry anything. Use ` + "`checklist`" + ` or ` + "`nextstepaction`" + ` and start the text on the next line.`},
		{Code: "content/duplicate-anchor", Severity: diag.Warning, Summary: "two anchors of a page have the same id", Doc: `
A link to the id would lead to the first of the two only. Rename one ` + "`<a id>`" + ` or ` + "`<a name>`" + ` and the links to it.`},
		{Code: "content/encoding", Severity: diag.Error, Summary: "a file is not UTF-8", Doc: `
Text in another encoding shows as wrong letters, and a claim that quotes it matches nothing. Save the file as UTF-8.`},
		{Code: "content/figure", Severity: diag.Warning, Summary: "a figure of a sample stands inside a text", Doc: `
` + "`![What it shows](sample:hub-and-spoke)`" + ` is drawn when it is all that a paragraph holds, since a drawing is as wide as the page. Elsewhere only
its text is shown. Put it into a paragraph of its own.`},
		{Code: "content/front-matter", Severity: diag.Error, Summary: "front matter is not closed, not a list of keys, or has a title that is no text", Doc: `
Front matter stands between two lines of three hyphens at the very top of a page and holds keys and values in YAML:

` + "```markdown\n---\ntitle: Azure Bastion\n---\n```" + `

Without its closing line the whole page would be read as YAML, or its YAML as text.`},
		{Code: "content/image-attribute", Severity: diag.Warning, Summary: "an image has an attribute that is unknown, misplaced or missing", Doc: `
` + "`:::image type=\"content\" source=\"media/hub.svg\" alt-text=\"A hub with two spokes.\":::`" + ` takes the attributes source, type, alt-text,
lightbox, border, link and loc-scope, each with its value in double quotes. Anything else has no effect, so a misspelt
` + "`alt-text`" + ` leaves the image without a description. Correct the name.`},
		{Code: "content/include", Severity: diag.Warning, Summary: "a page includes a file that is not there, or that includes itself", Doc: `
` + "`[!INCLUDE [title](includes/part.md)]`" + ` puts the text of another file in its place. The path is relative to the file it stands in. A file
that is missing leaves a gap in the page; one that leads back to itself, which is an error, would never end. Correct the path or break the circle.`},
		{Code: "content/raw-html", Severity: diag.Warning, Summary: "raw HTML was not published as it stands", Doc: `
Pages may use tags that mark up text: ` + "`<br>`, `<kbd>`, `<sub>`, `<sup>`, `<details>`, `<a id>`" + `, lists and tables among them. Scripts, styles, frames and
event handlers never reach a page, and a tag that is opened in one block has to be closed in the same block. What does
not fit is left out and its text kept. Write it in Markdown, or close the tag where it is opened.`},
		{Code: "content/rule-anchor", Severity: diag.Error, Summary: "a rule has the id of a heading on its page", Doc: `
A rule's id is a permanent address on its page. When a heading already has that id, links to the rule lead to the
heading. Rename the rule if it is new, otherwise reword the heading.`},
		{Code: "content/svg-script", Severity: diag.Warning, Summary: "a picture holds a script", Doc: `
An SVG file may hold scripts and event handlers. They do not run where a page shows the picture, and do when a reader
opens it by itself. Export the picture without them.`},
		{Code: "content/toc", Severity: diag.Warning, Summary: "a navigation file has items that cannot be read as such", Doc: `
` + "`TOC.yml`" + ` is a list of items with the keys name, href, items, displayName and expanded:

` + "```yaml\n- name: Azure Bastion\n  items:\n  - name: Virtual WAN\n    href: azure-bastion/virtual-wan.md\n```" + `

An unknown key has no effect; a structure that is no list of items is an error.`},
		{Code: "content/unclosed", Severity: diag.Warning, Summary: "a directive is not closed, or closes nothing", Doc: `
An inline ` + "`:::image`" + ` ends with three colons on the same line, a complex image with ` + "`:::image-end:::`" + `, a zone, moniker, row or column with
its name and ` + "`-end`" + `. Without the end the rest of the page belongs to it. Add the end, or remove the end that is left over.`},
		{Code: "content/unreadable", Severity: diag.Error, Summary: "a file or folder cannot be read", Doc: `
The operating system refused to read it: check that it exists, that links lead somewhere and that you may read it.`},
		{Code: "content/unsupported", Severity: diag.Warning, Summary: "a construct of Microsoft Learn is not rendered", Doc: `
Tabs, zones, monikers, rows and columns, code from other files and cross-references are recognised and not
rendered: what they hold is shown one after the other, and what they refer to is not shown. Write the text on the page
itself, or accept that readers see all versions.`},
		{Code: "content/video", Severity: diag.Warning, Summary: "a video has no address", Doc: `
` + "`> [!VIDEO https://…]`" + ` takes an address or the id of a video on Microsoft Learn. Pages load nothing from other hosts, so the
video becomes a link; without an address there is nothing to link to.`},
	}
}
