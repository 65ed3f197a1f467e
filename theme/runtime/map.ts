// Flattened resources to drafts, with the mappings of one input format. Mirrors internal/topology/map.go.

import type { Flattened, Resource } from "./arm";
import { describe, isMap, keysOf, newMap } from "./armvalue";
import { decode, refTo } from "./decode";
import { evaluateMapping, type Expr, type Node as ExprNode } from "./evaluate";
import { notInInput, Ref, type Draft, type Linking, type Stated } from "./link";
import { kindOf, type Kind } from "./model";
import type { PlaceTable } from "./place";
import type { Mapping, Program } from "./program";
import { lowerASCII } from "./source";
import { identityOf, joinSegments, joinText, piece, quoteExpr, settled, shown, textSegments, UNRESOLVED } from "./unresolved";
import { Obj, Partial, Unknown, type Place, type RecordValue, type Value } from "./value";

/** A draft under construction. */
interface Mapped {
  draft: Draft;
  /** Every mapping that made it reads it from another resource, which only refers to it: a stub of which something is known. */
  said: boolean;
  /** A mapping of the resource itself made it, not of a part of another. */
  whole: boolean;
  /** For the stub. */
  from: Ref | null;
}

/** A mapping for a type of resource: its own, or with inside set that of the parent, which holds such resources too. */
interface Application {
  m: Mapping;
  inside: boolean;
}

/** The type of mappings for resources that no other mapping reads. */
const ANY_OTHER_TYPE = "*";

export class Mapper {
  private readonly mappings: Mapping[];
  private readonly byType = new Map<string, Application[]>();
  /** How mappings spell a key, by lower case. */
  private readonly keys = new Map<string, string>([["id", "id"]]);
  /** Keys of a resource that mappings read. */
  private readonly stated = new Set<string>();
  private readonly drafts: Mapped[] = [];
  private readonly byID = new Map<string, Map<string, Mapped>>();
  /** Why a kind may have more members. */
  private readonly open = new Map<string, Unknown>();

  constructor(
    private readonly program: Program,
    input: string,
  ) {
    this.mappings = program.mappings[input] ?? [];
    for (const k of program.model.kinds) this.byID.set(k.name, new Map());
    for (const m of this.mappings) {
      const typ = lowerASCII(m.type);
      this.register(typ, { m, inside: false });
      if (m.within !== null) this.register(typ.slice(0, typ.lastIndexOf("/")), { m, inside: true });
      for (const x of [m.within, m.when, m.each, m.id, m.name, ...Object.values(m.fields)]) if (x !== null) this.learnKeys(x.tree);
    }
  }

  private register(typ: string, a: Application): void {
    const list = this.byType.get(typ);
    if (list === undefined) this.byType.set(typ, [a]);
    else list.push(a);
  }

  /** Notes the keys that an expression reads: Azure ignores their case, and the rule language does not. */
  private learnKeys(n: ExprNode | null): void {
    if (n === null) return;
    if (n.op === "get") {
      const lower = lowerASCII(n.name!);
      if (!this.keys.has(lower)) this.keys.set(lower, n.name!);
      const of = n.args![0]!;
      if (of.op === "var" && of.name === "resource") this.stated.add(n.name!);
    }
    for (const a of n.args ?? []) this.learnKeys(a);
  }

