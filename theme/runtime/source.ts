// Texts with places, problems in them, and did-you-mean. Mirrors internal/diag.

import type { Diagnostic } from "./check";

/** One text of the input. Offsets are UTF-16 indices of `text`; lone surrogates in what is given become U+FFFD. */
export class Source {
  readonly text: string;
  /** Each UTF-16 unit is a character. */
  private readonly narrow: boolean;
  /** Called now and then with the offset up to which the text has been read. */
  progress?: (offset: number) => void;
  private lines: number[] | null = null;
  /** How many code points stand before every STEP-th index, so that a place in a line of megabytes is found without counting from its start. */
  private points: number[] | null = null;

  constructor(
    readonly file: string,
    text: string,
  ) {
    const pairs = /[\ud800-\udfff]/.test(text);
    this.text = pairs ? text.replace(/\p{Cs}/gu, "\ufffd") : text;
    this.narrow = !pairs;
  }

  /** Line and column of an offset, both from 1; the column counts code points. */
  position(offset: number): { line: number; column: number } {
    const lines = (this.lines ??= lineStarts(this.text));
    const to = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lines[middle]! <= to) low = middle;
      else high = middle - 1;
    }
    const column = this.narrow ? to - lines[low]! : this.before(to) - this.before(lines[low]!);
    return { line: low + 1, column: column + 1 };
  }

  /** Counts the code points before an index. */
  private before(offset: number): number {
    const points = (this.points ??= countPoints(this.text));
    const k = Math.min(Math.floor(offset / STEP), points.length - 1);
    let n = points[k] ?? 0;
    for (let i = k * STEP; i < offset; i++) if (startsPoint(this.text, i)) n++;
    return n;
  }
}

const STEP = 1024;

function startsPoint(text: string, i: number): boolean {
  return (text.charCodeAt(i) & 0xfc00) !== 0xdc00;
}

function countPoints(text: string): number[] {
  const out: number[] = [];
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    if (i % STEP === 0) out.push(n);
    if (startsPoint(text, i)) n++;
  }
  return out;
}

function lineStarts(text: string): number[] {
  const out = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) out.push(i + 1);
  return out;
}

/** Problems of one reading. */
export class Problems {
  readonly list: Diagnostic[] = [];

  error(code: string, source: Source, offset: number, message: string, hint = ""): void {
    this.add("error", code, source, offset, message, hint);
  }

  add(severity: Diagnostic["severity"], code: string, source: Source, offset: number, message: string, hint: string): void {
    const d: Diagnostic = { code, severity, file: source.file, ...source.position(offset), message };
    if (source.file === "") delete d.file;
    if (hint !== "") d.hint = hint;
    this.list.push(d);
  }

  get any(): boolean {
    return this.list.length > 0;
  }
}

/** The candidate closest to a name as a hint, or "". */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const best = suggest(name, candidates);
  return best === "" ? "" : `did you mean "${best}"?`;
}

/** The candidate closest to a name, or "". Distance counts edits and ignores the case of A to Z. */
export function suggest(name: string, candidates: readonly string[]): string {
  const letters = [...name];
  let best = "";
  let bestDistance = Math.floor(letters.length / 3) + 2;
  for (const c of candidates) {
    const d = distance(letters.map(lower), [...c].map(lower));
    if (d < bestDistance || (d === bestDistance && best !== "" && compareCodePoints(c, best) < 0)) {
      best = c;
      bestDistance = d;
    }
  }
  return best;
}

function lower(c: string): string {
  return c >= "A" && c <= "Z" ? c.toLowerCase() : c;
}

/** Folds the case of A to Z alone. */
export function lowerASCII(s: string): string {
  // In ASCII the engine's own mapping does the same, many times faster.
  return /[^\0-\x7f]/.test(s) ? s.replace(/[A-Z]+/g, (m) => m.toLowerCase()) : s.toLowerCase();
}

/** Order by code points, which is the order of UTF-8 bytes. */
export function compareCodePoints(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const sx = (x & 0xf800) === 0xd800;
    const sy = (y & 0xf800) === 0xd800;
    return sx !== sy ? (sx ? 1 : -1) : x - y;
  }
  return a.length - b.length;
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost 1. */
function distance(a: string[], b: string[]): number {
  let before: number[] = [];
  let previous = b.map((_, j) => j);
  previous.push(b.length);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      current.push(d);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}

/** A file given as an option: its text, with a name or without, or what it would say. */
export function fileOf(option: string | object, name: string): NamedText {
  if (typeof option === "string") return { file: name, text: option };
  return isFile(option) ? option : { file: name, text: JSON.stringify(option) };
}

/** A text with the name of its file. */
export interface NamedText {
  file: string;
  text: string;
}

export function isFile(f: unknown): f is NamedText {
  return typeof f === "object" && f !== null && typeof (f as NamedText).text === "string" && typeof (f as NamedText).file === "string";
}
