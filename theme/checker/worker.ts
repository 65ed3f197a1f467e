// The worker: the rules of the site with their runtime. It has no address of its
// own and, under the page's policy, nothing to connect to.

import program, { figure } from "plumbline:rules";
import { checkTopology, type CheckOptions, type Topology } from "../runtime/check";
import { studied } from "../runtime/checks";
import { draw } from "../runtime/figure/draw";
import { Listed } from "../runtime/listed";
import { LARGE } from "./large";
import { serve } from "./serve";

/** How many findings of a rule and verdict a page gets, and how many where a text is too long to be edited. */
const most = { edited: 1000, large: 200 };

/** What was checked last, with what was found about each object. */
let last: { topology: Topology; options: CheckOptions; most: number; listed: Listed } | null = null;

serve({
  async check(text, options) {
    const long = typeof text === "string" ? text.length >= LARGE : text.some((f) => f.text.length >= LARGE);
    const limit = long ? most.large : most.edited;
    const listed = new Listed(limit);
    const { result, topology } = studied(text, options, undefined, listed);
    const { progress: _, ...again } = options;
    last = { topology, options: again, most: limit, listed };
    return { result, counts: listed.counts };
  },
  filter(words, subject) {
    if (last === null) return null;
    const listed = new Listed(last.most, words, subject);
    return { result: checkTopology(program.rules, program.lib, last.topology, last.options, undefined, listed), counts: listed.counts };
  },
  draw(width) {
    if (last?.topology.world == null || !figure) return null;
    const { about } = last.listed;
    return draw(figure, program.lib, last.topology.world, { title: "Diagram of the topology", id: "plDiagram", width, found: (o) => about.get(o) });
  },
  lines() {
    if (last === null || !last.listed.counts.cut) return null;
    return [...last.listed.about].map(([{ place }, { fail }]) => ({ file: place.file, line: place.line, verdict: fail > 0 ? "fail" : "unknown" }));
  },
});
