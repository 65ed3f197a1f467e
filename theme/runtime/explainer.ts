// How an expression came to its value: a run of the tree evaluator that records
// itself. Mirrors internal/lang/explain.go; what is said there is not repeated.
//
// Only what explains imports this file, so that the first download of a page
// does without it and the texts it shows.

import { texts } from "plumbline:rules";
import type { Explanation, Rule } from "./check";
import type { Context, Expr, Node } from "./evaluate";
import type { Frame, Val } from "./frame";
import type { Text } from "./program";
import { show } from "./show";
import { bind, openOf, RuntimeError, Tree } from "./tree";
import { NO_ELEMENT, type Missing, type Obj, type Unknown, type Value } from "./value";

/** A sub-expression, what it gave, and the same of what it is made of, in source order. */
export interface Trace {
  /** As the author wrote it. */
  expr: string;
  /** What messages would show. Absent where it was not looked at, or failed. */
  value?: string;
  /** What left the value open. */
  missing?: Missing[];
  error?: string;
  parts?: Trace[];
  /** Elements of a closure: the first that decided; where none did, those that left it open, or all. */
  elements?: TracedElement[];
  /** Elements that are not listed. */
  omitted?: number;
  /** The derived value or function that is read here. */
  definition?: Trace;
}

export interface TracedElement {
  index: number;
  value: string;
  /** Why it may not be there at all. */
  missing?: Missing[];
  result: Trace;
}

const maxElements = 10;
const maxShown = 200;

interface Part extends Trace {
  node: Node;
  from: number;
  parts: Part[];
  elements: Element[];
  open: boolean;
  visited: number;
  definition?: Part;
}

interface Element extends TracedElement {
  result: Part;
  decides: boolean;
  open: boolean;
}

/** Says how a rule came to its verdict or value. Mirrors internal/rule/explain.go. */
export function explainRule(r: Rule, w: Context, args: Value[]): Explanation {
  const out: Explanation = {};
  const of = texts.rules[r.id]!;
  if (r.where) {
    out.where = explainExpr(r.where, of.where!, w, args);
    if (out.where.value === "false") return out;
  }
  if (r.fact) out.fact = explainExpr(r.fact, of.fact!, w, args);
  else out.assert = explainExpr(r.assert!, of.assert!, w, args);
  return out;
}

function explainExpr(x: Expr, text: Text, w: Context, args: Value[]): Trace {
  return plain(explain(x, text, w, bind(x, args), false));
}

function explain(x: Expr, text: Text, w: Context, f: Frame, inside: boolean): Part {
  const rec = new Recorder(textsOf(x.tree, text), inside);
  const tree = new Recorded(w, x.file);
  tree.rec = rec;
  return rec.trace(x.tree, () => tree.node(x.tree, f)).part;
}

/** A tree evaluator that records what it evaluates. */
class Recorded extends Tree {
  override node(n: Node, f: Frame): Val {
    return super.eval(n, f);
  }

  override eval(n: Node, f: Frame): Val {
    return this.rec!.recorded(n, () => super.eval(n, f));
  }
}

/** The text of a node, and where it begins in that of the expression. */
interface Extent {
  expr: string;
  from: number;
}

function textsOf(root: Node, { text, spans }: Text): Map<Node, Extent> {
  const out = new Map<Node, Extent>();
  let at = 0;
  const walk = (n: Node | null): void => {
    if (n === null) return;
    const from = spans[at++]!;
    out.set(n, { expr: text.slice(from, spans[at++]), from });
    n.args.forEach(walk);
  };
  walk(root);
  return out;
}

/** What a tree evaluator that explains itself writes to. */
export class Recorder {
  private readonly stack: Part[] = [];

  constructor(
    private readonly texts: Map<Node, Extent>,
    private readonly inside: boolean,
  ) {}

  private get current(): Part {
    return this.stack.at(-1)!;
  }

  private blank(n: Node): Part {
    return { ...this.texts.get(n)!, node: n, parts: [], elements: [], open: false, visited: 0 };
  }

  /** Runs the evaluation of n and gives what it recorded; a run-time error comes back beside it. */
  trace(n: Node, run: () => Val): { part: Part; r: Val | RuntimeError } {
    const part = this.blank(n);
    this.stack.push(part);
    let r: Val | RuntimeError;
    try {
      r = run();
    } catch (e) {
      if (!(e instanceof RuntimeError)) throw e;
      r = e;
    } finally {
      this.stack.pop();
    }
    this.close(part, r);
    return { part, r };
  }

  /** Evaluates n as a part of the node around it. */
  recorded(n: Node, run: () => Val): Val {
    const { part, r } = this.trace(n, run);
    const around = this.current;
    if (!constant(n) && !isElement(n) && !isBase(around.node, n)) around.parts.push(part);
    if (r instanceof RuntimeError) throw r;
    return r;
  }

