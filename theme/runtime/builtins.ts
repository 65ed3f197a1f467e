// expr's builtins inside the language profile (internal/lang/profile.go), each
// under expr's name. Arguments of a wrong type are a Failure, as in Go.

import { Failure, add, at, boundedText, byteLength, compareText, equal, fail, hashable, isNil, known, less, listKind, more, nameOf, nilList, readable, toInt, typeName, typedList } from "./ops";
import { show } from "./show";
import { Dict, NO_ELEMENT, Obj, Partial, Unknown, type Value } from "./value";
import { lowerRuns, upperRuns } from "./unicode.gen";

type Builtin = (...args: Value[]) => Value;
/** A builtin with a closure; the closure gets the element and its index. */
type Loop = (list: Value, f: (element: Value, index: number) => Value, extra?: Value) => Value;

/** Runs f; what it finds wrong inside the arguments is said of the arguments, as in Go. */
function blaming<T>(name: string, args: Value[], f: () => T): T {
  try {
    return f();
  } catch (e) {
    if (e instanceof Failure) return wrong(name, ...args);
    throw e;
  }
}

function wrong(name: string, ...args: Value[]): never {
  return fail(`"${name}" does not work on ${args.map((a) => nameOf(a)).join(" and ")}`);
}

/**
 * The elements that a closure goes through. Of a map there are as many as it has
 * keys, as in Go, but none can be read.
 */
export function elements(name: string, v: Value): Value[] {
  return Array.isArray(v) ? v : entries(name, v);
}

function entries(name: string, v: Value): Value[] {
  known(v);
  if (v instanceof Dict) return v.list().map(() => NO_ELEMENT as unknown as Value);
  if (v !== null && typeof v === "object" && !(v instanceof Obj)) {
    return Object.keys(v).map(() => NO_ELEMENT as unknown as Value);
  }
  return fail(`"${name}" goes through a list, not ${nameOf(v)}`);
}

const list = elements;

/** Keeps an element in a result, which is a read. */
const kept = (v: Value): Value => readable(v);

function condition(name: string, v: Value): boolean {
  return typeof v === "boolean" ? v : fail(`the condition of ${name} is true or false, not ${nameOf(v)}`);
}

export const count: Loop = (v, f) => BigInt(list("count", v).filter((x, i) => condition("count", f(x, i))).length);

export const sum: Loop = (v, f) => {
  let total: Value = 0n;
  list("sum", v).forEach((x, i) => {
    total = add(f(x, i), total);
  });
  return total;
};

export const sortBy: Loop = (v, f, direction = "asc") => {
  const xs = list("sortBy", v).map(kept);
  return sorted("sortBy", xs, xs.map(f), direction);
};

export const groupBy: Loop = (v, f) => {
  const groups = new Dict(nilList);
  const xs = list("groupBy", v).map(kept);
  const keys = xs.map(f);
  sameKnown(keys);
  keys.forEach((key, i) => {
    if (groups.has(hashable(key, "groupBy"))) (groups.get(key) as Value[]).push(xs[i]!);
    else groups.set(key, [xs[i]!]);
  });
  return groups;
};

/** Those that the tree evaluator runs over the closure's results. */
export const loops: Record<string, Loop> = { count, sum, sortBy, groupBy };

/** Stops where it is not known which of the keys are the same: one of several objects has an open identity. */
function sameKnown(keys: Value[]): void {
  for (const k of keys) {
    if (k instanceof Obj && k.unresolved && keys.some((x) => x instanceof Obj && x !== k)) throw k.unresolved;
  }
}

/** sort and sortBy, stable as in internal/lang/sort.go. */
function sorted(name: string, xs: Value[], keys: Value[], direction: Value): Value[] {
  if (direction !== "asc" && direction !== "desc") return wrong(name, xs);
  const index = xs.map((_, i) => i);
  index.sort((i, j) => {
    const [a, b] = direction === "asc" ? [keys[i]!, keys[j]!] : [keys[j]!, keys[i]!];
    return less(a, b) ? -1 : less(b, a) ? 1 : 0;
  });
  return index.map((i) => xs[i]!);
}

