// Template expressions, "[concat('a', parameters('b').c)]". Mirrors internal/topology/armexpr.go.

import { quoted, type Node } from "./document";

export type ArmExpr = {
  /** As written, brackets excluded. */
  text: string;
  /** Offset in the text that was parsed. */
  from: number;
  /** The string that holds the expression, and how many characters of it the parser was not given; the reader sets them. */
  node: Node | null;
  shift: number;
  args: ArmExpr[];
} & ({ op: "lit"; lit: string | bigint | number } | { op: "call"; name: string } | { op: "get"; name: string } | { op: "at" });

export interface ArmError {
  at: number;
  message: string;
  hint: string;
}

/** How deep calls may stand inside each other. */
export const MAX_NESTING = 200;

/** Whether the template language reads a string as an expression; "[[" is the escape for a text that starts with a bracket. */
export function isArmExpression(s: string): boolean {
  return s.length >= 2 && s.startsWith("[") && s.endsWith("]") && !s.startsWith("[[");
}

/** Thrown inside the parser alone. */
class Stop {
  constructor(readonly error: ArmError) {}
}

/** Parses the value of a string that starts with "[" and ends with "]". */
export function parseArm(value: string): { expr: ArmExpr | null; error: ArmError | null } {
  try {
    return { expr: new Parser(value).all(), error: null };
  } catch (e) {
    if (e instanceof Stop) return { expr: null, error: e.error };
    throw e;
  }
}

class Parser {
  private i = 1;
  private readonly end: number;
  private depth = 0;

  constructor(private readonly text: string) {
    this.end = text.length - 1;
  }

  all(): ArmExpr {
    const e = this.expression();
    this.space();
    if (this.i < this.end) {
      this.fail(this.i, `unexpected ${quoted(this.rest())} after the end of the expression`, "an expression is one function call, with properties and indexes behind it");
    }
    return e;
  }

  private fail(at: number, message: string, hint: string): never {
    throw new Stop({ at, message, hint });
  }

  private space(): void {
    while (this.i < this.end && " \t\r\n".includes(this.text[this.i]!)) this.i++;
  }

  /** The next character after white space, or "" at the end. */
  private peek(): string {
    this.space();
    return this.i >= this.end ? "" : this.text[this.i]!;
  }

  /** The next character, for messages. */
  private rest(): string {
    return String.fromCodePoint(this.text.codePointAt(this.i)!);
  }

  private expect(c: string, what: string): void {
    const found = this.peek();
    if (found === c) {
      this.i++;
      return;
    }
    const hint = `expected ${quoted(c)} ${what}`;
    if (found === "") this.fail(this.end, "the expression ends too early", hint);
    this.fail(this.i, `unexpected ${quoted(this.rest())}`, hint);
  }

  /** A primary with properties and indexes behind it. */
  private expression(): ArmExpr {
    if (++this.depth > MAX_NESTING) this.fail(this.i, "the expression is nested too deeply", `at most ${MAX_NESTING} levels are read`);
    let e = this.primary();
    for (let parts = 0; ; parts++) {
      if (parts > MAX_NESTING) this.fail(this.i, "the expression is nested too deeply", `at most ${MAX_NESTING} levels are read`);
      const c = this.peek();
      if (c === ".") {
        this.i++;
        this.space();
        const name = this.identifier();
        if (name === "") {
          const hint = 'expected the name of a property after "."';
          if (this.i >= this.end) this.fail(this.end, "the expression ends too early", hint);
          this.fail(this.i, `unexpected ${quoted(this.rest())}`, hint);
        }
        e = { op: "get", name, args: [e], text: this.text.slice(e.from, this.i), from: e.from, node: null, shift: 0 };
      } else if (c === "[") {
        this.i++;
        const index = this.expression();
        this.expect("]", "after the index");
        e = { op: "at", args: [e, index], text: this.text.slice(e.from, this.i), from: e.from, node: null, shift: 0 };
      } else {
        this.depth--;
        return e;
      }
    }
  }

