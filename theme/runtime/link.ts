// Drafts to an object graph. Mirrors internal/topology/link.go.

import { refTo, type Identify } from "./decode";
import { quoted } from "./document";
import { defaultValue, hasDefault, kindOf, type Field, type Kind, type Model, type Type } from "./model";
import { lowerASCII } from "./source";
import type { References } from "./terraformids";
import { exprPieces } from "./unresolved";
import { Obj, Partial, Unknown, type Place, type Value } from "./value";

/** A field before linking: decoded, with a Ref for a link. */
export type Stated = Value | Ref | Stated[] | { [key: string]: Stated };

/** An object before linking. Drafts of one kind have different identities. */
export interface Draft {
  kind: Kind;
  /** What references meet: normalised id, or the reader's own key. */
  identity: string;
  id: string;
  name: string;
  /** What rules read as .id and .name where that is not the text above. */
  idValue: Unknown | null;
  nameValue: Unknown | null;
  place: Place;
  exists: Unknown | null;
  /**
   * What is stated; linking turns it into what the object holds. What is undefined becomes the model's default, else
   * unknown: `"sku"` and absent say why; of a stub, absent alone.
   */
  fields: Record<string, Stated | undefined>;
  absent: string;
  /** Why nothing is stated but the id, or "". */
  leftOut: string;
  /** The input only refers to the object, whether it states fields of it or not. */
  stub: boolean;
  unresolved: Unknown | null;
  /** What becomes of it. */
  object: Obj | null;
}

/** Drafts by kind and identity. */
export type DraftTable<D extends Draft = Draft> = Map<string, Map<string, D>>;

/** A table without drafts. */
export function tableOf<D extends Draft>(model: Model): DraftTable<D> {
  return new Map(model.kinds.map((k) => [k.name, new Map()]));
}

/** A reference to an object before linking. */
export class Ref {
  constructor(
    readonly identity: string,
    /** Why the identity is unresolved, or null. */
    readonly unknown: Unknown | null,
    readonly id: string,
    readonly name: string,
    readonly place: Place,
  ) {}
}

/** What a reader knows once every document is read. */
export interface Linking {
  model: Model;
  /** In input order. */
  drafts: Draft[];
  /** The same, with an entry for each kind of the model. */
  byID: DraftTable;
  /** An entry for each kind the input states: null where it lists all members, else why there may be more. */
  states: Map<string, Unknown | null>;
  /** Kinds of which every member is in the input, whatever else says. */
  complete: Set<string>;
  /** By link, the identities of objects to which every object with such a link is in the input, whatever else is not. */
  closed: Map<Field, Set<string>>;
  /** By kind, objects that are in the input and not among the drafts, since nothing looks at them. */
  counted?: Map<string, { size: number }>;
  /** Makes the draft of an object that is only referred to. Without it such a reference is unknown. */
  stub: ((kind: Kind, ref: Ref) => Draft) | null;
  /** Finds what ids mean, where they alone do not say it. */
  references?: References;
  identify?: Identify;
}

/** The objects of a kind, in input order, and how many there are beside them at which nothing looks. */
export interface Subjects {
  kind: string;
  objects: Obj[];
  counted?: number;
}

export interface Linked {
  collections: Record<string, Value>;
  subjects: Subjects[];
  unstated: string[];
  needs: Map<string, string[]>;
}

/** What is stated of an object of a kind, as long as nothing is. */
export function nothingStated(k: Kind): Draft["fields"] {
  return k.holder ? new k.holder() : (Object.create(null) as Draft["fields"]);
}

/** A list that the links of one or more fields fill. */
interface InverseLink {
  target: Kind;
  sources: Kind[];
  list: string;
  from: Field[];
  members: Map<Obj, Obj[]>;
  /** The first link of the source kinds that is not known. */
  open: Unknown | null;
  /** The first link to an object that is not in the input: it may mean one whose name is not resolved. */
  loose: Unknown | null;
}

