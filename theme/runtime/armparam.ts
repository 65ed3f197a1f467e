// Values given for parameters. Mirrors internal/topology/armparam.go.

import { ArmFrame, bindings, foldEqual, foldGet, parameterType, type ArmValue } from "./arm";
import { asBool } from "./armlogic";
import { newScope } from "./armid";
import { templateOf } from "./armdocument";
import { IN_VAULT, kept } from "./armnested";
import { describe, isMap, literalValue, parseJSONText, same, toInt, toText } from "./armvalue";
import type { Diagnostic } from "./check";
import { parse, quoted, type Node } from "./document";
import { foreignText } from "./foreign";
import { compareCodePoints, didYouMean, lowerASCII, Source } from "./source";
import { piece, shown } from "./unresolved";
import type { Value } from "./value";

/** One value of --parameters. */
export interface GivenParameter {
  name: string;
  source: Source | null;
  offset: number;
  /** Of a file; null for NAME=VALUE. */
  node: Node | null;
  text: string;
  /** Where a file says the value stands, which is not in it. */
  away: string;
  used: boolean;
}

/** A parameter file, its values as an object, or NAME=VALUE. */
export type Parameter = { file: string; text: string } | { name: string; value: string };

/** Adds a problem, with the place of an offset where it has one. */
export function addProblem(problems: Diagnostic[], code: string, place: { source: Source; offset: number } | null, message: string, hint = ""): void {
  const d: Diagnostic = { code, severity: "error", message };
  if (place !== null) {
    if (place.source.file !== "") d.file = place.source.file;
    Object.assign(d, place.source.position(place.offset));
  }
  if (hint !== "") d.hint = hint;
  problems.push(d);
}

/** Reads parameter files and NAME=VALUE pairs, in order. */
export function readParameters(params: Parameter[], problems: Diagnostic[]): GivenParameter[] {
  const out: GivenParameter[] = [];
  for (const p of params) {
    if ("name" in p) {
      out.push({ name: p.name, source: null, offset: 0, node: null, text: p.value, away: "", used: false });
      continue;
    }
    const source = new Source(p.file, p.text);
    if (foreignText(source, problems)) continue;
    const read = parse(source);
    problems.push(...read.problems.list);
    if (read.root === null || read.problems.any) continue;
    const root = foldGet(read.root, "parameters") ?? read.root;
    if (root.kind !== "map") {
      addProblem(problems, "input/parameter-file", { source, offset: root.start }, `a parameter file must be a map, not ${root.describe()}`, 'it has "parameters", a map of {"value": …}');
      continue;
    }
    for (const e of root.entries) {
      if (e.key.startsWith("$")) continue;
      const value = foldGet(e.value, "value");
      let away = "";
      if (value === null && foldGet(e.value, "reference") !== null) away = IN_VAULT;
      else if (value === null && foldGet(e.value, "expression") !== null) away = "is computed when it is given";
      out.push({ name: e.key, source, offset: e.start, node: value ?? e.value, text: "", away, used: false });
    }
  }
  return out;
}

function placeOf(g: GivenParameter): { source: Source; offset: number } | null {
  return g.source === null ? null : { source: g.source, offset: g.offset };
}

/** Converts the values for one template. Of two values the later wins. */
export function giveParameters(document: Node, given: GivenParameter[], problems: Diagnostic[]): Map<string, ArmValue> {
  const out = new Map<string, ArmValue>();
  const template = templateOf(document);
  const declared = bindings(foldGet(template, "parameters"));
  const f = new ArmFrame(template, null, newScope("", ""));
  for (const g of given) {
    const b = declared.get(lowerASCII(g.name));
    if (b === undefined) continue;
    g.used = true;
    if (g.away !== "") {
      out.set(lowerASCII(g.name), { value: kept(b.name, g.away, f) });
      continue;
    }
    const typ = lowerASCII(parameterType(f, b.node));
    const { value, fits } = convert(g, typ);
    let v = value;
    if (!fits) {
      addProblem(problems, "input/parameter-type", placeOf(g), `the parameter ${quoted(b.name)} is of type ${typ}, not ${describe(v)}`);
      v = piece(`the value of [parameters('${b.name}')] cannot be used`, `<${b.name}>`, f.parameterExpr(b.name));
    } else {
      const hint = notAllowed(b.node, v);
      if (hint !== "") addProblem(problems, "input/parameter-value", placeOf(g), `the value of the parameter ${quoted(b.name)} is not one of those the template allows`, hint);
    }
    out.set(lowerASCII(g.name), { value: v });
  }
  return out;
}

/** Converts a given value to the declared type. Without one it stays as it is. */
function convert(g: GivenParameter, typ: string): { value: Value; fits: boolean } {
  if (g.node !== null) {
    const value = literalValue(g.node);
    return { value, fits: value === null || fitsType(typ, value) };
  }
  switch (typ) {
    case "int": {
      const value = toInt(g.text);
      return { value, fits: typeof value === "bigint" };
    }
    case "bool": {
      const value = asBool(g.text);
      return value === null ? { value: g.text, fits: false } : { value, fits: true };
    }
    case "array":
    case "object":
    case "secureobject": {
      const value = parseJSONText(g.text);
      return value === undefined ? { value: g.text, fits: false } : { value, fits: fitsType(typ, value) };
    }
    default:
      return { value: g.text, fits: true };
  }
}

function fitsType(typ: string, v: Value): boolean {
  switch (typ) {
    case "string":
    case "securestring": return typeof v === "string";
    case "int": return typeof v === "bigint";
    case "bool": return typeof v === "boolean";
    case "array": return Array.isArray(v);
    case "object":
    case "secureobject": return isMap(v);
    default: return true;
  }
}

/** Lists the allowed values of a parameter where v is none of them. Azure ignores case here. */
function notAllowed(declaration: Node, v: Value): string {
  const allowed = foldGet(declaration, "allowedValues");
  if (allowed === null || allowed.kind !== "list" || v === null || (Array.isArray(v) && v.length === 0)) return "";
  const names: string[] = [];
  for (const n of allowed.items) {
    const a = literalValue(n);
    if (sameAllowed(a, v) || (Array.isArray(v) && v.some((item) => sameAllowed(a, item)))) return "";
    names.push(shown(toText(a)));
  }
  return `it can be ${names.join(", ")}`;
}

function sameAllowed(a: Value, b: Value): boolean {
  return same(a, b) === true || (typeof a === "string" && typeof b === "string" && foldEqual(a, b));
}

/** Reports the names that no template declares. */
export function unusedParameters(given: GivenParameter[], templates: Node[], problems: Diagnostic[]): void {
  const names = [...new Set(templates.flatMap((t) => (foldGet(templateOf(t), "parameters")?.entries ?? []).map((e) => e.key)))].sort(compareCodePoints);
  for (const g of given) {
    if (g.used) continue;
    const hint = didYouMean(g.name, names) || (names.length > 0 ? `the parameters are ${names.join(", ")}` : "");
    addProblem(problems, "input/unknown-parameter", placeOf(g), `no template declares the parameter ${quoted(g.name)}`, hint);
  }
}