  private primary(): ArmExpr {
    const c = this.peek();
    const from = this.i;
    if (c === "") this.fail(this.end, "the expression ends too early", "expected a function call, a string or a number");
    if (c === "'") return this.str();
    if (/[0-9+-]/.test(c)) return this.number();
    let name = this.identifier();
    if (name === "") this.fail(from, `unexpected ${quoted(this.rest())}`, "expected a function call, a string in single quotes or a number");
    const first = name;
    if (this.peek() === ".") {
      this.i++;
      this.space();
      const member = this.identifier();
      if (member === "" || this.peek() !== "(") {
        this.fail(from, `${quoted(first)} is not a function call`, `write parameters('${first}') or variables('${first}')`);
      }
      name += `.${member}`;
    }
    if (this.peek() !== "(") {
      this.fail(from, `${quoted(name)} is not a function call`, `write parameters('${name}') or variables('${name}'), or put a text in single quotes`);
    }
    this.i++;
    const args = this.arguments();
    return { op: "call", name, args, text: this.text.slice(from, this.i), from, node: null, shift: 0 };
  }

  /** Up to and with the closing parenthesis. */
  private arguments(): ArmExpr[] {
    const args: ArmExpr[] = [];
    if (this.peek() === ")") {
      this.i++;
      return args;
    }
    for (;;) {
      args.push(this.expression());
      if (this.peek() === ",") {
        this.i++;
        continue;
      }
      this.expect(")", "after the arguments");
      return args;
    }
  }

  private str(): ArmExpr {
    const from = this.i;
    let lit = "";
    for (this.i++; this.i < this.end; this.i++) {
      if (this.text[this.i] !== "'") {
        lit += this.text[this.i];
        continue;
      }
      if (this.i + 1 < this.end && this.text[this.i + 1] === "'") {
        lit += "'"; // '' is a quote
        this.i++;
        continue;
      }
      this.i++;
      return { op: "lit", lit, args: [], text: this.text.slice(from, this.i), from, node: null, shift: 0 };
    }
    return this.fail(from, "the string that starts here has no closing quote", "end it with a single quote; a quote inside it is written twice");
  }

  private number(): ArmExpr {
    const from = this.i;
    if (/[+-]/.test(this.text[this.i]!)) this.i++;
    const digits = this.i;
    while (this.i < this.end && /[0-9.]/.test(this.text[this.i]!)) this.i++;
    const text = this.text.slice(from, this.i).replace(/^\+/, "");
    if (this.i === digits) this.fail(from, `unexpected ${quoted(this.text.slice(from, this.i))}`, "expected a number after the sign");
    const lit = armNumber(text);
    if (lit === null) return this.fail(from, `${quoted(text)} is not a number`, "");
    return { op: "lit", lit, args: [], text: this.text.slice(from, this.i), from, node: null, shift: 0 };
  }

  private identifier(): string {
    const from = this.i;
    while (this.i < this.end && (this.i === from ? /[A-Za-z_]/ : /[A-Za-z_0-9]/).test(this.text[this.i]!)) this.i++;
    return this.text.slice(from, this.i);
  }
}

/** A decimal number: a bigint where it fits an int, else a number; null for anything else. */
export function armNumber(text: string): bigint | number | null {
  if (/^[+-]?\d+$/.test(text)) {
    if (text.length > 25) return finite(Number(text));
    const v = BigInt(text.replace(/^\+/, ""));
    if (v >= -(2n ** 63n) && v < 2n ** 63n) return v;
  } else if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) || text.endsWith(".")) {
    return null;
  }
  return finite(Number(text));
}

function finite(f: number): number | null {
  return Number.isFinite(f) ? f : null;
}

/**
 * Where an offset of a string's value stands in the source. Of a string in double quotes the raw text is walked beside the
 * value, because an escape is longer than what it stands for.
 */
export function armOffset(n: Node, offset: number): number {
  const raw = n.source.text.slice(n.start, n.end);
  let at = Math.min(offset, raw.length);
  if (raw.startsWith('"')) {
    at = 1;
    for (let value = 0; value < offset && at < raw.length; value++) {
      if (raw[at] !== "\\" || at + 1 >= raw.length) at++;
      else at += /^\\u[0-9a-fA-F]{4}/.test(raw.slice(at, at + 6)) ? 6 : 2;
    }
  }
  return n.start + Math.min(at, raw.length);
}

/** The place of the expression's first character. */
export function exprOffset(e: ArmExpr): number {
  return e.node === null ? 0 : armOffset(e.node, e.from + e.shift);
}

/** Tells, in an expr, an expression from any other by where it stands. */
export function positionExpr(n: Node | null, offset: number): string {
  if (n === null) return "";
  const { line, column } = n.source.position(offset);
  return `@${line}:${column}`;
}
