// What internal/rulejs generates: the rules of a site with their model.

import type { Rule } from "./check";
import type { Expr, Library } from "./evaluate";
import type { Model } from "./model";

/** A mapping of an input format; an expression that the file leaves out is null. */
export interface Mapping {
  kind: string;
  type: string;
  /** Other names of the type, in ids and responses. */
  also: string[];
  within: Expr | null;
  when: Expr | null;
  each: Expr | null;
  id: Expr | null;
  name: Expr | null;
  fields: Record<string, Expr>;
}

/** A rule as rules.json lists it. */
export interface RuleInfo {
  id: string;
  title: string;
  severity: "error" | "warning" | "info" | null;
  claim: string;
  tags: string[];
  page: string;
  anchor: string;
  fix: string | null;
  references: string[];
  deprecated: { since: string; replacedBy: string; reason: string } | null;
}

export interface Program {
  version: string;
  model: Model;
  lib: Library;
  /** By name of the input format, in file order. */
  mappings: Record<string, Mapping[]>;
  rules: Rule[];
  info: RuleInfo[];
  commands: Command[];
  /** Kinds of which nothing looks at an object that links to no other. */
  unread: string[];
}

/** A command line whose output tells what another input leaves open. */
export interface Command {
  /** The format of its output. */
  input: string;
  run: string;
  /** The kinds of which it gives all objects. */
  states: string[];
}

/** The text of an expression, and the start and end in it of each node, parents first. */
export interface Text {
  text: string;
  spans: number[];
}

/** The texts of all expressions that explanations show. */
export interface Texts {
  rules: Record<string, { where?: Text; assert?: Text; fact?: Text }>;
  derived: Record<string, Record<string, Text>>;
  functions: Record<string, Text>;
}
