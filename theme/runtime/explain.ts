// The mistakes that people make in YAML. Mirrors internal/document/explain.go.

import { shorten } from "./document";
import { hex4 } from "./json";

/** What is wrong with a YAML text, at an offset. */
export interface Mistake {
  at: number;
  message: string;
  hint: string;
}

interface Level {
  column: number;
  isMap: boolean;
}

/** Names the mistake in a text that the YAML library refused at an offset; without one, the library's place is reported. */
export function explainYAML(text: string, at: number): Mistake {
  const e = new Explainer(text);
  while (e.i < text.length && !e.found) e.line();
  return e.found ?? { at, message: "the YAML cannot be read here", hint: "check the indentation, quotes and brackets of this line and the one before" };
}

const isBlank = (c: string): boolean => c === " " || c === "\t" || c === "\r" || c === "\n";

export function atMarker(text: string, i: number): boolean {
  return (text.startsWith("---", i) || text.startsWith("...", i)) && (i + 3 === text.length || isBlank(text[i + 3]!));
}

/** Walks a text line by line, as loosely as people read YAML. */
class Explainer {
  i = 0;
  found: Mistake | null = null;
  private levels: Level[] = [];
  private readonly anchors: string[] = [];
  private root = -1;
  private scalar = false;
  private inner = 0;

  constructor(private readonly text: string) {}

  private fail(at: number, message: string, hint: string): void {
    this.found ??= { at, message, hint };
  }

  private eol(): void {
    const n = this.text.indexOf("\n", this.i);
    this.i = (n < 0 ? this.text.length : n) + 1;
  }

  private peek(n: number): string {
    return this.text[this.i + n] ?? "\n";
  }

  private spaces(): void {
    while (this.text[this.i] === " " || this.text[this.i] === "\t") this.i++;
  }

  private top(): Level | undefined {
    return this.levels[this.levels.length - 1];
  }

  private isTop(column: number, isMap: boolean): boolean {
    const top = this.top();
    return top !== undefined && top.column === column && top.isMap === isMap;
  }

  /** Reads a line that begins outside quotes, brackets and block scalars. */
  line(): void {
    const start = this.i;
    while (this.peek(0) === " ") this.i++;
    let column = this.i - start;
    if (this.peek(0) === "\t") {
      const tab = this.i;
      this.spaces();
      const c = this.peek(0);
      if (c !== "\n" && c !== "\r" && c !== "#") {
        this.fail(tab, "a tab indents this line", "indent with spaces");
        return;
      }
    }
    const c = this.peek(0);
    const nothing = c === "\n" || c === "\r" || c === "#";
    if (nothing || (column === 0 && atMarker(this.text, this.i))) {
      if (!nothing) {
        this.levels = [];
        this.scalar = false;
        this.root = -1;
      }
      this.eol();
      return;
    }
    if (this.scalar && column > this.inner) {
      this.continuation();
      return;
    }
    if (this.root >= 0) {
      this.noKey(this.root);
      return;
    }
    if (this.scalar && c === "-" && isBlank(this.peek(1)) && this.isTop(column, true)) {
      this.fail(this.i, "a list item stands among the keys of a map", "indent it under its key");
      return;
    }
    this.scalar = false;
    while ((this.peek(0) === "-" || this.peek(0) === "?") && isBlank(this.peek(1))) {
      this.enter(column, false);
      this.i++;
      while (this.peek(0) === " ") this.i++;
      column = this.i - start;
      const next = this.peek(0);
      if (next === "\n" || next === "\r" || next === "#") {
        this.eol();
        return;
      }
    }
    if (!this.found) this.entry(column);
  }

  /** Reads a further line of a plain value, which may hold no key. */
  private continuation(): void {
    const start = this.i;
    const colon = this.colon(this.lineEnd());
    if (colon >= 0) {
      const key = shorten(trim(this.text.slice(start, colon)));
      this.fail(start, `the key "${key}" is indented deeper than the keys around it`, `the line above already gives a value; indent this line by ${this.inner} spaces`);
    }
    this.eol();
  }

