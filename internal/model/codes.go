package model

import "github.com/plumbline/plumbline/internal/diag"

// Codes documents what Load reports about rules/topology.yaml, rules/inputs/ and
// rules/figure.yaml, but for model/reserved-name, which package lang raises and documents too.
func Codes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "model/missing-file", Severity: diag.Error, Summary: "rules/topology.yaml is missing", Doc: `
The files in ` + "`rules/inputs/`" + ` say how inputs are read into the model, so there must be a model.`},
		{Code: "model/unreadable", Severity: diag.Error, Summary: "a file of the model cannot be read", Doc: `
The operating system refused to read it: check that it is a file, and that you may read it.`},
		{Code: "model/no-kinds", Severity: diag.Error, Summary: "the model describes no kinds", Doc: `
Rules judge objects, and ` + "`kinds`" + ` says which there are:

` + "```yaml\nkinds:\n  bastions:\n    fields:\n      sku: { enum: [Basic, Standard] }\n```"},
		{Code: "model/unknown-key", Severity: diag.Error, Summary: "a key of the model means nothing", Doc: `
A misspelt key would have no effect in silence. The hint names the nearest key, or all that are possible there.`},
		{Code: "model/missing-key", Severity: diag.Error, Summary: "a part of the model lacks a key", Doc: `
A field needs a type, a record its fields, a function its body, a mapping the type of resource it reads, and a mapping with
` + "`each`" + ` an ` + "`id`" + `, because every object needs an id of its own.`},
		{Code: "model/wrong-type", Severity: diag.Error, Summary: "a value of the model is not of the kind that its key takes", Doc: `
The message says what the key takes and what stands there.`},
		{Code: "model/bad-name", Severity: diag.Error, Summary: "a name of the model cannot be written in expressions", Doc: `
Names of kinds, fields, derived values, functions and parameters are letters, digits and ` + "`_`" + `, and begin with a letter.`},
		{Code: "model/duplicate-name", Severity: diag.Error, Summary: "two parts of the model have one name", Doc: `
A field, a derived value and an inverse list of one kind cannot share a name, nor can two kinds share the name of their elements. Every
object has an ` + "`id`" + ` and a ` + "`name`" + `. Choose another name.`},
		{Code: "model/bad-type", Severity: diag.Error, Summary: "the type of a field or parameter is not understood", Doc: `
Types are ` + "`string`, `int`, `number`, `bool`, `cidr`, `ip`, `any`" + `, an enum, a record, a link, and a list of one of them:

` + "```yaml\nsku:      { enum: [Basic, Standard] }\nprefixes: { type: [cidr] }\nsubnet:   { link: subnets, inverse: bastions }\nrules:    { type: [record], fields: { port: { type: int } } }\n```"},
		{Code: "model/bad-words", Severity: diag.Error, Summary: "the words for a name do not fit it", Doc: `
Words are how the page of a rule speaks of a name of the model. Those of a function say where each of its parameters stands, else two rules that
differ would read the same:

` + "```yaml\nreaches:\n  params: { bastion: bastions, vm: virtualMachines }\n  words: \"{bastion} reaches {vm's} network\"\n```"},
		{Code: "model/bad-default", Severity: diag.Error, Summary: "the default of a field is not of its type", Doc: `
A default is what an absent field is known to mean. It has the field's type; ` + "`default: null`" + ` says that absent means none, and is the only
default of a link.`},
		{Code: "model/unknown-kind", Severity: diag.Error, Summary: "a link or mapping names a kind that does not exist", Doc: `
Kinds are named by their collection, ` + "`subnets`" + `, not by an element.`},
		{Code: "model/unknown-field", Severity: diag.Error, Summary: "a mapping sets a field that the kind does not have", Doc: `
Correct the spelling, or add the field in ` + "`rules/topology.yaml`" + `. Inverse lists are filled by the links of other objects, and derived values by
their expression.`},
		{Code: "model/figure-name", Severity: diag.Error, Summary: "the figure file names an icon, place or line that there is not", Doc: `
Icons and places are defined at the top of ` + "`rules/figure.yaml`" + ` and named below. The lines are a fixed set, so that figures of one site look alike.`},
		{Code: "model/figure-icon", Severity: diag.Error, Summary: "an icon of the figure file is not the data of a path", Doc: `
An icon is what the attribute ` + "`d`" + ` of an SVG path holds, drawn in a square of 16 units. It is filled with the colour of what it stands in:

` + "```yaml\nicons:\n  screen: M1 2h14v9H1zM5 13h6v1H5z\n```"},
	}
}
