// Evaluates expressions over values that may be unknown; steps.ts says how each node of one. Mirrors
// internal/lang/tree.go; see there for the reasoning.

import type { Recorder } from "./explainer";
import { SELF, unfailed, type Context, type Expr, type Node } from "./evaluate";
import { value, variables, type Frame, type Val } from "./frame";
import { nameOf, why } from "./ops";
import { stepOf } from "./steps";
import { Obj, Partial, Unknown, type Value } from "./value";

/** A failure of an expression on known values: its author's bug, with its place. */
export class RuntimeError {
  constructor(readonly message: string, readonly file: string, readonly at?: [number, number]) {}
}

/** Whether a value is known, and nothing in it is open. */
export function isWhole(v: Value): boolean {
  return v === null || typeof v !== "object" || v instanceof Obj;
}

/** What an operator gives for an operand that is not known: not the operand itself, so that it does not compare as the same. */
export function unnamed(u: Unknown): Unknown {
  return u.expr === "" && u.text === "" ? u : Unknown.of(u);
}

/** Merges unknowns; null ones are skipped. */
export function both(a: Unknown | null, b: Unknown | null): Unknown | null {
  if (a === null) return b;
  if (b === null) return a;
  return Unknown.both(a, b);
}

/** The unknown that a result is when a whole value is asked for, or null. */
export function openOf({ v, path }: Val): Unknown | null {
  if (v === null || typeof v !== "object") return null;
  if (v instanceof Unknown) return v;
  if (!(v instanceof Partial)) return null;
  const u = why(v);
  return u.named ? u : Unknown.read(u, "", path);
}

/** Why a result is not known as a whole, or null. */
export function openValue(v: Value): Unknown | null {
  return openOf(value(v));
}

export const notBool = (what: string, v: Value) => `${what} is true or false, not ${nameOf(v)}`;

export function evaluateTree(x: Expr, w: Context, args: Value[]): Value {
  return new Tree(w, x.file).eval(x.tree, bind(x, args)).v;
}

/** The variables of an expression with their paths. */
export function bind(x: Expr, args: Value[]): Frame {
  return variables(x.vars, x.vars.map((name, i) => value(args[i]!, name === SELF ? "" : name)));
}

export class Tree {
  /** Where the evaluation explains itself, or null. */
  rec: Recorder | null = null;
  /** Nobody asks for paths. */
  readonly brief: boolean;

  constructor(readonly w: Context, readonly file: string) {
    this.brief = w.full !== undefined;
  }

  /** Gives an unknown that has not been read by a path yet its path. */
  named(u: Unknown, path: string): Unknown {
    return this.brief || u.named ? u : Unknown.read(u, "", path);
  }

  /** Merges unknowns; null ones are skipped. */
  both(a: Unknown | null, b: Unknown | null): Unknown | null {
    return this.brief && a !== null && b !== null ? unnamed(a) : both(a, b);
  }

  openOf(r: Val): Unknown | null {
    return !this.brief ? openOf(r) : r.v instanceof Unknown ? r.v : r.v instanceof Partial ? why(r.v) : null;
  }

  fail(n: Node, message: string): never {
    throw new RuntimeError(message, this.file, n.at);
  }

  /** Evaluates n; a run-time error of the expression comes back as a value. */
  attempt(n: Node, f: Frame): Val | RuntimeError {
    try {
      return this.eval(n, f);
    } catch (e) {
      if (e instanceof RuntimeError) return e;
      throw e;
    }
  }

  /** eval without what an explanation adds to it. */
  node(n: Node, f: Frame): Val {
    return this.eval(n, f);
  }

  eval(n: Node, f: Frame): Val {
    return (n.step ?? stepOf(n))(this, n, f);
  }

  read(v: Value, base: string, path: string): Val {
    if (isWhole(v)) return value(v, path);
    v = unfailed(v);
    if (this.brief) return value(v);
    if (v instanceof Unknown && (!v.named || base !== "")) return value(Unknown.read(v, base, path), path);
    if (v instanceof Partial && v.open) return value(new Partial(v.items, Unknown.read(v.open, base, path)), path);
    return value(v, path);
  }
}
