// Scopes of deployments and resource ids. Mirrors internal/topology/armid.go.

import { foldEqual } from "./arm";
import { plural, firstUnknown, type ArmCall, type FunctionTable } from "./armcall";
import { AT_DEPLOYMENT, type Result } from "./armeval";
import { toText } from "./armvalue";
import { quoted } from "./document";
import { lowerASCII } from "./source";
import { joinText, piece, settled, textSegments, UNRESOLVED } from "./unresolved";
import { Unknown, type Value } from "./value";

/**
 * Where a deployment puts its resources. Where the user does not say, subscription and group are "<subscription>" and
 * "<resourceGroup>": one fixed place within a load, whose name is not known.
 */
export interface ArmScope {
  level: "group" | "subscription" | "management" | "tenant";
  subscription: Value;
  group: Value;
  management: Value;
}

/** A fixed name that is not known: its identity is settled, its text is not. */
function fixedName(name: string, text: string): Unknown {
  return new Unknown(`[${name}] ${AT_DEPLOYMENT}`, text, text);
}

/** Reads --scope; the schema of the template tells the level. */
export function newScope(scope: string, schema: string): ArmScope {
  const s: ArmScope = {
    level: schemaLevel(schema, "group"),
    subscription: fixedName("subscription().subscriptionId", "<subscription>"),
    group: fixedName("resourceGroup().name", "<resourceGroup>"),
    management: fixedName("managementGroup().name", "<managementGroup>"),
  };
  const parts = scope.replace(/^\/+|\/+$/g, "").split("/");
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const name = lowerASCII(parts[i]!);
    if (name === "subscriptions") s.subscription = parts[i + 1]!;
    else if (name === "resourcegroups") s.group = parts[i + 1]!;
  }
  return s;
}

export function schemaLevel(schema: string, otherwise: ArmScope["level"]): ArmScope["level"] {
  if (schema.includes("/subscriptiondeploymenttemplate.json")) return "subscription";
  if (schema.includes("/managementgroupdeploymenttemplate.json")) return "management";
  return schema.includes("/tenantdeploymenttemplate.json") ? "tenant" : otherwise;
}

export function subscriptionID(s: ArmScope): string | Unknown {
  return joinText("/subscriptions/", s.subscription);
}

export function groupID(s: ArmScope): string | Unknown {
  return joinText(subscriptionID(s), "/resourceGroups/", s.group);
}

/** What ids of the deployment's resources begin with, up to "/providers". */
export function scopePrefix(s: ArmScope): Value {
  switch (s.level) {
    case "subscription": return settled(subscriptionID(s));
    case "management": return settled(managementID(s));
    case "tenant": return "";
    case "group": return settled(groupID(s));
  }
}

export function managementID(s: ArmScope): string | Unknown {
  return joinText("/providers/Microsoft.Management/managementGroups/", s.management);
}

export function trimSlashes(s: string): string {
  return s.replace(/^\/+|\/+$/g, "");
}

/** Writes scope/providers/namespace/type/name/type/name. Where there are more types than names, or fewer, the rest is appended as it is. */
export function resourceIDOf(prefix: Value, typ: string, names: Value[]): Value {
  const [namespace, ...types] = trimSlashes(typ).split("/");
  // A resource group has an id of its own form.
  const group = foldEqual(trimSlashes(typ), "Microsoft.Resources/resourceGroups");
  const out: Value[] = [prefix, group ? "" : `/providers/${namespace}`];
  for (let i = 0; i < Math.max(types.length, names.length); i++) {
    if (i < types.length) out.push(`/${types[i]}`);
    if (i < names.length) out.push("/", named(names[i]!));
  }
  return settled(joinText(...out));
}

/** The name of a resource, which is never empty: a parameter for one whose default is empty is meant to be given. */
export function named(name: Value): Value {
  return name === "" ? piece("the name of a resource is empty", UNRESOLVED, "empty") : name;
}

/** Cuts the names of a resource id function or a resource. */
export function nameSegments(names: Value[]): Value[] {
  return names.flatMap((n) => textSegments(n) ?? [n]);
}

export const idFunctions: FunctionTable = {
  resourceId: {
    min: 2, max: -1, open: true,
    run: (c) => idFunction(c, (s, before) => {
      if (before.length === 0) return scopePrefix(s);
      if (before.length === 1) return scopePrefix({ ...s, group: before[0]!, level: "group" });
      return scopePrefix({ ...s, subscription: before[0]!, group: before[1]!, level: "group" });
    }),
  },
  subscriptionResourceId: {
    min: 2, max: -1, open: true,
    run: (c) => idFunction(c, (s, before) => settled(subscriptionID(before.length > 0 ? { ...s, subscription: before[0]! } : s))),
  },
  managementGroupResourceId: {
    min: 2, max: -1, open: true,
    run: (c) => idFunction(c, (s, before) => scopePrefix({ ...s, management: before.length > 0 ? before[0]! : s.management, level: "management" })),
  },
  tenantResourceId: { min: 2, max: -1, open: true, run: (c) => idFunction(c, () => "") },
  extensionResourceId: { min: 3, max: -1, open: true, run: extensionID },
};

/** Runs one of the resourceId family: values that replace parts of the scope, then the type, then a name for each part of it. */
function idFunction(c: ArmCall, prefix: (s: ArmScope, before: Value[]) => Value): Result {
  for (let i = 0; i < c.args.length && i <= 2; i++) {
    const a = c.args[i]!;
    if (typeof a !== "string" || !a.includes("/")) continue;
    const typ = trimSlashes(a);
    const want = typ.split("/").length - 1;
    let names: Value[] = c.args.slice(i + 1).map(toText);
    if (names.length !== want) names = nameSegments(names);
    if (names.length !== want) return c.fail(`${quoted(typ)} needs ${plural(want, "name")}`);
    return resourceIDOf(prefix(c.env.frame.scope, c.args.slice(0, i)), typ, names);
  }
  const u = firstUnknown(c.args);
  return u !== null ? c.unknown(u.reason) : c.fail("no argument is a resource type");
}

function extensionID(c: ArmCall): Result {
  const base = toText(c.args[0]!);
  const typ = c.args[1]!;
  if (typeof typ !== "string") {
    const u = firstUnknown(c.args);
    return u !== null ? c.unknown(u.reason) : c.fail("the type must be a text");
  }
  return resourceIDOf(typeof base === "string" ? base.replace(/\/+$/, "") : base, typ, c.args.slice(2).map(toText));
}
