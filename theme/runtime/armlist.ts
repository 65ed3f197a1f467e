// Template functions over lists, and over lists or texts. Mirrors internal/topology/armlist.go.

import { MAX_LIST, MAX_TEXT, type ArmReader } from "./arm";
import { firstUnknown, type ArmCall, type FunctionTable } from "./armcall";
import type { Result } from "./armeval";
import { MAX_NESTING } from "./armexpr";
import { shallow } from "./armobject";
import { notEmpty } from "./armsecret";
import { guardText, texts, tooLong } from "./armtext";
import { deepUnknown, describe, emptyValue, foldKey, isMap, keysOf, lowerText, newMap, same, sliceText, toInt, toText } from "./armvalue";
import { lowerASCII } from "./source";
import { exprPieces, joinText, literalPrefix, shown } from "./unresolved";
import { Unknown, type RecordValue, type Value } from "./value";

export const listFunctions: FunctionTable = {
  concat: { min: 1, max: -1, open: true, run: concat },
  createArray: { max: -1, open: true, run: (c) => shallow(c, c.args) },
  array: { min: 1, max: 1, open: true, run: (c) => (Array.isArray(c.args[0]) ? c.args[0] : shallow(c, c.args)) },
  length: { min: 1, max: 1, run: length },
  empty: { min: 1, max: 1, open: true, run: empty },
  contains: { min: 2, max: 2, open: true, run: contains },
  first: { min: 1, max: 1, open: true, run: (c) => edge(c, true) },
  last: { min: 1, max: 1, open: true, run: (c) => edge(c, false) },
  indexOf: { min: 2, max: 2, open: true, run: (c) => position(c, true) },
  lastIndexOf: { min: 2, max: 2, open: true, run: (c) => position(c, false) },
  skip: { min: 2, max: 2, run: skip },
  take: { min: 2, max: 2, open: true, run: take },
  union: { min: 1, max: -1, run: union },
  intersection: { min: 1, max: -1, run: intersection },
  flatten: { min: 1, max: 1, run: flatten },
  indexFromEnd: { min: 2, max: 2, run: (c) => fromEnd(c, false) },
  tryIndexFromEnd: { min: 2, max: 2, run: (c) => fromEnd(c, true) },
};

/** Guards the length of a result. */
function guardList(c: ArmCall, v: Value[]): Value {
  c.r.steps += v.length;
  if (v.length <= MAX_LIST) return v;
  c.r.limit(`a list of the template has more than ${MAX_LIST} elements`);
  return c.r.overLimit();
}

/** Joins texts, or lists where one argument is a list. */
function concat(c: ArmCall): Result {
  if (!c.args.some((a) => Array.isArray(a))) {
    const parts: Value[] = [];
    let size = 0;
    for (const a of c.args) {
      if (isMap(a)) return c.fail("an object cannot be part of a text");
      const t = toText(a);
      parts.push(t);
      size += shown(t).length;
    }
    return size > 4 * MAX_TEXT ? tooLong(c) : guardText(c, joinText(...parts));
  }
  const u = firstUnknown(c.args);
  if (u !== null) return c.unknown(u.reason);
  const out: Value[] = [];
  for (const a of c.args) {
    if (!Array.isArray(a)) return c.fail(`a list cannot be joined with ${describe(a)}`);
    for (const item of a) out.push(item);
  }
  return guardList(c, out);
}

function length(c: ArmCall): Result {
  const v = c.args[0]!;
  if (v === null) return 0n;
  if (typeof v === "string" || Array.isArray(v)) return BigInt(v.length);
  return isMap(v) ? BigInt(Object.keys(v).length) : c.fail(`${describe(v)} has no length`);
}

/** Knows that a text with any known part is not empty. */
function empty(c: ArmCall): Result {
  const v = c.args[0]!;
  if (!(v instanceof Unknown)) return emptyValue(v);
  return exprPieces(v.expr).some((p) => !p.unresolved) || notEmpty(c.r, v) ? false : c.unknown(v.reason);
}

