// What would decide the unknown verdicts of a result. Mirrors internal/rule/todo.go.

import type { Result, Topology } from "./check";
import type { Command } from "./program";

export interface Todo {
  /** Commands whose output is to be checked together with the input. */
  commands: string[];
  /** Parameters of templates, which have no value. */
  parameters: string[];
}

/** The shortest list of commands whose output would decide what is unknown, as far as the site knows commands for it. */
export function todoOf(known: Command[], t: Topology, result: Result): Todo {
  const needed = new Set<string>();
  const parameters = new Set<string>();
  for (const f of result.findings) {
    if (f.verdict !== "unknown") continue;
    for (const m of f.missing ?? []) {
      for (const kind of t.needs?.get(m.reason) ?? []) needed.add(kind);
      const p = /^\[parameters\('([^']*)'\)\] has no default$/.exec(m.reason);
      if (p) parameters.add(p[1]!);
    }
  }
  const own = known.filter((c) => c.input === t.format);
  const commands = own.length > 0 ? own : known.filter((c) => c.input === "resources");
  const chosen = new Set<Command>();
  while (needed.size > 0) {
    let best: Command | null = null;
    let most = 0;
    for (const c of commands) {
      const n = c.states.filter((kind) => needed.has(kind)).length;
      if (n > most) {
        best = c;
        most = n;
      }
    }
    if (best === null) break;
    chosen.add(best);
    for (const kind of best.states) needed.delete(kind);
  }
  return { commands: commands.filter((c) => chosen.has(c)).map((c) => c.run), parameters: [...parameters] };
}
