// Nodes of native documents to values of the model's types. Mirrors
// internal/model/decode.go.

import { quoted, type Node, type Scalar } from "./document";
import type { Stated } from "./link";
import { defaultValue, hasDefault, type Field, type Type } from "./model";
import { addressBytes } from "./pure";
import { didYouMean, lowerASCII, Problems } from "./source";
import { Unknown } from "./value";

/** The code of a value that does not fit. */
const WRONG_VALUE = "input/wrong-value";

export class Decoder {
  readonly problems = new Problems();

  constructor(
    /** Nodes that an example makes unknown. */
    private readonly unknown: Map<Node, Unknown>,
    /** Converts a node to a reference to an object of a kind. */
    private readonly link: ((kind: string, n: Node, what: string, problems: Problems) => Stated) | null,
  ) {}

  /** Converts a node. What names the value in messages: `"sku"`. null is null, whatever the type. */
  decode(t: Type, n: Node, what: string): Stated {
    const u = this.unknown.get(n);
    if (u) return u;
    if (n.kind === "null") return null;
    switch (t.name) {
      case "any": return this.plain(n);
      case "link":
        if (this.link) return this.link(t.link!, n, what, this.problems);
        break;
      case "list": return this.list(t, n, what);
      case "record": return this.record(t, n, what);
      case "enum": return this.enum(t, n, what);
    }
    const v = scalar(t.name, n.value, n.kind === "int");
    if (v === undefined) {
      this.report(n, `${what} must be ${expected(t)}, not ${n.describe()}`, t.name === "string" && n.kind !== "list" && n.kind !== "map" ? "put it in quotes" : "");
      return null;
    }
    return v;
  }

  private report(n: Node, message: string, hint: string): void {
    this.problems.error(WRONG_VALUE, n.source, n.start, message, hint);
  }

  private list(t: Type, n: Node, what: string): Stated {
    if (n.kind !== "list") {
      this.report(n, `${what} must be ${expected(t)}, not ${n.describe()}`, n.kind === "map" ? "" : "put it in [ ]");
      return null;
    }
    const elem = t.elem!;
    const out: Stated[] = [];
    for (const item of n.items) {
      if (item.kind === "null" && elem.name !== "any" && !this.unknown.has(item)) {
        this.report(item, `an element of ${what} must be ${expected(elem)}, not null`, "remove it");
        continue;
      }
      out.push(this.decode(elem, item, `an element of ${what}`));
    }
    return out;
  }

  private record(t: Type, n: Node, what: string): Stated {
    if (n.kind !== "map") {
      this.report(n, `${what} must be ${expected(t)}, not ${n.describe()}`, "");
      return null;
    }
    const out: { [key: string]: Stated } = Object.create(null);
    const fields = t.fields!;
    for (const f of fields) {
      const v = n.get(f.name);
      if (v && (v.kind !== "null" || this.unknown.has(v))) out[f.name] = this.decode(f.type, v, `"${f.name}"`);
      else if (v || hasDefault(f)) out[f.name] = defaultValue(f);
      else out[f.name] = notStated(f);
    }
    const names = fields.map((f) => f.name);
    for (const e of n.entries) {
      if (names.includes(e.key)) continue;
      const hint = didYouMean(e.key, names) || `it can have ${names.join(", ")}`;
      this.problems.error("input/unknown-field", e.source, e.start, `unknown field ${quoted(e.key)} in ${what}`, hint);
    }
    return out;
  }

  private enum(t: Type, n: Node, what: string): Stated {
    if (n.kind === "string") {
      const text = lowerASCII(n.text());
      for (const s of t.enum!) if (lowerASCII(s) === text) return s;
    }
    this.report(n, `${what} must be ${expected(t)}, not ${n.describe()}`, n.kind === "string" ? didYouMean(n.text(), t.enum!) : "");
    return null;
  }

  /** A value of type any: every number is a float, as expr reads JSON. */
  private plain(n: Node): Stated {
    const u = this.unknown.get(n);
    if (u) return u;
    switch (n.kind) {
      case "int": return Number(n.value);
      case "list": return n.items.map((item) => this.plain(item));
      case "map": {
        const out: { [key: string]: Stated } = Object.create(null);
        for (const e of n.entries) out[e.key] = this.plain(e.value);
        return out;
      }
      default: return n.value;
    }
  }
}

export function notStated(f: Field): Unknown {
  return new Unknown(`${quoted(f.name)} is not stated`);
}

/** Converts a scalar to a value of a scalar type, or gives undefined. */
function scalar(name: Type["name"], v: Scalar, isInt: boolean): Scalar | undefined {
  switch (name) {
    case "bool":
      if (v === "true" || v === "false") return v === "true";
      return typeof v === "boolean" ? v : undefined;
    case "string": return typeof v === "string" ? v : undefined;
    case "cidr": return typeof v === "string" && isCIDR(v) ? v : undefined;
    case "ip": return typeof v === "string" && addressBytes(v) ? v : undefined;
    case "number": return isInt || typeof v === "number" ? Number(v) : undefined;
    case "int":
      if (typeof v === "number" && Number.isInteger(v) && Math.abs(v) <= 2 ** 53) return BigInt(v);
      return typeof v === "bigint" ? v : undefined;
    default: return undefined;
  }
}

/** Whether a text is an address range such as 10.0.0.0/24 or fd00::/8, as net/netip reads it. */
export function isCIDR(s: string): boolean {
  const slash = s.lastIndexOf("/");
  const bytes = slash < 0 ? null : addressBytes(s.slice(0, slash));
  const bits = s.slice(slash + 1);
  return bytes !== null && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= bytes.length * 8;
}

/** Names a type in messages, with its article. */
function expected(t: Type): string {
  switch (t.name) {
    case "string": return "text";
    case "int": return "a whole number";
    case "number": return "a number";
    case "bool": return "true or false";
    case "cidr": return "an address range such as 10.0.0.0/24";
    case "ip": return "an IP address";
    case "enum": return t.enum!.length === 1 ? `"${t.enum![0]}"` : `one of ${t.enum!.join(", ")}`;
    case "record": return "a map";
    case "link": return `the id or name of an object of ${t.link}`;
    case "list": return "a list";
    default: return "a value";
  }
}
