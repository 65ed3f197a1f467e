// The mappings of one input format. Mirrors internal/topology/mappings.go.

import { isMap, keysOf } from "./armvalue";
import type { Expr, Node as ExprNode } from "./evaluate";
import { kindOf, type Field, type Kind, type Model, type Type } from "./model";
import type { Mapping } from "./program";
import { lowerASCII } from "./source";
import type { Value } from "./value";
import { isResource, partOf } from "./worlds";

/** A mapping for a type of resource: its own, or with inside set that of the parent, which holds such resources too. */
export interface Application {
  m: Mapping;
  inside: boolean;
}

/** A field that a mapping gives. */
export interface MappedField {
  name: string;
  type: Type;
  x: Expr;
}

function expressionsOf(m: Mapping): Expr[] {
  return [m.within, m.when, m.each, m.id, m.name, ...Object.values(m.fields)].filter((x) => x !== null);
}

/** The type of mappings for resources that no other mapping reads. */
export const ANY_OTHER_TYPE = "*";

/** The mappings of one file of rules/inputs/. */
export class MappingTable {
  readonly byType = new Map<string, Application[]>();
  /** How mappings spell a key, by lower case. */
  readonly keys = new Map<string, string>([["id", "id"]]);
  /** Keys of a resource that mappings read. */
  readonly stated = new Set<string>();
  /** Keys of a resource's properties that mappings read. */
  readonly properties = new Set<string>();
  /** Canonical type, by other name; both lower-case. */
  readonly also = new Map<string, string>();
  /** The other names of types, with what they are in an id and what they would canonically be. */
  readonly otherNames: { type: string; part: string; canonical: string }[] = [];
  /** The spelling of keys that were met before. */
  private readonly cased = new Map<string, string>();
  /** Of the mappings of a resource's parts, the link to the resource. */
  readonly within = new Map<Mapping, Field | null>();
  /** The fields that a mapping gives, with their types. */
  private readonly fields = new Map<Mapping, MappedField[]>();
  private readonly kinds = new Map<Mapping, Kind>();
  private readonly membersOf = new Map<string, Set<string> | null>();
  /** What outlined gave, by type as it is written. */
  private readonly outlines = new Map<string, string>();
  /** What mappings read of the values of a type. */
  private readonly reading = new Map<string, Set<string> | null>();
  /** Some document of the format need not hold everything. */
  open = false;

  constructor(
    private readonly model: Model,
    readonly mappings: Mapping[],
  ) {
    for (const m of mappings) {
      const typ = lowerASCII(m.type);
      this.register(typ, { m, inside: false });
      if (m.within !== null) this.register(typ.slice(0, typ.lastIndexOf("/")), { m, inside: true });
      for (const name of m.also) this.also.set(lowerASCII(name), typ);
      this.within.set(m, partOf(model, m));
      for (const x of expressionsOf(m)) this.learnKeys(x.tree);
    }
    const last = (type: string) => `/${type.slice(type.lastIndexOf("/") + 1)}/`;
    for (const [type, canonical] of this.also) this.otherNames.push({ type, part: last(type), canonical: last(canonical) });
  }

  /** The kind of what a mapping makes. */
  kindOf(m: Mapping): Kind {
    let out = this.kinds.get(m);
    if (out === undefined) this.kinds.set(m, (out = kindOf(this.model, m.kind)!));
    return out;
  }

  fieldsOf(m: Mapping): MappedField[] {
    let out = this.fields.get(m);
    if (out === undefined) {
      const { fields } = kindOf(this.model, m.kind)!;
      out = Object.entries(m.fields).map(([name, x]) => ({ name, x, type: fields.find((f) => f.name === name)!.type }));
      this.fields.set(m, out);
    }
    return out;
  }

  private register(typ: string, a: Application): void {
    const list = this.byType.get(typ);
    if (list === undefined) this.byType.set(typ, [a]);
    else list.push(a);
  }

  /** The mappings for a type of resource, which is in lower case. */
  reads(typ: string): Application[] | undefined {
    return this.byType.get(typ) ?? this.byType.get(ANY_OTHER_TYPE);
  }

