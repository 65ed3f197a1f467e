// Template functions over texts. Mirrors internal/topology/armtext.go.

import { MAX_TEXT } from "./arm";
import { runtimeOnly, type ArmCall, type FunctionTable } from "./armcall";
import { AT_DEPLOYMENT, quoteSource, type Result } from "./armeval";
import { exprOffset, positionExpr } from "./armexpr";
import { deepUnknown, describe, lowerText, parseJSONText, sliceText, toText, trimSpace, upperText } from "./armvalue";
import { quoted } from "./document";
import { lowerASCII } from "./source";
import { bounded, exprPieces, joinText, literalExpr, piece, shown, UNRESOLVED, unresolvedSegments } from "./unresolved";
import { Unknown, type Value } from "./value";

export const textFunctions: FunctionTable = {
  string: { min: 1, max: 1, open: true, run: (c) => guardText(c, toText(c.args[0]!)) },
  format: { min: 1, max: -1, open: true, run: format },
  toLower: { min: 1, max: 1, open: true, run: (c) => changeCase(c, lowerText) },
  toUpper: { min: 1, max: 1, open: true, run: (c) => changeCase(c, upperText) },
  trim: { min: 1, max: 1, open: true, run: trim },
  replace: { min: 3, max: 3, run: replace },
  split: { min: 2, max: 2, open: true, run: split },
  join: { min: 2, max: 2, open: true, run: join },
  substring: { min: 2, max: 3, run: substring },
  startsWith: { min: 2, max: 2, run: (c) => affix(c, (s, part) => s.startsWith(part)) },
  endsWith: { min: 2, max: 2, run: (c) => affix(c, (s, part) => s.endsWith(part)) },
  padLeft: { min: 2, max: 3, run: padLeft },
  base64: { min: 1, max: 1, run: base64 },
  uriComponent: {
    min: 1, max: 1,
    run: (c) => {
      const s = toText(c.args[0]!);
      return typeof s === "string" ? encodeURIComponent(s) : c.fail("it takes a text");
    },
  },
  uriComponentToString: {
    min: 1, max: 1,
    run: (c) => {
      try {
        return decodeURIComponent(shown(toText(c.args[0]!)));
      } catch {
        return c.fail("the text is not encoded");
      }
    },
  },
  base64ToString: { min: 1, max: 1, run: (c) => fromBase64(c.args[0]!) ?? c.fail("the text is not base64") },
  base64ToJson: {
    min: 1, max: 1,
    run: (c) => {
      const s = fromBase64(c.args[0]!);
      const v = s === null ? undefined : parseJSONText(s);
      return v === undefined ? c.fail("the text is not base64 of JSON") : v;
    },
  },
  uniqueString: { min: 1, max: -1, open: true, run: runtimeOnly },
  guid: { min: 1, max: -1, open: true, run: runtimeOnly },
  newGuid: { run: onceOnly },
};

/** A function that gives another value at each place it is called. */
export function onceOnly(c: ArmCall): Result {
  return piece(`${quoteSource(c.e)} ${AT_DEPLOYMENT}`, UNRESOLVED, lowerASCII(c.e.name) + positionExpr(c.e.node, exprOffset(c.e)));
}

/** Guards the length of a result. */
export function guardText(c: ArmCall, v: Value): Value {
  return typeof v === "string" && v.length > MAX_TEXT ? tooLong(c) : v;
}

export function tooLong(c: ArmCall): Unknown {
  c.r.limit(`a text of the template is longer than ${MAX_TEXT} characters`);
  return c.r.overLimit();
}

/** The arguments as texts, or null where one is none. */
export function texts(c: ArmCall): string[] | null {
  const out: string[] = [];
  for (const a of c.args) {
    const s = a === null || (typeof a === "object" && !(a instanceof Unknown)) ? null : toText(a);
    if (typeof s !== "string") return null;
    out.push(s);
  }
  return out;
}

/** Maps the known parts of a text; an unresolved piece keeps its name and is another piece for identity. */
function changeCase(c: ArmCall, change: (s: string) => string): Result {
  const v = c.args[0]!;
  if (v instanceof Unknown) return caseOfUnknown(c, v, change);
  if (v === null || typeof v === "object") return c.fail(`it takes a text, not ${describe(v)}`);
  return change(shown(toText(v)));
}

function caseOfUnknown(c: ArmCall, u: Unknown, change: (s: string) => string): Unknown {
  const name = lowerASCII(c.e.name);
  const expr = exprPieces(u.expr).map((p) => (p.unresolved ? `{${name}(${p.text.slice(1, -1)})}` : literalExpr(change(p.text))));
  let text = "";
  for (let rest = u.text; rest !== ""; ) {
    const from = rest.indexOf("<");
    const to = rest.indexOf(">");
    if (from < 0 || to < from) {
      text += change(rest);
      break;
    }
    text += change(rest.slice(0, from)) + rest.slice(from, to + 1);
    rest = rest.slice(to + 1);
  }
  return bounded(new Unknown(u.reason, text, expr.join("")));
}

