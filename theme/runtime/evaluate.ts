// Compiled expressions and how they run: the generated function first, and the
// tree evaluator where that meets an unknown or an error. Mirrors
// internal/lang/expr.go and read.go.

import type { Called } from "./frame";
import { Failure, equal, fail, isNil, inList, known, nameOf, why, work, type Pattern } from "./ops";
import type { Step } from "./steps";
import { evaluateTree, RuntimeError } from "./tree";
import { Dict, FailedValue, Obj, Partial, Unknown, type RecordValue, type Value, type World } from "./value";

const noArgs: readonly (Node | null)[] = [];

/** A node of an analysed expression; internal/lang/node.go says what each op means. All have the same members, so that reading them is quick. */
export class Node {
  /** What evaluates it, once somebody has asked. */
  step: Step | null = null;
  args: readonly (Node | null)[] = noArgs;
  optional = false;
  /** Where the sub-expression stands in its file, 1-based. */
  at: [line: number, column: number] | undefined = undefined;
  /** A constant pattern. */
  re: Pattern | null = null;

  constructor(
    readonly op: string,
    readonly name = "",
    readonly lit: Value = null,
  ) {}
}

/** An expression in both forms. `vars` names the arguments of `run` after the world. */
export interface Expr {
  run: (w: Context, ...args: Value[]) => Value;
  tree: Node;
  vars: string[];
  file: string;
}

/** The compiled model: what expressions can call and read besides the world. */
export interface Library {
  derived: Record<string, Record<string, Expr>>;
  functions: Record<string, Expr>;
  /** Singular names of the kinds, by collection name. */
  one: Record<string, string>;
}

/** A world with its library. */
export interface Context extends World {
  lib: Library;
  /**
   * How often in a row each expression came out open. Of many objects it then mostly does again, and evaluating it the
   * fast way first only takes time. Absent where that way is what is asked for.
   */
  open?: Map<Expr, number>;
  /**
   * The same world, by which one learns what left a result open. Evaluation in a world that has it does not keep track of
   * that: most unknowns of a large topology are counted and never listed. The objects are those of both worlds, so that
   * a derived value that is open must do for both.
   */
  full?: Context;
  /** Absent where each call is to be evaluated. */
  called?: Called;
}

/** How often in a row an expression comes out open before the fast way is left out. */
export const OFTEN = 4;

/** The name under which a derived value's tree knows its object. */
export const SELF = "(self)";

/** The world that mappings see: no collections. */
export function emptyContext(lib: Library): Context {
  return { collections: Object.create(null), declared: Object.create(null), lib };
}

/** What is known of an object's field; derived values are computed here, once. */
export function field(w: Context, o: Obj, name: string): Value {
  const stated = o.fields[name];
  if (stated !== undefined) return stated;
  const x = w.lib.derived[o.kind]?.[name];
  if (x) {
    let v: Value;
    try {
      v = evaluate(x, w, [o]);
      if (w.full !== undefined) v = deferred(v, w.full, x, o);
    } catch (e) {
      if (!(e instanceof RuntimeError)) throw e;
      v = new FailedValue(e) as unknown as Value;
    }
    o.fields[name] = v;
    return v;
  }
  return new Unknown(`"${name}" is not stated`);
}

/** A derived value that is open, so that it is evaluated again where somebody asks what left it open. */
function deferred(v: Value, w: Context, x: Expr, o: Obj): Value {
  if (!isOpen(v)) return v;
  const u = v instanceof Partial ? v.open : (v as Unknown);
  if (u === null) return v;
  let found: Unknown | null = null;
  const later = Unknown.later(u, () => {
    if (found === null) {
      const again = evaluate(x, w, [o]);
      found = (again instanceof Partial ? again.open : again) as Unknown;
    }
    return found;
  });
  return v instanceof Partial ? new Partial(v.items, later) : later;
}

/** Throws the error of a derived value that failed. */
export function unfailed(v: Value): Value {
  if (v !== null && (v as object) instanceof FailedValue) throw (v as unknown as FailedValue).error;
  return v;
}

/** base.name, stopping at an unknown. */
export function get(w: Context, base: Value, name: string): Value {
  if (base instanceof Obj) return known(field(w, base, name));
  if (base instanceof Unknown) throw base;
  if (base instanceof Dict) return base.get(name);
  if (base !== null && typeof base === "object" && !Array.isArray(base) && !(base instanceof Partial)) {
    return Object.hasOwn(base, name) ? known(base[name]!) : null;
  }
  return fail(`${nameOf(base)} has no field ${JSON.stringify(name)}`);
}

