// What several resources and inputs state of one object. Mirrors internal/topology/merge.go.

import { isMap, toText } from "./armvalue";
import type { Diagnostic } from "./check";
import { quoted } from "./document";
import { Ref, type Draft, type Stated } from "./link";
import type { Model } from "./model";
import { shown } from "./unresolved";
import { Obj, Partial, Unknown, type Place } from "./value";
import type { Waiting } from "./settle";
import type { Worlds } from "./worlds";

/** A draft under construction. */
export interface Mapped {
  draft: Draft;
  /** Number of the document that stated it last. */
  doc: number;
  /** Nothing but its id is stated, and what else a reader finds beside it. */
  bare: boolean;
  /** Fields of which two inputs state different values. */
  disputed: Set<string> | null;
  /** Every mapping that made it reads it from another resource, which only refers to it: a stub of which something is known. */
  said: boolean;
  /** A mapping of the resource itself made it, not of a part of another. */
  whole: boolean;
  /** For the stub. */
  from: Ref | null;
  /** Which object it is of can be told when all documents are read. */
  wait?: Waiting;
}

/** The drafts of an input, one for each object. */
export class Drafts {
  readonly list: Mapped[] = [];
  readonly byID = new Map<string, Map<string, Mapped>>();

  constructor(
    model: Model,
    private readonly worlds: Worlds,
    private readonly problems: Diagnostic[],
  ) {
    for (const k of model.kinds) this.byID.set(k.name, new Map());
  }

  /** Adds a draft, or what it states to the draft of the same object. What is stated later in a document wins; what only may be stated makes a difference unknown. */
  merge(d: Mapped): void {
    const { whole } = d;
    const table = this.byID.get(d.draft.kind.name)!;
    const old = table.get(d.draft.identity);
    if (old === undefined) {
      table.set(d.draft.identity, d);
      this.list.push(d);
      return;
    }
    const a = old.draft;
    const b = d.draft;
    const before = a.place;
    if ((old.said && !d.said) || (old.bare && !d.bare && !d.said)) {
      a.place = b.place;
      a.id = b.id;
      a.name = b.name;
      a.idValue = b.idValue;
      a.nameValue = b.nameValue;
    } else if (whole && !old.whole && !d.bare) {
      a.place = b.place;
    }
    old.whole ||= whole;
    if (d.said !== old.said) {
      // A reference says nothing about whether the object exists.
      if (old.said) a.exists = b.exists;
      b.exists = a.exists;
      old.said = false;
    }
    for (const name in a.fields) {
      if (name in b.fields) continue;
      if (a.exists !== null && b.exists === null) a.fields[name] = new Unknown(a.exists.reason);
      else if (old.bare && !d.bare && !d.said && a.fields[name] instanceof Unknown) delete a.fields[name]; // the whole resource leaves it out
    }
    for (const f of b.kind.fields) if (f.name in b.fields) this.mergeField(old, d, f.name, b.fields[f.name]!, before);
    old.bare = old.bare && (d.bare || d.said);
    old.doc = d.doc;
    if (b.exists === null) a.exists = null;
  }

  /** Puts a field of a draft into an older one of the same object. Two inputs, or two answers of Azure, may contradict each other; within a template the later wins, as in Azure. */
  private mergeField(old: Mapped, d: Mapped, name: string, v: Stated, before: Place): void {
    const { fields } = old.draft;
    const stated = name in fields;
    const was = stated ? fields[name]! : null;
    const apart = old.doc !== d.doc || this.worlds.current !== null;
    const { exists } = d.draft;
    if (old.disputed?.has(name)) return;
    if (exists !== null && !(stated && sameStated(was, v))) {
      fields[name] = new Unknown(exists.reason);
    } else if (!apart) {
      fields[name] = v;
    } else if (isOpen(v) && (stated || (!old.bare && !old.said))) {
      return; // what the other states, or leaves out, is known
    } else if (!stated || isOpen(was) || sameStated(was, v)) {
      fields[name] = v;
    } else {
      fields[name] = this.contradiction(old, d, name, was, v, before);
    }
  }

  /** Reports that two inputs state different values of a field. Which is right nobody can tell, so it is unknown. */
  private contradiction(old: Mapped, d: Mapped, name: string, was: Stated, v: Stated, before: Place): Unknown {
    (old.disputed ??= new Set()).add(name);
    this.worlds.dispute(d.draft.kind.fields.find((f) => f.name === name)!);
    const { place } = d.draft;
    const problem: Diagnostic = {
      code: "input/contradiction",
      severity: "warning",
      file: place.file,
      line: place.line,
      column: place.column,
      message: `${quoted(name)} of ${quoted(d.draft.name)} is ${statedText(v)} here and ${statedText(was)} at ${before.file}:${before.line}:${before.column}`,
      hint: "which is right cannot be known, so it counts as unknown; leave out the older input",
    };
    if (place.file === "") delete problem.file;
    this.problems.push(problem);
    return new Unknown(`the inputs contradict each other: it is ${statedText(was)} and ${statedText(v)}`);
  }
}

/** Whether a decoded value is not known in all its parts. */
function isOpen(v: Stated): boolean {
  if (v instanceof Unknown || v instanceof Partial) return true;
  if (v instanceof Ref) return v.unknown !== null;
  if (Array.isArray(v)) return v.some(isOpen);
  return isMap(v) && Object.values(v).some((item) => isOpen(item));
}

/** Shows a decoded value in a message. */
function statedText(v: Stated): string {
  if (v instanceof Ref) return `"${v.id}"`;
  if (Array.isArray(v)) {
    if (v.length === 0) return "an empty list";
    return v.length > 5 ? `a list of ${v.length}` : `[${v.map(statedText).join(", ")}]`;
  }
  if (v instanceof Partial) return "a list";
  if (typeof v === "boolean" || typeof v === "bigint" || typeof v === "number") return shown(toText(v));
  if (typeof v === "string") return quoted(v);
  return isMap(v) ? "an object" : "unknown";
}

/** Compares two decoded values; references by what they refer to. */
export function sameStated(a: Stated, b: Stated): boolean {
  if (a instanceof Ref) return b instanceof Ref && a.identity === b.identity;
  if (a instanceof Unknown || a instanceof Partial || a instanceof Obj) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameStated(item, b[i]!));
  if (isMap(a)) {
    const keys = Object.keys(a);
    return isMap(b) && keys.length === Object.keys(b).length && keys.every((k) => k in b && sameStated(a[k]!, b[k]!));
  }
  return a === b;
}
