// Draws a text as the checker does, in an engine without pages: for tests that
// compare engines.

import program, { figure } from "plumbline:rules";
import { read, type ReadOptions } from "../read";
import { draw } from "./draw";

export function drawText(request: string): string {
  const { text, options, title, id, width } = JSON.parse(request) as { text: string; options: ReadOptions; title: string; id: string; width: number };
  const { world } = read(program, [{ file: "topology", text }], options);
  return (world && figure && draw(figure, program.lib, world, { title, id, width })?.svg) ?? "";
}
