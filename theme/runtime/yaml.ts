// YAML through the library `yaml`, as nodes. Mirrors internal/document/yaml.go
// and scalar.go: one table of plain scalars, and the same refusals.

import { Composer, isAlias, isMap, isScalar, isSeq, Parser, type CST, type Document, type ParsedNode, type Scalar as YAMLScalar, type YAMLMap, type YAMLSeq } from "yaml";
import { decimal, hex, MAX_DEPTH, Node, NUMBER_RANGE_HINT, quoted, shorten, TOO_DEEP, TOO_DEEP_HINT, type NodeKind, type Scalar } from "./document";
import { atMarker, explainYAML } from "./explain";
import { Problems, type Source } from "./source";

/** How many nodes aliases may add to a document. */
const MAX_EXPANDED = 100_000;

/** Reads one YAML document; an empty text is null. Mirrors document.ParseYAML. */
export function parseYAML(source: Source): { root: Node | null; problems: Problems } {
  const r = new Reader(source);
  return { root: r.read(), problems: r.problems };
}

/** Thrown where the Go side's library stops: a mistake of syntax at an offset of the text. */
class SyntaxStop {
  constructor(readonly at: number) {}
}

class Reader {
  problems = new Problems();
  private base = 0;
  private text = "";
  private readonly anchors = new Map<string, Node | null>();
  private readonly sizes = new Map<Node, number>();
  private size = 0;
  private expanded = 0;
  private stop = false;

  constructor(private readonly source: Source) {}

  read(): Node | null {
    let part = this.source.text;
    if (part.charCodeAt(0) === 0xfeff) {
      this.base = 1;
      part = part.slice(1);
    }
    if (!this.precheck(part)) return null;
    // Like the Go side: a lone carriage return is a line break, and the last line has one.
    this.text = part.replace(/\r(?!\n)/g, "\n");
    if (!this.text.endsWith("\n")) this.text += "\n";
    try {
      return this.documents();
    } catch (e) {
      if (!(e instanceof SyntaxStop)) throw e;
      const m = explainYAML(this.text, e.at);
      this.problems = new Problems();
      this.report("input/yaml-syntax", m.at, m.message, m.hint);
      return null;
    }
  }

