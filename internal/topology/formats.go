package topology

import (
	"strings"

	"github.com/plumbline/plumbline/internal/document"
)

// formatNative is a topology in the model's own words, the only format that no
// mapping reads.
const formatNative = "native"

// formatResources is what Azure returns, whose resources may be rows.
const formatResources = "resources"

// formatTerraform is what terraform show -json writes, where planned values may be rows.
const formatTerraform = "terraform"

// format is a way to write a topology that mappings read into the model.
type format struct {
	name  string // as --input names it
	what  string // for messages, with an article
	looks string // what one looks like, for hints
	// mappings names the file of rules/inputs/ that reads its resources.
	mappings string
	// fits says by what a document was recognised, or why it is none of the format.
	// asked is set where the user names the format: less evidence will do.
	fits func(root *document.Node, asked bool) (by, why string)
	// flatten gives the resources of the n-th document.
	flatten func(r *reader, d *input, n int) *flattened
}

// formats lists the formats in the order in which they are tried; a native
// topology is what none of them is.
func formats() []format {
	return []format{
		{
			name: "arm", what: "an ARM template", looks: `an ARM template has "$schema" and "resources"`,
			mappings: "arm", fits: fitsTemplate, flatten: (*reader).flattenTemplate,
		},
		{
			name: formatTerraform, what: "a plan or state of Terraform", looks: `terraform show -json writes one, with "format_version"`,
			mappings: "terraform", fits: fitsTerraform, flatten: (*reader).flattenTerraform,
		},
		{
			name: formatResources, what: "a list of Azure resources", looks: `it is what az ... -o json prints, or a response of Azure Resource Manager or Resource Graph`,
			mappings: "arm", fits: fitsResources, flatten: (*reader).flattenResources,
		},
	}
}

// formatOf returns the format with a name, or nil.
func formatOf(name string) *format {
	for _, f := range formats() {
		if f.name == name {
			return &f
		}
	}
	return nil
}

// formatNames lists what --input can name: "native, arm and …".
func formatNames() string {
	names := []string{formatNative}
	for _, f := range formats() {
		names = append(names, f.name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// fitsTemplate recognises an ARM template, or a document that wraps one.
func fitsTemplate(root *document.Node, asked bool) (by, why string) {
	if t := templateIn(root).template; t != nil && t != root {
		return "the template in it", ""
	}
	return fitsBareTemplate(root, asked)
}

// fitsBareTemplate recognises an ARM template by its schema or by its resources.
func fitsBareTemplate(root *document.Node, asked bool) (by, why string) {
	if root.Kind != document.Map {
		return "", "it is no map"
	}
	const schema, inside = `its "$schema"`, `its "resources"`
	if strings.Contains(armSchema(root), "deploymenttemplate.json") {
		return schema, ""
	}
	resources := foldGet(root, "resources")
	switch {
	case resources == nil:
		return "", `it has neither the "$schema" of a template nor "resources"`
	case asked:
		return inside, ""
	case resources.Kind != document.List && resources.Kind != document.Map:
		return "", `its "resources" is ` + resources.Describe()
	case foldGet(root, "contentVersion") != nil:
		return inside + ` and "contentVersion"`, ""
	case len(resources.Items) > 0 && foldGet(resources.Items[0], "type") != nil && foldGet(resources.Items[0], "apiVersion") != nil:
		return inside + `, which have "apiVersion"`, ""
	}
	return "", `it has no "$schema", no "contentVersion", and its "resources" have no "apiVersion"`
}
