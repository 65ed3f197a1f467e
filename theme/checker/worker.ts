// The worker: the rules of the site with their runtime. It has no address of its
// own and, under the page's policy, nothing to connect to.

import program, { figure } from "plumbline:rules";
import { checkTopology, type CheckOptions, type Topology } from "../runtime/check";
import { studied } from "../runtime/checks";
import { draw } from "../runtime/figure/draw";
import { Listed } from "../runtime/listed";
import { serve } from "./serve";

/** How many findings of a rule and verdict a page gets. */
const most = 1000;

/** What was checked last. */
let last: { topology: Topology; options: CheckOptions } | null = null;

serve({
  async check(text, options) {
    const listed = new Listed(most);
    const { result, topology } = studied(text, options, undefined, listed);
    const { progress: _, ...again } = options;
    last = { topology, options: again };
    return { result, counts: listed.counts };
  },
  filter(words) {
    if (last === null) return null;
    const listed = new Listed(most, words);
    return { result: checkTopology(program.rules, program.lib, last.topology, last.options, undefined, listed), counts: listed.counts };
  },
  draw(width) {
    const world = last?.topology.world ?? null;
    return world && figure && draw(figure, program.lib, world, { title: "Diagram of the topology", id: "plDiagram", width });
  },
});
