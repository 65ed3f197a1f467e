// Logical, comparing and numeric template functions. Mirrors internal/topology/armlogic.go.

import type { ArmCall, FunctionTable } from "./armcall";
import { evaluate, plain, type Result } from "./armeval";
import { armNumber } from "./armexpr";
import { notEmpty } from "./armsecret";
import { describe, emptyValue, same, toInt, trimSpace } from "./armvalue";
import { compareCodePoints, lowerASCII } from "./source";
import { Unknown, type Value } from "./value";

export const logicFunctions: FunctionTable = {
  and: { min: 1, max: -1, open: true, run: (c) => connective(c, false) },
  or: { min: 1, max: -1, open: true, run: (c) => connective(c, true) },
  not: { min: 1, max: 1, run: not },
  if: { min: 3, max: 3, lazy: true, run: branch },
  true: { run: () => true },
  false: { run: () => false },
  null: { run: () => null },
  bool: { min: 1, max: 1, run: bool },
  equals: { min: 2, max: 2, open: true, run: equals },
  less: { min: 2, max: 2, run: (c) => compared(c, (n) => n < 0) },
  lessOrEquals: { min: 2, max: 2, run: (c) => compared(c, (n) => n <= 0) },
  greater: { min: 2, max: 2, run: (c) => compared(c, (n) => n > 0) },
  greaterOrEquals: { min: 2, max: 2, run: (c) => compared(c, (n) => n >= 0) },
  coalesce: { min: 1, max: -1, lazy: true, run: coalesce },
};

/** Reads a condition, or null for what is none; templates write "true" too. */
export function asBool(v: Value): boolean | null {
  if (typeof v === "boolean") return v;
  if (typeof v !== "string") return null;
  const lower = lowerASCII(v);
  return lower === "true" ? true : lower === "false" ? false : null;
}

/** "or" (decisive true) or "and" (decisive false) after Kleene: one decisive argument decides, whatever the others are. */
function connective(c: ArmCall, decisive: boolean): Result {
  for (const a of c.args) if (asBool(a) === decisive) return decisive;
  for (const a of c.args) {
    if (asBool(a) !== null) continue;
    return a instanceof Unknown ? c.unknown(a.reason) : c.fail(`${describe(a)} is not a boolean`);
  }
  return !decisive;
}

function not(c: ArmCall): Result {
  const b = asBool(c.args[0]!);
  return b === null ? c.fail(`${describe(c.args[0]!)} is not a boolean`) : !b;
}

/** Evaluates only the branch it takes. Where the condition is unknown and both branches are the same, so is the result. */
function branch(c: ArmCall): Result {
  const condition = c.arg(0);
  const b = asBool(condition);
  if (b !== null) return evaluate(c.r, c.env, c.e.args[b ? 1 : 2]!);
  c.args = [condition, c.arg(1), c.arg(2)];
  if (!(condition instanceof Unknown)) return c.fail(`${describe(condition)} is not a boolean`);
  return same(c.args[1]!, c.args[2]!) === true ? c.args[1]! : c.unknown(condition.reason);
}

function bool(c: ArmCall): Result {
  const v = c.args[0]!;
  const b = asBool(v);
  if (b !== null) return b;
  if (typeof v === "bigint") return v !== 0n;
  return typeof v === "number" ? v !== 0 : c.fail(`${describe(v)} is not a boolean`);
}

function equals(c: ArmCall): Result {
  const [a, b] = c.args as [Value, Value];
  const v = same(a, b);
  if (!(v instanceof Unknown)) return v;
  return (notEmpty(c.r, a) && emptyValue(b)) || (notEmpty(c.r, b) && emptyValue(a)) ? false : c.unknown(v.reason);
}

/** Orders two numbers or two texts. */
function compared(c: ArmCall, holds: (n: number) => boolean): Result {
  const [a, b] = c.args as [Value, Value];
  if (typeof a === "string" && typeof b === "string") return holds(compareCodePoints(a, b));
  const x = asFloat(a);
  const y = asFloat(b);
  if (x === null || y === null) return c.fail(`${describe(a)} and ${describe(b)} cannot be compared`);
  return holds(x < y ? -1 : x > y ? 1 : 0);
}