  private documents(): Node | null {
    const tokens = [...new Parser().parse(this.text)];
    if (!this.tokens(tokens)) return null;
    const composer = new Composer({ schema: "failsafe", version: "1.2", merge: false, uniqueKeys: false, strict: true, prettyErrors: false, logLevel: "silent" });
    const docs: Document.Parsed[] = [...composer.compose(tokens, false, this.text.length)];
    const errors = docs.flatMap((d) => d.errors.filter((e) => e.code !== "TAG_RESOLVE_FAILED"));
    if (errors.length > 0) throw new SyntaxStop(this.errorPlace(errors[0]!.pos[0]));
    const doc = docs[0];
    if (!doc) return new Node("null", null, this.source, this.base, this.base);
    const root = this.node(doc.contents as ParsedNode | null, 0, doc.range[0]);
    if (root.kind === "null" && root.start === root.end) root.start = root.end = this.base;
    const second = tokens.filter((t) => t.type === "document" && (t.value || t.start.some((s) => s.type === "doc-start" || s.type === "tag" || s.type === "anchor")))[1];
    if (second?.type === "document") {
      const marker = second.start.find((t) => t.type === "doc-start");
      const at = marker?.offset ?? second.offset + /^(?:[ \t\r\n]|#.*)*/.exec(this.text.slice(second.offset))![0].length;
      this.report("input/several-documents", at, "a second YAML document begins here", "keep one document in a file");
    }
    return root;
  }

  /** At the end of the text nothing can be pointed at: the end of the last line with content is nearer. */
  private errorPlace(at: number): number {
    return Math.min(at, this.text.trimEnd().length);
  }

  private precheck(part: string): boolean {
    const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]/.exec(part);
    if (control) {
      this.report("input/control-character", control.index, `the text holds the control character U+${hex(part.charCodeAt(control.index))}`, "remove it, or write it as an escape in double quotes");
      return false;
    }
    for (let i = 0; i < part.length; ) {
      let end = part.indexOf("\n", i);
      if (end < 0) end = part.length;
      const line = part.slice(i, end);
      if (line.startsWith("%")) {
        this.report("input/yaml-directive", i, `the directive ${quoted(line.replace(/[ \t\r]+$/, ""))} is not supported`, "remove the line");
        return false;
      }
      if (line[0] === "." && atMarker(part, i)) {
        this.report("input/yaml-syntax", i, "the document ends before it begins", 'remove the line "..."');
        return false;
      }
      if (!/^[ \t\r]*(#|$)/.test(line)) break;
      i = end + 1;
    }
    return true;
  }

  /** Looks at the library's tokens, without recursion: refuses what nests too deep, then reports tags. */
  private tokens(tokens: CST.Token[]): boolean {
    const pending: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 })).reverse();
    const tags: CST.SourceToken[] = [];
    let documents = 0;
    const props = (list: CST.SourceToken[] | undefined): void => {
      for (const t of list ?? []) if (t.type === "tag" && documents < 2) tags.push(t);
    };
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { token, depth } = next;
      if (token.type === "document") {
        documents++;
        props(token.start);
        if (token.value) pending.push({ token: token.value, depth });
        continue;
      }
      if (!("items" in token)) continue;
      if (depth === MAX_DEPTH) {
        this.report("input/too-deep", token.offset, TOO_DEEP, TOO_DEEP_HINT);
        return false;
      }
      const children: { token: CST.Token; depth: number }[] = [];
      for (const item of token.items) {
        props(item.start);
        props(item.sep);
        if (item.key) children.push({ token: item.key, depth: depth + 1 });
        if (item.value) children.push({ token: item.value, depth: depth + 1 });
      }
      for (const child of children.reverse()) pending.push(child);
    }
    for (const tag of tags) {
      this.report("input/yaml-tag", tag.offset, `the tag ${quoted(tag.source)} is not supported`, "remove it; text that looks like a number or true stands in quotes");
    }
    return true;
  }

  private report(code: string, at: number, message: string, hint: string): void {
    this.problems.error(code, this.source, this.base + at, message, hint);
  }

  private make(kind: NodeKind, value: Scalar, start: number, end: number): Node {
    const most = this.source.text.length;
    return new Node(kind, value, this.source, Math.min(this.base + start, most), Math.min(this.base + end, most));
  }

  /** Converts one node; `at` is where it would stand if it is nothing. */
  private node(y: ParsedNode | null, depth: number, at: number): Node {
    if (!y) {
      this.size++;
      return this.nothing(at);
    }
    if (isAlias(y)) return this.alias(y.source, y.range[0], depth);
    const before = this.size++;
    const anchor = y.anchor;
    if (anchor !== undefined) {
      if (!/^[\w-]+$/.test(anchor)) throw new SyntaxStop(y.range[0]);
      this.anchors.set(anchor, null);
    }
    const n = isScalar(y) ? this.scalar(y) : this.collection(y as YAMLMap.Parsed | YAMLSeq.Parsed, depth);
    if (anchor !== undefined) {
      this.anchors.set(anchor, n);
      this.sizes.set(n, this.size - before);
    }
    return n;
  }

  private collection(y: YAMLMap.Parsed | YAMLSeq.Parsed, depth: number): Node {
    const n = this.make(isMap(y) ? "map" : "list", null, y.range[0], y.range[1]);
    if (depth === MAX_DEPTH) {
      if (!this.stop) this.report("input/too-deep", y.range[0], TOO_DEEP, TOO_DEEP_HINT);
      this.stop = true;
      return n;
    }
    if (isSeq(y)) {
      for (const item of y.items) {
        // `[a: b]` holds a map of one pair, which the library gives as it is or as a pair.
        n.items.push(this.node(item as ParsedNode | null, depth + 1, y.range[0]));
      }
      return n;
    }
    const seen = new Map<string, number>();
    for (const pair of y.items) {
      const key = this.key(pair.key as ParsedNode | null, seen);
      if (pair === y.items[0] && !y.flow) n.start = key.start; // an anchor stands before
      const value = this.node(pair.value as ParsedNode | null, depth + 1, key.end - this.base);
      if (key.text !== null) n.entries.push({ key: key.text, source: this.source, start: key.start, end: key.end, value });
    }
    return n;
  }

  /** Reads a map's key, which must be a text and new. */
  private key(y: ParsedNode | null, seen: Map<string, number>): { text: string | null; start: number; end: number } {
    if (isScalar(y) && y.source === "<<" && y.type === "PLAIN") {
      this.report("input/yaml-merge-key", y.range[0], 'the merge key "<<" is not supported', "write the keys out");
      return { text: null, start: this.base + y.range[0], end: this.base + y.range[1] };
    }
    const n = this.node(y, MAX_DEPTH - 1, 0);
    const place = { start: n.start, end: n.end };
    const mark = this.explicitKey(n.start - this.base);
    if (mark >= 0) {
      this.report("input/yaml-key", mark, 'a key that begins with "?" is not supported', 'write "key: value"');
      return { text: null, ...place };
    }
    if (n.kind !== "string") {
      let at = n.start;
      let hint = "keys are text";
      if (n.kind !== "list" && n.kind !== "map") hint = `write "${this.source.text.slice(n.start, n.end)}" in quotes`;
      if (n.kind === "null" && n.start === n.end) {
        hint = "write the key before the colon";
        while (" \t\r\n".includes(this.source.text[at] ?? "x")) at++;
        place.start = place.end = at;
      }
      this.problems.error("input/yaml-key", this.source, at, `a key must be text, not ${n.describe()}`, hint);
      return { text: null, ...place };
    }
    const text = n.text();
    const first = seen.get(text);
    if (first !== undefined) {
      const { line, column } = this.source.position(first);
      this.problems.error("input/duplicate-key", this.source, n.start, `the key ${quoted(text)} appears twice`, `the first one is at line ${line}, column ${column}`);
      return { text: null, ...place };
    }
    seen.set(text, n.start);
    return { text, ...place };
  }

  /** The offset of the "?" that announces a key which stands at an offset, or -1. */
  private explicitKey(start: number): number {
    const blank = (i: number): boolean => " \t\r\n".includes(this.text[i] ?? "x");
    let at = start;
    if (this.text[at] === "?" && blank(at + 1)) return at;
    for (at--; at >= 0 && blank(at); at--);
    return at >= 0 && this.text[at] === "?" && blank(at + 1) ? at : -1;
  }

  /** Gives the anchored node itself, within bounds. */
  private alias(name: string, at: number, depth: number): Node {
    if (!this.anchors.has(name)) throw new SyntaxStop(at);
    const nothing = (): Node => this.make("null", null, at, at + 1 + name.length);
    const n = this.anchors.get(name)!;
    if (!n) {
      this.report("input/yaml-alias", at, `the alias "*${name}" stands inside what it names`, "an anchor cannot hold itself");
      return nothing();
    }
    const size = this.sizes.get(n) ?? 0;
    this.size += size;
    this.expanded += size;
    if (this.expanded > MAX_EXPANDED || this.stop) {
      if (!this.stop) this.report("input/yaml-alias", at, `aliases add more than ${MAX_EXPANDED} values to the document`, "write the values out, or use fewer aliases");
      this.stop = true;
      return nothing();
    }
    if (depth + height(n) > MAX_DEPTH) {
      this.stop = true;
      this.report("input/too-deep", at, TOO_DEEP, TOO_DEEP_HINT);
      return nothing();
    }
    return n;
  }

  /** Nothing begins after what is written before it. */
  private nothing(at: number): Node {
    let start = at;
    while (start > 0 && " \t\r\n".includes(this.text[start - 1]!)) start--;
    return this.make("null", null, start, start);
  }

  private scalar(y: YAMLScalar.Parsed): Node {
    const [start, end] = y.range;
    const text = y.source;
    if (y.type !== "PLAIN") {
      if (y.type === "QUOTE_DOUBLE" && halfPair(this.text.slice(start, end))) throw new SyntaxStop(start);
      return this.make("string", text, start, end);
    }
    if (text === "") return this.nothing(start);
    const n = this.make("null", null, start, end);
    const r = resolve(text);
    n.kind = r.kind;
    n.value = r.value;
    if (!r.finite) this.report("input/number-range", start, `the number "${shorten(text)}" is not finite`, `text stands in quotes; ${NUMBER_RANGE_HINT}`);
    return n;
  }
}

