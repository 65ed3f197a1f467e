// Paths of values, as `missing` lists them.

import { SELF, type Node } from "./evaluate";
import type { Obj } from "./value";

/** The path of an object that was computed rather than read. */
export function objectPath(o: Obj): string {
  return `${o.kind}[${JSON.stringify(o.name)}]`;
}

export function elementPath(list: string, i: number): string {
  return list === "" ? "" : `${list}[${i}]`;
}

export function collectionPath(base: string, name: string): string {
  return base === "" ? name : `${base}.${name}`;
}

/** The path that an expression spells, or "". */
export function textPath(n: Node): string {
  switch (n.op) {
    case "var": return n.name === SELF ? "" : n.name;
    case "coll": return n.name;
    case "get": return collectionPath(textPath(n.args[0]!), n.name);
    case "chain": return textPath(n.args[0]!);
  }
  return "";
}

/** The path of the operand that a comparison spells first, for what it cannot tell. */
export function comparedPath(n: Node): string {
  for (const a of n.args as readonly Node[]) {
    const s = textPath(a);
    if (s !== "") return s;
  }
  return "object";
}
