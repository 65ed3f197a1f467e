// expr's operators over the values of value.ts. Each function names the expr
// operator or the function of vm/runtime that it mirrors; what expr reports as
// a run-time error is a thrown Failure.

import { Dict, FailedValue, NO_ELEMENT, Obj, Partial, Unknown, type RecordValue, type Value } from "./value";

/**
 * A run-time error of an expression: its author's bug. It ends where its expression
 * is evaluated, and is no Error because nobody needs the stack, which takes long to write.
 */
export class Failure {
  constructor(readonly message: string) {}
}

export function fail(message: string): never {
  throw new Failure(message);
}

/** Names a value's type in messages, like nameOf in internal/lang: "an int". */
export function nameOf(v: Value): string {
  const name = typeName(v);
  return name === "nil" ? name : (/^[aeiou]/.test(name) ? "an " : "a ") + name;
}

/** The name that expr's `type` gives. */
export function typeName(v: Value): string {
  switch (typeof v) {
    case "boolean": return "bool";
    case "bigint": return "int";
    case "number": return "float";
    case "string": return "string";
  }
  if (v === null) return "nil";
  if (v instanceof Obj) return "object";
  return Array.isArray(v) || v instanceof Partial ? "array" : "map";
}

// Go distinguishes []any from []string and []int where it compares maps deeply,
// and a nil slice from an empty one. A list carries the difference with it.
/** What Go has as []string, []int and, for the pairs of toPairs, [2]any; and as a nil slice. */
type ListKind = "string" | "int" | "pair" | "nil";
const KIND = Symbol("kind");

export function typedList(kind: ListKind, list: Value[]): Value[] {
  (list as { [KIND]?: ListKind })[KIND] = kind;
  return list;
}

/** What `concat` of nothing gives in Go: an empty list that is also nil. */
export function nilList(): Value[] {
  return typedList("nil", []);
}

export function listKind(list: object): ListKind | undefined {
  return (list as { [KIND]?: ListKind })[KIND];
}

/** Passes an element through, unless it is one of a map. */
export function readable(v: Value): Value {
  return (v as unknown) === NO_ELEMENT ? fail("a map has no elements") : v;
}

/** Passes a known value through and stops at any other. */
export function known(v: Value): Value {
  return (typeof v === "object" ? v === null : v !== undefined) ? v : composite(v);
}

/** known for what is no scalar; undefined is a field that nobody set. */
function composite(v: Value): Value {
  if (v === undefined) throw UNDECIDED;
  if (Array.isArray(v) || v instanceof Obj) return v;
  if (v instanceof Unknown) throw v;
  if (v instanceof Partial) throw why(v);
  if ((v as object) instanceof FailedValue) throw (v as unknown as FailedValue).error;
  return readable(v);
}

/** The unknown that a partial list is when asked for the whole. */
export function why(p: Partial): Unknown {
  if (p.open) return p.open;
  for (const item of p.items) if (item instanceof Obj && item.exists) return item.exists;
  return new Unknown("not everything in this list is known");
}

/** Thrown where generated code meets what it makes no provision for: the tree evaluator says what comes of it. */
const UNDECIDED = new Unknown("");

/** An object of the model; anything else stops. */
export function object(v: Value): Obj {
  return v instanceof Obj ? v : stop(v);
}

/** An object of the model or nil; anything else stops. */
export function link(v: Value): Obj | null {
  return v === null || v instanceof Obj ? v : stop(v);
}

/** A link that is no unknown, as an object; nil stops. */
export function there(v: Obj | null): Obj {
  return v === null ? stop(v) : v;
}

function stop(v: Value): never {
  known(v);
  throw UNDECIDED;
}

/** runtime.IsNil */
export function isNil(v: Value): boolean {
  return v === null || (Array.isArray(v) && v.length === 0 && listKind(v) === "nil");
}

const MIN_INT = -(2n ** 63n);

/** Wraps a sum, difference or product as int64 does. */
export function wrap(n: bigint): bigint {
  return BigInt.asIntN(64, n);
}

const isNumber = (v: Value): v is bigint | number => typeof v === "bigint" || typeof v === "number";

