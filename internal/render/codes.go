package render

import "github.com/plumbline/plumbline/internal/diag"

// Codes documents what this package reports.
func Codes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "site/no-base-url", Severity: diag.Warning, Summary: "the address of the published site is not known", Doc: `
Links between pages are relative, so a site works anywhere. Only ` + "`sitemap.xml`" + ` cannot: its addresses are absolute. Without
` + "`baseUrl`" + ` none is written, the pages name no canonical address, and ` + "`404.html`" + ` takes the site to be at the root of its host.

Set the address in ` + "`plumbline.yaml`" + `, or with ` + "`--base-url`" + `:

` + "```yaml\nbaseUrl: https://example.com/guidance/\n```"},
		{Code: "theme/layout", Severity: diag.Error, Summary: "a layout or component of the theme does not work", Doc: `
Pages are made by the HTML templates in ` + "`layouts/`" + ` and ` + "`components/`" + `, and a site's own ` + "`theme/`" + ` folder may replace single files of
them. This one cannot be parsed, or asks for something that a page does not have. The message says what; correct the file, or
remove it to get the built-in one back.`},
		{Code: "theme/missing-file", Severity: diag.Error, Summary: "the theme lacks a file", Doc: `
A layout that pages are made with is not in the theme. The built-in theme has all of them, so this happens only where a whole
theme was replaced. Add the file.`},
	}
}
