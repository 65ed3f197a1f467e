// Where everything stands. A drawing is made of blocks, one for each set of boxes
// that lines connect. A block has lines of boxes from the top down, with channels
// between them in which edges run. All is on a grid of 16: boxes begin and end on
// it, and each way for an edge to meet a box has its own remainder (below), so
// that no two edges run over each other from above and from below.

import { textWidth } from "./measure";
import { netsOf, type Net } from "./net";
import type { Edge, Scene, Shape } from "./scene";

export const grid = 16;

/** Sizes of text and what surrounds it. */
export const size = {
  label: 13, note: 11.5, tag: 9.5, icon: 16,
  pad: 12, gap: 8, boxHead: 22, noteLine: 15, node: 30, nodeNoted: 44, place: 32, tagHeight: 15,
  /** Between boxes of a line. */
  gutter: 48, narrowGutter: 32,
  narrowest: 176, widest: 272,
  /** The widest of more than a few boxes in a row. */
  few: 4, crowded: 192,
};

/** A shape with its place. */
export interface Drawn {
  shape: Shape;
  x: number;
  y: number;
  /** Below the top of the box that it stands in. */
  below: number;
  width: number;
  height: number;
  /** Room for edges inside, left and right. */
  left: number;
  right: number;
  inside: Drawn[];
  outer: Drawn | null;
  /** What it holds stands side by side, behind its name. */
  across: boolean;
  /** Line of the block. */
  line: number;
}

export interface Block {
  lines: Drawn[][];
  nets: Net[];
  /** Every shape that is drawn. */
  of: Map<Shape, Drawn>;
}

/** The blocks of a scene for a drawing that should not be wider than `width`. */
export function blocksOf(scene: Scene, width: number): Block[] {
  return groups(scene).map((g) => block(g.tops, g.edges, width));
}

interface Group {
  tops: Shape[];
  edges: Edge[];
}

function topOf(s: Shape): Shape {
  while (s.parent !== null) s = s.parent;
  return s;
}

/** Boxes that edges connect. Boxes that nothing connects are one group, on one line. */
function groups(scene: Scene): Group[] {
  const leader = new Map<Shape, Shape>();
  for (const t of scene.tops) leader.set(t, t);
  const find = (s: Shape): Shape => {
    let l = s;
    while (leader.get(l) !== l) l = leader.get(l)!;
    leader.set(s, l);
    return l;
  };
  for (const e of scene.edges) {
    if (e.from.sort === "place" || e.to.sort === "place") continue;
    const [a, b] = [topOf(e.from), topOf(e.to)];
    if (leader.has(a) && leader.has(b)) leader.set(find(b), find(a));
  }
  const members = new Map<Shape, Shape[]>();
  for (const t of scene.tops) {
    const list = members.get(find(t));
    if (list === undefined) members.set(find(t), [t]);
    else list.push(t);
  }
  const connected = [...members.values()].filter((list) => list.length > 1);
  const alone = [...members.values()].filter((list) => list.length === 1).flat();
  if (alone.length > 0) connected.push(alone);
  return connected.map((tops) => {
    const own = new Set(tops);
    return { tops, edges: scene.edges.filter((e) => own.has(topOf(e.from)) || own.has(topOf(e.to))) };
  });
}

