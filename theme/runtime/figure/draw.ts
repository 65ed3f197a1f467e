// Topologies as SVG: a pure function that runs while a site is built and in the
// checker. How it looks is in theme/styles/figure.css; here are places and classes.

import type { Library } from "../evaluate";
import type { Tally } from "../listed";
import type { Subject } from "../check";
import type { Obj, World } from "../value";
import { described } from "./describe";
import type { Figure } from "./figure";
import { blocksOf, shownTags, sideWidth, size, type Block, type Drawn } from "./layout";
import { clean, fitted, textWidth } from "./measure";
import { partOf } from "./part";
import { labelSize, routed, type Label, type Point, type Route } from "./route";
import { keyOf, sceneOf, type Edge, type Scene, type Shape } from "./scene";

export interface DrawOptions {
  /** What a screen reader calls it. */
  title: string;
  /** Sets the ids in it apart from those of other drawings of a page. */
  id: string;
  /** Pixels that there is room for. A drawing may be wider where a name asks for it. */
  width: number;
  /** Draws a small figure: only what concerns these objects, without tooltips and legend. */
  part?: (o: Obj) => boolean;
  /** A class for what is drawn of an object: fail, unknown. */
  mark?: (o: Obj) => string;
  /** What was found about an object. It is marked by that, and the drawing says how much there is. */
  found?: (o: Obj) => Tally | undefined;
  /** Keeps what is made of a scene, for others that are the same. */
  kept?: Kept;
}

export interface Kept {
  drawings: Map<string, Drawing>;
  /** Also of scenes that are the same but for their marks. */
  places: Map<string, Laid[]>;
}

/** A block of a scene with its lines. */
type Laid = { block: Block } & ReturnType<typeof routed>;

export interface Drawing {
  svg: string;
  width: number;
  height: number;
  /** What the elements with data-n stand for: kind and id, by number. */
  subjects: [kind: string, id: string][][];
  /** What was found about those, where that was asked for. */
  found: Found[];
}

/** What was found about the objects that an element stands for. */
export interface Found extends Tally {
  /** The value of data-n of the element. */
  n: number;
  /** The first that fails, or else the first with something unknown. */
  worst: Subject;
  /** Of a few that have findings. */
  names: string[];
}

/** Draws a topology. One that holds nothing to draw gives null. */
export function draw(figure: Figure, lib: Library, world: World, options: DrawOptions): Drawing | null {
  const all = sceneOf(figure, { collections: world.collections, declared: world.declared, lib });
  const scene = options.part === undefined ? all : partOf(all, options.part);
  if (scene.tops.length === 0) return null;
  const { kept } = options;
  if (kept === undefined) return new Pen(figure, scene, options).drawing(() => laid(scene, options.width));
  const marks: string[] = [];
  const key = `${options.width} ${keyOf(scene, (o) => marks.push(options.mark?.(o) ?? ""))}`;
  const whole = JSON.stringify([options.id, options.title, options.part !== undefined, marks, key]);
  return once(kept.drawings, whole, () => new Pen(figure, scene, options).drawing(() => once(kept.places, key, () => laid(scene, options.width))));
}

function once<T>(kept: Map<string, T>, key: string, make: () => T): T {
  let value = kept.get(key);
  if (value === undefined) kept.set(key, (value = make()));
  return value;
}

function laid(scene: Scene, width: number): Laid[] {
  return blocksOf(scene, width).map((block) => ({ block, ...routed(block) }));
}

/** So many names of what has findings are said. */
const fewNames = 3;
const margin = 8;
const between = 28;

class Pen {
  private readonly parts: string[] = [];
  private readonly subjects: [string, string][][] = [];
  private readonly found: Found[] = [];
  private readonly small: boolean;

  constructor(
    private readonly figure: Figure,
    private readonly scene: Scene,
    private readonly options: DrawOptions,
  ) {
    this.small = options.part !== undefined;
  }