/** Counts the lists and maps on the longest way down from a node. */
function height(n: Node): number {
  let h = 0;
  for (const item of n.items) h = Math.max(h, height(item));
  for (const e of n.entries) h = Math.max(h, height(e.value));
  return n.kind === "list" || n.kind === "map" ? h + 1 : h;
}

/** Whether a double-quoted text holds an escape for half of a surrogate pair, which the Go side's library refuses. */
function halfPair(quotedText: string): boolean {
  const escape = /\\(?:u[dD][89a-fA-F]|U0000[dD][89a-fA-F]|[^])/g;
  for (let m = escape.exec(quotedText); m; m = escape.exec(quotedText)) {
    if (m[0].length > 2) return true;
  }
  return false;
}

/** Gives a plain scalar its kind and value by YAML 1.2's core schema (YAML 1.2.2, 10.3.2). Mirrors document.resolve. */
function resolve(s: string): { kind: NodeKind; value: Scalar; finite: boolean } {
  switch (s) {
    case "":
    case "~":
    case "null":
    case "Null":
    case "NULL":
      return { kind: "null", value: null, finite: true };
    case "true":
    case "True":
    case "TRUE":
      return { kind: "bool", value: true, finite: true };
    case "false":
    case "False":
    case "FALSE":
      return { kind: "bool", value: false, finite: true };
  }
  if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(s)) return { kind: "float", value: 0, finite: false };
  let digits = s;
  if (/^0o[0-7]+$|^0x[0-9a-fA-F]+$/.test(s)) digits = BigInt(s).toString();
  else if (!/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(s)) return { kind: "string", value: s, finite: true };
  const v = decimal(digits);
  return { kind: typeof v === "bigint" ? "int" : "float", value: v ?? 0, finite: v !== null };
}
