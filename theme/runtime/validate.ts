// Runs rules over topologies that Go has read and linked, and draws them, in the
// engine that is part of each build. internal/topology/base.go and encode.go write what this
// reads; the readers of both sides are compared elsewhere.

import { figure, lib, model, rules } from "plumbline:rules";
import { checkTopology, outcomeOf, type Rule, type Topology } from "./check";
import { draw, type DrawOptions, type Kept } from "./figure/draw";
import { kindOf } from "./model";
import { Obj, Partial, Unknown, type Missing, type RecordValue, type Value, type World } from "./value";

/** A value as encode.go writes it: itself, or a list that begins with its sort. */
type Encoded = null | boolean | string | number | Encoded[];

/** What distinguishes a topology from another one. Objects go by their numbers. */
interface Patch {
  add?: [kind: string, id: string, name: string, pointer: string, line: number, column: number, exists: Encoded, unresolved: Encoded, ...fields: Encoded[]][];
  /** Object, field and value, one after the other. */
  set?: Encoded[];
  collections?: Record<string, Encoded>;
  declared?: Record<string, Encoded>;
  /** By kind; null for one that is no longer stated. */
  subjects?: Record<string, number[] | null>;
}

/** Derived values that are to be computed again, by kind. */
type Stale = Record<string, string[]>;

/** A topology with its objects, some of which only its patches know. */
interface Base {
  topology: Topology & { world: World };
  objects: Obj[];
  /** The objects by kind, as they are without patches. */
  kinds: Record<string, Obj[]>;
  /** What the last patch made stale, and taking it back did again. */
  stale: Stale;
}

const bases: Base[] = [];
const byId = new Map(rules.map((r) => [r.id, r]));

/** Many examples vary what no figure shows. */
const kept: Kept = { drawings: new Map(), places: new Map() };

/** The names of what objects of a kind state, in the order of Bases.fields. */
const fieldNames: Record<string, string[]> = {};
for (const k of model.kinds) fieldNames[k.name] = ["id", "name", ...k.fields.map((f) => f.name)];
for (const k of model.kinds) {
  for (const f of k.fields) {
    const target = f.type.link ?? f.type.elem?.link;
    if (f.inverse && target && !fieldNames[target]!.includes(f.inverse)) fieldNames[target]!.push(f.inverse);
  }
}

/** Builds a topology and returns its number. */
export function load(text: string): string {
  const { file, patch } = JSON.parse(text) as { file: string; patch: Patch };
  const world = { collections: Object.create(null), declared: Object.create(null) };
  const base: Base = { topology: { file, format: "native", world, subjects: [], unstated: [], problems: [] }, objects: [], kinds: {}, stale: {} };
  apply(base, patch, {});
  for (const o of base.objects) (base.kinds[o.kind] ??= []).push(o);
  bases.push(base);
  return String(bases.length - 1);
}

declare global {
  interface String {
    isWellFormed(): boolean;
  }
}

type Outcome = ReturnType<typeof outcomeOf>;

/**
 * Runs a rule on variants of a topology. Returns what all its findings have in
 * common and, after OUTCOME each, the outcomes in brief; nothing where a text is
 * not one, which Go would not see.
 */
export function vary(request: string): string {
  let out = "";
  const one = run(request, (o) => (out += OUTCOME + brief(o)));
  const text = JSON.stringify([one.id, one.severity, one.fix, one.page]) + out;
  return text.isWellFormed() ? text : "";
}

/** Runs a rule on variants of a topology. Returns the outcomes as JSON, one on each line. */
export function varyWhole(request: string): string {
  const out: string[] = [];
  run(request, (o) => out.push(JSON.stringify(o)));
  return out.join("\n");
}

function run(request: string, take: (o: Outcome) => void): Rule {
  const { rule, base, stale, variants, of } = JSON.parse(request) as { rule: string; base: number; stale: Stale[]; variants: Patch[]; of: number[] };
  const b = bases[base]!;
  const one = byId.get(rule)!;
  for (let i = 0; i < variants.length; i++) {
    const undo = apply(b, variants[i]!, stale[of[i]!]!);
    take(outcomeOf(one, lib, b.topology));
    takeBack(b, undo);
  }
  return one;
}

// What brief puts between texts: control characters, which nobody writes in a topology.
const OUTCOME = "\x01";
const PART = "\x02";
const NEXT = "\x03";
const NOTHING = "\x04";

