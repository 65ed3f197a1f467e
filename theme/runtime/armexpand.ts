// The resources of a template, one by one. Mirrors internal/topology/armexpand.go.

import { foldEqual, foldGet, foldText, MAX_RESOURCES, OVER_LIMIT, rootEnv, type ArmFrame, type ArmReader, type Resource } from "./arm";
import { plural } from "./armcall";
import { copySymbol } from "./armdeploy";
import { copyCount, valueOf, type ArmEnv, type ArmLoop } from "./armeval";
import { isArmExpression } from "./armexpr";
import { named, nameSegments, resourceIDOf, scopePrefix, trimSlashes } from "./armid";
import { asBool } from "./armlogic";
import { nestedFrame, scopeOf } from "./armnested";
import { describe, newMap, toText } from "./armvalue";
import { quoted, type Node } from "./document";
import { typeOfID } from "./map";
import { lowerASCII } from "./source";
import { joinSegments, joinText, piece, quoteExpr, settled, shown, textSegments } from "./unresolved";
import { Unknown, type RecordValue, type Value } from "./value";

/** One resource of a template: one iteration where it has a copy loop. Its body is evaluated when it is needed. */
export interface ArmInstance {
  frame: ArmFrame;
  node: Node;
  loops: ArmLoop | null;
  /** Full type, without a closing slash. */
  typ: string;
  /** A name for each part of the type after the namespace. */
  names: Value[];
  id: Value;
  /** Id of the parent of a child resource, or null. */
  parent: Value;
  /** Id of what an extension resource extends, or null. */
  scope: Value;
  /** Symbolic name in lower case, with [index] in a loop. */
  symbol: string;
  /** Not deployed by the template, only referred to. */
  existing: boolean;
  exists: Unknown | null;
  open: Unknown | null;
  nested: ArmFrame | null;
  opened: boolean;
  evaluated: boolean;
  value: RecordValue | null;
}

/** The name with those of its parents. */
export function fullName(i: ArmInstance): Value {
  return joinSegments(i.names);
}

export function isDeploymentType(typ: string): boolean {
  return foldEqual(trimSlashes(typ), "Microsoft.Resources/deployments");
}

export function isDeployment(n: Node): boolean {
  return isDeploymentType(foldText(n, "type"));
}

/** Makes the instances of a template's resources. It does not open nested deployments, so that a reference in a nested one finds its outer siblings. */
export function expand(r: ArmReader, f: ArmFrame): void {
  if (f.expanded) return;
  f.expanded = true;
  eachResource(r, foldGet(f.template, "resources"), (symbol, n) => expandResource(r, f, n, symbol, null));
}

/** Visits a list of resources or a map of symbolic names. */
function eachResource(r: ArmReader, resources: Node | null, visit: (symbol: string, n: Node) => void): void {
  if (resources === null) return;
  const one = (symbol: string, n: Node) => {
    if (n.kind === "map") visit(symbol, n);
    else r.report("input/arm-resource", "error", n.start, `a resource must be a map, not ${n.describe()}`);
  };
  if (resources.kind === "list") for (const n of resources.items) one("", n);
  else if (resources.kind === "map") for (const e of resources.entries) one(e.key, e.value);
  else r.report("input/arm-resource", "error", resources.start, `"resources" must be a list or a map, not ${resources.describe()}`);
}

/** Makes the instances of one resource and of those nested in it. */
function expandResource(r: ArmReader, f: ArmFrame, n: Node, symbol: string, parent: ArmInstance | null): void {
  // Resources of an extension (Kubernetes, Microsoft Graph) are none of Azure's.
  if (foldGet(n, "import") !== null || foldGet(n, "extension") !== null) return;
  const outer = parent?.loops ?? null;
  const spec = foldGet(n, "copy");
  if (spec === null || spec.kind !== "map") {
    expandOne(r, f, n, symbol, parent, outer, null);
    return;
  }
  const name = foldText(spec, "name");
  const count = copyCount(r, { ...rootEnv(f, 0), loops: outer }, name, spec);
  if (count instanceof Unknown) {
    const index = piece(count.reason, "<copyIndex>", `${f.key}copyindex(${quoteExpr(lowerASCII(name))})`);
    expandOne(r, f, n, copySymbol(symbol, index), parent, { name, index, resource: true, outer }, count);
    return;
  }
  for (let i = 0n; i < count; i++) {
    if (r.count > MAX_RESOURCES || r.exhausted()) break;
    expandOne(r, f, n, copySymbol(symbol, i), parent, { name, index: i, resource: true, outer }, null);
  }
}

