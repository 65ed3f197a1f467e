// JSON as people paste it, with places. Mirrors internal/document/json.go.

import { decimal, END_OF_TEXT, found, hex, isWord, MAX_DEPTH, Node, NUMBER_RANGE_HINT, Row, shorten, skipBlank, TOO_DEEP, TOO_DEEP_HINT, wordEnd, type Entry } from "./document";
import { RowScanner } from "./look";
import { didYouMean, Problems, type Source } from "./source";

const A_KEY = "a key in double quotes";
const MAX_PROBLEMS = 100;

/** A list or map that is still open. */
interface Frame {
  node: Node;
  index: Map<string, number> | null;
  key: string;
  start: number;
  end: number;
}

/** Reads JSON with a byte order mark, comments, trailing commas and raw line breaks in strings. Of two equal keys the last wins. */
export function parseJSON(source: Source): { root: Node | null; problems: Problems; maybeYAML: boolean } {
  const p = new Parser(source, source.text, 0);
  p.parse();
  return p;
}

/** Reads the JSON value that stands between two offsets of a source. A map is a row. */
export function parseJSONPart(source: Source, start: number, end: number): { root: Node | null; problems: Problems } {
  const p = new Parser(source, source.text.slice(0, end), start);
  p.parseRow();
  return p;
}

/** Reads the map that stands between two offsets of a source, with places. */
export function entriesOf(source: Source, start: number, end: number): Entry[] {
  const p = new Parser(source, source.text.slice(0, end), start);
  p.parse();
  return p.root!.entries;
}

// It keeps its own stack: the nesting of a document never becomes the nesting of calls.
class Parser {
  root: Node | null = null;
  readonly problems = new Problems();
  /** The first problem is something that YAML's flow style allows. */
  maybeYAML = false;
  private readonly stack: Frame[] = [];
  /** A key in double quotes was read: the text is meant as JSON. */
  private quoted = false;
  /** Offset of the last string that holds a line break, or -1. */
  private broken = -1;
  private rows = 0;
  private readonly scanner: RowScanner;

  constructor(
    private readonly source: Source,
    private readonly text: string,
    private i: number,
  ) {
    this.scanner = new RowScanner(text);
  }

  parse(): void {
    this.i = skipBlank(this.text, this.i);
    if (!this.value()) return;
    while (this.stack.length > 0) {
      if (!this.step() || this.problems.list.length >= MAX_PROBLEMS) return;
    }
    this.end();
  }

  /** parse for a text that is one row. */
  parseRow(): void {
    this.i = skipBlank(this.text, this.i);
    if (!this.row()) this.parse();
    else this.end();
  }

  private end(): void {
    this.i = skipBlank(this.text, this.i);
    if (this.i < this.text.length) this.unexpected(END_OF_TEXT);
  }

  /** Whether what is read next would be a row: an element of a list that is the document, or its "value" or "data", or a resource of "planned_values". */
  private amongRows(): boolean {
    const depth = this.stack.length;
    if (depth === 0 || depth === 3 || this.stack[depth - 1]!.node.kind !== "list") return false;
    const { key } = this.stack[0]!;
    return depth === 1 || (depth === 2 ? /^(?:value|data)$/i.test(key) : this.stack[depth - 2]!.key === "resources" && key === "planned_values");
  }

  /** Takes up a map as a row, if it is one that JSON.parse reads alike. */
  private row(): boolean {
    if (!this.at(123)) return false;
    const end = this.scanner.end(this.i);
    if (end < 0) return false;
    this.add(new Row(this.source, this.i, end, this.scanner.outlines, this.scanner.outline()));
    if ((++this.rows & 1023) === 0) this.source.progress?.(end);
    this.quoted ||= this.text.charCodeAt(skipBlank(this.text, this.i + 1)) === 34;
    this.i = end;
    return true;
  }

  /** Reads one item of the innermost open list or map, or closes it. */
  private step(): boolean {
    const f = this.stack[this.stack.length - 1]!;
    const isMap = f.node.kind === "map";
    const closer = isMap ? 125 : 93;
    const first = (isMap ? f.node.entries.length : f.node.items.length) === 0;
    this.i = skipBlank(this.text, this.i);
    if (this.at(closer)) return this.close();
    if (!first) {
      if (!this.comma(closer)) return false;
      if (this.at(closer)) return this.close();
    }
    if (!isMap && this.amongRows() && this.row()) return true;
    return (!isMap || this.key(f)) && this.value();
  }