  /** The end of the current line without its comment. */
  private lineEnd(): number {
    let end = this.i;
    while (end < this.text.length && this.text[end] !== "\n") {
      if (this.text[end] === "#" && end > 0 && isBlank(this.text[end - 1]!)) break;
      end++;
    }
    return end;
  }

  /** The offset of the first ":" before end that ends a key, or -1. */
  private colon(end: number): number {
    for (let k = this.i; k < end; k++) {
      if (this.text[k] === ":" && isBlank(this.text[k + 1] ?? "\n")) return k;
    }
    return -1;
  }

  /** Opens or returns to the block collection at a column. */
  private enter(column: number, isMap: boolean): void {
    for (let top = this.top(); top; top = this.top()) {
      // A list may stand at the column of the key that holds it.
      if (top.column < column || (top.column === column && (top.isMap === isMap || (top.isMap && !isMap)))) break;
      this.levels.pop();
      const next = this.top();
      if (!next || next.column < column) {
        const fits = top.column === column && !top.isMap && isMap;
        if (top.column !== column || fits) this.fail(this.i, "the indentation of this line fits no line above it", "indent it like the lines it belongs with");
      }
    }
    if (!this.isTop(column, isMap)) this.levels.push({ column, isMap });
  }

  /** Reads "key: value", or a value alone. */
  private entry(column: number): void {
    const at = this.i;
    const c = this.peek(0);
    if (c === '"' || c === "'" || c === "[" || c === "{") {
      if (!this.group()) return;
      this.spaces();
      if (this.peek(0) === ":") this.key(column, at);
      else this.trailing(at);
      return;
    }
    const colon = this.colon(this.lineEnd());
    if (colon >= 0 && c !== "|" && c !== ">") {
      this.i = colon;
      this.key(column, at);
      return;
    }
    const n = this.levels.length;
    if (this.isTop(column, true)) {
      this.noKey(at);
      return;
    }
    this.value(column);
    if (n === 0 && this.scalar) this.root = at;
  }

  /** Reports a line of a map that holds no key. */
  private noKey(at: number): void {
    this.i = at;
    const word = shorten(trim(this.text.slice(at, this.lineEnd())));
    this.fail(at, `expected a key and ":", found "${word}"`, word.includes(":") ? 'a space is missing after ":"' : 'write "key: value"');
  }

  /** Reads from the ":" of a key that begins at an offset. */
  private key(column: number, at: number): void {
    const colon = this.i;
    this.i = at;
    this.enter(column, true);
    if (this.found) return;
    this.i = colon + 1;
    this.spaces();
    this.value(column);
  }

  /** Reads what stands on the line after a key or dash of a column. */
  private value(column: number): void {
    while (this.peek(0) === "&" || this.peek(0) === "!") {
      const start = this.i;
      while (!isBlank(this.peek(0))) this.i++;
      if (this.text[start] === "&") this.anchors.push(this.text.slice(start + 1, this.i));
      this.spaces();
    }
    const at = this.i;
    const c = this.peek(0);
    switch (c) {
      case "\n":
      case "\r":
      case "#":
        this.eol();
        break;
      case "|":
      case ">":
        this.block(column);
        break;
      case '"':
      case "'":
      case "[":
      case "{":
        if (this.group()) this.trailing(at);
        break;
      case "@":
      case "`":
      case "%":
        this.fail(at, `a value cannot begin with "${c}"`, "put the value in quotes");
        break;
      default:
        this.plain(column, at);
    }
  }

  /** Reads a value without quotes. */
  private plain(column: number, at: number): void {
    const end = this.lineEnd();
    if (this.text[at] === "*") {
      let stop = at + 1;
      while (stop < end && !isBlank(this.text[stop]!)) stop++;
      if (!this.anchors.includes(this.text.slice(at + 1, stop))) {
        this.fail(at, `the alias "${shorten(this.text.slice(at, stop))}" names no anchor above it`, 'text that begins with "*" stands in quotes');
        return;
      }
    }
    const colon = this.colon(end);
    if (colon >= 0) {
      this.fail(colon, 'a value without quotes holds ": "', "put the value in quotes");
      return;
    }
    this.scalar = true;
    this.inner = column;
    this.eol();
  }