  /** The keys of a resource that the mappings of its type read, which is in lower case; null is all of them. */
  members(typ: string): Set<string> | null {
    let out = this.membersOf.get(typ);
    if (out !== undefined) return out;
    const names = new Set<string>();
    let all = false;
    const walk = (n: ExprNode | null): void => {
      if (n === null) return;
      if (n.op === "get" && isResource(n.args[0]!)) names.add(n.name);
      else if (isResource(n)) all = true;
      else for (const a of n.args) walk(a);
    };
    for (const { m } of this.reads(typ) ?? []) for (const x of expressionsOf(m)) walk(x.tree);
    out = all ? null : names;
    this.membersOf.set(typ, out);
    return out;
  }

  /** A type as the bodies of its resources state it, if no mapping reads more of them than it and the ids that they refer to; else "". */
  outlined(type: string): string {
    let out = this.outlines.get(type);
    if (out !== undefined) return out;
    const typ = lowerASCII(type);
    const canonical = this.also.get(typ);
    out = typ.includes("/") && !typ.includes("/providers/") ? (canonical ?? type) : "";
    const read = this.members(canonical ?? typ);
    const some = this.byType.get(canonical ?? typ) ?? this.byType.get(ANY_OTHER_TYPE) ?? [];
    if (read === null || !some.every(({ m, inside }) => !inside && m.each === null && m.id === null && m.name === null)) out = "";
    for (const key of read ?? []) if (key !== "type" && !(key === "references" && !this.byType.has(canonical ?? typ))) out = "";
    this.outlines.set(type, out);
    return out;
  }

  /** Notes the keys that an expression reads: Azure ignores their case, and the rule language does not. */
  private learnKeys(n: ExprNode | null): void {
    if (n === null) return;
    if (n.op === "get") {
      const lower = lowerASCII(n.name);
      if (!this.keys.has(lower)) this.keys.set(lower, n.name);
      const of = n.args[0]!;
      if (isResource(of)) this.stated.add(n.name);
      else if (of.op === "get" && of.name === "properties" && isResource(of.args[0]!)) this.properties.add(n.name);
    }
    for (const a of n.args) this.learnKeys(a);
  }

  /** A key in the spelling that mappings use. */
  spelled(key: string): string {
    let s = this.cased.get(key);
    if (s === undefined) this.cased.set(key, (s = this.keys.get(lowerASCII(key)) ?? key));
    return s;
  }

  /** Gives the keys of a value the spelling that mappings use. */
  spellKeys(v: Value): void {
    if (Array.isArray(v)) {
      for (const item of v) this.spellKeys(item);
    } else if (isMap(v)) {
      for (const k of keysOf(v)) {
        const item = v[k]!;
        const spelled = this.keys.get(lowerASCII(k));
        if (spelled !== undefined && spelled !== k && !(spelled in v)) {
          delete v[k];
          v[spelled] = item;
        }
        this.spellKeys(item);
      }
    }
  }

  /** What the mappings of a type read of its values; null is all of them. */
  attributes(type: string): Set<string> | null {
    const typ = lowerASCII(type);
    const known = this.reading.get(typ);
    if (known !== undefined) return known;
    const names = new Set(["name"]);
    let all = false;
    const add = (name: string) => {
      names.add(name);
      if (!name.endsWith("_type")) return;
      const of = name.slice(0, -"_type".length);
      names.add(of).add(`${of}_id`);
    };
    const walk = (n: ExprNode | null): void => {
      if (n === null) return;
      if (n.op === "get") {
        const of = n.args[0]!;
        if (isResource(of)) {
          add(n.name);
          all ||= n.name === "values" || n.name === "configured";
          return;
        }
        if (of.op === "get" && isResource(of.args[0]!) && (of.name === "values" || of.name === "configured")) {
          add(n.name);
          return;
        }
      }
      all ||= isResource(n);
      for (const a of n.args) walk(a);
    };
    for (const { m } of this.byType.get(typ) ?? []) for (const x of expressionsOf(m)) walk(x.tree);
    const out = all ? null : names;
    this.reading.set(typ, out);
    return out;
  }
}
