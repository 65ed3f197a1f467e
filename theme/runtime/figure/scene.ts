// What is to be drawn of a topology: shapes in shapes, and lines between them.
// An unknown draws nothing: no label, no line.

import { evaluate, type Context, type Expr } from "../evaluate";
import { show } from "../show";
import { RuntimeError } from "../tree";
import { Obj, Partial, Unknown, type Value } from "../value";
import type { EdgeSpec, Figure, ShapeSpec } from "./figure";
import { clean } from "./measure";

export interface Shape {
  /** What it stands for: several objects where they are drawn together. */
  objects: Obj[];
  /** Null for a place, and for a box that the drawing adds. */
  spec: ShapeSpec | null;
  sort: "box" | "node" | "place";
  label: string;
  note: string;
  icon: string;
  tags: Tag[];
  row: number;
  /** Not described by the input, or not certain to exist. */
  state: "" | "outside" | "maybe";
  parent: Shape | null;
  inside: Shape[];
}

/** Objects of one kind that belong to a shape, as a short word. */
export interface Tag {
  objects: Obj[];
  text: string;
}

export interface Edge {
  spec: EdgeSpec;
  from: Shape;
  to: Shape;
  objects: Obj[];
  label: string;
}

export interface Scene {
  /** Shapes that stand in no other, in file order of their kinds, then input order. */
  tops: Shape[];
  edges: Edge[];
  /** "2 Log Analytics workspaces": what is not drawn. */
  also: string[];
}

/** All that two scenes have to share so that one can be drawn for the other. `see` is shown each object. */
export function keyOf(scene: Scene, see: (o: Obj) => void): string {
  const numbers = new Map<Shape, number>();
  const ids = (list: Obj[]): string[] =>
    list.map((o) => {
      see(o);
      return `${o.kind} ${o.id} ${o.name}`;
    });
  const shape = (s: Shape): unknown => {
    numbers.set(s, numbers.size);
    const tags = s.tags.map((t) => [t.text, ids(t.objects)]);
    return [s.spec?.kind ?? s.sort, s.label, s.note, s.icon, s.row, s.state, ids(s.objects), tags, s.inside.map(shape)];
  };
  const tops = scene.tops.map(shape);
  const edges = scene.edges.map((e) => [e.spec.title, e.spec.verb, e.spec.line, numbers.get(e.from), numbers.get(e.to), ids(e.objects), e.label]);
  return JSON.stringify([tops, edges, scene.also]);
}

/** Nodes of a kind in one box above this number are drawn as one. */
const manyNodes = 6;
/** In a drawing of more nodes or more boxes than these, two in a box are one. */
const crowd = { nodes: 40, boxes: 16 };
/** Above these numbers the rest is drawn as one box. */
const mostTops = 60;
const mostInside = 8;

export function sceneOf(figure: Figure, w: Context): Scene {
  const s = new Stage(figure, w);
  s.shapes();
  s.lines();
  s.settle();
  return s.scene;
}

class Stage {
  readonly scene: Scene = { tops: [], edges: [], also: [] };
  private readonly of = new Map<Obj, Shape>();
  private readonly places = new Map<string, Shape>();
  private readonly specs = new Map<string, ShapeSpec>();
  private readonly members = new Map<string, Obj[]>();
  /** Edges whose two directions are there. */
  private readonly both = new Set<Edge>();

  constructor(
    private readonly figure: Figure,
    private readonly w: Context,
  ) {
    for (const s of figure.shapes) this.specs.set(s.kind, s);
  }

  /** The known objects of a kind. */
  private all(kind: string): Obj[] {
    let list = this.members.get(kind);
    if (list === undefined) this.members.set(kind, (list = objectsOf(this.w.collections[kind] ?? null)));
    return list;
  }

  shapes(): void {
    for (const spec of this.figure.shapes) for (const o of this.all(spec.kind)) this.add(spec, o, "");
    for (const shape of [...this.of.values()]) this.place(shape);
    for (const { kind, title } of this.figure.also) {
      const n = this.all(kind).length;
      if (n > 0) this.scene.also.push(`${n} × ${title}`);
    }
  }

  private add(spec: ShapeSpec, o: Obj, state: Shape["state"]): Shape {
    const shape: Shape = {
      objects: [o], spec, sort: spec.box ? "box" : "node", icon: spec.icon, state: o.exists === null ? state : "maybe", parent: null, inside: [],
      label: clean(this.text(spec.label, o)) || clean(o.name) || "unnamed",
      note: clean(this.text(spec.note, o)),
      tags: this.tags(spec, o), row: this.row(spec, o),
    };
    this.of.set(o, shape);
    return shape;
  }