  private at(c: number): boolean {
    return this.text.charCodeAt(this.i) === c;
  }

  private comma(closer: number): boolean {
    if (this.at(44)) {
      this.i = skipBlank(this.text, this.i + 1);
      return true;
    }
    this.unexpected(`"," or "${String.fromCharCode(closer)}"`);
    return this.broken < 0 && (this.at(34) || (closer === 93 && (this.at(123) || this.at(91))));
  }

  private close(): true {
    this.i++;
    this.stack.pop()!.node.end = this.i;
    return true;
  }

  private key(f: Frame): boolean {
    if (!this.at(34)) {
      this.unexpected(A_KEY);
      return false;
    }
    f.start = this.i;
    const text = this.string();
    if (text === null) return false;
    f.key = text;
    f.end = this.i;
    this.i = skipBlank(this.text, this.i);
    if (!this.at(58)) {
      this.unexpected(`":" after the key "${shorten(f.key)}"`);
      return false;
    }
    this.quoted = true;
    this.i = skipBlank(this.text, this.i + 1);
    return true;
  }

  /** Reads a scalar, or opens a list or map. */
  private value(): boolean {
    const start = this.i;
    if (start >= this.text.length) {
      this.unexpected("a value");
      return false;
    }
    const c = this.text.charCodeAt(start);
    if (c === 123 || c === 91) {
      const node = new Node(c === 123 ? "map" : "list", null, this.source, start, start + 1);
      this.add(node);
      if (this.stack.length === MAX_DEPTH) {
        this.report("input/too-deep", start, TOO_DEEP, TOO_DEEP_HINT);
        return false;
      }
      this.i++;
      this.stack.push({ node, index: null, key: "", start: 0, end: 0 });
      return true;
    }
    if (c === 34) {
      const text = this.string();
      if (text === null) return false;
      this.add(new Node("string", text, this.source, start, this.i));
      return true;
    }
    if (!isWord(c)) {
      this.unexpected("a value");
      return false;
    }
    this.i = wordEnd(this.text, start);
    this.add(this.word(start, this.text.slice(start, this.i)));
    return true;
  }

  private add(node: Node): void {
    const f = this.stack[this.stack.length - 1];
    if (!f) {
      this.root = node;
      return;
    }
    if (f.node.kind === "list") {
      f.node.items.push(node);
      return;
    }
    const entry: Entry = { key: f.key, source: this.source, start: f.start, end: f.end, value: node };
    const at = find(f);
    if (at >= 0) {
      f.node.entries[at] = entry;
      return;
    }
    f.index?.set(f.key, f.node.entries.length);
    f.node.entries.push(entry);
  }

  /** Reads true, false, null or a number. */
  private word(start: number, word: string): Node {
    const node = new Node("null", null, this.source, start, this.i);
    if (word === "null") return node;
    if (word === "true" || word === "false") {
      node.kind = "bool";
      node.value = word === "true";
    } else if (/^-?(?:0|[0-9]+)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/.test(word) && !/^-?0[0-9]/.test(word)) {
      const v = decimal(word);
      if (v === null) this.report("input/number-range", start, `the number "${word}" is too large`, NUMBER_RANGE_HINT);
      node.kind = typeof v === "bigint" ? "int" : "float";
      node.value = v ?? 0;
    } else {
      this.maybeYAML ||= !this.problems.any && !this.quoted;
      const hint = didYouMean(word, ["true", "false", "null"]) || "text stands in double quotes";
      this.report("input/json-syntax", start, `expected a value, found "${word}"`, hint);
    }
    return node;
  }

  /** Reads a string from its opening quote, or gives null. */
  private string(): string | null {
    const start = this.i++;
    let out = "";
    let from = this.i;
    while (this.i < this.text.length) {
      const c = this.text.charCodeAt(this.i);
      if (c === 34) {
        out += this.text.slice(from, this.i++);
        return out;
      }
      if (c === 92) {
        out += this.text.slice(from, this.i) + this.escape();
        from = this.i;
        continue;
      }
      if (c === 10) this.broken = start;
      else if (c < 32 && c !== 9 && c !== 13) {
        this.report("input/control-character", this.i, `the string holds the control character U+${hex(c)}`, `write it as "\\u${c.toString(16).padStart(4, "0")}", or remove it`);
      }
      this.i++;
    }
    const open = this.open();
    this.report("input/json-syntax", start, "the string is not closed", "its closing quote is missing" + (open && `, and ${open}`));
    return null;
  }

