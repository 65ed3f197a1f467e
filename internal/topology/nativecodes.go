package topology

import "github.com/plumbline/plumbline/internal/diag"

// nativeCodes documents what reading a native topology can report.
func nativeCodes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "input/empty", Severity: diag.Error, Summary: "a topology is empty", Doc: `
A topology names at least one collection. An empty list says that there are none of a kind; a collection that is left out says nothing.`},
		{Code: "input/unknown-collection", Severity: diag.Error, Summary: "a topology has a collection that the model does not know", Doc: `
The keys of a native topology are the collections of the model and ` + "`declared`" + `. Correct the spelling; the editor completes the names if it is
given the JSON Schema of the site.`},
		{Code: "input/unknown-field", Severity: diag.Error, Summary: "an object or a record has a field that the model does not know", Doc: `
A misspelt field would count as not stated. Correct the spelling. Inverse lists and derived values follow from other fields and are not
written down.`},
		{Code: "input/wrong-value", Severity: diag.Error, Summary: "a value is not of the type that the model gives the field", Doc: `
The message says what the field takes. ` + "`null`" + ` is known to be absent; a field that is left out is its default, or unknown.`},
		{Code: "input/missing-id", Severity: diag.Error, Summary: "an object has neither id nor name", Doc: `
Findings show the name and other objects refer to the id. One of them is enough: the other is then the same.`},
		{Code: "input/duplicate-id", Severity: diag.Error, Summary: "two objects of a collection have one id", Doc: `
Ids are compared without the case of letters. An object without an id has its name as id, so that two objects of one name need ids.`},
		{Code: "input/dangling-reference", Severity: diag.Error, Summary: "a link leads to an object that is not there", Doc: `
In a native topology every object that is referred to stands in its collection. Correct the id or name, or add the object.`},
		{Code: "input/ambiguous-reference", Severity: diag.Error, Summary: "a link names several objects", Doc: `
Objects may be referred to by name where the name is unique. Use the id, which the hint lists.`},
		{Code: "rule/example-path", Severity: diag.Error, Summary: "a path of an example hits nothing", Doc: `
The sample has changed or the path is misspelt, and the example would show something else than it says. Paths name a collection, an index
from 0, and fields. In a list they stand in quotes, because of the brackets:

` + "```yaml\nset: { \"bastions[0].sku\": Basic }\nunknown: [\"bastions[0].subnet\"]\n```"},
	}
}
