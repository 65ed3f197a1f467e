// Which texts belong to Terraform. Mirrors internal/topology/terraformtext.go.

import { quoted, type Node } from "./document";
import type { Fit } from "./formats";

/** Recognises texts that belong to Terraform and are no topology. */
export function foreignTerraform(text: string): { message: string; hint: string } | null {
  const hint = "write the plan as JSON: terraform plan -out=tfplan, then terraform show -json tfplan";
  text = text.replace(/^\ufeff/, "");
  if (text.startsWith("PK\x03\x04")) return { message: "this is a binary plan file", hint };
  for (let start = 0; start < text.length && start < MOST; ) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = stripColours(text.slice(start, Math.min(end, start + MOST))).replace(/^[ \t\r]+|[ \t\r]+$/g, "");
    start = end + 1;
    if (line === "" || (line.startsWith("#") && !isHeading(line)) || line.startsWith("//")) continue;
    if (line.startsWith(TERRAFORM_LOG)) return { message: "this is the log that terraform plan -json writes, not a plan", hint };
    if (isHeading(line)) return { message: "this is a plan as Terraform shows it to people", hint };
    return isBlock(line) ? { message: "this is Terraform configuration (HCL), not a plan", hint } : null;
  }
  return null;
}

/** Begins each line of the log that terraform plan -json writes. */
export const TERRAFORM_LOG = '{"@level"';

/** How far into a text the first line that says something may begin. */
const MOST = 1 << 14;

/** Takes the escapes of a terminal out of a line. */
function stripColours(line: string): string {
  return line.replace(/\x1b\[[^m]*m/g, "");
}

const HEADINGS = [
  "Terraform used the selected providers", "OpenTofu used the selected providers", "Terraform will perform the following actions",
  "OpenTofu will perform the following actions", "An execution plan has been generated", "No changes. Your infrastructure matches",
  "Refreshing Terraform state", "Acquiring state lock",
];

/** Recognises the first lines of a plan for people. */
function isHeading(line: string): boolean {
  if (HEADINGS.some((start) => line.startsWith(start))) return true;
  if (line.startsWith("# ")) {
    return [" will be created", " will be updated in-place", " must be replaced", " will be destroyed"].some((s) => line.includes(s)) || (line.endsWith(":") && line.includes("azurerm_"));
  }
  return line.includes(": Refreshing state...") || line.includes(": Reading...");
}

/** Recognises the head of a block of HCL. */
function isBlock(line: string): boolean {
  const space = line.indexOf(" ");
  const word = space < 0 ? line : line.slice(0, space);
  const rest = space < 0 ? "" : line.slice(space + 1);
  switch (word) {
    case "resource":
    case "data":
    case "module":
    case "provider":
    case "variable":
    case "output":
      return /^ *"/.test(rest) && rest.includes("{");
    case "terraform":
    case "locals":
    case "moved":
    case "import":
    case "removed":
    case "terraform{":
    case "locals{":
      return line.includes("{");
    default:
      return false;
  }
}

/** Recognises the JSON of a plan or state, and a raw state. */
export function fitsTerraform(root: Node, asked: boolean): Fit {
  if (root.kind !== "map") return { why: "it is no map" };
  const raw = root.get("version");
  if (raw?.kind === "int" && ["terraform_version", "lineage", "serial"].some((key) => root.get(key) !== null)) {
    return { by: 'its "version" and "terraform_version"' };
  }
  const version = root.get("format_version");
  for (const key of ["resource_changes", "planned_values", "values", "prior_state", "configuration"]) {
    if (root.get(key) !== null && (version !== null || asked)) return { by: `its "format_version" and ${quoted(key)}` };
  }
  if (version === null) return { why: 'it has neither a "format_version" nor a "version" of a state' };
  if (root.get("provider_schemas") !== null) return { why: 'it describes providers ("provider_schemas")' };
  // A state in which nothing is.
  if (root.entries.length === 1 || root.get("terraform_version") !== null) return { by: 'its "format_version"' };
  return { why: 'beside "format_version" it has neither "planned_values" nor "values"' };
}
