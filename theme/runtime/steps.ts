// How each node of an expression is evaluated over values that may be unknown. Mirrors
// internal/lang/tree.go function by function; see there for the reasoning.

import { builtins, elements } from "./builtins";
import { OFTEN, SELF, field, isOpen, same, type Expr, type Node } from "./evaluate";
import { closure, lookup, nothing, value, variables, type Frame, type Val } from "./frame";
import { Loop } from "./loop";
import * as ops from "./ops";
import { Failure, isNil, known, nameOf, why } from "./ops";
import { collectionPath, comparedPath, objectPath } from "./path";
import { pure } from "./pure";
import { isWhole, notBool, RuntimeError, Tree, unnamed } from "./tree";
import { Dict, NO_ELEMENT, Obj, Partial, Unknown, type Value } from "./value";

/** How a node is evaluated. */
export type Step = (t: Tree, n: Node, f: Frame) => Val;

/** What evaluates nodes, by op. Each is a function of its own: engines make small ones fast, and keep them so. */
const steps: Record<string, Step> = {
  lit: (_, n) => value(n.lit),
  var: (t, n, f) => {
    const r = lookup(f, n.name);
    return isWhole(r.v) ? r : t.read(r.v, "", r.path);
  },
  coll: (t, n) => t.read(t.w.collections[n.name] ?? null, "", n.name),
  decl: (t, n) => t.read(t.w.declared[n.name] ?? null, "", "declared." + n.name),
  ptr: (t, n, f) => {
    const elem = closure(f).elem!;
    if ((elem.v as unknown) === NO_ELEMENT) return t.fail(n, "a map has no elements");
    return isWhole(elem.v) ? elem : t.read(elem.v, "", elem.path);
  },
  index: (_, __, f) => value(BigInt(closure(f).i)),
  acc: (_, __, f) => closure(f).acc,
  get: (t, n, f) => step(t, n, f) ?? nothing,
  at: (t, n, f) => step(t, n, f) ?? nothing,
  chain: (t, n, f) => {
    const r = step(t, n.args[0]!, f);
    return r === null || (!n.optional && isNil(r.v)) ? nothing : r;
  },
  and: connective,
  or: connective,
  else: (t, n, f) => {
    const l = t.eval(n.args[0]!, f);
    return isNil(l.v) ? t.eval(n.args[1]!, f) : l;
  },
  cond,
  let: (t, n, f) => t.eval(n.args[1]!, variables([n.name], [t.eval(n.args[0]!, f)], f)),
  seq: (t, n, f) => {
    let r = nothing;
    for (const a of n.args) r = t.eval(a!, f);
    return r;
  },
  loop,
  func,
  open: (t, n, f) => {
    const r = t.eval(n.args[0]!, f);
    if (t.openOf(r)) return r;
    if (typeof r.v !== "string") return t.fail(n, `"unknown" takes text, not ${nameOf(r.v)}`);
    const u = new Unknown(r.v);
    u.missing = [{ path: "unknown", reason: r.v }];
    return value(u);
  },
  bin: binary,
};

/** Finds what evaluates a node, and keeps it there. */
export function stepOf(n: Node): Step {
  const ofLists = n.op === "call" && (n.name === "flatten" || n.name === "concat" || n.name === "uniq");
  return (n.step = ofLists ? lists : (steps[n.op] ?? (n.args.length === 1 ? unary : strict)));
}

/** Evaluates a read; null where `?.` ended the chain. */
function step(t: Tree, n: Node, f: Frame): Val | null {
  if (n.op !== "get" && n.op !== "at") return t.eval(n, f);
  const from = n.args[0]!;
  const base = from.op === "get" || from.op === "at" ? step(t, from, f) : t.eval(from, f);
  if (base === null) return null;
  const b = base.v;
  if (b instanceof Unknown) {
    // What is read from it is another value: it has neither its text nor its identity.
    return value(Unknown.of(b));
  }
  if (n.optional && isNil(b)) {
    t.rec?.step(from, base);
    return null;
  }
  if (n.op === "at") return element(t, n, base, f);
  if (b instanceof Obj) {
    if (t.brief) return t.read(field(t.w, b, n.name), "", "");
    const self = from.op === "var" && from.name === SELF;
    const p = self ? "" : base.path || objectPath(b);
    const r = t.read(field(t.w, b, n.name), p, p + "." + n.name);
    t.rec?.derived(t.w, n, b, r);
    return r;
  }
  if (b instanceof Dict) return value(b.get(n.name));
  if (b !== null && typeof b === "object" && !Array.isArray(b) && !(b instanceof Partial)) {
    const v = Object.hasOwn(b, n.name) ? b[n.name]! : null;
    return t.read(v, "", collectionPath(base.path, n.name));
  }
  return t.fail(n, `${nameOf(b)} has no field ${JSON.stringify(n.name)}`);
}

