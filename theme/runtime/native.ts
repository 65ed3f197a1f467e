// Topologies in the model's own terms. Mirrors internal/topology/native.go.

import { applyChanges, put, type Changed, type Changes } from "./changes";
import type { Topology } from "./check";
import { readDeclared, openLists } from "./declared";
import { Decoder, notStated } from "./decoder";
import { Node, quoted } from "./document";
import { link, normalID, nothingStated, Ref, tableOf, type Draft, type Linking, type Stated } from "./link";
import { hasDefault, kindOf, type Field, type Kind, type Model } from "./model";
import { compareCodePoints, didYouMean, lowerASCII, Problems, type Source } from "./source";
import { Unknown } from "./value";

export const noChanges: Changes = { set: null, unset: null, unknown: null, declared: null };

/**
 * Reads a map of collections, whose objects refer to each other by id, or by name where it is unique; changes vary it
 * first. The topology holds what could be read; a value that could not is unknown in it. The document may continue others.
 */
export function readNative(model: Model, source: Source, given: Node | null, changes: Changes, before: (Node | null)[] = []): Topology {
  const problems = new Problems();
  const changed = applyChanges(changes, given, problems);
  const r = new Reader(model, changed, problems);
  const input: Linking = { model, drafts: [], byID: tableOf(model), states: new Map(), complete: new Set(), closed: new Map(), stub: null };
  let facts: Node | null = null;
  for (const document of [...before, changed.root]) {
    const root = r.root(document);
    if (root === null) continue;
    for (const e of root.entries) {
      const k = kindOf(model, e.key);
      if (!k || changed.unknown.has(e.value)) continue;
      input.states.set(k.name, null);
      r.collection(k, e.value);
    }
    facts = joinedFacts(facts, root.get("declared"));
  }
  for (const o of r.objects) {
    r.fields(o);
    input.drafts.push(o.draft);
    input.byID.get(o.draft.kind.name)!.set(o.draft.identity, o.draft);
  }
  const declared = readDeclared(model, facts, changed.unknown, problems);
  input.complete = declared.complete;
  const out = link(input);
  return {
    file: source.file,
    format: "native",
    world: { collections: out.collections, declared: declared.values },
    subjects: out.subjects,
    unstated: out.unstated,
    problems: problems.list,
  };
}

/** An object whose fields are read once all objects are known. */
interface NativeObject {
  draft: Draft;
  node: Node;
}

/** Finds the objects of a kind. */
interface NativeKind {
  byID: Map<string, NativeObject>;
  byName: Map<string, NativeObject[]>;
}

class Reader {
  readonly objects: NativeObject[] = [];
  private readonly kinds = new Map<string, NativeKind>();
  private readonly unknown: Map<Node, Unknown>;

  constructor(
    private readonly model: Model,
    private readonly changed: Changed,
    private readonly problems: Problems,
  ) {
    this.unknown = changed.unknown;
  }

  private report(code: string, n: Node, message: string, hint = ""): void {
    this.problems.error(code, n.source, n.start, message, hint);
  }

  /** Checks the top level of the document; null where there is none. */
  root(root: Node | null): Node | null {
    if (!root) return null;
    const begin = `begin with a collection of the model, for example ${this.model.kinds[0]?.name ?? "declared"}:`;
    if (root.kind === "null") {
      this.report("input/empty", root, "the topology is empty", begin);
      return null;
    }
    if (root.kind !== "map") {
      this.report("input/wrong-value", root, `a topology must be a map of collections, not ${root.describe()}`, begin);
      return null;
    }
    const names = [...this.model.kinds.map((k) => k.name), "declared"];
    for (const e of root.entries) {
      if (names.includes(e.key)) continue;
      const hint = didYouMean(e.key, names) || `the collections are ${names.join(", ")}`;
      this.problems.error("input/unknown-collection", e.source, e.start, `unknown collection ${quoted(e.key)}`, hint);
    }
    return root;
  }

