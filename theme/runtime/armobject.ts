// Template functions over objects, and lambdas. Mirrors internal/topology/armobject.go.

import { foldEqual, type ArmReader } from "./arm";
import type { ArmCall, FunctionTable } from "./armcall";
import { below, elementAt, evaluate, plain, Runtime, type ArmEnv, type Result } from "./armeval";
import { MAX_NESTING } from "./armexpr";
import { merged } from "./armlist";
import { asBool } from "./armlogic";
import { describe, exprOf, foldKey, isMap, keysOf, newMap, parseJSONText, toText, words } from "./armvalue";
import { MAX_DEPTH } from "./document";
import { compareCodePoints, lowerASCII } from "./source";
import { shown } from "./unresolved";
import { Unknown, type RecordValue, type Value } from "./value";

export const objectFunctions: FunctionTable = {
  createObject: { max: -1, open: true, run: createObject },
  json: { min: 1, max: 1, run: json },
  items: { min: 1, max: 1, run: (c) => ofObject(c, (m) => keysOf(m).map((key) => Object.assign(newMap(), { key, value: m[key]! }))) },
  objectKeys: { min: 1, max: 1, run: (c) => ofObject(c, keysOf) },
  shallowMerge: { min: 1, max: 1, run: shallowMerge },
  tryGet: { min: 2, max: -1, lazy: true, run: tryGet },
};

function createObject(c: ArmCall): Result {
  if (c.args.length % 2 !== 0) return c.fail("a key has no value");
  const out = newMap();
  for (let i = 0; i < c.args.length; i += 2) {
    const k = toText(c.args[i]!);
    if (k instanceof Unknown) return c.unknown(k.reason);
    out[k] = c.args[i + 1]!;
  }
  return shallow(c, out);
}

/** Guards how deep values nest: what walks them recurses. */
export function shallow(c: ArmCall, v: Value): Value {
  if (!deeper(c.r, v, MAX_DEPTH)) return v;
  c.r.limit(`a value of the template is nested more than ${MAX_DEPTH} levels deep`);
  return c.r.overLimit();
}

/** Whether a value has more than so many levels. */
function deeper(r: ArmReader, v: Value, levels: number): boolean {
  r.steps++;
  if (levels === 0) return true;
  if (Array.isArray(v)) return v.some((item) => deeper(r, item, levels - 1));
  if (isMap(v)) {
    for (const k in v) if (deeper(r, v[k]!, levels - 1)) return true;
  }
  return false;
}

function json(c: ArmCall): Result {
  const s = c.args[0]!;
  if (typeof s !== "string") return c.fail(`it takes a text, not ${describe(s)}`);
  const v = parseJSONText(s);
  return v === undefined ? c.fail("the text is not JSON") : v;
}

function ofObject(c: ArmCall, run: (m: RecordValue) => Result): Result {
  const m = c.args[0]!;
  return isMap(m) ? run(m) : c.fail(`it takes an object, not ${describe(m)}`);
}

function shallowMerge(c: ArmCall): Result {
  const l = c.args[0]!;
  if (!Array.isArray(l)) return c.fail(`it takes a list of objects, not ${describe(l)}`);
  let out = newMap();
  for (const m of l) {
    if (m instanceof Unknown) return c.unknown(m.reason);
    if (!isMap(m)) return c.fail(`it takes a list of objects; one element is ${describe(m)}`);
    out = merged(out, m, MAX_NESTING);
  }
  return out;
}

/** Reads a path of keys and indexes; what is not there is null. */
function tryGet(c: ArmCall): Result {
  let v: Result = evaluate(c.r, c.env, c.e.args[0]!);
  for (let i = 1; i < c.e.args.length; i++) {
    const key = c.arg(i);
    if (key instanceof Unknown) {
      c.args = [plain(v), key];
      return c.unknown(key.reason);
    }
    if (v instanceof Runtime) {
      v = elementAt(c.r, c.e, v, key);
    } else if (v instanceof Unknown) {
      const part = typeof key === "bigint" ? `[${key}]` : `.${shown(toText(key))}`;
      v = below(v, part, lowerASCII(part));
    } else if (Array.isArray(v)) {
      if (typeof key !== "bigint" || key < 0n || key >= BigInt(v.length)) return null;
      v = v[Number(key)]!;
    } else {
      const next: Value | undefined = foldKey(v, shown(toText(key)));
      if (next === undefined) return null;
      v = next;
    }
  }
  return v;
}

export const lambdaFunctions: FunctionTable = {
  lambda: { min: 1, max: -1, lazy: true, run: (c) => c.fail("a lambda stands as an argument only") },
  lambdaVariables: { min: 1, max: 1, run: lambdaVariables },
  map: { min: 2, max: 2, lazy: true, run: (c) => overList(c, (list) => list.map((item, i) => apply(c, 1, item, BigInt(i)))) },
  filter: { min: 2, max: 2, lazy: true, run: (c) => overList(c, (list) => filter(c, list)) },
  reduce: { min: 3, max: 3, lazy: true, run: (c) => overList(c, (list) => list.reduce<Value>((acc, item, i) => apply(c, 2, acc, item, BigInt(i)), c.arg(1))) },
  sort: { min: 2, max: 2, lazy: true, run: (c) => overList(c, (list) => sort(c, list)) },
  toObject: { min: 2, max: 3, lazy: true, run: (c) => overList(c, (list) => toObject(c, list)) },
  groupBy: { min: 2, max: 2, lazy: true, run: (c) => overList(c, (list) => groupBy(c, list)) },
  mapValues: { min: 2, max: 2, lazy: true, run: mapValues },
};

