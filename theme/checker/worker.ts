// The worker: the rules of the site with their runtime. It has no address of its
// own and, under the page's policy, nothing to connect to.

import program, { figure } from "plumbline:rules";
import { studied } from "../runtime/checks";
import { draw } from "../runtime/figure/draw";
import type { World } from "../runtime/value";
import { serve } from "./serve";

/** What was checked last. */
let world: World | null = null;

serve(
  async (text, options) => {
    const { result, topology } = studied(text, options);
    world = topology.world;
    return result;
  },
  (width) => world && figure && draw(figure, program.lib, world, { title: "Diagram of the topology", id: "plDiagram", width }),
);
