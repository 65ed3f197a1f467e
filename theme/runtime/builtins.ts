// expr's builtins inside the language profile (internal/lang/profile.go), each
// under expr's name. Arguments of a wrong type are a Failure, as in Go.

import { add, equal, fail, less, listKind, more, nameOf, nilList, readable, toInt, typeName, typedList } from "./ops";
import { NO_ELEMENT, Obj, Partial, Unknown, type Value } from "./value";
import { caseRanges } from "./unicode.gen";

type Builtin = (...args: Value[]) => Value;
/** A builtin with a closure; the closure gets the element and its index. */
type Loop = (list: Value, f: (element: Value, index: number) => Value, extra?: Value) => Value;

function wrong(name: string, ...args: Value[]): never {
  return fail(`"${name}" does not work on ${args.map((a) => nameOf(a)).join(" and ")}`);
}

/**
 * The elements that a closure goes through. Of a map there are as many as it has
 * keys, as in Go, but none can be read.
 */
export function elements(name: string, v: Value): Value[] {
  if (Array.isArray(v)) return v;
  if (v !== null && typeof v === "object" && !(v instanceof Obj) && !(v instanceof Partial) && !(v instanceof Unknown)) {
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

export const loops: Record<string, Loop> = {
  all: (v, f) => list("all", v).every((x, i) => condition("all", f(x, i))),
  any: (v, f) => list("any", v).some((x, i) => condition("any", f(x, i))),
  none: (v, f) => !list("none", v).some((x, i) => condition("none", f(x, i))),
  one: (v, f) => list("one", v).filter((x, i) => condition("one", f(x, i))).length === 1,
  filter: (v, f) => list("filter", v).filter((x, i) => condition("filter", f(x, i))).map(kept),
  map: (v, f) => list("map", v).map(f),
  count: (v, f) => BigInt(list("count", v).filter((x, i) => condition("count", f(x, i))).length),
  sum: (v, f) => {
    let total: Value = 0n;
    list("sum", v).forEach((x, i) => {
      total = add(f(x, i), total);
    });
    return total;
  },
  find: (v, f) => {
    const xs = list("find", v);
    const i = xs.findIndex((x, i) => condition("find", f(x, i)));
    return i < 0 ? null : kept(xs[i]!);
  },
  findIndex: (v, f) => {
    const i = list("findIndex", v).findIndex((x, i) => condition("findIndex", f(x, i)));
    return i < 0 ? null : BigInt(i);
  },
};

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

/** unicode.To: simple case mapping by Go's own ranges (which: 0 upper, 1 lower). */
function mapCase(s: string, which: 0 | 1): string {
  let out = "";
  for (const c of s) out += String.fromCodePoint(caseOf(c.codePointAt(0)!, which));
  return out;
}

function caseOf(r: number, which: 0 | 1): number {
  if (r < 0x80) {
    if (which === 0) return r >= 97 && r <= 122 ? r - 32 : r;
    return r >= 65 && r <= 90 ? r + 32 : r;
  }
  let lo = 0;
  let hi = caseRanges.length / 4;
  while (lo < hi) {
    const m = (lo + hi) >> 1;
    const from = caseRanges[4 * m]!;
    const to = caseRanges[4 * m + 1]!;
    if (r < from) hi = m;
    else if (r > to) lo = m + 1;
    else {
      const delta = caseRanges[4 * m + 2 + which]!;
      // An alternating range: even offsets are upper case, odd ones lower case.
      if (delta > 0x10ffff) return from + (((r - from) & ~1) | which);
      return r + delta;
    }
  }
  return r;
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

function intOf(v: Value): bigint {
  if (typeof v === "bigint" || typeof v === "number") return toInt(v);
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
function round(x: number): number {
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

export const builtins: Record<string, Builtin> = {
  len: (v) => {
    if (typeof v === "string") return BigInt(codePoints(v));
    if (Array.isArray(v)) return BigInt(v.length);
    if (v !== null && typeof v === "object" && !(v instanceof Obj)) return BigInt(Object.keys(v).length);
    return wrong("len", v!);
  },
  type: (v) => (v instanceof Obj ? wrong("type", v) : typeName(v!)),
  abs: (v) => (typeof v === "bigint" ? BigInt.asIntN(64, v < 0n ? -v : v) : typeof v === "number" ? (v < 0 ? -v : v) : wrong("abs", v!)),
  ceil: (v) => Math.ceil(toFloat("ceil", v!)),
  floor: (v) => Math.floor(toFloat("floor", v!)),
  round: (v) => round(toFloat("round", v!)),
  int: (v) => intOf(v!),
  float: (v) => (typeof v === "string" ? parseFloat64(v) : toFloat("float", v!)),
  string: (v) => {
    if (v === null) return "<nil>";
    if (typeof v === "number") return goFloat(v);
    return typeof v === "object" ? wrong("string", v) : String(v);
  },
  trim: (...a) => (a.length === 1 ? text("trim", a, 0).replace(SPACE, "") : trimSet(text("trim", a, 0), text("trim", a, 1))),
  trimPrefix: (...a) => {
    const s = text("trimPrefix", a, 0);
    const p = text("trimPrefix", a, 1, " ");
    return s.startsWith(p) ? s.slice(p.length) : s;
  },
  trimSuffix: (...a) => {
    const s = text("trimSuffix", a, 0);
    const p = text("trimSuffix", a, 1, " ");
    return s.endsWith(p) ? s.slice(0, s.length - p.length) : s;
  },
  upper: (...a) => mapCase(text("upper", a, 0), 0),
  lower: (...a) => mapCase(text("lower", a, 0), 1),
  split: (...a) => splitN(text("split", a, 0), text("split", a, 1), a.length > 2 ? whole("split", a, 2) : -1),
  replace: (...a) => replaceN(text("replace", a, 0), text("replace", a, 1), text("replace", a, 2), a.length > 3 ? whole("replace", a, 3) : -1),
  join: (...a) => {
    const glue = text("join", a, 1, "");
    const xs = a[0]!;
    if (!Array.isArray(xs) || xs.some((x) => typeof x !== "string")) return wrong("join", ...a);
    if (listKind(xs) === "int") return wrong("join", ...a);
    return xs.join(glue);
  },
  indexOf: (...a) => {
    const s = text("indexOf", a, 0);
    const i = s.indexOf(text("indexOf", a, 1));
    return BigInt(i < 0 ? -1 : byteOffset(s, i));
  },
  lastIndexOf: (...a) => {
    const s = text("lastIndexOf", a, 0);
    const i = s.lastIndexOf(text("lastIndexOf", a, 1));
    return BigInt(i < 0 ? -1 : byteOffset(s, i));
  },
  hasPrefix: (...a) => text("hasPrefix", a, 0).startsWith(text("hasPrefix", a, 1)),
  hasSuffix: (...a) => text("hasSuffix", a, 0).endsWith(text("hasSuffix", a, 1)),
  max: (...a) => extreme("max", less, a),
  min: (...a) => extreme("min", more, a),
  first: (v) => (typeof v === "string" ? wrong("first", v) : Array.isArray(v) && v.length > 0 ? v[0]! : null),
  last: (v) => (typeof v === "string" ? wrong("last", v) : Array.isArray(v) && v.length > 0 ? v[v.length - 1]! : null),
  take: (...a) => {
    const [v, n] = a as [Value, Value];
    if (!Array.isArray(v) || typeof n !== "bigint" || n < 0n) return wrong("take", ...a);
    const out = v.slice(0, Number(n));
    const kind = listKind(v);
    return kind === undefined ? out : typedList(kind, out);
  },
  reverse: (v) => (Array.isArray(v) ? [...v].reverse() : wrong("reverse", v!)),
  uniq: (v) => {
    if (!Array.isArray(v)) return wrong("uniq", v!);
    const out: Value[] = [];
    for (const x of v) if (!out.some((y) => equal(x, y))) out.push(x);
    return out;
  },
  concat: (...a) => {
    const out: Value[] = [];
    for (const v of a) {
      if (!Array.isArray(v)) return wrong("concat", ...a);
      for (const x of v) out.push(x);
    }
    return out.length === 0 ? nilList() : out;
  },
  flatten: (v) => (Array.isArray(v) ? flattened(v, []) : wrong("flatten", v!)),
};