function trim(c: ArmCall): Result {
  const v = c.args[0]!;
  if (v instanceof Unknown) return new Unknown(v.reason, v.text, c.unknown(v.reason).expr);
  const s = texts(c);
  return s === null ? c.fail(`it takes a text, not ${describe(v)}`) : trimSpace(s[0]!);
}

function replace(c: ArmCall): Result {
  const s = texts(c);
  if (s === null || s[1] === "") return c.fail("it takes three texts, the second not empty");
  const parts = s[0]!.split(s[1]!);
  if ((parts.length - 1) * s[2]!.length > 4 * MAX_TEXT) return tooLong(c);
  return guardText(c, parts.join(s[2]));
}

/**
 * Cuts a text at one delimiter or at any of a list. An id that is resolved in part is cut too, because a name in it cannot
 * hold a slash: that is how templates take ids apart.
 */
function split(c: ArmCall): Result {
  const [v, d] = c.args as [Value, Value];
  if (v instanceof Unknown) {
    const isID = v.expr.startsWith("/subscriptions/") || v.expr.startsWith("/providers/");
    const segments = isID && d === "/" ? unresolvedSegments(v) : null;
    return segments ?? c.unknown(v.reason);
  }
  const u = deepUnknown(d);
  if (u !== null) return c.unknown(u.reason);
  if (typeof v !== "string") return c.fail(`it takes a text, not ${describe(v)}`);
  if (typeof d === "string") return splitAny(v, [d]);
  if (!Array.isArray(d)) return c.fail("the delimiter must be a text or a list of texts");
  return splitAny(v, d.filter((s) => typeof s === "string"));
}

function splitAny(text: string, delimiters: string[]): Value[] {
  const out: Value[] = [];
  let start = 0;
  for (let i = 0; i < text.length; ) {
    const d = delimiters.find((d) => d !== "" && text.startsWith(d, i));
    if (d === undefined) {
      i++;
      continue;
    }
    out.push(text.slice(start, i));
    i += d.length;
    start = i;
  }
  out.push(text.slice(start));
  return out;
}

function join(c: ArmCall): Result {
  const [list, delimiter] = c.args as [Value, Value];
  if (!Array.isArray(list)) {
    const u = c.args.find((a) => a instanceof Unknown);
    return u instanceof Unknown ? c.unknown(u.reason) : c.fail(`it takes a list, not ${describe(list)}`);
  }
  const glue = toText(delimiter);
  const parts: Value[] = [];
  let size = 0;
  for (let i = 0; i < list.length; i++) {
    if (i > 0) parts.push(glue);
    const t = toText(list[i]!);
    size += shown(t).length + shown(glue).length;
    if (size > 4 * MAX_TEXT) return tooLong(c);
    parts.push(t);
  }
  return guardText(c, joinText(...parts));
}

function substring(c: ArmCall): Result {
  const [s, start, length] = c.args;
  if (typeof s !== "string" || typeof start !== "bigint") return c.fail("it takes a text, a start and a length");
  const total = BigInt(s.length);
  const count = length === undefined ? total - start : length;
  if (typeof count !== "bigint") return c.fail("it takes a text, a start and a length");
  if (start < 0n || start > total || count < 0n || count > total - start) return c.fail(`the text has ${total} characters`);
  return sliceText(s, Number(start), Number(start + count));
}

/** startsWith or endsWith, which ignore case. */
function affix(c: ArmCall, test: (s: string, part: string) => boolean): Result {
  const s = texts(c);
  return s === null ? c.fail("it takes two texts") : test(lowerText(s[0]!), lowerText(s[1]!));
}

function padLeft(c: ArmCall): Result {
  const s = texts(c);
  const width = c.args[1];
  const pad = s?.[2] ?? " ";
  if (s === null || typeof width !== "bigint" || pad.length !== 1 || width > BigInt(MAX_TEXT)) return c.fail("it takes a text, a length and one character");
  return s[0]!.padStart(Number(width), pad);
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function base64(c: ArmCall): Result {
  const s = toText(c.args[0]!);
  return typeof s === "string" ? guardText(c, encodeBase64(s)) : c.fail("it takes a text");
}

export function encodeBase64(s: string): string {
  const bytes: number[] = [];
  // encodeURIComponent is the one encoder of UTF-8 that every engine has.
  for (const m of encodeURIComponent(s).matchAll(/%([0-9A-F]{2})|[^%]/g)) bytes.push(m[1] ? parseInt(m[1], 16) : m[0].charCodeAt(0));
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += BASE64[n >> 18]! + BASE64[(n >> 12) & 63]! + (i + 1 < bytes.length ? BASE64[(n >> 6) & 63]! : "=") + (i + 2 < bytes.length ? BASE64[n & 63]! : "=");
  }
  return out;
}

