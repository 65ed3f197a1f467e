// Evaluates the values of a template. Mirrors internal/topology/armeval.go.

import { foldEqual, foldGet, foldText, MAX_LIST, MAX_STEPS, output, type ArmFrame, type ArmParsed, type ArmReader } from "./arm";
import { call, checkExpr } from "./armcall";
import { armOffset, isArmExpression, parseArm, positionExpr, type ArmExpr } from "./armexpr";
import { describe, exprOf, foldKey, isMap, newMap, toInt, toText, words } from "./armvalue";
import { quoted, type Entry, type Node } from "./document";
import { lowerASCII } from "./source";
import { joinText, onlyPiece, piece, quoteExpr, shown, UNRESOLVED } from "./unresolved";
import { Unknown, type Value } from "./value";

/** What an expression sees beside its template. */
export interface ArmEnv {
  frame: ArmFrame;
  /** Whose text the expression stands in, if not frame's. */
  home: ArmFrame | null;
  /** Innermost first. */
  loops: ArmLoop | null;
  vars: LambdaVar | null;
  /** Of a user-defined function, by lower-case name; else null. */
  args: Map<string, Value> | null;
  /** How many bindings wait for this one. */
  depth: number;
}

/** One iteration of a copy. */
export interface ArmLoop {
  name: string;
  /** Unknown where the count is not known. */
  index: bigint | Unknown;
  /** Of resources, not of properties. */
  resource: boolean;
  outer: ArmLoop | null;
}

/** A parameter of a lambda. */
export interface LambdaVar {
  name: string;
  value: Result;
  outer: LambdaVar | null;
}

/** What Azure knows of something at deployment: what the template sets of it is known, all else is not. */
export class Runtime {
  /** The map or list that the template sets, or null. */
  value: Value = null;
  /** Of the resource or part of it that value describes, or null. */
  id: Value = null;
  /** Of a list: the id of an element is id + "/" + part + "/" + its name. */
  part = "";
  /** Of a deployment: its outputs are known. */
  nested: ArmFrame | null = null;
  /** Of the outputs of a deployment. */
  outputs: ArmFrame | null = null;
  /** Of the reference, for outputs. */
  depth = 0;
  /** Gives value when it is first needed. */
  lazy: (() => Value) | null = null;
  /** Of references(): one for each resource of a loop. */
  each: Result[] | null = null;

  constructor(
    /** For an expr, without braces. */
    public expr: string,
    readonly reason: string,
  ) {}

  known(): Value {
    if (this.lazy !== null) {
      this.value = this.lazy();
      this.lazy = null;
    }
    return this.value;
  }
}

export type Result = Value | Runtime;

/** Turns a runtime value into one that can leave an expression: a list the template sets, else an unknown. */
export function plain(v: Result): Value {
  if (!(v instanceof Runtime)) return v;
  if (v.each !== null) return v.each.map(plain);
  const known = v.known();
  return Array.isArray(known) ? known : piece(v.reason, UNRESOLVED, v.expr);
}

/** Evaluates a node of the template. */
export function valueOf(r: ArmReader, env: ArmEnv, n: Node | null): Value {
  if (n === null) return null;
  r.steps++;
  const tooDeep = r.enter();
  if (tooDeep !== null) return tooDeep;
  let v: Value = n.value;
  if (n.kind === "string") v = plain(textOf(r, env, n));
  else if (n.kind === "list") v = listOf(r, env, n);
  else if (n.kind === "map") v = objectOf(r, env, n);
  r.level--;
  return v;
}

function listOf(r: ArmReader, env: ArmEnv, n: Node): Value {
  const out: Value[] = [];
  for (const item of n.items) out.push(r.places.set(valueOf(r, env, item), item));
  return out;
}

/** Evaluates a map; "copy": [{name, count, input}] in it makes lists. */
function objectOf(r: ArmReader, env: ArmEnv, n: Node): Value {
  const out = newMap();
  for (const e of n.entries) {
    if (foldEqual(e.key, "copy") && isPropertyCopy(e.value)) {
      for (const item of e.value.items) {
        const name = foldText(item, "name");
        out[name] = copyValues(r, env, name, item);
      }
      continue;
    }
    out[keyOf(r, env, e)] = valueOf(r, env, e.value);
  }
  return out;
}

/** Evaluates the key of a map, which may be an expression too. */
function keyOf(r: ArmReader, env: ArmEnv, e: Entry): string {
  if (!isArmExpression(e.key)) return e.key;
  const { expr } = parseArm(e.key);
  return expr === null ? e.key : shown(toText(plain(evaluate(r, env, expr))));
}