/** What can differ between two outcomes of a rule. Mirrors (*Rule).Briefs in internal/rule. */
function brief({ findings, facts, diagnostics }: Outcome): string {
  let out = "";
  for (let i = 0; i < findings.length; i++) {
    const { verdict, subject, message, source, missing } = findings[i]!;
    out += verdict + PART + subject.kind + PART + subject.id + PART + subject.name + PART + message + PART;
    out += source.file + PART + source.pointer + PART + source.line + PART + source.column + open(missing) + NEXT;
  }
  for (let i = 0; i < facts.length; i++) {
    const { subject, value, missing } = facts[i]!;
    out += subject.kind + PART + subject.id + PART + subject.name + PART + (value ?? NOTHING) + open(missing) + NEXT;
  }
  return diagnostics.length === 0 ? out : out + JSON.stringify(diagnostics);
}

function open(missing: Missing[] | undefined): string {
  let out = "";
  if (missing !== undefined) for (let i = 0; i < missing.length; i++) out += PART + missing[i]!.path + PART + missing[i]!.reason;
  return out;
}

interface Picture {
  rule: string;
  base: number;
  variant: Patch;
  stale: Stale;
  title: string;
  id: string;
  width: number;
  /** Only what concerns the subject, and what the variant changes. */
  part?: boolean;
  /** The name or id of the subject; without it the one with the worst verdict. */
  subject?: string;
}

/**
 * Draws a variant of a topology, with what a rule says of it where one is named.
 * Returns the SVG and its width, or nothing where there is nothing to draw.
 */
export function picture(request: string): string {
  const { rule, base, variant, stale, title, id, width, part, subject } = JSON.parse(request) as Picture;
  if (figure === null) return "";
  const b = bases[base]!;
  const known = b.objects.length;
  const undo = apply(b, variant, stale);
  const verdicts = new Map<string, string>();
  const one = byId.get(rule);
  const { findings, facts } = checkTopology(one ? [one] : [], lib, b.topology, { all: true });
  for (const f of findings) verdicts.set(`${f.subject.kind} ${f.subject.id}`, f.verdict);
  const options: DrawOptions = { title, id, width, kept, mark: (o) => verdicts.get(`${o.kind} ${o.id}`) ?? "" };
  if (part) {
    const subjects = [...facts.map((f) => ({ ...f, verdict: "" })), ...["fail", "unknown", "pass"].flatMap((v) => findings.filter((f) => f.verdict === v))];
    const meant = (subjects.find((s) => s.subject.name === subject || s.subject.id === subject) ?? subjects[0])?.subject;
    const changed = new Set(changedBy(b, variant, known));
    options.part = (o) => (o.kind === meant?.kind && o.id === meant.id) || (changed.has(o) && meant?.kind !== "topology");
  }
  const drawing = draw(figure, lib, b.topology.world!, options);
  takeBack(b, undo);
  return drawing === null ? "" : JSON.stringify({ svg: drawing.svg, width: drawing.width });
}

/**
 * The objects that a patch, which is applied, is about: not those that only list
 * one of them, and not those that only stand at another place of their list.
 */
function changedBy(b: Base, p: Patch, known: number): Obj[] {
  const stated = (o: Obj, field: string): boolean => kindOf(model, o.kind)?.fields.some((f) => f.name === field) ?? false;
  const set: Obj[] = [];
  for (let i = 0; i < (p.set?.length ?? 0); i += 3) {
    const o = b.objects[p.set![i] as number]!;
    if (stated(o, p.set![i + 1] as string)) set.push(o);
  }
  return [
    ...set,
    ...b.objects.slice(known).filter((o) => !b.kinds[o.kind]?.some((other) => other.id === o.id)),
  ];
}

/** What a patch replaced: fields one by one, members of the world whole. */
interface Replaced {
  objects: Obj[];
  fields: string[];
  values: Value[];
  count: number;
  collections: Record<string, Value>;
  declared: Record<string, Value>;
  subjects: Topology["subjects"];
}

/** Changes a topology and returns what takeBack needs. */
function apply(b: Base, p: Patch, stale: Stale): Replaced {
  const { topology, objects } = b;
  const { world } = topology;
  const out: Replaced = { objects: [], fields: [], values: [], count: objects.length, collections: world.collections, declared: world.declared, subjects: topology.subjects };
  if (p.add) add(b, p.add);
  if (p.set) {
    const { set } = p;
    for (let i = 0; i < set.length; i += 3) {
      const o = objects[set[i] as number]!;
      const field = set[i + 1] as string;
      out.objects.push(o);
      out.fields.push(field);
      out.values.push(o.fields[field]!);
      o.fields[field] = decode(objects, set[i + 2]!);
    }
  }
  if (p.collections) world.collections = patched(objects, world.collections, p.collections);
  if (p.declared) world.declared = patched(objects, world.declared, p.declared);
  if (p.subjects) topology.subjects = subjectsOf(b, p.subjects);
  if (b.stale !== stale) forget(b.kinds, b.stale, stale);
  forget(b.kinds, stale, {});
  b.stale = stale;
  return out;
}

