// Evaluates a Node over values that may be unknown. Mirrors internal/lang/tree.go
// function by function; see there for the reasoning.

import { builtins, elements } from "./builtins";
import type { Recorder } from "./explainer";
import { OFTEN, SELF, field, isOpen, same, unfailed, type Context, type Expr, type Node } from "./evaluate";
import { closure, lookup, nothing, value, variables, type Frame, type Val } from "./frame";
import { Loop } from "./loop";
import { Failure, at, binary, isNil, known, mapOf, matches, nameOf, negate, not, positive, slice, why } from "./ops";
import { collectionPath, comparedPath, objectPath } from "./path";
import { pure } from "./pure";
import { Dict, NO_ELEMENT, Obj, Partial, Unknown, type Value } from "./value";

/** A failure of an expression on known values: its author's bug, with its place. */
export class RuntimeError {
  constructor(readonly message: string, readonly file: string, readonly at?: [number, number]) {}
}

/** Whether a value is known, and nothing in it is open. */
function isWhole(v: Value): boolean {
  return v === null || typeof v !== "object" || v instanceof Obj;
}

/** What an operator gives for an operand that is not known: not the operand itself, so that it does not compare as the same. */
function unnamed(u: Unknown): Unknown {
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
  private readonly brief: boolean;

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

  /** Evaluates a read; null where `?.` ended the chain. */
  step(n: Node, f: Frame): Val | null {
    if (n.op !== "get" && n.op !== "at") return this.eval(n, f);
    const from = n.args[0]!;
    const base = from.op === "get" || from.op === "at" ? this.step(from, f) : this.eval(from, f);
    if (base === null) return null;
    const b = base.v;
    if (b instanceof Unknown) {
      // What is read from it is another value: it has neither its text nor its identity.
      return value(Unknown.of(b));
    }
    if (n.optional && isNil(b)) {
      this.rec?.step(from, base);
      return null;
    }
    if (n.op === "at") return this.element(n, base, f);
    if (b instanceof Obj) {
      if (this.brief) return this.read(field(this.w, b, n.name), "", "");
      const self = from.op === "var" && from.name === SELF;
      const p = self ? "" : base.path || objectPath(b);
      const r = this.read(field(this.w, b, n.name), p, p + "." + n.name);
      this.rec?.derived(this.w, n, b, r);
      return r;
    }
    if (b instanceof Dict) return value(b.get(n.name));
    if (b !== null && typeof b === "object" && !Array.isArray(b) && !(b instanceof Partial)) {
      const v = Object.hasOwn(b, n.name) ? b[n.name]! : null;
      return this.read(v, "", collectionPath(base.path, n.name));
    }
    return this.fail(n, `${nameOf(b)} has no field ${JSON.stringify(n.name)}`);
  }

  element(n: Node, base: Val, f: Frame): Val {
    const i = this.eval(n.args[1]!, f);
    const u = this.both(this.openOf(base), this.openOf(i));
    if (u) return value(u);
    const path = base.path === "" ? "" : `${base.path}[${typeof i.v === "object" ? "<nil>" : String(i.v)}]`;
    try {
      return value(known(at(base.v, i.v)), path);
    } catch (e) {
      if (e instanceof Unknown) return value(this.named(e, path), path);
      if (e instanceof Failure) return this.fail(n, e.message);
      throw e;
    }
  }

  /** `and` and `or`; decisive is the value that decides alone. */
  connective(n: Node, f: Frame, decisive: boolean): Val {
    const left = n.args[0]!;
    const right = n.args[1]!;
    const l = this.eval(left, f);
    const lu = this.openOf(l);
    if (lu === null) {
      if (typeof l.v !== "boolean") return this.fail(left, notBool(`each side of "${n.op}"`, l.v));
      return l.v === decisive ? value(decisive) : this.eval(right, f);
    }
    const r = this.attempt(right, f);
    if (r instanceof RuntimeError) return value(lu);
    if (r.v === decisive) return value(decisive);
    return value(this.both(lu, this.openOf(r)));
  }

  cond(n: Node, f: Frame): Val {
    const test = n.args[0]!;
    const yes = n.args[1]!;
    const no = n.args[2]!;
    const c = this.eval(test, f);
    const cu = this.openOf(c);
    if (cu === null) {
      if (typeof c.v !== "boolean") return this.fail(test, notBool("a condition", c.v));
      return this.eval(c.v ? yes : no, f);
    }
    const x = this.attempt(yes, f);
    const y = this.attempt(no, f);
    if (x instanceof RuntimeError || y instanceof RuntimeError) return value(unnamed(cu));
    const xu = this.openOf(x);
    const yu = this.openOf(y);
    if (xu === null && yu === null && x.v === y.v && (x.v === null || typeof x.v !== "object" || x.v instanceof Obj)) return value(x.v, x.path);
    return value(unnamed(this.both(this.both(cu, xu), yu)!));
  }

  func(n: Node, f: Frame): Val {
    const fn = this.w.lib.functions[n.name]!;
    const vals: Val[] = [];
    const args: Value[] = [];
    let known = true;
    for (let i = 0; i < fn.vars.length; i++) {
      const a = this.eval(n.args[i]!, f);
      const computed = a.path === "" && !(a.v instanceof Unknown) && !(a.v instanceof Obj);
      vals.push(value(a.v, computed ? fn.vars[i]! : a.path));
      args.push(a.v);
      known &&= !(a.v instanceof Unknown) && !(a.v instanceof Partial);
    }
    const inside = variables(fn.vars, vals);
    this.rec?.func(this.w, n.name, fn, inside);
    const { open, called } = this.w;
    const memo = called !== undefined && this.rec === null && args.length === 1 && args[0] instanceof Obj;
    if (memo) {
      const r = called.get(fn, vals[0]!);
      if (r !== undefined) return r;
    }
    const times = open?.get(fn) ?? 0;
    if (known && times < OFTEN) {
      const r = this.quick(fn, args);
      if (r !== null) return r;
    }
    const r = new Tree(this.w, fn.file).eval(fn.tree, inside);
    if (known) isOpen(r.v) ? open?.set(fn, times + 1) : open?.delete(fn);
    if (memo) called.set(fn, vals[0]!, r);
    return r;
  }

  /**
   * What the generated function gives, which is the quicker way where that is a
   * scalar: such a value has no path that a later read could need. Else null.
   */
  private quick(fn: Expr, args: Value[]): Val | null {
    try {
      const v = fn.run(this.w, ...args);
      return v === null || typeof v !== "object" ? value(v) : null;
    } catch (e) {
      if (e instanceof Unknown || e instanceof Failure || e instanceof RuntimeError) return null;
      throw e;
    }
  }

  /** Evaluates every operand and, if all are known, runs the operator. */
  strict(n: Node, f: Frame): Val {
    const vals: Value[] = [];
    let u: Unknown | null = null;
    try {
      for (let i = 0; i < n.args.length; i++) {
        const a = n.args[i]!;
        if (a === null) {
          vals.push(undefined as unknown as Value);
          continue;
        }
        const r = this.eval(a, f);
        vals.push(r.v);
        if (!isWhole(r.v)) u = this.both(u, this.openOf(r));
      }
    } catch (e) {
      if (u && e instanceof RuntimeError) return value(unnamed(u));
      throw e;
    }
    return u ? value(unnamed(u)) : this.apply(n, vals);
  }

  /** strict for a single operand. */
  unary(n: Node, f: Frame): Val {
    const r = this.eval(n.args[0]!, f);
    const u = isWhole(r.v) ? null : this.openOf(r);
    return u !== null ? value(unnamed(u)) : this.apply(n, [r.v]);
  }

  /** strict for an operator between two operands. */
  binary(n: Node, f: Frame): Val {
    const l = this.eval(n.args[0]!, f);
    let u = isWhole(l.v) ? null : this.openOf(l);
    const r = u === null ? this.eval(n.args[1]!, f) : this.attempt(n.args[1]!, f);
    if (r instanceof RuntimeError) return value(unnamed(u!));
    const inside = n.name === "in" && r.v instanceof Partial ? r.v : null;
    if (!isWhole(r.v) && inside === null) u = this.both(u, this.openOf(r));
    if (u !== null) return this.overText(n, l, r) ?? value(unnamed(u));
    return inside !== null ? this.inPartial(l.v, inside, r.path) : this.apply(n, [l.v, r.v]);
  }

  /** What can be said of texts that are known in part. */
  overText(n: Node, l: Val, r: Val): Val | null {
    const lu = l.v instanceof Unknown ? l.v : null;
    const ru = r.v instanceof Unknown ? r.v : null;
    if (n.name === "==" || n.name === "!=") {
      if (lu && ru && lu.expr !== "" && lu.expr === ru.expr) return value(n.name === "==");
    } else if (n.name === "+" && (lu || ru)) {
      const a = textParts(l.v);
      const b = textParts(r.v);
      if (a && b) {
        const merged = this.both(lu, ru)!;
        return value(Unknown.of(merged, a[0] + b[0], a[1] + b[1]));
      }
    }
    return null;
  }

  inPartial(x: Value, list: Partial, path: string): Val {
    let u: Unknown | null = null;
    for (const item of list.items) {
      const is = attemptSame(item, x);
      if (is instanceof Unknown) u = this.both(u, this.named(is, path));
      else if (is && item instanceof Obj && item.exists) u = this.both(u, this.named(item.exists, path));
      else if (is) return value(true);
    }
    if (list.open) u = this.both(u, this.named(list.open, path));
    return value(u ? unnamed(u) : false);
  }

  /** Runs the operator of n on known operands. */
  apply(n: Node, v: Value[]): Val {
    try {
      switch (n.op) {
        case "not": return value(not(v[0]!));
        case "neg": return value(negate(v[0]!));
        case "pos": return value(positive(v[0]!));
        case "slice": return value(slice(v[0]!, v[1]!, v[2]!));
        case "list": return value(v);
        case "map": return value(mapOf(v));
        case "call": {
          const f = (pure[n.name] ?? builtins[n.name])!;
          return value(v.length === 1 ? f(v[0]!) : f(...v));
        }
        case "bin":
          if (n.name === "==" || n.name === "!=" || n.name === "in") return this.identity(n, v[0]!, v[1]!);
          if (n.name === "matches") return value(matches(v[0]!, n.re!));
          return value(binary[n.name]!(v[0]!, v[1]!));
      }
    } catch (e) {
      if (e instanceof Unknown) return value(unnamed(this.named(e, comparedPath(n))));
      if (e instanceof Failure) return this.fail(n, e.message);
      throw e;
    }
    return this.fail(n, `this "${n.op}" failed`);
  }

  /** Comparisons, which an object whose identity is open leaves open. */
  identity(n: Node, a: Value, b: Value): Val {
    if (n.name === "in") {
      if (!Array.isArray(b)) return value(binary.in!(a, b));
      let u: Unknown | null = null;
      for (const item of b) {
        const is = attemptSame(item, a);
        if (is === true) return value(true);
        if (is instanceof Unknown) u = is;
      }
      return value(u ? unnamed(this.named(u, comparedPath(n))) : false);
    }
    const is = attemptSame(a, b);
    if (is instanceof Unknown) return value(unnamed(this.named(is, comparedPath(n))));
    return value(is !== (n.name === "!="));
  }

  loop(n: Node, f: Frame): Val {
    const list = this.eval(n.args[0]!, f);
    if (list.v instanceof Unknown) return list;
    const l = this.start(n, f, list);
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

  start(n: Node, f: Frame, list: Val): Loop {
    let elems: Value[];
    try {
      elems = list.v instanceof Partial ? list.v.items : elements(n.name, list.v);
    } catch (e) {
      if (e instanceof Failure) return this.fail(n, e.message);
      throw e;
    }
    const partial = list.v instanceof Partial;
    const more = list.v instanceof Partial && list.v.open ? this.named(list.v.open, list.path) : null;
    return new Loop(this, n, f, elems, list.path, partial, more);
  }

  /** flatten, concat and uniq, which keep what is stated of partial lists. */
  lists(n: Node, f: Frame): Val {
    const operands: Value[] = [];
    let u: Unknown | null = null;
    let more: Unknown | null = null;
    for (const a of n.args as readonly Node[]) {
      const nested = n.name === "flatten" && a.op === "loop" && a.name === "map";
      const r = nested ? this.attemptNested(a, f) : this.attempt(a, f);
      if (r instanceof RuntimeError) {
        if (u) return value(unnamed(u));
        throw r;
      }
      let v = r.v;
      if (v instanceof Partial && v.open) {
        more = this.both(more, v.open);
        v = v.items;
      } else {
        u = this.both(u, this.openOf(r));
      }
      if (n.name === "flatten" && Array.isArray(v)) {
        v = v.map((e) => {
          if (!(e instanceof Partial)) return e;
          more = this.both(more, this.named(why(e), r.path));
          return e.items;
        });
      }
      operands.push(v);
    }
    if (u) return value(u);
    const r = this.apply(n, operands);
    return more && Array.isArray(r.v) ? value(new Partial(r.v, more)) : r;
  }

  /** attempt for the map inside a flatten, keeping partial elements. */
  private attemptNested(n: Node, f: Frame): Val | RuntimeError {
    try {
      return this.rec === null ? this.mapped(n, f) : this.rec.recorded(n, () => this.mapped(n, f));
    } catch (e) {
      if (e instanceof RuntimeError) return e;
      throw e;
    }
  }

  private mapped(n: Node, f: Frame): Val {
    const list = this.eval(n.args[0]!, f);
    return list.v instanceof Unknown ? list : this.start(n, f, list).mapped(true);
  }
}

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
  get: (t, n, f) => t.step(n, f) ?? nothing,
  at: (t, n, f) => t.step(n, f) ?? nothing,
  chain: (t, n, f) => {
    const r = t.step(n.args[0]!, f);
    return r === null || (!n.optional && isNil(r.v)) ? nothing : r;
  },
  and: (t, n, f) => t.connective(n, f, false),
  or: (t, n, f) => t.connective(n, f, true),
  else: (t, n, f) => {
    const l = t.eval(n.args[0]!, f);
    return isNil(l.v) ? t.eval(n.args[1]!, f) : l;
  },
  cond: (t, n, f) => t.cond(n, f),
  let: (t, n, f) => t.eval(n.args[1]!, variables([n.name], [t.eval(n.args[0]!, f)], f)),
  seq: (t, n, f) => {
    let r = nothing;
    for (const a of n.args) r = t.eval(a!, f);
    return r;
  },
  loop: (t, n, f) => t.loop(n, f),
  func: (t, n, f) => t.func(n, f),
  open: (t, n, f) => {
    const r = t.eval(n.args[0]!, f);
    if (t.openOf(r)) return r;
    if (typeof r.v !== "string") return t.fail(n, `"unknown" takes text, not ${nameOf(r.v)}`);
    const u = new Unknown(r.v);
    u.missing = [{ path: "unknown", reason: r.v }];
    return value(u);
  },
  bin: (t, n, f) => t.binary(n, f),
};

/** Finds what evaluates a node, and keeps it there. */
function stepOf(n: Node): Step {
  const ofLists = n.op === "call" && (n.name === "flatten" || n.name === "concat" || n.name === "uniq");
  return (n.step = ofLists ? (t, n, f) => t.lists(n, f) : (steps[n.op] ?? (n.args.length === 1 ? (t, n, f) => t.unary(n, f) : (t, n, f) => t.strict(n, f))));
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