/** Makes one instance. open is set where the number of copies is not known: then this one stands for all of them, and may not exist itself. */
function expandOne(r: ArmReader, f: ArmFrame, n: Node, symbol: string, parent: ArmInstance | null, loops: ArmLoop | null, open: Unknown | null): void {
  if (++r.count > MAX_RESOURCES) {
    r.limit(`the template has more than ${MAX_RESOURCES} resources`);
    r.open = new Unknown(OVER_LIMIT);
    return;
  }
  const env: ArmEnv = { ...rootEnv(f, 0), loops };
  const instance: ArmInstance = {
    frame: f, node: n, loops, typ: "", names: [], id: null, parent: null, scope: null, symbol: lowerASCII(symbol),
    existing: foldGet(n, "existing")?.value === true, exists: open, open, nested: null, opened: false, evaluated: false, value: null,
  };
  let absent = false;
  const condition = foldGet(n, "condition");
  if (condition !== null) {
    const v = valueOf(r, env, condition);
    const b = asBool(v);
    absent = b === false;
    if (b === null && instance.exists === null) instance.exists = unresolvedCondition(r, condition, v);
  }
  if (!nameInstance(r, env, instance, parent, absent)) return;
  // A condition does not reach the resources nested in the resource: Azure asks for it to be repeated there.
  if (!absent) f.instances.push(instance);
  eachResource(r, foldGet(n, "resources"), (symbol, child) => expandResource(r, f, child, symbol, instance));
}

function unresolvedCondition(r: ArmReader, n: Node, v: Value): Unknown {
  if (v instanceof Unknown) return new Unknown(v.reason);
  r.report("input/arm-resource", "error", n.start, `the "condition" of a resource must be a boolean, not ${describe(v)}`);
  return new Unknown("the condition of the resource is not a boolean");
}

/**
 * Finds type, name and ids. False for a resource that has none. One that is not deployed may be named by parameters that are
 * empty because of it.
 */
function nameInstance(r: ArmReader, env: ArmEnv, i: ArmInstance, parent: ArmInstance | null, absent: boolean): boolean {
  const missing = (key: string) => {
    if (!absent) r.report("input/arm-resource", "error", i.node.start, `the resource has no ${quoted(key)}`, 'a resource has a "type" and a "name"');
    return false;
  };
  const typeNode = foldGet(i.node, "type");
  const nameNode = foldGet(i.node, "name");
  if (typeNode === null) return missing("type");
  if (nameNode === null) return missing("name");
  const typ = valueOf(r, env, typeNode);
  if (typ instanceof Unknown) {
    r.open = new Unknown(typ.reason); // a resource of any type
    return false;
  }
  if (typeof typ !== "string" || trimSlashes(typ) === "") return missing("type");
  i.typ = trimSlashes(typ);
  const name = valueOf(r, env, nameNode);
  if (name === null || typeof name === "boolean" || (typeof name === "object" && !(name instanceof Unknown))) {
    if (!absent) r.report("input/arm-resource", "error", nameNode.start, `the "name" of a resource must be a text, not ${describe(name)}`);
    return false;
  }
  const computed = isArmExpression(nameNode.text());
  if (name === "" && !computed) return missing("name");
  i.names = nameSegments([toText(name)]);
  if (computed) i.names = i.names.map(named);
  let prefix: Value = scopePrefix(scopeOf(r, env, i));
  if (parent !== null) prefix = nestIn(i, parent, prefix);
  const scope = foldGet(i.node, "scope");
  if (scope !== null && !isDeploymentType(i.typ)) prefix = extendedScope(toText(valueOf(r, env, scope)), prefix);
  i.id = resourceIDOf(prefix, i.typ, i.names);
  if (i.typ.split("/").length > 2 || shown(prefix).includes("/providers/")) relate(i);
  // An unresolved scope may be the id of anything.
  if (prefix instanceof Unknown && i.scope === null && prefix.expr.startsWith("{")) i.scope = prefix;
  if (!absent) checkName(r, i, nameNode);
  return true;
}

