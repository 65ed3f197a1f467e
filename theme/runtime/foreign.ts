// Texts in other languages than those that are read. Mirrors internal/topology/foreign.go.

import { addProblem } from "./armparam";
import type { Diagnostic } from "./check";
import { looksLikeJSON } from "./document";
import type { Source } from "./source";

/** What begins with characters that no text has. */
const NO_TEXT = "UTF-16, or no text at all";

/** How many lines are looked at. */
const LINES = 100;

/** Languages that people take for one that is read. */
const FOREIGN: { begins: RegExp; what: string; hint: string }[] = [
  { begins: /^\ufeff?[ \t\r\n]*</, what: "a web page or XML", hint: "it may be a page to sign in, or one that shows a file: run the command that wrote it again, or copy the file itself" },
  { begins: /^[^\n]{0,3}\0/u, what: NO_TEXT, hint: "save it as UTF-8" },
  { begins: /(^|\n)using[ \t]+('[^'\n]*'|none)[ \t]*\r?(\n|$)/, what: "a Bicep parameter file", hint: "compile it: bicep build-params FILE, and give the result with --parameters" },
  {
    begins: /(^|\n)(targetScope[ \t]*=[ \t]*'|(resource|module)[ \t]+[A-Za-z_][A-Za-z0-9_]*[ \t]+'|param[ \t]+[A-Za-z_][A-Za-z0-9_]*[ \t]+[A-Za-z_])/,
    what: "Bicep", hint: "compile it: bicep build FILE, and check the template that it writes",
  },
];

/** Reports a text in another language than those that are read. Its problems would be those of a text that is not JSON or YAML, and mislead. */
export function foreignText(source: Source, problems: Diagnostic[]): boolean {
  let end = -1;
  for (let lines = 0; lines < LINES; lines++) {
    end = source.text.indexOf("\n", end + 1);
    if (end < 0) break;
  }
  const head = end < 0 ? source.text : source.text.slice(0, end);
  const json = looksLikeJSON(head);
  const found = FOREIGN.find((f) => (!json || f.what === NO_TEXT) && f.begins.test(head));
  if (found === undefined) return false;
  const offset = head.length - head.replace(/^[\ufeff \t\r\n]+/, "").length;
  addProblem(problems, "input/unrecognised", { source, offset }, `this is ${found.what}, not a topology`, found.hint);
  return true;
}