const MAX_STUBS = 100_000;

/** The objects of a list that no link fills. */
const none: Obj[] = [];

/** Makes the object graph of the drafts: links by identity, inverse lists in input order, stubs for what is only referred to. */
export function link(input: Linking): Linked {
  const l = new Linker(input);
  for (const d of input.drafts) {
    l.add(d);
    if (d.stub) l.setAbsent(d.kind, d.name, d.unresolved);
  }
  // Resolving a stub's fields may add further stubs to the end of the order.
  for (let i = 0; i < l.order.length; i++) l.setFields(l.order[i]!);
  l.setInverses();
  return l.collect();
}

class Linker {
  readonly order: Draft[];
  private readonly absent = new Map<string, Unknown>();
  private readonly inverse = new Map<string, InverseLink>();
  private readonly fields = new Map<Field, InverseLink>();
  private readonly stubs = new Set<Obj>();
  private readonly kinds = new Map<string, Kind>();
  /** Why a field is unknown that the document at hand does not set. */
  private readonly whyUnset = new Map<Field, { absent: string; reason: string }>();

  constructor(private readonly input: Linking) {
    const { model } = input;
    this.order = [...input.drafts];
    for (const k of model.kinds) this.kinds.set(k.name, k);
    for (const source of model.kinds) {
      for (const f of source.fields) {
        const t = linkType(f.type);
        if (!f.inverse || t === null) continue;
        const key = `${t.link}.${f.inverse}`;
        let inv = this.inverse.get(key);
        if (inv === undefined) {
          inv = { target: kindOf(model, t.link!)!, sources: [], list: f.inverse, from: [], members: new Map(), open: null, loose: null };
          this.inverse.set(key, inv);
        }
        if (inv.sources.at(-1) !== source) inv.sources.push(source);
        inv.from.push(f);
        this.fields.set(f, inv);
      }
    }
  }

  add(d: Draft): Obj {
    const o = new Obj(d.kind.name, d.id, d.name, d.place, d.fields as Record<string, Value>);
    o.exists = d.exists;
    o.unresolved = d.unresolved;
    if (d.idValue) o.fields.id = d.idValue;
    if (d.nameValue) o.fields.name = d.nameValue;
    d.object = o;
    return o;
  }

  setFields(d: Draft): void {
    for (const f of d.kind.fields) {
      const stated = d.fields[f.name];
      const value = this.resolve(f.type, stated === undefined ? this.unset(d, f) : stated);
      const inv = this.fields.get(f);
      if (inv !== undefined) record(inv, d.object!, value, this.stubs);
      d.object!.fields[f.name] = standing(d.object!, value);
    }
  }

  /** What a field is that is not stated. */
  private unset({ absent, stub }: Draft, f: Field): Value {
    if (stub) return new Unknown(absent);
    if (hasDefault(f)) return defaultValue(f);
    let why = this.whyUnset.get(f);
    if (why === undefined || why.absent !== absent) {
      why = { absent, reason: `${quoted(f.name)} ${absent}` };
      this.whyUnset.set(f, why);
    }
    return new Unknown(why.reason);
  }

  /** Replaces refs by objects, also in lists and records. */
  private resolve(t: Type, v: Stated): Value {
    if (v instanceof Ref) return this.follow(t, v);
    if (v === null || typeof v !== "object" || v instanceof Unknown || v instanceof Obj) return v as Value;
    if (Array.isArray(v) || v instanceof Partial) {
      if (t.name !== "list" || !t.elem || !holdsLink(t.elem)) return v as Value;
      return Array.isArray(v) ? this.resolveList(t.elem, v, null) : this.resolveList(t.elem, v.items, v);
    }
    if (t.name === "record" && holdsLink(t)) {
      const out: Record<string, Value> = Object.create(null);
      const record = v as Record<string, Stated>;
      for (const f of t.fields!) if (f.name in record) out[f.name] = this.resolve(f.type, record[f.name]!);
      return out;
    }
    return v as Value;
  }