function lambdaVariables(c: ArmCall): Result {
  const name = c.args[0]!;
  for (let v = c.env.vars; v !== null; v = v.outer) if (typeof name === "string" && foldEqual(v.name, name)) return v.value;
  return c.fail("no lambda has this parameter");
}

/** Evaluates the lambda that is argument i. */
function apply(c: ArmCall, i: number, ...args: Result[]): Value {
  const e = c.e.args[i]!;
  if (e.op !== "call" || !foldEqual(e.name, "lambda") || e.args.length === 0) return c.fail("its argument is not a lambda");
  const env: ArmEnv = { ...c.env };
  for (let j = 0; j < e.args.length - 1 && j < args.length; j++) {
    const p = e.args[j]!;
    env.vars = { name: p.op === "lit" && typeof p.lit === "string" ? p.lit : "", value: args[j]!, outer: env.vars };
  }
  return plain(evaluate(c.r, env, e.args[e.args.length - 1]!));
}

/** Stands for the lambdas of a call in its expr: their text, with what they may read beside the template's own names. */
function lambdaText(c: ArmCall): string {
  const parts = [c.env.frame.key, words(c.e.text).join(" ")];
  for (let l = c.env.loops; l !== null; l = l.outer) parts.push(`${l.name}=${exprOf(l.index)}`);
  for (let v = c.env.vars; v !== null; v = v.outer) parts.push(`${v.name}=${exprOf(plain(v.value))}`);
  const args = c.env.args ?? new Map<string, Value>();
  for (const name of [...args.keys()].sort(compareCodePoints)) parts.push(`${name}=${exprOf(args.get(name)!)}`);
  return parts.join(" ");
}

/** Runs a function over the list that is argument 0. A lambda sees what is known of the resources that references() gives. */
function overList(c: ArmCall, run: (list: Result[]) => Result): Result {
  const found = evaluate(c.r, c.env, c.e.args[0]!);
  const v = plain(found);
  c.args = [v, lambdaText(c)];
  if (found instanceof Runtime && found.each !== null) return run(found.each);
  if (Array.isArray(v)) return run(v);
  return v instanceof Unknown ? c.unknown(v.reason) : c.fail(`it takes a list, not ${describe(v)}`);
}

/** A list of which some elements may be of references(). */
function resourcesOf(c: ArmCall, list: Result[]): Result {
  if (!list.some((item) => item instanceof Runtime)) return list as Value[];
  const out = c.runtime();
  out.each = list;
  return out;
}

function filter(c: ArmCall, list: Result[]): Result {
  const out: Result[] = [];
  for (let i = 0; i < list.length; i++) {
    const v = apply(c, 1, list[i]!, BigInt(i));
    if (v instanceof Unknown) return c.unknown(v.reason);
    if (asBool(v) === true) out.push(list[i]!);
  }
  return resourcesOf(c, out);
}

/** Is stable; the lambda says whether its first argument comes first. */
function sort(c: ArmCall, list: Result[]): Result {
  let unknown: Unknown | null = null;
  const out = mergeSort(list, (a, b) => {
    const v = apply(c, 1, a, b);
    if (v instanceof Unknown) unknown ??= v;
    return asBool(v) === true;
  });
  return unknown === null ? resourcesOf(c, out) : c.unknown((unknown as Unknown).reason);
}

/** Compares in an order that does not depend on a library, so that a lambda that is no order gives the same list in both engines. */
function mergeSort(list: Result[], before: (a: Result, b: Result) => boolean): Result[] {
  if (list.length < 2) return [...list];
  const half = Math.floor(list.length / 2);
  const a = mergeSort(list.slice(0, half), before);
  const b = mergeSort(list.slice(half), before);
  const out: Result[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) out.push(before(b[j]!, a[i]!) ? b[j++]! : a[i++]!);
  return out.concat(a.slice(i), b.slice(j));
}

function toObject(c: ArmCall, list: Result[]): Value {
  const out = newMap();
  for (const item of list) {
    const key = toText(apply(c, 1, item));
    if (key instanceof Unknown) return c.unknown(key.reason);
    out[key] = c.e.args.length > 2 ? apply(c, 2, item) : plain(item);
  }
  return out;
}

function groupBy(c: ArmCall, list: Result[]): Value {
  const out = newMap();
  for (const item of list) {
    const key = toText(apply(c, 1, item));
    if (key instanceof Unknown) return c.unknown(key.reason);
    const group = out[key];
    if (Array.isArray(group)) group.push(plain(item));
    else out[key] = [plain(item)];
  }
  return out;
}

function mapValues(c: ArmCall): Result {
  const m = c.arg(0);
  c.args = [m, lambdaText(c)];
  if (m instanceof Unknown) return c.unknown(m.reason);
  if (!isMap(m)) return c.fail(`it takes an object, not ${describe(m)}`);
  const out = newMap();
  for (const k of keysOf(m)) out[k] = apply(c, 1, m[k]!);
  return out;
}
