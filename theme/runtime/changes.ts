// How an example varies a native topology. Mirrors internal/topology/changes.go.

import { Node, quoted, type Entry } from "./document";
import { Problems, type Source } from "./source";
import { Unknown } from "./value";

/** Paths are written `bastions[0].sku`; a path that hits nothing is reported at its own place. */
export interface Changes {
  /** A map: path → value. */
  set: Node | null;
  /** A list of paths: known to be absent; an element of a list is removed. */
  unset: Node | null;
  /** A list of paths. */
  unknown: Node | null;
  /** A map: declared facts, replacing those of the topology. */
  declared: Node | null;
}

/** The changes that a map with the keys set, unset, unknown and declared describes. */
export function changesOf(n: Node | null): Changes {
  const get = (key: string): Node | null => n?.get(key) ?? null;
  return { set: get("set"), unset: get("unset"), unknown: get("unknown"), declared: get("declared") };
}

const HINT = "write a path such as collection[0].field, counted from 0";

/** One path with what happens there: value replaces what is there; without it that is removed, or made unknown. */
interface Change {
  path: string;
  source: Source;
  start: number;
  end: number;
  value: Node | null;
  unknown: Unknown | null;
}

/** A document after its changes. */
export interface Changed {
  root: Node | null;
  /** Nodes that stand for unknown values. */
  unknown: Map<Node, Unknown>;
  /** Gives objects that a change put there the place of what it replaced: a finding is about the topology. */
  places: Map<Node, Node>;
}

/** Gives the changed document, a copy where anything changes. */
export function applyChanges(c: Changes, given: Node | null, problems: Problems): Changed {
  const out: Changed = { root: given, unknown: new Map(), places: new Map() };
  if (!given || (!c.set && !c.unset && !c.unknown && !c.declared)) return out;
  const root = clone(given);
  out.root = root;
  if (c.declared?.kind === "map" && root.kind === "map") {
    let declared = root.get("declared");
    if (declared?.kind !== "map") {
      declared = new Node("map", null, c.declared.source, c.declared.start, c.declared.end);
      put(root, "declared", c.declared, declared);
    }
    for (const e of c.declared.entries) put(declared, e.key, e, clone(e.value));
  }
  for (const change of list(c, problems)) {
    const missed = apply(change, root, out);
    if (missed !== "") problems.error("rule/example-path", change.source, change.start, `the path ${quoted(change.path)} hits nothing: ${missed}`, HINT);
  }
  return out;
}

/** The changes in order: set, unset, unknown. */
function list(c: Changes, problems: Problems): Change[] {
  const out: Change[] = [];
  for (const e of c.set?.entries ?? []) {
    out.push({ path: e.key, source: e.source, start: e.start, end: e.end, value: clone(e.value), unknown: null });
  }
  for (const n of paths(c.unset, problems)) {
    out.push({ path: n.text(), source: n.source, start: n.start, end: n.end, value: null, unknown: null });
  }
  for (const n of paths(c.unknown, problems)) {
    const reason = new Unknown(`the example makes ${quoted(n.text())} unknown`);
    out.push({ path: n.text(), source: n.source, start: n.start, end: n.end, value: null, unknown: reason });
  }
  return out;
}

/** The texts of a list; one text alone is a list of one. */
function paths(n: Node | null, problems: Problems): Node[] {
  if (!n) return [];
  return (n.kind === "list" ? n.items : [n]).filter((item) => {
    if (item.kind !== "string") problems.error("rule/example-path", item.source, item.start, `a path must be text, not ${item.describe()}`, HINT);
    return item.kind === "string";
  });
}

/** A part of a path: a key, or an index from 0. */
type Segment = string | number;

/** Reads `bastions[0].sku`. Of a text that is no path it gives null. */
function parsePath(path: string): Segment[] | null {
  const out: Segment[] = [];
  const part = /\[([0-9]{1,8})\]|(\.?)([^.[\]]+)/y;
  while (part.lastIndex < path.length) {
    const first = part.lastIndex === 0;
    const m = part.exec(path);
    if (!m || first !== (m[1] === undefined && m[2] === "")) return null;
    out.push(m[1] !== undefined ? Number(m[1]) : m[3]!);
  }
  return out.length > 0 ? out : null;
}

/** Makes a change. Gives why the path hits nothing, or "". */
function apply(c: Change, root: Node, to: Changed): string {
  const segments = parsePath(c.path);
  if (!segments) return "it is not a path";
  if (segments[0] === "declared" && root.kind === "map" && !root.get("declared")) {
    put(root, "declared", c, new Node("map", null, c.source, c.start, c.end));
  }
  let at = root;
  let way = "the topology";
  let written = "";
  for (const [i, s] of segments.entries()) {
    const last = i === segments.length - 1;
    if (typeof s === "number") {
      if (at.kind !== "list") return `${way} is ${at.describe()}, not a list`;
      if (s >= at.items.length) return `${way} has ${at.items.length} element${at.items.length === 1 ? "" : "s"}`;
      if (last) {
        changeItem(c, at, s, to);
        return "";
      }
      at = at.items[s]!;
      written += `[${s}]`;
    } else {
      if (at.kind !== "map") return `${way} is ${at.describe()}, not a map`;
      if (last) {
        changeEntry(c, at, s, to);
        return "";
      }
      const next = at.get(s);
      if (!next) return `${way} has no ${quoted(s)}`;
      at = next;
      written += written === "" ? s : `.${s}`;
    }
    way = quoted(written);
  }
  return "";
}

function changeItem(c: Change, at: Node, index: number, to: Changed): void {
  if (c.unknown) {
    to.unknown.set(at.items[index]!, c.unknown);
  } else if (c.value) {
    place(to, c.value, at.items[index]!);
    at.items[index] = c.value;
  } else {
    at.items.splice(index, 1);
  }
}

/** Gives a value and its items the place of a node. */
function place(to: Changed, value: Node, of: Node): void {
  const there = to.places.get(of) ?? of;
  for (const n of [value, ...value.items]) to.places.set(n, there);
}

/** Changes a value of a map, which need not be there yet. */
function changeEntry(c: Change, at: Node, key: string, to: Changed): void {
  if (c.value) place(to, c.value, at.get(key) ?? at);
  let value = c.value ?? new Node("null", null, c.source, c.start, c.start);
  if (c.unknown) {
    const there = at.get(key);
    if (there && (key === "id" || key === "name")) value = there; // it is still what others refer to
    to.unknown.set(value, c.unknown);
  }
  put(at, key, c, value);
}

/** Sets the value of a key. */
export function put(n: Node, key: string, place: { source: Source; start: number; end: number }, value: Node): void {
  const entry = n.entries.find((e) => e.key === key);
  if (entry) entry.value = value;
  else n.entries.push({ key, source: place.source, start: place.start, end: place.end, value });
}

/** Copies a tree; nodes that aliases share become different ones. */
function clone(n: Node): Node {
  const out = new Node(n.kind, n.value, n.source, n.start, n.end);
  if (n.kind === "list") out.items = n.items.map(clone);
  if (n.kind === "map") out.entries = n.entries.map((e): Entry => ({ ...e, value: clone(e.value) }));
  return out;
}
