// Values of template expressions. Mirrors internal/topology/armvalue.go.

import { armNumber } from "./armexpr";
import { builtins } from "./builtins";
import type { Node } from "./document";
import { parseJSON } from "./json";
import { compareCodePoints, lowerASCII, Source } from "./source";
import { joinText, onlyPiece, quoteExpr } from "./unresolved";
import { isRecord, newRecord, Unknown, type RecordValue, type Value } from "./value";

/** A map of template values: neither a list nor an unknown. */
export const isMap = isRecord;

export const newMap = newRecord;

/** Reads a key of a map without case, as Azure does; undefined where there is none. Of several that differ in case only, the exact one wins, then the first in order. */
export function foldKey(m: Value | undefined, key: string): Value | undefined {
  if (!isMap(m)) return undefined;
  const v = m[key];
  if (v !== undefined) return v;
  const lower = lowerASCII(key);
  let found: string | undefined;
  for (const k in m) {
    if (k.length === key.length && lowerASCII(k) === lower && (found === undefined || compareCodePoints(k, found) < 0)) found = k;
  }
  return found === undefined ? undefined : m[found];
}

export function keysOf(m: RecordValue): string[] {
  return Object.keys(m).sort(compareCodePoints);
}

/** The type of a value in a message. */
export function describe(v: Value): string {
  if (v === null) return "null";
  switch (typeof v) {
    case "boolean": return "a boolean";
    case "bigint":
    case "number": return "a number";
    case "string": return "a text";
  }
  if (Array.isArray(v)) return "a list";
  return isMap(v) ? "an object" : "an unknown value";
}

/** Converts a value to text as string() does. */
export function toText(v: Value): string | Unknown {
  if (v === null) return "";
  switch (typeof v) {
    case "string": return v;
    case "boolean": return v ? "True" : "False";
    case "bigint": return String(v);
    case "number": return String(v + 0);
  }
  return v instanceof Unknown ? v : jsonText(v);
}

/** A value as compact JSON with sorted keys. Unknown parts stay unknown pieces of the text. */
export function jsonText(v: Value): string | Unknown {
  if (v === null) return "null";
  if (typeof v === "boolean") return String(v);
  if (typeof v === "string") return jsonString(v);
  if (v instanceof Unknown) return joinText('"', v, '"');
  if (Array.isArray(v)) {
    const parts: Value[] = ["["];
    v.forEach((item, i) => {
      if (i > 0) parts.push(",");
      parts.push(jsonText(item));
    });
    return joinText(...parts, "]");
  }
  if (isMap(v)) {
    const parts: Value[] = ["{"];
    keysOf(v).forEach((k, i) => {
      if (i > 0) parts.push(",");
      parts.push(`${jsonString(k)}:`, jsonText(v[k]!));
    });
    return joinText(...parts, "}");
  }
  return toText(v);
}

function jsonString(s: string): string {
  return JSON.stringify(s);
}

/** Converts a whole number or the text of one to an int; anything else stays. */
export function toInt(v: Value): Value {
  if (typeof v === "number") return Number.isInteger(v) && Math.abs(v) < 2 ** 53 ? BigInt(v) : v;
  if (typeof v === "string") {
    const n = armNumber(trimSpace(v));
    if (typeof n === "bigint") return n;
  }
  return v;
}

/** A value as an argument in an expr. Its braces are balanced. */
export function exprOf(v: Value): string {
  if (v instanceof Unknown) return onlyPiece(v.expr) ?? quoteExpr(v.expr);
  if (typeof v === "string") return quoteExpr(v);
  if (Array.isArray(v)) return `[${v.map(exprOf).join(",")}]`;
  if (isMap(v)) return `(${keysOf(v).map((k) => `${quoteExpr(k)}:${exprOf(v[k]!)}`).join(",")})`;
  return jsonText(v) as string;
}

/** The first unknown in a value, in key order, or null. */
export function deepUnknown(v: Value): Unknown | null {
  if (v instanceof Unknown) return v;
  const parts = Array.isArray(v) ? v : isMap(v) ? keysOf(v).map((k) => v[k]!) : [];
  for (const item of parts) {
    const u = deepUnknown(item);
    if (u !== null) return u;
  }
  return null;
}

/** Compares two values: true, false, or an Unknown where what is known does not decide. Numbers compare by value; texts with case. */
export function same(a: Value, b: Value): boolean | Unknown {
  if (a instanceof Unknown) return b instanceof Unknown && a.expr === b.expr && a.expr !== "" ? true : a;
  if (b instanceof Unknown) return b;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    let open: boolean | Unknown = true;
    a.forEach((item, i) => (open = bothSame(open, same(item, b[i]!))));
    return open;
  }
  if (isMap(a)) {
    if (!isMap(b) || Object.keys(a).length !== Object.keys(b).length) return false;
    let open: boolean | Unknown = true;
    for (const k of keysOf(a)) {
      const v = foldKey(b, k);
      if (v === undefined) return false;
      open = bothSame(open, same(a[k]!, v));
    }
    return open;
  }
  if ((typeof a === "bigint" && typeof b === "number") || (typeof a === "number" && typeof b === "bigint")) return Number(a) === Number(b);
  return a === b;
}

/** Kleene's and. */
function bothSame(a: boolean | Unknown, b: boolean | Unknown): boolean | Unknown {
  if (a === false || b === false) return false;
  return a === true ? b : a;
}

/** A part of a text; a half of a surrogate pair becomes U+FFFD. */
export function sliceText(s: string, from: number, to: number): string {
  return s.slice(from, to).replace(/\p{Cs}/gu, "\ufffd");
}

export function emptyValue(v: Value): boolean {
  return v === null || v === "" || (Array.isArray(v) && v.length === 0) || (isMap(v) && Object.keys(v).length === 0);
}

/** JSON that stands in a text; undefined where it is none. */
export function parseJSONText(text: string): Value | undefined {
  const { root, problems } = parseJSON(new Source("", text));
  return root === null || problems.any ? undefined : literalValue(root);
}

const SPACE = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const EDGES = new RegExp(`^${SPACE}|${SPACE}$`, "g");
const SPACES = new RegExp(SPACE);

/** strings.TrimSpace and strings.Fields. */
export function trimSpace(s: string): string {
  return s.replace(EDGES, "");
}

export function words(s: string): string[] {
  return s.split(SPACES).filter((w) => w !== "");
}

/** These map one character to one character, as .NET does. */
export function lowerText(s: string): string {
  return builtins.lower!(s) as string;
}

export function upperText(s: string): string {
  return builtins.upper!(s) as string;
}

/** A node's value without evaluating expressions. */
export function literalValue(n: Node): Value {
  if (n.kind === "list") return n.items.map(literalValue);
  if (n.kind !== "map") return n.value;
  const out = newMap();
  for (const e of n.entries) out[e.key] = literalValue(e.value);
  return out;
}
