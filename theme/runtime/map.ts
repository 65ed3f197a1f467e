// Flattened resources to drafts, with the mappings of one input format. Mirrors internal/topology/map.go.

import type { Flattened, Resource } from "./arm";
import { describe, isMap, keysOf, newMap } from "./armvalue";
import type { Diagnostic } from "./check";
import { decode, refTo } from "./decode";
import { emptyContext, evaluateMapping, type Context, type Expr } from "./evaluate";
import { notInInput, holdsLink, nothingStated, type Draft, type DraftTable, type Linking, type Ref, type Stated } from "./link";
import { MappingTable } from "./mappings";
import { Drafts, type Mapped } from "./merge";
import { hasDefault, type Kind } from "./model";
import type { PlaceTable } from "./place";
import type { Mapping, Program } from "./program";
import { lowerASCII } from "./source";
import { identityOf, joinSegments, joinText, piece, quoteExpr, settled, shown, textSegments, UNRESOLVED } from "./unresolved";
import { Fingerprints } from "./fingerprints";
import { Later } from "./settle";
import { Partial, Unknown, type Place, type RecordValue, type Value } from "./value";
import { Worlds } from "./worlds";

/** What a mapping makes of every resource of a type. */
interface Outlined {
  applies: boolean;
  exists: Unknown | null;
  fields: Draft["fields"];
  /** No link is among them, nor unknown. */
  linksToNone: boolean;
}

export class Mapper {
  /** By format, in the order of their first use. */
  private readonly tables = new Map<string, MappingTable>();
  private readonly drafts: Drafts;
  /** Why a kind may have more members. */
  readonly open = new Map<string, Unknown>();
  /** Number of the document at hand. */
  private doc = 0;
  /** Its file, and what is said of a field that it does not set. */
  private file = "";
  private absent = "";
  private readonly worlds: Worlds;
  private readonly later: Later;
  /** By mapping and type, what becomes of a resource of which nothing else is read. */
  private readonly outlines = new Map<Mapping, Map<string, Outlined>>();
  /** By kind, the identities of objects that are only counted. */
  private readonly counted = new Map<string, Fingerprints>();
  /** An object was counted that was met before, so that it must be known what both say of it: the input is to be read without counting. */
  countedTwice = false;
  /** What mappings see beside the resource. */
  private readonly context: Context;

  constructor(
    private readonly program: Program,
    problems: Diagnostic[],
    /** Objects that nothing looks at are only counted. */
    counting = false,
  ) {
    if (counting) for (const kind of program.unread) this.counted.set(kind, new Fingerprints());
    this.worlds = new Worlds(program.model, this.tables);
    this.drafts = new Drafts(program.model, this.worlds, problems);
    this.later = new Later(this.drafts, (id) => this.identify(id));
    this.context = emptyContext(program.lib);
  }

  /** The mappings of a format. */
  table(input: string): MappingTable {
    let t = this.tables.get(input);
    if (t === undefined) this.tables.set(input, (t = new MappingTable(this.program.model, this.program.mappings[input] ?? [])));
    return t;
  }

  /** Maps every resource of one document with the mappings of its format. file names it in reasons; `progress` is called now and then with the share that is done. */
  add(input: Flattened, file: string, format: string, progress: (share: number) => void): void {
    const t = this.table(format);
    this.doc++;
    this.file = file;
    this.absent = `is not set in ${file}`;
    t.open ||= input.world !== null;
    if (input.references) {
      this.worlds.current = null;
      this.later.begin(input, t);
      this.table("arm"); // ids of what is not in the input are read as Azure writes them
    } else {
      this.worlds.begin(input.world);
    }
    if (input.open !== null) for (const k of this.program.model.kinds) this.setOpen(k.name, input.open);
    let done = 0;
    input.each((r) => {
      if ((++done & 2047) === 0) progress(done / input.count);
      const typ = typeof r.body.type === "string" ? lowerASCII(r.body.type) : "";
      const from = r.mappings === undefined ? t : this.table(r.mappings);
      let mappings = typ === "" ? undefined : from.byType.get(typ);
      if (mappings === undefined) {
        mappings = typ === "" || r.gone ? undefined : t.reads(typ);
        if (mappings === undefined) return;
        if (!r.outlined) r.body.references = r.links ? r.links() : references(r.body);
      }
      if (r.returned === null && !r.spelled) from.spellKeys(r.body);
      for (const { m, inside } of mappings) {
        if (inside) this.applyInside(from, m, r, input.places);
        else this.apply(from, m, r, true, input.places);
      }
      this.worlds.settle();
    });
    this.worlds.end();
  }

  /** Notes that the document at hand may leave out members of a kind. */
  private setOpen(kind: string, u: Unknown): void {
    // Of what need not be everything one expects it.
    const open = this.worlds.current !== null ? this.worlds.partial : this.open;
    if (!open.has(kind)) open.set(kind, new Unknown(u.reason));
  }