  /** Decodes the escape at i. An unknown one is reported and kept as it is written. */
  private escape(): string {
    if (this.i + 1 >= this.text.length) {
      this.i++;
      return "";
    }
    const c = this.text[this.i + 1]!;
    const at = '"\\/bfnrt'.indexOf(c);
    if (at >= 0) {
      this.i += 2;
      return '"\\/\b\f\n\r\t'[at]!;
    }
    if (c !== "u") {
      const char = String.fromCodePoint(this.text.codePointAt(this.i + 1)!);
      this.report("input/json-syntax", this.i, `"\\${char}" is not an escape`, 'a backslash is written "\\\\"');
      this.i += 1 + char.length;
      return "\\" + char;
    }
    const unit = hex4(this.text, this.i + 2);
    if (unit < 0) {
      this.report("input/json-syntax", this.i, '"\\u" needs four hexadecimal digits', 'a backslash is written "\\\\"');
      this.i += 2;
      return "\\u";
    }
    this.i += 6;
    if ((unit & 0xf800) !== 0xd800) return String.fromCharCode(unit);
    if (unit < 0xdc00 && this.text.startsWith("\\u", this.i)) {
      const low = hex4(this.text, this.i + 2);
      if ((low & 0xfc00) === 0xdc00 && low >= 0) {
        this.i += 6;
        return String.fromCharCode(unit, low);
      }
    }
    return "\ufffd"; // a lone surrogate
  }

  /** Reports that something else than what was expected stands at i. */
  private unexpected(expected: string): void {
    if (this.text.startsWith("/*", this.i)) {
      this.report("input/json-syntax", this.i, "the comment is not closed", '"*/" is missing');
      return;
    }
    if (this.i >= this.text.length) {
      const message = this.stack.length > 0 ? `the text ends too early: expected ${expected}` : `expected ${expected}, found ${END_OF_TEXT}`;
      this.report("input/json-syntax", this.i, message, this.open());
      return;
    }
    const c = this.text.charCodeAt(this.i);
    this.maybeYAML ||= !this.problems.any && !this.quoted && (isWord(c) || "'\"#&*,}~".includes(this.text[this.i]!) || c >= 0x80);
    this.report("input/json-syntax", this.i, `expected ${expected}, found ${found(this.text, this.i)}`, this.hint(expected));
  }

  private hint(expected: string): string {
    const c = this.text[this.i]!;
    if (this.broken >= 0) {
      const { line, column } = this.source.position(this.broken);
      return `the string at line ${line}, column ${column} goes over a line break: is its closing quote missing?`;
    }
    if (expected === END_OF_TEXT) return "a text holds one JSON value; remove what follows it";
    if (c === "'") return "use double quotes";
    if (c === "#") return 'a comment begins with "//"';
    if (c === "}" || c === "]") return this.open();
    if (expected.startsWith('":')) return "a colon stands between a key and its value";
    if (c === ",") return "something is missing before the comma";
    if (expected.startsWith('"')) return "is a comma missing before it?";
    if (expected === A_KEY) return "keys stand in double quotes";
    return "a value is a text in double quotes, a number, true, false, null, a list or a map";
  }

  /** Which bracket is still open, or "". */
  private open(): string {
    const f = this.stack[this.stack.length - 1];
    if (!f) return "";
    const { line, column } = this.source.position(f.node.start);
    return `the "${f.node.kind === "map" ? "{" : "["}" at line ${line}, column ${column} is not closed`;
  }

  private report(code: string, start: number, message: string, hint: string): void {
    this.problems.error(code, this.source, start, message, hint);
  }
}

/** Where a map already holds the current key, or -1. */
function find(f: Frame): number {
  const entries = f.node.entries;
  if (!f.index) {
    if (entries.length < 16) {
      for (let i = 0; i < entries.length; i++) if (entries[i]!.key === f.key) return i;
      return -1;
    }
    f.index = new Map(entries.map((e, i) => [e.key, i]));
  }
  return f.index.get(f.key) ?? -1;
}

/** Four hexadecimal digits as a number, or -1. */
export function hex4(text: string, i: number): number {
  const s = text.slice(i, i + 4);
  return /^[0-9a-fA-F]{4}$/.test(s) ? parseInt(s, 16) : -1;
}