  /** The value of an expression about an object; what fails or is unknown is Unknown. */
  private value(x: Expr, o: Obj): Value {
    try {
      return evaluate(x, this.w, [o]);
    } catch (e) {
      if (!(e instanceof RuntimeError)) throw e;
      return new Unknown(e.message);
    }
  }

  private text(x: Expr | null, o: Obj): string {
    if (x === null) return "";
    const v = this.value(x, o);
    return v === null || v instanceof Unknown ? "" : show(v);
  }

  private row(spec: ShapeSpec, o: Obj): number {
    if (spec.row === null) return 0;
    const v = this.value(spec.row, o);
    const n = Number(typeof v === "string" || typeof v === "bigint" || typeof v === "number" ? v : NaN);
    return Number.isFinite(n) ? n : Number.MAX_SAFE_INTEGER; // what nobody describes stands last
  }

  private tags(spec: ShapeSpec, o: Obj): Tag[] {
    if (spec.tags === null) return [];
    const byKind = new Map<string, Set<Obj>>();
    for (const t of objectsOf(this.value(spec.tags, o))) entry(byKind, t.kind, () => new Set<Obj>()).add(t);
    const out: Tag[] = [];
    for (const [kind, set] of byKind) {
      const text = this.figure.tags[kind];
      if (text !== undefined) out.push({ objects: [...set], text: set.size === 1 ? text : `${text} ×${set.size}` });
    }
    return out;
  }

  /** The shape of an object that something refers to; one that is in no collection is not described by the input. */
  private shapeOf(o: Obj): Shape | null {
    const known = this.of.get(o);
    if (known !== undefined) return known;
    const spec = this.specs.get(o.kind);
    if (spec === undefined) return null;
    const shape = this.add(spec, o, "outside");
    this.place(shape);
    return shape;
  }

  /** Puts a shape into the box that it stands in. */
  private place(shape: Shape): void {
    const { spec } = shape;
    const [o] = shape.objects;
    if (spec === null || spec.in === null || o === undefined) return;
    for (const outer of objectsOf(this.value(spec.in, o))) {
      const box = this.shapeOf(outer);
      if (box === null || box.sort !== "box" || within(box, shape)) continue;
      shape.parent = box;
      box.inside.push(shape);
      return;
    }
  }

  lines(): void {
    for (const spec of this.figure.edges) {
      const found = new Map<string, Edge>();
      const numbers = new Map<Shape, number>();
      const number = (s: Shape): number => {
        let n = numbers.get(s);
        if (n === undefined) numbers.set(s, (n = numbers.size));
        return n;
      };
      for (const o of this.all(spec.kind)) {
        if (spec.when !== null && this.value(spec.when, o) !== true) continue;
        const label = clean(this.text(spec.label, o));
        for (const from of this.ends(spec.from, spec.fromPlace, o)) {
          for (const to of this.ends(spec.to, spec.toPlace, o)) {
            if (from === to || within(from, to) || within(to, from)) continue;
            const [a, b] = [number(from), number(to)];
            const opposite = spec.oneWay === "" ? undefined : found.get(`${b} ${a}`);
            const known = found.get(`${a} ${b}`) ?? opposite;
            if (known === undefined) {
              found.set(`${a} ${b}`, { spec, from, to, objects: [o], label });
              continue;
            }
            known.objects.push(o);
            if (known === opposite) this.both.add(known);
            if (label !== "" && label !== known.label) known.label = known.label === "" ? label : `${known.label}, ${label}`;
          }
        }
      }
      for (const e of found.values()) {
        if (spec.oneWay !== "" && !this.both.has(e)) e.label = e.label === "" ? spec.oneWay : `${e.label}, ${spec.oneWay}`;
        this.scene.edges.push(e);
      }
    }
  }

  private ends(x: Expr | null, place: string, o: Obj): Shape[] {
    if (place !== "") return [this.placeOf(place)];
    const objects = x === null ? [o] : objectsOf(this.value(x, o));
    const shapes = objects.map((end) => this.shapeOf(end)).filter((s) => s !== null);
    return [...new Set(shapes)];
  }

  private placeOf(name: string): Shape {
    let shape = this.places.get(name);
    if (shape === undefined) {
      const spec = this.figure.places.find((p) => p.name === name);
      shape = {
        objects: [], spec: null, sort: "place", label: clean(spec?.title ?? name), note: "", icon: spec?.icon ?? "", tags: [],
        row: 0, state: "", parent: null, inside: [],
      };
      this.places.set(name, shape);
    }
    return shape;
  }

