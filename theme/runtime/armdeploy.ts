// Template functions about the deployment and its resources. Mirrors internal/topology/armdeploy.go.

import { foldEqual, foldGet, MAX_DEPTH, parameter, rootEnv, variable, type ArmBinding, type ArmFrame, type ArmReader } from "./arm";
import { callExpr, runtimeOnly, type ArmCall, type FunctionTable } from "./armcall";
import { AT_DEPLOYMENT, quoteSource, Runtime, valueOf, type ArmLoop, type Result } from "./armeval";
import { bodyOf, expand, fullName, isDeploymentType, type ArmInstance } from "./armexpand";
import { groupID, managementID, subscriptionID } from "./armid";
import { nestedFrame } from "./armnested";
import { exprOf, foldKey, isMap, newMap, toText } from "./armvalue";
import { lowerASCII } from "./source";
import { identityOf, joinSegments, joinText, piece, quoteExpr, settled, shown, textSegments } from "./unresolved";
import { Unknown, type Value } from "./value";

export const deploymentFunctions: FunctionTable = {
  parameters: { min: 1, max: 1, run: parameters },
  variables: { min: 1, max: 1, run: variables },
  copyIndex: { max: 2, run: copyIndex },
  resourceGroup: { run: resourceGroup },
  subscription: { run: (c) => here(c, { id: subscriptionID(c.env.frame.scope), subscriptionId: c.env.frame.scope.subscription }) },
  managementGroup: { run: (c) => here(c, { id: managementID(c.env.frame.scope), name: c.env.frame.scope.management }) },
  tenant: { run: runtimeOnly },
  deployment: { run: deployment },
  deployer: { run: runtimeOnly },
  environment: { run: runtimeOnly },
  providers: { min: 1, max: 2, open: true, run: runtimeOnly },
  reference: { min: 1, max: 3, open: true, run: reference },
  references: { min: 1, max: 3, open: true, run: references },
  resourceInfo: { min: 1, max: 1, open: true, run: resourceInfo },
  pickZones: { min: 3, max: 5, open: true, run: runtimeOnly },
  toLogicalZone: { min: 3, max: 3, open: true, run: runtimeOnly },
  toLogicalZones: { min: 3, max: 3, open: true, run: runtimeOnly },
  toPhysicalZone: { min: 3, max: 3, open: true, run: runtimeOnly },
  toPhysicalZones: { min: 3, max: 3, open: true, run: runtimeOnly },
  externalInput: { min: 1, max: 2, open: true, run: runtimeOnly },
  externalInputs: { min: 1, max: 1, open: true, run: runtimeOnly },
  fail: { max: 1, run: (c) => c.fail("the template says so") },
};

function parameters(c: ArmCall): Result {
  const name = shown(toText(c.args[0]!));
  const arg = c.env.args?.get(lowerASCII(name));
  if (arg !== undefined) return arg;
  const found = declared(c, (f) => f.params.get(lowerASCII(name)));
  return found !== null ? parameter(c.r, found.frame, found.binding, c.env) : c.undeclared("parameter", name, c.env.frame.params);
}

function variables(c: ArmCall): Result {
  const name = shown(toText(c.args[0]!));
  const found = declared(c, (f) => f.vars.get(lowerASCII(name)));
  return found !== null ? variable(c.r, found.frame, found.binding, c.env) : c.undeclared("variable", name, c.env.frame.vars);
}

/**
 * Finds a name in the frame that evaluates the expression. Authors of outer-scope nested templates often mean the nested
 * template's own names, so those are found too where the outer template has none.
 */
function declared(c: ArmCall, find: (f: ArmFrame) => ArmBinding | undefined): { frame: ArmFrame; binding: ArmBinding } | null {
  for (const frame of [c.env.frame, c.env.home]) {
    const binding = frame === null ? undefined : find(frame);
    if (binding !== undefined) return { frame: frame!, binding };
  }
  return null;
}

/** copyIndex(), copyIndex(offset), copyIndex(name) or copyIndex(name, offset). Without a name the loop of the resource is meant. */
function copyIndex(c: ArmCall): Result {
  let name = "";
  let offset = 0n;
  for (const a of c.args) {
    if (typeof a === "string") name = a;
    else if (typeof a === "bigint") offset = a;
  }
  let found: ArmLoop | null = null;
  for (let l = c.env.loops; l !== null; l = l.outer) {
    if (name !== "" && !foldEqual(l.name, name)) continue;
    found ??= l;
    if (name !== "" || l.resource) {
      found = l;
      break;
    }
  }
  if (found === null) return c.fail("it stands in no copy loop");
  if (typeof found.index === "bigint") return found.index + offset;
  if (offset === 0n) return found.index;
  return piece(found.index.reason, "<copyIndex>", `${exprOf(found.index)}+${offset}`);
}

/** What is known of where the deployment runs. */
function here(c: ArmCall, known: Record<string, Value>): Result {
  const out = new Runtime(`${lowerASCII(c.e.name)}()`, `${quoteSource(c.e)} ${AT_DEPLOYMENT}`);
  out.value = Object.assign(newMap(), known);
  return out;
}

function resourceGroup(c: ArmCall): Result {
  const s = c.env.frame.scope;
  return s.level === "group" ? here(c, { id: groupID(s), name: s.group, type: "Microsoft.Resources/resourceGroups" }) : runtimeOnly(c);
}

function deployment(c: ArmCall): Result {
  const f = c.env.frame;
  const out = new Runtime(`${f.key}deployment()`, `${quoteSource(c.e)} ${AT_DEPLOYMENT}`);
  if (f.name !== undefined) out.value = Object.assign(newMap(), { name: f.name });
  return out;
}