/** Looks for a part of a text (with case), an element, or a key (without case). */
function contains(c: ArmCall): Result {
  const [v, item] = c.args as [Value, Value];
  if (typeof v === "string") {
    const s = toText(item);
    if (typeof s === "string") return v.includes(s);
  } else if (Array.isArray(v)) {
    if (v.some((e) => same(e, item) === true)) return true;
    for (const e of v) {
      const u = same(e, item);
      if (u instanceof Unknown) return c.unknown(u.reason);
    }
    return false;
  } else if (isMap(v)) {
    const s = toText(item);
    if (typeof s === "string") return foldKey(v, s) !== undefined;
  }
  const u = firstUnknown(c.args);
  return u !== null ? c.unknown(u.reason) : c.fail(`${describe(v)} contains nothing`);
}

/** The first or last element or character; of nothing it is null or "". */
function edge(c: ArmCall, first: boolean): Result {
  const v = c.args[0]!;
  if (Array.isArray(v)) return v.length === 0 ? null : v[first ? 0 : v.length - 1]!;
  if (typeof v === "string") return first ? sliceText(v, 0, 1) : sliceText(v, Math.max(0, v.length - 1), v.length);
  return v instanceof Unknown ? c.unknown(v.reason) : c.fail(`${describe(v)} has no elements`);
}

/** indexOf or lastIndexOf: without case in texts, with it in lists. */
function position(c: ArmCall, first: boolean): Result {
  const [v, item] = c.args as [Value, Value];
  if (Array.isArray(v)) {
    let found = -1;
    for (let i = 0; i < v.length; i++) {
      const s = same(v[i]!, item);
      if (s instanceof Unknown) return c.unknown(s.reason);
      if (s && first) return BigInt(i);
      if (s) found = i;
    }
    return BigInt(found);
  }
  const u = firstUnknown(c.args);
  if (u !== null) return c.unknown(u.reason);
  const s = texts(c);
  if (s === null) return c.fail("it takes a text or a list");
  const [text, part] = [lowerText(s[0]!), lowerText(s[1]!)];
  return BigInt(first ? text.indexOf(part) : text.lastIndexOf(part));
}

function clamp(n: bigint, length: number): number {
  return n < 0n ? 0 : n > BigInt(length) ? length : Number(n);
}

function skip(c: ArmCall): Result {
  const [v, n] = c.args as [Value, Value];
  if (typeof n !== "bigint") return c.fail("the number to skip must be a whole number");
  if (Array.isArray(v)) return v.slice(clamp(n, v.length));
  return typeof v === "string" ? sliceText(v, clamp(n, v.length), v.length) : c.fail(`it takes a text or a list, not ${describe(v)}`);
}

/** Takes from the front. Of a text that is resolved in part, what is known may be enough. */
function take(c: ArmCall): Result {
  const [v, n] = c.args as [Value, Value];
  if (v instanceof Unknown) {
    const prefix = literalPrefix(v);
    if (typeof n === "bigint" && BigInt(prefix.length) >= n) return sliceText(prefix, 0, clamp(n, prefix.length));
    return new Unknown(v.reason, v.text, c.unknown(v.reason).expr);
  }
  if (typeof n === "bigint" && Array.isArray(v)) return v.slice(0, clamp(n, v.length));
  if (typeof n === "bigint" && typeof v === "string") return sliceText(v, 0, clamp(n, v.length));
  const u = firstUnknown(c.args);
  return u !== null ? c.unknown(u.reason) : c.fail("it takes a text or a list, and a whole number");
}

/** Merges lists without repeats, or objects, also nested ones. */
function union(c: ArmCall): Result {
  if (isMap(c.args[0])) {
    let out = newMap();
    for (const a of c.args) {
      if (!isMap(a)) return c.fail(`an object cannot be merged with ${describe(a)}`);
      out = merged(out, a, 0);
    }
    return out;
  }
  const out: Value[] = [];
  const set = new ValueSet();
  for (const a of c.args) {
    if (!Array.isArray(a)) return c.fail(`it takes lists or objects, not ${describe(a)}`);
    for (const item of a) {
      if (!set.has(c.r, item)) {
        set.add(item);
        out.push(item);
      }
      if (c.r.exhausted()) return c.r.overLimit();
    }
  }
  return guardList(c, out);
}