/** The text that base64 stands for, or null. Line breaks are ignored. */
export function fromBase64(v: Value): string | null {
  if (typeof v !== "string") return null;
  const s = v.replace(/[\r\n]/g, "");
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(s)) return null;
  const codes = [...s.replace(/=+$/, "")].map((ch) => BASE64.indexOf(ch));
  let bits = 0;
  let held = 0;
  let encoded = "";
  for (const code of codes) {
    bits = (bits << 6) | code;
    held += 6;
    if (held >= 8) {
      held -= 8;
      encoded += `%${((bits >> held) & 255).toString(16).padStart(2, "0")}`;
      bits &= (1 << held) - 1;
    }
  }
  if (bits !== 0) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

/** .NET's composite formatting: {0}, {0,5}, {0:D2}, {{ and }}. */
function format(c: ArmCall): Result {
  const template = c.args[0]!;
  if (typeof template !== "string") return template instanceof Unknown ? c.unknown(template.reason) : c.fail("the format must be a text");
  const parts: Value[] = [];
  let literal = "";
  let size = 0;
  for (let i = 0; i < template.length; i++) {
    const ch = template[i]!;
    if ((ch === "{" || ch === "}") && template[i + 1] === ch) {
      literal += ch;
      i++;
      continue;
    }
    if (ch === "}") return c.fail('"}" closes nothing');
    if (ch !== "{") {
      literal += ch;
      continue;
    }
    const end = template.indexOf("}", i);
    if (end < 0) return c.fail('"{" is not closed');
    const item = formatItem(c, template.slice(i + 1, end));
    if ("why" in item) return c.fail(item.why);
    size += shown(item.value).length;
    if (size > 4 * MAX_TEXT) return tooLong(c);
    parts.push(literal, item.value);
    literal = "";
    i = end;
  }
  parts.push(literal);
  return guardText(c, joinText(...parts));
}

/** The value of one "{index,alignment:format}". */
function formatItem(c: ArmCall, whole: string): { value: Value } | { why: string } {
  const [, item, width, spec] = /^([^,:]*)(?:,([^:]*))?(?::([\s\S]*))?$/.exec(whole) as unknown as [string, string, string?, string?];
  const index = atoi(trimSpace(item));
  if (index === null || index < 0) return { why: `${quoted(item)} is not the number of an argument` };
  if (index + 1 >= c.args.length) return { why: `there is no argument ${index}` };
  const v = c.args[index + 1]!;
  let out: Value = toText(v);
  if (typeof v === "number" && spec !== undefined) return { why: `the number format ${quoted(spec)} is not one this reader knows` };
  if (typeof v === "bigint" && spec !== undefined) {
    const formatted = formatInt(v, spec);
    if (formatted === null) return { why: `the number format ${quoted(spec)} is not one this reader knows` };
    out = formatted;
  }
  if (typeof out === "string" && width !== undefined) {
    const w = atoi(trimSpace(width));
    if (w === null || Math.abs(w) > 1000) return { why: `${quoted(width)} is not a width` };
    return { value: w < 0 ? out.padEnd(-w) : out.padStart(w) };
  }
  return { value: out };
}

/** strconv.Atoi. */
function atoi(s: string): number | null {
  return /^[+-]?\d+$/.test(s) && Number.isSafeInteger(Number(s)) ? Number(s) : null;
}

/** Applies D, F, G, N, X and formats of zeros; null for others. */
function formatInt(n: bigint, spec: string): string | null {
  let digits = -1;
  if (spec === "") return String(n);
  if (/^0+$/.test(spec)) {
    digits = spec.length;
  } else if (spec.length > 1) {
    const d = atoi(spec.slice(1));
    if (d === null || d < 0 || d > 100) return null;
    digits = d;
  }
  switch (spec[0]) {
    case "x":
    case "X": {
      const text = (n < 0n ? n + 2n ** 64n : n).toString(16);
      return (spec[0] === "X" ? text.toUpperCase() : text).padStart(digits, "0");
    }
    case "d":
    case "D":
    case "0":
      return n < 0n ? `-${String(-n).padStart(digits, "0")}` : String(n).padStart(digits, "0");
    case "g":
    case "G":
      return digits < 1 || String(n).replace("-", "").length <= digits ? String(n) : null;
    case "f":
    case "F":
    case "n":
    case "N": {
      let text = String(n < 0n ? -n : n);
      if (spec[0]!.toLowerCase() === "n") text = text.replace(/\B(?=(\d{3})+$)/g, ",");
      if (digits < 0) digits = 2;
      if (digits > 0) text += `.${"0".repeat(digits)}`;
      return n < 0n ? `-${text}` : text;
    }
    default:
      return null;
  }
}
