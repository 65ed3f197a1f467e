package topology

import "github.com/plumbline/plumbline/internal/diag"

// terraformCodes documents what reading a plan or state can report.
func terraformCodes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "input/terraform-nothing", Severity: diag.Warning, Summary: "a plan or state has no resource of Azure", Doc: `
Resources of the providers azurerm and azapi are read; those of other providers are left out. A plan without any states nothing, so no rule
judges it. Is it the plan of another workspace?`},
		{Code: "input/terraform-version", Severity: diag.Error, Summary: "a plan or state is in a format version that is not known", Doc: `
The JSON of ` + "`terraform show -json`" + ` and ` + "`tofu show -json`" + ` names its version under ` + "`format_version`" + `. Versions 0.1 to 1.x are read. A later one
may mean something else by the same words.`},
		{Code: "input/terraform-shape", Severity: diag.Error, Summary: "a plan or state is not as Terraform writes it", Doc: `
A list or map is missing or of the wrong type, so the resource at the place named is left out. Give the output of ` + "`terraform show -json`" + ` as it is;
a program that edits it may have cut something off.`},
		{Code: "input/terraform-limit", Severity: diag.Error, Summary: "a plan or state is larger than what the reader takes on", Doc: `
The limits are 100,000 resources and two million steps of following references. What lies beyond is unknown to every rule.`},
	}
}