/** A map literal; of a key written twice the first stays, as in the VM. */
export function mapOf(v: Value[]): Value {
  const out = Object.create(null) as RecordValue;
  for (let i = v.length - 2; i >= 0; i -= 2) {
    if (typeof v[i] !== "string") fail(`a key is text, not ${nameOf(v[i]!)}`);
    out[v[i] as string] = v[i + 1]!;
  }
  return out;
}

/** Compares strings as Go does, by UTF-8 bytes, which is by code point. */
export function compareText(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above every other UTF-16 unit.
    const sx = x >= 0xd800 && x < 0xe000;
    const sy = y >= 0xd800 && y < 0xe000;
    if (sx !== sy) return sx ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** runtime.Equal: == */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true; // NaN is never identical to itself
  if (typeof a === "string" || typeof b === "string") return false;
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b) && (typeof a !== typeof b || a === b);
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    if (listKind(a) === "pair" || listKind(b) === "pair") return deepEqual(a, b);
    return a.every((x, i) => equal(x, b[i]!));
  }
  if (isNil(a) && isNil(b)) return true;
  return deepEqual(a, b);
}

/** reflect.DeepEqual, which looks at types too. */
export function deepEqual(a: Value, b: Value): boolean {
  if (a === b) return !(typeof a === "number" && Number.isNaN(a));
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Obj || b instanceof Obj) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    if (listKind(a) !== listKind(b)) return false;
    return a.every((x, i) => deepEqual(x, b[i]!));
  }
  if (a instanceof Dict || b instanceof Dict) {
    return a instanceof Dict && b instanceof Dict && a.size === b.size && a.list().every(([k, v]) => b.has(k) && deepEqual(v, b.get(k)));
  }
  const x = a as RecordValue;
  const y = b as RecordValue;
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((k) => Object.hasOwn(y, k) && deepEqual(x[k]!, y[k]!));
}

/** == with a constant text; a value that is not known stops. */
export function is(v: Value, text: string): boolean {
  return v === text || differs(v);
}

function differs(v: Value): false {
  known(v);
  return false;
}

function mismatch(op: string, a: Value, b: Value): never {
  return fail(`"${op}" does not work on ${nameOf(a)} and ${nameOf(b)}`);
}

/** Below zero, zero or above it as a is less than, equal to or more than b; NaN where a NaN has no order. */
function order(op: string, a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  if (!isNumber(a) || !isNumber(b)) return mismatch(op, a, b);
  const x = Number(a);
  const y = Number(b);
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : NaN;
}

export const less = (a: Value, b: Value) => order("<", a, b) < 0;
export const lessEq = (a: Value, b: Value) => order("<=", a, b) <= 0;
export const more = (a: Value, b: Value) => order(">", a, b) > 0;
export const moreEq = (a: Value, b: Value) => order(">=", a, b) >= 0;

export function add(a: Value, b: Value): Value {
  if (typeof a === "bigint" && typeof b === "bigint") return wrap(a + b);
  if (isNumber(a) && isNumber(b)) return Number(a) + Number(b);
  if (typeof a === "string" && typeof b === "string") return boundedText(() => a + b, a.length + b.length, () => byteLength(a) + byteLength(b));
  return mismatch("+", a, b);
}

/** The bytes of a text that an expression makes, see internal/lang/limits.go. */
const MAX_TEXT = 1 << 26;

/**
 * Makes a text unless it is too long. `units` are the UTF-16 units that it would
 * have, and `bytes` counts exactly where they leave it open.
 */
export function boundedText(make: () => string, units: number, bytes: () => number): string {
  if (units * 3 > MAX_TEXT && bytes() > MAX_TEXT) return fail(`a text has at most ${MAX_TEXT} bytes`);
  return make();
}

/** Length in UTF-8. */
export function byteLength(s: string): number {
  let n = s.length;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    // A pair of surrogates is four bytes in two units.
    if (c >= 0x80) n += c < 0x800 || (c >= 0xd800 && c < 0xe000) ? 1 : 2;
  }
  return n;
}

export function subtract(a: Value, b: Value): Value {
  if (typeof a === "bigint" && typeof b === "bigint") return wrap(a - b);
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  return mismatch("-", a, b);
}

export function multiply(a: Value, b: Value): Value {
  if (typeof a === "bigint" && typeof b === "bigint") return wrap(a * b);
  if (isNumber(a) && isNumber(b)) return Number(a) * Number(b);
  return mismatch("*", a, b);
}