  /** The identity of an id, or null. Some types have one name in the ids of resources and another in those that refer to them. */
  private readonly identify = (id: Value | undefined): string | null => {
    let identity = identityOf(id);
    if (identity === null) return null;
    for (const t of this.tables.values()) {
      for (const { type, part, canonical } of t.otherNames) {
        const at = identity.lastIndexOf(part);
        if (at >= 0 && typeOfID(identity) === type) identity = identity.slice(0, at) + canonical + identity.slice(at + part.length);
      }
    }
    return identity;
  };

  /** identify for the id of a resource. */
  private identityOf(r: Resource): string | null {
    return (r.identity ??= this.identify(r.body.id));
  }

  private evaluate(x: Expr, body: Value, item: Value, index: number): Value {
    return evaluateMapping(x, this.context, body, item, index);
  }

  /** Makes the drafts of one mapping from the parts that a resource holds: each is seen as the resource that it would be on its own. */
  private applyInside(t: MappingTable, m: Mapping, r: Resource, places: PlaceTable | null): void {
    const segment = `${m.type.slice(m.type.lastIndexOf("/"))}/`;
    const { items, known } = this.list(m.kind, this.evaluate(m.within!, r.body, null, 0));
    this.listed(t, m, r, known);
    for (const item of items) {
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
      this.apply(t, m, { ...r, body, identity: undefined, place: placeOf(r, item, places), bare: r.returned !== null && isBare(item) }, false, places);
    }
  }

  /** The known elements of what should be a list of objects of a kind, and whether they are all of them. What is not known leaves the kind open. */
  private list(kind: string, v: Value): { items: Value[]; known: boolean } {
    if (Array.isArray(v)) return { items: v, known: true };
    if (v instanceof Partial) {
      if (v.open !== null) this.setOpen(kind, v.open);
      return { items: v.items, known: false };
    }
    if (v instanceof Unknown) this.setOpen(kind, v);
    else if (v !== null) this.setOpen(kind, new Unknown(`the input has ${describe(v)} where it should have a list`));
    return { items: [], known: false };
  }

  /** Makes the drafts of one mapping from one resource. whole: the resource stands on its own, not inside another. */
  private apply(t: MappingTable, m: Mapping, r: Resource, whole: boolean, places: PlaceTable | null): void {
    const outlined = r.outlined ? this.outlined(t, m, r) : null;
    if (outlined !== null) {
      if (outlined.applies && !(outlined.linksToNone && this.count(m, r))) this.draft(t, m, r, whole, null, 0, outlined.exists, r.place, outlined.fields);
      return;
    }
    let exists = r.exists;
    if (m.when !== null) {
      const v = this.evaluate(m.when, r.body, null, 0);
      if (v instanceof Unknown) exists ??= v;
      else if (v !== true) return;
    }
    if (m.each === null) {
      if (r.open !== null && m.id === null) this.setOpen(m.kind, r.open);
      this.draft(t, m, r, whole, null, 0, exists, r.place);
      return;
    }
    const each = this.evaluate(m.each, r.body, null, 0);
    this.later.leaveLoose(m, each);
    const { items, known } = this.list(m.kind, each);
    this.listed(t, m, r, known);
    if (r.open !== null && items.length > 0) this.setOpen(m.kind, r.open);
    items.forEach((item, i) => {
      if (item instanceof Unknown && (this.later.references === null || item.expr === "")) this.setOpen(m.kind, item);
      else this.draft(t, m, r, whole, item, i, exists, placeOf(r, item, places));
    });
  }

  /** What a mapping makes of a resource that is read from its outline: the same of all of its type. */
  private outlined(t: MappingTable, m: Mapping, r: Resource): Outlined {
    const type = r.body.type as string;
    let byType = this.outlines.get(m);
    if (byType === undefined) this.outlines.set(m, (byType = new Map()));
    let out = byType.get(type);
    if (out !== undefined) return out;
    const applies = m.when === null || this.evaluate(m.when, r.body, null, 0);
    const fields = nothingStated(t.kindOf(m));
    this.state(fields, t, m, r, null, 0, r.place);
    const exists = applies instanceof Unknown ? applies : null;
    const linksToNone = exists === null && t.kindOf(m).fields.every((f) => !holdsLink(f.type) || isPlain(fields[f.name] ?? (hasDefault(f) ? null : new Unknown("it is not set"))));
    out = { applies: applies === true || exists !== null, exists, fields, linksToNone };
    byType.set(type, out);
    return out;
  }

