// The ways of edges: along channels between the lines of boxes, through the gaps
// between boxes, and down the inside edge of a box to what stands in it.

import { fitted, textWidth } from "./measure";
import { grid, place, snap, type Block, type Drawn } from "./layout";
import type { Attach, Net } from "./net";
import type { Edge } from "./scene";

export interface Point {
  x: number;
  y: number;
}

export interface Route {
  net: Net;
  /** What its branches share. */
  trunk: Point[][];
  branches: { edge: Edge; points: Point[]; arrow: boolean }[];
  /** An arrow into the centre. */
  arrow: Point[] | null;
}

export interface Label {
  text: string;
  full: string;
  x: number;
  y: number;
  edge: Edge;
}

export interface Routed {
  routes: Route[];
  labels: Label[];
  height: number;
}

const laneStep = 12;

export const labelSize = 11;

export function routed(b: Block): Routed {
  place(b, b.lines.map(() => 0));
  const r = new Router(b);
  r.ports();
  r.passages();
  r.channels();
  return { routes: b.nets.map((n) => r.route(n)), labels: r.labels(), height: r.height };
}

class Router {
  height = 0;
  /** Upper and lower end of each channel. */
  private readonly spans: { top: number; bottom: number }[] = [];

  constructor(private readonly b: Block) {}

  private channelOf(a: Attach): number {
    return a.side === "top" ? a.unit.line : a.unit.line + 1;
  }

  /** Gives every attachment its x. */
  ports(): void {
    const direct = new Map<Drawn, Attach[]>();
    for (const n of this.b.nets) {
      for (const a of n.attaches) {
        if (a.deep) a.x = n.hand === "left" ? a.unit.x + a.x : a.unit.x + a.unit.width - a.x;
        else if (direct.has(a.unit)) direct.get(a.unit)!.push(a);
        else direct.set(a.unit, [a]);
      }
    }
    for (const [unit, list] of direct) {
      for (const side of ["top", "bottom"] as const) this.spread(unit, side, list.filter((a) => a.side === side));
    }
    this.align();
  }

  /** Spreads what meets a box from one side over the middle of it, in the order of where it comes from. */
  private spread(unit: Drawn, side: Attach["side"], list: Attach[]): void {
    const from = (a: Attach): number => {
      const others = a.net.attaches.filter((x) => x !== a);
      return others.reduce((sum, x) => sum + x.unit.x + x.unit.width / 2, 0) / Math.max(1, others.length);
    };
    const order = list.map((a) => ({ a, at: from(a) })).sort((p, q) => p.at - q.at);
    const room = unit.width - unit.left - unit.right - grid;
    const wide = unit.shape.sort === "place" ? 4 * grid : 2 * grid;
    const step = order.length > 1 && (order.length - 1) * wide <= room ? wide : grid;
    const middle = unit.x + Math.round(unit.width / 2 / grid) * grid;
    order.forEach(({ a }, i) => {
      a.x = middle + Math.round(((i - (order.length - 1) / 2) * step) / grid) * grid + (side === "top" ? 0 : 8);
    });
  }

  /** A line between two boxes that stand above each other is straight where it can leave the upper one above the lower one's. */
  private align(): void {
    for (const n of this.b.nets) {
      for (const upper of n.attaches) {
        if (!upper.exits || upper.side !== "bottom") continue;
        const c = this.channelOf(upper);
        const others = n.attaches.filter((a) => a !== upper && a.exits && this.channelOf(a) === c);
        const [lower] = others;
        // A net that goes on to other lines turns here anyway.
        const goesOn = upper.centre !== null && n.attaches.some((a) => a.exits && a.side === "top" && a.unit.line > upper.unit.line + 1);
        if (lower === undefined || others.length > 1 || lower.side !== "top" || lower.deep !== upper.deep || goesOn) continue;
        const { unit } = upper;
        const [from, to] = [unit.x, unit.x + unit.width];
        const inside = !upper.deep
          ? lower.x >= from + 2 * grid && lower.x <= to - 2 * grid
          : n.hand === "left" ? lower.x >= from + 8 && lower.x <= from + unit.left - 8 : lower.x >= to - unit.right + 8 && lower.x <= to - 8;
        const free = this.b.nets.every((m) => m.attaches.every((a) => a === upper || a.unit !== unit || a.deep !== upper.deep || (!a.deep && a.side === "top") || Math.abs(a.x - lower.x) >= 8));
        if (inside && free) upper.x = lower.x;
      }
    }
  }