/** Reports a known name with more or fewer parts than the type needs. */
function checkName(r: ArmReader, i: ArmInstance, nameNode: Node): void {
  const full = fullName(i);
  const want = i.typ.split("/").length - 1;
  if (typeof full !== "string" || i.names.length === want || i.scope !== null) return;
  r.report("input/arm-resource", "error", nameNode.start,
    `the name ${quoted(full)} has ${plural(i.names.length, "part")}, but the type ${quoted(i.typ)} needs ${want}`, "the name of a child resource is parent/child");
}

/** Completes the type and name of a resource that stands in its parent's "resources". One of another namespace extends the parent. */
function nestIn(i: ArmInstance, parent: ArmInstance, prefix: Value): Value {
  if (lowerASCII(i.typ).startsWith(`${lowerASCII(parent.typ)}/`)) return prefix;
  const slash = i.typ.indexOf("/");
  if (slash >= 0 && i.typ.slice(0, slash).includes(".")) return parent.id;
  i.typ = `${parent.typ}/${i.typ}`;
  i.names = [...parent.names, ...i.names];
  return parent.scope ?? prefix;
}

/** The id that "scope" names: whole, or relative to the deployment. */
function extendedScope(scope: string | Unknown, prefix: Value): Value {
  if (typeof scope === "string") {
    if (scope === "/" || scope === "") return "";
    const trimmed = scope.replace(/\/+$/, "");
    return scope.startsWith("/") ? trimmed : joinText(prefix, `/providers/${trimmed}`);
  }
  return /^[/{]/.test(scope.expr) ? scope : joinText(prefix, "/providers/", scope);
}

/** Derives parent and scope from the id, and the type of a resource whose name says what it extends ("virtualMachines/providers/locks"). */
function relate(i: ArmInstance): void {
  const segments = textSegments(i.id) ?? [];
  const last = segments.lastIndexOf("providers");
  if (last < 0 || segments.length < last + 4) return;
  const tail = segments.slice(last + 1);
  if (typeof tail[0] === "string" && last > 0 && lowerASCII(i.typ).includes("/providers/")) {
    i.typ = tail.filter((s, at): s is string => typeof s === "string" && (at === 0 || at % 2 === 1)).join("/");
  }
  if (tail.length >= 5) i.parent = settled(joinSegments(segments.slice(0, -2)));
  if (segments.slice(0, last).includes("providers")) i.scope = settled(joinSegments(segments.slice(0, last)));
}

const NOT_BODY = new Set(["type", "name", "scope", "condition", "copy", "resources", "comments", "metadata"]);

/** Evaluates what the resource sets, once. A resource that needs its own properties has none while it is evaluated. */
export function bodyOf(r: ArmReader, i: ArmInstance, depth: number): RecordValue | null {
  if (i.evaluated) return i.value;
  i.evaluated = true;
  const env: ArmEnv = { ...rootEnv(i.frame, depth), loops: i.loops };
  const out = newMap();
  const deployment = isDeploymentType(i.typ);
  for (const e of i.node.entries) {
    const key = lowerASCII(e.key);
    if (NOT_BODY.has(key) || (deployment && key === "properties")) continue;
    out[e.key] = valueOf(r, env, e.value);
  }
  out.type = i.typ;
  out.name = i.names[i.names.length - 1]!;
  out.id = i.id;
  out.parent = i.parent;
  out.scope = i.scope;
  out.scopeType = scopeType(i.scope);
  i.value = out;
  return out;
}

/** The type of the resource that another one extends: null where it extends none, unknown where its id is not resolved far enough. */
function scopeType(scope: Value): Value {
  const typ = typeOfID(scope);
  if (scope instanceof Unknown && (typ === "" || typ.startsWith("/"))) return new Unknown(scope.reason);
  return typ === "" ? null : typ;
}

/** Flattens a template: each resource, and behind a nested deployment what it deploys. */
export function collect(r: ArmReader, f: ArmFrame, exists: Unknown | null, out: Resource[]): void {
  expand(r, f);
  for (const i of f.instances) {
    if (i.existing) continue;
    const state = i.exists ?? exists;
    out.push({ body: bodyOf(r, i, 0)!, place: r.places.at(i.node), exists: state, open: i.open, bare: false, returned: null });
    if (isDeploymentType(i.typ)) {
      const nested = nestedFrame(r, i);
      if (nested !== null) collect(r, nested, state, out);
    }
  }
}