  /** Checks what follows a quote or bracket that closed: nothing may. */
  private trailing(at: number): void {
    const opener = this.text[at]!;
    this.spaces();
    const c = this.peek(0);
    if (c === "\n" || c === "\r" || c === "#") {
      this.eol();
      return;
    }
    if (opener === "[" || opener === "{") {
      this.fail(this.i, "text follows the closing bracket", `text that begins with "${opener}" stands in quotes`);
      return;
    }
    this.fail(this.i, "text follows the closing quote", "put the whole value in quotes, the quotes inside it doubled ('') or escaped (\\\")");
  }

  /** Skips a block scalar: the lines that are indented deeper than a column. */
  private block(column: number): void {
    this.eol();
    const most = this.levels.length === 0 ? -1 : column;
    while (this.i < this.text.length) {
      let k = this.i;
      while (this.text[k] === " ") k++;
      if (k < this.text.length && this.text[k] !== "\n" && this.text[k] !== "\r" && k - this.i <= most) return;
      this.eol();
    }
  }

  /** Skips a quoted text or a bracket with all that is in it. */
  private group(): boolean {
    const start = this.i;
    const quote = this.text[start]!;
    if (quote !== "'" && quote !== '"') return this.brackets();
    for (this.i++; this.i < this.text.length; this.i++) {
      const c = this.text[this.i];
      if (c === "\\" && quote === '"') {
        if (!this.escape()) return false;
      } else if (c === quote) {
        if (quote === '"' || this.peek(1) !== "'") {
          this.i++;
          return true;
        }
        this.i++;
      }
    }
    this.fail(start, "the quote is not closed", "close it, or remove it");
    return false;
  }

  /** Checks the escape at i and moves to its last character. */
  private escape(): boolean {
    const c = this.peek(1);
    if (!'0abt\tnvfre "/\\N_LPxuU\r\n'.includes(c)) {
      this.fail(this.i, "an unknown escape stands in double quotes", 'a backslash is written "\\\\", or the value in single quotes');
      return false;
    }
    const unit = hex4(this.text, this.i + 2);
    if (c === "u" && unit >= 0xd800 && unit < 0xe000) {
      this.fail(this.i, "half of a surrogate pair stands in double quotes", 'write the character itself, or "\\U" and eight digits');
      return false;
    }
    this.i++;
    return true;
  }

  /** Skips a flow collection. */
  private brackets(): boolean {
    const open: number[] = [];
    while (this.i < this.text.length) {
      const c = this.text[this.i]!;
      if (c === "[" || c === "{") {
        const before = this.text[this.i - 1] ?? " ";
        if (open.length > 0 && !isBlank(before) && !"[{,:".includes(before)) {
          this.fail(this.i, `"${c}" stands inside a value without quotes`, "put the value in quotes");
          return false;
        }
        open.push(this.i);
      } else if (c === "]" || c === "}") {
        const opener = this.text[open[open.length - 1]!]!;
        if ((opener === "[" ? "]" : "}") !== c) {
          this.fail(this.i, `"${c}" does not close the "${opener}" that is open`, "check the brackets");
          return false;
        }
        open.pop();
        if (open.length === 0) {
          this.i++;
          return true;
        }
      } else if ((c === '"' || c === "'") && this.startsItem()) {
        if (!this.group()) return false;
        continue;
      } else if (c === "#" && isBlank(this.text[this.i - 1]!)) {
        this.eol();
        continue;
      }
      this.i++;
    }
    const last = open[open.length - 1]!;
    const opener = this.text[last]!;
    this.fail(last, `the "${opener}" is not closed`, `"${opener === "{" ? "}" : "]"}" is missing`);
    return false;
  }

  /** Whether a quote at i begins a value of a flow collection. */
  private startsItem(): boolean {
    let k = this.i - 1;
    while (k > 0 && isBlank(this.text[k]!)) k--;
    return "[{,:".includes(this.text[k]!);
  }
}

/** Without the white space that Go's strings.TrimSpace removes. */
function trim(s: string): string {
  return s.replace(/^[\s\u0085]+|[\s\u0085]+$/g, "");
}