/** reduce: the closure gets the element, its index and the accumulator. */
export function reduce(v: Value, f: (element: Value, index: number, acc: Value) => Value, initial?: Value): Value {
  const xs = list("reduce", v);
  let i = 0;
  let acc: Value;
  if (initial !== undefined) acc = initial;
  else if (xs.length === 0) return fail("reduce of an empty list needs an initial value");
  else acc = kept(xs[i++]!);
  for (; i < xs.length; i++) acc = f(xs[i]!, i, acc);
  return acc;
}

const codePoints = (s: string): number => {
  let n = 0;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c < 0xdc00 || c > 0xdfff) n++;
  }
  return n;
};

/** Length in UTF-8 bytes of the first `end` UTF-16 units. */
function byteOffset(s: string, end: number): number {
  let n = 0;
  for (let i = 0; i < end; i++) {
    const c = s.charCodeAt(i);
    n += c < 0x80 ? 1 : c < 0x800 ? 2 : c >= 0xd800 && c < 0xe000 ? 2 : 3;
  }
  return n;
}

function text(name: string, args: Value[], i: number, otherwise?: string): string {
  const v = args[i];
  if (v === undefined && otherwise !== undefined) return otherwise;
  return typeof v === "string" ? v : wrong(name, ...args);
}

function whole(name: string, args: Value[], i: number): number {
  const v = args[i]!;
  if (typeof v === "bigint") return Number(v);
  if (typeof v === "number") return Math.trunc(v);
  return wrong(name, ...args);
}

// unicode.IsSpace
const SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/gu;

function trimSet(s: string, cutset: string): string {
  const cut = new Set(cutset);
  const chars = [...s];
  let a = 0;
  let b = chars.length;
  while (a < b && cut.has(chars[a]!)) a++;
  while (b > a && cut.has(chars[b - 1]!)) b--;
  return chars.slice(a, b).join("");
}

/** strings.SplitN; n < 0 is without limit. */
function splitN(s: string, sep: string, n: number): Value[] {
  if (n === 0) return typedList("string", []);
  let parts = sep === "" ? [...s] : s.split(sep);
  if (n > 0 && parts.length > n) {
    parts = [...parts.slice(0, n - 1), parts.slice(n - 1).join(sep)];
  }
  return typedList("string", parts);
}

/** strings.Replace; n < 0 replaces all. */
function replaceN(s: string, from: string, to: string, n: number): string {
  const count = (from === "" ? codePoints(s) : s.split(from).length) - (from === "" ? -1 : 1);
  const size = (length: (s: string) => number) => length(s) + count * Math.max(0, length(to) - length(from));
  return boundedText(() => replaced(s, from, to, n), s.length + count * to.length, () => size(byteLength));
}

function replaced(s: string, from: string, to: string, n: number): string {
  if (from === to || n === 0) return s;
  const parts = from === "" ? ["", ...[...s].map((c) => c), ""] : s.split(from);
  if (from === "") {
    // Go inserts before every rune and at the end.
    const runes = [...s];
    let out = "";
    let left = n < 0 ? Infinity : n;
    for (let i = 0; i <= runes.length; i++) {
      if (left-- > 0) out += to;
      out += runes[i] ?? "";
    }
    return out;
  }
  if (n < 0 || parts.length - 1 <= n) return parts.join(to);
  return parts.slice(0, n + 1).join(to) + from + parts.slice(n + 1).join(from);
}

/** The mappings above ASCII by character, made when one is first met. */
let cases: Record<"toUpperCase" | "toLowerCase", Map<string, string>> | undefined;

function caseMaps(): NonNullable<typeof cases> {
  const toLowerCase = new Map<string, string>();
  const toUpperCase = new Map<string, string>();
  const add = (map: Map<string, string>, runs: readonly number[]) => {
    let from = 0;
    for (let i = 0; i < runs.length; i += 3) {
      from += runs[i]!;
      const step = (runs[i + 1]! & 1) + 1;
      for (let k = 0; k <= runs[i + 1]! >> 1; k++) map.set(String.fromCodePoint(from + k * step), String.fromCodePoint(from + k * step + runs[i + 2]!));
    }
  };
  add(toLowerCase, lowerRuns);
  for (const [c, lower] of toLowerCase) if (!toUpperCase.has(lower)) toUpperCase.set(lower, c);
  add(toUpperCase, upperRuns);
  return (cases = { toUpperCase, toLowerCase });
}

