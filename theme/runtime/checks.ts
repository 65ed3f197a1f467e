// The module checks.mjs: the rules of a site for Node, Deno, Bun, workers and
// other sites. No DOM, no dependencies.

import program from "plumbline:rules";
import { checkTopology, type CheckOptions, type Diagnostic, type Explain, type Fact, type Finding, type Result } from "./check";
import { changesOf } from "./changes";
import { explainRule } from "./explainer";
import { parseJSON } from "./json";
import { readNative } from "./native";
import type { RuleInfo } from "./program";
import { read, type ReadOptions } from "./read";
import { Source } from "./source";

export type { Diagnostic, Fact, Finding, Result };

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
  const files = typeof text === "string" ? [{ file: options.file ?? "", text }] : text;
  const topology = read(program, files, options);
  return checkTopology(program.rules, program.lib, topology, options, explain);
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
 * internal/rule, by which each build proves that the two engines agree.
 */
export function example(request: string): string {
  const c = JSON.parse(request) as { rule: string; topology: string; changes: string; explain?: boolean };
  const source = new Source("topology", c.topology);
  const changes = changesOf(parseJSON(new Source("changes", c.changes)).root);
  const topology = readNative(program.model, source, parseJSON(source).root, changes);
  const r = checkTopology(program.rules, program.lib, topology, { all: true, rules: [c.rule] }, c.explain ? explainAll : undefined);
  return JSON.stringify({ findings: r.findings, facts: r.facts, diagnostics: r.diagnostics });
}