  /** Draws together what are too many, and finds what stands outermost. */
  settle(): void {
    const shapes = [...this.of.values()];
    const tops = shapes.filter((s) => s.parent === null && s.sort === "box");
    const nodes = shapes.filter((s) => s.sort === "node");
    const crowded = nodes.length > crowd.nodes || tops.length > crowd.boxes;
    const instead = new Map<Shape, Shape>();
    const lost = nodes.filter((s) => s.parent === null);
    if (lost.length > 0) {
      const box = added("box", "Not placed", "The input does not say where");
      box.inside = lost;
      box.row = Number.MAX_SAFE_INTEGER;
      for (const s of lost) s.parent = box;
      tops.push(box);
    }
    for (const box of [...shapes, ...tops.slice(-1)]) {
      if (box.sort === "box") box.inside = this.grouped(box, crowded ? 1 : manyNodes, instead);
    }
    for (const box of shapes) if (box.inside.length > mostInside) box.inside = folded(box.inside, mostInside, box, instead);
    const order = tops.toSorted((a, b) => a.row - b.row);
    this.scene.tops = order.length > mostTops ? folded(order, mostTops, null, instead) : order;
    this.scene.edges = merged(this.scene.edges, instead);
  }

  /** The shapes in a box, with nodes of a kind that are more than `most` as one. Nodes stand before boxes. */
  private grouped(box: Shape, most: number, instead: Map<Shape, Shape>): Shape[] {
    const out: Shape[] = [];
    const bySpec = new Map<ShapeSpec | null, Shape[]>();
    for (const s of box.inside) entry(bySpec, s.spec, (): Shape[] => []).push(s);
    for (const [spec, list] of bySpec) {
      if (spec === null || spec.group === "" || list.length <= most) {
        out.push(...list);
        continue;
      }
      const one = added("node", `${list.length} × ${spec.group}`, "");
      one.icon = spec.icon;
      one.spec = spec;
      one.objects = list.flatMap((s) => s.objects);
      one.parent = box;
      for (const s of list) instead.set(s, one);
      out.push(one);
    }
    return [...out.filter((s) => s.sort === "node"), ...out.filter((s) => s.sort === "box")];
  }
}

function added(sort: Shape["sort"], label: string, note: string): Shape {
  return { objects: [], spec: null, sort, label, note, icon: "", tags: [], row: 0, state: "", parent: null, inside: [] };
}

/** The first shapes of a list, and one that stands for the others and all that is in them. */
function folded(list: Shape[], most: number, parent: Shape | null, instead: Map<Shape, Shape>): Shape[] {
  const kept = list.slice(0, most - 1);
  const more = list.slice(most - 1);
  const titles = new Map<string, number>();
  for (const s of more) if (s.spec !== null) titles.set(s.spec.title, (titles.get(s.spec.title) ?? 0) + 1);
  const rest = added("node", `${more.length} more`, [...titles.keys()].join(", "));
  rest.parent = parent;
  const visit = (s: Shape): void => {
    rest.objects.push(...s.objects, ...s.tags.flatMap((t) => t.objects));
    instead.set(s, rest);
    s.inside.forEach(visit);
  };
  more.forEach(visit);
  return [...kept, rest];
}

/** Edges between what is drawn instead, those with the same ends as one. */
function merged(edges: Edge[], instead: Map<Shape, Shape>): Edge[] {
  const end = (s: Shape): Shape => {
    for (let next = instead.get(s); next !== undefined; next = instead.get(s)) s = next;
    return s;
  };
  const found = new Map<EdgeSpec, Map<Shape, Map<Shape, Edge>>>();
  const out: Edge[] = [];
  for (const e of edges) {
    const from = end(e.from);
    const to = end(e.to);
    if (from === to || within(from, to) || within(to, from)) continue;
    const ofSpec = entry(found, e.spec, () => new Map<Shape, Map<Shape, Edge>>());
    const ofFrom = entry(ofSpec, from, () => new Map<Shape, Edge>());
    const known = ofFrom.get(to);
    if (known === undefined) {
      const edge = { ...e, from, to, objects: [...e.objects] };
      ofFrom.set(to, edge);
      out.push(edge);
      continue;
    }
    for (const o of e.objects) known.objects.push(o);
    if (known.label !== e.label) known.label = "";
  }
  for (const e of out) e.objects = [...new Set(e.objects)];
  return out;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let v = map.get(key);
  if (v === undefined) map.set(key, (v = make()));
  return v;
}

/** Whether a shape is another or stands in it, at any depth. */
export function within(inner: Shape, outer: Shape): boolean {
  for (let s: Shape | null = inner; s !== null; s = s.parent) if (s === outer) return true;
  return false;
}

/** The objects of a value: itself, or those of a list, as far as they are known. */
function objectsOf(v: Value): Obj[] {
  if (v instanceof Obj) return [v];
  if (v instanceof Partial) return objectsOf(v.items);
  if (Array.isArray(v)) return v.flatMap(objectsOf);
  return [];
}
