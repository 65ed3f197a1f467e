package topology

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/model"
)

// Formats that are read.
const (
	formatNative = "native"
	formatARM    = "arm"
)

// detect finds the format of a document. It gives "" and reports why the
// document fits none.
func detect(m *model.Model, root *document.Node, input string, problems *diag.List) string {
	unrecognised := func(message, hint string) string {
		problems.Add(diag.Diagnostic{Code: "input/unrecognised", Severity: diag.Error, Span: root.Span.At(root.Span.Start, 1), Message: message, Hint: hint})
		return ""
	}
	switch input {
	case formatNative:
		return formatNative
	case formatARM:
		if root.Kind != document.Map {
			return unrecognised("an ARM template must be a map, not "+root.Describe(), `it has "$schema" and "resources"`)
		}
		if foldGet(root, "resources") == nil && !isTemplate(root) {
			return unrecognised("this is not an ARM template: "+contents(root), `an ARM template has "$schema" and "resources"`)
		}
		return formatARM
	case "", "auto":
	default:
		return unrecognised("there is no reader for the input format "+quoted(input), "the formats are native and arm")
	}
	switch {
	case root.Kind == document.Null:
		return formatNative // whose reader says that the topology is empty
	case isTemplate(root):
		return formatARM
	case isNative(m, root):
		return formatNative
	}
	first := "virtualNetworks"
	if len(m.Kinds) > 0 {
		first = m.Kinds[0].Name
	}
	hint := fmt.Sprintf("a native topology has collections such as %s at its top, an ARM template has \"$schema\" and \"resources\"", quoted(first))
	if strings.Contains(armSchema(root), "deploymentparameters.json") {
		return unrecognised("this is a file of template parameters, not a topology", "read the template, and give this file with --parameters")
	}
	return unrecognised("this is neither a native topology nor an ARM template: "+contents(root), hint)
}

// isTemplate reports whether a document is an ARM template, by its schema or by
// its resources.
func isTemplate(root *document.Node) bool {
	if root.Kind != document.Map {
		return false
	}
	if strings.Contains(armSchema(root), "deploymenttemplate.json") {
		return true
	}
	resources := foldGet(root, "resources")
	if resources == nil || resources.Kind != document.List && resources.Kind != document.Map {
		return false
	}
	if foldGet(root, "contentVersion") != nil {
		return true
	}
	return len(resources.Items) > 0 && foldGet(resources.Items[0], "type") != nil && foldGet(resources.Items[0], "apiVersion") != nil
}

// isNative reports whether a key of the document is a collection of the model,
// or close enough to one to be meant as such.
func isNative(m *model.Model, root *document.Node) bool {
	names := append(m.KindNames(), "declared")
	for _, e := range root.Entries {
		for _, name := range names {
			if e.Key == name {
				return true
			}
		}
	}
	for _, e := range root.Entries {
		if diag.Suggest(e.Key, names) != "" {
			return true
		}
	}
	return false
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
