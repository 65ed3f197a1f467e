// Which format a document has. Mirrors internal/topology/detect.go.

import { armSchema, foldGet } from "./arm";
import { addProblem } from "./armparam";
import type { Diagnostic } from "./check";
import { quoted, type Node } from "./document";
import type { Model } from "./model";
import { didYouMean } from "./source";

/** Finds the format of a document. It gives "" and reports why the document fits none. */
export function detect(model: Model, root: Node, input: string, problems: Diagnostic[]): string {
  const unrecognised = (message: string, hint: string) => {
    addProblem(problems, "input/unrecognised", { source: root.source, offset: root.start }, message, hint);
    return "";
  };
  switch (input) {
    case "native": return "native";
    case "arm":
      if (root.kind !== "map") return unrecognised(`an ARM template must be a map, not ${root.describe()}`, 'it has "$schema" and "resources"');
      if (foldGet(root, "resources") === null && !isTemplate(root)) return unrecognised(`this is not an ARM template: ${contents(root)}`, 'an ARM template has "$schema" and "resources"');
      return "arm";
    case "":
    case "auto": break;
    default: return unrecognised(`there is no reader for the input format ${quoted(input)}`, "the formats are native and arm");
  }
  if (root.kind === "null") return "native"; // whose reader says that the topology is empty
  if (isTemplate(root)) return "arm";
  if (isNative(model, root)) return "native";
  if (armSchema(root).includes("deploymentparameters.json")) {
    return unrecognised("this is a file of template parameters, not a topology", "read the template, and give this file with --parameters");
  }
  const first = model.kinds[0]?.name ?? "virtualNetworks";
  return unrecognised(
    `this is neither a native topology nor an ARM template: ${contents(root)}`,
    `a native topology has collections such as ${quoted(first)} at its top, an ARM template has "$schema" and "resources"`,
  );
}

/** Whether a document is an ARM template, by its schema or by its resources. */
function isTemplate(root: Node): boolean {
  if (root.kind !== "map") return false;
  if (armSchema(root).includes("deploymenttemplate.json")) return true;
  const resources = foldGet(root, "resources");
  if (resources === null || (resources.kind !== "list" && resources.kind !== "map")) return false;
  if (foldGet(root, "contentVersion") !== null) return true;
  const first = resources.items[0] ?? null;
  return foldGet(first, "type") !== null && foldGet(first, "apiVersion") !== null;
}

/** Whether a key of the document is a collection of the model, or close enough to one to be meant as such. */
function isNative(model: Model, root: Node): boolean {
  const names = [...model.kinds.map((k) => k.name), "declared"];
  return root.entries.some((e) => names.includes(e.key)) || root.entries.some((e) => didYouMean(e.key, names) !== "");
}

/** What stands at the top of a document. */
function contents(root: Node): string {
  if (root.kind !== "map") return `it is ${root.describe()}`;
  if (root.entries.length === 0) return "it is empty";
  const keys = root.entries.slice(0, 5).map((e) => quoted(e.key));
  const list = keys.join(", ");
  const more = root.entries.length - keys.length;
  if (more > 0) return `its keys are ${list} and ${more} more`;
  return keys.length === 1 ? `its only key is ${list}` : `its keys are ${list}`;
}
