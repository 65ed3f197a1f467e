// What an evaluation has at hand: values with their paths, and what expressions can
// name. Mirrors the frames of internal/lang/tree.go.

import type { Expr } from "./evaluate";
import type { Value } from "./value";

/** A value and the path it was read from, "" where it was computed. */
export interface Val {
  v: Value;
  path: string;
}

/** What an expression can name: variables, and the element that a closure is about. */
export class Frame {
  constructor(
    readonly names: readonly string[],
    readonly vals: readonly Val[],
    readonly up: Frame | null,
    readonly elem: Val | null,
    readonly i: number,
    readonly acc: Val,
  ) {}
}

export const value = (v: Value, path = ""): Val => ({ v, path });
export const nothing = value(null);
const noNames: readonly string[] = [];
const noVals: readonly Val[] = [];

/** The frame of a closure that is about an element. */
export function about(elem: Val, i: number, acc: Val, up: Frame): Frame {
  return new Frame(noNames, noVals, up, elem, i, acc);
}

/** What functions gave for the object that they were called with last: rules about one object call the same ones. */
export class Called {
  private of: Val = nothing;
  private results = new Map<Expr, Val>();

  get(fn: Expr, of: Val): Val | undefined {
    return this.isOf(of) ? this.results.get(fn) : undefined;
  }

  set(fn: Expr, of: Val, r: Val): void {
    if (!this.isOf(of)) {
      this.of = of;
      this.results.clear();
    }
    this.results.set(fn, r);
  }

  /** The path is part of what an unknown says. */
  private isOf(of: Val): boolean {
    return this.of.v === of.v && this.of.path === of.path;
  }
}

/** The variables of an expression. */
export function variables(names: readonly string[], vals: readonly Val[], up: Frame | null = null): Frame {
  return new Frame(names, vals, up, null, 0, nothing);
}

export function lookup(f: Frame | null, name: string): Val {
  for (; f !== null; f = f.up) {
    const { names } = f;
    for (let i = 0; i < names.length; i++) if (names[i] === name) return f.vals[i]!;
  }
  return nothing;
}

/** The frame of the innermost closure. */
export function closure(f: Frame): Frame {
  let at: Frame | null = f;
  while (at !== null && at.elem === null) at = at.up;
  return at!;
}
