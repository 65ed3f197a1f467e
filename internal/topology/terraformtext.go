package topology

import (
	"strings"

	"github.com/plumbline/plumbline/internal/document"
)

// foreignTerraform recognises texts that belong to Terraform and are no topology.
// It gives "" for any other text.
func foreignTerraform(text string) (message, hint string) {
	const show = "write the plan as JSON: terraform plan -out=tfplan, then terraform show -json tfplan"
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.HasPrefix(text, "PK\x03\x04") {
		return "this is a binary plan file", show
	}
	for start := 0; start < len(text) && start < maxPreface; {
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			end = len(text) - start
		}
		line := strings.Trim(stripColours(text[start:start+min(end, maxPreface)]), " \t\r")
		start += end + 1
		switch {
		case line == "" || strings.HasPrefix(line, "#") && !tfHeading(line) || strings.HasPrefix(line, "//"):
			continue
		case strings.HasPrefix(line, terraformLog):
			return "this is the log that terraform plan -json writes, not a plan", show
		case tfHeading(line):
			return "this is a plan as Terraform shows it to people", show
		case tfBlock(line):
			return "this is Terraform configuration (HCL), not a plan", show
		}
		return "", ""
	}
	return "", ""
}

// terraformLog begins each line of the log that terraform plan -json writes.
const terraformLog = `{"@level"`

// maxPreface is how far into a text the first line that says something may begin.
const maxPreface = 1 << 14

// stripColours takes the escapes of a terminal out of a line.
func stripColours(line string) string {
	for {
		start := strings.Index(line, "\x1b[")
		if start < 0 {
			return line
		}
		end := strings.IndexByte(line[start:], 'm')
		if end < 0 {
			return line
		}
		line = line[:start] + line[start+end+1:]
	}
}

// tfHeading recognises the first lines of a plan for people.
func tfHeading(line string) bool {
	for _, start := range []string{
		"Terraform used the selected providers", "OpenTofu used the selected providers", "Terraform will perform the following actions",
		"OpenTofu will perform the following actions", "An execution plan has been generated", "No changes. Your infrastructure matches",
		"Refreshing Terraform state", "Acquiring state lock",
	} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	if strings.HasPrefix(line, "# ") {
		return strings.Contains(line, " will be created") || strings.Contains(line, " will be updated in-place") ||
			strings.Contains(line, " must be replaced") || strings.Contains(line, " will be destroyed") || strings.HasSuffix(line, ":") && strings.Contains(line, "azurerm_")
	}
	return strings.Contains(line, ": Refreshing state...") || strings.Contains(line, ": Reading...")
}

// tfBlock recognises the head of a block of HCL.
func tfBlock(line string) bool {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "resource", "data", "module", "provider", "variable", "output":
		rest = strings.TrimLeft(rest, " ")
		return strings.HasPrefix(rest, `"`) && strings.Contains(rest, "{")
	case "terraform", "locals", "moved", "import", "removed", "terraform{", "locals{":
		return strings.Contains(line, "{")
	}
	return false
}

// fitsTerraform recognises the JSON of a plan or state, and a raw state.
func fitsTerraform(root *document.Node, asked bool) (by, why string) {
	if root.Kind != document.Map {
		return "", "it is no map"
	}
	if v := root.Get("version"); v != nil && v.Kind == document.Int && (root.Get("terraform_version") != nil || root.Get("lineage") != nil || root.Get("serial") != nil) {
		return `its "version" and "terraform_version"`, ""
	}
	version := root.Get("format_version")
	for _, key := range []string{"resource_changes", "planned_values", "values", "prior_state", "configuration"} {
		if root.Get(key) != nil && (version != nil || asked) {
			return `its "format_version" and ` + quoted(key), ""
		}
	}
	switch {
	case version == nil:
		return "", `it has neither a "format_version" nor a "version" of a state`
	case root.Get("provider_schemas") != nil:
		return "", `it describes providers ("provider_schemas")`
	}
	if len(root.Entries) == 1 || root.Get("terraform_version") != nil {
		return `its "format_version"`, "" // a state in which nothing is
	}
	return "", `beside "format_version" it has neither "planned_values" nor "values"`
}
