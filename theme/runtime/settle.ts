// What resources say of other resources. Mirrors internal/topology/settle.go.

import type { Flattened, Resource } from "./arm";
import { refTo, type Identify } from "./decode";
import { normalID, type Draft, type Stated } from "./link";
import { lastSegment } from "./map";
import type { MappingTable } from "./mappings";
import { sameStated, type Drafts, type Mapped } from "./merge";
import type { Kind, Type } from "./model";
import type { Mapping } from "./program";
import type { References } from "./terraformids";
import { shown } from "./unresolved";
import { Partial, Unknown, type Value } from "./value";

/** What a draft that waits knows of its object. */
export interface Waiting {
  /** Its id. */
  source: Value;
  /** Identity of the resource that it is read from. */
  owner: string;
  /** That resource is not there any more. */
  gone: boolean;
  /** It means every part of a resource. */
  all: boolean;
  /** It repeats what another resource states, which may say it better. */
  weak: boolean;
}

/** Ends an id that means all parts of its kind that a resource has. */
const EVERY_PART = "/*";

/** Keeps what can be told only when all documents are read: which object is meant by what a resource says of another one. */
export class Later {
  references: References | null = null;
  /** Kinds that a format states, whether there are any or not. */
  readonly stated = new Set<string>();
  private readonly waiting: Mapped[] = [];
  /** By kind and identity: the parts of a resource. */
  private readonly parts = new Map<string, Map<string, Mapped[]>>();
  /** By kind and field: why any object may have another value. */
  private readonly loose = new Map<string, Map<string, Unknown>>();

  constructor(
    private readonly drafts: Drafts,
    private readonly identify: Identify,
  ) {}

  /** Takes up a document whose resources refer to each other by more than ids. It states all kinds that its mappings make, and no other: of those, something else may have made more. */
  begin(input: Flattened, t: MappingTable): void {
    this.references = input.references!;
    if (!input.unstated) for (const m of t.mappings) this.stated.add(m.kind);
  }

  /** Keeps a draft that may be of another resource than the one it is read from. */
  waits(d: Mapped, r: Resource, id: Value, owner: string): boolean {
    if (this.references === null || isPart(d.identity, owner)) return false;
    const real = r.body.azureId;
    const weak = typeof id === "string" && typeof real === "string" && isPart(normalID(id), normalID(real));
    d.wait = { source: id, owner, gone: r.gone === true, all: false, weak };
    this.waiting.push(d);
    return true;
  }

  /** Notes that what is not known of a list of ids may be any object. */
  leaveLoose(m: Mapping, list: Value): void {
    const open = list instanceof Partial ? list.open : list instanceof Unknown ? list : null;
    if (open === null || this.references === null || m.id!.tree.op !== "var") return;
    for (const f in m.fields) this.setLoose(m.kind, f, open);
  }

  /** Merges the drafts that waited. Where it cannot be told which object one means, any may be meant. */
  settle(references: References): void {
    const over = new Set<string>(); // what no longer holds, by kind, identity and field
    const key = (d: Draft, field: string) => `${d.kind.name} ${d.identity} ${field}`;
    for (const m of this.waiting) {
      if (!m.wait!.gone) continue;
      this.meant(m, m.wait!, references);
      for (const name of statedOf(m)) over.add(key(m, name));
    }
    for (const m of this.waiting) {
      const wait = m.wait!;
      if (wait.gone || (typeof wait.source === "string" && references.gone.has(normalID(wait.source)))) continue;
      const targets = this.meant(m, wait, references);
      for (const name of statedOf(m)) {
        if (wait.weak && over.has(key(m, name))) {
          m.fields[name] = undefined;
          continue;
        }
        if (m.exists !== null && m.said) m.fields[name] = new Unknown(m.exists.reason);
        if (m.idValue !== null) this.setLoose(m.kind.name, name, m.idValue);
        for (const { fields } of targets) {
          if (fields[name] === undefined || !wait.weak) fields[name] = united(fields[name], m.fields[name]!);
        }
      }
      if (!wait.all && (targets.length === 0 || !m.said)) this.drafts.merge(m);
    }
    for (const m of this.drafts.list) {
      for (const [name, u] of this.loose.get(m.kind.name) ?? []) {
        if (m.fields[name] === undefined && !m.said) m.fields[name] = new Unknown(u.reason);
      }
    }
  }

