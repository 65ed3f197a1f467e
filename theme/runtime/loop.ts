// Builtins with closures, over lists of which not everything may be known. Mirrors
// internal/lang/loop.go function by function; see there for the reasoning.

import { loops } from "./builtins";
import type { Node } from "./evaluate";
import { about, nothing, value, type Frame, type Val } from "./frame";
import { Failure } from "./ops";
import { comparedPath, elementPath, objectPath } from "./path";
import { notBool, RuntimeError, type Tree } from "./tree";
import { Obj, Partial, Unknown, type Value } from "./value";

/** One run of a builtin with a closure over its elements. */
export class Loop {
  /** Why it is unknown whether the element that at looked at last is there at all, or null. */
  exists: Unknown | null = null;

  constructor(
    readonly tree: Tree,
    readonly n: Node,
    readonly f: Frame,
    readonly elems: Value[],
    readonly path: string,
    readonly partial: boolean,
    readonly more: Unknown | null,
  ) {}

  at(i: number, acc: Val = nothing): Val | RuntimeError {
    const { tree, n } = this;
    const v = this.elems[i]!;
    const elem = value(v, elementPath(this.path, i));
    const exists = v instanceof Obj && v.exists ? this.tree.named(v.exists, elem.path || objectPath(v)) : null;
    this.exists = exists;
    const body = n.args[1];
    try {
      if (!body) return tree.read(v, "", elem.path);
      const inside = about(elem, i, acc, this.f);
      return tree.rec === null ? tree.eval(body, inside) : tree.rec.element(n, v, i, exists, () => tree.node(body, inside));
    } catch (e) {
      if (e instanceof RuntimeError) return e;
      throw e;
    }
  }

  /** at for a closure that must give a bool; an unknown where that is open. */
  condition(i: number): boolean | Unknown | RuntimeError {
    const r = this.at(i);
    if (r instanceof RuntimeError) return r;
    if (typeof r.v === "boolean") return r.v;
    return this.tree.openOf(r) ?? new RuntimeError(notBool("the condition of " + this.n.name, r.v), this.tree.file, this.n.args[1]!.at);
  }

  quantifier(decisive: boolean, whenDecided: boolean): Val {
    let u: Unknown | null = null;
    for (let i = 0; i < this.elems.length; i++) {
      const c = this.condition(i);
      if (c === decisive) {
        if (this.exists === null) return value(whenDecided);
        u = this.tree.both(u, this.exists);
      } else if (typeof c !== "boolean") {
        if (c instanceof RuntimeError) return this.errorAfter(u, c);
        u = this.tree.both(this.tree.both(u, c), this.exists);
      }
    }
    u = this.tree.both(u, this.more);
    return value(u ?? !whenDecided);
  }

  one(): Val {
    let u: Unknown | null = null;
    let matched = 0;
    for (let i = 0; i < this.elems.length; i++) {
      const c = this.condition(i);
      if (c instanceof RuntimeError) return this.errorAfter(u, c);
      if (c instanceof Unknown) u = this.tree.both(this.tree.both(u, c), this.exists);
      else if (c && this.exists) u = this.tree.both(u, this.exists);
      else if (c) matched++;
    }
    u = this.tree.both(u, this.more);
    return value(u && matched < 2 ? u : matched === 1);
  }

  filter(): Val {
    const kept: Value[] = [];
    let u: Unknown | null = null;
    for (let i = 0; i < this.elems.length; i++) {
      const c = this.condition(i);
      if (c instanceof RuntimeError) return this.errorAfter(u, c);
      if (c instanceof Unknown) u = this.tree.both(u, c);
      else if (c) kept.push(this.elems[i]!);
      u = this.tree.both(u, this.exists);
    }
    return this.list(kept, u);
  }

  /** Wraps the result of a loop that keeps what is stated of a partial list. */
  list(elems: Value[], u: Unknown | null): Val {
    if (u) return value(u);
    return value(this.more ? new Partial(elems, this.more) : elems);
  }

  /** What an error is after what was open before it, the element's own existence included. */
  errorAfter(u: Unknown | null, err: RuntimeError): Val {
    const open = this.tree.both(u, this.exists);
    if (open) return value(open);
    throw err;
  }

  mapped(nested: boolean): Val {
    const out: Value[] = [];
    let u: Unknown | null = null;
    for (let i = 0; i < this.elems.length; i++) {
      const r = this.at(i);
      if (r instanceof RuntimeError) return this.errorAfter(u, r);
      u = this.tree.both(u, this.exists);
      if (!nested || !(r.v instanceof Partial)) u = this.tree.both(u, this.tree.openOf(r));
      out.push(r.v);
    }
    return this.list(out, u);
  }

  find(): Val {
    let u: Unknown | null = null;
    for (let i = 0; i < this.elems.length; i++) {
      const c = this.condition(i);
      if (c instanceof RuntimeError) return this.errorAfter(u, c);
      if (c instanceof Unknown) u = this.tree.both(u, c);
      u = this.tree.both(u, this.exists);
      if (u || c !== true) continue;
      if (this.partial) break;
      if (this.n.name === "findIndex") return value(BigInt(i));
      return value(this.elems[i]!, elementPath(this.path, i));
    }
    u = this.tree.both(u, this.more);
    return value(u);
  }

  reduce(): Val {
    const stop = this.stops();
    if (stop) return value(stop);
    let i = 0;
    let acc: Val;
    if (this.n.args!.length > 2) acc = this.tree.eval(this.n.args[2]!, this.f);
    else if (this.elems.length === 0) return this.tree.fail(this.n, "reduce of an empty list needs an initial value");
    else acc = value(this.elems[i++]!);
    for (; i < this.elems.length; i++) {
      const r = this.at(i, acc);
      if (r instanceof RuntimeError) throw r;
      acc = r;
    }
    return acc;
  }

  /** Why a builtin that needs the whole list cannot have it, or null. */
  stops(): Unknown | null {
    let u = this.more;
    for (const e of this.elems) if (e instanceof Obj && e.exists) u = this.tree.both(u, this.tree.named(e.exists, this.path));
    return u;
  }

  /** count, sum, sortBy and groupBy, which need every element. */
  whole(): Val {
    let u = this.stops();
    const results: Value[] = [];
    for (let i = 0; i < this.elems.length; i++) {
      const r = this.at(i);
      if (r instanceof RuntimeError) return this.errorAfter(u, r);
      u = this.tree.both(u, this.tree.openOf(r));
      results.push(r.v);
    }
    let extra: Value | undefined;
    const third = this.n.args[2];
    if (third) {
      const r = this.tree.attempt(third, this.f);
      if (r instanceof RuntimeError) {
        if (u) return value(u);
        throw r;
      }
      u = this.tree.both(u, this.tree.openOf(r));
      extra = r.v;
    }
    if (u) return value(u);
    try {
      return value(loops[this.n.name]!(this.elems, (_, i) => results[i]!, extra));
    } catch (e) {
      if (e instanceof Unknown) return value(this.tree.named(e, comparedPath(this.n)));
      if (e instanceof Failure) return this.tree.fail(this.n, `"${this.n.name}" does not work on these elements`);
      throw e;
    }
  }
}
