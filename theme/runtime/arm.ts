// ARM templates: frames with parameters and variables. Mirrors internal/topology/arm.go.

import { armFunctions, checkTemplate, type ArmFunction } from "./armcall";
import { below, copyValues, plain, valueOf, type ArmEnv, type Result } from "./armeval";
import { templateIn, templateOf } from "./armdocument";
import { collect, type ArmInstance } from "./armexpand";
import type { ArmExpr } from "./armexpr";
import { newScope, type ArmScope } from "./armid";
import { fromVault } from "./armnested";
import { hide } from "./armsecret";
import { foldKey, literalValue } from "./armvalue";
import type { Diagnostic } from "./check";
import { quoted, type Node } from "./document";
import { PlaceTable } from "./place";
import { lowerASCII, type Source } from "./source";
import type { References } from "./terraformids";
import { onlyPiece, piece, UNRESOLVED } from "./unresolved";
import { Unknown, type Place, type RecordValue, type Value } from "./value";

export const MAX_RESOURCES = 50_000;
export const MAX_STEPS = 5_000_000;
export const MAX_TEXT = 1 << 20;
export const MAX_LIST = 100_000;
export const MAX_DEPTH = 150;
/** A browser has little stack. */
export const MAX_LEVELS = 400;
/** Templates that link to each other. */
export const MAX_LINKS = 50;
/** User-defined types that refer to each other. */
export const MAX_TYPES = 20;

/** Why something is unknown that a limit of the reader cut off. */
export const OVER_LIMIT = "the template exceeds a limit of the reader";

/** One resource of any input format, flattened: what mappings read. */
export interface Resource {
  /** type, name, id, parent, scope and whatever the resource sets. name and id may be Unknown with a text. */
  body: RecordValue;
  place: Place;
  /** Why it is unknown whether the resource exists. */
  exists: Unknown | null;
  /** Why there may be more like it. */
  open: Unknown | null;
  /** The input has it without its properties. */
  bare: boolean;
  /** Of what Azure returned, whose keys are spelled as mappings spell them. */
  returned: Returned | null;
  /** The identity of its id, once somebody has asked for it. */
  identity?: string | null | undefined;
  /** Its keys are spelled as mappings spell them. */
  spelled?: boolean;
  /** The input only refers to the resource, and states some of it. */
  referred?: boolean;
  /** It no longer is: what it said of other resources does not hold. */
  gone?: boolean;
  /** Another file of rules/inputs/ than the format's. */
  mappings?: string;
  /** Its body holds all that mappings read of it, which is its type and its references. */
  outlined?: boolean;
  /** What its "references" are, where its body does not tell. */
  links?: () => Value[];
}

/** Finds the places of a resource's parts. */
export interface Returned {
  /** Where a map in one of its lists stands; for anything else, where the resource does. */
  placeOf(part: Value): Place;
}

/** What the flatten stage of a format gives. */
export interface Flattened {
  /** Visits each once: what comes of one is known before the next is made. */
  each(visit: (r: Resource) => void): void;
  /** How many there may be. */
  count: number;
  /** Why there may be resources of any type that are not in it. */
  open: Unknown | null;
  /** null where each resource knows where its parts stand. */
  places: PlaceTable | null;
  /** null where the document states everything that there is, as a template does. */
  world: OpenWorld | null;
  /** How resources refer to each other, where ids alone do not say it. */
  references?: References;
  /** It states no kind at all. */
  unstated?: boolean;
}

/** Of what types a document holds every resource, where it need not hold all there is. */
export interface OpenWorld {
  /** By lower-case type: null for all, else why not. */
  lists: Map<string, Unknown | null>;
  /** By type: identities of parents, or of what is extended, of which it holds all. */
  members: Map<string, string[]>;
}

/** A value given for a parameter: a node of a template (evaluated in the env of the deployment) or a value as it is. */
export type ArmValue = ({ node: Node } | { value: Value }) & {
  /** The value is {"value": …} or {"reference": …}. */
  wrapped?: boolean;
};