function element(t: Tree, n: Node, base: Val, f: Frame): Val {
  const i = t.eval(n.args[1]!, f);
  const u = t.both(t.openOf(base), t.openOf(i));
  if (u) return value(u);
  const path = base.path === "" ? "" : `${base.path}[${typeof i.v === "object" ? "<nil>" : String(i.v)}]`;
  try {
    return value(known(ops.at(base.v, i.v)), path);
  } catch (e) {
    if (e instanceof Unknown) return value(t.named(e, path), path);
    if (e instanceof Failure) return t.fail(n, e.message);
    throw e;
  }
}

/** `and` and `or`, of which one value decides alone. */
function connective(t: Tree, n: Node, f: Frame): Val {
  const decisive = n.op === "or";
  const left = n.args[0]!;
  const right = n.args[1]!;
  const l = t.eval(left, f);
  const lu = t.openOf(l);
  if (lu === null) {
    if (typeof l.v !== "boolean") return t.fail(left, notBool(`each side of "${n.op}"`, l.v));
    return l.v === decisive ? value(decisive) : t.eval(right, f);
  }
  const r = t.attempt(right, f);
  if (r instanceof RuntimeError) return value(lu);
  if (r.v === decisive) return value(decisive);
  return value(t.both(lu, t.openOf(r)));
}

function cond(t: Tree, n: Node, f: Frame): Val {
  const test = n.args[0]!;
  const yes = n.args[1]!;
  const no = n.args[2]!;
  const c = t.eval(test, f);
  const cu = t.openOf(c);
  if (cu === null) {
    if (typeof c.v !== "boolean") return t.fail(test, notBool("a condition", c.v));
    return t.eval(c.v ? yes : no, f);
  }
  const x = t.attempt(yes, f);
  const y = t.attempt(no, f);
  if (x instanceof RuntimeError || y instanceof RuntimeError) return value(unnamed(cu));
  const xu = t.openOf(x);
  const yu = t.openOf(y);
  if (xu === null && yu === null && x.v === y.v && (x.v === null || typeof x.v !== "object" || x.v instanceof Obj)) return value(x.v, x.path);
  return value(unnamed(t.both(t.both(cu, xu), yu)!));
}

function func(t: Tree, n: Node, f: Frame): Val {
  const fn = t.w.lib.functions[n.name]!;
  const vals: Val[] = [];
  const args: Value[] = [];
  let known = true;
  for (let i = 0; i < fn.vars.length; i++) {
    const a = t.eval(n.args[i]!, f);
    const computed = a.path === "" && !(a.v instanceof Unknown) && !(a.v instanceof Obj);
    vals.push(value(a.v, computed ? fn.vars[i]! : a.path));
    args.push(a.v);
    known &&= !(a.v instanceof Unknown) && !(a.v instanceof Partial);
  }
  const inside = variables(fn.vars, vals);
  t.rec?.func(t.w, n.name, fn, inside);
  const { open, called } = t.w;
  const memo = called !== undefined && t.rec === null && args.length === 1 && args[0] instanceof Obj;
  if (memo) {
    const r = called.get(fn, vals[0]!);
    if (r !== undefined) return r;
  }
  const times = open?.get(fn) ?? 0;
  if (known && times < OFTEN) {
    const r = quick(t, fn, args);
    if (r !== null) return r;
  }
  const r = new Tree(t.w, fn.file).eval(fn.tree, inside);
  if (known) isOpen(r.v) ? open?.set(fn, times + 1) : open?.delete(fn);
  if (memo) called.set(fn, vals[0]!, r);
  return r;
}

/**
 * What the generated function gives, which is the quicker way where that is a
 * scalar: such a value has no path that a later read could need. Else null.
 */