  /** Gives the keys of a value the spelling that mappings use. */
  private spellKeys(v: Value): void {
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

  /** Maps every resource of one document. file names it in reasons. */
  add(input: Flattened, file: string): void {
    if (input.open !== null) for (const k of this.program.model.kinds) this.setOpen(k.name, input.open);
    for (const r of input.resources) {
      let mappings = typeof r.body.type === "string" ? this.byType.get(lowerASCII(r.body.type)) : undefined;
      if (mappings === undefined) {
        mappings = this.byType.get(ANY_OTHER_TYPE);
        if (mappings === undefined) continue;
        r.body.references = references(r.body);
      }
      this.spellKeys(r.body);
      for (const { m, inside } of mappings) {
        if (inside) this.applyInside(m, r, input.places, file);
        else this.apply(m, r, true, input.places, file);
      }
    }
  }

  private setOpen(kind: string, u: Unknown): void {
    if (!this.open.has(kind)) this.open.set(kind, new Unknown(u.reason));
  }

  private evaluate(x: Expr, body: Value, item: Value, index: number): Value {
    return evaluateMapping(x, this.program.lib, body, item, index);
  }

  /** Makes the drafts of one mapping from the parts that a resource holds: each is seen as the resource that it would be on its own. */
  private applyInside(m: Mapping, r: Resource, places: PlaceTable, file: string): void {
    const segment = `${m.type.slice(m.type.lastIndexOf("/"))}/`;
    for (const item of this.list(m.kind, this.evaluate(m.within!, r.body, null, 0))) {
      if (item instanceof Unknown) {
        this.setOpen(m.kind, item);
        continue;
      }
      if (!isMap(item)) {
        this.setOpen(m.kind, new Unknown(`the input has ${describe(item)} where it should have an object`));
        continue;
      }
      const body = Object.assign(newMap(), item);
      if (identityOf(item.name ?? null) !== null) body.id = settled(joinText(r.body.id!, segment, item.name!));
      else body.name = lastSegment(item.id ?? null);
      body.type = m.type;
      body.parent = r.body.id!;
      this.apply(m, { ...r, body, place: places.of(item, r.place) }, false, places, file);
    }
  }

  /** The known elements of what should be a list of objects of a kind. What is not known of it leaves the kind open. */
  private list(kind: string, v: Value): Value[] {
    if (Array.isArray(v)) return v;
    if (v instanceof Partial) {
      if (v.open !== null) this.setOpen(kind, v.open);
      return v.items;
    }
    if (v instanceof Unknown) this.setOpen(kind, v);
    else if (v !== null) this.setOpen(kind, new Unknown(`the input has ${describe(v)} where it should have a list`));
    return [];
  }

  /** Makes the drafts of one mapping from one resource. whole: the resource stands on its own, not inside another. */
  private apply(m: Mapping, r: Resource, whole: boolean, places: PlaceTable, file: string): void {
    let exists = r.exists;
    if (m.when !== null) {
      const v = this.evaluate(m.when, r.body, null, 0);
      if (v instanceof Unknown) exists ??= v;
      else if (v !== true) return;
    }
    if (r.open !== null) this.setOpen(m.kind, r.open);
    if (m.each === null) {
      this.draft(m, r, whole, null, 0, exists, r.place, file);
      return;
    }
    this.list(m.kind, this.evaluate(m.each, r.body, null, 0)).forEach((item, i) => {
      if (item instanceof Unknown) this.setOpen(m.kind, item);
      else this.draft(m, r, whole, item, i, exists, places.of(item, r.place), file);
    });
  }

  /** Makes or extends the object that a mapping reads from a resource or item. */
  private draft(m: Mapping, r: Resource, whole: boolean, item: Value, index: number, exists: Unknown | null, place: Place, file: string): void {
    let id: Value = r.body.id!;
    let name: Value = r.body.name!;
    if (m.id !== null) id = settled(this.evaluate(m.id, r.body, item, index));
    let identity = identityOf(id);
    if (identity === null || identity === "") {
      const reason = id instanceof Unknown ? id.reason : "the object has no name";
      exists ??= new Unknown(reason); // it may be any other object
      id = piece(reason, UNRESOLVED, `${quoteExpr(file)} ${quoteExpr(place.pointer)} ${index}`);
      identity = identityOf(id)!;
    }
    if (m.name !== null) name = this.evaluate(m.name, r.body, item, index);
    else if (m.id !== null) name = lastSegment(id);
    if (identityOf(name) === null) name = lastSegment(id);
    const d: Draft = {
      kind: kindOf(this.program.model, m.kind)!, identity, id: shown(id), name: shown(name), place, exists, fields: Object.create(null),
      idValue: id instanceof Unknown ? id : null, nameValue: name instanceof Unknown ? name : null,
      absent: `is not set in ${file}`, referred: false, unresolved: null,
    };
    for (const [f, x] of Object.entries(m.fields)) {
      const type = d.kind.fields.find((field) => field.name === f)!.type;
      const v = decode(type, this.evaluate(x, r.body, item, index), f, place);
      if (v !== null) d.fields[f] = v;
    }
    let said = false;
    let from: Ref | null = null;
    if (m.each !== null) {
      said = !identity.startsWith(`${identityOf(r.body.id) ?? ""}/`) && !identity.startsWith("{");
      from = refTo(id, place);
    }
    this.merge({ draft: d, said, whole: whole && m.each === null, from });
  }

  /** Adds a draft, or what it states to the draft of the same object. What is stated later wins; what only may be stated makes a difference unknown. */
  private merge(d: Mapped): void {
    const { whole } = d;
    const table = this.byID.get(d.draft.kind.name)!;
    const old = table.get(d.draft.identity);
    if (old === undefined) {
      table.set(d.draft.identity, d);
      this.drafts.push(d);
      return;
    }
    const a = old.draft;
    const b = d.draft;
    if ((whole && !old.whole) || (old.said && !d.said)) a.place = b.place;
    old.whole ||= whole;
    if (d.said !== old.said) {
      // A reference says nothing about whether the object exists.
      if (old.said) a.exists = b.exists;
      b.exists = a.exists;
      old.said = false;
    }
    for (const name in a.fields) {
      if (!(name in b.fields) && a.exists !== null && b.exists === null) a.fields[name] = new Unknown(a.exists.reason);
    }
    for (const name in b.fields) {
      const v = b.fields[name]!;
      const differs = b.exists !== null && !(name in a.fields && sameStated(a.fields[name]!, v));
      a.fields[name] = differs ? new Unknown(b.exists!.reason) : v;
    }
    if (b.exists === null) a.exists = null;
  }

  /** What linking needs of the mapped resources. A kind is complete unless something left it open. */
  finish(): Linking {
    const { model } = this.program;
    const out: Linking = { model, drafts: [], states: new Map(), complete: new Set(), stub: (kind, ref) => this.stub(kind, ref) };
    for (const k of model.kinds) out.states.set(k.name, this.open.get(k.name) ?? null);
    for (const d of this.drafts) {
      if (d.said) {
        const stub = this.stub(d.draft.kind, d.from!);
        Object.assign(stub.fields, d.draft.fields);
        stub.referred = true;
        stub.unresolved = d.from!.unknown;
        d.draft = stub;
      }
      out.drafts.push(d.draft);
    }
    return out;
  }

  /** Drafts an object that is only referred to: the mapping for the type in its id, over a resource of which nothing but the id is known, tells ancestors. */
  private stub(kind: Kind, r: Ref): Draft {
    const id: Value = r.unknown ?? r.id;
    const last = lastSegment(id);
    const d: Draft = {
      kind, identity: r.identity, id: r.id, name: r.name, place: r.place, exists: null, fields: Object.create(null),
      idValue: r.unknown, nameValue: r.unknown !== null && last instanceof Unknown ? last : null,
      absent: r.unknown?.reason ?? notInInput(r.name), referred: false, unresolved: null,
    };
    const m = this.mappingFor(kind, id);
    if (m === null) return d;
    const segments = textSegments(id) ?? [];
    const body = newMap();
    for (const key of this.stated) body[key] = new Unknown(d.absent);
    body.type = m.type;
    body.id = id;
    body.name = last;
    if (m.type.split("/").length > 2 && segments.length > 2) body.parent = settled(joinSegments(segments.slice(0, -2)));
    for (const [f, x] of Object.entries(m.fields)) {
      const type = kind.fields.find((field) => field.name === f)!.type;
      const v = decode(type, this.evaluate(x, body, null, 0), f, d.place);
      if (v !== null) d.fields[f] = v;
    }
    return d;
  }

  /** The mapping of a kind whose type an id has. */
  private mappingFor(kind: Kind, id: Value): Mapping | null {
    const typ = typeOfID(id);
    if (typ === "") return null;
    for (const m of this.mappings) {
      if (m.kind !== kind.name || m.each !== null) continue;
      const lower = lowerASCII(m.type);
      if (lower === typ || (typ.startsWith("/") && lower.endsWith(typ))) return m;
    }
    return null;
  }
}

/**
 * The ids of other resources that a resource holds, each once and in order, as {type, id}: the type in lower case, or
 * its end where the beginning of the id is not resolved. It looks at keys named id or ending in Id.
 */
function references(body: RecordValue): Value[] {
  const out: Value[] = [];
  const seen = new Set<string>();
  const own = identityOf(body.id!);
  if (own !== null) seen.add(own);
  const walk = (key: string, v: Value): void => {
    if (Array.isArray(v)) {
      for (const item of v) walk(key, item);
    } else if (v instanceof Partial) {
      for (const item of v.items) walk(key, item);
    } else if (isMap(v)) {
      for (const k of keysOf(v)) walk(k, v[k]!);
    } else if ((typeof v === "string" || v instanceof Unknown) && lowerASCII(key).endsWith("id")) {
      const identity = identityOf(v);
      const type = typeOfID(v);
      if (identity === null || type === "" || seen.has(identity)) return;
      seen.add(identity);
      out.push(Object.assign(newMap(), { type, id: v }));
    }
  };
  for (const k of keysOf(body)) if (k !== "id" && k !== "parent" && k !== "scope") walk(k, body[k]!);
  return out;
}

/** The name that an id ends with. */
export function lastSegment(id: Value): Value {
  return textSegments(id)?.at(-1) ?? id;
}

/** Compares two decoded values; references by what they refer to. */
function sameStated(a: Stated, b: Stated): boolean {
  if (a instanceof Ref) return b instanceof Ref && a.identity === b.identity;
  if (a instanceof Unknown || a instanceof Partial || a instanceof Obj) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameStated(item, b[i]!));
  if (isMap(a)) {
    const keys = Object.keys(a);
    return isMap(b) && keys.length === Object.keys(b).length && keys.every((k) => k in b && sameStated(a[k]!, b[k]!));
  }
  return a === b;
}

/** The lower-case resource type that an id spells out; where the beginning of the id is not resolved, the end of the type with a slash before. */
export function typeOfID(id: Value): string {
  const segments = textSegments(id) ?? [];
  const last = segments.findLastIndex((s) => typeof s === "string" && lowerASCII(s) === "providers");
  if (last < 0) {
    const text = segments.length > 2 ? segments[segments.length - 2] : undefined;
    return typeof text === "string" ? `/${lowerASCII(text)}` : "";
  }
  let typ = "";
  for (let i = last + 1; i < segments.length; i++) {
    if (i > last + 1 && (i - last) % 2 === 1) continue; // a name
    const text = segments[i];
    if (typeof text !== "string") return "";
    typ += `/${lowerASCII(text)}`;
  }
  return typ.slice(1);
}
