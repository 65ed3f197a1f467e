// The formats that mappings read into the model. Mirrors internal/topology/formats.go.

import { armSchema, foldGet, type Flattened } from "./arm";
import { templateIn } from "./armdocument";
import type { Node } from "./document";
import type { Input, Reader } from "./read";
import { fitsResources } from "./resources";
import { fitsTerraform } from "./terraformtext";

/** By what a document was recognised, or why it is none of the format. */
export type Fit = { by: string } | { why: string };

/** A way to write a topology that mappings read into the model. */
export interface Format {
  /** As --input names it. */
  name: string;
  /** For messages, with an article. */
  what: string;
  /** What one looks like, for hints. */
  looks: string;
  /** The file of rules/inputs/ that reads its resources. */
  mappings: string;
  /** `asked` is set where the user names the format: less evidence will do. */
  fits(root: Node, asked: boolean): Fit;
  /** The resources of the n-th document. */
  flatten(r: Reader, d: Input, n: number): Flattened;
}

/** In the order in which they are tried; a native topology is what none of them is. */
export const formats: readonly Format[] = [
  {
    name: "arm",
    what: "an ARM template",
    looks: 'an ARM template has "$schema" and "resources"',
    mappings: "arm",
    fits: fitsTemplate,
    flatten: (r, d, n) => r.flattenTemplate(d, n),
  },
  {
    name: "terraform",
    what: "a plan or state of Terraform",
    looks: 'terraform show -json writes one, with "format_version"',
    mappings: "terraform",
    fits: fitsTerraform,
    flatten: (r, d) => r.flattenTerraform(d),
  },
  {
    name: "resources",
    what: "a list of Azure resources",
    looks: "it is what az ... -o json prints, or a response of Azure Resource Manager or Resource Graph",
    mappings: "arm",
    fits: fitsResources,
    flatten: (r, d) => r.flattenResources(d),
  },
];

export function formatOf(name: string): Format | undefined {
  return formats.find((f) => f.name === name);
}

/** What --input can name: "native, arm and …". */
export function formatNames(): string {
  const names = ["native", ...formats.map((f) => f.name)];
  const last = names.pop()!;
  return `${names.join(", ")} and ${last}`;
}

/** Recognises an ARM template, or a document that wraps one. */
function fitsTemplate(root: Node, asked: boolean): Fit {
  const { template } = templateIn(root);
  return template !== null && template !== root ? { by: "the template in it" } : fitsBareTemplate(root, asked);
}

/** Recognises an ARM template by its schema or by its resources. */
export function fitsBareTemplate(root: Node, asked: boolean): Fit {
  if (root.kind !== "map") return { why: "it is no map" };
  const inside = 'its "resources"';
  if (armSchema(root).includes("deploymenttemplate.json")) return { by: 'its "$schema"' };
  const resources = foldGet(root, "resources");
  if (resources === null) return { why: 'it has neither the "$schema" of a template nor "resources"' };
  if (asked) return { by: inside };
  if (resources.kind !== "list" && resources.kind !== "map") return { why: `its "resources" is ${resources.describe()}` };
  if (foldGet(root, "contentVersion") !== null) return { by: `${inside} and "contentVersion"` };
  const first = resources.items[0] ?? null;
  if (foldGet(first, "type") !== null && foldGet(first, "apiVersion") !== null) return { by: `${inside}, which have "apiVersion"` };
  return { why: 'it has no "$schema", no "contentVersion", and its "resources" have no "apiVersion"' };
}