/** The expression of a string, or the value of one that is none. */
export interface ArmParsed {
  expr: ArmExpr | null;
  /** Which of a template's frames evaluates it. */
  level: number;
  value: Value;
}

/** Flattens a template. given holds the values of parameters by lower-case name; key tells the parameters of several templates of one input apart. */
export function readArm(source: Source, node: Node, scope: string, given: Map<string, ArmValue>, key: string): { flat: Flattened; problems: Diagnostic[] } {
  const r = new ArmReader(source, node, scope);
  r.root.key = key;
  r.root.given = given;
  r.giveBeside(templateIn(node).params);
  checkTemplate(r, r.root);
  const resources: Resource[] = [];
  collect(r, r.root, null, resources);
  return { flat: { each: (visit) => resources.forEach(visit), count: resources.length, open: r.open, places: r.places, world: null }, problems: r.problems };
}

/** Reads one template document. */
export class ArmReader {
  readonly problems: Diagnostic[] = [];
  readonly reported = new Set<string>();
  /** By expr: a secret that is not empty. */
  readonly secrets = new Set<string>();
  readonly functions: Map<string, ArmFunction> = armFunctions();
  readonly exprs = new Map<Node, ArmParsed>();
  readonly places: PlaceTable;
  /** Templates beside the root's, by path. */
  readonly linked: Node | null;
  readonly root: ArmFrame;
  /** In the order they were opened. */
  readonly frames: ArmFrame[] = [];
  steps = 0;
  /** Of values and calls inside each other, now. */
  level = 0;
  count = 0;
  open: Unknown | null = null;
  private limited = false;

  constructor(
    readonly source: Source,
    document: Node,
    scope: string,
  ) {
    this.places = new PlaceTable(source, document);
    this.linked = templateIn(document).linked;
    const node = templateOf(document);
    this.root = new ArmFrame(node, null, newScope(scope, armSchema(node)));
    this.frames.push(this.root);
  }

  /** Gives the parameters the values that stand beside the template, where no other was given. */
  giveBeside(params: Node | null): void {
    for (const e of params?.entries ?? []) {
      const key = lowerASCII(e.key);
      if (!this.root.given.has(key)) this.root.given.set(key, { value: literalValue(e.value), wrapped: true });
    }
  }