  /** Finds each net's ways through the lines of boxes between its ends. */
  passages(): void {
    const taken = this.b.lines.map(() => new Map<number, Net>());
    for (const n of this.b.nets) {
      const outside = n.attaches.filter((a) => a.exits);
      const centres = outside.filter((a) => a.centre !== null);
      for (const c of centres) {
        const own = this.channelOf(c);
        const targets = outside.filter((a) => a.centre === null).map((a) => this.channelOf(a));
        let x = c.x;
        if (c.side === "bottom") for (let k = own; k < Math.max(own, ...targets); k++) x = this.pass(n, k, x, taken);
        else for (let k = own - 1; k >= Math.min(own, ...targets); k--) x = this.pass(n, k, x, taken);
      }
    }
  }

  /** The free way through a line that is nearest to x. */
  private pass(n: Net, line: number, x: number, taken: Map<number, Net>[]): number {
    const boxes = this.b.lines[line]!;
    const near = [taken[line - 1], taken[line], taken[line + 1]];
    let best = NaN;
    const offer = (at: number): void => {
      if (near.some((t) => [...(t ?? [])].some(([other, m]) => m !== n && Math.abs(other - at) < 8))) return;
      if (Number.isNaN(best) || Math.abs(at - x) < Math.abs(best - x)) best = at;
    };
    boxes.forEach((d, i) => {
      const end = d.x + d.width;
      const next = boxes[i + 1];
      if (next !== undefined) for (let at = end + 12; at <= next.x - 8; at += 8) offer(at);
    });
    // Straight on, if nothing is in the way.
    if (boxes.every((d) => x < d.x - 8 || x > d.x + d.width + 8)) offer(x);
    const first = boxes[0]!.x;
    const last = boxes[boxes.length - 1]!;
    for (let i = 0; i < 40; i++) {
      offer(first - 12 - 8 * i);
      offer(last.x + last.width + 12 + 8 * i);
    }
    taken[line]!.set(best, n);
    n.passages.set(line, best);
    return best;
  }

  /** The x of all that a net has in a channel, from above and from below. */
  private ends(n: Net, channel: number): { above: number[]; below: number[] } {
    const above: number[] = [];
    const below: number[] = [];
    for (const a of n.attaches) if (a.exits && this.channelOf(a) === channel) (a.side === "bottom" ? above : below).push(a.x);
    const up = n.passages.get(channel - 1);
    const down = n.passages.get(channel);
    if (up !== undefined) above.push(up);
    if (down !== undefined) below.push(down);
    return { above, below };
  }

  /** Gives each net a lane in each channel it runs in, and everything its y. */
  channels(): void {
    const tops: number[] = [];
    let y = 0;
    for (let c = 0; c <= this.b.lines.length; c++) {
      const runs: Run[] = [];
      let touched = false;
      for (const n of this.b.nets) {
        const { above, below } = this.ends(n, c);
        const all = [...above, ...below];
        if (all.length === 0) continue;
        touched = true;
        const [from, to] = [Math.min(...all), Math.max(...all)];
        runs.push({ n, from, to, above, below, lane: 0 });
      }
      const lanes = assign(runs.filter((r) => r.from < r.to));
      const labelled = this.b.nets.some((n) => n.attaches.some((a) => !a.deep && a.exits && a.side === "top" && this.channelOf(a) === c && a.leaves.some((l) => l.edge.label !== "")));
      const under = this.b.nets.some((n) => n.attaches.some((a) => a.exits && a.side === "bottom" && this.channelOf(a) === c && placed(a)));
      const head = under ? 24 : 16;
      const foot = labelled ? 26 : 18;
      const inner = c > 0 && c < this.b.lines.length;
      const height = touched ? head + Math.max(0, lanes - 1) * laneStep + foot : inner ? 24 : 0;
      for (const r of runs) r.n.lanes.set(c, y + head + (r.from < r.to ? r.lane * laneStep : 0));
      this.spans.push({ top: y, bottom: y + height });
      y += height;
      const line = this.b.lines[c];
      if (line !== undefined) {
        tops.push(y);
        y += snap(Math.max(...line.map((d) => d.height)));
      }
    }
    place(this.b, tops);
    this.height = y;
  }

