// Nested deployments. Mirrors internal/topology/armnested.go.

import { armSchema, ArmFrame, foldEqual, foldGet, rootEnv, type ArmReader, type ArmValue } from "./arm";
import { checkTemplate } from "./armcall";
import { linkedTemplate } from "./armdocument";
import { valueOf, type ArmEnv } from "./armeval";
import { fullName, isDeploymentType, type ArmInstance } from "./armexpand";
import { schemaLevel, type ArmScope } from "./armid";
import { foldKey, isMap, toText } from "./armvalue";
import { quoted, type Node } from "./document";
import { lowerASCII } from "./source";
import { identityOf, piece, quoteExpr, shown, textSegments } from "./unresolved";
import { Unknown, type Value } from "./value";

/** Opens the template of a nested deployment. Null where the input does not have it; then resources of any type may be deployed. */
export function nestedFrame(r: ArmReader, i: ArmInstance): ArmFrame | null {
  if (i.opened) return i.nested;
  i.opened = true;
  const f = i.frame;
  const env: ArmEnv = { ...rootEnv(f, 0), loops: i.loops };
  const properties = foldGet(i.node, "properties");
  const link = linkedTemplate(r, env, foldGet(properties, "templateLink"));
  const template = foldGet(properties, "template") ?? link;
  if (template === null || template.kind !== "map") {
    if (!i.existing) r.open = new Unknown(`the template of the deployment ${quoted(shown(fullName(i)))} is not in the input`);
    return null;
  }
  const nested = new ArmFrame(template, f, nestedScope(r, env, i, template));
  r.frames.push(nested);
  i.nested = nested;
  nested.env = env;
  nested.name = fullName(i);
  nested.key = `${f.key}${quoteExpr(identityOf(i.id) ?? "")}!`;
  nested.passes = [...f.passes, nested];
  const mode = foldGet(foldGet(properties, "expressionEvaluationOptions"), "scope");
  if (template === link) nested.passes = [nested];
  else if (mode !== null && foldEqual(shown(toText(valueOf(r, env, mode))), "inner")) nested.passes = f.passes.map(() => nested);
  nested.given = givenTo(r, nested, foldGet(properties, "parameters"));
  checkTemplate(r, nested);
  return nested;
}

/**
 * Reads the "parameters" of a deployment: {"name": {"value": …}}, where an expression may stand for the whole, or for the
 * value with its wrapper.
 */
function givenTo(r: ArmReader, f: ArmFrame, params: Node | null): Map<string, ArmValue> {
  const out = new Map<string, ArmValue>();
  if (params?.kind === "string") {
    const all = valueOf(r, f.env!, params);
    for (const [name, b] of f.params) out.set(name, { value: isMap(all) ? (foldKey(all, b.name) ?? null) : all, wrapped: true });
    return out;
  }
  for (const e of params?.entries ?? []) {
    const key = lowerASCII(e.key);
    const node = foldGet(e.value, "value");
    if (node !== null) out.set(key, { node });
    else if (foldGet(e.value, "reference") !== null) out.set(key, { value: fromVault(e.key, f) });
    else if (e.value.kind === "string") out.set(key, { node: e.value, wrapped: true });
  }
  return out;
}

export const IN_VAULT = "comes from a key vault";

export function fromVault(name: string, f: ArmFrame): Unknown {
  return kept(name, IN_VAULT, f);
}

/** The value of a parameter that is kept elsewhere. */
export function kept(name: string, where: string, f: ArmFrame): Unknown {
  return piece(`[parameters('${name}')] ${where}`, `<${name}>`, f.parameterExpr(name));
}

/** Where a nested deployment puts its resources. */
function nestedScope(r: ArmReader, env: ArmEnv, i: ArmInstance, template: Node): ArmScope {
  const s = scopeOf(r, env, i);
  return { ...s, level: scopePart(r, env, i, "resourceGroup") !== null ? "group" : schemaLevel(armSchema(template), s.level) };
}

/** Applies the "subscriptionId", "resourceGroup" and, of a deployment, "scope" of a resource to the scope of its template. */
export function scopeOf(r: ArmReader, env: ArmEnv, i: ArmInstance): ArmScope {
  let s = { ...env.frame.scope };
  const scope = foldGet(i.node, "scope");
  if (scope !== null && isDeploymentType(i.typ)) s = moved(s, toText(valueOf(r, env, scope)));
  const group = scopePart(r, env, i, "resourceGroup");
  const subscription = scopePart(r, env, i, "subscriptionId");
  if (subscription !== null) {
    s.subscription = subscription;
    if (group === null) s.level = "subscription";
  }
  if (group !== null && (isDeploymentType(i.typ) || i.existing)) {
    s.group = group;
    s.level = "group";
  }
  return s;
}

/** The name that a resource gives for a part of its scope, or null. */
function scopePart(r: ArmReader, env: ArmEnv, i: ArmInstance, key: string): Value {
  const n = foldGet(i.node, key);
  const v = n === null ? "" : toText(valueOf(r, env, n));
  return v === "" ? null : v;
}

/** The scope with the id that a deployment's "scope" names. */
function moved(s: ArmScope, id: Value): ArmScope {
  if (id === "/") return { ...s, level: "tenant" };
  const out = { ...s };
  const segments = textSegments(id) ?? [];
  for (let i = 0; i + 1 < segments.length; i++) {
    const name = segments[i];
    switch (typeof name === "string" ? lowerASCII(name) : "") {
      case "subscriptions":
        out.subscription = segments[i + 1]!;
        out.level = "subscription";
        break;
      case "resourcegroups":
        out.group = segments[i + 1]!;
        out.level = "group";
        break;
      case "managementgroups":
        out.management = segments[i + 1]!;
        out.level = "management";
        break;
    }
  }
  return out;
}
