// YAML and JSON as nodes that know their place. Mirrors internal/document.

import { entriesOf, parseJSON } from "./json";
import type { Outline, Outlines } from "./look";
import { Problems, type Source } from "./source";
import { parseYAML } from "./yaml";

/** How deep lists and maps may nest. */
export const MAX_DEPTH = 256;

export const TOO_DEEP = `lists and maps nest deeper than ${MAX_DEPTH} levels`;
export const TOO_DEEP_HINT = "write it with fewer levels";
export const NUMBER_RANGE_HINT = "numbers go up to about 1.8e308";
export const END_OF_TEXT = "the end of the text";

export type NodeKind = "null" | "bool" | "int" | "float" | "string" | "list" | "map";

/** The value of a scalar; null for lists and maps too. An int is a bigint. */
export type Scalar = null | boolean | bigint | number | string;

const noItems: Node[] = [];
const noEntries: Entry[] = [];

/** One value of a document. start and end are offsets in the source, quotes included. */
export class Node {
  items: Node[];
  private parts: Entry[] | null;
  constructor(
    public kind: NodeKind,
    public value: Scalar,
    readonly source: Source,
    public start: number,
    public end: number,
  ) {
    this.items = kind === "list" ? [] : noItems;
    this.parts = kind === "map" ? [] : noEntries;
  }

  /** What a map holds, in document order. */
  get entries(): Entry[] {
    return (this.parts ??= this.readEntries());
  }

  set entries(entries: Entry[]) {
    this.parts = entries;
  }

  /** Leaves the entries to be read when somebody asks for them. */
  protected defer(): void {
    this.parts = null;
  }

  protected readEntries(): Entry[] {
    return noEntries;
  }

  /** The value of a key of a map, or null. */
  get(key: string): Node | null {
    for (const e of this.entries) if (e.key === key) return e.value;
    return null;
  }

  /** The string of a string node, else "". */
  text(): string {
    return this.kind === "string" ? (this.value as string) : "";
  }

  /** What the node holds, for messages: "a list", `the text "x"`. */
  describe(): string {
    switch (this.kind) {
      case "null": return "null";
      case "bool": return `the boolean ${this.value}`;
      case "int":
      case "float": return `the number ${this.source.text.slice(this.start, this.end)}`;
      case "string": return `the text ${quoted(this.text())}`;
      case "list": return "a list";
      default: return "a map";
    }
  }
}

/**
 * A map that is read by the engine's own JSON.parse, which is many times faster and gives no places: those of its parts
 * are found when somebody asks for them. Of a hundred thousand rows one is held at a time.
 */
export class Row extends Node {
  private held: Readonly<Record<string, unknown>> | null = null;
  private known: Outline | null = null;

  constructor(
    source: Source,
    start: number,
    end: number,
    private readonly outlines: Outlines,
    private readonly number: number,
  ) {
    super("map", null, source, start, end);
    this.defer();
  }

  /** null where there is more to it. */
  get outline(): Outline | null {
    return this.number < 0 ? null : (this.known ??= this.outlines.at(this.number));
  }

  get json(): Readonly<Record<string, unknown>> {
    return (this.held ??= JSON.parse(this.source.text.slice(this.start, this.end)) as Record<string, unknown>);
  }

  /** Forgets its value until somebody asks for it again. */
  release(): void {
    this.held = null;
    this.known = null;
  }

  protected override readEntries(): Entry[] {
    return entriesOf(this.source, this.start, this.end);
  }
}

/** One key and value of a map. start and end are those of the key. */
export interface Entry {
  key: string;
  source: Source;
  start: number;
  end: number;
  value: Node;
}

/** The first line of a text and at most 40 characters of it, for messages. */
export function shorten(s: string): string {
  let out = s.split(/[\r\n]/, 1)[0]!;
  const cut = out.length < s.length;
  const letters = out.length > 40 ? [...out] : [];
  if (letters.length > 40) return letters.slice(0, 40).join("") + "…";
  if (cut) out += "…";
  return out;
}

/** A text in quotes for messages. */
export function quoted(s: string): string {
  return `"${shorten(s)}"`;
}

/**
 * Reads a source as JSON where its text begins with a bracket (after a byte order mark, white space and comments), else
 * as YAML. A text that begins so but is YAML's flow style is read as YAML: one that stops being JSON before any key in
 * double quotes, and that YAML accepts. The node is null only where there are problems.
 */
export function parse(source: Source): { root: Node | null; problems: Problems } {
  if (!looksLikeJSON(source.text)) return parseYAML(source);
  const json = parseJSON(source);
  if (!json.problems.any || !json.maybeYAML) return json;
  const yaml = parseYAML(source);
  return yaml.problems.any ? json : yaml;
}

export function looksLikeJSON(text: string): boolean {
  const c = text[skipBlank(text, 0)];
  return c === "{" || c === "[";
}

/** The offset after a byte order mark, white space and JSON comments. At a comment that is not closed it stays. */
export function skipBlank(text: string, from: number): number {
  let i = from;
  if (i === 0 && text.charCodeAt(0) === 0xfeff) i = 1;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c === 32 || c === 10 || c === 13 || c === 9) {
      i++;
    } else if (c === 47 && text.charCodeAt(i + 1) === 47) {
      i = text.indexOf("\n", i);
      if (i < 0) return text.length;
    } else if (c === 47 && text.charCodeAt(i + 1) === 42) {
      const end = text.indexOf("*/", i + 2);
      if (end < 0) return i;
      i = end + 2;
    } else {
      return i;
    }
  }
}

/** What stands at an offset, for messages of the form "expected X, found Y". */
export function found(text: string, i: number): string {
  if (i >= text.length) return END_OF_TEXT;
  if (isWord(text.charCodeAt(i))) return `"${text.slice(i, wordEnd(text, i))}"`;
  const c = text.codePointAt(i)!;
  if (c <= 0x20 || (c >= 0x7f && c <= 0xa0) || (c >= 0x2000 && c <= 0x200f) || c === 0x2028 || c === 0x2029 || c === 0xfeff) {
    return `the character U+${hex(c)}`;
  }
  return c === 34 ? "a double quote" : `"${String.fromCodePoint(c)}"`;
}

export function hex(c: number): string {
  return c.toString(16).toUpperCase().padStart(4, "0");
}

/** Whether a UTF-16 unit belongs to a bare word or number. */
export function isWord(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c === 45 || c === 43 || c === 46 || c === 36;
}

/** Where the bare word at i ends, at most 40 characters on. */
export function wordEnd(text: string, i: number): number {
  let end = i;
  while (end < text.length && isWord(text.charCodeAt(end)) && end - i < 40) end++;
  return end;
}

/** A decimal number: a bigint where it has neither fraction nor exponent and fits 64 bits, else a number; null if not finite. */
export function decimal(s: string): bigint | number | null {
  if (!/[.eE]/.test(s)) {
    const v = BigInt(s.startsWith("+") ? s.slice(1) : s);
    if (s.length < 19 || (v >= -(2n ** 63n) && v < 2n ** 63n)) return v;
  }
  const v = Number(s);
  return Number.isFinite(v) ? v : null;
}
