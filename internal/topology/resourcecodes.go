package topology

import "github.com/plumbline/plumbline/internal/diag"

// resourceCodes documents what reading Azure's answers can report.
func resourceCodes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "input/several", Severity: diag.Error, Summary: "a text holds several topologies where one is expected", Doc: `
Each line is a whole document, and so a topology of its own. ` + "`plumbline check`" + ` prints a result for each; ` + "`check()`" + ` of ` + "`checks.mjs`" + ` gives one
result. Give it the lines one by one, or a list of files, which are one topology together, as with ` + "`--merge`" + `.`},
		{Code: "input/not-a-resource", Severity: diag.Error, Summary: "among resources stands something that is none", Doc: `
Each resource has an ` + "`id`" + ` that begins with ` + "`/subscriptions/`" + `. The others of the list are read.`},
		{Code: "input/no-resources", Severity: diag.Warning, Summary: "an answer of Azure holds no resources", Doc: `
An empty list does not say what it is a list of, so nothing follows from it, not even that there is none. In a recording the request says it,
and then there is none.`},
		{Code: "input/azure-error", Severity: diag.Error, Summary: "the input is an error that Azure returned", Doc: `
The command or request that wrote the file did not get its answer. Run it again; the message says what Azure refused.`},
		{Code: "input/list-goes-on", Severity: diag.Warning, Summary: "an answer is one page of several", Doc: `
A list with a ` + "`nextLink`" + ` and rows with a ` + "`skip_token`" + ` go on. What is read counts, but nothing is known to be missing. Pages that are merged count
as the whole list only in a recording, whose requests say what follows what. If you know that all of them are there, declare it:

` + "```yaml\ncomplete: [networkInterfaces]\n```"},
		{Code: "input/contradiction", Severity: diag.Warning, Summary: "two inputs state different values of one field", Doc: `
The same resource stands in both, and they were written at different times, or one says what is to be deployed and the other what is. The field
counts as unknown. Leave out the older of the two.`},
	}
}