function block(tops: Shape[], edges: Edge[], width: number): Block {
  const b: Block = { lines: [], nets: [], of: new Map() };
  const narrow = width < 480;
  const gutters: number[] = [];
  const most = Math.max(size.narrowest, Math.floor((width - 2 * grid) / grid) * grid);
  const places = [...new Set(edges.flatMap((e) => [e.from, e.to]).filter((s) => s.sort === "place"))];
  if (places.length > 0) {
    b.lines.push(places.map((p) => drawn(b, p, null)));
    gutters.push(size.gutter);
  }
  const all = rows(tops, edges);
  // Boxes in one column are as wide as each other.
  const column = narrow || all.every((row) => row.length === 1);
  for (const row of all) {
    const crowded = row.length > size.few && !narrow;
    const gutter = crowded || narrow ? size.narrowGutter : size.gutter;
    const one = snap(Math.min(crowded ? size.crowded : size.widest, most, Math.max(size.narrowest, ...(column ? tops : row).map(wanted))));
    const boxes = row.map((t) => drawn(b, t, null));
    for (const d of boxes) widen(d, one, most);
    // A row that does not fit goes on below itself.
    let line: Drawn[] = [];
    let used = 0;
    for (const d of boxes) {
      if (line.length > 0 && used + gutter + d.width > most) {
        b.lines.push(line);
        gutters.push(gutter);
        line = [];
        used = 0;
      }
      used += d.width + (line.length > 0 ? gutter : 0);
      line.push(d);
    }
    b.lines.push(line);
    gutters.push(gutter);
  }
  b.lines.forEach((line, i) => line.forEach((d) => mark(d, i)));
  b.nets = netsOf(b, edges);
  for (const line of b.lines) {
    for (const d of line) {
      settle(d);
      // Each kind of line leaves a place with a word beside it.
      const nets = b.nets.filter((n) => n.centre === d).length;
      if (d.shape.sort === "place") d.width = Math.max(d.width, snap(nets * 64 + 32));
    }
  }
  stand(b, gutters, most);
  return b;
}

/** The tops by row; in a row, those that belong to the same box above stand together. */
function rows(tops: Shape[], edges: Edge[]): Shape[][] {
  const alone = !edges.some((e) => e.from.sort !== "place" && e.to.sort !== "place" && topOf(e.from) !== topOf(e.to));
  const byRow = new Map<number, Shape[]>();
  for (const t of tops) {
    const row = alone ? 0 : t.row;
    const list = byRow.get(row);
    if (list === undefined) byRow.set(row, [t]);
    else list.push(t);
  }
  const out = [...byRow].sort((a, b) => a[0] - b[0]).map(([, list]) => list);
  const neighbours = new Map<Shape, Shape[]>();
  const note = (a: Shape, b: Shape): void => {
    const list = neighbours.get(a);
    if (list === undefined) neighbours.set(a, [b]);
    else list.push(b);
  };
  for (const e of edges) {
    note(topOf(e.from), e.to);
    note(topOf(e.to), e.from);
  }
  const position = new Map<Shape, number>();
  out.forEach((row, r) => {
    const key = (t: Shape): number => {
      const seen = (neighbours.get(t) ?? []).map((n) => position.get(n)).filter((n) => n !== undefined);
      return seen.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...seen);
    };
    if (r > 0) row = row.toSorted((a, b) => key(a) - key(b));
    out[r] = row;
    let n = 0;
    const visit = (s: Shape): void => {
      position.set(s, n++);
      s.inside.forEach(visit);
    };
    row.forEach(visit);
  });
  return out;
}

function drawn(b: Block, shape: Shape, outer: Drawn | null): Drawn {
  const d: Drawn = { shape, x: 0, y: 0, below: 0, width: 0, height: 0, left: size.pad, right: size.pad, inside: [], outer, across: false, line: 0 };
  b.of.set(shape, d);
  d.inside = shape.inside.map((s) => drawn(b, s, d));
  if (shape.sort === "place") {
    d.width = snap(textWidth(shape.label, size.label) + size.icon + 36);
    d.height = size.place;
  }
  return d;
}

function mark(d: Drawn, line: number): void {
  d.line = line;
  for (const i of d.inside) mark(i, line);
}

export function snap(n: number): number {
  return Math.ceil(n / grid) * grid;
}

export function tagsWidth(s: Shape): number {
  return shownTags(s).reduce((n, t) => n + textWidth(t.text, size.tag) + 12, 0);
}

/** At most three tags, so that there is room for the name. */
export function shownTags(s: Shape): Shape["tags"] {
  return s.tags.slice(0, 3);
}

