// The part of a scene that concerns some objects: the outermost boxes that they
// stand in, what leads to them, and what joins those. A small figure shows no more
// than that.

import type { Obj } from "../value";
import type { Scene, Shape } from "./scene";

/** Without an object that is drawn it is the whole scene. */
export function partOf(scene: Scene, of: (o: Obj) => boolean): Scene {
  const shown = new Set<Obj>();
  const meant = new Set<Shape>();
  const kept = new Set<Shape>();
  const visit = (s: Shape): void => {
    const objects = [...s.objects, ...s.tags.flatMap((t) => t.objects)];
    for (const o of objects) shown.add(o);
    if (objects.some(of)) {
      meant.add(s);
      kept.add(topOf(s));
    }
    s.inside.forEach(visit);
  };
  scene.tops.forEach(visit);
  for (const e of scene.edges) {
    // A line that alone stands for one of the objects, and a line that ends at one.
    if (e.objects.some((o) => of(o) && !shown.has(o)) || meant.has(e.to)) {
      kept.add(topOf(e.from));
      kept.add(topOf(e.to));
    }
  }
  if (kept.size === 0) return scene;
  // A hub that joins two of them.
  const joins = new Map<Shape, Set<Shape>>();
  for (const e of scene.edges) {
    const ends = [topOf(e.from), topOf(e.to)] as const;
    for (const [end, other] of [ends, [ends[1], ends[0]]] as const) {
      if (kept.has(end) || !kept.has(other) || end.sort === "place") continue;
      if (!joins.has(end)) joins.set(end, new Set());
      joins.get(end)!.add(other);
    }
  }
  for (const [hub, ends] of joins) if (ends.size > 1) kept.add(hub);
  for (const e of scene.edges) {
    for (const [end, other] of [[e.from, e.to], [e.to, e.from]] as const) if (end.sort === "place" && kept.has(topOf(other))) kept.add(end);
  }
  return {
    tops: scene.tops.filter((t) => kept.has(t)),
    edges: scene.edges.filter((e) => kept.has(topOf(e.from)) && kept.has(topOf(e.to))),
    also: [],
  };
}

function topOf(s: Shape): Shape {
  while (s.parent !== null) s = s.parent;
  return s;
}