  /** Adds a problem once, however often a loop meets it. */
  report(code: string, severity: "error" | "warning", offset: number | null, message: string, hint = ""): void {
    const key = `${offset} ${code} ${message}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    const d: Diagnostic = { code, severity, message };
    if (offset !== null) Object.assign(d, { file: this.source.file }, this.source.position(offset));
    if (hint !== "") d.hint = hint;
    this.problems.push(d);
  }

  /** Reports that the template exceeds a limit of the reader, once. */
  limit(message: string): void {
    if (this.limited) return;
    this.limited = true;
    this.report("input/arm-limit", "error", this.root.template.start, message, "what is beyond it is unknown");
  }

  /** The value of what a limit cuts off. It is equal to no other. */
  overLimit(): Unknown {
    this.steps++;
    return piece(OVER_LIMIT, UNRESOLVED, `limit@${this.steps}`);
  }

  /** Counts one more level of nesting; level-- ends it. Gives the unknown that stands for what is nested too deeply. */
  enter(): Unknown | null {
    if (this.level >= MAX_LEVELS) {
      this.limit(`more than ${MAX_LEVELS} calls and values of the template stand inside each other`);
      return this.overLimit();
    }
    this.level++;
    return null;
  }

  /** Whether the template has used up its steps. */
  exhausted(): boolean {
    if (this.steps <= MAX_STEPS) return false;
    this.limit(`the template takes more than ${MAX_STEPS} steps to evaluate`);
    return true;
  }
}

/** The lower-case "$schema" of a template. */
export function armSchema(template: Node): string {
  return lowerASCII(foldGet(template, "$schema")?.text() ?? "");
}

export function foldEqual(a: string, b: string): boolean {
  return a === b || (a.length === b.length && lowerASCII(a) === lowerASCII(b));
}

/** Node.get without case: Azure ignores case in the keys of templates. */
export function foldGet(n: Node | null, key: string): Node | null {
  if (n === null) return null;
  const v = n.get(key);
  if (v !== null) return v;
  for (const e of n.entries) if (foldEqual(e.key, key)) return e.value;
  return null;
}

/** The text of a string under a key, else "". */
export function foldText(n: Node | null, key: string): string {
  return foldGet(n, key)?.text() ?? "";
}

/** One template with its parameters and variables: the document, or a nested deployment. */
export class ArmFrame {
  /** The frames that evaluate the strings of this template in turn: one that starts with one more "[" waits for the next. */
  passes: ArmFrame[] = [this];
  /** Name of the deployment. */
  name: Value | undefined = undefined;
  /** Tells its parameters from those of other templates. */
  key = "";
  given = new Map<string, ArmValue>();
  /** Of the deployment resource, which evaluates given nodes. */
  env: ArmEnv | null = null;
  readonly params: Map<string, ArmBinding>;
  readonly vars: Map<string, ArmBinding>;
  readonly outputs: Map<string, ArmBinding>;
  readonly instances: ArmInstance[] = [];
  /** By what references call them. */
  readonly index = new Map<string, ArmInstance>();
  /** How many instances are in the index. */
  indexed = 0;
  expanded = false;

  constructor(
    readonly template: Node,
    readonly parent: ArmFrame | null,
    readonly scope: ArmScope,
  ) {
    this.params = bindings(foldGet(template, "parameters"));
    this.vars = bindings(foldGet(template, "variables"));
    this.outputs = bindings(foldGet(template, "outputs"));
    this.bindCopies();
  }

  /** The variables of "variables": {"copy": [...]}. */
  private bindCopies(): void {
    const copies = this.vars.get("copy");
    if (copies === undefined || copies.node.kind !== "list") return;
    this.vars.delete("copy");
    for (const item of copies.node.items) {
      const name = foldText(item, "name");
      if (name !== "") this.vars.set(lowerASCII(name), { name, node: item, copies: true, state: 0, value: null });
    }
  }

  parameterExpr(name: string): string {
    return `${this.key}parameters('${lowerASCII(name)}')`;
  }
}

/** A named value that is evaluated when it is first needed. */
export interface ArmBinding {
  /** As declared. */
  name: string;
  node: Node;
  /** node is {name, count, input}, and the value a list. */
  copies: boolean;
  /** 0 not begun, 1 under way, 2 done. */
  state: 0 | 1 | 2;
  value: Value;
}

export function bindings(n: Node | null): Map<string, ArmBinding> {
  const out = new Map<string, ArmBinding>();
  for (const e of n?.entries ?? []) {
    const key = lowerASCII(e.key);
    if (!out.has(key)) out.set(key, { name: e.key, node: e.value, copies: false, state: 0, value: null });
  }
  return out;
}

/** The value of a parameter of the frame. */
export function parameter(r: ArmReader, f: ArmFrame, b: ArmBinding, env: ArmEnv): Value {
  return bound(r, b, "parameter", env, (depth) => {
    const at = { source: `parameters('${b.name}')`, text: b.name, expr: f.parameterExpr(b.name) };
    const v = hide(r, f, b.node, given(r, f, b, depth) ?? defaultOf(r, f, b, depth), at);
    if (v instanceof Unknown && (v.expr === "" || onlyPiece(v.expr) !== null)) return new Unknown(v.reason, `<${b.name}>`, v.expr);
    return v;
  });
}

/** The value that was given for a parameter, or null. To give null is to give nothing. */
function given(r: ArmReader, f: ArmFrame, b: ArmBinding, depth: number): Value {
  const g = f.given.get(lowerASCII(b.name));
  if (g === undefined) return null;
  const v = "value" in g ? g.value : valueOf(r, { ...f.env!, depth }, g.node);
  return g.wrapped ? unwrapped(v, b.name, f) : v;
}

/** The value in {"value": …}; one that stands in a key vault is not known. */
function unwrapped(v: Value, name: string, f: ArmFrame): Value {
  if (v instanceof Unknown) return below(v, ".value", ".value");
  const value = foldKey(v, "value");
  if (value !== undefined) return value;
  return foldKey(v, "reference") !== undefined ? fromVault(name, f) : null;
}

function defaultOf(r: ArmReader, f: ArmFrame, b: ArmBinding, depth: number): Value {
  const d = foldGet(b.node, "defaultValue");
  if (d !== null) return valueOf(r, rootEnv(f, depth), d);
  if (nullable(f, b.node)) return null;
  return piece(`[parameters('${b.name}')] has no default`, `<${b.name}>`, f.parameterExpr(b.name));
}

export function rootEnv(frame: ArmFrame, depth: number): ArmEnv {
  return { frame, home: null, loops: null, vars: null, args: null, depth };
}

/** Follows "$ref": "#/definitions/x" of a user-defined type. */
export function declaration(f: ArmFrame, n: Node): Node[] {
  const out = [n];
  let at: Node | null = n;
  for (let i = 0; i < MAX_TYPES; i++) {
    const ref = foldText(at, "$ref");
    if (!ref.startsWith("#/definitions/")) break;
    at = foldGet(foldGet(f.template, "definitions"), ref.slice("#/definitions/".length));
    if (at === null) break;
    out.push(at);
  }
  return out;
}

export function parameterType(f: ArmFrame, n: Node): string {
  for (const d of declaration(f, n)) {
    const t = foldText(d, "type");
    if (t !== "") return t;
  }
  return "";
}

function nullable(f: ArmFrame, n: Node): boolean {
  return declaration(f, n).some((d) => foldGet(d, "nullable")?.value === true);
}

/** The value of a variable of the frame. */
export function variable(r: ArmReader, f: ArmFrame, b: ArmBinding, env: ArmEnv): Value {
  return bound(r, b, "variable", env, (depth) => {
    if (b.copies) return copyValues(r, rootEnv(f, depth), b.name, b.node);
    return valueOf(r, rootEnv(f, depth), b.node);
  });
}

/** The value of an output of a nested deployment. */
export function output(r: ArmReader, f: ArmFrame, b: ArmBinding, depth: number): Value {
  return bound(r, b, "output", { depth }, (depth) => {
    const inner = rootEnv(f, depth);
    const condition = foldGet(b.node, "condition");
    if (condition !== null) {
      const v = valueOf(r, inner, condition);
      if (v === false) return null;
      if (v instanceof Unknown) return v;
    }
    const copy = foldGet(b.node, "copy");
    if (copy !== null) return copyValues(r, inner, b.name, copy);
    const at = { source: `outputs('${b.name}')`, text: b.name, expr: `${f.key}outputs('${lowerASCII(b.name)}')` };
    return hide(r, f, b.node, valueOf(r, inner, foldGet(b.node, "value")), at);
  });
}

/** Evaluates a binding once. A binding that needs itself is unknown, and the circle is reported at its declaration. */
function bound(r: ArmReader, b: ArmBinding, what: string, env: { depth: number }, evaluate: (depth: number) => Result): Value {
  if (b.state === 2) return b.value;
  const expr = `${what}s('${lowerASCII(b.name)}')`;
  if (b.state === 1) {
    const message = `the ${what} ${quoted(b.name)} needs its own value`;
    r.report("input/arm-cycle", "error", b.node.start, message, "break the circle");
    return piece(message, `<${b.name}>`, expr);
  }
  if (env.depth >= MAX_DEPTH) {
    r.limit(`more than ${MAX_DEPTH} expressions of the template wait for each other`);
    return r.overLimit();
  }
  b.state = 1;
  b.value = plain(evaluate(env.depth + 1));
  b.state = 2;
  return b.value;
}
