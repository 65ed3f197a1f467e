package lang

import "github.com/plumbline/plumbline/internal/diag"

// Codes documents every problem that compiling an expression can report.
func Codes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "rule/syntax", Severity: diag.Error, Summary: "an expression or message does not parse", Doc: `
The place is where reading stopped. In YAML a ` + "`#`" + ` after a space starts a comment, and a plain text cannot begin with ` + "`{`, `[`, `!`" + ` or
` + "`\"`" + `: put such an expression in quotes or below ` + "`|`" + `. A ` + "`${`" + ` in a message needs its ` + "`}`" + `.`},
		{Code: "rule/refused", Severity: diag.Error, Summary: "an expression uses something outside the rule language", Doc: `
expr has functions that depend on the clock, on the order of a map or on bytes. Their results differ from engine to engine, so that
a verdict would depend on where it was made. The hint says what to write instead.`},
		{Code: "rule/unknown-name", Severity: diag.Error, Summary: "an expression names something that does not exist", Doc: `
A name is the subject of the rule, a ` + "`let`" + `, a collection of the model, or ` + "`declared`" + `. A misspelt name would be nil for ever, and the rule
silent.`},
		{Code: "rule/unknown-field", Severity: diag.Error, Summary: "an expression reads a field that the model does not have", Doc: `
The fields of each kind stand in ` + "`rules/topology.yaml`" + `. Correct the spelling, or add the field there and to the mappings in
` + "`rules/inputs/`" + `.`},
		{Code: "rule/unknown-function", Severity: diag.Error, Summary: "an expression calls a function that does not exist", Doc: `
There are the builtins of the rule language, the functions of the model, and ` + "`unknown`" + `.`},
		{Code: "rule/unknown-value", Severity: diag.Error, Summary: "an expression compares a field with a value it never has", Doc: `
The field's values are listed in the model. A comparison with any other text is always false: ` + "`bastion.sku == \"Standrad\"`" + `.`},
		{Code: "rule/arguments", Severity: diag.Error, Summary: "a function is called with too few or too many arguments", Doc: `
The message says how many it takes.`},
		{Code: "rule/type", Severity: diag.Error, Summary: "an operator or function cannot work on these types", Doc: `
For example a text compared with a number, a condition that is a list, or a field read from a list instead of from its elements.`},
		{Code: "rule/redeclared", Severity: diag.Error, Summary: "a let uses a name that already has a meaning", Doc: `
A reader must not have to guess which of two things a name stands for. Choose another name.`},
		{Code: "model/reserved-name", Severity: diag.Error, Summary: "a kind or function of the model has a name of the language", Doc: `
expr parses such a name as its own function. Choose another one in ` + "`rules/topology.yaml`" + `.`},
		{Code: "model/cycle", Severity: diag.Error, Summary: "a derived value or function needs itself", Doc: `
Derived values are computed on demand and the language has no recursion, so a circle would never end. The message names the way round
the circle.`},
	}
}