function quick(t: Tree, fn: Expr, args: Value[]): Val | null {
  try {
    const v = fn.run(t.w, ...args);
    return v === null || typeof v !== "object" ? value(v) : null;
  } catch (e) {
    if (e instanceof Unknown || e instanceof Failure || e instanceof RuntimeError) return null;
    throw e;
  }
}

/** Evaluates every operand and, if all are known, runs the operator. */
function strict(t: Tree, n: Node, f: Frame): Val {
  const vals: Value[] = [];
  let u: Unknown | null = null;
  try {
    for (let i = 0; i < n.args.length; i++) {
      const a = n.args[i]!;
      if (a === null) {
        vals.push(undefined as unknown as Value);
        continue;
      }
      const r = t.eval(a, f);
      vals.push(r.v);
      if (!isWhole(r.v)) u = t.both(u, t.openOf(r));
    }
  } catch (e) {
    if (u && e instanceof RuntimeError) return value(unnamed(u));
    throw e;
  }
  return u ? value(unnamed(u)) : apply(t, n, vals);
}

/** strict for a single operand. */
function unary(t: Tree, n: Node, f: Frame): Val {
  const r = t.eval(n.args[0]!, f);
  const u = isWhole(r.v) ? null : t.openOf(r);
  return u !== null ? value(unnamed(u)) : apply(t, n, [r.v]);
}

/** strict for an operator between two operands. */
function binary(t: Tree, n: Node, f: Frame): Val {
  const l = t.eval(n.args[0]!, f);
  let u = isWhole(l.v) ? null : t.openOf(l);
  const r = u === null ? t.eval(n.args[1]!, f) : t.attempt(n.args[1]!, f);
  if (r instanceof RuntimeError) return value(unnamed(u!));
  const inside = n.name === "in" && r.v instanceof Partial ? r.v : null;
  if (!isWhole(r.v) && inside === null) u = t.both(u, t.openOf(r));
  if (u !== null) return overText(t, n, l, r) ?? value(unnamed(u));
  return inside !== null ? inPartial(t, l.v, inside, r.path) : apply(t, n, [l.v, r.v]);
}

/** What can be said of texts that are known in part. */
function overText(t: Tree, n: Node, l: Val, r: Val): Val | null {
  const lu = l.v instanceof Unknown ? l.v : null;
  const ru = r.v instanceof Unknown ? r.v : null;
  if (n.name === "==" || n.name === "!=") {
    if (lu && ru && lu.expr !== "" && lu.expr === ru.expr) return value(n.name === "==");
  } else if (n.name === "+" && (lu || ru)) {
    const a = textParts(l.v);
    const b = textParts(r.v);
    if (a && b) {
      const merged = t.both(lu, ru)!;
      return value(Unknown.of(merged, a[0] + b[0], a[1] + b[1]));
    }
  }
  return null;
}

function inPartial(t: Tree, x: Value, list: Partial, path: string): Val {
  let u: Unknown | null = null;
  for (const item of list.items) {
    const is = attemptSame(item, x);
    if (is instanceof Unknown) u = t.both(u, t.named(is, path));
    else if (is && item instanceof Obj && item.exists) u = t.both(u, t.named(item.exists, path));
    else if (is) return value(true);
  }
  if (list.open) u = t.both(u, t.named(list.open, path));
  return value(u ? unnamed(u) : false);
}

/** Runs the operator of n on known operands. */
function apply(t: Tree, n: Node, v: Value[]): Val {
  try {
    switch (n.op) {
      case "not": return value(ops.not(v[0]!));
      case "neg": return value(ops.negate(v[0]!));
      case "pos": return value(ops.positive(v[0]!));
      case "slice": return value(ops.slice(v[0]!, v[1]!, v[2]!));
      case "list": return value(v);
      case "map": return value(ops.mapOf(v));
      case "call": {
        const f = (pure[n.name] ?? builtins[n.name])!;
        return value(v.length === 1 ? f(v[0]!) : f(...v));
      }
      case "bin":
        if (n.name === "==" || n.name === "!=" || n.name === "in") return identity(t, n, v[0]!, v[1]!);
        if (n.name === "matches") return value(ops.matches(v[0]!, n.re!));
        return value(ops.binary[n.name]!(v[0]!, v[1]!));
    }
  } catch (e) {
    if (e instanceof Unknown) return value(unnamed(t.named(e, comparedPath(n))));
    if (e instanceof Failure) return t.fail(n, e.message);
    throw e;
  }
  return t.fail(n, `this "${n.op}" failed`);
}

