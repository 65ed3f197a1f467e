// The module checks.mjs: the rules of a site for Node, Deno, Bun, workers and
// other sites. No DOM, no dependencies.

import program from "plumbline:rules";
import { checkTopology, type CheckOptions, type Diagnostic, type Explain, type Fact, type Finding, type Result, type Topology } from "./check";
import { changesOf } from "./changes";
import { explainRule } from "./explainer";
import { quoted } from "./document";
import { parseJSON } from "./json";
import { linesOf } from "./lines";
import { Listed } from "./listed";
import { readNative } from "./native";
import type { RuleInfo } from "./program";
import { read, type ReadOptions } from "./read";
import { didYouMean, isFile, Source } from "./source";
import { todoOf, type Todo } from "./todo";
import type { Waiver } from "./waivers";

export type { Diagnostic, Fact, Finding, Result, Todo, Waiver };

/** One text of the input with the name that findings show. */
export interface File {
  file: string;
  text: string;
}

/** The flags of `plumbline check`; file texts or objects instead of paths. */
export interface Options extends CheckOptions, ReadOptions {
  /** Name of the file that the text came from. */
  file?: string;
}

/**
 * Checks a topology. Several files are one topology, as with `--merge`. Never
 * rejects for bad input: what could not be read is in `diagnostics`.
 */
export async function check(text: string | File[], options: Options = {}): Promise<Result> {
  return checkNow(text, options);
}

/** check without the promise, for engines that have no event loop. */
export function checkNow(text: string | File[], options: Options = {}, explain?: Explain): Result {
  return studied(text, options, explain).result;
}

/** checkNow with the topology that it was about. */
export function studied(text: string | File[], options: Options = {}, explain?: Explain, listed?: Listed): { result: Result; topology: Topology } {
  const problems = misuse(text, options);
  if (problems.length > 0) {
    const topology = nothing(problems);
    return { result: checkTopology([], program.lib, topology, {}), topology };
  }
  const files = typeof text === "string" ? [{ file: options.file ?? "", text }] : text;
  const topologies = typeof text === "string" ? topologiesOf(text) : 1;
  if (topologies > 1) {
    const several: Diagnostic = { code: "input/several", severity: "error", file: files[0]!.file, message: `the text holds ${topologies} topologies, one in a line`, hint: "check the lines one by one, or give a list of files, which are one topology" };
    if (several.file === "") delete several.file;
    const topology = { ...nothing([several]), file: files[0]!.file };
    return { result: checkTopology([], program.lib, topology, {}), topology };
  }
  const topology = read(program, files, options, true);
  return { result: checkTopology(program.rules, program.lib, topology, options, explain, listed), topology };
}

/** How many topologies NDJSON holds: each line that is a whole document, and the single resources together. */
function topologiesOf(text: string): number {
  const lines = linesOf(text) ?? [];
  return lines.filter((line) => !line.resource).length + (lines.some((line) => line.resource) ? 1 : 0);
}

/** Whether a value can be written as JSON, which bigints and circles cannot. */
function isJSON(v: unknown): boolean {
  try {
    JSON.stringify(v);
    return true;
  } catch {
    return false;
  }
}

/** What a caller got wrong. A program without types, or with a rule's name misspelt, must not look as if all were well. */
function misuse(text: unknown, options: Options): Diagnostic[] {
  const out: Diagnostic[] = [];
  const report = (message: string, hint: string) => out.push({ code: "input/call", severity: "error", message, hint });
  if (typeof text !== "string" && !(Array.isArray(text) && text.length > 0 && text.every(isFile))) {
    report("check takes the text of a topology, or a list of {file, text}", "read the file first: await check(await readFile(path, \"utf8\"))");
  }
  if (typeof options !== "object" || options === null) {
    report("the options of check are an object", 'for example { file: "main.json" }');
    return out;
  }
  const { rules = [], parameters, waivers } = options;
  if (!Array.isArray(rules)) report('"rules" is a list of rule ids', "leave it out to run all rules");
  else {
    for (const id of rules.filter((id) => !program.rules.some((r) => r.id === id))) {
      report(`there is no rule ${quoted(String(id))}`, didYouMean(String(id), program.rules.map((r) => r.id)));
    }
  }
  const isValue = (p: unknown) => typeof p === "string" || (typeof p === "object" && p !== null);
  if (parameters !== undefined && !(Array.isArray(parameters) ? parameters.every(isValue) : isValue(parameters))) {
    report('"parameters" is a text, an object, or a list of them', 'for example { parameters: { location: "westeurope" } }');
  }
  if (waivers !== undefined && typeof waivers !== "string" && !(Array.isArray(waivers) && isJSON(waivers)) && !isFile(waivers)) {
    report('"waivers" is a text, {file, text}, a list of {file, text}, or a list of waivers', 'for example { waivers: [{ rule: "bastion-sku", subject: "bas-hub", reason: "goes in June" }] }');
  }
  return out.map((d) => (d.hint === "" ? { code: d.code, severity: d.severity, message: d.message } : d));
}

function nothing(problems: Diagnostic[]): Topology {
  return { file: "", format: "", world: null, subjects: [], unstated: [], problems };
}

const explainAll: Explain = (r, _, w, args) => explainRule(r, w, args);

/** Options of explain: those of check, and what is to be explained. */
export interface ExplainOptions extends Options {
  /** Explain only what is said of the subjects of this id. */
  subject?: string;
}

/**
 * Checks a topology as check does and says of each finding and fact how it came
 * about, as `plumbline check --explain` does.
 */
export async function explain(text: string | File[], options: ExplainOptions = {}): Promise<Result> {
  const id = options.subject;
  return checkNow(text, options, (r, subject, w, args) => (id === undefined || id === subject.id ? explainRule(r, w, args) : undefined));
}

/** What would decide the unknown verdicts of check: the commands and parameters that `plumbline check` names. */
export async function todo(text: string | File[], options: Options = {}): Promise<Todo> {
  if (misuse(text, options).length > 0) return { commands: [], parameters: [] };
  const topology = read(program, typeof text === "string" ? [{ file: options.file ?? "", text }] : text, options);
  return todoOf(program.commands, topology, checkTopology(program.rules, program.lib, topology, options));
}

/** Every rule, as rules.json lists them. */
export const rules: RuleInfo[] = program.info;

/** Version of the program that made this module. */
export const version: string = program.version;

/** Checks one text and returns the JSON that the command line prints, without the line break. */
export function checkText(request: string): string {
  const { text, options } = JSON.parse(request) as { text: string | File[]; options: Options };
  return JSON.stringify(checkNow(text, options));
}

/**
 * Runs one rule on a varied topology: the counterpart of (*Set).RunCase in
 * internal/rule. With `listed` it runs as in the checker of a page.
 */
export function example(request: string): string {
  const c = JSON.parse(request) as { rule: string; topology: string; changes: string; explain?: boolean; listed?: boolean };
  const source = new Source("topology", c.topology);
  const changes = changesOf(parseJSON(new Source("changes", c.changes)).root);
  const topology = readNative(program.model, source, parseJSON(source).root, changes);
  const r = checkTopology(program.rules, program.lib, topology, { all: true, rules: [c.rule] }, c.explain ? explainAll : undefined, c.listed ? new Listed(Infinity) : undefined);
  return JSON.stringify({ findings: r.findings, facts: r.facts, diagnostics: r.diagnostics });
}