  private close(part: Part, r: Val | RuntimeError): void {
    settle(part, r);
    const { op, args } = part.node;
    if (op === "and" || op === "or" || op === "else" || op === "cond") {
      for (const a of args as Node[]) {
        if (!constant(a) && !isElement(a) && !part.parts.some((p) => p.node === a)) part.parts.push(this.blank(a));
      }
    }
    part.parts.sort((a, b) => a.from - b.from);
    if (op === "and" || op === "or") {
      part.parts = part.parts.flatMap((p) => (p.node.op === op && p.value !== undefined ? p.parts : [p]));
    }
    choose(part);
  }

  /** Records a read on the way of a longer one. */
  step(n: Node, r: Val, definition?: Part): void {
    const part = this.current;
    if (n === part.node || (part.node.op === "chain" && part.node.args[0] === n)) {
      if (definition) part.definition = definition;
      return;
    }
    if (isLeaf(n) || part.parts.some((p) => p.node === n)) return;
    const step = this.blank(n);
    if (definition) step.definition = definition;
    settle(step, r);
    part.parts.push(step);
  }

  /** Records the definition of the derived value that n reads of o. */
  derived(w: Context, n: Node, o: Obj, r: Val): void {
    const name = n.name;
    const x = w.lib.derived[o.kind]?.[name];
    if (this.inside || !x) return;
    this.step(n, r, explain(x, texts.derived[o.kind]![name]!, w, bind(x, [o]), true));
  }

  /** Records the definition of a function that is called. */
  func(w: Context, name: string, x: Expr, inside: Frame): void {
    if (!this.inside) this.current.definition = explain(x, texts.functions[name]!, w, inside, true);
  }

  /** Runs the closure of the current node on one element. */
  element(loop: Node, v: Value, index: number, exists: Unknown | null, run: () => Val): Val {
    const { part, r } = this.trace(loop.args[1]!, run);
    const around = this.current;
    const failed = r instanceof RuntimeError;
    const e: Element = {
      index,
      value: brief(v),
      ...(exists && { missing: exists.missing }),
      result: part,
      decides: !failed && exists === null && typeof r.v === "boolean" && r.v === decisive[loop.name],
      open: exists !== null || (!failed && openOf(r) !== null),
    };
    around.visited++;
    const count = (what: (e: Element) => boolean) => around.elements.filter(what).length;
    if (around.elements.length < maxElements || (e.decides && count((k) => k.decides) < maxElements) || (e.open && count((k) => k.open) < maxElements)) {
      around.elements.push(e);
    }
    if (failed) throw r;
    return r;
  }
}

/** The result of the closure for which an element decides alone. */
const decisive: Record<string, boolean> = { any: true, none: true, one: true, find: true, findIndex: true, all: false };

function isLeaf(n: Node): boolean {
  return ["var", "coll", "decl", "ptr", "index", "acc"].includes(n.op);
}

/** Whether a sub-expression is the element of a closure or its index. */
function isElement(n: Node): boolean {
  return n.op === "ptr" || n.op === "index";
}

/** Whether a sub-expression looks at nothing. */
function constant(n: Node): boolean {
  return !isLeaf(n) && n.op !== "func" && n.op !== "open" && n.args.every((a) => a === null || constant(a));
}

/** Whether n is the name that the read `from` starts from. */
function isBase(from: Node, n: Node): boolean {
  let at = from;
  while (at.op === "get" || at.op === "at" || at.op === "chain") at = at.args[0]!;
  return at === n && at !== from && isLeaf(n);
}

function settle(part: Part, r: Val | RuntimeError): void {
  if (r instanceof RuntimeError) {
    part.error = r.message;
    return;
  }
  part.value = brief(r.v);
  const u = openOf(r);
  if (u) {
    part.open = true;
    part.missing = u.missing;
  }
}

function brief(v: Value): string {
  if ((v as unknown) === NO_ELEMENT) return "";
  const s = show(v);
  const points = s.length > maxShown ? [...s] : [];
  return points.length > maxShown ? points.slice(0, maxShown).join("") + "…" : s;
}

/** Keeps the elements that explain the result. */
function choose(part: Part): void {
  if (part.visited === 0) return;
  const keep = (want: (e: Element) => boolean): void => {
    const kept = part.elements.filter(want);
    if (kept.length > 0) part.elements = kept;
  };
  if (part.error === undefined) keep(part.open ? (e) => e.open : (e) => e.decides);
  part.elements = part.elements.slice(0, maxElements);
  part.omitted = part.visited - part.elements.length;
}

/** A recorded part as the object that both engines write, members in this order. */
function plain(p: Part): Trace {
  const out: Trace = { expr: p.expr };
  if (p.value !== undefined) out.value = p.value;
  if (p.missing && p.missing.length > 0) out.missing = p.missing;
  if (p.error) out.error = p.error;
  if (p.parts.length > 0) out.parts = p.parts.map(plain);
  if (p.elements.length > 0) {
    out.elements = p.elements.map((e) => ({
      index: e.index,
      value: e.value,
      ...(e.missing && e.missing.length > 0 && { missing: e.missing }),
      result: plain(e.result),
    }));
  }
  if (p.omitted) out.omitted = p.omitted;
  if (p.definition) out.definition = plain(p.definition);
  return out;
}
