// Facts that no export contains. Mirrors internal/topology/declared.go.

import { Decoder } from "./decoder";
import { quoted, type Node } from "./document";
import type { Stated } from "./link";
import { defaultValue, hasDefault, kindOf, type Model } from "./model";
import { didYouMean, type Problems } from "./source";
import { isRecord, Partial, Unknown, type Value } from "./value";

export interface DeclaredFacts {
  /** Every declared fact of the model. */
  values: Record<string, Value>;
  /** Kinds of which the input lists all members. */
  complete: Set<string>;
}

/** Decodes a map of declared facts. Nodes in unknown stand for no value. */
export function readDeclared(model: Model, n: Node | null, unknown: Map<Node, Unknown>, problems: Problems): DeclaredFacts {
  const out: DeclaredFacts = { values: Object.create(null), complete: new Set() };
  for (const f of model.declared) {
    out.values[f.name] = hasDefault(f) ? defaultValue(f) : new Unknown(`${quoted(f.name)} is not declared`);
  }
  if (!n || n.kind === "null") return out;
  if (n.kind !== "map") {
    problems.error("input/wrong-value", n.source, n.start, `"declared" must be a map of facts, not ${n.describe()}`);
    return out;
  }
  const names = [...model.declared.map((f) => f.name), "complete"];
  for (const e of n.entries) {
    if (e.key === "complete") {
      out.complete = completeKinds(model, e.value, problems);
      continue;
    }
    const f = model.declared.find((d) => d.name === e.key);
    if (!f) {
      const hint = didYouMean(e.key, names) || `the facts are ${names.join(", ")}`;
      problems.error("input/unknown-field", e.source, e.start, `unknown declared fact ${quoted(e.key)}`, hint);
      continue;
    }
    const u = unknown.get(e.value);
    if (u) {
      out.values[f.name] = u;
    } else if (e.value.kind === "null") {
      out.values[f.name] = defaultValue(f); // null without one: known to be none
    } else {
      const d = new Decoder(unknown, null);
      const v = openLists(d.decode(f.type, e.value, quoted(f.name)));
      out.values[f.name] = d.problems.any ? new Unknown(`${quoted(f.name)} cannot be read`) : (v as Value);
      problems.list.push(...d.problems.list);
    }
  }
  return out;
}

/** Reads `complete: true` or a list of kinds. */
function completeKinds(model: Model, n: Node, problems: Problems): Set<string> {
  const out = new Set<string>();
  if (n.kind === "bool") {
    if (n.value === true) for (const k of model.kinds) out.add(k.name);
  } else if (n.kind === "list") {
    for (const item of n.items) {
      if (item.kind !== "string") {
        problems.error("input/wrong-value", item.source, item.start, `an element of "complete" must be the name of a collection, not ${item.describe()}`);
      } else if (!kindOf(model, item.text())) {
        const hint = didYouMean(item.text(), model.kinds.map((k) => k.name));
        problems.error("input/unknown-collection", item.source, item.start, `unknown collection ${quoted(item.text())}`, hint);
      } else {
        out.add(item.text());
      }
    }
  } else if (n.kind !== "null") {
    problems.error("input/wrong-value", n.source, n.start, `"complete" must be true or a list of collections, not ${n.describe()}`);
  }
  return out;
}

/** Makes a list partial of which an example makes an element unknown. */
export function openLists(v: Stated): Stated {
  if (Array.isArray(v)) {
    let open: Unknown | null = null;
    const items: Stated[] = [];
    for (const item of v) {
      if (item instanceof Unknown) open ??= item;
      else items.push(openLists(item));
    }
    return open ? new Partial(items as Value[], open) : items;
  }
  if (isRecord(v)) {
    const record = v as { [key: string]: Stated };
    for (const key of Object.keys(record)) record[key] = openLists(record[key]!);
  }
  return v;
}