function takeBack({ topology, objects }: Base, r: Replaced): void {
  for (let i = r.objects.length - 1; i >= 0; i--) r.objects[i]!.fields[r.fields[i]!] = r.values[i]!;
  objects.length = r.count;
  topology.world.collections = r.collections;
  topology.world.declared = r.declared;
  topology.subjects = r.subjects;
}

/** The place of each kind in the model. */
const order: Record<string, number> = {};
model.kinds.forEach((k, i) => (order[k.name] = i));

/** The subjects with some kinds changed, in model order as before. */
function subjectsOf({ topology, objects }: Base, changes: NonNullable<Patch["subjects"]>): Topology["subjects"] {
  const out = topology.subjects.slice();
  for (const kind in changes) {
    const place = order[kind]!;
    let at = Math.min(place, out.length); // where all kinds before it are stated
    while (at > 0 && order[out[at - 1]!.kind]! >= place) at--;
    const stated = out[at]?.kind === kind ? 1 : 0;
    const now = changes[kind]!;
    if (now === null) out.splice(at, stated);
    else out.splice(at, stated, { kind, objects: now.map((n) => objects[n]!) });
  }
  return out;
}

/** Where the fields of an added object begin. */
const FIELDS = 8;

/** Adds objects: first all of them, since they can refer to each other. */
function add({ topology, objects }: Base, list: NonNullable<Patch["add"]>): void {
  const first = objects.length;
  const { file } = topology;
  for (let i = 0; i < list.length; i++) {
    const o = list[i]!;
    objects.push(new Obj(o[0], o[1], o[2], { file, pointer: o[3], line: o[4], column: o[5] }, holder(o[0])));
  }
  for (let i = 0; i < list.length; i++) {
    const from = list[i]!;
    const o = objects[first + i]!;
    if (from[6] !== null) o.exists = decode(objects, from[6]) as Unknown;
    if (from[7] !== null) o.unresolved = decode(objects, from[7]) as Unknown;
    const names = fieldNames[from[0]]!;
    for (let j = FIELDS; j < from.length; j++) o.fields[names[j - FIELDS]!] = decode(objects, from[j] as Encoded);
  }
}

function holder(kind: string): Obj["fields"] | undefined {
  const k = model.kinds[order[kind]!];
  return k?.holder && new k.holder();
}

/** The members with some changed: a reader of one does not see where it comes from. */
function patched(objects: Obj[], values: Record<string, Value>, changes: Record<string, Encoded>): Record<string, Value> {
  const out = Object.create(values) as Record<string, Value>;
  for (const name in changes) out[name] = decode(objects, changes[name]!);
  return out;
}

/** Drops stale derived values, but for those that are dropped anyway. */
function forget(kinds: Record<string, Obj[]>, stale: Stale, anyway: Stale): void {
  for (const kind in stale) {
    const objects = kinds[kind];
    if (objects === undefined) continue;
    const names = stale[kind]!;
    const others = anyway[kind];
    for (let j = 0; j < names.length; j++) {
      const name = names[j]!;
      if (others?.includes(name)) continue;
      for (let i = 0; i < objects.length; i++) objects[i]!.fields[name] = undefined as unknown as Value;
    }
  }
}

function decode(objects: Obj[], v: Encoded): Value {
  if (v === null || typeof v !== "object") return v;
  switch (v[0]) {
    case 0: return items(objects, v);
    case 1: return objects[v[1] as number]!;
    case 2: return BigInt(v[1] as string);
    case 3: return new Unknown(v[1] as string, v[2] as string, v[3] as string);
    case 4: return new Partial(decode(objects, v[1]!) as Value[], decode(objects, v[2]!) as Unknown | null);
  }
  const out = Object.create(null) as RecordValue;
  for (let i = 1; i < v.length; i += 2) out[v[i] as string] = decode(objects, v[i + 1]!);
  return out;
}

function items(objects: Obj[], v: Encoded[]): Value[] {
  const out: Value[] = [];
  for (let i = 1; i < v.length; i++) out.push(decode(objects, v[i]!));
  return out;
}
