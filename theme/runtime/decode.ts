// Mapped values to the model's types. Mirrors internal/topology/decode.go.

import { describe, isMap, newMap, toText } from "./armvalue";
import { asBool } from "./armlogic";
import { isCIDR } from "./decoder";
import { quoted } from "./document";
import { Ref, type Stated } from "./link";
import { lastSegment } from "./map";
import { defaultValue, hasDefault, type Type } from "./model";
import { addressBytes } from "./pure";
import { lowerASCII } from "./source";
import { settled, shown } from "./unresolved";
import { Partial, Unknown, type Place, type RecordValue, type Value } from "./value";

/** The identity of an id, or null. */
export type Identify = (id: Value) => string | null;

/** Converts what a mapping read to the type of a field: null for what is absent, an Unknown for what does not fit. Whatever an input holds, reading goes on. */
export function decode(t: Type, v: Value, field: string, place: Place, identify: Identify): Stated {
  if (v instanceof Unknown && t.name !== "link") return t.name === "string" || t.name === "any" ? v : new Unknown(v.reason);
  switch (t.name) {
    case "any": return plainValue(v);
    case "link": return linkOf(v, field, place, identify);
    case "list": return decodeList(t, v, field, place, identify);
    case "record": return decodeRecord(t, v, field, place, identify);
    default: {
      if (v === null) return null;
      const out = decodeScalar(t, v);
      return out === null ? misfit(field, v, t) : out;
    }
  }
}

/** The unknown for a value that does not fit. Only short texts are shown: a value that is none of the expected may be anything. */
function misfit(field: string, v: Value, t: Type): Unknown {
  if (typeof v === "string" && t.name === "enum") {
    return new Unknown(`${quoted(field)} is ${quoted(v)}, which is not one of ${t.enum!.join(", ")}`);
  }
  let value = describe(v);
  if (typeof v === "string") value = `the text ${quoted(v)}`;
  else if (typeof v === "bigint" || typeof v === "number") value = `the number ${shown(toText(v))}`;
  return new Unknown(`${quoted(field)} is ${value}, not ${typeWords(t)}`);
}

function typeWords(t: Type): string {
  switch (t.name) {
    case "string":
    case "enum": return "a text";
    case "int": return "a whole number";
    case "number": return "a number";
    case "bool": return "true or false";
    case "cidr": return "an address range";
    case "ip": return "an IP address";
    case "list": return "a list";
    case "record": return "an object";
    default: return "an id";
  }
}

/** The value of a scalar type, or null for what does not fit. */
function decodeScalar(t: Type, v: Value): Value {
  switch (typeof v) {
    case "boolean":
      return t.name === "bool" ? v : null;
    case "string":
      switch (t.name) {
        case "string": return v;
        case "bool": return asBool(v);
        case "enum": return t.enum!.find((e) => lowerASCII(e) === lowerASCII(v)) ?? null;
        case "cidr": return isCIDR(v) ? v : null;
        case "ip": return addressBytes(v) !== null ? v : null;
        default: return null;
      }
    case "bigint":
      return t.name === "number" ? Number(v) : t.name === "int" ? v : null;
    case "number":
      if (t.name === "int") return Number.isInteger(v) && Math.abs(v) <= 2 ** 53 ? BigInt(v) : null;
      return t.name === "number" ? v : null;
    default:
      return null;
  }
}

/** A reference to the object with an id, which is given by itself or, as Azure does, in a map. */
function linkOf(v: Value, field: string, place: Place, identify: Identify): Stated {
  if (v === null || v === "") return null;
  if (typeof v === "string") return refTo(v, place, identify);
  if (v instanceof Unknown) return v.expr === "" ? v : refTo(settled(v), place, identify);
  if (isMap(v)) {
    const id = v.id ?? null;
    if (id !== null && !isMap(id)) return linkOf(id, field, place, identify);
    return new Unknown(`${quoted(field)} is an object without an id`);
  }
  return new Unknown(`${quoted(field)} is ${describe(v)}, not an id`);
}

/** Makes a reference from an id: a string, or an Unknown with expr. */
export function refTo(id: Value, place: Place, identify: Identify, name = shown(lastSegment(id))): Ref {
  return new Ref(identify(id) ?? "", id instanceof Unknown ? id : null, shown(id), name, place);
}

/** Decodes each element; what is not known of one leaves the list open. */
function decodeList(t: Type, v: Value, field: string, place: Place, identify: Identify): Stated {
  if (v === null) return null;
  if (!Array.isArray(v) && !(v instanceof Partial)) return misfit(field, v, t);
  const out: Stated[] = [];
  let partial = v instanceof Partial;
  let open = v instanceof Partial ? v.open : null;
  for (const item of v instanceof Partial ? v.items : v) {
    const d = decode(t.elem!, item, field, place, identify);
    if (d instanceof Unknown) {
      partial = true;
      open ??= new Unknown(d.reason);
    } else if (d !== null) {
      out.push(d);
    }
  }
  // Refs among the items are resolved by linking.
  return partial ? new Partial(out as Value[], open) : out;
}

function decodeRecord(t: Type, v: Value, field: string, place: Place, identify: Identify): Stated {
  if (v === null) return null;
  if (!isMap(v)) return misfit(field, v, t);
  const out: Record<string, Stated> = Object.create(null);
  for (const f of t.fields!) {
    const d = decode(f.type, v[f.name] ?? null, f.name, place, identify);
    if (d !== null) out[f.name] = d;
    else out[f.name] = hasDefault(f) ? defaultValue(f) : new Unknown(`${quoted(f.name)} is not set`);
  }
  return out;
}

/** A value of type any: every number a float, as in native input. */
function plainValue(v: Value): Value {
  if (typeof v === "bigint") return Number(v);
  if (Array.isArray(v)) return v.map(plainValue);
  if (!isMap(v)) return v;
  const out: RecordValue = newMap();
  for (const k in v) out[k] = plainValue(v[k]!);
  return out;
}