/** Texts in the other case: rules compare the same few over and over. */
const mapped = { toUpperCase: new Map<string, string>(), toLowerCase: new Map<string, string>() };
const MAX_MAPPED = 10_000;
const MAX_MAPPED_LENGTH = 200;

function mapCase(s: string, to: "toUpperCase" | "toLowerCase"): string {
  const known = mapped[to].get(s);
  if (known !== undefined) return known;
  const out = caseOf(s, to);
  if (s.length <= MAX_MAPPED_LENGTH) {
    if (mapped[to].size >= MAX_MAPPED) mapped[to].clear();
    mapped[to].set(s, out);
  }
  return out;
}

/** strings.ToUpper and strings.ToLower: simple mappings, in the version of Unicode that Go has. */
function caseOf(s: string, to: "toUpperCase" | "toLowerCase"): string {
  if (/^[\0-\x7f]*$/.test(s)) return s[to]();
  const map = (cases ?? caseMaps())[to];
  return Array.from(s, (c) => (c < "\x80" ? c[to]() : (map.get(c) ?? c))).join("");
}

/** fmt.Sprintf("%v") of a float. */
function goFloat(x: number): string {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "+Inf" : "-Inf";
  if (x === 0) return Object.is(x, -0) ? "-0" : "0";
  const [mantissa, exponent] = x.toExponential().split("e") as [string, string];
  const e = Number(exponent);
  if (e < -4 || e >= 6) {
    const digits = Math.abs(e).toString().padStart(2, "0");
    return `${mantissa}e${e < 0 ? "-" : "+"}${digits}`;
  }
  return plain(x, mantissa, e);
}

function plain(x: number, mantissa: string, e: number): string {
  const sign = x < 0 ? "-" : "";
  const digits = mantissa.replace("-", "").replace(".", "");
  if (e < 0) return sign + "0." + "0".repeat(-e - 1) + digits;
  if (digits.length <= e + 1) return sign + digits + "0".repeat(e + 1 - digits.length);
  return sign + digits.slice(0, e + 1) + "." + digits.slice(e + 1);
}

const FLOAT = /^[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?)$/;

function parseFloat64(s: string): number {
  if (FLOAT.test(s)) {
    const x = Number(s);
    return Number.isFinite(x) ? x : wrong("float", s);
  }
  if (/^[+-]?inf(inity)?$/i.test(s)) return s.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(s)) return NaN;
  return wrong("float", s);
}

/** Numbers of texts: rules read the same few ports over and over. */
const ints = new Map<string, bigint>();

function intOf(v: Value): bigint {
  if (typeof v === "bigint" || typeof v === "number") return toInt(v);
  if (typeof v === "string" && v.length < 16) {
    const known = ints.get(v);
    if (known !== undefined) return known;
    if (/^\d+$/.test(v)) {
      const n = BigInt(v);
      if (ints.size >= MAX_MAPPED) ints.clear();
      ints.set(v, n);
      return n;
    }
  }
  if (typeof v === "string" && /^[+-]?\d+$/.test(v)) {
    const n = BigInt(v.replace("+", ""));
    if (BigInt.asIntN(64, n) === n) return n;
  }
  return wrong("int", v);
}

function toFloat(name: string, v: Value): number {
  if (typeof v === "number") return v;
  return typeof v === "bigint" ? Number(v) : wrong(name, v);
}

/** math.Round: halves away from zero. */
function halfAway(x: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const t = Math.trunc(x);
  return Math.abs(x - t) >= 0.5 ? t + Math.sign(x) : t === 0 ? (x < 0 ? -0 : 0) : t;
}

function extreme(name: string, better: (best: Value, v: Value) => boolean, args: Value[]): Value {
  let best: Value = null;
  const take = (v: Value, top: boolean) => {
    if (Array.isArray(v)) {
      v.forEach((x) => take(x, false));
    } else if (typeof v === "bigint" || typeof v === "number") {
      if (best === null || better(best, v)) best = v;
    } else if (!(top && args.length === 1)) {
      wrong(name, ...args);
    }
  };
  if (args.length === 1 && !Array.isArray(args[0]) && typeof args[0] !== "bigint" && typeof args[0] !== "number") return args[0]!;
  args.forEach((a) => take(a, true));
  return best;
}