/** Gives what the template sets of a resource; everything else of it is known at deployment only. */
function reference(c: ArmCall): Result {
  const found = findInstance(c.r, c.env.frame, c.args[0]!);
  const full = c.args.length > 2 && foldEqual(shown(toText(c.args[2]!)), "full");
  if (found !== null) return referenceTo(c, found, full);
  const out = new Runtime(callExpr(c.e.name, c.args.slice(0, 1)), `${quoteSource(c.e)} ${AT_DEPLOYMENT}`);
  if (full) out.expr += ".full";
  return referencedPart(c, out, full);
}

/** Gives what the template sets of every resource of a loop. */
function references(c: ArmCall): Result {
  const name = c.args[0]!;
  const full = c.args.length > 1 && foldEqual(shown(toText(c.args[c.args.length - 1]!)), "full");
  for (let frame: ArmFrame | null = c.env.frame; typeof name === "string" && frame !== null; frame = frame.parent) {
    expand(c.r, frame);
    const resources = foldGet(frame.template, "resources");
    const node = resources?.kind === "map" ? foldGet(resources, name) : null;
    if (foldGet(node, "copy") === null) continue;
    const each: Result[] = [];
    c.r.steps += frame.instances.length;
    for (const found of frame.instances) {
      if (found.node !== node) continue;
      if (found.exists !== null) return c.unknown(found.exists.reason);
      each.push(referenceTo(c, found, full));
    }
    const out = c.runtime();
    out.each = each;
    return out;
  }
  return c.runtime();
}

function referenceTo(c: ArmCall, found: ArmInstance, full: boolean): Result {
  const id = identityOf(found.id);
  const out = new Runtime(id !== null ? `reference(${quoteExpr(id)})` : callExpr("reference", [found.id]), `${quoteSource(c.e)} ${AT_DEPLOYMENT}`);
  if (full) out.expr += ".full";
  if (found.existing || c.env.depth >= MAX_DEPTH) {
    if (full) out.value = Object.assign(newMap(), { id: found.id, name: fullName(found), type: found.typ });
    return out;
  }
  out.id = found.id;
  out.depth = c.env.depth + 1;
  if (isDeploymentType(found.typ)) {
    out.nested = nestedFrame(c.r, found);
    return out;
  }
  out.lazy = () => {
    const body = bodyOf(c.r, found, c.env.depth + 1);
    return full || body === null ? body : (foldKey(body, "properties") ?? null);
  };
  return out;
}

/** A reference to something that the template sets inside of another resource, such as a subnet in a virtual network: out if there is none. */
function referencedPart(c: ArmCall, out: Runtime, full: boolean): Result {
  const segments = textSegments(toText(c.args[0]!));
  if (segments === null || segments.length < 3 || c.env.depth >= MAX_DEPTH) return out;
  const owner = findInstance(c.r, c.env.frame, settled(joinSegments(segments.slice(0, -2))));
  const list = segments[segments.length - 2]!;
  const name = identityOf(segments[segments.length - 1]!);
  if (owner === null || owner.existing || typeof list !== "string" || name === null || isDeploymentType(owner.typ)) return out;
  const items = foldKey(foldKey(bodyOf(c.r, owner, c.env.depth + 1) ?? undefined, "properties"), list);
  for (const item of Array.isArray(items) ? items : []) {
    if (!isMap(item) || identityOf(foldKey(item, "name")) !== name) continue;
    out.id = settled(toText(c.args[0]!));
    out.value = full ? item : (foldKey(item, "properties") ?? null);
    break;
  }
  return out;
}

function resourceInfo(c: ArmCall): Result {
  const found = findInstance(c.r, c.env.frame, c.args[0]!);
  if (found === null) return c.unknown(`${quoteSource(c.e)} names no resource of the template`);
  const env = { ...rootEnv(found.frame, c.env.depth), loops: found.loops };
  return Object.assign(newMap(), {
    id: found.id, name: fullName(found), type: found.typ, apiVersion: valueOf(c.r, env, foldGet(found.node, "apiVersion")),
  });
}

/** Finds the resource that a reference means: by symbolic name, by id, by type and name, or by name. */
function findInstance(r: ArmReader, f: ArmFrame, arg: Value): ArmInstance | null {
  const identity = identityOf(toText(arg));
  if (identity === null || identity === "") return null;
  for (let frame: ArmFrame | null = f; frame !== null; frame = frame.parent) {
    expand(r, frame);
    const found = findIn(frame, identity);
    if (found !== null) return found;
  }
  if (!identity.startsWith("/")) return null;
  for (const frame of r.frames) {
    const found = findIn(frame, identity);
    if (found !== null) return found;
  }
  return null;
}

/** Looks a resource up among those that are expanded by now. */
function findIn(f: ArmFrame, identity: string): ArmInstance | null {
  for (; f.indexed < f.instances.length; f.indexed++) addToIndex(f, f.instances[f.indexed]!);
  return f.index.get(identity) ?? null;
}

/** Makes a resource findable by whatever a reference may call it. The first of several wins. */
function addToIndex(f: ArmFrame, found: ArmInstance): void {
  const add = (v: Value) => {
    const key = identityOf(v);
    if (key !== null && key !== "" && !f.index.has(key)) f.index.set(key, found);
  };
  if (found.symbol !== "") add(found.symbol);
  add(found.id);
  add(fullName(found));
  add(joinText(found.typ, "/", fullName(found)));
}

/** The symbolic name of one copy: name[2]. */
export function copySymbol(name: string, index: bigint | Unknown): string {
  return index instanceof Unknown ? lowerASCII(name) : `${lowerASCII(name)}[${index}]`;
}