function isPropertyCopy(n: Node): boolean {
  return n.kind === "list" && n.items.length > 0 && n.items.every((item) => foldText(item, "name") !== "" && foldGet(item, "count") !== null && foldGet(item, "input") !== null);
}

/** The list that {count, input} makes. */
export function copyValues(r: ArmReader, env: ArmEnv, name: string, spec: Node): Value {
  const count = copyCount(r, env, name, spec);
  if (count instanceof Unknown) return count;
  const input = foldGet(spec, "input");
  const out: Value[] = [];
  for (let i = 0; i < count && !r.exhausted(); i++) {
    const v = valueOf(r, { ...env, loops: { name, index: BigInt(i), resource: false, outer: env.loops } }, input);
    out.push(input === null ? v : r.places.set(v, input));
  }
  return out;
}

/** Evaluates the count of a copy loop. */
export function copyCount(r: ArmReader, env: ArmEnv, name: string, spec: Node): number | Unknown {
  const n = foldGet(spec, "count");
  const fail = (message: string, hint: string): Unknown => {
    r.report("input/arm-copy", "error", (n ?? spec).start, message, hint);
    return piece(message, UNRESOLVED, `copy('${lowerASCII(name)}')`);
  };
  if (n === null) return fail(`the copy loop ${quoted(name)} has no "count"`, "say how many copies it makes");
  const v = toInt(valueOf(r, env, n));
  if (v instanceof Unknown) return v;
  if (typeof v !== "bigint") return fail(`the "count" of the copy loop ${quoted(name)} is not a whole number`, "");
  if (v < 0n || v > BigInt(MAX_LIST)) return fail(`the copy loop ${quoted(name)} makes ${v} copies`, `between 0 and ${MAX_LIST} are read`);
  return Number(v);
}

/** Evaluates a string: an expression, or itself. */
export function textOf(r: ArmReader, env: ArmEnv, n: Node): Result {
  const s = n.text();
  if (!s.startsWith("[")) return s;
  const p = parsed(r, env.frame, n);
  if (p.expr === null) return p.value;
  const f = env.frame.passes[p.level]!;
  return evaluate(r, f === env.frame ? env : { ...env, frame: f, home: env.frame }, p.expr);
}

/** Parses a string that starts with "[", once. */
export function parsed(r: ArmReader, f: ArmFrame, n: Node): ArmParsed {
  const known = r.exprs.get(n);
  if (known !== undefined) return known;
  let s = n.text();
  const p: ArmParsed = { expr: null, level: 0, value: null };
  while (s.startsWith("[[") && p.level < f.passes.length - 1) {
    s = s.slice(1);
    p.level++;
  }
  const shift = n.text().length - s.length;
  if (s.startsWith("[[")) p.value = s.slice(1);
  else if (!isArmExpression(s)) p.value = s;
  else {
    const { expr, error } = parseArm(s);
    if (error !== null) {
      r.report("input/arm-expression", "error", armOffset(n, error.at + shift), error.message, error.hint);
      p.value = piece("the expression does not parse", UNRESOLVED, `error${positionExpr(n, n.start)}`);
    } else {
      p.expr = expr;
      checkExpr(r, f.passes[p.level]!, n, shift, expr!);
    }
  }
  r.exprs.set(n, p);
  return p;
}

/** Evaluates an expression. */
export function evaluate(r: ArmReader, env: ArmEnv, e: ArmExpr): Result {
  if (++r.steps > MAX_STEPS && r.exhausted()) return r.overLimit();
  if (e.op === "lit") return e.lit;
  const tooDeep = r.enter();
  if (tooDeep !== null) return tooDeep;
  let v: Result;
  if (e.op === "get") v = property(r, e, evaluate(r, env, e.args[0]!), e.name);
  else if (e.op === "at") v = elementAt(r, e, evaluate(r, env, e.args[0]!), plain(evaluate(r, env, e.args[1]!)));
  else v = call(r, env, e);
  r.level--;
  return v;
}

/** The unknown that an expression gives where it cannot be evaluated. */
function failed(e: ArmExpr, why: string, expr: string): Unknown {
  return piece(`${quoteSource(e)} ${why}`, UNRESOLVED, expr);
}

/** An expression in a reason, on one line. */
export function quoteSource(e: ArmExpr): string {
  let text = words(e.text).join(" ");
  if (text.length > 100) {
    const letters = [...text];
    if (letters.length > 100) text = `${letters.slice(0, 99).join("")}…`;
  }
  return `[${text}]`;
}