  /** Counts a resource instead of drafting it, if nothing looks at objects of its kind. */
  private count(m: Mapping, r: Resource): boolean {
    const counted = this.counted.get(m.kind);
    if (counted === undefined) return false;
    const identity = this.identityOf(r)!;
    if (!counted.add(identity) || this.drafts.byID.get(m.kind)!.has(identity)) this.countedTwice = true;
    this.worlds.seen.add(m.kind);
    return true;
  }

  /** Notes whether a resource of an open world lists all of its parts. */
  private listed(t: MappingTable, m: Mapping, r: Resource, known: boolean): void {
    if (this.worlds.current !== null) this.worlds.listed(m, t.within.get(m) ?? null, this.identityOf(r) ?? "", known && !r.bare);
  }

  /** Makes or extends the object that a mapping reads from a resource or item. */
  private draft(t: MappingTable, m: Mapping, r: Resource, whole: boolean, item: Value, index: number, exists: Unknown | null, place: Place, fields: Draft["fields"] | null = null): void {
    let id: Value = r.body.id!;
    let name: Value = r.body.name!;
    if (m.id !== null) id = settled(this.evaluate(m.id, r.body, item, index));
    let identity = id === r.body.id ? this.identityOf(r) : this.identify(id);
    if (identity === null || identity === "") {
      const reason = id instanceof Unknown ? id.reason : "the object has no name";
      exists ??= new Unknown(reason); // it may be any other object
      id = piece(reason, UNRESOLVED, `${quoteExpr(this.file)} ${quoteExpr(place.pointer)} ${index}`);
      identity = this.identify(id)!;
    }
    if (m.name !== null) name = this.evaluate(m.name, r.body, item, index);
    else if (m.id !== null) name = lastSegment(id);
    if (typeof name !== "string" && !(name instanceof Unknown && name.expr !== "")) name = lastSegment(id);
    const kind = t.kindOf(m);
    const d: Mapped = {
      kind, identity, id: shown(id), name: shown(name), place, exists, fields: nothingStated(kind),
      idValue: id instanceof Unknown ? id : null, nameValue: name instanceof Unknown ? name : null,
      absent: this.absent, leftOut: "", stub: false, unresolved: null, object: null,
      doc: this.doc, bare: m.each === null ? r.bare : isBare(item), disputed: null, said: false, whole: false, from: null, wait: null,
    };
    if (fields !== null) Object.assign(d.fields, fields);
    else this.state(d.fields, t, m, r, item, index, place);
    const owner = this.identityOf(r) ?? "";
    if (this.later.waits(d, r, id, owner) || r.gone) return;
    if (this.counted.get(m.kind)?.has(identity)) this.countedTwice = true;
    if (r.referred) {
      d.said = true;
      d.from = refTo(id, place, this.identify, d.name);
    } else if (m.each !== null) {
      d.said = !(identity.startsWith(owner) && identity.charAt(owner.length) === "/") && !identity.startsWith("{");
      if (d.said) d.from = refTo(id, place, this.identify);
    }
    d.whole = whole && m.each === null && !r.referred;
    if (!d.said && this.worlds.current !== null) this.worlds.seen.add(m.kind);
    this.drafts.merge(d);
  }

  /** Fills in what a mapping reads from a resource or item. */
  private state(fields: Draft["fields"], t: MappingTable, m: Mapping, r: Resource, item: Value, index: number, place: Place): void {
    for (const { name: f, type, x } of t.fieldsOf(m)) {
      const v = decode(type, this.later.oneLink(type, this.evaluate(x, r.body, item, index)), f, place, this.identify);
      if (v !== null) fields[f] = v;
    }
  }

  /** What linking needs of the mapped resources. */
  finish(): Linking {
    const { model } = this.program;
    const out: Linking = { model, drafts: this.drafts.list, byID: this.drafts.byID as DraftTable, states: new Map(), complete: new Set(), closed: this.worlds.closed, counted: this.counted, stub: (kind, ref) => this.stub(kind, ref) };
    const { references, stated } = this.later;
    if (references !== null) {
      this.later.settle(references);
      out.references = references;
      out.identify = this.identify;
    }
    for (const k of model.kinds) {
      const said = this.open.get(k.name);
      let open = this.worlds.state(k, said);
      if (open === undefined && (stated.has(k.name) || said !== undefined)) open = said ?? null;
      if (open !== undefined) out.states.set(k.name, open);
    }
    for (const d of this.drafts.list) {
      if (d.said) this.refer(d);
      if (d.bare) {
        for (const f of d.kind.fields) {
          const v = d.fields[f.name];
          if (v instanceof Unknown && d.leftOut === "") d.leftOut = v.reason;
        }
      }
    }
    return out;
  }

  /** Makes what other resources say of an object a stub of which they state some fields. */
  private refer(d: Mapped): void {
    const { fields } = d;
    Object.assign(d, this.stub(d.kind, d.from!));
    for (const { name } of d.kind.fields) if (fields[name] !== undefined) d.fields[name] = fields[name];
    d.unresolved = d.from!.unknown;
  }