  route(n: Net): Route {
    const out: Route = { net: n, trunk: [], branches: [], arrow: null };
    const runs = new Map<number, number[]>();
    const inRun = (c: number, x: number): void => {
      const list = runs.get(c);
      if (list === undefined) runs.set(c, [x]);
      else list.push(x);
    };
    for (const a of n.attaches) if (a.exits) inRun(this.channelOf(a), a.x);
    for (const [line, x] of n.passages) {
      inRun(line, x);
      inRun(line + 1, x);
      out.trunk.push([{ x, y: n.lanes.get(line)! }, { x, y: n.lanes.get(line + 1)! }]);
    }
    for (const [c, xs] of runs) {
      const [from, to] = [Math.min(...xs), Math.max(...xs)];
      if (from < to) out.trunk.push([{ x: from, y: n.lanes.get(c)! }, { x: to, y: n.lanes.get(c)! }]);
    }
    for (const a of n.attaches) this.join(a, out);
    return out;
  }

  /** The part of a net at one box. */
  private join(a: Attach, out: Route): void {
    const { net } = a;
    const lane = a.exits ? net.lanes.get(this.channelOf(a))! : NaN;
    const edge = a.side === "top" ? a.unit.y : a.unit.y + a.unit.height;
    const y = (d: Drawn): number => (d === a.unit ? edge : d.y + Math.round(d.height / 2) + this.shift(a, d));
    const side = (d: Drawn): number => (net.hand === "left" ? d.x : d.x + d.width);
    const toCentre = (e: Edge): boolean => e.to === net.centre.shape;
    const directed = (e: Edge): boolean => e.spec.line !== "plain" && e.spec.line !== "double";
    const ways = a.leaves.map(({ edge: e, end }) => ({ e, end, arrow: directed(e) && !toCentre(e) }));
    const heights = [...(a.centre === null ? [] : [y(a.centre)]), ...ways.map((w) => y(w.end))];
    if (a.exits) heights.push(lane);
    const only = a.centre === null && ways.length === 1 ? ways[0] : undefined;
    if (only !== undefined) {
      const points = [{ x: a.x, y: lane }, { x: a.x, y: y(only.end) }];
      if (only.end !== a.unit) points.push({ x: side(only.end), y: y(only.end) });
      out.branches.push({ edge: only.e, points, arrow: only.arrow });
      return;
    }
    out.trunk.push([{ x: a.x, y: Math.min(...heights) }, { x: a.x, y: Math.max(...heights) }]);
    if (a.centre !== null) {
      const at = { x: a.x, y: y(a.centre) };
      const points = a.centre === a.unit ? [{ x: a.x, y: lane }, at] : [at, { x: side(a.centre), y: at.y }];
      if (a.centre !== a.unit) out.trunk.push(points);
      if (net.edges.some(({ edge: e }) => directed(e) && toCentre(e))) out.arrow = points;
    }
    for (const w of ways) {
      const points = w.end === a.unit ? [{ x: a.x, y: lane }, { x: a.x, y: edge }] : [{ x: a.x, y: y(w.end) }, { x: side(w.end), y: y(w.end) }];
      out.branches.push({ edge: w.e, points, arrow: w.arrow });
    }
  }

  /** Several nets that meet a shape from the same side do so at different heights. */
  private shift(a: Attach, d: Drawn): number {
    const meeting = this.b.nets.filter((n) => n.hand === a.net.hand && n.attaches.some((x) => x.deep && (x.centre === d || x.leaves.some((l) => l.end === d))));
    if (meeting.length < 2) return 0;
    return Math.round((meeting.indexOf(a.net) - (meeting.length - 1) / 2) * Math.min(8, (d.height - 10) / (meeting.length - 1)));
  }