export function divide(a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b)) return Number(a) / Number(b);
  return mismatch("/", a, b);
}

export function modulo(a: Value, b: Value): Value {
  if (typeof a !== "bigint" || typeof b !== "bigint") return mismatch("%", a, b);
  if (b === 0n) return fail("division by zero");
  return wrap(a % b);
}

/** math.Pow for whole exponents, by Go's own loop; the profile has no others. */
export function power(a: Value, b: Value): Value {
  if (typeof b === "number" && b !== Math.trunc(b)) return fail("a fractional exponent is outside the rule language");
  if (!isNumber(a) || !isNumber(b)) return mismatch("**", a, b);
  return goPow(Number(a), Number(b));
}

function goPow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (x === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return Math.pow(x, y);
  let yi = Math.trunc(Math.abs(y));
  if (Math.abs(y) !== yi) return Math.pow(x, y);
  if (yi >= 2 ** 63) {
    if (x === -1) return 1;
    return Math.abs(x) < 1 === y > 0 ? 0 : Infinity;
  }
  // ans = a1 * 2**ae, as in math.pow.
  let a1 = 1;
  let ae = 0;
  let [x1, xe] = frexp(x);
  for (let i = BigInt(yi); i !== 0n; i >>= 1n) {
    if (xe < -(1 << 12) || 1 << 12 < xe) {
      ae += xe;
      break;
    }
    if ((i & 1n) === 1n) {
      a1 *= x1;
      ae += xe;
    }
    x1 *= x1;
    xe <<= 1;
    if (x1 < 0.5) {
      x1 += x1;
      xe--;
    }
  }
  if (y < 0) {
    a1 = 1 / a1;
    ae = -ae;
  }
  return ldexp(a1, ae);
}

function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  let e = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
  let m = x * Math.pow(2, -e);
  while (Math.abs(m) < 0.5) { m *= 2; e--; }
  while (Math.abs(m) >= 1) { m /= 2; e++; }
  return [m, e];
}

function ldexp(m: number, e: number): number {
  // In steps, so that no intermediate power overflows or underflows early.
  while (e > 1000) { m *= 2 ** 1000; e -= 1000; if (!Number.isFinite(m)) return m; }
  while (e < -1000) { m *= 2 ** -1000; e += 1000; if (m === 0) return m; }
  return m * 2 ** e;
}

export function negate(a: Value): Value {
  if (typeof a === "bigint") return wrap(-a);
  if (typeof a === "number") return -a;
  return fail(`a sign needs a number, not ${nameOf(a)}`);
}

export function positive(a: Value): Value {
  return a;
}

export function not(a: Value): boolean {
  if (typeof a === "boolean") return !a;
  return fail(`what "not" negates is true or false, not ${nameOf(a)}`);
}

/** The condition of and, or, the ternary and the closures. */
export function truth(a: Value, what: string): boolean {
  return typeof a === "boolean" ? a : noTruth(a, what);
}

function noTruth(a: Value, what: string): never {
  return fail(`${what} is true or false, not ${nameOf(known(a))}`);
}

/** runtime.In */
export function inList(x: Value, list: Value): boolean {
  return typeof x === "string" && Array.isArray(list) ? list.includes(x) : inOther(x, list);
}

function inOther(x: Value, list: Value): boolean {
  known(list);
  if (list === null) return false;
  if (list instanceof Dict) return list.has(hashable(x, "in"));
  if (Array.isArray(list)) return list.some((item) => equal(item, x));
  if (typeof list === "object" && !(list instanceof Obj) && !(list instanceof Unknown) && !(list instanceof Partial)) {
    if (x !== null && typeof x !== "string") return mismatch("in", x, list);
    return Object.hasOwn(list, x ?? "");
  }
  return mismatch("in", x, list);
}

function textOperator(op: string, a: Value, b: Value, test: (a: string, b: string) => boolean): boolean {
  if (isNil(a) || isNil(b)) return false;
  if (typeof a === "string" && typeof b === "string") return test(a, b);
  return mismatch(op, a, b);
}