  /** The result is partial if the list was, if an element cannot be resolved, or if one may not exist. */
  private resolveList(elem: Type, items: Stated[], from: Partial | null): Value {
    const out: Value[] = [];
    let partial = from !== null;
    let open = from?.open ?? null;
    for (const item of items) {
      const v = this.resolve(elem, item);
      if (v instanceof Unknown) {
        open ??= v;
        partial = true;
        continue;
      }
      if (v instanceof Obj && v.exists !== null) partial = true;
      out.push(v);
    }
    return partial ? new Partial(out, open) : out;
  }

  /** The object a reference means: one of the input, or a stub. */
  private follow(t: Type, r: Ref): Value {
    const kind = this.kinds.get(t.link!)!;
    const drafts = this.input.byID.get(kind.name)!;
    let known = drafts.get(r.identity);
    if (known !== undefined) return known.object!;
    const { references } = this.input;
    if (references) {
      r = refTo(references.resolve(r.unknown ?? r.id, (identity) => drafts.has(identity)), r.place, this.input.identify!);
      known = drafts.get(r.identity);
      if (known !== undefined) return known.object!;
    }
    if (r.unknown !== null && !hasLiteral(r.unknown) && !references?.follows(r.unknown)) {
      // The whole value is open, so there may be no reference at all.
      this.setAbsent(kind, r.name, r.unknown);
      return new Unknown(r.unknown.reason, r.unknown.text, r.unknown.expr);
    }
    if (this.input.stub === null || this.stubs.size >= MAX_STUBS) {
      return new Unknown(notInInput(r.name));
    }
    this.setAbsent(kind, r.name, r.unknown);
    const d = this.input.stub(kind, r);
    d.unresolved = r.unknown;
    drafts.set(d.identity, d);
    this.order.push(d);
    const o = this.add(d);
    this.stubs.add(o);
    return o;
  }

  /** Notes that a reference to the kind leads to nothing in the input. */
  setAbsent(kind: Kind, name: string, unresolved: Unknown | null): void {
    if (this.absent.has(kind.name)) return;
    this.absent.set(kind.name, new Unknown(unresolved?.reason ?? notInInput(name)));
  }

  setInverses(): void {
    const byTarget = new Map<Kind, InverseLink[]>();
    for (const inv of this.inverse.values()) {
      for (const source of inv.sources) inv.open ??= this.openness(source);
      byTarget.set(inv.target, [...(byTarget.get(inv.target) ?? []), inv]);
    }
    for (const d of this.order) {
      const o = d.object!;
      for (const inv of byTarget.get(d.kind) ?? []) {
        const loose = d.nameValue !== null && !d.stub ? inv.loose : null;
        const open = this.isClosed(inv, d.identity) ? null : (inv.open ?? loose);
        o.fields[inv.list] = asList(inv.members.get(o) ?? none, open);
      }
    }
  }

  /** Whether every member of an object's list is in the input. */
  private isClosed(inv: InverseLink, identity: string): boolean {
    return inv.from.every((f) => this.input.closed.get(f)?.has(identity) === true);
  }

  /** Why a kind may have members that the input does not list, or null. References that lead nowhere do not count: what they mean is a stub already. */
  private openness(k: Kind): Unknown | null {
    if (this.input.complete.has(k.name)) return null;
    const open = this.input.states.get(k.name);
    return open === undefined ? new Unknown(`the input does not state ${k.name}`) : open;
  }

