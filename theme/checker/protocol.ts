// What the page and its worker say to each other.

import type { CheckResult, Subject } from "../page/result";
import type { Counts } from "../runtime/listed";

export interface TextFile {
  file: string;
  text: string;
}

/** A file of which the worker reads the text. */
export interface UnreadFile {
  file: string;
  blob: Blob;
}

/** A file of a topology, as the page gives it to a worker. */
export type GivenFile = TextFile | UnreadFile;

/** Options of `check()` in checks.mjs, as far as the page offers them. */
export interface CheckOptions {
  input: string;
  all: boolean;
  parameters?: TextFile[];
  declared?: TextFile;
  waivers?: TextFile[];
  /** Only these rules, and, for an explanation, the subject of this id. */
  rules?: string[];
  subject?: string;
}

export interface CheckRequest {
  id: number;
  files: GivenFile[];
  options: CheckOptions;
  /** Draw what was checked, too, for this many pixels. */
  width?: number;
}

/** Check again what was checked last, and list what has all the words, which are in lower case, and is about the subject if there is one. */
export interface FilterRequest {
  id: number;
  words: string[];
  subject?: Subject;
}

/** What a page gets of a check. */
export interface Answer {
  result: CheckResult;
  /** Of everything, where the result may list a part. */
  counts?: Counts;
}

/** Draw again what was checked last. */
export interface DrawRequest {
  id: number;
  width: number;
}

/** A line at which something stands that fails or is unknown. */
export interface MarkedLine {
  file: string;
  line: number;
  verdict: "fail" | "unknown";
}

/** A drawing, null where there is nothing to draw. */
export type Drawn = import("../runtime/figure/draw").Drawing | null;

export type CheckResponse = ({ id: number } & Answer) | { id: number; failure: string } | { id: number; share: number } | { id: number; drawing: Drawn } | { id: number; undrawn: string } | { id: number; lines: MarkedLine[] };
