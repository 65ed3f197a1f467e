// What several resources and inputs state of one object. Mirrors internal/topology/merge.go.

import { isMap, toText } from "./armvalue";
import type { Diagnostic } from "./check";
import { quoted } from "./document";
import { Ref, tableOf, type Draft, type DraftTable, type Stated } from "./link";
import type { Model } from "./model";
import { shown } from "./unresolved";
import { Obj, Partial, Unknown, type Place } from "./value";
import type { Waiting } from "./settle";
import type { Worlds } from "./worlds";

/** A draft under construction. */
export interface Mapped extends Draft {
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
  wait: Waiting | null;
}

/** The drafts of an input, one for each object. */
export class Drafts {
  readonly list: Mapped[] = [];
  readonly byID: DraftTable<Mapped>;

  constructor(
    model: Model,
    private readonly worlds: Worlds,
    private readonly problems: Diagnostic[],
  ) {
    this.byID = tableOf(model);
  }

  /** Adds a draft, or what it states to the draft of the same object. What is stated later in a document wins; what only may be stated makes a difference unknown. */
  merge(d: Mapped): void {
    const table = this.byID.get(d.kind.name)!;
    const old = table.get(d.identity);
    if (old === undefined) {
      table.set(d.identity, d);
      this.list.push(d);
      return;
    }
    const before = old.place;
    if ((old.said && !d.said) || (old.bare && !d.bare && !d.said)) {
      old.place = d.place;
      old.id = d.id;
      old.name = d.name;
      old.idValue = d.idValue;
      old.nameValue = d.nameValue;
    } else if (d.whole && !old.whole && !d.bare) {
      old.place = d.place;
    }
    old.whole ||= d.whole;
    if (d.said !== old.said) {
      // A reference says nothing about whether the object exists.
      if (old.said) old.exists = d.exists;
      d.exists = old.exists;
      old.said = false;
    }
    for (const { name } of d.kind.fields) {
      const v = d.fields[name];
      if (v !== undefined) {
        this.mergeField(old, d, name, v, before);
        continue;
      }
      const was = old.fields[name];
      if (was === undefined) continue;
      if (old.exists !== null && d.exists === null) old.fields[name] = new Unknown(old.exists.reason);
      else if (old.bare && !d.bare && !d.said && was instanceof Unknown) old.fields[name] = undefined; // the whole resource leaves it out
    }
    old.bare = old.bare && (d.bare || d.said);
    old.doc = d.doc;
    if (d.exists === null) old.exists = null;
  }

  /** Puts a field of a draft into an older one of the same object. Two inputs, or two answers of Azure, may contradict each other; within a template the later wins, as in Azure. */
  private mergeField(old: Mapped, d: Mapped, name: string, v: Stated, before: Place): void {
    const { fields } = old;
    const stated = fields[name] !== undefined;
    const was = fields[name] ?? null;
    const apart = old.doc !== d.doc || this.worlds.current !== null;
    const { exists } = d;
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
    this.worlds.dispute(d.kind.fields.find((f) => f.name === name)!);
    const { place } = d;
    const problem: Diagnostic = {
      code: "input/contradiction",
      severity: "warning",
      file: place.file,
      line: place.line,
      column: place.column,
      message: `${quoted(name)} of ${quoted(d.name)} is ${statedText(v)} here and ${statedText(was)} at ${before.file}:${before.line}:${before.column}`,
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
