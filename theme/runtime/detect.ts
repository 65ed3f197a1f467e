// Which format a document has. Mirrors internal/topology/detect.go.

import { armSchema } from "./arm";
import { addProblem } from "./armparam";
import type { Diagnostic } from "./check";
import { quoted, type Node } from "./document";
import { formatNames, formatOf, formats } from "./formats";
import type { Model } from "./model";
import { suggest } from "./source";

/** Finds the format of a document, and by what it was recognised where nobody asked for it. The name is "" where the document fits none, which is reported. */
export function detect(model: Model, root: Node, asked: string, problems: Diagnostic[]): { format: string; by: string } {
  const unrecognised = (message: string, hint: string) => {
    addProblem(problems, "input/unrecognised", { source: root.source, offset: root.start }, message, hint);
    return { format: "", by: "" };
  };
  if (asked === "native") return { format: "native", by: "" };
  if (asked !== "" && asked !== "auto") {
    const f = formatOf(asked);
    if (f === undefined) return unrecognised(`there is no reader for the input format ${quoted(asked)}`, `the formats are ${formatNames()}`);
    const fit = f.fits(root, true);
    return "by" in fit ? { format: f.name, by: "" } : unrecognised(`this is not ${f.what}: ${fit.why}`, f.looks);
  }
  if (root.kind === "null") return { format: "native", by: "" }; // whose reader says that the topology is empty
  const tried: string[] = [];
  for (const f of formats) {
    const fit = f.fits(root, false);
    if ("by" in fit) return { format: f.name, by: fit.by };
    tried.push(`not ${f.name}: ${fit.why}`);
  }
  const why = notNative(model, root);
  if (why === "") return { format: "native", by: "" };
  if (armSchema(root).includes("deploymentparameters.json")) {
    return unrecognised("this is a file of template parameters, not a topology", "read the template, and give this file with --parameters");
  }
  return unrecognised(`this is in no format that is read: ${contents(root)}`, [`not native: ${why}`, ...tried].join("; "));
}

/** Why a document is no native topology, or "". In one, a key is a collection of the model, or close enough to one to be meant as such. */
function notNative(model: Model, root: Node): string {
  if (root.kind !== "map") return "it is no map";
  const names = [...model.kinds.map((k) => k.name), "declared"];
  if (root.entries.some((e) => names.includes(e.key)) || root.entries.some((e) => suggest(e.key, names) !== "")) return "";
  return `it has no collection such as ${quoted(names[0]!)}`;
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
