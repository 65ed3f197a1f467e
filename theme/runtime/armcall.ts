// Calls of template functions, and the checks of templates. Mirrors internal/topology/armcall.go.

import { foldEqual, foldGet, foldText, MAX_DEPTH, type ArmBinding, type ArmFrame, type ArmReader } from "./arm";
import { addressFunctions } from "./armaddress";
import { dateFunctions } from "./armdate";
import { deploymentFunctions } from "./armdeploy";
import { AT_DEPLOYMENT, evaluate, parsed, plain, quoteSource, Runtime, valueOf, type ArmEnv, type Result } from "./armeval";
import { isDeployment } from "./armexpand";
import { exprOffset, type ArmExpr } from "./armexpr";
import { idFunctions } from "./armid";
import { listFunctions } from "./armlist";
import { logicFunctions, numberFunctions } from "./armlogic";
import { lambdaFunctions, objectFunctions } from "./armobject";
import { textFunctions } from "./armtext";
import { uriFunctions } from "./armuri";
import { exprOf } from "./armvalue";
import { quoted, type Node } from "./document";
import { compareCodePoints, didYouMean, lowerASCII } from "./source";
import { piece, UNRESOLVED } from "./unresolved";
import { Unknown, type Value } from "./value";

/** A template function. internal/topology has the same table. */
export interface ArmFunction {
  name?: string;
  min?: number;
  /** Default 0; -1: any number. */
  max?: number;
  /** The function looks at unknown arguments itself; any other is unknown as soon as one argument is. */
  open?: boolean;
  /** call.args is empty and the function evaluates what it needs. */
  lazy?: boolean;
  run: (c: ArmCall) => Result;
}

export type FunctionTable = Record<string, ArmFunction>;

/** One call of a function. */
export class ArmCall {
  constructor(
    readonly r: ArmReader,
    readonly env: ArmEnv,
    readonly e: ArmExpr & { op: "call" },
    public args: Value[],
  ) {}

  /** The result of a call that cannot be resolved. */
  unknown(reason: string): Unknown {
    return piece(reason, UNRESOLVED, callExpr(this.e.name, this.args));
  }

  /** The result of a call that Azure would refuse. */
  fail(why: string): Unknown {
    return this.unknown(`${quoteSource(this.e)} fails: ${why}`);
  }

  /** Evaluates one argument of a lazy function. */
  arg(i: number): Value {
    return plain(evaluate(this.r, this.env, this.e.args[i]!));
  }

  /** A runtime value with this call as its name. */
  runtime(): Runtime {
    return new Runtime(callExpr(this.e.name, this.args), `${quoteSource(this.e)} ${AT_DEPLOYMENT}`);
  }

  /** Reports the use of a parameter or variable that does not exist. */
  undeclared(what: string, name: string, declared: Map<string, ArmBinding>): Value {
    const { r, env } = this;
    const names = [...declared.values()].map((b) => b.name).sort(compareCodePoints);
    const message = `the ${what} ${quoted(name)} is not declared`;
    const key = `${what} ${lowerASCII(name)} ${env.frame.key}`;
    if (!r.reported.has(key)) {
      r.reported.add(key);
      const hint = didYouMean(name, names) || `the template declares no ${what} of that name`;
      r.report("input/arm-name", "warning", this.e.node === null ? null : exprOffset(this.e), message, hint);
    }
    return piece(message, `<${name}>`, `${env.frame.key}${what}s('${lowerASCII(name)}')`);
  }
}

/** The table of every function, by lower-case name. */
export function armFunctions(): Map<string, ArmFunction> {
  const out = new Map<string, ArmFunction>();
  for (const table of [logicFunctions, textFunctions, listFunctions, objectFunctions, lambdaFunctions, numberFunctions, addressFunctions, uriFunctions, dateFunctions, deploymentFunctions, idFunctions]) {
    for (const [name, f] of Object.entries(table)) out.set(lowerASCII(name), { ...f, name });
  }
  return out;
}

/** Finds a function; every name that starts with "list" is an operation of a resource provider. */
function functionOf(r: ArmReader, name: string): ArmFunction | null {
  const lower = lowerASCII(name);
  return r.functions.get(lower) ?? (lower.startsWith("list") ? { max: -1, open: true, run: runtimeOnly } : null);
}

function fits(f: ArmFunction, n: number): boolean {
  const max = f.max ?? 0;
  return n >= (f.min ?? 0) && (max < 0 || n <= max);
}

export function call(r: ArmReader, env: ArmEnv, e: ArmExpr & { op: "call" }): Result {
  if (e.name.includes(".")) return userCall(r, env, e);
  const f = functionOf(r, e.name);
  if (f === null) {
    return piece(`${quoteSource(e)} calls ${quoted(e.name)}, which is not a function this reader knows`, UNRESOLVED, callExpr(e.name, evaluated(r, env, e)));
  }
  if (!fits(f, e.args.length)) return piece(`${quoteSource(e)} has the wrong number of arguments`, UNRESOLVED, callExpr(e.name, evaluated(r, env, e)));
  if (f.lazy) return f.run(new ArmCall(r, env, e, []));
  const c = new ArmCall(r, env, e, evaluated(r, env, e));
  if (!f.open) {
    const u = firstUnknown(c.args);
    if (u !== null) return c.unknown(u.reason);
  }
  return f.run(c);
}

