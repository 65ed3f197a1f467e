// `plumbline eval` in JavaScript: evaluates single expressions and prints their
// results. Mirrors internal/eval. No part of a site.

import program from "plumbline:rules";
import { evaluate, type Context, type Expr, type Library } from "./evaluate";
import * as rt from "./index";
import { compareText, Failure, typeName, work } from "./ops";
import { read } from "./read";
import { show } from "./show";
import { openValue, RuntimeError } from "./tree";
import { Dict, Obj, Partial, Unknown, type RecordValue, type Value } from "./value";

interface Result {
  /** A defect is an error that no expression should be able to cause. */
  Kind: "value" | "error" | "unknown" | "stopped" | "defect";
  JSON: string;
  Shape: string;
}

const empty = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;
const lib: Library = (program as typeof program | null)?.lib ?? { derived: {}, functions: {}, one: {} };
let context: Context = { collections: empty(), declared: empty(), lib };
let args: Value[] = [];

/** Sets the names that expressions see, as JSON. */
export function environment(text: string): string {
  args = [plain(JSON.parse(text))];
  return "";
}

/** Reads the topology that expressions see: JSON of its file and text. */
export function topology(request: string): string {
  const t = read(program, [JSON.parse(request) as { file: string; text: string }]);
  if (!t.world) throw new Error("the topology cannot be read: " + JSON.stringify(t.problems));
  context = { collections: t.world.collections, declared: t.world.declared, lib };
  return "";
}

/** JSON's numbers are floats, and no key of it means anything to JavaScript. */
function plain(v: unknown): Value {
  if (Array.isArray(v)) return v.map(plain);
  if (v === null || typeof v !== "object") return v as null | boolean | number | string;
  const out = empty<Value>();
  for (const k of Object.keys(v)) out[k] = plain((v as Record<string, unknown>)[k]);
  return out;
}

/** Runs expressions, the elements of an array literal, and returns their results as JSON. */
export function run(code: string): string {
  const exprs = new Function("rt", `"use strict"; return [${code}];`)(rt) as Expr[];
  return JSON.stringify(exprs.map(outcome));
}

function outcome(x: Expr): Result {
  if (!x.tree) return fast(x);
  try {
    return resultOf(evaluate(x, context, args));
  } catch (e) {
    return { Kind: e instanceof RuntimeError ? "error" : "defect", JSON: `{"error":${JSON.stringify(messageOf(e))}}`, Shape: "" };
  }
}

function messageOf(e: unknown): string {
  return e instanceof RuntimeError ? e.message : String(e);
}

/** The function alone; what stops it needs the tree. */
function fast(x: Expr): Result {
  work.steps = 0;
  try {
    return resultOf(x.run(context, ...args));
  } catch (e) {
    if (e instanceof Unknown || e instanceof Failure || e instanceof RuntimeError) return { Kind: "stopped", JSON: "", Shape: "" };
    return { Kind: "defect", JSON: `{"error":${JSON.stringify(messageOf(e))}}`, Shape: "" };
  }
}

function resultOf(v: Value): Result {
  const u = openValue(v);
  if (u) return { Kind: "unknown", JSON: `{"unknown":${JSON.stringify(u.missing.map((m) => ({ path: m.path, reason: m.reason })))}}`, Shape: "" };
  const p = print(v);
  return { Kind: "value", JSON: `{"value":${p.json},"type":"${typeOf(v)}"}`, Shape: p.shape };
}

function typeOf(v: Value): string {
  return v instanceof Obj ? "map" : typeName(v);
}

interface Printed {
  json: string;
  shape: string;
}

function print(v: Value): Printed {
  switch (typeof v) {
    case "boolean": return { json: String(v), shape: "b" };
    case "bigint": return { json: String(v), shape: "i" };
    case "number":
      if (!Number.isFinite(v)) return { json: JSON.stringify(show(v)), shape: "f" };
      return { json: show(v), shape: Object.is(v, -0) ? "z" : "f" };
    case "string": return { json: JSON.stringify(v), shape: "s" };
  }
  if (v === null) return { json: "null", shape: "n" };
  if (v instanceof Obj) return { json: JSON.stringify({ kind: v.kind, id: v.id, name: v.name }), shape: "o" };
  if (v instanceof Unknown || v instanceof Partial) return { json: `{"unknown":true}`, shape: "u" };
  if (Array.isArray(v)) {
    const parts = v.map(print);
    return { json: `[${parts.map((p) => p.json).join(",")}]`, shape: `[${parts.map((p) => p.shape).join("")}]` };
  }
  return printEntries(v instanceof Dict ? v.list() : Object.keys(v).map((k) => [k, (v as RecordValue)[k]!]));
}

function printEntries(list: [Value, Value][]): Printed {
  const entries = list.map(([k, v]) => {
    const p = print(v);
    const key = k === null ? "nil" : show(k);
    const kind = typeOf(k);
    return { key, kind, ...p, order: `${key}\0${kind}\0${p.json}` };
  });
  entries.sort((a, b) => compareText(a.order, b.order));
  return {
    json: `{${entries.map((e) => JSON.stringify(e.key) + ":" + e.json).join(",")}}`,
    shape: `{${entries.map((e) => `${e.kind}:${e.shape}`).join("")}}`,
  };
}
