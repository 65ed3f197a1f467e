package topology

import (
	"slices"

	"github.com/plumbline/plumbline/internal/diag"
)

// Codes documents what this package reports.
func Codes() []diag.CodeDoc {
	return slices.Concat(nativeCodes(), resourceCodes(), armCodes(), terraformCodes())
}

// armCodes documents what reading an input in general and a template can report.
func armCodes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "input/unrecognised", Severity: diag.Error, Summary: "a document is in no format that is read", Doc: `
The message says what the document is, the hint why each format does not fit. A native topology is a map of the model's collections. An ARM
template has ` + "`$schema`" + ` and ` + "`resources`" + `; compile Bicep with ` + "`bicep build`" + ` first. What Azure returns has the ids of resources. ` + "`--input`" + `
names the format where it should not be guessed.`},
		{Code: "input/call", Severity: diag.Error, Summary: "a program calls check with something else than it takes", Doc: `
` + "`check(text, options)`" + ` of ` + "`checks.mjs`" + ` takes the text of a topology or a list of ` + "`{file, text}`" + `, and options of the documented types. A rule id that does
not exist is an error too, because no finding would look like a pass. On the command line these are usage errors.`},
		{Code: "input/incomplete", Severity: diag.Warning, Summary: "something that the input deploys cannot be read", Doc: `
A linked template, or a resource whose type is not known before deployment, may add any object to the topology. Lists that it may add to count as
incomplete, and verdicts that need all of them are unknown. Check the linked template together with this one: ` + "`--merge`" + `.`},
		{Code: "input/merge", Severity: diag.Error, Summary: "files that cannot be one topology were given as one", Doc: `
Several templates may be parts of one deployment, and a native topology may stand in several files. Its ids are its own, so that there is nothing to join
it with other inputs by: check it by itself.`},
		{Code: "input/unreadable", Severity: diag.Error, Summary: "a file cannot be opened", Doc: `
There is no such file, or it may not be read. Reports for CI have it as an entry, so that a check of nothing does not look clean; the exit
code is 2.`},
		{Code: "input/scope", Severity: diag.Error, Summary: "--scope is not the id of a subscription or resource group", Doc: `
The ids of a template's resources begin with the scope it is deployed to: ` + "`/subscriptions/ID/resourceGroups/NAME`" + `, or for templates that are deployed
to a subscription, ` + "`/subscriptions/ID`" + `.`},
		{Code: "input/parameter-file", Severity: diag.Error, Summary: "a parameter file is not a map of values", Doc: `
A parameter file has ` + "`parameters`" + `, and under it for each name ` + "`{\"value\": …}`" + `, as Azure takes it. The map of names alone will do.`},
		{Code: "input/unknown-parameter", Severity: diag.Error, Summary: "a value is given for a parameter that no template declares", Doc: `
The case of names does not matter. Correct the spelling, or leave the value out.`},
		{Code: "input/parameter-type", Severity: diag.Error, Summary: "the value of a parameter is not of the declared type", Doc: `
On the command line a value for an array or an object is written as JSON, ` + "`zones=[\"1\",\"2\"]`" + `.`},
		{Code: "input/parameter-value", Severity: diag.Error, Summary: "the value of a parameter is not one the template allows", Doc: `
The template lists the values under ` + "`allowedValues`" + `; Azure would refuse any other.`},
		{Code: "input/arm-expression", Severity: diag.Error, Summary: "a template expression does not parse", Doc: `
A text that begins with ` + "`[`" + ` and ends with ` + "`]`" + ` is an expression: one function call, with properties and indexes behind it. The position is where it
stops making sense. A text that only looks like an expression begins with ` + "`[[`" + `. The value is unknown to every rule.`},
		{Code: "input/arm-function", Severity: diag.Warning, Summary: "a template calls a function that is not known, or calls it wrongly", Doc: `
The value of the call is unknown to every rule. A function that Azure has and this reader does not know is worth a report.`},
		{Code: "input/arm-name", Severity: diag.Warning, Summary: "a template uses a parameter or variable that it does not declare", Doc: `
The value is unknown to every rule. In a nested template of inner scope only its own parameters and variables are seen; give it what it needs
under ` + "`parameters`" + ` of the deployment.`},
		{Code: "input/arm-cycle", Severity: diag.Error, Summary: "a parameter, variable or output needs its own value", Doc: `
Follow what the expression uses until it comes back to itself, and break the circle.`},
		{Code: "input/arm-copy", Severity: diag.Error, Summary: "a copy loop has no usable count", Doc: `
` + "`count`" + ` is a whole number from 0 up. A loop whose count is not known until deployment is no problem: how many there are is unknown.`},
		{Code: "input/arm-resource", Severity: diag.Error, Summary: "a resource of a template has no type, no name, or one that does not fit", Doc: `
Each resource has a ` + "`type`" + ` and a ` + "`name`" + `. A child resource outside of its parent has the names of both, ` + "`network/subnet`" + `, one part for each part of its
type after the namespace.`},
		{Code: "input/arm-limit", Severity: diag.Error, Summary: "a template is larger than what the reader takes on", Doc: `
The limits are far above Azure's own: 50,000 resources, texts of a million characters, lists of 100,000 elements, five million steps of evaluation.
What lies beyond is unknown to every rule, and nothing that depends on it passes.`},
	}
}
