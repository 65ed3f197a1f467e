// Text that is resolved in part. Mirrors internal/topology/unresolved.go.
//
// Such a text is an Unknown. Its expr is literal text with each unresolved piece
// in braces, {parameters('x')}; a literal brace is doubled. Its text is what
// people see, each piece as <x>. Both have the same literal text.

import { normalID } from "./link";
import { Unknown, type Value } from "./value";

/** The text of a piece that has no name of its own. */
export const UNRESOLVED = "<u>";

/** An unknown that is one unresolved piece. expr goes into braces and must not hold unbalanced ones; quoteExpr sees to that. */
export function piece(reason: string, text: string, expr: string): Unknown {
  return bounded(new Unknown(reason, text, `{${expr}}`));
}

const MAX_EXPR = 1 << 14;

/** Replaces an expr that is too long by its hash, which is as good for telling it from others. */
export function bounded(u: Unknown): Unknown {
  if (u.expr.length <= MAX_EXPR && u.text.length <= MAX_EXPR) return u;
  return new Unknown(u.reason, UNRESOLVED, `{#${hash(u.expr)}}`);
}

/** Two mixed 32-bit hashes. */
function hash(s: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x85ebca6b) ^ (a >>> 13);
  }
  return `${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}`;
}

/** Known text as part of an expr. */
export function literalExpr(s: string): string {
  return s.includes("{") || s.includes("}") ? s.replace(/[{}]/g, "$&$&") : s;
}

const QUOTED: Record<string, string> = { "\\": "\\\\", "'": "''", "{": "\\u007b", "}": "\\u007d" };

/** A known text inside a piece, as an argument. */
export function quoteExpr(s: string): string {
  return `'${s.replace(/[\\'{}]/g, (c) => QUOTED[c]!)}'`;
}

/** Concatenates texts that may be unresolved. The result is a string where all are. */
export function joinText(...parts: Value[]): string | Unknown {
  let text = "";
  let expr = "";
  let reason = "";
  let known = true;
  let placed = false;
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      expr += literalExpr(part);
    } else if (part instanceof Unknown) {
      const p = part.expr === "" ? piece(part.reason, UNRESOLVED, "?") : part;
      // The fixed scope of a deployment is the last reason to name.
      const fixed = typeof settled(p) === "string";
      if (known || (placed && !fixed)) {
        reason = p.reason;
        placed = fixed;
      }
      known = false;
      text += p.text;
      expr += p.expr;
    }
  }
  return known ? text : bounded(new Unknown(reason, text, expr));
}

export interface Piece {
  text: string;
  unresolved: boolean;
}

/** Cuts an expr into literal texts (braces undoubled) and unresolved pieces (braces kept), in order. */
export function exprPieces(expr: string): Piece[] {
  const out: Piece[] = [];
  let literal = "";
  for (let i = 0; i < expr.length; i++) {
    const c = expr[i]!;
    if ((c === "{" || c === "}") && expr[i + 1] === c) {
      literal += c;
      i++;
      continue;
    }
    if (c !== "{") {
      literal += c;
      continue;
    }
    if (literal !== "") out.push({ text: literal, unresolved: false });
    literal = "";
    const start = i;
    let depth = 0;
    for (; i < expr.length; i++) {
      if (expr[i] === "{") depth++;
      else if (expr[i] === "}" && --depth === 0) break;
    }
    out.push({ text: expr.slice(start, i + 1), unresolved: true });
  }
  if (literal !== "") out.push({ text: literal, unresolved: false });
  return out;
}

/** What stands between the braces of an expr that is a single unresolved piece, else null. */
export function onlyPiece(expr: string): string | null {
  const parts = exprPieces(expr);
  return parts.length === 1 && parts[0]!.unresolved ? expr.slice(1, -1) : null;
}

/** The known text that an unresolved one begins with. */
export function literalPrefix(u: Unknown): string {
  const first = exprPieces(u.expr)[0];
  return first === undefined || first.unresolved ? "" : first.text;
}

/** The known string of a text whose expr has no unresolved piece, such as the scope of the deployment itself; else the value as it is. */
export function settled(v: Value): Value {
  if (!(v instanceof Unknown) || v.expr === "") return v;
  if (!/[{}]/.test(v.expr)) return v.expr;
  const parts = exprPieces(v.expr);
  return parts.length === 1 && !parts[0]!.unresolved ? parts[0]!.text : v;
}

/** Cuts a text at its slashes; those inside unresolved pieces do not count. Null for what is no text. */
export function textSegments(v: Value): Value[] | null {
  if (typeof v === "string") return v.split("/");
  return v instanceof Unknown ? unresolvedSegments(v) : null;
}

export function unresolvedSegments(u: Unknown): Value[] | null {
  const texts = u.text.split("/");
  const exprs = [""];
  const unknown = [false];
  for (const p of exprPieces(u.expr)) {
    if (p.unresolved) {
      exprs[exprs.length - 1] += p.text;
      unknown[unknown.length - 1] = true;
      continue;
    }
    p.text.split("/").forEach((segment, j) => {
      if (j > 0) {
        exprs.push("");
        unknown.push(false);
      }
      exprs[exprs.length - 1] += literalExpr(segment);
    });
  }
  if (texts.length !== exprs.length || u.expr === "") return null;
  return texts.map((text, i) => (unknown[i] ? new Unknown(u.reason, text, exprs[i]!) : text));
}

/** The inverse of textSegments. */
export function joinSegments(segments: Value[]): string | Unknown {
  return joinText(...segments.flatMap((s, i) => (i > 0 ? ["/", s] : [s])));
}

/** What people see of a text. */
export function shown(v: Value): string {
  if (typeof v === "string") return v;
  return v instanceof Unknown && v.text !== "" ? v.text : UNRESOLVED;
}

/** The key under which a name or id is found, or null where it has none. */
export function identityOf(v: Value | undefined): string | null {
  if (typeof v === "string") return normalID(literalExpr(v));
  if (v instanceof Unknown && v.expr !== "") return normalID(v.expr);
  return null;
}
