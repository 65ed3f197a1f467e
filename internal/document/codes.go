package document

import "github.com/plumbline/plumbline/internal/diag"

// Codes documents what reading YAML and JSON can report, in whatever file.
func Codes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "input/json-syntax", Severity: diag.Error, Summary: "a text is not JSON", Doc: `
The place is where reading could not go on, and the message says what was expected there. A text that was cut off names the bracket that
is still open. Comments, trailing commas, line breaks in strings and a byte order mark are accepted, since exported templates hold them.

` + "```json\n{ \"name\": \"hub\", \"prefixes\": [\"10.0.0.0/16\"] }\n```"},
		{Code: "input/yaml-syntax", Severity: diag.Error, Summary: "a text is not YAML", Doc: `
Most often a value needs quotes: one that holds a colon and a space, or begins with ` + "`[`, `{`, `*`, `&`, `!`, `@`, `%`" + ` or a backquote. Else the
indentation does not fit, or a quote or bracket is not closed.

` + "```yaml\ntitle: \"Azure Bastion: a guide\"\n```"},
		{Code: "input/control-character", Severity: diag.Error, Summary: "a text holds a control character", Doc: `
Such characters are not seen and come from a damaged copy. Remove the character, or write it as an escape in double quotes: ` + "`\"\\u0007\"`" + `.`},
		{Code: "input/number-range", Severity: diag.Error, Summary: "a number is too large, or not a number at all", Doc: `
Numbers are 64-bit floating point, up to about 1.8e308, and never infinite. Text that looks like such a number, ` + "`.inf`" + ` or ` + "`1e999`" + `, stands in
quotes.`},
		{Code: "input/too-deep", Severity: diag.Error, Summary: "lists and maps nest too deep", Doc: `
Real documents nest a few dozen levels. A text with hundreds is damaged, or made to exhaust the program that reads it.`},
		{Code: "input/duplicate-key", Severity: diag.Error, Summary: "a map in YAML has a key twice", Doc: `
One of the two values would be lost in silence. Remove one, or rename it. (In JSON the last one counts, as everywhere.)`},
		{Code: "input/several-documents", Severity: diag.Error, Summary: "a YAML file holds a second document", Doc: `
A line of three hyphens begins another document, and only one is read. Put the other in a file of its own.`},
		{Code: "input/yaml-key", Severity: diag.Error, Summary: "a key in YAML is not plain text", Doc: `
Keys are text. A number, ` + "`true`" + ` or ` + "`null`" + ` as a key stands in quotes; lists, maps and keys after a question mark are not supported.

` + "```yaml\n\"22\": ssh\n```"},
		{Code: "input/yaml-alias", Severity: diag.Error, Summary: "an alias in YAML has no end, or too many copies", Doc: `
An alias (` + "`*name`" + `) stands for the value of an anchor (` + "`&name`" + `). It cannot stand inside that value, and all aliases together may add
100,000 values. Write the values out.`},
		{Code: "input/yaml-tag", Severity: diag.Error, Summary: "a value in YAML has a tag", Doc: `
Tags (` + "`!!str`, `!Ref`" + `) mean different things to different readers and are not supported. Remove the tag; text that would read as a number
stands in quotes.`},
		{Code: "input/yaml-merge-key", Severity: diag.Error, Summary: "a map in YAML merges another", Doc: `
` + "`<<: *defaults`" + ` is not part of YAML 1.2. Write the keys out.`},
		{Code: "input/yaml-directive", Severity: diag.Error, Summary: "a YAML file begins with a directive", Doc: `
Lines such as ` + "`%YAML 1.1`" + ` change how the file reads. All files are read as YAML 1.2; remove the line.`},
	}
}