  /** Words beside the ends of edges, where there is room for them. */
  labels(): Label[] {
    const out: Label[] = [];
    for (const n of this.b.nets) {
      for (const a of n.attaches) {
        if (!a.exits) continue;
        const common = placed(a) ? [...new Set(n.edges.map(({ edge: e }) => e.label))] : [];
        const edge = placed(a) ? n.edges[0]?.edge : a.deep ? undefined : a.leaves[0]?.edge;
        const full = placed(a) ? (common.length === 1 ? common[0]! : "") : (a.deep ? "" : (edge?.label ?? ""));
        if (edge === undefined || full === "") continue;
        const { left, right } = this.roomBeside(a);
        const y = a.side === "top" ? a.unit.y - 8 : a.unit.y + a.unit.height + 14;
        const whole = textWidth(full, labelSize);
        const sides = whole > right && left > right ? [false, true] : [true, false];
        for (const after of sides) {
          const text = fitted(full, labelSize, after ? right : left);
          const width = textWidth(text, labelSize);
          const x = after ? a.x + 6 : a.x - 6 - width;
          if (text === "" || out.some((l) => l.y === y && l.x < x + width + 6 && x < l.x + textWidth(l.text, labelSize) + 6)) continue;
          out.push({ text, full, x, y, edge });
          break;
        }
      }
    }
    return out;
  }

  /** The free width on both sides of where a net meets a box. */
  private roomBeside(a: Attach): { left: number; right: number } {
    let left = a.unit.x;
    let right = a.unit.x + a.unit.width;
    if (placed(a)) {
      const line = this.b.lines[a.unit.line]!;
      const i = line.indexOf(a.unit);
      left = (line[i - 1]?.x ?? left - 160) + (line[i - 1]?.width ?? 0);
      right = line[i + 1]?.x ?? right + 160;
    }
    const c = this.channelOf(a);
    for (const n of this.b.nets) {
      const { above, below } = this.ends(n, c);
      for (const x of [...above, ...below]) {
        if (x > a.x + 1) right = Math.min(right, x);
        if (x < a.x - 1) left = Math.max(left, x);
      }
    }
    return { left: Math.max(0, a.x - left - 12), right: Math.max(0, right - a.x - 12) };
  }
}

/** Whether a net comes out of a place there. */
function placed(a: Attach): boolean {
  return a.unit.shape.sort === "place" && a.centre !== null;
}

/** A net in one channel. */
interface Run {
  n: Net;
  from: number;
  to: number;
  above: number[];
  below: number[];
  lane: number;
}

/** Gives runs their lanes, from the top down, and returns how many there are. Runs that do not meet share one. */
function assign(runs: Run[]): number {
  const lanes: Run[][] = [];
  for (const r of ordered(runs)) {
    // Below every run that must be above it, in the first lane that is free there.
    let first = 0;
    lanes.forEach((lane, i) => {
      if (lane.some((other) => collides(other, r))) first = i + 1;
    });
    let i = first;
    while (lanes[i]?.some((other) => other.from - grid < r.to && r.from < other.to + grid)) i++;
    (lanes[i] ??= []).push(r);
    r.lane = i;
  }
  return lanes.length;
}

/** Whether one run comes from above where another goes down, so that it must turn first. */
function collides(upper: Run, lower: Run): boolean {
  return upper.above.some((x) => lower.below.some((y) => Math.abs(x - y) < 4));
}

/** The order with the fewest crossings; of many runs, the order they come in. */
function ordered(runs: Run[]): Run[] {
  if (runs.length < 2) return runs;
  if (runs.length > 5) return runs.toSorted((a, b) => Number(collides(b, a)) - Number(collides(a, b)));
  let best = runs;
  let least = Infinity;
  const permute = (done: Run[], rest: Run[]): void => {
    if (rest.length === 0) {
      const n = crossings(done);
      if (n < least) [best, least] = [done, n];
      return;
    }
    rest.forEach((r, i) => permute([...done, r], rest.filter((_, k) => k !== i)));
  };
  permute([], runs);
  return best;
}

function crossings(order: Run[]): number {
  let n = 0;
  order.forEach((upper, i) => {
    for (const lower of order.slice(i + 1)) {
      n += upper.below.filter((x) => x > lower.from && x < lower.to).length;
      n += lower.above.filter((x) => x > upper.from && x < upper.to).length;
      if (collides(lower, upper)) n += 100;
    }
  });
  return n;
}
