package eval

import "github.com/plumbline/plumbline/internal/diag"

// Environment is the code of a file given to --env that cannot be one.
const Environment = "eval/environment"

// Codes documents every problem that the input of eval can have, besides those
// of topologies.
func Codes() []diag.CodeDoc {
	return []diag.CodeDoc{{Code: Environment, Severity: diag.Error, Summary: "the environment of an expression is no JSON object", Doc: `
` + "`plumbline eval --env FILE`" + ` takes one JSON object whose members are the names that expressions see: ` + "`{\"limit\": 3}`" + `. Its numbers are
floats, so none may be larger than 1.8e308.`}}
}