  /** Drafts an object that is only referred to: the mapping for the type in its id, over a resource of which nothing but the id is known, tells ancestors. */
  private stub(kind: Kind, r: Ref): Draft {
    const id: Value = r.unknown ?? r.id;
    const last = lastSegment(id);
    const d: Draft = {
      kind, identity: r.identity, id: r.id, name: r.name, place: r.place, exists: null, fields: nothingStated(kind),
      idValue: r.unknown, nameValue: r.unknown !== null && last instanceof Unknown ? last : null,
      absent: r.unknown?.reason ?? notInInput(r.name), leftOut: "", stub: true, unresolved: null, object: null,
    };
    const found = this.mappingFor(kind, id);
    if (found === null) return d;
    const { table, mapping: m } = found;
    const segments = textSegments(id) ?? [];
    const body = newMap();
    for (const key of table.stated) body[key] = new Unknown(d.absent);
    body.type = m.type;
    body.id = id;
    body.name = last;
    if (m.type.split("/").length > 2 && segments.length > 2) body.parent = settled(joinSegments(segments.slice(0, -2)));
    for (const { name: f, type, x } of table.fieldsOf(m)) {
      const v = decode(type, this.evaluate(x, body, null, 0), f, d.place, this.identify);
      if (v !== null) d.fields[f] = v;
    }
    return d;
  }

  /** The mapping of a kind whose type an id has. */
  private mappingFor(kind: Kind, id: Value): { table: MappingTable; mapping: Mapping } | null {
    const typ = typeOfID(id);
    if (typ === "") return null;
    for (const table of this.tables.values()) {
      for (const mapping of table.mappings) {
        if (mapping.kind !== kind.name || mapping.each !== null) continue;
        const lower = lowerASCII(mapping.type);
        if (lower === typ || (typ.startsWith("/") && lower.endsWith(typ))) return { table, mapping };
      }
    }
    return null;
  }
}

/** The name that an id ends with. */
export function lastSegment(id: Value): Value {
  if (typeof id === "string") return id.slice(id.lastIndexOf("/") + 1);
  return textSegments(id)?.at(-1) ?? id;
}

/** Where a part of the resource stands, or else the resource. */
function placeOf(r: Resource, v: Value, places: PlaceTable | null): Place {
  if (r.returned === null) return places!.of(v, r.place);
  return r.returned.placeOf(v);
}

/** Whether a value is known and is no link, nor holds one. */
function isPlain(v: Stated): boolean {
  return v === null || typeof v !== "object" || (Array.isArray(v) && v.every(isPlain));
}

/** Whether a part of a resource is known by its id alone. */
function isBare(item: Value): boolean {
  return isMap(item) && item.properties instanceof Unknown;
}

/**
 * The ids of other resources that a resource holds, each once and in order, as {type, id}: the type in lower case, or
 * its end where the beginning of the id is not resolved. It looks at keys named id or ending in Id.
 */
export function references(body: RecordValue): Value[] {
  const out: Value[] = [];
  if (!holdsID(body)) return out;
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

/** Whether a resource may hold the id of another. Most do not, and need not be put in order for it. */
export function holdsID(body: Readonly<Record<string, unknown>>): boolean {
  const found = (key: string, v: unknown): boolean => {
    if (typeof v === "string") return v.includes("/") && lowerASCII(key).endsWith("id");
    if (typeof v !== "object" || v === null) return false;
    if (v instanceof Unknown || v instanceof Partial) return true;
    if (Array.isArray(v)) return v.some((item) => found(key, item));
    for (const k in v) if (found(k, (v as Record<string, unknown>)[k])) return true;
    return false;
  };
  for (const k in body) if (k !== "id" && k !== "parent" && k !== "scope" && found(k, body[k])) return true;
  return false;
}

/** The lower-case resource type that an id spells out; where the beginning of the id is not resolved, the end of the type with a slash before. */
export function typeOfID(id: Value): string {
  const segments = typeof id === "string" ? lowerASCII(id).split("/") : lowerSegments(id);
  const last = segments.lastIndexOf("providers");
  if (last < 0) {
    const text = segments.length > 2 ? segments[segments.length - 2] : null;
    return typeof text === "string" ? `/${text}` : "";
  }
  let typ = "";
  for (let i = last + 1; i < segments.length; i++) {
    if (i > last + 1 && (i - last) % 2 === 1) continue; // a name
    const text = segments[i]!;
    if (text === null) return "";
    typ += `/${text}`;
  }
  return typ.slice(1);
}

/** The segments of an id in lower case; null where one is not resolved. */
function lowerSegments(id: Value): (string | null)[] {
  return (textSegments(id) ?? []).map((s) => (typeof s === "string" ? lowerASCII(s) : null));
}