  drawing(laid: () => Laid[]): Drawing {
    const blocks = laid();
    const extents = blocks.map((b) => extent(b.block, b.routes, b.labels));
    const across = Math.max(...extents.map((e) => e.to - e.from));
    const width = Math.max(across + 2 * margin, Math.min(this.options.width, this.footWidth()));
    let y = margin;
    blocks.forEach((b, i) => {
      const { from, to } = extents[i]!;
      const x = Math.round((width - (to - from)) / 2) - from;
      this.parts.push(`<g transform="translate(${x} ${y})">`);
      for (const line of b.block.lines) for (const d of line) this.box(d, 0);
      for (const r of b.routes) this.route(r);
      for (const l of b.labels) this.label(l);
      this.parts.push("</g>");
      y += b.height + between;
    });
    y = this.small ? y - between + margin : this.foot(y - between + 18, width);
    const { id, title } = this.options;
    // What follows the description has a name in a small figure: the page draws
    // the same figure again by referring to it.
    const inner = this.small ? `<g id="${id}" class="topology">${this.parts.join("")}</g>` : this.parts.join("");
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" class="topology" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img" aria-labelledby="${id}-t" aria-describedby="${id}-d">` +
      `<title id="${id}-t">${escaped(clean(title))}</title><desc id="${id}-d">${escaped(described(this.scene))}</desc>` +
      inner +
      "</svg>";
    return { svg, width, height: y, subjects: this.subjects, found: this.found };
  }

  /** Opens a group that stands for objects. */
  private open(classes: string, objects: Obj[]): void {
    const marks = new Set(objects.map((o) => this.options.mark?.(o) ?? ""));
    const found = this.foundAbout(objects);
    if (found !== null) marks.add(found.fail > 0 ? "fail" : "unknown");
    const mark = marks.has("fail") ? " fail" : marks.has("unknown") ? " unknown" : "";
    this.parts.push(`<g class="${classes}${mark}"${this.numbered(objects)}>`);
    if (found !== null) this.found.push({ n: this.subjects.length - 1, ...found });
  }

  private foundAbout(objects: Obj[]): Omit<Found, "n"> | null {
    if (this.options.found === undefined) return null;
    const sum = { fail: 0, unknown: 0 };
    const names = new Set<string>();
    let worst: Obj | null = null;
    for (const o of objects) {
      const tally = this.options.found(o);
      if (tally === undefined) continue;
      if (worst === null || (sum.fail === 0 && tally.fail > 0)) worst = o;
      sum.fail += tally.fail;
      sum.unknown += tally.unknown;
      if (names.size < fewNames) names.add(o.name);
    }
    return worst === null ? null : { ...sum, worst: { kind: worst.kind, id: worst.id, name: worst.name }, names: [...names] };
  }

  private numbered(objects: Obj[]): string {
    if (objects.length === 0 || this.small) return "";
    this.subjects.push(objects.map((o) => [o.kind, o.id]));
    return ` data-n="${this.subjects.length - 1}"`;
  }

  private box(d: Drawn, depth: number): void {
    const s = d.shape;
    const state = s.state === "" ? (s.spec === null && s.sort !== "place" ? " t-outside" : "") : ` t-${s.state}`;
    this.open(`t-${s.sort}${s.sort === "box" ? ` t-${Math.min(depth, 2)}` : ""}${state}`, s.objects);
    this.tooltip(s);
    const many = s.objects.length > 1 && s.sort === "node";
    if (many) this.parts.push(rect(d.x + 3, d.y + 3, d.width, d.height, 6));
    this.parts.push(rect(d.x, d.y, d.width, d.height, s.sort === "place" ? 16 : s.sort === "box" ? 8 : 6));
    if (s.sort === "box") this.boxTexts(d);
    else this.nodeTexts(d);
    this.parts.push("</g>");
    for (const i of d.inside) this.box(i, depth + 1);
  }

  /** The full text of what is cut short or drawn together. */
  private tooltip(s: Shape): void {
    if (this.small) return;
    const names = s.objects.length > 1 ? s.objects.slice(0, 20).map((o) => clean(o.name)).join(", ") + (s.objects.length > 20 ? ", …" : "") : "";
    const state = s.state === "outside" ? "not described by the input" : s.state === "maybe" ? "may not exist" : "";
    const text = [s.label, s.note, names, state].filter(Boolean).join("\n");
    if (s.sort !== "place") this.parts.push(`<title>${escaped(text)}</title>`);
  }

  private boxTexts(d: Drawn): void {
    const s = d.shape;
    const left = d.x + d.left;
    const right = d.across ? d.x + sideWidth(d) : d.x + d.width - d.right;
    const base = d.y + size.pad + (d.across ? 14 : 10);
    const end = d.across ? right : this.tags(s, right, base);
    let x = left;
    if (s.icon !== "") {
      this.icon(s.icon, x, base - 12);
      x += size.icon + 6;
    }
    this.text("t-label", x, base, s.label, size.label, end - x);
    this.text("t-note", d.across ? x : left, base + size.noteLine + 1, s.note, size.note, right - (d.across ? x : left));
  }

  private nodeTexts(d: Drawn): void {
    const s = d.shape;
    const base = s.note === "" ? d.y + Math.round(d.height / 2) + 5 : d.y + 19;
    let x = d.x + 10;
    if (s.icon !== "") {
      this.icon(s.icon, x, d.y + Math.round((d.height - size.icon) / 2));
      x += size.icon + 8;
    }
    const right = d.x + d.width - 10;
    const end = this.tags(s, right, base);
    this.text("t-label", x, base, s.label, size.label, end - x);
    this.text("t-note", x, base + size.noteLine, s.note, size.note, right - x);
  }

  /** Short words at the end of a line; returns where they begin. */
  private tags(s: Shape, right: number, base: number): number {
    let x = right;
    for (const t of [...shownTags(s)].reverse()) {
      const width = textWidth(t.text, size.tag) + 8;
      x -= width;
      this.open("t-tag", t.objects);
      const names = this.small ? "" : `<title>${escaped(clean(t.objects.map((o) => o.name).join(", ")))}</title>`;
      this.parts.push(`${names}${rect(x, base - 11, width, size.tagHeight, 3)}`);
      this.text("t-word", x + 4, base, t.text, size.tag, width);
      this.parts.push("</g>");
      x -= 4;
    }
    return x;
  }

  private icon(name: string, x: number, y: number): void {
    const path = this.figure.icons[name];
    if (path !== undefined) this.parts.push(`<path class="t-icon" transform="translate(${x} ${y})" d="${path}"/>`);
  }

  private text(classes: string, x: number, y: number, text: string, points: number, width: number): void {
    const shown = fitted(text, points, width);
    if (shown !== "") this.parts.push(`<text class="${classes}" x="${x}" y="${y}">${escaped(shown)}</text>`);
  }

  private route(r: Route): void {
    const { line } = r.net.edges[0]!.edge.spec;
    this.parts.push(`<g class="t-line t-${line}">`);
    const trunk = r.trunk.map(path).join("");
    if (trunk !== "") this.stroke(trunk);
    if (r.arrow !== null) this.parts.push(arrowHead(r.arrow));
    for (const b of r.branches) {
      this.open("t-edge", this.marked(b.edge));
      if (!this.small) this.parts.push(`<title>${escaped(sentence(b.edge))}</title>`);
      this.stroke(path(b.arrow ? shortened(b.points) : b.points));
      if (b.arrow) this.parts.push(arrowHead(b.points));
      this.parts.push("</g>");
    }
    // Over all parts of the line, so that none of them shows a seam.
    if (line === "double") this.parts.push(`<path class="t-core" d="${trunk}${r.branches.map((b) => path(b.points)).join("")}"/>`);
    this.parts.push("</g>");
  }

  /** The objects that a line alone stands for: those that are boxes or nodes are drawn as such. */
  private marked(e: Edge): Obj[] {
    return e.objects.filter((o) => !this.figure.shapes.some((s) => s.kind === o.kind));
  }

  private stroke(d: string): void {
    this.parts.push(`<path d="${d}"/>`);
  }

  private label(l: Label): void {
    const title = l.text === l.full ? "" : `<title>${escaped(l.full)}</title>`;
    this.parts.push(`<text class="t-word t-${l.edge.spec.line}" x="${l.x}" y="${l.y}">${title}${escaped(l.text)}</text>`);
  }

  /** The lines of the legend and what is not drawn. */
  private legend(): { line: string; text: string }[] {
    const titles = new Map<string, string[]>();
    for (const e of this.scene.edges) {
      const { line } = e.spec;
      const title = clean(e.spec.title);
      const known = titles.get(line);
      if (known === undefined) titles.set(line, [title]);
      else if (!known.includes(title)) known.push(title);
    }
    const out = [...titles].map(([line, list]) => ({ line, text: list.join(", ") }));
    const any = (list: Shape[], test: (s: Shape) => boolean): boolean => list.some((s) => test(s) || any(s.inside, test));
    if (any(this.scene.tops, (s) => s.state === "outside")) out.push({ line: "outside", text: "Not described by the input" });
    if (any(this.scene.tops, (s) => s.state === "maybe")) out.push({ line: "maybe", text: "May not exist" });
    return out;
  }

  private footWidth(): number {
    if (this.small) return 0;
    return Math.max(0, ...this.legend().map((l) => textWidth(l.text, labelSize) + 40), ...this.also(this.options.width).map((l) => textWidth(l, labelSize))) + 2 * margin;
  }

  private also(width: number): string[] {
    const lines: string[] = [];
    for (const item of this.scene.also) {
      const last = lines[lines.length - 1];
      const longer = last === undefined ? item : `${last}  ·  ${item}`;
      if (last !== undefined && textWidth(longer, labelSize) <= width - 2 * margin) lines[lines.length - 1] = longer;
      else lines.push(item);
    }
    return lines;
  }

  private foot(y: number, width: number): number {
    let x = margin;
    const items = this.legend();
    this.parts.push('<g class="t-foot">');
    for (const { line, text } of items) {
      const shown = fitted(text, labelSize, width - 2 * margin - 34);
      const w = 34 + textWidth(shown, labelSize);
      if (x > margin && x + w > width - margin) {
        x = margin;
        y += 20;
      }
      if (line === "outside" || line === "maybe") this.parts.push(`<g class="t-box t-0 t-${line}">${rect(x, y - 10, 26, 13, 3)}</g>`);
      else {
        this.parts.push(`<g class="t-line t-${line}">`);
        const sample = [{ x, y: y - 4 }, { x: x + 26, y: y - 4 }];
        this.stroke(path(line === "plain" || line === "double" ? sample : shortened(sample)));
        if (line === "double") this.parts.push(`<path class="t-core" d="${path(sample)}"/>`);
        if (line !== "plain" && line !== "double") this.parts.push(arrowHead(sample));
        this.parts.push("</g>");
      }
      this.parts.push(`<text class="t-word" x="${x + 34}" y="${y}">${escaped(shown)}</text>`);
      x += w + 22;
    }
    if (items.length > 0) y += 20;
    for (const line of this.also(width)) {
      this.parts.push(`<text class="t-word" x="${margin}" y="${y}">${escaped(fitted(line, labelSize, width - 2 * margin))}</text>`);
      y += 18;
    }
    this.parts.push("</g>");
    return items.length > 0 || this.scene.also.length > 0 ? y - 10 : y - 18 + margin;
  }
}

function extent(b: Block, routes: Route[], labels: Label[]): { from: number; to: number } {
  let from = Infinity;
  let to = -Infinity;
  const see = (x: number): void => {
    from = Math.min(from, x);
    to = Math.max(to, x);
  };
  for (const line of b.lines) {
    for (const d of line) {
      see(d.x);
      see(d.x + d.width);
    }
  }
  for (const r of routes) for (const points of [...r.trunk, ...r.branches.map((x) => x.points)]) for (const p of points) see(p.x);
  for (const l of labels) see(l.x + textWidth(l.text, labelSize));
  return { from, to };
}

function sentence(e: Edge): string {
  return `${e.from.label} ${e.spec.verb} ${e.to.label}${e.label === "" ? "" : ` (${e.label})`}`;
}

function rect(x: number, y: number, width: number, height: number, radius: number): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;
}

/** A way of horizontal and vertical pieces. */
function path(points: Point[]): string {
  const [first, ...rest] = points;
  let out = `M${first!.x} ${first!.y}`;
  let at = first!;
  for (const p of rest) {
    if (p.x !== at.x) out += `H${p.x}`;
    if (p.y !== at.y) out += `V${p.y}`;
    at = p;
  }
  return out;
}

/** A way whose end is left to an arrow. */
function shortened(points: Point[]): Point[] {
  const end = points[points.length - 1]!;
  const from = points[points.length - 2]!;
  return [...points.slice(0, -1), { x: end.x - 4 * Math.sign(end.x - from.x), y: end.y - 4 * Math.sign(end.y - from.y) }];
}

/** A triangle at the end of a way. */
function arrowHead(points: Point[]): string {
  const end = points[points.length - 1]!;
  const from = points.slice(0, -1).reverse().find((p) => p.x !== end.x || p.y !== end.y) ?? { x: end.x, y: end.y - 1 };
  const [dx, dy] = [Math.sign(end.x - from.x), Math.sign(end.y - from.y)];
  const [bx, by] = [end.x - 7 * dx, end.y - 7 * dy];
  return `<path class="t-head" d="M${end.x} ${end.y}L${bx - 4 * dy} ${by + 4 * dx}L${bx + 4 * dy} ${by - 4 * dx}z"/>`;
}

/** Text that XML shows as it is. */
export function escaped(text: string): string {
  return text.replace(/[&<>"\n]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? "&#10;");
}
