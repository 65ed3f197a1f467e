// What the page and its worker say to each other.

import type { CheckResult } from "../page/result";

export interface TextFile {
  file: string;
  text: string;
}

/** Options of `check()` in checks.mjs, as far as the page offers them. */
export interface CheckOptions {
  input: string;
  all: boolean;
  parameters?: TextFile[];
  declared?: TextFile;
  /** Only these rules, and, for an explanation, the subject of this id. */
  rules?: string[];
  subject?: string;
}

export interface CheckRequest {
  id: number;
  files: TextFile[];
  options: CheckOptions;
  /** Draw what was checked, too, for this many pixels. */
  width?: number;
}

/** Draw again what was checked last. */
export interface DrawRequest {
  id: number;
  width: number;
}

/** A drawing, null where there is nothing to draw. */
export type Drawn = import("../runtime/figure/draw").Drawing | null;

export type CheckResponse = { id: number; result: CheckResult } | { id: number; failure: string } | { id: number; drawing: Drawn } | { id: number; undrawn: string };
