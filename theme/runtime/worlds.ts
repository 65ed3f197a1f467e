// What documents say about completeness. Mirrors internal/topology/worlds.go.

import type { OpenWorld } from "./arm";
import type { Expr, Node as ExprNode } from "./evaluate";
import { linkType } from "./link";
import { kindOf, type Field, type Kind, type Model } from "./model";
import type { MappingTable } from "./mappings";
import type { Mapping } from "./program";
import { lowerASCII } from "./source";
import { Unknown } from "./value";

/**
 * A template states all that there is. What Azure returned states what it holds, and of a type everything only where it
 * is a whole list; but a resource states its own parts whole, a network its subnets, wherever it comes from.
 */
export class Worlds {
  /** Of the document at hand; null for one that states everything. */
  current: OpenWorld | null = null;
  /** A document states everything that there is. */
  whole = false;
  readonly closed = new Map<Field, Set<string>>();
  readonly partial = new Map<string, Unknown>();
  /** Kinds of which open worlds state objects. */
  readonly seen = new Set<string>();
  private readonly lists = new Map<string, Unknown | null>();
  /** The mappings of parts, some of whose resources do not list them. */
  private readonly unlisted = new Set<Mapping>();
  /** Of the resource at hand, the links of its parts and whether it lists all of them, for which several mappings may read them. */
  private readonly now = new Map<Field, Map<string, boolean>>();

  /** Links that inputs contradict each other about: what lists them is not known to list all. */
  private readonly disputed = new Set<Field>();

  constructor(
    private readonly model: Model,
    private readonly tables: Map<string, MappingTable>,
  ) {}

  /** Begins a document. */
  begin(w: OpenWorld | null): void {
    this.current = w;
    if (w === null) this.whole = true;
  }

  /** Takes up what the document says of itself, which is known at its end. */
  end(): void {
    const w = this.current;
    if (w === null) return;
    for (const [typ, open] of w.lists) {
      if ((this.lists.get(typ) ?? null) === null) this.lists.set(typ, open);
    }
    for (const [typ, owners] of w.members) {
      for (const t of this.tables.values()) {
        for (const { m, inside } of t.byType.get(typ) ?? []) {
          if (inside || m.each !== null) continue;
          for (const [name, x] of Object.entries(m.fields)) {
            const f = fieldOf(this.model, m.kind, name);
            if (linkType(f.type) === null || !reads(x.tree, "parent", "scope")) continue;
            for (const owner of owners) this.close(f, owner);
          }
        }
      }
    }
  }

  /** Notes that every object whose field is the owner is in the input. */
  private close(f: Field, owner: string): void {
    if (this.disputed.has(f)) return;
    const owners = this.closed.get(f);
    if (owners === undefined) this.closed.set(f, new Set([owner]));
    else owners.add(owner);
  }

  /** Notes that inputs contradict each other about a link. */
  dispute(f: Field): void {
    this.disputed.add(f);
    this.closed.delete(f);
  }

  /** Notes whether the resource at hand lists all of its parts. */
  listed(m: Mapping, part: Field | null, owner: string, all: boolean): void {
    if (!all) this.unlisted.add(m);
    if (part === null) return;
    let owners = this.now.get(part);
    if (owners === undefined) this.now.set(part, (owners = new Map()));
    owners.set(owner, all && (owners.get(owner) ?? true));
  }

  /** Takes up which of its parts the resource at hand lists. */
  settle(): void {
    if (this.now.size === 0) return;
    for (const [f, owners] of this.now) {
      for (const [owner, all] of owners) if (all) this.close(f, owner);
    }
    this.now.clear();
  }

  /** Why a kind may have members that no document lists, or null; undefined where the input does not state it. */
  state(k: Kind, said: Unknown | undefined): Unknown | null | undefined {
    const complete = this.complete(k);
    let open = said ?? null;
    if (open === null && this.seen.has(k.name) && !complete) open = this.partial.get(k.name) ?? new Unknown(`the input need not hold all ${k.name}`);
    return this.whole || complete || this.seen.has(k.name) ? open : undefined;
  }

  /** Whether open worlds hold every object of a kind: there is a whole list of its type, or of the type whose resources it is a part of. A kind that has no type of its own needs all the types it is read from. */
  private complete(k: Kind): boolean {
    const own: string[] = [];
    const parts = new Map<string, boolean>();
    for (const t of this.tables.values()) {
      if (!t.open) continue;
      for (const m of t.mappings) {
        if (m.kind !== k.name) continue;
        let typ = lowerASCII(m.type);
        if (m.each === null) {
          own.push(typ);
          if (m.within === null) continue;
          typ = typ.slice(0, typ.lastIndexOf("/"));
        }
        parts.set(typ, this.wholeList(typ) && !this.unlisted.has(m) && (parts.get(typ) ?? true));
      }
    }
    if (own.length > 0) return own.every((typ) => this.wholeList(typ) || parts.get(typ.slice(0, Math.max(typ.lastIndexOf("/"), 0))) === true);
    return parts.size > 0 && [...parts.values()].every((all) => all);
  }

  private wholeList(typ: string): boolean {
    return this.lists.get(typ) === null;
  }
}

function fieldOf(model: Model, kind: string, name: string): Field {
  return kindOf(model, kind)!.fields.find((f) => f.name === name)!;
}

export function isResource(n: ExprNode): boolean {
  return n.op === "var" && n.name === "resource";
}

/** Whether an expression looks at one of the keys of the resource. */
function reads(n: ExprNode | null, ...keys: string[]): boolean {
  if (n === null) return false;
  if (n.op === "get" && isResource(n.args[0]!) && keys.includes(n.name)) return true;
  return n.args.some((a) => reads(a, ...keys));
}

/** The field that makes the objects of a mapping parts of the resource they are read from: a link that is its id. */
export function partOf(model: Model, m: Mapping): Field | null {
  if (m.within === null && m.each === null) return null;
  const key = m.within !== null ? "parent" : "id";
  const isOwner = (x: Expr) => x.tree.op === "get" && x.tree.name === key && isResource(x.tree.args[0]!);
  for (const [name, x] of Object.entries(m.fields)) {
    const f = fieldOf(model, m.kind, name);
    if (linkType(f.type) !== null && isOwner(x)) return f;
  }
  return null;
}