/** Comparisons, which an object whose identity is open leaves open. */
function identity(t: Tree, n: Node, a: Value, b: Value): Val {
  if (n.name === "in") {
    if (!Array.isArray(b)) return value(ops.binary.in!(a, b));
    let u: Unknown | null = null;
    for (const item of b) {
      const is = attemptSame(item, a);
      if (is === true) return value(true);
      if (is instanceof Unknown) u = is;
    }
    return value(u ? unnamed(t.named(u, comparedPath(n))) : false);
  }
  const is = attemptSame(a, b);
  if (is instanceof Unknown) return value(unnamed(t.named(is, comparedPath(n))));
  return value(is !== (n.name === "!="));
}

function loop(t: Tree, n: Node, f: Frame): Val {
  const list = t.eval(n.args[0]!, f);
  if (list.v instanceof Unknown) return list;
  const l = start(t, n, f, list);
  switch (n.name) {
    case "any": return l.quantifier(true, true);
    case "none": {
      const r = l.quantifier(true, true);
      return typeof r.v === "boolean" ? value(!r.v) : r;
    }
    case "all": return l.quantifier(false, false);
    case "one": return l.one();
    case "filter": return l.filter();
    case "map": return l.mapped(false);
    case "find":
    case "findIndex": return l.find();
    case "reduce": return l.reduce();
  }
  return l.whole();
}

function start(t: Tree, n: Node, f: Frame, list: Val): Loop {
  let elems: Value[];
  try {
    elems = list.v instanceof Partial ? list.v.items : elements(n.name, list.v);
  } catch (e) {
    if (e instanceof Failure) return t.fail(n, e.message);
    throw e;
  }
  const partial = list.v instanceof Partial;
  const more = list.v instanceof Partial && list.v.open ? t.named(list.v.open, list.path) : null;
  return new Loop(t, n, f, elems, list.path, partial, more);
}

/** flatten, concat and uniq, which keep what is stated of partial lists. */
function lists(t: Tree, n: Node, f: Frame): Val {
  const operands: Value[] = [];
  let u: Unknown | null = null;
  let more: Unknown | null = null;
  for (const a of n.args as readonly Node[]) {
    const nested = n.name === "flatten" && a.op === "loop" && a.name === "map";
    const r = nested ? attemptNested(t, a, f) : t.attempt(a, f);
    if (r instanceof RuntimeError) {
      if (u) return value(unnamed(u));
      throw r;
    }
    let v = r.v;
    if (v instanceof Partial && v.open) {
      more = t.both(more, v.open);
      v = v.items;
    } else {
      u = t.both(u, t.openOf(r));
    }
    if (n.name === "flatten" && Array.isArray(v)) {
      v = v.map((e) => {
        if (!(e instanceof Partial)) return e;
        more = t.both(more, t.named(why(e), r.path));
        return e.items;
      });
    }
    operands.push(v);
  }
  if (u) return value(u);
  const r = apply(t, n, operands);
  return more && Array.isArray(r.v) ? value(new Partial(r.v, more)) : r;
}

/** attempt for the map inside a flatten, keeping partial elements. */
function attemptNested(t: Tree, n: Node, f: Frame): Val | RuntimeError {
  try {
    return t.rec === null ? mapped(t, n, f) : t.rec.recorded(n, () => mapped(t, n, f));
  } catch (e) {
    if (e instanceof RuntimeError) return e;
    throw e;
  }
}

function mapped(t: Tree, n: Node, f: Frame): Val {
  const list = t.eval(n.args[0]!, f);
  return list.v instanceof Unknown ? list : start(t, n, f, list).mapped(true);
}

function attemptSame(a: Value, b: Value): boolean | Unknown {
  try {
    return same(a, b);
  } catch (e) {
    if (e instanceof Unknown) return e;
    throw e;
  }
}

/** What a text shows and its identity, or null. */
function textParts(v: Value): [string, string] | null {
  if (typeof v === "string") return [v, v.replaceAll("{", "{{")];
  return v instanceof Unknown && v.expr !== "" ? [v.text, v.expr] : null;
}