function asFloat(v: Value): number | null {
  return typeof v === "bigint" ? Number(v) : typeof v === "number" ? v : null;
}

/** The first argument that is not null. */
function coalesce(c: ArmCall): Result {
  const { args } = c.e;
  for (let i = 0; i < args.length; i++) {
    const v = evaluate(c.r, c.env, args[i]!);
    const known = plain(v);
    if (known instanceof Unknown && i < args.length - 1 && !notEmpty(c.r, known)) {
      c.args = args.map((_, j) => c.arg(j));
      return c.unknown(known.reason);
    }
    if (v !== null) return v;
  }
  return null;
}

export const numberFunctions: FunctionTable = {
  int: { min: 1, max: 1, open: true, run: int },
  float: { min: 1, max: 1, run: float },
  add: { min: 2, max: 2, run: (c) => arithmetic(c, (a, b) => a + b) },
  sub: { min: 2, max: 2, run: (c) => arithmetic(c, (a, b) => a - b) },
  mul: { min: 2, max: 2, run: (c) => arithmetic(c, (a, b) => a * b) },
  div: { min: 2, max: 2, run: (c) => arithmetic(c, (a, b) => (b === 0n ? null : a / b)) },
  mod: { min: 2, max: 2, run: (c) => arithmetic(c, (a, b) => (b === 0n ? null : a % b)) },
  min: { min: 1, max: -1, run: (c) => extreme(c, -1) },
  max: { min: 1, max: -1, run: (c) => extreme(c, 1) },
  range: { min: 2, max: 2, run: range },
};

function int(c: ArmCall): Result {
  const v = toInt(c.args[0]!);
  if (typeof v === "bigint") return v;
  if (typeof v === "number" && Math.abs(v) < 2 ** 53) return BigInt(Math.trunc(v));
  if (v instanceof Unknown) return new Unknown(v.reason, v.text, c.unknown(v.reason).expr);
  return c.fail(`${describe(c.args[0]!)} is not a whole number`);
}

function float(c: ArmCall): Result {
  const v = c.args[0]!;
  const f = asFloat(typeof v === "string" ? armNumber(trimSpace(v)) : v);
  return f ?? c.fail(`${describe(v)} is not a number`);
}

function arithmetic(c: ArmCall, op: (a: bigint, b: bigint) => bigint | null): Result {
  const [a, b] = c.args as [Value, Value];
  if (typeof a !== "bigint" || typeof b !== "bigint") return c.fail(`${describe(a)} and ${describe(b)} are not whole numbers`);
  const n = op(a, b);
  if (n === null) return c.fail("division by zero");
  return n < -(2n ** 63n) || n >= 2n ** 63n ? c.fail("the result is too large") : n;
}

/** min (sign -1) or max (sign 1) of integers or of one list of them. */
function extreme(c: ArmCall, sign: number): Result {
  const first = c.args[0]!;
  const values = c.args.length === 1 && Array.isArray(first) ? first : c.args;
  let best: bigint | null = null;
  for (const v of values) {
    if (v instanceof Unknown) return c.unknown(v.reason);
    if (typeof v !== "bigint") return c.fail(`${describe(v)} is not a whole number`);
    if (best === null || (sign < 0 ? v < best : v > best)) best = v;
  }
  return best ?? c.fail("the list is empty");
}

function range(c: ArmCall): Result {
  const [start, count] = c.args as [Value, Value];
  if (typeof start !== "bigint" || typeof count !== "bigint") return c.fail("the start and the count must be whole numbers");
  // Azure's own limits.
  if (count < 0n || count > 10_000n || start > 2147483647n || start < -2147483648n) return c.fail("the count must be between 0 and 10000");
  c.r.steps += Number(count);
  return Array.from({ length: Number(count) }, (_, i) => start + BigInt(i));
}