export const contains = (a: Value, b: Value) => textOperator("contains", a, b, (s, t) => s.includes(t));
export const startsWith = (a: Value, b: Value) => textOperator("startsWith", a, b, (s, t) => s.startsWith(t));
export const endsWith = (a: Value, b: Value) => textOperator("endsWith", a, b, (s, t) => s.endsWith(t));

/** A constant pattern, emitted by internal/rulejs as a RegExp or an Automaton. */
export interface Pattern {
  test(s: string): boolean;
}

export function matches(a: Value, re: Pattern): boolean {
  if (isNil(a)) return false;
  if (typeof a === "string") return re.test(a);
  return fail(`"matches" does not work on ${nameOf(a)} and a string`);
}

/** runtime.ToInt; a float that no int64 holds converts as on amd64. */
export function toInt(n: bigint | number): bigint {
  if (typeof n === "bigint") return n;
  const t = Math.trunc(n);
  return t >= -(2 ** 63) && t < 2 ** 63 ? BigInt(t) : MIN_INT;
}

const MAX_RANGE = 1_000_000n;

/** Numbers that the ranges of one evaluation have made; evaluate() begins anew. Data bounds every other loop. */
export const work = { steps: 0 };
const MAX_STEPS = 1 << 26;

export function range(a: Value, b: Value): Value[] {
  if (!isNumber(a) || !isNumber(b)) return mismatch("..", a, b);
  const from = toInt(a);
  const to = toInt(b);
  const size = wrap(to - from + 1n); // wraps as in Go
  if (size >= MAX_RANGE) return fail("a range has fewer than 1000000 elements");
  if (size > 0n && (work.steps += Number(size)) > MAX_STEPS) return fail("this takes more steps than an expression may");
  const out: Value[] = [];
  for (let i = 0n; i < size; i++) out.push(from + i);
  return typedList("int", out);
}

/** A value that can be the key of a map in Go; lists and maps cannot. */
export function hashable(key: Value, name: string): Value {
  if (key !== null && typeof key === "object" && !(key instanceof Obj)) return fail(`"${name}" does not work on these elements`);
  return key;
}

/** runtime.Fetch with an index or a key: a list's element or a record's value. */
export function at(base: Value, i: Value): Value {
  if (Array.isArray(base)) {
    if (!isNumber(i)) return fail(`there is no element ${showIndex(i)}`);
    let k = Number(toInt(i));
    if (k < 0) k += base.length;
    if (!(k >= 0 && k < base.length)) return fail(`there is no element ${showIndex(i)}`);
    return base[k]!;
  }
  if (base instanceof Dict) return base.get(hashable(i, "[]"));
  if (base !== null && typeof base === "object" && !(base instanceof Obj) && !(base instanceof Unknown) && !(base instanceof Partial)) {
    if (i !== null && typeof i !== "string") return fail(`a map has no elements`);
    return Object.hasOwn(base, i ?? "") ? base[i ?? ""]! : null;
  }
  return fail(`${nameOf(base)} has no elements`);
}

function showIndex(i: Value): string {
  return i === null ? "none" : typeof i === "object" ? nameOf(i) : String(i);
}

/** runtime.Slice on lists; bounds are clamped. */
export function slice(list: Value, from: Value, to: Value): Value[] {
  if (!Array.isArray(list)) return fail(`${nameOf(list)} cannot be sliced`);
  const bound = (v: Value, otherwise: number): number => {
    if (v === undefined) return otherwise;
    if (!isNumber(v)) return fail(`${nameOf(list)} cannot be sliced`);
    const n = Number(toInt(v));
    return Math.max(0, n < 0 ? n + list.length : n);
  };
  const b = Math.min(bound(to, list.length), list.length);
  const a = Math.min(bound(from, 0), b);
  const out = list.slice(a, b);
  const kind = listKind(list);
  return kind === undefined || kind === "nil" ? out : typedList(kind, out);
}

/** The operators of OpBin by name. `matches` takes its pattern compiled. */
export const binary: Record<string, (a: Value, b: Value) => Value> = {
  "==": equal,
  "!=": (a, b) => !equal(a, b),
  "<": less,
  "<=": lessEq,
  ">": more,
  ">=": moreEq,
  "+": add,
  "-": subtract,
  "*": multiply,
  "/": divide,
  "%": modulo,
  "**": power,
  in: inList,
  contains,
  startsWith,
  endsWith,
  "..": range,
};