function flattened(xs: Value[], out: Value[]): Value[] {
  for (const x of xs) {
    if (Array.isArray(x)) flattened(x, out);
    else out.push(x);
  }
  return out;
}

export const len: Builtin = (v) => BigInt(length(v!));

/** len as a JavaScript number, for comparisons that need no bigint. */
export function length(v: Value): number {
  return Array.isArray(v) ? v.length : lengthOf(v);
}

function lengthOf(v: Value): number {
  known(v);
  if (typeof v === "string") return codePoints(v);
  if (v instanceof Dict) return v.size;
  if (v !== null && typeof v === "object" && !(v instanceof Obj)) return Object.keys(v).length;
  return wrong("len", v);
}

export const type: Builtin = (v) => (v instanceof Obj ? wrong("type", v) : typeName(v!));
export const abs: Builtin = (v) => (typeof v === "bigint" ? BigInt.asIntN(64, v < 0n ? -v : v) : typeof v === "number" ? (v < 0 ? -v : v) : wrong("abs", v!));
export const ceil: Builtin = (v) => Math.ceil(toFloat("ceil", v!));
export const floor: Builtin = (v) => Math.floor(toFloat("floor", v!));
export const round: Builtin = (v) => halfAway(toFloat("round", v!));
export const int: Builtin = (v) => intOf(v!);
export const float: Builtin = (v) => (typeof v === "string" ? parseFloat64(v) : toFloat("float", v!));
export const string: Builtin = (v) => {
  if (v === null) return "<nil>";
  if (typeof v === "number") return goFloat(v);
  return typeof v === "object" ? wrong("string", v) : String(v);
};
export const trim: Builtin = (...a) => (a.length === 1 ? text("trim", a, 0).replace(SPACE, "") : trimSet(text("trim", a, 0), text("trim", a, 1)));
export const trimPrefix: Builtin = (...a) => {
  const s = text("trimPrefix", a, 0);
  const p = text("trimPrefix", a, 1, " ");
  return s.startsWith(p) ? s.slice(p.length) : s;
};
export const trimSuffix: Builtin = (...a) => {
  const s = text("trimSuffix", a, 0);
  const p = text("trimSuffix", a, 1, " ");
  return s.endsWith(p) ? s.slice(0, s.length - p.length) : s;
};
export const upper: Builtin = (v) => (typeof v === "string" ? mapCase(v, "toUpperCase") : wrong("upper", v!));
export const lower: Builtin = (v) => (typeof v === "string" ? mapCase(v, "toLowerCase") : wrong("lower", v!));
export const split: Builtin = (s, sep, n) => (n === undefined && typeof s === "string" && typeof sep === "string" ? splitN(s, sep, -1) : splitOf(n === undefined ? [s!, sep!] : [s!, sep!, n]));
const splitOf = (a: Value[]): Value => splitN(text("split", a, 0), text("split", a, 1), a.length > 2 ? whole("split", a, 2) : -1);
export const replace: Builtin = (...a) => replaceN(text("replace", a, 0), text("replace", a, 1), text("replace", a, 2), a.length > 3 ? whole("replace", a, 3) : -1);
export const join: Builtin = (...a) => {
  const glue = text("join", a, 1, "");
  const xs = a[0]!;
  if (!Array.isArray(xs) || xs.some((x) => typeof x !== "string")) return wrong("join", ...a);
  if (listKind(xs) === "int" || listKind(xs) === "pair") return wrong("join", ...a);
  const parts = xs as string[];
  const total = (size: (s: string) => number) => parts.reduce((n, s) => n + size(s), size(glue) * Math.max(0, parts.length - 1));
  return boundedText(() => parts.join(glue), total((s) => s.length), () => total(byteLength));
};
export const indexOf: Builtin = (...a) => {
  const s = text("indexOf", a, 0);
  const i = s.indexOf(text("indexOf", a, 1));
  return BigInt(i < 0 ? -1 : byteOffset(s, i));
};
export const lastIndexOf: Builtin = (...a) => {
  const s = text("lastIndexOf", a, 0);
  const i = s.lastIndexOf(text("lastIndexOf", a, 1));
  return BigInt(i < 0 ? -1 : byteOffset(s, i));
};
export const hasPrefix: Builtin = (...a) => text("hasPrefix", a, 0).startsWith(text("hasPrefix", a, 1));
export const hasSuffix: Builtin = (...a) => text("hasSuffix", a, 0).endsWith(text("hasSuffix", a, 1));
export const max: Builtin = (...a) => extreme("max", less, a);
export const min: Builtin = (...a) => extreme("min", more, a);
export const first: Builtin = (v) => (typeof v === "string" ? wrong("first", v) : Array.isArray(v) && v.length > 0 ? v[0]! : null);
export const last: Builtin = (v) => (typeof v === "string" ? wrong("last", v) : Array.isArray(v) && v.length > 0 ? v[v.length - 1]! : null);
export const take: Builtin = (...a) => {
  const [v, n] = a as [Value, Value];
  if (!Array.isArray(v) || listKind(v) === "pair" || typeof n !== "bigint" || n < 0n) return wrong("take", ...a);
  const out = v.slice(0, Number(n));
  const kind = listKind(v);
  return kind === undefined || kind === "nil" ? out : typedList(kind, out);
};
export const reverse: Builtin = (v) => (Array.isArray(v) ? [...v].reverse() : wrong("reverse", v!));
export const uniq: Builtin = (v) => {
  if (!Array.isArray(v)) return wrong("uniq", v!);
  sameKnown(v);
  const out: Value[] = [];
  const seen = new Set<Value>();
  for (const x of v) {
    // Objects and scalars of one type are looked up, other values compared one by one.
    if (x === null || typeof x === "string" || typeof x === "boolean" || x instanceof Obj) {
      if (seen.has(x)) continue;
      seen.add(x);
    } else if (out.some((y) => equal(x, y))) continue;
    out.push(x);
  }
  return out;
};
export const concat: Builtin = (...a) => {
  const out: Value[] = [];
  for (const v of a) {
    if (!Array.isArray(v)) return wrong("concat", ...a);
    for (const x of v) out.push(x);
  }
  return out.length === 0 ? nilList() : out;
};
export const flatten: Builtin = (v) => (Array.isArray(v) ? flattened(v, []) : wrong("flatten", v!));
export const keys: Builtin = (v) => pairs("keys", v!).map(([k]) => k);
export const values: Builtin = (v) => pairs("values", v!).map(([, x]) => x);
export const toPairs: Builtin = (v) => pairs("toPairs", v!).map((p) => typedList("pair", p));
export const sort: Builtin = (v, direction) => {
  if (!Array.isArray(v) || listKind(v) === "pair") return fail(`${nameOf(v!)} cannot be sorted`);
  // Which two elements are compared first is not the same in every engine.
  return blaming("sort", direction === undefined ? [v] : [v, direction], () => sorted("sort", v, v, direction === undefined ? "asc" : direction));
};
export const splitAfter: Builtin = (...a) => splitAfterN(text("splitAfter", a, 0), text("splitAfter", a, 1), a.length > 2 ? whole("splitAfter", a, 2) : -1);
export const repeat: Builtin = (...a) => {
  const n = whole("repeat", a, 1);
  const s = text("repeat", a, 0);
  if (n < 0) return wrong("repeat", ...a);
  const times = Math.min(n, 1e6);
  return boundedText(() => (n > 1e6 ? wrong("repeat", ...a) : s.repeat(n)), s.length * times, () => byteLength(s) * times);
};
export const mean: Builtin = (...a) => {
  const [count, total] = blaming("mean", a, () => totals(a));
  return count === 0 ? 0 : total / count;
};
export const median: Builtin = (...a) => {
  const xs = blaming("median", a, () => numbers(a, [])).sort(compareNumbers);
  const n = xs.length;
  if (n === 0) return 0;
  return n % 2 === 1 ? xs[(n - 1) / 2]! : (xs[n / 2 - 1]! + xs[n / 2]!) / 2;
};
export const element: Builtin = (base, i) => {
  if (base === null || typeof base === "boolean" || typeof base === "bigint" || typeof base === "number") return null;
  if (base instanceof Obj || typeof base === "string") return wrong("get", base);
  if (!Array.isArray(base)) {
    const v = at(base!, i!);
    return isNil(v) ? null : v;
  }
  if (typeof i !== "bigint" && typeof i !== "number") return wrong("get", base, i!);
  let k = Number(toInt(i));
  if (k < 0) k += base.length;
  return base[k] ?? null;
};
export const fromPairs: Builtin = (v) => {
  if (!Array.isArray(v)) return wrong("fromPairs", v!);
  const out = new Dict(() => null);
  for (const pair of v) {
    if (!Array.isArray(pair) || pair.length !== 2) return wrong("fromPairs", v);
    out.set(hashable(pair[0]!, "fromPairs"), pair[1]!);
  }
  return out;
};
export const toJSON: Builtin = (v) => {
  if (v !== null && typeof v === "object") return wrong("toJSON", v);
  if (typeof v === "bigint") return String(v);
  if (typeof v === "number" && !Number.isFinite(v)) return wrong("toJSON", v);
  if (Object.is(v, -0)) return "-0";
  return JSON.stringify(v).replace(/[<>&\u2028\u2029]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
};
export const fromJSON: Builtin = (v) => (typeof v === "string" ? plainJSON(v) : wrong("fromJSON", v!));
export const toBase64: Builtin = (...a) => base64(utf8(text("toBase64", a, 0)));
export const fromBase64: Builtin = (...a) => decodeBase64(text("fromBase64", a, 0));
export const bitand: Builtin = (...a) => bits("bitand", a, (x, y) => x & y);
export const bitor: Builtin = (...a) => bits("bitor", a, (x, y) => x | y);
export const bitxor: Builtin = (...a) => bits("bitxor", a, (x, y) => x ^ y);
export const bitnand: Builtin = (...a) => bits("bitnand", a, (x, y) => x & ~y);
export const bitshl: Builtin = (...a) => bits("bitshl", a, (x, y) => shift(y, a, () => x << y, 0n));
export const bitshr: Builtin = (...a) => bits("bitshr", a, (x, y) => shift(y, a, () => x >> y, x < 0n ? -1n : 0n));
export const bitushr: Builtin = (...a) => bits("bitushr", a, (x, y) => shift(y, a, () => (x & MASK) >> y, 0n));
export const bitnot: Builtin = (v) => (typeof v === "bigint" ? ~v : wrong("bitnot", v!));

/** The builtins by name, for the tree evaluator. Generated code names each, so that a bundle holds what its rules use. */
export const builtins: Record<string, Builtin> = {
  len, type, abs, ceil, floor, round, int, float, string, trim, trimPrefix, trimSuffix, upper, lower, split,
  replace, join, indexOf, lastIndexOf, hasPrefix, hasSuffix, max, min, first, last, take, reverse, uniq,
  concat, flatten, keys, values, toPairs, sort, splitAfter, repeat, mean, median, get: element, fromPairs,
  toJSON, fromJSON, toBase64, fromBase64, bitand, bitor, bitxor, bitnand, bitshl, bitshr, bitushr, bitnot,
};

/** The keys and values of a map in the order of the keys, as in Go. */
function pairs(name: string, v: Value): [Value, Value][] {
  const order = (k: Value) => `${typeName(k)} ${show(k)}`;
  return unsorted(name, v).sort(([a], [b]) => compareText(order(a), order(b)));
}

function unsorted(name: string, v: Value): [Value, Value][] {
  if (v instanceof Dict) return v.list();
  if (v === null || typeof v !== "object" || Array.isArray(v) || v instanceof Obj || v instanceof Unknown || v instanceof Partial) return wrong(name, v);
  return Object.keys(v).map((k) => [k, v[k]!]);
}

const MASK = (1n << 64n) - 1n;

/** Wraps to int64. BigInt.asIntN, unlike asUintN, is right in every engine. */
function bits(name: string, a: Value[], f: (x: bigint, y: bigint) => bigint): bigint {
  const [x, y] = a as [Value, Value];
  return typeof x === "bigint" && typeof y === "bigint" ? BigInt.asIntN(64, f(x, y)) : wrong(name, ...a);
}

function shift(y: bigint, a: Value[], f: () => bigint, beyond: bigint): bigint {
  if (y < 0n) return wrong("a shift", ...a);
  return y > 63n ? beyond : f();
}

/** strings.SplitAfterN */
function splitAfterN(s: string, sep: string, n: number): Value[] {
  if (n === 0) return typedList("string", []);
  let parts = sep === "" ? [...s] : s.split(sep).map((p, i, all) => (i < all.length - 1 ? p + sep : p));
  if (n > 0 && parts.length > n) parts = [...parts.slice(0, n - 1), parts.slice(n - 1).join("")];
  return typedList("string", parts);
}

/** Count and sum of numbers, nested lists summed on their own first, as in Go. */
function totals(args: Value[]): [number, number] {
  let count = 0;
  let total = 0;
  for (const v of args) {
    if (Array.isArray(v)) {
      for (const x of v) {
        const [c, t] = totals([x]);
        count += c;
        total += t;
      }
    } else {
      total += toFloat("mean", v);
      count++;
    }
  }
  return [count, total];
}

function numbers(args: Value[], out: number[]): number[] {
  for (const v of args) {
    if (Array.isArray(v)) numbers(v, out);
    else out.push(toFloat("median", v));
  }
  return out;
}

/** sort.Float64s: NaN before everything. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b;
}

const MAX_NESTING = 1000;

/** JSON as Go reads it: no number beyond float64, lone surrogates replaced. */
function plainJSON(s: string): Value {
  if (s.replace(/[^[{]/g, "").length > MAX_NESTING) return wrong("fromJSON", s);
  let v: unknown;
  try {
    v = JSON.parse(s);
  } catch {
    return wrong("fromJSON", s);
  }
  return plainValue(v);
}

function plainValue(v: unknown): Value {
  if (typeof v === "number" && !Number.isFinite(v)) return wrong("fromJSON", "");
  if (typeof v === "string") return wellFormed(v);
  if (Array.isArray(v)) return v.map(plainValue);
  if (v === null || typeof v !== "object") return v as null | boolean | number;
  const out = Object.create(null) as Record<string, Value>;
  for (const [k, x] of Object.entries(v)) out[wellFormed(k)] = plainValue(x);
  return out;
}

const wellFormed = (s: string): string => s.replace(/\p{Cs}/gu, "\ufffd");

function utf8(s: string): number[] {
  const out: number[] = [];
  for (const c of s) {
    const r = c.codePointAt(0)!;
    if (r < 0x80) out.push(r);
    else if (r < 0x800) out.push(0xc0 | (r >> 6), 0x80 | (r & 63));
    else if (r < 0x10000) out.push(0xe0 | (r >> 12), 0x80 | ((r >> 6) & 63), 0x80 | (r & 63));
    else out.push(0xf0 | (r >> 18), 0x80 | ((r >> 12) & 63), 0x80 | ((r >> 6) & 63), 0x80 | (r & 63));
  }
  return out;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function base64(bytes: number[]): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += DIGITS[n >> 18]! + DIGITS[(n >> 12) & 63]! + (i + 1 < bytes.length ? DIGITS[(n >> 6) & 63]! : "=") + (i + 2 < bytes.length ? DIGITS[n & 63]! : "=");
  }
  return out;
}

/** base64.StdEncoding, which skips line breaks; what is not UTF-8 stays outside the language. */
function decodeBase64(s: string): string {
  const clean = s.replace(/[\r\n]/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean)) return wrong("fromBase64", s);
  let escaped = "";
  let n = 0;
  let left = 0;
  for (const c of clean.replace(/=+$/, "")) {
    n = (n << 6) | DIGITS.indexOf(c);
    left += 6;
    if (left >= 8) {
      left -= 8;
      escaped += "%" + ((n >> left) & 255).toString(16).padStart(2, "0");
      n &= (1 << left) - 1;
    }
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return wrong("fromBase64", s);
  }
}