/** The arguments of a call; in a loop, because each frame less on the stack counts. */
function evaluated(r: ArmReader, env: ArmEnv, e: ArmExpr): Value[] {
  const out: Value[] = [];
  for (const a of e.args) out.push(plain(evaluate(r, env, a)));
  return out;
}

export function callExpr(name: string, args: Value[]): string {
  return `${lowerASCII(name)}(${args.map(exprOf).join(",")})`;
}

export function firstUnknown(args: Value[]): Unknown | null {
  for (const a of args) if (a instanceof Unknown) return a;
  return null;
}

/** A function whose result Azure knows at deployment. */
export function runtimeOnly(c: ArmCall): Result {
  return c.runtime();
}

/** Calls namespace.name of the template's "functions". */
function userCall(r: ArmReader, env: ArmEnv, e: ArmExpr & { op: "call" }): Result {
  const decl = userFunction(env.frame, e.name);
  if (decl === null) {
    return piece(`${quoteSource(e)} calls ${quoted(e.name)}, which is not a function of the template`, UNRESOLVED, callExpr(e.name, evaluated(r, env, e)));
  }
  if (env.depth >= MAX_DEPTH) {
    r.limit(`more than ${MAX_DEPTH} expressions of the template wait for each other`);
    return r.overLimit();
  }
  const args = new Map<string, Value>();
  foldGet(decl, "parameters")?.items.forEach((p, i) => {
    if (i < e.args.length) args.set(lowerASCII(foldText(p, "name")), plain(evaluate(r, env, e.args[i]!)));
  });
  const inner: ArmEnv = { frame: env.frame, home: null, loops: null, vars: null, args, depth: env.depth + 1 };
  return valueOf(r, inner, foldGet(foldGet(decl, "output"), "value"));
}

function userFunction(f: ArmFrame, name: string): Node | null {
  const dot = name.indexOf(".");
  for (const ns of foldGet(f.template, "functions")?.items ?? []) {
    if (foldEqual(foldText(ns, "namespace"), name.slice(0, dot))) return foldGet(foldGet(ns, "members"), name.slice(dot + 1));
  }
  return null;
}

/**
 * Parses every string of a template that is an expression, so that all problems are reported, evaluated or not. Nested
 * templates are checked when they are opened, because their strings belong to other frames.
 */
export function checkTemplate(r: ArmReader, f: ArmFrame): void {
  for (const e of f.template.entries) {
    const key = lowerASCII(e.key);
    if (key === "parameters") {
      for (const p of e.value.entries) checkStrings(r, f, foldGet(p.value, "defaultValue"));
    } else if (key === "variables" || key === "resources" || key === "outputs") {
      checkStrings(r, f, e.value);
    }
  }
}

function checkStrings(r: ArmReader, f: ArmFrame, n: Node | null): void {
  if (n === null) return;
  if (n.kind === "string") {
    if (n.text().startsWith("[")) parsed(r, f, n);
  } else if (n.kind === "list") {
    for (const item of n.items) checkStrings(r, f, item);
  } else if (n.kind === "map") {
    const deployment = isDeployment(n);
    for (const e of n.entries) {
      const key = lowerASCII(e.key);
      if (key === "metadata" || key === "comments") continue;
      if (!deployment || key !== "properties") {
        checkStrings(r, f, e.value);
        continue;
      }
      for (const p of e.value.entries) if (!foldEqual(p.key, "template")) checkStrings(r, f, p.value);
    }
  }
}

/** Reports calls of functions that do not exist or do not fit. */
export function checkExpr(r: ArmReader, frame: ArmFrame, n: Node, shift: number, e: ArmExpr): void {
  e.node = n;
  e.shift = shift;
  if (e.op === "call" && e.name.includes(".")) {
    if (userFunction(frame, e.name) === null) {
      r.report("input/arm-function", "warning", exprOffset(e), `${quoted(e.name)} is not a function of the template`, '"functions" of the template declares functions with a dot in their name');
    }
  } else if (e.op === "call") {
    const f = functionOf(r, e.name);
    if (f === null) {
      const names = [...r.functions.values()].map((f) => f.name!).sort(compareCodePoints);
      r.report("input/arm-function", "warning", exprOffset(e), `${quoted(e.name)} is not a function this reader knows`, didYouMean(e.name, names) || "its value is unknown to every rule");
    } else if (!fits(f, e.args.length)) {
      r.report("input/arm-function", "warning", exprOffset(e), `the function ${quoted(e.name)} does not take ${plural(e.args.length, "argument")}`, arity(f));
    }
  }
  for (const a of e.args) checkExpr(r, frame, n, shift, a);
}

export function plural(n: number, what: string): string {
  return n === 1 ? `1 ${what}` : `${n} ${what}s`;
}

function arity(f: ArmFunction): string {
  const min = f.min ?? 0;
  const max = f.max ?? 0;
  if (max === min) return `it takes ${plural(min, "argument")}`;
  return max < 0 ? `it takes ${plural(min, "argument")} or more` : `it takes ${min} to ${plural(max, "argument")}`;
}