  /** The collections of the world and the subjects of rules. */
  collect(): Linked {
    const members = new Map<string, Obj[]>();
    for (const d of this.order) {
      if (d.stub && !d.kind.fromReferences) continue;
      const list = members.get(d.kind.name);
      if (list === undefined) members.set(d.kind.name, [d.object!]);
      else list.push(d.object!);
    }
    const out: Linked = { collections: Object.create(null), subjects: [], unstated: [], needs: new Map() };
    const need = (reason: string, kind: string): void => {
      const kinds = out.needs.get(reason);
      if (kinds === undefined) out.needs.set(reason, [kind]);
      else if (!kinds.includes(kind)) kinds.push(kind);
    };
    for (const d of this.order) {
      if (d.stub && d.unresolved === null) need(notInInput(d.name), d.kind.name);
      else if (d.leftOut !== "") need(d.leftOut, d.kind.name);
    }
    for (const k of this.input.model.kinds) {
      const objects = members.get(k.name) ?? [];
      const complete = this.input.complete.has(k.name);
      let open = this.openness(k);
      if (open !== null) need(open.reason, k.name);
      if (!this.input.states.has(k.name) && !complete && objects.length === 0) {
        out.collections[k.name] = open;
        out.unstated.push(k.name);
        continue;
      }
      if (open === null && !complete) open = this.absent.get(k.name) ?? null;
      out.collections[k.name] = asList(objects, open);
      out.subjects.push({ kind: k.name, objects, counted: this.input.counted?.get(k.name)?.size ?? 0 });
    }
    return out;
  }
}

export function linkType(t: Type): Type | null {
  const of = t.name === "list" && t.elem ? t.elem : t;
  return of.name === "link" ? of : null;
}

export function holdsLink(t: Type): boolean {
  switch (t.name) {
    case "link": return true;
    case "list": return t.elem !== undefined && holdsLink(t.elem);
    case "record": return t.fields!.some((f) => holdsLink(f.type));
    default: return false;
  }
}

/** What a single link says where it is unknown whether its target exists: unknown too, unless both hang on the same condition. */
function standing(o: Obj, v: Value): Value {
  if (!(v instanceof Obj) || v.exists === null || o.exists?.reason === v.exists.reason) return v;
  return new Unknown(v.exists.reason);
}

/** Whether something is known of an unresolved text, so that it cannot be empty. */
function hasLiteral(u: Unknown): boolean {
  return exprPieces(u.expr).some((p) => !p.unresolved && p.text !== "");
}

export function notInInput(name: string): string {
  return `${quoted(name)} is not in the input`;
}

/** Notes what one link field of an object says about the inverse list. */
function record(inv: InverseLink, o: Obj, v: Value, stubs: Set<Obj>): void {
  if (v instanceof Obj) {
    if (stubs.has(v)) inv.loose ??= new Unknown(`${notInInput(v.name)} and may be this one`);
    join(inv, v, o);
  } else if (Array.isArray(v)) {
    for (const item of v) record(inv, o, item, stubs);
  } else if (v instanceof Partial) {
    for (const item of v.items) record(inv, o, item, stubs);
    if (v.open !== null) inv.open ??= new Unknown(v.open.reason);
  } else if (v instanceof Unknown) {
    inv.open ??= new Unknown(v.reason);
  }
}

function join(inv: InverseLink, target: Obj, member: Obj): void {
  if (target.unresolved !== null) inv.open ??= new Unknown(target.unresolved.reason);
  const members = inv.members.get(target);
  if (members === undefined) inv.members.set(target, [member]);
  // An object that refers twice is a member once; both references stand in the same object, so they follow each other.
  else if (members.at(-1) !== member) members.push(member);
}

/** A list of objects: partial where there may be more of them or one of them may not exist. */
function asList(objects: Obj[], open: Unknown | null): Value {
  return open !== null || objects.some((o) => o.exists !== null) ? new Partial(objects, open) : objects;
}

/** The identity of an id: without case of A to Z, doubled or closing slashes. */
export function normalID(id: string): string {
  let out = lowerASCII(id);
  if (out.includes("//")) out = out.replace(/\/{2,}/g, "/");
  return out.endsWith("/") ? out.slice(0, -1) : out;
}
