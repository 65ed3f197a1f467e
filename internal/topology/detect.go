package topology

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/model"
)

// detect finds the format of a document, and by what it was recognised where
// nobody asked for it. It gives "" and reports why the document fits none.
func detect(m *model.Model, root *document.Node, asked string, problems *diag.List) (name, by string) {
	unrecognised := func(message, hint string) (string, string) {
		problems.Add(diag.Diagnostic{Code: "input/unrecognised", Severity: diag.Error, Span: root.Span.At(root.Span.Start, 1), Message: message, Hint: hint})
		return "", ""
	}
	switch asked {
	case formatNative:
		return formatNative, ""
	case "", "auto":
	default:
		f := formatOf(asked)
		if f == nil {
			return unrecognised("there is no reader for the input format "+quoted(asked), "the formats are "+formatNames())
		}
		if by, why := f.fits(root, true); by == "" {
			return unrecognised("this is not "+f.what+": "+why, f.looks)
		}
		return f.name, ""
	}
	if root.Kind == document.Null {
		return formatNative, "" // whose reader says that the topology is empty
	}
	var tried []string
	for _, f := range formats() {
		by, why := f.fits(root, false)
		if by != "" {
			return f.name, by
		}
		tried = append(tried, "not "+f.name+": "+why)
	}
	why := notNative(m, root)
	if why == "" {
		return formatNative, ""
	}
	if strings.Contains(armSchema(root), "deploymentparameters.json") {
		return unrecognised("this is a file of template parameters, not a topology", "read the template, and give this file with --parameters")
	}
	return unrecognised("this is in no format that is read: "+contents(root), "not native: "+why+"; "+strings.Join(tried, "; "))
}

// notNative says why a document is no native topology, or "". In one, a key is a
// collection of the model, or close enough to one to be meant as such.
func notNative(m *model.Model, root *document.Node) string {
	if root.Kind != document.Map {
		return "it is no map"
	}
	names := append(m.KindNames(), "declared")
	for _, e := range root.Entries {
		for _, name := range names {
			if e.Key == name {
				return ""
			}
		}
	}
	for _, e := range root.Entries {
		if diag.Suggest(e.Key, names) != "" {
			return ""
		}
	}
	return "it has no collection such as " + quoted(names[0])
}

// contents says what stands at the top of a document.
func contents(root *document.Node) string {
	if root.Kind != document.Map {
		return "it is " + root.Describe()
	}
	if len(root.Entries) == 0 {
		return "it is empty"
	}
	const most = 5
	keys := make([]string, 0, most)
	for i, e := range root.Entries {
		if i < most {
			keys = append(keys, quoted(e.Key))
		}
	}
	list := strings.Join(keys, ", ")
	switch more := len(root.Entries) - most; {
	case more > 0:
		return fmt.Sprintf("its keys are %s and %d more", list, more)
	case len(keys) == 1:
		return "its only key is " + list
	}
	return "its keys are " + list
}