export function declared(w: Context, name: string): Value {
  return known(w.declared[name] ?? null);
}

/** `?.`: nil ends the chain. */
export function chain(base: Value, rest: (base: Value) => Value): Value {
  return plain(reach(base, rest));
}

/** The end of a chain: an empty list that is nil becomes plain nil. */
export function plain(v: Value): Value {
  return isNil(v) ? null : v;
}

/** chain before `??`, which takes an empty list that is nil as it is. */
export function reach(base: Value, rest: (base: Value) => Value): Value {
  return isNil(base) ? null : rest(base);
}

/** `??` */
export function coalesce(a: Value, b: () => Value): Value {
  return isNil(a) ? b() : a;
}

/** == where objects or raw resources may be involved. */
export function same(a: Value, b: Value): boolean {
  if (a instanceof Obj && b instanceof Obj) {
    if (a === b) return true;
    if (a.unresolved) throw a.unresolved;
    if (b.unresolved) throw b.unresolved;
    return false;
  }
  const u = unknownInside(a, 0) ?? unknownInside(b, 0);
  if (u) throw u;
  return equal(a, b);
}

function unknownInside(v: Value, depth: number): Unknown | null {
  if (depth > 1000) return new Unknown("nested too deeply to compare");
  if (v === null || typeof v !== "object" || v instanceof Obj) return null;
  if (v instanceof Unknown) return v;
  if (v instanceof Partial) return why(v);
  if (v instanceof Dict) return null;
  const inner = Array.isArray(v) ? v : sortedKeys(v).map((k) => v[k]!);
  for (const x of inner) {
    const u = unknownInside(x, depth + 1);
    if (u) return u;
  }
  return null;
}

/** The keys of a record in the order Go sorts them. */
export function sortedKeys(v: RecordValue): string[] {
  return Object.keys(v).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `x in list` where objects or unknowns may be involved. A match decides. */
export function within(x: Value, list: Value): boolean {
  if (!Array.isArray(list)) return inList(x, list);
  let open: Unknown | null = null;
  for (const item of list) {
    try {
      if (same(item, x)) return true;
    } catch (e) {
      if (!(e instanceof Unknown)) throw e;
      open = e;
    }
  }
  if (open) throw open;
  return false;
}

/** unknown("reason") */
export function open(reason: Value): never {
  if (typeof reason !== "string") return fail(`"unknown" takes text, not ${nameOf(reason)}`);
  throw new Unknown(reason);
}

/**
 * Evaluates an expression: a known value, an Unknown with its `missing` filled,
 * or a Partial. Throws RuntimeError where the expression fails on known values.
 */
export function evaluate(x: Expr, w: Context, args: Value[]): Value {
  work.steps = 0;
  const open = w.open?.get(x) ?? 0;
  if (open >= OFTEN) {
    const v = evaluateTree(x, w, args);
    if (!isOpen(v)) w.open!.delete(x);
    return v;
  }
  try {
    const v = args.length === 1 ? x.run(w, args[0]!) : args.length === 3 ? x.run(w, args[0]!, args[1]!, args[2]!) : x.run(w, ...args);
    if (open > 0) w.open!.delete(x);
    return v;
  } catch (e) {
    if (!(e instanceof Unknown) && !(e instanceof Failure) && !(e instanceof RuntimeError)) throw e;
    const v = evaluateTree(x, w, args);
    if (!isOpen(v)) {
      if (!(e instanceof Unknown)) throw new RuntimeError(e.message, x.file, x.tree.at);
      w.open?.delete(x);
    } else {
      w.open?.set(x, open + 1);
    }
    return v;
  }
}

export function isOpen(v: Value): boolean {
  return v instanceof Unknown || v instanceof Partial;
}

/** Evaluates an expression of a mapping over an empty context; what fails or stays open is an Unknown. */
export function evaluateMapping(x: Expr, w: Context, resource: Value, item: Value, index: number): Value {
  let v: Value;
  try {
    v = evaluate(x, w, [resource, item, index === 0 ? 0n : BigInt(index)]);
  } catch (e) {
    if (!(e instanceof RuntimeError)) throw e;
    return new Unknown(`the input has an unexpected shape: ${e.message}`);
  }
  if (v instanceof Unknown) return new Unknown(v.reason, v.text, v.expr);
  if (v instanceof Partial && v.open) return new Partial(v.items, new Unknown(v.open.reason));
  return v;
}