  /** Gives a waiting draft its id, and returns the drafts of the objects that it means: one, or all parts of a resource, or none where there is none yet. */
  private meant(m: Mapped, wait: Waiting, references: References): Mapped[] {
    const table = this.drafts.byID.get(m.kind.name)!;
    let { source } = wait;
    const cut = (s: string) => s.slice(0, -EVERY_PART.length);
    if (typeof source === "string") {
      wait.all = source.endsWith(EVERY_PART);
      if (wait.all) source = cut(source);
    } else if (source instanceof Unknown && source.expr.endsWith(EVERY_PART)) {
      wait.all = true;
      source = new Unknown(source.reason, source.text.endsWith(EVERY_PART) ? cut(source.text) : source.text, cut(source.expr));
    }
    const parts = wait.all ? this.partsOf(m.kind) : null;
    const id = references.resolve(source, (identity) => table.has(identity) || parts?.has(identity) === true);
    const last = lastSegment(id);
    m.identity = this.identify(id) ?? "";
    m.id = shown(id);
    m.name = shown(last);
    m.idValue = id instanceof Unknown ? id : null;
    m.nameValue = last instanceof Unknown ? last : null;
    m.from = refTo(id, m.place, this.identify);
    m.said = !isPart(m.identity, wait.owner);
    if (parts !== null) return parts.get(m.identity) ?? [];
    const old = table.get(m.identity);
    return old === undefined ? [] : [old];
  }

  /** The objects of a kind by their identities without the last part. */
  private partsOf(kind: Kind): Map<string, Mapped[]> {
    let out = this.parts.get(kind.name);
    if (out !== undefined) return out;
    this.parts.set(kind.name, (out = new Map()));
    for (const m of this.drafts.list) {
      const slash = m.identity.lastIndexOf("/");
      if (m.kind !== kind || slash <= 0) continue;
      const parent = m.identity.slice(0, slash);
      const list = out.get(parent);
      if (list === undefined) out.set(parent, [m]);
      else list.push(m);
    }
    return out;
  }

  private setLoose(kind: string, field: string, u: Unknown): void {
    let fields = this.loose.get(kind);
    if (fields === undefined) this.loose.set(kind, (fields = new Map()));
    if (!fields.has(field)) fields.set(field, u);
  }

  /** Makes a list of an id that a field which lists links is given: what associates two resources names one of many. */
  oneLink(t: Type, v: Value): Value {
    if (this.references === null || t.name !== "list" || t.elem?.name !== "link") return v;
    return typeof v === "string" || (v instanceof Unknown && this.references.followsIn(v)) ? [v] : v;
  }
}

/** The fields that a draft states, in the order of the model. */
function statedOf(d: Draft): string[] {
  return d.kind.fields.filter((f) => d.fields[f.name] !== undefined).map((f) => f.name);
}

/** Whether an identity is that of a resource or of a part of it. */
function isPart(identity: string, owner: string): boolean {
  return identity === owner || identity.startsWith(`${owner}/`);
}

/** What two resources state of one list: the elements of both. Of any other value the later one counts. */
function united(a: Stated | undefined, b: Stated): Stated {
  const isList = (v: Stated | undefined): v is Stated[] | Partial => Array.isArray(v) || v instanceof Partial;
  if (!isList(a) || !isList(b)) return b;
  const items: Stated[] = [...(a instanceof Partial ? a.items : a)];
  for (const item of b instanceof Partial ? b.items : b) if (!items.some((other) => sameStated(other, item))) items.push(item);
  if (!(a instanceof Partial) && !(b instanceof Partial)) return items;
  return new Partial(items as Value[], (a instanceof Partial ? a.open : null) ?? (b instanceof Partial ? b.open : null));
}