export const AT_DEPLOYMENT = "is known at deployment only";

/** target.name; the case of names does not matter. */
export function property(r: ArmReader, e: ArmExpr, target: Result, name: string): Result {
  if (target instanceof Runtime) return runtimeProperty(r, e, target, name);
  if (target instanceof Unknown) return below(target, `.${name}`, `.${lowerASCII(name)}`);
  const expr = `.${lowerASCII(name)}`;
  if (isMap(target)) {
    const v = foldKey(target, name);
    return v !== undefined ? v : failed(e, `has no property ${quoted(name)}`, exprOf(target) + expr);
  }
  return failed(e, `has no property ${quoted(name)}: it is read from ${describe(target)}`, exprOf(target) + expr);
}

/** A part of an unknown value. */
export function below(u: Unknown, text: string, expr: string): Unknown {
  const only = onlyPiece(u.expr);
  let out = UNRESOLVED;
  if (only !== null && u.text.startsWith("<") && u.text.endsWith(">") && u.text !== UNRESOLVED && !text.includes("/")) {
    out = `${u.text.slice(0, -1)}${text}>`;
  }
  return piece(u.reason, out, (only ?? quoteExpr(u.expr)) + expr);
}

function runtimeProperty(r: ArmReader, e: ArmExpr, rt: Runtime, name: string): Result {
  const expr = `${rt.expr}.${lowerASCII(name)}`;
  if (rt.nested !== null && foldEqual(name, "outputs")) {
    const out = new Runtime(expr, rt.reason);
    out.outputs = rt.nested;
    out.depth = rt.depth;
    return out;
  }
  if (rt.outputs !== null) {
    const b = rt.outputs.outputs.get(lowerASCII(name));
    if (b !== undefined) {
      const out = newMap();
      out.value = output(r, rt.outputs, b, rt.depth);
      return out;
    }
  }
  const v = foldKey(rt.known(), name);
  if (v === undefined) return unsetPart(e, rt, name, expr);
  if (!Array.isArray(v) && !isMap(v)) return v;
  const out = new Runtime(expr, `${quoteSource(e)} ${AT_DEPLOYMENT}`);
  out.value = v;
  out.id = rt.id;
  if (Array.isArray(v)) out.part = name;
  return out;
}

/** A property that the template does not set: the id follows from where it stands, all else is known to Azure alone. */
function unsetPart(e: ArmExpr, rt: Runtime, name: string, expr: string): Result {
  if (rt.id !== null && rt.part === "" && foldEqual(name, "id")) return rt.id;
  return new Runtime(expr, `${quoteSource(e)} ${AT_DEPLOYMENT}`);
}

/** target[index]. */
export function elementAt(r: ArmReader, e: ArmExpr, target: Result, index: Value): Result {
  if (typeof index === "string") return property(r, e, target, index);
  if (index instanceof Unknown) return piece(index.reason, UNRESOLVED, `${exprOf(plain(target))}[${exprOf(index)}]`);
  if (typeof index !== "bigint") return failed(e, "has an index that is neither a number nor a name", `${exprOf(plain(target))}[${exprOf(index)}]`);
  const part = `[${index}]`;
  if (Array.isArray(target)) {
    if (index >= 0n && index < BigInt(target.length)) return target[Number(index)]!;
    return failed(e, `has no element ${index}: the list has ${target.length}`, exprOf(target) + part);
  }
  if (target instanceof Unknown) return below(target, part, part);
  if (target instanceof Runtime) return runtimeElement(e, target, index);
  return failed(e, `has an index, but ${describe(target)} has no elements`, exprOf(target) + part);
}

function runtimeElement(e: ArmExpr, rt: Runtime, index: bigint): Result {
  if (rt.each !== null && index >= 0n && index < BigInt(rt.each.length)) return rt.each[Number(index)]!;
  const out = new Runtime(`${rt.expr}[${index}]`, `${quoteSource(e)} ${AT_DEPLOYMENT}`);
  const list = rt.known();
  if (!Array.isArray(list) || index < 0n || index >= BigInt(list.length)) return out;
  const item = list[Number(index)]!;
  if (!isMap(item)) return item;
  out.value = item;
  const name = foldKey(item, "name");
  if (name !== undefined && rt.id !== null) out.id = joinText(rt.id, `/${rt.part}/`, toText(name));
  return out;
}