  /** Reads the ids and names of a collection's objects. */
  collection(k: Kind, n: Node): void {
    const kind: NativeKind = this.kinds.get(k.name) ?? { byID: new Map(), byName: new Map() };
    this.kinds.set(k.name, kind);
    if (n.kind === "null") return;
    if (n.kind !== "list") {
      this.report("input/wrong-value", n, `${quoted(k.name)} must be a list of objects, not ${n.describe()}`, "begin each object with a dash");
      return;
    }
    n.items.forEach((item, i) => {
      if (item.kind !== "map") {
        this.report("input/wrong-value", item, `an object of ${quoted(k.name)} must be a map, not ${item.describe()}`, 'write "name: …" and its fields');
        return;
      }
      const there = this.changed.places.get(item) ?? item;
      const draft: Draft = {
        kind: k,
        identity: "",
        id: "",
        name: "",
        idValue: this.unknownLabel(item, "id"),
        nameValue: this.unknownLabel(item, "name"),
        place: { file: there.source.file, pointer: `/${k.name}/${i}`, ...there.source.position(there.start) },
        exists: this.unknown.get(item) ?? null,
        fields: nothingStated(k),
        absent: "is not stated",
        leftOut: "",
        stub: false,
        unresolved: null,
        object: null,
      };
      this.add(k, kind, { draft, node: item });
    });
  }

  private unknownLabel(item: Node, key: string): Unknown | null {
    const n = item.get(key);
    return (n && this.unknown.get(n)) ?? null;
  }

  private add(k: Kind, kind: NativeKind, o: NativeObject): void {
    const { draft, node } = o;
    const id = this.label(node, "id");
    const name = this.label(node, "name");
    const at = id ?? name;
    if (!at) {
      if (!node.get("id") && !node.get("name")) {
        this.report("input/missing-id", node, `an object of ${quoted(k.name)} has neither id nor name`, 'give it a "name"');
      }
      return;
    }
    draft.id = at.text();
    draft.name = (name ?? at).text();
    draft.identity = normalID(draft.id);
    const first = kind.byID.get(draft.identity);
    if (first) {
      const { file, line, column } = first.draft.place;
      const place = file === at.source.file ? `line ${line}, column ${column}` : `${file}:${line}:${column}`;
      this.report("input/duplicate-id", at, `two objects of ${quoted(k.name)} have the id ${quoted(draft.id)}`, `the first one is at ${place}; give each an id of its own`);
      return;
    }
    kind.byID.set(draft.identity, o);
    const key = lowerASCII(draft.name);
    const same = kind.byName.get(key);
    if (same) same.push(o);
    else kind.byName.set(key, [o]);
    this.objects.push(o);
  }

  /** The node of an object's id or name, or null where it has none. */
  private label(object: Node, key: string): Node | null {
    const n = object.get(key);
    if (!n) return null;
    if (n.kind === "string" && n.text() !== "") return n;
    if (n.kind === "string") this.report("input/wrong-value", n, `${quoted(key)} must not be empty`);
    else if (n.kind !== "null") {
      this.report("input/wrong-value", n, `${quoted(key)} must be text, not ${n.describe()}`, n.kind === "list" || n.kind === "map" ? "" : "put it in quotes");
    }
    return null;
  }

  /** Reads the fields of an object. */
  fields(o: NativeObject): void {
    const { draft, node } = o;
    for (const e of node.entries) {
      if (e.key === "id" || e.key === "name" || draft.kind.fields.some((f) => f.name === e.key)) continue;
      this.problems.error("input/unknown-field", e.source, e.start, `unknown field ${quoted(e.key)} on ${draft.kind.one}`, this.fieldHint(draft.kind, e.key));
    }
    for (const f of draft.kind.fields) {
      const n = node.get(f.name);
      const u = n ? this.unknown.get(n) : undefined;
      if (u) draft.fields[f.name] = u;
      else if (n && n.kind !== "null") draft.fields[f.name] = this.value(f, n, `${draft.place.pointer}/${f.name}`);
      else if (!hasDefault(f)) draft.fields[f.name] = n ? null : notStated(f);
    }
  }