/** The width that the texts of a shape ask for. */
function wanted(s: Shape): number {
  const head = textWidth(s.label, size.label) + (s.icon === "" ? 0 : size.icon + 6) + tagsWidth(s);
  const own = Math.max(head, textWidth(s.note, size.note) + (s.sort === "node" && s.icon !== "" ? size.icon + 6 : 0)) + 2 * size.pad;
  // A top has edges running inside it, left and right.
  const around = s.parent === null ? 2 * size.pad + 40 : 2 * size.pad;
  return Math.max(own, ...s.inside.map((i) => wanted(i) + around));
}

/** The width of a name that stands before what a box holds. */
export function sideWidth(d: Drawn): number {
  const s = d.shape;
  return snap(Math.min(176, Math.max(textWidth(s.label, size.label), textWidth(s.note, size.note)) + size.icon + 6 + 2 * size.pad));
}

/** Gives a top its width. One that holds boxes side by side is as wide as they are, if there is room. */
function widen(d: Drawn, one: number, most: number): void {
  d.width = one;
  const { spec } = d.shape;
  if (spec?.across !== true || d.inside.length === 0 || d.inside.some((i) => i.shape.sort !== "box")) return;
  const fits = Math.floor(((most - sideWidth(d)) / d.inside.length - grid) / grid) * grid;
  const child = Math.min(snap(Math.min(224, Math.max(128, ...d.inside.map((i) => wanted(i.shape))))), Math.max(d.inside.some((i) => i.inside.length > 0) ? 176 : 112, fits));
  const all = sideWidth(d) + d.inside.length * (child + grid);
  if (all > most * (most < 480 ? 1 : 1.5)) return;
  d.across = true;
  d.width = all;
  for (const i of d.inside) i.width = child;
}

/** Works out heights, and the widths of what stands in a box. */
function settle(d: Drawn): void {
  const s = d.shape;
  if (s.sort === "place") return;
  if (s.sort === "node") {
    d.height = s.note === "" ? size.node : size.nodeNoted;
    return;
  }
  if (d.across) {
    d.inside.forEach(settle);
    d.height = 2 * size.pad + Math.max(size.boxHead + size.noteLine, ...d.inside.map((i) => i.height));
    for (const i of d.inside) i.height = d.height - 2 * size.pad;
    return;
  }
  let y = size.pad - 2 + size.boxHead - 4 + (s.note === "" ? 0 : size.noteLine) + (d.inside.length > 0 ? 6 : 2);
  for (const i of d.inside) {
    i.width = d.width - d.left - d.right;
    settle(i);
    i.below = y;
    y += i.height + size.gap;
  }
  d.height = y - (d.inside.length > 0 ? size.gap : 0) + size.pad;
}

/** Puts the boxes of each line side by side, and the lines' middles above each other. */
function stand(b: Block, gutters: number[], most: number): void {
  const widthOf = (line: Drawn[], i: number): number => line.reduce((n, d) => n + d.width + gutters[i]!, -gutters[i]!);
  const widest = Math.min(most, Math.max(...b.lines.map(widthOf)));
  b.lines.forEach((line, i) => {
    // Lines of one row begin below each other, as a table does.
    const before = b.lines[i - 1];
    const goesOn = before !== undefined && before.length > line.length && before[0]!.shape.row === line[0]!.shape.row && before[0]!.shape.sort === line[0]!.shape.sort;
    let x = goesOn ? before[0]!.x : Math.round((widest - widthOf(line, i)) / 2 / grid) * grid;
    for (const d of line) {
      d.x = x;
      x += d.width + gutters[i]!;
    }
  });
}

/** Gives everything its final place, once the lines are known to stand at `tops`. */
export function place(b: Block, tops: number[]): void {
  b.lines.forEach((line, i) => line.forEach((d) => move(d, d.x, tops[i]!)));
}

function move(d: Drawn, x: number, y: number): void {
  d.x = x;
  d.y = y;
  let at = x + sideWidth(d);
  for (const i of d.inside) {
    if (d.across) {
      move(i, at, y + size.pad);
      at += i.width + grid;
    } else move(i, x + d.left, y + i.below);
  }
}
