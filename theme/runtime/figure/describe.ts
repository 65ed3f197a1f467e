// A drawing in sentences, for who cannot see it: what there is, what holds what,
// what is connected to what.

import type { Scene, Shape } from "./scene";

const most = 80;

export function described(scene: Scene): string {
  const out: string[] = [];
  for (const t of scene.tops) out.push(`${name(t, true)}${held(t)}.`);
  const said = new Map<string, string[]>();
  for (const e of scene.edges) {
    const key = `${name(e.from, false)} ${e.spec.verb} `;
    const to = name(e.to, false) + (e.label === "" ? "" : ` (${e.label})`);
    const list = said.get(key);
    if (list === undefined) said.set(key, [to]);
    else list.push(to);
  }
  for (const [start, ends] of said) out.push(`${start}${listed(ends)}.`);
  if (scene.also.length > 0) out.push(`Not drawn: ${scene.also.join(", ")}.`);
  if (out.length > most) out.splice(most, out.length, `And ${out.length - most} more of this kind.`);
  return out.join(" ");
}

function name(s: Shape, kind: boolean): string {
  const state = s.state === "outside" ? ", which the input does not describe" : s.state === "maybe" ? ", which may not exist" : "";
  const title = kind && s.spec !== null && s.objects.length === 1 ? `${s.spec.title} ` : "";
  return title + s.label + (kind ? state : "");
}

function held(s: Shape): string {
  if (s.inside.length === 0) return "";
  return ` holds ${listed(s.inside.map((i) => name(i, true) + (i.inside.length > 0 ? ` with ${listed(i.inside.map((n) => name(n, true)))}` : "")))}`;
}

function listed(list: string[]): string {
  const shown = list.length > 12 ? [...list.slice(0, 11), `${list.length - 11} more`] : list;
  const last = shown[shown.length - 1]!;
  return shown.length === 1 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}