  /** What an unknown field may have been meant to be. */
  private fieldHint(k: Kind, name: string): string {
    for (const source of this.model.kinds) {
      for (const f of source.fields) {
        const t = f.type.name === "list" ? f.type.elem! : f.type;
        if (f.inverse === name && t.link === k.name) return `it follows from the field ${quoted(f.name)} of ${quoted(source.name)}; remove it`;
      }
    }
    if (k.derived.includes(name)) return "it is computed from other fields; remove it";
    const names = ["id", "name", ...k.fields.map((f) => f.name)];
    return didYouMean(name, names) || `it can have ${names.join(", ")}`;
  }

  /** Decodes a field. What cannot be read is reported and becomes unknown. */
  private value(f: Field, n: Node, pointer: string): Stated {
    const d = new Decoder(this.unknown, (kind, node, what, problems) => this.reference(kind, node, what, pointer, problems));
    const v = d.decode(f.type, n, quoted(f.name));
    this.problems.list.push(...d.problems.list);
    return d.problems.any ? new Unknown(`${quoted(f.name)} cannot be read`) : openLists(v);
  }

  /** Finds the object that a text refers to: by id, else by name. */
  private reference(kind: string, n: Node, what: string, pointer: string, problems: Problems): Stated {
    const report = (code: string, message: string, hint: string): null => {
      problems.error(code, n.source, n.start, message, hint);
      return null;
    };
    if (n.kind !== "string") {
      const hint = n.kind === "list" || n.kind === "map" ? "objects stand in their collection and are referred to by id or name" : "put it in quotes";
      return report("input/wrong-value", `${what} must be the id or name of an object of ${quoted(kind)}, not ${n.describe()}`, hint);
    }
    const text = n.text();
    const found = this.kinds.get(kind);
    if (!found) {
      return report("input/dangling-reference", `${what} refers to ${quoted(text)}, but the topology has no ${quoted(kind)}`, "add the collection, with this object in it");
    }
    let o = found.byID.get(normalID(text));
    if (!o) {
      const named = found.byName.get(lowerASCII(text)) ?? [];
      if (named.length === 0) {
        return report("input/dangling-reference", `${what} refers to ${quoted(text)}, but no object of ${quoted(kind)} has that id or name`, suggest(found, text));
      }
      if (named.length > 1) {
        return report("input/ambiguous-reference", `${what} refers to ${quoted(text)}, the name of ${named.length} objects of ${quoted(kind)}`, `use an id: ${named.map((x) => x.draft.id).join(", ")}`);
      }
      o = named[0]!;
    }
    const place = { file: n.source.file, pointer, ...n.source.position(n.start) };
    return new Ref(o.draft.identity, null, o.draft.id, o.draft.name, place);
  }
}

/** The facts of two maps, of a fact in both the later one. What is no map stays, for its reader to report. */
function joinedFacts(a: Node | null, b: Node | null): Node | null {
  if (b === null || b.kind === "null") return a;
  if (a === null || a.kind === "null") return b;
  if (a.kind !== "map" || b.kind !== "map") return a.kind === "map" ? b : a;
  const out = new Node("map", null, b.source, b.start, b.end);
  out.entries = a.entries.map((e) => ({ ...e }));
  for (const e of b.entries) put(out, e.key, e, e.value);
  return out;
}

/** A did-you-mean over the ids and names of a kind. */
function suggest(kind: NativeKind, text: string): string {
  const names: string[] = [];
  for (const o of kind.byID.values()) names.push(o.draft.id, o.draft.name);
  return didYouMean(text, names.sort(compareCodePoints));
}