/** Finds equal values: scalars at once, others by comparing. */
class ValueSet {
  private readonly scalars = new Set<Value>();
  private readonly others: Value[] = [];

  add(v: Value): void {
    if (isScalar(v)) this.scalars.add(scalarKey(v));
    else this.others.push(v);
  }

  has(r: ArmReader, v: Value): boolean {
    if (isScalar(v)) return this.scalars.has(scalarKey(v));
    r.steps += this.others.length;
    return this.others.some((o) => same(o, v) === true);
  }
}

function isScalar(v: Value): boolean {
  return v === null || typeof v !== "object";
}

/** A key that equal scalars share. */
function scalarKey(v: Value): Value {
  return typeof v === "number" ? toInt(v) : v;
}

/** a with b's keys; objects under one key are merged in turn. A key that a has keeps a's spelling. */
export function merged(a: RecordValue, b: RecordValue, depth: number): RecordValue {
  const out = newMap();
  const spelling = new Map<string, string>();
  for (const k of keysOf(a)) {
    out[k] = a[k]!;
    spelling.set(lowerASCII(k), k);
  }
  for (const key of keysOf(b)) {
    const k = spelling.get(lowerASCII(key)) ?? key;
    const v = b[key]!;
    const old = out[k];
    out[k] = isMap(old) && isMap(v) && depth < MAX_NESTING ? merged(old, v, depth + 1) : v;
  }
  return out;
}

/** Keeps what all lists, or all objects, have. */
function intersection(c: ArmCall): Result {
  const first = c.args[0]!;
  if (isMap(first)) {
    const out = newMap();
    for (const k of keysOf(first)) {
      let keep = true;
      for (const a of c.args.slice(1)) {
        if (!isMap(a)) return c.fail(`an object cannot be compared with ${describe(a)}`);
        const v = foldKey(a, k);
        const decided = same(first[k]!, v ?? null);
        if (decided instanceof Unknown) return c.unknown(decided.reason);
        keep = keep && v !== undefined && decided;
      }
      if (keep) out[k] = first[k]!;
    }
    return out;
  }
  if (!Array.isArray(first)) return c.fail(`it takes lists or objects, not ${describe(first)}`);
  const u = deepUnknown(c.args);
  if (u !== null) return c.unknown(u.reason);
  const sets: ValueSet[] = [];
  for (const a of c.args.slice(1)) {
    if (!Array.isArray(a)) return c.fail(`a list cannot be compared with ${describe(a)}`);
    const set = new ValueSet();
    for (const item of a) set.add(item);
    sets.push(set);
  }
  const out: Value[] = [];
  const kept = new ValueSet();
  for (const item of first) {
    let keep = !kept.has(c.r, item);
    for (const set of sets) keep = keep && set.has(c.r, item);
    if (c.r.exhausted()) return c.r.overLimit();
    if (!keep) continue;
    kept.add(item);
    out.push(item);
  }
  return out;
}

function flatten(c: ArmCall): Result {
  const lists = c.args[0]!;
  if (!Array.isArray(lists)) return c.fail(`it takes a list of lists, not ${describe(lists)}`);
  const out: Value[] = [];
  for (const l of lists) {
    if (l instanceof Unknown) return c.unknown(l.reason);
    if (!Array.isArray(l)) return c.fail(`it takes a list of lists; one element is ${describe(l)}`);
    for (const item of l) out.push(item);
  }
  return guardList(c, out);
}

/** indexFromEnd, counting from 1. */
function fromEnd(c: ArmCall, attempt: boolean): Result {
  const [l, i] = c.args as [Value, Value];
  if (!Array.isArray(l) || typeof i !== "bigint") return c.fail("it takes a list and a whole number");
  if (i >= 1n && i <= BigInt(l.length)) return l[l.length - Number(i)]!;
  return attempt ? null : c.fail(`the list has ${l.length} elements`);
}
