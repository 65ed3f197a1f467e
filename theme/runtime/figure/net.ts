// Edges that begin at one shape and look alike are one net, a line with branches:
// it leaves its centre once, and enters each box once.

import { size, type Block, type Drawn } from "./layout";
import type { Edge, Shape } from "./scene";

export interface Net {
  /** Each edge with the end that is not the centre. */
  edges: { edge: Edge; leaf: Drawn }[];
  centre: Drawn;
  attaches: Attach[];
  /** The side of a box that it runs down in: what comes from outside, left. */
  hand: "left" | "right";
  /** X of its way through a line of boxes, by line. */
  passages: Map<number, number>;
  /** Y in a channel, by channel: channel i is above line i. */
  lanes: Map<number, number>;
}

/** Where a net meets a box. */
export interface Attach {
  net: Net;
  unit: Drawn;
  side: "top" | "bottom";
  /** Whether it leaves the box there; a net between two shapes of one box need not. */
  exits: boolean;
  /** Where the net's centre is in this box, or the box itself. */
  centre: Drawn | null;
  /** The ends of edges that it leads to, the box itself or shapes in it. */
  leaves: { edge: Edge; end: Drawn }[];
  /** It goes on inside the box. */
  deep: boolean;
  x: number;
}

/** Remainders modulo 16, from the edge of the box, of what runs inside it. */
const lane = { top: 10, bottom: 18, step: 16 };

export function netsOf(b: Block, edges: Edge[]): Net[] {
  const nets: Net[] = [];
  const alike = new Map<string, Edge[]>();
  for (const e of edges) {
    const key = `${e.spec.line} ${e.spec.title}`;
    const list = alike.get(key);
    if (list === undefined) alike.set(key, [e]);
    else list.push(e);
  }
  for (const list of alike.values()) nets.push(...stars(b, list));
  for (const n of nets) attach(n);
  for (const line of b.lines) for (const d of line) for (const u of d.across ? d.inside : [d]) gutters(nets, u);
  return nets;
}

/** Edges by the end that most of them share. */
function stars(b: Block, edges: Edge[]): Net[] {
  const degree = new Map<Shape, number>();
  for (const e of edges) for (const s of [e.from, e.to]) degree.set(s, (degree.get(s) ?? 0) + 1);
  const nets = new Map<Drawn, Net>();
  for (const e of edges) {
    const [from, to] = [b.of.get(e.from), b.of.get(e.to)];
    if (from === undefined || to === undefined) continue;
    const more = degree.get(e.to)! - degree.get(e.from)!;
    const centre = more > 0 || (more === 0 && to.line < from.line) ? to : from;
    let n = nets.get(centre);
    if (n === undefined) nets.set(centre, (n = { edges: [], centre, attaches: [], hand: "right", passages: new Map(), lanes: new Map() }));
    n.edges.push({ edge: e, leaf: centre === from ? to : from });
    if (from.shape.sort === "place" || to.shape.sort === "place") n.hand = "left";
  }
  return [...nets.values()];
}

/** The box that edges come to from outside: a top, or one of those that stand side by side in it. */
export function unitOf(d: Drawn): Drawn {
  let unit = d;
  while (unit.outer !== null && !unit.outer.across) unit = unit.outer;
  return unit;
}

function attach(n: Net): void {
  const unit = unitOf(n.centre);
  const at = (u: Drawn, side: Attach["side"]): Attach => {
    let a = n.attaches.find((x) => x.unit === u && x.side === side);
    if (a === undefined) n.attaches.push((a = { net: n, unit: u, side, exits: true, centre: null, leaves: [], deep: false, x: 0 }));
    return a;
  };
  const inner: Attach["leaves"] = [];
  for (const { edge, leaf } of n.edges) {
    const u = unitOf(leaf);
    if (u === unit) {
      inner.push({ edge, end: leaf });
      continue;
    }
    const own = at(unit, u.line < unit.line ? "top" : "bottom");
    own.centre = n.centre;
    at(u, u.line > unit.line ? "top" : "bottom").leaves.push({ edge, end: leaf });
  }
  if (inner.length > 0) {
    const own = n.attaches.find((a) => a.centre !== null && a.side === "bottom") ?? n.attaches.find((a) => a.centre !== null) ?? at(unit, "bottom");
    if (own.centre === null) {
      own.centre = n.centre;
      own.exits = false;
    }
    own.leaves.push(...inner);
  }
  for (const a of n.attaches) a.deep = (a.centre ?? a.unit) !== a.unit || a.leaves.some((l) => l.end !== a.unit);
}

/** Makes room in a box for what runs inside it. */
function gutters(nets: Net[], u: Drawn): void {
  for (const hand of ["left", "right"] as const) {
    let room = size.pad;
    for (const side of ["top", "bottom"] as const) {
      let i = 0;
      for (const n of nets) {
        if (n.hand !== hand) continue;
        for (const a of n.attaches) {
          if (a.unit !== u || a.side !== side || !a.deep) continue;
          a.x = lane[side] + lane.step * i++; // from the edge, until the box has its place
          room = Math.max(room, a.x + 10);
        }
      }
    }
    u[hand] = room;
  }
}
